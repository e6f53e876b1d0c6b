/* SPDX-License-Identifier: MIT */
/*
 * limits.h - which limit keeps a namespace from being made? Heap-free, async-signal-safe.
 */
#ifndef SELINUXNS_NS_LIMITS_H
#define SELINUXNS_NS_LIMITS_H

#include "base/error.h"

/*
 * limits_explain - say what ENOSPC from an unshare means here
 *
 * Appends a clause with the numbers where they can be read, and says so where not.
 */
void limits_explain(struct text *t);

#endif
