/* SPDX-License-Identifier: MIT */
/*
 * threads.c - threads that unshare, execute and are interrupted, for the test scripts.
 *
 *   threads main		the main thread unshares beside another one
 *   threads worker		another thread unshares beside the main one
 *	both print, a line each: what each thread is by its own view, whether it is unshared, what
 *	the one that moved sees of the one that stayed and the other way round, and what a child
 *	process of each sees of itself
 *   threads exec COMMAND...	a thread that is not the main one executes COMMAND
 *   threads storm SECONDS	threads that read their contexts while signals reach them; prints
 *				"ok" if each read gave what it should
 *   threads queue N		N queued signals interrupt open(2); prints "ok" if each came with
 *				its sender and its value, in order
 *   threads zombie COMMAND	a child unshares and ends; COMMAND runs before it is waited for
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GET     459
#define SET     460
#define UNSHARE 106

static int unshare_here(void)
{
	const uint64_t entry[4] = { 101, 0, 32, 0 };
	int fd, rc;

	if (!syscall(SET, UNSHARE, entry, 32, 0))
		return 0;
	fd = open("/sys/fs/selinux/unshare", O_WRONLY | O_CLOEXEC);
	rc = fd < 0 || write(fd, "1", 1) != 1 ? -1 : 0;
	if (fd >= 0)
		close(fd);
	return rc;
}

static int unshared_here(void)
{
	struct {
		uint64_t id, flags, len, ctx_len;
		unsigned char ctx[8];
	} entry;
	uint32_t size = sizeof(entry);

	return syscall(GET, UNSHARE, &entry, &size, 0) == 1 ? entry.ctx[0] : -1;
}

static void context_of(pid_t tid, char *buf, size_t size)
{
	char path[64];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/attr/current", (int)tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		n = read(fd, buf, size - 1);
	buf[n > 0 ? n : 0] = '\0';
	if (n < 0)
		snprintf(buf, size, "%s", strerrorname_np(errno));
	if (fd >= 0)
		close(fd);
}

static void show(const char *what, pid_t tid)
{
	char buf[4096];

	context_of(tid, buf, sizeof(buf));
	printf("%s %s\n", what, buf);
}

/* A child process of the calling thread, and what that sees of itself. */
static void show_child(const char *what)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		show(what, getpid());
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

/* ---- one thread unshares beside another ------------------------------------------------- */

static pthread_barrier_t barrier;
static pid_t mover, stayer;

static void step(void)
{
	pthread_barrier_wait(&barrier);
}

static void move(void)
{
	mover = gettid();
	step();
	if (unshare_here())
		printf("unshare %s\n", strerrorname_np(errno));
	show("moved", mover);
	printf("moved-unshared %d\n", unshared_here());
	show("moved-sees-stayed", stayer);
	show_child("child-of-moved");
	step();
	step();
}

static void stay(void)
{
	stayer = gettid();
	step();
	step();
	show("stayed", stayer);
	printf("stayed-unshared %d\n", unshared_here());
	show("stayed-sees-moved", mover);
	show_child("child-of-stayed");
	step();
}

static void *in_thread(void *what)
{
	if (*(const char *)what == 'm')
		stay();
	else
		move();
	return NULL;
}

static int beside(char *what)
{
	pthread_t thread;

	pthread_barrier_init(&barrier, NULL, 2);
	if (pthread_create(&thread, NULL, in_thread, what))
		return 1;
	if (*what == 'm')
		move();
	else
		stay();
	pthread_join(thread, NULL);
	return 0;
}

/* ---- a thread executes --------------------------------------------------------------------- */

static void *wait_for_ever(void *unused)
{
	(void)unused;
	for (;;)
		pause();
	return NULL;
}

/* Threads that are in traced system calls all the time. */
static void *read_for_ever(void *unused)
{
	(void)unused;
	for (;;) {
		int fd = open("/proc/thread-self/attr/current", O_RDONLY | O_CLOEXEC);

		if (fd >= 0)
			close(fd);
	}
	return NULL;
}

static void *execute(void *argv)
{
	usleep(2000);
	execvp(((char **)argv)[0], argv);
	perror(((char **)argv)[0]);
	_exit(127);
}

static int exec_in_thread(char **argv)
{
	pthread_t thread;

	for (int i = 0; i < 3; i++)
		if (pthread_create(&thread, NULL, i ? read_for_ever : wait_for_ever, NULL))
			return 1;
	if (pthread_create(&thread, NULL, execute, argv))
		return 1;
	read_for_ever(NULL);
	return 0;
}

/* ---- signals ------------------------------------------------------------------------------- */

static volatile sig_atomic_t handled;
static volatile int over, wrong;
static char expected[4096];

static void handler(int sig)
{
	int fd = open("/proc/filesystems", O_RDONLY | O_CLOEXEC), err = errno;

	(void)sig;
	handled++;
	if (fd >= 0)
		close(fd);
	errno = err;
}

static void *read_contexts(void *unused)
{
	char buf[4096];

	(void)unused;
	while (!over) {
		context_of(gettid(), buf, sizeof(buf));
		if (strcmp(buf, expected)) {
			fprintf(stderr, "'%s' instead of '%s'\n", buf, expected);
			wrong = 1;
		}
	}
	return NULL;
}

static int storm(const char *seconds)
{
	struct itimerval timer = { { 0, 500 }, { 0, 500 } };
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };
	pthread_t threads[4];
	struct timespec end, now;

	context_of(gettid(), expected, sizeof(expected));
	sigaction(SIGALRM, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	for (int i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, read_contexts, NULL))
			return 1;
	setitimer(ITIMER_REAL, &timer, NULL);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += atoi(seconds);
	do {
		for (int i = 0; i < 4; i++)
			pthread_kill(threads[i], SIGUSR1);
		if (!fork())
			_exit(0);
		waitpid(-1, NULL, 0);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end.tv_sec);
	over = 1;
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	puts(wrong || !handled ? "wrong" : "ok");
	return wrong;
}

static volatile int values, last, sender;

static void queued(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	if (info->si_code != SI_QUEUE || info->si_pid != sender || info->si_value.sival_int <= last)
		wrong = 1;
	last = info->si_value.sival_int;
	values++;
}

static int queue(int n)
{
	struct sigaction action = { .sa_sigaction = queued, .sa_flags = SA_RESTART | SA_SIGINFO };
	pid_t pid, receiver = getpid();
	int fd;

	sigaction(SIGRTMIN, &action, NULL);
	pid = fork();
	if (!pid) {
		usleep(10000);
		for (int i = 1; i <= n; i++)
			while (sigqueue(receiver, SIGRTMIN, (union sigval){ .sival_int = i }))
				usleep(1000);
		_exit(0);
	}
	sender = pid;
	while (values < n && !wrong) {
		fd = open("/proc/self/attr/current", O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			close(fd);
		else
			wrong = 1;
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	puts(wrong ? "wrong" : "ok");
	return wrong;
}

static int zombie(const char *command)
{
	pid_t pid = fork();
	siginfo_t info;
	int rc;

	if (!pid) {
		/* What ended before may still count for a moment. */
		for (int i = 0; i < 250 && unshare_here(); i++)
			usleep(20000);
		_exit(0);
	}
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
	rc = system(command);
	waitpid(pid, NULL, 0);
	return WIFEXITED(rc) ? WEXITSTATUS(rc) : 1;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 2 && (!strcmp(argv[1], "main") || !strcmp(argv[1], "worker")))
		return beside(argv[1]);
	if (argc > 2 && !strcmp(argv[1], "exec"))
		return exec_in_thread(argv + 2);
	if (argc > 2 && !strcmp(argv[1], "storm"))
		return storm(argv[2]);
	if (argc > 2 && !strcmp(argv[1], "queue"))
		return queue(atoi(argv[2]));
	if (argc > 2 && !strcmp(argv[1], "zombie"))
		return zombie(argv[2]);
	fputs("usage: threads main|worker|exec COMMAND...|storm SECONDS|queue N|"
	      "zombie COMMAND\n",
	      stderr);
	return 2;
}
