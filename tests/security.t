#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# security.t - what SECURITY.md points to exists: each promise has a test, each test that it names
# is one that is run, and what it names in a test, in parentheses, is found there.
set -u
src=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
build=${top_builddir:-$src/build}
unset MAKEFLAGS MFLAGS MAKELEVEL
. "$src/tests/tap.sh" || exit 99

# The tests that are run, as the makefile lists them.
run=$(printf 'include Makefile\nprint-words:\n\t@echo $(unit_tests) $(test_scripts) $(thorough_tests) $(release_tests)\n' |
	make -C "$build" --no-print-directory -s -f - print-words)

# complaints TESTS: what is wrong with "`directory/test` (a case, another one), `directory/test`"
complaints() {
	local token test='' file='' beside='' cases='' name

	while read -r token; do
		case $token in
		'`'*)
			[[ $test != unit/* || -n $cases ]] || echo "$test is named without a case"
			test=${token//\`/} cases=
			file=$src/tests/$test
			[[ $test != unit/* ]] || file+=.c
			# Some only start a program that has the cases.
			beside=${file%.t}.py
			[[ " $run " == *" tests/$test "* ]] || echo "$test is not run"
			[ -e "$file" ] || echo "$test does not exist"
			;;
		'('*)
			cases=${token:1:-1}
			while read -r name; do
				grep -qiF -- "$name" "$file" "$beside" 2>/dev/null || echo "$test has no '$name'"
			done < <(tr -d '`' <<<"$cases" | sed 's/[,;] */\n/g')
			;;
		esac
	done < <(grep -oE '`[^`]*/[^`]*`|\([^)]*\)' <<<"$1")
	[[ $test != unit/* || -n $cases ]] || echo "$test is named without a case"
	[ -n "$test" ] || echo "no test is named"
}

# promise | tests, of each row of the tables of promises
promises() {
	awk -F ' *[|] *' '/^[|] promise/ { on = 1; next } !/^[|]/ { on = 0 } on && !/^[|]-/ { print $2 "|" $3 }' \
		"$src/SECURITY.md"
}

while IFS='|' read -r promise tests; do
	wrong=$(complaints "$tests")
	[ -z "$wrong" ] || sed 's/^/# /' <<<"$wrong"
	[ -z "$wrong" ]
	tap $? "$(tr -d '#\`' <<<"$promise")"
done < <(promises)
[ $n -ge 15 ]
tap $? "these are the promises of SECURITY.md ($n)"

# It would notice.
[ "$(complaints '`unit/check_none` (none)')" != '' ] && [ "$(complaints '`programs/spawn.t` (no such case there is)')" != '' ] &&
	[ "$(complaints '`unit/check_ns`')" != '' ] && [ "$(complaints 'nothing')" != '' ]
tap $? "a test that is not there, a case that is not in it, and a promise without a test are noticed"
done_testing
