#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# abi-1-syscalls.t - chapter 1 of docs/kernel-abi.md on a kernel with namespaces: the LSM system
# calls, with each error.
# sim:
# shellcheck source=tests/conformance/lib.sh disable=SC2016,SC2086,SC2088
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
need_namespaces
[ "$(lsm get 106 | cut -d' ' -f1)" = 1 ] || skip_all "namespaces are not made by the LSM system calls here"

like " $(lsm list | cut -d' ' -f3-) " "* 101 *" "1.1 lsm_list_modules has SELinux, 101"
like "$(lsm get 100)" "1 * 101 0 *" "1.1 get(CURRENT) is attribute 100"
for attr in 101:EXEC 102:FSCREATE 103:KEYCREATE 105:SOCKCREATE; do
	is "$(lsm get "${attr%:*}")" "1 32 101 0 32 0 " "1.1 get(${attr#*:}) is attribute ${attr%:*}: unset, 32 bytes of header"
done
like "$(lsm get 104)" "1 * 101 0 *" "1.1 get(PREV) is attribute 104"

is "$(lsm get 106)" "1 40 101 0 40 1 00" "1.2 get(UNSHARE) in init: one entry, 40 bytes, the byte 0"
is "$(lsm unshare lsm get 106)" "1 40 101 0 40 1 01" "1.2 in a namespace without a policy: the byte 1"
is "$(lsm unshare bash -c 'lsm get 106' | cut -d' ' -f7)" 01 "1.2 also in a child process"

for flags in 0 1; do
	is "$(lsm get 106 flags=$flags)" "1 40 101 0 40 1 00" "1.3 flags $flags is fine"
done
like "$(lsm get 106 flags=2)" "EINVAL *" "1.3 flags 2: EINVAL"
like "$(lsm get 106 flags=3)" "EINVAL *" "1.3 flags 3: EINVAL"
is "$(lsm get 106 size=40)" "1 40 101 0 40 1 00" "1.3 a buffer of 40 bytes is enough"
for size in 39 33 32 8 0; do
	is "$(lsm get 106 size=$size)" "E2BIG 40" "1.3 a buffer of $size bytes: E2BIG, size_out 40"
done
is "$(lsm get 106 buf=null size=4096)" "1 40" "1.3 a NULL buffer with a size gives the size"
is "$(lsm get 107)" "EOPNOTSUPP 0" "1.3 attribute 107: EOPNOTSUPP, size_out 0"
like "$(lsm get 0)" "EINVAL *" "1.3 attribute 0: EINVAL"
like "$(lsm get 106 sizep=null)" "EINVAL *" "1.3 no size at all: EINVAL"
like "$(lsm get 106 sizep=bad)" "EFAULT *" "1.3 a size at a bad address: EFAULT"
like "$(lsm get 106 buf=bad)" "EFAULT *" "1.3 a buffer at a bad address: EFAULT"
like "$(lsm get 106 flags=1 buf=null)" "EINVAL *" "1.3 LSM_FLAG_SINGLE without a buffer: EINVAL"
like "$(lsm get 106 flags=1 id=0)" "EINVAL *" "1.3 LSM_FLAG_SINGLE without an id: EINVAL"
is "$(lsm get 106 flags=1 id=102)" "EOPNOTSUPP 0" "1.3 LSM_FLAG_SINGLE with another module's id: EOPNOTSUPP"

is "$(lsm set 106 -- lsm get 106)" $'0\n1 40 101 0 40 1 01' "1.4 set(UNSHARE) returns 0, unshared at once"
unchanged() {
	like "$1" "$2"$'\n'"1 40 101 0 40 1 00" "$3; nothing was unshared"
}
unchanged "$(lsm set 106 arg=1 -- lsm get 106)" EINVAL "1.4 flags argument 1: EINVAL"
unchanged "$(lsm set 106 size=31 -- lsm get 106)" EINVAL "1.4 size under 32: EINVAL"
unchanged "$(lsm set 106 size=0 -- lsm get 106)" EINVAL "1.4 size 0: EINVAL"
unchanged "$(lsm set 106 len=31 size=32 -- lsm get 106)" EINVAL "1.4 len under 32: EINVAL"
unchanged "$(lsm set 106 len=33 size=32 -- lsm get 106)" EINVAL "1.4 len over size: EINVAL"
unchanged "$(lsm set 106 size=4097 -- lsm get 106)" E2BIG "1.4 size 4097: E2BIG"
for id in 100 102 0 999; do
	unchanged "$(lsm set 106 id=$id -- lsm get 106)" EOPNOTSUPP "1.4 id $id: EOPNOTSUPP"
done
unchanged "$(lsm set 106 len=32 ctx_len=1 size=32 -- lsm get 106)" EINVAL "1.4 ctx_len past the buffer: EINVAL"
unchanged "$(lsm set 106 len=32 ctx_len=0xffffffffffffffff size=32 -- lsm get 106)" EINVAL "1.4 ctx_len that overflows: EINVAL"
unchanged "$(lsm set 106 buf=bad -- lsm get 106)" EFAULT "1.4 an entry at a bad address: EFAULT"
unchanged "$(lsm set 107 -- lsm get 106)" EOPNOTSUPP "1.4 attribute 107: EOPNOTSUPP"
is "$(lsm set 106 size=4096 | head -n 1)" 0 "1.4 size 4096 is fine"
is "$(lsm set 106 flags=7)" 0 "1.4 the entry's own flags are not looked at"
is "$(lsm set 106 ctx=)" 0 "1.4 an empty context is accepted"
if [ -s /proc/self/attr/current ] && [ "$(id -Z 2>/dev/null)" ]; then
	is "$(lsm set 106 "ctx=$(id -Z)")" 0 "1.4 a valid context is accepted"
	unchanged "$(lsm set 106 ctx=no_u:no_r:no_t -- lsm get 106)" EINVAL "1.4 an invalid context: EINVAL"
else
	skip "1.4 a valid context is accepted" "no policy is loaded"
	skip "1.4 an invalid context: EINVAL" "no policy is loaded"
fi

is "$(find /proc/self/ns | grep -ci selinux)" 0 "1.7 no entry in /proc/PID/ns"
done_testing
