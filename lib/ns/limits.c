/* SPDX-License-Identifier: MIT */
/*
 * limits.c - the limits of the machine, and which one it was. See limits.h.
 *
 * May call base/ and kernel/; async-signal-safe. Must never name a limit that another one
 * could have been. Source: kernel-abi.md 6.
 */
#include "ns/limits.h"

#include <errno.h>

#include "base/fd.h"
#include "kernel/instance.h"
#include "ns/kind.h"

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
	_cleanup_close_ int own = instance_open();
	unsigned int maxns, maxnsdepth;

	if (instance < 0 || instance_read_uint(instance, "maxns", &maxns) < 0 ||
	    instance_read_uint(instance, "maxnsdepth", &maxnsdepth) < 0) {
		text_str(t,
			 "a limit is reached, maxns (how many) or maxnsdepth (how deep); which one "
			 "cannot be told, as they cannot be read here");
		return;
	}
	/* From init one level down: only a depth of 0 forbids that (6.1). */
	if (ns_kind(own) == SELINUXNS_KIND_INIT) {
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

/* ---- the public calls ----------------------------------------------------- */

#define STEP_GET "read limits"
#define STEP_SET "set limits"

static int fail_instance(struct selinuxns_error *error, const char *step)
{
	return ns_fail(error, errno, step, "selinuxfs", NULL,
		       errno == ENODEV ? "; this kernel has no SELinux, or it is disabled"
				       : "; mount it first");
}

int selinuxns_limits_get(unsigned int *maxns, unsigned int *maxnsdepth,
			 struct selinuxns_error *error)
{
	_cleanup_close_ int instance = instance_open_any();

	ns_error_clear(error);
	if (instance < 0)
		return fail_instance(error, STEP_GET);
	if (instance_read_uint(instance, "maxns", maxns) < 0 ||
	    instance_read_uint(instance, "maxnsdepth", maxnsdepth) < 0)
		return ns_fail(error, errno, STEP_GET, "maxns, maxnsdepth", NULL,
			       errno == EACCES   ? "; only root may read them"
			       : errno == ENOENT ? "; this kernel has no SELinux namespaces"
						 : "");
	return 0;
}

static int set_limit(int instance, const char *name, unsigned int value,
		     struct selinuxns_error *error)
{
	char digits[16];
	struct text t;

	text_init(&t, digits, sizeof(digits));
	text_uint(&t, value);
	if (instance_write(instance, name, digits) == 0)
		return 0;
	switch (errno) {
	case EPERM:
		/* kernel-abi.md 6.2 */
		return ns_fail(error, EPERM, STEP_SET, name, NULL,
			       "; a child namespace can only read the limits: set them in the init "
			       "namespace");
	case EACCES:
		return ns_fail(error, EACCES, STEP_SET, name, NULL,
			       "; it takes root, and security setmaxns and setmaxnsdepth of the "
			       "policy");
	case EINVAL:
		return ns_fail(error, EINVAL, STEP_SET, name, "the kernel does not take that value",
			       "; a depth is at most 32");
	default:
		return ns_fail(error, errno, STEP_SET, name, NULL, "");
	}
}

int selinuxns_limits_set(const unsigned int *maxns, const unsigned int *maxnsdepth,
			 struct selinuxns_error *error)
{
	_cleanup_close_ int instance = instance_open();
	unsigned int depth_before;
	int err;

	ns_error_clear(error);
	if (instance < 0)
		return fail_instance(error, STEP_SET);
	if (maxnsdepth && instance_read_uint(instance, "maxnsdepth", &depth_before) < 0)
		return ns_fail(error, errno, STEP_SET, "maxnsdepth", NULL, "");
	/* First the one whose value can be refused. */
	if (maxnsdepth && set_limit(instance, "maxnsdepth", *maxnsdepth, error) < 0)
		return -1;
	if (!maxns || set_limit(instance, "maxns", *maxns, error) == 0)
		return 0;
	err = errno;
	if (maxnsdepth)
		(void)set_limit(instance, "maxnsdepth", depth_before, NULL);
	errno = err;
	return -1;
}
