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
#include <stdint.h>
#include <sys/stat.h>

struct link_name {
	struct link_name *next;
	int wanted; /* the number of the context that is asked for under this name */
	int fit; /* an enum fit */
	char path[];
};

struct link_file {
	struct link_file *next;
	dev_t dev;
	ino_t ino;
	nlink_t links;
	nlink_t seen; /* names that were put off */
	bool fits; /* another of its names asks for the label that it has */
	struct link_name *names; /* by their bytes */
};

struct links {
	pthread_mutex_t lock;
	struct link_file **buckets;
	size_t n_buckets, count;
};

#define LINKS_INIT                                \
	{                                         \
		.lock = PTHREAD_MUTEX_INITIALIZER \
	}

/* Put it off: the file @st has this name, under which its label does not fit. 0, or -1 with ENOMEM. */
int links_add(struct links *links, const struct stat *st, const char *path, int wanted, int fit);

/* Was this file put off? NULL: no. What is found is the caller's only under the lock. */
struct link_file *links_find(struct links *links, const struct stat *st);

/* Were there names of which not all were seen? Then the tree must be looked through for them. */
bool links_incomplete(const struct links *links);

void links_free(struct links *links);

#endif
