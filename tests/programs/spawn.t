#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# spawn.t - a plan, carried out by selinuxns_spawn(), _setup() and _exec(): the steps and their
# order, what the command gets, and that a failure of whatever kind never starts it.
. "$(dirname "$0")/lib.sh"
need_policy
need_tool secilc python3
export dir

# What it takes to be enforcing in kid_other_t; nothing may execute kid_secret_t.
rules=("$(may_all kid)" '(allow kid_other_t kid_security_t (security (all)))'
	'(allow kid_other_t self (process (all)))'
	'(type kid_file_t) (type kid_secret_t) (roletype object_r kid_file_t) (roletype object_r kid_secret_t)'
	'(allow kid_other_t kid_file_t (file (all)))' '(allow kid_t kid_file_t (file (all)))')
policy kid "${rules[@]}"
kid=policy-file:$dir/kid.bin
other=context:u:r:kid_other_t
all=("$kid" root:/ workdir:/usr boolean:kid_bool=1 "$other" exec-context:u:r:kid_other_t mode:1)
cat >"$dir/state" <<'END'
#!/bin/sh
echo "context: $(tr -d '\0' </proc/self/attr/current)"
echo "mode: $(getenforce)"
echo "boolean: $(cat /sys/fs/selinux/booleans/kid_bool 2>/dev/null)"
echo "unshared: $(selinuxunshared)"
echo "directory: $(pwd)"
echo "mounts: $(grep -c ' - selinuxfs ' /proc/self/mountinfo)"
END
chmod 755 "$dir/state"
steps() { sed -n 's/^step: //p' <<<"$out"; }

# inside [SIM-OPTION...] SCRIPT
inside() { sim "${@:1:$#-1}" -- bash -c "${!#}"; }

# ---- everything at once -----------------------------------------------------------------

sim -- spawn watch "${all[@]}" -- "$dir/state"
is "context, mode, boolean, directory as planned" \
	"$(answer context) $(answer mode) $(answer boolean) $(answer unshared) $(answer directory) $(answer mounts)" \
	"u:r:kid_other_t Enforcing 1 1 0 /usr 1"
is "the command's status comes back" "$(answer spawn) $(answer exit)" "0 0"
is "no child and no descriptor is left" "$(answer children) $(answer leaks)" "none 0"
unlike "the signal mask is the caller's" "$out" 'has changed'
for page in man3/selinuxns_setup.3 man1/unshareselinux.1; do
	is "the steps are those that $page documents, in its order" "$(steps | sed 's/: .*//')" \
		"$(sed -n 's/^\.IP "[0-9]*\. \(.*\)" 4$/\1/p' "$src/man/$page")"
done
like "a step is told with its object" "$(steps)" "^load policy: $dir/kid.bin$"
spawned=$(steps)
for how in exec setup; do
	sim -- spawn "how:$how" watch "${all[@]}" -- "$dir/state"
	is "selinuxns_$how() takes the same steps" "$(steps | grep -v ^execute)" "$(grep -v ^execute <<<"$spawned")"
	is "with the same result" "$(answer context) $(answer mode) $(answer boolean) $(answer directory)" \
		"u:r:kid_other_t Enforcing 1 1 /usr"
done

sim -- spawn -- "$dir/state"
is "an empty plan: unshared, no policy, no selinuxfs" \
	"$(answer context) $(answer unshared) $(answer mounts) $(answer exit)" "kernel 1 0 0"
sim -- spawn mount -- "$dir/state"
is "with selinuxfs only" "$(answer mode) $(answer unshared) $(answer mounts)" "Permissive 1 1"
sim -- spawn -- sh -c 'exit 7'
is "an exit status" "$(answer exit)" 7
# shellcheck disable=SC2016
sim -- spawn -- sh -c 'kill -SEGV $$'
is "a signal" "$(answer signal)" 11
sim -- spawn pidfd -- sleep 60
is "by a pidfd, which is close-on-exec" "$(answer spawn) $(answer close-on-exec) $(answer signal)" "0 1 15"
sim -- spawn "$kid" times:3 -- true
is "a plan can be used again" "$(answer exit | tr '\n' ' ')" "0 0 0 "

# ---- where the policy comes from -----------------------------------------------------------

named() {
	case $1 in
	file) echo "$dir/kid.bin" ;;
	fd) echo "a descriptor" ;;
	memory) echo memory ;;
	esac
}
for from in file fd memory; do
	sim -- spawn watch "policy-$from:$dir/kid.bin" -- ls /sys/fs/selinux/class/kid_class/perms
	is "a policy from $from is loaded" "$(answer spawn) $(grep -c '^kid_\(first\|second\)$' <<<"$out")" "0 2"
	is "by its name" "$(sed -n 's/^step: load policy: //p' <<<"$out")" "$(named $from)"
done
head -c 100 "$dir/kid.bin" >"$dir/cut.bin"
: >"$dir/empty.bin"
for bad in cut empty; do
	for from in file fd memory; do
		sim -- spawn "policy-$from:$dir/$bad.bin" -- true
		is "a policy from $from that is $bad: EINVAL" "$status $(answer "policy-$from")" "2 EINVAL"
	done
done
sim -- spawn policy-root -- "$dir/state"
is "a policy from the root" "$(answer unshared) $(answer mounts)" "0 1"
sim -- spawn policy-root policy-root:0 mount:0 -- "$dir/state"
is "and not after all" "$(answer unshared) $(answer mounts)" "1 0"

# ---- with threads -----------------------------------------------------------------------

sim -- spawn "${all[@]}" threads:8 times:8 -- true
is "spawned by a process whose other threads allocate" "$(answer spawn | sort | uniq -c | tr -s ' ')" " 8 0"
is "and each command ran" "$(answer exit | sort | uniq -c | tr -s ' ')" " 8 0"
inside --fault='selinuxfs/enforce/write:EIO:*' "spawn ${all[*]} threads:8 times:4 -- touch $dir/ran"
is "a failure in the child of such a process comes back" "$(answer spawn | sort | uniq -c | tr -s ' ')" " 4 -1 EIO"
ok "and nothing ran" test ! -e "$dir/ran"
for how in setup exec; do
	sim -- spawn "how:$how" threads:2 "$kid" -- "$dir/state"
	is "selinuxns_$how() of a process with threads: EBUSY" "$(answer "$how") $(answer step)" "-1 EBUSY check threads"
	is "and nothing has changed" "$(answer unshared) $(answer mounts)" "0 1"
done

# ---- what the command gets ------------------------------------------------------------------

fds() { grep -x '[0-9]*' <<<"$out" | paste -s -d ' '; }
inside 'spawn keep:7 keep:7 keep:1 -- ls /proc/self/fd 7</dev/null 8</dev/null 40</dev/null'
is "the descriptors that are kept, and 0 to 2" "$(fds)" "0 1 2 3 7"
inside 'spawn -- ls /proc/self/fd 7</dev/null'
is "no other" "$(fds)" "0 1 2 3"
inside 'spawn cloexec:8 keep:8 -- ls /proc/self/fd 7</dev/null 8</dev/null'
is "also one that is close-on-exec" "$(fds)" "0 1 2 3 8"
inside 'spawn keep:all cloexec:9 -- ls /proc/self/fd 7</dev/null 8</dev/null 9</dev/null'
like "or all that are not close-on-exec" " $(fds) " ' 7 8 ([^9]|9[0-9])*$'
inside 'spawn keep:all cloexec:9 keep:9 -- ls /proc/self/fd 9</dev/null'
like "and one that is, besides" " $(fds) " ' 9 '
sim -- spawn keep:99 -- true
is "one that is not open: EBADF, by a check" "$(answer spawn) $(answer step) $(answer object)" "-1 EBADF check descriptor 99"
inside 'spawn how:exec keep:7 -- ls /proc/self/fd 7</dev/null 8</dev/null'
is "selinuxns_exec() likewise" "$(fds)" "0 1 2 3 7"

# The second waits for the first's room in its third step.
sim --maxns=2 --free-delay=1500 -- spawn 'pipe:unshare the SELinux namespace' watch times:2 wait:5000 -- true
is "a pipe of the caller's is not held while the child is set up" "$(answer pipe | tr '\n' ' ')$(answer spawn | tr '\n' ' ')" "ends ends 0 0 "
for way in /proc/self/fd /proc/thread-self/fd /dev/fd; do
	inside "spawn cloexec:8 workdir:$way/8 -- pwd 8</usr"
	like "a working directory by a descriptor ($way)" "$out" '^/usr$'
	inside "spawn cloexec:9 -- $way/9 executed 9<$(type -P echo)"
	like "a command by one ($way)" "$out" '^executed$'
done

inside 'A=1 spawn -- env'
is "the caller's environment, and SELINUXNS=1" "$(grep -E '^(A|SELINUXNS)=' <<<"$out" | sort | tr '\n' ' ')" "A=1 SELINUXNS=1 "
inside "A=1 spawn env:B=2 env:SELINUXNS=no env:PATH=$PATH -- env"
is "one of its own, in which SELINUXNS is 1 all the same" "$(grep -E '^(A|B|SELINUXNS)=' <<<"$out" | sort | tr '\n' ' ')" "B=2 SELINUXNS=1 "
sim -- spawn env:PATH=/nowhere -- env
is "the PATH is the command's" "$(answer spawn) $(answer step)" "-1 ENOENT execute"
sim -- spawn env:PATH=/nowhere:/usr/bin -- env
is "each of its directories is searched" "$(answer spawn)" 0
sim -- spawn env:A=1 -- env
is "without a PATH there is a default one" "$(answer spawn)" 0

# stdio:NUMBER=FD
inside "echo in >$dir/in; spawn stdio:0=7 stdio:1=8 stdio:2=9 -- sh -c 'cat; echo error >&2' 7<$dir/in 8>$dir/to 9>$dir/errors
	cat $dir/to $dir/errors"
is "other standard descriptors" "$(answer exit) $(grep -x -e in -e error <<<"$out" | tr '\n' ' ')" "0 in error "
inside "spawn cloexec:8 stdio:1=8 -- ls /proc/self/fd 8>$dir/to; cat $dir/to"
is "also one that is close-on-exec, which is not left at its own number" "$(fds)" "0 1 2 3"
inside "spawn stdio:1=2 stdio:2=1 -- sh -c 'echo to 1; echo to 2 >&2' >$dir/1 2>$dir/2; cat $dir/2; echo; grep to $dir/1"
is "two that are exchanged" "$(grep '^to ' <<<"$out" | tr '\n' ' ')" "to 1 to 2 "
inside "spawn stdio:1=8 stdio:1=-1 -- echo own 8>$dir/to"
like "and not after all" "$out" '^own$'
inside "spawn how:exec stdio:1=8 -- echo executed 8>$dir/to; cat $dir/to"
is "selinuxns_exec() likewise" "$out" executed
inside "spawn stdio:0=7 stdio:1=8 stdio:2=8 -- cat 7<$dir/in 8>$dir/to <&- 2>&-; cat $dir/to"
like "a caller that has none, whose pipes could have those numbers" "$out" '^in$'
sim -- spawn stdio:1=99 -- true
is "one that is not open: EBADF, by a check" "$(answer spawn) $(answer step) $(answer object)" "-1 EBADF check descriptor 99"

sim -- spawn ignore:10 ignore:13 default:13 -- cat /proc/self/status
is "an ignored signal's default action for the command" "$(awk '/SigIgn/ { print substr($2, 14) }' <<<"$out")" 200
sim -- spawn how:exec ignore:13 default:13 -- cat /proc/self/status
is "by selinuxns_exec(), too" "$(awk '/SigIgn/ { print substr($2, 13) }' <<<"$out")" 0000
inside 'spawn session -- sh -c "ps --no-headers -o sid= -p \$\$; echo \$\$"; spawn session session:0 -- sh -c "ps --no-headers -o sid= -p \$\$; echo \$\$"'
is "a session of its own, or not" "$(grep -Ex ' *[0-9]+' <<<"$out" | awk 'NR % 2 { sid = $1; next } { printf "%d ", sid == $1 }')" "1 0 "

# SIGUSR1 10, SIGUSR2 12, SIGTERM 15
sim -- spawn handle:10 ignore:12 block:15 -- cat /proc/self/status
is "handled signals have their default, ignored and blocked ones stay so" \
	"$(answer exit) $(awk '/SigBlk/ { b = $2 } /SigIgn/ { i = $2 } /SigCgt/ { c = $2 } END { print b, substr(i, 14), c }' <<<"$out")" \
	"0 0000000000004000 800 0000000000000000"

sleeper=sleep$$
cp "$(command -v sleep)" "$dir/$sleeper"
inside "spawn dies death:9 -- $dir/$sleeper 60; sleep 0.3; ps --no-headers -o stat -C $sleeper | grep -vc Z"
is "with a death signal the command ends with its parent" "${out##*$'\n'}" 0
inside "spawn dies -- $dir/$sleeper 60; sleep 0.3; ps --no-headers -o stat -C $sleeper | grep -vc Z"
is "without one it does not" "${out##*$'\n'}" 1

# ---- checks that fail change nothing -----------------------------------------------------------

# refused WHAT ERRNO STEP SETTING...: by a check, and the caller is where it was
refused() {
	local what=$1 wanted=$2 step=$3
	shift 3
	rm -f "$dir/ran"
	inside "spawn watch $* -- touch $dir/ran
		spawn how:setup $* -- $dir/state | sed 's/^/after /'; $dir/state"
	is "$what: $wanted by $step" "$(answer spawn) $(answer step | head -n 1)" "-1 $wanted $step"
	ok "$what: the command did not run, no child was made" test ! -e "$dir/ran"
	is "$what: set up, the process is where it was" \
		"$(answer 'after setup') $(answer 'after context') $(answer 'after mode') $(answer 'after mounts')" \
		"-1 $wanted $(answer context) $(answer mode) $(answer mounts)"
}
refused "a context of another policy" EINVAL "check context" "$kid" context:unconfined_u:unconfined_r:unconfined_t:s0
refused "an exec context that is none" EINVAL "check context" "$kid" exec-context:kid_t
refused "a context with a range, without MLS" EINVAL "check context" "$kid" context:u:r:kid_t:s0
refused "a context, and no policy" EINVAL "check context" context:u:r:kid_t
refused "a boolean that the policy has not" ENOENT "check boolean" "$kid" boolean:other_bool=1
refused "a boolean, and no policy" EINVAL "check boolean" boolean:kid_bool=1
refused "a root that is not there" ENOENT "check root" root:/nowhere
refused "a root that is a file" ENOTDIR "check root" root:/etc/passwd
refused "a working directory that is not there" ENOENT "check directory" workdir:/nowhere
mkdir -p "$dir/bare/etc/selinux"
refused "a root without a mount point" ENOENT "check mount point" mount "root:$dir/bare"
mkdir -p "$dir/bare/sys/fs/selinux"
refused "a root without a policy" ENOENT "find policy" policy-root "root:$dir/bare"
mkfifo "$dir/bare/etc/selinux/config"
refused "a root whose configuration is a FIFO" EINVAL "read configuration" policy-root mode:2 "root:$dir/bare"
rm "$dir/bare/etc/selinux/config"
printf 'SELINUX=maybe\n' >"$dir/bare/etc/selinux/config"
refused "a mode that is none" EINVAL "read configuration" mode:2 "root:$dir/bare"

if python3 -c "import os; open('$dir/tool', 'w').write('#!/bin/sh\n'); os.chmod('$dir/tool', 0o755)
os.setxattr('$dir/tool', 'security.selinux', b'u:object_r:kid_secret_t\0')" 2>/dev/null; then
	sim -- spawn "$kid" "$other" mode:1 -- "$dir/tool"
	is "enforcing, and the policy does not let the command be executed: EACCES" \
		"$(answer spawn) $(answer step) $(answer object)" "-1 EACCES check execution $dir/tool"
	like "the message names the rule that is missing" "$(answer message)" \
		'lacks: allow kid_other_t kid_secret_t:file execute;'
	sim -- spawn "$kid" "$other" -- "$dir/tool"
	is "permissive: not asked" "$(answer spawn)" 0
	python3 -c "import os; os.setxattr('$dir/tool', 'security.selinux', b'u:object_r:kid_file_t\0')"
	sim -- spawn how:check "$kid" "$other" mode:1 -- "$dir/tool"
	like "one that may be executed passes" "$out" "^check 0: \[check execution\] \[$dir/tool\]"
	python3 -c "import os; os.setxattr('$dir/tool', 'security.selinux', b'u:object_r:unheard_of_t\0')"
	sim -- spawn how:check "$kid" "$other" mode:1 -- "$dir/tool"
	like "a label that the policy does not know is not taken for good or bad" "$out" "^check 2: \[check execution\]"
	# What a boolean of the policy allows, and the plan's value for it.
	policy rule "$(may_all rule)" '(allow rule_other_t rule_security_t (security (all)))' \
		'(allow rule_other_t self (process (all))) (type rule_file_t) (roletype object_r rule_file_t)' \
		'(booleanif rule_bool (true (allow rule_other_t rule_file_t (file (execute entrypoint read)))))'
	python3 -c "import os; os.setxattr('$dir/tool', 'security.selinux', b'u:object_r:rule_file_t\0')"
	rule=("policy-file:$dir/rule.bin" context:u:r:rule_other_t mode:1)
	for value in '' boolean:rule_bool=0 "boolean:rule_bool=1 boolean:rule_bool=0"; do
		# shellcheck disable=SC2086
		sim -- spawn "${rule[@]}" $value -- "$dir/tool"
		is "a rule that depends on a boolean which is off: EACCES (${value:-by itself})" "$(answer spawn) $(answer step)" "-1 EACCES check execution"
	done
	sim -- spawn "${rule[@]}" boolean:rule_bool=1 -- "$dir/tool"
	is "one which the plan turns on: it is executed" "$(answer spawn) $(answer exit)" "0 0"
	sim -- unshareselinux "--load-policy=$dir/rule.bin" --context=u:r:rule_other_t --enforcing --boolean=rule_bool=on --dry-run "$dir/tool"
	like "unshareselinux(1) likewise" "$status $out" "^ok +check execution: $dir/tool: .*rule_file_t"
	sim -- spawn "${rule[@]}" boolean:rule_bool=1 times:2 how:check -- "$dir/tool"
	is "the policy object keeps its own values" "$(answer check | tr '\n' ' ')" "0 0 "
else
	skip "a labelled command" "no security.selinux attributes in $dir"
fi
sim -- spawn how:check "$kid" context:x boolean:x=1 mode:1 -- nosuch
is "a check reports every failure" "$(grep -c '^check 1: ' <<<"$out")" 2
is "and gives the first" "$(answer check) $(answer step)" "-1 ENOENT check boolean"
like "a command that is not found is not checked" "$out" '^check 2: \[check command\] \[nosuch\]'
sim -- spawn how:check-quietly "$kid" "$other" -- true
is "a check that nobody listens to" "$(answer check)" 0
inside "unshare --user --map-root-user spawn $kid -- true; unshare --user --map-root-user --mount spawn -- true"
is "in a user namespace: EPERM by a check where selinuxfs is needed" "$(answer spawn | head -n 1) $(answer step)" \
	"-1 EPERM check privilege"
is "and else it works" "$(answer spawn | sed -n 2p)" 0
inside 'setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin spawn -- true'
is "without CAP_SYS_ADMIN: EPERM" "$(answer spawn) $(answer step) $(answer object)" "-1 EPERM check privilege CAP_SYS_ADMIN"
for kernel in no-namespaces no-lsm disabled; do
	sim --kernel=$kernel -- spawn -- touch "$dir/ran"
	is "a kernel that is $kernel: EOPNOTSUPP" "$(answer spawn) $(answer step)" "-1 EOPNOTSUPP check kernel"
done
sim --kernel=node -- spawn "${all[@]}" -- "$dir/state"
is "by the node in selinuxfs" "$(answer context) $(answer mode) $(answer mounts)" "u:r:kid_other_t Enforcing 1"
sim -- spawn bad-values
is "values that cannot be meant are refused" "$(sed 's/.*: //' <<<"$out" | sort | uniq -c | tr -s ' \n' ' ')" " 4 -1 EBADF 9 -1 EINVAL "

for how in spawn exec; do
	sim -- spawn how:$how --
	is "no command: EINVAL ($how)" "$(answer $how) $(answer step)" "-1 EINVAL execute"
	sim -- spawn how:$how-nothing --
	is "not even a list of arguments: EINVAL ($how)" "$(answer $how) $(answer step)" "-1 EINVAL execute"
done
for from in "$kid" policy-root; do
	[ "$from" = "$kid" ] && context=$other || context=mode:1
	sim -- spawn how:check-at-once "$from" "$context" -- true
	is "checks in four threads at once (${from%%:*})" "$status $(answer failures | tr '\n' ' ')" "0 0 0 0 0 "
done

# ---- a failure of each step ------------------------------------------------------------------------

# breaks STEP ERRNO FAULT [SETTING...]: the step fails with it; nothing ran, nothing is left
breaks() {
	local step=$1 wanted=$2 fault=$3
	shift 3
	rm -f "$dir/ran"
	inside --fault="$fault" --maxns=2 --free-delay=0 \
		"spawn ${all[*]} $* -- touch $dir/ran; [ -e $dir/ran ] && echo 'ran: yes'; echo \"mode: \$(getenforce)\"
		grep -c ' - selinuxfs ' /proc/self/mountinfo | sed 's/^/mounts: /'; spawn mount wait:1000 -- true | sed 's/^/again /'"
	is "$fault: $step" "$(answer spawn) [$(answer step)]" "-1 $wanted [$step]"
	is "$fault: the command did not run, the child is reaped, nothing leaks" \
		"$(answer ran) $(answer children) $(answer leaks)" " none 0"
	is "$fault: the parent is as before, the namespace has ended" \
		"$(answer mode) $(answer mounts) $(answer 'again spawn')" "Permissive 1 0"
	like "$fault: the message is the library's, and for a person" "$(answer message)" '^[a-z].*: .*[^.]$'
}
breaks "make mount namespace" ENOMEM unshare:ENOMEM:1:spawn
breaks "make mount namespace" EIO mount:EIO:1:spawn
breaks "unshare the SELinux namespace" ENOMEM lsm_set_self_attr:ENOMEM:2:spawn
breaks "mount selinuxfs" EIO move_mount:EIO:1:spawn
breaks "load policy" EIO selinuxfs/load/open:EIO:1
breaks "load policy" EINVAL selinuxfs/load/write:EINVAL:1
breaks "load policy" EIO selinuxfs/load/write:short:1
breaks "set booleans" EACCES selinuxfs/booleans/kid_bool/open:EACCES:1
breaks "set booleans" EIO selinuxfs/booleans/kid_bool/write:EIO:1
breaks "set booleans" EIO selinuxfs/commit_pending_bools/write:EIO:1
breaks "enter root" EPERM chroot:EPERM:1:spawn
breaks "enter root" EIO fchdir:EIO:1:spawn
breaks "change directory" EACCES fchdir:EACCES:2:spawn
breaks "set context" EACCES attr/current/write:EACCES:1
breaks "set exec context" EIO attr/exec/write:EIO:1
breaks "set enforcing mode" EACCES selinuxfs/enforce/write:EACCES:1
breaks "set enforcing mode" EIO selinuxfs/enforce/open:EIO:2:spawn
breaks "close descriptors" ENOSYS close_range:ENOSYS:1:spawn
# In a root of its own the file that was looked at is executed, or a script by its name.
breaks execute ENOMEM execveat:ENOMEM:1:spawn

# A directory that is only to be had in the mount namespace that is left: ended late, and said why.
root_by_link() {
	inside "exec 9</; spawn $1 root:$2 -- touch $dir/ran"
	is "a root by $2 ($1): $3 by $4" "$(answer spawn)$(answer exec) $(answer step)" "-1 $3 $4"
	like "and the message names the remedy" "$(answer message)" 'name the directory itself$'
	ok "and the command did not run" test ! -e "$dir/ran"
}
root_by_link death:9 /proc/self/fd/9 ENOENT "open root"
root_by_link death:9 /dev/fd/9 ENOENT "open root"
root_by_link death:9 '/proc/$$/fd/9' EINVAL "enter root"
root_by_link death:9 '/proc/$$/root' EINVAL "enter root"
root_by_link how:exec-or-end /proc/self/fd/9 EINVAL "enter root"
sim -- spawn root:/proc/self/root -- true
is "a root by /proc/self/root, which is moved along, does" "$(answer spawn) $(answer exit)" "0 0"
sim --fault=execve:ENOMEM:1:spawn -- spawn "$kid" -- touch "$dir/ran"
is "execve:ENOMEM without a root: execute" "$(answer spawn) $(answer step) $(answer object) $(answer children)" "-1 ENOMEM execute touch none"
sim --fault=execve:ENOMEM:1:spawn -- spawn root:/ -- "$dir/state"
is "execve:ENOMEM of a script in a root: execute" "$(answer spawn) $(answer step) $(answer object) $(answer children)" "-1 ENOMEM execute $dir/state none"
breaks spawn EMFILE pipe2:EMFILE:1:spawn
breaks spawn ENOSYS pidfd_open:ENOSYS:1:spawn pidfd
breaks spawn EINVAL prctl:EINVAL:1:spawn death:9
breaks spawn EPERM setsid:EPERM:1:spawn session:1
breaks "set standard descriptors" EBADF dup2:EBADF:1:spawn stdio:0=0
breaks "set standard descriptors" EMFILE fcntl:EMFILE:2:spawn stdio:0=1
sim -- spawn "$kid" -- nosuch
is "a command that is not found: ENOENT" "$(answer spawn) $(answer step) $(answer children)" "-1 ENOENT execute none"
sim -- spawn -- /etc/passwd
is "one that is not executable: EACCES" "$(answer spawn) $(answer step)" "-1 EACCES execute"
sim -- spawn -- ''
is "an empty one: ENOENT" "$(answer spawn) $(answer step)" "-1 ENOENT execute"
sim --fault=selinuxfs/load/write:EINVAL -- spawn no-error "$kid" -- touch "$dir/ran"
is "without an error object: errno" "$status $(answer spawn) $(answer children)" "0 -1 EINVAL none"

# Whatever fails, and whenever: an error and no command, or success and the command.
bad=''
for call in openat openat2 fsopen fsconfig fsmount statx umount2 close_range lsm_get_self_attr getxattr; do
	for time in 1 2 3 4 5 6 7 8; do
		rm -f "$dir/ran"
		sim --fault="$call:EIO:$time:spawn" -- spawn "${all[@]}" -- touch "$dir/ran"
		case "$(answer spawn) $(answer children) $([ -e "$dir/ran" ] && echo ran)" in
		"0 none ran" | "-1 E"*" none ") ;;
		*) [ -z "$(answer spawn)" ] && [ ! -e "$dir/ran" ] || bad+=" $call:$time" ;; # not even tried
		esac
	done
done
is "no failing call, at whatever time, starts a command in half a namespace" "$bad" ""

# ---- limits -----------------------------------------------------------------------------------------

sim --maxns=1 -- spawn -- true
is "maxns leaves no room: ENOSPC by a check" "$(answer spawn) $(answer step) $(answer object)" "-1 ENOSPC check limits maxns"
sim --maxnsdepth=0 -- spawn -- true
is "maxnsdepth likewise" "$(answer spawn) $(answer step) $(answer object)" "-1 ENOSPC check limits maxnsdepth"
sim --maxns=2 --free-delay=300 -- spawn times:2 -- true
is "a namespace that has ended still counts: ENOSPC" "$(answer spawn | tr '\n' ' ')" "0 -1 ENOSPC "
sim --maxns=2 --free-delay=300 -- spawn times:3 wait:3000 -- true
is "with a wait it does not matter" "$(answer spawn | tr '\n' ' ')" "0 0 0 "
sim --maxns=2 --free-delay=0 -- spawn times:20 wait:1000 "$kid" -- true
is "nothing that the call leaves keeps a namespace" "$(answer spawn | sort | uniq -c | tr -s ' ')" " 20 0"

# ---- a hostile root ---------------------------------------------------------------------------------

r=$dir/root
mkdir -p "$r"/{proc,sys/fs,usr,inner,etc/selinux/mini/policy} "$dir/outside/deep"
for link in bin sbin lib lib64; do [ ! -e /usr/$link ] || ln -s usr/$link "$r/$link"; done
cp "$dir/kid.bin" "$r/etc/selinux/mini/policy/policy.33"
printf 'SELINUX=permissive\nSELINUXTYPE=mini\n' >"$r/etc/selinux/config"
up=../../../../../../../../../..
ln -s "$dir/outside" "$r/absolute"
ln -s "$up$dir/outside" "$r/dots"
ln -s /proc/self/root "$r/magic"
ln -s /inner "$r/good"
ln -s /selinuxfs "$r/sys/fs/selinux"
mkdir "$r/selinuxfs"
# A bind mount for /usr, seen by the simulated machine only.
hostile() { inside "unshare -m sh -c 'mount --bind /usr $r/usr && mount -t proc proc $r/proc && exec spawn $*'"; }
hostile root:"$r" policy-root -- /bin/sh -c '"pwd; grep -c selinuxfs /proc/self/mountinfo; ls /selinuxfs/class/kid_class"'
is "the root is entered; a link of it for the mount point leads inside" "${out//$'\n'/ }" \
	"spawn: 0 / 1 index perms exit: 0 children: none leaks: 0"
hostile root:"$r" workdir:good -- /bin/pwd -P
like "a link of it for the working directory leads inside" "$out" '^/inner$'
for link in absolute dots; do
	hostile root:"$r" "workdir:/$link" -- /bin/pwd -P
	is "one that leads out is not followed out ($link)" "$(answer spawn) $(answer step)" "-1 ENOENT check directory"
done
hostile root:"$r" workdir:/magic -- /bin/pwd -P
like "nor a magic one" "$(answer spawn) $(answer step)" '^-1 E(LOOP|XDEV|ACCES|PERM) check directory$'
hostile root:"$r" workdir:/inner/$up/inner -- /bin/pwd -P
like "dots end at the root" "$out" '^/inner$'
cp -r "$dir/bare" "$dir/swap"
inside "spawn how:exec watch swap:$dir/swap root:$dir/swap -- true"
is "a root that is replaced after the checks: EBUSY" "$(answer exec) $(answer object)" "-1 EBUSY $dir/swap"
finish
