/* SPDX-License-Identifier: MIT */
/*
 * attr.h - the calling thread's SELinux attributes, read from the kernel itself.
 *
 * libselinux remembers per thread what was last set and answers from that (kernel-abi.md
 * 9.2); here the truth is read. Heap-free and async-signal-safe.
 */
#ifndef SELINUXNS_KERNEL_ATTR_H
#define SELINUXNS_KERNEL_ATTR_H

#include <sys/types.h>

/* The kernel gives at most a page. */
#define ATTR_MAX 4096

/* What `current` is in a namespace that has no policy (kernel-abi.md 3.1). */
#define ATTR_NO_POLICY "kernel"

/*
 * attr_read - read /proc/thread-self/attr/@name
 *
 * Without its trailing NUL or newline; "" where it is not set. Returns the length or -1
 * with errno: EINVAL where no security module answers.
 */
ssize_t attr_read(const char *name, char buf[ATTR_MAX]);

#endif
