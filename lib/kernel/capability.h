/* SPDX-License-Identifier: MIT */
/*
 * capability.h - what the calling thread is privileged to do.
 *
 * Heap-free and async-signal-safe.
 */
#ifndef SELINUXNS_KERNEL_CAPABILITY_H
#define SELINUXNS_KERNEL_CAPABILITY_H

/* Is this capability (CAP_... of linux/capability.h) effective? 1 or 0; -1 with errno when it cannot be told. */
int capability_has(unsigned int capability);

/* Is this the initial user namespace, over whose files and modules capabilities count? As above. */
int capability_in_init_userns(void);

#endif
