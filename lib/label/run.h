/* SPDX-License-Identifier: MIT */
/*
 * run.h - one check or apply: what its threads share, and what each has.
 *
 * For run.c, which sets it up and looks at what came of it, and visit.c and settle.c, which look at the
 * files.
 */
#ifndef SELINUXNS_LABEL_RUN_H
#define SELINUXNS_LABEL_RUN_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "kernel/xattr.h"
#include "label/appconfig.h"
#include "label/contexts.h"
#include "label/excludes.h"
#include "label/fit.h"
#include "label/links.h"
#include "label/place.h"
#include "label/refusal.h"
#include "label/tree.h"
#include "label/walk.h"
#include "policy/policy.h"

struct run {
	struct selinuxns_tree *tree;
	bool apply;
	const char *attribute;
	bool user_attribute; /* which symbolic links and special files cannot have */
	struct place place;
	struct excludes excludes;
	struct selinuxns_policy *own_policy; /* the root's, where it was opened here */
	struct policy_parsed policy;
	struct label_contexts *contexts;
	struct appconfig_lines customizable;
	struct fit_rules rules;
	struct fit_all *fits;
	struct links links;
	atomic_bool unsupported; /* a file system holds no such attribute */
	atomic_bool written; /* a label */
	atomic_uint unseen; /* what a walk could not look at */
	bool unsure; /* more of it when names were looked for than before */
	/* Of what follows, and of the callbacks. */
	pthread_mutex_t lock;
	unsigned long long files; /* for the progress */
	int refused; /* the errno that the refusal explains */
	struct refusal refusal;
};

struct visitor {
	struct run *run;
	struct xattr_at at;
	struct label_scratch *scratch;
	struct fit_near *near;
	unsigned long long counts[TREE_KINDS];
	unsigned int files; /* that the run does not know of yet */
	char label[FIT_LABEL_MAX]; /* of the file that is visited */
};

/* What the walk calls, with a struct run for its data. */
extern const struct walk_calls visit_calls;

/* The same for the walk that looks for other names of files that were put off. */
extern const struct walk_calls visit_links_calls;

/* When all names were seen: what becomes of the files that were put off. 0, or -1 with errno. */
int visit_links(struct run *run);

#endif
