#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# replay.t - every input of tests/fuzz/corpus, among them all that ever failed, goes through its
# fuzzing target as it was built here, with any compiler (tests/fuzz/standalone.c); and no target is without inputs.
set -u
src=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
build=${top_builddir:-$src/build}
log=$(mktemp) || exit 99
trap 'rm -f "$log"' EXIT
# Sizes that a damaged policy claims are more than there is: as from malloc(3), NULL is the answer.
export ASAN_OPTIONS=${ASAN_OPTIONS-}${ASAN_OPTIONS:+:}allocator_may_return_null=1
n=0

# Each target has inputs that are run here, words for the fuzzer, and a line that says what it promises.
for source in $(grep -l 'LLVMFuzzerTestOneInput(.*)$' "$src"/tests/fuzz/*.c); do
	target=$(basename "$source" .c)
	missing=
	[ -n "$(ls "$src/tests/fuzz/corpus/$target" 2>/dev/null)" ] || missing+=" corpus/$target"
	[ -s "$src/tests/fuzz/dictionaries/$target" ] || missing+=" dictionaries/$target"
	grep -q "^| \`$target\` | " "$src/ARCHITECTURE.md" || missing+=" ARCHITECTURE.md"
	grep -q "tests/fuzz/fuzz_$target\b" "$src/Makefile.am" || missing+=" Makefile.am"
	n=$((n + 1))
	if [ -z "$missing" ]; then echo "ok $n - $target has a corpus, a dictionary and a line"; else echo "not ok $n - $target is not in:$missing"; fi
done

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
