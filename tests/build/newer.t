#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# newer.t - builds with a newer libselinux, libsepol, compiler and C library than this machine's,
# and passes the unit tests and the suite in the simulator there.
#
# What is newer is Debian 13 (libselinux 3.8), installed by debootstrap, with its signatures
# checked, into checks/newer/root; the tests run with it as their root. (libselinux 3.4, the oldest that is
# supported, is what Debian 12 has: the suite itself.)
. "$(dirname "$0")/lib.sh"
suite_name=trixie
keys=/usr/share/keyrings/debian-archive-keyring.gpg
[ "$(id -u)" -eq 0 ] || skip_all "it takes root to make a root file system"
need_tool debootstrap unshare chroot
[ -e "$keys" ] || skip_all "no $keys"

made=$checks/newer
root=$made/root
packages=gcc,libc6-dev,make,pkg-config,libselinux1-dev,libsepol-dev,libfuse3-dev,libseccomp-dev,check
packages+=,secilc,checkpolicy,policycoreutils,selinux-utils,procps,mount
mkdir -p "$made"
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -m1 '/debian/\?$')
if [ "$(cat "$made/installed" 2>/dev/null)" != "$packages" ]; then
	rm -rf "$root"
	if ! debootstrap --variant=minbase --include="$packages" --keyring="$keys" "$suite_name" "$root" \
		"${mirror:-http://deb.debian.org/debian}" >"$made/debootstrap.log" 2>&1; then
		skip_all "no Debian $suite_name from here: $(tail -n 1 "$made/debootstrap.log")"
	fi
	rm -f "$root"/var/cache/apt/archives/*.deb
	echo "$packages" >"$made/installed"
fi

# What a user gets: the files of the tarball.
(
	cd "$made" && { [ -f Makefile ] || "$src/configure"; } && rm -rf libselinuxns-* && make distdir &&
		rm -rf "$root/src" && mv libselinuxns-* "$root/src" && rm -rf "$root/etc/selinux" &&
		{ [ ! -e /etc/selinux ] || cp -a /etc/selinux "$root/etc/"; }
) >"$made/log" 2>&1
ok $? "the sources of the tarball" "$made/log"

# Mounts of its own, which end with it; no chroot, in which there are no user namespaces.
inside() {
	unshare --mount --propagation private bash -c '
		root=$1
		shift
		mount --rbind "$root" "$root" && cd "$root" || exit 1
		for name in proc sys dev; do mount --rbind "/$name" "$name" || exit 1; done
		pivot_root . . && umount -l . && cd / || exit 1
		exec /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C "$@"
	' - "$root" "$@" </dev/null
}

version=$(inside pkg-config --modversion libselinux)
mkdir -p "$root/src/b"
inside sh -c "cd /src/b && ../configure --enable-werror && make -k -j $jobs check TESTS=" >"$made/log" 2>&1
ok $? "builds with libselinux ${version:-?} and $(inside gcc -dumpfullversion)" "$made/log"
mapfile -t tests < <(expand "$made" '$(unit_tests) $(test_scripts)' | grep -E '^tests/(unit|conformance|sim|programs)/')
inside make -C /src/b -k -j "$jobs" check TESTS="${tests[*]}" >"$made/suite.log" 2>&1
results "$root/src/b" "${tests[@]}"
finish
