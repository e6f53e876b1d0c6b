/* SPDX-License-Identifier: MIT */
/*
 * place.c - the tree that is asked for (see place.h).
 */
#include "config.h"

#include "label/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/inroot.h"
#include "label/names.h"
#include "policy/file.h"

#define STEP "open tree"

/* Where a descriptor is, as the kernel tells it. NULL without /proc. */
static char *link_of(int fd)
{
	_cleanup_close_ int proc = proc_dir();
	char name[FD_PATH_MAX], path[PATH_MAX];
	ssize_t len;

	if (proc < 0)
		return NULL;
	len = readlinkat(proc, fd_path(name, fd) + sizeof("/proc/") - 1, path, sizeof(path));
	/* "/" begins a path; a longer one is cut off, and is none. */
	if (len <= 0 || len == sizeof(path) || path[0] != '/')
		return NULL;
	return strndup(path, (size_t)len);
}

/* As it is written. NULL with errno. */
static char *as_given(const char *path)
{
	size_t size = strlen(path) + 1;
	char *copy = malloc(size + 1);

	if (!copy)
		return NULL;
	copy[0] = '/';
	memcpy(copy + 1, path, size);
	if (names_clean(copy + 1) < 0) {
		free(copy);
		return NULL;
	}
	return copy;
}

/* The path of @fd below @root: by the kernel, which knows what links led to, else as it is given. */
static char *path_in_root(int root, int fd, const char *given)
{
	_cleanup_free_ char *above = link_of(root);
	_cleanup_free_ char *path = link_of(fd);
	size_t len = above ? strlen(above) : 0;

	if (!above || !path)
		return as_given(given);
	if (strcmp(above, "/") == 0)
		return steal_ptr(&path);
	if (strncmp(path, above, len) != 0 || (path[len] && path[len] != '/'))
		return as_given(given);
	return strdup(path[len] ? path + len : "/");
}

/*
 * It is one file: the top is the directory that it is in. The path has no link any more, so that one in it
 * was put there meanwhile.
 */
static int one_file(struct place *place, const struct stat *file)
{
	char *slash = strrchr(place->path, '/');
	struct stat now;

	place->name = strdup(slash + 1);
	if (!place->name)
		return -1;
	slash[slash == place->path] = '\0';
	place->top = inroot_open_strict(place->root, place->path[1] ? place->path + 1 : ".",
					O_PATH | O_DIRECTORY, false);
	if (place->top < 0 || fstatat(place->top, place->name, &now, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (now.st_dev != file->st_dev || now.st_ino != file->st_ino) {
		errno = EBUSY;
		return -1;
	}
	return 0;
}

static int find(struct place *place, const char *path)
{
	_cleanup_close_ int fd = inroot_open(place->root, path, O_PATH | O_NOFOLLOW);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	place->path = path_in_root(place->root, fd, path);
	if (!place->path)
		return -1;
	if (!S_ISDIR(st.st_mode))
		return one_file(place, &st);
	place->top = fd_open_dir(fd, ".", O_RDONLY);
	return place->top < 0 ? -1 : 0;
}

int place_open(struct place *place, const char *root, const char *path,
	       struct selinuxns_error *error)
{
	place->root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (place->root < 0)
		return policy_fail(error, errno, "open root", root, "%s", strerror(errno));
	if (find(place, path) < 0) {
		/* What is not absolute may be meant as of the working directory. */
		bool tell = strcmp(root, "/") != 0 || path[0] != '/';

		return policy_fail(error, errno, STEP, path, "%s%s%s", strerror(errno),
				   tell ? "; it is looked for in the root " : "", tell ? root : "");
	}
	return 0;
}

char *place_path(const struct place *place, int fd, const char *given)
{
	return path_in_root(place->root, fd, given);
}

void place_close(struct place *place)
{
	fd_cleanup_close(&place->root);
	fd_cleanup_close(&place->top);
	fd_cleanup_free(&place->path);
	fd_cleanup_free(&place->name);
}
