/* SPDX-License-Identifier: MIT */
/*
 * procfiles.c - what a traced thread finds in /proc (see procfiles.h).
 */
#include "procfiles.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "kernel.h"
#include "serve.h"

/* A growing text; len is (size_t)-1 once memory ran out. */
struct text {
	char *buf;
	size_t len, room;
};

static void put(struct text *t, const char *from, size_t n)
{
	if (t->len == (size_t)-1 || n == 0)
		return;
	if (t->len + n > t->room) {
		size_t room = (t->len + n) * 2;
		char *more = realloc(t->buf, room);

		if (!more) {
			t->len = (size_t)-1;
			return;
		}
		t->buf = more;
		t->room = room;
	}
	memcpy(t->buf + t->len, from, n);
	t->len += n;
}

/* All of a file, as it is read from its start. */
static int slurp(const char *path, struct text *t)
{
	char chunk[8192];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		put(t, chunk, (size_t)n);
	close(fd);
	if (n < 0)
		return -errno;
	return t->len == (size_t)-1 ? -ENOMEM : 0;
}

int own_reopen(int fd, int flags)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, flags | O_CLOEXEC);
}

/* A read-only descriptor of this text. */
static int text_fd(const struct text *t)
{
	int fd = memfd_create("selinuxns-sim", MFD_CLOEXEC | MFD_ALLOW_SEALING), ro;

	if (fd < 0)
		return -errno;
	for (size_t done = 0; done < t->len;) {
		ssize_t n = write(fd, t->buf + done, t->len - done);

		if (n < 0) {
			close(fd);
			return -errno;
		}
		done += (size_t)n;
	}
	fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
	ro = own_reopen(fd, O_RDONLY);
	close(fd);
	return ro < 0 ? -errno : ro;
}

/* ---- mount tables -------------------------------------------------------------- */

/* The lines that name our type show selinuxfs, and none of FUSE's options. */
static void mounts_rewrite(const struct text *from, struct text *to)
{
	const char *at = from->buf, *end = from->buf + from->len;

	while (at < end) {
		const char *nl = memchr(at, '\n', (size_t)(end - at));
		const char *stop = nl ? nl + 1 : end;
		const char *type =
			memmem(at, (size_t)(stop - at), SERVE_FSTYPE, strlen(SERVE_FSTYPE));
		const char *options;

		if (type) {
			put(to, at, (size_t)(type - at));
			put(to, "selinuxfs", 9);
			at = type + strlen(SERVE_FSTYPE);
			options = memmem(at, (size_t)(stop - at), SERVE_OPTIONS,
					 strlen(SERVE_OPTIONS));
			if (options) {
				put(to, at, (size_t)(options - at));
				at = options + strlen(SERVE_OPTIONS);
			}
		}
		put(to, at, (size_t)(stop - at));
		at = stop;
	}
}

/* A real selinuxfs of the machine underneath is not this machine's. */
static void filesystems_rewrite(const struct text *from, struct text *to)
{
	static const char line[] = "nodev\tselinuxfs\n";
	const char *at = from->buf, *end = from->buf + from->len;

	while (at < end) {
		const char *nl = memchr(at, '\n', (size_t)(end - at));
		const char *stop = nl ? nl + 1 : end;

		if ((size_t)(stop - at) != sizeof(line) - 1 || memcmp(at, line, sizeof(line) - 1))
			put(to, at, (size_t)(stop - at));
		at = stop;
	}
	if (kernel_has_selinux())
		put(to, line, sizeof(line) - 1);
}

static void cmdline_rewrite(const struct text *from, struct text *to)
{
	size_t len = from->len;

	if (len && from->buf[len - 1] == '\n')
		len--;
	put(to, from->buf, len);
	put(to, " selinux=0\n", 11);
}

static int rewritten(const char *fd_path, void (*rewrite)(const struct text *, struct text *))
{
	struct text from = { 0 }, to = { 0 };
	int rc = slurp(fd_path, &from);

	if (!rc)
		rewrite(&from, &to);
	if (!rc && to.len == (size_t)-1)
		rc = -ENOMEM;
	if (!rc)
		rc = text_fd(&to);
	free(from.buf);
	free(to.buf);
	return rc;
}

/* ---- attributes ------------------------------------------------------------------ */

/* The number that ends a path component, e.g. 12 of ".../12/attr/current". */
static pid_t component_pid(const char *start, const char *end)
{
	pid_t pid = 0;

	if (start == end)
		return -1;
	for (; start < end; start++) {
		if (*start < '0' || *start > '9' || pid > 100000000)
			return -1;
		pid = pid * 10 + (*start - '0');
	}
	return pid;
}

/* In /proc of another PID namespace than ours the numbers are that one's: find the task whose
 * innermost number it is, in the opener's own PID namespace. */
static pid_t translate_pid(pid_t opener, pid_t pid, dev_t proc_dev)
{
	struct stat ours, opener_ns, task_ns;
	char path[64], line[256];
	pid_t *tids, found = pid;
	size_t n;

	if (!stat("/proc", &ours) && ours.st_dev == proc_dev)
		return pid;
	snprintf(path, sizeof(path), "/proc/%d/ns/pid", (int)opener);
	if (stat(path, &opener_ns))
		return pid;
	n = task_list(&tids);
	for (size_t i = 0; i < n; i++) {
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%d/ns/pid", (int)tids[i]);
		if (stat(path, &task_ns) || task_ns.st_ino != opener_ns.st_ino)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/status", (int)tids[i]);
		f = fopen(path, "re");
		if (!f)
			continue;
		while (fgets(line, sizeof(line), f)) {
			const char *last = strrchr(line, '\t');

			if (!strncmp(line, "NSpid:", 6) && last && atoi(last + 1) == pid)
				found = tids[i];
		}
		fclose(f);
	}
	free(tids);
	return found;
}

/* PATH/PID/attr/NAME or PATH/PID/task/TID/attr/NAME: the task, or -1. */
static pid_t attr_task(const char *path, const char *name)
{
	const char *end = name - 6, *start; /* before "/attr/" */

	if (end <= path || strncmp(end, "/attr/", 6))
		return -1;
	for (start = end; start > path && start[-1] != '/';)
		start--;
	return component_pid(start, end);
}

/* ---- which file is it? -------------------------------------------------------------- */

/* A number in the information that /proc has of a descriptor; -1: it is not open. */
static int descriptor_number(pid_t tid, int number, const char *field, int base)
{
	char path[64], line[128];
	size_t len = strlen(field);
	int value = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", (int)tid, number);
	f = fopen(path, "re");
	if (!f)
		return -1;
	while (value < 0 && fgets(line, sizeof(line), f))
		if (!strncmp(line, field, len) && line[len] == ':')
			value = (int)strtol(line + len + 1, NULL, base);
	fclose(f);
	return value;
}

int procfiles_open_flags(pid_t tid, int number)
{
	return descriptor_number(tid, number, "flags", 8);
}

bool procfiles_mount_of(pid_t tid, int number, struct procfiles_mount *mount)
{
	int id = descriptor_number(tid, number, "mnt_id", 10), this, at;
	char path[64], *line = NULL;
	bool found = false;
	size_t room = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/mountinfo", (int)tid);
	f = id < 0 ? NULL : fopen(path, "re");
	if (!f)
		return false;
	/* ID PARENT DEVICE ROOT POINT OPTIONS [TAGS] - TYPE SOURCE OPTIONS */
	while (!found && getline(&line, &room, f) > 0) {
		const char *rest;

		if (sscanf(line, "%d %*s %*s %*s %*s %n", &this, &at) != 1 || this != id)
			continue;
		rest = strstr(line + at, " - ");
		found = rest && sscanf(rest, " - %63s", mount->type) == 1;
		line[at + (int)strcspn(line + at, " ")] = '\0';
		mount->nosuid = strstr(line + at, "nosuid") != NULL;
	}
	free(line);
	fclose(f);
	return found;
}

/* A mount that is in no table (of fsmount(2)) is asked itself. */
static bool on_procfs(pid_t tid, int number, const char *fd_path)
{
	struct procfiles_mount mount;
	struct statfs fs;
	int fd;
	bool yes;

	if (procfiles_mount_of(tid, number, &mount))
		return !strcmp(mount.type, "proc");
	fd = open(fd_path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return false;
	yes = !fstatfs(fd, &fs) && fs.f_type == PROC_SUPER_MAGIC;
	close(fd);
	return yes;
}

int procfiles_replacement(pid_t tid, int number, int *flags)
{
	char fd_path[64], path[PATH_MAX];
	const char *name;
	struct stat st;
	enum attr attr;
	ssize_t n;
	pid_t task;

	snprintf(fd_path, sizeof(fd_path), "/proc/%d/fd/%d", (int)tid, number);
	n = readlink(fd_path, path, sizeof(path) - 1);
	if (n <= 0)
		return -ENOENT;
	path[n] = '\0';
	name = strrchr(path, '/');
	if (!name)
		return -ENOENT;
	name++;
	attr = attr_by_name(name);
	if (attr == ATTR_COUNT && strcmp(name, "mounts") && strcmp(name, "mountinfo") &&
	    strcmp(name, "mountstats") && strcmp(name, "filesystems") && strcmp(name, "cmdline"))
		return -ENOENT;
	if (!on_procfs(tid, number, fd_path))
		return -ENOENT;
	*flags = procfiles_open_flags(tid, number);
	if (*flags < 0 || *flags & O_PATH)
		return -ENOENT;
	if (attr != ATTR_COUNT) {
		task = attr_task(path, name);
		if (task < 0 || stat(fd_path, &st))
			return -ENOENT;
		return serve_attr_open(translate_pid(tid, task, st.st_dev), attr, *flags);
	}
	if (!strncmp(name, "mount", 5))
		return rewritten(fd_path, mounts_rewrite);
	if (!strcmp(name, "filesystems"))
		return rewritten(fd_path, filesystems_rewrite);
	/* Only the kernel's own command line, not a process's. */
	if (kernel_has_selinux() || name - path < 6 || strncmp(name - 6, "/proc/", 6))
		return -ENOENT;
	return rewritten(fd_path, cmdline_rewrite);
}
