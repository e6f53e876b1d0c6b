/* SPDX-License-Identifier: MIT */
/*
 * excludes.h - what is left out of a tree: by the paths that the walk comes by.
 *
 * Those have no symbolic links, and neither may the caller's. May call lib/base and place.h. Must never
 * resolve a path outside of the root.
 */
#ifndef SELINUXNS_LABEL_EXCLUDES_H
#define SELINUXNS_LABEL_EXCLUDES_H

#include <stddef.h>

#include "label/place.h"

struct excludes {
	char **paths; /* sorted */
	size_t count;
};

/*
 * excludes_find - find the files that are left out in the root of @place
 * @given: @n absolute paths in the root
 *
 * What is not there is kept as it is given, and warned of. Returns 0, or -1 with errno and @error set:
 * ELOOP for a symbolic link, and for what is reached through one.
 */
int excludes_find(struct excludes *excludes, const struct place *place, char *const *given,
		  size_t n, struct selinuxns_error *error);
void excludes_free(struct excludes *excludes);

#endif
