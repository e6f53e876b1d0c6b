#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# compilers.t - gcc and clang build everything without a warning, and the unit tests pass in each build.
. "$(dirname "$0")/lib.sh"

# built STATUS WHAT: what was built in $made
built() {
	local tests

	ok "$1" "$2 builds without a warning" "$made/log"
	mapfile -t tests < <(expand "$made" '$(unit_tests)')
	suite "$made" "${tests[@]}"
}

# Not optimized at all: coverage.t.
build_in gcc-o3 --disable-static CC=gcc CFLAGS='-O3 -g'
built $? "gcc -O3"
if command -v clang >/dev/null; then
	build_with_clang
	built $? "clang -O2"
else
	skip "clang" "clang is not installed"
fi
finish
