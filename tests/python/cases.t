#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cases.t - the Python package and the C library do the same on the same input: each line of
# cases.table is carried out by tests/programs/spawn and by spawn.py, and what they print compared.
. "$(dirname "$0")/lib.sh"
need_package
need_policy
need_tool secilc
policies
while IFS='|' read -r options settings command; do
	[[ $options != '#'* ]] || continue
	read -ra options <<<"$options"
	read -ra settings <<<"${settings//@/$dir}"
	# With backslashes before blanks, which are parts of words.
	command=${command//@/$dir}
	args=()
	while read -r word; do args+=("$word"); done < <(sed 's/\\ /\x01/g; s/^ *//; s/ *$//; s/ /\n/g; s/\x01/ /g' <<<"$command")
	sim "${options[@]}" -- spawn "${settings[@]}" -- "${args[@]}"
	# The command's output may come before or after the one line that is printed meanwhile.
	wanted="$status $(sort <<<"$out") $err"
	[[ $out == *": "* ]] || miss "the C program says nothing: ${settings[*]} -- ${args[*]}"
	sim "${options[@]}" -- "$PYTHON" "$tests/spawn.py" "${settings[@]}" -- "${args[@]}"
	is "${options[*]} ${settings[*]//"$dir"/@} -- ${args[*]}" "$status $(sort <<<"$out") $err" "$wanted"
done <"$tests/cases.table"
finish
