#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# unmount.t - selinux_unshare() and the mounts of selinuxfs: the parent's are all gone here,
# and none is in any other mount namespace; the guard; selinuxns_mount_selinuxfs().
. "$(dirname "$0")/lib.sh"
need_sim

export dir
# What the shells inside use.
cat >"$dir/fn" <<'END'
count() { grep -c ' - selinuxfs ' /proc/self/mountinfo; }
# The mounts of selinuxfs without what is numbered: the mount, its parent, peer groups.
list() { sed -n 's/^[0-9]* [0-9]* \(.*\) - selinuxfs .*/\1/p' /proc/self/mountinfo | sed 's/ shared:[0-9]*//; s/ master:[0-9]*//' | sort; }
END
# inside [OPTION...] SCRIPT: run() a script of bash in the simulator
inside() {
	sim --no-policy "${@:1:$#-1}" -- bash -c ". $dir/fn; ${!#}"
}

# ---- every mount is gone -------------------------------------------------------

mkdir "$dir/a" "$dir/with space" "$dir/new"$'\n''line' "$dir/ro" "$dir/tab"$'\t''\040' "$dir/tmp" "$dir/deep"
touch "$dir/file"
# shellcheck disable=SC2016
many='
	mount -t selinuxfs none $dir/a
	mount --bind /sys/fs/selinux "$dir/with space"
	mount --bind $dir/a $dir/new"
"line
	mount --bind /sys/fs/selinux $dir/tab"	"\\040
	mount --bind /sys/fs/selinux $dir/ro && mount -o remount,bind,ro $dir/ro
	mount --bind /sys/fs/selinux/enforce $dir/file
	mount --bind /sys/fs/selinux/class $dir/deep
	mount --bind /sys/fs/selinux /sys/fs/selinux
	mount -t tmpfs none $dir/tmp && mkdir $dir/tmp/s && mount -t selinuxfs none $dir/tmp/s
	mount --bind $dir/a $dir/a && mount --bind $dir/a $dir/a
	echo before: $(count)
'
inside "$many"' drive newns:private unshare sh:"echo left: \$(grep -c selinuxfs /proc/self/mountinfo)"
	echo outside: $(count)'
is "mounts stacked, bound, read-only, of single files and with strange names are all gone" \
	"$(answer unshare) $(answer left)" "0 0"
unlike "without a warning" "$out" '^log '
is "and all still there in the caller's parent" "$(answer outside)" 12
unlike "the set-up was as meant" "$out" '^set up'

inside "mount --make-rshared /; $many"' list >$dir/list.before
	unshare -m --propagation unchanged drive unshare sh:"echo left: \$(grep -c selinuxfs /proc/self/mountinfo)"
	list >$dir/list.after'
is "where the mounts are still shared with the parent: all gone" "$(answer unshare) $(answer left)" "0 0"
ok "and none of the parent's is" cmp -s "$dir/list.before" "$dir/list.after"
unlike "without a warning" "$out" '^log '
inside "mount --make-rshared /; $many"' list >$dir/list.before
	unshare -m --propagation slave drive unshare sh:"echo left: \$(grep -c selinuxfs /proc/self/mountinfo)"
	list >$dir/list.after'
is "where they are slaves: all gone" "$(answer unshare) $(answer left)" "0 0"
ok "and none of the parent's is" cmp -s "$dir/list.before" "$dir/list.after"

inside --kernel=node "mount --make-rshared /; $many"' list >$dir/list.before
	unshare -m --propagation unchanged drive unshare sh:"echo left: \$(grep -c selinuxfs /proc/self/mountinfo)"
	list >$dir/list.after'
is "the same by the node in selinuxfs" "$(answer unshare) $(answer left)" "0 0"
ok "and none of the parent's is" cmp -s "$dir/list.before" "$dir/list.after"

inside 'umount /sys/fs/selinux; drive newns:private unshare isunshared'
is "no selinuxfs mounted at all: unshared" "$(answer unshare) $(answer isunshared) $(grep -c ^log <<<"$out")" "0 1 0"
inside --kernel=node 'umount /sys/fs/selinux; drive newns:private unshare isunshared'
is "the same by the node, with an instance of its own" "$(answer unshare) $(answer isunshared)" "0 1"

# So many shared mounts around a covered one that they could not all be put back: it stays.
inside 'mount --make-rshared /; mount -t tmpfs none $dir/tmp
	for i in 1 2 3 4; do mkdir $dir/tmp/$i; mount --rbind $dir/tmp $dir/tmp/$i; done
	mount -t selinuxfs none $dir/a; mount --bind $dir/a $dir/a; list >$dir/list.before
	grep -c " shared:" /proc/self/mountinfo >$dir/shared.before
	unshare -m --propagation unchanged drive unshare isunshared exec:"grep -c \" shared:\" /proc/self/mountinfo >$dir/shared.after"
	list >$dir/list.after'
is "more shared mounts than can be put back: success" "$(answer unshare) $(answer isunshared)" "0 1"
like "a warning" "$out" "^log warning: .*$dir/a: .*kept from other mount namespaces"
ok "no mount of the parent's goes" cmp -s "$dir/list.before" "$dir/list.after"
ok "there were too many ($(cat "$dir/shared.before"))" test "$(cat "$dir/shared.before")" -gt 256
# But for the parent's selinuxfs on /sys/fs/selinux, which goes.
is "and none that is left here is in another state than before" $(($(cat "$dir/shared.before") - $(cat "$dir/shared.after"))) 1

# ---- propagation is as before ----------------------------------------------------

# shellcheck disable=SC2016
peers='peer() { awk -v p="$1" "\$5 == p { for (i = 7; \$i != \"-\"; i++) if (\$i ~ /^shared/) g = \$i } END { print g }" /proc/self/mountinfo; }'
inside "$peers"'
	mount --make-rshared /; outer=$(peer /sys/fs)
	export outer
	unshare -m --propagation unchanged drive unshare mount exec:"bash -c '\''. $dir/fn
		$(declare -f peer)
		inner=\$(peer /sys/fs)
		echo shared: \$([ -n \"\$inner\" ] && [ \$inner != $outer ] && echo again || echo \$outer \$inner)
		echo inside: \$(count)'\''"
	echo outside: $(count) $(peer /sys/fs | grep -qx $outer && echo same)'
is "a mount that was shared is shared again, in a peer group of its own" "$(answer shared)" again
is "mounting the new selinuxfs: here" "$(answer mount) $(answer inside)" "0 1"
is "and nowhere else" "$(answer outside)" "1 same"

inside 'mount --make-rshared /
	unshare -m --propagation unchanged drive unshare mount mount sh:"cat /sys/fs/selinux/enforce >/dev/null && echo read: 0"
	getenforce'
is "mounting it twice at one place: EBUSY" "$(answer mount)" $'0\n-1 EBUSY'
like "which its sentence explains" "$(answer 'mount message')" 'mounted there already'
like "the parent's getenforce still answers" "$out" '^(Permissive|Enforcing)$'

# ---- a container manager ---------------------------------------------------------

mkdir "$dir/root"
# shellcheck disable=SC2016
for proc in 'mount -t proc proc proc' 'true'; do
	for sharing in 'mount --make-rshared /' 'true'; do
		inside "$sharing"'
			before=$(count)
			drive nspawn exec:"
				mount --make-rslave /; mount --rbind / $dir/root; cd $dir/root
				mount --bind sys/fs/selinux sys/fs/selinux
				mount -o remount,bind,ro sys/fs/selinux
				'"$proc"'
				mount --move . /
				exec chroot . sh -c '\''mount --make-rshared /; exec drive pid unshare isunshared mount sh:getenforce \
					sh:\"echo left: \\\$(grep -c selinuxfs /proc/thread-self/mountinfo)\"'\''"
			echo outside: $before $(count); getenforce'
		what="pid 1 of a container (${sharing% /}, ${proc%% *})"
		is "$what: unshared, its own selinuxfs mounted" \
			"$(answer pid) $(answer unshare) $(answer isunshared) $(answer mount) $(answer left)" "1 0 1 0 1"
		is "$what: outside all is as before" "$(answer outside)" "1 1"
	done
done

# ---- the guard -------------------------------------------------------------------

inside 'drive unshare isunshared unsharens:0 sh:"count() { grep -c selinuxfs /proc/self/mountinfo; }; echo left: \$(count)"; true'
is "the parent's mount namespace: EBUSY" "$(answer unshare)" "-1 EBUSY"
is "and nothing has changed" "$(answer isunshared) $(answer left)" "0 1"
like "the log says so" "$out" '^log error: .*mount namespace is the same as that of its parent process.*CLONE_NEWNS'
is "selinuxns_unshare() likewise, in its error object" "$(answer unsharens)" "-1 EBUSY"
like "with the same sentence" "$(answer 'unsharens message')" '\[unshare the SELinux namespace\].*parent process.*CLONE_NEWNS'
is "and not in the log" "$(grep -c '^log' <<<"$out")" 1
inside --kernel=node 'drive unshare isunshared; true'
is "the same by the node" "$(answer unshare) $(answer isunshared)" "-1 EBUSY 0"

inside 'unshare --pid --fork --mount-proc bash -c "unshare -m bash -c \"nsenter -m -t 1 drive unshare isunshared; true\"; true"'
is "init's mount namespace: EBUSY" "$(answer unshare) $(answer isunshared)" "-1 EBUSY 0"
like "the log says so" "$out" '^log error: .*same as that of init'

inside 'unshare -m bash -c "drive fork newns:private fork unshare isunshared; true"'
is "a forked child of a process that made its mount namespace is refused too" "$(answer unshare)" "-1 EBUSY"
inside 'unshare -m bash -c "exec drive unshare isunshared"; true'
is "the process that unshare(1) executes is not" "$(answer unshare) $(answer isunshared)" "0 1"

# ---- what cannot be unmounted -----------------------------------------------------

inside 'drive newuser newns unshare isunshared'
is "a mount locked by a user namespace: success all the same" "$(answer unshare) $(answer isunshared)" "0 1"
like "and a warning" "$out" '^log warning: .*/sys/fs/selinux: it is locked.*user namespace'
inside 'mount -t tmpfs none /sys/fs/selinux; drive newns:private unshare isunshared'
is "a mount that another covers: success" "$(answer unshare) $(answer isunshared)" "0 1"
like "and a warning" "$out" '^log warning: .*/sys/fs/selinux: another mount covers it'
inside --fault='umount2:EIO:*:drive' 'drive newns:private unshare isunshared; true'
is "an unmount that fails: success" "$(answer unshare) $(answer isunshared)" "0 1"
like "and a warning" "$out" '^log warning: .*/sys/fs/selinux: .*Input/output error'
inside --fault='mount:EPERM:*:drive' 'mount --make-rshared /; unshare -m --propagation unchanged drive unshare isunshared; echo outside: $(count)'
is "a shared mount that cannot be made a slave: success, and nothing is unmounted anywhere" \
	"$(answer unshare) $(answer isunshared) $(answer outside)" "0 1 1"
like "and a warning" "$out" '^log warning: .*/sys/fs/selinux: .*(other mount namespaces|private).*not permitted'
inside 'drive newns:private sh:"mount -t tmpfs none /proc" unshare; true'
is "/proc is not mounted: it succeeds" "$(answer unshare)" 0
like "and the log says that selinuxfs was not looked for" "$out" '^log warning: .*mountinfo'

# ---- selinuxns_mount_selinuxfs(), bad input ---------------------------------------

mkdir -p "$dir/r1" "$dir/r2/selinux" "$dir/r3/sys/fs" "$dir/r4/sys/fs" "$dir/r5/sys/fs" "$dir/target" "$dir/r6"
ln -s /target "$dir/r3/sys/fs/selinux"
ln -s "../../../../../../../../../../$dir/target" "$dir/r4/sys/fs/selinux"
touch "$dir/r5/sys/fs/selinux"
mkdir -p "$dir/r6/elsewhere"; ln -s /elsewhere "$dir/r6/selinux"
ln -s loop "$dir/r6/sys"; ln -s sys "$dir/r6/loop"
inside "drive newns:private unshare mount:$dir/r1 mount:$dir/r2 mount:$dir/r3 mount:$dir/r4 mount:$dir/r5 mount:$dir/r6 mountbadfd:-1 mountbadfd:99 mountbadfd:-100 \
	sh:'. $dir/fn; list'"
mapfile -t answers <<<"$(answer mount)"
is "a root without a mount point: ENOENT" "${answers[0]}" "-1 ENOENT"
is "a root with /selinux only: there" "${answers[1]}" 0
is "a link out of the root leads to a place inside, which is not there: ENOENT" "${answers[2]}" "-1 ENOENT"
is "also by dots" "${answers[3]}" "-1 ENOENT"
is "a file as the mount point: ENOTDIR" "${answers[4]}" "-1 ENOTDIR"
is "links in a circle: ELOOP" "${answers[5]}" "-1 ELOOP"
is "no descriptor, or AT_FDCWD: EBADF" "$(answer mountbadfd | uniq)" "-1 EBADF"
is "only the one good mount is there" "$(grep -c "^[0-9:]* / $dir" <<<"$out") $(grep -c "^[0-9:]* / $dir/r2/selinux" <<<"$out")" "1 1"
inside 'drive newns:private unshare newuser mount'
is "in a user namespace: EPERM" "$(answer mount)" "-1 EPERM"
like "and what to do" "$(answer 'mount message')" 'before entering a user namespace'
sim --kernel=disabled -- drive newns:private mount
like "SELinux disabled: ENODEV or no mount point" "$(answer mount)" '^-1 (ENODEV|ENOENT)$'
for call in fsconfig fsmount move_mount openat2 statx; do
	sim --no-policy --fault="$call:EIO:*:drive" -- drive newns:private unshare mount
	like "$call fails: an error, not a mount" "$(answer mount)" '^-1 (EIO|EOPNOTSUPP)$'
done
sim --no-policy --fault="fsopen:ENOSYS:*:drive" -- drive newns:private unshare mount sh:'grep -c selinuxfs /proc/self/mountinfo'
is "a kernel without fsopen: by mount(2)" "$(answer mount) $(tail -n 1 <<<"$out")" "0 1"
finish
