/* SPDX-License-Identifier: MIT */
/*
 * nsiface.h - the kernel's SELinux namespace interface, behind one small table.
 *
 * One file implements each interface that a kernel may have; nsiface.c finds the right
 * one at run time. The next one upstream is one more file and one more line in
 * nsiface.c. Heap-free and async-signal-safe throughout: callers are between fork and
 * exec.
 */
#ifndef SELINUXNS_KERNEL_NSIFACE_H
#define SELINUXNS_KERNEL_NSIFACE_H

struct nsiface {
	const char *name;

	/*
	 * Does this kernel have it? 1, 0, or -1 with errno when it cannot be told (EPERM,
	 * ENOSYS: a seccomp filter may be in the way). Changes nothing.
	 */
	int (*present)(void);

	/* Unshare this thread's namespace. 0, or -1 with the kernel's errno. */
	int (*unshare)(void);

	/*
	 * Is this thread in a namespace of its own that has no policy yet? 1 or 0, or -1
	 * with errno: ENOSYS or EOPNOTSUPP where the kernel does not have the interface or it
	 * cannot be reached, EPROTO when the kernel's answer makes no sense.
	 */
	int (*unshared)(void);
};

extern const struct nsiface nsiface_lsm; /* LSM_ATTR_UNSHARE (kernel-abi.md 1.1) */
extern const struct nsiface nsiface_node; /* selinuxfs `unshare` (kernel-abi.md 1.6) */

/*
 * nsiface_find - the interface to use on this kernel
 *
 * NULL with errno set to why the preferred one is not there: ENOSYS, EOPNOTSUPP, EPERM...
 */
const struct nsiface *nsiface_find(void);

/*
 * nsiface_unshared - unshared() of the first interface that is there
 *
 * Asks each once. -1 with the preferred one's errno where none is there.
 */
int nsiface_unshared(void);

#endif
