/* SPDX-License-Identifier: MIT */
/*
 * pending.c - directories whose directories are still to be entered (see pending.h).
 */
#include "config.h"

#include "label/pending.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"

/* ---- directories ---------------------------------------------------------------------------- */

void dir_unref(struct dir *dir)
{
	/* A chain of any length, without recursion. */
	while (dir && atomic_fetch_sub(&dir->refs, 1) == 1) {
		struct dir *parent = dir->parent;

		if (dir->fd >= 0)
			close(dir->fd);
		free(dir->names);
		free(dir);
		dir = parent;
	}
}

struct dir *dir_new(struct dir *parent, const char *name, size_t path_len)
{
	size_t len = strlen(name);
	struct dir *dir = calloc(1, sizeof(*dir) + len + 1);

	if (!dir)
		return NULL;
	memcpy(dir->name, name, len + 1);
	dir->fd = -1;
	dir->path_len = path_len;
	dir->parent = parent;
	atomic_init(&dir->refs, 1);
	if (parent)
		atomic_fetch_add(&parent->refs, 1);
	return dir;
}

int pending_make_room(char **buf, size_t *size, size_t needed)
{
	size_t wanted = *size ? *size : 64;
	char *bigger;

	if (needed <= *size)
		return 0;
	while (wanted < needed)
		wanted *= 2;
	bigger = realloc(*buf, wanted);
	if (!bigger)
		return -1;
	*buf = bigger;
	*size = wanted;
	return 0;
}

int dir_keep_name(struct dir *dir, const char *name, size_t len)
{
	if (pending_make_room(&dir->names, &dir->names_size, dir->names_len + len + 1) < 0)
		return -1;
	memcpy(dir->names + dir->names_len, name, len + 1);
	dir->names_len += len + 1;
	return 0;
}

int dir_look(int fd, const char *name, struct statx *stx)
{
	return statx_at(fd, name, AT_SYMLINK_NOFOLLOW | (*name ? 0 : AT_EMPTY_PATH),
			STATX_TYPE | STATX_INO | STATX_NLINK | STATX_BTIME | STATX_MNT_ID, stx);
}

static uint64_t device(const struct statx *stx)
{
	return makedev(stx->stx_dev_major, stx->stx_dev_minor);
}

uint64_t dir_mount(const struct statx *stx)
{
	return stx->stx_mask & STATX_MNT_ID ? stx->stx_mnt_id : 0;
}

static int64_t birth(const struct statx *stx)
{
	return stx->stx_mask & STATX_BTIME
		       ? stx->stx_btime.tv_sec * 1000000000 + stx->stx_btime.tv_nsec
		       : 0;
}

void dir_set_identity(struct dir *dir, const struct statx *stx)
{
	dir->dev = device(stx);
	dir->ino = stx->stx_ino;
	dir->mount = dir_mount(stx);
	dir->born = birth(stx);
}

/* ---- descriptors ---------------------------------------------------------------------------- */

static void close_dir(struct pending *pending, struct dir *dir)
{
	if (!dir->parent || dir->fd < 0)
		return;
	close(dir->fd);
	dir->fd = -1;
	pending->open--;
}

/* Close the oldest descriptors, which are needed last, but for so many. */
static void close_oldest(struct pending *pending, size_t keep)
{
	for (size_t i = 0; i < pending->depth && pending->open > keep; i++)
		close_dir(pending, pending->stack[i]);
}

/*
 * Open @dir again, as @name of @at; ENOENT where that is another one by now. What took over the number of
 * one that was removed has another time of birth; so has one that an overlay copied up.
 */
static int open_again(int at, const char *name, const struct dir *dir, bool not_copied)
{
	_cleanup_close_ int fd = fd_open_dir(at, name, O_PATH);
	struct statx stx;

	if (fd < 0 || dir_look(fd, "", &stx) < 0)
		return -1;
	if (device(&stx) != dir->dev || stx.stx_ino != dir->ino || dir_mount(&stx) != dir->mount ||
	    (not_copied && birth(&stx) != dir->born)) {
		errno = ENOENT;
		return -1;
	}
	return steal_fd(&fd);
}

/* The directory before the last is opened again: up from the last, which is open. */
static void reopen_upwards(struct pending *pending)
{
	const struct dir *from = pending->stack[pending->depth - 1];
	struct dir *target = pending->stack[pending->depth - 2];
	_cleanup_close_ int at = -1;

	if (target->fd >= 0)
		return;
	for (const struct dir *dir = from->parent;; dir = dir->parent) {
		int fd = open_again(at < 0 ? from->fd : at, "..", dir, true);

		fd_cleanup_close(&at);
		at = fd;
		/* It may have been moved: then from the top, by names. */
		if (fd < 0)
			return;
		if (dir == target)
			break;
	}
	target->fd = steal_fd(&at);
	pending->open++;
}

/* All that lead from one directory, which is left out, to one below it. To be freed. */
static struct dir **way_to(const struct dir *from, struct dir *target, size_t *n)
{
	struct dir **way;

	*n = 0;
	for (const struct dir *dir = target; dir != from; dir = dir->parent) {
		if (atomic_load(&dir->lost)) {
			errno = ENOENT;
			return NULL;
		}
		++*n;
	}
	way = reallocarray(NULL, *n, sizeof(struct dir *));
	if (way)
		for (size_t i = *n; i-- > 0; target = target->parent)
			way[i] = target;
	return way;
}

/* The stack's directory @index is opened again: down from @from, which is open, each by its name. */
static int reopen_downwards(struct pending *pending, const struct dir *from, size_t index)
{
	struct dir *target = pending->stack[index];
	size_t n;
	_cleanup_free_ struct dir **way = way_to(from, target, &n);
	_cleanup_close_ int at = -1;

	if (!way)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int fd = open_again(at < 0 ? from->fd : at, way[i]->name, way[i], false);

		fd_cleanup_close(&at);
		at = fd;
		if (fd < 0) {
			/* Once is enough, for all that is below it. */
			if (errno != EMFILE && errno != ENFILE && errno != ENOMEM)
				atomic_store(&way[i]->lost, true);
			return -1;
		}
	}
	target->fd = steal_fd(&at);
	pending->open++;
	return 0;
}

/* Down from the nearest that is open: in the stack, or the top. */
static int reopen(struct pending *pending, size_t index)
{
	const struct dir *from = pending->stack[0];

	while (from->parent)
		from = from->parent;
	for (size_t i = index; i-- > 0;) {
		if (pending->stack[i]->fd < 0)
			continue;
		from = pending->stack[i];
		break;
	}
	return reopen_downwards(pending, from, index);
}

/*
 * A directory is about to leave the stack. What comes next is opened again by way of it, if it was
 * closed: the one before the last, for the stack's own thread, or the one behind the first, for
 * others. So however deep a tree is, it is gone up and down once, and not from the top each time.
 */
static void reopen_next(struct pending *pending, size_t index)
{
	const struct dir *dir = pending->stack[index];

	if (dir->fd < 0 || pending->depth < 2)
		return;
	if (index + 1 == pending->depth)
		reopen_upwards(pending);
	else if (index == 0 && pending->stack[1]->fd < 0)
		(void)reopen_downwards(pending, dir, 1);
}

/* ---- the stack ------------------------------------------------------------------------------ */

static void remove_dir(struct pending *pending, size_t index)
{
	struct dir *dir = pending->stack[index];

	reopen_next(pending, index);
	close_dir(pending, dir);
	free(dir->names);
	dir->names = NULL;
	dir_unref(dir);
	pending->depth--;
	memmove(pending->stack + index, pending->stack + index + 1,
		(pending->depth - index) * sizeof(struct dir *));
}

void pending_init(struct pending *pending, size_t max_open)
{
	*pending = (struct pending){ .max_open = max_open };
	pthread_mutex_init(&pending->lock, NULL);
}

void pending_free(struct pending *pending)
{
	while (pending->depth)
		remove_dir(pending, pending->depth - 1);
	free(pending->stack);
	pthread_mutex_destroy(&pending->lock);
}

static int push(struct pending *pending, struct dir *dir)
{
	if (pending->depth == pending->size) {
		size_t size = pending->size * 2 + 16;
		struct dir **more = reallocarray(pending->stack, size, sizeof(struct dir *));

		if (!more)
			return -1;
		pending->stack = more;
		pending->size = size;
	}
	atomic_fetch_add(&dir->refs, 1);
	pending->stack[pending->depth++] = dir;
	pending->open += dir->parent != NULL;
	if (pending->open > pending->max_open)
		close_oldest(pending, pending->max_open / 2);
	return 0;
}

int pending_push(struct pending *pending, struct dir *dir)
{
	int rc;

	pthread_mutex_lock(&pending->lock);
	rc = push(pending, dir);
	pthread_mutex_unlock(&pending->lock);
	return rc;
}

/* The child's descriptor, or -1 with errno. */
static int open_child(struct pending *pending, size_t index, const char *name)
{
	const struct dir *dir = pending->stack[index];
	int fd;

	if (dir->fd < 0 && reopen(pending, index) < 0)
		return -1;
	fd = fd_open_dir(dir->fd, name, O_RDONLY);
	if (fd >= 0 || (errno != EMFILE && errno != ENFILE) || index + 1 < pending->depth)
		return fd;
	/* The process has fewer left than it was thought. */
	close_oldest(pending, 1);
	return dir->fd < 0 ? -1 : fd_open_dir(dir->fd, name, O_RDONLY);
}

/* Under the lock. */
static int take(struct pending *pending, size_t index, struct taken *taken)
{
	struct dir *dir = pending->stack[index];
	const char *name = dir->names + dir->next;
	size_t len = strlen(name);
	size_t slash = dir->parent || dir->path_len > 1 ? 1 : 0;

	taken->dir = dir_new(dir, name, dir->path_len + slash + len);
	if (!taken->dir)
		return -1;
	taken->dir->fd = open_child(pending, index, name);
	if (taken->dir->fd < 0) {
		taken->err = errno;
		if (dir->fd >= 0)
			taken->parent = fcntl(dir->fd, F_DUPFD_CLOEXEC, 0);
	}
	dir->next += len + 1;
	if (dir->next == dir->names_len)
		remove_dir(pending, index);
	return 0;
}

static int take_either(struct pending *pending, bool last, struct taken *taken)
{
	int rc = 0;

	*taken = (struct taken){ .parent = -1 };
	pthread_mutex_lock(&pending->lock);
	if (pending->depth)
		rc = take(pending, last ? pending->depth - 1 : 0, taken);
	pthread_mutex_unlock(&pending->lock);
	return rc;
}

int pending_take_last(struct pending *pending, struct taken *taken)
{
	return take_either(pending, true, taken);
}

int pending_take_first(struct pending *pending, struct taken *taken)
{
	return take_either(pending, false, taken);
}
