#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# misled.t - a kernel's answers that a seccomp filter gives in its place, and a mount namespace
# that is shared with another SELinux namespace: the parent is never what is changed instead.
. "$(dirname "$0")/lib.sh"
need_policy
need_tool secilc

policy kid "$(may_all kid)"
kid=--load-policy=$dir/kid.bin
cat >"$dir/parent" <<'END'
#!/bin/bash
echo "context: $(tr -d '\0' </proc/self/attr/current)"
echo "mode: $(getenforce)"
echo "policy: $(cksum </sys/fs/selinux/policy)"
echo "booleans: $(getsebool -a | cksum)"
echo "mounts: $(grep selinuxfs /proc/self/mountinfo | cksum)"
END
chmod 755 "$dir/parent"

# untouched WHAT SIM-SCRIPT: as the parent was, it is
untouched() {
	rm -f "$dir/ran"
	sim -- bash -c "$dir/parent >$dir/before; $2; $dir/parent >$dir/after"
	if [ -s "$dir/before" ] && cmp -s "$dir/before" "$dir/after"; then
		pass "$1: the parent's context, mode, policy, booleans and mounts are as before"
	else
		miss "$1: the parent's context, mode, policy, booleans and mounts are as before"
		comment "$(diff "$dir/before" "$dir/after")"
	fi
}

# ---- a filter that lies ---------------------------------------------------------------------

sim -- filter set=0 -- true
[ "$status" = 0 ] || skip_all "no seccomp filter can be had: $err"
# The second lets the question of selinuxns_probe() through to the kernel, and lies about the rest.
for rule in set=0 set-unshare=0; do
	for fork in '' --fork; do
		untouched "$rule $fork" "filter $rule -- unshareselinux $fork $kid --context=u:r:kid_t --boolean=kid_bool=on \
			--enforcing touch $dir/ran; echo ended: \$?"
		is "$rule $fork: 125, and nothing ran" "$(answer ended) $([ -e "$dir/ran" ] && echo ran)" "125 "
		like "$rule $fork: and that it may be a filter" "$err" '^unshareselinux: (check kernel|unshare the SELinux namespace): .*seccomp filter'
	done
	untouched "$rule, selinuxns_setup()" "filter $rule -- spawn how:setup policy-file:$dir/kid.bin mode:1 -- true"
	like "$rule, selinuxns_setup(): an error" "$(answer setup)" '^-1 E(OPNOTSUPP|PROTO)$'
	untouched "$rule, selinux_unshare()" "filter $rule -- drive newns:private unshare unsharens:0 isunshared sh:'grep -c selinuxfs /proc/self/mountinfo'"
	is "$rule, selinux_unshare(), selinuxns_unshare(): EPROTO" "$(answer unshare) $(answer unsharens) $(answer isunshared)" "-1 EPROTO -1 EPROTO 0"
	is "$rule, selinux_unshare(): what is mounted stays" "$(tail -n 1 <<<"$out")" 1
	like "$rule, selinuxns_unshare(): the reason" "$(answer 'unsharens message')" 'not a new namespace; a seccomp filter'
done
# From a namespace that is fresh itself: that one is then the parent, and answers 1 before and after.
sim -- drive newns:private rawunshare exec:"filter set=0 -- unshareselinux $kid touch $dir/ran; echo ended: \$?; selinuxunshared"
is "in a fresh namespace: 125, nothing ran, and it stays fresh" "$(answer ended) $(tail -n 1 <<<"$out") $([ -e "$dir/ran" ] && echo ran)" "125 1 "
# Both: the state cannot be known, so that nothing may be taken for granted.
for get in 0 1 38 95; do
	untouched "get=$get and set=0" "filter get=$get set=0 -- unshareselinux $kid --enforcing touch $dir/ran; echo ended: \$?
		filter get=$get set=0 -- drive newns:private unshare sh:'grep -c selinuxfs /proc/self/mountinfo'"
	is "get=$get and set=0: 125, and nothing ran" "$(answer ended) $([ -e "$dir/ran" ] && echo ran)" "125 "
	like "get=$get and set=0: an error" "$(answer unshare)" '^-1 E'
	is "get=$get and set=0: what is mounted stays" "$(tail -n 1 <<<"$out")" 1
done

# ---- a mount namespace that another SELinux namespace uses -------------------------------------

shared() { grep -c selinuxfs /proc/self/mountinfo; }
for how in mount init; do
	untouched "selinuxns_$how(), the parent process's" "drive rawunshare isunshared $how"
	is "selinuxns_$how(), the parent process's: EBUSY" "$(answer isunshared) $(answer $how)" "1 -1 EBUSY"
	like "with a sentence" "$(answer "$how message")" '\[mount selinuxfs\] .*unshare\(CLONE_NEWNS\)'
	# The parent process is in the new namespace too; its parent is not.
	untouched "selinuxns_$how(), a grandparent's" "drive rawunshare fork $how"
	is "selinuxns_$how(), a grandparent's: EBUSY" "$(answer $how)" "-1 EBUSY"
	untouched "selinuxns_$how(), by a program" "drive rawunshare sh:'drive $how; true'"
	is "selinuxns_$how(), by a program: EBUSY" "$(answer $how)" "-1 EBUSY"
done
# With a policy of its own, it is the policy's name for such a context that tells.
untouched "with a policy loaded" "drive rawunshare openfile:$dir/kid.bin load isunshared mount"
is "with a policy loaded: EBUSY" "$(answer load) $(answer isunshared) $(answer mount)" "0 0 -1 EBUSY"
# And where they are not shared, it works.
sim -- drive newns:private rawunshare fork mount isunshared
is "in a mount namespace of its own it is mounted" "$(answer mount) $(answer isunshared)" "0 1"
finish
