#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# abi-3-contexts.t - chapter 3 of docs/kernel-abi.md: contexts in a namespace, before its policy
# and after, and what others see.
# sim:
# shellcheck source=tests/conformance/lib.sh disable=SC2016,SC2086,SC2088
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
need_namespaces
small_policy small || skip_all "secilc is not installed"
small_policy_without b_t less
own=$(context_of self)
kernel_t=system_u:system_r:kernel_t:s0
a_t=system_u:system_r:a_t:s0
b_t=system_u:system_r:b_t:s0
unlabeled_t=system_u:object_r:unlabeled_t:s0

# attr NAME: of the shell itself that asks, not of a program it starts
# shellcheck disable=SC2016
attr='attr() { local text; IFS= read -r -d "" text <"/proc/$BASHPID/attr/$1"; printf %s "$text"; }
set_attr() { printf "%s\0" "$2" >"/proc/$BASHPID/attr/$1"; }'

ns_start child
ns_start sibling
child=$(ns_pid child) sibling=$(ns_pid sibling)
ns child "$attr"
ns child "umount -l $fs; until ! mountpoint -q $fs; do umount -l $fs || break; done"

# ---- 3.1
is "$(ns child "wc -c </proc/self/attr/current")" 7 "3.1 before the policy attr/current is 7 bytes"
is "$(ns child "od -An -c /proc/self/attr/current | tr -d ' '")" 'kernel\0' "3.1 they are kernel and a NUL"
is "$(ns child "attr prev")" kernel "3.1 prev likewise"
for name in exec fscreate keycreate sockcreate; do
	is "$(ns child "attr $name")" '' "3.1 $name is unset"
done
for name in current exec fscreate; do
	is "$(ns child "set_attr $name what:ever; echo \$?; attr current")" $'0\nkernel' \
		"3.1 a write of any string to $name succeeds and changes nothing"
done
is "$(ns child getenforce)" Disabled "3.1 getenforce says Disabled while no selinuxfs is mounted"
like "$(ns child 'id -Z'; echo $?)" "id: *SELinux*"$'\n1' "3.1 id -Z refuses"
is "$(ns child "fs mount $fs; getenforce; id -Z")" $'0\nPermissive\nkernel' "3.1 then Permissive and kernel"

# ---- 3.3, 3.4 before the policy
is "$(context_of "$child")" "$own" "3.3 the parent sees the process in its old context, before the load"
is "$(ns child "tr -d '\\0' </proc/$$/attr/current")" unlabeled "3.4 before its policy the child sees its parent as unlabeled"
is "$(ns child "tr -d '\\0' </proc/$sibling/attr/current")" unlabeled "3.4 and a sibling likewise"
is "$(ns child "tr -d '\\0' </proc/1/attr/current")" unlabeled "3.4 and init"

# ---- 3.2
is "$(ns child "fs load $fs/load $dir/small.bin")" "$(stat -c %s "$dir/small.bin")" "5.1 (the policy is loaded)"
is "$(ns child 'attr current')" $kernel_t "3.2 after the load: the policy's initial context"
is "$(ns child 'id -Z')" $kernel_t "3.2 also in programs it starts"
is "$(ns child 'attr prev')" $kernel_t "3.2 prev likewise"

# ---- 3.3, 3.4 after it
is "$(context_of "$child")" "$own" "3.3 the parent sees the old context, after the load"
is "$(ns child "tr -d '\\0' </proc/$$/attr/current")" $unlabeled_t "3.4 after the load the child sees its parent as its unlabeled SID"
is "$(ns child "tr -d '\\0' </proc/$sibling/attr/current")" $unlabeled_t "3.4 and a sibling likewise"
is "$(ns child "ps -o label= -p $$ | tr -d ' '")" $unlabeled_t "3.4 ps says so, too"

# ---- 3.5, permissive
is "$(ns child "(set_attr current u:r:none_t:s0) 2>&1 | grep -c 'Invalid argument'")" 1 "3.5 setcon of an invalid context: EINVAL"
is "$(ns child "(set_attr current $a_t; attr current)")" $a_t "3.5 setcon of a context of the child's policy"
is "$(ns child "(set_attr current $a_t; attr prev)")" $kernel_t "3.5 and prev is what was before"
# Its own failure is 1, and 125 in newer versions of coreutils.
like "$({ ns child "runcon u:r:none_t:s0 true"; echo $?; } | sed 's/^125$/1/')" "runcon: *: Invalid argument"$'\n1' "3.5 runcon of an invalid context: EINVAL at once"
is "$(ns child "runcon $a_t id -Z")" $a_t "3.5 runcon of a context of the child's policy"
is "$(ns child "runcon $b_t id -Z")" $b_t "3.5 permissive: also of one that is not allowed"
is "$(ns child "set_attr exec $a_t; attr exec; id -Z; attr exec")" "$a_t$a_t"$'\n'"$a_t" "3.5 exec is kept for what the process starts"
ns child "set_attr exec ''"

# ---- 3.5, enforcing
is "$(ns child "fs write $fs/enforce 1; id -Z")" $'1\n'$kernel_t "4.8 (the child is enforcing)"
like "$(ns child "(set_attr current $b_t)")" "*: printf: write error: Permission denied" "3.5 enforcing: setcon of one that is not allowed: EACCES"
is "$(ns child "(set_attr current $a_t; attr current)")" $a_t "3.5 enforcing: of one that is allowed"
like "$(ns child "runcon $b_t true"; echo $?)" "runcon: *: Permission denied"$'\n126' "3.5 enforcing: the denied transition fails at exec, EACCES, status 126"
is "$(ns child "runcon $a_t fs magic /")" "$(fs magic /)" "3.5 enforcing: the allowed one does not"
is "$(context_of "$child")" "$own" "3.3 the parent sees the old context, after all of this"
ns child "fs write $fs/enforce 0" >/dev/null

# ---- 3.6
is "$(ns child "set_attr current $b_t; attr current")" $b_t "3.6 (the process runs as b_t)"
ns child "fs load $fs/load $dir/less.bin" >/dev/null
is "$(ns child "fs ask $fs/context $b_t")" EINVAL "3.6 (the reloaded policy lacks b_t)"
is "$(ns child "attr current")" $b_t "3.6 attr/current still shows the old string"
ns child "fs load $fs/load $dir/small.bin" >/dev/null
is "$(ns child "attr current; fs ask $fs/context $b_t")" "$b_t$b_t" "3.6 and it is valid again when a policy has it again"

# ---- 3.7
if [ "$(lsm get 100 | cut -d' ' -f1)" = 1 ]; then
	ns child "set_attr current $kernel_t"
	hex() { printf '%s\0' "$1" | od -An -v -tx1 | tr -d ' \n'; }
	is "$(ns child "lsm set 100 ctx=$a_t -- bash -c 'lsm get 100; tr -d \"\\0\" </proc/self/attr/current'")" \
		$'0\n'"1 64 101 0 64 $((${#a_t} + 1)) $(hex $a_t)"$'\n'$a_t "3.7 lsm_set_self_attr(CURRENT) is setcon"
	is "$(ns child "lsm set 101 ctx=$a_t -- id -Z")" $'0\n'$a_t "3.7 lsm_set_self_attr(EXEC) is setexeccon"
	is "$(ns child "lsm set 100 ctx=no:no:no_t:s0")" EINVAL "3.7 an invalid context: EINVAL"
	is "$(ns child "lsm set 101 ctx=no:no:no_t:s0")" EINVAL "3.7 also for exec"
	is "$(ns child "lsm set 100")" EINVAL "3.7 CURRENT cannot be cleared: EINVAL"
	is "$(ns child "lsm set 104 ctx=$a_t")" EOPNOTSUPP "3.7 PREV cannot be set: EOPNOTSUPP"
	is "$(ns child "lsm get 104" | cut -d' ' -f7)" "$(hex $kernel_t)" "3.7 lsm_get_self_attr(PREV) is prev"
	ns child "fs write $fs/enforce 1" >/dev/null
	is "$(ns child "lsm set 100 ctx=$b_t")" EACCES "3.7 enforcing: EACCES"
	ns child "fs write $fs/enforce 0" >/dev/null
else
	skip "3.7 the LSM system calls do as /proc does" "this kernel does not have them"
fi

# ---- the files of another process
like "$(ns child "printf x >/proc/$$/attr/current")" "*: printf: write error: Operation not permitted" "3.3 no one sets another process's context: EPERM"
is "$(context_of self)" "$own" "3.3 the parent's own context is unchanged"

if policy=$(reference_policy); then
	ns_start reference
	is "$(ns reference "umount -l $fs; fs mount $fs >/dev/null; fs load $fs/load $policy >/dev/null; id -Z")" \
		system_u:system_r:kernel_t:s0 "3.2 with reference policy it is $kernel_t"
	is "$(ns reference "tr -d '\\0' </proc/$$/attr/current")" $unlabeled_t "3.4 and the parent is $unlabeled_t"
	is "$(ns reference "tr -d '\\0' </proc/$child/attr/current")" $unlabeled_t "3.4 and the sibling"
	is "$(ns sibling "tr -d '\\0' </proc/$(ns_pid reference)/attr/current")" unlabeled "3.4 which sees it as unlabeled"
else
	skip "3.2 with reference policy" "there is none here"
fi
done_testing
