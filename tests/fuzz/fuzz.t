#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# fuzz.t - fuzz everything that parses, with libFuzzer, AddressSanitizer and UBSan.
#
# Builds the targets with clang in a build directory of its own, tests/fuzz/build, and runs each
# for FUZZ_TIME seconds (60), as many at once as there are processors. FUZZ_TARGETS chooses some.
# What a run learns is kept in tests/fuzz/build/corpus for the next one, and what a target fails on
# in tests/fuzz/build/found. `make fuzz TIME=SECONDS TARGETS='...'` runs this for as long as one likes.
set -u
src=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
top=${top_builddir:-$src/build}
work=$top/tests/fuzz/build
seconds=${FUZZ_TIME:-60}
clang=${FUZZ_CC:-clang}
unset MAKEFLAGS MFLAGS MAKELEVEL
jobs=$(nproc 2>/dev/null || echo 1)

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

command -v "$clang" >/dev/null || skip_all "$clang is not installed"
echo 'int LLVMFuzzerTestOneInput(const char *p, unsigned long n); int LLVMFuzzerTestOneInput(const char *p, unsigned long n) { (void)p; (void)n; return 0; }' |
	"$clang" -fsanitize=fuzzer,address,undefined -x c -o /dev/null - 2>/dev/null ||
	skip_all "$clang has no libFuzzer here (Debian: libclang-rt-dev)"

mkdir -p "$work/found" || exit 99
if ! { cd "$work" &&
	"$src/configure" CC="$clang" --enable-fuzzing --disable-shared &&
	make -j "$jobs" fuzz-targets; } >"$work/build.log" 2>&1; then
	tail -n 20 "$work/build.log" | sed 's/^/# /'
	echo "Bail out! the targets cannot be built; see $work/build.log"
	exit 1
fi

targets=()
for program in "$work"/tests/fuzz/fuzz_*; do
	[ -x "$program" ] && ! [ -d "$program" ] && targets+=("${program##*/fuzz_}")
done
[ -z "${FUZZ_TARGETS-}" ] || read -ra targets <<<"$FUZZ_TARGETS"

# What a damaged policy claims is more than there is: as from malloc(3), NULL is the answer.
export ASAN_OPTIONS=allocator_may_return_null=1:max_allocation_size_mb=256
export UBSAN_OPTIONS=print_stacktrace=1

# One target, into its own log, in slices of ten minutes: what a library leaks must not end it.
run() {
	local target=$1 options=(-timeout=30 -rss_limit_mb=2048 -malloc_limit_mb=1048576)
	local left=$seconds slice status=0

	mkdir -p "$work/corpus/$target"
	# libsepol (3.4) loses memory on its way out of images that it cannot write again.
	[ "$target" = policy ] && local -x ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
	[ -f "$src/tests/fuzz/dictionaries/$target" ] &&
		options+=("-dict=$src/tests/fuzz/dictionaries/$target")
	: >"$work/$target.log"
	while [ "$left" -gt 0 ] && [ $status -eq 0 ]; do
		slice=$((left < 600 ? left : 600))
		left=$((left - slice))
		# What programs say is no news; what the fuzzer and the sanitizers say is kept.
		"$work/tests/fuzz/fuzz_$target" "${options[@]}" -max_total_time=$slice \
			-max_len=16384 -print_final_stats=1 -verbosity=1 -close_fd_mask=1 \
			-artifact_prefix="$work/found/$target-" "$work/corpus/$target" \
			"$src/tests/fuzz/corpus/$target" 2>&1 >/dev/null </dev/null |
			grep -av 'AddressSanitizer failed to allocate' >>"$work/$target.log"
		status=${PIPESTATUS[0]}
	done
	echo $status >"$work/$target.status"
}

for target in "${targets[@]}"; do
	rm -f "$work/$target.status"
	while [ "$(jobs -pr | wc -l)" -ge "$jobs" ]; do
		wait -n
	done
	run "$target" &
done
wait

# Of all slices together; of what is no sum, the last one's.
stat_of() {
	sed -n "s/^stat::$1: *//p" "$work/$2.log" | case $1 in
	number_* | new_*) awk '{ n += $1 } END { print n + 0 }' ;;
	*) tail -n 1 ;;
	esac
}

n=0
for target in "${targets[@]}"; do
	n=$((n + 1))
	log=$work/$target.log
	executed=$(stat_of number_of_executed_units "$target")
	echo "# $target: ${executed:-?} executions, $(stat_of average_exec_per_sec "$target")/s," \
		"$(sed -n 's/.*cov: \([0-9]*\).*/\1/p' "$log" | tail -n 1) edges," \
		"$(stat_of new_units_added "$target") inputs learnt," \
		"$(stat_of peak_rss_mb "$target") MB"
	# Nothing was fuzzed where not even the inputs that are there were run.
	if [ "$(cat "$work/$target.status")" = 0 ] && [ "${executed:-0}" -gt 0 ]; then
		echo "ok $n - $target"
		continue
	fi
	grep -aE "does not hold|runtime error|ERROR: |SUMMARY: |^ +#[0-9]+ .* $src/" "$log" | head -n 20 | sed 's/^/# /'
	input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
	echo "# reproduce: ASAN_OPTIONS=$ASAN_OPTIONS $work/tests/fuzz/fuzz_$target ${input:-(see $log)}"
	echo "not ok $n - $target"
done
echo "1..$n"
