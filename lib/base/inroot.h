/* SPDX-License-Identifier: MIT */
/*
 * inroot.h - open a path inside a root that may be hostile.
 *
 * Every path of a container's root is resolved here and nowhere else: the kernel
 * (openat2(2), RESOLVE_IN_ROOT) keeps symbolic links and ".." inside the root. There is
 * no fallback for kernels without openat2: it could only be unsafe. Async-signal-safe.
 */
#ifndef SELINUXNS_BASE_INROOT_H
#define SELINUXNS_BASE_INROOT_H

#include <stdbool.h>

#include "base/proc.h"

/*
 * inroot_open - open @path inside the root @rootfd
 * @rootfd: a directory; AT_FDCWD is refused (EBADF), so that no root is guessed
 * @path: relative, or absolute from the root
 * @flags: of open(2); O_CLOEXEC is added. O_CREAT and O_TMPFILE are refused (EINVAL)
 *
 * Returns a descriptor, or -1 with errno: ENOSYS where the kernel (before 5.6) or a
 * seccomp filter has no openat2, EXDEV or ELOOP for a link that leads out (magic links)
 * or around, and all of open(2)'s.
 */
int inroot_open(int rootfd, const char *path, int flags);

/*
 * inroot_open_regular - open the regular file @path inside @rootfd for reading
 *
 * Looks before it opens: a FIFO, socket or device is never really opened, so that a
 * hostile root can neither block us nor make a driver act. Returns a descriptor, or -1
 * with errno: EISDIR for a directory, EINVAL for anything else that is not a regular
 * file, ENODEV where it is there and /proc, by which it is opened, is not, and
 * inroot_open()'s.
 */
int inroot_open_regular(int rootfd, const char *path);

/*
 * inroot_open_strict - open @path below @rootfd by way of no symbolic link
 * @one_mount: nor into another mount
 *
 * Not even the last component is followed. ELOOP where a link is met, EXDEV where @path leads out.
 */
int inroot_open_strict(int rootfd, const char *path, int flags, bool one_mount);

/*
 * inroot_open_entered - as inroot_open(), after this process has made the root its own
 * @path: absolute, or relative to the working directory, which is inside of the root
 */
int inroot_open_entered(const char *path, int flags);

/*
 * inroot_reopen - open what @fd (O_PATH) refers to, with @flags of open(2)
 *
 * The very object, whatever its path names by now. O_CLOEXEC is added. ENODEV: /proc is not mounted.
 */
int inroot_reopen(int fd, int flags);

#endif
