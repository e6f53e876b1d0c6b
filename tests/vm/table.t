#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# table.t - the table of conformance scripts by kernel: prints it, and compares it with that of
# docs/testing.md: what runs, and what skips, where.
#
# Numbers are not compared: they are those of the machine that made the table.
set -u
export LC_ALL=C
src=${top_srcdir:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
. "$src/tests/tap.sh" || exit 99

documented=$(sed -n '/^<!-- table -->$/,/^<!-- end of table -->$/p' "$src/docs/testing.md")
for file in "$src"/tests/conformance/*.t; do
	script=$(basename "$file" .t)
	[[ $script != stress-* ]] || continue
	grep -q "^| $script |" <<<"$documented"
	tap $? "$script is in the table of docs/testing.md"
done

table=$("$src/tests/vm/table" 2>&1) || table=''
if [ -z "$table" ]; then
	skip "the table is that of this build" "no script was run on any kernel yet"
	done_testing
	exit
fi
comment "$table"
# SCRIPT KERNEL runs|skips, of a table
cells() {
	awk -F ' *[|] *' '
	$2 == "script" { for (i = 3; i < NF; i++) name[i] = $i; next }
	/^[|] [a-z]/ { for (i = 3; i < NF; i++) if ($i != "") print $2, name[i], ($i ~ /^-/ ? "skips" : "runs") }' <<<"$1" | sort
}
different=$(comm -23 <(cells "$table") <(cells "$documented"))
[ -z "$different" ] || comment "not so in docs/testing.md (make conformance-table writes it anew): $different"
[ -z "$different" ]
tap $? "what runs and what skips on each kernel is what docs/testing.md says"
grep -q 'failed' <<<"$table"
[ $? -eq 1 ]
tap $? "nothing failed on any kernel"
done_testing
