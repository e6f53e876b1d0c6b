/* SPDX-License-Identifier: MIT */
/*
 * guard.c - did the caller forget to unshare its mount namespace? See guard.h.
 *
 * May call base/ only; async-signal-safe. Must never refuse on a guess.
 */
#include "ns/guard.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/proc.h"

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

const char *guard_shared_with(void)
{
	_cleanup_close_ int proc = proc_dir();
	char status[4096];
	struct stat ours;
	unsigned int parent;

	if (proc < 0 || fstatat(proc, "thread-self/ns/mnt", &ours, 0) < 0)
		return NULL;
	/*
	 * All pids are those of this one procfs, whichever pid namespace it shows. A parent
	 * outside of it has pid 0. Pid 1 of a pid namespace has no parent that matters: where
	 * an outer procfs still shows one, it is the manager that made this mount namespace
	 * for it.
	 */
	if (getpid() != 1 && proc_read("thread-self/status", status, sizeof(status)) > 0) {
		parent = guard_parent_of(status);
		if (parent != 0 && same_mounts(proc, parent, &ours))
			return "its parent process";
	}
	if (!is_init_here(proc) && same_mounts(proc, 1, &ours))
		return "init";
	return NULL;
}
