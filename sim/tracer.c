/* SPDX-License-Identifier: MIT */
/*
 * tracer.c - follows the command and all its descendants (see tracer.h).
 */
#include "tracer.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inject.h"
#include "kernel.h"
#include "syscalls.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

#define OPTIONS                                                                                   \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | \
	 PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL)

/* What the trace loop remembers of a thread. */
struct thread {
	pid_t tid;
	bool pass_next; /* the call made here was decided, and will stop again */
	unsigned long pass_ip, pass_sp;
	bool waiting; /* stopped since before its parent told of it */
	pid_t tgid, maker; /* waiting: its process, and the one that will tell */
	struct thread *next;
};

#define BUCKETS 256

static struct thread *threads[BUCKETS];

static struct thread *thread_find(pid_t tid)
{
	struct thread *t = threads[(unsigned)tid % BUCKETS];

	while (t && t->tid != tid)
		t = t->next;
	return t;
}

static struct thread *thread_get(pid_t tid)
{
	struct thread *t = thread_find(tid);

	if (t)
		return t;
	t = calloc(1, sizeof(*t));
	if (!t)
		abort(); /* nothing could be simulated truly any more */
	t->tid = tid;
	t->next = threads[(unsigned)tid % BUCKETS];
	threads[(unsigned)tid % BUCKETS] = t;
	return t;
}

static void thread_forget(pid_t tid)
{
	struct thread **at = &threads[(unsigned)tid % BUCKETS], *t;

	while (*at && (*at)->tid != tid)
		at = &(*at)->next;
	t = *at;
	if (!t)
		return;
	*at = t->next;
	free(t);
}

/* ---- events ------------------------------------------------------------------- */

static pid_t the_command;
static bool ended; /* the command has */
static int result; /* its wait status */

static void thread_begin(struct thread *t)
{
	t->waiting = false;
	ptrace(PTRACE_CONT, t->tid, 0, 0);
}

/* A new thread stops for the first time, and the one that made it has not told of it yet. */
static void wait_for_maker(pid_t tid)
{
	struct thread *t = thread_get(tid);
	long tgid = syscalls_status_number(tid, "Tgid", 10);

	t->waiting = true;
	t->tgid = tgid > 0 ? (pid_t)tgid : tid;
	t->maker = t->tgid != tid ? t->tgid : (pid_t)syscalls_status_number(tid, "PPid", 10);
}

/* One whose maker was killed before it could tell of it would wait for ever. */
static void adopt_orphans(void)
{
	for (unsigned i = 0; i < BUCKETS; i++) {
		for (struct thread *t = threads[i]; t; t = t->next) {
			if (!t->waiting || task_group_alive(t->maker))
				continue;
			if (task_adopt(t->tid, t->tgid))
				abort();
			thread_begin(t);
		}
	}
}

static void on_end(pid_t tid, int status)
{
	/* A process that its parent has not reaped keeps its namespace (kernel-abi.md 2.4). */
	task_exit(tid, syscalls_status_number(tid, "Tgid", 10) == tid,
		  WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	thread_forget(tid);
	inject_forget(tid);
	syscalls_forget(tid);
	if (tid == the_command) {
		result = status;
		ended = true;
	}
	adopt_orphans();
}

static void on_new(pid_t parent)
{
	unsigned long message;
	struct thread *t;
	long tgid;

	if (ptrace(PTRACE_GETEVENTMSG, parent, 0, &message))
		return; /* killed: see adopt_orphans() */
	tgid = syscalls_status_number((pid_t)message, "Tgid", 10);
	if (task_fork(parent, (pid_t)message, tgid > 0 ? (pid_t)tgid : (pid_t)message))
		abort(); /* nothing could be simulated truly any more */
	t = thread_get((pid_t)message);
	if (t->waiting)
		thread_begin(t);
}

static void on_exec(pid_t tid)
{
	unsigned long former;

	if (ptrace(PTRACE_GETEVENTMSG, tid, 0, &former))
		former = (unsigned long)tid;
	task_exec(tid, (pid_t)former);
	syscalls_forget((pid_t)former);
	if ((pid_t)former != tid)
		thread_forget((pid_t)former);
	thread_get(tid)->pass_next = false;
}

static void on_stop(pid_t tid, int status);

static void on_call(pid_t tid, bool behind)
{
	struct thread *t = thread_get(tid);
	struct call call;

	if (call_begin(&call, tid, behind))
		return;
	/* Not just any next call: a signal's handler may make some before. */
	if (t->pass_next && !behind && t->pass_ip == call.regs.rip && t->pass_sp == call.regs.rsp) {
		t->pass_next = false;
		ptrace(syscalls_stop_behind(tid) ? PTRACE_SYSCALL : PTRACE_CONT, tid, 0, 0);
		return;
	}
	if (behind) {
		syscalls_behind(&call);
	} else {
		bool pass_next = false;

		syscalls_before(&call, &pass_next);
		if (pass_next) {
			t->pass_next = true;
			t->pass_ip = call.regs.rip;
			t->pass_sp = call.regs.rsp;
		}
	}
	if (call.dead && WIFSTOPPED(call.status))
		on_stop(tid, call.status);
	else if (call.dead)
		on_end(tid, call.status);
}

static bool is_stop_signal(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

static void on_stop(pid_t tid, int status)
{
	int sig = WSTOPSIG(status), event = status >> 16;

	switch (event) {
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		on_new(tid);
		break;
	case PTRACE_EVENT_EXEC:
		on_exec(tid);
		break;
	case PTRACE_EVENT_SECCOMP:
		on_call(tid, false);
		return;
	case PTRACE_EVENT_STOP:
		if (!task_known(tid)) {
			/* A child's first stop may be seen before its parent's event. */
			wait_for_maker(tid);
			adopt_orphans();
			return;
		}
		if (is_stop_signal(sig)) {
			ptrace(PTRACE_LISTEN, tid, 0, 0);
			return;
		}
		break;
	case 0:
		if (sig == (SIGTRAP | 0x80)) {
			on_call(tid, true);
			return;
		}
		inject_restore_signal(tid, sig);
		ptrace(PTRACE_CONT, tid, 0, sig);
		return;
	default:
		break;
	}
	/* A fork or an exec tells of itself before its end, where something may have to be done. */
	ptrace(syscalls_stop_behind(tid) ? PTRACE_SYSCALL : PTRACE_CONT, tid, 0, 0);
}

/* ---- start and end -------------------------------------------------------------- */

/* In the child: everything up to the exec, after the tracer has attached. */
static void child(char *const argv[], int (*isolate)(void), const struct sock_fprog *filter, int go,
		  int report)
{
	char byte;
	int fd, err = 0;

	if (read(go, &byte, 1) != 1)
		_exit(125);
	err = -isolate();
	fd = err ? -1
		 : (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
				SECCOMP_FILTER_FLAG_NEW_LISTENER |
					SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
				filter);
	if (!err && fd < 0)
		err = errno;
	/* The listener's number, or an error; then wait until the tracer has taken it. */
	fd = err ? -err : fd;
	if (write(report, &fd, sizeof(fd)) != sizeof(fd) || err || read(go, &byte, 1) != 1)
		_exit(125);
	execvp(argv[0], argv);
	err = errno;
	fprintf(stderr, "selinuxns-sim: %s: %s\n", argv[0], strerror(err));
	_exit(err == ENOENT ? 127 : 126);
}

static int take_listener(pid_t pid, int number)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0), fd;

	if (pidfd < 0)
		return -errno;
	fd = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);
	if (fd < 0)
		fd = -errno;
	close(pidfd);
	return fd;
}

/* Lets the child report its listener: it is traced, so its stops are handled meanwhile. */
static int wait_report(pid_t pid, int report)
{
	int number = -EIO, status;

	for (;;) {
		ssize_t n = read(report, &number, sizeof(number));

		if (n == (ssize_t)sizeof(number))
			return number;
		if (n == 0 || errno != EAGAIN)
			return -EIO;
		if (waitpid(pid, &status, __WALL | WNOHANG) == pid) {
			if (!WIFSTOPPED(status))
				return -EIO;
			on_stop(pid, status);
		} else {
			usleep(1000);
		}
	}
}

static void on_news(pid_t tid, int status);

pid_t tracer_start(char *const argv[], int (*isolate)(void))
{
	struct sock_fprog filter;
	int go[2], report[2], number, listener;
	pid_t pid;
	int rc = syscalls_filter(&filter);

	if (rc)
		return rc;
	if (pipe2(go, O_CLOEXEC) || pipe2(report, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid)
		child(argv, isolate, &filter, go[0], report[1]);
	close(go[0]);
	close(report[1]);
	free(filter.filter);
	if (ptrace(PTRACE_SEIZE, pid, 0, OPTIONS) || task_first(pid)) {
		rc = -errno;
		kill(pid, SIGKILL);
		return rc;
	}
	thread_get(pid);
	rc = write(go[1], "", 1) == 1 ? 0 : -errno;
	number = rc ? rc : wait_report(pid, report[0]);
	listener = number < 0 ? number : take_listener(pid, number);
	if (listener >= 0)
		rc = syscalls_set_init_userns(pid);
	if (listener < 0 || rc) {
		kill(pid, SIGKILL);
		return listener < 0 ? listener : rc;
	}
	inject_set_listener(listener);
	inject_set_dispatcher(on_news);
	rc = write(go[1], "", 1) == 1 ? 0 : -errno;
	close(go[1]);
	close(report[0]);
	return rc ? rc : pid;
}

static void end_all(void)
{
	pid_t *tids;
	size_t n = task_list(&tids);

	for (size_t i = 0; i < n; i++)
		kill(tids[i], SIGKILL);
	free(tids);
	for (unsigned i = 0; i < BUCKETS; i++)
		for (struct thread *t = threads[i]; t; t = t->next)
			if (t->waiting)
				kill(t->tid, SIGKILL);
}

static void on_news(pid_t tid, int status)
{
	if (WIFSTOPPED(status))
		on_stop(tid, status);
	else
		on_end(tid, status);
	/* The machine goes off with its command, as a machine does with its init. */
	if (ended)
		end_all();
}

int tracer_run(pid_t command)
{
	int status;
	pid_t tid;

	the_command = command;
	for (;;) {
		tid = waitpid(-1, &status, __WALL);
		if (tid < 0 && errno == EINTR)
			continue;
		if (tid < 0)
			return result; /* no one is left */
		on_news(tid, status);
	}
}
