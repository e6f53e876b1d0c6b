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
#include <sys/stat.h>
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

/* ENOENT by way of a link in /proc is the file's own answer only if the link itself is there. */
static int explain_link(const char *path)
{
	struct stat st;
	int err = errno;

	if (err == ENOENT && lstat(path, &st) < 0)
		err = ENODEV;
	errno = err;
	return -1;
}

ssize_t xattr_get(const struct xattr_at *at, const char *name, const char *attribute, void *value,
		  size_t size)
{
	char path[sizeof(at->prefix) + NAME_MAX + 1];
	size_t len = strlen(name);
	ssize_t n;

	if (at->moves)
		return lgetxattr(name, attribute, value, size);
	if (len > NAME_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(path, at->prefix, at->prefix_len);
	memcpy(path + at->prefix_len, name, len + 1);
	n = lgetxattr(path, attribute, value, size);
	path[at->prefix_len - 1] = '\0';
	return n < 0 ? explain_link(path) : n;
}

ssize_t xattr_get_fd(int fd, const char *attribute, void *value, size_t size)
{
	char path[FD_PATH_MAX];
	ssize_t n = fgetxattr(fd, attribute, value, size);

	if (n >= 0 || errno != EBADF)
		return n;
	/* A magic link leads to the file itself, also to a symbolic link. */
	n = getxattr(fd_path(path, fd), attribute, value, size);
	return n < 0 ? explain_link(path) : n;
}

int xattr_set_fd(int fd, const char *attribute, const void *value, size_t size)
{
	char path[FD_PATH_MAX];

	if (fsetxattr(fd, attribute, value, size, 0) == 0)
		return 0;
	if (errno != EBADF)
		return -1;
	return setxattr(fd_path(path, fd), attribute, value, size, 0) < 0 ? explain_link(path) : 0;
}
