#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# readme.t - what README.md shows is what happens.
#
# Each code block of README.md says in its fence what is to be done with it:
#   ```console test=host       type its commands into a shell, in the checkout
#   ```console test=sim        the same, in selinuxns-sim
#   ```console test=installed  the same, where the library was installed (make install DESTDIR)
#   ```console test=build      run them in a copy of the sources, where they install below DESTDIR;
#                              what they print does not matter
#   ```console test=itself     what runs these tests: "./quickstart test", and nothing else
#   ```c test=NAME             a file for the blocks that follow
#   ```python test=NAME        the same
# In a console block a line with a prompt, "# " or "$ ", is a command (also to a shell that
# an earlier one started), any other line is output that must appear; "..." stands for
# any number of lines, or at the end of a line for the rest of it.
set -u
src=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
build=${top_builddir:-$src/build}
readme=$src/README.md
PATH=$build/utils:$build/sim:$PATH:/usr/sbin:/sbin
export QUICKSTART_BUILD=$build LC_ALL=C.UTF-8
unset MAKEFLAGS MFLAGS MAKELEVEL
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
n=0

ok() { n=$((n + 1)); echo "ok $n - $1"; }
not_ok() { n=$((n + 1)); echo "not ok $n - $1"; }

# Split into files: NNN.block, its first line the fence's information string.
awk -v dir="$dir" '
	/^```/ && !on { on = 1; name = sprintf("%s/%03d.block", dir, ++count); print NR ": " substr($0, 4) > name; next }
	/^```/ { on = 0; close(name); next }
	on { print > name }' "$readme"

have_sim() { command -v selinuxns-sim >/dev/null && selinuxns-sim -- true </dev/null >/dev/null 2>"$dir/why"; }

# type_in BLOCK SHELL...: type the block's commands into a shell; compare with its output.
type_in() {
	local block=$1 line i=0 mark=readme-$RANDOM-$RANDOM

	shift
	: >"$dir/input"
	# What the terminal would show: each command, its output. The shell itself says when a
	# command is through, whichever shell that is by then.
	while IFS= read -r line; do
		case $line in
		'# '* | '$ '*)
			printf 'echo "%s %s"\n%s\n' "$mark" "$i" "${line#??}" >>"$dir/input"
			i=$((i + 1))
			;;
		esac
	done < <(sed 1d "$block")
	printf 'echo "%s end $?"\n' "$mark" >>"$dir/input"
	# Through a pipe, of which a shell takes no more than its own commands.
	local status
	cat "$dir/input" | "$@" >"$dir/output" 2>&1
	status=${PIPESTATUS[1]}
	awk -v mark="$mark" -v expected="$block" '
		BEGIN {
			getline line < expected
			k = -1
			while ((getline line < expected) > 0) {
				if (line ~ /^[#$] /) { command[++k] = substr(line, 3); lines[k] = 0 }
				else { want[k, ++lines[k]] = line }
			}
			last = k; at = -1
		}
		$1 == mark { at = $2 == "end" ? last + 1 : $2; next }
		{ got[at, ++count[at]] = $0 }
		function match_from(c, w, g) {
			if (w > lines[c])
				return g > count[c]
			if (want[c, w] == "...") {
				for (; g <= count[c] + 1; g++)
					if (match_from(c, w + 1, g))
						return 1
				return 0
			}
			return g <= count[c] && same(got[c, g], want[c, w]) && match_from(c, w + 1, g + 1)
		}
		function same(is, should,   n) {
			n = length(should) - 3
			if (n > 0 && substr(should, n + 1) == "...")
				return substr(is, 1, n) == substr(should, 1, n)
			return is == should
		}
		END {
			for (c = 0; c <= last; c++) {
				if (match_from(c, 1, 1))
					continue
				bad = 1
				print "# the command: " command[c]
				for (j = 1; j <= lines[c]; j++) print "#   README: " want[c, j]
				for (j = 1; j <= count[c]; j++) print "#   really: " got[c, j]
			}
			exit bad
		}' "$dir/output" || return 1
	[ $status -eq 0 ] || { echo "# the last command ended with status $status"; return 1; }
}

install_tree() {
	[ -d "$dir/tree" ] && return
	make -C "$build" install DESTDIR="$dir/tree" >"$dir/install.log" 2>&1 || return 1
	PKG_CONFIG_PATH=$(dirname "$(find "$dir/tree" -name libselinuxns.pc)")
	export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR=$dir/tree
	# Where the system would find it.
	LD_LIBRARY_PATH=$(dirname "$(find "$dir/tree" -name libselinuxns.so)")
	PYTHONPATH=$(dirname "$(find "$dir/tree" -name selinuxns -path '*-packages/*')")
	export LD_LIBRARY_PATH PYTHONPATH PYTHONDONTWRITEBYTECODE=1
}

# What a distribution's tree has, without what was built in it.
copy_sources() {
	mkdir "$dir/sources" && (cd "$src" && tar -c --exclude-vcs --exclude=./build --exclude='./build-[!a]*' \
		--exclude='*.o' --exclude='*.lo' --exclude='.libs' --exclude='./libselinuxns-*' --exclude='./config.status' \
		--exclude='./config.log' --exclude='./Makefile' --exclude='./config.h' --exclude='./libtool' .) |
		tar -x -C "$dir/sources" && chmod -R u+w "$dir/sources"
}

for block in "$dir"/*.block; do
	fence=$(sed -n 1p "$block")
	what="README.md:${fence%%:*}: $(sed -n '2,$s/^[#$] //p' "$block" | sed -n 1p)"
	test=${fence##*test=}
	case $fence in
	*'console test=itself')
		if [ "$(sed 1d "$block")" = '# ./quickstart test' ]; then continue; fi
		not_ok "$what: only ./quickstart test is not run"
		continue
		;;
	*'c test='*.c | *'python test='*.py)
		sed 1d "$block" >"$dir/$test"
		continue
		;;
	*'console test=host' | *'console test=sim')
		if ! have_sim; then
			ok "$what # SKIP selinuxns-sim cannot run here: $(head -n 1 "$dir/why" 2>/dev/null)"
			continue
		fi
		cd "$src" || exit 99
		shell=(bash)
		[ "$test" = sim ] && shell=(selinuxns-sim -- bash)
		;;
	*'console test=installed')
		if nm -D "$build/lib/.libs/libselinuxns.so" 2>/dev/null | grep -q __asan_; then
			ok "$what # SKIP this build has the sanitizers: no program links it like that"
			continue
		fi
		if grep -q selinuxns-sim "$block" && ! have_sim; then
			ok "$what # SKIP selinuxns-sim cannot run here: $(head -n 1 "$dir/why" 2>/dev/null)"
			continue
		fi
		if grep -q python3 "$block" && ! [ -e "$build/bindings/python/tree/stamp" ]; then
			ok "$what # SKIP the Python package is not built"
			continue
		fi
		install_tree || { sed 's/^/# /' "$dir/install.log"; not_ok "make install DESTDIR"; continue; }
		cd "$dir" || exit 99
		shell=(bash -e)
		;;
	*'console test=build')
		if ! command -v autoreconf >/dev/null || ! command -v libtoolize >/dev/null; then
			ok "$what # SKIP autoconf, automake or libtool is not installed"
			continue
		fi
		copy_sources || { not_ok "copy the sources"; continue; }
		cd "$dir/sources" || exit 99
		# -O0: it is built to see that it can be.
		if sed -n '2,$s/^[#$] //p' "$block" | DESTDIR=$dir/staged CFLAGS=-O0 MAKEFLAGS=-j2 \
			bash -e >"$dir/build.log" 2>&1 && [ -x "$dir/staged/usr/bin/unshareselinux" ]; then
			ok "$what"
		else
			tail -n 40 "$dir/build.log" | sed 's/^/# /'
			not_ok "$what"
		fi
		continue
		;;
	*)
		not_ok "README.md:$fence: the block does not say how it is tested"
		continue
		;;
	esac
	if type_in "$block" "${shell[@]}"; then ok "$what"; else not_ok "$what"; fi
done
if [ $n -eq 0 ]; then
	not_ok "README.md has blocks to run"
fi
echo "1..$n"
