#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# abi-5-init.t - section 5.4 of docs/kernel-abi.md: the init namespace has no policy.
# sim: --no-policy
# shellcheck source=tests/conformance/lib.sh disable=SC2016,SC2086,SC2088
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
need_namespaces
need_calls
[ ! -d $fs/class/process ] || skip_all "the init namespace has a policy"
small_policy small || skip_all "secilc is not installed"
m=$dir/mnt
mkdir "$m"

is "$(lsm get 106 | cut -d' ' -f7)" 00 "1.2 in the init namespace always 0, also when it has no policy"
is "$(context_of self)" kernel "3.1 the context is kernel"
is "$(fs open $fs/policy r)" EINVAL "4.5 policy cannot be opened"
ns_start child
is "$(ns child "fs mount $m; fs load $m/load $dir/small.bin; fs write $m/enforce 1; id -Z")" \
	$'0\n'"$(stat -c %s "$dir/small.bin")"$'\n1\nsystem_u:system_r:kernel_t:s0' "5.4 a child can load and enforce its own"
is "$(context_of "$(ns_pid child)")" kernel "3.3 the parent sees it as it was"
is "$(cat $fs/enforce; ls $fs/class)" 0 "4.9 the init namespace is unchanged"
is "$(fs load $fs/load "$dir/small.bin")" "$(stat -c %s "$dir/small.bin")" "5.4 a policy is loaded into init later"
is "$(context_of self)" system_u:system_r:kernel_t:s0 "5.4 init's processes get its initial context"
is "$(ns child "cat $m/enforce; id -Z")" "1system_u:system_r:kernel_t:s0" "5.4 the child is not disturbed"
done_testing
