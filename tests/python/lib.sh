# SPDX-License-Identifier: MIT
# lib.sh - what the scripts of tests/python share: pytest in the simulator, its results as TAP.
#
# Sourced by bash, as tests/programs/lib.sh, which it builds upon: policies are compiled there.
. "${BASH_SOURCE[0]%/*}/../programs/lib.sh"
tests=$src/tests/python
tree=$build/bindings/python/tree

# What this build has made, and nothing that is installed.
need_package() {
	[ -n "${PYTHON:-}" ] && [ -e "$tree/stamp" ] || skip_all "the Python package is not built"
	export PYTHONPATH=$tree:$tests PYTHONDONTWRITEBYTECODE=1 PYTHONNOUSERSITE=1
	export POLICIES=$dir
	unset PYTHONSTARTUP PYTEST_ADDOPTS
	if sanitized; then
		# The interpreter has no sanitizers, and so they must be there before it.
		preload=$(${CC:-cc} -print-file-name=libasan.so)
		export LD_PRELOAD=$preload
	fi
	"$PYTHON" -c 'import selinuxns' 2>"$dir/.err" ||
		skip_all "the package cannot be imported: $(tail -n 1 "$dir/.err")"
}

need_pytest() {
	"$PYTHON" -c 'import pytest' 2>/dev/null || skip_all "pytest is not installed"
}

# pytest_in_sim [SIM-OPTION...] -- ARGUMENT...: its results are this script's
pytest_in_sim() {
	local options=()

	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	timeout --kill-after=10 "${TEST_TIMEOUT:-170}" selinuxns-sim "${options[@]}" -- \
		"$PYTHON" -m pytest -p no:terminal -p no:cacheprovider -p tap_results \
		--rootdir="$tests" -c "$tests/pytest.ini" "$@" </dev/null 2>"$dir/.err"
	status=$?
	# 1: tests failed, which they said themselves.
	if [ $status -gt 1 ]; then
		comment "$(cat "$dir/.err")"
		echo "Bail out! pytest ended with status $status"
	fi
	exit 0
}

# All that the tests load: kid may do everything to itself; many has booleans.
policies() {
	policy kid "$(may_all kid)" '(allow kid_other_t kid_security_t (security (all)))' \
		'(allow kid_other_t self (process (all)))'
	policy many "$(may_all many)" '(boolean b1 false)' '(boolean b2 true)' \
		'(booleanif b1 (true (allow many_t many_other_t (file (read)))))' \
		'(booleanif b2 (true (allow many_t many_other_t (file (execute)))))'
}

# begin_with_policies [TOOL...]: what most of the scripts begin with
begin_with_policies() {
	need_package
	need_pytest
	need_policy
	need_tool secilc "$@"
	policies
}
