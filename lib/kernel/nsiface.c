/* SPDX-License-Identifier: MIT */
/*
 * nsiface.c - find the SELinux namespace interface of this kernel. See nsiface.h.
 *
 * May call the implementations only; async-signal-safe. Must never remember the answer:
 * an unshare, a seccomp filter or a mount may change it.
 */
#include "kernel/nsiface.h"

#include <errno.h>
#include <stddef.h>

/* In the order of preference. */
static const struct nsiface *const interfaces[] = { &nsiface_lsm, &nsiface_node };

const struct nsiface *nsiface_find(void)
{
	int reason = 0;

	for (size_t i = 0; i < sizeof(interfaces) / sizeof(interfaces[0]); i++) {
		if (interfaces[i]->present() == 1)
			return interfaces[i];
		if (i == 0)
			reason = errno;
	}
	errno = reason;
	return NULL;
}

int nsiface_unshared(void)
{
	int reason = 0;

	for (size_t i = 0; i < sizeof(interfaces) / sizeof(interfaces[0]); i++) {
		int unshared = interfaces[i]->unshared();

		if (unshared >= 0 || (errno != ENOSYS && errno != EOPNOTSUPP))
			return unshared;
		if (i == 0)
			reason = errno;
	}
	errno = reason;
	return -1;
}
