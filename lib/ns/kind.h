/* SPDX-License-Identifier: MIT */
/*
 * kind.h - in which kind of SELinux namespace is this thread?
 *
 * A namespace has no name, and cannot be told from its siblings (kernel-abi.md 1.7). Heap-free and
 * async-signal-safe.
 */
#ifndef SELINUXNS_NS_KIND_H
#define SELINUXNS_NS_KIND_H

#include <selinux/selinuxns.h>

/*
 * ns_kind - which one is it?
 * @instance: this namespace's instance, or -1 where it cannot be opened
 *
 * Changes nothing. Returns an enum selinuxns_kind, or -1 with errno when it cannot be told: EACCES (init
 * and child are told apart by files that only root may open), EBADF (no @instance).
 */
int ns_kind(int instance);

#endif
