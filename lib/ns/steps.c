/* SPDX-License-Identifier: MIT */
/*
 * steps.c - the steps of a set-up, in the one order in which they may be taken.
 *
 * May call base/, kernel/, policy/{policy,booleans}.h and ns/core.h. Async-signal-safe: in selinuxns_spawn()
 * it runs between fork and exec. Must never go on after a step failed, nor look for anything
 * that prepare.c could have found before the first of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/inroot.h"
#include "base/proc.h"
#include "kernel/instance.h"
#include "kernel/mountapi.h"
#include "ns/core.h"
#include "ns/plan.h"
#include "policy/booleans.h"
#include "policy/policy.h"

/* What each step is called, in messages, to watchers and in the manual. */
#define STEP_MOUNTS       "make mount namespace"
#define STEP_ROOT         "open root"
#define STEP_UNSHARE      "unshare the SELinux namespace"
#define STEP_MOUNT        "mount selinuxfs"
#define STEP_INSTANCE     "open selinuxfs"
#define STEP_ENTER        "enter root"
#define STEP_WORKDIR      "change directory"
#define STEP_CONTEXT      "set context"
#define STEP_EXEC_CONTEXT "set exec context"
#define STEP_MODE         "set enforcing mode"

static int take_mounts(struct work *work)
{
	if (unshare(CLONE_NEWNS) < 0)
		return ns_fail(work->error, errno, STEP_MOUNTS, "", NULL,
			       errno == EPERM ? "; it takes CAP_SYS_ADMIN: run it as root" : "");
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return ns_fail(work->error, errno, STEP_MOUNTS, "/", NULL,
			       errno == EINVAL ? "; the root is not a mount point (a chroot?): set "
						 "the namespace up outside of it, with its root"
					       : "");
	return 0;
}

/* Opened before the leap, and before the root hides /proc; written to after it. */
static int open_attr(const struct work *work, const char *step, const char *name, int *fd)
{
	char path[48];
	struct text t;

	text_init(&t, path, sizeof(path));
	text_str(&t, "thread-self/attr/");
	text_str(&t, name);
	*fd = proc_open(path, O_WRONLY);
	return *fd < 0 ? ns_fail(work->error, errno, step, path, NULL, "; /proc is needed") : 0;
}

/*
 * By such a link a root is reached in the mount namespace that was left, of
 * which nothing can be cloned or entered; and in a child the caller's descriptors are closed.
 */
static const char *root_remedy(const char *root)
{
	if (strncmp(root, "/proc/", 6) != 0 && strncmp(root, "/dev/fd/", 8) != 0)
		return "";
	return "; no link of /proc to a descriptor or to another process's root will do here: name the "
	       "directory itself";
}

/* In the mount namespace of its own: a descriptor of the old one would act on the old one. */
static int take_root(struct work *work)
{
	const struct selinuxns_plan *plan = work->plan;
	const char *root = plan->root ? plan->root : "/";
	struct stat st;

	work->rootfd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (work->rootfd < 0 || fstat(work->rootfd, &st) < 0)
		return ns_fail(work->error, errno, STEP_ROOT, root, NULL, root_remedy(root));
	if (work->has_root && (st.st_dev != work->root_dev || st.st_ino != work->root_ino))
		return ns_fail(work->error, EBUSY, STEP_ROOT, root,
			       "it is another directory than the one that was checked",
			       "; someone replaced it meanwhile");
	if (plan->context && open_attr(work, STEP_CONTEXT, "current", &work->current) < 0)
		return -1;
	if (plan->exec_context && open_attr(work, STEP_EXEC_CONTEXT, "exec", &work->exec) < 0)
		return -1;
	return 0;
}

static int take_unshare(struct work *work)
{
	return core_unshare(work->plan->wait_ms, work->error);
}

static int take_mount(struct work *work)
{
	return instance_attach(work->rootfd, work->error);
}

/*
 * The instance is opened rather than found by the path it was mounted on: it is this
 * namespace's by construction, which of a path in someone else's root no one can know.
 */
static int take_instance(struct work *work)
{
	work->instance = instance_open();
	return work->instance < 0 ? ns_fail(work->error, errno, STEP_INSTANCE, "", NULL, "") : 0;
}

static int take_load(struct work *work)
{
	return policy_write(work->policy, &work->policy->image, work->instance, work->error);
}

static int take_booleans(struct work *work)
{
	return booleans_set(work->instance, work->plan->booleans, work->plan->n_booleans,
			    work->error);
}

/*
 * Binds the root onto itself, by descriptors, with what is mounted in it. Inside, "/" is a mount
 * then: an init that mounts selinuxfs, and a further unshare, find it in mountinfo.
 */
static int make_mount_point(struct work *work)
{
	_cleanup_close_ int tree = mountapi_clone(work->rootfd);

	if (tree < 0 || mountapi_attach(tree, work->rootfd) < 0)
		return -1;
	close(work->rootfd);
	work->rootfd = steal_fd(&tree);
	return 0;
}

static int take_enter(struct work *work)
{
	if (make_mount_point(work) < 0 || fchdir(work->rootfd) < 0 || chroot(".") < 0 ||
	    chdir("/") < 0)
		return ns_fail(work->error, errno, STEP_ENTER, work->plan->root, NULL,
			       root_remedy(work->plan->root));
	return 0;
}

/* Through no magic link, which could lead out of the root. */
static int take_workdir(struct work *work)
{
	const struct selinuxns_plan *plan = work->plan;
	_cleanup_close_ int fd =
		plan->root ? inroot_open(work->rootfd, plan->workdir, O_PATH | O_DIRECTORY)
			   : open(plan->workdir, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fchdir(fd) < 0)
		return ns_fail(work->error, errno, STEP_WORKDIR, plan->workdir, NULL, "");
	return 0;
}

static int write_context(const struct work *work, const char *step, int fd, const char *context)
{
	/* With its NUL, as libselinux does (kernel-abi.md 3.5). */
	const size_t size = strlen(context) + 1;
	ssize_t n = write(fd, context, size);

	if (n >= 0 && (size_t)n == size)
		return 0;
	/* Of a part it is not known what became. */
	if (n >= 0)
		errno = EIO;
	return ns_fail(work->error, errno, step, context, NULL,
		       errno == EINVAL   ? "; it is no context of the loaded policy"
		       : errno == EACCES ? "; the policy of this namespace or of a parent denies it"
					 : "");
}

static int take_context(struct work *work)
{
	return write_context(work, STEP_CONTEXT, work->current, work->plan->context);
}

static int take_exec_context(struct work *work)
{
	return write_context(work, STEP_EXEC_CONTEXT, work->exec, work->plan->exec_context);
}

static int take_mode(struct work *work)
{
	if (instance_write(work->instance, "enforce", "1") < 0)
		return ns_fail(work->error, errno, STEP_MODE, "enforcing", NULL,
			       errno == EACCES ? "; the context must be allowed security "
						 "setenforce"
					       : "");
	return 0;
}

/* ---- the order -------------------------------------------------------------- */

static bool always(const struct work *work)
{
	(void)work;
	return true;
}

static bool wants_mount(const struct work *work)
{
	return work->plan->mount;
}

static bool wants_load(const struct work *work)
{
	return work->policy;
}

static bool wants_booleans(const struct work *work)
{
	return work->plan->n_booleans;
}

static bool wants_enter(const struct work *work)
{
	return work->plan->root;
}

static bool wants_workdir(const struct work *work)
{
	return work->plan->workdir;
}

static bool wants_context(const struct work *work)
{
	return work->plan->context;
}

static bool wants_exec_context(const struct work *work)
{
	return work->plan->exec_context;
}

static bool wants_mode(const struct work *work)
{
	return work->enforcing;
}

static bool wants_instance(const struct work *work)
{
	return wants_load(work) || wants_booleans(work) || wants_mode(work);
}

static const char *the_root(const struct work *work)
{
	return work->plan->root ? work->plan->root : "/";
}

static const char *the_policy(const struct work *work)
{
	return selinuxns_policy_name(work->policy);
}

static const char *the_workdir(const struct work *work)
{
	return work->plan->workdir;
}

static const char *the_context(const struct work *work)
{
	return work->plan->context;
}

static const char *the_exec_context(const struct work *work)
{
	return work->plan->exec_context;
}

static const char *the_mode(const struct work *work)
{
	(void)work;
	return "enforcing";
}

static const struct step {
	const char *name;
	bool (*wanted)(const struct work *work);
	const char *(*object)(const struct work *work); /* NULL: none */
	int (*take)(struct work *work);
} steps[] = {
	{ STEP_MOUNTS, always, NULL, take_mounts },
	{ STEP_ROOT, always, the_root, take_root },
	/* From here there is no way back. */
	{ STEP_UNSHARE, always, NULL, take_unshare },
	{ STEP_MOUNT, wants_mount, the_root, take_mount },
	{ STEP_INSTANCE, wants_instance, NULL, take_instance },
	{ STEP_LOAD, wants_load, the_policy, take_load },
	{ BOOLEANS_STEP, wants_booleans, NULL, take_booleans },
	{ STEP_ENTER, wants_enter, the_root, take_enter },
	{ STEP_WORKDIR, wants_workdir, the_workdir, take_workdir },
	/* The context before the mode: nobody is locked out by being enforced in the wrong one. */
	{ STEP_CONTEXT, wants_context, the_context, take_context },
	{ STEP_EXEC_CONTEXT, wants_exec_context, the_exec_context, take_exec_context },
	{ STEP_MODE, wants_mode, the_mode, take_mode },
};

void steps_list(const struct work *work,
		void (*fn)(void *data, const char *step, const char *object), void *data)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (steps[i].wanted(work))
			fn(data, steps[i].name, steps[i].object ? steps[i].object(work) : "");
}

int steps_take(struct work *work)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		const struct step *step = &steps[i];

		if (!step->wanted(work))
			continue;
		if (work->tell)
			work->tell(work, step->name, step->object ? step->object(work) : "");
		if (step->take(work) < 0)
			return -1;
	}
	return 0;
}
