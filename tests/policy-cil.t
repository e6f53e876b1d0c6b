#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# policy-cil.t - the CIL module compiles with base policies that define its permissions,
# that define one of them, and that define none, and grants what it says in each.
set -u
src=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
module=$src/policy/unshare_selinuxns.cil
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT

. "$src/tests/tap.sh" || exit 99

for tool in secilc checkpolicy; do
	command -v $tool >/dev/null || skip_all "$tool is not installed"
done

# base NAME HANDLE-UNKNOWN PROCESS2-PERMISSION SECURITY-PERMISSION
base() {
	cat >"$dir/$1.cil" <<-END
	(handleunknown $2)
	(mls true)
	(class process (fork transition))
	(class process2 (nnp_transition nosuid_transition $3))
	(class security (load_policy $4))
	(classorder (process process2 security))
	(sid kernel) (sid security) (sid unlabeled)
	(sidorder (kernel security unlabeled))
	(sensitivity s0) (sensitivityorder (s0))
	(category c0) (categoryorder (c0)) (sensitivitycategory s0 (c0))
	(user u) (role r) (role object_r)
	(type kernel_t) (type unconfined_t) (type runtime_t) (type security_t)
	(userrole u r) (userrole u object_r) (userlevel u (s0)) (userrange u ((s0) (s0 (c0))))
	(roletype r kernel_t) (roletype r unconfined_t) (roletype r runtime_t)
	(roletype object_r security_t)
	(sidcontext kernel (u r kernel_t ((s0) (s0))))
	(sidcontext security (u object_r security_t ((s0) (s0))))
	(sidcontext unlabeled (u object_r security_t ((s0) (s0))))
	(allow kernel_t self (process (fork)))
	END
}

# compile OUT FILE...: binary policy and its rules as text, attributes expanded
compile() {
	local out=$1
	shift
	secilc -M true -X 2 -o "$dir/$out.bin" -f "$dir/$out.fc" "$@" >"$dir/$out.log" 2>&1 &&
		checkpolicy -M -b "$dir/$out.bin" -F -o "$dir/$out.conf" >>"$dir/$out.log" 2>&1
	local status=$?
	[ $status -eq 0 ] || sed 's/^/# /' "$dir/$out.log"
	return $status
}

allows() { grep -Eqx " *allow $2 $3 ?: ?$4 \{? ?$5 ?\}?;" "$dir/$1.conf"; }

echo '(typeattributeset unshare_selinuxns_domain (runtime_t))' >"$dir/mine.cil"

base both deny unshare_selinuxns unshare
compile both "$dir/both.cil" "$module"
tap $? "compiles with a base that defines both permissions"
allows both unconfined_t self process2 unshare_selinuxns
tap $? "there unconfined_t may unshare by the system call"
allows both unconfined_t security_t security unshare
tap $? "there unconfined_t may unshare by the node in selinuxfs"
! grep -q 'allow kernel_t .*unshare' "$dir/both.conf"
tap $? "and no other domain may"

compile mine "$dir/both.cil" "$module" "$dir/mine.cil"
tap $? "compiles with a second module that names a domain"
allows mine runtime_t self process2 unshare_selinuxns
tap $? "there the named domain may unshare"

base new deny unshare_selinuxns ''
compile new "$dir/new.cil" "$module"
tap $? "compiles with a base that defines only process2 unshare_selinuxns"
allows new unconfined_t self process2 unshare_selinuxns
tap $? "there unconfined_t may unshare by the system call"

for handle in allow deny; do
	base none-$handle $handle '' ''
	compile none-$handle "$dir/none-$handle.cil" "$module"
	tap $? "compiles with a base that defines neither (handle_unknown $handle)"
	! grep -q 'allow .*unshare' "$dir/none-$handle.conf"
	tap $? "there the module grants nothing (handle_unknown $handle)"
done

# Why the module cannot do more: should this ever work, it should define the permission.
base none deny '' ''
echo '(class process2 (unshare_selinuxns))' >"$dir/again.cil"
! secilc -M true -o "$dir/again.bin" -f "$dir/again.fc" "$dir/none.cil" "$dir/again.cil" >/dev/null 2>&1
tap $? "a module cannot add a permission to a class of the base policy"

done_testing
