/* SPDX-License-Identifier: MIT */
/*
 * stress.c - one process makes namespaces with selinuxns_spawn(): many in a row, or many at once.
 *
 * Usage: stress row N POLICY | stress once N POLICY CONTEXT | stress limit N POLICY
 *   row    N in a row, of which some fail on purpose: a check, a step, the execution
 *   once   N at once, by eight threads; each is asked for its context, then all end
 *   limit  as many as there may be, each the last; then, with a wait, those that can be had when one ends
 * Prints "NAME: VALUE"; what may not grow is given before and after, of this process and of the
 * simulator that traces it. Linked to the shared library, as a user's program is.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <selinux/selinuxns.h>

static struct selinuxns_policy *policy;

static void die(const char *what, const struct selinuxns_error *error)
{
	printf("failed: %s: %s\n", what,
	       error && selinuxns_error_errno(error) ? selinuxns_error_message(error)
						     : strerror(errno));
	exit(1);
}

/* ---- what may not grow --------------------------------------------------------- */

static int entries(const char *path)
{
	DIR *dir = opendir(path);
	int n = -3; /* "." and ".."; and its own, or another's own that is as short-lived */

	if (!dir)
		return -1;
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static long status_of(const char *process, const char *field)
{
	char path[64], line[256];
	long value = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/status", process);
	file = fopen(path, "re");
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file))
		if (strncmp(line, field, strlen(field)) == 0)
			value = strtol(line + strlen(field) + 1, NULL, 10);
	fclose(file);
	return value;
}

static int lines_of(const char *path)
{
	FILE *file = fopen(path, "re");
	int c, n = 0;

	while (file && (c = getc(file)) != EOF)
		n += c == '\n';
	if (file)
		fclose(file);
	return n;
}

/* What ended last is still being freed (kernel-abi.md 2.4): the simulator's threads tell. */
static void settle(const char *tracer, bool begin)
{
	static long threads;

	for (int tries = 0; !begin && tries < 200 && status_of(tracer, "Threads") > threads;
	     tries++)
		usleep(100000);
	if (begin)
		threads = status_of(tracer, "Threads");
}

static void print_use(const char *when)
{
	char tracer[32], path[64];

	snprintf(tracer, sizeof(tracer), "%ld", status_of("self", "TracerPid"));
	settle(tracer, strcmp(when, "before") == 0);
	printf("%s descriptors: %d\n", when, entries("/proc/self/fd"));
	printf("%s memory: %ld\n", when, status_of("self", "VmRSS"));
	printf("%s mounts: %d\n", when, lines_of("/proc/self/mountinfo"));
	snprintf(path, sizeof(path), "/proc/%s/fd", tracer);
	printf("%s simulator descriptors: %d\n", when, entries(path));
	printf("%s simulator memory: %ld\n", when, status_of(tracer, "VmRSS"));
	snprintf(path, sizeof(path), "/proc/%s/mountinfo", tracer);
	printf("%s simulator mounts: %d\n", when, lines_of(path));
	printf("%s simulator threads: %ld\n", when, status_of(tracer, "Threads"));
	fflush(stdout);
}

/* ---- plans ----------------------------------------------------------------------- */

static struct selinuxns_plan *make_plan(const char *context, unsigned int wait_ms)
{
	struct selinuxns_plan *plan = selinuxns_plan_new();

	if (!plan || selinuxns_plan_set_policy(plan, policy) < 0 ||
	    selinuxns_plan_set_mode(plan, SELINUXNS_MODE_ENFORCING) < 0 ||
	    (context && selinuxns_plan_set_context(plan, context) < 0) ||
	    selinuxns_plan_set_wait(plan, wait_ms) < 0)
		die("plan", NULL);
	return plan;
}

/* 0 when the command ran and ended with 0; -1 with errno. */
static int run(const struct selinuxns_plan *plan, const char *command,
	       struct selinuxns_error *error)
{
	char *argv[] = { (char *)command, NULL };
	int status;
	pid_t pid;

	if (selinuxns_spawn(plan, argv, &pid, NULL, error) < 0)
		return -1;
	if (waitpid(pid, &status, 0) != pid || status != 0)
		die("the command", NULL);
	return 0;
}

/* ---- in a row --------------------------------------------------------------------- */

static void in_a_row(int n)
{
	struct selinuxns_error *error = selinuxns_error_new();
	struct selinuxns_plan *good = make_plan(NULL, 10000);
	struct selinuxns_plan *unknown = make_plan("no:such:context", 10000);
	int made = 0, refused = 0, unexecuted = 0;

	for (int i = 0; i < n; i++) {
		/* The first few hundred fill caches. */
		if (i == n / 10) {
			sleep(1);
			print_use("before");
		}
		switch (i % 10) {
		case 3:
			refused += run(unknown, "true", error) < 0 && errno == EINVAL;
			break;
		case 7:
			unexecuted += run(good, "/no/such/command", error) < 0 && errno == ENOENT;
			break;
		default:
			if (run(good, "true", error) < 0)
				die("spawn", error);
			made++;
		}
	}
	print_use("after");
	printf("made: %d\nrefused: %d\nunexecuted: %d\n", made, refused, unexecuted);
	selinuxns_plan_free(good);
	selinuxns_plan_free(unknown);
	selinuxns_error_free(error);
}

/* ---- at once ------------------------------------------------------------------------ */

#define THREADS 8

struct child {
	pid_t pid;
	int out; /* what it says; it ends when it is killed */
	int err; /* of the spawn */
};

static struct child *children;
static int n_children;
static const char *context;

static void start(struct child *child, unsigned int wait_ms)
{
	static char *const argv[] = { (char *)"sh", (char *)"-c",
				      (char *)"cat /proc/self/attr/current; exec sleep 1000",
				      NULL };
	struct selinuxns_plan *plan = make_plan(context, wait_ms);
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0 ||
	    selinuxns_plan_set_stdio(plan, STDOUT_FILENO, ends[1]) < 0)
		die("pipe", NULL);
	child->pid = -1;
	child->err = selinuxns_spawn(plan, argv, &child->pid, NULL, NULL) < 0 ? errno : 0;
	child->out = ends[0];
	close(ends[1]);
	selinuxns_plan_free(plan);
}

static bool has_context(const struct child *child, const char *wanted)
{
	char said[256];
	ssize_t n = read(child->out, said, sizeof(said) - 1);

	said[n > 0 ? n : 0] = '\0';
	return strcmp(said, wanted) == 0;
}

static void end(struct child *child)
{
	if (child->pid > 0) {
		kill(child->pid, SIGKILL);
		waitpid(child->pid, NULL, 0);
	}
	close(child->out);
}

static void *start_some(void *first)
{
	for (struct child *c = first; c < children + n_children; c += THREADS)
		start(c, 10000);
	return NULL;
}

static void at_once(void)
{
	pthread_t threads[THREADS];
	int good = 0;

	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, start_some, children + i) != 0)
			die("thread", NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < n_children; i++)
		good += children[i].err == 0 && has_context(&children[i], context);
	printf("at once: %d\n", good);
	for (int i = 0; i < n_children; i++)
		end(&children[i]);
}

/* ---- at a limit -------------------------------------------------------------------- */

static void *end_later(void *child)
{
	usleep(300000);
	end(child);
	return NULL;
}

static void at_limit(void)
{
	struct child more;
	pthread_t thread;
	int made = 0;

	for (int i = 0; i < n_children; i++) {
		start(&children[i], 0);
		made += children[i].err == 0;
	}
	printf("up to the limit: %d\n", made);
	start(&more, 0);
	printf("one more: %s\n", more.err ? strerrorname_np(more.err) : "made");
	end(&more);
	start(&more, 200);
	printf("with a wait in vain: %s\n", more.err ? strerrorname_np(more.err) : "made");
	end(&more);
	if (pthread_create(&thread, NULL, end_later, &children[0]) != 0)
		die("thread", NULL);
	start(&more, 20000);
	printf("with a wait, when one ends: %s\n", more.err ? strerrorname_np(more.err) : "made");
	pthread_join(thread, NULL);
	end(&more);
	for (int i = 1; i < n_children; i++)
		end(&children[i]);
	for (int i = 0; i < n_children; i++) {
		start(&children[i], 20000);
		made -= children[i].err == 0;
	}
	printf("not recovered: %d\n", made);
	for (int i = 0; i < n_children; i++)
		end(&children[i]);
}

int main(int argc, char **argv)
{
	struct selinuxns_error *error = selinuxns_error_new();

	if (argc < 4)
		return 2;
	n_children = atoi(argv[2]);
	children = calloc((size_t)n_children, sizeof(*children));
	context = argc > 4 ? argv[4] : NULL;
	if (!children || !error || selinuxns_policy_open_file(&policy, argv[3], error) < 0)
		die("begin", error);
	if (strcmp(argv[1], "row") == 0) {
		in_a_row(n_children);
	} else {
		/* Twice: the first time fills caches. */
		for (int time = 0; time < 2; time++) {
			if (time == 1) {
				sleep(1);
				print_use("before");
			}
			if (strcmp(argv[1], "once") == 0)
				at_once();
			else
				at_limit();
		}
		print_use("after");
	}
	selinuxns_policy_free(policy);
	selinuxns_error_free(error);
	free(children);
	return 0;
}
