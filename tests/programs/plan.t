#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# plan.t - unshareselinux(1): a whole namespace by one command. What its options do, what it tells
# a person and a driving program, its exit statuses, signals, and bad values of every option.
. "$(dirname "$0")/lib.sh"
need_policy
need_tool secilc python3
export dir

policy kid "$(may_all kid)" '(allow kid_other_t kid_security_t (security (all)))' \
	'(allow kid_other_t self (process (all)))'
policy other "$(may_all other)"
kid=--load-policy=$dir/kid.bin
other=--context=u:r:kid_other_t
cat >"$dir/state" <<'END'
#!/bin/sh
echo "context: $(tr -d '\0' </proc/self/attr/current)"
echo "mode: $(getenforce)"
echo "boolean: $(cat /sys/fs/selinux/booleans/kid_bool 2>/dev/null)"
echo "unshared: $(selinuxunshared)"
echo "directory: $(pwd)"
END
chmod 755 "$dir/state"
state() { echo "$(answer context) $(answer mode) $(answer unshared)"; }
# inside [SIM-OPTION...] SCRIPT
inside() { sim "${@:1:$#-1}" -- bash -c "${!#}"; }

# json FILE: its objects, one a line, as python reads them
json() {
	python3 - "$1" <<-'END'
	import json, sys
	for line in open(sys.argv[1], encoding="utf-8"):
	    o = json.loads(line)
	    if "step" in o: print("step", o["step"], "object", o["object"])
	    elif "error" in o: print("error", *(o["error"][k] for k in ("step", "object", "errno", "message")))
	    else: print(*next(iter(o.items())))
	    assert set(o) in ({"step", "object"}, {"error"}, {"pid"}, {"exit"}), o
	END
}

# ---- one line ---------------------------------------------------------------------------

sim -- unshareselinux "$kid" "$other" --boolean=kid_bool=on --enforcing --wd=/usr "$dir/state"
is "policy, context, boolean, mode and directory by one command" \
	"$status $(state) $(answer boolean) $(answer directory)" "0 u:r:kid_other_t Enforcing 0 1 1 /usr"
is "which says nothing" "$err" ""
sim -- unshareselinux "$kid" "$dir/state"
is "by default permissive, in the initial context" "$(state)" "u:r:kid_t Permissive 0"
sim -- unshareselinux "$kid" --exec-context=u:r:kid_other_t "$dir/state"
is "a context for the command" "$(state)" "u:r:kid_other_t Permissive 0"
sim -- unshareselinux "$kid" --enforcing --permissive "$dir/state"
is "of the modes the last counts" "$(state)" "u:r:kid_t Permissive 0"
sim -- unshareselinux "$kid" --boolean kid_bool=on --boolean kid_bool=off "$dir/state"
is "of a boolean's values too" "$(answer boolean)" "0 0"
for value in on 1 true; do
	sim -- unshareselinux "$kid" --boolean="kid_bool=$value" "$dir/state"
	is "a boolean that is $value" "$(answer boolean)" "1 1"
done
for mode in enforcing permissive disabled; do
	mkdir -p "$dir/$mode/etc/selinux/mini/policy" "$dir/$mode/sys/fs/selinux" "$dir/$mode"/{usr,proc}
	printf 'SELINUX=%s\nSELINUXTYPE=mini\n' $mode >"$dir/$mode/etc/selinux/config"
	cp "$dir/kid.bin" "$dir/$mode/etc/selinux/mini/policy/policy.33"
	for link in bin sbin lib lib64; do [ ! -e /usr/$link ] || ln -s usr/$link "$dir/$mode/"; done
	inside "unshare -m sh -c 'mount --bind /usr $dir/$mode/usr; exec unshareselinux --root=$dir/$mode --load-policy \
		--configured-mode cat /sys/fs/selinux/enforce /sys/fs/selinux/class/kid_class/perms/kid_first'"
	is "a root that is configured to be $mode: its policy, that mode" "$status ${out:0:1}" \
		"0 $([ $mode = enforcing ] && echo 1 || echo 0)"
done

# ---- --policy-fd --------------------------------------------------------------------------

inside "exec 5<$dir/kid.bin; head -c 50 <&5 >/dev/null; unshareselinux --policy-fd=5 -v $dir/state"
is "a policy by descriptor, from its beginning" "$status $(state)" "0 u:r:kid_t Permissive 0"
like "named so" "$err" '^unshareselinux: load policy: descriptor 5$'
inside "unshareselinux --load-policy --policy-fd=5 $dir/state 5<$dir/kid.bin"
is "it takes the place of the configured one" "$(answer context)" u:r:kid_t
inside "unshareselinux --root=$dir/enforcing --policy-fd=5 --dry-run sh 5<$dir/other.bin"
is "a policy from outside of a root" "$status $(grep -c '^ok .*check policy: descriptor 5' <<<"$out")" "0 1"
inside "unshareselinux --policy-fd=5 --load-policy=$dir/kid.bin touch $dir/ran 5<$dir/other.bin"
is "two policies are refused" "$status ${err##*: }" "125 one policy is loaded, not two"
inside "unshareselinux --policy-fd=5 touch $dir/ran 5>/dev/null"
is "a descriptor that is not a file's" "$status" 125
like "with the reason" "$err" '^unshareselinux: [a-z ]*: descriptor 5: '
inside "unshareselinux --policy-fd=55 touch $dir/ran"
is "a descriptor that is closed" "$status" 125
inside "cat $dir/kid.bin | unshareselinux --policy-fd=0 touch $dir/ran"
is "a pipe" "$status" 125
ok "nothing of that ran" test ! -e "$dir/ran"

# ---- --dry-run ------------------------------------------------------------------------------

inside "unshareselinux --dry-run $kid $other --enforcing --boolean=kid_bool=on touch $dir/ran; echo status: \$?
	$dir/state; grep -c ' - selinuxfs ' /proc/self/mountinfo"
is "a dry run that passes: 0" "$(answer status)" 0
is "every check is printed, none failed" \
	"$(grep -c '^ok      check ' <<<"$out") $(grep -c ^FAILED <<<"$out")" "13 0"
for check in mounts kernel threads privilege limits root "mount point" policy mode boolean context; do
	like "among them: $check" "$out" "^ok      check $check: "
done
planned=$(sed -n 's/^step    //p' <<<"$out")
is "and nothing has changed" "$(state) ${out##*$'\n'}" "$(
	inside "$dir/state"
	state
) 1"
sim -- unshareselinux -v "$kid" "$other" --enforcing --boolean=kid_bool=on touch "$dir/dry"
is "the steps that it prints are those that are taken then, with their objects" "$planned" "$(sed 's/^unshareselinux: //' <<<"$err")"
sim -- unshareselinux --dry-run "$kid" --context=u:r:nosuch_t --boolean=nosuch=1 touch "$dir/ran"
is "one that fails: 125" "$status" 125
is "with all the failures" "$(grep -c ^FAILED <<<"$out")" 2
is "and no steps, as none would be taken" "$(grep -c '^step ' <<<"$out")" 0
like "each a sentence" "$out" '^FAILED  check context: u:r:nosuch_t: it is no context of the policy'
sim -- unshareselinux --dry-run nosuch
like "what cannot be told is said to be unknown" "$out" '^unknown check command: nosuch: it is not found'
sim -- unshareselinux --dry-run --fork true
unlike "a command that is forked needs no single thread" "$out" 'check threads'
sim --kernel=no-namespaces -- unshareselinux --dry-run true
is "a kernel without namespaces" "$status $(grep -c '^FAILED  check kernel' <<<"$out")" "125 1"
inside 'unshareselinux --dry-run true >/dev/full'
is "no room for the output: 125" "$status" 125
ok "a dry run runs nothing" test ! -e "$dir/ran"

# ---- exit statuses ----------------------------------------------------------------------------

for fork in '' --fork; do
	how=${fork:-without --fork}
	sim -- unshareselinux $fork "$kid" sh -c 'exit 7'
	is "$how: the command's status" "$status" 7
	# shellcheck disable=SC2016
	sim -- unshareselinux $fork "$kid" sh -c 'kill -KILL $$'
	is "$how: a signal's number, and 128" "$status" 137
	sim -- unshareselinux $fork "$kid" nosuch
	is "$how: not found: 127" "$status" 127
	sim -- unshareselinux $fork "$kid" /etc/passwd
	is "$how: not executable: 126" "$status" 126
	sim --fault=selinuxfs/load/write:EINVAL -- unshareselinux $fork "$kid" touch "$dir/ran"
	is "$how: a step that fails: 125" "$status" 125
	like "$how: and a message" "$err" '^unshareselinux: load policy: '
	sim -- unshareselinux $fork --context=nosuch touch "$dir/ran"
	is "$how: a check that fails: 125" "$status" 125
	ok "$how: and nothing ran" test ! -e "$dir/ran"
done
sim -- unshareselinux --fork sh -c 'exit 126'
is "a command's own 126 is no failure of ours" "$status $err" "126 "
SHELL='' sim -- unshareselinux -f </dev/null
is "without a command a shell" "$status" 0
inside 'SHELL=/bin/echo unshareselinux'
is "the one that SHELL names" "$status $out" "0 "

# ---- signals ------------------------------------------------------------------------------------

cat >"$dir/trapper" <<'END'
#!/bin/bash
# Says the signals that it gets; ends with the first TERM or with a count of 40.
for s in HUP INT QUIT USR1 USR2 ALRM CONT; do trap "echo got $s" $s; done
trap 'echo got TERM; exit 15' TERM
echo up
for ((i = 0; i < 400; i++)); do sleep 0.1; done
END
chmod 755 "$dir/trapper"
# Start it with these options, send the signals, and show how it ended.
signals() {
	inside "unshareselinux --fork $1 $dir/trapper >$dir/trapper.out & pid=\$!
		until grep -q up $dir/trapper.out; do sleep 0.05; done
		for s in $2; do kill -\$s \$pid; until grep -q \"got \$s\" $dir/trapper.out; do sleep 0.05; done; done
		wait \$pid; echo ended: \$?; cat $dir/trapper.out"
}
signals "" "HUP USR1 USR2 ALRM CONT TERM"
is "signals are forwarded" "$(sed -n 's/^got //p' <<<"$out" | tr '\n' ' ')" "HUP USR1 USR2 ALRM CONT TERM "
is "and the command's end is ours" "$(answer ended)" 15
inside "trap '' USR1; unshareselinux --fork sh -c 'sleep 1; echo through' & pid=\$!; sleep 0.7; kill -USR1 \$pid; wait \$pid; echo ended: \$?"
is "one that is ignored is ignored by both" "$(answer ended) $(grep -c through <<<"$out")" "0 1"
inside "unshareselinux --fork sleep 60 & pid=\$!; sleep 0.7; kill -TERM \$pid; wait \$pid; echo ended: \$?"
is "a command that a forwarded signal ends" "$(answer ended)" 143

sleeper=sleep$$
cp "$(command -v sleep)" "$dir/$sleeper"
# killed OPTION SIGNAL: is the command gone when unshareselinux was killed?
killed() {
	inside "unshareselinux $1 $dir/$sleeper 50 & pid=\$!
		until ps -o stat= -C $sleeper | grep -q S; do sleep 0.05; done; kill -KILL \$pid; sleep 0.3
		ps -o stat= -C $sleeper | grep -vc Z"
}
killed --kill-child
is "--kill-child: the command ends with us" "${out##*$'\n'}" 0
killed --kill-child=TERM
is "--kill-child=TERM too" "${out##*$'\n'}" 0
for signal in SIGHUP 15; do
	killed --kill-child=$signal
	is "--kill-child=$signal too" "${out##*$'\n'}" 0
done
killed --kill-child=CONT
is "a signal that does not end it" "${out##*$'\n'}" 1
killed --fork
is "without the option it goes on" "${out##*$'\n'}" 1

# ---- --wait-limit ---------------------------------------------------------------------------------

inside --maxns=2 --free-delay=600 'unshareselinux true && unshareselinux true; echo second: $?'
is "a limit: 125 at once" "$(answer second)" 125
like "and which" "$err" 'maxns'
inside --maxns=2 --free-delay=600 'unshareselinux true && unshareselinux --wait-limit=5 true; echo second: $?'
is "with a wait it works" "$(answer second)" 0
inside --maxns=2 --free-delay=600 'unshareselinux true && unshareselinux --wait-limit 4.5 --fork true; echo second: $?'
is "also forked, and with a fraction" "$(answer second)" 0
inside --maxns=2 --free-delay=5000 'unshareselinux true; SECONDS=0; unshareselinux --wait-limit=0.2 true; echo second: $? $((SECONDS < 4))'
is "the wait is bounded" "$(answer second)" "125 1"

# ---- --setenv, --keep-fd -----------------------------------------------------------------------------

inside 'A=1 unshareselinux --setenv=B=2 --setenv A=3 --setenv=C= env'
is "variables are set" "$(grep -E '^[ABC]=|^SELINUXNS=' <<<"$out" | sort | tr '\n' ' ')" "A=3 B=2 C= SELINUXNS=1 "
sim -- unshareselinux --setenv=PATH=/nowhere env
is "the PATH that is set counts" "$status" 127
fds() { grep -x '[0-9]*' <<<"$out" | paste -s -d ' '; }
inside 'unshareselinux ls /proc/self/fd 7</dev/null'
like "without --keep-fd all are kept" " $(fds) " ' 7 '
inside 'unshareselinux --keep-fd=8 --keep-fd 9 ls /proc/self/fd 7</dev/null 8</dev/null 9</dev/null'
is "with it, 0 to 2 and those named" "$(fds)" "0 1 2 3 8 9"
inside 'unshareselinux --fork --keep-fd=8 ls /proc/self/fd 7</dev/null 8</dev/null'
is "also forked" "$(fds)" "0 1 2 3 8"
inside 'unshareselinux --keep-fd=8 touch $dir/ran'
is "one that is not open: 125" "$status $([ -e "$dir/ran" ] && echo ran)" "125 "
inside "unshareselinux --status-fd=6 --policy-fd=5 --keep-fd=6 ls /proc/self/fd 5<$dir/kid.bin 6>/dev/null"
is "those of other options are closed, if they are not named" "$(fds)" "0 1 2 3 6"

# ---- --status-fd, --verbose ----------------------------------------------------------------------------

inside "unshareselinux --fork --status-fd=9 -v $kid $other --enforcing sh -c 'exit 7' 9>$dir/status"
objects=$(json "$dir/status")
is "--verbose and --status-fd tell the same steps" "$(sed -n 's/^step \(.*\) object \(.*\)/\1: \2/p' <<<"$objects" | sed 's/: $//')" \
	"$(sed 's/^unshareselinux: //' <<<"$err")"
documented=$(sed -n 's/^\.IP "[0-9]*\. \(.*\)" 4$/\1/p' "$src/man/man1/unshareselinux.1")
is "in the documented order" "$(grep -xF -f <(sed -n 's/^step \(.*\) object .*/\1/p' <<<"$objects") <<<"$documented")" \
	"$(sed -n 's/^step \(.*\) object .*/\1/p' <<<"$objects")"
like "then the process" "$(tail -n 2 <<<"$objects" | head -n 1)" '^pid [0-9]+$'
is "and the status" "$(tail -n 1 <<<"$objects") $status" "exit 7 7"
inside "unshareselinux --status-fd=9 $kid true 9>$dir/status"
is "without --fork the last is the execution" "$(json "$dir/status" | tail -n 1)" "step execute object true"
inside "unshareselinux --status-fd=9 $kid --context=x:y true 9>$dir/status"
like "a failure, alone when nothing was changed" "$(json "$dir/status")" '^error check context x:y 22 check context: x:y: it is no context'
is "and no other object" "$(json "$dir/status" | wc -l) $status" "1 125"
for fork in '' --fork; do
	inside --fault=attr/current/write:EACCES "unshareselinux $fork --status-fd=9 $kid $other true 9>$dir/status"
	like "a step's failure is the last object ($fork)" "$(json "$dir/status" | tail -n 1)" '^error set context u:r:kid_other_t 13 '
	inside "unshareselinux $fork --status-fd=9 nosuch 9>$dir/status"
	like "a command that is not found too ($fork)" "$(json "$dir/status" | tail -n 1)" '^error execute nosuch 2 '
done
inside "unshareselinux --status-fd=9 --wd=\$'/a\\n\"\\\\b\\x01\\xff\\xc3\\xa4' true 9>$dir/status"
like "strange bytes of a path do no harm" "$(json "$dir/status")" '^error check directory /a'
inside 'unshareselinux --status-fd=9 --fork true 9>/dev/full; echo ended: $?'
is "no room for the status objects does not stop the command" "$(answer ended)" 0
for fork in '' --fork; do
	inside "unshareselinux $fork --status-fd=9 --policy-fd=8 ls -l /proc/self/fd 9>$dir/status 8<$dir/kid.bin"
	is "the command gets neither descriptor, nor a copy of it ($fork)" "$(grep -c "$dir/\(status\|kid.bin\)" <<<"$out")" 0
done
inside "unshareselinux --status-fd=9 --keep-fd=9 ls -l /proc/self/fd 9>$dir/status"
is "unless it shall" "$(grep -c "$dir/status" <<<"$out")" 1
sim -- bash -c "(unshareselinux --status-fd=9 sleep 20 9>&1 >/dev/null &) | (cat >/dev/null; echo read: \$SECONDS)"
like "so that a reader comes to the end when the command runs" "$(answer read)" '^[0-9]$'

# ---- bad values ------------------------------------------------------------------------------------------

# bad MESSAGE OPTION...: 125, with that message, and nothing happens
bad() {
	local message=$1
	shift
	sim -- unshareselinux "$@" touch "$dir/ran"
	is "$* : 125" "$status" 125
	like "$* : says why" "$err" "$message"
}
bad "^unshareselinux: --boolean: .*on" --boolean=kid_bool
bad "neither on nor off" --boolean=kid_bool=maybe
bad "^unshareselinux: --boolean.*Invalid argument" --boolean=a/b=on
bad "^unshareselinux: --boolean.*Invalid argument" --boolean==on
for value in -1 x 1x '' nan 99999999999; do bad "^unshareselinux: --wait-limit: " "--wait-limit=$value"; done
for value in x '' -1 1x 99999999999; do bad "^unshareselinux: --keep-fd: " "--keep-fd=$value"; done
for value in x '' -1; do bad "^unshareselinux: --policy-fd: " "--policy-fd=$value"; done
for value in x '' -1 99; do bad "^unshareselinux: --status-fd: " "--status-fd=$value"; done
for value in x =x ''; do bad "^unshareselinux: --setenv: " "--setenv=$value"; done
for value in x SIGX -1 999; do bad "^unshareselinux: --kill-child: " "--kill-child=$value"; done
bad "^unshareselinux: .*/nowhere" --load-policy=/nowhere
bad "^unshareselinux: .*/nowhere" --root=/nowhere
bad "^unshareselinux: .*/nowhere" --wd=/nowhere
bad "^unshareselinux: check context: x: " "$kid" --context=x
bad "^unshareselinux: check (exec )?context: x: " "$kid" --exec-context=x
bad "no policy is going to be loaded" --context=u:r:kid_t
bad "unrecognized option" --nosuch
bad "Try 'unshareselinux --help'" --nosuch
for option in boolean wait-limit keep-fd policy-fd status-fd setenv root wd context exec-context; do
	sim -- unshareselinux --$option
	is "--$option without a value: 125" "$status" 125
	like "--$option without a value: says so" "$err" "requires an argument"
done
for option in enforcing permissive configured-mode fork dry-run mount-selinuxfs; do
	sim -- unshareselinux --$option=x true
	is "--$option with a value: 125" "$status" 125
done
ok "nothing of all that ran" test ! -e "$dir/ran"
finish
