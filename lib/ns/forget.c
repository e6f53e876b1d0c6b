/* SPDX-License-Identifier: MIT */
/*
 * forget.c - selinuxns_forget(): libselinux stops answering for the parent namespace.
 *
 * May call kernel/ and libselinux's public functions. Uses the heap, by libselinux. Must never
 * change an attribute of the thread: what is written is what the kernel says it is.
 *
 * What libselinux (3.4 to 3.11) remembers, and how each is reached (kernel-abi.md 9):
 *
 * - Contexts that this thread set: set*con() keeps a copy, get*con() returns it, and there is
 *   no call that drops it. Only a set*con() with another value replaces it; so where
 *   the copy is not what the kernel has, the kernel's value is set.
 * - The mount point: fini_selinuxmnt(), set_selinuxmnt().
 * - The status page: selinux_status_close(), selinux_status_open().
 * - Decisions of the userspace AVC: avc_reset(). Its copy of the mode is renewed by
 *   selinux_status_updated() when the page it reads from changes.
 * - Class and permission numbers: selinux_flush_class_cache().
 *
 * Not reached: a mapping made with selinux_set_mapping() (its original is the caller's),
 * translations of contexts and the customizable types, which come from files and the mcstransd
 * of this root rather than from a namespace. selinux_reset_config() is not called: /etc/selinux
 * does not change by an unshare, and paths that others still hold would dangle.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <selinux/avc.h>
#include <selinux/selinux.h>
#include <selinux/selinuxns.h>

#include "base/fd.h"
#include "kernel/attr.h"
#include "kernel/instance.h"

struct cached_attr {
	const char *name;
	int (*get)(char **context);
	int (*set)(const char *context);
};

static const struct cached_attr attrs[] = {
	{ "current", getcon_raw, setcon_raw },
	{ "exec", getexeccon_raw, setexeccon_raw },
	{ "fscreate", getfscreatecon_raw, setfscreatecon_raw },
	{ "keycreate", getkeycreatecon_raw, setkeycreatecon_raw },
	{ "sockcreate", getsockcreatecon_raw, setsockcreatecon_raw },
};

static int forget_context(const struct cached_attr *attr)
{
	char truth[ATTR_MAX];
	_cleanup_free_ char *remembered = NULL;

	/* No SELinux answers: then there is nothing to be wrong about. */
	if (attr_read(attr->name, truth) < 0 || attr->get(&remembered) < 0)
		return 0;
	if (strcmp(remembered ? remembered : "", truth) == 0)
		return 0;
	return attr->set(truth[0] ? truth : NULL);
}

static void forget_mount_point(bool *mounted)
{
	char path[PATH_MAX];
	_cleanup_close_ int instance = instance_open_mounted(path);

	*mounted = instance >= 0;
	fini_selinuxmnt();
	if (*mounted)
		set_selinuxmnt(path);
}

static bool status_is_open(void)
{
	errno = 0;
	return selinux_status_getenforce() >= 0 || errno != EINVAL;
}

int selinuxns_forget(void)
{
	/* Closed here and not opened again yet, as no selinuxfs was mounted: to be made up for. */
	static bool owed;
	const bool status = status_is_open() || owed;
	bool mounted;
	int err = 0;

	for (size_t i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++)
		if (forget_context(&attrs[i]) < 0 && !err)
			err = errno;

	/*
	 * The AVC learns of a change only from a page it has looked at before; a page that is
	 * opened anew counts as seen. So it looks once more at the old one, which is ours
	 * already when this is not the first call.
	 */
	if (status) {
		(void)selinux_status_updated();
		selinux_status_close();
	}
	forget_mount_point(&mounted);
	owed = status && !mounted;
	if (status && mounted && selinux_status_open(0) < 0 && !err)
		err = errno;
	selinux_flush_class_cache();
	if (avc_reset() != 0 && !err)
		err = errno ? errno : EIO;

	if (!err)
		return 0;
	errno = err;
	return -1;
}
