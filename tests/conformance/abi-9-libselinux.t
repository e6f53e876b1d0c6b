#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# abi-9-libselinux.t - chapter 9 of docs/kernel-abi.md: what libselinux assumes and a namespace
# breaks, shown with the distribution's own Python module.
# sim:
# shellcheck source=tests/conformance/lib.sh disable=SC2016,SC2086,SC2088
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
need_namespaces
python=/usr/bin/python3
[ -x $python ] && $python -c 'import selinux' 2>/dev/null || skip_all "python3 with the selinux module is not installed"
$python -c 'import ctypes' 2>/dev/null || skip_all "python3 has no ctypes"
small_policy small || skip_all "secilc is not installed"
[ "$(lsm get 106 | cut -d' ' -f1)" = 1 ] || skip_all "namespaces are not made by the LSM system calls here"
mkdir "$dir/mnt"

# run NAME < program: with unshare() and mount(path) defined, in a mount namespace of its own
run() {
	{
		cat <<-'PY'
		import ctypes, os, selinux, struct, sys
		libc = ctypes.CDLL(None, use_errno=True)
		directory = sys.argv[1]
		def unshare():
		    entry = struct.pack("4Q", 101, 0, 32, 0)
		    assert libc.syscall(460, 106, entry, 32, 0) == 0
		def mount(path):
		    assert libc.mount(b"none", path.encode(), b"selinuxfs", 0, None) == 0
		def umount(path):
		    assert libc.umount2(path.encode(), 2) == 0
		def load(mnt):
		    fd = os.open(mnt + "/load", os.O_WRONLY)
		    with open(directory + "/small.bin", "rb") as f:
		        os.write(fd, f.read())
		    os.close(fd)
		def current():
		    with open("/proc/thread-self/attr/current") as f:
		        return f.read().strip("\0")
		PY
		cat
	} >"$dir/program.py"
	unshare -m --propagation private $python "$dir/program.py" "$dir" 2>&1
}

is "$(run <<-'PY'
	unshare()
	mount(directory + "/mnt")
	print(selinux.is_selinux_enabled(), selinux.security_getenforce() == int(open("/sys/fs/selinux/enforce").read()))
	umount("/sys/fs/selinux")
	print(selinux.is_selinux_enabled())
	try:
	    selinux.security_getenforce()
	except OSError as e:
	    print(e.strerror)
	PY
)" $'1 True\n1\nNo such file or directory' "9.1 the mount point is found once and kept"

is "$(run <<-PY
	unshare()
	umount("/sys/fs/selinux")
	mount("/sys/fs/selinux")
	load("/sys/fs/selinux")
	selinux.setcon("system_u:system_r:a_t:s0")
	unshare()
	print(current(), selinux.getcon()[1])
	PY
)" "kernel system_u:system_r:a_t:s0" "9.2 getcon answers what setcon set, after an unshare, too"

is "$(run <<-'PY'
	umount("/sys/fs/selinux")
	unshare()
	mount("/sys/fs/selinux")
	load("/sys/fs/selinux")
	context = "system_u:system_r:a_t:s0"
	selinux.setexeccon(context)
	def kept():
	    with open("/proc/thread-self/attr/exec") as f:
	        return f.read().strip("\0")
	print(kept() == context)
	selinux.setexeccon(None)
	print(kept() == "")
	selinux.setexeccon(context)
	unshare()
	umount("/sys/fs/selinux")
	mount("/sys/fs/selinux")
	load("/sys/fs/selinux")
	selinux.setexeccon(context)
	print(kept() == "")
	PY
)" $'True\nTrue\nTrue' "9.2 setexeccon of the same value again is not written, although an unshare reset it"

is "$(run <<-'PY'
	selinux.selinux_status_open(0)
	before = selinux.selinux_status_getenforce()
	unshare()
	umount("/sys/fs/selinux")
	mount("/sys/fs/selinux")
	selinux.security_setenforce(1 - before)
	print(selinux.security_getenforce() == 1 - before, selinux.selinux_status_getenforce() == before)
	PY
)" "True True" "9.3 the status page stays the parent's"

skip "9.3 the userspace AVC and class maps keep the parent's policy" "has no observable effect through the Python module"
skip "9.4 how libselinux loads a policy" "a statement about libselinux's source"
is "$(lsm unshare unshare -m --propagation private bash -c "umount -l $fs; restorecon -n $dir 2>&1; echo \$?")" 0 \
	"9.5 restorecon does nothing, and says nothing, where SELinux seems disabled"
done_testing
