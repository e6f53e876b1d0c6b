#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# install.t - what `make install` installs can be used: programs written for the library, and
# for the fork of libselinux, build against the shared and the static library; the library
# exports the header's functions, versioned, and nothing else.
set -u
src=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
build=${top_builddir:-$src/build}
unset MAKEFLAGS MFLAGS MAKELEVEL
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
n=0

ok() {
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		sed 's/^/# /' "$dir/log"
		echo "not ok $n - $2"
	fi
	: >"$dir/log"
}

skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

if ! make -C "$build" install DESTDIR="$dir/tree" >"$dir/log" 2>&1; then
	ok 1 "make install DESTDIR"
	echo "1..$n"
	exit 1
fi
ok 0 "make install DESTDIR"
pc=$(find "$dir/tree" -name libselinuxns.pc)
lib=$(dirname "$(dirname "$pc")")
export PKG_CONFIG_PATH=${pc%/*} PKG_CONFIG_SYSROOT_DIR=$dir/tree LD_LIBRARY_PATH=$lib
[ "$(find "$dir/tree" -name '*.h' | wc -l)" -eq 1 ] && [ -n "$(find "$dir/tree" -path '*/include/selinux/selinuxns.h')" ]
ok $? "one header is installed"

# A build with the sanitizers cannot be linked without them.
flags=()
nm -D "$lib/libselinuxns.so" 2>/dev/null | grep -q __asan_ && flags=("-fsanitize=address,undefined")
cc=${CC:-cc}

cat >"$dir/fork.c" <<'END'
/* As written for the fork of libselinux, and the header added. */
#include <stdio.h>
#include <selinux/selinux.h>
#include <selinux/selinuxns.h>
int main(int argc, char **argv)
{
	if (argc > 1 && selinux_unshare() < 0)
		perror(argv[0]);
	printf("%d\n", is_selinux_unshared());
	return 0;
}
END
cat >"$dir/header.c" <<'END'
#include <selinux/selinuxns.h>
int main(void) { return selinuxns_probe_str(SELINUXNS_DENIED) == 0; }
END
cp "$dir/header.c" "$dir/header.cc"

$cc "${flags[@]}" -Wall -Wextra -Werror -o "$dir/fork" "$dir/fork.c" \
	"$(pkg-config --cflags libselinuxns | sed 's/ .*//')" -L"$lib" -lselinux -lselinuxns >"$dir/log" 2>&1
ok $? "a program for the fork builds with only the header and -lselinuxns added"
[ "$("$dir/fork" 2>"$dir/log")" = 0 ]
ok $? "and runs with the shared library"
# shellcheck disable=SC2046
$cc "${flags[@]}" -std=c99 -pedantic -Wall -Wextra -Werror -o "$dir/header" "$dir/header.c" \
	$(pkg-config --cflags --libs libselinuxns) >"$dir/log" 2>&1 && "$dir/header"
ok $? "the header alone is strict C99, and pkg-config's flags are enough"
if command -v c++ >/dev/null; then
	# shellcheck disable=SC2046
	c++ "${flags[@]}" -Wall -Wextra -Werror -o "$dir/header" "$dir/header.cc" \
		$(pkg-config --cflags --libs libselinuxns) >"$dir/log" 2>&1 && "$dir/header"
	ok $? "the header is C++, too"
else
	skip "the header is C++, too" "no C++ compiler"
fi
if [ -e "$lib/libselinuxns.a" ]; then
	# shellcheck disable=SC2046
	$cc "${flags[@]}" -o "$dir/static" "$dir/fork.c" $(pkg-config --cflags libselinuxns) \
		"$lib/libselinuxns.a" $(pkg-config --libs libselinux libsepol) >"$dir/log" 2>&1 &&
		[ "$("$dir/static" 2>>"$dir/log")" = 0 ] && ! ldd "$dir/static" | grep -q libselinuxns
	ok $? "the static library"
fi

# Every function of the header, at a version, and no other symbol.
sed -n 's/^[a-z].*[ *]\(selinuxns_[a-z_]*\|selinux_unshare\|is_selinux_unshared\)(.*/\1/p' \
	"$src/include/selinux/selinuxns.h" | sort -u >"$dir/header.list"
nm -D --defined-only "$lib/libselinuxns.so" | sed -n 's/^[0-9a-f]* T //p' | sort >"$dir/export.list"
[ -s "$dir/header.list" ] && sed 's/@.*//' "$dir/export.list" | diff "$dir/header.list" - >"$dir/log"
ok $? "the shared library exports the header's functions and nothing else"
grep -v '@@LIBSELINUXNS_' "$dir/export.list" >"$dir/log"
[ ! -s "$dir/log" ]
ok $? "every exported function has a version"

make -C "$build" uninstall DESTDIR="$dir/tree" >"$dir/log" 2>&1
[ -z "$(find "$dir/tree" -type f)" ]
ok $? "make uninstall leaves no file"
echo "1..$n"
