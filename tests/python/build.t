#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# build.t - pip builds the Python package from what a distribution has: a wheel, from the checkout and
# from a source distribution, with the library in it or linked to an installed one.
. "$(dirname "$0")/lib.sh"
[ -n "${PYTHON:-}" ] && [ -e "$tree/stamp" ] || skip_all "the Python package is not built"
for module in setuptools wheel pip; do
	"$PYTHON" -c "import $module" 2>/dev/null || skip_all "Python's $module is not installed"
done
need_policy
sanitized && skip_all "this build has the sanitizers: no module links its library without"
unset PYTHONPATH PYTHONHOME PIP_INDEX_URL MAKEFLAGS
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PYTHONDONTWRITEBYTECODE=1 PYTHONNOUSERSITE=1
# Only what pkg-config is told here is installed, of ours.
export SELINUXNS_BUNDLE=1

mkdir "$dir/checkout"
(cd "$src" && tar -c --exclude=build --exclude='*.egg-info' --exclude=__pycache__ --exclude='*.o' --exclude='*.lo' \
	lib include LICENSE bindings/python) | tar -x -C "$dir/checkout"

long() { timeout -k 5 300 "$@" >"$dir/.out" 2>"$dir/.err" </dev/null; status=$?; out=$(cat "$dir/.out") err=$(tail -n 30 "$dir/.err"); }
# wheel NAME SOURCE: $dir/NAME has it installed
wheel() {
	long "$PYTHON" -m pip wheel --no-build-isolation --no-index --no-deps -w "$dir/$1.wheels" "$2"
	ok "$1: pip builds a wheel" test $status -eq 0
	is "$1: it is for CPython 3.9 and later" "$(cd "$dir/$1.wheels" && ls | sed 's/_[0-9_]*x86_64//; s/linux_x86_64/linux/')" \
		"selinuxns-0.1.0-cp39-abi3-linux.whl"
	long "$PYTHON" -m pip install --no-index --no-deps --target "$dir/$1" "$dir/$1.wheels"/*.whl
	ok "$1: pip installs it" test $status -eq 0
	sim -- env -C / PYTHONPATH="$dir/$1" "$PYTHON" -c 'import selinuxns as s
print(s.__file__); print(s.Namespace(policy=s.FROM_ROOT).run(["selinuxunshared"], capture_output=True).stdout)'
	is "$1: and it works" "$out" "$dir/$1/selinuxns/__init__.py"$'\n'"b'0\\n'"
	ok "$1: with types, stubs and the plugin's name" test -e "$dir/$1/selinuxns/py.typed" -a \
		-e "$dir/$1/selinuxns/_selinuxns.pyi" -a -n "$(grep -l pytest_plugin "$dir/$1"/*.dist-info/entry_points.txt)"
}
wheel checkout-wheel "$dir/checkout/bindings/python"
is "the library is in the module" "$(ldd "$dir"/checkout-wheel/selinuxns/*.so | grep -c selinuxns)" 0
(cd "$dir/checkout/bindings/python" && long "$PYTHON" setup.py -q sdist -d "$dir/sdist"; exit $status)
ok "a source distribution" test -e "$dir/sdist/selinuxns-0.1.0.tar.gz"
mkdir "$dir/unpacked"
tar -x -C "$dir/unpacked" -f "$dir"/sdist/selinuxns-*.tar.gz
wheel sdist-wheel "$dir/unpacked/selinuxns-0.1.0"

if make -C "$build" install DESTDIR="$dir/installed" >"$dir/install.log" 2>&1; then
	pc=$(find "$dir/installed" -name libselinuxns.pc)
	export PKG_CONFIG_PATH=${pc%/*} PKG_CONFIG_SYSROOT_DIR=$dir/installed SELINUXNS_BUNDLE=0
	LD_LIBRARY_PATH=$(dirname "${pc%/*}")
	export LD_LIBRARY_PATH
	# What was built before would be taken for up to date.
	rm -rf "$dir/checkout/bindings/python/build"
	wheel linked-wheel "$dir/checkout/bindings/python"
	ok "with an installed library it is linked" grep -q libselinuxns <(ldd "$dir"/linked-wheel/selinuxns/*.so)
else
	miss "make install DESTDIR"
fi
# Nothing but the stable ABI of 3.9: the calls that came later would be missing there.
nm -D "$dir"/checkout-wheel/selinuxns/*.so | sed -n 's/^ *U \(_\?Py[A-Za-z_]*\)$/\1/p' | sort -u >"$dir/used"
is "no function of a later stable ABI" \
	"$(grep -E '^(PyObject_GetBuffer|PyBuffer_|PyModule_AddObjectRef|PyType_GetModule|Py_NewRef|PyObject_CallNoArgs|PyUnicode_AsUTF8AndSize|_Py)' "$dir/used" | grep -v '^_Py_\(NoneStruct\|TrueStruct\|FalseStruct\|Dealloc\)$\|_SizeT$')" ""
finish
