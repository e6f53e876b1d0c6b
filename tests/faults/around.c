/* SPDX-License-Identifier: MIT */
/*
 * around.c - runs a command, and says what is not as it was before.
 *
 * For matrix.py, inside of selinuxns-sim, whose mounts are its own. Usage: around [OPTION...] -- COMMAND [ARGUMENT...]
 *   --scratch=DIR    the command's files: its output is in DIR/out, DIR/err and DIR/status (its
 *                    descriptor 3); what else is made in there is told
 *   --ran=FILE       exists when the command at the end of the set-up was started
 *   --bind=FROM:TO   mounts that are made first, with what is mounted below FROM
 *   --hide=DIR       a mount that is taken away first
 *   --close=FD       the command has not got this descriptor
 *   --full=FD        this one is a full disk
 *   --limit=NAME:N   it has this limit: nofile, nproc, as
 *   --orphan         it is waited for, but what it leaves running may end by itself, a little later
 * Prints a line "changed: ..." or "left: ..." for all that is different, and at the end
 * "status: N ran: N". What is looked at is the parent's: mounts, attributes, descriptors, processes,
 * files, its SELinux namespace's policy, mode, booleans and limits; and, with --maxns=2, whether
 * another namespace can be made, so that none is left.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SELINUXFS "/sys/fs/selinux"

#define WAIT_MS   30000
#define STEP_MS   2

static const char *scratch = "/nonexistent", *ran = "/nonexistent";
static int closed[3], n_closed, full[3], n_full;
static struct {
	int resource;
	rlim_t value;
} limits[3];
static int n_limits;

__attribute__((noreturn)) static void die(const char *what)
{
	fprintf(stderr, "around: %s: %s\n", what, strerror(errno));
	exit(99);
}

/* ---- what there is -------------------------------------------------------------------- */

/* Lines "NAME: VALUE", in memory. */
static void put(FILE *to, const char *name, const char *path)
{
	static char buf[1 << 20];
	uint64_t sum = 14695981039346656037ULL; /* FNV-1a, of what is not text */
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0, len = 0;

	while (fd >= 0 && len < (ssize_t)sizeof(buf) &&
	       (n = read(fd, buf + len, sizeof(buf) - (size_t)len)) > 0)
		len += n;
	if (fd < 0 || n < 0) {
		fprintf(to, "%s: %s\n", name, strerrorname_np(errno));
	} else {
		for (ssize_t i = 0; i < len; i++)
			sum = (sum ^ (unsigned char)buf[i]) * 1099511628211ULL;
		fprintf(to, "%s: %zd %llx %.*s\n", name, len, (unsigned long long)sum,
			(int)strcspn(buf, "\n") < 80 ? (int)len : 0, len < 80 ? buf : "");
	}
	if (fd >= 0)
		close(fd);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void put_names(FILE *to, const char *what, const char *dir,
		      void (*each)(FILE *, const char *))
{
	struct dirent **entries;
	int n = scandir(dir, &entries, NULL, by_name);

	for (int i = 0; i < n; i++) {
		char path[4096];

		snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.' && what)
			fprintf(to, "%s: %s\n", what, path);
		if (entries[i]->d_name[0] != '.' && each)
			each(to, path);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

static void put_boolean(FILE *to, const char *path)
{
	put(to, path, path);
}

static void put_mounts(FILE *to)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t room = 0;

	while (f && getline(&line, &room, f) > 0)
		fprintf(to, "mount: %s", line);
	free(line);
	if (f)
		fclose(f);
}

static char *snapshot(void)
{
	static const char *const files[] = { "enforce", "maxns",      "maxnsdepth",
					     "policy",  "policyvers", "deny_unknown" };
	char *text, path[64];
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		die("memory");
	put_mounts(to);
	put(to, "context", "/proc/self/attr/current");
	put(to, "exec context", "/proc/self/attr/exec");
	put_names(to, "descriptor", "/proc/self/fd", NULL);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), SELINUXFS "/%s", files[i]);
		put(to, path, path);
	}
	put_names(to, NULL, SELINUXFS "/booleans", put_boolean);
	put_names(to, "file", scratch, NULL);
	put_names(to, "temporary file", "/dev/shm", NULL);
	if (fclose(to) != 0)
		die("memory");
	return text;
}

static bool has_line(const char *text, const char *line, size_t len)
{
	for (const char *at = text; *at; at += strcspn(at, "\n") + 1)
		if (strcspn(at, "\n") == len && strncmp(at, line, len) == 0)
			return true;
	return false;
}

/* The lines of one that are not in the other. */
static void compare(const char *what, const char *text, const char *other)
{
	for (const char *at = text; *at; at += strcspn(at, "\n") + 1) {
		size_t len = strcspn(at, "\n");

		if (len && !has_line(other, at, len) && strncmp(at, "file: ", 6) != 0)
			printf("changed: %s %.*s\n", what, (int)len, at);
		else if (len && !has_line(other, at, len))
			printf("file: %s %.*s\n", what, (int)len, at);
	}
}

/* ---- what is left -------------------------------------------------------------------- */

static void pause_ms(int ms)
{
	usleep((useconds_t)ms * 1000);
}

/* Processes that lost their parent are ours (PR_SET_CHILD_SUBREAPER). */
static void wait_for_others(void)
{
	for (int ms = 0; ms < WAIT_MS; ms += STEP_MS) {
		pid_t pid = waitpid(-1, NULL, WNOHANG);

		if (pid < 0)
			return;
		if (pid == 0)
			pause_ms(STEP_MS);
	}
	printf("left: a process\n");
}

/* LSM_ATTR_UNSHARE by the system call, or the file. Raw, as this must know nothing of the library. */
static int unshare_namespace(void)
{
	struct {
		uint64_t id, flags, len, ctx_len;
	} entry = { 101, 0, sizeof(entry), 0 };
	int fd, rc;

	if (syscall(460, 106, &entry, sizeof(entry), 0) == 0)
		return 0;
	if (errno != EOPNOTSUPP)
		return -1;
	fd = open(SELINUXFS "/unshare", O_WRONLY | O_CLOEXEC);
	rc = fd < 0 ? -1 : (int)write(fd, "1", 1);
	return rc < 0 ? -1 : 0;
}

/* Is there room for one, as there was before? */
static void try_namespace(void)
{
	for (int ms = 0; ms < WAIT_MS; ms += STEP_MS) {
		int status;
		pid_t pid = fork();

		if (pid == 0)
			_exit(unshare(CLONE_NEWNS) < 0 || unshare_namespace() < 0 ? errno : 0);
		waitpid(pid, &status, 0);
		if (status == 0)
			return;
		if (WEXITSTATUS(status) != ENOSPC) {
			printf("changed: another namespace cannot be made: %s\n",
			       strerrorname_np(WEXITSTATUS(status)));
			return;
		}
		pause_ms(STEP_MS);
	}
	printf("left: a namespace\n");
}

/* ---- the command ------------------------------------------------------------------------- */

static void redirect(const char *name, int fd)
{
	char path[4096];
	int file;

	snprintf(path, sizeof(path), "%s/%s", scratch, name);
	file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (file < 0 || (file != fd && (dup2(file, fd) < 0 || close(file) < 0)))
		die(path);
}

static void run(char **argv)
{
	int null = open("/dev/null", O_RDONLY);

	if (null < 0 || dup2(null, 0) < 0)
		die("/dev/null");
	redirect("out", 1);
	redirect("status", 3);
	for (int i = 0; i < n_full; i++) {
		int fd = open("/dev/full", O_WRONLY);

		if (fd < 0 || dup2(fd, full[i]) < 0)
			die("/dev/full");
		close(fd);
	}
	redirect("err", 2);
	for (int i = 0; i < n_full; i++)
		if (full[i] == 2 && dup2(1, 2) < 0)
			die("/dev/full");
	closefrom(4);
	for (int i = 0; i < n_closed; i++)
		close(closed[i]);
	for (int i = 0; i < n_limits; i++) {
		struct rlimit limit = { limits[i].value, limits[i].value };

		if (setrlimit((__rlimit_resource_t)limits[i].resource, &limit) < 0)
			die("setrlimit");
	}
	execvp(argv[0], argv);
	die(argv[0]);
}

/* Where others of this machine make files, too. */
static void own_shm(void)
{
	if (mount("none", "/dev/shm", "tmpfs", 0, NULL) < 0 && errno != ENOENT)
		die("/dev/shm");
}

/* ---- options ------------------------------------------------------------------------------- */

/* Ends the text at the mark; what is behind it. */
static char *split(char *text, char mark)
{
	char *at = strchr(text, mark);

	if (!at) {
		errno = EINVAL;
		die(text);
	}
	*at = '\0';
	return at + 1;
}

static void bind_mount(char *value)
{
	const char *to = split(value, ':');

	if (mount(value, to, NULL, MS_BIND | MS_REC, NULL) < 0)
		die(to);
}

static void add_limit(char *value)
{
	static const struct {
		const char *name;
		int resource;
	} names[] = { { "nofile", RLIMIT_NOFILE }, { "nproc", RLIMIT_NPROC }, { "as", RLIMIT_AS } };
	const char *number = split(value, ':');

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].name, value) == 0)
			limits[n_limits].resource = names[i].resource;
	limits[n_limits++].value = strtoul(number, NULL, 10);
}

static void set(char *argument)
{
	char *value = split(argument, '=');

	if (strcmp(argument, "--scratch") == 0)
		scratch = value;
	else if (strcmp(argument, "--ran") == 0)
		ran = value;
	else if (strcmp(argument, "--bind") == 0)
		bind_mount(value);
	else if (strcmp(argument, "--hide") == 0 && umount2(value, MNT_DETACH) < 0)
		die(value);
	else if (strcmp(argument, "--close") == 0)
		closed[n_closed++] = atoi(value);
	else if (strcmp(argument, "--full") == 0)
		full[n_full++] = atoi(value);
	else if (strcmp(argument, "--limit") == 0)
		add_limit(value);
}

int main(int argc, char **argv)
{
	char *before, *after;
	int i, status;
	pid_t pid;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	own_shm();
	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		set(argv[i]);
	unlink(ran);
	before = snapshot();
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0)
		run(argv + i + 1);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("wait");
	wait_for_others();
	after = snapshot();
	compare("gone:", before, after);
	compare("new:", after, before);
	try_namespace();
	printf("status: %d ran: %d\n",
	       WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status),
	       access(ran, F_OK) == 0);
	free(before);
	free(after);
	return 0;
}
