/* SPDX-License-Identifier: MIT */
/*
 * spawn.c - fills a plan as its arguments say, and uses it.
 *
 * For spawn.t. Usage: spawn [SETTING[:VALUE]...] [-- COMMAND [ARGUMENT...]]
 * The settings are the plan's, and some of its own (see the table); without "how" the
 * command is spawned and waited for. Prints lines "NAME: ...", one for each thing that can
 * be known of how it went. Linked to the shared library, as a user's program is; must never
 * look inside of it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <selinux/selinuxns.h>

static struct selinuxns_plan *plan;
static struct selinuxns_policy *policy;
static struct selinuxns_error *error;
static const char *how = "spawn";
static char *environment[32];
static size_t n_environment;
static const char *contexts[8];
static size_t n_contexts;
static int times = 1, threads;
static bool wants_pidfd, no_error, dies;
static atomic_bool stop;

static const char *name_of(int err)
{
	const char *name = strerrorname_np(err);

	return name ? name : "unknown";
}

static void need(int rc, const char *what)
{
	if (rc >= 0)
		return;
	printf("%s: %s\n", what, name_of(errno));
	if (strncmp(what, "policy", 6) == 0)
		printf("message: %s\n", selinuxns_error_message(error));
	exit(2);
}

/* ---- settings ------------------------------------------------------------------ */

static void use_policy(int rc, const char *what)
{
	need(rc, what);
	need(selinuxns_plan_set_policy(plan, policy), what);
}

static void set_policy_file(char *v)
{
	use_policy(selinuxns_policy_open_file(&policy, v, error), "policy-file");
}

static void set_policy_fd(char *v)
{
	int fd = open(v, O_RDONLY | O_CLOEXEC);

	use_policy(selinuxns_policy_open_fd(&policy, fd, "a descriptor", error), "policy-fd");
	close(fd);
}

/* The memory is overwritten after that: a copy must have been made. */
static void set_policy_memory(char *v)
{
	static char image[16 << 20];
	FILE *file = fopen(v, "r");
	size_t size = file ? fread(image, 1, sizeof(image), file) : 0;

	use_policy(selinuxns_policy_open_memory(&policy, image, size, "memory", error),
		   "policy-memory");
	memset(image, 0, sizeof(image));
	if (file)
		fclose(file);
}

static void set_policy_root(char *v)
{
	need(selinuxns_plan_set_policy_from_root(plan, v[0] != '0'), "policy-root");
}

static void set_mount(char *v)
{
	need(selinuxns_plan_set_mount(plan, v[0] != '0'), "mount");
}

static void set_boolean(char *v)
{
	char *value = strchr(v, '=');

	if (!value)
		exit(2);
	*value++ = '\0';
	need(selinuxns_plan_set_boolean(plan, v, atoi(value)), "boolean");
}

static void set_context(char *v)
{
	need(selinuxns_plan_set_context(plan, v), "context");
	contexts[n_contexts++ % 8] = v;
}

static void set_exec_context(char *v)
{
	need(selinuxns_plan_set_exec_context(plan, v), "exec-context");
}

static void set_mode(char *v)
{
	need(selinuxns_plan_set_mode(plan, atoi(v)), "mode");
}

static void set_root(char *v)
{
	need(selinuxns_plan_set_root(plan, v), "root");
}

static void set_workdir(char *v)
{
	need(selinuxns_plan_set_workdir(plan, v), "workdir");
}

static void set_env(char *v)
{
	environment[n_environment++] = v;
	need(selinuxns_plan_set_environment(plan, environment), "env");
}

static void set_keep(char *v)
{
	need(selinuxns_plan_keep_fd(plan, strcmp(v, "all") ? atoi(v) : SELINUXNS_KEEP_ALL), "keep");
}

/* NUMBER=FD */
static void set_stdio(char *v)
{
	need(selinuxns_plan_set_stdio(plan, v[0] - '0', atoi(v + 2)), "stdio");
}

static void set_default(char *v)
{
	need(selinuxns_plan_default_signal(plan, atoi(v)), "default");
}

static void set_session(char *v)
{
	need(selinuxns_plan_set_session(plan, v[0] != '0'), "session");
}

static void set_wait(char *v)
{
	need(selinuxns_plan_set_wait(plan, (unsigned int)atoi(v)), "wait");
}

static void set_death(char *v)
{
	need(selinuxns_plan_set_death_signal(plan, atoi(v)), "death");
}

static const char *swapped; /* a root that is replaced when it was checked */

/* A pipe of another thread's, say: does its end come while the child is set up? */
static int pipe_fds[2] = { -1, -1 };
static const char *pipe_step;

static void set_pipe(char *v)
{
	pipe_step = v;
}

static void look_at_pipe(void)
{
	struct pollfd end = { .fd = pipe_fds[0] };

	close(pipe_fds[1]);
	poll(&end, 1, 500);
	printf("pipe: %s\n", end.revents & POLLHUP ? "ends" : "held");
	close(pipe_fds[0]);
	pipe_fds[0] = -1;
}

static void print_step(void *data, const char *step, const char *object)
{
	printf("%s: %s%s%s\n", (const char *)data, step, object[0] ? ": " : "", object);
	if (pipe_fds[0] >= 0 && strcmp(step, pipe_step) == 0)
		look_at_pipe();
	if (swapped && strcmp(step, "open root") == 0) {
		char old[4096];

		snprintf(old, sizeof(old), "%s.old", swapped);
		if (rename(swapped, old) < 0 || mkdir(swapped, 0755) < 0)
			printf("swap: %s\n", name_of(errno));
	}
}

static void set_swap(char *v)
{
	swapped = v;
}

static void set_cloexec(char *v)
{
	need(fcntl(atoi(v), F_SETFD, FD_CLOEXEC), "cloexec");
}

static void set_watch(char *v)
{
	static char name[] = "step";

	(void)v;
	need(selinuxns_plan_set_watch(plan, print_step, name), "watch");
}

static void set_how(char *v)
{
	how = v;
}

static void set_times(char *v)
{
	times = atoi(v);
}

static void set_threads(char *v)
{
	threads = atoi(v);
}

static void set_pidfd(char *v)
{
	(void)v;
	wants_pidfd = true;
}

static void set_no_error(char *v)
{
	(void)v;
	no_error = true;
}

/* End by a signal as soon as the command runs. */
static void set_dies(char *v)
{
	(void)v;
	dies = true;
}

static void ignore_signal(char *v)
{
	signal(atoi(v), SIG_IGN);
}

static void no_handler(int sig)
{
	(void)sig;
}

static void handle_signal(char *v)
{
	signal(atoi(v), no_handler);
}

static void block_signal(char *v)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, atoi(v));
	sigprocmask(SIG_BLOCK, &set, NULL);
}

/* The values that setters refuse, and that a refused one leaves the plan as it was. */
static void bad_values(char *v)
{
	(void)v;
#define BAD(call)                                              \
	do {                                                   \
		int rc = call;                                 \
		printf(#call ": %d %s\n", rc, name_of(errno)); \
	} while (0)
	BAD(selinuxns_plan_set_boolean(plan, "", 1));
	BAD(selinuxns_plan_set_boolean(plan, "a/b", 1));
	BAD(selinuxns_plan_set_mode(plan, -1));
	BAD(selinuxns_plan_set_mode(plan, 3));
	BAD(selinuxns_plan_keep_fd(plan, -2));
	BAD(selinuxns_plan_set_stdio(plan, 3, 0));
	BAD(selinuxns_plan_set_stdio(plan, -1, 0));
	BAD(selinuxns_plan_set_stdio(plan, 0, -2));
	BAD(selinuxns_plan_default_signal(plan, 0));
	BAD(selinuxns_plan_default_signal(plan, 1000));
	BAD(selinuxns_plan_default_signal(plan, 9));
	BAD(selinuxns_plan_set_death_signal(plan, -1));
	BAD(selinuxns_plan_set_death_signal(plan, 1000));
#undef BAD
	selinuxns_plan_free(NULL);
}

static const struct setting {
	const char *name;
	void (*set)(char *value);
} settings[] = {
	{ "policy-file", set_policy_file },
	{ "policy-fd", set_policy_fd },
	{ "policy-memory", set_policy_memory },
	{ "policy-root", set_policy_root },
	{ "mount", set_mount },
	{ "boolean", set_boolean },
	{ "context", set_context },
	{ "exec-context", set_exec_context },
	{ "mode", set_mode },
	{ "root", set_root },
	{ "workdir", set_workdir },
	{ "env", set_env },
	{ "keep", set_keep },
	{ "stdio", set_stdio },
	{ "default", set_default },
	{ "session", set_session },
	{ "wait", set_wait },
	{ "death", set_death },
	{ "watch", set_watch },
	/* Not the plan's. */
	{ "swap", set_swap },
	{ "pipe", set_pipe },
	{ "cloexec", set_cloexec },
	{ "how", set_how },
	{ "times", set_times },
	{ "threads", set_threads },
	{ "pidfd", set_pidfd },
	{ "no-error", set_no_error },
	{ "dies", set_dies },
	{ "ignore", ignore_signal },
	{ "handle", handle_signal },
	{ "block", block_signal },
	{ "bad-values", bad_values },
};

static void set(char *argument)
{
	char *value = strchr(argument, ':');

	if (value)
		*value++ = '\0';
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		if (strcmp(settings[i].name, argument) == 0) {
			settings[i].set(value ? value : (char[]){ "" });
			return;
		}
	}
	fprintf(stderr, "spawn: no setting %s\n", argument);
	exit(2);
}

/* ---- using the plan ------------------------------------------------------------- */

static int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = -1; /* its own */

	if (!dir)
		return -1;
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static void say(const char *what, int rc)
{
	if (rc >= 0)
		printf("%s: %d\n", what, rc);
	else
		printf("%s: %d %s\n", what, rc, name_of(errno));
	if (rc < 0 && !no_error)
		printf("step: %s\nobject: %s\nmessage: %s\n", selinuxns_error_step(error),
		       selinuxns_error_object(error), selinuxns_error_message(error));
	if (rc >= 0 && selinuxns_error_errno(error))
		printf("the error object is filled after a success\n");
}

static void spawn(char **argv)
{
	int fds = count_fds(), pidfd = -1, status = 0, rc;
	pid_t pid = -1;
	/* The C library fills no more of a set than the kernel has signals. */
	sigset_t before = { { 0 } }, after = { { 0 } };

	if (pipe_step)
		need(pipe2(pipe_fds, O_CLOEXEC), "pipe");
	sigprocmask(SIG_BLOCK, NULL, &before);
	rc = selinuxns_spawn(plan, argv, &pid, wants_pidfd ? &pidfd : NULL,
			     no_error ? NULL : error);
	say("spawn", rc);
	if (pipe_fds[0] >= 0)
		look_at_pipe();
	sigprocmask(SIG_BLOCK, NULL, &after);
	if (memcmp(&before, &after, sizeof(before)) != 0)
		printf("the signal mask has changed\n");
	if (rc == 0 && dies)
		kill(getpid(), SIGKILL);
	if (rc == 0 && wants_pidfd) {
		printf("close-on-exec: %d\n", fcntl(pidfd, F_GETFD) & FD_CLOEXEC);
		syscall(SYS_pidfd_send_signal, pidfd, SIGTERM, NULL, 0);
		close(pidfd);
	}
	if (rc == 0 && waitpid(pid, &status, 0) == pid)
		printf("%s: %d\n", WIFSIGNALED(status) ? "signal" : "exit",
		       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	/* ECHILD: there is none, not even a zombie. */
	rc = waitpid(-1, &status, WNOHANG);
	printf("children: %s\n", rc < 0 && errno == ECHILD ? "none" : "left");
	printf("leaks: %d\n", count_fds() - fds);
}

static void *allocate(void *data)
{
	(void)data;
	while (!stop) {
		void *p[64];

		for (size_t i = 0; i < 64; i++)
			p[i] = malloc(i * 97 + 1);
		for (size_t i = 0; i < 64; i++)
			free(p[i]);
	}
	return NULL;
}

/* Each with a plan of its own, of which some have policies of their own. */
static void *check_often(void *data)
{
	const char *const *argv = data;
	struct selinuxns_error *own = selinuxns_error_new();
	struct selinuxns_plan *mine = selinuxns_plan_new();
	long failures = 0;

	if (!own || !mine)
		return (void *)-1L;
	if (policy)
		selinuxns_plan_set_policy(mine, policy);
	else
		selinuxns_plan_set_policy_from_root(mine, 1);
	for (size_t i = 0; i < n_contexts; i++)
		selinuxns_plan_set_context(mine, contexts[i]);
	selinuxns_plan_set_mode(mine, SELINUXNS_MODE_ENFORCING);
	for (int i = 0; i < 25; i++)
		failures += selinuxns_plan_check(mine, argv[0], 1, NULL, NULL, own) < 0;
	if (failures)
		printf("message: %s\n", selinuxns_error_message(own));
	selinuxns_plan_free(mine);
	selinuxns_error_free(own);
	return (void *)failures;
}

static void check_at_once(char **argv)
{
	pthread_t checkers[4];

	for (size_t i = 0; i < 4; i++)
		if (pthread_create(&checkers[i], NULL, check_often, argv) != 0)
			exit(2);
	for (size_t i = 0; i < 4; i++) {
		void *failures;

		pthread_join(checkers[i], &failures);
		printf("failures: %ld\n", (long)failures);
	}
}

static void report(void *data, const char *check, const char *object, enum selinuxns_result result,
		   const char *message)
{
	(void)data;
	printf("check %d: [%s] [%s] %s\n", result, check, object, message);
}

static void use(char **argv)
{
	if (strcmp(how, "spawn") == 0)
		spawn(argv);
	else if (strcmp(how, "check") == 0)
		say("check", selinuxns_plan_check(plan, argv[0], 1, report, NULL, error));
	else if (strcmp(how, "check-quietly") == 0)
		say("check", selinuxns_plan_check(plan, argv[0], 0, NULL, NULL, error));
	else if (strcmp(how, "check-at-once") == 0)
		check_at_once(argv);
	else if (strcmp(how, "exec-nothing") == 0)
		say("exec", selinuxns_exec(plan, NULL, error));
	else if (strcmp(how, "spawn-nothing") == 0)
		say("spawn", selinuxns_spawn(plan, NULL, &(pid_t){ 0 }, NULL, error));
	else if (strcmp(how, "exec") == 0 || strcmp(how, "exec-or-end") == 0)
		say("exec", selinuxns_exec(plan, argv, no_error ? NULL : error));
	else if (strcmp(how, "init") == 0)
		say("init", selinuxns_init(error));
	else
		say("setup", selinuxns_setup(plan, argv[0], no_error ? NULL : error));
	/* What is executed here, the library has no say in. */
	if (strcmp(how, "spawn") != 0 && strcmp(how, "exec-or-end") != 0 && argv[0] &&
	    strncmp(how, "check", 5) != 0) {
		fflush(stdout);
		execvp(argv[0], argv);
	}
}

int main(int argc, char **argv)
{
	pthread_t others[16];
	int i, n = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	plan = selinuxns_plan_new();
	error = selinuxns_error_new();
	if (!plan || !error)
		return 1;
	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		set(argv[i]);
	while (n < threads && n < 16 && pthread_create(&others[n], NULL, allocate, NULL) == 0)
		n++;
	for (int time = 0; i < argc && time < times; time++)
		use(argv + i + 1);
	stop = true;
	while (n > 0)
		pthread_join(others[--n], NULL);
	selinuxns_plan_free(plan);
	selinuxns_policy_free(policy);
	selinuxns_error_free(error);
	return 0;
}
