/* SPDX-License-Identifier: MIT */
/*
 * main.c - selinuxns-sim: run a command on a simulated kernel with SELinux namespaces.
 *
 * What it is for: options, the order of the set-up, the exit status. May call:
 * the simulator's other layers. Must never: know how any of them works.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "fault.h"
#include "kernel.h"
#include "label.h"
#include "machine.h"
#include "secpol.h"
#include "serve.h"
#include "tracer.h"

#define EXIT_SETUP       125
#define REAP_INTERVAL_US 10000

struct options {
	struct kernel_options kernel;
	const char *policy_path;
	bool no_policy;
};

static const struct {
	const char *name;
	enum kernel_kind kind;
} kinds[] = {
	{ "lsm", KERNEL_LSM },
	{ "node", KERNEL_NODE },
	{ "no-namespaces", KERNEL_NO_NAMESPACES },
	{ "no-lsm", KERNEL_NO_LSM },
	{ "disabled", KERNEL_DISABLED },
};

static void usage(FILE *out)
{
	fprintf(out,
		"\n"
		"Usage:\n"
		" selinuxns-sim [options] [--] command [argument...]\n"
		"\n"
		"Run a command, and all it starts, on a simulated kernel with SELinux namespaces.\n"
		"\n"
		"Options:\n"
		"     --kernel=KIND        the kernel to be:\n"
		"                            lsm            namespaces by the LSM system calls (default)\n"
		"                            node           namespaces by selinuxfs's unshare node\n"
		"                            no-namespaces  LSM system calls, no namespaces\n"
		"                            no-lsm         SELinux, but no LSM system calls\n"
		"                            disabled       booted with selinux=0\n"
		"     --policy=FILE        the init namespace's policy (default: the one that\n"
		"                            /etc/selinux/config names, or the first one found)\n"
		"     --no-policy          no policy is loaded into the init namespace\n"
		"     --enforcing          the init namespace is enforcing\n"
		"     --permissive         the init namespace is permissive (default)\n"
		"     --context=CONTEXT    the command's context (default: that of root's login)\n"
		"     --maxns=N            limit of namespaces, the init one included (default: 65535)\n"
		"     --maxnsdepth=N       limit of their nesting (default: 32)\n"
		"     --policyvers=N       the newest policy version that the kernel takes\n"
		"     --free-delay=MS      milliseconds until an ended namespace no longer counts\n"
		"     --fault=SPEC         fail an operation: OPERATION:ERROR[:OCCURRENCE[:COMM]]\n"
		"     --fault-report=FILE  append a line for each fault that strikes\n"
		"     --operations=FILE    append a line for each operation that a fault could strike\n"
		"     --audit-log=FILE     append audit records to FILE\n"
		" -h, --help               display this help\n"
		" -V, --version            display version\n"
		"\n"
		"What a real kernel does and this one does not:\n"
		" - Only the SELinux operations themselves are checked; access to files, sockets and\n"
		"   other objects is never denied, and files are not labelled when they are created.\n"
		" - A file without a label counts as labelled by the policy store's file contexts,\n"
		"   or by the initial SID \"file\", in exec and getxattr; listxattr does not list it.\n"
		" - A namespace ends with its last process, mount and child; open files and sockets\n"
		"   do not keep it.\n"
		" - A policy is loaded by write or pwrite only; fscreate takes no context that the\n"
		"   policy does not know, also with CAP_MAC_ADMIN.\n"
		" - getpeercon, netlink notifications, selinuxfs's \"user\", and poll on mount tables\n"
		"   are not simulated; io_uring, statmount, listmount, getxattrat and 32-bit programs\n"
		"   do not exist.\n"
		" - strace, gdb, seccomp listeners and another selinuxns-sim cannot run inside; the\n"
		"   machine ends with its command, and what that left running is killed.\n"
		" - Run by an ordinary user, selinuxfs's \"null\" cannot be opened.\n"
		"\n"
		"For more details see selinuxns-sim(1).\n");
}

__attribute__((format(printf, 1, 2), noreturn)) static void die(const char *fmt, ...)
{
	va_list ap;

	fputs("selinuxns-sim: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(EXIT_SETUP);
}

static unsigned number(const char *option, const char *text, unsigned max)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *end || end == text || *text < '0' || *text > '9' || value > max)
		die("--%s: '%s' is not a number from 0 to %u", option, text, max);
	return (unsigned)value;
}

static enum kernel_kind kind_of(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			return kinds[i].kind;
	die("--kernel: '%s' is not a kernel; one of lsm, node, no-namespaces, no-lsm, disabled",
	    name);
}

static int open_log(const char *what, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd < 0)
		die("open %s: %s: %s", what, path, strerror(errno));
	return fd;
}

static void flush_or_die(void)
{
	if (fflush(stdout) || ferror(stdout))
		die("write to standard output: %s", strerror(errno));
	exit(0);
}

enum {
	OPT_KERNEL = 256,
	OPT_POLICY,
	OPT_NO_POLICY,
	OPT_ENFORCING,
	OPT_PERMISSIVE,
	OPT_CONTEXT,
	OPT_MAXNS,
	OPT_MAXNSDEPTH,
	OPT_POLICYVERS,
	OPT_FREE_DELAY,
	OPT_FAULT,
	OPT_FAULT_REPORT,
	OPT_OPERATIONS,
	OPT_AUDIT_LOG
};

static void parse(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "kernel", required_argument, NULL, OPT_KERNEL },
		{ "policy", required_argument, NULL, OPT_POLICY },
		{ "no-policy", no_argument, NULL, OPT_NO_POLICY },
		{ "enforcing", no_argument, NULL, OPT_ENFORCING },
		{ "permissive", no_argument, NULL, OPT_PERMISSIVE },
		{ "context", required_argument, NULL, OPT_CONTEXT },
		{ "maxns", required_argument, NULL, OPT_MAXNS },
		{ "maxnsdepth", required_argument, NULL, OPT_MAXNSDEPTH },
		{ "policyvers", required_argument, NULL, OPT_POLICYVERS },
		{ "free-delay", required_argument, NULL, OPT_FREE_DELAY },
		{ "fault", required_argument, NULL, OPT_FAULT },
		{ "fault-report", required_argument, NULL, OPT_FAULT_REPORT },
		{ "operations", required_argument, NULL, OPT_OPERATIONS },
		{ "audit-log", required_argument, NULL, OPT_AUDIT_LOG },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	struct kernel_options *k = &o->kernel;
	const char *why;
	int c;

	k->maxns = 65535;
	k->maxnsdepth = 32;
	k->policyvers = secpol_version_max();
	k->audit_fd = -1;
	while ((c = getopt_long(argc, argv, "+hV", longs, NULL)) != -1) {
		switch (c) {
		case OPT_KERNEL:
			k->kind = kind_of(optarg);
			break;
		case OPT_POLICY:
			o->policy_path = optarg;
			break;
		case OPT_NO_POLICY:
			o->no_policy = true;
			break;
		case OPT_ENFORCING:
		case OPT_PERMISSIVE:
			k->enforcing = c == OPT_ENFORCING;
			break;
		case OPT_CONTEXT:
			k->context = optarg;
			k->context_asked = true;
			break;
		case OPT_MAXNS:
			k->maxns = number("maxns", optarg, UINT32_MAX);
			break;
		case OPT_MAXNSDEPTH:
			k->maxnsdepth = number("maxnsdepth", optarg, 32);
			break;
		case OPT_POLICYVERS:
			k->policyvers = number("policyvers", optarg, secpol_version_max());
			break;
		case OPT_FREE_DELAY:
			k->free_delay_ms = number("free-delay", optarg, 3600000);
			break;
		case OPT_FAULT:
			if (fault_add(optarg, &why))
				die("--fault: '%s': %s", optarg, why);
			break;
		case OPT_FAULT_REPORT:
			fault_set_report(open_log("the report of faults", optarg));
			break;
		case OPT_OPERATIONS:
			fault_set_operations(open_log("the list of operations", optarg));
			break;
		case OPT_AUDIT_LOG:
			k->audit_fd = open_log("the audit log", optarg);
			break;
		case 'h':
			usage(stdout);
			flush_or_die();
			break;
		case 'V':
#ifdef PACKAGE_VERSION
			printf("selinuxns-sim from libselinuxns %s\n", PACKAGE_VERSION);
#endif
			flush_or_die();
			break;
		default:
			fputs("Try 'selinuxns-sim --help' for more information.\n", stderr);
			exit(EXIT_SETUP);
		}
	}
	if (optind == argc)
		die("no command; try 'selinuxns-sim --help'");
	if (o->no_policy && (o->policy_path || k->context))
		die("--no-policy goes with neither --policy nor --context");
}

/* ---- the end of namespaces -------------------------------------------------------------- */

static bool table_has_device(pid_t tid, dev_t dev)
{
	char path[64], device[32], *line = NULL;
	size_t room = 0;
	bool has = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/mountinfo", (int)tid);
	snprintf(device, sizeof(device), " %u:%u ", major(dev), minor(dev));
	f = fopen(path, "re");
	if (!f)
		return false;
	while (!has && getline(&line, &room, f) > 0)
		has = strstr(line, device) != NULL;
	free(line);
	fclose(f);
	return has;
}

/* Does any task's mount namespace have the instance? (kernel-abi.md 2.4: then it lives.) */
static bool mounted_anywhere(struct ns *ns)
{
	struct instance *instance = kernel_instance(ns);
	_cleanup_free_ ino_t *seen = NULL;
	_cleanup_free_ pid_t *tids = NULL;
	size_t n, n_seen = 0;

	if (!instance)
		return false;
	n = task_list(&tids);
	seen = calloc(n ? n : 1, sizeof(*seen));
	for (size_t i = 0; seen && i < n; i++) {
		char path[64];
		struct stat st;
		size_t j = 0;

		snprintf(path, sizeof(path), "/proc/%d/ns/mnt", (int)tids[i]);
		if (stat(path, &st))
			continue;
		while (j < n_seen && seen[j] != st.st_ino)
			j++;
		if (j < n_seen)
			continue;
		seen[n_seen++] = st.st_ino;
		if (table_has_device(tids[i], serve_dev(instance)))
			return true;
	}
	return false;
}

static void released(struct ns *ns)
{
	char path[64];

	if (!kernel_instance(ns)) {
		ns_dispose(ns);
		return;
	}
	snprintf(path, sizeof(path), "/sys/fs/%u", ns_id(ns));
	serve_release(ns, path);
	rmdir(path);
}

static void *reaper(void *unused)
{
	(void)unused;
	for (;;) {
		usleep(REAP_INTERVAL_US);
		kernel_reap(mounted_anywhere, released);
	}
	return NULL;
}

/* ---- the command --------------------------------------------------------------------------- */

static pid_t command;

static void forward(int sig)
{
	kill(command, sig);
}

/* In the child: what the machine underneath does later does not reach the command. */
static int isolate(void)
{
	return unshare(CLONE_NEWNS) ? -errno : 0;
}

static void start_machine(struct options *o)
{
	struct machine_policy policy = { 0 };
	struct kernel_options *k = &o->kernel;
	const char *why;
	int rc;

	if (k->kind != KERNEL_DISABLED && !o->no_policy) {
		if (machine_find_policy(&policy, o->policy_path, &why))
			die("%s", why);
		k->policy = policy.image;
		k->policy_len = policy.size;
		if (!k->context)
			k->context = machine_login_context(&policy);
		if (*policy.store) {
			_cleanup_free_ char *contexts = NULL;

			if (asprintf(&contexts, "%s/contexts/files/file_contexts", policy.store) >=
			    0)
				label_set_file_contexts(contexts);
		}
	}
	rc = kernel_start(k);
	if (rc == -ENOKEY)
		die("set the command's context: %s: not a context of the policy %s", k->context,
		    policy.path);
	if (rc)
		die("load the policy: %s: the simulated kernel refuses it: not a policy image of a "
		    "version up to %u",
		    policy.path, k->policyvers);
	free(policy.image);
	if (access("/proc/self/attr/current", F_OK))
		die("stand in for /proc/self/attr: %s; is /proc mounted, and has this kernel "
		    "security modules at all (CONFIG_SECURITY)?",
		    strerror(errno));
	if (machine_become_root(&why) || machine_prepare_mounts(kernel_has_selinux(), &why))
		die("%s", why);
	rc = serve_start();
	if (rc)
		die("serve simulated files: /dev/fuse: %s; FUSE is needed (kernel module fuse, and "
		    "in a container the device /dev/fuse)",
		    strerror(-rc));
	if (kernel_has_selinux() && !serve_instance(kernel_init_ns(), "/sys/fs/selinux"))
		die("mount selinuxfs: /sys/fs/selinux: %s", strerror(errno));
}

/* Standard descriptors that are closed: the simulator's own files must not take their place. To
 * the command they are closed again. */
static void occupy_standard_fds(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR | O_CLOEXEC) < 0)
			return;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	pthread_t thread;
	const char *why;
	int status;

	occupy_standard_fds();
	parse(argc, argv, &o);
	start_machine(&o);
	command = tracer_start(argv + optind, isolate);
	if (command < 0)
		die("start the command: %s: %s%s", argv[optind], strerror(-command),
		    command == -EBUSY || command == -EPERM
			    ? "; a tracer, a seccomp "
			      "listener or another simulated machine is around it "
			      "already"
		    : command == -EINVAL ? "; Linux 5.19 or newer is needed"
					 : "");
	if (machine_hide(&why))
		die("%s", why);
	if (pthread_create(&thread, NULL, reaper, NULL))
		die("start a thread: %s", strerror(errno));
	/* The terminal's signals go to the command too; the others are handed on. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN); /* the audit log may be a pipe */
	signal(SIGTERM, forward);
	signal(SIGHUP, forward);
	status = tracer_run(command);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
