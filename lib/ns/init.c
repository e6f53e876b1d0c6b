/* SPDX-License-Identifier: MIT */
/*
 * init.c - selinuxns_init(): what the init of a container does for its namespace.
 *
 * May call the rest of the library. Must never do anything where the namespace is not fresh:
 * the same init also starts on machines and in containers that have nothing to initialise.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <selinux/selinux.h>
#include <selinux/selinuxns.h>

#include "base/error.h"
#include "base/fd.h"
#include "kernel/access.h"
#include "kernel/attr.h"
#include "kernel/instance.h"
#include "policy/policy.h"
#include "policy/rootconfig.h"

#define STEP_ROOT     "open root"
#define STEP_INSTANCE "open selinuxfs"
#define STEP_CONTEXT  "set context"
#define STEP_MODE     "set enforcing mode"

/*
 * The context that the policy gives to a process of context @current that executes a file labelled
 * @label. 0, or -1 with errno. Not by libselinux, which takes a class whose number it could not read
 * for class 0, and answers for that.
 */
static int compute_context(int instance, const char *current, const char *label,
			   char context[ATTR_MAX])
{
	unsigned int class;

	if (instance_read_uint(instance, "class/process/index", &class) < 0)
		return -1;
	return access_create(instance, current, label, class, context);
}

/* As libselinux would, which remembers it; and whether it was done, the kernel says. */
static int set_context(const char *wanted)
{
	char current[ATTR_MAX];

	if (setcon_raw(wanted) < 0 || attr_read("current", current) < 0)
		return -1;
	if (strcmp(current, wanted) == 0)
		return 0;
	errno = EIO;
	return -1;
}

/*
 * The context that an exec of the running program from the initial context gives: it was
 * executed before there was a policy to say so. Unlabelled programs stay where they are.
 */
static int take_own_context(int instance, struct selinuxns_error *error)
{
	char label[ATTR_MAX + 1], current[ATTR_MAX], wanted[ATTR_MAX];
	ssize_t len = getxattr("/proc/self/exe", "security.selinux", label, sizeof(label) - 1);

	if (len < 0)
		return errno == ENODATA || errno == ENOTSUP
			       ? 0
			       : ns_fail(error, errno, STEP_CONTEXT, "/proc/self/exe", NULL, "");
	label[len] = '\0';
	if (attr_read("current", current) < 0)
		return ns_fail(error, errno, STEP_CONTEXT, "/proc/self/attr/current", NULL, "");
	if (compute_context(instance, current, label, wanted) < 0)
		return ns_fail(error, errno, STEP_CONTEXT, label, NULL,
			       errno == EINVAL ? "; the program's label must be one of the policy"
					       : "");
	if (strcmp(current, wanted) == 0 || set_context(wanted) == 0)
		return 0;
	return ns_fail(error, errno, STEP_CONTEXT, wanted, NULL, "");
}

static int take_mode(int instance, bool enforcing, struct selinuxns_error *error)
{
	unsigned int mode;

	if (instance_read_uint(instance, "enforce", &mode) == 0 && (mode != 0) == enforcing)
		return 0;
	if (instance_write(instance, "enforce", enforcing ? "1" : "0") == 0)
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
	_cleanup_close_ int root = -1, instance = -1;
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
	if (selinuxns_policy_open_root(&policy, root, error) < 0 ||
	    policy_may_be_first(policy, STEP_LOAD, error) < 0)
		return -1;
	/* The container's manager may have mounted it already. */
	if (selinuxns_mount_selinuxfs(root, error) < 0 && !already_mounted())
		return -1;
	instance = instance_open();
	if (instance < 0)
		return ns_fail(error, errno, STEP_INSTANCE, "/sys/fs/selinux", NULL, "");
	if (selinuxns_policy_load(policy, instance, error) < 0 ||
	    take_own_context(instance, error) < 0 ||
	    take_mode(instance, mode == POLICY_CONFIG_ENFORCING, error) < 0)
		return -1;
	ns_error_clear(error);
	return 1;
}
