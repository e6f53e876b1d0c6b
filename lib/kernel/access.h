/* SPDX-License-Identifier: MIT */
/*
 * access.h - ask a namespace's policy, by an instance of its selinuxfs, what it allows.
 *
 * An answer may be a hostile file system's: one that makes no sense is none. Heap-free.
 */
#ifndef SELINUXNS_KERNEL_ACCESS_H
#define SELINUXNS_KERNEL_ACCESS_H

#include <stdbool.h>

#include "kernel/attr.h"

#define ACCESS_PERMISSIVE 0x1 /* flag of an answer: the source type is permissive */

struct access_decision {
	unsigned long allowed; /* the permissions of the class, by bits */
	unsigned long flags;
};

/* Ask the file `access` of @instance. False when it cannot be asked. */
bool access_ask(int instance, const char *source, const char *target, unsigned int class,
		struct access_decision *decision);

/*
 * Ask the file `create` of @instance: the context of a new object of @class that @source makes of @target
 * (kernel-abi.md 4.8). 0, or -1 with errno.
 */
int access_create(int instance, const char *source, const char *target, unsigned int class,
		  char context[ATTR_MAX]);

/* Is SELinux on in this kernel? True where it cannot be told. */
bool access_has_selinux(void);

/* May this thread read and write labels that its policy does not know? (kernel-abi.md 7.2, 7.3) */
enum access_mac_admin {
	MAC_ADMIN_YES, /* or there is no SELinux, or no policy, to hinder it */
	MAC_ADMIN_NO_CAPABILITY, /* CAP_MAC_ADMIN is missing */
	MAC_ADMIN_USERNS, /* it is there, and counts in the initial user namespace only */
	MAC_ADMIN_DENIED, /* by the policy: capability2 mac_admin */
	MAC_ADMIN_UNKNOWN, /* there is a policy, and it cannot be asked */
};

enum access_mac_admin access_mac_admin(void);

#endif
