#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# labels.t - the labels of files: getxattr tells the one that exec takes.
# shellcheck source=tests/sim/lib.sh disable=SC2016
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
python=/usr/bin/python3
have() { command -v "$1" >/dev/null || { skip "$2" "$1 is not installed"; return 1; }; }

passwd=$(sim -- ls -ZL /etc/passwd | sed 's/^ *//; s/ .*//')
case $passwd in
*:*:*) ;;
*) skip_all "ls -Z knows no labels here, or the machine's own: $passwd" ;;
esac
is "$passwd" system_u:object_r:etc_t:s0 "ls -Z: by the file contexts"
like "$(sim -- sh -c 'ln -s /etc/passwd "$1/link"; ls -Z "$1/link"; ls -ZL "$1/link"' - "$dir")" \
	"*:unlabeled_t:s0*link*:etc_t:s0*link" "a link has a label of its own; the file contexts have none: the initial SID's"
like "$(sim -- sh -c 'mount -t tmpfs x /usr/sbin; touch /usr/sbin/sshd; ls -Z /usr/sbin/sshd')" \
	"*:sshd_exec_t:s0*" "also of a file that is new"
like "$(sim -- unshareselinux -- ls -Z /etc/passwd)" "\? */etc/passwd" "a namespace without a policy has no labels"
like "$(sim -- unshareselinux --load-policy -- ls -Z /etc/passwd)" "*:etc_t:s0*" "with a policy, it has"
like "$(sim --no-policy -- ls -Z /etc/passwd)" "\? */etc/passwd" "nor has a machine without one"
like "$(sim --kernel=disabled -- ls -Z /etc/passwd)" "\? */etc/passwd" "nor a kernel with selinux=0"
like "$(sim --kernel=no-lsm -- ls -Z /etc/passwd)" "*:etc_t:s0*" "one from before the LSM system calls has"
if have getfattr "getfattr"; then
	is "$(sim -- getfattr --absolute-names --only-values -n security.selinux /etc/passwd | tr -d '\0')" "$passwd" "getfattr"
fi

if [ -x $python ]; then
	cat >"$dir/ask.py" <<'END'
import ctypes, errno, os, sys
libc = ctypes.CDLL(None, use_errno=True)
NAME = b"security.selinux"
NONE = "ENODATA", "ENOTSUP", "EOPNOTSUPP"
def ask(call, what, size, name=NAME):
    buffer = ctypes.create_string_buffer(b"#" * 256, 256)
    n = getattr(libc, call)(what, name, buffer if size else None, size)
    return errno.errorcode[ctypes.get_errno()] if n < 0 else (n, buffer.raw[:n] if size else b"")
path = b"/etc/passwd"
fd = os.open(path, os.O_RDONLY)
label = os.getxattr(path, NAME)
n = len(label)
checks = [
    ("it ends with a NUL", label.endswith(b"_t:s0\0")),
    ("by descriptor", os.getxattr(fd, NAME) == label),
    ("lgetxattr", os.getxattr(path, NAME, follow_symlinks=False) == label),
    ("no room asked for", ask("getxattr", path, 0) == (n, b"")),
    ("just enough room", ask("lgetxattr", path, n) == (n, label)),
    ("too little room", ask("fgetxattr", fd, n - 1) == "ERANGE"),
    ("no memory there", libc.getxattr(path, NAME, ctypes.c_void_p(16), ctypes.c_size_t(200)) == -1),
    ("no such file", ask("getxattr", b"/etc/no/such", 200) == "ENOENT"),
    ("no such descriptor", ask("fgetxattr", 999, 200) == "EBADF"),
    ("a path only", ask("fgetxattr", os.open(path, os.O_PATH), 200) == "EBADF"),
    ("a relative path", (os.chdir("/etc"), os.getxattr("passwd", NAME))[1] == label),
    ("another name", ask("getxattr", path, 200, NAME + b"x") in NONE),
    ("part of the name", ask("getxattr", path, 200, b"security.selinu") in NONE),
    ("a pipe", ask("fgetxattr", os.pipe()[0], 200) in NONE),
    ("not listed", NAME.decode() not in os.listxattr(path)),
    ("nothing is left open", os.open("/dev/null", os.O_RDONLY) <= fd + 5),
]
for name, good in checks:
    print(name, "ok" if good else "FAILED")
END
	out=$(sim -- $python "$dir/ask.py")
	[ "$(grep -c ' ok$' <<<"$out")" -eq 16 ]
	ok $? "the three system calls: sizes, errors, other names"
	grep -v ' ok$' <<<"$out" | sed 's/^/# /'
else
	skip "the three system calls" "$python is not installed"
fi

# An attribute of the file's own counts first.
touch "$dir/own"
if $python -c 'import os, sys
os.setxattr(sys.argv[1], "security.selinux", b"system_u:object_r:shadow_t:s0")' "$dir/own" 2>/dev/null; then
	like "$(sim -- ls -Z "$dir/own")" "*:shadow_t:s0*" "a file's own label"
else
	skip "a file's own label" "it cannot be set here"
fi

# In what it agrees with exec: the library asks for the label of what it is to execute.
cp "$(command -v id)" "$dir/id"
is "$(sim --context=system_u:system_r:initrc_t:s0 -- sh -c '
	mount -t tmpfs x /usr/sbin; cp "$1" /usr/sbin/sshd
	ls -Z /usr/sbin/sshd; /usr/sbin/sshd -Z' - "$dir/id" | sed 's/ .*//')" \
	$'system_u:object_r:sshd_exec_t:s0\nsystem_u:system_r:sshd_t:s0' "exec takes the label that ls -Z shows"

# An exec that changes the context clears the parent death signal; one that fails does not.
if [ -x $python ]; then
	cat >"$dir/death.py" <<'END'
import ctypes, os, sys
libc = ctypes.CDLL(None)
def get():
    sig = ctypes.c_int(0)
    libc.prctl(2, ctypes.byref(sig))
    return sig.value
def exec_context(context):
    with open("/proc/self/attr/exec", "wb", 0) as f:
        f.write(context)
if len(sys.argv) > 1 and sys.argv[1] == "get":
    print(get())
    sys.exit()
libc.prctl(1, 15)
again = ["/usr/bin/python3", sys.argv[0], "get"]
if sys.argv[1] == "same":
    os.execv(again[0], again)
exec_context(b"system_u:system_r:init_t:s0")
for path in "/no/such/program", "/etc", sys.argv[2]:
    try:
        os.execv(path, again)
    except OSError as e:
        print(e.errno, get(), flush=True)
os.execv(again[0], again)
END
	: >"$dir/empty.elf"
	printf '\177ELFnot' >"$dir/empty.elf"
	chmod +x "$dir/empty.elf"
	is "$(sim -- $python "$dir/death.py" same)" 15 "the parent death signal outlives an exec"
	is "$(sim -- $python "$dir/death.py" other "$dir/empty.elf")" $'2 15\n13 15\n8 15\n0' \
		"and one that fails, but not one that changes the context"
	is "$(sim --no-policy -- $python "$dir/death.py" same)" 15 "nor is it lost without a policy"
else
	skip "the parent death signal" "$python is not installed"
fi
done_testing
