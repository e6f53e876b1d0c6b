/* SPDX-License-Identifier: MIT */
/*
 * excludes.h - what is left out of a tree: by the paths that the walk comes by.
 *
 * Those have no symbolic links, which the caller's may have. May call lib/base and place.h. Must never
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
 * A symbolic link is left out with what it leads to. What is not there is kept as it is given, and warned
 * of. Returns 0, or -1 with errno and @error set.
 */
int excludes_find(struct excludes *excludes, const struct place *place, char *const *given,
		  size_t n, struct selinuxns_error *error);
void excludes_free(struct excludes *excludes);

#endif
