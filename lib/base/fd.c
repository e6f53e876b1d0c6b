/* SPDX-License-Identifier: MIT */
/*
 * fd.c - reading descriptors. See fd.h.
 *
 * May call libc only; async-signal-safe.
 */
#include "base/fd.h"

#include <fcntl.h>

#include "base/statx.h"

ssize_t fd_read_text(int fd, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n = 1;

	while (n != 0 && len < size - 1) {
		n = read(fd, buf + len, size - 1 - len);
		if (n < 0) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		len += (size_t)n;
	}
	buf[len] = '\0';
	return (ssize_t)len;
}

uint64_t fd_mount_id(int fd)
{
	struct statx stx = { 0 };

	if (statx_at(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &stx) < 0)
		return 0;
	if (!(stx.stx_mask & STATX_MNT_ID)) {
		errno = ENOTSUP;
		return 0;
	}
	return stx.stx_mnt_id;
}

int fd_open_dir(int dirfd, const char *name, int flags)
{
	int fd;

	flags |= O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	fd = openat(dirfd, name, flags | (flags & O_PATH ? 0 : O_NOATIME));
	/* EPERM: neither the owner nor privileged. */
	return fd < 0 && errno == EPERM ? openat(dirfd, name, flags) : fd;
}
