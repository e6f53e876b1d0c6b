/* SPDX-License-Identifier: MIT */
/*
 * container.c - a container runtime, each of whose containers has its own SELinux namespace.
 *
 * Usage: container [--policy FILE] [--context CONTEXT] [--enforcing] ROOT COMMAND [ARGUMENT...]
 *
 * Runs COMMAND as pid 1 of a container with ROOT as its root directory, in mount, pid, UTS, IPC
 * and SELinux namespaces of its own, and ends with its exit status; 125 if it was not started.
 * The SELinux namespace gets the policy that ROOT's /etc/selinux/config names, and its mode. With
 * --policy it gets that file's, which the image cannot touch, and is permissive or --enforcing.
 *
 * Build: cc -D_GNU_SOURCE -o container container.c $(pkg-config --cflags --libs libselinuxns)
 *
 * For reading and copying. It leaves out what has nothing to do with SELinux: user and network
 * namespaces, cgroups, seccomp, capabilities, terminals. ROOT must have the directories proc and
 * sys/fs/selinux (or mount a sysfs where the comment in enter_root() says so).
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <selinux/selinuxns.h>

#define STATUS_SETUP 125 /* the container was not started */

struct container {
	const char *root;
	char **command;
	struct selinuxns_plan *plan;
	struct selinuxns_policy *policy; /* of --policy, or NULL */
	struct selinuxns_error *error;
};

/* The sentence of the library names the step, the object, the reason and the remedy. */
static void fail_as_library(const struct container *c)
{
	errx(STATUS_SETUP, "%s", selinuxns_error_message(c->error));
}

/* ---- in the container, before its command ------------------------------------- */

/*
 * Make the root directory ours, and let go of the machine's. It is pivot_root(2), not chroot(2):
 * a root from which nothing leads out, and "/" a mount point, which the library needs.
 */
static void enter_root(const char *root)
{
	/* Nothing that is mounted from here on may be seen outside. */
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		err(STATUS_SETUP, "make mounts private");
	if (mount(root, root, NULL, MS_BIND | MS_REC, NULL) < 0 || chdir(root) < 0)
		err(STATUS_SETUP, "%s", root);
	/* The new root under the old one, at the same place, and the old one off. */
	if (syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		err(STATUS_SETUP, "enter %s", root);
	/*
	 * Only now: a link in the image cannot lead these mounts out of it any more. The library
	 * needs /proc. A sysfs on /sys, and what else the container shall have, comes here too:
	 * once the namespace is enforcing, its policy would have a say in it.
	 */
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		err(STATUS_SETUP, "mount /proc");
	if (sethostname("container", sizeof("container") - 1) < 0)
		err(STATUS_SETUP, "set host name");
}

static int run_container(const struct container *c)
{
	/* No container without its runtime. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		err(STATUS_SETUP, "set death signal");
	enter_root(c->root);
	/*
	 * Last of all, the SELinux namespace: the plan is checked against what is here now, and
	 * then carried out, and the command is executed. A container that shall have a user
	 * namespace calls selinuxns_setup() instead, enters it, and executes the command
	 * itself: in a user namespace selinuxfs cannot be mounted any more.
	 *
	 * This returns only if something failed. Then the command was not started, and this
	 * process may be half in a new namespace: the one thing left to do is to end.
	 */
	selinuxns_exec(c->plan, c->command, c->error);
	fail_as_library(c);
	return STATUS_SETUP;
}

/* ---- outside --------------------------------------------------------------------- */

/* As fork(2), whose child has a copy of everything, but into namespaces of its own. */
static pid_t start(const struct container *c)
{
	long flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | SIGCHLD;
	pid_t pid = (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);

	if (pid == 0)
		_exit(run_container(c));
	return pid;
}

static void plan(struct container *c, const char *policy, const char *context, bool enforcing)
{
	int mode = enforcing ? SELINUXNS_MODE_ENFORCING : SELINUXNS_MODE_CONFIGURED;

	c->plan = selinuxns_plan_new();
	c->error = selinuxns_error_new();
	if (!c->plan || !c->error)
		err(STATUS_SETUP, "begin");
	if (policy) {
		/*
		 * Read, parsed and copied here, outside: nothing that the image holds has a
		 * say in it. And nothing that it says about the mode counts.
		 */
		if (selinuxns_policy_open_file(&c->policy, policy, c->error) < 0)
			fail_as_library(c);
		if (!enforcing)
			mode = SELINUXNS_MODE_PERMISSIVE;
		if (selinuxns_plan_set_policy(c->plan, c->policy) < 0)
			err(STATUS_SETUP, "plan");
	} else if (selinuxns_plan_set_policy_from_root(c->plan, 1) < 0) {
		/*
		 * This one is found and parsed in the container's process, when the plan is
		 * carried out: an image whose policy keeps libsepol busy can be killed.
		 */
		err(STATUS_SETUP, "plan");
	}
	/*
	 * Namespaces that ended a moment ago still count against the limit: worth two seconds.
	 * No descriptor but 0, 1 and 2 gets in, unless selinuxns_plan_keep_fd() says so. None
	 * that is made in the container should get out: it would keep the namespace alive.
	 */
	if (selinuxns_plan_set_context(c->plan, context) < 0 ||
	    selinuxns_plan_set_mode(c->plan, mode) < 0 ||
	    selinuxns_plan_set_wait(c->plan, 2000) < 0)
		err(STATUS_SETUP, "plan");
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "policy", required_argument, NULL, 'p' },
		{ "context", required_argument, NULL, 'c' },
		{ "enforcing", no_argument, NULL, 'e' },
		{ NULL, 0, NULL, 0 },
	};
	const char *policy = NULL, *context = NULL;
	struct container c = { 0 };
	bool enforcing = false;
	int option, status;
	pid_t pid;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'p')
			policy = optarg;
		else if (option == 'c')
			context = optarg;
		else if (option == 'e')
			enforcing = true;
		else
			return STATUS_SETUP;
	}
	if (argc - optind < 2)
		errx(STATUS_SETUP, "usage: container [--policy FILE] [--context CONTEXT] "
				   "[--enforcing] ROOT COMMAND [ARGUMENT...]");
	c.root = argv[optind];
	c.command = argv + optind + 1;
	plan(&c, policy, context, enforcing);

	pid = start(&c);
	if (pid < 0)
		err(STATUS_SETUP, "make namespaces");
	/* Waiting matters: a container that ended and was not waited for keeps its namespace. */
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			err(STATUS_SETUP, "wait");
	selinuxns_plan_free(c.plan);
	selinuxns_policy_free(c.policy);
	selinuxns_error_free(c.error);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
