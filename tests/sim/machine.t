#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# machine.t - the machine underneath: what it must have, what is left behind on it, and whether
# the simulator grows.
# shellcheck source=tests/sim/lib.sh disable=SC2016,SC2086
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
context=$(sim -- cat /proc/self/attr/current | tr -d '\0')

# ---- what it must have
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	like "$(unshare -m sh -c 'mount -t tmpfs none /dev && selinuxns-sim -- true' 2>&1; echo $?)" \
		"selinuxns-sim:*/dev/fuse: No such file or directory; FUSE is needed*125" "no /dev/fuse: a message, 125"
	cat >"$dir/chroot.sh" <<-'SH'
	mkdir "$1/root" && cd "$1/root" || exit
	for d in bin sbin lib lib64 usr etc proc sys dev tmp; do
		[ -e "/$d" ] || continue
		if [ -L "/$d" ]; then cp -a "/$d" .; else mkdir "$d" && mount --rbind "/$d" "$d"; fi
	done
	mkdir sim && mount --bind "$2" sim || exit
	chroot . /sim/selinuxns-sim -- true; echo $?
	mount --rbind . . && chroot "$1/root" /sim/selinuxns-sim -- true; echo $?
	SH
	like "$(unshare -m sh "$dir/chroot.sh" "$dir" "$build/sim" 2>&1)" \
		"selinuxns-sim:*: the root is no mount point*mount --bind DIR DIR*125"$'\n0' \
		"in a chroot whose root is no mount point: the cause and the remedy"
else
	skip "no /dev/fuse: a message, 125" "only root can take it away"
	skip "in a chroot: the cause and the remedy" "only root can make one"
fi
like "$(unshare -U sh -c 'selinuxns-sim --no-policy -- true' 2>&1; echo $?)" "*125" "no rights at all: 125" 
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	mkdir "$dir/bin"
	cp "$build/sim/selinuxns-sim" "$build/tests/conformance/lsm" "$build/tests/conformance/fs" "$dir/bin"
	cat >"$dir/ordinary.sh" <<-SH
	mount -t tmpfs none /mnt && mknod -m 666 /mnt/fuse c 10 229 && mount --bind /mnt/fuse /dev/fuse || exit 77
	export PATH=$dir/bin:/usr/bin:/bin:/usr/sbin:/sbin
	cd /
	exec setpriv --reuid=65534 --regid=65534 --clear-groups "\$@"
	SH
	ordinary() { timeout 60 unshare -m --propagation private bash "$dir/ordinary.sh" "$@" 2>&1; }
	if why=$(ordinary selinuxns-sim --no-policy -- true); then
		is "$(ordinary selinuxns-sim -- sh -c 'id -u; id -Z')" "0"$'\n'"$context" "an ordinary user: root of a user namespace"
		is "$(ordinary selinuxns-sim -- lsm unshare unshare -m --propagation private fs mount /sys/fs/selinux)" 0 "who can mount a selinuxfs"
		is "$(ordinary selinuxns-sim -- sh -c 'setenforce 1; getenforce')" Enforcing "and set the mode"
		is "$(ordinary selinuxns-sim -- sh -c 'exit 9'; echo $?)" 9 "with the command's status"
		is "$(ordinary sh -c 'echo 0 >/proc/self/oom_score_adj; unshare -U true && echo yes')" yes "(user namespaces are allowed)"
	else
		skip "an ordinary user" "${why##*$'\n'}"
	fi
else
	skip "an ordinary user" "only root can make the place for one"
fi

# ---- nothing is left behind
# What belongs to this run carries its mark in the environment.
mark=SELINUXNS_TEST_MARK=$$.$RANDOM
left() { grep -lsa "$mark" /proc/[0-9]*/environ | grep -v "/proc/self/" ; }
none_left() { [ -z "$(left)" ]; }
mounts() { cut -d' ' -f5 /proc/self/mountinfo | sort; }
before=$(mounts)
env "$mark" selinuxns-sim -- sh -c 'setsid -f sleep 100; sleep 100 & mkdir "$1"; fs mount "$1" >/dev/null; lsm unshare true; true' - "$dir/m"
none_left
ok $? "after the end: no process"
is "$(mounts)" "$before" "no mount"
is "$(ls "$dir/m")" '' "nor what the command mounted"

# start COMMAND...: the simulator in the background, until the command has said that it runs
start() {
	rm -f "$dir/running"
	env "$mark" selinuxns-sim -- bash -c 'sleep 100 & setsid -f sleep 100; : >"$1"; shift; "$@"' - "$dir/running" "$@" &
	simulator=$!
	until_true 20 test -e "$dir/running"
}
start sleep 100
kill -KILL $simulator
wait $simulator 2>/dev/null
until_true 5 none_left
ok $? "the simulator is killed (SIGKILL): no process"
is "$(mounts)" "$before" "no mount"
start bash -c 'while :; do getenforce >/dev/null; done'
kill -KILL $simulator
wait $simulator 2>/dev/null
until_true 5 none_left
ok $? "killed while the command is in system calls: no process"
start sleep 100
kill -KILL "$(pgrep -P $simulator | head -n 1)"
wait $simulator 2>/dev/null
is $? 137 "the command is killed: 137"
until_true 5 none_left
ok $? "no process"
start sleep 100
kill -TERM $simulator
wait $simulator 2>/dev/null
is $? 143 "SIGTERM goes to the command: 143"
until_true 5 none_left
ok $? "no process"

# ---- it does not grow
cat >"$dir/grow.sh" <<'SH'
# The simulator is this process's tracer.
tracer=$(sed -n 's/^TracerPid:\t//p' /proc/self/status)
measure() { echo "$(ls /proc/$tracer/fd | wc -l) $(ls /proc/$tracer/task | wc -l) $(sed -n 's/^VmRSS:[\t ]*\([0-9]*\).*/\1/p' /proc/$tracer/status)"; }
settled() { local i last=; for i in $(seq 100); do now=$(measure); [ "${now% *}" = "${last% *}" ] && break; last=$now; sleep 0.1; done; echo "$now"; }
one() { unshare -m --propagation private lsm unshare bash -c 'fs mount "$0"; exec 3<"$0/enforce"; read -r -n 1 x <&3; : </proc/self/attr/current' "$1" >/dev/null; }
for i in $(seq 20); do one "$1"; done
first=$(settled)
for i in $(seq 300); do one "$1"; done
second=$(settled)
echo "$first $second"
SH
mkdir "$dir/grow"
read -r fds tasks rss fds2 tasks2 rss2 < <(sim -- bash "$dir/grow.sh" "$dir/grow")
echo "# descriptors $fds -> $fds2, threads $tasks -> $tasks2, memory $rss -> $rss2 kB"
is "$fds2 $tasks2" "$fds $tasks" "300 set-ups: no more descriptors, no more threads"
if ldd "$(command -v selinuxns-sim)" | grep -q libasan; then
	skip "and no more memory" "the address sanitizer keeps what is freed"
else
	[ "$rss2" -lt $((rss + 3000)) ]
	ok $? "and no more memory"
fi
done_testing
