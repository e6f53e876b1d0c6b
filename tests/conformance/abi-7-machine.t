#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# abi-7-machine.t - what chapters 7 and 8 of docs/kernel-abi.md say of labels of files and of the
# kernel log, in the init namespace of a kernel that labels files.
# sim:
# shellcheck source=tests/conformance/lib.sh disable=SC2016
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
need_disposable
[ -d $fs/class/process ] || skip_all "the init namespace has no policy"
for tool in getfattr setfattr setpriv; do
	command -v $tool >/dev/null || skip_all "$tool is not installed"
done
touch "$dir/file"
bash -c 'printf system_u:object_r:etc_t:s0 >/proc/self/attr/fscreate && : >"$1/probe"' - "$dir"
[ "$(getfattr --only-values -n security.selinux "$dir/probe" 2>/dev/null | tr -d '\0')" = system_u:object_r:etc_t:s0 ] ||
	skip_all "files are not labelled when they are created"
policy=$(reference_policy) || skip_all "there is no policy below /etc/selinux"
mkdir "$dir/new"
label() { getfattr --only-values -n security.selinux "$1" 2>/dev/null | tr -d '\0'; }
set_label() { setfattr -n security.selinux -v "$2" "$1" 2>&1; }
without() { setpriv --bounding-set=-mac_admin --inh-caps=-mac_admin "$@"; }
export -f label
unknown=none_u:none_r:none_t:s0

own=$(label "$dir/file")
is "$(fs ask $fs/context "$own")" "$own" "7.4 a new file gets a label of the policy"
if [ "$(set_label "$dir/file" system_u:object_r:etc_t:s0)" = "" ]; then
	ok 0 "7.3 a label of the policy can be set"
	is "$(label "$dir/file")" system_u:object_r:etc_t:s0 "7.1 and is the security.selinux attribute"
	is "$(set_label "$dir/file" $unknown)" '' "7.3 a label unknown to the policy can be set with CAP_MAC_ADMIN"
	is "$(label "$dir/file")" $unknown "7.2 and with it the raw string is read"
	is "$(without bash -c 'label "$1"' - "$dir/file")" system_u:object_r:unlabeled_t:s0 "7.2 without it: the unlabeled context"
	touch "$dir/other"
	like "$(without setfattr -n security.selinux -v $unknown "$dir/other" 2>&1)" "setfattr: *: Invalid argument" "7.3 without it: EINVAL"
	echo 1 >$fs/enforce
	is "$(label "$dir/file")" system_u:object_r:unlabeled_t:s0 "7.2 enforcing, an unconfined domain has no mac_admin: the raw string is hidden"
	echo 0 >$fs/enforce
	bash -c 'printf system_u:object_r:etc_t:s0 >/proc/self/attr/fscreate && : >"$1/new/file"' - "$dir"
	is "$(label "$dir/new/file")" system_u:object_r:etc_t:s0 "7.4 or the one that fscreate has"
else
	skip "7.3 a label of the policy can be set" "this file system takes none"
fi

# ---- the kernel log
dmesg >/dev/null 2>&1 || { skip "8.1 the kernel log" "it cannot be read here"; done_testing; exit; }
# Without auditd a record is printed, a moment later, and not if there were many.
limit=$(cat /proc/sys/kernel/printk_ratelimit)
echo 0 >/proc/sys/kernel/printk_ratelimit
logged() { dmesg | grep -c "$1"; }
more_than() { [ "$(logged "$2")" -gt "$1" ]; }
# one_more COUNT PATTERN NAME: the record came, once
one_more() {
	until_true 10 more_than "$1" "$2"
	is "$(logged "$2")" $(($1 + 1)) "$3"
}
user=user_u:user_r:user_t:s0
if runcon $user true 2>/dev/null; then
	record="type=1400 .*{ setsecparam } .*scontext=$user"
	threshold=$(cat $fs/avc/cache_threshold)
	count=$(logged "$record")
	runcon $user fs write $fs/avc/cache_threshold "$threshold" >/dev/null
	one_more "$count" "$record" "8.1 a denial is logged, with the contexts of the policy"
	like "$(dmesg | grep "$record" | tail -n 1)" "*avc: *denied *tcontext=*tclass=security permissive=1" "8.1 its form"
	runcon $user fs write $fs/avc/cache_threshold "$threshold" >/dev/null
	sleep 2
	is "$(logged "$record")" $((count + 1)) "8.3 a denial that a permissive kernel has logged is not repeated"
fi
record="type=1404 .*enforcing=1 old_enforcing=0"
count=$(logged "$record")
echo 1 >$fs/enforce
echo 0 >$fs/enforce
one_more "$count" "$record" "8.2 the mode: record 1404"
record=type=1403
count=$(logged "$record")
fs load $fs/load "$policy" >/dev/null
one_more "$count" "$record" "8.2 a policy load: record 1403"
boolean=$(ls $fs/booleans | head -n 1)
value=$(cut -d' ' -f1 "$fs/booleans/$boolean")
record="type=1405 .*bool=$boolean val=$((1 - value)) old_val=$value"
count=$(logged "$record")
fs write "$fs/booleans/$boolean" $((1 - value)) >/dev/null
fs write $fs/commit_pending_bools 1 >/dev/null
one_more "$count" "$record" "8.2 a boolean: record 1405"
fs write "$fs/booleans/$boolean" "$value" >/dev/null
fs write $fs/commit_pending_bools 1 >/dev/null
echo "$limit" >/proc/sys/kernel/printk_ratelimit
done_testing
