/* SPDX-License-Identifier: MIT */
/*
 * file.c - read a file that others may be changing, once (see file.h).
 */
#include "config.h"

#include "policy/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/inroot.h"

const char *file_open_reason(int err)
{
	switch (err) {
	case EISDIR:
		return "it is a directory";
	case EINVAL:
		return "it is not a regular file";
	default:
		return strerror(err);
	}
}

int file_open_failed(const char *path, const char *step, struct selinuxns_error *error)
{
	if (errno == ENODEV)
		return policy_fail(error, ENOENT, step, path,
				   "/proc/thread-self/fd: %s; mount /proc", strerror(ENOENT));
	return policy_fail(error, errno, step, path[0] ? path : "(empty)", "%s",
			   file_open_reason(errno));
}

static int stat_regular(int fd, struct stat *st)
{
	if (fstat(fd, st) < 0)
		return -1;
	if (S_ISREG(st->st_mode))
		return 0;
	errno = S_ISDIR(st->st_mode) ? EISDIR : EINVAL;
	return -1;
}

int file_open(const char *path, const char *step, struct selinuxns_error *error)
{
	/* O_PATH neither waits for a FIFO's writer nor makes a driver act. */
	_cleanup_close_ int look = open(path, O_PATH | O_CLOEXEC);
	struct stat st;
	int fd = -1;

	if (look >= 0 && stat_regular(look, &st) == 0)
		fd = inroot_reopen(look, O_RDONLY);
	return fd < 0 ? file_open_failed(path, step, error) : fd;
}

static bool same_content(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Up to @size bytes from the start of @fd: fewer only where the file ends. */
static ssize_t read_from_start(int fd, char *buf, size_t size)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = pread(fd, buf + got, size - got, (off_t)got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

int file_read(int fd, size_t limit, const char *step, const char *name, void **data, size_t *size,
	      struct selinuxns_error *error)
{
	_cleanup_free_ char *buf = NULL;
	struct stat before, after;
	size_t want;
	ssize_t got;

	if (stat_regular(fd, &before) < 0)
		return policy_fail(error, errno, step, name, "%s", file_open_reason(errno));
	if ((uintmax_t)before.st_size > limit)
		return policy_fail(error, EFBIG, step, name,
				   "it has %jd bytes, more than the %zu that are accepted",
				   (intmax_t)before.st_size, limit);

	/* The one byte more finds a file that grew, and holds the NUL of one that did not. */
	want = (size_t)before.st_size;
	buf = malloc(want + 1);
	if (!buf)
		return policy_fail(error, ENOMEM, step, name, "no memory for its %zu bytes", want);
	got = read_from_start(fd, buf, want + 1);
	if (got < 0 || fstat(fd, &after) < 0)
		return policy_fail(error, errno, step, name, "%s", strerror(errno));
	if ((size_t)got != want || !same_content(&before, &after))
		return policy_fail(error, EBUSY, step, name,
				   "it changed while it was read; try again when it is complete");

	buf[want] = '\0';
	*data = steal_ptr(&buf);
	*size = want;
	return 0;
}
