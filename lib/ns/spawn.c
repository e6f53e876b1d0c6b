/* SPDX-License-Identifier: MIT */
/*
 * spawn.c - selinuxns_setup(), selinuxns_exec() and selinuxns_spawn(): the plan, done.
 *
 * May call the rest of ns/. What runs in the child of selinuxns_spawn() is async-signal-safe.
 * Must never execute a command after a step failed, and never leave a child unreaped that
 * did not come to execute one.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <selinux/selinux.h>
#include <selinux/selinuxns.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/log.h"
#include "ns/command.h"
#include "ns/plan.h"

#define STEP_SPAWN "spawn"

/* ---- in the calling process -------------------------------------------------- */

static void tell_watch(struct work *work, const char *step, const char *object)
{
	if (work->plan->watch)
		work->plan->watch(work->plan->watch_data, step, object);
}

int selinuxns_setup(const struct selinuxns_plan *plan, const char *command,
		    struct selinuxns_error *error)
{
	__attribute__((cleanup(work_release))) struct work work;

	work_init(&work, plan, error);
	if (prepare(&work, command, plan_search_path(environ), false, NULL, NULL) < 0)
		return -1;
	work.tell = tell_watch;
	if (steps_take(&work) < 0)
		return -1;
	/* All is done, whatever this says: it cannot make the set-up a failure. */
	if (selinuxns_forget() < 0)
		ns_log(SELINUX_WARNING, "libselinux could not be made to forget all of the parent "
					"SELinux namespace (see selinuxns_forget(3))");
	ns_error_clear(error);
	return 0;
}

int selinuxns_exec(const struct selinuxns_plan *plan, char *const argv[],
		   struct selinuxns_error *error)
{
	__attribute__((cleanup(work_release))) struct work work;
	__attribute__((cleanup(command_release))) struct command command = { 0 };

	work_init(&work, plan, error);
	if (command_make(&command, &work, argv) < 0 ||
	    prepare(&work, argv[0], command.path, false, NULL, NULL) < 0)
		return -1;
	work.tell = tell_watch;
	if (steps_take(&work) < 0 || command_set_descriptors(&command) < 0)
		return -1;
	command_default_signals(&command);
	tell_watch(&work, STEP_EXECUTE, argv[0]);
	return command_execute(&command);
}

/* ---- in a child ---------------------------------------------------------------- */

/* More than there are steps; what would be too many is only not watched. */
#define NOTES_MAX 24

/*
 * What the child says, in memory that both share: its namespace's policy may deny it the pipe, which
 * only wakes the parent, and whose end says that the command was executed or the child is gone.
 */
struct report {
	atomic_uint notes;
	struct {
		char step[sizeof(((struct selinuxns_error *)0)->step)];
		char object[sizeof(((struct selinuxns_error *)0)->object)];
	} note[NOTES_MAX];
	atomic_bool executes;
	atomic_bool failed;
	struct selinuxns_error error;
};

static void report_unmap(struct report **report)
{
	struct mapping mapping = { *report, sizeof(**report) };

	fd_cleanup_munmap(&mapping);
}

/* Two pipes: one wakes the parent, which has its reading end; one lets the child go on. */
struct ends {
	int reading, writing;
	int going, letting;
};

static void ends_close(const struct ends *ends)
{
	fd_cleanup_close(&ends->reading);
	fd_cleanup_close(&ends->writing);
	fd_cleanup_close(&ends->going);
	fd_cleanup_close(&ends->letting);
}

/* What the child needs beyond the command. */
struct child {
	struct work work; /* first: tell_parent() is given this one */
	struct command command;
	struct report *report;
	struct ends *ends;
	sigset_t mask;
};

static void child_release(struct child *child)
{
	work_release(&child->work);
	command_release(&child->command);
}

static void wake_parent(const struct child *child)
{
	ssize_t n;

	do
		n = write(child->ends->writing, "", 1);
	while (n < 0 && errno == EINTR);
}

static void tell_parent(struct work *work, const char *step, const char *object)
{
	struct child *child = (struct child *)work;
	struct report *report = child->report;
	unsigned int n = atomic_load(&report->notes);
	struct text t;

	if (n == NOTES_MAX)
		return;
	text_init(&t, report->note[n].step, sizeof(report->note[n].step));
	text_str(&t, step);
	text_init(&t, report->note[n].object, sizeof(report->note[n].object));
	text_escaped(&t, object);
	atomic_store(&report->notes, n + 1);
	wake_parent(child);
}

__attribute__((noreturn)) static void fail_child(struct child *child)
{
	child->report->error = *child->work.error;
	atomic_store(&child->report->failed, true);
	_exit(125);
}

__attribute__((noreturn)) static void fail_spawn(struct child *child, const char *object)
{
	ns_fail(child->work.error, errno, STEP_SPAWN, object, NULL, "");
	fail_child(child);
}

/* No one would hear of the command any more, or wait for it. */
static void end_if_orphaned(struct child *child)
{
	struct pollfd end = { .fd = child->ends->writing };

	if (poll(&end, 1, 0) < 0)
		fail_spawn(child, child->command.argv[0]);
	if (end.revents & POLLERR)
		_exit(125);
}

/* Not before the caller has all that it needs to hold the command. */
static void wait_for_caller(struct child *child)
{
	char byte;
	ssize_t n = read(child->ends->going, &byte, 1);

	if (n < 0)
		fail_spawn(child, child->command.argv[0]);
	if (n == 0)
		_exit(125); /* it ended, or gave up */
}

/* The caller's handlers must not run here; exec makes them default only at its end. */
static void reset_signals(const struct child *child)
{
	for (int sig = 1; sig <= SIGRTMAX; sig++) {
		struct sigaction action;

		if (sigaction(sig, NULL, &action) < 0 || action.sa_handler == SIG_IGN)
			continue;
		action.sa_handler = SIG_DFL;
		action.sa_flags = 0;
		sigaction(sig, &action, NULL);
	}
	command_default_signals(&child->command);
	sigprocmask(SIG_SETMASK, &child->mask, NULL);
}

__attribute__((noreturn)) static void run_child(struct child *child)
{
	struct work *work = &child->work;

	/* The parent's ends are the parent's alone, so that their end is its end. */
	close(child->ends->reading);
	close(child->ends->letting);
	/* Before the wait: of two children, each could have the end that the other waits for. */
	if (command_close_unneeded(&child->command) < 0)
		fail_child(child);
	wait_for_caller(child);
	if (work->plan->death_signal && prctl(PR_SET_PDEATHSIG, work->plan->death_signal) < 0)
		fail_spawn(child, "death signal");
	if (work->plan->session && setsid() < 0)
		fail_spawn(child, "session");
	if (steps_take(work) < 0 || command_set_descriptors(&child->command) < 0)
		fail_child(child);
	end_if_orphaned(child);
	tell_parent(work, STEP_EXECUTE, child->command.argv[0]);
	atomic_store(&child->report->executes, true);
	reset_signals(child);
	command_execute(&child->command);
	fail_child(child);
}

/* ---- its parent ------------------------------------------------------------------ */

static void pass_notes(const struct selinuxns_plan *plan, const struct report *report,
		       unsigned int *passed)
{
	for (unsigned int n = atomic_load(&report->notes); *passed < n; ++*passed)
		if (plan->watch)
			plan->watch(plan->watch_data, report->note[*passed].step,
				    report->note[*passed].object);
}

/* The end of the pipe without its bytes, which a policy may deny this process to read. */
static void await_end(int fd)
{
	struct pollfd end = { .fd = fd };

	while (poll(&end, 1, -1) < 0 && errno == EINTR)
		;
}

/* Hears the child to its end. 0: it executed the command; -1: it did not, or is not to go on. */
static int hear_child(const struct child *child, int fd, struct selinuxns_error *error)
{
	const struct report *report = child->report;
	unsigned int passed = 0;
	char bytes[64];
	ssize_t n;

	do {
		n = read(fd, bytes, sizeof(bytes));
		pass_notes(child->work.plan, report, &passed);
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (n < 0) {
		await_end(fd);
		pass_notes(child->work.plan, report, &passed);
	}
	if (atomic_load(&report->failed)) {
		if (error)
			*error = report->error;
		errno = report->error.err;
		return -1;
	}
	if (!atomic_load(&report->executes))
		return ns_fail(error, ECANCELED, STEP_SPAWN, child->command.argv[0],
			       "the child ended before it came to execute the command", "");
	return 0;
}

static void reap(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* The numbers of a caller without standard descriptors are for those that the command gets. */
static int above_stdio(int fd)
{
	int above;

	if (fd > STDERR_FILENO)
		return fd;
	above = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	close(fd);
	return above;
}

static int pipe_open(int *reading, int *writing)
{
	int fd[2];

	if (pipe2(fd, O_CLOEXEC) < 0)
		return -1;
	*reading = above_stdio(fd[0]);
	*writing = above_stdio(fd[1]);
	return *reading < 0 || *writing < 0 ? -1 : 0;
}

static int ends_open(struct ends *ends)
{
	return pipe_open(&ends->reading, &ends->writing) < 0 ||
			       pipe_open(&ends->going, &ends->letting) < 0
		       ? -1
		       : 0;
}

static pid_t fork_child(struct child *child)
{
	sigset_t all;
	pid_t pid;
	int saved;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &child->mask);
	pid = fork();
	if (pid == 0)
		run_child(child);
	saved = errno;
	pthread_sigmask(SIG_SETMASK, &child->mask, NULL);
	errno = saved;
	return pid;
}

/* Before the child may go on: 0, or -1 with errno. */
static int hold(pid_t pid, int *pidfd, const struct ends *ends)
{
	if (pidfd) {
		*pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
		if (*pidfd < 0)
			return -1;
	}
	return write(ends->letting, "", 1) == 1 ? 0 : -1;
}

static int start(struct child *child, pid_t *pid, int *pidfd)
{
	struct ends *ends = child->ends;
	struct selinuxns_error *error = child->work.error;
	const char *name = child->command.argv[0];
	int rc;

	*pid = fork_child(child);
	if (*pid < 0)
		return ns_fail(error, errno, STEP_SPAWN, name, NULL, "");
	close(steal_fd(&ends->writing));
	rc = hold(*pid, pidfd, ends);
	/* Not before: of a child that was killed, SIGPIPE would tell. */
	close(steal_fd(&ends->going));
	if (rc < 0)
		ns_fail(error, errno, STEP_SPAWN, name, NULL,
			errno == ENOSYS ? "; pidfd_open(2) is missing (Linux 5.3)" : "");
	close(steal_fd(&ends->letting));
	if (rc == 0)
		rc = hear_child(child, ends->reading, error);
	if (rc < 0) {
		int saved = errno;

		/* It ends by itself; but if it was misheard, its command must not be waited for. */
		kill(*pid, SIGKILL);
		reap(*pid);
		*pid = -1;
		if (pidfd && *pidfd >= 0)
			close(steal_fd(pidfd));
		errno = saved;
	}
	return rc;
}

int selinuxns_spawn(const struct selinuxns_plan *plan, char *const argv[], pid_t *pid, int *pidfd,
		    struct selinuxns_error *error)
{
	__attribute__((cleanup(ends_close))) struct ends ends = { -1, -1, -1, -1 };
	__attribute__((cleanup(report_unmap))) struct report *report = NULL;
	__attribute__((cleanup(child_release))) struct child child = { .report = NULL };
	struct selinuxns_error own;

	*pid = -1;
	if (pidfd)
		*pidfd = -1;
	/* The child has to fill one, whether the caller wants it or not. */
	work_init(&child.work, plan, error ? error : &own);
	if (command_make(&child.command, &child.work, argv) < 0 ||
	    prepare(&child.work, argv[0], child.command.path, true, NULL, NULL) < 0)
		return -1;
	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (report == MAP_FAILED || ends_open(&ends) < 0)
		return ns_fail(child.work.error, errno, STEP_SPAWN, argv[0], NULL, "");
	child.report = report;
	child.ends = &ends;
	command_need(&child.command, ends.writing);
	command_need(&child.command, ends.going);
	child.work.tell = tell_parent;
	if (start(&child, pid, pidfd) < 0)
		return -1;
	ns_error_clear(error);
	return 0;
}
