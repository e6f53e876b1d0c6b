/* SPDX-License-Identifier: MIT */
/*
 * fault.h - injected faults: this operation, this error, this occurrence.
 *
 * A specification is OPERATION:ERROR[:OCCURRENCE[:COMM]].
 *   OPERATION   a system call by name ("lsm_set_self_attr", "mount", "unshare"),
 *               "selinuxfs/FILE/open", "selinuxfs/FILE/read" or
 *               "selinuxfs/FILE/write" (FILE as in selinuxfs, "load",
 *               "booleans/foo"), "attr/NAME/read" or "attr/NAME/write".
 *   ERROR       an errno by name ("EIO"), one of the wrong answers below, or a signal.
 *   OCCURRENCE  1 (default) the first, 2 the second, ...; "*" every one.
 *   COMM        only in a process of this command name (as in /proc/PID/comm);
 *               "COMM/fork": and only in one that was forked and has executed
 *               nothing since; "COMM/exec": only in one that has.
 * Wrong answers: "none" (lsm_get_self_attr: 0 entries), "short" (no byte; a
 * write: half of the bytes taken), "long" (two bytes of answer).
 * Signals: "SIGKILL" reaches the process before the operation is done, and so
 * it is not; "SIGKILL-after" when it is done; "SIGKILL-parent" ends the process's
 * parent, before it is done. Of the other signals, an operation is always done.
 */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum fault_kind {
	FAULT_NOT = 0,
	FAULT_ERRNO,
	FAULT_NONE,
	FAULT_SHORT,
	FAULT_LONG,
	FAULT_SIGNAL, /* before the operation is done */
	FAULT_SIGNAL_AFTER,
	FAULT_SIGNAL_PARENT,
};

struct fault {
	enum fault_kind kind;
	int err; /* positive errno, of FAULT_ERRNO */
	int signal; /* of the three last */
};

/* Adds one specification. 0, or -1 with a sentence in *why (static storage). */
int fault_add(const char *spec, const char **why);
/* Takes all of them back. */
void fault_clear(void);
/* System call numbers named by the specifications: i from 0; -1 past the end. */
int fault_syscall(unsigned i);
/* The operation that the specifications call this number; NULL: none does. */
const char *fault_syscall_name(int number);
/* Does a fault strike this occurrence of the operation, by this command? Counts it.
 * comm may be NULL where no specification names a COMM (see fault_needs_comm); "/fork" is
 * appended to the name of a process that has executed nothing. Thread-safe. */
struct fault fault_strike(const char *operation, const char *comm);
/* The same for an operation of this task, whose command name is looked up if one is needed. What
 * comes before the operation is sent here; the caller is told EINTR where it is not to be done. */
struct fault fault_strike_task(const char *operation, pid_t tid);
/* The operation is done: the signal that comes after it, if the fault is one. */
void fault_after(struct fault fault, pid_t tid);
/* Each fault that strikes, and each operation that one could strike, is a line there. */
void fault_set_report(int fd);
void fault_set_operations(int fd);
bool fault_lists_operations(void);
bool fault_any(void);
bool fault_needs_comm(void);

#endif
