/* SPDX-License-Identifier: MIT */
/*
 * access.c - ask a namespace's policy what it allows (see access.h).
 */
#include "config.h"

#include "kernel/access.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/proc.h"
#include "kernel/capability.h"
#include "kernel/instance.h"

/* One hexadecimal or decimal number of an answer, and the blank after it. */
static bool next_number(char **p, int base, unsigned long *v)
{
	char *end;

	errno = 0;
	*v = strtoul(*p, &end, base);
	if (end == *p || errno || *v > UINT32_MAX || (*end != ' ' && *end != '\0'))
		return false;
	*p = *end ? end + 1 : end;
	return true;
}

/*
 * Write a question about @source, @target and @class, and read the answer. Returns the answer's bytes, or -1
 * with errno.
 */
static ssize_t ask(int instance, const char *file, const char *source, const char *target,
		   unsigned int class, char *answer, size_t size)
{
	char query[2 * ATTR_MAX + 16];
	_cleanup_close_ int fd = openat(instance, file, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	int len = snprintf(query, sizeof(query), "%s %s %u", source, target, class);
	ssize_t n = fd < 0 ? -1 : write(fd, query, (size_t)len);

	if (n < 0)
		return -1;
	if (n != len) {
		errno = EIO;
		return -1;
	}
	return fd_read_text(fd, answer, size);
}

bool access_ask(int instance, const char *source, const char *target, unsigned int class,
		struct access_decision *decision)
{
	/* allowed, decided, auditallow, auditdeny, sequence number, flags */
	static const int bases[] = { 16, 16, 16, 16, 10, 16 };
	unsigned long v[sizeof(bases) / sizeof(bases[0])];
	char answer[128], *p = answer;

	if (ask(instance, "access", source, target, class, answer, sizeof(answer)) < 0)
		return false;
	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++)
		if (!next_number(&p, bases[i], &v[i]))
			return false;
	*decision = (struct access_decision){ .allowed = v[0], .flags = v[5] };
	return true;
}

int access_create(int instance, const char *source, const char *target, unsigned int class,
		  char context[ATTR_MAX])
{
	ssize_t n = ask(instance, "create", source, target, class, context, ATTR_MAX);

	if (n == 0)
		errno = EPROTO;
	return n > 0 ? 0 : -1;
}

bool access_has_selinux(void)
{
	char filesystems[8192];

	/* The kernel registers selinuxfs when, and only when, SELinux is enabled. */
	return proc_read("filesystems", filesystems, sizeof(filesystems)) < 0 ||
	       strstr(filesystems, "\tselinuxfs\n");
}

static enum access_mac_admin ask_policy(int instance)
{
	unsigned int enforcing, class, perm;
	struct access_decision decision;
	char context[ATTR_MAX];

	/* Before a policy is loaded anything can be set (kernel-abi.md 7.3). */
	if (!instance_has(instance, "class/process/index"))
		return MAC_ADMIN_YES;
	if (instance_read_uint(instance, "enforce", &enforcing) < 0)
		return MAC_ADMIN_UNKNOWN;
	if (!enforcing)
		return MAC_ADMIN_YES;
	if (attr_read("current", context) < 0 ||
	    instance_read_uint(instance, "class/capability2/index", &class) < 0 ||
	    instance_read_uint(instance, "class/capability2/perms/mac_admin", &perm) < 0 ||
	    perm < 1 || perm > 32 || !access_ask(instance, context, context, class, &decision))
		return MAC_ADMIN_UNKNOWN;
	if (decision.flags & ACCESS_PERMISSIVE || decision.allowed >> (perm - 1) & 1)
		return MAC_ADMIN_YES;
	return MAC_ADMIN_DENIED;
}

enum access_mac_admin access_mac_admin(void)
{
	_cleanup_close_ int instance = -1;

	if (!access_has_selinux())
		return MAC_ADMIN_YES;
	instance = instance_open();
	if (instance >= 0 && !instance_has(instance, "class/process/index"))
		return MAC_ADMIN_YES;
	if (capability_has(CAP_MAC_ADMIN) == 0)
		return MAC_ADMIN_NO_CAPABILITY;
	if (capability_in_init_userns() == 0)
		return MAC_ADMIN_USERNS;
	return instance >= 0 ? ask_policy(instance) : MAC_ADMIN_UNKNOWN;
}
