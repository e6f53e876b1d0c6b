/* SPDX-License-Identifier: MIT */
/*
 * same.h - are two policy images the same policy, in whatever order it was written?
 *
 * A kernel that is asked for its policy writes it anew: the tables in the order of its hash
 * tables, the configuration word as it likes (kernel-abi.md 5.2). May call libsepol and image.h.
 * Must never touch a file or the kernel, or change an image.
 */
#ifndef SELINUXNS_POLICY_SAME_H
#define SELINUXNS_POLICY_SAME_H

#include "policy/image.h"

/*
 * image_same - is it the same policy?
 * @ours: an image that image_check() has accepted
 * @theirs: any bytes
 *
 * States of booleans are a part of it. Returns 1 or 0, or -1 with errno (ENOMEM).
 */
int image_same(const struct image *ours, const struct image *theirs);

#endif
