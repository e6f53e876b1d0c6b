# SPDX-License-Identifier: MIT
# lib.sh - what the simulator's own tests share: TAP, and runs of it that end.
#
# Sourced by bash. These scripts start selinuxns-sim themselves, in many ways.
set -u
export LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
src=${top_srcdir:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
build=${top_builddir:-$src}
PATH=$build/sim:$build/utils:$build/tests/conformance:$PATH
dir=$(mktemp -d "${TMPDIR:-/tmp}/sim.XXXXXX") || exit 99
chmod 755 "$dir"
trap 'rm -rf "$dir"' EXIT
n=0

ok() {
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

# is GOT WANTED NAME
is() {
	if [ "$1" = "$2" ]; then
		ok 0 "$3"
	else
		printf "expected '%s', got '%s'\n" "$2" "$1" | sed 's/^/# /'
		ok 1 "$3"
	fi
}

# like GOT PATTERN NAME (a pattern as of case)
like() {
	# shellcheck disable=SC2254
	case $1 in
	$2) ok 0 "$3" ;;
	*) is "$1" "$2" "$3" ;;
	esac
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

# sim ARGUMENT...: the simulator, ended if it hangs (status 124, or 137)
sim() {
	timeout --foreground --kill-after=5 60 selinuxns-sim "$@"
}

# status ARGUMENT...: its exit status, and nothing else
status() {
	sim "$@" >/dev/null 2>&1
	echo $?
}

command -v selinuxns-sim >/dev/null || skip_all "selinuxns-sim is not built"
why=$(sim --no-policy -- true 2>&1) || skip_all "${why##*$'\n'}"
why=$(sim -- true 2>&1) || skip_all "${why##*$'\n'}"
