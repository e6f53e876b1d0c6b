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
#include <stdbool.h>
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
#include "policy/same.h"
#include "policy/find.h"
#include "policy/policy.h"

/* Many times the largest policy in use (some 10 MiB), and small enough to hold in memory. */
#define POLICY_LIMIT ((size_t)256 << 20)

#define STEP_READ    "read policy"
#define STEP_COMPARE "compare policy"

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

int selinuxns_policy_open_memory(struct selinuxns_policy **policy, const void *image, size_t size,
				 const char *name, struct selinuxns_error *error)
{
	_cleanup_policy_ struct selinuxns_policy *made = NULL;

	*policy = NULL;
	ns_error_clear(error);
	if (size > POLICY_LIMIT)
		return policy_fail(error, EFBIG, STEP_READ, name, "%s", strerror(EFBIG));
	made = calloc(1, sizeof(*made));
	if (made) {
		made->name = strdup(name);
		made->image.data = malloc(size + 1);
	}
	if (!made || !made->name || !made->image.data)
		return policy_fail(error, ENOMEM, STEP_READ, name, "%s", strerror(ENOMEM));
	memcpy(made->image.data, image, size);
	made->image.size = size;
	if (image_check(&made->image, name, any_kernel_newest(), error) < 0)
		return -1;
	*policy = steal_ptr(&made);
	return 0;
}

const char *selinuxns_policy_name(const struct selinuxns_policy *policy)
{
	return policy->name;
}

unsigned int selinuxns_policy_version(const struct selinuxns_policy *policy)
{
	return policy->image.version;
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

int policy_pick_instance(const char *name, const char *step, int selinuxfs_fd, int *own,
			 struct selinuxns_error *error)
{
	if (selinuxfs_fd >= 0) {
		int is = instance_is_selinuxfs(selinuxfs_fd);

		if (is < 0 && errno != EBADF)
			return policy_fail(error, errno, step, name,
					   "descriptor %d cannot be looked at: %s", selinuxfs_fd,
					   strerror(errno));
		if (is != 1)
			return policy_fail(error, EINVAL, step, name,
					   "descriptor %d is not a directory of a selinuxfs",
					   selinuxfs_fd);
		return selinuxfs_fd;
	}
	*own = instance_open();
	if (*own < 0)
		return policy_fail(error, errno, step, name,
				   "this namespace's selinuxfs cannot be opened: %s",
				   strerror(errno));
	return *own;
}

int policy_may_be_first(const struct selinuxns_policy *policy, const char *step,
			struct selinuxns_error *error)
{
	if (!policy->image.boolean_unlabeled)
		return 0;
	return policy_fail(error, EINVAL, step, policy->name,
			   "it has booleans and no label for their files, of which a kernel can "
			   "crash when it is the first policy; give it a genfscon selinuxfs /");
}

/* (4.5) */
static bool has_none(int dirfd)
{
	_cleanup_close_ int fd = openat(dirfd, "policy", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 && errno == EINVAL;
}

int selinuxns_policy_load(const struct selinuxns_policy *policy, int selinuxfs_fd,
			  struct selinuxns_error *error)
{
	__attribute__((cleanup(image_cleanup))) struct image converted = { 0 };
	const struct image *image = &policy->image;
	_cleanup_close_ int own = -1;
	unsigned int newest;
	int dirfd;

	ns_error_clear(error);
	dirfd = policy_pick_instance(policy->name, STEP_LOAD, selinuxfs_fd, &own, error);
	if (dirfd < 0)
		return -1;
	/* Only then, as the kernel makes a copy of its policy for who opens it. */
	if (policy->image.boolean_unlabeled && has_none(dirfd))
		return policy_may_be_first(policy, STEP_LOAD, error);

	newest = kernel_newest(dirfd);
	if (newest && policy->image.version > newest) {
		/* It was opened when no instance was there to say the kernel's version. */
		if (copy_image(&converted, policy, error) < 0 ||
		    image_check(&converted, policy->name, newest, error) < 0)
			return -1;
		image = &converted;
	}
	if (policy_write(policy, image, dirfd, error) < 0)
		return -1;

	/* The policy is in the kernel, whatever this says: it cannot make the load a failure. */
	if (selinuxns_forget() < 0)
		ns_log(SELINUX_WARNING, "libselinux could not be made to forget all that it knew "
					"before the policy was loaded (see selinuxns_forget(3))");
	return 0;
}

/* What the kernel gives back; of a policy that is longer than @size, a byte more than that. */
static int read_loaded(int fd, size_t size, struct image *loaded)
{
	ssize_t n = 1;

	loaded->data = malloc(size + 1);
	if (!loaded->data)
		return -1;
	while (n > 0 && loaded->size <= size) {
		n = read(fd, (char *)loaded->data + loaded->size, size + 1 - loaded->size);
		if (n > 0)
			loaded->size += (size_t)n;
	}
	return n < 0 ? -1 : 0;
}

int selinuxns_policy_is_loaded(const struct selinuxns_policy *policy, int selinuxfs_fd,
			       struct selinuxns_error *error)
{
	__attribute__((cleanup(image_cleanup))) struct image loaded = { 0 };
	_cleanup_close_ int own = -1;
	_cleanup_close_ int fd = -1;
	int dirfd, same;

	ns_error_clear(error);
	dirfd = policy_pick_instance(policy->name, STEP_COMPARE, selinuxfs_fd, &own, error);
	if (dirfd < 0)
		return -1;
	fd = openat(dirfd, "policy", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == EINVAL)
		return 0; /* none is loaded (4.5) */
	if (fd < 0)
		return policy_fail(error, errno, STEP_COMPARE, policy->name,
				   "selinuxfs's policy cannot be opened: %s", strerror(errno));
	if (read_loaded(fd, policy->image.size, &loaded) < 0)
		return policy_fail(error, errno, STEP_COMPARE, policy->name,
				   "selinuxfs's policy cannot be read: %s", strerror(errno));
	same = image_same(&policy->image, &loaded);
	if (same < 0)
		return policy_fail(error, errno, STEP_COMPARE, policy->name, "%s", strerror(errno));
	return same;
}

void selinuxns_policy_free(struct selinuxns_policy *policy)
{
	if (!policy)
		return;
	free(policy->name);
	free(policy->image.data);
	free(policy);
}
