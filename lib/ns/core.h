/* SPDX-License-Identifier: MIT */
/*
 * core.h - the unshare itself, as every call of ns/ makes it.
 */
#ifndef SELINUXNS_NS_CORE_H
#define SELINUXNS_NS_CORE_H

#include <selinux/selinuxns.h>

/*
 * core_unshare - unshare and unmount, as selinux_unshare() says, without selinuxns_forget()
 *
 * Async-signal-safe. Warnings are logged, errors are not. Returns 0 or -1 with errno and
 * @error (or NULL) set.
 */
int core_unshare(unsigned int wait_ms, struct selinuxns_error *error);

#endif
