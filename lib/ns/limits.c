/* SPDX-License-Identifier: MIT */
/*
 * limits.c - which limit was it? See limits.h.
 *
 * May call base/ and kernel/; async-signal-safe. Must never name a limit that another one
 * could have been. Source: kernel-abi.md 6.
 */
#include "ns/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>

#include "base/fd.h"
#include "kernel/instance.h"

/*
 * Is this the init namespace? `user` refuses every write in a child with EPERM
 * (kernel-abi.md 4.7), and nonsense otherwise. Any other answer does not tell: false.
 */
static bool in_init_namespace(void)
{
	_cleanup_close_ int instance = instance_open();
	_cleanup_close_ int user = -1;

	if (instance < 0)
		return false;
	user = openat(instance, "user", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	return user >= 0 && write(user, "-", 2) < 0 && errno == EINVAL;
}

static void name_limit(struct text *t, const char *name, unsigned int value)
{
	text_str(t, name);
	text_str(t, " (");
	text_uint(t, value);
	text_str(t, ")");
}

void limits_explain(struct text *t)
{
	_cleanup_close_ int instance = instance_open_any();
	unsigned int maxns, maxnsdepth;

	if (instance < 0 || instance_read_uint(instance, "maxns", &maxns) < 0 ||
	    instance_read_uint(instance, "maxnsdepth", &maxnsdepth) < 0) {
		text_str(t,
			 "a limit is reached, maxns (how many) or maxnsdepth (how deep); which one "
			 "cannot be told, as they cannot be read here");
		return;
	}
	/* From init one level down: only a depth of 0 forbids that (6.1). */
	if (in_init_namespace()) {
		text_str(t, "the limit ");
		if (maxnsdepth == 0)
			name_limit(t, "maxnsdepth", maxnsdepth);
		else
			name_limit(t, "maxns", maxns);
		text_str(t, " is reached");
		return;
	}
	text_str(t, "a limit is reached, ");
	name_limit(t, "maxns", maxns);
	text_str(t, " or ");
	name_limit(t, "maxnsdepth", maxnsdepth);
}
