# SPDX-License-Identifier: MIT
# lib.sh - what the scripts of tests/build share: TAP, builds in directories of their own, the suite in them.
#
# Sourced by bash. Builds are kept in checks/ of the build directory, so that a script that is
# run again builds only what changed; several scripts can run at once.
set -u
# Absolute, as builds in other directories are told of it, and reports compare it.
src=$(realpath -- "${top_srcdir:-$(dirname "${BASH_SOURCE[0]}")/../..}")
build=${top_builddir:-$src/build}
checks=$build/checks
jobs=${CHECK_JOBS:-$(nproc 2>/dev/null || echo 1)}
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES MAKEFILES ASAN_OPTIONS CC CFLAGS CPPFLAGS LDFLAGS
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin
mkdir -p "$checks" || exit 99
dir=$(mktemp -d "${TMPDIR:-/tmp}/selinuxns-build.XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' HUP INT TERM
n=0

# ---- TAP --------------------------------------------------------------------

comment() { sed 's/^/# /'; }

# ok STATUS WHAT [FILE]: with the file's end where it failed
ok() {
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
		return
	fi
	[ -z "${3-}" ] || tail -n 60 -- "$3" | comment
	echo "not ok $n - $2"
}

skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

finish() {
	echo "1..$n"
	exit 0
}

need_tool() {
	local tool

	for tool; do
		command -v "$tool" >/dev/null || skip_all "$tool is not installed"
	done
}

# ---- what there is ------------------------------------------------------------

# files PATTERN...: the project's files of these shell patterns, from its root; as git has them, or
# where there is no git (a tarball) all but what a build leaves.
files() {
	local pattern find=()

	if git -C "$src" ls-files --error-unmatch configure.ac >/dev/null 2>&1; then
		git -C "$src" ls-files -co --exclude-standard -- "$@" | while read -r pattern; do
			[ ! -e "$src/$pattern" ] || echo "$pattern"
		done
		return
	fi
	for pattern; do find+=(-o -path "./$pattern"); done
	(cd "$src" && find . -type d \( -name 'build*' -a ! -path ./tests/build -o -name '.?*' -o -name m4 \) -prune \
		-o -type f \( "${find[@]:1}" \) -print) | sed 's,^\./,,' | sort
}

# expand DIR EXPRESSION: words of a build directory's makefile, one a line
expand() {
	printf 'include Makefile\nprint-words:\n\t@printf "%%s\\n" %s\n' "$2" |
		make -C "$1" --no-print-directory -s -f - print-words
}

# ---- builds -------------------------------------------------------------------

# build_in NAME [CONFIGURE-ARGUMENT...]: everything, the tests' programs too (or $targets), in
# $checks/NAME, which becomes $made; 1 if it could not be built, and why is in $made/log.
targets='check TESTS='
build_in() {
	local name=$1 args
	shift
	made=$checks/$name
	mkdir -p "$made" || exit 99
	args="$src $*"
	exec {lock}>"$checks/$name.lock"
	flock "$lock"
	(
		cd "$made" || exit 1
		if ! [ -f Makefile ] || [ "$(cat arguments 2>/dev/null)" != "$args" ]; then
			"$src/configure" --enable-werror "$@" && printf '%s' "$args" >arguments || exit 1
		fi
		# shellcheck disable=SC2086 # several words
		make -k -j "$jobs" $targets
	) {lock}>&- </dev/null >"$made/log" 2>&1
	set -- $?
	exec {lock}>&-
	return "$1"
}

# build_with_clang: so that clang writes down, in $commands, how it was called for each file
build_with_clang() {
	commands=$checks/clang.commands
	mkdir -p "$commands"
	build_in clang --disable-static CC=clang CFLAGS='-O2 -g' CPPFLAGS="-gen-cdb-fragment-path $commands"
}

# results DIR TEST...: one line of TAP for each test that was run in that build
results() {
	local where=$1 test trs passed failed skipped
	shift
	for test; do
		trs=$where/${test%.t}.trs
		if ! [ -e "$trs" ]; then
			ok 1 "$test: no result"
			continue
		fi
		passed=$(grep -c '^:test-result: PASS' "$trs")
		failed=$(grep -cE '^:test-result: (FAIL|XPASS|ERROR)' "$trs")
		skipped=$(grep -c '^:test-result: SKIP' "$trs")
		# With what is before each failure, which says why.
		[ "$failed" -eq 0 ] || grep -B 25 -E '^(FAIL|ERROR):' "${trs%.trs}.log" | tail -n 120 | comment
		[ "$failed" -eq 0 ] && [ $((passed + skipped)) -gt 0 ]
		ok $? "$test: $passed passed, $failed failed, $skipped skipped"
	done
}

# suite DIR TEST...: runs tests of that build; their results
suite() {
	local where=$1 test
	shift
	(cd "$where" && for test; do rm -f "${test%.t}.trs" "${test%.t}.log"; done)
	# What it runs must not come from the build that runs us.
	env -u top_srcdir -u top_builddir make -C "$where" -k -j "$jobs" check TESTS="$*" </dev/null >"$where/suite.log" 2>&1
	results "$where" "$@"
}

# The tests of the code, by their directories; not those of the documents or the installation.
suite_tests() {
	expand "$1" '$(unit_tests) $(test_scripts)' | grep '/.*/' | grep -v '^tests/build/'
}
