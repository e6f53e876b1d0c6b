#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# selinuxns.t - selinuxns(8): every subcommand, in every kind of namespace and on every kind of
# kernel; what is refused changes nothing, and what is not known says why.
. "$(dirname "$0")/lib.sh"
need_policy
need_tool secilc python3 setpriv
host=$(host_policy)

# json EXPRESSION: of the object o that the last run() printed
json() { python3 -c 'import json, sys; o = json.loads(sys.argv[1]); print(eval(sys.argv[2]))' "$out" "$1"; }

# In a namespace of its own that has a policy, or has none yet.
child() { sim -- unshareselinux --load-policy="$1" sh -c "$2"; }
fresh() { sim -- unshareselinux sh -c "$1"; }

policy one "$(may_all one)"
policy two "$(may_all two)"

# ---- the program itself -----------------------------------------------------------

run selinuxns --help
is "--help" "$status" 0
for command in status load-policy init limits boolean label doctor; do
	like "--help names $command" "$out" "^ $command "
done
for command in status load-policy init limits boolean label doctor; do
	run selinuxns "$command" --help
	is "$command --help" "$status" 0
	like "and it is about $command" "$out" "^ selinuxns $command "
	run selinuxns "$command" --nonesuch
	is "$command: an unknown option" "$status" 2
	like "and where there is help" "$err" "^Try 'selinuxns $command --help'"
done
run selinuxns --version
is "--version" "$status" 0
for arguments in "" nonesuch --nonesuch "status more" "doctor more" "limits 5" "load-policy one two"; do
	# shellcheck disable=SC2086
	run selinuxns $arguments
	is "arguments '$arguments'" "$status/$out" "2/"
done
run sh -c 'exec selinuxns --help >/dev/full'
is "a full disk is noticed" "$status" 2
sim -- sh -c 'exec selinuxns status >&-'
is "so is a closed standard output" "$status" 2
like "with a message" "$err" '^selinuxns: write output: stdout: '
run selinuxns doctor --json
ok "outside of the simulator it answers, too" [ "$status" -le 1 ]

# ---- status -------------------------------------------------------------------------

sim -- selinuxns status
is "status" "$status" 0
like "in the init namespace" "$out" '^namespace: the init namespace$'
like "whose selinuxfs it is" "$out" "^selinuxfs: /sys/fs/selinux \(this namespace's\)\$"
unlike "nothing unknown" "$out" 'not known'
unlike "and no colour" "$out" $'\033'
sim -- sh -c 'sha256sum </sys/fs/selinux/policy; selinuxns status --json'
sum=${out%% *}
out=${out#*$'\n'}
is "the fingerprint is what sha256sum says" "$(json 'o["policy_fingerprint"]')" "sha256:$sum"
is "--json, in the init namespace" \
	"$(json '[o[k] for k in ("selinux", "kernel", "namespace", "mode", "maxns", "why_unknown")]')" \
	"[True, 'lsm-syscalls', 'init', 'permissive', 65535, {}]"
for kernel in lsm node; do
	sim --kernel=$kernel -- unshareselinux selinuxns status --json
	is "$kernel: fresh" "$(json '[o["namespace"], o["selinuxfs"], o["policy_version"], o["why_unknown"]["mls"]]')" \
		"['fresh', [], None, 'no policy is loaded']"
	sim --kernel=$kernel -- unshareselinux --load-policy="$dir/one.bin" selinuxns status --json
	is "$kernel: a child" "$(json '[o[k] for k in ("namespace", "policy_version", "mls", "context", "unknown_permissions")]')" \
		"['child', 33, False, 'u:r:one_t', 'deny']"
	sim --kernel=$kernel -- unshareselinux --load-policy="$dir/one.bin" --enforcing selinuxns status --json
	is "$kernel: enforcing" "$(json '[o["namespace"], o["mode"]]')" "['child', 'enforcing']"
done
unknown=allow mls=true policy three
child "$dir/three.bin" 'mount --bind /sys/fs/selinux /mnt && mount -o remount,bind,ro /mnt &&
	selinuxns status --json'
is "MLS, and unknown permissions" "$(json '[o["mls"], o["unknown_permissions"]]')" "[True, 'allow']"
is "a mount that is read-only" "$(json '[(m["path"], m["owner"], m["read_only"]) for m in o["selinuxfs"]]')" \
	"[('/sys/fs/selinux', 'this', False), ('/mnt', 'this', True)]"

# As a careless runtime unshares: the parent's instance stays mounted.
cat >"$dir/careless" <<'END'
#!/usr/bin/env python3
import ctypes, struct, sys, os
libc = ctypes.CDLL(None, use_errno=True)
assert libc.unshare(0x20000) == 0
entry = struct.pack("QQQQ", 101, 0, 32, 0)
assert libc.syscall(460, 106, entry, 32, 0) == 0
os.execvp(sys.argv[1], sys.argv[1:])
END
chmod +x "$dir/careless"
sim --enforcing -- "$dir/careless" selinuxns status
like "the parent's selinuxfs is another's" "$out" "^selinuxfs: /sys/fs/selinux \(another namespace's\)\$"
like "and its mode is not ours" "$out" '^mode: permissive$'
like "nor is its policy" "$out" '^policy version: not known \(no policy is loaded\)$'
sim -- unshareselinux --mount-selinuxfs sh -c 'mount -t tmpfs none /sys/fs/selinux; selinuxns status'
like "a covered mount" "$out" '^selinuxfs: /sys/fs/selinux \(not known whose: another mount covers it\)$'

sim -- setpriv --reuid=65534 --clear-groups selinuxns status --json
is "an ordinary user: why" "$(json 'sorted(o["why_unknown"])')" \
	"['maxns', 'maxnsdepth', 'namespace', 'policy_fingerprint', 'policy_version']"
is "the rest is known" "$(json '[o["mode"], o["selinuxfs"][0]["owner"]]')" "['permissive', 'this']"
for kernel in no-namespaces no-lsm; do
	sim --kernel=$kernel -- selinuxns status --json
	is "$kernel: the init namespace" "$(json '[o["selinux"], o["kernel"][:3], o["namespace"], o["maxns"]]')" \
		"[True, 'no-', 'init', None]"
done
sim --kernel=disabled -- selinuxns status
like "SELinux is off" "$out" '^SELinux: off$'
unlike "and nothing more is said of it" "$out" '^(mode|namespace)'
sim --kernel=disabled -- selinuxns status --json
is "off, for programs" "$(json '[o["selinux"], o["mode"], o["selinuxfs"]]')" "[False, None, []]"
for wrong in 'selinuxfs/enforce/read:EIO' 'selinuxfs/policy/read:EIO' 'selinuxfs/maxns/read:EIO' \
	'lsm_get_self_attr:EPERM:*'; do
	sim --fault="$wrong" -- selinuxns status
	is "status, $wrong: it still answers" "$status" 0
done

if command -v script >/dev/null; then
	sim -- env TERM=xterm NO_COLOR= script -qec 'selinuxns status' /dev/null
	like "on a terminal: columns and colour" "$out" $'^\033\\[1mmode\033\\[0m {10,}permissive'
	sim -- env TERM=xterm NO_COLOR=1 script -qec 'selinuxns status' /dev/null
	like "NO_COLOR: columns" "$out" '^mode {10,}permissive'
	sim -- env TERM=xterm NO_COLOR=1 script -qec 'selinuxns status --json' /dev/null
	is "JSON is the same on a terminal" "$(json 'o["mode"]')" permissive
else
	skip "on a terminal" "script is not installed"
fi

# ---- load-policy ---------------------------------------------------------------------

fresh "selinuxns load-policy --verify '$dir/one.bin' && selinuxunshared; cat /proc/self/attr/current"
like "load-policy loads into a fresh namespace" "$out" '^same$'
like "without anything being mounted" "$out" '^u:r:one_t'
fresh "selinuxns load-policy && selinuxns load-policy --compare"
is "the configured policy" "$status/$out" "0/same"
fresh "selinuxns load-policy --compare '$dir/one.bin'"
is "--compare, and none is loaded" "$status/$out" "1/differs"
child "$dir/one.bin" "selinuxns load-policy --compare '$dir/two.bin'"
is "--compare with another" "$status/$out" "1/differs"
child "$dir/one.bin" "selinuxns load-policy --fd=5 5<'$dir/two.bin' && selinuxns load-policy --compare '$dir/two.bin'"
is "--fd, into a child that has one" "$status/$out" "0/same"
mkdir -p "$dir/root/etc/selinux/mine/policy"
echo SELINUXTYPE=mine >"$dir/root/etc/selinux/config"
cp "$dir/two.bin" "$dir/root/etc/selinux/mine/policy/policy.33"
fresh "selinuxns load-policy --root='$dir/root' && selinuxns load-policy --compare '$dir/two.bin'"
is "--root" "$status/$out" "0/same"

sim -- sh -c "selinuxns load-policy '$dir/one.bin'; echo \$?; selinuxns load-policy --compare '$host'"
is "the init namespace's policy is not replaced by a slip" "$out" $'2\nsame'
like "and it says how to do it" "$err" '^selinuxns: load policy: init namespace: .*--init-namespace'
for kernel in lsm node no-namespaces no-lsm; do
	sim --kernel=$kernel -- selinuxns load-policy "$host"
	like "$kernel: nor there" "$err" '^selinuxns: load policy: init namespace: '
done
sim --no-policy -- selinuxns load-policy "$dir/one.bin"
is "also where it has none" "$status" 2
sim --fault='selinuxfs/maxns/write:EIO:*' -- selinuxns load-policy "$host"
like "nor where it cannot be told which it is" "$err" '^selinuxns: load policy: this namespace: it cannot be told'
is "which is an error" "$status" 2
sim -- selinuxns load-policy --init-namespace --verify "$host"
is "--init-namespace does" "$status/$out" "0/same"
sim --kernel=disabled -- selinuxns load-policy "$host"
is "without SELinux" "$status" 2
sim -- unshareselinux setpriv --reuid=65534 --clear-groups selinuxns load-policy "$host"
is "an ordinary user" "$status" 2
like "is told why" "$err" '^selinuxns: load policy: '

sim -- selinuxns load-policy --check "$dir/one.bin"
is "--check, in the init namespace too" "$status/$out" "0/$dir/one.bin: version 33, good"
head -c 1000 "$dir/one.bin" >"$dir/short"
fresh "selinuxns load-policy '$dir/short'; echo \$?; selinuxunshared"
is "a truncated one changes nothing" "$out" $'2\n1'
fresh "selinuxns load-policy --check '$dir/short'"
is "and --check finds it" "$status/$out" "2/"
mkfifo "$dir/fifo"
for wrong in "$dir/nonesuch" "$dir/fifo" "$dir" --root="$dir/nonesuch" --fd=99 --fd=-1 --fd=1x --fd= \
	"--root=/ $dir/one.bin" "--fd=0 $dir/one.bin" "--check --compare" "--check --verify" \
	"--compare --reset-booleans" "--check --init-namespace"; do
	fresh "selinuxns load-policy $wrong; echo \$?; selinuxunshared"
	is "load-policy $wrong: refused, and nothing changed" "$out" $'2\n1'
	like "with a message" "$err" '^selinuxns: '
done
sim --fault='selinuxfs/load/write:EINVAL' -- unshareselinux sh -c "selinuxns load-policy '$dir/one.bin'; echo \$?; selinuxunshared"
is "the kernel refuses it" "$out" $'2\n1'

# ---- boolean, and the policy's own values ----------------------------------------------

policy many "$(may_all many)" '(boolean b1 false)' '(boolean b2 true)' \
	'(booleanif b1 (true (allow many_t many_other_t (file (read)))))' \
	'(booleanif b2 (true (allow many_t many_other_t (file (execute)))))'
child "$dir/many.bin" 'selinuxns boolean'
is "boolean lists them" "$out" $'b1: off\nb2: on\nmany_bool: off'
child "$dir/many.bin" 'selinuxns boolean --json'
is "--json" "$(json o)" "{'b1': False, 'b2': True, 'many_bool': False}"
child "$dir/many.bin" 'selinuxns boolean b1=on b2=off && selinuxns boolean b2 b1'
is "sets and shows some, in their order" "$status/$out" $'0/b2: off\nb1: on'
child "$dir/many.bin" 'selinuxns boolean b1=1 b1=off b2=true many_bool=on b1'
is "the last value for a name counts" "$status/$out" "0/b1: off"
for wrong in "b1=on nonesuch=on" "b1=on nonesuch" "b1=on b2=maybe" "b1=on b2=" "b1=on =on" "b1=on ../enforce=on" \
	"b1=on ..=on" "b1=on b2=on/x"; do
	child "$dir/many.bin" "selinuxns boolean $wrong; echo \$?; selinuxns boolean; getenforce"
	is "boolean $wrong: nothing changed" "$out" $'2\nb1: off\nb2: on\nmany_bool: off\nPermissive'
	like "and says what is wrong" "$err" '^selinuxns: (set|read) booleans: '
done
for fault in selinuxfs/booleans/b2/write:EIO selinuxfs/commit_pending_bools/write:EIO; do
	sim --fault=$fault -- unshareselinux --load-policy="$dir/many.bin" sh -c \
		'selinuxns boolean b1=on b2=off; echo $?; cat /sys/fs/selinux/booleans/b1; echo
		selinuxns boolean many_bool=on; selinuxns boolean'
	is "$fault: none is set" "$(head -n 1 <<<"$out")" 2
	is "none is left pending" "$(sed -n 2p <<<"$out")" "0 0"
	is "for the next commit" "${out#*$'\n'*$'\n'}" $'b1: off\nb2: on\nmany_bool: on'
done
fresh 'selinuxns boolean'
is "no policy, no booleans" "$status/$out" "2/"
sim --kernel=disabled -- selinuxns boolean
is "no SELinux, no booleans" "$status" 2
sim -- "$dir/careless" selinuxns boolean
is "never the parent's, which is mounted" "$status/$out" "2/"
sim -- unshareselinux --load-policy="$dir/many.bin" setpriv --reuid=65534 --clear-groups selinuxns boolean b1=on
is "an ordinary user may not set them" "$status" 2
sim -- unshareselinux --load-policy="$dir/many.bin" setpriv --reuid=65534 --clear-groups selinuxns boolean b1
is "but read them" "$status/$out" "0/b1: off"

child "$dir/many.bin" "selinuxns boolean b1=on b2=off; selinuxns load-policy '$dir/many.bin'; selinuxns boolean"
is "a reload keeps them" "$out" $'b1: on\nb2: off\nmany_bool: off'
child "$dir/many.bin" "selinuxns boolean b1=on b2=off; selinuxns load-policy --reset-booleans --verify '$dir/many.bin'
	selinuxns boolean"
is "--reset-booleans does not" "$out" $'same\nb1: off\nb2: on\nmany_bool: off'
child "$dir/one.bin" "selinuxns load-policy --reset-booleans '$dir/many.bin' && selinuxns boolean"
is "also with another policy than before" "$out" $'b1: off\nb2: on\nmany_bool: off'
sim --fault=selinuxfs/commit_pending_bools/write:EACCES -- unshareselinux --load-policy="$dir/many.bin" sh -c \
	"selinuxns load-policy --reset-booleans '$dir/many.bin'; echo \$?"
is "and that can fail" "$out" 2
like "with a message" "$err" '^selinuxns: set booleans: commit_pending_bools: Permission denied; .*setbool'

# ---- init ---------------------------------------------------------------------------------

fresh 'selinuxns init && selinuxunshared; getenforce'
is "init initialises a fresh namespace" "$(tail -n 2 <<<"$out")" $'0\nPermissive'
like "and says so" "$out" '^the SELinux namespace was initialised: permissive, in the context system_u:'
fresh 'selinuxns init; selinuxns init'
is "a second time there is nothing to do" "$status" 0
like "which it says" "$out" '^nothing to do: this is not a fresh SELinux namespace$'
fresh 'selinuxns init -q'
is "--quiet" "$status/$out$err" "0/"
for kernel in lsm no-namespaces no-lsm disabled; do
	sim --kernel=$kernel -- selinuxns init echo "run"
	is "$kernel: nothing to do, and the command runs" "$status/$out" "0/run"
done
# shellcheck disable=SC2016
fresh 'echo $$; exec selinuxns init -q -- sh -c "echo \$\$; selinuxunshared; exit 7"'
is "the command is the same process, and its status the one" \
	"$status/$(uniq <<<"$out" | tr '\n' ' ')" "7/$(head -n 1 <<<"$out") 0 "
fresh 'selinuxns init -- sh -c "exit \$#" -- --help -q'
is "its options are its own" "$status/$out" "2/"
fresh 'selinuxns init /nonesuch/command'
is "a command that is not there" "$status" 127
like "is named" "$err" '^selinuxns: execute: /nonesuch/command: No such file'
fresh "selinuxns init '$dir'"
is "one that cannot be executed" "$status" 126
mkdir -p "$dir/off"
printf 'SELINUX=disabled\nSELINUXTYPE=default\n' >"$dir/off/config"
fresh "mount --bind '$dir/off' /etc/selinux && selinuxns init && selinuxunshared"
is "SELINUX=disabled: nothing to do" "$out" $'nothing to do: /etc/selinux/config is missing, or disables SELinux\n1'
printf 'SELINUX=permissive\nSELINUXTYPE=nonesuch\n' >"$dir/off/config"
fresh "mount --bind '$dir/off' /etc/selinux && selinuxns init echo wrong; echo \$?; selinuxunshared"
is "no policy: the command does not run" "$out" $'2\n1'
sim --fault='selinuxfs/load/write:EINVAL' -- unshareselinux selinuxns init echo wrong
is "a failed load: neither" "$status/$out" "2/"

# A program that was executed before there was a policy, and that the policy has a domain for.
mkdir -p "$dir/boot/etc/boot/policy"
printf 'SELINUX=enforcing\nSELINUXTYPE=boot\n' >"$dir/boot/etc/config"
policy boot "$(may_all boot)" '(type boot_exec_t) (roletype object_r boot_exec_t)' \
	'(typetransition boot_t boot_exec_t process boot_other_t)' '(allow boot_other_t self (process (all)))' \
	'(allow boot_other_t boot_security_t (security (all)))'
cp "$dir/boot.bin" "$dir/boot/etc/boot/policy/policy.33"
cp "$build/utils/selinuxns" "$dir/boot/first"
set_label() { python3 -c 'import os, sys; os.setxattr(sys.argv[1], "security.selinux", sys.argv[2].encode() + b"\0")' "$@" 2>/dev/null; }
# first [OPTION...]: it, with that configuration
first() {
	sim "$@" -- unshareselinux sh -c "mount --bind '$dir/boot/etc' /etc/selinux && exec '$dir/boot/first' init -- sh -c \
		'cat /proc/self/attr/current; echo; getenforce'"
}
if set_label "$dir/boot/first" u:object_r:boot_exec_t; then
	first
	is "init takes the context that its label leads to" "$status/$(tr '\n' ' ' <<<"$out")" \
		"0/u:r:boot_other_t Enforcing "
	like "and says so" "$err" '^selinuxns: the SELinux namespace was initialised: enforcing, in the context u:r:boot_other_t$'
	while IFS=' ' read -r fault object; do
		first --fault="$fault"
		is "$fault: the command does not run" "$status/$out" "2/"
		like "and it says why" "$err" "^selinuxns: set context: $object: "
	done <<-END
	attr/current/write:EACCES:1:first u:r:boot_other_t
	attr/current/read:EIO:*:first /proc/self/attr/current
	selinuxfs/class/process/index/open:EIO:1:first u:object_r:boot_exec_t
	selinuxfs/create/write:EIO:1:first u:object_r:boot_exec_t
	END
	first --fault=selinuxfs/enforce/write:EACCES:1:first
	is "no enforcing mode: the command does not run" "$status/$out" "2/"
	like "and it says why" "$err" '^selinuxns: set enforcing mode: enforcing: Permission denied'
	set_label "$dir/boot/first" u:object_r:boot_other_t
	first
	is "a label that leads nowhere: the initial context" "$status/$(head -n 1 <<<"$out")" "0/u:r:boot_t"
	set_label "$dir/boot/first" u:object_r:unheard_of_t
	first
	is "one that the policy does not know: the command does not run" "$status/$out" "2/"
	like "and it says why" "$err" '^selinuxns: set context: u:object_r:unheard_of_t: .*must be one of the policy'
else
	skip "the context of a labelled program" "no security.selinux attributes in $dir"
fi

# ---- limits --------------------------------------------------------------------------------

sim --maxns=7 --maxnsdepth=3 -- selinuxns limits
is "limits" "$out" $'maxns: 7\nmaxnsdepth: 3'
sim -- sh -c 'selinuxns limits --maxns=5 --maxnsdepth=2 && selinuxns limits --json'
is "set, for programs" "$(json o)" "{'maxns': 5, 'maxnsdepth': 2}"
sim -- sh -c 'selinuxns limits --maxns=1; unshareselinux true; echo $?'
is "and they hold" "$out" 125
for wrong in --maxns=-1 --maxns= --maxns=x --maxns=1x "--maxns=' 1'" --maxns=+1 --maxns=010 --maxns=0x10 --maxns=4294967296 \
	--maxns=99999999999999999999 "--maxns=5 --maxnsdepth=x" "--maxns=5 --maxnsdepth=33" --maxnsdepth=33 --maxnsdepth=1.5; do
	sim -- sh -c "selinuxns limits $wrong; echo \$?; selinuxns limits"
	is "limits $wrong: nothing changed" "$out" $'2\nmaxns: 65535\nmaxnsdepth: 32'
	like "and it says why" "$err" '^selinuxns: set limits: maxns'
done
sim --fault=selinuxfs/maxns/write:EIO -- sh -c 'selinuxns limits --maxns=5 --maxnsdepth=2; echo $?; selinuxns limits'
is "both, or none" "$out" $'2\nmaxns: 65535\nmaxnsdepth: 32'
child "$dir/one.bin" 'selinuxns limits --maxns=5; echo $?; selinuxns limits'
is "a child can only read them" "$out" $'2\nmaxns: 65535\nmaxnsdepth: 32'
like "and says so" "$err" 'a child namespace can only read the limits'
sim -- setpriv --reuid=65534 --clear-groups selinuxns limits
is "an ordinary user cannot" "$status" 2
sim --kernel=no-namespaces -- selinuxns limits
is "nor is there anything without namespaces" "$status" 2

# ---- doctor ------------------------------------------------------------------------------------

# condition NAME RESULT [REMEDY]: of the last doctor --json
condition() {
	is "$1: $2" "$(json "[c for c in o['conditions'] if c['name'] == '$1'][0]['result']")" "$2"
	[ $# -lt 3 ] || like "and what to do" "$(json "[c for c in o['conditions'] if c['name'] == '$1'][0]['remedy']")" "$3"
}

for kernel in lsm node; do
	sim --kernel=$kernel -- selinuxns doctor
	is "$kernel: all is well" "$status/$(grep -vc '^pass: ' <<<"$out")" "0/0"
	sim --kernel=$kernel -- sh -c "cat /proc/self/mountinfo >'$dir/before'
		selinuxns doctor >/dev/null; cmp '$dir/before' /proc/self/mountinfo; selinuxunshared"
	is "and nothing changed" "$out" 0
	child "$dir/one.bin" 'selinuxns doctor'
	is "$kernel: also in a child" "$status" 0
done
fresh 'selinuxns doctor'
is "also in a fresh namespace" "$status" 0
for kernel in no-namespaces no-lsm disabled; do
	sim --kernel=$kernel -- selinuxns doctor --json
	is "$kernel: it would not work" "$status $(json 'o["works"]')" "1 False"
	condition kernel fail
done
sim --kernel=no-namespaces -- selinuxns doctor --json
condition kernel fail CONFIG_SECURITY_SELINUX_NS
condition "seccomp filter" pass
sim --fault='lsm_get_self_attr:EPERM:*' --fault='lsm_set_self_attr:EPERM:*' -- selinuxns doctor --json
condition "seccomp filter" fail 'nspawn --system-call-filter=.*docker'
condition kernel unknown

policy deny '(allow deny_t deny_security_t (security (compute_av check_context setsecparam)))'
for kernel in lsm node; do
	sim --kernel=$kernel --policy="$dir/deny.bin" --context=u:r:deny_t --enforcing -- selinuxns doctor --json
	condition "loaded policy" fail '^semodule -i /.*/unshare_selinuxns.cil.*\(typeattributeset unshare_selinuxns_domain \(deny_t\)\)'
done
like "with the rule that it lacks" "$out" '\(allow deny_t security_t \(security \(unshare\)\)\)'
sim --policy="$dir/deny.bin" --context=u:r:deny_t --enforcing -- selinuxns status
like "a policy that denies even setmaxns does not hide where it is" "$out" '^namespace: the init namespace$'
sim --policy="$dir/deny.bin" --context=u:r:deny_t -- selinuxns doctor --json
condition "loaded policy" pass
sim --policy="$dir/one.bin" --context=u:r:one_t --enforcing -- selinuxns doctor --json
condition "loaded policy" pass
sim --no-policy -- selinuxns doctor --json
condition "loaded policy" pass
# process2 without the permission, as in all of today's policies.
sed -i 's/nnp_transition unshare_selinuxns/nnp_transition/' "$dir/deny.cil"
secilc -U deny -c 33 -o "$dir/today.bin" -f /dev/null "$dir/deny.cil" >/dev/null 2>&1
sim --policy="$dir/today.bin" --context=u:r:deny_t --enforcing -- selinuxns doctor --json
condition "loaded policy" fail 'handle-unknown=allow'
echo '(typepermissive deny_t)' >>"$dir/deny.cil"
secilc -U deny -c 33 -o "$dir/today.bin" -f /dev/null "$dir/deny.cil" >/dev/null 2>&1
sim --policy="$dir/today.bin" --context=u:r:deny_t --enforcing -- selinuxns doctor --json
condition "loaded policy" pass
sim --policy="$dir/today.bin" --context=u:r:deny_t --enforcing -- unshareselinux true
is "as a permissive domain, which may unshare" "$status" 0

sim -- setpriv --reuid=65534 --clear-groups selinuxns doctor --json
is "an ordinary user" "$status" 1
condition capability fail root
condition "mount namespace" fail
condition limits unknown
# Nothing mounted, and nothing to mount it with.
sim -- unshare -m sh -c 'umount /sys/fs/selinux && exec setpriv --reuid=65534 --clear-groups selinuxns doctor --json'
condition selinuxfs fail 'as root, outside of a user namespace'
sim --fault='fsopen:ENOSYS:*:selinuxns' -- unshare -m sh -c 'umount /sys/fs/selinux && exec selinuxns doctor --json'
condition selinuxfs unknown
sim --fault='unshare:ENOSPC:*:selinuxns' -- selinuxns doctor --json
condition "mount namespace" fail max_mnt_namespaces
condition "root directory" unknown
sim --fault='unshare:ENOMEM:*:selinuxns' -- selinuxns doctor --json
condition "mount namespace" fail
sim --fault='mount:EACCES:*:selinuxns' -- selinuxns doctor --json
condition "root directory" fail
policy sysadm '(allow sysadm_t sysadm_security_t (security (compute_av check_context setsecparam)))'
sim --policy="$dir/sysadm.bin" --context=u:r:sysadm_t --enforcing -- selinuxns doctor --json
condition "loaded policy" fail '^semodule -i /.*/unshare_selinuxns.cil$'

sim --maxns=1 -- selinuxns doctor --json
condition limits fail 'selinuxns limits --maxns='
sim --maxnsdepth=0 -- selinuxns doctor --json
condition limits fail
if unshare -Ur true 2>/dev/null; then
	sim -- unshare -Ur selinuxns doctor --json
	condition "user namespace" fail 'unshareselinux .* unshare --user'
else
	skip "a user namespace" "none can be made here"
fi
# A chroot whose root is no mount point.
sim -- unshare -m sh -c "for d in bin sbin lib lib64 usr etc proc sys; do
		[ -e /\$d ] || continue
		mkdir -p '$dir/jail/'\$d; mount --rbind /\$d '$dir/jail/'\$d
	done
	mkdir -p '$dir/jail/build'; cp '$(command -v selinuxns)' '$dir/jail/build/'
	exec chroot '$dir/jail' /build/selinuxns doctor --json"
condition "root directory" fail '\-\-root=DIRECTORY'
printf 'SELINUX=permissive\nSELINUXTYPE=nonesuch\n' >"$dir/off/config"
sim -- unshare -m sh -c "mount --bind '$dir/off' /etc/selinux && exec selinuxns doctor --json"
condition "configured policy" fail
sim -- unshare -m sh -c 'umount /sys/fs/selinux && mount -t tmpfs none /sys && exec selinuxns doctor --json'
condition "mount point" fail
condition selinuxfs pass
sim -- unshare -m sh -c 'mount -t tmpfs none /proc && exec selinuxns doctor'
like "without procfs" "$out" '^fail: proc: '
sim -- sh -c 'exec selinuxns doctor >/dev/full'
is "an answer that cannot be printed is none" "$status" 2
finish
