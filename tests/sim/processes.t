#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# processes.t - threads, signals, every way to start and to end a process, in the simulator.
# shellcheck source=tests/sim/lib.sh disable=SC2016,SC2086
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
context=$(sim -- cat /proc/self/attr/current | tr -d '\0')
python=/usr/bin/python3

# ---- exit statuses
is "$(status -- true)" 0 "status 0"
is "$(status -- sh -c 'exit 7')" 7 "the command's own status"
is "$(status -- /nonexistent)" 127 "127: no such command"
is "$(status -- no-such-command)" 127 "127: none in PATH"
is "$(status -- /etc/passwd)" 126 "126: not executable"
is "$(status -- /)" 126 "126: a directory"
for sig in TERM KILL INT QUIT SEGV ABRT; do
	is "$(status -- sh -c "kill -$sig \$\$")" $((128 + $(kill -l $sig))) "128 + signal: $sig"
done
like "$(sim -- /nonexistent 2>&1)" "selinuxns-sim: /nonexistent: No such file or directory" "and a message"
is "$(status --no-such-option)" 125 "125: a wrong option"
is "$(status)" 125 "125: no command"

# ---- arguments, descriptors, environment
is "$(sim -- printf '%s|' a $'b\nc' '' $'\x01\xff' '*')" "a|b"$'\n'"c||"$'\x01\xff'"|*|" "arguments with newlines and odd bytes"
is "$(sim -- sh -c 'printf %s "$1"' - "$(head -c 100000 /dev/zero | tr '\0' x)" | wc -c)" 100000 "a long argument"
is "$(echo text | sim -- cat)" text "standard input"
is "$(sim -- sh -c 'echo $0$A' <&- ; echo $?)" $'sh\n0' "standard input closed"
is "$(sim -- sh -c 'ls -l /proc/self/fd/0 2>&1 | grep -c "No such"' <&-)" 1 "it is closed for the command, too"
is "$(sim -- sh -c 'echo x 2>/dev/null; echo $? >&2' 2>&1 >&-)" 1 "standard output closed: the command's write fails, not the simulator"
is "$(sim -- sh -c 'exit 3' <&- >&- 2>&-; echo $?)" 3 "all three closed"
is "$(sim -- sh -c 'echo $$ $PPID $(ls /proc/self/fd | wc -l)' 3</dev/null | cut -d' ' -f3)" "$(sh -c 'echo $$ $PPID $(ls /proc/self/fd | wc -l)' 3</dev/null | cut -d' ' -f3)" \
	"the command gets the caller's descriptors and no other"
# (Not of the signals that the C library keeps for itself: 32 and 33.)
signals() { sed -n 's/^Sig[BI][a-z]*:\t.*\(.......\)$/\1/p'; }
is "$(trap '' USR1; sim -- grep Sig /proc/self/status | signals)" "$(trap '' USR1; timeout --foreground 60 grep Sig /proc/self/status | signals)" \
	"and the caller's signal mask and ignored signals"
is "$(A=b sim -- sh -c 'echo $A')" b "and the caller's environment"
is "$(cd / && sim -- pwd)" / "and the caller's directory"

# ---- threads and signals
is "$(sim -- threads storm 1)" ok "threads that read their contexts while signals reach them"
is "$(sim -- threads queue 2000)" ok "queued signals keep their order, sender and value while calls are looked at"
for _ in 1 2 3 4 5 6 7 8; do
	out=$(sim -- threads exec id -Z) && [ "$out" = "$context" ] || break
done
is "$out" "$context" "exec in a thread that is not the main one, beside others in system calls"
is "$(sim -- runcon user_u:user_r:user_t:s0 threads exec id -Z)" user_u:user_r:user_t:s0 "it keeps its context"
is "$(sim -- lsm unshare threads exec lsm get 106)" "1 40 101 0 40 1 01" "and its namespace"
if [ -x $python ]; then
	cat >"$dir/spawn.py" <<-'PY'
	import os, subprocess, sys
	# posix_spawn uses CLONE_VFORK; so does subprocess
	for i in range(20):
	    pid = os.posix_spawn("/usr/bin/id", ["id", "-Z"], os.environ)
	    os.waitpid(pid, 0)
	    subprocess.run(["id", "-Z"])
	PY
	is "$(sim -- $python "$dir/spawn.py" | sort | uniq -c | tr -s ' ')" " 40 $context" "posix_spawn and vfork"
fi

# ---- stop and continue
cat >"$dir/stop.sh" <<'SH'
state() { sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$1/status"; }
wait_state() { for i in $(seq 500); do [ "$(state "$1")" = "$2" ] && return; sleep 0.01; done; echo "$(state "$1")"; }
bash -c 'while :; do read -r x </proc/self/attr/current; done' 2>/dev/null &
pid=$!
for i in 1 2 3; do
	# A stopped tracee is "t" or "T" to /proc.
	kill -STOP $pid
	for j in $(seq 500); do case $(state $pid) in [tT]) break ;; esac; sleep 0.01; done
	before=$(cut -d' ' -f14,15 /proc/$pid/stat); sleep 0.05; after=$(cut -d' ' -f14,15 /proc/$pid/stat)
	[ "$before" = "$after" ] || echo "runs on while stopped"
	kill -CONT $pid
	for j in $(seq 500); do case $(state $pid) in [RSD]) break ;; esac; sleep 0.01; done
done
kill -TERM $pid; wait $pid; echo $?
SH
is "$(sim -- bash "$dir/stop.sh")" 143 "SIGSTOP and SIGCONT"
is "$(sim -- bash -c 'set -m; sleep 0.1 & jobs -p >/dev/null; fg >/dev/null; (kill -STOP $BASHPID; exit 0) & wait $!; s=$?; kill -CONT $!; for i in $(seq 500); do wait $!; e=$?; [ $e -ne 147 ] && break; sleep 0.01; done; echo $s $e' 2>/dev/null)" "147 0" \
	"job control: a stopped job is seen, and goes on"
if [ -x $python ]; then
	cat >"$dir/stopthreads.py" <<-'PY'
	import os, signal, sys, threading, time
	# All threads of a stopped process stop, also those that are in a call that is looked at.
	pid = os.fork()
	if pid == 0:
	    def spin():
	        while True:
	            open("/proc/self/attr/current").read()
	    for i in range(3):
	        threading.Thread(target=spin, daemon=True).start()
	    spin()
	def times():
	    return [open(f"/proc/{pid}/task/{t}/stat").read().rsplit(")", 1)[1].split()[11:13] for t in os.listdir(f"/proc/{pid}/task")]
	for i in range(10):
	    time.sleep(0.02)
	    os.kill(pid, signal.SIGSTOP)
	    os.waitpid(pid, os.WUNTRACED)
	    time.sleep(0.03)
	    a = times()
	    time.sleep(0.05)
	    if times() != a:
	        print("a thread runs on")
	    os.kill(pid, signal.SIGCONT)
	    os.waitpid(pid, os.WCONTINUED)
	os.kill(pid, signal.SIGKILL)
	print(os.waitpid(pid, 0)[1])
	PY
	is "$(sim -- $python "$dir/stopthreads.py")" 9 "a process with threads is stopped whole"
fi

# ---- ends
is "$(sim -- bash -c 'for i in $(seq 30); do (sleep 100 & exec sleep 100) & done; echo over')" over "what the command leaves running is killed"
is "$(sim -- bash -c 'setsid -f bash -c "trap \"\" TERM HUP INT; sleep 100" </dev/null >/dev/null 2>&1; echo over')" over "daemons, too"
is "$(sim -- bash -c 'bomb() { (bomb2) & (bomb2) & }; bomb2() { for i in 1 2 3 4 5; do /bin/true & done; }; for i in $(seq 20); do bomb; done; kill -KILL $$'; echo $?)" 137 \
	"a command that is killed amid forks"
# Processes killed at the very moment they fork: none may be left waiting for ever.
cat >"$dir/killfork.sh" <<'SH'
for i in $(seq 60); do
	bash -c 'while :; do /bin/true; done' &
	pid=$!
	for j in $(seq $((i % 7))); do :; done
	kill -KILL $pid
	wait $pid 2>/dev/null
done
echo over
SH
is "$(sim -- bash "$dir/killfork.sh" 2>/dev/null)" over "processes killed while they fork"
is "$(sim -- bash -c 'for i in $(seq 200); do (:) & done; wait; id -Z')" "$context" "hundreds of short processes"

# ---- a file system that is served inside
mirror=$build/tests/sim/mirror
if [ -x "$mirror" ] && [ "$(id -u)" -eq 0 ]; then
	mkdir "$dir/mirrored" "$dir/mirror"
	cp "$(command -v id)" "$dir/mirrored/id"
	is "$(sim -- bash -c '"$1" "$2" "$3" & until mountpoint -q "$3"; do sleep 0.02; done; "$3/id" -Z; wc -c <"$3/id"' - \
		"$mirror" "$dir/mirrored" "$dir/mirror")" "$context"$'\n'"$(stat -c %s "$dir/mirrored/id")" \
		"a FUSE file system whose daemon is traced, too: no deadlock"
else
	skip "a FUSE file system whose daemon is traced, too: no deadlock" "not built, or not root"
fi

# ---- another machine, another tracer
like "$(sim -- selinuxns-sim -- true 2>&1; echo $?)" "*already*125" "a simulator in the simulator: a message, 125"
if command -v strace >/dev/null; then
	is "$(sim -- strace -o /dev/null true >/dev/null 2>&1; [ $? -ne 0 ] && echo refused)" refused "strace is refused"
fi
done_testing
