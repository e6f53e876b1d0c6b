#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# replay.t - every input of tests/fuzz/corpus, among them all that ever failed, goes through its
# fuzzing target as it was built here, with any compiler (tests/fuzz/standalone.c).
set -u
src=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
build=${top_builddir:-$src/build}
log=$(mktemp) || exit 99
trap 'rm -f "$log"' EXIT
# Sizes that a damaged policy claims are more than there is: as from malloc(3), NULL is the answer.
export ASAN_OPTIONS=${ASAN_OPTIONS-}${ASAN_OPTIONS:+:}allocator_may_return_null=1
n=0

for corpus in "$src"/tests/fuzz/corpus/*/; do
	target=$(basename "$corpus")
	program=$build/tests/fuzz/fuzz_$target
	n=$((n + 1))
	if ! [ -x "$program" ]; then
		echo "ok $n - $target # SKIP fuzz_$target is not built: it needs selinuxns-sim"
	elif "$program" -runs=0 -timeout=60 "${corpus%/}" >"$log" 2>&1 </dev/null; then
		echo "# $(tail -n 1 "$log")"
		echo "ok $n - $target"
	else
		tail -n 30 "$log" | sed 's/^/# /'
		echo "not ok $n - $target"
	fi
done
[ $n -gt 0 ] || echo "Bail out! there are no inputs in $src/tests/fuzz/corpus"
echo "1..$n"
