#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# musl.t - with musl instead of glibc: every source of the library compiles; the part of it that needs only
# libc passes its unit tests; and static helpers take the conformance suite where there is no libc.
#
# The distribution has no libselinux and libsepol for musl, so no program can be linked. Of these, and
# of the kernel, only the headers are used.
. "$(dirname "$0")/lib.sh"
need_tool musl-gcc nm

made=$checks/musl
rm -rf "$made"
mkdir -p "$made/headers" "$made/objects"
for header in linux asm-generic asm selinux sepol pcre2.h; do
	for from in "/usr/include/$header" "/usr/include/$(gcc -print-multiarch 2>/dev/null)/$header"; do
		[ ! -e "$from" ] || ln -sfn "$from" "$made/headers/$header"
	done
done
[ -e "$made/headers/linux" ] && [ -e "$made/headers/asm" ] || skip_all "no kernel headers"
flags=(-std=gnu11 -O2 -Wall -Wextra -Werror -I"$build" -I"$src/include" -I"$src/lib" -I"$src/utils" -idirafter "$made/headers")
config=(-include "$build/config.h")

# ---- the library compiles ------------------------------------------------------

: >"$dir/log"
while read -r file; do
	musl-gcc "${flags[@]}" "${config[@]}" -c -o "$made/objects/${file//\//-}.o" "$src/$file" >>"$dir/log" 2>&1 ||
		echo "$file does not compile" >>"$dir/log"
done < <(expand "$build" '$(lib_libselinuxns_core_la_SOURCES) utils/json.c utils/sha256.c utils/table.c' | grep '\.c$')
[ ! -s "$dir/log" ]
ok $? "$(ls "$made/objects" | wc -l) sources compile without a warning" "$dir/log"

# ---- what needs only libc --------------------------------------------------------

# All but those that call, also by way of others, what is neither theirs nor libc's.
libc=$(musl-gcc -print-file-name=libc.a)
nm --defined-only "$libc" 2>/dev/null | awk 'NF == 3 { print $3 }' | sort -u >"$dir/libc"
# gcc's own
printf '%s\n' _GLOBAL_OFFSET_TABLE_ __stack_chk_fail >>"$dir/libc"
cd "$made/objects" || exit 99
while :; do
	nm --defined-only ./*.o | awk 'NF == 3 { print $3 }' | sort -u "$dir/libc" - >"$dir/defined"
	found=
	for object in *.o; do
		[ -n "$(nm -u "$object" | awk '{ print $2 }' | sort -u | comm -23 - "$dir/defined")" ] || continue
		rm "$object"
		found=yes
	done
	[ -n "$found" ] || break
done
ls | sed 's/\.o$//; s,-,/,g' | comment
[ -e lib-base-error.c.o ] && [ -e lib-kernel-mountinfo.c.o ] && [ -e utils-sha256.c.o ]
ok $? "$(ls | wc -l) of them need only libc"

# ---- its unit tests ----------------------------------------------------------------

# lib.sh's numbers go on behind those of the programs.
tap_of() {
	local result what

	sed -n -E 's/^(not ok|ok) [0-9]+ - (.*)/\1\t\2/p; /^#/p; s/^1\.\.0 # SKIP (.*)/ok\tall # SKIP \1/p' "$1" >"$dir/tap"
	while IFS=$'\t' read -r result what; do
		case $result in
		ok | 'not ok')
			n=$((n + 1))
			echo "$result $n - $2: $what"
			;;
		*) printf '%s\n' "$result" ;;
		esac
	done <"$dir/tap"
}

# The log callback is libselinux's: a stand-in takes its place.
musl-gcc "${flags[@]}" "${config[@]}" -I"$src/tests/build/musl" -static -o "$made/check_base" \
	"$src/tests/unit/check_base.c" "$src/tests/build/musl/callback.c" \
	"$src"/lib/base/*.c "$src"/lib/kernel/mountinfo.c >"$dir/log" 2>&1
ok $? "tests/unit/check_base is built, static, and a stand-in for libselinux's log callback" "$dir/log"
if [ -x "$made/check_base" ]; then
	"$made/check_base" >"$dir/out" 2>&1 </dev/null
	grep -q '^1\.\.[1-9]' "$dir/out"
	ok $? "it runs" "$dir/out"
	tap_of "$dir/out" check_base
fi

# ---- the conformance suite's helpers ---------------------------------------------------

# musl has no strerrorname_np(3).
{
	echo 'static inline const char *strerrorname_np(int err) { switch (err) {'
	echo '#include <errno.h>' | musl-gcc -E -dM - | sed -n 's/^#define \(E[A-Z0-9]*\) \([0-9]*\)$/case \2: return "\1";/p'
	echo '} return 0; }'
} >"$made/names.h"
mkdir -p "$made/bin"
chmod 755 "$made/bin"
: >"$dir/log"
for file in "$src"/tests/conformance/*.c; do
	name=$(basename "$file" .c)
	musl-gcc "${flags[@]}" -Wno-unused-function -include "$made/names.h" -static -pthread -o "$made/bin/$name" "$file" >>"$dir/log" 2>&1
done
[ ! -s "$dir/log" ]
ok $? "the helpers of tests/conformance are built, static" "$dir/log"
command -v selinuxns-sim >/dev/null || PATH=$build/sim:$PATH
export CONFORMANCE_BIN=$made/bin top_builddir=$build src dir
one() {
	bash "$src/tests/conformance/run-in-sim" "$1" >"$dir/${1##*/}.out" 2>"$dir/${1##*/}.err" </dev/null
}
export -f one
printf '%s\n' "$src"/tests/conformance/*.t | xargs -P "$jobs" -I {} bash -c 'one {}'
for script in "$src"/tests/conformance/*.t; do
	out=$dir/${script##*/}.out
	grep -q '^not ok' "$out" && grep -B 3 '^not ok' "$out" | comment
	grep -q '^1\.\.' "$out" && ! grep -q '^not ok' "$out"
	ok $? "conformance/${script##*/}, with helpers of musl: $(grep -c '^ok' "$out") of $(sed -n 's/^1\.\.//p' "$out")" "$dir/${script##*/}.err"
done
finish
