/* SPDX-License-Identifier: MIT */
/*
 * walk.h - every file of a tree, once, by any number of threads.
 *
 * The tree may be hostile, and change meanwhile: directories are opened by descriptor and name and no
 * symbolic link is followed, so that nothing outside of it is reached; any depth is walked with a
 * bounded number of descriptors, and without recursion; no list of its files is kept, only the names
 * of directories that are still to be entered. May call lib/base. Must never change a file, or read
 * what one holds.
 */
#ifndef SELINUXNS_LABEL_WALK_H
#define SELINUXNS_LABEL_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A file that was come by. */
struct walk_entry {
	int dirfd; /* of the directory that it is in; of itself where it is one that was entered */
	const char *name; /* in that directory; NULL for the directory @dirfd itself */
	const char *path; /* as walk_tree.path and below it */
	size_t path_len;
	mode_t type; /* the bits of S_IFMT */
	uint64_t mount; /* that its directory is in; 0: not known */
	/*
	 * How many names it has, where it is one of a list, which is not read again for the others;
	 * else, and for a directory, 0.
	 */
	nlink_t links;
};

/* What could not be done. */
enum walk_trouble {
	WALK_UNREADABLE, /* a directory, or an entry of it; see errno */
	WALK_UNREACHED, /* a file that a list names; see errno: EINVAL for a name with ".." */
	WALK_GONE, /* it was removed or replaced meanwhile */
	WALK_OTHER_FS, /* not entered: another file system, where those are not walked */
	WALK_PSEUDO_FS, /* not entered: the kernel makes up what is in it */
};

struct walk_tree {
	int fd; /* the directory at the top, O_RDONLY; stays the caller's */
	const char
		*path; /* what that is called: absolute, without a slash at its end but for "/" */
	bool one_file_system;
	const char *const *excludes; /* paths not to be visited or entered, sorted; or NULL */
	size_t n_excludes;
	unsigned int threads; /* at least 1; fewer are made where descriptors are short */
	int names; /* a descriptor to read names below the top from, each with a NUL behind; or -1 */
};

/*
 * What is called. Each thread has what begin() gave it; the other calls are made in that thread, at
 * once in several. A call that fails, with -1 and errno, ends the walk.
 */
struct walk_calls {
	/* In a new thread; NULL with errno when it cannot be. */
	void *(*begin)(void *data);
	/* The entries that follow are of this directory. A failure is WALK_UNREADABLE. */
	int (*enter)(void *thread, int dirfd);
	int (*visit)(void *thread, const struct walk_entry *entry);
	int (*trouble)(void *thread, const char *path, enum walk_trouble trouble, int err);
	void (*end)(void *thread);
};

/*
 * Is the file @fd (O_PATH will do) of a file system that the kernel makes up, and labels itself? The walk
 * asks for directories only: what else may be mounted on a name is the caller's to ask, if it matters.
 */
bool walk_is_pseudo(int fd);

/*
 * walk - visit the top and all below it, or those that are named
 *
 * In threads of its own, also where it is one. Returns 0, or -1 with errno: that of the call
 * that failed, ENOMEM, EAGAIN (no thread can be made), those of reading names.
 */
int walk(const struct walk_tree *tree, const struct walk_calls *calls, void *data);

#endif
