/* SPDX-License-Identifier: MIT */
/*
 * drive.c - calls the library in the order that its arguments say, in one process.
 *
 * For the scripts of tests/programs. Each argument is COMMAND[:PARAMETER]; most print a line
 * "COMMAND: RESULT [ERRNO]". It goes on after a failure, as a hostile caller would. May
 * call the public interface and libselinux; must never look inside the library.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <selinux/avc.h>
#include <selinux/selinux.h>
#include <selinux/selinuxns.h>

/* Exported by libselinux, and in no header: the mount point that it goes by. */
extern char *selinux_mnt;

static struct selinuxns_error *error;
static struct selinuxns_policy *policy;
static int selinuxfs_fd = -1;
static const char *command; /* the name of the one that runs */

/* ---- output ------------------------------------------------------------- */

static const char *name_of(int err)
{
	const char *name = strerrorname_np(err);

	return name ? name : "unknown";
}

__attribute__((format(printf, 2, 3))) static int log_line(int type, const char *fmt, ...)
{
	char text[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* From libselinux 3.8 on, its own end without a newline. */
	printf("log %s: %.*s\n",
	       type == SELINUX_WARNING ? "warning"
	       : type == SELINUX_ERROR ? "error"
	       : type == SELINUX_AVC   ? "avc"
				       : "info",
	       (int)strcspn(text, "\n"), text);
	return 0;
}

/* "unshare: 0", "unshare: -1 EBUSY" */
static void say(int rc)
{
	if (rc < 0)
		printf("%s: %d %s\n", command, rc, name_of(errno));
	else
		printf("%s: %d\n", command, rc);
}

static void say_string(int rc, char *s)
{
	if (rc < 0)
		say(rc);
	else
		printf("%s: %s\n", command, s ? s : "none");
	if (rc >= 0)
		freecon(s);
}

/* The same, and what the error object says. */
static void say_error(int rc)
{
	int err = errno;

	say(rc);
	if (rc < 0 && selinuxns_error_errno(error) != err)
		printf("%s: the error object has another errno: %s\n", command,
		       name_of(selinuxns_error_errno(error)));
	if (rc >= 0 && (selinuxns_error_errno(error) != 0 || *selinuxns_error_message(error)))
		printf("%s: the error object is filled after a success\n", command);
	if (rc < 0)
		printf("%s message: [%s] [%s] %s\n", command, selinuxns_error_step(error),
		       selinuxns_error_object(error), selinuxns_error_message(error));
}

/* ---- commands ----------------------------------------------------------- */

typedef void (*command_fn)(char *parameter);

static void do_unshare(char *p)
{
	(void)p;
	say(selinux_unshare());
}

static void do_unsharens(char *p)
{
	struct timespec a, b;
	long ms;

	clock_gettime(CLOCK_MONOTONIC, &a);
	say_error(selinuxns_unshare((unsigned int)atoi(p), error));
	clock_gettime(CLOCK_MONOTONIC, &b);
	ms = (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000;
	printf("%s ms: %ld\n", command, ms);
}

/* By the kernel itself: without the guard, and with the parent's selinuxfs still mounted. */
static void do_rawunshare(char *p)
{
#ifdef __alpha__
	const long set = 460 + 110;
#else
	const long set = 460;
#endif
	/* id, flags, len, ctx_len; LSM_ATTR_UNSHARE of LSM_ID_SELINUX (kernel-abi.md 1.4) */
	const uint64_t entry[4] = { 101, 0, sizeof(entry), 0 };

	(void)p;
	say((int)syscall(set, 106, entry, sizeof(entry), 0));
}

static void do_init(char *p)
{
	(void)p;
	say_error(selinuxns_init(error));
}

static void do_isunshared(char *p)
{
	(void)p;
	errno = 0;
	say(is_selinux_unshared());
}

static void do_probe(char *p)
{
	static const char *const names[] = {
		"LSM_SYSCALLS", "SELINUXFS_NODE", "NO_SELINUX", "DISABLED",
		"NO_SYSCALLS",  "NO_NAMESPACES",  "BLOCKED",    "DENIED",
	};
	int rc = selinuxns_probe();

	(void)p;
	if (rc < 0 || (size_t)rc >= sizeof(names) / sizeof(names[0]))
		say(rc);
	else
		printf("%s: %s\n%s sentence: %s\n", command, names[rc], command,
		       selinuxns_probe_str(rc));
}

static void do_forget(char *p)
{
	(void)p;
	say(selinuxns_forget());
}

static void do_mount(char *p)
{
	int root = open(p[0] ? p : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	say_error(selinuxns_mount_selinuxfs(root, error));
	close(root);
}

static void do_mountbadfd(char *p)
{
	say_error(selinuxns_mount_selinuxfs(atoi(p), error));
}

static void do_openroot(char *p)
{
	int root = open(p, O_PATH | O_DIRECTORY | O_CLOEXEC);

	selinuxns_policy_free(policy);
	say_error(selinuxns_policy_open_root(&policy, root, error));
	close(root);
}

static void do_openfile(char *p)
{
	selinuxns_policy_free(policy);
	say_error(selinuxns_policy_open_file(&policy, p, error));
}

static void do_openfd(char *p)
{
	int fd = open(p, O_RDONLY | O_CLOEXEC);

	/* Its position is the caller's, and stays. */
	lseek(fd, 7, SEEK_SET);
	selinuxns_policy_free(policy);
	say_error(selinuxns_policy_open_fd(&policy, fd, "a name\nof two lines", error));
	printf("%s position: %ld\n", command, (long)lseek(fd, 0, SEEK_CUR));
	close(fd);
}

static void do_policy(char *p)
{
	(void)p;
	printf("%s: %s\n", command, policy ? "there" : "none");
	if (!policy)
		return;
	printf("%s name: %s\n", command, selinuxns_policy_name(policy));
	printf("%s version: %u\n", command, selinuxns_policy_version(policy));
}

static void do_load(char *p)
{
	(void)p;
	if (policy)
		say_error(selinuxns_policy_load(policy, selinuxfs_fd, error));
	else
		printf("%s: no policy\n", command);
}

/* The next three ask a policy; those that succeed leave nothing in the error object. */
static void do_isloaded(char *p)
{
	(void)p;
	say_error(selinuxns_policy_is_loaded(policy, selinuxfs_fd, error));
}

static void do_policycontext(char *p)
{
	say_error(selinuxns_policy_check_context(policy, p, error));
}

static void do_policyboolean(char *p)
{
	say_error(selinuxns_policy_check_boolean(policy, p, error));
}

/* What "load" goes by from here on: a directory, or -1. */
static void do_by(char *p)
{
	selinuxfs_fd = p[0] ? open(p, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	printf("%s: %s\n", command, selinuxfs_fd < 0 ? "-1" : "a descriptor");
}

/* ---- libselinux --------------------------------------------------------- */

#define CONTEXT_COMMANDS(name)                         \
	static void do_get##name(char *p)              \
	{                                              \
		char *context = NULL;                  \
		int rc = get##name##_raw(&context);    \
                                                       \
		(void)p;                               \
		say_string(rc, context);               \
	}                                              \
	static void do_set##name(char *p)              \
	{                                              \
		say(set##name##_raw(p[0] ? p : NULL)); \
	}

CONTEXT_COMMANDS(con)
CONTEXT_COMMANDS(execcon)
CONTEXT_COMMANDS(fscreatecon)
CONTEXT_COMMANDS(keycreatecon)
CONTEXT_COMMANDS(sockcreatecon)

/* What the kernel says, by no one's cache. */
static void do_attr(char *p)
{
	char path[64], value[512];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/thread-self/attr/%.30s", p);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? -1 : read(fd, value, sizeof(value) - 1);
	if (len < 0) {
		say(-1);
	} else {
		value[len] = '\0';
		printf("%s: %s\n", command, len ? value : "none");
	}
	if (fd >= 0)
		close(fd);
}

static void do_enabled(char *p)
{
	(void)p;
	say(is_selinux_enabled());
}

static void do_enforce(char *p)
{
	(void)p;
	say(security_getenforce());
}

static void do_setenforce(char *p)
{
	say(security_setenforce(atoi(p)));
}

static void do_statusopen(char *p)
{
	(void)p;
	say(selinux_status_open(0));
}

static void do_statusenforce(char *p)
{
	(void)p;
	say(selinux_status_getenforce());
}

static void do_statuspolicyload(char *p)
{
	(void)p;
	say(selinux_status_policyload());
}

static void do_statusupdated(char *p)
{
	(void)p;
	say(selinux_status_updated());
}

/* access:SOURCE,TARGET,CLASS,PERMISSION */
static void do_access(char *p)
{
	const char *source = strsep(&p, ","), *target = strsep(&p, ",");
	const char *class = strsep(&p, ",");

	say(selinux_check_access(source, target, class, p, NULL));
}

static void do_class(char *p)
{
	printf("%s: %u\n", command, string_to_security_class(p));
}

/* perm:CLASS,PERMISSION */
static void do_perm(char *p)
{
	const char *class = strsep(&p, ",");

	printf("%s: %u\n", command, string_to_av_perm(string_to_security_class(class), p));
}

static void do_checkcontext(char *p)
{
	say(security_check_context_raw(p));
}

static void do_avcopen(char *p)
{
	(void)p;
	say(avc_open(NULL, 0));
}

static int reset_callback(uint32_t event, security_id_t ssid, security_id_t tsid,
			  security_class_t tclass, access_vector_t perms,
			  access_vector_t *out_retained)
{
	(void)event, (void)ssid, (void)tsid, (void)tclass, (void)perms, (void)out_retained;
	printf("avc reset callback\n");
	return 0;
}

static void do_avccallback(char *p)
{
	(void)p;
	say(avc_add_callback(reset_callback, AVC_CALLBACK_RESET, NULL, NULL, 0, 0));
}

static void do_mountpoint(char *p)
{
	(void)p;
	printf("%s: %s\n", command, selinux_mnt ? selinux_mnt : "none");
}

/* ---- the process around it ---------------------------------------------- */

static void do_newns(char *p)
{
	say(unshare(CLONE_NEWNS));
	if (strcmp(p, "private") == 0)
		say(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	else if (strcmp(p, "shared") == 0)
		say(mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL));
	else if (strcmp(p, "slave") == 0)
		say(mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL));
}

static void do_newuser(char *p)
{
	(void)p;
	say(unshare(CLONE_NEWUSER));
}

/* Goes on in a child, and ends as it does. */
static void do_fork(char *p)
{
	int status;
	pid_t pid;

	(void)p;
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		return;
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		_exit(99);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

/* As systemd-nspawn: a child in new mount and pid namespaces, that is pid 1. */
static void do_nspawn(char *p)
{
	int status;
	pid_t pid;

	(void)p;
	fflush(stdout);
	pid = (pid_t)syscall(SYS_clone, SIGCHLD | CLONE_NEWNS | CLONE_NEWPID, 0, 0, 0, 0);
	if (pid == 0)
		return;
	if (pid < 0) {
		say(-1);
		_exit(98);
	}
	if (waitpid(pid, &status, 0) < 0)
		_exit(99);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static void do_pid(char *p)
{
	(void)p;
	printf("%s: %d\n", command, (int)getpid());
}

/* Runs a shell command and waits for it. */
static void do_sh(char *p)
{
	fflush(stdout);
	if (system(p) < 0)
		say(-1);
}

/* The process becomes a shell with this command. */
static void do_exec(char *p)
{
	fflush(stdout);
	execl("/bin/sh", "sh", "-c", p, (char *)NULL);
	say(-1);
}

/* How many descriptors are open, and are not close-on-exec. */
static void do_leaks(char *p)
{
	int open_fds = 0;

	(void)p;
	for (int fd = 3; fd < 256; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			open_fds++;
	printf("%s: %d\n", command, open_fds);
}

static void do_nonewprivs(char *p)
{
	(void)p;
	say(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

/* ---- a namespace that runs ------------------------------------------------ */

static void do_kind(char *p)
{
	(void)p;
	say_error(selinuxns_kind(error));
}

/* The one that "booleans" and "setbooleans" ask from then on. */
static void do_selinuxfs(char *p)
{
	int fd = selinuxns_selinuxfs_open(error);

	(void)p;
	say_error(fd < 0 ? -1 : !(fcntl(fd, F_GETFD) & FD_CLOEXEC));
	selinuxfs_fd = fd;
}

static void print_boolean(void *data, const char *name, int on)
{
	(void)data;
	printf("boolean %s: %d\n", name, on);
}

static void do_booleans(char *p)
{
	say_error(
		selinuxns_booleans_get(p[0] ? atoi(p) : selinuxfs_fd, print_boolean, NULL, error));
}

/* NAME=VALUE,NAME=VALUE... */
static void do_setbooleans(char *p)
{
	struct selinuxns_boolean booleans[8];
	char *save = NULL;
	size_t n = 0;

	for (char *at = strtok_r(p, ",", &save); at && n < 8; at = strtok_r(NULL, ",", &save)) {
		char *value = strchr(at, '=');

		if (value)
			*value++ = '\0';
		booleans[n++] =
			(struct selinuxns_boolean){ .name = at, .on = value ? atoi(value) : 0 };
	}
	say_error(selinuxns_booleans_set(selinuxfs_fd, booleans, n, error));
}

static const struct {
	const char *name;
	command_fn fn;
} commands[] = {
	{ "unshare", do_unshare },
	{ "unsharens", do_unsharens },
	{ "rawunshare", do_rawunshare },
	{ "init", do_init },
	{ "isunshared", do_isunshared },
	{ "probe", do_probe },
	{ "forget", do_forget },
	{ "mount", do_mount },
	{ "mountbadfd", do_mountbadfd },
	{ "openroot", do_openroot },
	{ "openfile", do_openfile },
	{ "openfd", do_openfd },
	{ "policy", do_policy },
	{ "load", do_load },
	{ "isloaded", do_isloaded },
	{ "policycontext", do_policycontext },
	{ "policyboolean", do_policyboolean },
	{ "kind", do_kind },
	{ "selinuxfs", do_selinuxfs },
	{ "booleans", do_booleans },
	{ "setbooleans", do_setbooleans },
	{ "by", do_by },
	{ "getcon", do_getcon },
	{ "setcon", do_setcon },
	{ "getexeccon", do_getexeccon },
	{ "setexeccon", do_setexeccon },
	{ "getfscreatecon", do_getfscreatecon },
	{ "setfscreatecon", do_setfscreatecon },
	{ "getkeycreatecon", do_getkeycreatecon },
	{ "setkeycreatecon", do_setkeycreatecon },
	{ "getsockcreatecon", do_getsockcreatecon },
	{ "setsockcreatecon", do_setsockcreatecon },
	{ "attr", do_attr },
	{ "enabled", do_enabled },
	{ "enforce", do_enforce },
	{ "setenforce", do_setenforce },
	{ "statusopen", do_statusopen },
	{ "statusenforce", do_statusenforce },
	{ "statuspolicyload", do_statuspolicyload },
	{ "statusupdated", do_statusupdated },
	{ "access", do_access },
	{ "class", do_class },
	{ "perm", do_perm },
	{ "checkcontext", do_checkcontext },
	{ "avcopen", do_avcopen },
	{ "avccallback", do_avccallback },
	{ "mountpoint", do_mountpoint },
	{ "newns", do_newns },
	{ "newuser", do_newuser },
	{ "fork", do_fork },
	{ "nspawn", do_nspawn },
	{ "pid", do_pid },
	{ "sh", do_sh },
	{ "leaks", do_leaks },
	{ "nonewprivs", do_nonewprivs },
	{ "exec", do_exec },
};

static bool run(char *argument)
{
	char *parameter = strchr(argument, ':');

	if (parameter)
		*parameter++ = '\0';
	command = argument;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, argument) != 0)
			continue;
		commands[i].fn(parameter ? parameter : (char[]){ "" });
		return true;
	}
	fprintf(stderr, "drive: no command %s\n", argument);
	return false;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	selinux_set_callback(SELINUX_CB_LOG, (union selinux_callback){ .func_log = log_line });
	error = selinuxns_error_new();
	if (!error)
		return 1;
	for (int i = 1; i < argc; i++)
		if (!run(argv[i]))
			return 2;
	selinuxns_policy_free(policy);
	selinuxns_error_free(error);
	return 0;
}
