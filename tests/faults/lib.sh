# SPDX-License-Identifier: MIT
# lib.sh - what the scripts of tests/faults share: the machine that matrix.py makes its attempts in.
#
# Sourced by bash. A script ends with matrix SCENARIO:WHAT[:N]..., which gives all of the TAP.
. "$(dirname "${BASH_SOURCE[0]}")/../programs/lib.sh"
PATH=$build/tests/faults:$PATH
python=/usr/bin/python3
[ -x $python ] || python=python3
need_sim
need_tool secilc "$python"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 9))' || skip_all "Python 3.9 or newer is needed"

may_execute() { printf '(allow %s alpha_unlabeled_t (file (all))) (allow %s self (process (all)))' "$1" "$1"; }
policy alpha "$(may_all alpha)" "$(may_execute alpha_t)" "$(may_execute alpha_other_t)"
version=31 policy host "$(may_all host)"
mkdir -p "$dir/etc/selinux/alpha/policy" "$dir/root" "$dir/scratch" "$dir/wd"
cp "$dir/alpha.bin" "$dir/etc/selinux/alpha/policy/policy.33"
printf 'SELINUX=enforcing\nSELINUXTYPE=alpha\n' >"$dir/etc/selinux/config"
cp "$build/tests/faults/command" "$dir/command"
FAULTS=$dir
PYTHONDONTWRITEBYTECODE=1
top_srcdir=$src
export FAULTS PYTHONDONTWRITEBYTECODE top_srcdir

matrix() {
	[ -d /etc/selinux ] || skip_all "there is no /etc/selinux to put a configuration on"
	cd / || exit 99
	"$python" "$src/tests/faults/matrix.py" "$@"
	exit 0
}
