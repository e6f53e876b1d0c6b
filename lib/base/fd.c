/* SPDX-License-Identifier: MIT */
/*
 * fd.c - reading descriptors. See fd.h.
 *
 * May call libc only; async-signal-safe.
 */
#include "base/fd.h"

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
