/* SPDX-License-Identifier: MIT */
/*
 * running.c - the booleans of a namespace that runs: selinuxns_booleans_get(), _set().
 *
 * May call base/, kernel/instance.h, booleans.h and policy.h. Must never set one of several.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include <selinux/selinuxns.h>

#include "base/fd.h"
#include "kernel/instance.h"
#include "policy/booleans.h"
#include "policy/policy.h"

#define STEP_READ "read booleans"

static int pick(const char *step, int selinuxfs_fd, int *own, struct selinuxns_error *error)
{
	int dirfd;

	ns_error_clear(error);
	dirfd = policy_pick_instance("selinuxfs", step, selinuxfs_fd, own, error);
	/* kernel-abi.md 4.5 */
	if (dirfd >= 0 && !instance_has(dirfd, "class/process/index"))
		return ns_fail(error, EINVAL, step, "this namespace", "no policy is loaded into it",
			       "; load one");
	return dirfd;
}

static void close_directory(DIR **directory)
{
	int saved = errno;

	if (*directory)
		closedir(*directory);
	errno = saved;
}

/* "VALUE PENDING", of which the first is in force: 1 or 0, or -1 with errno. */
static int read_value(int dirfd, const char *name)
{
	char path[BOOLEANS_PATH_SIZE], values[16];

	if (!booleans_path(path, name)) {
		errno = EPROTO;
		return -1;
	}
	if (instance_read(dirfd, path, values, sizeof(values)) < 0)
		return -1;
	if ((values[0] != '0' && values[0] != '1') || (values[1] && values[1] != ' ')) {
		errno = EPROTO;
		return -1;
	}
	return values[0] == '1';
}

int selinuxns_booleans_get(int selinuxfs_fd, void (*report)(void *data, const char *name, int on),
			   void *data, struct selinuxns_error *error)
{
	__attribute__((cleanup(close_directory))) DIR *directory = NULL;
	_cleanup_close_ int own = -1;
	const struct dirent *entry;
	int dirfd = pick(STEP_READ, selinuxfs_fd, &own, error), fd;

	if (dirfd < 0)
		return -1;
	fd = openat(dirfd, "booleans", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	directory = fd >= 0 ? fdopendir(fd) : NULL;
	if (!directory)
		return ns_fail(error, errno, STEP_READ, "booleans", NULL, "");
	for (errno = 0; (entry = readdir(directory)); errno = 0) {
		int on;

		if (entry->d_name[0] == '.')
			continue;
		on = read_value(dirfd, entry->d_name);
		if (on < 0)
			return ns_fail(
				error, errno, STEP_READ, entry->d_name,
				errno == EPROTO ? "the kernel's answer makes no sense" : NULL, "");
		report(data, entry->d_name, on);
	}
	return errno ? ns_fail(error, errno, STEP_READ, "booleans", NULL, "") : 0;
}

static void free_array(struct boolean **array)
{
	int saved = errno;

	free(*array);
	errno = saved;
}

int selinuxns_booleans_set(int selinuxfs_fd, const struct selinuxns_boolean *booleans, size_t count,
			   struct selinuxns_error *error)
{
	__attribute__((cleanup(free_array))) struct boolean *copy = NULL;
	_cleanup_close_ int own = -1;
	int dirfd = pick(BOOLEANS_STEP, selinuxfs_fd, &own, error);

	if (dirfd < 0)
		return -1;
	/* Nothing is to be committed, and what another has pending is not ours to commit. */
	if (!count)
		return 0;
	copy = calloc(count, sizeof(*copy));
	if (!copy)
		return ns_fail(error, ENOMEM, BOOLEANS_STEP, "", NULL, "");
	/* booleans_set() only reads the names. */
	for (size_t i = 0; i < count; i++)
		copy[i] =
			(struct boolean){ .name = (char *)booleans[i].name, .on = booleans[i].on };
	return booleans_set(dirfd, copy, count, error);
}
