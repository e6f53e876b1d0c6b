#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# statements.t - is each statement of docs/kernel-abi.md a test, or said not to be one, and why?
#
# A test proves a statement when its name begins with the number, in a script of
# tests/conformance. docs/testing.md lists those that none does.
set -u
src=${top_srcdir:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}
. "$src/tests/tap.sh" || exit 99

mapfile -t statements < <(sed -n 's/^\*\*\([0-9]*\.[0-9]*\)\*\*.*/\1/p' "$src/docs/kernel-abi.md")
# Not the names that skip gives: what is skipped everywhere is not shown. Nor those in parentheses, which
# are of what a test needs.
tests=$(grep -hv '^[[:space:]]*skip ' "$src"/tests/conformance/abi-*.t | grep -o "\"[0-9]*\.[0-9]* [a-z\$']" | tr -d '"' | cut -d' ' -f1 | sort -u)
listed=$(sed -n '/^## Not shown/,/^## /s/^| \([0-9]*\.[0-9]*\) |.*[a-z].*|$/\1/p' "$src/docs/testing.md")

[ ${#statements[@]} -ge 40 ]
tap $? "docs/kernel-abi.md has numbered statements (${#statements[@]})"
for statement in "${statements[@]}"; do
	if grep -qx "$statement" <<<"$tests"; then
		tap 0 "$statement is a test"
	else
		grep -qx "$statement" <<<"$listed"
		tap $? "$statement is no test, and docs/testing.md says why"
	fi
done
for number in $tests $listed; do
	printf '%s\n' "${statements[@]}" | grep -qx "$number" || tap 1 "$number: a test or docs/testing.md names it, and docs/kernel-abi.md has no such statement"
done
for number in $listed; do
	grep -qx "$number" <<<"$tests" && tap 1 "$number: docs/testing.md says that nothing shows it, and a test does"
done
done_testing
