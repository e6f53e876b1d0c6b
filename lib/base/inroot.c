/* SPDX-License-Identifier: MIT */
/*
 * inroot.c - open a path inside a root. See inroot.h.
 *
 * May call libc and the kernel; async-signal-safe. Must never resolve a path of a root by
 * anything but openat2(2) with RESOLVE_IN_ROOT.
 */
#include "base/inroot.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

#include "base/fd.h"

#define TRIES_AT_ONCE 64
#define TRIES_MAX     256 /* for one who renames on purpose: a fifth of a second */

static int open_resolving(int dirfd, const char *path, int flags, unsigned int resolve)
{
	struct open_how how = {
		.flags = (unsigned int)(flags | O_CLOEXEC),
		.resolve = resolve,
	};
	long fd = -1;

	if (flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))) {
		errno = EINVAL;
		return -1;
	}
	/*
	 * EAGAIN: a rename or mount elsewhere made ".." uncertain; openat2(2) says to retry. Who is in
	 * the middle of one may be kept from going on for a while: later tries give it time.
	 */
	for (int tries = 0; tries < TRIES_MAX; tries++) {
		if (tries >= TRIES_AT_ONCE)
			clock_nanosleep(CLOCK_MONOTONIC, 0,
					&(struct timespec){ .tv_nsec = 1000000 }, NULL);
		fd = syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return (int)fd;
}

int inroot_open(int rootfd, const char *path, int flags)
{
	if (rootfd < 0) {
		errno = EBADF;
		return -1;
	}
	return open_resolving(rootfd, path, flags, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

int inroot_open_strict(int rootfd, const char *path, int flags, bool one_mount)
{
	if (rootfd < 0) {
		errno = EBADF;
		return -1;
	}
	return open_resolving(rootfd, path, flags,
			      RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS |
				      (one_mount ? RESOLVE_NO_XDEV : 0));
}

int inroot_open_entered(const char *path, int flags)
{
	return open_resolving(AT_FDCWD, path, flags, RESOLVE_NO_MAGICLINKS);
}

int inroot_reopen(int fd, int flags)
{
	char path[FD_PATH_MAX];
	_cleanup_close_ int proc = proc_dir();
	int opened = -1;

	if (proc >= 0)
		opened = openat(proc, fd_path(path, fd) + sizeof("/proc/") - 1, flags | O_CLOEXEC);
	/* What it refers to is there; what is not is the way to it. */
	if (opened < 0 && (errno == ENOENT || errno == ENOTDIR))
		errno = ENODEV;
	return opened;
}

int inroot_open_regular(int rootfd, const char *path)
{
	_cleanup_close_ int fd = inroot_open(rootfd, path, O_PATH);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		return -1;
	}
	return inroot_reopen(fd, O_RDONLY | O_NOCTTY);
}
