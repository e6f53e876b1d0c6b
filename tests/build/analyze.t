#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# analyze.t - clang-tidy, cppcheck and gcc's analyzer have nothing to say.
#
# What they are to leave out is in .clang-tidy, tests/.clang-tidy and tests/build/cppcheck.suppressions, each with
# its reason; a suppression in the code has its reason beside it.
. "$(dirname "$0")/lib.sh"

# ---- gcc -----------------------------------------------------------------------

# Leaks: it loses sight of lists and of cleanup attributes.
build_in analyzer --disable-static CC=gcc CFLAGS='-O1 -g -fanalyzer -Wno-analyzer-malloc-leak -Wno-analyzer-file-leak'
status=$?
grep -E '(warning|error):|\[CWE' "$made/log" | sort -u >"$dir/log"
ok $status "gcc -fanalyzer" "$dir/log"

# ---- clang-tidy ------------------------------------------------------------------

if command -v clang-tidy >/dev/null && command -v clang >/dev/null; then
	build_with_clang
	ok $? "clang builds, and says how" "$made/log"
	{ echo '['; cat "$commands"/*.json | sed '$ s/,$//'; echo ']'; } >"$made/compile_commands.json"
	sed -n 's/.*"file": "\([^"]*\)".*/\1/p' "$commands"/*.json | sort -u >"$dir/sources"
	(cd "$made" && while read -r file; do [ ! -e "$file" ] || echo "$file"; done <"$dir/sources" |
		xargs -P "$jobs" -n 1 clang-tidy -p . --quiet >"$dir/log" 2>"$dir/err")
	status=$?
	[ -s "$dir/sources" ] && [ $status -eq 0 ]
	ok $? "clang-tidy: $(wc -l <"$dir/sources") files" "$dir/log"
else
	skip "clang-tidy" "clang-tidy or clang is not installed"
fi

# ---- cppcheck ----------------------------------------------------------------------

if command -v cppcheck >/dev/null; then
	cd "$src" || exit 99
	mapfile -t sources < <(files '*.c')
	cppcheck -j "$jobs" --quiet --enable=warning,performance,portability --std=c11 --library=posix,gnu --inline-suppr \
		--suppressions-list="$src/tests/build/cppcheck.suppressions" --suppress=missingIncludeSystem \
		-D_GNU_SOURCE -D__x86_64__ "-DPy_RETURN_NONE=return Py_None" -I include -I lib -I sim -I utils --error-exitcode=1 "${sources[@]}" >"$dir/log" 2>&1
	ok $? "cppcheck: ${#sources[@]} files" "$dir/log"
else
	skip "cppcheck" "cppcheck is not installed"
fi
finish
