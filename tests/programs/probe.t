#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# probe.t - selinuxns_probe(): every answer that a simulated kernel can lead to, each with a
# sentence; and that asking changes nothing.
. "$(dirname "$0")/lib.sh"
need_sim
need_tool secilc

# probe WANTED SENTENCE WHAT [SIM-OPTION...]
probe() {
	local wanted=$1 sentence=$2 what=$3

	shift 3
	sim "$@" -- drive probe attr:current sh:'grep -c selinuxfs /proc/self/mountinfo' leaks probe leaks
	is "$what: $wanted" "$(answer probe | uniq)" "$wanted"
	like "its sentence" "$(answer 'probe sentence')" "$sentence"
	is "no descriptor is left open" "$(answer leaks | uniq | wc -l)" 1
}

probe LSM_SYSCALLS 'has SELinux namespaces, by the LSM system calls' "namespaces" --no-policy
probe SELINUXFS_NODE 'has SELinux namespaces, by the deprecated unshare file' "the node" --no-policy --kernel=node
probe NO_NAMESPACES 'no SELinux namespaces' "a kernel without namespaces" --no-policy --kernel=no-namespaces
probe NO_SYSCALLS 'neither the LSM system calls' "an old kernel" --no-policy --kernel=no-lsm
probe DISABLED 'disabled at boot' "SELinux disabled" --kernel=disabled
for errno in EPERM EACCES; do
	probe BLOCKED 'seccomp filter' "a filter that answers $errno" --no-policy --fault="lsm_get_self_attr:$errno:*" --fault="lsm_set_self_attr:$errno:*"
done
for errno in EPERM EACCES ENOSYS; do
	probe BLOCKED 'seccomp filter' "a filter for lsm_set_self_attr only, $errno" --no-policy --fault="lsm_set_self_attr:$errno:*"
done
# This machine itself, whatever it is.
run drive probe
like "the real kernel: an answer with a sentence" "$status $(answer probe) $(answer 'probe sentence')" '^0 [A-Z_]+ .{20}'
if ! grep -q 'selinuxfs$' /proc/filesystems && ! grep -q 'selinux=0' /proc/cmdline; then
	is "a kernel without SELinux: NO_SELINUX" "$(answer probe)" NO_SELINUX
	like "its sentence" "$(answer 'probe sentence')" 'has no SELinux'
else
	skip "a kernel without SELinux: NO_SELINUX" "this one has it"
	skip "its sentence" "this one has it"
fi
# A filter is not seen as such by the simulated process's own status: the kernel's version and
# /proc/PID/status decide. Either answer tells the user that there is no way.
sim --no-policy --fault='lsm_get_self_attr:ENOSYS:*' --fault='lsm_set_self_attr:ENOSYS:*' -- drive probe
like "a filter that answers ENOSYS" "$(answer probe)" '^(BLOCKED|NO_SYSCALLS)$'
for wrong in none long short; do
	sim --no-policy --fault="lsm_get_self_attr:$wrong:*" -- drive probe
	like "an answer that is $wrong is no reason to deny that it is there" "$(answer probe)" '^(LSM_SYSCALLS|-1 EPROTO)$'
done
sim --no-policy --fault='lsm_get_self_attr:EIO:*' -- drive probe
is "an error that nothing explains: that error" "$(answer probe)" "-1 EIO"

# ---- denied -----------------------------------------------------------------------

ask='(security (compute_av check_context))'
for kernel in lsm node; do
	case $kernel in
	lsm) yes=LSM_SYSCALLS grant='(allow %s_t self (process2 (unshare_selinuxns)))' ;;
	node) yes=SELINUXFS_NODE grant='(allow %s_t %s_security_t (security (unshare)))' ;;
	esac
	# shellcheck disable=SC2059
	policy granted "(allow granted_t granted_security_t $ask)" "$(printf "$grant" granted granted)"
	policy refused "(allow refused_t refused_security_t $ask)"
	policy lenient "(allow lenient_t lenient_security_t $ask)" "(typepermissive lenient_t)"
	policy mute
	probe $yes . "$kernel: enforcing and granted" --kernel=$kernel --policy="$dir/granted.bin" --context=u:r:granted_t --enforcing
	probe DENIED 'policy denies' "$kernel: enforcing and refused" --kernel=$kernel --policy="$dir/refused.bin" --context=u:r:refused_t --enforcing
	probe $yes . "$kernel: permissive and refused" --kernel=$kernel --policy="$dir/refused.bin" --context=u:r:refused_t
	probe $yes . "$kernel: a permissive domain" --kernel=$kernel --policy="$dir/lenient.bin" --context=u:r:lenient_t --enforcing
	probe $yes . "$kernel: a policy that may not be asked is not reported" --kernel=$kernel --policy="$dir/mute.bin" --context=u:r:mute_t --enforcing

	# And what is said is what happens.
	for name in granted refused lenient mute; do
		sim --kernel=$kernel --policy="$dir/$name.bin" --context="u:r:${name}_t" --enforcing -- drive newns:private unshare
		case $name in
		granted | lenient) is "$kernel: $name: the unshare succeeds" "$(answer unshare)" 0 ;;
		*) is "$kernel: $name: the unshare is denied" "$(answer unshare)" "-1 EACCES" ;;
		esac
	done
done

# A policy that does not know the permission: its way with unknown ones decides (2.2).
for unknown in allow deny; do
	policy old "(allow old_t old_security_t (security (compute_av check_context)))" 
	sed -i 's/ unshare_selinuxns))/))/' "$dir/old.cil"
	secilc -M false -U $unknown -o "$dir/old.bin" -f /dev/null "$dir/old.cil"
	[ $unknown = allow ] && wanted=LSM_SYSCALLS rc=0 || { wanted=DENIED; rc="-1 EACCES"; }
	sim --policy="$dir/old.bin" --context=u:r:old_t --enforcing -- drive probe newns:private unshare
	is "a policy that does not know the permission, unknown $unknown" "$(answer probe) $(answer unshare)" "$wanted $rc"
done

# ---- in the child -------------------------------------------------------------------

policy child "$(may_all child)"
policy tight "(allow tight_t tight_security_t $ask)" "(allow tight_t tight_security_t (security (load_policy setenforce)))"
sim --no-policy -- drive newns:private unsharens:0 probe setenforce:1 mount setenforce:1 probe openfile:"$dir/tight.bin" load probe
is "in a child: without a policy nothing is denied; then its own policy counts" "$(answer probe | tr '\n' ' ')" \
	"LSM_SYSCALLS LSM_SYSCALLS DENIED "
sim --policy="$dir/refused.bin" --context=u:r:refused_t -- drive newns:private unsharens:0 mount openfile:"$dir/child.bin" load setenforce:1 probe unshare
is "the parent's policy has no say in what the child may do to itself" "$(answer probe) $(answer unshare)" "LSM_SYSCALLS 0"

# ---- programs -------------------------------------------------------------------------

sim --kernel=no-namespaces --no-policy -- unshareselinux touch "$dir/witness"
is "unshareselinux says it and ends with 125" "$status" 125
like "with that sentence" "$err" '^unshareselinux: .*no SELinux namespaces'
ok "and starts nothing" test ! -e "$dir/witness"
finish
