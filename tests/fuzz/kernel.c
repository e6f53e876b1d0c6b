/* SPDX-License-Identifier: MIT */
/*
 * kernel.c - a kernel that answers what the input says (see kernel.h).
 */
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fuzz.h"
#include "kernel/instance.h"
#include "kernel/lsm.h"
#include "kernel/mounts.h"

#define SECTIONS_MAX 64

struct section {
	const char *name;
	size_t name_len;
	const uint8_t *data;
	size_t size;
};

static struct section sections[SECTIONS_MAX];
static size_t n_sections;
static bool active;
static int first_fd; /* the first that was free */
static int peers[SECTIONS_MAX], n_peers; /* the other ends of files that are written and read */

/* ---- the input ------------------------------------------------------------ */

static void split(const char *at, const char *end)
{
	static const char mark[] = "\n== ";

	n_sections = 0;
	if (end - at < 3 || memcmp(at, mark + 1, 3) != 0)
		return;
	at += 3;
	while (at && n_sections < SECTIONS_MAX) {
		struct section *s = &sections[n_sections++];
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *next;

		s->name = at;
		s->name_len = (size_t)((newline ? newline : end) - at);
		at = newline ? newline + 1 : end;
		/* An empty answer has no newline of its own. */
		next = memmem(at - (newline != NULL), (size_t)(end - at) + (newline != NULL), mark,
			      sizeof(mark) - 1);
		s->data = (const uint8_t *)at;
		s->size = next && next < at ? 0 : (size_t)((next ? next : end) - at);
		at = next ? next + sizeof(mark) - 1 : NULL;
	}
}

static const struct section *find(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < n_sections; i++)
		if (sections[i].name_len == len && memcmp(sections[i].name, name, len) == 0)
			return &sections[i];
	return NULL;
}

bool kernel_active(void)
{
	return active;
}

const uint8_t *kernel_answer(const char *name, size_t *size)
{
	const struct section *s = find(name);

	if (s)
		*size = s->size;
	return s ? s->data : NULL;
}

/* The error number that is the answer, 0 where there is another one. */
static int error_of(const struct section *s, int absent)
{
	int err = 0;

	if (!s)
		return absent;
	if (s->size < 2 || s->data[0] != '!')
		return 0;
	for (size_t i = 1; i < s->size && err < 4096; i++)
		err = err * 10 + s->data[i] % 16 % 10;
	return err > 0 && err < 4096 ? err : EIO;
}

static int free_fd(void)
{
	int fd = fcntl(2, F_DUPFD_CLOEXEC, 3);

	close(fd);
	return fd; /* cppcheck-suppress deallocret ; the number is asked for */
}

char *kernel_with_paths(const uint8_t *data, size_t size, const struct kernel_path *paths, size_t n,
			size_t *made)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, made);

	if (!f)
		abort();
	for (size_t i = 0; i < size; i++) {
		fputc(data[i], f);
		if (i < 2 || memcmp(&data[i - 2], "== ", 3) != 0 || (i > 2 && data[i - 3] != '\n'))
			continue;
		for (size_t j = 0; j < n; j++) {
			size_t len = strlen(paths[j].begins);

			if (size - i - 1 >= len && !memcmp(&data[i + 1], paths[j].begins, len))
				fputs(paths[j].directory, f);
		}
	}
	fclose(f);
	return text;
}

void kernel_begin(const uint8_t *data, size_t size)
{
	signal(SIGPIPE, SIG_IGN);
	split((const char *)data, (const char *)data + size);
	first_fd = free_fd();
	active = true;
}

void kernel_end(void)
{
	active = false;
	while (n_peers > 0)
		close(peers[--n_peers]);
	PROMISE(free_fd() == first_fd);
}

/* ---- files ------------------------------------------------------------------- */

/* What is written goes elsewhere, and what is read is the answer. */
static int open_both(const struct section *s)
{
	int pair[2];

	if (n_peers == SECTIONS_MAX ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
		errno = EMFILE;
		return -1;
	}
	if (send(pair[1], s->data, s->size, MSG_DONTWAIT) < 0 || shutdown(pair[1], SHUT_WR) < 0)
		abort();
	peers[n_peers++] = pair[1];
	return pair[0];
}

static int open_section(const struct section *s, int flags)
{
	int fd, err = error_of(s, ENOENT);

	if (err || flags & O_DIRECTORY) {
		errno = err ? err : ENOTDIR;
		return -1;
	}
	if ((flags & O_ACCMODE) == O_RDWR)
		return open_both(s);
	fd = memfd_create("answer", MFD_CLOEXEC);
	if (fd < 0 || pwrite(fd, s->data, s->size, 0) != (ssize_t)s->size)
		abort();
	return fd;
}

int __real_openat(int dirfd, const char *path, int flags, ...);
int __wrap_openat(int dirfd, const char *path, int flags, ...);
int __wrap_openat(int dirfd, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	/* A descriptor is the real kernel's, also by its name. */
	if (!active || strncmp(path, "thread-self/fd/", strlen("thread-self/fd/")) == 0)
		return __real_openat(dirfd, path, flags, mode);
	return open_section(find(path), flags);
}

int __real_faccessat(int dirfd, const char *path, int mode, int flags);
int __wrap_faccessat(int dirfd, const char *path, int mode, int flags);
int __wrap_faccessat(int dirfd, const char *path, int mode, int flags)
{
	if (!active)
		return __real_faccessat(dirfd, path, mode, flags);
	if (find(path))
		return 0;
	errno = ENOENT;
	return -1;
}

/* ---- instances ------------------------------------------------------------------ */

static int open_instance(void)
{
	int err = error_of(find("selinuxfs"), ENODEV);

	if (!err)
		return __real_openat(AT_FDCWD, "/", O_PATH | O_CLOEXEC);
	errno = err;
	return -1;
}

int __wrap_instance_open(void);
int __wrap_instance_open(void)
{
	return open_instance();
}

int __wrap_instance_open_any(void);
int __wrap_instance_open_any(void)
{
	return open_instance();
}

int __wrap_instance_open_mounted(char *path);
int __wrap_instance_open_mounted(char *path)
{
	if (path)
		strcpy(path, "/sys/fs/selinux");
	return open_instance();
}

int __wrap_instance_is_selinuxfs(int fd);
int __wrap_instance_is_selinuxfs(int fd)
{
	(void)fd;
	return 1;
}

/* By the mount's number, so that there are both. */
int __wrap_mounts_open(const struct mountinfo_entry *entry);
int __wrap_mounts_open(const struct mountinfo_entry *entry)
{
	if (entry->id % 2)
		return open_instance();
	errno = EBUSY;
	return -1;
}

/* ---- system calls ---------------------------------------------------------------- */

/* A kernel writes no more than there is room for; what it says of it is another matter. */
static int answer_call(const char *name, void *buf, uint32_t *size)
{
	const struct section *s = find(name);
	int err = error_of(s, ENOSYS);

	if (!err && s->size < 3)
		err = EOPNOTSUPP;
	if (err) {
		errno = err;
		return -1;
	}
	if (buf)
		memcpy(buf, s->data + 3, s->size - 3 < *size ? s->size - 3 : *size);
	if (size)
		*size = s->data[1] | (uint32_t)s->data[2] << 8;
	return s->data[0] < 128 ? s->data[0] : 127;
}

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
/* As libc's, it takes as many arguments as there can be, given or not. */
__attribute__((no_sanitize_address)) long __wrap_syscall(long number, ...)
{
	long a[6];
	va_list ap;

	va_start(ap, number);
	for (size_t i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (!active)
		return __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	switch (number) {
	case __NR_lsm_get_self_attr:
		return answer_call("lsm_get_self_attr", (void *)a[1], (uint32_t *)a[2]);
	case __NR_lsm_list_modules:
		return answer_call("lsm_list_modules", (void *)a[0], (uint32_t *)a[1]);
	case __NR_lsm_set_self_attr:
		return answer_call("lsm_set_self_attr", NULL, NULL);
	case SYS_openat2:
		return open_section(find((const char *)a[1]), O_RDONLY);
	case SYS_capget:
	case SYS_gettid:
		return __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	default:
		errno = ENOSYS;
		return -1;
	}
}

/* Whatever the input says, the machine stays as it is. */
#define REFUSED(type, name, ...)         \
	type __wrap_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__)  \
	{                                \
		errno = EPERM;           \
		return -1;               \
	}

REFUSED(pid_t, fork, void)
REFUSED(int, unshare, int flags __attribute__((unused)))
REFUSED(int, setns, int fd __attribute__((unused)), int type __attribute__((unused)))
REFUSED(int, chroot, const char *path __attribute__((unused)))
REFUSED(int, umount2, const char *path __attribute__((unused)), int flags __attribute__((unused)))
REFUSED(int, mount, const char *source __attribute__((unused)),
	const char *target __attribute__((unused)), const char *type __attribute__((unused)),
	unsigned long flags __attribute__((unused)), const void *data __attribute__((unused)))
REFUSED(int, fsetxattr, int fd __attribute__((unused)), const char *name __attribute__((unused)),
	const void *value __attribute__((unused)), size_t size __attribute__((unused)),
	int flags __attribute__((unused)))
REFUSED(int, setxattr, const char *path __attribute__((unused)),
	const char *name __attribute__((unused)), const void *value __attribute__((unused)),
	size_t size __attribute__((unused)), int flags __attribute__((unused)))
REFUSED(int, execvp, const char *file __attribute__((unused)),
	char *const argv[] __attribute__((unused)))
