#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# abi-4-selinuxfs.t - chapter 4 of docs/kernel-abi.md: instances of selinuxfs, their files, who
# may read and write them.
# sim:
# shellcheck source=tests/conformance/lib.sh disable=SC2016,SC2086,SC2088
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
need_namespaces
small_policy small '(boolean flag false)' '(booleanif flag (true (allow a_t file_t (file (read)))))' ||
	skip_all "secilc is not installed"
own=$(context_of self)
mode=$(cat $fs/enforce)
mkdir "$dir/a" "$dir/b" "$dir/c"
size=$(stat -c %s "$dir/small.bin")
a_t=system_u:system_r:a_t:s0
kernel_t=system_u:system_r:kernel_t:s0
file_t=system_u:object_r:file_t:s0

ns_start child
dev() { stat -c %d "$1"; }

# ---- 4.1
is "$(ns child "fs magic $fs")" f97cff8c "4.1 an instance is selinuxfs to statfs"
ns child "fs mount $dir/a; fs mount $dir/b" >/dev/null
[ "$(ns child "stat -c %d $dir/a")" != "$(dev $fs)" ]
ok $? "4.1 the child's instance is not the parent's"
is "$(ns child "stat -c %d $dir/a")" "$(ns child "stat -c %d $dir/b")" "4.1 mounted twice it is the same instance"
is "$(ns child "stat -c %i $dir/a/enforce")" "$(ns child "stat -c %i $dir/b/enforce")" "4.1 with the same files"
mount -t selinuxfs selinuxfs "$dir/c"
is "$(dev "$dir/c")" "$(dev $fs)" "4.1 the parent's further mounts are of its one instance"
umount "$dir/c"
is "$(ns child "fs mount $fs; stat -c %d $fs")" $'0\n'"$(ns child "stat -c %d $dir/a")" "4.1 it can be stacked over the parent's"
is "$(ns child "fs mount $fs")" EBUSY "4.1 the same instance on the same point again: EBUSY"
is "$(ns child "fs umount $fs; stat -c %d $fs")" $'0\n'"$(dev $fs)" "4.1 unmounting it uncovers the parent's"
is "$(ns child "exec {f}<$dir/b/enforce; fs umount $dir/b; fs umount $dir/b detach; exec {f}<&-")" $'EBUSY\n0' \
	"4.1 unmounting with an open file: EBUSY, with MNT_DETACH fine"
is "$(ns child "cat $dir/a/enforce")" 0 "4.1 the other mount is still there"
like "$(ns child "grep $dir/a /proc/self/mountinfo")" "* - selinuxfs *" "4.1 the mount table says selinuxfs"
like "$(ns child "grep $dir/a /proc/mounts")" "* $dir/a selinuxfs *" "4.1 the old mount table, too"
is "$(ns child "grep -c selinuxfs /proc/filesystems")" 1 "4.1 /proc/filesystems has it"
is "$(ns child "fs newmount $dir/c; stat -c %d $dir/c")" $'ok ok ok ok\n'"$(ns child "stat -c %d $dir/a")" "4.1 fsopen and fsmount give the same instance"
is "$(ns child "fs umount $dir/c; fs mount $dir/none")" $'0\nENOENT' "4.1 a mount point that does not exist: ENOENT"
is "$(ns child "fs mount $dir/small.bin")" ENOTDIR "4.1 one that is a file: ENOTDIR"
is "$(ns child "mount -t selinuxfs -o ro selinuxfs $dir/c; fs open $dir/c/enforce w; umount $dir/c")" EROFS "4.1 mounted read-only: EROFS"
is "$(ns child "mount --bind $dir/a $dir/c; stat -c %d $dir/c; umount $dir/c")" "$(ns child "stat -c %d $dir/a")" "4.1 a bind mount is the same instance"
is "$(ns child "getenforce; id -Z")" "$(getenforce)"$'\nkernel' "4.1 where the parent's is mounted libselinux answers for the parent"

# ---- 4.2
is "$(unshare -U -r -m fs mount "$dir/c" 2>&1)" EPERM "4.2 in a user namespace: EPERM"
is "$(unshare -U -r -m lsm unshare fs mount "$dir/c" 2>&1)" EPERM "4.2 also after an unshare there"
is "$(unshare -U -r -m fs umount $fs 2>&1)" EINVAL "4.2 unmounting the inherited mount there: EINVAL"
is "$(unshare -U -r -m fs newmount "$dir/c" 2>&1 | cut -d' ' -f2)" EPERM "4.2 the new mount calls: EPERM"
is "$(setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin fs mount "$dir/c")" EPERM "4.2 without CAP_SYS_ADMIN: EPERM"
like "$(unshare -U -r cat $fs/enforce 2>&1)" "[01]" "4.2 reading works there"

# ---- 4.3
unshare -m --propagation private bash -s "$dir/small.bin" >"$dir/out" 2>&1 <<-'SH'
	# A machine of its own, whose one mount namespace the child shares.
	lsm unshare fs mount /sys/fs/selinux
	getenforce
	setenforce 0 && echo set
SH
like "$(cat "$dir/out")" $'0\nPermissive\nsetenforce: *Operation not permitted' \
	"4.3 a child without a mount namespace of its own covers the host's: getenforce is the child's, setenforce fails"

# ---- 4.5
is "$(ns child "cat $dir/a/enforce")" 0 "4.5 fresh: enforce 0"
is "$(ns child "cat $dir/a/policyvers")" "$(cat $fs/policyvers)" "4.5 policyvers is the kernel's"
is "$(ns child "cat $dir/a/mls")" 0 "4.5 mls 0"
is "$(ns child "cat $dir/a/deny_unknown")" 1 "4.5 deny_unknown 1"
is "$(ns child "cat $dir/a/reject_unknown")" 0 "4.5 reject_unknown 0"
is "$(ns child "fs open $dir/a/policy r")" EINVAL "4.5 policy cannot be opened: EINVAL"
is "$(ns child "ls $dir/a/booleans $dir/a/class | grep -v : | tr -d '\n'")" '' "4.5 no booleans, no classes"
is "$(ns child "fs ask $dir/a/context what:ever")" kernel "4.5 context answers kernel"
for file in create relabel member; do
	is "$(ns child "fs ask $dir/a/$file 'x y 7'")" kernel "4.5 $file answers kernel"
done
like "$(ns child "fs ask $dir/a/access 'x y 7'")" "ffffffff ffffffff *" "4.5 access allows everything"
is "$(ns child "fs write $dir/a/validatetrans 'a b 7 c'")" 7 "4.5 validatetrans accepts"
is "$(ns child "fs write $dir/a/commit_pending_bools 1")" 1 "4.5 committing no booleans is fine"

# ---- 4.4 before the policy: reading the other's, writing to it
for file in checkreqprot deny_unknown enforce maxns maxnsdepth mls policyvers reject_unknown status \
	avc/cache_stats avc/cache_threshold avc/hash_stats; do
	[ -n "$(ns child "cat $fs/$file | tr -d '\\0'")" ] && [ -n "$(cat "/proc/$(ns_pid child)/root$dir/a/$file" | tr -d '\0')" ]
	ok $? "4.4 $file of another namespace can be read, both ways"
done
if [ -d $fs/class/process ]; then
	is "$(ns child "cmp $fs/policy -" <$fs/policy 2>&1 | grep -c differ)" 0 "4.4 policy as well"
	is "$(ns child "cat $fs/class/process/index")" "$(cat $fs/class/process/index)" "4.4 class as well"
	is "$(ns child "cat $fs/initial_contexts/kernel | tr -d '\\0'")" "$(tr -d '\0' <$fs/initial_contexts/kernel)" \
		"4.4 initial_contexts as well"
	bool=$(ls $fs/booleans | head -n 1)
	is "$(ns child "cat $fs/booleans/$bool")" "$(cat "$fs/booleans/$bool")" "4.4 booleans as well"
	is "$(ns child "fs write $fs/booleans/$bool 1")" EPERM "4.4 writing the parent's booleans: EPERM"
fi
is "$(ns child "fs load $dir/a/load $dir/small.bin")" "$size" "5.1 (the policy is loaded)"
theirs=/proc/$(ns_pid child)/root$dir/a
while read -r file text; do
	is "$(ns child "fs write $fs/$file '$text'")" EPERM "4.4 writing the parent's $file: EPERM"
	is "$(fs write "$theirs/$file" "$text")" EPERM "4.4 writing the child's $file: EPERM"
done <<-WRITES
	enforce 0
	commit_pending_bools 1
	context $kernel_t
	access $kernel_t $file_t 3
	create $kernel_t $file_t 3
	relabel $kernel_t $file_t 3
	member $kernel_t $file_t 3
	user $kernel_t system_u
	validatetrans $file_t $file_t 3 $kernel_t
	checkreqprot 0
	avc/cache_threshold 512
	maxns 100
	maxnsdepth 10
WRITES
is "$(ns child "fs load $fs/load $dir/small.bin")" EPERM "4.4 writing the parent's load: EPERM"
is "$(fs load "$theirs/load" "$dir/small.bin")" EPERM "4.4 writing the child's load: EPERM"
is "$(fs write "$theirs/booleans/flag" 1)" EPERM "4.4 writing the child's booleans: EPERM"
is "$(fs load "$theirs/load" "$dir/small.bin" 0)" EINVAL "4.4 an empty write to load: EINVAL first"
is "$(ns child "fs write $fs/disable 1")" 1 "4.4 disable takes a write and does nothing"
is "$(cat $fs/enforce)" "$mode" "4.4 (nothing)"
if [ "$(fs open /dev/null w)" = ok ] && [ "$(fs open $fs/null w)" = EACCES ]; then
	skip "4.4 null takes a write" "device nodes cannot be opened on mounts of this user namespace"
else
	is "$(ns child "fs write $fs/null 1")" 1 "4.4 null takes a write"
fi
is "$(ns child "fs write $dir/a/enforce ''")" EINVAL "4.4 an empty write to one's own enforce: EINVAL"
is "$(ns child "fs write $dir/a/maxns 100")" EPERM "6.2 a child's maxns cannot be written by itself either"

# ---- 4.6
for file in load maxns maxnsdepth; do
	is "$(stat -c '%a %u' $fs/$file)" "600 0" "4.6 $file is 0600, root's"
done
is "$(stat -c '%a %u' $fs/enforce)" "644 0" "4.6 enforce is 0644, root's"
as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
if as_nobody true 2>/dev/null; then
	is "$(as_nobody fs open $fs/load w)" EACCES "4.6 an ordinary user gets EACCES from open"
	is "$(as_nobody fs open $fs/enforce w)" EACCES "4.6 of enforce, too"
	is "$(as_nobody fs open $fs/maxns r)" EACCES "4.6 and reading maxns"
	like "$(as_nobody cat $fs/enforce)" "[01]" "4.6 it can read enforce"
else
	skip "4.6 an ordinary user gets EACCES from open" "there is no other user here"
fi
is "$(setpriv --bounding-set=-all --inh-caps=-all fs write $fs/enforce "$mode")" 1 "4.6 root without capabilities can write"

# ---- 4.7
is "$(ns child "fs ask $dir/a/user '$kernel_t system_u'")" EPERM "4.7 user refuses writes in a child: EPERM"

# ---- after the load: the questions are answered from the policy
is "$(ns child "fs ask $dir/a/context $a_t")" $a_t "5.2 context answers from the policy"
is "$(ns child "fs ask $dir/a/context none:none:none_t:s0")" EINVAL "5.2 an invalid one: EINVAL"
process=$(ns child "cat $dir/a/class/process/index")
like "$(ns child "fs ask $dir/a/access '$kernel_t $a_t $process'")" "6 ffffffff *" "5.2 access answers from the policy"
is "$(ns child "fs ask $dir/a/create '$kernel_t $file_t $process'")" $kernel_t "5.2 create"
is "$(ns child "fs ask $dir/a/access 'x y 3'")" EINVAL "5.2 a question with invalid contexts: EINVAL"
is "$(ns child "fs write $dir/a/context $a_t $a_t")" "${#a_t}"$'\nEBUSY' "5.2 an open file takes one question: then EBUSY"

# ---- 4.8
ns_start mode
ns mode "fs mount $dir/b" >/dev/null
is "$(ns mode "fs write $dir/b/enforce 1; cat $dir/b/enforce; ls / >/dev/null && echo runs")" $'1\n1runs' \
	"4.8 setenforce works before a policy is loaded, and nothing is denied"
is "$(ns mode "fs load $dir/b/load $dir/small.bin; cat $dir/b/enforce")" "$size"$'\n1' "4.8 the mode survives the load"
is "$(ns mode "echo alive")" alive "4.8 processes that run are not killed"
is "$(ns mode "tr -d '\\0' </proc/self/attr/current")" $kernel_t "4.8 they are in their initial context"

# ---- 4.9
is "$(cat $fs/enforce)" "$mode" "4.9 the parent's mode is unchanged"
is "$(ns child "cat $dir/a/enforce")" 0 "4.9 and a sibling's"
skip "4.10 labels of booleans" "files are not labelled in the simulated kernel"

# ---- 4.11
ns_start status
ns status "fs mount $dir/c; fs load $dir/c/load $dir/small.bin" >/dev/null
page() { od -An -v -tu4 | tr -s ' \n' ' '; }
is "$(ns status "cat $dir/c/status" | page)" " 1 0 0 0 0 " "4.11 status is made at the first look: policyload 0 although a policy is loaded"
# shellcheck disable=SC2046
set -- $(ns status "fs map $dir/c/status 'fs load $dir/c/load $dir/small.bin >/dev/null'")
is "$1 $3 $4 $5" "1 0 0 0" "4.11 mapped: the same"
[ "$9" -gt 0 ] && [ "$7" -gt "$2" ] && [ $(($7 % 2)) -eq 0 ]
ok $? "4.11 the next load is seen in the mapped page: policyload not 0, another even sequence"
# shellcheck disable=SC2046
set -- $(ns status "fs map $dir/c/status 'fs write $dir/c/enforce 1 >/dev/null'")
is "$3 $8" "0 1" "4.11 the mode is seen in the mapped page"
[ "$7" -gt "$2" ]
ok $? "4.11 with another sequence number"
is "$(ns status "cat $dir/c/status" | page)" " $6 $7 $8 $9 ${10} " "4.11 and by reading it"
[ "$(ns child "cat $dir/a/status" | page)" != " $6 $7 $8 $9 ${10} " ]
ok $? "4.11 each namespace has its own page"
skip "4.13 netlink notifications" "not measured, and not simulated"
is "$(context_of self)" "$own" "3.3 the parent's context is unchanged"
done_testing
