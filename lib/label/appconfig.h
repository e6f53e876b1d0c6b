/* SPDX-License-Identifier: MIT */
/*
 * appconfig.h - what a root's policy says in its contexts/ beside the file contexts.
 *
 * May call lib/policy and lib/base. The root may be hostile: any bytes are harmless.
 */
#ifndef SELINUXNS_LABEL_APPCONFIG_H
#define SELINUXNS_LABEL_APPCONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "policy/policy.h"

/* Lines of a file. */
struct appconfig_lines {
	char *text;
	const char **lines; /* without blanks around them, comments and empty ones */
	size_t count;
};

/*
 * appconfig_customizable - the types that an administrator may have given to files of his choice
 *
 * customizable_types(5). None where the root has no such file. 0, or -1 with errno and @error set.
 */
int appconfig_customizable(int rootfd, struct appconfig_lines *lines,
			   struct selinuxns_error *error);
void appconfig_free(struct appconfig_lines *lines);

/*
 * appconfig_mount_context - the one context for a tree whose labels do not fit
 * @policy: of which it must be a context; NULL: that is not known
 *
 * Of the contexts that the policy names for content of others, the first that is there: that of
 * containers (lxc_contexts: ro_file, file), of virtual machines' content, of removable media. To be
 * freed; NULL where there is none.
 */
char *appconfig_mount_context(int rootfd, const struct policy_parsed *policy);

#endif
