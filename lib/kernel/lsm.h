/* SPDX-License-Identifier: MIT */
/*
 * lsm.h - the LSM system calls, which neither libc nor older kernel headers have.
 *
 * Raw calls only; what they mean is nsiface_lsm.c's. Async-signal-safe.
 * Source: kernel-abi.md 1.1, linux/lsm.h.
 */
#ifndef SELINUXNS_KERNEL_LSM_H
#define SELINUXNS_KERNEL_LSM_H

#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The same on every architecture but alpha, whose numbers are 110 higher. */
#ifdef __alpha__
#define LSM_NR_OFFSET 110
#else
#define LSM_NR_OFFSET 0
#endif
#ifndef __NR_lsm_get_self_attr
#define __NR_lsm_get_self_attr (459 + LSM_NR_OFFSET)
#endif
#ifndef __NR_lsm_set_self_attr
#define __NR_lsm_set_self_attr (460 + LSM_NR_OFFSET)
#endif
#ifndef __NR_lsm_list_modules
#define __NR_lsm_list_modules (461 + LSM_NR_OFFSET)
#endif

/*
 * Our own names: linux/lsm.h is not included, so that the build does not depend on how
 * new the kernel headers are.
 */
#define LSM_SELINUX 101 /* LSM_ID_SELINUX */
#define LSM_UNSHARE 106 /* LSM_ATTR_UNSHARE */
#define LSM_SINGLE  1 /* LSM_FLAG_SINGLE */

struct lsm_entry { /* struct lsm_ctx, without its trailing bytes */
	uint64_t id;
	uint64_t flags;
	uint64_t len; /* of the whole entry, header and padding included */
	uint64_t ctx_len; /* of the bytes after the header */
};

static inline int lsm_get_self_attr(unsigned int attr, void *buf, uint32_t *size, uint32_t flags)
{
	return (int)syscall(__NR_lsm_get_self_attr, attr, buf, size, flags);
}

static inline int lsm_set_self_attr(unsigned int attr, const void *buf, uint32_t size,
				    uint32_t flags)
{
	return (int)syscall(__NR_lsm_set_self_attr, attr, buf, size, flags);
}

static inline int lsm_list_modules(uint64_t *ids, uint32_t *size, uint32_t flags)
{
	return (int)syscall(__NR_lsm_list_modules, ids, size, flags);
}

#endif
