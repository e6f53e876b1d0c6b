#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# broken.t - does the runner notice what goes wrong? A machine that never boots, one that panics, one
# that hangs, a script that ends early, and a kernel fact that does not hold.
set -u
export LC_ALL=C
src=${top_srcdir:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
build=${top_builddir:-$src/build}
. "$src/tests/tap.sh" || exit 99
dir=$(mktemp -d "${TMPDIR:-/tmp}/vm-broken.XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT

# like GOT PATTERN NAME
like() {
	# shellcheck disable=SC2254
	case $1 in
	$2) tap 0 "$3" ;;
	*) comment "$1"; tap 1 "$3" ;;
	esac
}

# ---- a fact that does not hold, without any machine
cat >"$dir/wrong.sh" <<-SH
	CONFORMANCE_BIN=/bin
	mkdir -p "$dir/bin"; touch "$dir/bin/lsm" "$dir/bin/fs" "$dir/bin/threads"
	CONFORMANCE_BIN=$dir/bin
	. "$src/tests/conformance/lib.sh"
	is 1 2 "1.5 by is"
	like a 'b*' "4.13 by like"
	ok 3 "10.2 by ok"
	is 1 2 "a promise"
	done_testing
SH
got=$(bash "$dir/wrong.sh")
like "$got" "*# kernel-abi.md section 1.5 does not hold here: expected '2', got '1'*not ok 1 - 1.5 by is*" "is: says which section does not hold"
like "$got" "*# kernel-abi.md section 4.13 does not hold here: expected 'b[*]', got 'a'*not ok 2 -*" "like: the same"
like "$got" "*# kernel-abi.md section 10.2 does not hold here: expected success, got status 3*not ok 3 -*" "ok: the same"
like "$got" "*# a promise does not hold here: expected '2', got '1'*not ok 4 -*" "a promise is none of the kernel's"

# ---- machines: a stand-in for QEMU says what a guest would
cat >"$dir/qemu" <<-'SH'
	#!/bin/bash
	case $1 in --version) echo "QEMU emulator version 7.2.0"; exit ;; esac
	for argument; do case $argument in file:*) console=${argument#file:} ;; esac; done
	echo "Kernel panic - not syncing: as the test wants it" >"$console"
	. "$STAND_IN"
SH
chmod +x "$dir/qemu"
: >"$dir/kernel"
# machine WHAT-THE-GUEST-DOES: what the runner says of it
machine() {
	printf '%s\n' "$1" >"$dir/stand-in"
	STAND_IN=$dir/stand-in QEMU=$dir/qemu VM_ACCEL=tcg VM_BOOT_SECONDS=2 VM_SCRIPT_SECONDS=1 top_builddir=$build \
		timeout 100 "$src/tests/vm/run" --name=broken "$dir/kernel" abi-1-old 2>&1
	echo "status $?"
}
if command -v cpio >/dev/null; then
	like "$(machine 'sleep 100')" "*not ok 1 - virtual machine: it hung*first test*as the test wants it*status 1" "a machine that never boots: a failure, with the console's end"
	like "$(machine 'exit 0')" "*not ok 1 - virtual machine: the machine ended*status 1" "one that ends at once"
	like "$(machine 'echo "@ fatal no SELinux here"')" "*not ok 1 - virtual machine: no SELinux here*status 1" "one that says what it lacks"
	got=$(machine 'echo "@ begin abi-1-old"; echo "| ok 1 - 1.5 x"; exit')
	like "$got" "*ok 2 - abi-1-old: 1.5 x*not ok 3 - abi-1-old: the machine ended*as the test wants it*status 1" "one that panics in a script: that script failed"
	like "$(machine 'echo "@ begin abi-1-old"; echo "| ok 1 - 1.5 x"; sleep 60')" "*not ok 3 - abi-1-old: it hung*status 1" "one that hangs in a script" 
	like "$(machine 'echo "@ begin abi-1-old"; echo "| ok 1 - 1.5 x"; echo "@ end abi-1-old 0"; echo "@ done"')" \
		"*not ok 3 - abi-1-old: it gave 1 results, and announced ''*status 1" "a script that ends before its plan"
	like "$(machine 'echo "@ begin abi-1-old"; echo "| not ok 1 - 1.5 x"; echo "| 1..1"; echo "@ end abi-1-old 0"; echo "@ done"')" \
		"*not ok 2 - abi-1-old: 1.5 x*status 1" "a test that fails"
	like "$(machine 'echo "@ begin abi-1-old"; echo "| 1..0 # SKIP because"; echo "@ end abi-1-old 0"; echo "@ done"')" \
		"*ok 2 - abi-1-old: all # SKIP because*status 0" "a script that skips: skipped, with the reason"
	rm -f "$build/tests/conformance/results/broken.tap"
else
	skip "machines that break" "cpio is not installed"
fi
done_testing
