#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# examples.t - the Python examples do what they say.
. "$(dirname "$0")/lib.sh"
need_package
need_pytest
need_policy
need_tool secilc
policies=()
wanted=''
for i in 0 1 2 3 4 5 6 7 8 9; do
	# The even ones allow it.
	rule=
	((i % 2)) || rule="(allow p${i}_t p${i}_other_t (file (read)))"
	policy "p$i" "(typealias kind_t) (typealiasactual kind_t p${i}_t) (typealias thing_t) (typealiasactual thing_t p${i}_other_t)" $rule
	policies+=("$dir/p$i.bin")
	wanted+="$dir/p$i.bin: $( ((i % 2)) && echo denied || echo allowed): u:r:kind_t u:r:thing_t file read"$'\n'
	wanted+="$dir/p$i.bin: allowed: u:r:kind_t u:r:kind_t process fork"$'\n'
done
cat >"$dir/accesses" <<-'END'
	# source, target, class, permission
	u:r:kind_t u:r:thing_t file read

	u:r:kind_t u:r:kind_t process fork
END
sim -- "$PYTHON" "$src/examples/many-policies.py" "$dir/accesses" "${policies[@]}"
is "ten policies in ten namespaces at once" "$status $out"$'\n' "0 $wanted"
sim -- "$PYTHON" "$src/examples/many-policies.py" "$dir/accesses" /etc/passwd "${policies[0]}"
is "one that is none: says so, and goes on" "$status $(wc -l <<<"$out")" "2 3"
like "with the library's sentence" "$out" '^/etc/passwd: parse policy: /etc/passwd: '
pytest=("$PYTHON" -m pytest -q -p no:cacheprovider "$src/examples/test_policy.py")
sim -- "${pytest[@]}"
like "the policy test passes with the machine's policy" "$status $out" '^5 passed'
sim -- "${pytest[@]}" "--selinux-policy=${policies[0]}"
is "and fails with another" "$status" 1
finish
