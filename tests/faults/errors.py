# SPDX-License-Identifier: MIT
"""errors.py - which errors an operation can meet, and what a set-up may make of one.

ERRORS is by operation: the errors of its manual page and of docs/kernel-abi.md, but those that only
a wrong argument of ours could give. STEPS is by step: the operations that it is made of, each of
which must be able to end it. TOLERATED is what may fail without an end, and why. matrix.py goes
by all three, and fails where one of them does not know a step, or an operation.
"""
import errno
import os
import re

# ---- which errors ----------------------------------------------------------------------------

OPEN = "EACCES EINTR ELOOP EMFILE ENFILE ENOENT ENOMEM ENOTDIR EPERM EIO"
# openat2(2); EAGAIN: a rename while it looks; ENOSYS, EPERM: a seccomp filter
OPEN2 = OPEN + " EAGAIN ENOSYS EXDEV"
READ = "EIO EINTR EAGAIN short"
WRITE = "EIO EINTR EAGAIN ENOSPC EPIPE short"
MOUNT = "EACCES EBUSY EINVAL ENOMEM ENOSPC EPERM"

ERRORS = {
    # Descriptors and files
    "close": "EIO EINTR",
    "fcntl": "EBADF EMFILE",
    # EBUSY: another thread opens that number; EMFILE: it is above the limit
    "dup2": "EBUSY EINTR EMFILE",
    "dup3": "EBUSY EINTR EMFILE",
    "openat": OPEN,
    "openat2": OPEN2,
    "read": READ,
    "pread64": READ,
    "getdents64": "ENOENT short",
    "write": WRITE,
    "newfstatat": "EACCES ENOENT ENOMEM ELOOP EIO",
    "fstat": "EACCES ENOMEM EIO",
    "statx": "EACCES ENOENT ENOMEM ENOSYS EIO",
    "fstatfs": "EIO EINTR ENOMEM ENOSYS",
    "statfs": "EACCES EIO ENOENT ENOMEM",
    "access": "EACCES ENOENT EIO",
    "faccessat": "EACCES ENOENT EIO",
    "faccessat2": "EACCES ENOENT EIO ENOMEM ENOSYS",
    "readlinkat": "EACCES EIO ENOENT ENOMEM",
    "readlink": "EACCES EIO ENOENT ENOMEM",
    "getxattr": "ENODATA ENOTSUP EIO ENOMEM ERANGE",
    "lseek": "ESPIPE",
    "ioctl": "ENOTTY",
    "flock": "EINTR ENOLCK",
    # Memory
    "mmap": "ENOMEM EAGAIN ENFILE",
    "munmap": "ENOMEM",
    "mremap": "ENOMEM",
    "mprotect": "ENOMEM",
    "madvise": "EAGAIN",
    "brk": "ENOMEM",
    # Mounts, roots
    "unshare": "EPERM ENOMEM ENOSPC EINVAL",
    "mount": MOUNT,
    "umount2": "EBUSY EINVAL ENOMEM EPERM",
    "fsopen": "EPERM EMFILE ENFILE ENOMEM ENODEV ENOSYS",
    "fsconfig": "EPERM ENOMEM EBUSY EINVAL",
    "fsmount": "EPERM EMFILE ENFILE ENOMEM EBUSY",
    "move_mount": MOUNT + " ELOOP",
    "open_tree": "EPERM EMFILE ENFILE ENOMEM EINVAL",
    "fchdir": "EACCES EIO ENOTDIR",
    "chdir": "EACCES EIO ENOMEM",
    "chroot": "EACCES EIO EPERM ENOMEM",
    "close_range": "EMFILE ENOMEM ENOSYS EINVAL",
    # kernel-abi.md 1.3 to 1.5, 2.2 to 2.4; EPERM, ENOSYS: a seccomp filter
    "lsm_get_self_attr": "EPERM ENOSYS EOPNOTSUPP EINVAL none short long",
    "lsm_set_self_attr": "EPERM ENOSYS EOPNOTSUPP EACCES ENOSPC ENOMEM EINVAL",
    "lsm_list_modules": "EPERM ENOSYS",
    # Processes
    "clone": "EAGAIN ENOMEM EPERM",
    "clone3": "EAGAIN ENOMEM EPERM ENOSYS",
    # Not ENOEXEC, which is a script to us.
    "execve": "E2BIG EACCES EIO ELOOP EMFILE ENOENT ENOMEM EPERM",
    "execveat": "E2BIG EACCES EIO ELOOP EMFILE ENOENT ENOMEM EPERM",
    "pidfd_open": "EMFILE ENFILE ENOMEM ENODEV ENOSYS EPERM",
    "pidfd_send_signal": "EPERM ESRCH",
    "pipe2": "EMFILE ENFILE ENOMEM",
    "poll": "EINTR ENOMEM",
    "prctl": "EINVAL EPERM",
    "wait4": "EINTR",
    "capget": "EPERM",
    "rt_sigaction": "EINVAL",
    "prlimit64": "EPERM",
    "uname": "ENOSYS",
    "clock_nanosleep": "EINTR",
    # Files of selinuxfs (kernel-abi.md 4 to 6) and of /proc/self/attr (3)
    "selinuxfs/*/open": "EACCES EPERM ENOMEM EIO EINTR",
    "selinuxfs/*/read": "EACCES EPERM EIO EINTR ENOMEM short long",
    "selinuxfs/*/write": "EACCES EPERM EINVAL EIO EINTR ENOMEM short",
    "selinuxfs/load/write": "EACCES EPERM EINVAL EIO EINTR ENOMEM EBUSY short",
    # What "long" answers is a number, and no one can know that it is the wrong one.
    "selinuxfs/class/process/index/read": "EACCES EPERM EIO EINTR ENOMEM short",
    "attr/*/read": "EACCES EINVAL EIO short long",
    "attr/*/write": "EACCES EINVAL EPERM ENOMEM EAGAIN EIO short",
}

# Nothing can go wrong with these that a program could see.
NO_ERRORS = {"getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid", "arch_prctl",
             "set_tid_address", "set_robust_list", "rseq", "getrandom", "futex", "exit_group", "exit",
             "rt_sigprocmask",
             "rt_sigreturn", "restart_syscall", "clock_gettime", "sched_yield", "tgkill", "sigaltstack"}
# A sanitizer's own mappings must not fail: sanitizers.t leaves them alone.
LEFT_OUT = set(os.environ.get("FAULTS_LEAVE_OUT", "").split())


def of(operation):
    """Its errors; None: it is not known."""
    if operation in NO_ERRORS | LEFT_OUT:
        return []
    name = operation
    if name not in ERRORS and name.count("/") > 1:
        name = f"{name.split('/')[0]}/*/{name.split('/')[-1]}"
    return ERRORS[name].split() if name in ERRORS else None


# ---- what a step is made of -----------------------------------------------------------------------

FS = ["fsopen", "fsconfig", "fsmount"]
STEPS = {
    "make mount namespace": {"any": ["unshare", "mount"]},
    "open root": {"any": ["openat", "newfstatat"]},
    "unshare the SELinux namespace": {"lsm": ["lsm_get_self_attr", "lsm_set_self_attr"],
                                      "node": ["selinuxfs/unshare/open", "selinuxfs/unshare/write"]},
    "mount selinuxfs": {"any": ["openat2", "move_mount", *FS]},
    # Where no detached mount can be made, the one that is attached serves.
    "open selinuxfs": {"any": []},
    "load policy": {"any": ["openat", "selinuxfs/load/open", "write", "selinuxfs/load/write"]},
    "set booleans": {"any": ["faccessat2", "openat", "selinuxfs/booleans/alpha_bool/open",
                             "selinuxfs/booleans/alpha_bool/write",
                             "selinuxfs/commit_pending_bools/open",
                             "selinuxfs/commit_pending_bools/write"]},
    "enter root": {"any": ["open_tree", "move_mount", "fchdir", "chroot", "chdir"]},
    "change directory": {"any": ["fchdir"], "root": ["openat2"], "no root": ["openat"]},
    "set context": {"any": ["write", "attr/current/write"]},
    "set exec context": {"any": ["write", "attr/exec/write"]},
    "set enforcing mode": {"any": ["openat", "selinuxfs/enforce/open", "write", "selinuxfs/enforce/write"]},
    "execute": {"root": ["execveat", "openat2"], "no root": ["execve"]},
}

# The same of selinuxns init, whose steps are those that selinuxns_init(3) lists.
INIT = {
    "look at the namespace": ["lsm_get_self_attr"],
    "open root": ["openat"],
    "read configuration": ["openat2", "pread64"],
    "find policy": ["openat2", "openat", "newfstatat"],
    "read policy": ["pread64"],
    "convert policy": ["selinuxfs/policyvers/read"],
    "mount selinuxfs": ["openat2", "move_mount", *FS],
    "open selinuxfs": [],
    "load policy": ["openat", "selinuxfs/load/open", "selinuxfs/load/write"],
    "set context": ["getxattr", "selinuxfs/create/write", "selinuxfs/create/read", "attr/current/read"],
    "set enforcing mode": ["selinuxfs/enforce/open", "selinuxfs/enforce/write"],
    "execute": ["execve"],
}

# Steps that make no operation of their own; what fails in them is what they are given (policy.t).
WITHOUT_OPERATIONS = {"parse policy"}

# Two that fail at once, where there is another way for the first.
BOTH = {
    "open selinuxfs": [("fsopen", "EPERM"), ("openat", "EMFILE")],
}

# ---- what may fail without an end -------------------------------------------------------------------

ANYWHERE = {
    "close": "of what was only read, or written whole",
    "munmap": "the memory is not used any more",
    "madvise": "advice",
    "mprotect": "of a heap, which is got elsewhere then",
    "mmap": "of a heap or of a file's buffer, which is got elsewhere then",
    "brk": "as above",
}
# Made again, or in another way.
AGAIN = {("openat2", "EAGAIN"), ("faccessat2", "ENOSYS"), ("wait4", "EINTR"), ("clone3", "ENOSYS")}
CANNOT_ASK = "what cannot be asked is reported as not checked"
NO_OPENAT2 = ("openat2:EPERM", "openat2:ENOSYS")
# By step, what of it is called, or that with one of its errors.
TOLERATED = {
    "checks": {
        **dict.fromkeys(("capget faccessat2 fsconfig fsmount fsopen fstatfs getxattr newfstatat openat openat2 write read "
                         "pread64 lsm_get_self_attr statx fcntl readlinkat").split(), CANNOT_ASK),
        "lsm_set_self_attr": "the answer that is asked for (EINVAL), so that nothing is done",
        "rt_sigaction": "SIGPIPE would end the program with its reader",
        "attr/*": CANNOT_ASK,
        "selinuxfs/*": CANNOT_ASK,
    },
    "unshare the SELinux namespace": {
        **dict.fromkeys("fstatfs newfstatat readlinkat openat openat2 read".split(),
                        "whose mount namespace it is cannot be asked, or what is mounted: a warning"),
        **dict.fromkeys("mount umount2 statx".split(), "a selinuxfs stays mounted: a warning"),
        "faccessat2": "after the deprecated file was written to it need not tell (a user namespace)",
        "lsm_get_self_attr:long": "whether the kernel has the interface, any answer says",
        "attr/*": CANNOT_ASK,
        **dict.fromkeys(FS, "the file is found in an instance that is mounted"),
        "selinuxfs/*": CANNOT_ASK,
    },
    # Of /proc/thread-self/attr: opened by openat(2) then, and its mount compared (statx).
    "open root": dict.fromkeys(NO_OPENAT2, "a seccomp filter has no openat2"),
    # Of /proc/thread-self/mountinfo; the mount point in the root has no other way.
    "mount selinuxfs": {**dict.fromkeys(NO_OPENAT2, "as above"),
                        "fsopen": "there is mount(2) (ENOSYS)", "fsconfig": "",
                        "read": "interrupted, and made again"},
    "open selinuxfs": dict.fromkeys(FS, "the one that was mounted in the step before is found"),
    # There the steps are not told: what is not fatal left nothing undone, which the command saw.
    "init": dict.fromkeys("getxattr pread64 lsm_get_self_attr lsm_list_modules lsm_set_self_attr openat openat2 newfstatat fstatfs "
                          "statfs read getdents64 write readlinkat readlink capget faccessat2 access statx "
                          "fcntl fsopen fsconfig fsmount attr/* selinuxfs/* rt_sigaction lseek ioctl mount umount2 "
                          "uname gettid".split(), CANNOT_ASK),
    "hear": {"read": "the end of the pipe is seen otherwise", "newfstatat": "of a file's buffer"},
    "execute": {"rt_sigaction": "the command inherits a handler less",
                "pread64": "", "openat2": "what is not there, the execution says"},
}


def tolerated(op, error):
    """May the set-up be complete although this failed?"""
    if op.name in ANYWHERE or op.told:
        return True
    if (op.name, error) in AGAIN:
        return True
    known = TOLERATED.get(op.step, {})
    return op.name in known or f"{op.name}:{error}" in known or f"{op.name.split('/')[0]}/*" in known


# ---- messages --------------------------------------------------------------------------------------------

# Steps whose errors are about no object but the process itself.
WITHOUT_OBJECT = {"unshare the SELinux namespace", "make mount namespace", "close descriptors", "open selinuxfs"}

# Part of one step in the table, and told of as another.
ALSO = {
    # Opened there, before a root hides /proc.
    "open root": {"set context", "set exec context"},
    "checks": {"read policy", "find policy", "check policy", "read config", "parse policy"},
    "hold": {"spawn"},
    "hear": {"spawn"},
    "child": {"spawn"},
}


def step_fits(op, step):
    if step == op.step or step in ALSO.get(op.step, ()):
        return True
    if op.step == "checks" and (step.startswith("check ") or step in ALSO["checks"]):
        return True
    if step == "spawn" and op.name in ("mmap", "pipe2", "clone", "clone3", "poll"):
        return True
    if step == "set standard descriptors":
        return op.name in ("dup2", "dup3", "fcntl")
    return step == "close descriptors" and op.name in ("close_range", "fcntl")


WRONG_ANSWERS = {errno.EPROTO, errno.EIO, errno.EINVAL, errno.ENODATA, errno.EOVERFLOW, errno.EBUSY, errno.ENOENT,
                 errno.ENOTSUP, errno.EPIPE, errno.ECANCELED}
# The kernel's answer, and what it means for a set-up.
MEANS = {
    ("lsm_get_self_attr", "*"): {errno.EOPNOTSUPP, errno.EACCES, errno.EPROTO, errno.ENOSYS, errno.EPERM, errno.EINVAL},
    ("lsm_set_self_attr", "*"): {errno.EOPNOTSUPP},
    ("fcntl", "*"): {errno.EBADF},
    # Whether there is a file "unshare": what cannot be looked at is taken for missing.
    ("faccessat2", "*"): {errno.EOPNOTSUPP},
    # A policy is not converted for a kernel that does not say what it takes; the check finds that it does not take it.
    ("selinuxfs/policyvers/read", "*"): {errno.EOPNOTSUPP},
    ("selinuxfs/policyvers/open", "*"): {errno.EOPNOTSUPP},
    # Of /proc, by which a file is opened anew: then it is not mounted.
    ("openat", "ENOTDIR"): {errno.ENOENT, errno.ENODEV},
    # The C library makes it up, without a mount's number.
    ("statx", "ENOSYS"): {errno.ENOTSUP},
    # Opened by openat(2) then, and the simulator's attributes are in a mount of their own.
    ("openat2", "ENOSYS"): {errno.EXDEV},
    ("openat2", "EPERM"): {errno.EXDEV},
    # Of several places to look in, or ways to do it, the first one's reason is told.
}


def number_fits(op, error, number):
    if error in ("short", "long", "none"):
        return number in WRONG_ANSWERS
    if number == getattr(errno, error):
        return True
    return number in MEANS.get((op.name, error), MEANS.get((op.name, "*"), ()))


# Sentences that say more than the error's name does.
REASONS = [
    "the loaded policy denies it", "this kernel has", "the LSM system calls are", "a seccomp filter",
    "that selinuxfs belongs to another SELinux namespace", "the kernel refused it",
    "the kernel took [0-9]+ of its [0-9]+ bytes", "selinuxfs's load cannot be opened",
    "its policy does not allow load_policy", "maxns is", "the limit", "it is not open",
    "the policy has no such boolean", "it holds no policy", "it changed while it was read", "the child ended before", "the kernel takes versions up to", "the kernel said that it was done",
]


def reason_fits(number, message):
    return os.strerror(number) in message or any(re.search(r, message) for r in REASONS)


def any_reason_fits(op, error, message):
    """Where it is not known which of the numbers that it may mean the message is about."""
    numbers = {getattr(errno, error)} | MEANS.get((op.name, error), MEANS.get((op.name, "*"), set()))
    return any(reason_fits(number, message) for number in numbers)
