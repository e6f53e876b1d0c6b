/* SPDX-License-Identifier: MIT */
/*
 * tracer.h - follows the command and all its descendants, thread by thread.
 *
 * What it is for: start the command under ptrace(2) and a seccomp filter, keep the
 * kernel's list of tasks true (fork, exec, exit), and hand stopped system calls to
 * syscalls.c. May call: all of the simulator's other layers. Must never: decide
 * what a call answers.
 */
#ifndef SIM_TRACER_H
#define SIM_TRACER_H

#include <sys/types.h>

/* Starts the command, stopped until tracer_run(). Runs isolate() in the child before that.
 * The pid, or a negative errno. */
pid_t tracer_start(char *const argv[], int (*isolate)(void));
/* Runs until the command has ended, then ends what it left behind. The command's wait status. */
int tracer_run(pid_t command);

#endif
