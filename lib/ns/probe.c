/* SPDX-License-Identifier: MIT */
/*
 * probe.c - selinuxns_probe(): what does this kernel offer?
 *
 * May call base/ and kernel/. Changes nothing. Must never report as certain what it could not
 * ask: a question that cannot be asked has no say in the answer.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <selinux/selinuxns.h>

#include "base/fd.h"
#include "base/proc.h"
#include "kernel/access.h"
#include "kernel/attr.h"
#include "kernel/instance.h"
#include "kernel/lsm.h"
#include "kernel/nsiface.h"
#include "ns/probe.h"

/* ---- is SELinux there? -------------------------------------------------- */

/* 1 or 0; -1 with errno when neither source can be read. */
static int selinux_there(void)
{
	char filesystems[8192];
	uint64_t ids[64];
	uint32_t size = sizeof(ids);
	ssize_t len = proc_read("filesystems", filesystems, sizeof(filesystems));
	int reason = errno;
	int count;

	/* The kernel registers selinuxfs when, and only when, SELinux is enabled. */
	if (len >= 0 && strstr(filesystems, "\tselinuxfs\n"))
		return 1;
	count = lsm_list_modules(ids, &size, 0);
	for (int i = 0; i < count && i < (int)(sizeof(ids) / sizeof(ids[0])); i++)
		if (ids[i] == LSM_SELINUX)
			return 1;
	if (len >= 0 || count >= 0)
		return 0;
	errno = reason;
	return -1;
}

/* The last selinux= on the kernel's command line is the one that counts. */
static bool disabled_at_boot(void)
{
	char buf[8192];
	bool disabled = false;
	char *save;

	if (proc_read("cmdline", buf, sizeof(buf)) <= 0)
		return false;
	for (char *word = strtok_r(buf, " \n", &save); word; word = strtok_r(NULL, " \n", &save))
		if (strncmp(word, "selinux=", strlen("selinux=")) == 0)
			disabled = strcmp(word, "selinux=0") == 0;
	return disabled;
}

/* ---- does a seccomp filter hide it? ------------------------------------- */

static bool has_seccomp_filter(void)
{
	char status[4096];

	return proc_read("thread-self/status", status, sizeof(status)) > 0 &&
	       strstr(status, "\nSeccomp:\t2\n");
}

/* The LSM system calls came with 6.8 and cannot be configured away where there is SELinux. */
static bool kernel_has_lsm_calls(void)
{
	struct utsname name;
	char *end;
	unsigned long major, minor;

	if (uname(&name) < 0)
		return false;
	major = strtoul(name.release, &end, 10);
	if (*end != '.')
		return false;
	minor = strtoul(end + 1, NULL, 10);
	return major > 6 || (major == 6 && minor >= 8);
}

/*
 * A flag that does not exist is EINVAL from every kernel that has the call, with or without
 * namespaces, and changes nothing (kernel-abi.md 1.4, 1.5). Anything else is a filter's answer.
 */
static bool set_is_blocked(void)
{
	const struct lsm_entry entry = { .id = LSM_SELINUX, .len = sizeof(entry) };

	return lsm_set_self_attr(LSM_UNSHARE, &entry, sizeof(entry), 1) >= 0 || errno != EINVAL;
}

/* ---- does the policy deny it? ------------------------------------------- */

struct question {
	const char *index; /* the file with the class's number */
	const char *perm; /* the file with the permission's number */
	const char *target; /* the file with the target's context; NULL: the source's */
};

/* kernel-abi.md 2.2 */
static const struct question ask_lsm = {
	.index = "class/process2/index",
	.perm = "class/process2/perms/unshare_selinuxns",
};

static const struct question ask_node = {
	.index = "class/security/index",
	.perm = "class/security/perms/unshare",
	.target = "initial_contexts/security",
};

/* The policy does not define the permission. Whether the domain is permissive it can still say. */
static enum probe_policy ask_unknown(int instance, const char *source, bool enforcing)
{
	struct access_decision decision;
	unsigned int deny, class;

	if (instance_read_uint(instance, "deny_unknown", &deny) < 0)
		return PROBE_NOT_ASKED;
	if (!deny)
		return PROBE_UNKNOWN_ALLOWED;
	if (!enforcing || (instance_read_uint(instance, "class/process/index", &class) == 0 &&
			   access_ask(instance, source, source, class, &decision) &&
			   decision.flags & ACCESS_PERMISSIVE))
		return PROBE_NOT_ENFORCED;
	return PROBE_UNKNOWN_DENIED;
}

static enum probe_policy ask_policy(const struct nsiface *iface, const struct question *question)
{
	_cleanup_close_ int instance = instance_open();
	char source[ATTR_MAX], target[ATTR_MAX];
	unsigned int enforcing, class, perm;
	struct access_decision decision;

	if (instance < 0 || instance_read_uint(instance, "enforce", &enforcing) < 0)
		return PROBE_NOT_ASKED;
	/* Without a policy nothing is denied, whatever deny_unknown says (4.5, 4.8). */
	if (iface->unshared() == 1 || !instance_has(instance, "class/process/index"))
		return PROBE_NO_POLICY;
	if (attr_read("current", source) < 0)
		return PROBE_NOT_ASKED;
	if (!instance_has(instance, question->perm))
		return ask_unknown(instance, source, enforcing);
	if (instance_read_uint(instance, question->index, &class) < 0 ||
	    instance_read_uint(instance, question->perm, &perm) < 0 || perm < 1 || perm > 32)
		return PROBE_NOT_ASKED;
	if (!question->target)
		memcpy(target, source, sizeof(target));
	else if (instance_read(instance, question->target, target, sizeof(target)) < 0)
		return PROBE_NOT_ASKED;
	if (!access_ask(instance, source, target, class, &decision))
		return PROBE_NOT_ASKED;
	if (decision.allowed >> (perm - 1) & 1)
		return PROBE_ALLOWED;
	return enforcing && !(decision.flags & ACCESS_PERMISSIVE) ? PROBE_DENIED
								  : PROBE_NOT_ENFORCED;
}

static bool policy_denies(const struct nsiface *iface, const struct question *question)
{
	enum probe_policy answer = ask_policy(iface, question);

	return answer == PROBE_DENIED || answer == PROBE_UNKNOWN_DENIED;
}

enum probe_policy probe_policy(void)
{
	const struct nsiface *iface = nsiface_find();

	if (!iface)
		return PROBE_NOT_ASKED;
	return ask_policy(iface, iface == &nsiface_node ? &ask_node : &ask_lsm);
}

/* ---- the answer --------------------------------------------------------- */

static int without_lsm_interface(int reason)
{
	int there = selinux_there();

	if (there < 0)
		return -1;
	if (there == 0)
		return disabled_at_boot() ? SELINUXNS_DISABLED : SELINUXNS_NO_SELINUX;
	if (nsiface_node.present() == 1)
		return policy_denies(&nsiface_node, &ask_node) ? SELINUXNS_DENIED
							       : SELINUXNS_SELINUXFS_NODE;
	switch (reason) {
	case EOPNOTSUPP:
		return SELINUXNS_NO_NAMESPACES;
	case ENOSYS:
		return kernel_has_lsm_calls() && has_seccomp_filter() ? SELINUXNS_BLOCKED
								      : SELINUXNS_NO_SYSCALLS;
	case EPERM:
	case EACCES:
		return SELINUXNS_BLOCKED;
	default:
		errno = reason;
		return -1;
	}
}

int selinuxns_probe(void)
{
	if (nsiface_lsm.present() != 1)
		return without_lsm_interface(errno);
	if (set_is_blocked())
		return SELINUXNS_BLOCKED;
	return policy_denies(&nsiface_lsm, &ask_lsm) ? SELINUXNS_DENIED : SELINUXNS_LSM_SYSCALLS;
}

const char *selinuxns_probe_str(int support)
{
	switch (support) {
	case SELINUXNS_LSM_SYSCALLS:
		return "this kernel has SELinux namespaces, by the LSM system calls";
	case SELINUXNS_SELINUXFS_NODE:
		return "this kernel has SELinux namespaces, by the deprecated unshare file in selinuxfs";
	case SELINUXNS_NO_SELINUX:
		return "this kernel has no SELinux; run a kernel that is built with it and has it in "
		       "its list of security modules (lsm= on the kernel command line)";
	case SELINUXNS_DISABLED:
		return "SELinux was disabled at boot; take selinux=0 off the kernel command line and "
		       "boot again";
	case SELINUXNS_NO_SYSCALLS:
		return "this kernel has SELinux, but neither the LSM system calls (Linux 6.8) nor an "
		       "unshare file in selinuxfs; run a kernel with SELinux namespaces";
	case SELINUXNS_NO_NAMESPACES:
		return "this kernel has SELinux and the LSM system calls, but no SELinux namespaces; run "
		       "a kernel that is built with them (CONFIG_SECURITY_SELINUX_NS)";
	case SELINUXNS_BLOCKED:
		return "a seccomp filter refuses the LSM system calls; let lsm_get_self_attr and "
		       "lsm_set_self_attr pass the container manager's filter";
	case SELINUXNS_DENIED:
		return "this kernel has SELinux namespaces, but the loaded policy denies the unshare; "
		       "allow the domain process2 unshare_selinuxns on itself";
	default:
		return "unknown";
	}
}
