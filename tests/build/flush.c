/* SPDX-License-Identifier: MIT */
/*
 * flush.c - write the counts of a coverage build. See flush.h.
 *
 * May call libc and gcc's runtime. Must never be in a build that is not for coverage.
 */
#include "flush.h"

/* The real ones here. */
#undef _exit
#undef chroot

#include <errno.h>
#include <fcntl.h>

void __gcov_dump(void);
void __gcov_reset(void);

static int files_root = -1;

/* Not the counts of flushing itself, and at most once at a time. */
static void write_counts(void)
{
	__gcov_dump();
	__gcov_reset();
}

static void write_outside(void)
{
	int root = open("/", O_PATH | O_CLOEXEC);
	int here = open(".", O_PATH | O_CLOEXEC);

	if (root >= 0 && here >= 0 && fchdir(files_root) == 0 && chroot(".") == 0) {
		write_counts();
		/* Not to go on outside of its root, for any test. */
		if (fchdir(root) < 0 || chroot(".") < 0 || fchdir(here) < 0)
			_exit(124);
	}
	close(root);
	close(here);
}

void coverage_flush(void)
{
	int saved = errno;

	if (files_root < 0)
		write_counts();
	else
		write_outside();
	errno = saved;
}

void coverage_exit(int status)
{
	coverage_flush();
	_exit(status);
}

int coverage_chroot(const char *path)
{
	int root = open("/", O_PATH | O_CLOEXEC);
	int rc = chroot(path), saved = errno;

	if (rc == 0 && files_root < 0)
		files_root = root;
	else
		close(root);
	errno = saved;
	return rc;
}
