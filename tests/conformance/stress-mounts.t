#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# stress-mounts.t - section 10.1 of docs/kernel-abi.md: namespaces that mount selinuxfs at the same
# moment, and many in a row. It can crash a kernel with the patches as posted: run it only where it
# is asked for. STRESS_COUNT: how often.
# sim:
# shellcheck source=tests/conformance/lib.sh disable=SC2016
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
need_disposable
need_namespaces
small_policy small || skip_all "secilc is not installed"
count=${STRESS_COUNT:-100}
one() { unshare -m --propagation private lsm unshare bash -c 'fs mount /sys/fs/selinux && fs load /sys/fs/selinux/load "$0" && id -Z' "$dir/small.bin"; }
wanted=$'0\n'$(stat -c %s "$dir/small.bin")$'\nsystem_u:system_r:kernel_t:s0'

bad=0
for ((i = 0; i < count; i++)); do
	[ "$(one)" = "$wanted" ] || bad=$((bad + 1))
done
is $bad 0 "10.1 $count namespaces in a row: each has its own policy"
bad=0
for ((i = 0; i < count; i++)); do
	one >"$dir/first" &
	one >"$dir/second"
	wait $!
	[ "$(cat "$dir/first")$(cat "$dir/second")" = "$wanted$wanted" ] || bad=$((bad + 1))
done
is $bad 0 "10.1 $count times two that mount at the same moment"
is "$(ls "$fs/enforce")" "$fs/enforce" "10.1 the parent's selinuxfs is where it was"
done_testing
