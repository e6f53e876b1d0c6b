/* SPDX-License-Identifier: MIT */
/*
 * excludes.c - what is left out of a tree (see excludes.h).
 */
#include "config.h"

#include "label/excludes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <selinux/selinux.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/inroot.h"
#include "base/log.h"
#include "policy/file.h"

#define STEP "find exclude"

/* Takes @path, which may be NULL with errno. */
static int add(struct excludes *excludes, char *path)
{
	char **more = path ? reallocarray(excludes->paths, excludes->count + 1, sizeof(char *))
			   : NULL;

	if (!more) {
		free(path);
		return -1;
	}
	excludes->paths = more;
	more[excludes->count++] = path;
	return 0;
}

static void warn_of_missing(const char *path)
{
	char buf[PATH_MAX + 128];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	text_str(&text, "exclude: ");
	text_escaped(&text, path);
	text_str(&text, ": there is no such file in the root to be left out");
	ns_log(SELINUX_WARNING, buf);
}

/*
 * The root's owner must not have a say in what is left out: nothing is that a symbolic link leads to.
 * Is @fd what @path says by itself?
 */
static int refuse_link(const struct place *place, int fd, const char *path,
		       struct selinuxns_error *error)
{
	_cleanup_close_ int behind = -1;
	_cleanup_free_ char *real = NULL;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return policy_fail(error, errno, STEP, path, "%s", strerror(errno));
	if (S_ISLNK(st.st_mode))
		behind = inroot_open(place->root, path, O_PATH);
	if (behind >= 0 || !S_ISLNK(st.st_mode))
		real = place_path(place, behind >= 0 ? behind : fd, path);
	if (!S_ISLNK(st.st_mode) && !real)
		return policy_fail(error, errno, STEP, path, "%s", strerror(errno));
	if (!S_ISLNK(st.st_mode) && strcmp(real, path) == 0)
		return 0;
	return policy_fail(error, ELOOP, STEP, path, "a symbolic link of the root leads %s%s%s",
			   real ? "to " : "nowhere", real ? real : "",
			   real ? "; leave that out, if it is what you mean" : "");
}

static int find(struct excludes *excludes, const struct place *place, const char *path,
		struct selinuxns_error *error)
{
	_cleanup_close_ int fd = inroot_open(place->root, path, O_PATH | O_NOFOLLOW);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		warn_of_missing(path);
	else if (fd < 0 && errno != EACCES)
		return policy_fail(error, errno, STEP, path, "%s", strerror(errno));
	if (fd >= 0 && refuse_link(place, fd, path, error) < 0)
		return -1;
	if (add(excludes, strdup(path)) < 0)
		return policy_fail(error, ENOMEM, STEP, path, "%s", strerror(ENOMEM));
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int excludes_find(struct excludes *excludes, const struct place *place, char *const *given,
		  size_t n, struct selinuxns_error *error)
{
	for (size_t i = 0; i < n; i++)
		if (find(excludes, place, given[i], error) < 0)
			return -1;
	if (excludes->count)
		qsort(excludes->paths, excludes->count, sizeof(char *), compare);
	return 0;
}

void excludes_free(struct excludes *excludes)
{
	for (size_t i = 0; i < excludes->count; i++)
		free(excludes->paths[i]);
	free(excludes->paths);
}
