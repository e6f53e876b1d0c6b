/* SPDX-License-Identifier: MIT */
/*
 * probe.h - what selinuxns_probe() asks, in more detail.
 */
#ifndef SELINUXNS_NS_PROBE_H
#define SELINUXNS_NS_PROBE_H

/* What the loaded policy says to an unshare by this thread (kernel-abi.md 2.2). */
enum probe_policy {
	PROBE_NOT_ASKED, /* no instance of ours, or no permission to ask */
	PROBE_NO_POLICY, /* none is loaded: nothing is denied */
	PROBE_ALLOWED, /* by a rule */
	PROBE_UNKNOWN_ALLOWED, /* it does not define the permission, and allows what is unknown */
	PROBE_NOT_ENFORCED, /* it does not allow it, and is permissive, or the domain is */
	PROBE_DENIED, /* it has no rule for it */
	PROBE_UNKNOWN_DENIED, /* it does not define the permission, and denies what is unknown */
};

/* probe_policy - ask the policy; by the interface that an unshare would use. Changes nothing. */
enum probe_policy probe_policy(void);

#endif
