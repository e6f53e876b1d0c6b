#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# running.t - the calls about a namespace that runs: its kind, its selinuxfs, its booleans.
. "$(dirname "$0")/lib.sh"
need_policy
need_tool secilc

policy many "$(may_all many)" '(boolean b1 false)' '(boolean b2 true)' \
	'(booleanif b1 (true (allow many_t many_other_t (file (read)))))' \
	'(booleanif b2 (true (allow many_t many_other_t (file (execute)))))'
load="newns unshare openfile:$dir/many.bin load:own"
# shellcheck disable=SC2086
in_child() { sim "${options[@]}" -- drive $load "$@"; }
options=()
values() { sed -n 's/^boolean //p' <<<"$out" | sort | tr '\n' ' '; }

sim -- drive kind newns unshare kind
is "the init namespace, then a fresh one" "$(answer kind | tr '\n' ' ')" "0 1 "
in_child kind
is "then a child" "$(answer kind)" 2
sim -- setpriv --reuid=65534 --clear-groups drive kind
is "an ordinary user cannot tell: EACCES" "$(answer kind)" "-1 EACCES"
like "and is told why" "$(answer 'kind message')" '^\[look at the namespace\] \[selinuxfs\] .*only root'
for kernel in no-lsm no-namespaces; do
	sim --kernel=$kernel -- drive kind
	is "$kernel: there is the init namespace only" "$(answer kind)" 0
done
sim --kernel=disabled -- drive kind selinuxfs booleans
is "no SELinux: ENODEV" "$(answer kind) $(answer selinuxfs) $(answer booleans)" "-1 ENODEV -1 ENODEV -1 ENODEV"

sim -- drive selinuxfs
is "selinuxfs is opened, close-on-exec" "$(answer selinuxfs)" 0
sim -- setpriv --reuid=65534 --clear-groups drive selinuxfs
is "for an ordinary user the one that is mounted" "$(answer selinuxfs)" 0
sim -- drive newns unshare 'sh:mount -t selinuxfs none /sys/fs/selinux' newuser selinuxfs
is "in a user namespace the one that is mounted" "$(answer selinuxfs)" 0
sim -- drive newns unshare newuser selinuxfs
is "where none is: EPERM" "$(answer selinuxfs)" "-1 EPERM"
like "with a remedy" "$(answer 'selinuxfs message')" '^\[open selinuxfs\] .*CAP_SYS_ADMIN'

in_child booleans
is "the booleans of the namespace's own policy" "$(answer booleans) $(values)" "0 b1: 0 b2: 1 many_bool: 0 "
in_child selinuxfs setbooleans:b1=1,b2=0 booleans
is "two at once, by a descriptor" "$(answer setbooleans) $(values)" "0 b1: 1 b2: 0 many_bool: 0 "
in_child setbooleans:b1=1,b2=1,b1=0 booleans
is "the last value for a name counts" "$(answer setbooleans) $(values)" "0 b1: 0 b2: 1 many_bool: 0 "
in_child setbooleans: booleans
is "none at all" "$(answer setbooleans) $(values)" "0 b1: 0 b2: 1 many_bool: 0 "
for name in '' . .. ../enforce nosuch; do
	in_child "setbooleans:b1=1,$name=0" booleans
	is "a name that is none ('$name'): ENOENT, and nothing is set" "$(answer setbooleans) $(values)" \
		"-1 ENOENT b1: 0 b2: 1 many_bool: 0 "
done
for fault in booleans/b2/write:EIO commit_pending_bools/write:EIO booleans/b2/open:EACCES; do
	options=(--fault="selinuxfs/$fault:1")
	in_child setbooleans:b1=1,b2=0 booleans setbooleans:many_bool=1 booleans
	is "$fault: none is set, and none is left for the next commit" "$(answer setbooleans | tr '\n' ' ')$(values)" \
		"-1 ${fault##*:} 0 b1: 0 b1: 0 b2: 1 b2: 1 many_bool: 0 many_bool: 1 "
done
options=(--fault=selinuxfs/booleans/b2/read:EIO:1)
in_child booleans
is "one that cannot be read: its error" "$(answer booleans)" "-1 EIO"
like "which names it" "$(answer 'booleans message')" '^\[read booleans\] \[b2\] '
options=()
sim -- drive newns unshare booleans setbooleans:b1=1
is "no policy: EINVAL" "$(answer booleans) $(answer setbooleans)" "-1 EINVAL -1 EINVAL"
sim -- drive booleans:0
is "no selinuxfs: EINVAL" "$(answer booleans)" "-1 EINVAL"
sim -- drive selinuxfs newns unshare "openfile:$dir/many.bin" load:own setbooleans:many_bool=1
like "the parent's selinuxfs: nothing is set by it" "$(answer setbooleans)" '^-1 E(PERM|NOENT)$'
finish
