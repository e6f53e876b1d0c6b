#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# enforce.t - the permission checks on SELinux's own operations, when enforcing.
# shellcheck source=tests/sim/lib.sh disable=SC2016,SC2086
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
fs=/sys/fs/selinux
user=user_u:user_r:user_t:s0
policy=$(ls /etc/selinux/*/policy/policy.* | head -n 1)
bool=$(sim -- ls $fs/booleans | head -n 1)
confined() { sim --enforcing --context=$user -- "$@" 2>&1; }
set_attr() { echo "printf '$2' >/proc/self/attr/$1"; }

is "$(confined id -Z)" $user "a confined context, enforcing"
is "$(confined fs load $fs/load "$policy")" EACCES "load_policy"
is "$(confined fs write $fs/enforce 0)" EACCES "setenforce"
is "$(confined fs write $fs/enforce 1)" 1 "no change of the mode is always allowed"
is "$(confined fs write "$fs/booleans/$bool" 1)" EACCES "setbool"
is "$(confined fs write $fs/commit_pending_bools 1)" EACCES "setbool, to commit"
is "$(confined fs write $fs/avc/cache_threshold 100)" EACCES "setsecparam"
like "$(confined sh -c "$(set_attr exec system_u:system_r:init_t:s0)"; echo $?)" "*[1-9]" "setexec"
like "$(confined runcon system_u:system_r:init_t:s0 true; echo $?)" "*ermission denied*[1-9]" "setexec, by runcon(1)"
like "$(sim --enforcing --context=system_u:system_r:sshd_t:s0 -- runcon system_u:system_r:init_t:s0 true 2>&1; echo $?)" \
	"*ermission denied*126" "transition"
like "$(confined sh -c "$(set_attr current system_u:system_r:init_t:s0)"; echo $?)" "*[1-9]" "setcurrent and dyntransition"
like "$(confined cat /proc/1/attr/current; echo $?)" "*ermission denied*1" "getattr of another domain's process"
is "$(confined sh -c 'cat /proc/$PPID/attr/current >/dev/null 2>&1; sh -c "tr -d \"\\0\" </proc/\$PPID/attr/current"')" $user "not of its own"
is "$(confined lsm set 100 ctx=system_u:system_r:init_t:s0)" EACCES "by the system call as well"
like "$(confined load_policy; echo $?)" "*ermission denied*[1-9]" "load_policy(8) says so"
like "$(confined setenforce 0; echo $?)" "*ermission denied*[1-9]" "setenforce(8) says so"
is "$(sim --enforcing -- sh -c 'setenforce 0 && getenforce')" Permissive "an unconfined context may"
is "$(sim --enforcing -- fs load $fs/load "$policy")" "$(stat -c %s "$policy")" "also load"
is "$(sim --context=$user -- fs load $fs/load "$policy")" "$(stat -c %s "$policy")" "a permissive kernel denies none of this"

# An entry point: init_t may become sshd_t through sshd_exec_t, not through a shell.
from=system_u:system_r:initrc_t:s0
like "$(sim --enforcing --context=$from -- runcon system_u:system_r:sshd_t:s0 /bin/true 2>&1; echo $?)" "*ermission denied*126" "entrypoint"
is "$(sim --context=$from -- runcon system_u:system_r:sshd_t:s0 id -Z)" system_u:system_r:sshd_t:s0 "permissive: it passes"

# Types that only narrow: a thread among others changes its context to a bounded one only.
if [ -x /usr/bin/python3 ]; then
	like "$(sim -- /usr/bin/python3 -c '
import os, threading, time
threading.Thread(target=time.sleep, args=(1,), daemon=True).start()
try:
    os.write(os.open("/proc/thread-self/attr/current", os.O_WRONLY), b"system_u:system_r:init_t:s0")
except OSError as e:
    print(e.strerror)' 2>&1)" "*Operation not permitted*" "setcon in a process with threads: EPERM"
	is "$(sim -- /usr/bin/python3 -c '
f = open("/proc/thread-self/attr/current", "w")
f.write("system_u:system_r:init_t:s0")
f.close()
print(open("/proc/thread-self/attr/current").read().strip("\0"))')" system_u:system_r:init_t:s0 "without: it passes"
fi
# no_new_privs keeps a process in its context, silently; asked for, it is an error.
cp "$(command -v id)" "$dir/id"
as_sshd() { sim --enforcing --context=$from -- sh -c 'mount -t tmpfs x /usr/sbin; cp "$1" /usr/sbin/sshd; shift; "$@"' - "$dir/id" "$@" 2>&1; }
is "$(as_sshd /usr/sbin/sshd -Z)" system_u:system_r:sshd_t:s0 "(a transition by the file's label)"
is "$(as_sshd setpriv --no-new-privs /usr/sbin/sshd -Z)" $from "no_new_privs: no transition by default"
like "$(as_sshd setpriv --no-new-privs runcon system_u:system_r:sshd_t:s0 /usr/sbin/sshd -Z; echo $?)" "*Operation not permitted*126" \
	"no_new_privs: EPERM for one that is asked for"
done_testing
