/* SPDX-License-Identifier: MIT */
/*
 * tree.c - the public struct selinuxns_tree: by what a tree is checked, and what was found.
 *
 * May call lib/base. Must never look at the machine: that is run.c's.
 */
#include "config.h"

#include "label/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/setter.h"
#include "label/links.h"
#include "label/names.h"

#define MAX_THREADS 256

struct selinuxns_tree *selinuxns_tree_new(void)
{
	struct selinuxns_tree *tree = calloc(1, sizeof(*tree));

	if (!tree)
		return NULL;
	tree->names = -1;
	tree->links_bytes = LINKS_MAX_BYTES;
	return tree;
}

void selinuxns_tree_free(struct selinuxns_tree *tree)
{
	if (!tree)
		return;
	for (size_t i = 0; i < tree->n_excludes; i++)
		free(tree->excludes[i]);
	free(tree->excludes);
	free(tree->root);
	free(tree->file_contexts);
	free(tree->prefix);
	free(tree->attribute);
	free(tree->mount_context);
	free(tree);
}

/* An absolute path without what means nothing in it. NULL with errno. */
static char *clean_path(const char *path)
{
	_cleanup_free_ char *copy = strdup(path);

	if (!copy)
		return NULL;
	if (path[0] != '/' || names_clean(copy + 1) < 0) {
		errno = EINVAL;
		return NULL;
	}
	return steal_ptr(&copy);
}

int selinuxns_tree_set_root(struct selinuxns_tree *tree, const char *path)
{
	return setter_string(&tree->root, path);
}

int selinuxns_tree_set_policy(struct selinuxns_tree *tree, const struct selinuxns_policy *policy)
{
	tree->policy = policy;
	return 0;
}

int selinuxns_tree_set_file_contexts(struct selinuxns_tree *tree, const char *path)
{
	return setter_string(&tree->file_contexts, path);
}

int selinuxns_tree_set_without(struct selinuxns_tree *tree, int parts)
{
	if (parts != 0 && parts != SELINUXNS_WITHOUT_POLICY &&
	    parts != SELINUXNS_WITHOUT_FILE_CONTEXTS)
		return setter_invalid();
	tree->without = parts;
	return 0;
}

int selinuxns_tree_set_alternate_prefix(struct selinuxns_tree *tree, const char *path)
{
	char *clean = path ? clean_path(path) : NULL;

	if (path && !clean)
		return -1;
	free(tree->prefix);
	tree->prefix = clean;
	return 0;
}

int selinuxns_tree_set_attribute(struct selinuxns_tree *tree, const char *name)
{
	if (name && strncmp(name, "security.", 9) != 0 && strncmp(name, "trusted.", 8) != 0 &&
	    strncmp(name, "user.", 5) != 0)
		return setter_invalid();
	return setter_string(&tree->attribute, name);
}

int selinuxns_tree_set_threads(struct selinuxns_tree *tree, unsigned int threads)
{
	if (threads > MAX_THREADS)
		return setter_invalid();
	tree->threads = threads;
	return 0;
}

int selinuxns_tree_set_strict(struct selinuxns_tree *tree, int on)
{
	tree->strict = on;
	return 0;
}

int selinuxns_tree_set_one_file_system(struct selinuxns_tree *tree, int on)
{
	tree->one_file_system = on;
	return 0;
}

int selinuxns_tree_set_dry_run(struct selinuxns_tree *tree, int on)
{
	tree->dry_run = on;
	return 0;
}

int selinuxns_tree_add_exclude(struct selinuxns_tree *tree, const char *path)
{
	char *clean = clean_path(path);
	char **more = clean ? reallocarray(tree->excludes, tree->n_excludes + 1, sizeof(char *))
			    : NULL;

	if (!more) {
		free(clean);
		return -1;
	}
	tree->excludes = more;
	more[tree->n_excludes++] = clean;
	return 0;
}

int selinuxns_tree_set_names(struct selinuxns_tree *tree, int fd)
{
	tree->names = fd;
	return 0;
}

int selinuxns_tree_set_report(struct selinuxns_tree *tree, unsigned int kinds,
			      int (*report)(void *data, enum selinuxns_file kind, const char *path,
					    const char *label, const char *wanted,
					    const char *message),
			      void *data)
{
	tree->reported = report ? kinds : 0;
	tree->report = report;
	tree->report_data = data;
	return 0;
}

int selinuxns_tree_set_progress(struct selinuxns_tree *tree,
				int (*progress)(void *data, unsigned long long files), void *data)
{
	tree->progress = progress;
	tree->progress_data = data;
	return 0;
}

int selinuxns_tree_check(struct selinuxns_tree *tree, const char *path,
			 struct selinuxns_error *error)
{
	return tree_run(tree, path, false, error);
}

int selinuxns_tree_apply(struct selinuxns_tree *tree, const char *path,
			 struct selinuxns_error *error)
{
	return tree_run(tree, path, true, error);
}

unsigned long long selinuxns_tree_count(const struct selinuxns_tree *tree, enum selinuxns_file kind)
{
	return (unsigned int)kind < TREE_KINDS ? tree->counts[kind] : 0;
}

int selinuxns_tree_advice(const struct selinuxns_tree *tree)
{
	return tree->advice;
}

const char *selinuxns_tree_mount_context(const struct selinuxns_tree *tree)
{
	return tree->mount_context;
}
