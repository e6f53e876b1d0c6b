/* SPDX-License-Identifier: MIT */
/*
 * proc.h - open files of /proc, having made sure that it is procfs.
 *
 * A caller may be inside a root that someone else filled. A tmpfs that plays /proc could
 * lie about everything decided from it, so every read goes through proc_open().
 * Async-signal-safe; keeps no state.
 */
#ifndef SELINUXNS_BASE_PROC_H
#define SELINUXNS_BASE_PROC_H

#include <sys/types.h>

/*
 * proc_dir - a descriptor (O_PATH) of /proc
 *
 * Returns -1 with errno: ENOENT also where /proc is there and not procfs.
 */
int proc_dir(void);

/*
 * proc_open - open @name, relative to /proc, with @flags of open(2); O_CLOEXEC is added
 *
 * A file of that procfs, not one that is mounted over it, which would swallow what is written: EXDEV.
 * Where a seccomp filter has no openat2(2), by the ids of the mounts, and by nothing where it has no
 * statx(2) either: that error.
 */
int proc_open(const char *name, int flags);

/*
 * proc_read - read the file @name, relative to /proc, as fd_read_text() does
 *
 * A file longer than @size - 1 bytes is cut off there.
 */
ssize_t proc_read(const char *name, char *buf, size_t size);

/*
 * fd_path - the path by which system calls that know no descriptors can be given @fd
 *
 * "/proc/thread-self/fd/N": of this thread, which may have a descriptor table of its own.
 * Returns @buf.
 */
#define FD_PATH_MAX 48
const char *fd_path(char buf[FD_PATH_MAX], int fd);

#endif
