/* SPDX-License-Identifier: MIT */
/*
 * write.c - hand a policy's image to the kernel.
 *
 * Async-signal-safe, as selinuxns_spawn() comes here between fork and exec. May call base/ and
 * kernel/. Must never write twice: what remains of a short write would be taken for another
 * policy.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "kernel/instance.h"
#include "policy/policy.h"

/* Why the kernel did not take the image, as kernel-abi.md 4.4, 5.1 and 5.3 have it. */
static int fail_refused(const struct selinuxns_policy *policy, const struct image *image, int err,
			int dirfd, struct selinuxns_error *error)
{
	unsigned int newest;
	char reason[192];
	struct text t;

	switch (err) {
	case EPERM:
		return ns_fail(error, err, STEP_LOAD, policy->name,
			       "that selinuxfs belongs to another SELinux namespace",
			       "; mount this namespace's own after the unshare");
	case EACCES:
		return ns_fail(error, err, STEP_LOAD, policy->name,
			       "this namespace or a parent of it is enforcing, and its policy does "
			       "not allow load_policy to the current context",
			       "");
	case EINVAL:
		text_init(&t, reason, sizeof(reason));
		text_str(&t, "the kernel refused it");
		if (instance_read_uint(dirfd, "policyvers", &newest) == 0) {
			text_str(&t, ": it takes versions up to ");
			text_uint(&t, newest);
			text_str(&t, ", this is ");
			text_uint(&t, image->version);
		}
		return ns_fail(error, err, STEP_LOAD, policy->name, reason,
			       "; its log (dmesg) may say more");
	default:
		return ns_fail(error, err, STEP_LOAD, policy->name, NULL, "");
	}
}

int policy_write(const struct selinuxns_policy *policy, const struct image *image, int dirfd,
		 struct selinuxns_error *error)
{
	_cleanup_close_ int fd = openat(dirfd, "load", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	char reason[96];
	struct text t;
	ssize_t n;

	if (fd < 0)
		return ns_fail(error, errno, STEP_LOAD, policy->name,
			       errno == EACCES ? "selinuxfs's load cannot be opened" : NULL,
			       errno == EACCES ? "; only root may load a policy" : "");
	n = write(fd, image->data, image->size);
	if (n < 0)
		return fail_refused(policy, image, errno, dirfd, error);
	if ((size_t)n == image->size)
		return 0;
	text_init(&t, reason, sizeof(reason));
	text_str(&t, "the kernel took ");
	text_uint(&t, (unsigned long long)n);
	text_str(&t, " of its ");
	text_uint(&t, image->size);
	text_str(&t, " bytes");
	return ns_fail(error, EIO, STEP_LOAD, policy->name, reason, "");
}
