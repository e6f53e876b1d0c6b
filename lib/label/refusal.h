/* SPDX-License-Identifier: MIT */
/*
 * refusal.h - why the kernel refused to write a label, and what can be done about it.
 *
 * May call lib/kernel and lib/base. Must never change anything, or guess: what could not be asked is
 * named as one of the reasons that are left.
 */
#ifndef SELINUXNS_LABEL_REFUSAL_H
#define SELINUXNS_LABEL_REFUSAL_H

#include <stdbool.h>

struct refusal {
	bool everywhere; /* no other file will fare better: it lies with the process */
	char reason[384]; /* for a person, with a remedy */
};

/*
 * refusal_explain - why @err?
 * @err: that of setxattr(2)
 * @attribute: its name
 */
void refusal_explain(struct refusal *refusal, int err, const char *attribute);

/*
 * refusal_hides - are labels in @attribute hidden from this thread?
 *
 * Those in security.selinux that the running policy does not know, which read as the unlabeled
 * context then (kernel-abi.md 7.2); all in trusted. where CAP_SYS_ADMIN is missing. True where it is
 * so, with a sentence; false where it is not or cannot be told.
 */
bool refusal_hides(const char *attribute, char *reason, unsigned long size);

#endif
