/* SPDX-License-Identifier: MIT */
/*
 * names.c - a list of names that is read from a descriptor (see names.h).
 */
#include "config.h"

#include "label/names.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* One byte: 1, 0 at the end, -1 with errno. */
static int next_byte(struct names *names, char *c)
{
	if (names->at == names->len) {
		ssize_t n;

		do {
			n = read(names->fd, names->buf, sizeof(names->buf));
		} while (n < 0 && errno == EINTR);
		if (n <= 0)
			return (int)n;
		names->at = 0;
		names->len = (size_t)n;
	}
	*c = names->buf[names->at++];
	return 1;
}

static long read_name(struct names *names, char name[PATH_MAX + 1])
{
	long len = 0;
	int rc;
	char c = 0;

	while ((rc = next_byte(names, &c)) > 0) {
		if (!c && len)
			break;
		if (c && len < PATH_MAX)
			name[len++] = c;
	}
	name[len] = '\0';
	return rc < 0 ? -1 : len;
}

long names_next(struct names *names, char name[PATH_MAX + 1])
{
	long len;

	pthread_mutex_lock(&names->lock);
	len = read_name(names, name);
	pthread_mutex_unlock(&names->lock);
	return len;
}

long names_clean(char *name)
{
	char *to = name;

	for (const char *from = name; *from;) {
		size_t len = strcspn(from, "/");

		if (len == 2 && from[0] == '.' && from[1] == '.') {
			errno = EINVAL;
			return -1;
		}
		if (len && !(len == 1 && from[0] == '.')) {
			if (to != name)
				*to++ = '/';
			memmove(to, from, len);
			to += len;
		}
		from += len;
		from += strspn(from, "/");
	}
	*to = '\0';
	return to - name;
}
