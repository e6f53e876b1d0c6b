/* SPDX-License-Identifier: MIT */
/*
 * init.c - selinuxns_init(): what the init of a container does for its namespace.
 *
 * May call the rest of the library. Must never do anything where the namespace is not fresh:
 * the same init also starts on machines and in containers that have nothing to initialise.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <selinux/selinux.h>
#include <selinux/selinuxns.h>

#include "base/error.h"
#include "base/fd.h"
#include "kernel/instance.h"
#include "policy/rootconfig.h"

#define STEP_ROOT    "open root"
#define STEP_CONTEXT "set context"
#define STEP_MODE    "set enforcing mode"

/*
 * The context that an exec of the running program from the initial context gives: it was
 * executed before there was a policy to say so. Unlabelled programs stay where they are.
 */
static int take_own_context(struct selinuxns_error *error)
{
	_cleanup_free_ char *current = NULL;
	_cleanup_free_ char *wanted = NULL;
	char label[4097];
	ssize_t len = getxattr("/proc/self/exe", "security.selinux", label, sizeof(label) - 1);

	if (len < 0)
		return errno == ENODATA || errno == ENOTSUP
			       ? 0
			       : ns_fail(error, errno, STEP_CONTEXT, "/proc/self/exe", NULL, "");
	label[len] = '\0';
	if (getcon_raw(&current) < 0 ||
	    security_compute_create_raw(current, label, string_to_security_class("process"),
					&wanted) < 0)
		return ns_fail(error, errno, STEP_CONTEXT, label, NULL,
			       "; the program's label must be one of the policy");
	if (strcmp(current, wanted) == 0 || setcon_raw(wanted) == 0)
		return 0;
	return ns_fail(error, errno, STEP_CONTEXT, wanted, NULL, "");
}

static int take_mode(bool enforcing, struct selinuxns_error *error)
{
	if ((security_getenforce() == 1) == enforcing || security_setenforce(enforcing) == 0)
		return 0;
	return ns_fail(error, errno, STEP_MODE, enforcing ? "enforcing" : "permissive", NULL, "");
}

/* Why it could not be mounted is a failure unless it is mounted already; keeps errno. */
static bool already_mounted(void)
{
	_cleanup_close_ int instance = -1;
	int reason = errno;

	if (reason == EBUSY)
		instance = instance_open_mounted(NULL);
	errno = reason;
	return instance >= 0;
}

static void policy_cleanup(struct selinuxns_policy **policy)
{
	selinuxns_policy_free(*policy);
}

int selinuxns_init(struct selinuxns_error *error)
{
	__attribute__((cleanup(policy_cleanup))) struct selinuxns_policy *policy = NULL;
	_cleanup_close_ int root = -1;
	int unshared = is_selinux_unshared(), mode;

	ns_error_clear(error);
	if (unshared < 0)
		return ns_fail(error, errno, "look at the namespace", "", NULL, "");
	if (!unshared)
		return 0;
	root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return ns_fail(error, errno, STEP_ROOT, "/", NULL, "");
	mode = policy_config_mode(root, error);
	if (mode <= POLICY_CONFIG_DISABLED)
		return mode;
	/* All that can fail first: only the mount and the load change anything. */
	if (selinuxns_policy_open_root(&policy, root, error) < 0)
		return -1;
	/* The container's manager may have mounted it already. */
	if (selinuxns_mount_selinuxfs(root, error) < 0 && !already_mounted())
		return -1;
	if (selinuxns_policy_load(policy, -1, error) < 0 || take_own_context(error) < 0 ||
	    take_mode(mode == POLICY_CONFIG_ENFORCING, error) < 0)
		return -1;
	ns_error_clear(error);
	return 1;
}
