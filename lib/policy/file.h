/* SPDX-License-Identifier: MIT */
/*
 * file.h - read a file that others may be changing, once, into memory of our own.
 *
 * For policy images and configuration files. May call lib/base. Must never map a
 * file (one truncated meanwhile is a SIGBUS, kernel-abi.md 9.4) and never read from
 * what is not a regular file: a FIFO can block for good, a device can act.
 */
#ifndef SELINUXNS_POLICY_FILE_H
#define SELINUXNS_POLICY_FILE_H

#include <stddef.h>

#include "base/error.h"

/* Fail with a sentence of the form "STEP: OBJECT: reason; remedy". Returns -1. */
#define policy_fail(error, err, step, object, fmt, ...)                                            \
	policy_failed(ns_error((error), (err), (step), (object), "%s: %s: " fmt, (step), (object), \
			       ##__VA_ARGS__))

/* For compilers and analyzers to see that it is -1. */
static inline int policy_failed(int failed)
{
	(void)failed;
	return -1;
}

/* strerror(), and a better word for what open(2)'s callers here mean by EINVAL. */
const char *file_open_reason(int err);

/*
 * file_open_failed - fail with the errno of inroot_open_regular()
 *
 * Its ENODEV becomes an ENOENT that names /proc, and so differs from a missing file to a person
 * only. Returns -1.
 */
int file_open_failed(const char *path, const char *step, struct selinuxns_error *error);

/*
 * file_open - open the regular file @path for reading, without waiting for anything
 * @step: what the caller is doing, for the error
 *
 * @path is the caller's own (not one inside of a container's root: inroot.h). Looks
 * before it opens. Returns a descriptor, or -1 with errno and @error set: EISDIR for a
 * directory, EINVAL for a FIFO, socket or device, and open(2)'s.
 */
int file_open(const char *path, const char *step, struct selinuxns_error *error);

/*
 * file_read - the whole of the regular file @fd
 * @limit: the largest size that is read
 * @step: what the caller is doing, for the error
 * @name: what the error calls the file
 * @data: the file's bytes, to be freed by the caller, and one NUL after them
 * @size: their number, without the NUL
 *
 * The descriptor's offset is neither used nor moved. Returns 0, or -1 with errno and
 * @error set: EFBIG for a file larger than @limit (sparse or not, nothing is read),
 * EBUSY for one that changed while it was read, ENOMEM, EISDIR and EINVAL as
 * file_open(), and pread(2)'s.
 */
int file_read(int fd, size_t limit, const char *step, const char *name, void **data, size_t *size,
	      struct selinuxns_error *error);

#endif
