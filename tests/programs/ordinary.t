#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ordinary.t - selinuxunshared(1); and both programs for an ordinary user in the simulated machine.
. "$(dirname "$0")/lib.sh"
need_sim
need_tool secilc
policy alpha "$(may_all alpha)"
policy host "$(may_all host)"
host=(--policy="$dir/host.bin" --context=u:r:host_t)

# ---- selinuxunshared --------------------------------------------------------------

for kernel in lsm node; do
	sim "${host[@]}" --kernel=$kernel -- selinuxunshared
	is "$kernel: the init namespace: 0, status 1" "$out $status" "0 1"
	sim "${host[@]}" --kernel=$kernel -- unshareselinux selinuxunshared
	is "$kernel: unshared: 1, status 0" "$out $status" "1 0"
	sim "${host[@]}" --kernel=$kernel -- unshareselinux --load-policy="$dir/alpha.bin" selinuxunshared
	is "$kernel: a policy was loaded: 0, status 1" "$out $status" "0 1"
	for quiet in --quiet -q; do
		sim "${host[@]}" --kernel=$kernel -- selinuxunshared $quiet
		is "$kernel, $quiet: status 1 only" "$out$err $status" " 1"
		sim "${host[@]}" --kernel=$kernel -- unshareselinux selinuxunshared $quiet
		is "$kernel, $quiet: status 0 only" "$out$err $status" " 0"
	done
done
for kernel in no-namespaces no-lsm disabled; do
	sim --no-policy --kernel=$kernel -- selinuxunshared
	[ $kernel = disabled ] && sim --kernel=$kernel -- selinuxunshared
	is "$kernel: 0, status 1" "$out $status" "0 1"
done
sim "${host[@]}" -- unshareselinux bash -c "selinuxunshared -q && mount -t selinuxfs none /sys/fs/selinux && cat $dir/alpha.bin >/sys/fs/selinux/load; selinuxunshared || id -Z"
is "as an init would use it" "${out//$'\n'/ }" "0 u:r:alpha_t"
sim "${host[@]}" --fault='lsm_get_self_attr:EPERM:*' -- selinuxunshared
is "an error: 255, nothing on stdout" "$out $status" " 255"
like "and a message" "$err" '^selinuxunshared: .*seccomp.*Operation not permitted'
sim "${host[@]}" --fault='lsm_get_self_attr:EPERM:*' -- selinuxunshared --quiet
is "also when quiet" "$out $status" " 255"
for bad in --bogus -x argument --quiet=1 '-q argument'; do
	# shellcheck disable=SC2086
	run selinuxunshared $bad
	is "$bad: 255" "$out $status" " 255"
	like "and where to read more" "$err" "selinuxunshared --help"
done
for option in --help -h; do
	run selinuxunshared $option
	is "$option: 0, on stdout" "$status$err $(grep -c -- '--quiet' <<<"$out")" "0 1"
done
for option in --version -V; do
	run selinuxunshared $option
	like "$option" "$status $out" '^0 selinuxunshared from libselinuxns [0-9.]+$'
done
for option in --help --version; do
	run bash -c "selinuxunshared $option >/dev/full"
	is "$option to a full disk: 255" "$status" 255
	like "and says so" "$err" '^selinuxunshared: .*No space left'
done
sim "${host[@]}" -- unshareselinux bash -c 'selinuxunshared >/dev/full'
is "an answer that cannot be written: 255" "$status" 255
sim "${host[@]}" -- bash -c 'selinuxunshared >&-'
is "nor to a closed stdout" "$status" 255

# ---- an ordinary user inside ----------------------------------------------------------

# Not a user namespace's: another user of the simulated machine, where there is one.
user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
sim --no-policy -- "${user[@]}" true
if [ "$status" != 0 ]; then
	skip "an ordinary user inside" "no other user can be had here: ${err%%$'\n'*}"
	finish
fi
mkdir "$dir/w"; chmod 777 "$dir/w"
for kernel in lsm node; do
	sim "${host[@]}" --kernel=$kernel -- "${user[@]}" selinuxunshared
	is "$kernel: selinuxunshared: 0, status 1" "$out $status" "0 1"
	sim "${host[@]}" --kernel=$kernel -- unshareselinux --load-policy="$dir/alpha.bin" "${user[@]}" selinuxunshared
	is "$kernel: after a policy load: 0, status 1" "$out $status" "0 1"
	sim "${host[@]}" --kernel=$kernel -- "${user[@]}" unshareselinux touch "$dir/w/witness"
	is "$kernel: unshareselinux: 125" "$status" 125
	like "and why" "$err" '^unshareselinux: check privilege: CAP_SYS_ADMIN: .*; run as root'
	ok "the command is not started" test ! -e "$dir/w/witness"
done
sim "${host[@]}" -- unshareselinux "${user[@]}" selinuxunshared
is "lsm: unshared: 1, status 0" "$out $status" "1 0"
# By the node it takes an instance to tell, and without one it must not guess.
sim "${host[@]}" --kernel=node -- unshareselinux "${user[@]}" selinuxunshared
is "node, no selinuxfs to ask: 255, never a guess" "$out $status" " 255"
sim "${host[@]}" --kernel=node -- unshareselinux --mount-selinuxfs "${user[@]}" selinuxunshared
like "node, with one: 1, or an error" "$out $status" '^(1 0| 255)$'

# The library: an ordinary user may unshare (2.1), in a mount namespace that someone made.
sim "${host[@]}" -- unshare -m "${user[@]}" drive probe unshare isunshared
is "selinux_unshare(): allowed, also to ordinary users" "$(answer unshare) $(answer isunshared)" "0 1"
like "what cannot be unmounted is a warning" "$out" '^log warning: .*/sys/fs/selinux.*not permitted'
sim "${host[@]}" -- unshare -m drive newns:private unsharens:0 mount sh:"${user[*]} drive openfile:$dir/alpha.bin load isunshared"
is "loading takes root: EACCES" "$(answer load) $(answer isunshared)" "-1 EACCES 1"
like "and says so" "$(answer 'load message')" 'only root'
sim "${host[@]}" -- unshare -m drive newns:private unsharens:0 sh:"${user[*]} drive openfile:$dir/alpha.bin mount load"
is "mounting too: EPERM" "$(answer mount | tail -n 1) $(answer load)" "-1 EPERM -1 EPERM"

# ---- the simulator started by an ordinary user ------------------------------------------

if [ "$(id -u)" = 0 ]; then
	chmod 777 "$dir"
	# With a /dev/fuse that is everyone's, as on a desktop, in a mount namespace of the test's.
	run unshare -m --propagation private bash -c "mknod -m 666 $dir/fuse c 10 229 && mount --bind $dir/fuse /dev/fuse &&
		exec ${user[*]} selinuxns-sim ${host[*]} -- unshareselinux --load-policy=$dir/alpha.bin bash -c 'selinuxunshared; id -Z; id -u'"
	if [ "$status" = 125 ] && grep -q '^selinuxns-sim: ' <<<"$err"; then
		skip "the whole in a simulator that an ordinary user started" "${err%%$'\n'*}"
	else
		is "the whole in a simulator that an ordinary user started" "$status ${out//$'\n'/ }" "0 0 u:r:alpha_t 0"
	fi
else
	sim "${host[@]}" -- unshareselinux --load-policy="$dir/alpha.bin" bash -c 'selinuxunshared; id -Z'
	is "the whole in a simulator that an ordinary user started" "$status ${out//$'\n'/ }" "0 0 u:r:alpha_t"
fi
finish
