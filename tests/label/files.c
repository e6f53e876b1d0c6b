/* SPDX-License-Identifier: MIT */
/*
 * files.c - what the scripts of tests/label need of the kernel and no tool of a bare machine gives.
 *
 * Usage: files get ATTRIBUTE FILE...      their values, one a line; "(none)"
 *        files set ATTRIBUTE VALUE FILE   with a NUL behind, as libselinux does
 *        files raw ATTRIBUTE VALUE FILE   without it
 *        files deep DIRECTORY DEPTH       that many directories in each other, each with a file and
 *                                         with other directories before and behind the next one
 * No symbolic link is followed. May call libc only.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static int get(const char *attribute, char **files)
{
	char value[65536];

	for (; *files; files++) {
		ssize_t n = lgetxattr(*files, attribute, value, sizeof(value) - 1);

		if (n < 0 && errno != ENODATA)
			return fail(*files);
		value[n < 0 ? 0 : n] = '\0';
		puts(n < 0 ? "(none)" : value);
	}
	return 0;
}

static int deep(const char *top, long depth)
{
	int at = open(top, O_RDONLY | O_DIRECTORY);

	for (long i = 0; i < depth; i++) {
		int next, file;

		if (mkdirat(at, "a", 0755) < 0 || mkdirat(at, "d", 0755) < 0 ||
		    mkdirat(at, "e", 0755) < 0 || mkdirat(at, "x", 0755) < 0)
			return fail("mkdirat");
		file = openat(at, "f", O_CREAT | O_WRONLY, 0644);
		next = openat(at, "d", O_RDONLY | O_DIRECTORY);
		if (file < 0 || next < 0)
			return fail("openat");
		close(file);
		close(at);
		at = next;
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 4 && !strcmp(argv[1], "get"))
		return get(argv[2], argv + 3);
	if (argc == 5 && !strcmp(argv[1], "set"))
		return lsetxattr(argv[4], argv[2], argv[3], strlen(argv[3]) + 1, 0) < 0
			       ? fail(argv[4])
			       : 0;
	if (argc == 5 && !strcmp(argv[1], "raw"))
		return lsetxattr(argv[4], argv[2], argv[3], strlen(argv[3]), 0) < 0 ? fail(argv[4])
										    : 0;
	if (argc == 4 && !strcmp(argv[1], "deep"))
		return deep(argv[2], atol(argv[3]));
	return 2;
}
