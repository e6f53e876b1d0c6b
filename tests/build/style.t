#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# style.t - every C file is as .clang-format says, and shellcheck has nothing to say of the scripts.
. "$(dirname "$0")/lib.sh"

cd "$src" || exit 99
mapfile -t sources < <(files '*.c' '*.h')
version=$(clang-format --version 2>/dev/null | sed 's/.*version \([0-9]*\).*/\1/')
if [ "${version:-none}" = 14 ]; then
	printf '%s\0' "${sources[@]}" | xargs -0 -P "$jobs" -n 16 clang-format --dry-run -Werror >"$dir/log" 2>&1
	ok $? "${#sources[@]} C files are formatted" "$dir/log"
else
	# Another version formats otherwise.
	skip "the C files are formatted" "clang-format 14 is not installed (here: ${version:-none})"
fi

# Scripts without a suffix are known by their first line.
mapfile -t scripts < <(files '*.t' '*.sh'; files | while read -r file; do
	case ${file##*/} in *.*) continue ;; esac
	head -n 1 "$file" | grep -qE '^#!.*[/ ](ba)?sh( |$)' && echo "$file"
done)
if command -v shellcheck >/dev/null; then
	printf '%s\0' "${scripts[@]}" | xargs -0 -P "$jobs" -n 8 shellcheck --shell=bash --severity=warning >"$dir/log" 2>&1
	ok $? "${#scripts[@]} scripts pass shellcheck" "$dir/log"
else
	skip "the scripts pass shellcheck" "shellcheck is not installed"
fi
finish
