#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# abi-5-first.t - what chapters 3, 4 and 5 of docs/kernel-abi.md say of a namespace without a policy
# and of its first load, in the init namespace: it takes no kernel with namespaces.
# sim: --no-policy
# shellcheck source=tests/conformance/lib.sh disable=SC2016,SC2086,SC2088
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
need_disposable
[ -e $fs/enforce ] || skip_all "selinuxfs is not mounted on $fs"
[ ! -d $fs/class/process ] || skip_all "the init namespace has a policy"
small_policy small '(boolean flag false)' '(booleanif flag (true (allow a_t file_t (file (read)))))' ||
	skip_all "secilc is not installed"
size=$(stat -c %s "$dir/small.bin")
kernel_t=system_u:system_r:kernel_t:s0

# ---- before it
is "$(od -An -c /proc/self/attr/current | tr -d ' ')" 'kernel\0' "3.1 before the policy attr/current is kernel and a NUL"
is "$(context_of self prev)" kernel "3.1 prev likewise"
for name in current exec fscreate; do
	is "$(bash -c 'printf what:ever >"/proc/self/attr/$1" && tr -d "\0" </proc/self/attr/current' - $name)" kernel \
		"3.1 a write of any string to $name succeeds and changes nothing"
done
is "$(getenforce; id -Z)" $'Permissive\nkernel' "3.1 with selinuxfs mounted: Permissive, kernel"
is "$(cat $fs/enforce)" 0 "4.5 fresh: enforce 0"
is "$(cat $fs/mls)" 0 "4.5 mls 0"
is "$(cat $fs/deny_unknown)" 1 "4.5 deny_unknown 1"
is "$(cat $fs/reject_unknown)" 0 "4.5 reject_unknown 0"
is "$(fs open $fs/policy r)" EINVAL "4.5 policy cannot be opened: EINVAL"
is "$(find $fs/booleans $fs/class -mindepth 1)" '' "4.5 no booleans, no classes"
is "$(fs ask $fs/context what:ever)" kernel "4.5 context answers kernel"
for file in create relabel member; do
	is "$(fs ask $fs/$file 'x y 7')" kernel "4.5 $file answers kernel"
done
like "$(fs ask $fs/access 'x y 7')" "ffffffff ffffffff *" "4.5 access allows everything"
is "$(fs write $fs/validatetrans 'a b 7 c')" 7 "4.5 validatetrans accepts"

# ---- 5.1
is "$(fs load $fs/load "$dir/small.bin" 0)" EINVAL "5.1 0 bytes: EINVAL"
head -c 100000 /dev/urandom >"$dir/garbage"
is "$(fs load $fs/load "$dir/garbage")" EINVAL "5.1 garbage: EINVAL"
is "$(fs load $fs/load "$dir/small.bin" $((size - 1)))" EINVAL "5.1 truncated by a byte: EINVAL"
is "$(fs load2 $fs/load "$dir/small.bin")" $'EINVAL\nEINVAL' "5.1 in two writes: EINVAL"
is "$(fs open $fs/policy r)" EINVAL "5.1 after these nothing is loaded"

# ---- 4.8
is "$(fs write $fs/enforce 1; cat $fs/enforce; ls / >/dev/null && echo runs)" $'1\n1runs' \
	"4.8 setenforce works before a policy is loaded, and nothing is denied"
fs write $fs/enforce 0 >/dev/null

# ---- the load
is "$(fs load $fs/load "$dir/small.bin")" "$size" "5.4 a policy is loaded into init"
is "$(context_of self)" $kernel_t "3.2 the process has the policy's initial context"
is "$(find $fs/class -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | tr '\n' ' ')" "dir file process security " "5.2 class appears"
is "$(ls $fs/booleans; cat $fs/booleans/flag)" $'flag\n0 0' "5.2 booleans appear"
is "$(tr -d '\0' <$fs/initial_contexts/kernel)" $kernel_t "5.2 initial_contexts appear"
like "$(cat $fs/policy_capabilities/open_perms)" "[01]" "5.2 policy_capabilities appear"
is "$(wc -c <$fs/policy)" "$size" "5.2 policy reads back, with the same length"
is "$(cat $fs/mls $fs/deny_unknown $fs/reject_unknown)" 100 "5.2 mls, deny_unknown and reject_unknown are the policy's"
[ "$(lsm get 106 | cut -d" " -f7)" != 01 ]
ok $? "1.2 get(UNSHARE) does not take init for unshared, if it answers"
done_testing
