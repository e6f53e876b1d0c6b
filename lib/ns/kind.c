/* SPDX-License-Identifier: MIT */
/*
 * kind.c - in which kind of SELinux namespace is this thread? See kind.h.
 *
 * May call base/ and kernel/; async-signal-safe. Must never guess, nor ask by selinuxfs's `user`,
 * which also tells (kernel-abi.md 4.7): it is deprecated, and current kernels make
 * who writes to it wait for seconds and log it.
 */
#include "ns/kind.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>

#include "base/fd.h"
#include "kernel/instance.h"
#include "kernel/nsiface.h"

/*
 * maxns can be set in the init namespace only: elsewhere every write is EPERM (kernel-abi.md 6.2).
 * A dash is no number, so that it is not set there either: EINVAL, or EACCES from the policy.
 */
static int ask_limit(int instance)
{
	_cleanup_close_ int fd = openat(instance, "maxns", O_WRONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (write(fd, "-", 1) >= 0) {
		errno = EPROTO;
		return -1;
	}
	if (errno == EPERM)
		return NS_CHILD;
	return errno == EINVAL || errno == EACCES ? NS_INIT : -1;
}

static bool kernel_has_none(void)
{
	return !nsiface_find() && (errno == ENOSYS || errno == EOPNOTSUPP);
}

int ns_kind(int instance)
{
	unsigned int node;
	int kind, err;

	if (nsiface_unshared() == 1)
		return NS_FRESH;
	if (instance < 0) {
		errno = EBADF;
		return -1;
	}
	/* The deprecated file says it (1.6). */
	if (instance_has(instance, "unshare") &&
	    instance_read_uint(instance, "unshare", &node) == 0)
		return node ? NS_CHILD : NS_INIT;
	kind = ask_limit(instance);
	/* Neither an interface nor limits: a kernel without namespaces has the init one only. */
	err = errno;
	if (kind < 0 && err == ENOENT && kernel_has_none())
		return NS_INIT;
	errno = err;
	return kind;
}
