/* SPDX-License-Identifier: MIT */
/*
 * setter.h - what the setters of the public objects do alike.
 */
#ifndef SELINUXNS_BASE_SETTER_H
#define SELINUXNS_BASE_SETTER_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* -1 with EINVAL. */
static inline int setter_invalid(void)
{
	errno = EINVAL;
	return -1;
}

/* Replace a string by a copy of another one, or by NULL. 0, or -1 with ENOMEM and @to as it was. */
static inline int setter_string(char **to, const char *from)
{
	char *copy = from ? strdup(from) : NULL;

	if (from && !copy)
		return -1;
	free(*to);
	*to = copy;
	return 0;
}

#endif
