#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# forget.t - after an unshare, libselinux answers for the child: selinuxns_forget(), and the
# calls that make it themselves. The child's policy has nothing in common with the parent's.
. "$(dirname "$0")/lib.sh"
need_sim
need_tool secilc

policy parent "$(may_all parent)" '(typepermissive parent_t)'
policy child "$(may_all child)"
# Another order of classes, so that numbers differ.
policy later "$(may_all later)" '(class first (one)) (classorder (first file))' 
parent=(--policy="$dir/parent.bin" --context=u:r:parent_t)
enter=(newns:private unsharens:0 mount "openfile:$dir/child.bin" load)
# The same without any of the larger calls: what a runtime does by hand.
by_hand=(newns:private unshare "sh:mount -t selinuxfs none /sys/fs/selinux" "sh:cat $dir/child.bin >/sys/fs/selinux/load")

# ---- contexts -------------------------------------------------------------------

ask=(getcon getexeccon getfscreatecon getkeycreatecon getsockcreatecon)
set=(setcon:u:r:parent_other_t setcon:u:r:parent_t setexeccon:u:r:parent_other_t setfscreatecon:u:r:parent_other_t
	setkeycreatecon:u:r:parent_other_t setsockcreatecon:u:r:parent_other_t)
answers() { answer "$1" | tr '\n' ' '; }

sim "${parent[@]}" -- drive "${set[@]}" "${by_hand[@]}" "${ask[@]}"
is "without it, libselinux answers for the parent (kernel-abi.md 9.2)" "$(answer getcon) $(answer getexeccon)" \
	"u:r:parent_t u:r:parent_other_t"
sim "${parent[@]}" -- drive "${set[@]}" "${by_hand[@]}" forget "${ask[@]}" attr:current attr:exec
is "forget: contexts that were set are the child's" "$(answer forget) $(answer getcon) $(answer attr | head -n 1)" \
	"0 u:r:child_t u:r:child_t"
is "exec, fscreate, keycreate, sockcreate: none" \
	"$(answer getexeccon) $(answer getfscreatecon) $(answer getkeycreatecon) $(answer getsockcreatecon)" "none none none none"
sim "${parent[@]}" -- drive "${set[@]}" "${enter[@]}" "${ask[@]}" attr:current
is "the larger calls forget by themselves" \
	"$(answer load) $(answer getcon) $(answer getexeccon) $(answer getfscreatecon) $(answer getkeycreatecon) $(answer getsockcreatecon)" \
	"0 u:r:child_t none none none none"
sim "${parent[@]}" -- drive "${set[@]}" newns:private unsharens:0 getcon getexeccon mount getcon
is "before a policy is there, too" "$(answers getcon)$(answer getexeccon)" "kernel kernel none"
sim "${parent[@]}" -- drive "${set[@]}" "${enter[@]}" setcon:u:r:child_other_t getcon attr:current setexeccon:u:r:child_t getexeccon attr:exec
is "and contexts of the child can be set" "$(answers getcon)$(answers attr)$(answer getexeccon)" \
	"u:r:child_other_t u:r:child_other_t u:r:child_t u:r:child_t"
# The same string in both: libselinux would not write it again (9.2).
sim --policy="$dir/child.bin" --context=u:r:child_t -- drive setcon:u:r:child_other_t setexeccon:u:r:child_other_t "${enter[@]}" \
	setcon:u:r:child_other_t getcon attr:current setexeccon:u:r:child_other_t attr:exec
is "also the same ones that were set in the parent" "$(answer getcon) $(answers attr)" \
	"u:r:child_other_t u:r:child_other_t u:r:child_other_t "
sim "${parent[@]}" -- drive getcon forget forget getcon attr:current setexeccon:u:r:parent_other_t forget getexeccon attr:exec
is "where nothing was wrong it changes nothing" "$(answer forget | uniq) $(answers getcon)$(answer getexeccon) $(answers attr)" \
	"0 u:r:parent_t u:r:parent_t u:r:parent_other_t u:r:parent_t u:r:parent_other_t "

# ---- is_selinux_enabled() and the mount point ----------------------------------------

sim "${parent[@]}" -- drive enabled newns:private unshare enabled forget enabled mountpoint mount enabled mountpoint enforce
is "enabled: 0 from the unshare to the mount" "$(answers enabled)" "1 1 0 1 "
is "and the mount point is the new one" "$(answers mountpoint)" "none /sys/fs/selinux "
mkdir -p "$dir/root/sys/fs/selinux" "$dir/old"
sim "${parent[@]}" -- drive newns:private unsharens:0 mount:"$dir/root" mountpoint enabled enforce
is "a mount point in another root" "$(answer mountpoint) $(answer enabled) $(answer enforce)" "$dir/root/sys/fs/selinux 1 0"
sim "${parent[@]}" --enforcing -- bash -c "mkdir -p $dir/old; mount --bind /sys/fs/selinux $dir/old
	mount -t tmpfs none $dir/old
	unshare -m --propagation private drive unshare sh:'umount $dir/old' forget mountpoint enabled mount mountpoint enforce"
is "a mount of the parent's that was uncovered later is not taken for the child's" \
	"$(answers mountpoint)$(answers enabled)$(answer enforce)" "none /sys/fs/selinux 0 0"

# ---- mode and status page ------------------------------------------------------------

policy strict "$(may_all strict)"
enforcing=(--policy="$dir/strict.bin" --context=u:r:strict_t --enforcing)
sim "${enforcing[@]}" -- drive statusopen statusenforce "${by_hand[@]}" statusenforce
is "without it, the status page is the parent's (9.3)" "$(answers statusenforce)" "1 1 "
sim "${enforcing[@]}" -- drive statusopen statusenforce enforce "${by_hand[@]}" forget statusenforce enforce setenforce:1 \
	statusupdated statusenforce setenforce:0 statusupdated statusenforce
is "the status page is the child's, and follows it" "$(answers statusenforce)" "1 0 1 0 "
is "so is the mode" "$(answers enforce)" "1 0 "
sim "${enforcing[@]}" -- drive statusopen "${enter[@]}" statusenforce statuspolicyload load statuspolicyload
is "the larger calls open it again" "$(answer statusenforce)" 0
is "and a reload is seen in it" "$(answers statuspolicyload)" "1 2 "
sim "${enforcing[@]}" -- drive "${enter[@]}" statusenforce
like "one that was not open is not opened" "$(answer statusenforce)" '^-1 '

# ---- decisions and classes -----------------------------------------------------------

sim "${parent[@]}" -- drive class:parent_class class:child_class class:process perm:process,setexec "${by_hand[@]}" class:child_class class:process
stale=$(answers class)
sim "${parent[@]}" -- drive class:parent_class class:child_class class:process "${by_hand[@]}" forget \
	class:parent_class class:child_class perm:child_class,child_second
is "class numbers are the child's" "$(answers class)$(answer perm)" "5 0 2 0 5 2"
sim "${parent[@]}" -- drive class:process perm:process,setexec "${enter[@]}" "openfile:$dir/later.bin" load class:process perm:process,setexec
is "also where a policy numbers its classes otherwise" "$(answers class)" "2 3 "
comment "without selinuxns_forget(): $stale"

# Not allowed by the parent's policy, allowed by the child's, and the other way round.
policy yes "$(may_all yes)" '(type x_t) (type y_t) (roletype r x_t) (roletype r y_t) (allow x_t y_t (file (read)))'
policy no "$(may_all no)" '(type x_t) (type y_t) (roletype r x_t) (roletype r y_t) (allow x_t y_t (file (execute)))'
for pair in yes,no,0,-1 no,yes,-1,0; do
	IFS=, read -r here there before after <<<"$pair"
	sim --policy="$dir/$here.bin" --context="u:r:${here}_t" --enforcing -- drive access:u:r:x_t,u:r:y_t,file,read \
		newns:private unsharens:0 mount openfile:"$dir/$there.bin" load setenforce:1 \
		access:u:r:x_t,u:r:y_t,file,read forget access:u:r:x_t,u:r:y_t,file,read
	is "selinux_check_access(): $before in the parent, $after in the child" \
		"$(answer access | sed 's/ .*//' | tr '\n' ' ')" "$before $after $after "
done
sim "${parent[@]}" -- drive avcopen avccallback newns:private unshare forget
like "callbacks of the AVC are told" "$out" '^avc reset callback'
is "and it is no failure" "$(answer forget)" 0

# ---- what it cannot do ---------------------------------------------------------------

# A domain of the child that may set nothing: the child is enforcing before forget is called.
policy bound '(allow bound_t bound_security_t (security (setenforce load_policy check_context)))'
sim "${parent[@]}" -- drive setcon:u:r:parent_other_t newns:private unshare "sh:mount -t selinuxfs none /sys/fs/selinux" \
	"sh:cat $dir/bound.bin >/sys/fs/selinux/load; echo 1 >/sys/fs/selinux/enforce" forget enabled mountpoint enforce attr:exec
is "denied by the child's policy: EACCES" "$(answer forget)" "-1 EACCES"
is "and the rest is done all the same" "$(answer enabled) $(answer mountpoint) $(answer enforce)" "1 /sys/fs/selinux 1"
sim --kernel=disabled -- drive forget enabled
is "SELinux disabled: nothing to forget" "$(answer forget) $(answer enabled)" "0 0"
sim "${parent[@]}" --fault='selinuxfs/status/open:EIO:2' -- drive statusopen newns:private unshare "sh:mount -t selinuxfs none /sys/fs/selinux" forget mountpoint
like "a status page that cannot be opened: an error" "$(answer forget)" '^(-1 EIO|0)$'
is "and the rest is done" "$(answer mountpoint)" /sys/fs/selinux

# ---- programs --------------------------------------------------------------------------

python=
for candidate in python3 /usr/bin/python3; do
	[ -n "$python" ] || { "$candidate" -c 'import selinux' 2>/dev/null && python=$candidate; }
done
if [ -n "$python" ]; then
	sim "${parent[@]}" -- unshareselinux --load-policy="$dir/child.bin" "$python" -c '
import selinux
print("python:", selinux.is_selinux_enabled(), selinux.getcon()[1], selinux.security_getenforce())'
	is "a Python program in the child" "$(answer python)" "1 u:r:child_t 0"
else
	skip "a Python program in the child" "python3-selinux is not installed"
fi
finish
