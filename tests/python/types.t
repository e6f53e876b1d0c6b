#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# types.t - the Python package is clean under mypy --strict, and its stubs are those of the extension.
. "$(dirname "$0")/lib.sh"
need_package
"$PYTHON" -c 'import mypy' 2>/dev/null || skip_all "mypy is not installed"
cp -r "$tree/selinuxns" "$dir/selinuxns"
(cd "$dir" && timeout 170 env -u PYTHONPATH "$PYTHON" -m mypy --strict --cache-dir="$dir/cache" selinuxns >"$dir/.out" 2>&1)
status=$?
out=$(cat "$dir/.out")
is "the package is clean under --strict" "$status" 0
cat >"$dir/use.py" <<'END'
import selinuxns
ns = selinuxns.Namespace(policy=b"", enforcing=True, booleans={"a": True})
code: int = ns.run(["id"], text=True).returncode
names: "dict[str, bool]" = selinuxns.booleans()
support: selinuxns.Support = selinuxns.probe().support
yes: bool = selinuxns.is_unshared()
END
cat >"$dir/misuse.py" <<'END'
import selinuxns
selinuxns.Namespace(enforcing="yes")
selinuxns.set_limits(maxns="3")
selinuxns.booleans().nosuch
END
for file in use misuse; do
	(cd "$dir" && timeout 100 env -u PYTHONPATH "$PYTHON" -m mypy --strict --cache-dir="$dir/cache" $file.py >"$dir/.out" 2>&1)
	status=$?
	out=$(cat "$dir/.out")
	[ $file = use ] && is "so is a program that uses it" "$status" 0
done
is "one that uses it wrongly is not: each line is an error" "$(grep -c '^misuse.py:[234]: error' <<<"$out")" 3
(cd "$dir" && timeout 100 "$PYTHON" -m mypy.stubtest selinuxns._selinuxns --ignore-missing-stub >"$dir/.out" 2>&1)
status=$?
out=$(cat "$dir/.out")
is "the extension has what its stubs say, and they lack nothing" "$status" 0
finish
