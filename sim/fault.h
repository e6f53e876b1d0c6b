/* SPDX-License-Identifier: MIT */
/*
 * fault.h - injected faults: this operation, this error, this occurrence.
 *
 * A specification is OPERATION:ERROR[:OCCURRENCE[:COMM]].
 *   OPERATION   a system call by name ("lsm_set_self_attr", "mount", "unshare"),
 *               "selinuxfs/FILE/open", "selinuxfs/FILE/read" or
 *               "selinuxfs/FILE/write" (FILE as in selinuxfs, "load",
 *               "booleans/foo"), "attr/NAME/read" or "attr/NAME/write".
 *   ERROR       an errno by name ("EIO"), or one of the wrong answers below.
 *   OCCURRENCE  1 (default) the first, 2 the second, ...; "*" every one.
 *   COMM        only in a process of this command name (as in /proc/PID/comm).
 * Wrong answers: "none" (lsm_get_self_attr: 0 entries), "short" (no byte; a
 * write: half of the bytes taken), "long" (two bytes of answer).
 */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum fault_kind { FAULT_NOT = 0, FAULT_ERRNO, FAULT_NONE, FAULT_SHORT, FAULT_LONG };

struct fault {
	enum fault_kind kind;
	int err; /* positive errno, of FAULT_ERRNO */
};

/* Adds one specification. 0, or -1 with a sentence in *why (static storage). */
int fault_add(const char *spec, const char **why);
/* System call numbers named by the specifications: i from 0; -1 past the end. */
int fault_syscall(unsigned i);
/* The operation that the specifications call this number; NULL: none does. */
const char *fault_syscall_name(int number);
/* Does a fault strike this occurrence of the operation, by this command? Counts it.
 * comm may be NULL where no specification names a COMM (see fault_needs_comm). Thread-safe. */
struct fault fault_strike(const char *operation, const char *comm);
/* The same for an operation of this task, whose command name is looked up if one is needed. */
struct fault fault_strike_task(const char *operation, pid_t tid);
bool fault_any(void);
bool fault_needs_comm(void);

#endif
