/* SPDX-License-Identifier: MIT */
/*
 * fault.c - injected faults: the specifications, and whether one strikes now.
 *
 * What it is for: fault.h. May call: libseccomp, for the numbers of system
 * calls, and /proc for the name of a command. Must never: act on a
 * specification that was not understood whole, or carry out a fault itself but
 * for a signal; its callers do.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "fault.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <seccomp.h>

/* TASK_COMM_LEN without its NUL */
#define COMM_MAX 15

/* Linux's largest errno (MAX_ERRNO) */
#define ERRNO_MAX      4095

#define OCCURRENCE_MAX 1000000000UL

/* linux/sched.h, of the kernel's own: forked, and did not execute */
#define PF_FORKNOEXEC 0x40

enum born { BORN_ANY, BORN_BY_FORK, BORN_BY_EXEC };

struct spec {
	struct spec *next;
	char *text; /* as it was given */
	char *operation;
	char *comm; /* NULL: any */
	enum born born;
	struct fault fault;
	unsigned long occurrence; /* 0: every one */
	unsigned long seen;
	int syscall; /* -1: none */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct spec *specs; /* in the order they were given */
static char sentence[512];
static int report_fd = -1, operations_fd = -1;

static void spec_free(struct spec *s)
{
	if (!s)
		return;
	free(s->text);
	free(s->operation);
	free(s->comm);
	free(s);
}

static void spec_release(struct spec **s)
{
	spec_free(*s);
}

static void string_release(char **s)
{
	free(*s);
}

static void unlock(pthread_mutex_t **mutex)
{
	pthread_mutex_unlock(*mutex);
}

#define LOCKED()                                                          \
	__attribute__((cleanup(unlock))) pthread_mutex_t *locked = &lock; \
	pthread_mutex_lock(locked)

/* A sentence about a specification; bytes that a terminal would obey become '?'. */
__attribute__((format(printf, 2, 3))) static int bad(const char **why, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(sentence, sizeof(sentence), format, ap);
	va_end(ap);
	for (char *c = sentence; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	if (why)
		*why = sentence;
	return -1;
}

static int no_memory(const char **why)
{
	return bad(why, "There is no memory left for a fault specification.");
}

static bool has_prefix(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* Longer than suffix, and ends in it. */
static bool has_suffix(const char *s, const char *suffix)
{
	size_t len = strlen(s), suffix_len = strlen(suffix);

	return len > suffix_len && strcmp(s + len - suffix_len, suffix) == 0;
}

/* -1: no system call of this machine has that name. */
static int syscall_number(const char *name)
{
#ifdef __alpha__
	enum { UNIFIED = 110 };
#else
	enum { UNIFIED = 0 };
#endif
	/* Newer than libseccomp may be (kernel-abi.md 1.1). */
	static const struct {
		const char *name;
		int number;
	} newer[] = {
		{ "lsm_get_self_attr", 459 + UNIFIED },
		{ "lsm_set_self_attr", 460 + UNIFIED },
		{ "lsm_list_modules", 461 + UNIFIED },
	};
	int number;

	for (size_t i = 0; i < sizeof(newer) / sizeof(newer[0]); i++)
		if (strcmp(newer[i].name, name) == 0)
			return newer[i].number;
	/* Below -1: libseccomp knows it, but this architecture has it not. */
	number = seccomp_syscall_resolve_name(name);
	return number >= 0 ? number : -1;
}

/* 0: no error has that name. */
static int errno_by_name(const char *name)
{
	/* Second names, of which glibc knows one each. */
	static const struct {
		const char *name;
		int err;
	} also[] = {
		{ "EAGAIN", EAGAIN },   { "EWOULDBLOCK", EWOULDBLOCK },
		{ "EDEADLK", EDEADLK }, { "EDEADLOCK", EDEADLOCK },
		{ "ENOTSUP", ENOTSUP }, { "EOPNOTSUPP", EOPNOTSUPP },
	};

	for (size_t i = 0; i < sizeof(also) / sizeof(also[0]); i++)
		if (strcmp(also[i].name, name) == 0)
			return also[i].err;
	for (int err = 1; err <= ERRNO_MAX; err++) {
		const char *known = strerrorname_np(err);

		if (known && strcmp(known, name) == 0)
			return err;
	}
	return 0;
}

/* 0: no signal has that name. */
static int signal_by_name(const char *name, size_t len)
{
	for (int sig = 1; sig < NSIG; sig++) {
		const char *known = sigabbrev_np(sig);

		if (known && strlen(known) == len && strncmp(known, name, len) == 0)
			return sig;
	}
	return 0;
}

/* A path as selinuxfs has them: relative, without empty, "." or ".." components. */
static bool plain_path(const char *path, size_t len)
{
	const char *end = path + len;

	for (const char *c = path;;) {
		const char *slash = memchr(c, '/', (size_t)(end - c));
		size_t n = (size_t)((slash ? slash : end) - c);

		if (n == 0 || (n == 1 && c[0] == '.') || (n == 2 && c[0] == '.' && c[1] == '.'))
			return false;
		if (!slash)
			return true;
		c = slash + 1;
	}
}

static int check_selinuxfs(const char *operation, const char **why)
{
	const char *file = operation + strlen("selinuxfs/");
	const char *what = strrchr(file, '/');

	if (!what || (strcmp(what, "/open") != 0 && strcmp(what, "/read") != 0 &&
		      strcmp(what, "/write") != 0))
		return bad(why,
			   "The operation \"%.80s\" does not end in /open, /read or /write, "
			   "as in selinuxfs/enforce/read.",
			   operation);
	if (!plain_path(file, (size_t)(what - file)))
		return bad(why,
			   "The operation \"%.80s\" names no file of selinuxfs, as in "
			   "selinuxfs/booleans/NAME/write.",
			   operation);
	return 0;
}

static int check_attr(const char *operation, const char **why)
{
	static const char *const names[] = {
		"current", "prev", "exec", "fscreate", "keycreate", "sockcreate",
	};
	const char *name = operation + strlen("attr/");
	const char *what = strrchr(name, '/');

	if (!what || (strcmp(what, "/read") != 0 && strcmp(what, "/write") != 0))
		return bad(why,
			   "The operation \"%.80s\" does not end in /read or /write, as in "
			   "attr/current/read.",
			   operation);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == (size_t)(what - name) &&
		    strncmp(names[i], name, (size_t)(what - name)) == 0)
			return 0;
	return bad(why,
		   "The operation \"%.80s\" names no attribute; there are current, prev, "
		   "exec, fscreate, keycreate and sockcreate.",
		   operation);
}

static int parse_operation(struct spec *s, const char **why)
{
	if (!*s->operation)
		return bad(why, "A fault specification begins with an operation, as in "
				"mount:EPERM.");
	if (has_prefix(s->operation, "selinuxfs/"))
		return check_selinuxfs(s->operation, why);
	if (has_prefix(s->operation, "attr/"))
		return check_attr(s->operation, why);
	s->syscall = syscall_number(s->operation);
	if (s->syscall < 0)
		return bad(why,
			   "The operation \"%.80s\" is neither a system call of this machine, "
			   "nor selinuxfs/FILE/..., nor attr/NAME/....",
			   s->operation);
	return 0;
}

static int parse_signal(struct spec *s, const char *error, const char **why)
{
	static const struct {
		const char *suffix;
		enum fault_kind kind;
	} whens[] = {
		{ "", FAULT_SIGNAL },
		{ "-after", FAULT_SIGNAL_AFTER },
		{ "-parent", FAULT_SIGNAL_PARENT },
	};
	const char *name = error + strlen("SIG");
	size_t len = strcspn(name, "-");

	s->fault.signal = signal_by_name(name, len);
	for (size_t i = 0; i < sizeof(whens) / sizeof(whens[0]); i++)
		if (strcmp(name + len, whens[i].suffix) == 0)
			s->fault.kind = whens[i].kind;
	if (s->fault.signal && s->fault.kind != FAULT_NOT)
		return 0;
	return bad(why,
		   "\"%.40s\" is not the name of a signal, as SIGKILL, SIGKILL-after or "
		   "SIGKILL-parent.",
		   error);
}

/* Of these system calls, too, the caller learns how much was done. */
static bool transfers(const struct spec *s, const char *const *calls)
{
	while (*calls && strcmp(*calls, s->operation) != 0)
		calls++;
	return *calls;
}

static int parse_error(struct spec *s, const char *error, const char **why)
{
	static const char *const reading[] = { "read", "pread64", "getdents64", NULL };
	static const char *const writing[] = { "write", "pwrite64", NULL };
	const char *op = s->operation;
	bool get = strcmp(op, "lsm_get_self_attr") == 0;
	bool node = s->syscall < 0;
	bool reads = get || (node && has_suffix(op, "/read"));
	bool writes = node && has_suffix(op, "/write");
	bool shortens = reads || writes || transfers(s, reading) || transfers(s, writing);

	if (!*error)
		return bad(why, "The fault for \"%.80s\" has no error, as in mount:EPERM.", op);
	if (strcmp(error, "none") == 0) {
		s->fault.kind = FAULT_NONE;
		return get ? 0
			   : bad(why,
				 "The answer \"none\" is one of lsm_get_self_attr, not of "
				 "\"%.80s\".",
				 op);
	}
	if (strcmp(error, "short") == 0) {
		s->fault.kind = FAULT_SHORT;
		return shortens
			       ? 0
			       : bad(why,
				     "The answer \"short\" is one of lsm_get_self_attr, of a read or of "
				     "a write, not of \"%.80s\".",
				     op);
	}
	if (strcmp(error, "long") == 0) {
		s->fault.kind = FAULT_LONG;
		return reads ? 0
			     : bad(why,
				   "The answer \"long\" is one of lsm_get_self_attr or of a "
				   "/read, not of \"%.80s\".",
				   op);
	}
	if (has_prefix(error, "SIG"))
		return parse_signal(s, error, why);
	s->fault.kind = FAULT_ERRNO;
	s->fault.err = errno_by_name(error);
	if (!s->fault.err)
		return bad(
			why,
			"\"%.40s\" is neither the name of an error, as EIO, nor that of a signal, "
			"as SIGKILL, nor one of none, short and long.",
			error);
	return 0;
}

static int parse_occurrence(struct spec *s, const char *text, const char **why)
{
	unsigned long n = 0;

	s->occurrence = 1;
	if (!text)
		return 0;
	if (strcmp(text, "*") == 0) {
		s->occurrence = 0;
		return 0;
	}
	for (const char *c = text; *c; c++) {
		if (*c < '0' || *c > '9')
			return bad(why, "The occurrence \"%.40s\" is neither a number nor *.",
				   text);
		n = n * 10 + (unsigned long)(*c - '0');
		if (n > OCCURRENCE_MAX)
			return bad(why, "The occurrence \"%.40s\" is too large.", text);
	}
	if (!*text)
		return bad(why, "The occurrence is empty; leave it out, or give a number or *.");
	if (n == 0)
		return bad(why, "Occurrences are counted from 1; for every one, give *.");
	s->occurrence = n;
	return 0;
}

static int parse_comm(struct spec *s, const char *text, const char **why)
{
	size_t len;

	if (!text)
		return 0;
	len = strlen(text);
	if (has_suffix(text, "/fork") || has_suffix(text, "/exec")) {
		s->born = has_suffix(text, "/fork") ? BORN_BY_FORK : BORN_BY_EXEC;
		len -= strlen("/fork");
	}
	if (!len)
		return bad(why, "The command name is empty; leave it out, or give one.");
	if (len > COMM_MAX)
		return bad(why,
			   "The command name \"%.80s\" has more than the %d bytes that the "
			   "kernel keeps of one; give those.",
			   text, COMM_MAX);
	s->comm = strndup(text, len);
	return s->comm ? 0 : no_memory(why);
}

/* Ends *text at its next colon and returns what follows, NULL where there is none. */
static char *cut(char *text)
{
	char *colon = text ? strchr(text, ':') : NULL;

	if (colon)
		*colon++ = '\0';
	return colon;
}

int fault_add(const char *spec, const char **why)
{
	__attribute__((cleanup(spec_release))) struct spec *s = NULL;
	__attribute__((cleanup(string_release))) char *copy = NULL;
	char *error, *occurrence, *comm;
	struct spec **end;

	LOCKED();
	copy = strdup(spec);
	s = calloc(1, sizeof(*s));
	if (!copy || !s)
		return no_memory(why);
	s->syscall = -1;
	error = cut(copy);
	occurrence = cut(error);
	comm = cut(occurrence); /* the rest: a command name may have colons */
	s->operation = strdup(copy);
	s->text = strdup(spec);
	if (!s->operation || !s->text)
		return no_memory(why);

	if (parse_operation(s, why) != 0)
		return -1;
	if (parse_error(s, error ? error : "", why) != 0)
		return -1;
	if (parse_occurrence(s, occurrence, why) != 0)
		return -1;
	if (parse_comm(s, comm, why) != 0)
		return -1;

	for (end = &specs; *end; end = &(*end)->next)
		;
	*end = s;
	s = NULL;
	return 0;
}

void fault_clear(void)
{
	LOCKED();
	while (specs) {
		struct spec *first = specs;

		specs = first->next;
		spec_free(first);
	}
}

int fault_syscall(unsigned i)
{
	LOCKED();
	for (const struct spec *s = specs; s; s = s->next) {
		const struct spec *before = specs;

		if (s->syscall < 0)
			continue;
		/* Each number once. */
		while (before != s && before->syscall != s->syscall)
			before = before->next;
		if (before == s && i-- == 0)
			return s->syscall;
	}
	return -1;
}

const char *fault_syscall_name(int number)
{
	LOCKED();
	for (const struct spec *s = specs; s; s = s->next)
		if (s->syscall >= 0 && s->syscall == number)
			return s->operation;
	return NULL;
}

/* Is it meant for a process of this name? */
static bool is_meant(const struct spec *s, const char *comm)
{
	bool forked;
	size_t len;

	if (!s->comm)
		return true;
	if (!comm)
		return false;
	forked = has_suffix(comm, "/fork");
	len = strlen(comm) - (forked ? strlen("/fork") : 0);
	return strlen(s->comm) == len && strncmp(s->comm, comm, len) == 0 &&
	       (s->born == BORN_ANY || forked == (s->born == BORN_BY_FORK));
}

struct fault fault_strike(const char *operation, const char *comm)
{
	struct fault fault = { .kind = FAULT_NOT };

	LOCKED();
	/* All that match count this occurrence; of those it is meant for, the first
	 * that was given strikes. */
	for (struct spec *s = specs; s; s = s->next) {
		if (strcmp(s->operation, operation) != 0)
			continue;
		if (!is_meant(s, comm))
			continue;
		s->seen++;
		if (fault.kind != FAULT_NOT || (s->occurrence != 0 && s->occurrence != s->seen))
			continue;
		fault = s->fault;
		if (report_fd >= 0)
			dprintf(report_fd, "%s\n", s->text);
	}
	return fault;
}

bool fault_any(void)
{
	LOCKED();
	return specs != NULL;
}

bool fault_needs_comm(void)
{
	LOCKED();
	for (const struct spec *s = specs; s; s = s->next)
		if (s->comm)
			return true;
	return false;
}

/* What /proc/TID/stat says of a task; false: it is gone. */
static bool look_up(pid_t tid, char *comm, size_t size, pid_t *parent)
{
	char path[64], line[512], *start, *end;
	unsigned int flags;
	FILE *f;
	bool found;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)tid);
	f = fopen(path, "re");
	found = f && fgets(line, sizeof(line), f);
	if (f)
		fclose(f);
	/* TID (COMM) STATE PPID PGRP SESSION TTY TPGID FLAGS */
	start = found ? strchr(line, '(') : NULL;
	end = start ? strrchr(start, ')') : NULL;
	if (!end || sscanf(end + 1, " %*c %d %*d %*d %*d %*d %u", parent, &flags) != 2)
		return false;
	*end = '\0';
	snprintf(comm, size, "%s%s", start + 1, flags & PF_FORKNOEXEC ? "/fork" : "");
	return true;
}

/* A zombie has closed its descriptors. Nobody waits for it meanwhile but its tracer, which is us. */
static void wait_for_end(pid_t pid)
{
	char path[64], state = 'R';

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	for (int i = 0; i < 2000 && state != 'Z'; i++) {
		FILE *f = fopen(path, "re");

		if (!f)
			return;
		if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
			state = 'R';
		fclose(f);
		usleep(500);
	}
}

struct fault fault_strike_task(const char *operation, pid_t tid)
{
	static const struct fault none = { .kind = FAULT_NOT };
	const bool listing = fault_lists_operations();
	struct fault fault;
	char comm[64] = "";
	pid_t parent = 0;

	if (!fault_any() && !listing)
		return none;
	if (listing || fault_needs_comm())
		(void)look_up(tid, comm, sizeof(comm), &parent);
	if (listing)
		dprintf(operations_fd, "%d %s %s\n", (int)tid, operation, comm);
	fault = fault_strike(operation, comm);
	if (fault.kind == FAULT_SIGNAL_PARENT) {
		if (!parent && !look_up(tid, comm, sizeof(comm), &parent))
			return none;
		kill(parent, fault.signal);
		if (fault.signal == SIGKILL)
			wait_for_end(parent);
		return none;
	}
	if (fault.kind == FAULT_SIGNAL) {
		kill(tid, fault.signal);
		if (fault.signal != SIGKILL)
			return none;
		return (struct fault){ .kind = FAULT_ERRNO, .err = EINTR };
	}
	return fault;
}

void fault_after(struct fault fault, pid_t tid)
{
	if (fault.kind == FAULT_SIGNAL_AFTER)
		kill(tid, fault.signal);
}

void fault_set_report(int fd)
{
	report_fd = fd;
}

void fault_set_operations(int fd)
{
	operations_fd = fd;
}

bool fault_lists_operations(void)
{
	return operations_fd >= 0;
}
