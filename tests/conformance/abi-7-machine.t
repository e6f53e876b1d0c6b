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
	like "$(without setfattr -n security.selinux -v $unknown "$dir/other" 2>&1)" "*nvalid argument*" "7.3 without it: EINVAL"
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
logged() { dmesg | grep -c "$1"; }
user=user_u:user_r:user_t:s0
if runcon $user true 2>/dev/null; then
	before=$(logged "type=1400.*scontext=$user")
	runcon $user fs write $fs/enforce 0 >/dev/null
	runcon $user fs load $fs/load "$policy" 0 >/dev/null
	[ "$(logged "type=1400.*scontext=$user")" -gt "$before" ]
	ok $? "8.1 a denial is logged, with the contexts of the policy"
	like "$(dmesg | grep "type=1400.*scontext=$user" | tail -n 1)" "*avc: *denied *tcontext=*tclass=* permissive=1" "8.1 its form"
	before=$(logged "type=1400.*scontext=$user")
	runcon $user fs load $fs/load "$policy" 0 >/dev/null
	is "$(logged "type=1400.*scontext=$user")" "$before" "8.3 a denial that a permissive kernel has logged is not repeated"
fi
count=$(logged "type=1404 .*enforcing=1 old_enforcing=0")
echo 1 >$fs/enforce
echo 0 >$fs/enforce
is "$(logged "type=1404 .*enforcing=1 old_enforcing=0")" $((count + 1)) "8.2 the mode: record 1404"
count=$(logged type=1403)
fs load $fs/load "$policy" >/dev/null
is "$(logged type=1403)" $((count + 1)) "8.2 a policy load: record 1403"
boolean=$(ls $fs/booleans | head -n 1)
value=$(cut -d' ' -f1 "$fs/booleans/$boolean")
count=$(logged "type=1405 .*bool=$boolean val=$((1 - value)) old_val=$value")
fs write "$fs/booleans/$boolean" $((1 - value)) >/dev/null
fs write $fs/commit_pending_bools 1 >/dev/null
is "$(logged "type=1405 .*bool=$boolean val=$((1 - value)) old_val=$value")" $((count + 1)) "8.2 a boolean: record 1405"
fs write "$fs/booleans/$boolean" "$value" >/dev/null
fs write $fs/commit_pending_bools 1 >/dev/null
done_testing
