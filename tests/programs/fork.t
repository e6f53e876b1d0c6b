#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# fork.t - unshareselinux(1) and its child, when things go wrong: pipes that fail, signals at a bad
# moment, descriptors, a reader that goes away. A command either runs and is known to, or does not.
. "$(dirname "$0")/lib.sh"
need_policy
need_tool secilc python3

policy kid "$(may_all kid)"
kid=--load-policy=$dir/kid.bin
# inside [SIM-OPTION...] SCRIPT
inside() { sim "${@:1:$#-1}" -- bash -c "${!#}"; }
ran() { [ -e "$dir/ran" ] && echo ran; }

# ---- the pipes between the two ---------------------------------------------------------------

# The namespace's policy may deny the child what it writes to its parent.
bad=''
for call in write read poll pidfd_open prctl; do
	for error in EACCES EIO; do
		for time in 1 2 3 4 5 6 7 8 9 10 '*'; do
			rm -f "$dir/ran"
			inside --fault="$call:$error:$time:unshareselinux" "unshareselinux --fork --kill-child $kid --context=u:r:kid_t sh -c 'touch $dir/ran; exit 7'
				s=\$?; sleep 0.2; echo ended: \$s"
			case "$(answer ended) $(ran)" in
			'7 ran' | '125 ' | '127 ') ;;
			*) bad+=" $call:$error:$time=$(answer ended)/$(ran)" ;;
			esac
		done
	done
done
is "a call between parent and child that fails: the command ran and is waited for, or it did not run" "$bad" ""
# All of the child's writes: its first in the new process is the second of the two.
for time in 2 3 4 5; do
	rm -f "$dir/ran"
	inside --fault="write:EACCES:$time:unshareselinux" "unshareselinux --fork $kid sh -c 'touch $dir/ran; exit 7'; echo ended: \$?"
	is "the child's write $((time - 1)) is denied: the command is started all the same" "$(answer ended) $(ran) $err" "7 ran "
	inside --fault="write:EACCES:$time:spawn" "spawn policy-file:$dir/kid.bin -- sh -c 'exit 7' >$dir/out; cat $dir/out"
	is "selinuxns_spawn() likewise, write $((time - 1))" "$(answer spawn) $(answer exit)" "0 7"
done
for error in EMFILE ENOSYS EPERM; do
	rm -f "$dir/ran"
	sim --fault="pidfd_open:$error:1:unshareselinux" -- unshareselinux --fork touch "$dir/ran"
	is "no pidfd ($error): 125, and nothing ran" "$status $(ran)" "125 "
	like "and why ($error)" "$err" '^unshareselinux: spawn: touch: .*[a-z]'
	sim --fault="pidfd_open:$error:1:spawn" -- spawn pidfd -- touch "$dir/ran"
	is "selinuxns_spawn() likewise ($error)" "$(answer spawn) $(answer step) $(answer children) $(answer leaks) $(ran)" "-1 $error spawn none 0 "
done
sim --fault='pidfd_open:EMFILE:*' -- spawn -- true
is "who wants no pidfd needs none" "$(answer spawn) $(answer exit)" "0 0"

# ---- signals at a bad moment -------------------------------------------------------------------

# left TEXT: how many processes have TEXT in an argument, but the caller. A zombie has none.
left() {
	local pid arguments count=0

	for pid in /proc/[0-9]*; do
		[ "$pid" != /proc/$$ ] || continue
		{ arguments=$(tr '\0' ' ' <"$pid/cmdline"); } 2>/dev/null
		case "$arguments" in
		*selinuxns-sim*) ;; # which runs the whole script
		*"$1"*) count=$((count + 1)) ;;
		esac
	done
	echo "left: $count"
}
export -f left

# Someone holds the only slot for 4 seconds; then the wait would go on to the command.
for signals in TERM "TERM CONT" "CONT TERM" INT HUP; do
	rm -f "$dir/ran"
	inside --maxns=2 --free-delay=0 "unshareselinux sh -c 'touch $dir/up; exec sleep 4' & holder=\$!
		until [ -e $dir/up ]; do sleep 0.05; done; rm $dir/up
		SECONDS=0; env --default-signal=INT unshareselinux --fork --wait-limit=20 touch $dir/ran & pid=\$!
		sleep 1.5; for s in $signals; do kill -\$s \$pid; done; wait \$pid; echo ended: \$? \$((SECONDS < 4))
		wait \$holder; sleep 1; left $dir/ran"
	number=$(kill -l "${signals/CONT/}" 2>/dev/null || kill -l TERM)
	is "$signals while it waits: it ends at once" "$(answer ended)" "$((128 + number)) 1"
	is "$signals: and the command does not run later, nor does anyone stay" "$(ran) $(answer left)" " 0"
done
for signal in TERM KILL HUP; do
	bad=''
	for delay in 0.02 0.05 0.1 0.15 0.2 0.25 0.3 0.4; do
		rm -f "$dir/ran"
		inside "unshareselinux --fork --kill-child $kid bash -c 'touch $dir/ran; sleep 20; exit' & pid=\$!
			SECONDS=0; sleep $delay; kill -$signal \$pid; wait \$pid; echo ended: \$? \$((SECONDS < 10))
			sleep 0.3; left $dir/ran"
		case "$(answer ended) $(answer left)" in
		"$((128 + $(kill -l $signal))) 1 0") ;;
		*) bad+=" $delay: $(answer ended) left $(answer left)" ;;
		esac
	done
	is "$signal at whatever moment of the set-up: it ends at once, and leaves nothing" "$bad" ""
done
for ignored in CHLD CHLD,USR1; do
	inside "env --ignore-signal=$ignored unshareselinux --fork sh -c 'exit 7'; echo ended: \$?"
	is "who ignores SIGCHLD gets the command's own status ($ignored)" "$(answer ended) $err" "7 "
done
inside "env --ignore-signal=CHLD unshareselinux --fork --load-policy=$dir/kid.bin --context=u:r:kid_t nosuch; echo ended: \$?"
is "and that there is none" "$(answer ended)" 127
sim -- spawn ignore:17 -- nosuch
is "selinuxns_spawn() of a caller that ignores it: the error" "$(answer spawn) $(answer step)" "-1 ENOENT execute"

# ---- --kill-child -----------------------------------------------------------------------------------

# shellcheck disable=SC2016
for options in --kill-child --fork "--kill-child=TERM"; do
	sim -- unshare --pid unshareselinux "$options" "$kid" sh -c 'echo "pid: $$"; exit 5'
	is "in a new pid namespace: it is pid 1 ($options)" "$status $(answer pid)" "5 1"
done
# shellcheck disable=SC2016
sim -- unshare --pid --fork unshareselinux --kill-child "$kid" sh -c 'echo "pid: $$"; exit 5'
is "by a pid 1" "$status $(answer pid)" "5 2"
for value in 0 00 SIG0 EXIT; do
	rm -f "$dir/ran"
	sim -- unshareselinux --kill-child=$value touch "$dir/ran"
	is "--kill-child=$value: 125, and nothing ran" "$status $(ran)" "125 "
	like "and why" "$err" "^unshareselinux: --kill-child: '$value' is not a signal"
done

# ---- descriptors ----------------------------------------------------------------------------------------

# lowest OPTION...: the lowest number is closed, and the command must not get it as something else
for option in '' --fork "$kid" --status-fd=9 "--fork --status-fd=9 --root=/" "--policy-fd=8 --context=u:r:kid_t"; do
	for order in "--keep-fd=3 $option" "$option --keep-fd=3"; do
		rm -f "$dir/ran"
		inside "exec 3<&-; unshareselinux $order touch $dir/ran 9>/dev/null 8<$dir/kid.bin"
		is "the lowest number, which is closed: 125 ($order)" "$status $(ran)" "125 "
		like "and why" "$err" '^unshareselinux: .*3.* not .*open'
	done
done
# json FILE: its objects' kinds, in order
json() { python3 -c 'import json, sys
for line in open(sys.argv[1]): o = json.loads(line); print(*o) if "error" not in o else print("error", o["error"]["step"], o["error"]["errno"])' "$1"; }
for fork in '' --fork; do
	for keep in 9 8 0; do
		inside "unshareselinux $fork --status-fd=9 --keep-fd=$keep nosuch 9>$dir/status 8</dev/null"
		is "with --keep-fd=$keep the error of the execution still arrives ($fork)" "$status $(json "$dir/status" | tail -n 1)" "127 error execute 2"
		inside "unshareselinux $fork --keep-fd=$keep --status-fd=9 /etc/passwd 9>$dir/status 8</dev/null"
		is "also one that is not executable ($fork)" "$status $(json "$dir/status" | tail -n 1)" "126 error execute 13"
	done
	inside --fault=close_range:ENOSYS:1:unshareselinux "unshareselinux $fork --status-fd=9 --keep-fd=9 touch $dir/ran 9>$dir/status"
	is "also where the descriptors cannot be closed ($fork)" "$status $(json "$dir/status" | tail -n 1) $(ran)" "125 error close descriptors 38 "

	# The reader of the status has gone.
	inside "{ unshareselinux $fork --status-fd=9 -v $kid sh -c 'sleep 0.3; exit 7'; echo ended: \$? >&2; } 9> >(exec true)"
	like "a reader of --status-fd that went away does not end it ($fork)" "$err" '^ended: 7$'
	inside "mkfifo $dir/p\$\$; exec 8<>$dir/p\$\$ 9>$dir/p\$\$; exec 8<&-
		unshareselinux $fork --status-fd=9 sh -c 'kill -PIPE \$\$; echo still here'; echo ended: \$?"
	is "and the command has SIGPIPE as ever ($fork)" "$(answer ended)" 141
done
inside "trap '' PIPE; unshareselinux --fork --status-fd=9 sh -c 'kill -PIPE \$\$; exit 7' 9>/dev/null; echo ended: \$?"
is "or ignored, if the caller ignores it" "$(answer ended)" 7
finish
