/* SPDX-License-Identifier: MIT */
/*
 * safe.c - are selinux_unshare() and is_selinux_unshared() safe between fork and exec?
 *
 * This program's malloc() and its kin come before libc's. It is run with one of:
 *   heap    every use of the heap, of stdio or of a lock of pthread's during a call is fatal
 *   locks   a thread holds the heap's lock (ours) and those of stdout and stderr for ever;
 *           the process forks, without libc's care for these locks, and the child calls
 *   stack   in a child that shares the memory, on a stack of its own: how deep does it go?
 * and "+fail" behind it for calls that fail and warn. Prints what happened.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <selinux/selinux.h>
#include <selinux/selinuxns.h>

#if defined(__SANITIZE_ADDRESS__) || defined(COVERAGE)
int main(void)
{
	puts("skip: the sanitizers, or the counts of a coverage build, use the heap");
	return 0;
}
#else

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *p);

static volatile bool forbidden; /* the heap, now */
static pthread_mutex_t heap_lock = PTHREAD_MUTEX_INITIALIZER;

static void put(const char *s)
{
	if (write(STDOUT_FILENO, s, strlen(s)) < 0)
		_exit(97);
}

static void enter_heap(const char *what)
{
	if (forbidden) {
		put("used: ");
		put(what);
		put("\n");
		_exit(96);
	}
	pthread_mutex_lock(&heap_lock);
}

static void leave_heap(void)
{
	pthread_mutex_unlock(&heap_lock);
}

#define HEAP(call)                    \
	({                            \
		void *p_;             \
                                      \
		enter_heap(__func__); \
		p_ = (call);          \
		leave_heap();         \
		p_;                   \
	})

void *malloc(size_t size)
{
	return HEAP(__libc_malloc(size));
}

void *calloc(size_t n, size_t size)
{
	return HEAP(__libc_calloc(n, size));
}

void *realloc(void *p, size_t size)
{
	return HEAP(__libc_realloc(p, size));
}

void *memalign(size_t alignment, size_t size)
{
	return HEAP(__libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return HEAP(__libc_memalign(alignment, size));
}

int posix_memalign(void **p, size_t alignment, size_t size)
{
	*p = HEAP(__libc_memalign(alignment, size));
	return *p ? 0 : ENOMEM;
}

void free(void *p)
{
	if (!p)
		return;
	enter_heap(__func__);
	__libc_free(p);
	leave_heap();
}

/* The callback of the caller's, which is async-signal-safe as that requires. */
static int log_safely(int type, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = va_arg(ap, const char *);
	va_end(ap);
	put(type == SELINUX_WARNING ? "log warning: " : "log error: ");
	put(strcmp(fmt, "%s\n") == 0 ? text : "(not a \"%s\\n\")");
	put("\n");
	return 0;
}

static void put_answer(const char *what, int rc)
{
	char buf[] = { rc < 0 ? '-' : '0', (char)('0' + (rc < 0 ? 1 : rc)), '\n', '\0' };

	put(what);
	put(rc < 0 ? buf : buf + 1);
}

static int calls(void *arg)
{
	const bool fail = *(const bool *)arg;

	forbidden = true;
	alarm(10);
	put_answer("unshared: ", is_selinux_unshared());
	/* Refused, with an error to the log; then with a mount that cannot be unmounted. */
	if (fail)
		put_answer("unshare: ", selinux_unshare());
	if (unshare(fail ? CLONE_NEWNS | CLONE_NEWUSER : CLONE_NEWNS) < 0)
		put("unshare(2) failed\n");
	put_answer("unshare: ", selinux_unshare());
	put_answer("unshared: ", is_selinux_unshared());
	alarm(0);
	forbidden = false;
	return 0;
}

static pthread_barrier_t held;

static void *hold(void *unused)
{
	(void)unused;
	flockfile(stdout);
	flockfile(stderr);
	pthread_mutex_lock(&heap_lock);
	pthread_barrier_wait(&held);
	for (;;)
		pause();
	return NULL;
}

static int wait_for(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		put("no child\n");
	else if (WIFSIGNALED(status))
		put(WTERMSIG(status) == SIGALRM ? "hangs\n" : "is killed\n");
	else if (WEXITSTATUS(status) != 0)
		put("fails\n");
	return 0;
}

static int with_locks(bool fail)
{
	pthread_t thread;
	pid_t pid;

	pthread_barrier_init(&held, NULL, 2);
	if (pthread_create(&thread, NULL, hold, NULL) != 0)
		return 1;
	pthread_barrier_wait(&held);
	/* The system call itself: libc's fork() would put the heap in order. */
	pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid == 0) {
		calls(&fail);
		_exit(0);
	}
	wait_for(pid);
	_exit(0); /* not exit(): stdout is held */
}

#define STACK_SIZE (256 * 1024)
#define PATTERN    0xa5

static int on_stack(bool fail)
{
	static unsigned char stack[STACK_SIZE] __attribute__((aligned(64)));
	size_t untouched = 0;

	memset(stack, PATTERN, sizeof(stack));
	/* CLONE_VM, so that the traces of the calls are ours to see. */
	wait_for(clone(calls, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, &fail));
	while (untouched < sizeof(stack) && stack[untouched] == PATTERN)
		untouched++;
	printf("stack: %zu\n", sizeof(stack) - untouched);
	return 0;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	bool fail = strstr(how, "+fail");

	/* Both from the start, so that only the calls themselves can need them. */
	setvbuf(stdout, NULL, _IONBF, 0);
	selinux_set_callback(SELINUX_CB_LOG, (union selinux_callback){ .func_log = log_safely });
	if (strncmp(how, "heap", 4) == 0)
		return calls(&fail);
	if (strncmp(how, "locks", 5) == 0)
		return with_locks(fail);
	if (strncmp(how, "stack", 5) == 0)
		return on_stack(fail);
	return 2;
}
#endif
