#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# promise-refusal.t - what unshareselinux(1), selinuxunshared(1) and selinuxns(8) promise on a kernel
# without SELinux namespaces.
# sim: --kernel=no-namespaces
# shellcheck source=tests/conformance/lib.sh disable=SC2016
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
need_programs
[ -e $fs/enforce ] || skip_all "selinuxfs is not mounted on $fs"
! have_namespaces || skip_all "this kernel has namespaces"
own=$(context_of self)
state() { cat $fs/enforce; readlink /proc/self/ns/mnt; grep -c selinuxfs /proc/self/mountinfo; context_of self; }
before=$(state)

# refuses NAME ARGUMENT...: status 125, a message that says why, and the command did not run
refuses() {
	local name=$1 got
	shift
	got=$(unshareselinux "$@" touch "$dir/ran" 2>&1)
	like "$?:$got" "125:unshareselinux: *this kernel has SELinux*no*namespaces*" "unshareselinux $name: 125, and why"
	[ ! -e "$dir/ran" ]
	ok $? "unshareselinux $name: the command did not run"
}
refuses "alone"
refuses "--load-policy" --load-policy
refuses "--enforcing" --load-policy --enforcing
refuses "--context" --load-policy "--context=$own"
refuses "--root" --root=/
refuses "--fork" --fork
is "$(state)" "$before" "unshareselinux: the mode, the mounts and the context are unchanged"
like "$(unshareselinux --dry-run true 2>&1; echo $?)" "*FAILED*check kernel*"$'\n125' "unshareselinux --dry-run: tells which check failed"
if setpriv --reuid=65534 --regid=65534 --clear-groups true 2>/dev/null; then
	like "$(setpriv --reuid=65534 --regid=65534 --clear-groups unshareselinux true 2>&1; echo $?)" "unshareselinux: *this kernel has SELinux*"$'\n125' \
		"unshareselinux: the same to an ordinary user"
fi

is "$(selinuxunshared; echo $?)" $'0\n1' "selinuxunshared: prints 0, status 1: not so"
got=$(selinuxns status)
is $? 0 "selinuxns status: status 0"
like "$got" "*SELinux: on*no*amespaces*namespace: the init namespace*mode: permissive*context: $own*" "selinuxns status: SELinux is on, without namespaces"
like "$got" "*maxns: not known (*maxnsdepth: not known (*" "selinuxns status: what is not known says why"
like "$(selinuxns status --json)" '*"namespace":"init"*"maxns":null*"why_unknown":*' "selinuxns status --json: null, and the reason"
got=$(selinuxns doctor)
is $? 1 "selinuxns doctor: status 1, as a condition fails"
like "$got" "*fail: kernel: this kernel has SELinux*"$'\n'"remedy: *fail: interface*" "selinuxns doctor: the kernel fails, with a remedy"
like "$got" "*pass: selinuxfs: *" "selinuxns doctor: selinuxfs passes"
like "$(selinuxns doctor --json)" '*"works":false*' "selinuxns doctor --json: works is false"
like "$(selinuxns limits 2>&1; echo $?)" "selinuxns: read limits: maxns*No such file*"$'\n2' "selinuxns limits: status 2, and which file is missing"
like "$(selinuxns limits --maxns=5 2>&1; echo $?)" "selinuxns: set limits: maxns*"$'\n2' "selinuxns limits --maxns: status 2"
is "$(selinuxns init --quiet -- echo ran)" ran "selinuxns init: nothing to do, and the command runs"
is "$(state)" "$before" "selinuxns: nothing was changed"
done_testing
