# SPDX-License-Identifier: MIT
# tap.sh - the Test Anything Protocol, for every library of test scripts.
#
# Sourced by bash. Knows nothing of the project, and goes along where the scripts go.
n=0

comment() { printf '%s\n' "$1" | sed 's/^/# /'; }

# tap STATUS NAME: one result; it passed if STATUS is 0
tap() {
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

done_testing() {
	echo "1..$n"
}

# until_true SECONDS COMMAND...: again and again, until it succeeds
until_true() {
	local deadline=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -le "$deadline" ] || return 1
		sleep 0.02
	done
}
