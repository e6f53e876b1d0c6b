/* SPDX-License-Identifier: MIT */
/*
 * visit.c - look at one file, and give it its label.
 *
 * A file that fits is only looked at, by name. One that does not is opened first, without following
 * it or making it act (O_PATH), and looked at again: so what is written belongs to the very file that
 * was judged. May call the rest of lib/label, lib/kernel and lib/base. Must never write anything but
 * the one attribute.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/inroot.h"
#include "label/run.h"

/* After so many files a thread adds its own to the progress. */
#define PROGRESS_FILES 1024

/* A file, and what it is and should be labelled. */
struct file {
	const char *path;
	const char *label; /* NULL: none */
	size_t len;
	int wanted;
	enum fit fit;
};

/* ---- telling the caller --------------------------------------------------------------------- */

static int canceled(void)
{
	errno = ECANCELED;
	return -1;
}

static int tell(struct visitor *v, enum selinuxns_file kind, const char *path, const char *label,
		const char *wanted, const char *message)
{
	struct run *run = v->run;
	const struct selinuxns_tree *tree = run->tree;
	int rc;

	v->counts[kind]++;
	if (!(tree->reported & 1U << kind))
		return 0;
	pthread_mutex_lock(&run->lock);
	rc = tree->report(tree->report_data, kind, path, label ? label : "", wanted ? wanted : "",
			  message ? message : "");
	pthread_mutex_unlock(&run->lock);
	return rc ? canceled() : 0;
}

static int failed(struct visitor *v, const char *path, const char *what, int err)
{
	char message[128];

	snprintf(message, sizeof(message), "%s: %s", what,
		 err == ENODEV ? "/proc is not mounted any more" : strerror(err));
	return tell(v, SELINUXNS_FILE_FAILED, path, NULL, NULL, message);
}

static const char *wanted_context(const struct visitor *v, int wanted)
{
	return wanted >= 0 ? label_contexts_name(v->run->contexts, wanted) : NULL;
}

static int tell_fit(struct visitor *v, const struct file *file)
{
	static const enum selinuxns_file kinds[] = {
		[FIT_GOOD] = SELINUXNS_FILE_FITS,
		[FIT_UNSPECIFIED] = SELINUXNS_FILE_UNSPECIFIED,
		[FIT_MISSING] = SELINUXNS_FILE_UNLABELED,
		[FIT_INVALID] = SELINUXNS_FILE_INVALID,
		[FIT_DIFFERS] = SELINUXNS_FILE_DIFFERS,
	};

	return tell(v, kinds[file->fit], file->path, file->label, wanted_context(v, file->wanted),
		    NULL);
}

static int add_progress(struct visitor *v)
{
	const struct selinuxns_tree *tree = v->run->tree;
	unsigned long long files = atomic_fetch_add(&v->run->files, v->files) + v->files;
	int rc;

	v->files = 0;
	if (!tree->progress)
		return 0;
	pthread_mutex_lock(&v->run->lock);
	rc = tree->progress(tree->progress_data, files);
	pthread_mutex_unlock(&v->run->lock);
	return rc ? canceled() : 0;
}

/* ---- one file ------------------------------------------------------------------------------- */

/* Take in what a system call said of the label. 0, or -1 with errno for what is no answer. */
static int take_label(struct visitor *v, struct file *file, ssize_t n)
{
	file->label = NULL;
	file->len = 0;
	if (n < 0 && errno == ERANGE) {
		/* Too long for any context. */
		memset(v->label, '.', sizeof(v->label) - 1);
		n = sizeof(v->label) - 1;
		file->len = FIT_LABEL_MAX;
	} else if (n < 0 && (errno == ENODATA || errno == EOPNOTSUPP)) {
		if (errno == EOPNOTSUPP)
			atomic_store(&v->run->unsupported, true);
		return 0;
	} else if (n < 0) {
		return -1;
	} else {
		file->len = (size_t)n - (n > 0 && !v->label[n - 1]);
	}
	v->label[n < (ssize_t)sizeof(v->label) ? n : n - 1] = '\0';
	file->label = v->label;
	return 0;
}

static int judge(struct visitor *v, struct file *file, size_t path_len, mode_t type)
{
	file->wanted = LABEL_NO_MATCH;
	if (v->run->contexts)
		file->wanted = label_contexts_lookup(v->run->contexts, v->scratch, file->path,
						     path_len, type);
	if (file->wanted == LABEL_ERROR)
		return -1;
	file->fit = fit_judge(v->near, file->label, file->len, file->wanted);
	return 0;
}

/* Why this was refused; and whether it is worth going on. 0, or -1 with errno to end the walk. */
static int refused(struct visitor *v, const struct file *file, const char *label, int err)
{
	struct run *run = v->run;
	struct refusal refusal;

	pthread_mutex_lock(&run->lock);
	refusal = run->refusal;
	if (run->refused != err) {
		refusal_explain(&refusal, err, run->attribute);
		/* What could be written shows that others can. */
		refusal.everywhere = refusal.everywhere && !atomic_load(&run->written);
		/* What ends the run is kept, for its error. */
		if (!run->refusal.everywhere) {
			run->refusal = refusal;
			run->refused = err;
		}
	}
	pthread_mutex_unlock(&run->lock);
	if (tell(v, SELINUXNS_FILE_FAILED, file->path, file->label, label, refusal.reason) < 0)
		return -1;
	errno = err;
	return refusal.everywhere ? -1 : 0;
}

/* Give the file that @fd refers to its label. */
static int write_label(struct visitor *v, const struct file *file, int fd)
{
	struct run *run = v->run;
	const char *label = fit_label(v->near, file->label, file->len, file->wanted);

	if (!label)
		return tell(v, SELINUXNS_FILE_FAILED, file->path, file->label,
			    wanted_context(v, file->wanted),
			    errno == EINVAL
				    ? "the file contexts ask for what is no context of the policy"
				    : strerror(errno));
	if (!run->tree->dry_run) {
		if (xattr_set_fd(fd, run->attribute, label, strlen(label) + 1) < 0)
			return errno == ENOENT
				       ? tell(v, SELINUXNS_FILE_GONE, file->path, NULL, NULL, NULL)
				       : refused(v, file, label, errno);
		atomic_store_explicit(&run->written, true, memory_order_relaxed);
	}
	return tell(v, SELINUXNS_FILE_CHANGED, file->path, file->label, label, NULL);
}

static bool is_wrong(const struct file *file)
{
	return file->fit == FIT_MISSING || file->fit == FIT_INVALID || file->fit == FIT_DIFFERS;
}

/* Could it be right under another name? */
static bool is_put_off(const struct visitor *v, const struct file *file, const struct stat *st)
{
	return !S_ISDIR(st->st_mode) && st->st_nlink > 1 && file->wanted >= 0 &&
	       (v->run->apply || file->fit == FIT_DIFFERS);
}

static int put_off(struct visitor *v, const struct file *file, const struct stat *st)
{
	const char *wanted = wanted_context(v, file->wanted);
	int rc = links_add(&v->run->links, st, file->path, file->wanted, wanted);

	/* A check has to tell each path. */
	if (rc == 0 || (rc == 1 && v->run->apply) || (rc < 0 && errno != ENOSPC))
		return rc < 0 ? -1 : 0;
	return tell(v, SELINUXNS_FILE_FAILED, file->path, file->label, wanted,
		    "too many files with several names do not fit; take a part of the tree at a "
		    "time, or apply once more");
}

static int gone(struct visitor *v, const char *path, int err)
{
	return err == ENOENT ? tell(v, SELINUXNS_FILE_GONE, path, NULL, NULL, NULL)
			     : failed(v, path, "open file", err);
}

/* It seemed not to fit: look again, at a file that cannot be exchanged for another meanwhile. */
static int look_closer(struct visitor *v, const struct walk_entry *entry, struct file *file)
{
	_cleanup_close_ int own = -1;
	int fd = entry->dirfd;
	struct stat st;

	if (entry->name) {
		fd = own = openat(entry->dirfd, entry->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			return gone(v, file->path, errno);
	}
	if (fstat(fd, &st) < 0)
		return failed(v, file->path, "look at file", errno);
	if (take_label(v, file,
		       xattr_get_fd(fd, v->run->attribute, v->label, sizeof(v->label) - 1)) < 0)
		return gone(v, file->path, errno);
	if (judge(v, file, entry->path_len, st.st_mode & S_IFMT) < 0)
		return failed(v, file->path, "look up context", errno);
	if (!is_wrong(file))
		return tell_fit(v, file);
	if (is_put_off(v, file, &st))
		return put_off(v, file, &st);
	if (file->wanted < 0)
		return tell_fit(v, file);
	return write_label(v, file, fd);
}

/* It does not fit. Only whether another name may ask for what it has is still to be seen. */
static int tell_wrong(struct visitor *v, const struct walk_entry *entry, const struct file *file)
{
	struct stat st;

	if (entry->name && file->fit == FIT_DIFFERS &&
	    fstatat(entry->dirfd, entry->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    is_put_off(v, file, &st))
		return put_off(v, file, &st);
	return tell_fit(v, file);
}

static ssize_t read_label(struct visitor *v, const struct walk_entry *entry)
{
	if (!entry->name)
		return xattr_get_fd(entry->dirfd, v->run->attribute, v->label,
				    sizeof(v->label) - 1);
	return xattr_get(&v->at, entry->name, v->run->attribute, v->label, sizeof(v->label) - 1);
}

static bool is_impossible(const struct visitor *v, mode_t type)
{
	return v->run->user_attribute && !S_ISREG(type) && !S_ISDIR(type);
}

static int visit(void *thread, const struct walk_entry *entry)
{
	struct visitor *v = thread;
	struct file file = { .path = entry->path };

	if (++v->files == PROGRESS_FILES && add_progress(v) < 0)
		return -1;
	if (is_impossible(v, entry->type))
		return tell(v, SELINUXNS_FILE_IMPOSSIBLE, file.path, NULL, NULL, NULL);
	if (take_label(v, &file, read_label(v, entry)) < 0)
		return gone(v, file.path, errno);
	if (judge(v, &file, entry->path_len, entry->type) < 0)
		return failed(v, file.path, "look up context", errno);
	if (!is_wrong(&file))
		return tell_fit(v, &file);
	return v->run->apply ? look_closer(v, entry, &file) : tell_wrong(v, entry, &file);
}

static int trouble(void *thread, const char *path, enum walk_trouble what, int err)
{
	struct visitor *v = thread;

	switch (what) {
	case WALK_GONE:
		return tell(v, SELINUXNS_FILE_GONE, path, NULL, NULL, NULL);
	case WALK_OTHER_FS:
	case WALK_PSEUDO_FS:
		return tell(v, SELINUXNS_FILE_SKIPPED, path, NULL, NULL, NULL);
	default:
		return failed(v, path,
			      err == ELOOP ? "open file (by way of a symbolic link)"
					   : "read directory",
			      err);
	}
}

static void end(void *thread)
{
	struct visitor *v = thread;
	struct run *run = v->run;

	pthread_mutex_lock(&run->lock);
	for (int i = 0; i < TREE_KINDS; i++)
		run->tree->counts[i] += v->counts[i];
	pthread_mutex_unlock(&run->lock);
	label_scratch_free(v->scratch);
	fit_near_free(v->near);
	free(v);
}

static struct visitor *visitor_new(struct run *run)
{
	struct visitor *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->run = run;
	v->near = fit_near_new(run->fits);
	v->scratch = run->contexts ? label_scratch_new(run->contexts) : NULL;
	if (v->near && (v->scratch || !run->contexts))
		return v;
	end(v);
	errno = ENOMEM;
	return NULL;
}

static void *begin(void *data)
{
	struct visitor *v = visitor_new(data);
	int err;

	if (!v || xattr_begin(&v->at) == 0)
		return v;
	err = errno;
	end(v);
	errno = err;
	return NULL;
}

static int enter(void *thread, int dirfd)
{
	struct visitor *v = thread;

	return xattr_enter(&v->at, dirfd);
}

const struct walk_calls visit_calls = {
	.begin = begin,
	.enter = enter,
	.visit = visit,
	.trouble = trouble,
	.end = end,
};

/* ---- files with several names --------------------------------------------------------------- */

/* Is this another name of a file that was put off, one that asks for the label that it has? */
static int visit_for_links(void *thread, const struct walk_entry *entry)
{
	struct visitor *v = thread;
	struct links *links = &v->run->links;
	struct file file = { .path = entry->path };
	struct link_file *found;
	struct stat st;

	if (S_ISDIR(entry->type) || !entry->name ||
	    fstatat(entry->dirfd, entry->name, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_nlink < 2)
		return 0;
	pthread_mutex_lock(&links->lock);
	found = links_find(links, &st);
	if (found && !found->fits && take_label(v, &file, read_label(v, entry)) == 0 &&
	    judge(v, &file, entry->path_len, entry->type) == 0)
		found->fits = !is_wrong(&file);
	pthread_mutex_unlock(&links->lock);
	return 0;
}

static int no_trouble(void *thread, const char *path, enum walk_trouble what, int err)
{
	(void)thread;
	(void)path;
	(void)what;
	(void)err;
	return 0;
}

const struct walk_calls visit_links_calls = {
	.begin = begin,
	.enter = enter,
	.visit = visit_for_links,
	.trouble = no_trouble,
	.end = end,
};

/* The file by one of its names, resolved anew below the top. */
static int open_name(const struct visitor *v, const struct link_file *link, const char *path)
{
	const struct place *place = &v->run->place;
	size_t top_len = strcmp(place->path, "/") ? strlen(place->path) : 0;
	_cleanup_close_ int fd = inroot_open_strict(
		place->top, path + top_len + 1, O_PATH | O_NOFOLLOW, v->run->tree->one_file_system);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if (st.st_dev != link->dev || st.st_ino != link->ino) {
		errno = ENOENT;
		return -1;
	}
	return steal_fd(&fd);
}

static int settle(struct visitor *v, const struct link_file *link)
{
	struct file file = { .path = link->names->path };
	_cleanup_close_ int fd = -1;
	int rc;

	/* Where it fits by another name, all of its names are fine. */
	if (link->fits) {
		for (const struct link_name *at = link->names; at; at = at->next)
			v->counts[SELINUXNS_FILE_FITS]++;
		return 0;
	}
	fd = open_name(v, link, file.path);
	if (fd < 0)
		return gone(v, file.path, errno);
	if (take_label(v, &file,
		       xattr_get_fd(fd, v->run->attribute, v->label, sizeof(v->label) - 1)) < 0)
		return gone(v, file.path, errno);
	file.wanted = link->wanted;
	file.fit = fit_judge(v->near, file.label, file.len, file.wanted);
	if (v->run->apply) {
		rc = is_wrong(&file) ? write_label(v, &file, fd) : tell_fit(v, &file);
		for (const struct link_name *at = link->names->next; at && rc == 0; at = at->next)
			v->counts[SELINUXNS_FILE_FITS]++;
		v->counts[SELINUXNS_FILE_FITS] += link->unnamed;
		return rc;
	}
	rc = 0;
	for (const struct link_name *at = link->names; at && rc == 0; at = at->next) {
		struct file one = { at->path, file.label, file.len, at->wanted, FIT_GOOD };

		one.fit = fit_judge(v->near, one.label, one.len, one.wanted);
		rc = tell_fit(v, &one);
	}
	return rc;
}

static int settle_all(struct visitor *v)
{
	const struct links *links = &v->run->links;

	for (size_t i = 0; i < links->n_buckets; i++)
		for (const struct link_file *at = links->buckets[i]; at; at = at->next)
			if (settle(v, at) < 0)
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
	end(v);
	return rc;
}
