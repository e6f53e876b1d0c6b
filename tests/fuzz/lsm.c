/* SPDX-License-Identifier: MIT */
/*
 * lsm.c - fuzzing target: what lsm_get_self_attr(2) answers.
 *
 * The input is an answer as kernel.h has it: the number returned, the size, the bytes.
 */
#include <errno.h>

#include <selinux/selinuxns.h>

#include "fuzz.h"
#include "kernel.h"
#include "kernel/nsiface.h"

/* One entry, SELinux's, that is as long as it says, with one byte that is 0 or 1 (1.2). */
static bool makes_sense(const uint8_t *data, size_t size)
{
	uint64_t head[4]; /* id, flags, len, ctx_len */
	size_t said;

	if (size < 3 + sizeof(head) + 1 || data[0] != 1)
		return false;
	said = data[1] | (size_t)data[2] << 8;
	memcpy(head, data + 3, sizeof(head));
	return head[0] == 101 && head[3] == 1 && head[2] > sizeof(head) && head[2] <= said &&
	       said <= 256 && data[3 + sizeof(head)] <= 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char name[] = "== lsm_get_self_attr\n";
	uint8_t *input = malloc(sizeof(name) - 1 + size);
	int unshared;

	if (!input)
		abort();
	memcpy(input, name, sizeof(name) - 1);
	if (size)
		memcpy(input + sizeof(name) - 1, data, size);
	kernel_begin(input, sizeof(name) - 1 + size);
	unshared = nsiface_lsm.unshared();
	PROMISE(unshared == 0 || unshared == 1 || (unshared == -1 && errno != 0));
	if (unshared >= 0)
		PROMISE(makes_sense(data, size) && unshared == data[3 + 32]);
	PROMISE(nsiface_lsm.present() >= -1 && is_selinux_unshared() <= 1);
	kernel_end();
	free(input);
	return 0;
}
