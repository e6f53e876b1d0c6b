/* SPDX-License-Identifier: MIT */
/*
 * booleans.c - set booleans of a namespace's loaded policy. See booleans.h.
 *
 * May call base/, kernel/instance.h, policy.h and libsepol; all but
 * selinuxns_policy_reset_booleans() is async-signal-safe. Must never leave a value pending.
 */
#include "config.h"

#include "policy/booleans.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sepol/boolean_record.h>
#include <sepol/booleans.h>

#include "base/fd.h"
#include "kernel/instance.h"
#include "policy/file.h"
#include "policy/policy.h"

#define COMMIT "commit_pending_bools"

bool booleans_path(char path[BOOLEANS_PATH_SIZE], const char *name)
{
	struct text t;

	if (!name[0] || name[0] == '.' || strchr(name, '/') ||
	    strlen(name) > BOOLEANS_PATH_SIZE - sizeof("booleans/"))
		return false;
	text_init(&t, path, BOOLEANS_PATH_SIZE);
	text_str(&t, "booleans/");
	text_str(&t, name);
	return true;
}

int booleans_fail_unknown(const char *step, const char *name, struct selinuxns_error *error)
{
	return ns_fail(error, ENOENT, step, name, "the policy has no such boolean", "");
}

static int fail_set(int err, const char *object, struct selinuxns_error *error)
{
	return ns_fail(error, err, BOOLEANS_STEP, object, NULL,
		       err == EACCES  ? "; it takes root, and the policy must allow the current "
					"context security setbool"
		       : err == EPERM ? "; that selinuxfs belongs to another SELinux namespace"
				      : "");
}

/* All names first: what is wrong with the last one must not be found after the first is set. */
static int find_all(int dirfd, const struct boolean *booleans, size_t count,
		    struct selinuxns_error *error)
{
	char path[BOOLEANS_PATH_SIZE];

	for (size_t i = 0; i < count; i++) {
		const char *name = booleans[i].name;

		if (!booleans_path(path, name))
			return booleans_fail_unknown(BOOLEANS_STEP, name, error);
		if (instance_has(dirfd, path))
			continue;
		/* What cannot be looked for is not missing. */
		return errno == ENOENT ? booleans_fail_unknown(BOOLEANS_STEP, name, error)
				       : fail_set(errno, name, error);
	}
	return 0;
}

/* Make pending what is in force: the first number of "VALUE PENDING". */
static void take_back(int dirfd, const struct boolean *booleans, size_t count)
{
	char path[BOOLEANS_PATH_SIZE], values[16];

	for (size_t i = 0; i < count; i++)
		if (booleans_path(path, booleans[i].name) &&
		    instance_read(dirfd, path, values, sizeof(values)) > 0)
			(void)instance_write(dirfd, path, values[0] == '1' ? "1" : "0");
}

int booleans_set(int dirfd, const struct boolean *booleans, size_t count,
		 struct selinuxns_error *error)
{
	char path[BOOLEANS_PATH_SIZE];
	int err;

	if (find_all(dirfd, booleans, count, error) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		booleans_path(path, booleans[i].name);
		if (instance_write(dirfd, path, booleans[i].on ? "1" : "0") < 0) {
			err = errno;
			take_back(dirfd, booleans, i);
			return fail_set(err, booleans[i].name, error);
		}
	}
	if (instance_write(dirfd, COMMIT, "1") < 0) {
		err = errno;
		take_back(dirfd, booleans, count);
		return fail_set(err, COMMIT, error);
	}
	return 0;
}

/* ---- a policy's own values ---------------------------------------------------- */

struct list {
	struct boolean *booleans;
	size_t count, room;
};

static void list_free(struct list *list)
{
	int saved = errno;

	for (size_t i = 0; i < list->count; i++)
		free(list->booleans[i].name);
	free(list->booleans);
	errno = saved;
}

static int add(const sepol_bool_t *record, void *data)
{
	struct list *list = data;
	char *name;

	if (list->count == list->room) {
		size_t room = list->room ? 2 * list->room : 64;
		struct boolean *more = reallocarray(list->booleans, room, sizeof(*more));

		if (!more)
			return -1;
		list->booleans = more;
		list->room = room;
	}
	name = strdup(sepol_bool_get_name(record));
	if (!name)
		return -1;
	list->booleans[list->count++] =
		(struct boolean){ .name = name, .on = sepol_bool_get_value(record) != 0 };
	return 0;
}

int selinuxns_policy_reset_booleans(const struct selinuxns_policy *policy, int selinuxfs_fd,
				    struct selinuxns_error *error)
{
	__attribute__((cleanup(policy_parsed_cleanup))) struct policy_parsed p = { 0 };
	__attribute__((cleanup(list_free))) struct list list = { 0 };
	_cleanup_close_ int own = -1;
	int dirfd;

	ns_error_clear(error);
	dirfd = policy_pick_instance(policy->name, BOOLEANS_STEP, selinuxfs_fd, &own, error);
	if (dirfd < 0 || policy_parse(&p, policy, BOOLEANS_STEP, error) < 0)
		return -1;
	if (sepol_bool_iterate(p.handle, p.db, add, &list) < 0)
		return policy_fail(error, ENOMEM, BOOLEANS_STEP, policy->name, "%s",
				   strerror(ENOMEM));
	/* A policy without booleans has nothing to be committed. */
	return list.count ? booleans_set(dirfd, list.booleans, list.count, error) : 0;
}
