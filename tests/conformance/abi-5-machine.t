#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# abi-5-machine.t - what chapters 3 to 5 of docs/kernel-abi.md say of contexts, selinuxfs and
# reloads, in the init namespace: it takes no kernel with namespaces.
# sim:
# shellcheck source=tests/conformance/lib.sh disable=SC2016,SC2086,SC2088
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
need_disposable
[ -e $fs/enforce ] || skip_all "selinuxfs is not mounted on $fs"
[ -d $fs/class/process ] || skip_all "the init namespace has no policy"
policy=$(reference_policy) || skip_all "there is no policy below /etc/selinux to go back to"
small_policy one '(boolean first false)' '(boolean both true)' '(booleanif first (true (allow a_t file_t (file (read)))))' ||
	skip_all "secilc is not installed"
small_policy two '(boolean second true)' '(boolean both true)' '(handleunknown deny)' '(type new_t)'
small_policy_without b_t less
size=$(stat -c %s "$dir/one.bin")
own=$(context_of self)
kernel_t=system_u:system_r:kernel_t:s0
a_t=system_u:system_r:a_t:s0
b_t=system_u:system_r:b_t:s0
unlabeled_t=system_u:object_r:unlabeled_t:s0
file_t=system_u:object_r:file_t:s0

# ---- what is loaded stays
is "$(fs load $fs/load "$policy" 0)" EINVAL "5.1 0 bytes: EINVAL"
is "$(fs load $fs/load "$policy" $(($(stat -c %s "$policy") - 1)))" EINVAL "5.1 truncated by a byte: EINVAL"
head -c 100000 /dev/urandom >"$dir/garbage"
is "$(fs load $fs/load "$dir/garbage")" EINVAL "5.1 garbage: EINVAL"
is "$(context_of self; [ -d $fs/class/process2 ] && echo same)" "${own}same" "5.1 after these what was loaded is there"
sed 's/\x1e\x00\x00\x00/\xff\x00\x00\x00/' "$dir/one.bin" >"$dir/newer.bin"
is "$(fs load $fs/load "$dir/newer.bin")" EINVAL "5.1 a version newer than the kernel's: EINVAL"
is "$(fs load $fs/load "$policy")" "$(stat -c %s "$policy")" "5.3 the distribution's policy reloads"
is "$(wc -c <$fs/policy)" "$(stat -c %s "$policy")" "5.2 and reads back, with the same length"
is "$(context_of self)" "$own" "5.3 contexts that are still valid are kept"

# ---- 4.1, 4.6
is "$(fs magic $fs)" f97cff8c "4.1 an instance is selinuxfs to statfs"
mkdir "$dir/mnt"
is "$(fs mount "$dir/mnt"; stat -c %d "$dir/mnt")" $'0\n'"$(stat -c %d $fs)" "4.1 a further mount is of the one instance"
is "$(fs mount "$dir/mnt")" EBUSY "4.1 on the same point again: EBUSY"
# shellcheck disable=SC2034 # f is held, not used
is "$(exec {f}<"$dir/mnt/enforce"; fs umount "$dir/mnt"; fs umount "$dir/mnt" detach)" $'EBUSY\n0' \
	"4.1 unmounting with an open file: EBUSY, with MNT_DETACH fine"
is "$(unshare -U -r -m fs mount "$dir/mnt" 2>&1)" EPERM "4.2 mounting in a user namespace: EPERM"
is "$(unshare -U -r -m fs umount $fs 2>&1)" EINVAL "4.2 unmounting the inherited mount there: EINVAL"
is "$(setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin fs mount "$dir/mnt")" EPERM "4.2 without CAP_SYS_ADMIN: EPERM"
is "$(stat -c '%a %u' $fs/load)" "600 0" "4.6 load is 0600, root's"
is "$(stat -c '%a %u' $fs/enforce)" "644 0" "4.6 enforce is 0644, root's"
if setpriv --reuid=65534 --regid=65534 --clear-groups true 2>/dev/null; then
	is "$(setpriv --reuid=65534 --regid=65534 --clear-groups fs open $fs/load w)" EACCES "4.6 an ordinary user gets EACCES from open"
	is "$(setpriv --reuid=65534 --regid=65534 --clear-groups fs open $fs/enforce w)" EACCES "4.6 of enforce, too"
else
	skip "4.6 an ordinary user gets EACCES from open" "there is no other user here"
fi
is "$(setpriv --bounding-set=-all --inh-caps=-all fs write $fs/enforce 0)" 1 "4.6 root without capabilities can write"

# ---- 4.11
page() { od -An -v -tu4 | tr -s ' \n' ' '; }
is "$(page <$fs/status | sed -E 's/^ 1 [0-9]+ 0 [0-9]+ 0 $/as it says/')" "as it says" "4.11 status: version 1, a sequence, not enforcing, loads, deny_unknown 0"
# shellcheck disable=SC2046
set -- $(fs map $fs/status "fs load $fs/load $policy >/dev/null")
[ "$9" -gt "$4" ] && [ "$7" -gt "$2" ] && [ $(($7 % 2)) -eq 0 ]
ok $? "4.11 a load is seen in the mapped page: policyload, and another even sequence"
# shellcheck disable=SC2046
set -- $(fs map $fs/status "fs write $fs/enforce 1 >/dev/null; fs write $fs/enforce 0 >/dev/null")
[ "$7" -gt "$2" ] && [ "$9" = "$4" ] && [ "$8" = 0 ]
ok $? "4.11 and the mode, by the sequence"

# ---- contexts, by a small policy
is "$(fs load $fs/load "$dir/one.bin")" "$size" "5.3 a reload replaces the policy"
# What attr/current shows of a context that the policy lacks.
shows() { if have_namespaces; then echo "$1"; else echo $unlabeled_t; fi; }
is "$(context_of self)" "$(shows "$own")" "3.6 what attr/current shows of a context that the policy lacks"
attr='attr() { local text; IFS= read -r -d "" text <"/proc/$BASHPID/attr/$1"; printf %s "$text"; }
set_attr() { printf "%s\0" "$2" >"/proc/$BASHPID/attr/$1"; }'
# as CONTEXT COMMAND: in a process that has set its context (in a permissive kernel it may)
as() { bash -c "$attr; set_attr current $1; $2" 2>&1; }
is "$(as $kernel_t 'attr current; attr prev')" "$kernel_t$(shows "$own")" "3.5 setcon of a context of the policy"
is "$(as $kernel_t "set_attr current u:r:none_t:s0; attr current" | grep -c 'Invalid argument')" 1 "3.5 of an invalid context: EINVAL"
is "$(as $kernel_t "runcon $a_t id -Z")" $a_t "3.5 runcon of a context of the policy"
# Its own failure is 1, and 125 in newer versions of coreutils.
like "$(as $kernel_t "runcon u:r:none_t:s0 true; echo \$?" | sed 's/^125$/1/')" "runcon: *: Invalid argument"$'\n1' "3.5 runcon of an invalid context: EINVAL at once"
is "$(as $kernel_t "set_attr exec $a_t; attr exec; id -Z")" "$a_t$a_t" "3.5 exec is kept for what the process starts"

# From here on this shell is kernel_t: it is the one that this policy lets set the mode back.
small_policy enforced
fs load $fs/load "$dir/enforced.bin" >/dev/null
eval "$attr"
set_attr current $kernel_t
enforced=$(stat -c %s "$dir/enforced.bin")
fs write $fs/enforce 1 >/dev/null
[ "$(getenforce)" = Enforcing ]
ok $? "4.8 (the kernel is enforcing)"
like "$( (set_attr current $b_t) 2>&1)" "*: printf: write error: Permission denied" "3.5 enforcing: setcon of one that is not allowed: EACCES"
is "$( (set_attr current $a_t; attr current) 2>&1)" $a_t "3.5 enforcing: of one that is allowed"
like "$(runcon $b_t true 2>&1; echo $?)" "runcon: *: Permission denied"$'\n126' "3.5 enforcing: the denied transition fails at exec, EACCES, status 126"
is "$(runcon $a_t fs magic /)" "$(fs magic /)" "3.5 enforcing: the allowed one does not"
is "$(fs load $fs/load "$dir/enforced.bin")" "$enforced" "5.3 enforcing: kernel_t may load"
is "$(set_attr current $a_t; fs load $fs/load "$dir/enforced.bin")" EACCES "5.3 enforcing: a context without load_policy: EACCES"
is "$(set_attr current $a_t; fs write $fs/enforce 0)" EACCES "2.2 enforcing: the mode takes security setenforce"
is "$(set_attr current $a_t; fs write $fs/commit_pending_bools 1)" EACCES "2.2 enforcing: booleans take security setbool"
if [ "$(lsm get 100 | cut -d' ' -f1)" = 1 ]; then
	is "$(lsm set 100 ctx=$b_t)" EACCES "3.7 enforcing: lsm_set_self_attr of what is not allowed: EACCES"
fi
is "$(fs write $fs/enforce 0)" 1 "4.8 (and permissive again)"
fs load $fs/load "$dir/one.bin" >/dev/null

# ---- 3.7
if [ "$(lsm get 100 | cut -d' ' -f1)" = 1 ]; then
	hex() { printf '%s\0' "$1" | od -An -v -tx1 | tr -d ' \n'; }
	is "$(as $kernel_t "lsm set 100 ctx=$a_t -- lsm get 100")" \
		$'0\n'"1 64 101 0 64 $((${#a_t} + 1)) $(hex $a_t)" "3.7 lsm_set_self_attr(CURRENT) is setcon"
	is "$(as $kernel_t "lsm set 101 ctx=$a_t -- id -Z")" $'0\n'$a_t "3.7 lsm_set_self_attr(EXEC) is setexeccon"
	is "$(as $kernel_t "lsm set 100 ctx=no:no:no_t:s0")" EINVAL "3.7 an invalid context: EINVAL"
	is "$(as $kernel_t "lsm set 101 ctx=no:no:no_t:s0")" EINVAL "3.7 also for exec"
	is "$(as $kernel_t "lsm set 100")" EINVAL "3.7 CURRENT cannot be cleared: EINVAL"
	is "$(as $kernel_t "lsm set 104 ctx=$a_t")" EOPNOTSUPP "3.7 PREV cannot be set: EOPNOTSUPP"
	for attr_number in 101:EXEC 102:FSCREATE 103:KEYCREATE 105:SOCKCREATE; do
		is "$(as $kernel_t "lsm get ${attr_number%:*}")" "1 32 101 0 32 0 " \
			"1.1 get(${attr_number#*:}) is attribute ${attr_number%:*}: unset, 32 bytes of header"
	done
	is "$(lsm get 100 size=0 | cut -d' ' -f1)" E2BIG "1.3 a buffer without room: E2BIG"
	like "$(lsm get 100 flags=2)" "EINVAL *" "1.3 flags 2: EINVAL"
	like "$(lsm get 106 sizep=bad)" "EFAULT *" "1.3 a size at a bad address: EFAULT"
	is "$(as $kernel_t "lsm set 100 id=102 ctx=$a_t")" EOPNOTSUPP "1.4 another module's id: EOPNOTSUPP"
	is "$(as $kernel_t "lsm set 100 size=31 ctx=$a_t")" EINVAL "1.4 size under 32: EINVAL"
	is "$(as $kernel_t "lsm set 100 ctx=$a_t len=4 size=100")" EINVAL "1.4 len under 32: EINVAL"
	is "$(as $kernel_t "lsm set 100 ctx=$a_t ctx_len=4096 len=64 size=64")" EINVAL "1.4 ctx_len past the buffer: EINVAL"
	is "$(as $kernel_t "lsm set 100 ctx=$a_t size=4097")" E2BIG "1.4 size 4097: E2BIG"
else
	skip "3.7 the LSM system calls do as /proc does" "this kernel does not have them"
fi

# ---- 3.6
is "$(as $b_t "fs load $fs/load $dir/less.bin >/dev/null; attr current; fs ask $fs/context $b_t; fs load $fs/load $dir/one.bin >/dev/null; attr current; fs ask $fs/context $b_t")" \
	"$(shows $b_t)EINVAL"$'\n'"$b_t$b_t" "3.6 a context that is gone is valid again when a policy has it again"

# ---- 4.4, 5.2: questions
is "$(fs ask $fs/context $a_t)" $a_t "5.2 context answers from the policy"
is "$(fs ask $fs/context none:none:none_t:s0)" EINVAL "5.2 an invalid one: EINVAL"
process=$(cat $fs/class/process/index)
like "$(fs ask $fs/access "$kernel_t $a_t $process")" "6 ffffffff *" "5.2 access answers from the policy"
is "$(fs ask $fs/create "$kernel_t $file_t $process")" $kernel_t "5.2 create"
is "$(fs ask $fs/access 'x y 3')" EINVAL "5.2 a question with invalid contexts: EINVAL"
is "$(fs write $fs/context $a_t $a_t)" "${#a_t}"$'\nEBUSY' "5.2 an open file takes one question: then EBUSY"
is "$(fs write $fs/enforce '')" EINVAL "4.4 an empty write to enforce: EINVAL"

# ---- booleans
is "$(ls $fs/booleans; cat $fs/booleans/both $fs/booleans/first)" $'both\nfirst\n1 10 0' "5.2 booleans appear"
is "$(fs write $fs/booleans/first 1; cat $fs/booleans/first)" $'1\n0 1' "5.2 a boolean written is pending"
is "$(fs write $fs/commit_pending_bools 1; cat $fs/booleans/first)" $'1\n1 1' "5.2 until it is committed"
is "$(fs write $fs/booleans/first x)" EINVAL "5.2 what is no number: EINVAL"
is "$(getsebool first; setsebool first off; getsebool first)" $'first --> on\nfirst --> off' "5.2 getsebool and setsebool work"
fs write $fs/booleans/both 0 >/dev/null
fs write $fs/commit_pending_bools 1 >/dev/null
is "$(fs load $fs/load "$dir/two.bin")" "$(stat -c %s "$dir/two.bin")" "5.3 a reload"
is "$(find $fs/booleans -mindepth 1 -printf '%f\n' | sort | tr '\n' ' ')" "both second " "5.3 new booleans appear, gone ones vanish"
is "$(cat $fs/booleans/both)" "0 0" "5.3 one that stays keeps its value"
is "$(cat $fs/deny_unknown)" 1 "5.2 deny_unknown is the policy's"
{ cat "$dir/one.bin"; echo trailing bytes; } >"$dir/longer.bin"
is "$(fs load $fs/load "$dir/longer.bin"; ls $fs/booleans)" $((size + 15))$'\nboth\nfirst' "5.1 bytes after a complete image are ignored"

small_policy unlabelled nogenfs '(boolean third true)' '(booleanif third (true (allow a_t file_t (file (read)))))'
case $(fs load $fs/load "$dir/unlabelled.bin") in
ENOENT) is "$(ls $fs/booleans)" $'both\nfirst' "5.5 a policy with booleans and no label for selinuxfs: ENOENT, and what was loaded stays" ;;
*) is "$(cat $fs/booleans/third)" "1 1" "5.5 a policy with booleans and no label for selinuxfs: taken" ;;
esac

is "$(fs load $fs/load "$policy")" "$(stat -c %s "$policy")" "5.3 (the machine's policy is loaded again)"
set_attr current "$own"
is "$(context_of self)" "$own" "3.6 and the context that was gone is valid again"
is "$(fs ask $fs/context "$own")" "$own" "3.6 to the policy, too"
like "$(bash -c 'printf x >/proc/$PPID/attr/current' 2>&1)" "*: printf: write error: Operation not permitted" "3.3 no one sets another process's context: EPERM"
is "$(find /proc/self/ns | grep -ci selinux)" 0 "1.7 no entry in /proc/PID/ns"
done_testing
