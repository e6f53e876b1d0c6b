/* SPDX-License-Identifier: MIT */
/*
 * fd.h - visible ownership: variables that release what they hold when they go
 * out of scope.
 *
 * The handlers keep errno, so that a function may set it and return. They must
 * never be put on a variable whose value another owner also releases.
 */
#ifndef SELINUXNS_BASE_FD_H
#define SELINUXNS_BASE_FD_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

/* Keep a caller from seeing what a release did to errno. */
static inline void fd_cleanup_close(const int *fd)
{
	if (*fd >= 0) {
		int saved = errno;

		close(*fd);
		errno = saved;
	}
}

static inline void fd_cleanup_free(void *p)
{
	int saved = errno;

	free(*(void **)p);
	errno = saved;
}

static inline void fd_cleanup_fclose(FILE **f)
{
	if (*f) {
		int saved = errno;

		fclose(*f);
		errno = saved;
	}
}

/* A mapping and its length; unmapped when addr is neither NULL nor MAP_FAILED. */
struct mapping {
	void *addr;
	size_t size;
};

static inline void fd_cleanup_munmap(const struct mapping *m)
{
	if (m->addr && m->addr != MAP_FAILED) {
		int saved = errno;

		munmap(m->addr, m->size);
		errno = saved;
	}
}

#define _cleanup_close_  __attribute__((cleanup(fd_cleanup_close)))
#define _cleanup_free_   __attribute__((cleanup(fd_cleanup_free)))
#define _cleanup_fclose_ __attribute__((cleanup(fd_cleanup_fclose)))
#define _cleanup_munmap_ __attribute__((cleanup(fd_cleanup_munmap)))

/* Hand a descriptor on to another owner: what is left behind is closed by no one. */
static inline int steal_fd(int *fd)
{
	int value = *fd;

	*fd = -1;
	return value;
}

/* As steal_fd(), for memory: "return steal_ptr(&p)" keeps p's type. */
#define steal_ptr(pp)                         \
	({                                    \
		__typeof__(*(pp)) v_ = *(pp); \
		*(pp) = NULL;                 \
		v_;                           \
	})

/*
 * fd_read_text - read @fd to its end, or until @size - 1 bytes are there
 *
 * Ends them with a NUL. Returns the number of bytes or -1 with errno. Async-signal-safe.
 */
ssize_t fd_read_text(int fd, char *buf, size_t size);

/*
 * fd_mount_id - the id, as in mountinfo, of the mount that @fd was opened in
 *
 * 0 with errno where it cannot be told: ENOTSUP before Linux 5.8. Async-signal-safe.
 */
uint64_t fd_mount_id(int fd);

/*
 * fd_open_dir - open the directory @name in @dirfd, which is not followed if it is a symbolic link
 * @flags: O_RDONLY or O_PATH
 *
 * Where that is allowed, reading it leaves its access time as it is. O_CLOEXEC is added.
 */
int fd_open_dir(int dirfd, const char *name, int flags);

#endif
