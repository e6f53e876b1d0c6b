/* SPDX-License-Identifier: MIT */
/*
 * guard.c - did the caller forget to unshare its mount namespace? See guard.h.
 *
 * May call base/ and kernel/; async-signal-safe. Must never refuse on a guess.
 */
#include "ns/guard.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/proc.h"
#include "kernel/capability.h"
#include "kernel/instance.h"

unsigned int guard_parent_of(const char *status)
{
	const char *p = strstr(status, "\nPPid:\t");
	unsigned int pid = 0;

	if (!p)
		return 0;
	for (p += strlen("\nPPid:\t"); *p >= '0' && *p <= '9'; p++) {
		if (pid > 100000000)
			return 0;
		pid = pid * 10 + (unsigned int)(*p - '0');
	}
	return *p == '\n' ? pid : 0;
}

/* Is the mount namespace of process @pid, in the procfs @proc, the one of @ours? */
static bool same_mounts(int proc, unsigned int pid, const struct stat *ours)
{
	char name[32];
	struct stat st;
	struct text t;

	text_init(&t, name, sizeof(name));
	text_uint(&t, pid);
	text_str(&t, "/ns/mnt");
	return fstatat(proc, name, &st, 0) == 0 && st.st_dev == ours->st_dev &&
	       st.st_ino == ours->st_ino;
}

static bool is_init_here(int proc)
{
	char self[16];
	ssize_t len = readlinkat(proc, "self", self, sizeof(self));

	return len == 1 && self[0] == '1';
}

int guard_privileged(void)
{
	return capability_has(CAP_SYS_ADMIN);
}

/*
 * Is the process in another SELinux namespace? It is `unlabeled` to one without a policy, and has
 * the context of the policy's unlabeled initial SID in one that has (kernel-abi.md 3.4).
 */
static bool is_foreign(int proc, unsigned int pid)
{
	_cleanup_close_ int instance = -1;
	char name[48], context[4096], unlabeled[4096];
	_cleanup_close_ int fd = -1;
	struct text t;

	text_init(&t, name, sizeof(name));
	text_uint(&t, pid);
	text_str(&t, "/attr/current");
	fd = openat(proc, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fd_read_text(fd, context, sizeof(context)) < 0)
		return false;
	context[strcspn(context, "\n")] = '\0';
	if (strcmp(context, "unlabeled") == 0)
		return true;
	instance = instance_open();
	return instance >= 0 &&
	       instance_read(instance, "initial_contexts/unlabeled", unlabeled, sizeof(unlabeled)) >
		       0 &&
	       strcmp(context, unlabeled) == 0;
}

/* The parent of a process of this procfs; 0 where it cannot be told, or is outside of it. */
static unsigned int parent_of(int proc, const char *process)
{
	char name[48], status[4096];
	_cleanup_close_ int fd = -1;
	struct text t;

	text_init(&t, name, sizeof(name));
	text_str(&t, process);
	text_str(&t, "/status");
	fd = openat(proc, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fd_read_text(fd, status, sizeof(status)) < 0)
		return 0;
	return guard_parent_of(status);
}

/* The process itself has no such parent when it is pid 1 of its pid namespace; see below. */
static unsigned int own_parent(int proc)
{
	return getpid() == 1 ? 0 : parent_of(proc, "thread-self");
}

/* Who counts, of the processes that share our mounts. */
typedef bool match_fn(int proc, unsigned int pid);

static bool is_anyone(int proc, unsigned int pid)
{
	(void)proc;
	(void)pid;
	return true;
}

/*
 * The first of @ancestors ancestors, or else init, that shares our mounts and counts.
 *
 * All pids are those of one procfs, whichever pid namespace it shows. A parent outside of it has
 * pid 0. Pid 1 of a pid namespace has no parent that matters: where an outer procfs still shows one,
 * it is the manager that made this mount namespace for it.
 */
static const char *shared_with(int ancestors, match_fn *counts)
{
	_cleanup_close_ int proc = proc_dir();
	unsigned int pid;
	struct stat ours;

	if (proc < 0 || fstatat(proc, "thread-self/ns/mnt", &ours, 0) < 0)
		return NULL;
	pid = own_parent(proc);
	for (int i = 0; i < ancestors && pid != 0; i++) {
		char name[16];
		struct text t;

		if (same_mounts(proc, pid, &ours) && counts(proc, pid))
			return i == 0 ? "its parent process" : "an ancestor process";
		text_init(&t, name, sizeof(name));
		text_uint(&t, pid);
		pid = parent_of(proc, name);
	}
	if (!is_init_here(proc) && same_mounts(proc, 1, &ours) && counts(proc, 1))
		return "init";
	return NULL;
}

const char *guard_shared_with(void)
{
	return shared_with(1, is_anyone);
}

/* Deeper than processes are nested by anyone; it ends where /proc does. */
#define ANCESTORS_MAX 64

const char *guard_foreign_with(void)
{
	return shared_with(ANCESTORS_MAX, is_foreign);
}
