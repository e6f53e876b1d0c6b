/* SPDX-License-Identifier: MIT */
/*
 * cmdline.c - fuzzing target: the command lines of all programs.
 *
 * One argument in a line; the first is the program's name. What a program does once it has read
 * them is put in place here by the linker: it is noted, and fails.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <unistd.h>

#include <selinux/selinuxns.h>

#include "base/error.h"
#include "cmd.h"
#ifdef WITH_SIM
#include "fault.h"
#endif
#include "fuzz.h"
#include "kernel.h"
#include "output.h"

#define ARGS_MAX 32

/* The program was about to do something, with this for its command. */
static unsigned int done;
static char *const *command;

static int no(struct selinuxns_error *error)
{
	done++;
	return ns_error(error, EPERM, "fuzz", NULL, "it is not done here");
}

/* ---- what is not done ----------------------------------------------------------- */

int __wrap_selinuxns_exec(const struct selinuxns_plan *plan, char *const argv[],
			  struct selinuxns_error *error);
int __wrap_selinuxns_exec(const struct selinuxns_plan *plan, char *const argv[],
			  struct selinuxns_error *error)
{
	PROMISE(plan && argv && argv[0]);
	command = argv;
	return no(error);
}

int __wrap_selinuxns_spawn(const struct selinuxns_plan *plan, char *const argv[], pid_t *pid,
			   int *pidfd, struct selinuxns_error *error);
int __wrap_selinuxns_spawn(const struct selinuxns_plan *plan, char *const argv[], pid_t *pid,
			   int *pidfd, struct selinuxns_error *error)
{
	PROMISE(plan && argv && argv[0] && pid && pidfd);
	command = argv;
	return no(error);
}

int __wrap_selinuxns_plan_check(const struct selinuxns_plan *plan, const char *path, int spawn,
				void *report, void *data, struct selinuxns_error *error);
int __wrap_selinuxns_plan_check(const struct selinuxns_plan *plan, const char *path, int spawn,
				void *report, void *data, struct selinuxns_error *error)
{
	(void)data;
	PROMISE(plan && path && report && spawn >= 0);
	return no(error);
}

int __wrap_selinuxns_init(struct selinuxns_error *error);
int __wrap_selinuxns_init(struct selinuxns_error *error)
{
	return no(error);
}

int __wrap_selinuxns_limits_set(const unsigned int *maxns, const unsigned int *maxnsdepth,
				struct selinuxns_error *error);
int __wrap_selinuxns_limits_set(const unsigned int *maxns, const unsigned int *maxnsdepth,
				struct selinuxns_error *error)
{
	PROMISE(maxns || maxnsdepth);
	return no(error);
}

int __wrap_selinuxns_tree_apply(struct selinuxns_tree *tree, const char *path,
				struct selinuxns_error *error);
int __wrap_selinuxns_tree_apply(struct selinuxns_tree *tree, const char *path,
				struct selinuxns_error *error)
{
	PROMISE(tree && path);
	return no(error);
}

int __wrap_selinuxns_tree_check(struct selinuxns_tree *tree, const char *path,
				struct selinuxns_error *error);
int __wrap_selinuxns_tree_check(struct selinuxns_tree *tree, const char *path,
				struct selinuxns_error *error)
{
	PROMISE(tree && path);
	return no(error);
}

int __wrap_selinuxns_policy_open_file(struct selinuxns_policy **policy, const char *path,
				      struct selinuxns_error *error);
int __wrap_selinuxns_policy_open_file(struct selinuxns_policy **policy, const char *path,
				      struct selinuxns_error *error)
{
	PROMISE(path);
	*policy = NULL;
	return no(error);
}

int __wrap_selinuxns_policy_open_fd(struct selinuxns_policy **policy, int fd, const char *name,
				    struct selinuxns_error *error);
int __wrap_selinuxns_policy_open_fd(struct selinuxns_policy **policy, int fd, const char *name,
				    struct selinuxns_error *error)
{
	PROMISE(fd >= 0 && name);
	*policy = NULL;
	return no(error);
}

int __wrap_selinuxns_policy_open_root(struct selinuxns_policy **policy, int rootfd,
				      struct selinuxns_error *error);
int __wrap_selinuxns_policy_open_root(struct selinuxns_policy **policy, int rootfd,
				      struct selinuxns_error *error)
{
	PROMISE(rootfd >= 0);
	*policy = NULL;
	return no(error);
}

/* libFuzzer has an alarm that the programs would take for the user's. */
int __real_sigaction(int sig, const struct sigaction *action, struct sigaction *old);
int __wrap_sigaction(int sig, const struct sigaction *action, struct sigaction *old);
int __wrap_sigaction(int sig, const struct sigaction *action, struct sigaction *old)
{
	if (!kernel_active())
		return __real_sigaction(sig, action, old);
	if (old)
		memset(old, 0, sizeof(*old));
	return 0;
}

sighandler_t __real_signal(int sig, sighandler_t handler);
sighandler_t __wrap_signal(int sig, sighandler_t handler);
sighandler_t __wrap_signal(int sig, sighandler_t handler)
{
	return kernel_active() ? SIG_DFL : __real_signal(sig, handler);
}

/* The input is gone after this. */
int __wrap_putenv(char *text);
int __wrap_putenv(char *text)
{
	PROMISE(strchr(text, '=') > text);
	return 0;
}

/* ---- the programs ------------------------------------------------------------------ */

static void check_unshareselinux(int argc, char **argv)
{
	int rc = cmd_unshareselinux(argc, argv);

	/* A wrong option: nothing was begun. The rest failed as everything does here. */
	PROMISE(rc == 0 || rc == 125);
	PROMISE(done <= 1 && (rc == 125 || !done));
	if (command && optind < argc)
		PROMISE(command == argv + optind);
	if (command && optind == argc)
		PROMISE(command[0][0] && !command[1]);
}

static void check_selinuxns(int argc, char **argv)
{
	int rc = cmd_selinuxns(argc, argv);

	PROMISE((rc >= 0 && rc <= 2) || rc == 126 || rc == 127);
	/* To doctor, a policy that cannot be read is an answer, too. */
	PROMISE(!done || rc != 0);
}

static void check_selinuxunshared(int argc, char **argv)
{
	int rc = cmd_selinuxunshared(argc, argv);

	PROMISE((rc == 0 || rc == 1 || rc == 255) && !done);
}

#ifdef WITH_SIM
static void check_sim(int argc, char **argv)
{
	int rc;

	fault_clear();
	rc = cmd_sim(argc, argv);
	PROMISE((rc == 0 || rc == 125 || rc == CMD_STARTED) && !done);
	fault_clear();
}
#endif

static const struct {
	const char *name;
	void (*check)(int argc, char **argv);
} programs[] = {
	{ "unshareselinux", check_unshareselinux },
	{ "selinuxns", check_selinuxns },
	{ "selinuxunshared", check_selinuxunshared },
#ifdef WITH_SIM
	{ "selinuxns-sim", check_sim },
#endif
};

static void run(int argc, char **argv)
{
	size_t said;

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		if (strcmp(argv[0], programs[i].name) != 0)
			continue;
		done = 0;
		command = NULL;
		optind = 0;
		kernel_begin((const uint8_t *)"", 0);
		output_catch();
		programs[i].check(argc, argv);
		free(output_caught(&said));
		kernel_end();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *rest = text;
	char *args[ARGS_MAX], *argv[ARGS_MAX + 1];
	int argc = 0;

	/* Each in memory of its own; options are permuted, so all are kept twice. */
	while (rest && argc < ARGS_MAX) {
		args[argc] = argv[argc] = strdup(strsep(&rest, "\n"));
		argc++;
	}
	argv[argc] = NULL;
	run(argc, argv);
	while (argc > 0)
		free(args[--argc]);
	free(text);
	return 0;
}
