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
. "$src/tests/tap.sh" || exit 99

ok() { tap "$1" "$2"; }

# is GOT WANTED NAME
is() {
	[ "$1" = "$2" ] || comment "expected '$2', got '$1'"
	[ "$1" = "$2" ]
	tap $? "$3"
}

# like GOT PATTERN NAME (a pattern as of case)
like() {
	# shellcheck disable=SC2254
	case $1 in
	$2) tap 0 "$3" ;;
	*) is "$1" "$2" "$3" ;;
	esac
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
