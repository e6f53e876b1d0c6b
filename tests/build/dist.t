#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# dist.t - the tarball has every file of the repository, and is enough: it builds from a read-only
# directory, tests, installs, uninstalls, and cleans up after itself (make distcheck).
#
# distcheck would run the whole suite, which was run: here it runs a unit test, and the tests of what
# a tarball can lack, the manual and the documents.
. "$(dirname "$0")/lib.sh"
need_tool autoconf automake

made=$checks/dist
mkdir -p "$made"
(cd "$made" && { [ -f Makefile ] || "$src/configure" --enable-werror; } && make dist-gzip) >"$made/log" 2>&1
ok $? "make dist" "$made/log"
tarball=$(echo "$made"/libselinuxns-*.tar.gz)
if git -C "$src" ls-files --error-unmatch configure.ac >/dev/null 2>&1; then
	tar -tf "$tarball" | sed 's,^[^/]*/,,' | sort >"$dir/inside"
	# Of git itself only.
	git -C "$src" ls-files -- ':!:.gitignore' ':!:.gitattributes' | sort >"$dir/repository"
	comm -13 "$dir/inside" "$dir/repository" >"$dir/missing"
	[ -s "$dir/repository" ] && [ ! -s "$dir/missing" ]
	ok $? "the tarball has every file of the repository" "$dir/missing"
else
	skip "the tarball has every file of the repository" "this is no git checkout"
fi
make -C "$made" -j "$jobs" distcheck TESTS="tests/unit/check_base tests/man.t tests/security.t" \
	DISTCHECK_CONFIGURE_FLAGS=--enable-werror </dev/null >"$made/log" 2>&1
ok $? "make distcheck" "$made/log"
finish
