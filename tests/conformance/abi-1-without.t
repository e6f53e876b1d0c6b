#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# abi-1-without.t - section 1.5 of docs/kernel-abi.md: LSM system calls, but no namespaces.
# sim: --kernel=no-namespaces
# shellcheck source=tests/conformance/lib.sh disable=SC2016,SC2086,SC2088
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
[ "$(lsm list | cut -d' ' -f1)" != ENOSYS ] || skip_all "this kernel has no LSM system calls"
! have_namespaces || skip_all "this kernel has namespaces"

is "$(lsm get 106)" "EOPNOTSUPP 0" "1.5 get(UNSHARE): EOPNOTSUPP, size_out 0"
is "$(lsm get 106 size=0)" "EOPNOTSUPP 0" "1.5 also without room"
is "$(lsm set 106)" EOPNOTSUPP "1.5 set(UNSHARE): EOPNOTSUPP"
is "$(lsm set 106 size=31)" EINVAL "1.5 a malformed entry: still EINVAL"
is "$(lsm set 106 arg=1)" EINVAL "1.5 flags argument 1: still EINVAL"
is "$(lsm set 106 size=4097)" E2BIG "1.5 size 4097: still E2BIG"
if [ -e $fs/enforce ]; then
	like "$(lsm get 100)" "1 * 101 0 *" "1.1 get(CURRENT) works all the same"
	[ ! -e $fs/unshare ]
	ok $? "1.6 selinuxfs has no node unshare"
	[ ! -e $fs/maxns ] && [ ! -e $fs/maxnsdepth ]
	ok $? "6.2 selinuxfs has no limits"
else
	skip "1.1 get(CURRENT) works all the same" "SELinux is not active"
fi
done_testing
