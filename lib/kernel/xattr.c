/* SPDX-License-Identifier: MIT */
/*
 * xattr.c - an extended attribute, by a directory's descriptor and a name (see xattr.h).
 */
#include "config.h"

#include "kernel/xattr.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/proc.h"

int xattr_begin(struct xattr_at *at)
{
	_cleanup_close_ int proc = proc_dir();

	at->moves = unshare(CLONE_FS) == 0;
	return proc < 0 ? -1 : 0;
}

int xattr_enter(struct xattr_at *at, int dir)
{
	if (at->moves)
		return fchdir(dir);
	fd_path(at->prefix, dir);
	at->prefix_len = strlen(at->prefix);
	at->prefix[at->prefix_len++] = '/';
	return 0;
}

ssize_t xattr_get(const struct xattr_at *at, const char *name, const char *attribute, void *value,
		  size_t size)
{
	char path[sizeof(at->prefix) + NAME_MAX + 1];
	size_t len = strlen(name);

	if (at->moves)
		return lgetxattr(name, attribute, value, size);
	if (len > NAME_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(path, at->prefix, at->prefix_len);
	memcpy(path + at->prefix_len, name, len + 1);
	return lgetxattr(path, attribute, value, size);
}

ssize_t xattr_get_fd(int fd, const char *attribute, void *value, size_t size)
{
	char path[FD_PATH_MAX];
	ssize_t n = fgetxattr(fd, attribute, value, size);

	/* A magic link leads to the file itself, also to a symbolic link. */
	return n < 0 && errno == EBADF ? getxattr(fd_path(path, fd), attribute, value, size) : n;
}

int xattr_set_fd(int fd, const char *attribute, const void *value, size_t size)
{
	char path[FD_PATH_MAX];
	int rc = fsetxattr(fd, attribute, value, size, 0);

	return rc < 0 && errno == EBADF ? setxattr(fd_path(path, fd), attribute, value, size, 0)
					: rc;
}
