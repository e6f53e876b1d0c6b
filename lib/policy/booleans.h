/* SPDX-License-Identifier: MIT */
/*
 * booleans.h - set booleans of a namespace's loaded policy: all of them, or none.
 *
 * Heap-free and async-signal-safe. May call base/ and kernel/instance.h.
 */
#ifndef SELINUXNS_POLICY_BOOLEANS_H
#define SELINUXNS_POLICY_BOOLEANS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct boolean {
	char *name;
	int on;
};

#define BOOLEANS_STEP "set booleans"

/* Room for what booleans/NAME is called, a name as long as the kernel takes it. */
#define BOOLEANS_PATH_SIZE (sizeof("booleans/") + 255)

/*
 * booleans_path - "booleans/@name", for the calls of instance.h
 *
 * Returns false for what cannot be a boolean's name: empty, a dot file, too long, with a slash (it
 * would lead to another file of selinuxfs).
 */
bool booleans_path(char path[BOOLEANS_PATH_SIZE], const char *name);

/* A step's failure for a name that the policy does not have. */
int booleans_fail_unknown(const char *step, const char *name, struct selinuxns_error *error);

/*
 * booleans_set - set these booleans of the instance @dirfd, by one commit
 *
 * Where it fails nothing has changed: what was written and not committed is taken back, so that
 * another's commit does not bring it into force. Returns 0, or -1 with errno and @error set:
 * ENOENT (the policy has no such boolean), EACCES (not root, or setbool is denied), EPERM (another
 * namespace's instance), and others of the kernel's.
 */
int booleans_set(int dirfd, const struct boolean *booleans, size_t count,
		 struct selinuxns_error *error);

#endif
