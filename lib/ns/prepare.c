/* SPDX-License-Identifier: MIT */
/*
 * prepare.c - check a plan, and read all that its steps need. Changes nothing.
 *
 * May call the rest of the library. Every check that can be made before the leap is made here;
 * what cannot be asked is reported as not checked, never as passed. Must never leave anything
 * for the steps to look up by a path that was not resolved inside the root.
 */
#include <errno.h>
#include <fcntl.h>
#include <paths.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <selinux/selinuxns.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/inroot.h"
#include "base/proc.h"
#include "kernel/instance.h"
#include "ns/command.h"
#include "ns/guard.h"
#include "ns/plan.h"
#include "policy/policy.h"
#include "policy/rootconfig.h"

void work_init(struct work *work, const struct selinuxns_plan *plan, struct selinuxns_error *error)
{
	*work = (struct work){
		.plan = plan,
		.policy = plan->policy,
		.rootfd = -1,
		.instance = -1,
		.current = -1,
		.exec = -1,
		.error = error,
	};
}

void work_release(struct work *work)
{
	fd_cleanup_close(&work->rootfd);
	fd_cleanup_close(&work->instance);
	fd_cleanup_close(&work->current);
	fd_cleanup_close(&work->exec);
	selinuxns_policy_free(work->own_policy);
}

const char *plan_search_path(char *const environment[])
{
	for (size_t i = 0; environment && environment[i]; i++)
		if (strncmp(environment[i], "PATH=", 5) == 0)
			return environment[i] + 5;
	return _PATH_STDPATH;
}

/* ---- reporting ----------------------------------------------------------------- */

/* One run through the checks. */
struct checks {
	struct work *work;
	int rootfd; /* of this mount namespace, for looking only */
	const char *path; /* where commands are searched */
	bool spawn;
	plan_report report;
	void *data;
	int err; /* of the first check that failed */
	struct selinuxns_error first; /* and what it said */
};

/* Returns whether to stop: without anyone to report to, the first failure is the last check. */
static bool tell(struct checks *c, const char *check, const char *object,
		 enum selinuxns_result result, const char *message)
{
	if (c->report)
		c->report(c->data, check, object, result, message);
	return result == SELINUXNS_FAILED && !c->report;
}

static bool failed(struct checks *c, const struct selinuxns_error *error, const char *check,
		   const char *object)
{
	if (!c->err) {
		c->err = error->err;
		c->first = *error;
	}
	return tell(c, check, object, SELINUXNS_FAILED, error->message);
}

__attribute__((format(printf, 5, 6))) static bool fail(struct checks *c, int err, const char *check,
						       const char *object, const char *fmt, ...)
{
	struct selinuxns_error error;
	char reason[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	ns_fail(&error, err, check, object, reason, "");
	return failed(c, &error, check, object);
}

__attribute__((format(printf, 4, 5))) static bool pass(struct checks *c, const char *check,
						       const char *object, const char *fmt, ...)
{
	char message[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	return tell(c, check, object, SELINUXNS_PASSED, message);
}

/* ---- the kernel and the caller --------------------------------------------------- */

/* Without it the parent's selinuxfs would stay, and go on answering for the parent. */
static bool check_proc(struct checks *c)
{
	_cleanup_close_ int fd = proc_open("thread-self/mountinfo", O_RDONLY);

	if (fd < 0)
		return fail(c, errno, "check mounts", "/proc/thread-self/mountinfo", "%s%s",
			    strerror(errno), errno == ENOENT ? "; mount /proc" : "");
	return pass(c, "check mounts", "/proc/thread-self/mountinfo", "can be read");
}

static bool check_kernel(struct checks *c)
{
	int support = selinuxns_probe();

	if (support < 0)
		return fail(c, errno, "check kernel", "SELinux namespaces", "%s", strerror(errno));
	if (support != SELINUXNS_LSM_SYSCALLS && support != SELINUXNS_SELINUXFS_NODE)
		return fail(c, support == SELINUXNS_DENIED ? EACCES : EOPNOTSUPP, "check kernel",
			    "SELinux namespaces", "%s", selinuxns_probe_str(support));
	return pass(c, "check kernel", "SELinux namespaces", "%s", selinuxns_probe_str(support));
}

/* kernel-abi.md 2.3: the others would stay in the parent namespace. */
static bool check_threads(struct checks *c)
{
	char status[4096];
	const char *line;

	if (c->spawn)
		return false;
	if (proc_read("self/status", status, sizeof(status)) < 0 ||
	    !(line = strstr(status, "\nThreads:\t")))
		return tell(c, "check threads", "", SELINUXNS_NOT_CHECKED,
			    "/proc/self/status does not say how many threads there are");
	if (atoi(line + strlen("\nThreads:\t")) != 1)
		return fail(c, EBUSY, "check threads", "this process",
			    "it has other threads, which would stay in the parent namespace; set "
			    "up before they are made, or spawn");
	return pass(c, "check threads", "", "this process has one thread");
}

static bool check_privilege(struct checks *c)
{
	int privileged = guard_privileged();

	if (privileged < 0)
		return tell(c, "check privilege", "CAP_SYS_ADMIN", SELINUXNS_NOT_CHECKED,
			    strerror(errno));
	if (!privileged)
		return fail(c, EPERM, "check privilege", "CAP_SYS_ADMIN",
			    "a mount namespace of one's own takes it; run as root");
	return pass(c, "check privilege", "CAP_SYS_ADMIN", "is effective");
}

static bool check_limits(struct checks *c)
{
	unsigned int maxns, maxnsdepth;

	if (selinuxns_limits_get(&maxns, &maxnsdepth, NULL) < 0)
		return tell(c, "check limits", "", SELINUXNS_NOT_CHECKED,
			    "the limits cannot be read here");
	if (maxns <= 1 || maxnsdepth == 0)
		return fail(c, ENOSPC, "check limits", maxns <= 1 ? "maxns" : "maxnsdepth",
			    "it is %u, which allows no namespace but the init one; raise it in the "
			    "init namespace",
			    maxns <= 1 ? maxns : maxnsdepth);
	return pass(c, "check limits", "", "maxns is %u, maxnsdepth is %u", maxns, maxnsdepth);
}

/* ---- the root ----------------------------------------------------------------------- */

static bool check_root(struct checks *c)
{
	const char *root = c->work->plan->root ? c->work->plan->root : "/";
	struct stat st;

	c->rootfd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (c->rootfd < 0 || fstat(c->rootfd, &st) < 0)
		return fail(c, errno, "check root", root, "%s", strerror(errno));
	c->work->has_root = true;
	c->work->root_dev = st.st_dev;
	c->work->root_ino = st.st_ino;
	return pass(c, "check root", root, "is a directory");
}

static bool check_mount_point(struct checks *c)
{
	_cleanup_close_ int fd = -1;
	const char *path;

	if (!c->work->plan->mount)
		return false;
	fd = instance_open_point(c->rootfd, &path);
	if (fd < 0)
		return fail(c, errno, "check mount point", path, "%s%s", strerror(errno),
			    errno == ENOENT ? "; create it in the root, or mount its sysfs" : "");
	return pass(c, "check mount point", path, "is a directory in the root");
}

static bool check_workdir(struct checks *c)
{
	const char *workdir = c->work->plan->workdir;
	_cleanup_close_ int fd = -1;

	if (!workdir)
		return false;
	if (c->work->plan->root)
		fd = inroot_open(c->rootfd, workdir, O_PATH | O_DIRECTORY);
	else
		fd = open(workdir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fail(c, errno, "check directory", workdir, "%s", strerror(errno));
	return pass(c, "check directory", workdir, "is a directory");
}

static bool check_descriptor(struct checks *c, int fd)
{
	char name[16];

	snprintf(name, sizeof(name), "%d", fd);
	return fcntl(fd, F_GETFD) < 0 && fail(c, EBADF, "check descriptor", name, "it is not open");
}

static bool check_descriptors(struct checks *c)
{
	const struct selinuxns_plan *plan = c->work->plan;

	for (size_t i = 0; i < plan->n_keep; i++)
		if (check_descriptor(c, plan->keep[i]))
			return true;
	for (size_t i = 0; i < sizeof(plan->stdio) / sizeof(plan->stdio[0]); i++)
		if (plan->stdio[i] >= 0 && check_descriptor(c, plan->stdio[i]))
			return true;
	return false;
}

/* ---- the policy ------------------------------------------------------------------------ */

static bool check_policy(struct checks *c)
{
	struct work *work = c->work;
	struct selinuxns_error error;

	if (work->plan->policy_from_root) {
		if (selinuxns_policy_open_root(&work->own_policy, c->rootfd, &error) < 0)
			return failed(c, &error, "check policy", "");
		work->policy = work->own_policy;
	}
	if (!work->policy)
		return false;
	if (policy_may_be_first(work->policy, "check policy", &error) < 0)
		return failed(c, &error, "check policy", selinuxns_policy_name(work->policy));
	return pass(c, "check policy", selinuxns_policy_name(work->policy),
		    "version %u, parsed by libsepol", selinuxns_policy_version(work->policy));
}

/* It was converted when it was opened, where the kernel's version could be read then. */
static bool check_version(struct checks *c)
{
	_cleanup_close_ int instance = -1;
	unsigned int newest, version;

	if (!c->work->policy)
		return false;
	version = selinuxns_policy_version(c->work->policy);
	instance = instance_open_any();
	if (instance < 0 || instance_read_uint(instance, "policyvers", &newest) < 0)
		return tell(c, "check policy version", selinuxns_policy_name(c->work->policy),
			    SELINUXNS_NOT_CHECKED,
			    "the newest version that the kernel takes cannot be read here");
	if (version > newest)
		return fail(c, ENOTSUP, "check policy version",
			    selinuxns_policy_name(c->work->policy),
			    "it is version %u, and the kernel takes versions up to %u; open it "
			    "where selinuxfs is mounted, so that it is converted",
			    version, newest);
	return pass(c, "check policy version", selinuxns_policy_name(c->work->policy),
		    "version %u, and the kernel takes versions up to %u", version, newest);
}

static bool check_mode(struct checks *c)
{
	struct selinuxns_error error;
	int mode = POLICY_CONFIG_PERMISSIVE;

	if (c->work->plan->mode == SELINUXNS_MODE_CONFIGURED) {
		mode = policy_config_mode(c->rootfd, &error);
		if (mode < 0)
			return failed(c, &error, "check mode", "");
	}
	c->work->enforcing = c->work->plan->mode == SELINUXNS_MODE_ENFORCING ||
			     mode == POLICY_CONFIG_ENFORCING;
	return pass(c, "check mode", "", "the namespace shall be %s",
		    c->work->enforcing ? "enforcing" : "permissive");
}

/* kernel-abi.md 4.2: not with the CAP_SYS_ADMIN of a user namespace. */
static bool check_may_mount(struct checks *c)
{
	const struct selinuxns_plan *plan = c->work->plan;
	int can;

	if (!plan->mount && !plan->n_booleans && !c->work->enforcing)
		return false;
	can = instance_can_mount();
	if (can < 0)
		return tell(c, "check privilege", "selinuxfs", SELINUXNS_NOT_CHECKED,
			    strerror(errno));
	if (!can)
		return fail(c, EPERM, "check privilege", "selinuxfs",
			    "%s; mounting it takes CAP_SYS_ADMIN over the init user namespace: set "
			    "the SELinux namespace up first, and enter a user namespace after that",
			    strerror(EPERM));
	return pass(c, "check privilege", "selinuxfs", "may be mounted");
}

static bool needs_policy(struct checks *c, const char *check, const char *object)
{
	return fail(c, EINVAL, check, object,
		    "no policy is going to be loaded, so there is nothing to look it up in; load "
		    "one");
}

static bool check_booleans(struct checks *c)
{
	const struct selinuxns_plan *plan = c->work->plan;

	for (size_t i = 0; i < plan->n_booleans; i++) {
		const char *name = plan->booleans[i].name;
		struct selinuxns_error error;
		bool stop;

		if (!c->work->policy)
			stop = needs_policy(c, "check boolean", name);
		else if (selinuxns_policy_check_boolean(c->work->policy, name, &error) < 0)
			stop = failed(c, &error, "check boolean", name);
		else
			stop = pass(c, "check boolean", name, "is in the policy");
		if (stop)
			return true;
	}
	return false;
}

static bool check_context(struct checks *c, const char *check, const char *context)
{
	struct selinuxns_error error;

	if (!context)
		return false;
	if (!c->work->policy)
		return needs_policy(c, check, context);
	if (selinuxns_policy_check_context(c->work->policy, context, &error) < 0)
		return failed(c, &error, check, context);
	return pass(c, check, context, "is a context of the policy");
}

/* ---- the command ------------------------------------------------------------------------- */

/* As the command's process will: from its working directory, where the path is relative. */
static int open_command(const struct checks *c, const char *path)
{
	const struct selinuxns_plan *plan = c->work->plan;
	const char *dir = path[0] != '/' && plan->workdir ? plan->workdir : "";
	char whole[PATH_MAX];

	if (snprintf(whole, sizeof(whole), "%s%s%s", dir, dir[0] ? "/" : "", path) >=
	    (int)sizeof(whole)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return plan->root ? inroot_open(c->rootfd, whole, O_PATH) : open(whole, O_PATH | O_CLOEXEC);
}

/* As execvp(3) finds it, in the root. Returns a descriptor (O_PATH) or -1 with errno. */
static int find_command(const struct checks *c, const char *name, char file[PATH_MAX])
{
	snprintf(file, PATH_MAX, "%s", name);
	if (strchr(name, '/') || !name[0])
		return open_command(c, name);
	for (const char *at = c->path, *end; at; at = *end ? end + 1 : NULL) {
		struct stat st;
		int fd;

		end = strchrnul(at, ':');
		snprintf(file, PATH_MAX, "%.*s%s%s", (int)(end - at), at, end > at ? "/" : "",
			 name);
		fd = open_command(c, file);
		if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_mode & 0111)
			return fd;
		if (fd >= 0)
			close(fd);
	}
	errno = ENOENT;
	return -1;
}

static bool check_execution(struct checks *c, int fd, const char *file)
{
	const struct selinuxns_plan *plan = c->work->plan;
	struct selinuxns_error error;
	char path[FD_PATH_MAX], label[4097];
	ssize_t len;
	int rc;

	if (!c->work->policy || !c->work->enforcing)
		return false;
	len = getxattr(fd_path(path, fd), "security.selinux", label, sizeof(label) - 1);
	label[len > 0 ? len : 0] = '\0';
	rc = policy_may_execute(c->work->policy,
				&(struct policy_exec){
					.context = plan->context,
					.exec_context = plan->exec_context,
					.booleans = plan->booleans,
					.n_booleans = plan->n_booleans,
					.file = file,
					.label = len > 0 ? label : NULL,
				},
				&error);
	if (rc < 0)
		return failed(c, &error, "check execution", file);
	if (rc > 0)
		return tell(c, "check execution", file, SELINUXNS_NOT_CHECKED,
			    len <= 0         ? "it has no label"
			    : !plan->context ? "the initial context is not known before the load"
					     : "the policy does not know its label, or a type "
					       "transition may apply");
	return pass(c, "check execution", file, "labelled %s, is allowed by the policy", label);
}

static bool check_command(struct checks *c, const char *command)
{
	char file[PATH_MAX];
	_cleanup_close_ int fd = -1;

	if (!command)
		return false;
	fd = find_command(c, command, file);
	/* What is merely not there is for the execution to say, as it is without a check. */
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == EACCES))
		return tell(c, "check command", command, SELINUXNS_NOT_CHECKED,
			    errno == EACCES ? strerror(errno) : "it is not found");
	if (fd < 0)
		return fail(c, errno, "check command", command, "%s%s", strerror(errno),
			    errno == ELOOP ? "; it leads through too many links, or a magic link"
					   : "");
	return check_execution(c, fd, file);
}

/* ---- all of them ----------------------------------------------------------------------------- */

static void tell_step(void *data, const char *step, const char *object)
{
	(void)tell(data, step, object, SELINUXNS_STEP, "");
}

static void run(struct checks *c, const char *command)
{
	/* The descriptors first: what is opened here could take the number of a closed one. */
	if (check_descriptors(c) || check_proc(c) || check_kernel(c) || check_threads(c) ||
	    check_privilege(c) || check_limits(c) || check_root(c) || c->rootfd < 0)
		return;
	if (check_mount_point(c) || check_workdir(c) || check_policy(c) || check_version(c) ||
	    check_mode(c) || check_may_mount(c) || check_booleans(c) ||
	    check_context(c, "check context", c->work->plan->context) ||
	    check_context(c, "check exec context", c->work->plan->exec_context))
		return;
	if (check_command(c, command) || c->err || !c->report)
		return;
	steps_list(c->work, tell_step, c);
	if (command)
		tell_step(c, STEP_EXECUTE, command);
}

int prepare(struct work *work, const char *command, const char *path, bool spawn,
	    plan_report report, void *data)
{
	struct checks c = {
		.work = work,
		.rootfd = -1,
		.path = path,
		.spawn = spawn,
		.report = report,
		.data = data,
	};
	_cleanup_close_ int rootfd = -1;

	ns_error_clear(work->error);
	run(&c, command);
	/* NOLINTNEXTLINE(clang-analyzer-deadcode.DeadStores): its cleanup closes it */
	rootfd = c.rootfd;
	if (!c.err)
		return 0;
	if (work->error)
		*work->error = c.first;
	errno = c.err;
	return -1;
}

int selinuxns_plan_check(const struct selinuxns_plan *plan, const char *command, int spawn,
			 void (*report)(void *data, const char *check, const char *object,
					enum selinuxns_result result, const char *message),
			 void *data, struct selinuxns_error *error)
{
	__attribute__((cleanup(work_release))) struct work work;
	char *const *environment = plan->environment ? plan->environment : environ;

	work_init(&work, plan, error);
	return prepare(&work, command, plan_search_path(environment), spawn, report, data);
}
