/* SPDX-License-Identifier: MIT */
/*
 * kind.c - in which kind of SELinux namespace is this thread? See kind.h.
 *
 * May call base/ and kernel/; async-signal-safe, but for the public call. Must never guess, nor ask by selinuxfs's `user`,
 * which also tells (kernel-abi.md 4.7): it is deprecated, and current kernels make
 * who writes to it wait for seconds and log it.
 */
#include "ns/kind.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>

#include <selinux/selinuxns.h>

#include "base/error.h"
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
		return SELINUXNS_KIND_CHILD;
	return errno == EINVAL || errno == EACCES ? SELINUXNS_KIND_INIT : -1;
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
		return SELINUXNS_KIND_FRESH;
	if (instance < 0) {
		errno = EBADF;
		return -1;
	}
	/* The deprecated file says it (1.6). */
	if (instance_has(instance, "unshare") &&
	    instance_read_uint(instance, "unshare", &node) == 0)
		return node ? SELINUXNS_KIND_CHILD : SELINUXNS_KIND_INIT;
	kind = ask_limit(instance);
	/* Neither an interface nor limits: a kernel without namespaces has the init one only. */
	err = errno;
	if (kind < 0 && err == ENOENT && kernel_has_none())
		return SELINUXNS_KIND_INIT;
	errno = err;
	return kind;
}

/* ---- the public call --------------------------------------------------------- */

#define STEP_LOOK "look at the namespace"

int selinuxns_kind(struct selinuxns_error *error)
{
	_cleanup_close_ int instance = instance_open();
	int reason = errno, kind = ns_kind(instance);

	ns_error_clear(error);
	if (kind >= 0)
		return kind;
	if (errno == EACCES)
		return ns_fail(error, EACCES, STEP_LOOK, "selinuxfs", NULL,
			       "; only root can tell the init namespace from a child");
	return ns_fail(error, instance < 0 ? reason : errno, STEP_LOOK, "selinuxfs", NULL, "");
}
