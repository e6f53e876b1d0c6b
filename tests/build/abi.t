#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# abi.t - programs that were linked with an earlier shared library run with this one.
#
# tests/build/libselinuxns.symbols lists what it exported at the last release (before the first one: at the last
# `make abi-update`), tests/build/libselinuxns.abi the types of it.
. "$(dirname "$0")/lib.sh"
library=$build/lib/.libs/libselinuxns.so
kept=$src/tests/build/libselinuxns.symbols
types=$src/tests/build/libselinuxns.abi
abi=$src/tests/build/abi
need_tool nm
[ -e "$library" ] || skip_all "no shared library was built"

"$abi" compare "$kept" "$library" >"$dir/log"
ok $? "no symbol is gone or changed, and a released version has no new one (else: make abi-update, where that is meant)" "$dir/log"

# It would notice.
now=$dir/now
"$abi" list "$library" >"$now"
[ -s "$now" ] && sed '/^selinux_unshare@/d' "$now" >"$dir/less" && ! "$abi" compare "$kept" "$dir/less" >/dev/null
ok $? "a symbol that is gone would be noticed"
sed 's/^\(selinux_unshare@@\).*/\1LIBSELINUXNS_9/' "$now" >"$dir/other" && ! "$abi" compare "$kept" "$dir/other" >/dev/null
ok $? "another version would be noticed"
{ cat "$kept"; echo 'released LIBSELINUXNS_0.1'; } >"$dir/released"
{ cat "$now"; echo 'selinuxns_new@@LIBSELINUXNS_0.1'; } >"$dir/more"
! "$abi" compare "$dir/released" "$dir/more" >/dev/null
ok $? "an addition to a released version would be noticed"
{ cat "$now"; echo 'selinuxns_new@@LIBSELINUXNS_9'; } >"$dir/more"
{ cat "$now"; echo 'released LIBSELINUXNS_0.1'; } >"$dir/released"
"$abi" compare "$dir/released" "$dir/more" >"$dir/log"
ok $? "one under a version of its own is right" "$dir/log"

if ! command -v abidiff >/dev/null; then
	skip "no type changed" "abidiff (abigail-tools) is not installed"
elif ! readelf -S "$library" 2>/dev/null | grep -q '\.debug_info'; then
	skip "no type changed" "the library was built without debugging information"
else
	abidiff --no-added-syms --exported-interfaces-only --headers-dir2 "$(realpath "$src/include")" --drop-private-types "$types" "$library" >"$dir/log" 2>&1
	ok $? "no type of the interface changed" "$dir/log"
fi
finish
