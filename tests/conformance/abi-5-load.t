#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# abi-5-load.t - chapter 5 of docs/kernel-abi.md: loading a policy into a namespace.
# sim:
# shellcheck source=tests/conformance/lib.sh disable=SC2016,SC2086,SC2088
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
need_namespaces
small_policy one '(boolean first false)' '(boolean both true)' '(booleanif first (true (allow a_t file_t (file (read)))))' ||
	skip_all "secilc is not installed"
small_policy two '(boolean second true)' '(boolean both true)' '(handleunknown deny)' '(type new_t)'
size=$(stat -c %s "$dir/one.bin")
m=$dir/mnt
mkdir "$m"
ns_start child
ns child "fs mount $m" >/dev/null
unshared() { ns child "lsm get 106 | cut -d' ' -f7"; }
by_call=$(unshared)

# still NAME: nothing was loaded
still() {
	is "$(ns child "fs open $m/policy r; ls $m/class | wc -l")" $'EINVAL\n0' "$1: nothing is loaded"
	[ -z "$by_call" ] || is "$(unshared)" 01 "$1: it is still unshared"
}

# ---- 5.1
is "$(ns child "fs load $m/load $dir/one.bin 0")" EINVAL "5.1 0 bytes: EINVAL"
head -c 100000 /dev/urandom >"$dir/garbage"
is "$(ns child "fs load $m/load $dir/garbage")" EINVAL "5.1 garbage: EINVAL"
is "$(ns child "fs load $m/load $dir/garbage 1")" EINVAL "5.1 a byte of garbage: EINVAL"
{ head -c 200 "$dir/one.bin"; head -c 4000 /dev/zero; } >"$dir/header"
is "$(ns child "fs load $m/load $dir/header")" EINVAL "5.1 a header and nothing behind it: EINVAL"
still "5.1 after these"
for bytes in 4 15 100 $((size / 2)) $((size - 1)); do
	is "$(ns child "fs load $m/load $dir/one.bin $bytes")" EINVAL "5.1 truncated to $bytes of $size bytes: EINVAL"
done
still "5.1 after these"
is "$(ns child "fs load2 $m/load $dir/one.bin")" $'EINVAL\nEINVAL' "5.1 in two writes: EINVAL"
sed 's/\x1e\x00\x00\x00/\xff\x00\x00\x00/' "$dir/one.bin" >"$dir/newer.bin"
is "$(ns child "fs load $m/load $dir/newer.bin")" EINVAL "5.1 a version newer than the kernel's: EINVAL"
still "5.1 after these"
{ cat "$dir/one.bin"; echo trailing bytes; } >"$dir/longer.bin"
is "$(ns child "fs load $m/load $dir/longer.bin")" $((size + 15)) "5.1 bytes after a complete image are ignored"

# ---- 5.2
[ -z "$by_call" ] || is "$(unshared)" 00 "5.2 after the first load get(UNSHARE) gives 0"
is "$(ns child "ls $m/class | sort | tr '\n' ' '")" "dir file process security " "5.2 class appears"
is "$(ns child "cat $m/class/file/index; echo; cat $m/class/file/perms/write; echo; ls $m/class/dir/perms")" $'3\n2\nread\nsearch' \
	"5.2 with numbers and permissions"
is "$(ns child "ls $m/booleans; cat $m/booleans/both $m/booleans/first")" $'both\nfirst\n1 10 0' "5.2 booleans appear"
is "$(ns child "tr -d '\\0' <$m/initial_contexts/kernel")" system_u:system_r:kernel_t:s0 "5.2 initial_contexts appear"
like "$(ns child "cat $m/policy_capabilities/open_perms")" "[01]" "5.2 policy_capabilities appear"
is "$(ns child "cat $m/policy" | wc -c)" "$size" "5.2 policy reads back, with the same length"
ns child "cat $m/policy" >"$dir/back"
is "$(ns child "fs load $m/load $dir/back; ls $m/booleans | tr '\n' ' '; cat $m/policy | cksum")" "$size"$'\n'"both first $(cksum <"$dir/back")" \
	"5.2 and it can be loaded, as the same policy"
is "$(ns child "cat $m/mls $m/deny_unknown $m/reject_unknown")" 100 "5.2 mls, deny_unknown and reject_unknown are the policy's"

# ---- what was loaded stays
is "$(ns child "fs load $m/load $dir/garbage; cat $m/booleans/first")" $'EINVAL\n0 0' "5.1 garbage again: what was loaded stays"
is "$(fs load "/proc/$(ns_pid child)/root$m/load" "$dir/two.bin")" EPERM "5.1 not the owner's namespace: EPERM"

# ---- booleans
is "$(ns child "fs write $m/booleans/first 1; cat $m/booleans/first")" $'1\n0 1' "5.2 a boolean written is pending"
is "$(ns child "fs write $m/commit_pending_bools 1; cat $m/booleans/first")" $'1\n1 1' "5.2 until it is committed"
is "$(ns child "fs write $m/booleans/first x")" EINVAL "5.2 what is no number: EINVAL"
is "$(ns child "getsebool -a 2>/dev/null | wc -l; umount -l $fs; mount --bind $m $fs; getsebool first; setsebool first off; getsebool first" | tail -n 2)" \
	$'first --> on\nfirst --> off' "5.2 getsebool and setsebool work"
ns child "fs write $m/booleans/both 0; fs write $m/commit_pending_bools 1" >/dev/null

# ---- 5.3
is "$(ns child "fs load $m/load $dir/two.bin")" "$(stat -c %s "$dir/two.bin")" "5.3 a reload"
is "$(ns child "ls $m/booleans" | tr '\n' ' ')" "both second " "5.3 new booleans appear, gone ones vanish"
is "$(ns child "cat $m/booleans/both")" "0 0" "5.3 one that stays keeps its value"
is "$(ns child "fs ask $m/context system_u:system_r:a_t:s0; cat $m/deny_unknown")" $'system_u:system_r:a_t:s0\n1' "5.3 the new policy answers"
is "$(ns child "id -Z")" system_u:system_r:kernel_t:s0 "5.3 contexts that are still valid are kept"
is "$(ns child "fs write $m/enforce 1; fs load $m/load $dir/one.bin")" $'1\n'"$size" "5.3 enforcing: kernel_t may load"
ns_start confined
ns confined "fs mount $m; fs load $m/load $dir/one.bin; printf system_u:system_r:a_t:s0 >/proc/\$BASHPID/attr/current" >/dev/null
is "$(ns confined "fs write $m/enforce 1; fs load $m/load $dir/one.bin")" $'1\nEACCES' "5.3 enforcing: a context without load_policy: EACCES"

# ---- the reference policy
if policy=$(reference_policy); then
	ns_start reference
	is "$(ns reference "fs mount $m; fs load $m/load $policy")" $'0\n'"$(stat -c %s "$policy")" "5.1 the distribution's policy loads"
	is "$(ns reference "cat $m/policy" | wc -c)" "$(stat -c %s "$policy")" "5.2 and reads back"
	is "$(ns reference "fs load $m/load $policy $(($(stat -c %s "$policy") - 1))")" EINVAL "5.1 truncated by a byte it does not"
	if [ "$(getenforce)" != Disabled ] && [ -d $fs/class/process ]; then
		is "$(ns reference "umount -l $fs; mount --bind $m $fs; load_policy; echo \$?")" 0 "5.3 load_policy reloads it"
	fi
else
	skip "5.1 the distribution's policy loads" "there is none"
fi
if setpriv --reuid=65534 --clear-groups true 2>/dev/null; then
	is "$(ns child "setpriv --reuid=65534 --regid=65534 --clear-groups fs load $m/load $dir/one.bin")" EACCES "5.1 file not openable: EACCES"
else
	skip "5.1 file not openable: EACCES" "there is no other user here"
fi
done_testing
