#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# abi-1-old.t - section 1.5 of docs/kernel-abi.md: a kernel from before the LSM system calls.
# sim: --kernel=no-lsm
# shellcheck source=tests/conformance/lib.sh disable=SC2016,SC2086,SC2088
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
[ "$(lsm list | cut -d' ' -f1)" = ENOSYS ] || skip_all "this kernel has the LSM system calls"

like "$(lsm get 106)" "ENOSYS *" "1.5 lsm_get_self_attr: ENOSYS"
is "$(lsm set 106)" ENOSYS "1.5 lsm_set_self_attr: ENOSYS"
is "$(lsm set 106 size=31)" ENOSYS "1.5 also of a malformed entry"
[ "$(printf '%s\n6.8\n' "$(uname -r)" | sort -V | head -n 1)" != 6.8 ]
ok $? "1.5 the kernel's version is before 6.8"
if [ -e $fs/enforce ]; then
	[ ! -e $fs/unshare ]
	ok $? "1.6 selinuxfs has no node unshare"
	[ "$(id -Z)" = "$(context_of self)" ]
	ok $? "9.1 libselinux works on it"
fi
done_testing
