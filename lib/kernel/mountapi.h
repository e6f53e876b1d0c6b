/* SPDX-License-Identifier: MIT */
/*
 * mountapi.h - the mount system calls that act on descriptors (Linux 5.2).
 *
 * libc's wrappers came later (glibc 2.36; musl has none), and linux/mount.h cannot be included
 * together with older libcs' sys/mount.h. Raw calls only; async-signal-safe.
 * Source: fsopen(2), linux/mount.h.
 */
#ifndef SELINUXNS_KERNEL_MOUNTAPI_H
#define SELINUXNS_KERNEL_MOUNTAPI_H

#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Our own names, so that nothing depends on which headers define the kernel's. */
#define API_FSOPEN_CLOEXEC    0x1 /* FSOPEN_CLOEXEC */
#define API_FSCONFIG_CREATE   6 /* FSCONFIG_CMD_CREATE */
#define API_FSMOUNT_CLOEXEC   0x1 /* FSMOUNT_CLOEXEC */
#define API_NOSUID            0x2 /* MOUNT_ATTR_NOSUID */
#define API_NOEXEC            0x8 /* MOUNT_ATTR_NOEXEC */
#define API_OPEN_TREE_CLONE   0x1 /* OPEN_TREE_CLONE */
#define API_RECURSIVE         0x8000 /* AT_RECURSIVE */
#define API_MOVE_F_EMPTY_PATH 0x4 /* MOVE_MOUNT_F_EMPTY_PATH */
#define API_MOVE_T_EMPTY_PATH 0x40 /* MOVE_MOUNT_T_EMPTY_PATH */

static inline int mountapi_open_fs(const char *fstype)
{
	return (int)syscall(SYS_fsopen, fstype, API_FSOPEN_CLOEXEC);
}

static inline int mountapi_create(int fs)
{
	return (int)syscall(SYS_fsconfig, fs, API_FSCONFIG_CREATE, NULL, NULL, 0);
}

/* A mount that is attached nowhere, of the file system that @fs configured. */
static inline int mountapi_mount(int fs, unsigned int attributes)
{
	return (int)syscall(SYS_fsmount, fs, API_FSMOUNT_CLOEXEC, attributes);
}

/* A copy of the directory @fd and of all that is mounted below it, attached nowhere. */
static inline int mountapi_clone(int fd)
{
	return (int)syscall(SYS_open_tree, fd, "",
			    API_OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH | API_RECURSIVE);
}

/* Attach the mount @fd to the directory @point. */
static inline int mountapi_attach(int fd, int point)
{
	return (int)syscall(SYS_move_mount, fd, "", point, "",
			    API_MOVE_F_EMPTY_PATH | API_MOVE_T_EMPTY_PATH);
}

#endif
