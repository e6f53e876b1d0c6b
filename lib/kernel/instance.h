/* SPDX-License-Identifier: MIT */
/*
 * instance.h - selinuxfs instances, addressed by descriptors.
 *
 * Each SELinux namespace has one instance of selinuxfs (kernel-abi.md 4.1), and a path
 * does not tell whose it is. So whoever speaks to one gets a descriptor of its root
 * directory here, and the instance is known to be this namespace's. Nothing here
 * trusts what an instance answers. Heap-free and async-signal-safe.
 */
#ifndef SELINUXNS_KERNEL_INSTANCE_H
#define SELINUXNS_KERNEL_INSTANCE_H

#include <stdbool.h>
#include <sys/types.h>

#include <selinux/selinuxns.h>

#define SELINUXFS_MAGIC 0xf97cff8c /* linux/magic.h: SELINUX_MAGIC */

/*
 * instance_open - the root directory of this namespace's instance
 *
 * First a detached mount (fsopen, fsmount): it is nowhere in the tree, so nothing
 * propagates and no path is trusted. Where that is not allowed (kernel-abi.md 4.2), a
 * mounted instance that is verified to be ours. Returns a descriptor, or -1 with errno:
 * what the detached mount failed with (EPERM, ENODEV: no SELinux, ENOSYS...) when
 * nothing of ours is mounted either.
 */
int instance_open(void);

/*
 * instance_can_mount - may this thread mount its namespace's instance? (kernel-abi.md 4.2)
 *
 * Tries by a detached mount, which nobody sees. 1 or 0; -1 with errno when it cannot be told,
 * or fails for another reason.
 */
int instance_can_mount(void);

/*
 * instance_open_any - any mounted instance, else instance_open()
 *
 * For what is the same in all of them or can only be read (policyvers before an
 * unshare; kernel-abi.md 4.4). Ours is preferred.
 */
int instance_open_any(void);

/*
 * instance_open_mounted - as instance_open(), only what is mounted in the tree
 * @path: NULL, or PATH_MAX bytes for the mount point's path as seen from our root
 *
 * ENOENT when no mounted instance is ours, or none is mounted.
 */
int instance_open_mounted(char *path);

/* Is @fd a directory of a selinuxfs? 1 or 0; -1 with errno when it cannot be told. */
int instance_is_selinuxfs(int fd);

/*
 * instance_is_ours - does the instance @dirfd belong to this thread's namespace?
 *
 * Asks by a write to `context` that says nothing: another namespace's instance refuses
 * it with EPERM (kernel-abi.md 4.4). 1 or 0, -1 with errno when it cannot be told
 * (EACCES: not allowed to ask; EROFS: a read-only mount).
 */
int instance_is_ours(int dirfd);

/*
 * instance_belongs - as instance_is_ours(), also where the instance cannot be asked
 *
 * Then a detached mount of ours is compared with it. 1 or 0, -1 with errno when neither tells.
 */
int instance_belongs(int dirfd);

/*
 * instance_read - read the file @name under @dirfd
 *
 * Reads at most @size - 1 bytes and ends them with a NUL. Returns the number of bytes,
 * or -1 with errno; EOVERFLOW when the file is longer, EPROTO when it holds a NUL that is
 * not its last byte. One trailing NUL or newline is cut off.
 */
ssize_t instance_read(int dirfd, const char *name, char *buf, size_t size);

/*
 * instance_read_uint - read the file @name as one unsigned decimal number
 *
 * Strict: digits only, no sign, no blanks, fits an unsigned int; else EPROTO.
 */
int instance_read_uint(int dirfd, const char *name, unsigned int *v);

/*
 * instance_write - write @text into the file @name under @dirfd, by one write
 *
 * Returns 0, or -1 with errno; EIO when only a part of it was taken.
 */
int instance_write(int dirfd, const char *name, const char *text);

/* Does the instance have a file @name? (No permission on it is needed.) */
bool instance_has(int dirfd, const char *name);

/*
 * instance_open_point - open the mount point of a root, O_PATH
 * @path: its path in the root, or the one that should be there
 *
 * /sys/fs/selinux, else /selinux. Returns a descriptor or -1 with errno.
 */
int instance_open_point(int rootfd, const char **path);

/*
 * instance_attach - mount this namespace's instance at a root's mount point
 * @rootfd: the root, as for inroot_open()
 * @error: filled on failure, or NULL
 *
 * The mount point is /sys/fs/selinux in that root, else /selinux. It is resolved once
 * and mounted on by descriptor, nosuid and noexec. Returns 0 or -1 with errno.
 */
int instance_attach(int rootfd, struct selinuxns_error *error);

#endif
