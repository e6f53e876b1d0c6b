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
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "label/pending.h"
#include "label/run.h"
#include "label/visit.h"

/* After so many files a thread tells the progress. */
#define PROGRESS_FILES 1024

/* ---- telling the caller --------------------------------------------------------------------- */

static int canceled(void)
{
	errno = ECANCELED;
	return -1;
}

int visit_tell(struct visitor *v, enum selinuxns_file kind, const char *path, const char *label,
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

	atomic_fetch_add(&v->run->unseen, 1);
	snprintf(message, sizeof(message), "%s: %s", what,
		 err == ENODEV ? "/proc is not mounted any more" : strerror(err));
	return visit_tell(v, SELINUXNS_FILE_FAILED, path, NULL, NULL, message);
}

const char *visit_wanted(const struct visitor *v, int wanted)
{
	return wanted >= 0 ? label_contexts_name(v->run->contexts, wanted) : NULL;
}

int visit_tell_fit(struct visitor *v, const struct file *file)
{
	static const enum selinuxns_file kinds[] = {
		[FIT_GOOD] = SELINUXNS_FILE_FITS,
		[FIT_UNSPECIFIED] = SELINUXNS_FILE_UNSPECIFIED,
		[FIT_MISSING] = SELINUXNS_FILE_UNLABELED,
		[FIT_INVALID] = SELINUXNS_FILE_INVALID,
		[FIT_DIFFERS] = SELINUXNS_FILE_DIFFERS,
		[FIT_ERROR] = SELINUXNS_FILE_FAILED,
	};

	if (file->unsupported)
		atomic_store(&v->run->unsupported, true);
	return visit_tell(v, kinds[file->fit], file->path, file->label,
			  visit_wanted(v, file->wanted),
			  file->fit == FIT_ERROR ? strerror(ENOMEM) : NULL);
}

int visit_progress(struct visitor *v, bool again)
{
	const struct selinuxns_tree *tree = v->run->tree;
	int rc;

	if (++v->files < PROGRESS_FILES)
		return 0;
	v->files = 0;
	if (!tree->progress)
		return 0;
	/* Added under the lock, or a thread could tell a number after another's greater one. */
	pthread_mutex_lock(&v->run->lock);
	v->run->files += again ? 0 : PROGRESS_FILES;
	rc = tree->progress(tree->progress_data, v->run->files);
	pthread_mutex_unlock(&v->run->lock);
	return rc ? canceled() : 0;
}

/* ---- one file ------------------------------------------------------------------------------- */

/* Take in what a system call said of the label. 0, or -1 with errno for what is no answer. */
static int take_label(struct visitor *v, struct file *file, ssize_t n)
{
	file->label = NULL;
	file->len = 0;
	file->unsupported = n < 0 && errno == EOPNOTSUPP;
	if (n < 0 && errno == ERANGE) {
		/* Too long for any context. */
		memset(v->label, '.', sizeof(v->label) - 1);
		n = sizeof(v->label) - 1;
		file->len = FIT_LABEL_MAX;
	} else if (n < 0 && (errno == ENODATA || errno == EOPNOTSUPP)) {
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

int visit_label(struct visitor *v, struct file *file, int fd)
{
	return take_label(v, file,
			  xattr_get_fd(fd, v->run->attribute, v->label, sizeof(v->label) - 1));
}

int visit_judge(struct visitor *v, struct file *file, size_t path_len, mode_t type)
{
	file->wanted = LABEL_NO_MATCH;
	if (v->run->contexts)
		file->wanted = label_contexts_lookup(v->run->contexts, v->scratch, file->path,
						     path_len, type);
	if (file->wanted == LABEL_ERROR)
		return -1;
	file->fit = fit_judge(v->near, file->label, file->len, file->wanted);
	return file->fit == FIT_ERROR ? -1 : 0;
}

static void explain(struct run *run, struct outcome *outcome)
{
	pthread_mutex_lock(&run->lock);
	outcome->refusal = run->refusal;
	if (run->refused != outcome->err) {
		refusal_explain(&outcome->refusal, outcome->err, run->attribute);
		/* What could be written shows that others can. */
		outcome->refusal.everywhere = outcome->refusal.everywhere &&
					      !atomic_load(&run->written);
		/* What ends the run is kept, for its error. */
		if (!run->refusal.everywhere) {
			run->refusal = outcome->refusal;
			run->refused = outcome->err;
		}
	}
	pthread_mutex_unlock(&run->lock);
}

void visit_write(struct visitor *v, const struct file *file, int fd, struct outcome *outcome)
{
	struct run *run = v->run;

	if (file->unsupported)
		atomic_store(&run->unsupported, true);
	outcome->kind = SELINUXNS_FILE_CHANGED;
	outcome->refusal.everywhere = false;
	outcome->refusal.reason[0] = '\0';
	outcome->label = fit_label(v->near, file->label, file->len, file->wanted);
	if (!outcome->label) {
		outcome->kind = SELINUXNS_FILE_FAILED;
		outcome->label = visit_wanted(v, file->wanted);
		snprintf(outcome->refusal.reason, sizeof(outcome->refusal.reason), "%s",
			 errno == EINVAL
				 ? "the file contexts ask for what is no context of the policy"
				 : strerror(errno));
	} else if (run->tree->dry_run) {
		return;
	} else if (xattr_set_fd(fd, run->attribute, outcome->label, strlen(outcome->label) + 1) ==
		   0) {
		atomic_store_explicit(&run->written, true, memory_order_relaxed);
	} else if (errno == ENOENT) {
		outcome->kind = SELINUXNS_FILE_GONE;
	} else {
		outcome->kind = SELINUXNS_FILE_FAILED;
		outcome->err = errno;
		explain(run, outcome);
	}
}

int visit_tell_outcome(struct visitor *v, const char *path, const struct file *file,
		       const struct outcome *outcome)
{
	bool there = outcome->kind != SELINUXNS_FILE_GONE;

	if (visit_tell(v, outcome->kind, path, there ? file->label : NULL,
		       there ? outcome->label : NULL, outcome->refusal.reason) < 0)
		return -1;
	errno = outcome->err;
	return outcome->refusal.everywhere ? -1 : 0;
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
	const char *wanted = visit_wanted(v, file->wanted);
	int rc = links_add(&v->run->links, st, file->path, file->wanted, wanted);

	/* A check has to tell each path. */
	if (rc == 0 || (rc == 1 && v->run->apply) || (rc < 0 && errno != ENOSPC))
		return rc < 0 ? -1 : 0;
	return visit_tell(
		v, SELINUXNS_FILE_FAILED, file->path, file->label, wanted,
		"too many files with several names do not fit; take a part of the tree at a "
		"time, or apply once more");
}

/* Is it of a file system that labels its files itself? Asked only where something is mounted on it. */
static bool is_pseudo(const struct walk_entry *entry, int fd)
{
	struct statx stx;

	return entry->name &&
	       !(entry->mount && dir_look(fd, "", &stx) == 0 && dir_mount(&stx) == entry->mount) &&
	       walk_is_pseudo(fd);
}

static int skipped(struct visitor *v, const char *path)
{
	return visit_tell(v, SELINUXNS_FILE_SKIPPED, path, NULL, NULL, NULL);
}

static int gone(struct visitor *v, const char *path, const char *what, int err)
{
	return err == ENOENT ? visit_tell(v, SELINUXNS_FILE_GONE, path, NULL, NULL, NULL)
			     : failed(v, path, what, err);
}

/* Look again, at a file that cannot be exchanged for another meanwhile. */
static int look_closer(struct visitor *v, const struct walk_entry *entry, struct file *file)
{
	_cleanup_close_ int own = -1;
	int fd = entry->dirfd;
	struct outcome outcome = { 0 };
	struct stat st;

	if (entry->name) {
		own = openat(entry->dirfd, entry->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		fd = own;
		if (fd < 0)
			return gone(v, file->path, "open file", errno);
	}
	if (fstat(fd, &st) < 0)
		return failed(v, file->path, "look at file", errno);
	if (is_pseudo(entry, fd))
		return skipped(v, file->path);
	if (visit_label(v, file, fd) < 0)
		return gone(v, file->path, "open file", errno);
	if (visit_judge(v, file, entry->path_len, st.st_mode & S_IFMT) < 0)
		return failed(v, file->path, "look up context", errno);
	if (file->fit == FIT_GOOD && entry->links > 1 && links_fit(&v->run->links, &st, true) < 0)
		return -1;
	if (is_wrong(file) && is_put_off(v, file, &st))
		return put_off(v, file, &st);
	if (!is_wrong(file) || file->wanted < 0 || !v->run->apply)
		return visit_tell_fit(v, file);
	visit_write(v, file, fd, &outcome);
	return visit_tell_outcome(v, file->path, file, &outcome);
}

/* It does not fit, unless it is none of ours; or another name asks for what it has. */
static int tell_wrong(struct visitor *v, const struct walk_entry *entry, const struct file *file)
{
	_cleanup_close_ int fd = -1;
	struct statx stx;
	struct stat st;

	if (!entry->name)
		return visit_tell_fit(v, file);
	if (dir_look(entry->dirfd, entry->name, &stx) < 0)
		return gone(v, file->path, "look at file", errno);
	if (!entry->mount || dir_mount(&stx) != entry->mount) {
		fd = openat(entry->dirfd, entry->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			return gone(v, file->path, "open file", errno);
		if (walk_is_pseudo(fd))
			return skipped(v, file->path);
	}
	st = (struct stat){
		.st_dev = makedev(stx.stx_dev_major, stx.stx_dev_minor),
		.st_ino = stx.stx_ino,
		.st_mode = stx.stx_mode,
		.st_nlink = stx.stx_nlink,
	};
	return file->fit == FIT_DIFFERS && is_put_off(v, file, &st) ? put_off(v, file, &st)
								    : visit_tell_fit(v, file);
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

	if (visit_progress(v, false) < 0)
		return -1;
	if (is_impossible(v, entry->type))
		return visit_tell(v, SELINUXNS_FILE_IMPOSSIBLE, file.path, NULL, NULL, NULL);
	if (take_label(v, &file, read_label(v, entry)) < 0)
		return gone(v, file.path, "open file", errno);
	if (visit_judge(v, &file, entry->path_len, entry->type) < 0)
		return failed(v, file.path, "look up context", errno);
	if (!is_wrong(&file))
		return entry->links > 1 ? look_closer(v, entry, &file) : visit_tell_fit(v, &file);
	return v->run->apply ? look_closer(v, entry, &file) : tell_wrong(v, entry, &file);
}

/* A name of a list. */
static int unreached(struct visitor *v, const char *path, int err)
{
	if (err == EINVAL)
		return visit_tell(v, SELINUXNS_FILE_FAILED, path, NULL, NULL,
				  "open file: its name has .. in it, and those of a list are below "
				  "the tree");
	return failed(v, path, err == ELOOP ? "open file (by way of a symbolic link)" : "open file",
		      err);
}

static int trouble(void *thread, const char *path, enum walk_trouble what, int err)
{
	struct visitor *v = thread;

	switch (what) {
	case WALK_GONE:
		return visit_tell(v, SELINUXNS_FILE_GONE, path, NULL, NULL, NULL);
	case WALK_OTHER_FS:
	case WALK_PSEUDO_FS:
		return skipped(v, path);
	case WALK_UNREACHED:
		return unreached(v, path, err);
	default:
		return failed(v, path,
			      err == ELOOP ? "open file (by way of a symbolic link)"
					   : "read directory",
			      err);
	}
}

void visit_end(void *thread)
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

struct visitor *visitor_new(struct run *run)
{
	struct visitor *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->run = run;
	v->near = fit_near_new(run->fits);
	v->scratch = run->contexts ? label_scratch_new(run->contexts) : NULL;
	if (v->near && (v->scratch || !run->contexts))
		return v;
	visit_end(v);
	errno = ENOMEM;
	return NULL;
}

void *visit_begin(void *data)
{
	struct visitor *v = visitor_new(data);
	int err;

	if (!v || xattr_begin(&v->at) == 0)
		return v;
	err = errno;
	visit_end(v);
	errno = err;
	return NULL;
}

int visit_enter(void *thread, int dirfd)
{
	struct visitor *v = thread;

	return xattr_enter(&v->at, dirfd);
}

const struct walk_calls visit_calls = {
	.begin = visit_begin,
	.enter = visit_enter,
	.visit = visit,
	.trouble = trouble,
	.end = visit_end,
};
