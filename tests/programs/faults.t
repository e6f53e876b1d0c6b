#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# faults.t - unshareselinux(1) with each of its operations failing, each time that it is made:
# either 125 and the command was never started, or the command has all that was asked for.
. "$(dirname "$0")/lib.sh"
need_sim
need_tool secilc
policy alpha "$(may_all alpha)"
version=31 policy host "$(may_all host)"
host=(--policy="$dir/host.bin" --context=u:r:host_t)
mkdir -p "$dir/etc/selinux/alpha/policy" "$dir/sys/fs/selinux"
cp "$dir/alpha.bin" "$dir/etc/selinux/alpha/policy/policy.33"
echo SELINUXTYPE=alpha >"$dir/etc/selinux/config"
cat >"$dir/command" <<-END
	#!/bin/bash
	: >$dir/witness
	read -r -d '' context </proc/self/attr/current
	mounts=0
	while read -r line; do
		[[ \$line == *' - selinuxfs '* ]] && mounts=\$((mounts + 1))
	done </proc/self/mountinfo
	echo "context=\$context mounts=\$mounts SELINUXNS=\$SELINUXNS"
END
chmod 755 "$dir/command"

# What may fail without a failure: the command's mounts, then.
tolerated() {
	case $1 in
	umount2:* | mount:* | statx:*) grep -q 'warning: .*stays mounted' <<<"$err" ;; # kept, with a warning
	*) false ;;
	esac
}

# attempt FAULT WANTED ARGUMENT...: 0 the fault struck or did not, and all is well; else 1
attempt() {
	local fault=$1 wanted=$2

	shift 2
	rm -f "$dir/witness"
	sim "${host[@]}" "${kernel[@]}" --fault="$fault" -- bash -c 'unshareselinux "$@"; s=$?
		read -r -d "" c </proc/self/attr/current; echo "parent=$c $(grep -c selinuxfs /proc/self/mountinfo) $(getenforce)"; exit $s' - "$@" "$dir/command"
	grep -qx 'parent=u:r:host_t 1 Permissive' <<<"$out" || return 1
	case $status in
	125) [ ! -e "$dir/witness" ] && grep -q '^unshareselinux: ' <<<"$err" && [ "$(wc -l <<<"$out")" = 1 ] ;;
	126 | 127) [ ! -e "$dir/witness" ] && [[ $fault == execve:* ]] ;;
	0) [ -e "$dir/witness" ] && { grep -qx "$wanted" <<<"$out" || tolerated "$fault"; } ;;
	*) false ;;
	esac
}

# every OPERATION ERRORS MUST WANTED ARGUMENT...: the first occurrences of each; MUST: that one is fatal
every() {
	local operation=$1 errors=$2 must=$3 wanted=$4 error i good=true fatal=0 options

	shift 4
	options=${*%%=*}
	options=${options:-no options}${kernel[*]:+ and ${kernel[*]}}
	for error in $errors; do
		for i in 1 2 3 '*'; do
			attempt "$operation:$error:$i:unshareselinux" "$wanted" "$@" || {
				good=false
				miss "$operation fails ($error, occurrence $i), with $options"
			}
			[ "$status" = 0 ] || fatal=$((fatal + 1))
		done
	done
	$good && pass "$operation fails ($errors), with $options: all or nothing"
	[ "$must" = - ] || ok "which is fatal to the set-up" test $fatal -gt 0
}

kernel=()
wanted='context=kernel mounts=0 SELINUXNS=1'
for op in unshare mount lsm_set_self_attr; do every $op 'EPERM EIO' fatal "$wanted"; done
every lsm_get_self_attr 'EPERM ENOSYS' fatal "$wanted"
every umount2 EIO - "$wanted"
every statx EIO - "$wanted"
wanted='context=kernel mounts=1 SELINUXNS=1'
for op in unshare fsconfig fsmount move_mount; do every $op EIO fatal "$wanted" --mount-selinuxfs; done
every fsopen 'EPERM EIO' fatal "$wanted" --mount-selinuxfs
every openat2 'ENOSYS EACCES' fatal "$wanted" --mount-selinuxfs

wanted='context=u:r:alpha_t mounts=1 SELINUXNS=1'
load=--load-policy=$dir/alpha.bin
for op in unshare mount lsm_set_self_attr fsconfig fsmount move_mount; do every $op EIO fatal "$wanted" "$load"; done
every selinuxfs/load/open 'EACCES EIO' fatal "$wanted" "$load"
every selinuxfs/load/write 'EINVAL EIO EPERM EACCES ENOMEM short' fatal "$wanted" "$load"
for op in selinuxfs/context/open selinuxfs/context/write selinuxfs/enforce/read selinuxfs/policyvers/open selinuxfs/policyvers/read \
	selinuxfs/status/open selinuxfs/deny_unknown/read attr/current/read attr/current/write attr/exec/read; do
	every $op 'EIO EPERM' - "$wanted" "$load"
done
every selinuxfs/policyvers/read 'short long' - "$wanted" "$load"
every fsopen ENOSYS - "$wanted" "$load"
kernel=(--policyvers=31)
every selinuxfs/policyvers/read 'EIO short' - "$wanted" "$load"

kernel=(--kernel=node)
every selinuxfs/unshare/open 'EACCES EPERM' fatal "$wanted" "$load"
every selinuxfs/unshare/write 'EACCES EIO EPERM' fatal "$wanted" "$load"
every selinuxfs/load/write 'EIO short' fatal "$wanted" "$load"

kernel=()
# The last step, a root; and the command itself. The root here is this machine's, seen twice.
mkdir "$dir/all"
# rooted FAULT: 0 where it ended with 125, and nothing was started
rooted() {
	rm -f "$dir/witness"
	sim "${host[@]}" --fault="$1" -- bash -c "mount --rbind / $dir/all; umount -l $dir/all/sys/fs/selinux; unshareselinux --root=$dir/all $load $dir/command"
	[ "$status" = 125 ] && [ ! -e "$dir/witness" ] && grep -q '^unshareselinux: ' <<<"$err"
}
sim "${host[@]}" -- bash -c "mount --rbind / $dir/all; umount -l $dir/all/sys/fs/selinux; unshareselinux --root=$dir/all $load $dir/command"
like "without a fault, --root works" "$status $out" '^0 context=u:r:alpha_t'
for op in chroot fchdir chdir lsm_set_self_attr move_mount selinuxfs/load/write; do
	ok "$op fails, with --root: 125, and the command is not started" rooted "$op:EIO:*:unshareselinux"
done
for error in ENOENT EACCES ENOEXEC ENOMEM; do
	rm -f "$dir/witness"
	sim "${host[@]}" --fault="execve:$error:*:unshareselinux" -- bash -c "unshareselinux $load $dir/command; exit \$?"
	case $error in ENOENT) code=127 ;; *) code=126 ;; esac
	is "the command cannot be executed, $error: $code" "$status $(test -e "$dir/witness" && echo started)" "$code "
done
finish
