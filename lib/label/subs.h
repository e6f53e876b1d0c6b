/* SPDX-License-Identifier: MIT */
/*
 * subs.h - substitutions: a path that begins with one name is looked up by another.
 *
 * The files .subs and .subs_dist, read as libselinux does; the text may be hostile. May call libc.
 */
#ifndef SELINUXNS_LABEL_SUBS_H
#define SELINUXNS_LABEL_SUBS_H

#include <stddef.h>

struct sub {
	const char *from, *to; /* in the text, not terminated */
	size_t from_len, to_len;
};

struct subs {
	struct sub *all; /* the first that fits counts */
	size_t count;
	char *text;
};

/* subs_read - of @text, which becomes the subs', also on failure. 0, or -1 with errno ENOMEM. */
int subs_read(struct subs *subs, char *text, size_t size);
void subs_free(struct subs *subs);

/* The one for a path, or NULL; *rest of the path follow what it becomes. */
const struct sub *subs_find(const struct subs *subs, const char *path, size_t len,
			    const char **rest);

#endif
