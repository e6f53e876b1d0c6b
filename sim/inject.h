/* SPDX-License-Identifier: MIT */
/*
 * inject.h - system calls made in a traced thread on the simulator's behalf.
 *
 * What it is for: a traced thread is stopped at a system call; the simulator may
 * have it make other calls first (so that paths are resolved by the kernel, as
 * that thread sees them), hand it descriptors, and then answer the original call
 * or let it run. May call: ptrace(2), the seccomp listener. Must never: know
 * which call means what (syscalls.c).
 *
 * Only the tracing thread may call these. x86-64.
 */
#ifndef SIM_INJECT_H
#define SIM_INJECT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/user.h>

/* A system call number that no kernel has; the filter turns it into a notification, through
 * which a descriptor can be put into the caller's table. */
#define INJECT_FD_NR 0xfeed

struct call {
	pid_t tid;
	struct user_regs_struct regs; /* as the thread stopped */
	bool at_exit; /* stopped behind a call, no longer before one */
	bool dead; /* it died, or another's exec took its number: */
	int status; /* by this wait status */
	bool group_stopped; /* its process was stopped meanwhile */
	bool masked; /* signals, but for SIGSTOP, wait for the answer: */
	uint64_t mask; /* the thread's own mask */
	siginfo_t signals[16]; /* what came all the same */
	unsigned n_signals;
	struct call *outer; /* the one that waits while this one is served */
	bool stashed; /* its thread's next stop was seen meanwhile: */
	int stashed_status;
	int signal; /* reaches the thread when the original call was made */
	bool notified; /* its thread's notification was received: */
	uint64_t notification;
};

void inject_set_listener(int fd);
/* Gets what happens to other threads while one makes a call: that call may wait for them (for a
 * FUSE daemon among them, say), so they are served meanwhile. */
void inject_set_dispatcher(void (*dispatch)(pid_t tid, int status));

/* The thread is stopped before a system call (at_exit: right behind one). */
int call_begin(struct call *call, pid_t tid, bool at_exit);
long call_nr(const struct call *call);
unsigned long call_arg(const struct call *call, unsigned i);
long call_result(const struct call *call); /* at_exit: what the kernel answered */
/* Has the thread make a system call: its result, or -errno. -ESRCH: it died. */
long call_make_args(struct call *call, long nr, const unsigned long args[6]);
#define call_make(call, nr, ...) \
	call_make_args((call), (nr), (const unsigned long[6]){ __VA_ARGS__ })
/* Puts a copy of the simulator's descriptor into the thread's table, at this number (-1: the
 * lowest free one): its number there, or -errno. */
int call_give_fd(struct call *call, int fd, int number, bool cloexec);
/* The same for a descriptor of a path or a mount (O_PATH), which only a socket can carry; always
 * at the lowest free number. */
int call_give_path_fd(struct call *call, int fd, bool cloexec);
/* The three ways to end: the original call returns this (a value or -errno); it is made now,
 * and stops again behind itself if that is asked for; or (at_exit) its result stands. */
void call_answer(struct call *call, long result);
void call_pass(struct call *call, bool stop_behind);
void call_keep(struct call *call);

/* Is a signal kept until the thread's call was made? Then it must stop behind it. */
bool inject_stop_behind(pid_t tid);
/* A signal is about to reach the thread: if it is one that was kept back, what came with it (its
 * sender, its value) is given back to it. */
void inject_restore_signal(pid_t tid, int sig);
void inject_forget(pid_t tid); /* the thread is gone */

/* The thread's memory: 0 or -EFAULT; a string's length, or -errno (-ENAMETOOLONG: no NUL). */
int call_peek(const struct call *call, unsigned long address, void *buf, size_t len);
int call_poke(const struct call *call, unsigned long address, const void *buf, size_t len);
ssize_t call_peek_string(const struct call *call, unsigned long address, char *buf, size_t size);

#endif
