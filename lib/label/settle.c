/* SPDX-License-Identifier: MIT */
/*
 * settle.c - files with several names, when all of these were seen.
 *
 * Those that did not fit by one name were put off (links.h). Here the others are looked for, and then
 * each file is judged, and written to, once. May call the rest of lib/label, lib/kernel and lib/base. Must
 * never write to another file than the one that was put off.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/inroot.h"
#include "label/run.h"
#include "label/visit.h"

static bool is_open(struct links *links, const struct stat *st)
{
	const struct link_file *found;
	bool open;

	pthread_mutex_lock(&links->lock);
	found = links_find(links, st);
	open = found && !found->fits;
	pthread_mutex_unlock(&links->lock);
	return open;
}

/* The label, and what is wanted, of a file that is open (O_PATH). */
static int look_at(struct visitor *v, struct file *file, int fd, const struct stat *st)
{
	if (visit_label(v, file, fd) < 0)
		return -1;
	return visit_judge(v, file, strlen(file->path), st->st_mode & S_IFMT);
}

/* What could not be looked at was told the first time; unless it is more now. */
static void miss(struct run *run, int err)
{
	if (err != ENOENT)
		atomic_fetch_add(&run->unseen, 1);
}

/* Is this another name of a file that was put off, one that asks for the label that it has? */
static int visit_for_links(void *thread, const struct walk_entry *entry)
{
	struct visitor *v = thread;
	struct links *links = &v->run->links;
	struct file file = { .path = entry->path };
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (visit_progress(v, true) < 0)
		return -1;
	if (S_ISDIR(entry->type) || !entry->name)
		return 0;
	if (fstatat(entry->dirfd, entry->name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		miss(v->run, errno);
		return 0;
	}
	if (st.st_nlink < 2 || !is_open(links, &st))
		return 0;
	fd = openat(entry->dirfd, entry->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || look_at(v, &file, fd, &st) < 0) {
		miss(v->run, errno);
		return 0;
	}
	return file.fit == FIT_GOOD ? links_fit(links, &st, false) : 0;
}

static int trouble_for_links(void *thread, const char *path, enum walk_trouble what, int err)
{
	const struct visitor *v = thread;

	(void)path;
	if (what == WALK_UNREADABLE)
		miss(v->run, err);
	return 0;
}

const struct walk_calls visit_links_calls = {
	.begin = visit_begin,
	.enter = visit_enter,
	.visit = visit_for_links,
	.trouble = trouble_for_links,
	.end = visit_end,
};

/* O_PATH, in as many parts as it takes: a tree may be deeper than a path may be long. */
static int open_below(int top, const char *path, bool one_mount)
{
	_cleanup_close_ int at = -1;
	char part[PATH_MAX];
	const char *slash;

	while (strlen(path) >= sizeof(part) && (slash = memrchr(path, '/', sizeof(part)))) {
		int fd;

		*(char *)mempcpy(part, path, (size_t)(slash - path)) = '\0';
		fd = inroot_open_strict(at < 0 ? top : at, part, O_PATH | O_DIRECTORY, one_mount);
		fd_cleanup_close(&at);
		at = fd;
		if (fd < 0)
			return -1;
		path = slash + 1;
	}
	return inroot_open_strict(at < 0 ? top : at, path, O_PATH | O_NOFOLLOW, one_mount);
}

/* The file by one of its names, resolved anew below the top. */
static int open_name(const struct visitor *v, const struct link_file *link, const char *path)
{
	const struct place *place = &v->run->place;
	size_t top_len = strcmp(place->path, "/") ? strlen(place->path) : 0;
	_cleanup_close_ int fd =
		open_below(place->top, path + top_len + 1, v->run->tree->one_file_system);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if (st.st_dev != link->dev || st.st_ino != link->ino) {
		errno = ENOENT;
		return -1;
	}
	return steal_fd(&fd);
}

/* By the first of its names that is still there, in *used. -1 with errno. */
static int open_file(const struct visitor *v, const struct link_file *link, struct link_name **used)
{
	int err = ENOENT;

	for (struct link_name *at = link->names; at; at = at->next) {
		int fd = open_name(v, link, at->path);

		if (fd >= 0) {
			*used = at;
			return fd;
		}
		/* ENOTDIR, ELOOP: what was a directory is something else by now. */
		at->gone = errno == ENOENT || errno == ENOTDIR || errno == ELOOP;
		if (!at->gone)
			err = errno;
	}
	errno = err;
	return -1;
}

/* All names but @told, which is NULL for all of them. Those without a path are counted only. */
static int tell_names(struct visitor *v, const struct link_file *link, const struct link_name *told,
		      enum selinuxns_file kind, const char *label, const char *message)
{
	int rc = 0;

	for (const struct link_name *at = link->names; at && rc == 0; at = at->next) {
		if (at == told)
			continue;
		rc = at->gone ? visit_tell(v, SELINUXNS_FILE_GONE, at->path, NULL, NULL, NULL)
			      : visit_tell(v, kind, at->path, label, visit_wanted(v, at->wanted),
					   message);
	}
	/* By a check, these were told when they were come by. */
	if (v->run->apply)
		v->counts[kind] += link->unnamed;
	return rc;
}

static int fail_names(struct visitor *v, const struct link_file *link, const char *message)
{
	return tell_names(v, link, NULL, SELINUXNS_FILE_FAILED, NULL, message);
}

/* None of its names leads to it. */
static int tell_lost(struct visitor *v, struct link_file *link, int err)
{
	char message[128];

	if (err == ENOENT && link->seen >= link->links)
		return tell_names(v, link, NULL, SELINUXNS_FILE_GONE, NULL, NULL);
	/* One that was not seen may be left. */
	for (struct link_name *at = link->names; at && err == ENOENT; at = at->next)
		at->gone = false;
	snprintf(message, sizeof(message), "open file: %s",
		 err == ENOENT ? "it is gone, but may have another name" : strerror(err));
	return fail_names(v, link, message);
}

/* It can be written to, by its name @used. */
static int settle_apply(struct visitor *v, const struct link_file *link,
			const struct link_name *used, struct file *file, int fd)
{
	struct outcome outcome = { 0 };

	file->wanted = link->wanted;
	visit_write(v, file, fd, &outcome);
	if (visit_tell_outcome(v, used->path, file, &outcome) < 0)
		return -1;
	if (outcome.kind == SELINUXNS_FILE_CHANGED)
		return tell_names(v, link, used, SELINUXNS_FILE_FITS, outcome.label, NULL);
	return tell_names(v, link, used, outcome.kind, file->label, outcome.refusal.reason);
}

static int settle(struct visitor *v, struct link_file *link)
{
	struct link_name *used = NULL;
	_cleanup_close_ int fd = open_file(v, link, &used);
	struct file file = { 0 };
	int rc = 0;

	/* Where it fits by another name, all of its names are fine. */
	if (link->fits) {
		if (fd >= 0)
			(void)visit_label(v, &file, fd);
		return tell_names(v, link, NULL, SELINUXNS_FILE_FITS, file.label, NULL);
	}
	if (fd < 0)
		return tell_lost(v, link, errno);
	if (v->run->unsure && link->seen < link->links)
		return fail_names(v, link, "its other names could not be looked at");
	if (visit_label(v, &file, fd) < 0)
		return fail_names(v, link, strerror(errno));
	/* It may have got its label meanwhile. */
	for (const struct link_name *at = link->names; at; at = at->next) {
		enum fit fit = fit_judge(v->near, file.label, file.len, at->wanted);

		if (fit == FIT_ERROR)
			return fail_names(v, link, strerror(errno));
		if (fit == FIT_GOOD)
			return tell_names(v, link, NULL, SELINUXNS_FILE_FITS, file.label, NULL);
	}
	if (v->run->apply)
		return settle_apply(v, link, used, &file, fd);
	for (const struct link_name *at = link->names; at && rc == 0; at = at->next) {
		struct file one = file;

		one.path = at->path;
		one.wanted = at->wanted;
		one.fit = fit_judge(v->near, one.label, one.len, one.wanted);
		rc = at->gone ? visit_tell(v, SELINUXNS_FILE_GONE, at->path, NULL, NULL, NULL)
			      : visit_tell_fit(v, &one);
	}
	return rc;
}

static int settle_all(struct visitor *v)
{
	const struct links *links = &v->run->links;

	for (size_t i = 0; i < links->n_buckets; i++)
		for (struct link_file *at = links->buckets[i]; at; at = at->next)
			if (visit_progress(v, true) < 0 || settle(v, at) < 0)
				return -1;
	return 0;
}

int visit_links(struct run *run)
{
	struct visitor *v = run->links.count ? visitor_new(run) : NULL;
	int rc;

	if (!v)
		return run->links.count ? -1 : 0;
	links_sort(&run->links);
	rc = settle_all(v);
	visit_end(v);
	return rc;
}
