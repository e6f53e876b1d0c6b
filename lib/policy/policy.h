/* SPDX-License-Identifier: MIT */
/*
 * policy.h - the inside of the public struct selinuxns_policy, for the rest of the library.
 *
 * Nothing of a policy object changes after it was opened. May call image.h.
 */
#ifndef SELINUXNS_POLICY_POLICY_H
#define SELINUXNS_POLICY_POLICY_H

#include <stdbool.h>

#include <selinux/selinuxns.h>
#include <sepol/handle.h>
#include <sepol/policydb.h>

#include "policy/booleans.h"
#include "policy/image.h"

struct selinuxns_policy {
	char *name;
	struct image image;
};

/* What the one step is called that everything else leads up to. */
#define STEP_LOAD "load policy"

/*
 * policy_pick_instance - the instance to act on
 * @name: what @step is done to, for the message
 * @selinuxfs_fd: the caller's, which must be a selinuxfs, or -1 for this namespace's
 * @own: -1; the descriptor that the caller is to close, where it was opened here
 *
 * Returns a descriptor, or -1 with errno and @error set.
 */
int policy_pick_instance(const char *name, const char *step, int selinuxfs_fd, int *own,
			 struct selinuxns_error *error);

/*
 * policy_may_be_first - may a namespace be given this as its first policy?
 *
 * kernel-abi.md 5.5: of one that has booleans and no label for them a kernel can crash. 0, or -1
 * with EINVAL and @error set.
 */
int policy_may_be_first(const struct selinuxns_policy *policy, const char *step,
			struct selinuxns_error *error);

/* The policy as libsepol has it, with libsepol's words going nowhere. */
struct policy_parsed {
	sepol_handle_t *handle;
	sepol_policydb_t *db;
};

/* policy_parse - parse the image again; 0, or -1 with ENOMEM. Cleaned up also after a failure. */
int policy_parse(struct policy_parsed *p, const struct selinuxns_policy *policy, const char *step,
		 struct selinuxns_error *error);
void policy_parsed_cleanup(struct policy_parsed *p);

/* Is this a context of it? 1, 0, or -1 with ENOMEM. Not thread-safe towards other uses of libsepol. */
int policy_parsed_has_context(const struct policy_parsed *p, const char *context);

/*
 * policy_write - write the policy's image into the instance @dirfd, whole or not at all
 *
 * Async-signal-safe. Returns 0, or -1 with errno and @error set, as selinuxns_policy_load().
 */
int policy_write(const struct selinuxns_policy *policy, const struct image *image, int dirfd,
		 struct selinuxns_error *error);

/* An exec that is planned. */
struct policy_exec {
	const char *context; /* of the process, or NULL: an initial SID's, as after a load */
	const char *exec_context; /* that is set, or NULL */
	const struct boolean *booleans; /* as they will be, where not as in the policy */
	size_t n_booleans;
	const char *file; /* its path, for the message */
	const char *label; /* of the file, or NULL where it has none */
};

/*
 * policy_may_execute - would this exec be allowed by this policy, enforcing?
 *
 * By libsepol from the image alone. Returns 0; 1 when it cannot be told: there is no context or
 * no label, the policy does not know the label, or a type transition may apply; or -1 with errno
 * EACCES and @error naming the rules that are missing, EINVAL or ENOMEM.
 */
int policy_may_execute(const struct selinuxns_policy *policy, const struct policy_exec *exec,
		       struct selinuxns_error *error);

#endif
