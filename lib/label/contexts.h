/* SPDX-License-Identifier: MIT */
/*
 * contexts.h - which context does a path have, by a root's file contexts?
 *
 * Reads file_contexts and what goes with it (.homedirs, .local, .subs, .subs_dist) of a root
 * that may be hostile, and answers as libselinux's selabel_lookup_raw(3) does: the last
 * specification that matches wins. May call lib/base and lib/policy. Must never use a compiled
 * cache (file_contexts.bin) that it finds, and never look at the running system's SELinux.
 */
#ifndef SELINUXNS_LABEL_CONTEXTS_H
#define SELINUXNS_LABEL_CONTEXTS_H

#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

/* The compiled specifications. Nothing of it changes that a caller could see: any number of threads. */
struct label_contexts;

/* What a lookup needs of its own: one for each thread. */
struct label_scratch;

struct label_contexts_source {
	int rootfd; /* the root in whose /etc/selinux they are */
	const char *type; /* the policy type; NULL for the one that the root's config names */
	const char *file; /* or this file_contexts of the caller's, and not the root's */
	const char *
		prefix; /* the tree's place, as /var/lib/extensions/NAME, looked up as "/"; or NULL */
};

/*
 * label_contexts_open - read and compile file contexts
 *
 * Returns an object for label_contexts_free(), or NULL with errno and @error set: EINVAL for a line
 * or an expression that is wrong (@error names file and line), those of inroot_open_regular() and
 * file_read(), ENOMEM.
 */
struct label_contexts *label_contexts_open(const struct label_contexts_source *source,
					   struct selinuxns_error *error);
void label_contexts_free(struct label_contexts *contexts);

/* What a thread looks up with, not longer than @contexts lives. NULL with errno ENOMEM. */
struct label_scratch *label_scratch_new(const struct label_contexts *contexts);
void label_scratch_free(struct label_scratch *scratch);

enum {
	LABEL_NO_MATCH = -1, /* no specification matches */
	LABEL_NONE = -2, /* the one that wins says <<none>>: leave it as it is */
	LABEL_ERROR = -3, /* it could not be found out, see errno */
};

/*
 * label_contexts_lookup - the context of a path
 * @path: absolute, as seen in the tree (with the prefix, if there is one)
 * @len: its length; the path is no C string, and has no NUL in it
 * @mode: of the file, of which the type (S_IFMT) counts; 0 for any type
 *
 * Returns the number of a context, from 0; or one of the above. errno for LABEL_ERROR: ELOOP for an
 * expression that takes more steps than are allowed, ENOMEM.
 */
int label_contexts_lookup(const struct label_contexts *contexts, struct label_scratch *scratch,
			  const char *path, size_t len, mode_t mode);

/* After LABEL_ERROR with @err: a sentence about @path that names the specification. Returns -1. */
int label_contexts_fail(const struct label_contexts *contexts, const struct label_scratch *scratch,
			const char *path, int err, struct selinuxns_error *error);

/* How many contexts there are; each is there once. */
unsigned int label_contexts_count(const struct label_contexts *contexts);

/* The context of a number below label_contexts_count(); lives as long as @contexts. */
const char *label_contexts_name(const struct label_contexts *contexts, int id);

/* The file and line of the specification that decided the scratch's last lookup; NULL and 0 for none. */
const char *label_contexts_where(const struct label_contexts *contexts,
				 const struct label_scratch *scratch, unsigned int *line);

#endif
