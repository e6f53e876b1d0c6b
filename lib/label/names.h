/* SPDX-License-Identifier: MIT */
/*
 * names.h - a list of names that is read from a descriptor, each with a NUL behind.
 *
 * As find(1) writes with -print0. Any bytes are harmless. Several threads may read. May call libc.
 */
#ifndef SELINUXNS_LABEL_NAMES_H
#define SELINUXNS_LABEL_NAMES_H

#include <limits.h>
#include <pthread.h>
#include <stddef.h>

struct names {
	int fd;
	pthread_mutex_t lock;
	char buf[16384];
	size_t at, len;
};

#define NAMES_INIT(descriptor)                                        \
	{                                                             \
		.fd = (descriptor), .lock = PTHREAD_MUTEX_INITIALIZER \
	}

/*
 * names_next - the next name
 * @name: with a NUL; one that is too long is cut off there, which the length tells
 *
 * Returns its length, at most PATH_MAX (then it was too long); 0 at the end; -1 with errno of
 * read(2). Empty names are left out. What comes last needs no NUL.
 */
long names_next(struct names *names, char name[PATH_MAX + 1]);

/*
 * names_clean - the name without what means nothing: "//", "/./", slashes at both ends
 *
 * In place. A leading slash is the tree's top, as "." and "" are. Returns the length; -1 with errno
 * EINVAL where a component is "..".
 */
long names_clean(char *name);

#endif
