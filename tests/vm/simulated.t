#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# simulated.t - the conformance scripts on every kernel that the simulator can be, so that what skips
# on one is seen to run on another, and nothing fails on any.
#
# A script's own options hold, but for the kernel. Results are kept for tests/vm/table.
set -u
export LC_ALL=C
src=${top_srcdir:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
build=${top_builddir:-$src/build}
PATH=$build/sim:$build/utils:$PATH
. "$src/tests/tap.sh" || exit 99
command -v selinuxns-sim >/dev/null || skip_all "selinuxns-sim is not built"
why=$(selinuxns-sim -- true 2>&1) || skip_all "${why##*$'\n'}"
results=$build/tests/conformance/results
mkdir -p "$results"

for kernel in lsm node no-namespaces no-lsm disabled; do
	: >"$results/sim-$kernel.tap"
	for file in "$src"/tests/conformance/*.t; do
		script=$(basename "$file" .t)
		[[ $script != stress-* ]] || continue
		read -ra options < <(sed -n 's/^# sim://p' "$file")
		output=$(timeout --kill-after=10 300 env CONFORMANCE_DISPOSABLE=1 selinuxns-sim "${options[@]}" --kernel=$kernel -- \
			bash "$file" 2>/dev/null </dev/null)
		status=$?
		sed -n "s/^\(not ok\|ok\) [0-9]* - /\1 0 - $script: /p; s/^1..0 # SKIP /ok 0 - $script: all # SKIP /p" <<<"$output" >>"$results/sim-$kernel.tap"
		! grep -q '^not ok' <<<"$output" || comment "$(grep -B3 '^not ok' <<<"$output")"
		[ $status -eq 0 ] && ! grep -q '^not ok' <<<"$output" && grep -q '^1\.\.' <<<"$output"
		failed=$?
		if [ $failed -eq 0 ] && grep -q '^1\.\.0 # SKIP' <<<"$output"; then
			skip "$script on $kernel" "$(sed -n 's/^1..0 # SKIP //p' <<<"$output")"
		else
			tap $failed "$script on $kernel"
		fi
	done
done
done_testing
