/* SPDX-License-Identifier: MIT */
/*
 * unshareselinux.c - unshareselinux(1): run a command in an SELinux namespace of its own.
 *
 * Options, what a person and a driving program are told, and the exit status. May call the
 * library's public interface. Must never take a step of the set-up itself, nor start the
 * command but by selinuxns_exec() or selinuxns_spawn().
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <selinux/selinux.h>
#include <selinux/selinuxns.h>

#include "json.h"
#include "output.h"
#include "program.h"

#define PROGRAM "unshareselinux"
const char program_name[] = PROGRAM;

/* As env(1) and unshare(1); any other status is the command's own. */
enum {
	STATUS_SETUP = 125,
	STATUS_CANNOT_EXECUTE = 126,
	STATUS_NOT_FOUND = 127,
};

struct options {
	struct selinuxns_plan *plan;
	struct selinuxns_policy *policy;
	struct selinuxns_error *error;
	const char *policy_file;
	int policy_fd;
	bool verbose;
	bool dry_run;
	bool fork;
	bool keeps; /* --keep-fd was given */
	FILE *status; /* --status-fd */
	char **command; /* never NULL once parsed */
	char *shell[2];
};

static void print_help(void)
{
	fputs("\nUsage:\n"
	      " " PROGRAM " [options] [--] [<command> [<argument>...]]\n"
	      "\n"
	      "Run a command (default: $SHELL, else /bin/sh) in an SELinux namespace and a mount\n"
	      "namespace of its own. If any step fails, the command is not started.\n"
	      "\n"
	      "The namespace:\n"
	      "     --mount-selinuxfs       mount the new namespace's selinuxfs\n"
	      "     --load-policy[=<file>]  load a policy into the new namespace: <file>, or the\n"
	      "                               one that the root is configured to use\n"
	      "                               (implies --mount-selinuxfs)\n"
	      "     --policy-fd=<fd>        load the policy that descriptor <fd> refers to\n"
	      "     --boolean=<name>=on|off give a boolean of the policy this value\n"
	      "     --enforcing             set the namespace enforcing\n"
	      "     --permissive            leave the namespace permissive (default)\n"
	      "     --configured-mode       set the mode that the root's configuration names\n"
	      "     --wait-limit=<seconds>  wait so long for a namespace to end, where a limit\n"
	      "                               is reached\n"
	      "\n"
	      "The command:\n"
	      "     --context=<context>     set this context before the mode is set\n"
	      "     --exec-context=<context>\n"
	      "                             execute the command in this context\n"
	      "     --root=<dir>            run the command with root directory <dir>, with the\n"
	      "                               selinuxfs and the policy found in there\n"
	      "     --wd=<dir>              change the working directory to <dir>, in the root\n"
	      "     --setenv=<name>=<value> set an environment variable\n"
	      "     --keep-fd=<fd>          keep descriptor <fd>, and close all that no such\n"
	      "                               option names but 0, 1 and 2\n"
	      " -f, --fork                  run the command as a child, and forward signals\n"
	      "     --kill-child[=<signal>] send the child this signal (default: KILL) when\n"
	      "                               " PROGRAM " ends (implies --fork)\n"
	      "\n"
	      "What it says:\n"
	      "     --dry-run               check whether it would work, and change nothing\n"
	      "     --status-fd=<fd>        write a JSON object for each step to <fd>\n"
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

/* ---- messages --------------------------------------------------------------- */

__attribute__((format(printf, 1, 2))) static int fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	program_vsay(fmt, ap);
	va_end(ap);
	return STATUS_SETUP;
}

static void watch(void *data, const char *step, const char *object)
{
	const struct options *o = data;

	if (o->verbose)
		program_say("%s%s%s", step, object[0] ? ": " : "", object);
	if (o->status) {
		struct json json;

		json_begin(&json, o->status);
		json_string(&json, "step", step);
		json_string(&json, "object", object);
		json_end(&json);
		fflush(o->status);
	}
}

/* What ended: an error, a pid that runs, a status. Each is the object's one further member. */
static void tell_number(const struct options *o, const char *name, long long value)
{
	struct json json;

	if (!o->status)
		return;
	json_begin(&json, o->status);
	json_number(&json, name, value);
	json_end(&json);
	fflush(o->status);
}

static int fail_as_library(const struct options *o)
{
	const char *step = selinuxns_error_step(o->error);
	int err = selinuxns_error_errno(o->error);

	if (o->status) {
		struct json json;

		json_begin(&json, o->status);
		json_open(&json, "error", '{');
		json_string(&json, "step", step);
		json_string(&json, "object", selinuxns_error_object(o->error));
		json_number(&json, "errno", err);
		json_string(&json, "message", selinuxns_error_message(o->error));
		json_close(&json, '}');
		json_end(&json);
		fflush(o->status);
	}
	fail("%s", selinuxns_error_message(o->error));
	if (strcmp(step, "execute") != 0)
		return STATUS_SETUP;
	return err == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_EXECUTE;
}

/* ---- options ------------------------------------------------------------------ */

/* The setters fail for want of memory, or for a value that cannot be meant. */
static int checked(int rc, const char *option, const char *value)
{
	return rc < 0 ? fail("--%s: '%s': %s", option, value, strerror(errno)) : 0;
}

static int set_boolean(struct options *o, char *text)
{
	char *value = strchr(text, '=');
	int on;

	if (!value)
		return fail("--boolean: '%s': NAME=on or NAME=off is asked for", text);
	*value++ = '\0';
	on = program_on_off(value);
	if (on < 0)
		return fail("--boolean: %s: '%s' is neither on nor off", text, value);
	return checked(selinuxns_plan_set_boolean(o->plan, text, on), "boolean", text);
}

static int set_wait(struct options *o, const char *text)
{
	double seconds;
	char *end;

	errno = 0;
	seconds = strtod(text, &end);
	if (end == text || *end || errno || !(seconds >= 0) || seconds > UINT_MAX / 1000)
		return fail("--wait-limit: '%s' is not a number of seconds", text);
	return checked(selinuxns_plan_set_wait(o->plan, (unsigned int)(seconds * 1000)),
		       "wait-limit", text);
}

static int set_environment(const char *text)
{
	const char *value = strchr(text, '=');

	if (!value || value == text)
		return fail("--setenv: '%s': NAME=VALUE is asked for", text);
	/* Ours, which the command inherits. */
	return putenv((char *)text) ? fail("--setenv: %s", strerror(errno)) : 0;
}

static int set_kept(struct options *o, const char *text)
{
	unsigned int fd;

	if (!program_number(text, INT_MAX, &fd))
		return fail("--keep-fd: '%s' is not a descriptor", text);
	/* Of ours, the copy for --status-fd may have come to be at its number. */
	if (fcntl((int)fd, F_GETFD) < 0 || (o->status && fileno(o->status) == (int)fd))
		return fail("--keep-fd: %s: it is not open", text);
	o->keeps = true;
	return checked(selinuxns_plan_keep_fd(o->plan, (int)fd), "keep-fd", text);
}

/*
 * A descriptor that is for us: the command does not get it, unless --keep-fd names it. A reader
 * of --status-fd waits for its end.
 */
static void hide_fd(int fd)
{
	if (fd > STDERR_FILENO)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static int set_policy_fd(struct options *o, const char *text)
{
	unsigned int fd;

	if (!program_number(text, INT_MAX, &fd))
		return fail("--policy-fd: '%s' is not a descriptor", text);
	o->policy_fd = (int)fd;
	hide_fd(o->policy_fd);
	return 0;
}

static int set_status(struct options *o, const char *text)
{
	unsigned int fd;
	FILE *status;
	int copy;

	if (!program_number(text, INT_MAX, &fd))
		return fail("--status-fd: '%s' is not a descriptor to write to", text);
	/* A copy, as the descriptor may be one of 0 to 2. */
	copy = fcntl((int)fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	status = copy < 0 ? NULL : fdopen(copy, "w");
	if (!status) {
		int reason = errno;

		if (copy >= 0)
			close(copy);
		return fail("--status-fd: '%s' is not a descriptor to write to: %s", text,
			    strerror(reason));
	}
	/* The last one counts, as of any option. */
	if (o->status)
		fclose(o->status);
	o->status = status;
	hide_fd((int)fd);
	return 0;
}

static int set_kill(struct options *o, const char *text)
{
	unsigned int number_given;
	int sig = text ? 0 : SIGKILL;

	o->fork = true;
	if (text && program_number(text, (unsigned int)SIGRTMAX, &number_given)) {
		sig = (int)number_given;
	} else if (text) {
		const char *name = strncmp(text, "SIG", 3) == 0 ? text + 3 : text;

		for (sig = 1; sig < NSIG; sig++)
			if (sigabbrev_np(sig) && strcmp(sigabbrev_np(sig), name) == 0)
				break;
	}
	/* 0 would be none. */
	if (sig == 0 || sig == NSIG)
		return fail("--kill-child: '%s' is not a signal", text);
	return checked(selinuxns_plan_set_death_signal(o->plan, sig), "kill-child",
		       text ? text : "KILL");
}

static int set_load(struct options *o, const char *file)
{
	o->policy_file = file;
	return file ? 0
		    : checked(selinuxns_plan_set_policy_from_root(o->plan, 1), "load-policy", "");
}

enum {
	OPT_MOUNT = 256,
	OPT_LOAD,
	OPT_POLICY_FD,
	OPT_BOOLEAN,
	OPT_ENFORCING,
	OPT_PERMISSIVE,
	OPT_CONFIGURED,
	OPT_WAIT,
	OPT_CONTEXT,
	OPT_EXEC_CONTEXT,
	OPT_ROOT,
	OPT_WD,
	OPT_SETENV,
	OPT_KEEP,
	OPT_KILL,
	OPT_DRY_RUN,
	OPT_STATUS
};

/* One option. 0, or the exit status. */
static int take_option(struct options *o, int option)
{
	switch (option) {
	case OPT_MOUNT:
		return checked(selinuxns_plan_set_mount(o->plan, 1), "mount-selinuxfs", "");
	case OPT_LOAD:
		return set_load(o, optarg);
	case OPT_POLICY_FD:
		return set_policy_fd(o, optarg);
	case OPT_BOOLEAN:
		return set_boolean(o, optarg);
	case OPT_ENFORCING:
		return checked(selinuxns_plan_set_mode(o->plan, SELINUXNS_MODE_ENFORCING),
			       "enforcing", "");
	case OPT_PERMISSIVE:
		return checked(selinuxns_plan_set_mode(o->plan, SELINUXNS_MODE_PERMISSIVE),
			       "permissive", "");
	case OPT_CONFIGURED:
		return checked(selinuxns_plan_set_mode(o->plan, SELINUXNS_MODE_CONFIGURED),
			       "configured-mode", "");
	case OPT_WAIT:
		return set_wait(o, optarg);
	case OPT_CONTEXT:
		return checked(selinuxns_plan_set_context(o->plan, optarg), "context", optarg);
	case OPT_EXEC_CONTEXT:
		return checked(selinuxns_plan_set_exec_context(o->plan, optarg), "exec-context",
			       optarg);
	case OPT_ROOT:
		return checked(selinuxns_plan_set_root(o->plan, optarg), "root", optarg);
	case OPT_WD:
		return checked(selinuxns_plan_set_workdir(o->plan, optarg), "wd", optarg);
	case OPT_SETENV:
		return set_environment(optarg);
	case OPT_KEEP:
		return set_kept(o, optarg);
	case OPT_KILL:
		return set_kill(o, optarg);
	case OPT_STATUS:
		return set_status(o, optarg);
	case OPT_DRY_RUN:
		o->dry_run = true;
		return 0;
	case 'f':
		o->fork = true;
		return 0;
	case 'v':
		o->verbose = true;
		return 0;
	default:
		fprintf(stderr, "Try '" PROGRAM " --help' for more information.\n");
		return STATUS_SETUP;
	}
}

/* ---- running it ------------------------------------------------------------------ */

/* A policy that comes from outside of the root is opened here, as the caller sees it. */
static int open_policy(struct options *o)
{
	char name[40];
	int rc = 0;

	if (o->policy_file && o->policy_fd >= 0)
		return fail("--load-policy=%s and --policy-fd=%d: one policy is loaded, not two",
			    o->policy_file, o->policy_fd);
	if (o->policy_file) {
		rc = selinuxns_policy_open_file(&o->policy, o->policy_file, o->error);
	} else if (o->policy_fd >= 0) {
		snprintf(name, sizeof(name), "descriptor %d", o->policy_fd);
		rc = selinuxns_policy_open_fd(&o->policy, o->policy_fd, name, o->error);
	}
	if (rc < 0)
		return fail_as_library(o);
	return o->policy ? checked(selinuxns_plan_set_policy(o->plan, o->policy), "load-policy", "")
			 : 0;
}

static void report(void *data, const char *check, const char *object, enum selinuxns_result result,
		   const char *message)
{
	static const char *const words[] = { "ok     ", "FAILED ", "unknown", "step   " };

	(void)data;
	printf("%s ", words[result]);
	if (result == SELINUXNS_FAILED) {
		program_put(stdout, message);
	} else {
		bool step = result == SELINUXNS_STEP;

		printf("%s%s", check, step && !object[0] ? "" : ": ");
		program_put(stdout, object);
		if (!step)
			printf("%s%s", object[0] ? ": " : "", message);
	}
	putchar('\n');
}

static int dry_run(struct options *o)
{
	int rc = selinuxns_plan_check(o->plan, o->command[0], o->fork, report, NULL, o->error);

	if (!output_finish(PROGRAM))
		return STATUS_SETUP;
	return rc < 0 ? STATUS_SETUP : 0;
}

/* What a signal handler goes by: the command's pidfd once it runs, -1 before and after. */
static volatile sig_atomic_t child = -1;
static volatile sig_atomic_t executing; /* the child is about to run the command */
static volatile sig_atomic_t kept[NSIG]; /* came between the two */

/* The terminal's signals reach the command by themselves; those that someone sends us do not. */
static void forward(int sig, siginfo_t *info, void *context)
{
	int saved = errno;

	(void)context;
	if (child >= 0) {
		if (info->si_code != SI_KERNEL)
			syscall(SYS_pidfd_send_signal, child, sig, NULL, 0);
	} else if (executing) {
		kept[sig] = info->si_code != SI_KERNEL;
	} else {
		/* There is no command yet, and there will be none: the child sees that we ended. */
		signal(sig, SIG_DFL);
		raise(sig);
	}
	errno = saved;
}

static void no_action(int sig)
{
	(void)sig;
}

static void catch (int sig, const struct sigaction *action)
{
	struct sigaction old;

	/* What the caller ignores (nohup) stays ignored. */
	if (sigaction(sig, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		sigaction(sig, action, NULL);
}

/*
 * A reader of --status-fd that went away must not end us: the command would go on alone, or not
 * be started for that. A handler, as what is ignored would stay so in the command.
 */
static void outlive_reader(void)
{
	struct sigaction none = { .sa_handler = no_action, .sa_flags = SA_RESTART };

	catch (SIGPIPE, &none);
}

static void forward_signals(void)
{
	static const int signals[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,
				       SIGUSR1, SIGUSR2, SIGALRM, SIGCONT };
	struct sigaction action = { .sa_sigaction = forward, .sa_flags = SA_SIGINFO | SA_RESTART };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		catch (signals[i], &action);
	/* Ignored, it would have the kernel reap the command, and its status lost. */
	signal(SIGCHLD, SIG_DFL);
}

static void watch_child(void *data, const char *step, const char *object)
{
	if (strcmp(step, "execute") == 0)
		executing = 1;
	watch(data, step, object);
}

static int run_child(struct options *o)
{
	int status, pidfd;
	pid_t pid;

	selinuxns_plan_set_watch(o->plan, watch_child, o);
	forward_signals();
	if (selinuxns_spawn(o->plan, o->command, &pid, &pidfd, o->error) < 0)
		return fail_as_library(o);
	child = pidfd;
	for (int sig = 1; sig < NSIG; sig++)
		if (kept[sig])
			syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0);
	tell_number(o, "pid", pid);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return fail("wait: %s: %s", o->command[0], strerror(errno));
	/* Not that signal itself: it may be one that dumps core, of a command that is not us. */
	status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	tell_number(o, "exit", status);
	return status;
}

static int run(struct options *o)
{
	int rc = open_policy(o);

	if (rc)
		return rc;
	if (!o->keeps)
		selinuxns_plan_keep_fd(o->plan, SELINUXNS_KEEP_ALL);
	if (o->dry_run)
		return dry_run(o);
	if (o->verbose || o->status)
		selinuxns_plan_set_watch(o->plan, watch, o);
	outlive_reader();
	if (o->fork)
		return run_child(o);
	selinuxns_exec(o->plan, o->command, o->error);
	return fail_as_library(o);
}

static void options_release(struct options *o)
{
	selinuxns_plan_free(o->plan);
	selinuxns_policy_free(o->policy);
	selinuxns_error_free(o->error);
	if (o->status)
		fclose(o->status);
}

int main(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "mount-selinuxfs", no_argument, NULL, OPT_MOUNT },
		{ "load-policy", optional_argument, NULL, OPT_LOAD },
		{ "policy-fd", required_argument, NULL, OPT_POLICY_FD },
		{ "boolean", required_argument, NULL, OPT_BOOLEAN },
		{ "enforcing", no_argument, NULL, OPT_ENFORCING },
		{ "permissive", no_argument, NULL, OPT_PERMISSIVE },
		{ "configured-mode", no_argument, NULL, OPT_CONFIGURED },
		{ "wait-limit", required_argument, NULL, OPT_WAIT },
		{ "context", required_argument, NULL, OPT_CONTEXT },
		{ "exec-context", required_argument, NULL, OPT_EXEC_CONTEXT },
		{ "root", required_argument, NULL, OPT_ROOT },
		{ "wd", required_argument, NULL, OPT_WD },
		{ "setenv", required_argument, NULL, OPT_SETENV },
		{ "keep-fd", required_argument, NULL, OPT_KEEP },
		{ "fork", no_argument, NULL, 'f' },
		{ "kill-child", optional_argument, NULL, OPT_KILL },
		{ "dry-run", no_argument, NULL, OPT_DRY_RUN },
		{ "status-fd", required_argument, NULL, OPT_STATUS },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	__attribute__((cleanup(options_release))) struct options o = { .policy_fd = -1 };
	int option, rc;

	program_occupy_fds();
	selinux_set_callback(SELINUX_CB_LOG, (union selinux_callback){ .func_log = program_log });
	o.plan = selinuxns_plan_new();
	o.error = selinuxns_error_new();
	if (!o.plan || !o.error)
		return fail("begin: memory: %s", strerror(errno));

	/* "+": what follows the command is the command's. */
	while ((option = getopt_long(argc, argv, "+fvhV", long_options, NULL)) != -1) {
		if (option == 'h') {
			print_help();
			return output_finish(PROGRAM) ? 0 : STATUS_SETUP;
		}
		if (option == 'V') {
			puts(PROGRAM " from " PACKAGE_NAME " " PACKAGE_VERSION);
			return output_finish(PROGRAM) ? 0 : STATUS_SETUP;
		}
		rc = take_option(&o, option);
		if (rc)
			return rc;
	}
	if (optind < argc) {
		o.command = argv + optind;
	} else {
		char *shell = getenv("SHELL");

		o.shell[0] = shell && shell[0] ? shell : (char *)"/bin/sh";
		o.command = o.shell;
	}
	return run(&o);
}
