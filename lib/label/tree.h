/* SPDX-License-Identifier: MIT */
/*
 * tree.h - the inside of the public struct selinuxns_tree.
 *
 * What its setters said, and what the last check found. May call nothing.
 */
#ifndef SELINUXNS_LABEL_TREE_H
#define SELINUXNS_LABEL_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include <selinux/selinuxns.h>

#include "base/error.h"

#define TREE_KINDS (SELINUXNS_FILE_SKIPPED + 1)

struct selinuxns_tree {
	char *root; /* NULL: "/" */
	const struct selinuxns_policy *policy; /* NULL: the root's own */
	char *file_contexts; /* NULL: the root's own */
	int without; /* SELINUXNS_WITHOUT_... */
	char *prefix;
	char *attribute; /* NULL: security.selinux */
	unsigned int threads; /* 0: as many as there are processors */
	bool strict, one_file_system, dry_run;
	char **excludes;
	size_t n_excludes;
	int names; /* -1: the whole tree */
	size_t links_bytes; /* for links.h; another than LINKS_MAX_BYTES in tests only */
	unsigned int reported; /* kinds, by bits */
	int (*report)(void *data, enum selinuxns_file kind, const char *path, const char *label,
		      const char *wanted, const char *message);
	void *report_data;
	int (*progress)(void *data, unsigned long long files);
	void *progress_data;
	/* The last check or apply. */
	unsigned long long counts[TREE_KINDS];
	enum selinuxns_advice advice;
	char *mount_context;
};

/* What a check and an apply are: 1 fits, 0 does not, -1 with errno and @error. */
int tree_run(struct selinuxns_tree *tree, const char *path, bool apply,
	     struct selinuxns_error *error);

#endif
