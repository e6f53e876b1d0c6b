/* SPDX-License-Identifier: MIT */
/*
 * mount.c - selinuxns_mount_selinuxfs().
 *
 * May call kernel/ and selinuxns_forget(). Must never mount by a path that was not resolved
 * inside the root.
 */
#include <selinux/selinux.h>
#include <selinux/selinuxns.h>

#include "base/log.h"
#include "kernel/instance.h"

int selinuxns_mount_selinuxfs(int rootfd, struct selinuxns_error *error)
{
	if (instance_attach(rootfd, error) < 0)
		return -1;
	/* The mount point that libselinux goes by may be this one now. */
	if (selinuxns_forget() < 0)
		ns_log(SELINUX_WARNING, "libselinux could not be made to forget all that it knew "
					"before selinuxfs was mounted (see selinuxns_forget(3))");
	return 0;
}
