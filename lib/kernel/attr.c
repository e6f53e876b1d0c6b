/* SPDX-License-Identifier: MIT */
/*
 * attr.c - the calling thread's SELinux attributes. See attr.h.
 *
 * May call base/ only; async-signal-safe. Must never use libselinux's get*con().
 */
#include "kernel/attr.h"

#include <string.h>

#include "base/error.h"
#include "base/proc.h"

ssize_t attr_read(const char *name, char buf[ATTR_MAX])
{
	char path[64];
	struct text t;
	ssize_t len;

	text_init(&t, path, sizeof(path));
	text_str(&t, "thread-self/attr/");
	text_str(&t, name);
	len = proc_read(path, buf, ATTR_MAX);
	if (len < 0)
		return -1;
	buf[strcspn(buf, "\n")] = '\0';
	return (ssize_t)strlen(buf);
}
