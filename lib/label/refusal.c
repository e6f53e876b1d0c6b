/* SPDX-License-Identifier: MIT */
/*
 * refusal.c - why the kernel refused to write a label (see refusal.h).
 */
#include "config.h"

#include "label/refusal.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include "kernel/access.h"
#include "kernel/capability.h"

static const char *mac_admin_reason(enum access_mac_admin answer)
{
	switch (answer) {
	case MAC_ADMIN_NO_CAPABILITY:
		return "CAP_MAC_ADMIN is missing; run it as root, with that capability";
	case MAC_ADMIN_USERNS:
		return "CAP_MAC_ADMIN counts in the initial user namespace only; run it there";
	case MAC_ADMIN_DENIED:
		return "the running policy denies this domain capability2 mac_admin; run it in a domain "
		       "that has it (runcon -t setfiles_mac_t), or allow it";
	default:
		return "it takes CAP_MAC_ADMIN, and capability2 mac_admin by the running policy, which "
		       "could not be asked";
	}
}

static bool begins(const char *attribute, const char *with)
{
	return strncmp(attribute, with, strlen(with)) == 0;
}

/* capable(CAP_SYS_ADMIN), as for attributes in trusted. (xattr(7)) */
static bool lacks_sys_admin(void)
{
	return capability_has(CAP_SYS_ADMIN) == 0 || capability_in_init_userns() == 0;
}

static void explain_eperm(struct refusal *refusal, const char *attribute)
{
	bool security = begins(attribute, "security.");
	const char *reason = "the file may be immutable or append-only; see lsattr(1), chattr(1)";
	bool selinux = access_has_selinux();

	/* Without SELinux to say more, any attribute of a security module takes this one. */
	if (security && !selinux && capability_has(CAP_SYS_ADMIN) == 0) {
		refusal->everywhere = true;
		reason = "the privilege is missing: it takes CAP_SYS_ADMIN; run it as root";
	} else if (begins(attribute, "trusted.") && lacks_sys_admin()) {
		refusal->everywhere = true;
		reason =
			"the privilege is missing: attributes in trusted. take CAP_SYS_ADMIN, in the "
			"initial user namespace; run it as root there";
	} else if (security && capability_in_init_userns() == 0) {
		reason =
			"the privilege of a user namespace does not count for this file, or for its "
			"file system; run it outside of it; or the file is immutable";
	} else if (capability_has(CAP_FOWNER) == 0) {
		reason =
			"the privilege is missing: it takes to own the file, or CAP_FOWNER; run it as "
			"root";
	}
	snprintf(refusal->reason, sizeof(refusal->reason), "%s", reason);
}

void refusal_explain(struct refusal *refusal, int err, const char *attribute)
{
	enum access_mac_admin answer;

	refusal->everywhere = false;
	switch (err) {
	case EPERM:
		explain_eperm(refusal, attribute);
		return;
	case EINVAL:
		answer = access_mac_admin();
		if (answer != MAC_ADMIN_YES)
			snprintf(refusal->reason, sizeof(refusal->reason),
				 "the running policy does not know this label: %s",
				 mac_admin_reason(answer));
		else
			snprintf(refusal->reason, sizeof(refusal->reason), "%s", strerror(err));
		return;
	case EACCES:
		snprintf(refusal->reason, sizeof(refusal->reason),
			 "%s: %s, or the directory may not be searched", strerror(err),
			 begins(attribute, "security.")
				 ? "the running policy denies it (file relabelfrom or relabelto)"
				 : "it takes to be allowed to write to the file, and by a running "
				   "policy file setattr");
		return;
	case EOPNOTSUPP:
		snprintf(
			refusal->reason, sizeof(refusal->reason),
			"this file system holds no %s, or is mounted with a context; mount it with the "
			"context that it is to have",
			attribute);
		return;
	case EROFS:
		snprintf(refusal->reason, sizeof(refusal->reason),
			 "%s; mount it writable, or with the context that it is to have",
			 strerror(err));
		return;
	case ENODEV:
		snprintf(refusal->reason, sizeof(refusal->reason),
			 "/proc is not mounted any more, by which files are reached");
		return;
	default:
		snprintf(refusal->reason, sizeof(refusal->reason), "%s", strerror(err));
	}
}

bool refusal_hides(const char *attribute, char *reason, unsigned long size)
{
	enum access_mac_admin answer;

	if (begins(attribute, "trusted.") && lacks_sys_admin()) {
		snprintf(
			reason, size,
			"attributes in trusted. are hidden, and files read as without a label: it "
			"takes CAP_SYS_ADMIN, in the initial user namespace; run it as root there");
		return true;
	}
	if (strcmp(attribute, "security.selinux") != 0)
		return false;
	answer = access_mac_admin();
	if (answer == MAC_ADMIN_YES || answer == MAC_ADMIN_UNKNOWN)
		return false;
	snprintf(
		reason, size,
		"labels that the running policy does not know are hidden, and read as its unlabeled "
		"context: %s",
		mac_admin_reason(answer));
	return true;
}
