#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# policy.t - labels that the running policy does not know: what is said where the kernel refuses or
# hides them, in the simulated kernel.
. "$(dirname "$0")/lib.sh"
need_sim
need_labels
make_root root "${contexts[@]}"
classes='(class capability2 (mac_admin)) (classorder (unordered capability2))'
policy quiet "$(may_all quiet)" "$classes"
policy loud "$(may_all loud)" "$classes (allow loud_t self (capability2 (mac_admin)))"
as() {
	local host=$1
	shift
	sim --policy="$dir/$host.bin" --context=u:r:"${host}"_t --enforcing "$@"
}
files raw "$attribute" u:object_r:bin_t "$root/etc"

as loud -- selinuxns label apply --root="$root" /
is "labels of another policy than the running one are written" "$status $(label "$root" "$root/etc")" $'0 u:object_r:top_t\nu:object_r:conf_t'
is "with nothing to warn of, where it allows mac_admin" "$err" ""
as quiet -- selinuxns label check --root="$root" /
is "where it does not, a check works" "$status" 0
like "and warns that such labels are hidden" "$err" 'selinuxns: warning: labels that the running policy does not know are hidden.*denies this domain capability2 mac_admin; run it in a domain that has it'
sim --policy="$dir/quiet.bin" --context=u:r:quiet_t -- selinuxns label check --root="$root" /
is "but not where it is permissive" "$err" ""
as quiet -- setpriv --bounding-set=-mac_admin --inh-caps=-mac_admin selinuxns label check --root="$root" /
like "or the capability is missing" "$err" 'are hidden.*CAP_MAC_ADMIN is missing'
as quiet -- unshare --user --map-root-user selinuxns label check --root="$root" /
like "or counts for nothing, in a user namespace" "$err" 'are hidden.*CAP_MAC_ADMIN counts in the initial user namespace only'

# What the kernel says of a label that it does not take: EINVAL (kernel-abi.md 7.3).
refuse() {
	local host=$1 error=$2
	shift 2
	files raw "$attribute" x "$root/etc"
	files raw "$attribute" x "$root/etc/selinux"
	as "$host" --fault=fsetxattr:"$error":1:selinuxns "$@" selinuxns label apply --root="$root" /
}
refuse quiet EINVAL --
is "refused by the policy: it goes on, for it may know the next one" "$status $(count failed) $(count changed)" "2 1 1"
like "and says which of the three is missing" "$out" '^failed: /etc: the running policy does not know this label: the running policy denies this domain capability2 mac_admin'
refuse loud EINVAL --
is "refused for this file alone: it goes on" "$status $(count failed)" "2 1"
refuse loud EPERM --
like "an immutable file" "$out" '^failed: .*: the file may be immutable or append-only'
refuse loud EPERM -- setpriv --bounding-set=-fowner --inh-caps=-fowner
like "or somebody else's" "$out" '^failed: .*: the privilege is missing: it takes to own the file, or CAP_FOWNER'
for fault in selinuxfs/enforce/read:EIO:* selinuxfs/access/write:EIO:*; do
	refuse quiet EINVAL --fault="$fault:selinuxns" --
	like "$fault: the policy cannot be asked" "$out" '^failed: .*: the running policy does not know .* could not be asked'
done
refuse loud EOPNOTSUPP --
like "a file system without labels" "$out" '^failed: .*: this file system holds no security.selinux, or is mounted with a context'
refuse loud EACCES --
like "the policy's say about this file" "$out" '^failed: .*relabelfrom or relabelto'
refuse loud ENOSPC --
like "or no room" "$out" '^failed: .*: No space left on device$'

# What the root's file contexts ask for, and its policy does not have, is not written.
printf '/etc/odd\t--\tu:object_r:unheard_of_t\n' >>"$root/etc/selinux/tiny/contexts/files/file_contexts"
: >"$root/etc/odd"
as loud -- selinuxns label apply --root="$root" /
is "a context that is none of the policy's" "$status $(count failed)" "2 1"
like "and it says so" "$out" '^failed: /etc/odd: the file contexts ask for what is no context of the policy'
is "nothing was written" "$(label "$root/etc/odd")" "(none)"
finish
