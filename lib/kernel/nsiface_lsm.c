/* SPDX-License-Identifier: MIT */
/*
 * nsiface_lsm.c - SELinux namespaces by the LSM system calls, LSM_ATTR_UNSHARE.
 *
 * May call kernel/lsm.h only; async-signal-safe. Must never take a byte for an answer
 * that the kernel did not evidently write. Source: kernel-abi.md 1.1 to 1.5.
 */
#include <errno.h>
#include <string.h>

#include "kernel/lsm.h"
#include "kernel/nsiface.h"

/*
 * The answer is 40 bytes (1.2); the room is for kernels that say more, which are then told
 * from ones that say nonsense.
 */
struct answer {
	struct lsm_entry entry;
	unsigned char data[256 - sizeof(struct lsm_entry)];
};

/*
 * Only SELinux's entry is asked for, so that another module that comes to have the
 * attribute does not matter (1.3). Returns the number of entries.
 */
static int get(struct answer *answer, uint32_t *size)
{
	memset(answer, 0xff, sizeof(*answer));
	answer->entry.id = LSM_SELINUX;
	*size = sizeof(*answer);
	return lsm_get_self_attr(LSM_UNSHARE, answer, size, LSM_SINGLE);
}

static int present(void)
{
	struct answer answer;
	uint32_t size;

	if (get(&answer, &size) >= 0 || errno == E2BIG)
		return 1;
	/* Not distinguished further here: errno tells the caller why (1.5). */
	return errno == EOPNOTSUPP || errno == ENOSYS ? 0 : -1;
}

static int unshare_ns(void)
{
	/* No context bytes: anything but none or a valid context is refused (1.4). */
	const struct lsm_entry entry = {
		.id = LSM_SELINUX,
		.len = sizeof(entry),
	};

	return lsm_set_self_attr(LSM_UNSHARE, &entry, sizeof(entry), 0);
}

static int unshared(void)
{
	struct answer answer;
	uint32_t size;
	int count = get(&answer, &size);

	if (count < 0)
		return -1;
	if (count != 1 || size < sizeof(answer.entry) + 1 || size > sizeof(answer) ||
	    answer.entry.id != LSM_SELINUX || answer.entry.ctx_len != 1 ||
	    answer.entry.len < sizeof(answer.entry) + 1 || answer.entry.len > size ||
	    answer.data[0] > 1) {
		errno = EPROTO;
		return -1;
	}
	return answer.data[0];
}

const struct nsiface nsiface_lsm = {
	.name = "LSM_ATTR_UNSHARE",
	.present = present,
	.unshare = unshare_ns,
	.unshared = unshared,
};
