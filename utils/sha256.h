/* SPDX-License-Identifier: MIT */
/*
 * sha256.h - SHA-256 (FIPS 180-4), for the fingerprint of a policy.
 *
 * Of our own, as the tool is also the first program of a container's root, where no library but
 * libc and libselinux may be, and as the kernel's (AF_ALG) is often not built or is
 * filtered there. It compares policies; must never be used to authenticate anything.
 */
#ifndef SELINUXNS_UTILS_SHA256_H
#define SELINUXNS_UTILS_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32

struct sha256 {
	uint32_t state[8];
	uint64_t size; /* bytes so far */
	unsigned char block[64];
};

void sha256_init(struct sha256 *sha);
void sha256_update(struct sha256 *sha, const void *data, size_t size);
void sha256_final(struct sha256 *sha, unsigned char digest[SHA256_SIZE]);

#endif
