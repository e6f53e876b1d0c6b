/* SPDX-License-Identifier: MIT */
/*
 * syscalls.h - the system calls that a kernel with SELinux answers otherwise.
 *
 * What it is for: the filter that stops them, and for each what happens before
 * and behind it. May call: inject.h, kernel.h, serve.h, selinuxfs.h, procfiles.h,
 * label.h, fault.h. Must never: run the trace loop (tracer.c).
 */
#ifndef SIM_SYSCALLS_H
#define SIM_SYSCALLS_H

#include <linux/filter.h>
#include <stdbool.h>

#include "inject.h"

/* The seccomp filter: *program's instructions are malloc'ed. 0 or a negative errno. */
int syscalls_filter(struct sock_fprog *program);
/* The command's user namespace is the simulated machine's initial one. */
int syscalls_set_init_userns(pid_t command);
/* A thread stopped before a call. Answers it, or lets it pass. *pass_next: the same call will
 * stop once more and is then to pass (it was decided here). */
void syscalls_before(struct call *call, bool *pass_next);
/* A thread stopped behind a call that was passed with a stop behind it. */
void syscalls_behind(struct call *call);
/* Does the call that passes this second time need a stop behind it? */
bool syscalls_stop_behind(pid_t tid);
void syscalls_forget(pid_t tid); /* the thread is gone, or executes another program */

/* A number in /proc/TID/status, in this base; -1: it cannot be read, the thread may be gone. */
long long syscalls_status_number(pid_t tid, const char *field, int base);

#endif
