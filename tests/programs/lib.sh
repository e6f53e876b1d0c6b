# SPDX-License-Identifier: MIT
# lib.sh - what the scripts of tests/programs share: TAP, the simulator, small policies.
#
# Sourced by bash. A script makes assertions and ends with finish.
set -u
src=${top_srcdir:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
build=${top_builddir:-$src/build}
# Without directories that we may not search: execvp(3) says EACCES for a missing program then.
path=$build/tests/programs:$build/utils:$build/sim
while IFS= read -r -d : entry; do [ -x "$entry" ] && path+=:$entry; done <<<"$PATH:/usr/sbin:/sbin:"
PATH=$path
export PATH LC_ALL=C
unset SELINUXNS
dir=$(mktemp -d "${TMPDIR:-/tmp}/selinuxns-test.XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' HUP INT TERM
chmod 755 "$dir"
. "$src/tests/tap.sh" || exit 99
status=0 out='' err=''

# ---- TAP --------------------------------------------------------------------

pass() { tap 0 "$1"; }

# miss WHAT: a failed test, with what the last run() gave
miss() {
	tap 1 "$1"
	comment "status: $status"
	[ -z "$out" ] || comment "stdout: $out"
	[ -z "$err" ] || comment "stderr: $err"
}

# ok WHAT COMMAND...: the command succeeds
ok() {
	local what=$1
	shift
	if "$@"; then pass "$what"; else miss "$what"; fi
}

# is WHAT GOT WANTED
is() {
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		miss "$1"
		comment "     got: $2"
		comment "  wanted: $3"
	fi
}

# like WHAT GOT EXTENDED-REGEX: one of its lines matches
like() {
	if grep -Eq -e "$3" <<<"$2"; then
		pass "$1"
	else
		miss "$1"
		comment "     got: $2"
		comment "  wanted: /$3/"
	fi
}

# unlike WHAT GOT EXTENDED-REGEX: none of its lines does
unlike() {
	if grep -Eq -e "$3" <<<"$2"; then
		miss "$1"
		comment "     got: $2"
		comment "unwanted: /$3/"
	else
		pass "$1"
	fi
}

finish() {
	done_testing
	exit 0
}

# ---- running ------------------------------------------------------------------

# run COMMAND...: sets status, out and err. Nothing here may take a minute.
run() {
	timeout -k 5 60 "$@" >"$dir/.out" 2>"$dir/.err" </dev/null
	status=$?
	out=$(tr -d '\0' <"$dir/.out")
	err=$(tr -d '\0' <"$dir/.err")
}

# sim [OPTION...] -- COMMAND...: run() in the simulated kernel
sim() { run selinuxns-sim "$@"; }

need_sim() {
	local why

	command -v selinuxns-sim >/dev/null || skip_all "selinuxns-sim is not built"
	why=$(selinuxns-sim --no-policy -- true 2>&1 </dev/null) ||
		skip_all "selinuxns-sim cannot run here: ${why%%$'\n'*}"
}

# As above, and it has a policy to start with.
need_policy() {
	local why

	need_sim
	why=$(selinuxns-sim -- true 2>&1 </dev/null) || skip_all "no policy: ${why%%$'\n'*}"
}

need_tool() {
	local tool

	for tool; do
		command -v "$tool" >/dev/null || skip_all "$tool is not installed"
	done
}

# Were the programs built with the sanitizers? Those need /proc and have a heap of their own.
sanitized() { nm "$(command -v unshareselinux)" 2>/dev/null | grep -q __asan_init; }

# The policy file that a simulated kernel starts with.
host_policy() {
	local type file

	type=$(sed -n 's/^SELINUXTYPE=//p' /etc/selinux/config 2>/dev/null)
	for file in "/etc/selinux/${type:-*}"/policy/policy.*; do
		[ -f "$file" ] && { echo "$file"; return; }
	done
	return 1
}

# The errno names and the rest that tests/programs/drive prints for one of its commands.
answer() { sed -n "s/^$1: //p" <<<"$out"; }

# ---- policies -------------------------------------------------------------------

# policy NAME [CIL...]: $dir/NAME.bin, a whole policy of a few rules with these statements added.
# Its initial context is u:r:NAME_t (u:r:NAME_t:s0 with mls=true). Settings, as shell
# variables: mls, unknown (deny, allow), version, genfs (instead of selinuxfs's label).
policy() {
	local name=$1 mls=${mls:-false}
	shift
	cat >"$dir/$name.cil" <<-END
	(class file (execute entrypoint read))
	(class process (fork transition dyntransition setexec setcurrent setfscreate setkeycreate setsockcreate))
	(class process2 (nnp_transition unshare_selinuxns))
	(class security (load_policy setenforce setbool check_context compute_av compute_create setsecparam unshare setmaxns setmaxnsdepth read_policy))
	(class ${name}_class (${name}_first ${name}_second))
	(classorder (file process process2 security ${name}_class))
	(sid kernel) (sid security) (sid unlabeled)
	(sidorder (kernel security unlabeled))
	(sensitivity s0) (sensitivityorder (s0))
	(category c0) (categoryorder (c0)) (sensitivitycategory s0 (c0))
	(user u) (role r) (role object_r)
	(type ${name}_t) (type ${name}_other_t) (type ${name}_security_t) (type ${name}_unlabeled_t)
	(userrole u r) (userrole u object_r) (userlevel u (s0)) (userrange u ((s0) (s0 (c0))))
	(roletype r ${name}_t) (roletype r ${name}_other_t)
	(roletype object_r ${name}_security_t) (roletype object_r ${name}_unlabeled_t)
	(sidcontext kernel (u r ${name}_t ((s0) (s0))))
	(sidcontext security (u object_r ${name}_security_t ((s0) (s0))))
	(sidcontext unlabeled (u object_r ${name}_unlabeled_t ((s0) (s0))))
	(boolean ${name}_bool false)
	(allow ${name}_t self (process (fork setexec setcurrent)))
	${genfs-(genfscon selinuxfs "/" (u object_r ${name}_security_t ((s0) (s0))))}
	(booleanif ${name}_bool (true (allow ${name}_t self (${name}_class (${name}_first)))))
	END
	printf '%s\n' "$@" >>"$dir/$name.cil"
	secilc -M "$mls" -U "${unknown:-deny}" -c "${version:-33}" -o "$dir/$name.bin" -f /dev/null \
		"$dir/$name.cil" >"$dir/.secilc" 2>&1 && return
	sed 's/^/# /' "$dir/.secilc"
	echo "Bail out! secilc does not compile $name"
	exit 1
}

# All that the domain of such a policy may do to SELinux itself.
may_all() {
	printf '(allow %s_t %s_security_t (security (all)))' "$1" "$1"
	printf '(allow %s_t self (process (all))) (allow %s_t self (process2 (all)))' "$1" "$1"
	printf '(allow %s_t %s_other_t (process (dyntransition transition)))' "$1" "$1"
}
