/* SPDX-License-Identifier: MIT */
/*
 * guard.h - is this mount namespace evidently someone else's too?
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

/* The PPid of a /proc/PID/status; 0 where it is not there or makes no sense. */
unsigned int guard_parent_of(const char *status);

#endif
