/* SPDX-License-Identifier: MIT */
/*
 * guard.h - the caller's mount namespace: evidently someone else's too? And may it make one?
 *
 * Heap-free and async-signal-safe.
 */
#ifndef SELINUXNS_NS_GUARD_H
#define SELINUXNS_NS_GUARD_H

/*
 * guard_shared_with - the process that the caller evidently shares its mounts with
 *
 * Unmounting the parent's selinuxfs, and mounting one's own, in a mount namespace that is
 * also the parent process's, or init's, does it to them too (kernel-abi.md 4.3). Returns
 * who that is, as words for a sentence, or NULL. What cannot be read is not evident.
 */
const char *guard_shared_with(void);

/*
 * guard_foreign_with - the same, of all ancestors, where one is in another SELinux namespace
 *
 * For mounting this namespace's selinuxfs, which a process of the same namespace may do as well
 * where the mounts are shared within it.
 */
const char *guard_foreign_with(void);

/* Is CAP_SYS_ADMIN effective? 1 or 0, -1 with errno when it cannot be told. */
int guard_privileged(void);

/* The PPid of a /proc/PID/status; 0 where it is not there or makes no sense. */
unsigned int guard_parent_of(const char *status);

#endif
