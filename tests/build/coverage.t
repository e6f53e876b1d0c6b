#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# coverage.t - which lines and branches the suite executes; what of lib/ and utils/ it does not, is explained.
#
# docs/coverage.md has the figures, and the list of what is not executed. The report of the last
# run is in checks/coverage/coverage.txt of the build directory.
. "$(dirname "$0")/lib.sh"
need_tool gcovr

made=$checks/coverage
# Counts of an earlier run, or of sources that have changed since, are none of this one's.
[ ! -d "$made" ] || find "$made" -name '*.gcda' -delete
if ! build_in coverage --enable-coverage --disable-static CC=gcc CFLAGS='-O0 -g'; then
	ok 1 "builds" "$made/log"
	finish
fi
ok 0 "builds"
# Ordinary users of the tests count, too.
find "$made" -name '*.gcno' | while read -r notes; do
	: >>"${notes%.gcno}.gcda"
	chmod 666 "${notes%.gcno}.gcda"
done
# Not tests/faults, which count every system call of a program: writing the counts makes more of them.
mapfile -t tests < <(suite_tests "$made" | grep -v "^tests/faults/")
suite "$made" "${tests[@]}"
find "$made" -name '*.gcda' -empty -delete

gcovr --root "$src" --filter "$src/(lib|utils|sim)/" --json "$made/coverage.json" \
	--txt "$made/coverage.txt" -j "$jobs" "$made" >"$dir/log" 2>&1
ok $? "gcovr" "$dir/log"
/usr/bin/python3 "$src/tests/build/uncovered" "$made/coverage.json" "$src/docs/coverage.md" >"$dir/uncovered"
status=$?
grep -E '^(note|figure): ' "$dir/uncovered" | comment
grep -vE '^(note|figure): ' "$dir/uncovered" >"$dir/wrong"
ok $status "docs/coverage.md explains what is not covered, and its figures hold" "$dir/wrong"
finish
