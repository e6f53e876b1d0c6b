#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# abi-7-labels.t - chapters 7 and 8 of docs/kernel-abi.md, labels of files and audit: what a
# kernel that labels no files and has no audit subsystem can show.
# sim:
# shellcheck source=tests/conformance/lib.sh disable=SC2016,SC2086,SC2088
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
need_namespaces
if command -v getfattr >/dev/null && command -v setfattr >/dev/null &&
	touch "$dir/file" && setfattr -n security.selinux -v some:string "$dir/file" 2>/dev/null; then
	is "$(lsm unshare getfattr --only-values -n security.selinux "$dir/file" 2>/dev/null)" some:string \
		"7.1 all namespaces share one security.selinux attribute"
else
	skip "7.1 all namespaces share one security.selinux attribute" "getfattr and setfattr are not here, or not allowed"
fi
skip "7.2 labels that the policy does not know" "access to files is not simulated"
skip "7.3 setting an unknown label" "access to files is not simulated"
skip "7.4 labels of new files" "files are not labelled in the simulated kernel"
skip "7.5 labels of mounts" "files are not labelled in the simulated kernel"
skip "8.1 denials in the kernel log" "there is no audit subsystem in the simulated kernel; tests/sim has --audit-log"
skip "8.2 records of loads, modes and booleans" "there is no audit subsystem in the simulated kernel"
skip "8.3 rate limits" "there is no audit subsystem in the simulated kernel"
done_testing
