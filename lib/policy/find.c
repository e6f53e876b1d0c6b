/* SPDX-License-Identifier: MIT */
/*
 * find.c - which policy image of a root is the one to load (see find.h).
 */
#include "config.h"

#include "policy/find.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/inroot.h"
#include "policy/file.h"

#define STEP       "find policy"
#define MAX_DIGITS 4

static void cleanup_closedir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* The NN of "policy.NN", or 0: "policy.033", "policy.33.bak" and the like are not images. */
static unsigned int version_of(const char *name)
{
	static const char prefix[] = "policy.";
	unsigned int version = 0;

	if (strncmp(name, prefix, sizeof(prefix) - 1) != 0)
		return 0;
	name += sizeof(prefix) - 1;
	if (*name == '0' || strlen(name) > MAX_DIGITS)
		return 0;
	for (; *name; name++) {
		if (*name < '0' || *name > '9')
			return 0;
		version = version * 10 + (unsigned int)(*name - '0');
	}
	return version;
}

/* The version to take, 0 when there is none, -1 with errno. */
static int choose_version(int rootfd, const char *dirpath, unsigned int newest)
{
	_cleanup_close_ int fd = inroot_open(rootfd, dirpath, O_RDONLY | O_DIRECTORY);
	__attribute__((cleanup(cleanup_closedir))) DIR *dir = NULL;
	unsigned int accepted = 0, newer = 0;
	const struct dirent *entry;

	if (fd < 0)
		return -1;
	dir = fdopendir(fd);
	if (!dir)
		return -1;
	steal_fd(&fd);

	while ((errno = 0, entry = readdir(dir)) != NULL) {
		unsigned int version = version_of(entry->d_name);

		if (version <= newest && version > accepted)
			accepted = version;
		if (version > newest && (!newer || version < newer))
			newer = version;
	}
	if (errno)
		return -1;
	return (int)(accepted ?: newer);
}

int policy_find(int rootfd, unsigned int newest, char path[POLICY_PATH_SIZE],
		struct selinuxns_error *error)
{
	char type[POLICY_TYPE_SIZE];
	int configured = policy_config_type(rootfd, type, error);
	const char *why;
	int version, fd;

	if (configured < 0)
		return -1;
	why = configured ? "the type that /etc/selinux/config names"
			 : "the default: /etc/selinux/config names no type";

	snprintf(path, POLICY_PATH_SIZE, "/etc/selinux/%s/policy", type);
	version = choose_version(rootfd, path, newest);
	if (version < 0)
		return policy_fail(error, errno, STEP, path, "%s (%s is %s)", strerror(errno), type,
				   why);
	if (version == 0)
		return policy_fail(error, ENOENT, STEP, path,
				   "it holds no policy.NN (%s is %s); install a policy package "
				   "there, or name a policy file",
				   type, why);

	snprintf(path, POLICY_PATH_SIZE, "/etc/selinux/%s/policy/policy.%d", type, version);
	fd = inroot_open_regular(rootfd, path);
	return fd < 0 ? file_open_failed(path, STEP, error) : fd;
}
