/* SPDX-License-Identifier: MIT */
/*
 * tree.c - a tree to measure with, and what it costs at the least to look at it.
 *
 * Usage: tree make DIRECTORY FILES TOP...   the paths below the TOPs again below DIRECTORY, as empty
 *                                           files; more than once, until there are so many. Prints
 *                                           their number
 *        tree strip DIRECTORY               take all labels from it
 *        tree walk DIRECTORY                getdents, stat and getxattr on every file, nothing else.
 *                                           Prints their number
 * Neither follows a symbolic link. May call libc only.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

static unsigned long files;

static void make_one(const char *path, const FTSENT *entry)
{
	char target[PATH_MAX];
	ssize_t len;
	int fd;

	switch (entry->fts_info) {
	case FTS_D:
		if (mkdir(path, 0755) == 0)
			files++;
		break;
	case FTS_SL:
	case FTS_SLNONE:
		len = readlink(entry->fts_accpath, target, sizeof(target) - 1);
		target[len < 0 ? 0 : len] = '\0';
		if (len > 0 && symlink(target, path) == 0)
			files++;
		break;
	case FTS_DP:
	case FTS_DNR:
		break;
	default:
		fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0644);
		if (fd < 0)
			break;
		close(fd);
		files++;
	}
}

static int make(const char *to, unsigned long wanted, char **tops)
{
	for (int copy = 0; files < wanted; copy++) {
		unsigned long before = files;
		char prefix[PATH_MAX], path[2 * PATH_MAX];
		FTS *fts = fts_open(tops, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
		FTSENT *entry;

		if (!fts)
			return 1;
		snprintf(prefix, sizeof(prefix), copy ? "%s/copy%d" : "%s", to, copy);
		mkdir(prefix, 0755);
		while ((entry = fts_read(fts))) {
			/* Not into itself. */
			if (strncmp(entry->fts_path, to, strlen(to)) == 0) {
				fts_set(fts, entry, FTS_SKIP);
				continue;
			}
			snprintf(path, sizeof(path), "%s%s", prefix, entry->fts_path);
			make_one(path, entry);
		}
		fts_close(fts);
		if (files == before)
			return 1;
	}
	printf("%lu\n", files);
	return 0;
}

/* As getdents64(2) gives it. */
struct entry {
	unsigned long long ino;
	long long next;
	unsigned short length;
	unsigned char type;
	char name[];
};

struct names {
	char *all;
	size_t len, size;
};

static void keep(struct names *names, const char *name)
{
	size_t len = strlen(name) + 1;

	if (names->len + len > names->size) {
		names->size = 2 * names->size + len + 256;
		names->all = realloc(names->all, names->size);
		if (!names->all)
			exit(1);
	}
	memcpy(names->all + names->len, name, len);
	names->len += len;
}

static void look_at(int dir, const char *name, int strip)
{
	char label[256];
	struct stat st;

	files++;
	if (strip) {
		lremovexattr(name, "security.selinux");
		return;
	}
	fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW);
	if (lgetxattr(name, "security.selinux", label, sizeof(label)) < 0 && errno != ENODATA)
		exit(1);
}

static void walk(int dir, int strip)
{
	static char buffer[1 << 16];
	struct names names = { 0 };
	long n;

	if (fchdir(dir) < 0)
		exit(1);
	while ((n = syscall(SYS_getdents64, dir, buffer, sizeof(buffer))) > 0) {
		for (long at = 0; at < n;) {
			const struct entry *entry = (const void *)(buffer + at);

			at += entry->length;
			if (!strcmp(entry->name, ".") || !strcmp(entry->name, ".."))
				continue;
			look_at(dir, entry->name, strip);
			if (entry->type == DT_DIR)
				keep(&names, entry->name);
		}
	}
	for (size_t at = 0; at < names.len; at += strlen(names.all + at) + 1) {
		int child = openat(dir, names.all + at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);

		if (child < 0)
			exit(1);
		walk(child, strip);
		close(child);
	}
	free(names.all);
}

int main(int argc, char **argv)
{
	int strip = argc == 3 && !strcmp(argv[1], "strip"), top;

	if (argc >= 5 && !strcmp(argv[1], "make"))
		return make(argv[2], strtoul(argv[3], NULL, 10), argv + 4);
	if (argc != 3 || (!strip && strcmp(argv[1], "walk") != 0))
		return 2;
	top = open(argv[2], O_RDONLY | O_DIRECTORY);
	if (top < 0)
		return 1;
	walk(top, strip);
	printf("%lu\n", files);
	return 0;
}
