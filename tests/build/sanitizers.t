#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# sanitizers.t - with AddressSanitizer and UndefinedBehaviorSanitizer the suite passes: the unit tests, what
# labels files, and what was found by fuzzing; with SANITIZERS=all, which takes half an hour, all of it.
#
# Leaks are looked for in the unit tests only: the leak checker is a tracer itself, and cannot
# be one where the simulator is. valgrind.t looks for those of the programs.
. "$(dirname "$0")/lib.sh"

build_in sanitizers --enable-sanitizers CFLAGS='-O1 -g'
ok $? "builds" "$made/log"
# A report of a process whose output a test does not look at ends here.
export ASAN_OPTIONS=log_path=$dir/report UBSAN_OPTIONS=print_stacktrace=1:log_path=$dir/report
export LSAN_OPTIONS=suppressions=$src/tests/build/lsan.supp:print_suppressions=0
export FAULTS_LEAVE_OUT=mmap
# What takes a quarter of Check's minute by itself is slower here, beside another test.
export CK_TIMEOUT_MULTIPLIER=5
mapfile -t tests < <(suite_tests "$made" |
	if [ "${SANITIZERS-}" = all ]; then cat; else grep -E '^tests/(unit|label|fuzz)/'; fi)
suite "$made" "${tests[@]}"
cat "$dir"/report.* >"$dir/reports" 2>/dev/null
[ ! -s "$dir/reports" ]
ok $? "no process had anything to report" "$dir/reports"
finish
