/* SPDX-License-Identifier: MIT */
/*
 * lsm.c - the LSM system calls, argument by argument, for the conformance scripts.
 *
 *   lsm get ATTR [size=N] [flags=N] [id=N] [buf=null|bad] [sizep=null|bad]
 *	prints the result or the error's name, the size that came out and, on success with a
 *	buffer, the entry: id flags len ctx_len and the context in hexadecimal
 *   lsm set ATTR [id=N] [flags=N] [len=N] [ctx_len=N] [size=N] [arg=N] [ctx=TEXT] [buf=bad]
 *	  [-- COMMAND...]
 *	prints the result or the error's name; then executes COMMAND
 *   lsm list [size=N] [flags=N]
 *   lsm unshare COMMAND...
 *	by the system call or, where there is none, by selinuxfs's node; executes COMMAND.
 *	Status 125 and the error's name where that fails
 *
 * Nothing here is used but libc: no header of a kernel that has namespaces is needed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __alpha__
#define UNIFIED 110
#else
#define UNIFIED 0
#endif
#define GET     (459 + UNIFIED)
#define SET     (460 + UNIFIED)
#define LIST    (461 + UNIFIED)
#define SELINUX 101
#define UNSHARE 106

struct entry {
	uint64_t id, flags, len, ctx_len;
	char ctx[8192];
};

static const char *text(int argc, char **argv, const char *name)
{
	size_t len = strlen(name);

	for (int i = 0; i < argc && strcmp(argv[i], "--"); i++)
		if (!strncmp(argv[i], name, len) && argv[i][len] == '=')
			return argv[i] + len + 1;
	return NULL;
}

static uint64_t number(int argc, char **argv, const char *name, uint64_t otherwise)
{
	const char *value = text(argc, argv, name);

	return value ? strtoull(value, NULL, 0) : otherwise;
}

static void *pointer(int argc, char **argv, const char *name, void *good)
{
	const char *value = text(argc, argv, name);

	if (!value)
		return good;
	return strcmp(value, "bad") ? NULL : (void *)8;
}

static void print_result(long rc)
{
	if (rc < 0)
		printf("%s", strerrorname_np(errno));
	else
		printf("%ld", rc);
}

static int get(int argc, char **argv)
{
	static struct entry entry;
	uint32_t size = (uint32_t)number(argc, argv, "size", sizeof(entry));
	void *buf = pointer(argc, argv, "buf", &entry);
	long rc;

	entry.id = number(argc, argv, "id", SELINUX);
	rc = syscall(GET, (unsigned)strtoul(argv[0], NULL, 0), buf,
		     pointer(argc, argv, "sizep", &size), (uint32_t)number(argc, argv, "flags", 0));
	print_result(rc);
	printf(" %u", size);
	if (rc > 0 && buf) {
		printf(" %llu %llu %llu %llu ", (unsigned long long)entry.id,
		       (unsigned long long)entry.flags, (unsigned long long)entry.len,
		       (unsigned long long)entry.ctx_len);
		for (uint64_t i = 0; i < entry.ctx_len && i < sizeof(entry.ctx); i++)
			printf("%02x", (unsigned char)entry.ctx[i]);
	}
	putchar('\n');
	return 0;
}

static int set(int argc, char **argv)
{
	static struct entry entry;
	const char *ctx = text(argc, argv, "ctx");
	size_t ctx_len = ctx ? strlen(ctx) + 1 : 0;
	long rc;

	entry.id = number(argc, argv, "id", SELINUX);
	entry.flags = number(argc, argv, "flags", 0);
	entry.ctx_len = number(argc, argv, "ctx_len", ctx_len);
	entry.len = number(argc, argv, "len", 32 + entry.ctx_len);
	if (ctx)
		memcpy(entry.ctx, ctx, ctx_len);
	rc = syscall(SET, (unsigned)strtoul(argv[0], NULL, 0), pointer(argc, argv, "buf", &entry),
		     (uint32_t)number(argc, argv, "size", entry.len),
		     (uint32_t)number(argc, argv, "arg", 0));
	print_result(rc);
	putchar('\n');
	fflush(stdout);
	for (int i = 1; i + 1 < argc; i++) {
		if (strcmp(argv[i], "--"))
			continue;
		execvp(argv[i + 1], argv + i + 1);
		perror(argv[i + 1]);
		return 127;
	}
	return 0;
}

static int list(int argc, char **argv)
{
	uint64_t ids[64];
	uint32_t size = (uint32_t)number(argc, argv, "size", sizeof(ids));
	long rc = syscall(LIST, ids, &size, (uint32_t)number(argc, argv, "flags", 0));

	print_result(rc);
	printf(" %u", size);
	for (long i = 0; i < rc; i++)
		printf(" %llu", (unsigned long long)ids[i]);
	putchar('\n');
	return 0;
}

static int unshare_by_node(void)
{
	int fd = open("/sys/fs/selinux/unshare", O_WRONLY | O_CLOEXEC), rc, err;

	if (fd < 0)
		return -1;
	rc = write(fd, "1", 1) == 1 ? 0 : -1;
	err = errno;
	close(fd);
	errno = err;
	return rc;
}

static int unshare_then(char **argv)
{
	static const struct entry entry = { .id = SELINUX, .len = 32 };
	long rc = syscall(SET, UNSHARE, &entry, 32, 0);
	int err = errno;

	if (rc && (err == EOPNOTSUPP || err == ENOSYS)) {
		rc = unshare_by_node();
		/* Without the node the system call's error is the one that tells. */
		err = errno == ENOENT ? err : errno;
	}
	if (rc) {
		puts(strerrorname_np(err));
		return 125;
	}
	execvp(argv[0], argv);
	perror(argv[0]);
	return 127;
}

int main(int argc, char **argv)
{
	if (argc > 2 && !strcmp(argv[1], "get"))
		return get(argc - 2, argv + 2);
	if (argc > 2 && !strcmp(argv[1], "set"))
		return set(argc - 2, argv + 2);
	if (argc > 1 && !strcmp(argv[1], "list"))
		return list(argc - 2, argv + 2);
	if (argc > 2 && !strcmp(argv[1], "unshare"))
		return unshare_then(argv + 2);
	fputs("usage: lsm get|set|list|unshare ...\n", stderr);
	return 2;
}
