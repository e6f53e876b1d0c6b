#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# promise-namespace.t - what unshareselinux(1), selinuxunshared(1) and selinuxns(8) promise on a
# kernel with SELinux namespaces.
# sim:
# shellcheck source=tests/conformance/lib.sh disable=SC2016
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
need_programs
need_namespaces
small_policy small '(boolean flag false)' '(booleanif flag (true (allow a_t file_t (file (read)))))' || skip_all "secilc is not installed"
own=$(context_of self)
kernel_t=system_u:system_r:kernel_t:s0
state() { cat $fs/enforce; grep -c selinuxfs /proc/self/mountinfo; context_of self; }
before=$(state)

is "$(unshareselinux selinuxunshared; echo $?)" $'1\n0' "unshareselinux: the command is in a namespace without a policy"
is "$(selinuxunshared; echo $?)" $'0\n1' "selinuxunshared: the init namespace is not"
is "$(unshareselinux sh -c 'exit 7'; echo $?)" 7 "unshareselinux: the status is the command's"
is "$(unshareselinux /none 2>/dev/null; echo $?)" 127 "unshareselinux: 127 where the command is not found"
is "$(unshareselinux --load-policy="$dir/small.bin" sh -c 'selinuxunshared; getenforce; id -Z; ls '$fs/booleans)" \
	$'0\nPermissive\n'$kernel_t$'\nflag' "unshareselinux --load-policy: its policy, permissive, in the initial context"
is "$(unshareselinux --load-policy="$dir/small.bin" --boolean=flag=on cat $fs/booleans/flag)" "1 1" "unshareselinux --boolean"
if reference_policy >/dev/null; then
	user=unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023
	if unshareselinux --dry-run --load-policy "--context=$user" --enforcing true >/dev/null 2>&1; then
		is "$(unshareselinux --load-policy "--context=$user" --enforcing sh -c 'getenforce; id -Z')" $'Enforcing\n'$user \
			"unshareselinux --load-policy --context --enforcing: the machine's policy, enforced"
	else
		skip "unshareselinux --load-policy --context --enforcing" "the machine's policy has no $user, or may not be used so"
	fi
fi
like "$(unshareselinux --load-policy="$dir/small.bin" --context=u:r:none_t touch "$dir/ran" 2>&1; echo $?)" "unshareselinux: check context: u:r:none_t: *"$'\n125' \
	"unshareselinux --context: one that the policy lacks: 125"
[ ! -e "$dir/ran" ]
ok $? "unshareselinux --context: the command did not run"
is "$(state)" "$before" "unshareselinux: the mode, the mounts and the context of the parent are unchanged"

like "$(unshareselinux selinuxns status)" "*namespace: a fresh *" "status: a fresh namespace"
like "$(unshareselinux --load-policy="$dir/small.bin" selinuxns status)" "*namespace: a child *mode: permissive*context: $kernel_t*" "status: a child with a policy"
is "$(unshareselinux sh -c "mount -t selinuxfs none $fs; selinuxns load-policy --verify $dir/small.bin; id -Z")" $'same
'$kernel_t \
	"load-policy: loads into this namespace"
is "$(unshareselinux --load-policy="$dir/small.bin" sh -c 'selinuxns boolean flag=on; selinuxns boolean; selinuxns load-policy --reset-booleans --verify '"$dir/small.bin"'; selinuxns boolean')" \
	$'flag: on\nsame\nflag: off' "boolean, load-policy --reset-booleans: in this namespace"
like "$(selinuxns limits)" "maxns: $(cat $fs/maxns)"$'\n'"maxnsdepth: $(cat $fs/maxnsdepth)" "limits: as in selinuxfs"
like "$(unshareselinux --load-policy="$dir/small.bin" selinuxns limits --maxns=100 2>&1; echo $?)" "selinuxns: set limits: maxns: Operation not permitted*init namespace"$'\n2' "limits: only the init namespace sets them"
selinuxns doctor >"$dir/doctor"
like "$(cat "$dir/doctor")" "*pass: kernel: *" "doctor: the kernel passes"
if reference_policy >/dev/null; then
	mode=$(sed -n 's/^SELINUX= *//p' /etc/selinux/config)
	if [ "$mode" != disabled ]; then
		is "$(unshareselinux selinuxns init --quiet -- sh -c 'selinuxunshared; ls '$fs'/class | grep -cx process')" $'0\n1' \
			"init: mounts selinuxfs, loads the configured policy, and executes the command"
	fi
fi
is "$(state)" "$before" "selinuxns: the parent's state is unchanged"
is "$(context_of self)" "$own" "selinuxns: and its context"
done_testing
