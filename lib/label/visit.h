/* SPDX-License-Identifier: MIT */
/*
 * visit.h - one file: what visit.c does with it, for settle.c.
 *
 * What returns an int returns 0, or -1 with errno; where it tells the caller, -1 ends the walk.
 */
#ifndef SELINUXNS_LABEL_VISIT_H
#define SELINUXNS_LABEL_VISIT_H

#include "label/run.h"

/* A file, and what it is and should be labelled. */
struct file {
	const char *path;
	const char *label; /* NULL: none */
	size_t len;
	int wanted;
	enum fit fit;
	bool unsupported; /* its file system holds no such attribute */
};

/* What came of giving a file its label. */
struct outcome {
	enum selinuxns_file kind;
	const char *label; /* that was wanted */
	int err;
	struct refusal refusal; /* where it has failed */
};

/* A thread that looks at files; also the calls of a walk. */
struct visitor *visitor_new(struct run *run);
void *visit_begin(void *data);
int visit_enter(void *thread, int dirfd);
void visit_end(void *thread);

/* Count a file as @kind, and tell it. What is NULL is told as "". */
int visit_tell(struct visitor *v, enum selinuxns_file kind, const char *path, const char *label,
	       const char *wanted, const char *message);
int visit_tell_fit(struct visitor *v, const struct file *file);

/*
 * One more file: now and then the progress is told. The number stays where it is looked at @again, so that
 * the caller can end that, too.
 */
int visit_progress(struct visitor *v, bool again);

/* The context of that number; NULL for none. */
const char *visit_wanted(const struct visitor *v, int wanted);

/* Take in the label of the file that @fd (O_PATH) refers to; it lasts until the next one's. */
int visit_label(struct visitor *v, struct file *file, int fd);

/* By its path and label: what is wanted, and whether it fits. */
int visit_judge(struct visitor *v, struct file *file, size_t path_len, mode_t type);

/* Give the file that @fd refers to its label; and tell what came of it, -1 also where it is not worth going on. */
void visit_write(struct visitor *v, const struct file *file, int fd, struct outcome *outcome);
int visit_tell_outcome(struct visitor *v, const char *path, const struct file *file,
		       const struct outcome *outcome);

#endif
