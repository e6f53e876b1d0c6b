/* SPDX-License-Identifier: MIT */
/*
 * statx.h - statx(2), of which musl before 1.2.4 has neither the structure nor the call.
 *
 * The raw call only; async-signal-safe.
 */
#ifndef SELINUXNS_BASE_STATX_H
#define SELINUXNS_BASE_STATX_H

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef STATX_BASIC_STATS
#include <linux/stat.h>
#endif
#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x00001000U /* linux/stat.h, 5.8 */
#endif

static inline int statx_at(int fd, const char *name, int flags, unsigned int mask,
			   struct statx *stx)
{
	return (int)syscall(SYS_statx, fd, name, flags, mask, stx);
}

#endif
