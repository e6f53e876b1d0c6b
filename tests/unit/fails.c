/* SPDX-License-Identifier: MIT */
/*
 * fails.c - let one allocation, or one call of the kernel, of the library's fail (see fails.h).
 */
#include "config.h"

#include "fails.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <sepol/sepol.h>

#include "kernel/lsm.h"
#include "kernel/mountapi.h"

static atomic_int countdown = -1; /* so many until the one that fails; -1: none does */
static atomic_bool failed;
static enum fails failing;
static int failing_errno;
static const char *_Atomic which = "";

void fails_begin(enum fails what, int n, int err)
{
	failing = what;
	failing_errno = err;
	atomic_store(&failed, false);
	atomic_store(&countdown, n);
}

bool fails_end(void)
{
	atomic_store(&countdown, -1);
	return atomic_load(&failed);
}

const char *fails_which(void)
{
	return atomic_load(&which);
}

int next_fd(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(fd);
	return fd; /* cppcheck-suppress deallocret ; the number is asked for */
}

static bool fails(const char *name)
{
	int left = atomic_load(&countdown);

	while (left >= 0 && !atomic_compare_exchange_weak(&countdown, &left, left - 1))
		;
	if (left != 0)
		return false;
	atomic_store(&failed, true);
	atomic_store(&which, name);
	errno = failing_errno;
	return true;
}

static bool memory_fails(const char *name)
{
	return (failing == FAILS_MEMORY || failing_errno == ENOMEM) && fails(name);
}

static bool call_fails(const char *name)
{
	return failing == FAILS_CALLS && fails(name);
}

/* ---- memory ----------------------------------------------------------------------------------- */

#define WRAP(kind, type, failure, name, parameters, ...)                           \
	type __real_##name parameters;                                             \
	type __wrap_##name parameters;                                             \
	type __wrap_##name parameters                                              \
	{                                                                          \
		return kind##_fails(#name) ? failure : __real_##name(__VA_ARGS__); \
	}

WRAP(memory, void *, NULL, malloc, (size_t size), size)
WRAP(memory, void *, NULL, calloc, (size_t n, size_t size), n, size)
WRAP(memory, void *, NULL, realloc, (void *p, size_t size), p, size)
WRAP(memory, void *, NULL, reallocarray, (void *p, size_t n, size_t size), p, n, size)
WRAP(memory, char *, NULL, strdup, (const char *s), s)
WRAP(memory, char *, NULL, strndup, (const char *s, size_t size), s, size)
WRAP(memory, FILE *, NULL, fmemopen, (void *p, size_t size, const char *mode), p, size, mode)
WRAP(memory, sepol_handle_t *, NULL, sepol_handle_create, (void))
WRAP(memory, int, -1, sepol_policydb_create, (sepol_policydb_t * *p), p)
WRAP(memory, int, -1, sepol_policy_file_create, (sepol_policy_file_t * *p), p)
WRAP(memory, int, -1, sepol_context_from_string,
     (sepol_handle_t * h, const char *text, sepol_context_t **context), h, text, context)
WRAP(memory, int, -1, sepol_context_check,
     (sepol_handle_t * h, const sepol_policydb_t *p, const sepol_context_t *context), h, p, context)
WRAP(memory, int, -1, sepol_bool_key_create,
     (sepol_handle_t * h, const char *name, sepol_bool_key_t **key), h, name, key)

/* What it formats by itself is allocated, too; where the code is fortified, by the other name. */
__attribute__((format(printf, 2, 3))) int __wrap_asprintf(char **text, const char *format, ...);
int __wrap_asprintf(char **text, const char *format, ...)
{
	va_list rest;
	int rc = -1;

	va_start(rest, format);
	if (!memory_fails("asprintf"))
		rc = vasprintf(text, format, rest);
	va_end(rest);
	return rc;
}

#ifdef __GLIBC__
__attribute__((format(printf, 3, 4))) int __wrap___asprintf_chk(char **text, int flag,
								const char *format, ...);
int __wrap___asprintf_chk(char **text, int flag, const char *format, ...)
{
	va_list rest;
	int rc = -1;

	(void)flag;
	va_start(rest, format);
	if (!memory_fails("asprintf"))
		rc = vasprintf(text, format, rest);
	va_end(rest);
	return rc;
}
#endif

/* ---- the kernel ------------------------------------------------------------------------------- */

WRAP(call, ssize_t, -1, read, (int fd, void *buf, size_t size), fd, buf, size)
WRAP(call, ssize_t, -1, write, (int fd, const void *buf, size_t size), fd, buf, size)
WRAP(call, int, -1, pipe2, (int ends[2], int flags), ends, flags)
WRAP(call, int, -1, fstat, (int fd, struct stat *st), fd, st)
WRAP(call, int, -1, fstatat, (int fd, const char *name, struct stat *st, int flags), fd, name, st,
     flags)
WRAP(call, int, -1, fstatfs, (int fd, struct statfs *fs), fd, fs)
WRAP(call, int, -1, fstatvfs, (int fd, struct statvfs *fs), fd, fs)
WRAP(call, int, -1, fchdir, (int fd), fd)
WRAP(call, int, -1, unshare, (int flags), flags)
WRAP(call, off_t, -1, lseek, (int fd, off_t offset, int whence), fd, offset, whence)
WRAP(call, ssize_t, -1, readlinkat, (int fd, const char *name, char *buf, size_t size), fd, name,
     buf, size)
WRAP(call, ssize_t, -1, fgetxattr, (int fd, const char *name, void *value, size_t size), fd, name,
     value, size)
WRAP(call, ssize_t, -1, lgetxattr, (const char *path, const char *name, void *value, size_t size),
     path, name, value, size)
WRAP(call, ssize_t, -1, getxattr, (const char *path, const char *name, void *value, size_t size),
     path, name, value, size)
WRAP(call, int, -1, fsetxattr,
     (int fd, const char *name, const void *value, size_t size, int flags), fd, name, value, size,
     flags)
WRAP(call, int, -1, setxattr,
     (const char *path, const char *name, const void *value, size_t size, int flags), path, name,
     value, size, flags)
WRAP(call, DIR *, NULL, fdopendir, (int fd), fd)
WRAP(call, struct dirent *, NULL, readdir, (DIR * dir), dir)
WRAP(call, int, failing_errno, pthread_create,
     (pthread_t * id, const pthread_attr_t *attr, void *(*start)(void *), void *data), id, attr,
     start, data)

/* Those with arguments that may be left out: none of the library's makes a file. */
int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	va_list rest;
	unsigned int mode = 0;

	va_start(rest, flags);
	if (flags & O_CREAT)
		mode = va_arg(rest, unsigned int);
	va_end(rest);
	return call_fails("open") ? -1 : __real_open(path, flags, mode);
}

int __real_openat(int fd, const char *path, int flags, ...);
int __wrap_openat(int fd, const char *path, int flags, ...);
int __wrap_openat(int fd, const char *path, int flags, ...)
{
	return call_fails("openat") ? -1 : __real_openat(fd, path, flags);
}

#ifdef __GLIBC__
/* What openat(2) is in fortified code. */
WRAP(call, int, -1, __openat_2, (int fd, const char *path, int flags), fd, path, flags)
#endif

int __real_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...)
{
	va_list rest;
	long value;

	va_start(rest, command);
	value = va_arg(rest, long);
	va_end(rest);
	return call_fails("fcntl") ? -1 : __real_fcntl(fd, command, value);
}

/* Those that the library makes by number, and how many arguments it gives them: no more are there. */
static const struct by_number {
	long number;
	int n;
	const char *name;
} by_number[] = {
	{ SYS_openat2, 4, "openat2" },
	{ SYS_statx, 5, "statx" },
	{ SYS_getdents64, 3, "getdents64" },
	{ SYS_capget, 2, "capget" },
	{ SYS_fsopen, 2, "fsopen" },
	{ SYS_fsconfig, 5, "fsconfig" },
	{ SYS_fsmount, 3, "fsmount" },
	{ SYS_open_tree, 3, "open_tree" },
	{ SYS_move_mount, 5, "move_mount" },
	{ __NR_lsm_get_self_attr, 4, "lsm_get_self_attr" },
	{ __NR_lsm_set_self_attr, 4, "lsm_set_self_attr" },
	{ __NR_lsm_list_modules, 3, "lsm_list_modules" },
};

static const struct by_number *find_number(long number)
{
	for (size_t i = 0; i < sizeof(by_number) / sizeof(by_number[0]); i++)
		if (by_number[i].number == number)
			return &by_number[i];
	fprintf(stderr, "fails.c: how many arguments has system call %ld?\n", number);
	abort();
}

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
	const struct by_number *call = find_number(number);
	long args[6] = { 0 };
	va_list rest;

	va_start(rest, number);
	for (int i = 0; i < call->n; i++)
		args[i] = va_arg(rest, long);
	va_end(rest);
	return call_fails(call->name) ? -1
				      : __real_syscall(number, args[0], args[1], args[2], args[3],
						       args[4], args[5]);
}
