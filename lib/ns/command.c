/* SPDX-License-Identifier: MIT */
/*
 * command.c - the command that a plan ends in, and its execution (see command.h).
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/inroot.h"
#include "ns/command.h"

#define STEP_STDIO "set standard descriptors"
#define STEP_CLOSE "close descriptors"
#define SHELL      "/bin/sh"

/* linux/close_range.h, 5.11 */
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

/* ---- before the first step --------------------------------------------------- */

static int compare_fds(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static size_t count(char *const *strings)
{
	size_t n = 0;

	while (strings && strings[n])
		n++;
	return n;
}

/* The environment with SELINUXNS=1 in it; the strings are still those of @from. */
static char **make_environment(char *const *from)
{
	static char sign[] = "SELINUXNS=1";
	size_t n = count(from), kept = 0;
	char **made = calloc(n + 2, sizeof(*made));

	for (size_t i = 0; made && i < n; i++)
		if (strncmp(from[i], sign, sizeof("SELINUXNS=") - 1) != 0)
			made[kept++] = from[i];
	if (made)
		made[kept] = sign;
	return made;
}

static const char **make_shell_argv(char *const *argv)
{
	size_t n = count(argv);
	const char **made = calloc(n + 2, sizeof(*made));

	for (size_t i = 1; made && i < n; i++)
		made[i + 1] = argv[i];
	if (made)
		made[0] = SHELL;
	return made;
}

void command_need(struct command *command, int fd)
{
	size_t at = command->n_need;

	if (fd < 0)
		return;
	for (; at > 0 && command->need[at - 1] > fd; at--)
		command->need[at] = command->need[at - 1];
	command->need[at] = fd;
	command->n_need++;
}

/* The descriptor of this process that a path goes by, or -1. */
static int descriptor_in(const char *path)
{
	static const char *const ways[] = { "/proc/self/fd/", "/proc/thread-self/fd/", "/dev/fd/" };

	for (size_t i = 0; path && i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strncmp(path, ways[i], strlen(ways[i])) == 0)
			return atoi(path + strlen(ways[i]));
	return -1;
}

static void need_what_is_named(struct command *command)
{
	const struct selinuxns_plan *plan = command->work->plan;

	for (size_t i = 0; i < command->n_keep; i++)
		command_need(command, command->keep[i]);
	for (size_t i = 0; i < 3; i++)
		command_need(command, plan->stdio[i]);
	command_need(command, descriptor_in(plan->workdir));
	command_need(command, descriptor_in(command->argv[0]));
}

int command_make(struct command *command, struct work *work, char *const argv[])
{
	const struct selinuxns_plan *plan = work->plan;

	command->work = work;
	command->argv = argv;
	if (!argv || !argv[0])
		return ns_fail(work->error, EINVAL, STEP_EXECUTE, "", "no command is given", "");
	command->environment = make_environment(plan->environment ? plan->environment : environ);
	command->shell_argv = make_shell_argv(argv);
	command->keep = calloc(plan->n_keep ? plan->n_keep : 1, sizeof(int));
	command->need = calloc(plan->n_keep + NEED_MORE, sizeof(int));
	if (!command->environment || !command->shell_argv || !command->keep || !command->need)
		return ns_fail(work->error, ENOMEM, STEP_EXECUTE, argv[0], NULL, "");
	command->path = plan_search_path(command->environment);
	command->n_keep = plan->n_keep;
	if (plan->n_keep)
		memcpy(command->keep, plan->keep, plan->n_keep * sizeof(int));
	qsort(command->keep, command->n_keep, sizeof(int), compare_fds);
	need_what_is_named(command);
	return 0;
}

void command_release(const struct command *command)
{
	free(command->environment);
	free(command->shell_argv);
	free(command->keep);
	free(command->need);
}

/* ---- descriptors, signals ------------------------------------------------------ */

/* All but the standard ones and these, which are sorted. */
static int close_but(const int *fds, size_t n, unsigned int flags)
{
	unsigned int from = STDERR_FILENO + 1;

	for (size_t i = 0; i < n; i++) {
		unsigned int fd = (unsigned int)fds[i];

		if (fd > from && syscall(SYS_close_range, from, fd - 1, flags) < 0)
			return -1;
		if (fd >= from)
			from = fd + 1;
	}
	return (int)syscall(SYS_close_range, from, UINT_MAX, flags);
}

static int fail_close(const struct command *command)
{
	return ns_fail(command->work->error, errno, STEP_CLOSE, "", NULL,
		       errno == ENOSYS || errno == EINVAL
			       ? "; close_range(2) with CLOSE_RANGE_CLOEXEC is missing (Linux 5.11)"
			       : "");
}

int command_close_unneeded(const struct command *command)
{
	if (command->work->plan->keep_all)
		return 0;
	return close_but(command->need, command->n_need, 0) < 0 ? fail_close(command) : 0;
}

static int fail_stdio(const struct command *command, size_t number)
{
	static const char *const names[] = { "0", "1", "2" };

	return ns_fail(command->work->error, errno, STEP_STDIO, names[number], NULL, "");
}

/* First copies of those that are themselves about to be replaced: 1 and 2 may be exchanged. */
static int set_stdio(const struct command *command)
{
	const int *stdio = command->work->plan->stdio;
	int from[3];

	for (size_t i = 0; i < 3; i++) {
		from[i] = stdio[i];
		if (from[i] >= 0 && from[i] <= STDERR_FILENO)
			from[i] = fcntl(from[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		if (stdio[i] >= 0 && from[i] < 0)
			return fail_stdio(command, i);
	}
	for (size_t i = 0; i < 3; i++)
		if (from[i] >= 0 && dup2(from[i], (int)i) < 0)
			return fail_stdio(command, i);
	return 0;
}

void command_default_signals(const struct command *command)
{
	const struct sigaction action = { .sa_handler = SIG_DFL };

	for (int sig = 1; sig <= SIGRTMAX; sig++)
		if (sigismember(&command->work->plan->defaults, sig) == 1)
			sigaction(sig, &action, NULL);
}

/* Not closed yet: whoever waits for news of the execution still has a way to hear it. */
static int close_others(const struct command *command)
{
	int rc = 0;

	if (!command->work->plan->keep_all)
		rc = close_but(command->keep, command->n_keep, CLOSE_RANGE_CLOEXEC);
	for (size_t i = 0; i < command->n_keep && rc == 0; i++)
		rc = fcntl(command->keep[i], F_SETFD, 0);
	return rc < 0 ? fail_close(command) : 0;
}

int command_set_descriptors(const struct command *command)
{
	return set_stdio(command) < 0 ? -1 : close_others(command);
}

/* ---- the execution ------------------------------------------------------------- */

/* The interpreter that a script names, in @name of @size; false: it is none. */
static bool script_interpreter(int fd, char *name, size_t size)
{
	ssize_t n = pread(fd, name, size - 1, 0);
	char *start;

	if (n < 2 || name[0] != '#' || name[1] != '!')
		return false;
	name[n] = '\0';
	start = name + 2 + strspn(name + 2, " \t");
	start[strcspn(start, " \t\n")] = '\0';
	memmove(name, start, strlen(start) + 1);
	return name[0];
}

/* Where the parts of a program are described: of both word sizes, which the machine number decides. */
struct parts {
	uint64_t offset;
	size_t size; /* of one description */
	unsigned int count;
	bool wide;
};

static bool find_parts(int fd, bool wide, struct parts *parts)
{
	union {
		Elf64_Ehdr wide;
		Elf32_Ehdr narrow;
	} header;

	if (pread(fd, &header, sizeof(header), 0) < (ssize_t)sizeof(header.narrow) ||
	    memcmp(header.wide.e_ident, ELFMAG, SELFMAG) != 0)
		return false;
	parts->wide = wide;
	parts->offset = wide ? header.wide.e_phoff : header.narrow.e_phoff;
	parts->count = wide ? header.wide.e_phnum : header.narrow.e_phnum;
	parts->size = wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	return (wide ? header.wide.e_phentsize : header.narrow.e_phentsize) == parts->size;
}

/* The name in the first part that is a loader's. */
static bool loader_in(int fd, const struct parts *parts, char *name, size_t size)
{
	for (unsigned int i = 0; i < parts->count; i++) {
		union {
			Elf64_Phdr wide;
			Elf32_Phdr narrow;
		} part;
		uint64_t offset, length;
		ssize_t n;

		if (pread(fd, &part, parts->size, (off_t)(parts->offset + i * parts->size)) !=
		    (ssize_t)parts->size)
			return false;
		if (part.wide.p_type != PT_INTERP) /* the first word in both */
			continue;
		offset = parts->wide ? part.wide.p_offset : part.narrow.p_offset;
		length = parts->wide ? part.wide.p_filesz : part.narrow.p_filesz;
		n = pread(fd, name, length < size ? length : size - 1, (off_t)offset);
		name[n > 0 ? n : 0] = '\0';
		return name[0];
	}
	return false;
}

/* The loader that a program names, as the kernel would find it. */
static bool program_loader(int fd, char *name, size_t size)
{
	struct parts parts;

	/* Not by the class that the file says it has: the kernel does not look at that. */
	return (find_parts(fd, true, &parts) && loader_in(fd, &parts, name, size)) ||
	       (find_parts(fd, false, &parts) && loader_in(fd, &parts, name, size));
}

/* The kernel cannot open it either then, or may where we may not read. */
static bool execution_says(int err)
{
	return err == ENOENT || err == ENOTDIR || err == ENAMETOOLONG || err == EACCES;
}

/* As deep as the kernel follows scripts, and a loader more. */
#define CHAIN_MAX 6

/*
 * Is everything that the kernel opens to execute this file reached without a magic link? A hostile
 * root could name our own program that way, the host's, as an interpreter or a loader. 0, or -1
 * with ELOOP, or why it cannot be told; what is missing, the execution says itself.
 */
static int check_chain(const char *file)
{
	char name[2][PATH_MAX];

	for (int depth = 0; depth < CHAIN_MAX; depth++) {
		char *next = name[depth & 1];
		_cleanup_close_ int fd = inroot_open_entered(file, O_PATH);
		_cleanup_close_ int reading = -1;
		struct stat st;

		if (fd < 0)
			return execution_says(errno) ? 0 : -1;
		/* Looked at before it is really opened: a FIFO would wait, a device act. */
		if (fstat(fd, &st) < 0)
			return -1;
		if (!S_ISREG(st.st_mode))
			return 0;
		reading = inroot_open_entered(file, O_RDONLY | O_NONBLOCK | O_NOCTTY);
		if (reading < 0)
			return execution_says(errno) ? 0 : -1;
		errno = 0;
		if (!script_interpreter(reading, next, sizeof(name[0])) &&
		    !program_loader(reading, next, sizeof(name[0])))
			return errno ? -1 : 0; /* it could not be read, or names nothing */
		file = next;
	}
	return 0;
}

static bool is_script(const char *file)
{
	_cleanup_close_ int fd = inroot_open_entered(file, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	char name[256];

	return fd >= 0 && script_interpreter(fd, name, sizeof(name));
}

/*
 * In a root of someone else's: the very file that was looked at is executed. A script is by its
 * path, as its interpreter must be able to open it.
 */
static void execute_in_root(const struct command *command, const char *file)
{
	_cleanup_close_ int fd = inroot_open_entered(file, O_PATH);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return;
	if (!S_ISREG(st.st_mode)) {
		errno = EACCES;
		return;
	}
	if (check_chain(file) < 0)
		return;
	if (is_script(file))
		execve(file, command->argv, command->environment);
	else
		syscall(SYS_execveat, fd, "", command->argv, command->environment, AT_EMPTY_PATH);
}

static void execute_file(const struct command *command, const char *file)
{
	if (command->work->plan->root)
		execute_in_root(command, file);
	else
		execve(file, command->argv, command->environment);
	if (errno != ENOEXEC)
		return;
	/* As execvp(3): a script without "#!". */
	if (command->work->plan->root && check_chain(SHELL) < 0)
		return;
	command->shell_argv[1] = file;
	execve(SHELL, (char *const *)command->shell_argv, command->environment);
}

static int fail_execute(const struct command *command, int reason)
{
	const char *root = command->work->plan->root;
	char remedy[512];
	struct text t;

	text_init(&t, remedy, sizeof(remedy));
	if (reason == EACCES)
		text_str(&t, "; it is not executable, or a policy denies it");
	else if (reason == ELOOP)
		text_str(&t, "; it leads through too many links, or a magic link");
	if (root) {
		text_str(&t, "; the root is ");
		text_escaped(&t, root);
	}
	return ns_fail(command->work->error, reason, STEP_EXECUTE, command->argv[0], NULL, remedy);
}

int command_execute(const struct command *command)
{
	const char *name = command->argv[0];
	int reason = ENOENT;
	char file[PATH_MAX];

	if (strchr(name, '/') || !name[0]) {
		execute_file(command, name);
		reason = errno;
	}
	for (const char *at = command->path, *end; !strchr(name, '/') && name[0] && at;
	     at = *end ? end + 1 : NULL) {
		size_t dir, len = strlen(name);

		end = strchrnul(at, ':');
		dir = (size_t)(end - at);
		if (dir + len + 2 > sizeof(file))
			continue;
		memcpy(file, at, dir);
		if (dir > 0)
			file[dir++] = '/';
		memcpy(file + dir, name, len + 1);
		execute_file(command, file);
		/* A later one may be there, or may be executed. */
		if (errno == EACCES) {
			reason = EACCES;
		} else if (errno != ENOENT && errno != ENOTDIR) {
			reason = errno;
			break;
		}
	}
	return fail_execute(command, reason);
}
