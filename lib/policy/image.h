/* SPDX-License-Identifier: MIT */
/*
 * image.h - is this a policy image that can be loaded? Parse, check, convert.
 *
 * The bytes may be hostile. libsepol reads them, with every message of its own going
 * into our error or to libselinux's log callback. May call lib/base, libsepol and
 * file.h, sizes.h. Must never touch a file or the kernel, or change the image it was given.
 */
#ifndef SELINUXNS_POLICY_IMAGE_H
#define SELINUXNS_POLICY_IMAGE_H

#include <stdbool.h>
#include <stddef.h>

#include <sepol/handle.h>
#include <sepol/policydb.h>

#include "base/error.h"

struct image {
	void *data; /* from malloc() */
	size_t size;
	unsigned int version; /* as its header says; set by image_check() */
	bool boolean_unlabeled; /* a boolean's file has no label; set by image_check() */
};

/*
 * image_look - what can be said of an image without libsepol: its header, the sizes it claims
 * @version: as its header says, one that libsepol can read
 *
 * As image_check(), which begins with this.
 */
int image_look(const struct image *image, const char *name, unsigned int *version,
	       struct selinuxns_error *error);

/*
 * image_read - have libsepol read an image that image_look() has accepted
 * @db: a new one, from sepol_policydb_create(); to be freed also where this fails
 *
 * Returns 0, or -1 with errno ENOMEM, or another one, or 0, for a damaged image: libsepol sets none
 * that can be told.
 */
int image_read(const struct image *image, sepol_handle_t *handle, sepol_policydb_t *db);

/*
 * image_check - parse an image with libsepol and bring it to a version
 * @image: data and size; on success its version is set, and, where it had to be
 *	converted, data and size are the new image's and the old data is freed. On failure
 *	it is unchanged
 * @name: what errors call it
 * @newest: the newest version the kernel takes, or 0 for "not known: do not convert"
 *
 * A conversion keeps how unknown classes and permissions are handled. What the older
 * version cannot express and libsepol drops is a warning to libselinux's log callback.
 * Returns 0, or -1 with errno and @error set: EINVAL for what is no kernel policy or is
 * damaged, ENOTSUP for a version or a target that cannot be used or converted, ENOMEM.
 */
int image_check(struct image *image, const char *name, unsigned int newest,
		struct selinuxns_error *error);

#endif
