# SPDX-License-Identifier: MIT
# lib.sh - what the conformance scripts share: TAP, namespaces that obey, small policies.
#
# Sourced by bash. Knows nothing of where it runs: a simulated kernel, a virtual machine's or
# the machine's own. A test's name begins with the section of docs/kernel-abi.md that it proves.
set -u
export LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=$(mktemp -d "${TMPDIR:-/tmp}/conformance.XXXXXX") || exit 99
chmod 755 "$dir"
. "$here/../tap.sh" || exit 99
namespaces=()
fs=/sys/fs/selinux

# The helper programs, where every user and every root can reach them.
for helper in lsm fs threads; do
	cp "${CONFORMANCE_BIN:-${top_builddir:-$here/../..}/tests/conformance}/$helper" "$dir/" || exit 99
done
PATH=$dir:$PATH

trap 'for name in "${namespaces[@]}"; do ns_end "$name"; done; rm -rf "$dir"' EXIT

# ---- TAP -----------------------------------------------------------------------------------

# does_not_hold NAME WANTED GOT: says which statement it is that does not hold here, or, where a
# name has no section, which promise
does_not_hold() {
	local what="a promise does not hold here"

	[[ $1 =~ ^[0-9]+\.[0-9]+ ]] && what="kernel-abi.md section ${BASH_REMATCH[0]} does not hold here"
	comment "$what: expected $2, got $3"
}

# ok STATUS NAME
ok() {
	[ "$1" -eq 0 ] || does_not_hold "$2" "success" "status $1"
	tap "$1" "$2"
}

# is GOT WANTED NAME
is() {
	[ "$1" = "$2" ] || does_not_hold "$3" "'$2'" "'$1'"
	[ "$1" = "$2" ]
	tap $? "$3"
}

# like GOT PATTERN NAME (a pattern as of case)
like() {
	# shellcheck disable=SC2254
	case $1 in
	$2) tap 0 "$3" ;;
	*)
		does_not_hold "$3" "'$2'" "'$1'"
		tap 1 "$3"
		;;
	esac
}

# ---- namespaces ------------------------------------------------------------------------------

# ns_start NAME [COMMAND...]: a shell in a new SELinux namespace (or what COMMAND makes of it)
# that ns() commands. Without COMMAND it has a mount namespace of its own.
ns_start() {
	local name=$1 in out
	shift
	rm -f "$dir/$name".*
	mkfifo "$dir/$name.in" "$dir/$name.out" || return 1
	exec {in}<>"$dir/$name.in" {out}<>"$dir/$name.out"
	printf -v "in_$name" %s "$in"
	printf -v "out_$name" %s "$out"
	[ $# -gt 0 ] || set -- unshare -m --propagation private lsm unshare
	# shellcheck disable=SC2016
	"$@" bash -c 'while IFS= read -r -d "" command <&3; do
			eval "$command" >"$1.text" 2>&1 3<&- 4>&-
			echo $? >&4
		done' - "$dir/$name" 3<"$dir/$name.in" 4>"$dir/$name.out" {in}>&- {out}>&- </dev/null &
	printf -v "pid_$name" %s $!
	namespaces+=("$name")
	ns "$name" true
}

# ns NAME COMMAND: have that shell run it; its output is printed, its status returned.
ns() {
	local in=in_$1 out=out_$1 pid=pid_$1 status
	printf '%s\0' "$2" >&"${!in}"
	until IFS= read -r -t 1 status <&"${!out}"; do
		kill -0 "${!pid}" 2>/dev/null || return 255
	done
	cat "$dir/$1.text"
	return "$status"
}

ns_pid() {
	local pid=pid_$1
	echo "${!pid}"
}

ns_end() {
	local in=in_$1 out=out_$1 pid=pid_$1
	[ -e "$dir/$1.in" ] || return 0
	printf 'exit\0' >&"${!in}"
	wait "${!pid}"
	eval "exec ${!in}>&- ${!out}>&-"
	rm -f "$dir/$1".*
}

# A script that replaces the policy of the init namespace, or its mode, says so by this. Who runs
# the scripts says where that does no harm.
need_disposable() {
	[ "${CONFORMANCE_DISPOSABLE-}" = 1 ] ||
		skip_all "it replaces this machine's policy: set CONFORMANCE_DISPOSABLE=1 where that may be"
}

# The programs of this project, for the promises of their manuals.
need_programs() {
	[ -z "${top_builddir-}" ] || PATH=$top_builddir/utils:$PATH
	local program

	for program in selinuxns selinuxunshared unshareselinux; do
		command -v $program >/dev/null || skip_all "$program is not here"
	done
}

# A context as another process shows it, without the NUL.
context_of() {
	tr -d '\0' <"/proc/$1/attr/${2-current}"
}

# In so far as it can be told without making one.
have_namespaces() {
	[ "$(lsm get 106 | cut -d' ' -f1)" = 1 ] || [ -e $fs/unshare ]
}

# By the node a process must be root, and see its own namespace's instance: much of what is shown
# would have to be shown otherwise.
need_calls() {
	[ "$(lsm get 106 | cut -d' ' -f1)" = 1 ] || skip_all "namespaces are not made by the LSM system calls here"
}

need_namespaces() {
	[ -e "$fs/enforce" ] || skip_all "selinuxfs is not mounted on $fs"
	[ "$(lsm unshare echo yes)" = yes ] || skip_all "this kernel has no SELinux namespaces, or they are not allowed"
}

# ---- policies ----------------------------------------------------------------------------------

# The distribution's policy, as /etc/selinux/config names it, else the first one.
reference_policy() {
	local type found
	type=$(sed -n 's/^SELINUXTYPE= *//p' /etc/selinux/config 2>/dev/null | tail -n 1)
	for found in "/etc/selinux/${type:-none}"/policy/policy.* /etc/selinux/*/policy/policy.*; do
		[ -e "$found" ] || continue
		echo "$found"
		return
	done
	return 1
}

# small_policy NAME [CIL...]: makes $dir/NAME.bin. kernel_t, the initial SIDs' type, may become
# a_t (by setcon and by runcon) and not b_t. Both may use files and run programs, which is what a script
# does while the policy is enforced, and which a real kernel asks it for; all of a root is unlabeled to it. With "nogenfs" among the CIL the
# policy has no label for selinuxfs.
small_policy() {
	local name=$1
	shift
	command -v secilc >/dev/null || return 1
	{
		cat <<-'CIL'
		(mls true)
		(class process (fork transition dyntransition getattr setcurrent setexec setfscreate))
		(class security (compute_av compute_create compute_member check_context load_policy
			compute_relabel setenforce setbool setsecparam read_policy validate_trans))
		(class file (read write execute entrypoint execute_no_trans))
		(class dir (search read))
		(classorder (process security file dir))
		(sid kernel) (sid security) (sid unlabeled)
		(sidorder (kernel security unlabeled))
		(sensitivity s0) (sensitivityorder (s0))
		(category c0) (category c1) (categoryorder (c0 c1)) (sensitivitycategory s0 (c0 c1))
		(user system_u) (role system_r) (role object_r)
		(type kernel_t) (type a_t) (type b_t) (type security_t) (type unlabeled_t) (type file_t)
		(userrole system_u system_r) (userrole system_u object_r)
		(userlevel system_u (s0)) (userrange system_u ((s0) (s0 (c0 c1))))
		(roletype system_r kernel_t) (roletype system_r a_t) (roletype system_r b_t)
		(roletype object_r security_t) (roletype object_r unlabeled_t) (roletype object_r file_t)
		(sidcontext kernel (system_u system_r kernel_t ((s0) (s0))))
		(sidcontext security (system_u object_r security_t ((s0) (s0))))
		(sidcontext unlabeled (system_u object_r unlabeled_t ((s0) (s0))))
		(allow kernel_t self (process (fork getattr setcurrent setexec setfscreate)))
		(allow kernel_t a_t (process (dyntransition transition)))
		(allow kernel_t security_t (security (all)))
		(allow kernel_t file_t (file (read)))
		(allow kernel_t unlabeled_t (file (read write execute execute_no_trans entrypoint)))
		(allow kernel_t unlabeled_t (dir (search read))) (allow kernel_t self (dir (search read)))
		(allow kernel_t self (file (read write))) (allow kernel_t a_t (file (read)))
		(allow kernel_t security_t (file (read write))) (allow kernel_t security_t (dir (search read)))
		(allow a_t self (process (fork getattr setcurrent))) (allow a_t self (file (read write)))
		(allow a_t unlabeled_t (file (read write execute execute_no_trans entrypoint)))
		(allow a_t unlabeled_t (dir (search read))) (allow a_t self (dir (search read)))
		(allow a_t security_t (file (read write))) (allow a_t security_t (dir (search read)))
		CIL
		case "$*" in *nogenfs*) ;; *) echo '(genfscon selinuxfs / (system_u object_r security_t ((s0) (s0))))' ;; esac
		case "$*" in *handleunknown*) ;; *) echo '(handleunknown allow)' ;; esac
		printf '%s\n' "${@/nogenfs/}"
	} >"$dir/$name.cil"
	compile_policy "$name"
}

compile_policy() {
	local name=$1
	secilc -M true -c 30 -o "$dir/$name.bin" -f "$dir/$name.fc" "$dir/$name.cil" >"$dir/$name.log" 2>&1 ||
		{ sed 's/^/# /' "$dir/$name.log"; return 1; }
}

# small_policy_without TYPE NAME: the same, where that type does not exist
small_policy_without() {
	small_policy "$2" && sed "s/(type $1)//; s/(roletype system_r $1)//" "$dir/$2.cil" >"$dir/$2.less.cil" &&
		mv "$dir/$2.less.cil" "$dir/$2.cil" && compile_policy "$2"
}
