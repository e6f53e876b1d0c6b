/* SPDX-License-Identifier: MIT */
/*
 * unshareselinux.c - unshareselinux(1): run a command in an SELinux namespace of its own.
 *
 * May call the library's public interface and, to look inside a root and at /proc,
 * base/inroot.h and base/proc.h.
 * Must never start the command after a step failed, never change a mount outside of
 * the mount namespace it made, and never go back on the order in set_up(): what can
 * fail without a trace comes first, what cannot be undone last.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include <selinux/selinux.h>
#include <selinux/selinuxns.h>

#include "base/fd.h"
#include "base/inroot.h"
#include "base/proc.h"
#include "output.h"

#define PROGRAM "unshareselinux"

/* As env(1) and unshare(1); any other status is the command's own. */
enum {
	STATUS_SETUP = 125,
	STATUS_CANNOT_EXECUTE = 126,
	STATUS_NOT_FOUND = 127,
};

struct plan {
	bool mount; /* the new selinuxfs */
	bool load; /* a policy: of policy_file, else the root's own */
	bool verbose;
	const char *policy_file;
	const char *root; /* NULL: the caller's */
	char **command; /* NULL: a shell */
};

/* What set_up() holds while it works; nothing of it reaches the command. */
struct work {
	int rootfd;
	struct selinuxns_policy *policy;
	struct selinuxns_error *error;
};

static void work_release(struct work *work)
{
	fd_cleanup_close(&work->rootfd);
	selinuxns_policy_free(work->policy);
	selinuxns_error_free(work->error);
}

static void print_help(void)
{
	fputs("\nUsage:\n"
	      " " PROGRAM " [options] [--] [<command> [<argument>...]]\n"
	      "\n"
	      "Run a command (default: $SHELL, else /bin/sh) in an SELinux namespace and a mount\n"
	      "namespace of its own. If any step fails, the command is not started.\n"
	      "\n"
	      "Options:\n"
	      "     --mount-selinuxfs       mount the new namespace's selinuxfs\n"
	      "     --load-policy[=<file>]  load a policy into the new namespace: <file>, or the\n"
	      "                               one that the root is configured to use\n"
	      "                               (implies --mount-selinuxfs)\n"
	      "     --root=<dir>            run the command with root directory <dir>, with the\n"
	      "                               selinuxfs and the policy found in there\n"
	      " -v, --verbose               say each step as it is taken\n"
	      "\n"
	      " -h, --help                  display this help\n"
	      " -V, --version               display version\n"
	      "\n"
	      "Exit status:\n"
	      " 125  the set-up failed, the command was not started\n"
	      " 126  the command cannot be executed\n"
	      " 127  the command was not found\n"
	      " else the command's own\n"
	      "\n"
	      "For more details see " PROGRAM "(1).\n",
	      stdout);
}

__attribute__((format(printf, 2, 3))) static void say(const struct plan *plan, const char *fmt, ...)
{
	va_list ap;

	if (!plan->verbose)
		return;
	fputs(PROGRAM ": ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

/* The library's warnings, in the form of our own messages. */
__attribute__((format(printf, 2, 3))) static int log_library(int type, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, PROGRAM ": %s", type == SELINUX_WARNING ? "warning: " : "");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	return 0;
}

__attribute__((format(printf, 3, 4))) static int fail(const char *step, const char *object,
						      const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, PROGRAM ": %s: %s: ", step, object);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return -1;
}

static int fail_as_library(const struct work *work)
{
	fprintf(stderr, PROGRAM ": %s\n", selinuxns_error_message(work->error));
	return -1;
}

static int usage_error(void)
{
	fprintf(stderr, "Try '" PROGRAM " --help' for more information.\n");
	return STATUS_SETUP;
}

/*
 * Fill descriptors 0 to 2 where the caller closed them, or a file that the library opens
 * for writing could become our stderr. They answer EBADF as closed ones do, and are
 * closed again for the command.
 */
static void occupy_standard_fds(void)
{
	int fd;

	while ((fd = open("/", O_PATH | O_CLOEXEC)) >= 0 && fd <= STDERR_FILENO)
		;
	if (fd >= 0)
		close(fd);
}

static int check_kernel(const struct plan *plan)
{
	int support = selinuxns_probe();

	if (support < 0)
		return fail("check kernel", "SELinux namespaces", "%s", strerror(errno));
	if (support != SELINUXNS_LSM_SYSCALLS && support != SELINUXNS_SELINUXFS_NODE)
		return fail("check kernel", "SELinux namespaces", "%s",
			    selinuxns_probe_str(support));
	say(plan, "check kernel: %s", selinuxns_probe_str(support));
	return 0;
}

/* Without it the parent's selinuxfs would stay, and go on answering for the parent. */
static int check_proc(void)
{
	_cleanup_close_ int fd = proc_open("thread-self/mountinfo", O_RDONLY);

	if (fd < 0)
		return fail("find mounts", "/proc/thread-self/mountinfo", "%s%s", strerror(errno),
			    errno == ENOENT ? "; mount /proc" : "");
	return 0;
}

/*
 * A descriptor of a directory of the old mount namespace would keep acting on the
 * caller's mounts, so this comes before the root is opened.
 */
static int make_mounts_private(const struct plan *plan)
{
	say(plan, "make mount namespace: private");
	if (unshare(CLONE_NEWNS) < 0)
		return fail("make mount namespace", "mounts", "%s%s", strerror(errno),
			    errno == EPERM ? "; it needs CAP_SYS_ADMIN, run it as root" : "");
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		return 0;
	if (errno == EINVAL)
		return fail("make mounts private", "/",
			    "it is not a mount point (a chroot?); run it outside of the chroot, "
			    "with --root");
	return fail("make mounts private", "/", "%s", strerror(errno));
}

static int open_root(const struct plan *plan, struct work *work)
{
	const char *root = plan->root ?: "/";

	say(plan, "open root: %s", root);
	work->rootfd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (work->rootfd < 0)
		return fail("open root", root[0] ? root : "(empty)", "%s", strerror(errno));
	return 0;
}

static int open_policy(const struct plan *plan, struct work *work)
{
	int rc;

	say(plan, "read policy: %s",
	    plan->policy_file ?: "the one that the root is configured to use");
	if (plan->policy_file)
		rc = selinuxns_policy_open_file(&work->policy, plan->policy_file, work->error);
	else
		rc = selinuxns_policy_open_root(&work->policy, work->rootfd, work->error);
	if (rc < 0)
		return fail_as_library(work);
	say(plan, "parse policy: %s: version %u, complete", selinuxns_policy_name(work->policy),
	    selinuxns_policy_version(work->policy));
	return 0;
}

/* Mounting is only possible after the unshare, but that there is a place for it, before. */
static int check_mount_point(const struct work *work)
{
	static const char *const points[] = { "/sys/fs/selinux", "/selinux" };

	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		_cleanup_close_ int fd = inroot_open(work->rootfd, points[i], O_PATH | O_DIRECTORY);

		if (fd >= 0)
			return 0;
		if (errno != ENOENT)
			return fail("check mount point", points[i], "%s", strerror(errno));
	}
	return fail("check mount point", points[0],
		    "the root has no such directory; mount its /sys, or create it");
}

static int enter_root(const struct plan *plan, const struct work *work)
{
	say(plan, "enter root: %s", plan->root);
	/* The directory that was checked, not what its path may name by now. */
	if (fchdir(work->rootfd) < 0 || chroot(".") < 0 || chdir("/") < 0)
		return fail("enter root", plan->root, "%s", strerror(errno));
	return 0;
}

static int set_up(const struct plan *plan)
{
	__attribute__((cleanup(work_release))) struct work work = { .rootfd = -1 };

	work.error = selinuxns_error_new();
	if (!work.error)
		return fail("begin", "memory", "%s", strerror(errno));

	/* What can fail, with nothing changed but mounts that no one else sees. */
	if (check_proc() < 0 || check_kernel(plan) < 0)
		return -1;
	if (plan->load && plan->policy_file && open_policy(plan, &work) < 0)
		return -1;
	if (make_mounts_private(plan) < 0 || open_root(plan, &work) < 0)
		return -1;
	if (plan->load && !plan->policy_file && open_policy(plan, &work) < 0)
		return -1;
	if (plan->mount && check_mount_point(&work) < 0)
		return -1;
	if (setenv("SELINUXNS", "1", 1) < 0)
		return fail("set environment", "SELINUXNS", "%s", strerror(errno));

	/* From here there is no way back for this process. */
	say(plan, "unshare: SELinux namespace");
	if (selinuxns_unshare(0, work.error) < 0)
		return fail_as_library(&work);
	if (plan->mount) {
		say(plan, "mount selinuxfs: in %s", plan->root ?: "/");
		if (selinuxns_mount_selinuxfs(work.rootfd, work.error) < 0)
			return fail_as_library(&work);
	}
	if (plan->load) {
		say(plan, "load policy: %s", selinuxns_policy_name(work.policy));
		/*
		 * By an instance that the library opens itself: it is this namespace's by
		 * construction, which of a path in someone else's root no one can know.
		 */
		if (selinuxns_policy_load(work.policy, -1, work.error) < 0)
			return fail_as_library(&work);
	}
	if (plan->root)
		return enter_root(plan, &work);
	return 0;
}

/* Returns the exit status for a command that could not be started. */
static int execute(const struct plan *plan)
{
	const char *shell = getenv("SHELL");
	const char *name;
	int err;

	if (plan->command) {
		name = plan->command[0];
		say(plan, "execute: %s", name);
		execvp(name, plan->command);
	} else {
		_cleanup_free_ char *login = NULL;
		const char *base;

		name = shell && shell[0] ? shell : "/bin/sh";
		base = strrchr(name, '/');
		say(plan, "execute: %s", name);
		/* As a login shell, by its name's first byte: so does unshare(1). */
		if (asprintf(&login, "-%s", base ? base + 1 : name) >= 0)
			execl(name, login, (char *)NULL);
	}
	err = errno;
	fail("execute", name[0] ? name : "(empty)", "%s%s%s", strerror(err),
	     plan->root ? "; the root is " : "", plan->root ?: "");
	return err == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_EXECUTE;
}

int main(int argc, char **argv)
{
	enum { OPT_MOUNT = 256, OPT_LOAD, OPT_ROOT };
	static const struct option long_options[] = {
		{ "mount-selinuxfs", no_argument, NULL, OPT_MOUNT },
		{ "load-policy", optional_argument, NULL, OPT_LOAD },
		{ "root", required_argument, NULL, OPT_ROOT },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	struct plan plan = { 0 };
	int option;

	occupy_standard_fds();
	selinux_set_callback(SELINUX_CB_LOG, (union selinux_callback){ .func_log = log_library });

	/* "+": what follows the command is the command's. */
	while ((option = getopt_long(argc, argv, "+vhV", long_options, NULL)) != -1) {
		switch (option) {
		case OPT_LOAD:
			plan.load = true;
			plan.policy_file = optarg;
			/* fall through */
		case OPT_MOUNT:
			plan.mount = true;
			break;
		case OPT_ROOT:
			plan.root = optarg;
			break;
		case 'v':
			plan.verbose = true;
			break;
		case 'h':
			print_help();
			return output_finish(PROGRAM) ? 0 : STATUS_SETUP;
		case 'V':
			puts(PROGRAM " from " PACKAGE_NAME " " PACKAGE_VERSION);
			return output_finish(PROGRAM) ? 0 : STATUS_SETUP;
		default:
			return usage_error();
		}
	}
	if (optind < argc)
		plan.command = argv + optind;

	if (set_up(&plan) < 0)
		return STATUS_SETUP;
	return execute(&plan);
}
