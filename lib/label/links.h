/* SPDX-License-Identifier: MIT */
/*
 * links.h - files whose label does not fit under one of several names.
 *
 * A file has one label, and its hard links may ask for different ones. Whether it fits is known only
 * when all of its names in the tree were seen, so those with more names than one are put off, and
 * only those. May call libc. Any number of threads.
 */
#ifndef SELINUXNS_LABEL_LINKS_H
#define SELINUXNS_LABEL_LINKS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct link_name {
	struct link_name *next;
	int wanted; /* the number of the context that is asked for under this name */
	bool gone; /* it does not lead to the file any more */
	char path[];
};

struct link_file {
	struct link_file *next;
	dev_t dev;
	ino_t ino;
	nlink_t links;
	nlink_t seen; /* names that were put off */
	nlink_t unnamed; /* of these, for whose paths there was no room */
	int wanted; /* of what they ask for, the one that sorts first: in whichever order they were seen */
	const char *context; /* that */
	bool fits; /* another of its names asks for the label that it has */
	struct link_name *names;
};

struct links {
	pthread_mutex_t lock;
	struct link_file **buckets;
	size_t n_buckets, count;
	size_t bytes, max_bytes;
	bool full; /* from then on nothing more is taken in, however short */
};

/* What a tree may make us remember: some millions of names. */
#define LINKS_MAX_BYTES ((size_t)512 << 20)

#define LINKS_INIT(bytes)                                               \
	{                                                               \
		.lock = PTHREAD_MUTEX_INITIALIZER, .max_bytes = (bytes) \
	}

/*
 * links_add - put it off: the file @st has this name, under which its label does not fit
 * @wanted, @context: what is asked for under this name; the string must last
 *
 * Returns 0; 1 where all is taken in but the path, for which there is no room; or -1 with errno:
 * ENOMEM; ENOSPC where there are too many files already.
 */
int links_add(struct links *links, const struct stat *st, const char *path, int wanted,
	      const char *context);

/*
 * links_fit - the file @st has the label that one of its names asks for
 * @later: also if none of its names was put off so far
 *
 * Returns 0, or -1 with errno ENOMEM. Where there is no room for it there is none for its other names.
 */
int links_fit(struct links *links, const struct stat *st, bool later);

/* When all were seen: the names of each file by their bytes. */
void links_sort(struct links *links);

/* Was this file put off? NULL: no. What is found is the caller's only under the lock. */
struct link_file *links_find(struct links *links, const struct stat *st);

/* Were there names of which not all were seen? Then the tree must be looked through for them. */
bool links_incomplete(const struct links *links);

void links_free(struct links *links);

#endif
