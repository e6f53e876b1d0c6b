/* SPDX-License-Identifier: MIT */
/*
 * image.c - fuzzing target: what is looked at of a policy image before libsepol reads it.
 */
#include <errno.h>

#include "fuzz.h"
#include "policy/image.h"
#include "policy/sizes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct selinuxns_error error = { 0 };
	/* Of its own, so that a read behind it is seen. */
	char *bytes = fuzz_text(data, size);
	struct image image = { .data = realloc(bytes, size ? size : 1), .size = size };
	unsigned int version = 0;
	uint32_t claimed = 0;

	/* The name, too, can be hostile. */
	if (image_look(&image, "na\nme\033[2J", &version, &error) < 0) {
		PROMISE(errno == EINVAL || errno == ENOTSUP);
		PROMISE(error.message[0] && fuzz_printable(error.message));
	} else {
		PROMISE(version >= 15 && size > SIZES_HEADER - 1);
		PROMISE(sizes_check(image.data, size, version, &claimed) == 0);
	}
	/* As if it were of another version: other fields are there. */
	for (version = 15; version < 40; version++) {
		claimed = 0;
		if (sizes_check(image.data, size, version, &claimed) < 0)
			PROMISE(claimed > UINT16_MAX);
	}
	free(image.data);
	return 0;
}
