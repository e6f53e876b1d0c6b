/* SPDX-License-Identifier: MIT */
/*
 * files.c - the files that unit tests work on (see files.h).
 */
#include "config.h"

#include "files.h"

#include <check.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sepol/sepol.h>

void make_dirs(const char *path)
{
	char copy[1024];

	snprintf(copy, sizeof(copy), "%s", path);
	for (char *p = copy + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		ck_assert(mkdir(copy, 0755) == 0 || errno == EEXIST);
		*p = '/';
	}
	ck_assert(mkdir(copy, 0755) == 0 || errno == EEXIST);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

void remove_tree(const char *path)
{
	nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

bool write_file(const char *path, const void *data, size_t size)
{
	FILE *f = fopen(path, "we");
	bool written = f && fwrite(data, 1, size, f) == size;

	return f && fclose(f) == 0 && written;
}

void make_file(const char *path, const void *data, size_t size)
{
	ck_assert_msg(write_file(path, data, size), "%s: %s", path, strerror(errno));
}

bool compile_policy(const char *out, const char *cil, bool mls)
{
	char source[1024], version[16];
	int status = -1;
	pid_t pid;

	snprintf(source, sizeof(source), "%s.cil", out);
	snprintf(version, sizeof(version), "%d", sepol_policy_kern_vers_max());
	pid = write_file(source, cil, strlen(cil)) ? fork() : -1;
	if (pid == 0) {
		execlp("secilc", "secilc", "-M", mls ? "true" : "false", "-c", version, "-o", out,
		       "-f", "/dev/null", source, (char *)NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}
