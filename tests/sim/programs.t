#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# programs.t - the distribution's programs run in the simulator, unmodified.
# shellcheck source=tests/sim/lib.sh disable=SC2016,SC2086
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
context=$(sim -- cat /proc/self/attr/current | tr -d '\0')

# Each in one simulator, so that one cannot spoil the other.
have() { command -v "$1" >/dev/null || { skip "$1" "not installed"; return 1; }; }

have getenforce && is "$(sim -- getenforce)" Permissive "getenforce"
have setenforce && is "$(sim -- sh -c 'setenforce 1; getenforce; setenforce 0; getenforce')" $'Enforcing\nPermissive' "setenforce"
if have sestatus; then
	out=$(sim -- sestatus)
	like "$out" "*SELinux status:*enabled*Current mode:*permissive*MLS status:*enabled*" "sestatus"
	like "$(sim -- sestatus -b)" "*booleans:*" "sestatus -b"
fi
have load_policy && is "$(sim -- sh -c 'load_policy && id -Z')" "$context" "load_policy"
have runcon && is "$(sim -- runcon system_u:system_r:init_t:s0 id -Z)" system_u:system_r:init_t:s0 "runcon"
have runcon && is "$(sim -- runcon -t initrc_t -r system_r id -Z)" "${context%%:*}:system_r:initrc_t:${context#*:*:*:}" "runcon, by parts"
have id && is "$(sim -- id -Z)" "$context" "id -Z"
if have ps; then
	like "$(sim -- ps -Z)" "LABEL*$context*ps*" "ps -Z"
	like "$(sim -- ps -eZ)" "*system_u:system_r:kernel_t:s0*" "ps -eZ: what is not of this machine is the kernel's"
fi
have selinuxenabled && is "$(sim -- selinuxenabled; echo $?)" 0 "selinuxenabled"
if have getsebool; then
	[ "$(sim -- getsebool -a | grep -c ' --> ')" -gt 10 ]
	ok $? "getsebool -a"
	bool=$(sim -- getsebool -a | sed -n '1s/ .*//p')
	have setsebool && is "$(sim -- sh -c "setsebool $bool 1; getsebool $bool; setsebool $bool 0; getsebool $bool")" \
		"$bool --> on"$'\n'"$bool --> off" "setsebool"
fi
like "$(sim -- mount)" "*selinuxfs on /sys/fs/selinux type selinuxfs (rw*" "mount lists selinuxfs"
[ "$(sim -- mount | grep -c fuse.selinuxns)" -eq 0 ]
ok $? "and nothing of how it is served"
is "$(sim -- sh -c 'mkdir "$1" && mount -t selinuxfs none "$1" && cat "$1/enforce" && umount "$1" && ls "$1"' - "$dir/m")" 0 "mount and umount"
if [ -x /usr/bin/python3 ]; then
	like "$(sim -- /usr/bin/python3 -c '
import ctypes, os
fd = ctypes.CDLL(None).syscall(430, b"selinuxfs", 1)
print("fd" if fd > 2 else "none", flush=True)
os.read(fd, 100)' 2>&1)" fd$'\n'*OSError* "fsopen(2): who reads messages until that fails, as mount(8) does, comes to an end"
else
	skip "fsopen(2): who reads messages until that fails comes to an end" "no /usr/bin/python3"
fi
is "$(sim -- findmnt -n -o FSTYPE /sys/fs/selinux)" selinuxfs "findmnt"
is "$(sim -- unshare -m id -Z)" "$context" "unshare -m"
is "$(sim -- unshare -p -f --mount-proc id -Z)" "$context" "unshare -p: the numbers of another pid namespace"
is "$(sim -- unshare -p -f --mount-proc sh -c 'sleep 60 & cat /proc/$!/attr/current | tr -d "\0"')" "$context" "and another process's attributes there"
is "$(sim -- unshare -U -r id -Z)" "$context" "unshare -U"
is "$(sim -- bash -c 'cat <(id -Z) | tr a-z A-Z')" "$(tr a-z A-Z <<<"$context")" "bash: pipes and process substitution"
is "$(sim -- bash -c 'echo $(< /proc/self/attr/current)' 2>/dev/null)" "$context" "bash: it reads the file itself"
is "$(sim -- cat /proc/thread-self/attr/current | tr -d '\0')" "$context" "/proc/thread-self"
is "$(sim -- sh -c 'cd /proc/self/attr && cat current | tr -d "\0"')" "$context" "by a relative path"
if [ -x /usr/bin/python3 ] && /usr/bin/python3 -c 'import selinux' 2>/dev/null; then
	is "$(sim -- /usr/bin/python3 -c 'import selinux
print(selinux.is_selinux_enabled(), selinux.security_getenforce(), selinux.getcon()[1])
print(selinux.getpidcon(1)[1])
print(selinux.security_check_context("system_u:system_r:init_t:s0"))
print(selinux.selinux_check_access("system_u:system_r:init_t:s0", "system_u:system_r:init_t:s0", "process", "fork"))
c = selinux.security_compute_create("system_u:system_r:init_t:s0", "system_u:object_r:initrc_exec_t:s0", selinux.string_to_security_class("process"))
print(c[1])')" "1 0 $context"$'\nsystem_u:system_r:kernel_t:s0\n0\n0\nsystem_u:system_r:initrc_t:s0' "python3 with the selinux module"
else
	skip "python3 with the selinux module" "not installed"
fi
if ${CC:-cc} -static -o "$dir/static" "$src/tests/conformance/lsm.c" 2>"$dir/log"; then
	is "$(sim -- "$dir/static" get 106)" "1 40 101 0 40 1 00" "a statically linked program"
	# A root of its own, with nothing else in it.
	mkdir -p "$dir/root/proc" "$dir/root/bin"
	cp "$dir/static" "$dir/root/bin/lsm"
	is "$(sim -- chroot "$dir/root" /bin/lsm unshare /bin/lsm get 106)" "1 40 101 0 40 1 01" "in a chroot"
else
	skip "a statically linked program" "there is no static libc"
fi
hex=$(printf '%s\0' "$context" | od -An -v -tx1 | tr -d ' \n')
like "$(sim -- lsm get 100)" "1 * 101 0 * $((${#context} + 1)) $hex" "the LSM system calls"
is "$(sim -- sh -c 'mkdir "$1"; fs newmount "$1" && cat "$1/enforce"' - "$dir/n")" $'ok ok ok ok\n0' "the new mount calls"
is "$(sim -- unshareselinux sh -c 'selinuxunshared; echo $?')" $'1\n0' "unshareselinux and selinuxunshared"
like "$(sim -- unshareselinux --load-policy id -Z)" "system_u:system_r:kernel_t:s0" "unshareselinux --load-policy"

# An unlabelled machine behaves like a labelled one: by the store's file contexts.
if [ -e /usr/sbin/crond ] || [ -e /usr/sbin/cron ]; then
	skip "a transition by file contexts, of cron" "see the next"
fi
cp "$(command -v id)" "$dir/id"
sim -- sh -c "id -Z" >/dev/null
is "$(sim --context=system_u:system_r:initrc_t:s0 -- sh -c 'mount -t tmpfs x /usr/sbin; cp "$1" /usr/sbin/sshd; /usr/sbin/sshd -Z' - "$dir/id")" \
	system_u:system_r:sshd_t:s0 "a transition by the file contexts"
is "$(sim --context=system_u:system_r:initrc_t:s0 -- sh -c '"$1" -Z' - "$dir/id")" system_u:system_r:initrc_t:s0 "and none without"
done_testing
