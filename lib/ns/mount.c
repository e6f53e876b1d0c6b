/* SPDX-License-Identifier: MIT */
/*
 * mount.c - selinuxns_mount_selinuxfs(), selinuxns_selinuxfs_open().
 *
 * May call kernel/ and selinuxns_forget(). Must never mount by a path that was not resolved
 * inside the root.
 */
#include <errno.h>

#include <selinux/selinux.h>
#include <selinux/selinuxns.h>

#include "base/error.h"
#include "base/log.h"
#include "kernel/instance.h"
#include "ns/guard.h"

int selinuxns_mount_selinuxfs(int rootfd, struct selinuxns_error *error)
{
	const char *with = guard_foreign_with();

	/* kernel-abi.md 4.3: the kernel does not prevent it. */
	if (with)
		return ns_fail(
			error, EBUSY, "mount selinuxfs", with,
			"it is in another SELinux namespace and in the same mount namespace, "
			"and would get this namespace's selinuxfs",
			"; call unshare(CLONE_NEWNS) and make all mounts private first");
	if (instance_attach(rootfd, error) < 0)
		return -1;
	/* The mount point that libselinux goes by may be this one now. */
	if (selinuxns_forget() < 0)
		ns_log(SELINUX_WARNING, "libselinux could not be made to forget all that it knew "
					"before selinuxfs was mounted (see selinuxns_forget(3))");
	return 0;
}

int selinuxns_selinuxfs_open(struct selinuxns_error *error)
{
	int fd = instance_open();

	ns_error_clear(error);
	if (fd >= 0)
		return fd;
	return ns_fail(error, errno, "open selinuxfs", "", NULL,
		       errno == EPERM
			       ? "; this namespace's is not mounted, and to open it otherwise "
				 "takes CAP_SYS_ADMIN over the init user namespace"
		       : errno == ENODEV ? "; this kernel has no SELinux, or it is disabled"
					 : "");
}
