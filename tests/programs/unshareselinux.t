#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# unshareselinux.t - unshareselinux(1): what its options give, exit statuses, bad arguments,
# and that the parent never changes.
. "$(dirname "$0")/lib.sh"
need_sim
need_tool secilc
policy alpha "$(may_all alpha)"
policy host "$(may_all host)"
host=(--policy="$dir/host.bin" --context=u:r:host_t)
load=--load-policy=$dir/alpha.bin
# Prints the state that the command finds.
cat >"$dir/state" <<-'END'
	#!/bin/bash
	# Builtins only: also for a root with nothing but a shell.
	read -r -d '' context </proc/self/attr/current
	mounts=0
	while read -r line; do [[ $line == *' - selinuxfs '* ]] && mounts=$((mounts + 1)); done </proc/self/mountinfo
	echo "state: context=$context mounts=$mounts SELINUXNS=$SELINUXNS"
END
chmod 755 "$dir/state"

# ---- what it does ------------------------------------------------------------------

# As the fork's: unshare the mounts, make them private, unshare SELinux, execute.
for kernel in lsm node; do
	sim "${host[@]}" --kernel=$kernel -- bash -c "mount --make-rshared /; unshareselinux $dir/state; $dir/state"
	is "$kernel, no options: no policy, no selinuxfs, SELINUXNS=1; the parent as before" "$out" \
		$'state: context=kernel mounts=0 SELINUXNS=1\nstate: context=u:r:host_t mounts=1 SELINUXNS='
	is "and not a word" "$err" ""
	sim "${host[@]}" --kernel=$kernel -- bash -c "unshareselinux bash -c 'selinuxunshared; readlink /proc/self/ns/mnt'; readlink /proc/self/ns/mnt"
	is "$kernel: it is not initialised, in another mount namespace" "$(head -n 1 <<<"$out") $(sort -u <<<"$out" | wc -l)" "1 3"
	sim "${host[@]}" --kernel=$kernel -- bash -c "mount --make-rshared /; unshareselinux bash -c 'grep -c shared: /proc/self/mountinfo; mkdir -p $dir/m; mount -t tmpfs none $dir/m'; grep -c $dir/m /proc/self/mountinfo"
	is "$kernel: its mounts are private" "${out//$'\n'/ }" "0 0"
	sim "${host[@]}" --kernel=$kernel -- unshareselinux --mount-selinuxfs bash -c "$dir/state; getenforce; selinuxunshared; cat /proc/self/mountinfo | grep selinuxfs"
	is "$kernel, --mount-selinuxfs" "$(head -n 3 <<<"$out")" $'state: context=kernel mounts=1 SELINUXNS=1\nPermissive\n1'
	like "on the usual place, nosuid and noexec" "$out" ' /sys/fs/selinux [a-z,]*nosuid,[a-z,]*noexec'
	sim "${host[@]}" --kernel=$kernel -- unshareselinux "$load" bash -c "$dir/state; selinuxunshared; getenforce; runcon u:r:alpha_other_t id -Z"
	is "$kernel, --load-policy=FILE" "$out" $'state: context=u:r:alpha_t mounts=1 SELINUXNS=1\n0\nPermissive\nu:r:alpha_other_t'
done
sim "${host[@]}" -- unshareselinux unshareselinux "$load" unshareselinux --mount-selinuxfs "$dir/state"
is "one in another" "$status $out" "0 state: context=kernel mounts=1 SELINUXNS=1"
if type=$(host_policy); then
	sim -- unshareselinux --load-policy bash -c 'selinuxunshared; id -Z'
	like "--load-policy: the one that this machine is configured for ($type)" "${out//$'\n'/ }" '^0 [a-z_]+:[a-z_]+:kernel_t'
else
	skip "--load-policy: the one that this machine is configured for" "it has none"
fi

# The wanted way out of its parent's hands: the rest of the process is the command's.
sim "${host[@]}" -- bash -c "cd /usr; umask 027; FOO=bar unshareselinux -- bash -c 'echo \$FOO \$PWD \$(umask) \$# \$0 \$1 \$2' -x --help -v"
is "environment, directory, umask and arguments are the command's" "$out" "bar /usr 0027 2 -x --help -v"
sim "${host[@]}" -- bash -c "ls /proc/self/fd | wc -l; unshareselinux $load ls /proc/self/fd | wc -l"
is "it inherits no descriptor" "$(sort -u <<<"$out" | wc -l)" 1
sim "${host[@]}" -- bash -c "unshareselinux $load bash -c 'echo closed >$dir/closed' <&- >&- 2>&-"
is "closed standard descriptors do not matter" "$status $(cat "$dir/closed")" "0 closed"
sim "${host[@]}" -- unshareselinux "$load" bash -c 'setenforce 1 && getenforce && setsebool alpha_bool 1; getsebool alpha_bool; id -Z'
is "the command may enforce" "${out//$'\n'/ }" "Enforcing alpha_bool --> on u:r:alpha_t"

# ---- a root --------------------------------------------------------------------------

# make_root NAME: a root with bash, a policy and a place for selinuxfs
make_root() {
	local root=$dir/$1 lib

	mkdir -p "$root/bin" "$root/sys/fs/selinux" "$root/proc" "$root/etc/selinux/tiny/policy"
	cp "$(command -v bash)" "$root/bin/bash"
	while read -r lib; do
		mkdir -p "$root${lib%/*}"
		cp -L "$lib" "$root$lib"
	done < <(ldd "$root/bin/bash" | grep -o '/[^ ]*' | sort -u)
	cp "$dir/state" "$root/bin/state"
	echo SELINUXTYPE=tiny >"$root/etc/selinux/config"
	cp "$dir/alpha.bin" "$root/etc/selinux/tiny/policy/policy.33"
}
make_root root
in_root() { sim "${host[@]}" -- bash -c "mount --rbind /proc $dir/root/proc; unshareselinux $1"; }
in_root "--root $dir/root --load-policy /bin/bash /bin/state"
is "--root --load-policy: its policy, its selinuxfs" "$status $out" "0 state: context=u:r:alpha_t mounts=1 SELINUXNS=1"
in_root "--root=$dir/root --mount-selinuxfs -- /bin/bash -c 'cd ..; echo \$PWD; . /bin/state; echo /bin/b*; [ -e $dir ] || echo no way out'"
is "the command is inside" "$out" $'/\nstate: context=kernel mounts=1 SELINUXNS=1\n/bin/bash\nno way out'
in_root "--root=$dir/root /bin/bash /bin/state"
is "--root alone" "$out" "state: context=kernel mounts=0 SELINUXNS=1"
in_root "--root=$dir/root --load-policy=$dir/host.bin /bin/bash /bin/state"
is "FILE is the caller's, not the root's" "$out" "state: context=u:r:host_t mounts=1 SELINUXNS=1"
in_root "--root=$dir/root --load-policy bash -c 'echo \$0' zero"
is "the command is looked up in the root" "$status $out" "0 zero"
in_root "--root=$dir/root --load-policy /usr/bin/id"
is "one that is not in it: 127" "$status" 127
like "and the root is named" "$err" "^unshareselinux: .*/usr/bin/id.*$dir/root"
sim "${host[@]}" -- bash -c "ln -s root $dir/link; unshareselinux --root=$dir/link --load-policy /bin/bash -c 'echo in'"
is "a root that is a link" "$out" in
sim "${host[@]}" -- bash -c "cd $dir; unshareselinux --root=root /bin/bash -c 'echo in \$PWD'"
is "a relative root; the command is in /" "$out" "in /"

# A chroot whose root is no mount point: nothing there can be made private.
cp "$(command -v unshareselinux)" "$dir/root/bin/"
while read -r lib; do
	mkdir -p "$dir/root${lib%/*}"
	cp -L "$lib" "$dir/root$lib"
done < <(ldd "$dir/root/bin/unshareselinux" | grep -o '/[^ ]*' | sort -u)
in_chroot="mount --rbind /proc $dir/root/proc; chroot $dir/root /bin/unshareselinux"
sim "${host[@]}" -- bash -c "$in_chroot /bin/bash -c ': >/witness'"
is "in a chroot that is no mount point: 125" "$status $(test -e "$dir/root/witness" && echo started)" "125 "
like "with a message" "$err" '^unshareselinux: make mount namespace: /: Invalid argument; the root is not a mount point.*with its root'
sim "${host[@]}" -- bash -c "mount --bind $dir/root $dir/root; $in_chroot --load-policy /bin/bash /bin/state"
is "in one that is: as anywhere" "$status $out" "0 state: context=u:r:alpha_t mounts=1 SELINUXNS=1"

# refuses WHAT MESSAGE ARGUMENT...: 125, a message, the command not started, the parent as before
refuses() {
	local what=$1 message=$2

	shift 2
	rm -f "$dir/witness"
	sim "${host[@]}" -- bash -c 'unshareselinux "$@"; s=$?; "$0"; exit $s' "$dir/state" "$@"
	is "$what: 125" "$status" 125
	like "with a message" "$err" "^unshareselinux: .*$message"
	ok "and the command is not started" test ! -e "$dir/witness"
	is "the parent is as before" "$out" "state: context=u:r:host_t mounts=1 SELINUXNS="
}
witness=(touch "$dir/witness")

mkdir -p "$dir/bare" "$dir/place/sys/fs/selinux"
make_root evil
rm -r "$dir/evil/sys/fs/selinux"; ln -s /../../../../../../../../.."$dir/bare" "$dir/evil/sys/fs/selinux"
refuses "a root that is not there" "nothing: No such file" --root="$dir/nothing" "${witness[@]}"
refuses "a root that is a file" "Not a directory" --root="$dir/alpha.bin" "${witness[@]}"
refuses "an empty name of a root" "No such file" --root= "${witness[@]}"
refuses "a root without a configuration" "etc/selinux/targeted/policy: No such file" --root="$dir/place" --load-policy "${witness[@]}"
refuses "a root without a mount point" "check mount point: /sys/fs/selinux: No such file.*; create it in the root" --root="$dir/bare" --mount-selinuxfs "${witness[@]}"
refuses "a root whose mount point leads out" "mount point" --root="$dir/evil" --mount-selinuxfs "${witness[@]}"
refuses "a policy that is not there" "nothing.*No such file" --load-policy="$dir/nothing" "${witness[@]}"
refuses "a directory for a policy" "directory" --load-policy="$dir" "${witness[@]}"
refuses "an empty name of a policy" "No such file" --load-policy= "${witness[@]}"
refuses "something else for a policy" "not a binary policy" --load-policy=/bin/sh "${witness[@]}"
refuses "a device for a policy" "not a regular file" --load-policy=/dev/zero "${witness[@]}"
chmod 000 "$dir/alpha.bin"
sim "${host[@]}" -- setpriv --bounding-set=-dac_override,-dac_read_search --inh-caps=-dac_override,-dac_read_search unshareselinux "$load" "${witness[@]}"
if [ "$(id -u)" = 0 ]; then
	is "an unreadable policy: 125" "$status" 125
	like "with a message" "$err" '^unshareselinux: .*Permission denied'
else
	skip "an unreadable policy: 125" "not root"
	skip "with a message" "not root"
fi
chmod 644 "$dir/alpha.bin"

for mounts in 'umount -l /proc 2>/dev/null || mount -t tmpfs none /proc' 'mount -t tmpfs none /proc'; do
	for option in --verbose "$load"; do
		sanitized && { skip "no procfs (${mounts%% *})" "the sanitizers need one"; continue; }
		rm -f "$dir/witness"
		sim "${host[@]}" -- bash -c "$mounts; unshareselinux $option touch $dir/witness"
		is "no procfs (${mounts%% *}, ${option%%=*}): 125" "$status $(test -e "$dir/witness" && echo started)" "125 "
		like "with a message" "$err" '^unshareselinux: .*/proc/thread-self/(mountinfo|fd): .*; mount /proc'
	done
done

# ---- arguments ------------------------------------------------------------------------

for bad in --bogus -x --root --mount-selinuxfs=x --load --verbose=1 --version=2; do
	case $bad in --load) continue ;; esac
	rm -f "$dir/witness"
	if [ "$bad" = --root ]; then run unshareselinux --root; else run unshareselinux "$bad" "${witness[@]}"; fi
	is "$bad: 125" "$status" 125
	like "with a message that names it" "$err" "unshareselinux: .*${bad%%=*}|unshareselinux: .*'${bad#-}'"
	like "and where to read more" "$err" "unshareselinux --help"
	ok "and the command is not started" test ! -e "$dir/witness"
done
for option in --help -h; do
	run unshareselinux $option
	is "$option: 0, on stdout" "$status $(wc -l <<<"$err") $(grep -c -- '--load-policy' <<<"$out")" "0 1 1"
done
for option in --mount-selinuxfs --load-policy --root --verbose --help --version; do
	like "--help has $option" "$out" "$option"
done
for option in --version -V; do
	run unshareselinux $option
	like "$option" "$status $out" '^0 unshareselinux from libselinuxns [0-9.]+$'
done
for option in --help --version; do
	run bash -c "unshareselinux $option >/dev/full"
	is "$option to a full disk: 125" "$status" 125
	like "and says so" "$err" '^unshareselinux: .*No space left'
	run bash -c "unshareselinux $option >&-"
	is "$option to a closed stdout: 125" "$status" 125
done

# ---- exit statuses ---------------------------------------------------------------------

for wanted in 0 1 7 124 255; do
	sim "${host[@]}" -- unshareselinux bash -c "exit $wanted"
	is "the command's own status, $wanted" "$status" $wanted
done
sim "${host[@]}" -- bash -c 'unshareselinux bash -c "kill -TERM \$\$"; echo killed: $?'
is "a command that is killed is seen to be" "$(answer killed)" 143
touch "$dir/plain"
printf '#!/nonexistent/interpreter\n' >"$dir/script"; chmod 755 "$dir/script"
while read -r wanted command message; do
	sim "${host[@]}" -- unshareselinux "${command/DIR/$dir}"
	is "$command: $wanted" "$status" "$wanted"
	like "with a message" "$err" "^unshareselinux: execute: ${command/DIR/$dir}: $message"
done <<-END
	127 nonexistent-command No such file
	127 DIR/nonexistent No such file
	127 DIR/script No such file
	126 DIR/plain Permission denied
	126 DIR Permission denied
	126 DIR/plain/x Not a directory
END
sim "${host[@]}" -- unshareselinux ''
is "an empty command: 127" "$status" 127

sim "${host[@]}" -- bash -c "echo 'echo shell: \$0 \$SELINUXNS' | SHELL=$(command -v bash) unshareselinux"
is "no command: \$SHELL, and not as a login shell" "$(answer shell)" "$(command -v bash) 1"
sim "${host[@]}" -- bash -c "echo 'echo shell: \$0' | env -u SHELL unshareselinux --mount-selinuxfs --"
is "\$SHELL is not set: /bin/sh" "$(answer shell)" "/bin/sh"
sim "${host[@]}" -- bash -c "SHELL=/nonexistent unshareselinux"
is "\$SHELL is not there: 127" "$status" 127

# ---- verbose ---------------------------------------------------------------------------

in_root "--verbose --root=$dir/root --load-policy /bin/bash -c :"
is "--verbose says each step as it is taken, with its object" "$(sed 's/^unshareselinux: //' <<<"$err")" "$(cat <<-END
	make mount namespace
	open root: $dir/root
	unshare the SELinux namespace
	mount selinuxfs: $dir/root
	open selinuxfs
	load policy: /etc/selinux/tiny/policy/policy.33
	enter root: $dir/root
	execute: /bin/bash
END
)"
is "on stderr" "$out" ""

# ---- the parent --------------------------------------------------------------------------

cat >"$dir/snapshot" <<-'END'
	getenforce; id -Z; getsebool -a
	cat /sys/fs/selinux/maxns /sys/fs/selinux/maxnsdepth /sys/fs/selinux/policyvers
	cat /proc/self/mountinfo; ls /sys/fs/selinux /sys/fs/selinux/class; cksum </sys/fs/selinux/policy
END
for mode in --permissive --enforcing; do
	# shellcheck disable=SC2016
	sim "${host[@]}" $mode -- bash -c "
		mount --make-rshared /
		. $dir/snapshot >$dir/before
		unshareselinux $load bash -c 'setenforce 1; setsebool alpha_bool 1; echo 5 >/sys/fs/selinux/maxns; umount /sys/fs/selinux; mount -t tmpfs none /mnt'
		unshareselinux --mount-selinuxfs bash -c 'setenforce 1; load_policy; setenforce 0'
		unshareselinux --load-policy=/bin/sh true; unshareselinux --root=$dir/bare --mount-selinuxfs true; unshareselinux nonexistent-command
		unshareselinux $load bash -c 'cat $dir/host.bin >/sys/fs/selinux/load; exec unshareselinux $load setenforce 1'
		. $dir/snapshot >$dir/after; echo done: \$?"
	is "($mode) all of it ran" "$(answer 'done')" 0
	if cmp -s "$dir/before" "$dir/after"; then
		pass "and the parent's mode, context, booleans, limits, mounts and policy are as before"
	else
		miss "and the parent's mode, context, booleans, limits, mounts and policy are as before"
		comment "$(diff "$dir/before" "$dir/after")"
	fi
done
finish
