/* SPDX-License-Identifier: MIT */
/*
 * xattr.h - an extended attribute of a file that is named by a directory's descriptor and a name.
 *
 * The system calls that take those (getxattrat(2)) came with Linux 6.13. Everywhere else a thread
 * of our own goes to the directory, which it may do without moving the process's others once it
 * has unshared its working directory. Never follows a symbolic link. May call lib/base.
 */
#ifndef SELINUXNS_KERNEL_XATTR_H
#define SELINUXNS_KERNEL_XATTR_H

#include <stdbool.h>
#include <sys/types.h>

/* How the calling thread reaches files. One for each thread, and for no other. */
struct xattr_at {
	bool moves; /* it has a working directory of its own */
	char prefix[64]; /* where it does not move: "/proc/thread-self/fd/N/" */
	size_t prefix_len;
};

/*
 * xattr_begin - prepare the calling thread, which must be one of our own
 *
 * Where a seccomp filter keeps it from unsharing its working directory, it goes by way of /proc.
 * Returns 0, or -1 with errno: there is no /proc, which the last two calls need in any case.
 */
int xattr_begin(struct xattr_at *at);

/* From here on names are those in @dir, until another is entered. 0, or -1 with errno. */
int xattr_enter(struct xattr_at *at, int dir);

/*
 * lgetxattr(2) of @name, one component, in the directory that was entered. Here and below ENODEV is:
 * there is no /proc any more, by which it is reached.
 */
ssize_t xattr_get(const struct xattr_at *at, const char *name, const char *attribute, void *value,
		  size_t size);

/* As fgetxattr(2) and fsetxattr(2), also for a descriptor that was opened with O_PATH. */
ssize_t xattr_get_fd(int fd, const char *attribute, void *value, size_t size);
int xattr_set_fd(int fd, const char *attribute, const void *value, size_t size);

#endif
