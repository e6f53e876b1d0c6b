/* SPDX-License-Identifier: MIT */
/*
 * proc.c - open files of /proc. See proc.h.
 *
 * May call libc only, and of it what is async-signal-safe. Must never trust a /proc that
 * is not procfs.
 */
#include "base/proc.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "base/error.h"
#include "base/fd.h"

#define PROCFS_MAGIC 0x9fa0 /* linux/magic.h: PROC_SUPER_MAGIC */

int proc_dir(void)
{
	_cleanup_close_ int fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return -1;
	if (fs.f_type != PROCFS_MAGIC) {
		errno = ENOENT;
		return -1;
	}
	return steal_fd(&fd);
}

/*
 * Without openat2(2) what is mounted over a file is noticed when it is open: so it must be nothing
 * that waits.
 */
static int open_compared(int dir, const char *name, int flags)
{
	_cleanup_close_ int fd = openat(dir, name, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	uint64_t ours, its;

	if (fd < 0)
		return -1;
	ours = fd_mount_id(dir);
	its = ours ? fd_mount_id(fd) : 0;
	if (!its)
		return -1;
	if (its != ours) {
		errno = EXDEV;
		return -1;
	}
	return steal_fd(&fd);
}

int proc_open(const char *name, int flags)
{
	const struct open_how how = {
		.flags = (unsigned int)(flags | O_CLOEXEC),
		.resolve = RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS,
	};
	_cleanup_close_ int dir = proc_dir();
	int fd;

	if (dir < 0)
		return -1;
	fd = (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));
	/* Only a seccomp filter of the caller's own manager takes it away. */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = open_compared(dir, name, flags);
	return fd;
}

ssize_t proc_read(const char *name, char *buf, size_t size)
{
	_cleanup_close_ int fd = proc_open(name, O_RDONLY);

	if (fd < 0)
		return -1;
	return fd_read_text(fd, buf, size);
}

const char *fd_path(char buf[FD_PATH_MAX], int fd)
{
	struct text t;

	text_init(&t, buf, FD_PATH_MAX);
	text_str(&t, "/proc/thread-self/fd/");
	text_uint(&t, (unsigned int)fd);
	return buf;
}
