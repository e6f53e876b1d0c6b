/* SPDX-License-Identifier: MIT */
/*
 * mirror.c - a FUSE file system, served by a process that the simulator traces.
 *
 *   mirror DIRECTORY MOUNTPOINT
 *
 * Shows DIRECTORY. It opens files for each request, so that its own calls are ones that the
 * simulator looks at while another traced process waits for the answer.
 */
#define FUSE_USE_VERSION 35
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *top;

static const char *real(const char *path)
{
	static _Thread_local char buf[PATH_MAX];
	int fd = open("/proc/self/attr/current", O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	snprintf(buf, sizeof(buf), "%s%s", top, path);
	return buf;
}

static int mirror_getattr(const char *path, struct stat *st, struct fuse_file_info *fi)
{
	(void)fi;
	return lstat(real(path), st) ? -errno : 0;
}

static int mirror_open(const char *path, struct fuse_file_info *fi)
{
	int fd = open(real(path), O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	fi->fh = (uint64_t)fd;
	return 0;
}

static int mirror_read(const char *path, char *buf, size_t size, off_t off,
		       struct fuse_file_info *fi)
{
	ssize_t n = pread((int)fi->fh, buf, size, off);

	(void)path;
	return n < 0 ? -errno : (int)n;
}

static int mirror_release(const char *path, struct fuse_file_info *fi)
{
	(void)path;
	close((int)fi->fh);
	return 0;
}

static int mirror_statfs(const char *path, struct statvfs *st)
{
	return statvfs(real(path), st) ? -errno : 0;
}

static const struct fuse_operations operations = {
	.getattr = mirror_getattr,
	.open = mirror_open,
	.read = mirror_read,
	.release = mirror_release,
	.statfs = mirror_statfs,
};

int main(int argc, char **argv)
{
	char foreground[] = "-f", single[] = "-s";
	char *args[] = { argv[0], argc == 3 ? argv[2] : NULL, foreground, single, NULL };

	if (argc != 3) {
		fputs("usage: mirror DIRECTORY MOUNTPOINT\n", stderr);
		return 2;
	}
	top = argv[1];
	return fuse_main(4, args, &operations, NULL);
}
