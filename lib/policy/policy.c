/* SPDX-License-Identifier: MIT */
/*
 * policy.c - the public struct selinuxns_policy: open, ask, load, free.
 *
 * A policy object holds an image that libsepol has parsed, in memory that no one else
 * can change; those bytes are what is loaded. May call the rest of lib/policy,
 * lib/kernel and lib/base, and selinuxns_forget(). Opening must never change anything;
 * only selinuxns_policy_load() speaks to the kernel's load file, and once.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <selinux/selinux.h>
#include <selinux/selinuxns.h>
#include <sepol/policydb.h>

#include "base/fd.h"
#include "base/log.h"
#include "kernel/instance.h"
#include "policy/file.h"
#include "policy/find.h"
#include "policy/image.h"

/* Many times the largest policy in use (some 10 MiB), and small enough to hold in memory. */
#define POLICY_LIMIT ((size_t)256 << 20)

#define STEP_READ    "read policy"
#define STEP_LOAD    "load policy"

struct selinuxns_policy {
	char *name;
	struct image image;
};

static void policy_cleanup(struct selinuxns_policy **policy)
{
	int saved = errno;

	selinuxns_policy_free(*policy);
	errno = saved;
}

#define _cleanup_policy_ __attribute__((cleanup(policy_cleanup)))

/* The newest version that the kernel takes, by the instance @dirfd; 0 when it cannot be read. */
static unsigned int kernel_newest(int dirfd)
{
	unsigned int version;

	if (dirfd < 0 || instance_read_uint(dirfd, "policyvers", &version) < 0)
		return 0;
	return version;
}

/*
 * Before an unshare only the parent's instance exists, but the version is the kernel's
 * and the same in all of them (kernel-abi.md 4.5).
 */
static unsigned int any_kernel_newest(void)
{
	_cleanup_close_ int dirfd = instance_open_any();

	return kernel_newest(dirfd);
}

static int policy_open(struct selinuxns_policy **policy, int fd, const char *name,
		       unsigned int newest, struct selinuxns_error *error)
{
	_cleanup_policy_ struct selinuxns_policy *made = calloc(1, sizeof(*made));

	if (made)
		made->name = strdup(name);
	if (!made || !made->name)
		return policy_fail(error, ENOMEM, STEP_READ, name, "%s", strerror(ENOMEM));
	if (file_read(fd, POLICY_LIMIT, STEP_READ, name, &made->image.data, &made->image.size,
		      error) < 0)
		return -1;
	if (image_check(&made->image, name, newest, error) < 0)
		return -1;
	*policy = steal_ptr(&made);
	return 0;
}

int selinuxns_policy_open_root(struct selinuxns_policy **policy, int rootfd,
			       struct selinuxns_error *error)
{
	unsigned int newest = any_kernel_newest();
	unsigned int readable = (unsigned int)sepol_policy_kern_vers_max();
	char path[POLICY_PATH_SIZE];
	_cleanup_close_ int fd = -1;

	*policy = NULL;
	ns_error_clear(error);
	fd = policy_find(rootfd, newest && newest < readable ? newest : readable, path, error);
	if (fd < 0)
		return -1;
	return policy_open(policy, fd, path, newest, error);
}

int selinuxns_policy_open_file(struct selinuxns_policy **policy, const char *path,
			       struct selinuxns_error *error)
{
	_cleanup_close_ int fd = -1;

	*policy = NULL;
	ns_error_clear(error);
	fd = file_open(path, STEP_READ, error);
	if (fd < 0)
		return -1;
	return policy_open(policy, fd, path, any_kernel_newest(), error);
}

int selinuxns_policy_open_fd(struct selinuxns_policy **policy, int fd, const char *name,
			     struct selinuxns_error *error)
{
	*policy = NULL;
	ns_error_clear(error);
	return policy_open(policy, fd, name, any_kernel_newest(), error);
}

const char *selinuxns_policy_name(const struct selinuxns_policy *policy)
{
	return policy->name;
}

unsigned int selinuxns_policy_version(const struct selinuxns_policy *policy)
{
	return policy->image.version;
}

/* Why the kernel did not take the image, as kernel-abi.md 4.4, 5.1 and 5.3 have it. */
static int fail_refused(const struct selinuxns_policy *policy, int err, unsigned int newest,
			struct selinuxns_error *error)
{
	const char *name = policy->name;

	switch (err) {
	case EPERM:
		return policy_fail(
			error, err, STEP_LOAD, name,
			"that selinuxfs belongs to another SELinux namespace; mount this "
			"namespace's own after the unshare");
	case EACCES:
		return policy_fail(error, err, STEP_LOAD, name,
				   "this namespace is enforcing, and its policy does not allow "
				   "load_policy to the current context");
	case EINVAL:
		if (newest)
			return policy_fail(
				error, err, STEP_LOAD, name,
				"the kernel refused it: it takes versions up to %u, this "
				"is %u; its log (dmesg) may say more",
				newest, selinuxns_policy_version(policy));
		return policy_fail(error, err, STEP_LOAD, name,
				   "the kernel refused it; its log (dmesg) may say more");
	default:
		return policy_fail(error, err, STEP_LOAD, name, "%s", strerror(err));
	}
}

static int write_image(const struct selinuxns_policy *policy, const struct image *image, int dirfd,
		       unsigned int newest, struct selinuxns_error *error)
{
	_cleanup_close_ int fd = openat(dirfd, "load", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n;

	if (fd < 0 && errno == EACCES)
		return policy_fail(
			error, EACCES, STEP_LOAD, policy->name,
			"selinuxfs's load cannot be opened; only root may load a policy");
	if (fd < 0)
		return policy_fail(error, errno, STEP_LOAD, policy->name,
				   "selinuxfs's load cannot be opened: %s", strerror(errno));

	/* One write is one policy: what remains of a short one would be taken for another. */
	n = write(fd, image->data, image->size);
	if (n < 0)
		return fail_refused(policy, errno, newest, error);
	if ((size_t)n != image->size)
		return policy_fail(error, EIO, STEP_LOAD, policy->name,
				   "the kernel took %zd of its %zu bytes", n, image->size);
	return 0;
}

/* A copy that image_check() may convert: the policy itself is not ours to change here. */
static int copy_image(struct image *copy, const struct selinuxns_policy *policy,
		      struct selinuxns_error *error)
{
	*copy = policy->image;
	copy->data = malloc(copy->size);
	if (!copy->data)
		return policy_fail(error, ENOMEM, STEP_LOAD, policy->name, "%s", strerror(ENOMEM));
	memcpy(copy->data, policy->image.data, copy->size);
	return 0;
}

static void image_cleanup(struct image *image)
{
	fd_cleanup_free(&image->data);
}

int selinuxns_policy_load(const struct selinuxns_policy *policy, int selinuxfs_fd,
			  struct selinuxns_error *error)
{
	__attribute__((cleanup(image_cleanup))) struct image converted = { 0 };
	const struct image *image = &policy->image;
	_cleanup_close_ int own = -1;
	int dirfd = selinuxfs_fd;
	unsigned int newest;

	ns_error_clear(error);
	if (dirfd < 0) {
		own = dirfd = instance_open();
		if (dirfd < 0)
			return policy_fail(error, errno, STEP_LOAD, policy->name,
					   "this namespace's selinuxfs cannot be opened: %s",
					   strerror(errno));
	} else if (instance_is_selinuxfs(dirfd) != 1) {
		return policy_fail(error, EINVAL, STEP_LOAD, policy->name,
				   "descriptor %d is not a directory of a selinuxfs", dirfd);
	}

	newest = kernel_newest(dirfd);
	if (newest && policy->image.version > newest) {
		/* It was opened when no instance was there to say the kernel's version. */
		if (copy_image(&converted, policy, error) < 0 ||
		    image_check(&converted, policy->name, newest, error) < 0)
			return -1;
		image = &converted;
	}
	if (write_image(policy, image, dirfd, newest, error) < 0)
		return -1;

	/* The policy is in the kernel, whatever this says: it cannot make the load a failure. */
	if (selinuxns_forget() < 0)
		ns_log(SELINUX_WARNING, "libselinux could not be made to forget all that it knew "
					"before the policy was loaded (see selinuxns_forget(3))");
	return 0;
}

void selinuxns_policy_free(struct selinuxns_policy *policy)
{
	if (!policy)
		return;
	free(policy->name);
	free(policy->image.data);
	free(policy);
}
