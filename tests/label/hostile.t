#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# hostile.t - selinuxns label in trees that are hostile, or change meanwhile; and with little
# privilege, in a chroot, behind a filter, interrupted.
. "$(dirname "$0")/lib.sh"
need_labels
make_root root "${contexts[@]}"

# ---- nothing outside of the tree ------------------------------------------------------------

mkdir -p "$dir/canary/below" "$root/usr/real/below"
touch "$dir/canary/file" "$dir/canary/below/file" "$root/usr/real/file" "$root/usr/real/below/file"
ln -s "$dir/canary" "$root/usr/link"
ln -s "$dir/canary/file" "$root/usr/direct"
ln -s /proc/self/root "$root/usr/magic"
canaries() { label "$dir/canary" "$dir/canary/file" "$dir/canary/below" "$dir/canary/below/file" | sort -u; }
apply /
is "links are labelled themselves" "$status $(label "$root/usr/link")" "0 u:object_r:link_t"
is "and not followed" "$(canaries)" "(none)"

# Exchanged with a link to elsewhere, as fast as it goes.
ln -s "$dir/canary" "$root/usr/swap"
# The directory itself, whatever its name is by then.
exec {real}<"$root/usr/real"
(cd "$root/usr" && exec swap real swap) &
swapper=$!
good=1 seen=0
for i in {1..60}; do
	files raw "$attribute" x "/proc/$$/fd/$real/file"
	files raw "$attribute" x "/proc/$$/fd/$real/below/file"
	apply --threads=$((i % 3 + 1)) /usr
	[ "$status" -eq 0 ] || [ "$status" -eq 1 ] || good=0
	[ "$(count gone)" ] && seen=$((seen + 1))
done
kill "$swapper"
wait "$swapper" 2>/dev/null
exec {real}<&-
if [ -L "$root/usr/real" ]; then
	rm "$root/usr/real"
	mv "$root/usr/swap" "$root/usr/real"
fi
is "a directory that becomes a link, and back: nothing outside is touched" "$(canaries)" "(none)"
is "and it is no error" "$good" 1
comment "the exchange was seen by $seen of 60"

# Files that come and go.
(while :; do touch "$root/usr/"{1..20}; rm -f "$root/usr/"{1..20}; mkdir -p "$root/usr/x/y"; rm -rf "$root/usr/x"; done) &
maker=$!
good=1
for i in {1..40}; do
	apply --threads=2 /
	[ "$status" -le 1 ] && [ "$(count failed)" = "" ] || good=0
done
kill "$maker"
wait "$maker" 2>/dev/null
is "files that vanish are no error" "$good" 1

# A name for a device, which must not be opened.
mkfifo "$root/usr/fifo"
mknod "$root/usr/null" c 1 3 2>/dev/null || touch "$root/usr/null"
apply /
is "a FIFO does not block, and a device is labelled" "$status $(label "$root/usr/fifo" "$root/usr/null" | sort -u)" "0 u:object_r:bin_t"

# ---- deep ------------------------------------------------------------------------------------

mkdir "$root/usr/deep"
files deep "$root/usr/deep" 600
run sh -c 'ulimit -n 40; selinuxns label apply --root="$1" --threads=2 /usr/deep' - "$root"
is "any depth, with few descriptors" "$status $(count changed)" "0 3001"
run sh -c 'ulimit -n 40; selinuxns label check --root="$1" --threads=1 /usr/deep' - "$root"
is "and all was reached" "$status $(count fits)" "0 3001"
rm -rf "$root/usr/deep"

# ---- mounts ----------------------------------------------------------------------------------

mkdir -p "$root/usr/mnt" "$root/usr/proc"
touch "$root/usr/file"
# shellcheck disable=SC2016
inside='mount -t tmpfs x "$1/usr/mnt" && touch "$1/usr/mnt/f" "$1/usr/mnt/g" && mount -t proc x "$1/usr/proc" && mount --bind "$1/usr/mnt/g" "$1/usr/file" || exit 77; '
run unshare -m --propagation private sh -c "$inside"'selinuxns label check --root="$1" /usr' - "$root"
if [ "$status" -eq 77 ] || [ "$status" -gt 2 ]; then
	skip "mounts" "nothing can be mounted here: $err"
else
	is "what is mounted belongs to the tree, but not proc" "$status $(count skipped)" "1 1"
	like "so it is told" "$out" '^skipped: /usr/proc: '
	run unshare -m --propagation private sh -c "$inside"'selinuxns label apply -x --root="$1" /usr; getfattr() { files get security.selinux "$@"; }; getfattr "$1/usr/mnt/f"' - "$root"
	is "with -x nothing that is mounted does, not even a file" "$(count skipped) $(tail -n 1 <<<"$out")" "3 (none)"
	printf 'file\0' >"$dir/list"
	run unshare -m --propagation private sh -c "$inside"'selinuxns label apply -x --root="$1" -0 /usr <"$2"; files get security.selinux "$1/usr/file"' - "$root" "$dir/list"
	is "also where it is named" "$(count skipped) $(tail -n 1 <<<"$out")" "1 (none)"
	apply /
	for list in "" "-0"; do
		# shellcheck disable=SC2016
		inside='mount --bind /proc/version "$1/usr/file" || exit 77; selinuxns label "$2" --root="$1" $4 /usr <"$3"'
		run unshare -m --propagation private sh -c "$inside" - "$root" check "$dir/list" "$list"
		is "a file of proc that is mounted is none of the tree's $list" "$status $(count skipped) $(count unlabeled)" "0 1 "
		like "nor is there anything to do" "$out" '^to do: nothing'
		run unshare -m --propagation private sh -c "$inside" - "$root" apply "$dir/list" "$list"
		is "nor is it written to" "$status $(count skipped) $(count failed)" "0 1 "
	done
	mkdir -p "$dir/host" && touch "$dir/host/file"
	run unshare -m --propagation private sh -c 'mount --bind "$2" "$1/usr/mnt" || exit 77
		selinuxns label apply -x --root="$1" /usr; files get security.selinux "$2/file"' - "$root" "$dir/host"
	is "nor a directory of the same file system" "$(count skipped) $(tail -n 1 <<<"$out")" "1 (none)"
	# shellcheck disable=SC2016 # nor is it meant to be, by whoever pastes it
	echo 'ro_file = "u:object_r:own_t$(id)"' >"$root/etc/selinux/tiny/contexts/lxc_contexts"
	run selinuxns label check --no-policy --json --root="$root" /etc
	like "what a shell would take for a command is no context to mount with" "$out" '"mount_context":null'
	printf '/.* u:object_r:conf_t\n' >"$dir/other"
	run unshare -m --propagation private sh -c 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 77
		selinuxns label check --root="$1" --file-contexts="$2" /usr' - "$root" "$dir/other"
	like "nor is it said to a person" "$out" '^to do: mount it with context=; the policy names none for this$'
	echo 'file = "u:object_r:own_t"' >"$root/etc/selinux/tiny/contexts/lxc_contexts"
	run unshare -m --propagation private sh -c 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 77
		selinuxns label check --root="$1" --file-contexts="$2" /usr; selinuxns label apply --root="$1" --file-contexts="$2" --threads=1 --examples=1 /usr' - "$root" "$dir/other"
	like "which the policy names" "$out" '^to do: mount it with context="u:object_r:own_t"$'
	like "and why it cannot be labelled" "$out" '^failed: /usr: Read-only file system; mount it writable'
	# A privilege that does not count for a file of someone who is not of the user namespace.
	apply /
	files raw "$attribute" x "$root/usr/real/file"
	chown 1000 "$root/usr/real/file"
	run unshare -Urm sh -c 'mount -t tmpfs x "$1/usr/mnt" && touch "$1/usr/mnt/f" || exit 77
		selinuxns label apply --root="$1" --threads=1 /usr; files get security.selinux "$1/usr/mnt/f"' - "$root"
	if [ "$status" -eq 77 ]; then
		skip "in a user namespace" "nothing can be mounted there: $err"
	else
		is "in a user namespace what belongs to it is labelled" "$(count failed) $(tail -n 1 <<<"$out")" "1 u:object_r:bin_t"
		like "and it is told why others are not" "$out" '^failed: /usr/real/file: the privilege of a user namespace does not count for this file'
	fi
	chown 0 "$root/usr/real/file"
fi
rm -rf "$root/usr/mnt" "$root/usr/proc" "$root/usr/file"

# ---- little privilege ---------------------------------------------------------------------------

apply /
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	run "${nobody[@]}" selinuxns label check --root="$root" /
	is "anyone may check" "$status" 0
	mkdir -m 700 "$root/usr/closed"
	run "${nobody[@]}" selinuxns label check --root="$root" --exclude=/usr/closed/x /usr
	is "what cannot be read is told, and its own label was looked at" "$status $(count unlabeled) $(count failed)" "1 1 1"
	apply /
	run "${nobody[@]}" selinuxns label check --root="$root" /usr
	is "without an answer it is an error" "$status $(count failed)" "2 1"
	like "that a relabel would not end" "$out" '^to do: see what failed: the rest fits$'
	rmdir "$root/usr/closed"
	files raw "$attribute" x "$root/usr/real"
	run "${nobody[@]}" selinuxns label apply --root="$root" /
	is "only the privileged may label" "$status" 2
	like "which is told" "$err" 'apply labels: /: the privilege is missing: it takes CAP_SYS_ADMIN; run it as root|CAP_FOWNER'
	apply /
	# Where SELinux is on, the owner may: what is refused is another's file alone.
	touch "$root/usr/own"{1..3}
	chown 65534 "$root/usr/own1" "$root/usr/own3"
	printf '%s\0' own1 own2 own3 >"$dir/list"
	# shellcheck disable=SC2016
	run "${nobody[@]}" sh -c 'selinuxns label apply --threads=1 --root="$1" -0 /usr <"$2"' - "$root" "$dir/list"
	if [ "$(label "$root/usr/own1")" = "(none)" ]; then
		skip "what could be written shows that not all is refused" "an owner may not label here"
	else
		is "what could be written shows that not all is refused" "$status $(count changed) $(count failed)" "2 2 1"
	fi
	rm "$root/usr/own"{1..3}
	mkdir "$dir/mine"
	cp -r "$root/etc" "$dir/mine/"
	touch "$dir/mine/file"
	ln -s file "$dir/mine/link"
	chown -Rh 65534 "$dir/mine"
	run "${nobody[@]}" selinuxns label apply --root="$dir/mine" --xattr=user.virtiofs.security.selinux /
	if [ "$status" -eq 2 ]; then
		skip "another attribute" "this file system holds none in user.: $out"
	else
		is "an attribute in user. is the owner's, and no link's" "$status $(count changed) $(count impossible)" "0 $(($(find "$dir/mine" | wc -l) - 1)) 1"
		is "it is that one" "$(files get user.virtiofs.security.selinux "$dir/mine/file") $(label "$dir/mine/file")" "u:object_r:conf_t (none)"
		chown 0 "$dir/mine/file"
		files raw user.virtiofs.security.selinux x "$dir/mine/file"
		run "${nobody[@]}" selinuxns label apply --root="$dir/mine" --xattr=user.virtiofs.security.selinux /
		like "of another's file it is said what that takes" "$out" '^failed: /file: Permission denied: it takes to be allowed to write to the file'
	fi
	run "${nobody[@]}" selinuxns label check --root="$dir/mine" --xattr=trusted.label /
	like "it is said that attributes in trusted. are hidden" "$err" 'selinuxns: warning: attributes in trusted\. are hidden.*CAP_SYS_ADMIN'
	run "${nobody[@]}" selinuxns label apply --root="$dir/mine" --xattr=trusted.label /
	like "and whose privilege they take" "$err" 'apply labels: /: the privilege is missing: attributes in trusted\. take CAP_SYS_ADMIN'
else
	skip "little privilege" "it takes root and setpriv"
fi

# ---- a chroot, a filter, an interruption ---------------------------------------------------------

# Without a working directory of its own for each thread it goes by way of /proc.
files raw "$attribute" x "$root/usr/real/file"
run filter unshare=1 -- selinuxns label apply --root="$root" --threads=2 /
is "where a filter refuses unshare(2)" "$status $(count changed) $(label "$root/usr/real/file")" "0 1 u:object_r:bin_t"

mkdir -p "$root/usr/many"
for i in {1..100}; do mkdir "$root/usr/many/$i"; touch "$root/usr/many/$i/"{1..30}; done
interrupted=0
for delay in 0.005 0.01 0.015 0.02 0.03; do
	timeout -s KILL "$delay" selinuxns label apply --root="$root" --threads=1 / >/dev/null 2>&1
	[ $? -eq 137 ] && interrupted=$((interrupted + 1))
done
comment "interrupted: $interrupted of 5"
apply /
is "after an interruption it can be run again" "$status" 0
check /
is "and is complete" "$status $(count fits)" "0 $(find "$root" | wc -l)"
finish
