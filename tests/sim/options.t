#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# options.t - the simulator's options: kernels, policies, limits, faults, the audit log; and what
# it says where they are wrong.
# shellcheck source=tests/sim/lib.sh disable=SC2016,SC2086
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
context=$(sim -- cat /proc/self/attr/current | tr -d '\0')
fs=/sys/fs/selinux

# wrong PATTERN ARGUMENT...: refused with status 125, this message, and no command run
wrong() {
	local pattern=$1 out
	shift
	rm -f "$dir/ran"
	out=$(sim "$@" -- touch "$dir/ran" 2>&1)
	like "$?:$out" "125:*$pattern*" "wrong: $*"
	[ ! -e "$dir/ran" ] || ok 1 "the command did not run: $*"
}

# ---- help and version
sim --help >"$dir/help"
is $? 0 "--help"
like "$(cat "$dir/help")" "*Usage:*--fault=SPEC*does not:*" "it says what is not simulated"
like "$(sim --version)" "selinuxns-sim from libselinuxns *" "--version"
is "$(sim --help >/dev/full 2>"$dir/err"; echo $?)" 125 "a full disk is an error"

# ---- kernels
is "$(sim --kernel=lsm -- sh -c 'lsm get 106; [ -e /sys/fs/selinux/unshare ] || echo none')" $'1 40 101 0 40 1 00\nnone' "--kernel=lsm"
is "$(sim --kernel=node -- sh -c 'cat /sys/fs/selinux/unshare; lsm get 106')" "0EOPNOTSUPP 0" "--kernel=node"
is "$(sim --kernel=no-namespaces -- lsm get 106)" "EOPNOTSUPP 0" "--kernel=no-namespaces"
like "$(sim --kernel=no-lsm -- sh -c 'lsm get 106; uname -r')" $'ENOSYS *\n6.1*' "--kernel=no-lsm"
is "$(sim --kernel=disabled -- sh -c 'getenforce; selinuxenabled; echo $?; grep -c selinuxfs /proc/filesystems; grep -c selinux=0 /proc/cmdline; fs mount /mnt')" \
	$'Disabled\n1\n0\n1\nENODEV' "--kernel=disabled"
is "$(sim --kernel=disabled -- sh -c 'lsm get 106; cat /proc/self/attr/current 2>&1 | grep -c Invalid; lsm list | cut -d" " -f1')" $'EOPNOTSUPP 0\n1\n1' "no attributes and no module either"
wrong "'x' is not a kernel" --kernel=x

# ---- policy
is "$(sim --no-policy -- sh -c 'id -Z; ls /sys/fs/selinux/class | wc -l')" $'kernel\n0' "--no-policy"
policy=$(ls /etc/selinux/*/policy/policy.* | head -n 1)
is "$(sim --policy="$policy" -- id -Z)" "$context" "--policy of a store gives its login context"
cp "$policy" "$dir/policy"
is "$(sim --policy="$dir/policy" -- id -Z)" system_u:system_r:kernel_t:s0 "--policy of elsewhere: the initial context"
echo garbage >"$dir/garbage"
head -c 10000 "$policy" >"$dir/truncated"
: >"$dir/empty"
wrong "not a policy image" --policy="$dir/garbage"
wrong "not a policy image" --policy="$dir/truncated"
wrong "$dir/empty" --policy="$dir/empty"
wrong "/nonexistent: No such file" --policy=/nonexistent
wrong "$dir" --policy="$dir"
wrong "goes with neither" --no-policy --policy="$policy"
wrong "goes with neither" --no-policy --context=a:b:c
is "$(sim --context=user_u:user_r:user_t:s0 -- id -Z)" user_u:user_r:user_t:s0 "--context"
wrong "no:no:no_t:s0: not a context" --context=no:no:no_t:s0
wrong "not a context" --context=
is "$(sim --policyvers=33 -- cat $fs/policyvers)" 33 "--policyvers"
wrong "version up to 30" --policyvers=30
is "$(sim --policyvers=30 --no-policy -- cat $fs/policyvers)" 30 "--policyvers with --no-policy"
wrong "is not a number" --policyvers=1000
is "$(sim --policyvers=30 --no-policy -- fs load $fs/load "$policy")" EINVAL "a newer policy is refused then"

# ---- mode and limits
is "$(sim --enforcing -- getenforce)" Enforcing "--enforcing"
is "$(sim --enforcing --permissive -- getenforce)" Permissive "the last one counts"
is "$(sim --maxns=3 --maxnsdepth=2 -- cat $fs/maxns $fs/maxnsdepth)" 32 "--maxns and --maxnsdepth"
is "$(sim --maxns=1 -- lsm unshare true)" ENOSPC "--maxns=1"
is "$(sim --maxnsdepth=1 -- lsm unshare lsm unshare true)" ENOSPC "--maxnsdepth=1"
for option in --maxns=x --maxns=-1 --maxns= --maxns=4294967296 --maxnsdepth=33 '--maxns=1 ' --free-delay=x; do
	wrong "is not a number" "$option"
done
# shellcheck disable=SC2016
is "$(sim --maxns=2 --free-delay=1000 -- bash -c 'start=${EPOCHREALTIME/./}; lsm unshare true; lsm unshare true; for i in $(seq 1000); do lsm unshare true >/dev/null && break; sleep 0.01; done; echo $((${EPOCHREALTIME/./} - start > 1000000)) $((i < 1000))')" \
	$'ENOSPC\n1 1' "--free-delay"

# ---- faults
fault() { sim "--fault=$1" -- "${@:2}" 2>&1; }
is "$(fault lsm_set_self_attr:EIO lsm set 106)" EIO "a fault in lsm_set_self_attr"
is "$(fault lsm_set_self_attr:EIO sh -c 'lsm set 106; lsm set 106')" $'EIO\n0' "the first one only"
is "$(fault lsm_set_self_attr:EIO:2 sh -c 'lsm set 106; lsm set 106; lsm set 106')" $'0\nEIO\n0' "the second one"
is "$(fault 'lsm_set_self_attr:EIO:*' sh -c 'lsm set 106; lsm set 106')" $'EIO\nEIO' "every one"
is "$(fault lsm_set_self_attr:EIO:1:lsm sh -c 'lsm set 106; lsm set 106')" $'EIO\n0' "of that command"
is "$(fault lsm_set_self_attr:EIO:1:other sh -c 'lsm set 106')" 0 "of another"
is "$(fault lsm_get_self_attr:none lsm get 106)" "0 0" "lsm_get_self_attr: none"
is "$(fault lsm_get_self_attr:short lsm get 106)" "1 32 101 0 32 0 " "lsm_get_self_attr: short"
is "$(fault lsm_get_self_attr:long lsm get 106)" "1 40 101 0 40 2 0101" "lsm_get_self_attr: long"
is "$(fault lsm_list_modules:EPERM lsm list | cut -d' ' -f1)" EPERM "lsm_list_modules"
is "$(fault mount:EIO fs mount /mnt)" EIO "mount"
is "$(fault umount2:EBUSY fs umount $fs)" EBUSY "umount2"
like "$(fault unshare:ENOMEM unshare -m true)" "*Cannot allocate memory*" "unshare, which is not looked at otherwise"
is "$(fault fsmount:EMFILE fs newmount /mnt | cut -d' ' -f3)" EMFILE "fsmount"
is "$(fault 'openat:EACCES:*:cat' cat /etc/passwd | head -c 4)" "cat:" "openat"
is "$(fault selinuxfs/enforce/open:EIO fs open $fs/enforce r)" EIO "selinuxfs/FILE/open"
is "$(fault selinuxfs/enforce/read:EIO sh -c "cat $fs/enforce 2>&1 | grep -c Input")" 1 "selinuxfs/FILE/read"
is "$(fault selinuxfs/enforce/read:short cat $fs/enforce)" '' "selinuxfs/FILE/read: short"
is "$(fault selinuxfs/enforce/read:long head -c 2 $fs/enforce)" 11 "selinuxfs/FILE/read: long"
is "$(fault selinuxfs/enforce/read:EIO:1:fs cat $fs/enforce)" 0 "selinuxfs/FILE/read of another command"
is "$(fault selinuxfs/enforce/read:short:1:cat cat $fs/enforce)" '' "selinuxfs/FILE/read of this command"
is "$(fault selinuxfs/enforce/write:EIO fs write $fs/enforce 1)" EIO "selinuxfs/FILE/write"
is "$(fault selinuxfs/load/write:ENOMEM fs load $fs/load "$policy")" ENOMEM "selinuxfs/load/write of a whole policy"
is "$(fault selinuxfs/load/write:short fs load $fs/load "$policy")" $(($(stat -c %s "$policy") / 2)) "selinuxfs/load/write: short"
bool=$(sim -- ls $fs/booleans | head -n 1)
is "$(fault "selinuxfs/booleans/$bool/write:EIO" fs write "$fs/booleans/$bool" 1)" EIO "selinuxfs/booleans/NAME/write"
is "$(fault attr/current/read:EIO sh -c "cat /proc/self/attr/current 2>&1 | grep -c Input")" 1 "attr/NAME/read"
is "$(fault attr/current/read:EIO:1:cat sh -c "cat /proc/self/attr/current 2>&1 | grep -c Input")" 1 "attr/NAME/read of this command"
is "$(fault attr/current/read:short cat /proc/self/attr/current)" '' "attr/NAME/read: short"
is "$(fault attr/exec/write:EIO sh -c "(printf x >/proc/self/attr/exec) 2>&1 | grep -c I/O")" 1 "attr/NAME/write"
is "$(sim --fault=mount:EIO --fault=mount:EPERM:2 -- sh -c 'fs mount /mnt; fs mount /mnt')" $'EIO\nEPERM' "two faults"
mkdir "$dir/m"
cp /bin/cat "$dir/short"
is "$(fault "read:short:*:short" "$dir/short" /etc/passwd 2>&1 | grep -c ^root:)" 0 "read: short"
is "$(fault pwrite64:short:1:fs fs write $fs/maxns 1234)" 2 "write: short"
is "$(fault mount:SIGKILL:1:fs sh -c "exec 2>/dev/null; fs mount $dir/m; echo \$?; grep -c $dir/m /proc/self/mountinfo")" $'137\n0' "a signal, before the operation: it is not done"
is "$(fault mount:SIGKILL-after:1:fs sh -c "exec 2>/dev/null; fs mount $dir/m; echo \$?; grep -c $dir/m /proc/self/mountinfo")" $'137\n1' "and after it: it is"
is "$(fault umount2:SIGKILL-after:1:fs sh -c "exec 2>/dev/null; fs umount $fs; echo \$?; grep -c selinuxfs /proc/self/mountinfo")" $'137\n0' "of a call that the kernel answers"
is "$(fault selinuxfs/enforce/write:SIGKILL:1:fs sh -c "exec 2>/dev/null; fs write $fs/enforce 1; echo \$?; getenforce")" $'137\nPermissive' "of a file of selinuxfs, before"
is "$(fault selinuxfs/enforce/write:SIGKILL-after:1:fs sh -c "exec 2>/dev/null; fs write $fs/enforce 1; echo \$?; getenforce")" $'137\nEnforcing' "and after it"
is "$(fault selinuxfs/load/write:SIGKILL:1:fs sh -c "exec 2>/dev/null; fs load $fs/load $policy; echo \$?")" 137 "of a whole policy"
is "$(fault attr/exec/write:SIGKILL-after sh -c "exec 2>/dev/null; (printf x >/proc/self/attr/exec); echo \$?")" 137 "of an attribute"
is "$(fault clone:SIGKILL-after:1:bash bash -c "(exec true); echo parent")" "" "of a fork"
is "$(fault execve:SIGKILL-after:1:sh sh -c 'exec echo ran')" "" "of an exec"
is "$(fault umount2:SIGUSR1:1:fs sh -c "exec 2>/dev/null; fs umount $fs; echo \$?; grep -c selinuxfs /proc/self/mountinfo")" $'138\n0' "another signal: the operation is done"
is "$(fault mount:SIGKILL-parent:1:fs sh -c "exec 2>/dev/null; sh -c 'fs mount $dir/m; echo no' & wait; sleep 0.1; grep -c $dir/m /proc/self/mountinfo")" "0"$'\n'"1" "a signal for the parent"
is "$(fault getpid:EIO:1:sh/fork sh -c '(:) ; echo lives')" lives "in a process that was forked"
is "$(fault umount2:EBUSY:1:fs/exec fs umount $fs)" EBUSY "in one that has executed"
is "$(fault umount2:EBUSY:1:fs/fork fs umount $fs)" 0 "which no fork has made"
report=$dir/report
sim --fault-report="$report" --fault=mount:EIO --fault=umount2:EIO -- sh -c 'fs mount /mnt' >/dev/null
is "$(cat "$report")" mount:EIO "--fault-report: what struck"
operations=$dir/operations
is "$(sim --operations="$operations" -- fs write $fs/enforce 1)" 1 "--operations: all still works"
is "$(sed -n 's/^[0-9]* \(.*\) fs$/\1/p' "$operations" | grep -A 2 enforce/open | tr '\n' ' ')" "selinuxfs/enforce/open pwrite64 selinuxfs/enforce/write " "and is listed"
wrong "the report of faults: /nonexistent/x: No such file" --fault-report=/nonexistent/x
wrong "the list of operations: /nonexistent/x: No such file" --operations=/nonexistent/x
wrong "not the name of a signal" --fault=mount:SIGFOO
wrong "begins with an operation" --fault=
wrong "neither a system call" --fault=no_such_call:EIO
wrong "has no error" --fault=mount
wrong "has no error" --fault=mount:
wrong "neither the name of an error" --fault=mount:EWHAT
wrong "\"none\" is one of lsm_get_self_attr" --fault=mount:none
wrong "\"short\" is one of" --fault=mount:short
wrong "\"long\" is one of" --fault=selinuxfs/load/write:long
wrong "neither a number nor" --fault=mount:EIO:x
wrong "counted from 1" --fault=mount:EIO:0
wrong "occurrence is empty" --fault=mount:EIO:
wrong "too large" --fault=mount:EIO:99999999999999999999
wrong "command name is empty" --fault=mount:EIO:1:
wrong "more than the 15 bytes" --fault=mount:EIO:1:a-very-long-command-name
wrong "does not end in /open" --fault=selinuxfs/enforce:EIO
wrong "names no file" --fault=selinuxfs/../enforce/read:EIO
wrong "does not end in /read" --fault=attr/current/open:EIO
wrong "names no attribute" --fault=attr/what/read:EIO

# ---- the audit log
log=$dir/audit
sim --audit-log="$log" -- sh -c "setenforce 1; setenforce 0; load_policy; fs write $fs/booleans/$bool 1; fs write $fs/commit_pending_bools 1" >/dev/null
is "$(grep -c 'MAC_STATUS .*enforcing=1 old_enforcing=0' "$log")" 1 "--audit-log: the mode"
is "$(grep -c 'MAC_POLICY_LOAD' "$log")" 1 "--audit-log: a load"
is "$(grep -c "bool=$bool val=1 old_val=0" "$log")" 1 "--audit-log: a boolean"
sim --audit-log="$log" -- runcon user_u:user_r:user_t:s0 sh -c "fs write $fs/enforce 1" >/dev/null
like "$(grep setenforce "$log")" "avc:  denied  { setenforce } for *scontext=user_u:user_r:user_t:s0 tcontext=*tclass=security permissive=1" "--audit-log: what a permissive kernel would deny"
is "$(grep -c MAC_POLICY_LOAD "$log")" 1 "--audit-log: it is appended to"
sim --audit-log="$log" -- unshareselinux --load-policy true 2>/dev/null
is "$(grep -c MAC_POLICY_LOAD "$log")" 2 "--audit-log: a child's load, too"
wrong "audit log: /nonexistent/log: No such file" --audit-log=/nonexistent/log
is "$(sim --audit-log=/dev/full -- sh -c 'setenforce 1; getenforce')" Enforcing "an audit log that is full stops nothing"
done_testing
