/* SPDX-License-Identifier: MIT */
/*
 * fit.h - does a label fit: is it a context of the policy, and the one that is asked for?
 *
 * libsepol, which takes long and is not thread-safe, is asked once for each label that occurs. Labels
 * come from a tree that may be hostile: any bytes are harmless, and no more than a bounded number of
 * them is remembered. May call lib/policy, lib/base and libsepol. Must never touch a file.
 */
#ifndef SELINUXNS_LABEL_FIT_H
#define SELINUXNS_LABEL_FIT_H

#include <stdbool.h>
#include <stddef.h>

#include "label/contexts.h"
#include "policy/policy.h"

/* A label as long as it is looked at; what is longer is none. */
#define FIT_LABEL_MAX 4096

struct fit_rules {
	const struct policy_parsed *policy; /* or NULL: any label is a context */
	const struct label_contexts *contexts; /* or NULL: none is asked for */
	const char *const *customizable; /* types that are left as they are, sorted; or NULL */
	size_t n_customizable;
	bool strict; /* the whole context counts, not the type alone */
};

enum fit {
	FIT_GOOD,
	FIT_UNSPECIFIED, /* the file contexts say nothing, and there is nothing wrong with it */
	FIT_MISSING, /* it has none, and should */
	FIT_INVALID, /* no context of the policy */
	FIT_DIFFERS,
	FIT_ERROR, /* it could not be found out: ENOMEM */
};

/* What is known of all labels. The rules must live as long. Any number of threads. */
struct fit_all *fit_new(const struct fit_rules *rules);
void fit_free(struct fit_all *all);

/* What one thread has at hand. */
struct fit_near *fit_near_new(struct fit_all *all);
void fit_near_free(struct fit_near *near);

/*
 * fit_judge - does it fit?
 * @label: the attribute's value, or NULL where there is none
 * @len: its length, without a NUL at its end
 * @wanted: what label_contexts_lookup() said; ignored where there are no file contexts
 *
 * FIT_ERROR has errno set: ENOMEM.
 */
enum fit fit_judge(struct fit_near *near, const char *label, size_t len, int wanted);

/*
 * fit_label - the label to write in its place, for FIT_MISSING, FIT_INVALID and FIT_DIFFERS
 * @wanted: at least 0
 *
 * Where only the type counts and the rest of the label is good with the wanted type, the rest stays,
 * as setfiles(8) has it. NULL with errno: EINVAL where the wanted context is none of the policy, ENOMEM.
 * Lasts until the next call.
 */
const char *fit_label(struct fit_near *near, const char *label, size_t len, int wanted);

#endif
