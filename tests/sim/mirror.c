/* SPDX-License-Identifier: MIT */
/*
 * mirror.c - a FUSE file system that shows a directory.
 *
 *   mirror DIRECTORY MOUNTPOINT [LOG]
 *
 * It opens files for each request, so that its own calls are ones that the simulator looks at while
 * another traced process waits for the answer. To LOG it appends a line for each request, "WHO
 * OPERATION PATH", where WHO is the name of the program. Nothing is cached, so that there is no way into the directory, not by O_PATH or stat(2)
 * either, that is no request: whoever looks up a name in it, opens it or changes to it, is seen.
 */
#define FUSE_USE_VERSION 35
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *top;
static int log_fd = -1;

static void record(const char *operation, const char *path)
{
	char name[64], who[32] = "?";
	FILE *comm;

	snprintf(name, sizeof(name), "/proc/%d/comm", (int)fuse_get_context()->pid);
	comm = fopen(name, "re");
	if (comm) {
		if (fscanf(comm, "%31s", who) != 1)
			who[0] = '?';
		fclose(comm);
	}
	if (dprintf(log_fd, "%s %s %s\n", who, operation, path) < 0)
		abort(); /* what is not recorded would pass for what did not happen */
}

static const char *real(const char *operation, const char *path)
{
	static _Thread_local char buf[PATH_MAX];
	int fd = open("/proc/self/attr/current", O_RDONLY | O_CLOEXEC);

	if (log_fd >= 0)
		record(operation, path);

	if (fd >= 0)
		close(fd);
	snprintf(buf, sizeof(buf), "%s%s", top, path);
	return buf;
}

static int mirror_getattr(const char *path, struct stat *st, struct fuse_file_info *fi)
{
	(void)fi;
	return lstat(real("look", path), st) ? -errno : 0;
}

static int mirror_access(const char *path, int mode)
{
	return access(real("access", path), mode) ? -errno : 0;
}

static int mirror_readlink(const char *path, char *buf, size_t size)
{
	ssize_t n = readlink(real("readlink", path), buf, size - 1);

	if (n < 0)
		return -errno;
	buf[n] = '\0';
	return 0;
}

static int mirror_readdir(const char *path, void *buf, fuse_fill_dir_t fill, off_t off,
			  struct fuse_file_info *fi, enum fuse_readdir_flags flags)
{
	DIR *dir = opendir(real("list", path));
	const struct dirent *entry;

	(void)off;
	(void)fi;
	(void)flags;
	if (!dir)
		return -errno;
	while ((entry = readdir(dir)))
		if (fill(buf, entry->d_name, NULL, 0, 0))
			break;
	closedir(dir);
	return 0;
}

static int mirror_opendir(const char *path, struct fuse_file_info *fi)
{
	(void)fi;
	return access(real("opendir", path), F_OK) ? -errno : 0;
}

static int mirror_open(const char *path, struct fuse_file_info *fi)
{
	int fd = open(real("open", path), O_RDONLY | O_CLOEXEC);

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
	return statvfs(real("statfs", path), st) ? -errno : 0;
}

static void *mirror_init(struct fuse_conn_info *conn, struct fuse_config *config)
{
	(void)conn;
	config->entry_timeout = config->attr_timeout = config->negative_timeout = 0;
	return NULL;
}

static const struct fuse_operations operations = {
	.init = mirror_init,
	.getattr = mirror_getattr,
	.access = mirror_access,
	.readlink = mirror_readlink,
	.opendir = mirror_opendir,
	.readdir = mirror_readdir,
	.open = mirror_open,
	.read = mirror_read,
	.release = mirror_release,
	.statfs = mirror_statfs,
};

int main(int argc, char **argv)
{
	char foreground[] = "-f", single[] = "-s";
	char *args[] = { argv[0], argc > 2 ? argv[2] : NULL, foreground, single, NULL };

	if (argc != 3 && argc != 4) {
		fputs("usage: mirror DIRECTORY MOUNTPOINT [LOG]\n", stderr);
		return 2;
	}
	top = argv[1];
	if (argc == 4) {
		log_fd = open(argv[3], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		if (log_fd < 0) {
			perror(argv[3]);
			return 2;
		}
	}
	return fuse_main(4, args, &operations, NULL);
}
