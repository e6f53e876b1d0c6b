/* SPDX-License-Identifier: MIT */
/*
 * place.h - the tree that is asked for: opened, and what its paths are to the file contexts.
 *
 * May call lib/base. Must never resolve a path of the root outside of it.
 */
#ifndef SELINUXNS_LABEL_PLACE_H
#define SELINUXNS_LABEL_PLACE_H

#include "base/error.h"

struct place {
	int root; /* O_PATH */
	int top; /* the directory; O_RDONLY, or O_PATH where it is not to be read */
	char *path; /* of the top in the root: absolute, without symbolic links */
	char *name; /* not NULL: it is not the whole top, but this one file in it */
};

#define PLACE_INIT                    \
	{                             \
		.root = -1, .top = -1 \
	}

/*
 * place_open - find @path in the root directory @root
 *
 * Symbolic links on the way are followed, inside of the root; the last component is not, so that a
 * link can be meant itself. Returns 0, or -1 with errno and @error set: those of open(2) and openat2(2).
 */
int place_open(struct place *place, const char *root, const char *path,
	       struct selinuxns_error *error);

/* place_path - the path in the root of the file @fd, by the kernel; else @given, cleaned. NULL with errno */
char *place_path(const struct place *place, int fd, const char *given);

void place_close(struct place *place);

#endif
