#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# abi-1-node.t - section 1.6 of docs/kernel-abi.md: selinuxfs's deprecated node "unshare".
# sim: --kernel=node
# shellcheck source=tests/conformance/lib.sh disable=SC2016,SC2086,SC2088
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
[ -e $fs/unshare ] || skip_all "this kernel has no node unshare"

is "$(stat -c %a $fs/unshare)" 600 "1.6 its mode is 0600"
is "$(cat $fs/unshare)" 0 "1.6 reading gives 0 in the init namespace"
like "$(lsm get 106)" "EOPNOTSUPP 0" "1.6 without LSM_ATTR_UNSHARE the system call says EOPNOTSUPP"
is "$(fs write $fs/unshare x)" EINVAL "1.6 writing what is no number: EINVAL"
mkdir "$dir/mnt"
ns_start child unshare -m --propagation private lsm unshare || skip_all "unsharing is not allowed"
ok 0 "1.6 writing 1 unshares"
is "$(ns child "fs mount $dir/mnt; cat $dir/mnt/unshare")" $'0\n1' "1.6 reading gives 1 in a child"
is "$(ns child "cat $fs/unshare")" 0 "1.6 the parent's instance still says 0, to the child too"
is "$(ns child "fs write $fs/unshare 1")" EPERM "1.6 a writer from another namespace: EPERM"
if small_policy small; then
	is "$(ns child "fs load $dir/mnt/load $dir/small.bin >/dev/null; cat $dir/mnt/unshare")" 1 \
		"1.6 and still 1 after a policy load"
	is "$(ns child "umount $fs; mount --move $dir/mnt $fs 2>/dev/null; lsm unshare true; echo \$?")" 0 \
		"1.6 a child may unshare again, by its own instance"
else
	skip "1.6 and still 1 after a policy load" "secilc is not installed"
fi
is "$(id -Z)" "$(context_of self)" "3.3 the parent's own context is unchanged"
is "$(context_of "$(ns_pid child)")" "$(context_of self)" "3.3 the parent sees the child in the same context"
done_testing
