/* SPDX-License-Identifier: MIT */
/*
 * mounts.h - mount and unmount without another mount namespace noticing.
 *
 * What is mounted or unmounted under a shared mount happens in every mount namespace that
 * shares it; the kernel does not keep a selinuxfs from reaching the host that way
 * (kernel-abi.md 4.3). Everything here goes by descriptors and mount ids, never by a
 * path that could have come to name another mount. Heap-free and async-signal-safe.
 */
#ifndef SELINUXNS_KERNEL_MOUNTS_H
#define SELINUXNS_KERNEL_MOUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/mountinfo.h"

/*
 * mounts_open - open the root of the mount that a mountinfo entry describes
 *
 * Returns a descriptor (O_PATH), or -1 with errno: EBUSY when another mount covers it,
 * ENAMETOOLONG when its path was cut, ENOTSUP when the kernel does not give mount ids.
 */
int mounts_open(const struct mountinfo_entry *entry);

/*
 * Mounts that were made to send nothing; see mounts_hush(). So many shared mounts can be
 * put back after a covered one was reached.
 */
#define HUSH_MAX 256

struct hush {
	int fd; /* the root of the mount, -1 when there was nothing to do */
	unsigned int count; /* of ids; 0 when only the mount itself was changed */
	uint64_t shared[HUSH_MAX]; /* the ids of mounts that were shared */
};

/*
 * mounts_hush - stop the mount @id from sending what happens under it to its peers
 * @id: of a mount in this mount namespace
 * @hush: to be given to mounts_unhush(); after a failure it need not be
 *
 * A shared mount becomes a slave: it still receives, which can bring nothing of ours to
 * anyone, and sends no more. One that another mount covers can only be reached by way of
 * the nearest mount above it that is not covered, and with it everything below that one:
 * all of those become slaves. Returns 0 or -1 with errno; ENOTSUP when the mount is not in
 * mountinfo (@id is 0, it is outside of our root or mount namespace), EBUSY when it is
 * covered and nothing above it can be reached, or too much is below that.
 */
int mounts_hush(uint64_t id, struct hush *hush);

/*
 * mounts_unhush - make what was shared shared again, each in a peer group of its own
 *
 * For a container manager that shared its root again on purpose. A failure is a warning to
 * the log callback: what was done meanwhile stays done.
 */
void mounts_unhush(struct hush *hush);

/*
 * mounts_detach - unmount every selinuxfs in this mount namespace
 * @fstype: "selinuxfs"; tests, on machines without one, have a stand-in
 *
 * Bind mounts of one, also of single files of it, count. One that cannot be unmounted is
 * a warning to the log callback; so is one that is left because its unmounting would
 * be seen elsewhere. Returns the number of mounts that stay, or -1 with errno when they
 * could not be looked for (which is a warning too).
 */
int mounts_detach(const char *fstype);

#endif
