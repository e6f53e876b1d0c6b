#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# abi-2-who.t - chapter 2 of docs/kernel-abi.md: who may unshare, what moves, and how long a
# namespace lives.
# sim:
# shellcheck source=tests/conformance/lib.sh disable=SC2016,SC2086,SC2088
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
need_namespaces
need_calls
policy=$(reference_policy) || policy=

# ---- 2.1
as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
if as_nobody true 2>/dev/null; then
	is "$(as_nobody lsm unshare echo yes)" yes "2.1 an ordinary user may unshare"
	is "$(as_nobody --no-new-privs lsm unshare echo yes)" yes "2.1 also with no_new_privs"
else
	skip "2.1 an ordinary user may unshare" "there is no other user here"
	is "$(setpriv --no-new-privs lsm unshare echo yes)" yes "2.1 also with no_new_privs"
fi
is "$(setpriv --bounding-set=-all --inh-caps=-all lsm unshare echo yes)" yes "2.1 without any capability"

# ---- 2.2, 2.6
mode=$(getenforce)
enforce() { echo "$1" >$fs/enforce; }
confined=user_u:user_r:user_t:s0
if [ "$mode" != Disabled ] && [ -e $fs/class/process ] && runcon $confined true 2>/dev/null && small_policy small; then
	mkdir "$dir/2.2"
	# Started while nothing is denied; what is checked then needs no transition any more.
	ns_start user runcon $confined
	ns_start confined unshare -m --propagation private runcon $confined lsm unshare
	enforce 1
	if [ "$(cat $fs/deny_unknown)" = 0 ] && [ ! -e $fs/class/process2/perms/unshare_selinuxns ]; then
		is "$(ns user "lsm unshare echo yes")" yes \
			"2.2 enforcing: a policy that does not define the permission and allows unknown ones lets it pass"
	else
		skip "2.2 enforcing: an unknown permission" "this policy defines it, or denies unknown ones"
	fi
	is "$(ns user "fs load $fs/load $dir/small.bin")" EACCES "2.2 enforcing: load takes security load_policy"
	is "$(ns user "fs write $fs/enforce 0")" EACCES "2.2 enforcing: the mode takes security setenforce"
	is "$(ns user "fs write $fs/enforce 1")" 1 "2.2 the same mode again takes nothing"
	is "$(ns user "fs write $fs/commit_pending_bools 1")" EACCES "2.2 enforcing: booleans take security setbool"
	is "$(ns confined "fs mount $dir/2.2; fs load $dir/2.2/load $dir/small.bin")" \
		$'0\n'"$(stat -c %s "$dir/small.bin")" \
		"2.2 a child's load asks the child's namespace alone, also where the parent would deny it"
	is "$(ns confined "cat $dir/2.2/enforce")" 0 "2.6 the child itself is permissive"
	ns confined "cat /proc/$$/attr/current" >"$dir/out" 2>&1
	like "$?:$(tr -d '\0' <"$dir/out")" "1:*: Permission denied" "2.6 a parent that is enforcing binds a permissive child"
	enforce 0
	is "$(ns confined "tr -d '\\0' </proc/$$/attr/current")" system_u:object_r:unlabeled_t:s0 "2.6 one that is permissive does not"
	ns_end confined
	ns_end user
else
	skip "2.2 permissions, when enforcing" "no policy with $confined is loaded, or secilc is not installed"
fi

# Of a policy that defines the permission, in a child that has it; the parent's is not asked.
defines='(class process2 (unshare_selinuxns)) (classorder (unordered process2))'
if small_policy asks "$defines" && small_policy lets "$defines" '(allow kernel_t self (process2 (unshare_selinuxns)))'; then
	mkdir "$dir/asked"
	ns_start asked
	ns asked "fs mount $dir/asked; fs load $dir/asked/load $dir/asks.bin" >/dev/null
	is "$(ns asked 'lsm unshare echo yes')" yes "2.2 permissive: a policy that defines the permission and does not allow it lets it pass"
	is "$(ns asked "fs write $dir/asked/enforce 1; lsm unshare echo yes")" $'1\nEACCES' "2.2 enforcing: it is denied, EACCES"
	is "$(ns asked "fs load $dir/asked/load $dir/lets.bin >/dev/null; lsm unshare echo yes")" yes "2.2 enforcing: one that allows it lets it pass"
	ns_end asked
else
	skip "2.2 process2 unshare_selinuxns" "secilc is not installed"
fi

# ---- 2.3
if command -v id >/dev/null && [ -n "$policy" ]; then
	own=$(context_of self)
	got=$(threads main)
	is "$(grep ^moved: <<<"${got//moved /moved:}")" moved:kernel "2.3 the main thread moves alone: it is kernel"
	is "$(sed -n 's/^moved-unshared //p' <<<"$got")" 1 "2.3 it is unshared"
	is "$(sed -n 's/^stayed-unshared //p' <<<"$got")" 0 "2.3 the other thread is not"
	is "$(sed -n 's/^stayed //p' <<<"$got")" "$own" "2.3 the other thread stays in the parent"
	is "$(sed -n 's/^moved-sees-stayed //p' <<<"$got")" unlabeled "2.3 the one that moved sees the other as unlabeled"
	is "$(sed -n 's/^stayed-sees-moved //p' <<<"$got")" "$own" "2.3 the other sees the one that moved as it was"
	is "$(sed -n 's/^child-of-moved //p' <<<"$got")" kernel "2.3 children of the one are in the new namespace"
	is "$(sed -n 's/^child-of-stayed //p' <<<"$got")" "$own" "2.3 children of the other are in the old one"
	got=$(threads worker)
	is "$(sed -n 's/^moved //p;s/^stayed //p' <<<"$got" | sort)" "$(printf '%s\n' kernel "$own" | sort)" \
		"2.3 a thread that is not the main one moves alone likewise"
fi

# ---- 2.4
is "$(lsm unshare setsid bash -c '(lsm get 106) | cut -d" " -f7')" 01 "2.4 fork, exec and setsid keep the namespace"
is "$(lsm unshare unshare -m -p -f -i -u lsm get 106 | cut -d' ' -f7)" 01 "2.4 mount, pid, ipc and uts namespaces keep it"
is "$(lsm unshare unshare -U -r lsm get 106 2>&1 | cut -d' ' -f7)" 01 "2.4 a user namespace keeps it"
ns_start target unshare -m --propagation private lsm unshare
is "$(nsenter -t "$(ns_pid target)" -m lsm get 106 | cut -d' ' -f7)" 00 "2.4 nsenter does not enter it"
ns_end target

# What keeps a namespace is seen by the limit: with room for one, the next one is refused.
if [ -w $fs/maxns ]; then
	before=$(cat $fs/maxns)
	free() { lsm unshare true >/dev/null; }
	settle() { until_true 5 free; }
	# What a try left may still be being freed when the next one comes (6.3).
	mounts() { [ "$(lsm unshare fs mount "$dir/shared/fs")" = 0 ]; }
	# Refused now, and not only because something is still being freed.
	full() {
		for _ in 1 2 3 4 5 6; do
			[ "$(lsm unshare true)" = ENOSPC ] || return 1
			sleep 0.2
		done
	}
	echo 2 >$fs/maxns
	if settle; then
		until_true 5 ns_start keeper
		full
		ok $? "2.4 a process keeps its namespace"
		mkdir "$dir/kept"
		ns keeper "fs mount $dir/kept >/dev/null; exec {pin}<$dir/kept/enforce"
		ns_end keeper
		settle
		ok $? "2.4 when the process ends, with its mount namespace, the namespace ends"

		mkdir "$dir/shared"
		mount -t tmpfs shared "$dir/shared" && mkdir "$dir/shared/fs"
		until_true 5 mounts
		full
		ok $? "2.4 a mounted instance keeps its namespace"
		is "$(cat "$dir/shared/fs/enforce")" 0 "4.12 such an instance can be read"
		is "$(fs write "$dir/shared/fs/enforce" 1)" EPERM "4.12 and not written"
		umount "$dir/shared/fs"
		settle
		ok $? "2.4 until it is unmounted"
		umount "$dir/shared"

		threads zombie 'for i in 1 2 3 4 5 6; do [ "$(lsm unshare true)" = ENOSPC ] || exit 1; sleep 0.2; done'
		ok $? "2.4 a zombie keeps its namespace until it is waited for"
		settle
		ok $? "2.4 and no longer"

		echo 3 >$fs/maxns
		until_true 5 ns_start keeper lsm unshare unshare -m --propagation private lsm unshare
		full
		ok $? "2.4 a child namespace keeps its parent"
		ns_end keeper
		settle
		ok $? "2.4 both end together"
	else
		skip "2.4 what keeps a namespace" "others exist on this machine"
	fi
	echo "$before" >$fs/maxns
else
	skip "2.4 what keeps a namespace" "maxns cannot be written here"
fi
skip "2.4 an open file or socket keeps the namespace" "not tested: the simulated kernel does not track them"

# ---- 2.5
if [ -n "$policy" ] && own=$(id -Z 2>/dev/null); then
	# shellcheck disable=SC2016
	is "$(bash -c 'printf %s "$1" >/proc/self/attr/fscreate; tr -d "\0" </proc/self/attr/fscreate' - "$own")" '' \
		"2.5 (a context set in one process is not another's)"
	for attr in 102:FSCREATE 105:SOCKCREATE 101:EXEC; do
		got=$(lsm set "${attr%:*}" "ctx=$own" -- lsm unshare lsm get "${attr%:*}")
		is "$got" $'0\n1 32 101 0 32 0 ' "2.5 ${attr#*:} is reset (by exec and by unshare)"
	done
fi
done_testing
