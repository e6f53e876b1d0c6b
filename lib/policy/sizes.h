/* SPDX-License-Identifier: MIT */
/*
 * sizes.h - does a policy image claim sizes that no policy has?
 *
 * The bytes may be hostile. To be asked before libsepol reads an image: that believes what is
 * claimed, needs (3.4) time by the square of it, and so is kept busy for hours by one flipped bit.
 * May call nothing: of libsepol, this knows the format's numbers only. Must never allocate, or
 * read past the image; its time is bounded by the image's size.
 */
#ifndef SELINUXNS_POLICY_SIZES_H
#define SELINUXNS_POLICY_SIZES_H

#include <stddef.h>
#include <stdint.h>

/* What precedes the tables: magic number, length and name of the target, version. */
#define SIZES_HEADER 20

/*
 * sizes_check - walk through an image's symbol tables once
 * @image, @size: the whole image. Its header is the caller's to check
 * @version: what that says, a version that libsepol can read
 * @claimed: on failure, the size that cannot be
 *
 * What is wrong otherwise, such as a truncated image, is left to libsepol to find and to say.
 * Returns 0, or -1 (errno is not set).
 */
int sizes_check(const void *image, size_t size, uint32_t version, uint32_t *claimed);

#endif
