#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# man.t - the manual pages, by tests/lint-man.
set -u
src=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
n=0

what() {
	case $1 in
	syntax) echo "mandoc finds nothing to warn of" ;;
	names) echo "titles and NAME lines fit their files" ;;
	functions) echo "every public function is described, with the header's prototype" ;;
	options) echo "every program's --help and page name the same options" ;;
	links) echo "what the pages refer to exists" ;;
	esac
}

for check in syntax names functions options links; do
	n=$((n + 1))
	out=$("$src/tests/lint-man" $check 2>&1)
	case $? in
	0) echo "ok $n - $(what $check)" ;;
	77) echo "ok $n - $(what $check) # SKIP $out" ;;
	*)
		printf '%s\n' "$out" | sed 's/^/# /'
		echo "not ok $n - $(what $check)"
		;;
	esac
done
echo "1..$n"
