/* SPDX-License-Identifier: MIT */
/*
 * pending.h - directories that were read, and whose directories are still to be entered.
 *
 * One stack for each thread, of which each directory is an ancestor of the next; others may take
 * from it, too. It holds a bounded number of descriptors, whatever its depth: what was closed is
 * opened again by descriptor and name, and must be the same directory. May call lib/base.
 */
#ifndef SELINUXNS_LABEL_PENDING_H
#define SELINUXNS_LABEL_PENDING_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/statx.h"

/* A directory that was opened. What it needs to be opened again is kept with it. */
struct dir {
	struct dir *parent; /* NULL: the top, whose descriptor is never closed */
	atomic_uint refs; /* the thread's or the stack's, and one of each child */
	int fd; /* -1: closed, so that not too many are open */
	atomic_bool
		lost; /* when it was closed: it is not there any more, and is not looked for again */
	uint64_t dev, ino, mount; /* the latter 0 where it cannot be told */
	int64_t born; /* in nanoseconds; 0: not known */
	char *names; /* of the directories in it that are still to be entered */
	size_t names_len, names_size, next;
	size_t path_len;
	char name[];
};

struct dir *dir_new(struct dir *parent, const char *name, size_t path_len);
void dir_unref(struct dir *dir);

/* Keep the name of a directory in it, to be entered later. */
int dir_keep_name(struct dir *dir, const char *name, size_t len);

/* statx(2) of a name, not followed, or of @fd itself with "": what tells a directory from another. */
int dir_look(int fd, const char *name, struct statx *stx);

/* The mount that it is in, of what dir_look() said; 0: not known. */
uint64_t dir_mount(const struct statx *stx);

/* Take in what dir_look() said of it. */
void dir_set_identity(struct dir *dir, const struct statx *stx);

struct pending {
	pthread_mutex_t lock; /* also of the descriptors of what is in the stack */
	struct dir **stack;
	size_t depth, size;
	size_t open, max_open;
};

/* A directory that was taken to be read. */
struct taken {
	struct dir *dir; /* its fd is -1 where it could not be opened; NULL: there was none */
	int parent; /* then the directory that it is in, or -1 */
	int err;
};

void pending_init(struct pending *pending, size_t max_open);
void pending_free(struct pending *pending);

/* Put a directory that has names on top. It gets a reference. 0, or -1 with ENOMEM. */
int pending_push(struct pending *pending, struct dir *dir);

/*
 * pending_take_last, pending_take_first - open the next name of the last or the first directory
 *
 * The last one's is next to what its own thread has read; the first one's is likely to have most
 * below it, and so is for another thread. 0, or -1 with ENOMEM.
 */
int pending_take_last(struct pending *pending, struct taken *taken);
int pending_take_first(struct pending *pending, struct taken *taken);

/* Room for @needed bytes in a buffer that grows. 0, or -1 with ENOMEM. */
int pending_make_room(char **buf, size_t *size, size_t needed);

#endif
