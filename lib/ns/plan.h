/* SPDX-License-Identifier: MIT */
/*
 * plan.h - what a namespace shall be, and what its set-up works with.
 *
 * plan.c fills the plan, prepare.c checks it and reads all that the steps need, steps.c takes
 * the steps. Only prepare.c may fail without a trace; only steps.c may change anything.
 */
#ifndef SELINUXNS_NS_PLAN_H
#define SELINUXNS_NS_PLAN_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <selinux/selinuxns.h>

#include "policy/booleans.h"

struct selinuxns_plan {
	bool mount;
	bool policy_from_root;
	const struct selinuxns_policy *policy; /* the caller's */
	struct boolean *booleans;
	size_t n_booleans;
	char *context, *exec_context;
	enum selinuxns_mode mode;
	char *root, *workdir;
	char **environment; /* NULL: the caller's */
	int *keep;
	size_t n_keep;
	bool keep_all;
	int stdio[3]; /* -1: the caller's own */
	sigset_t defaults; /* the signals whose action is the default one */
	bool session;
	unsigned int wait_ms;
	int death_signal;
	void (*watch)(void *data, const char *step, const char *object);
	void *watch_data;
};

typedef void (*plan_report)(void *data, const char *check, const char *object,
			    enum selinuxns_result result, const char *message);

/* All that the steps need, found and read before the first of them. */
struct work {
	const struct selinuxns_plan *plan;
	const struct selinuxns_policy *policy; /* what is loaded, NULL: nothing */
	struct selinuxns_policy *own_policy; /* the same, if it is ours to free */
	bool enforcing;
	bool has_root; /* root_dev and root_ino are those of the checked root */
	dev_t root_dev;
	ino_t root_ino;
	/* Descriptors that the steps hand on to each other. */
	int rootfd, instance, current, exec;
	struct selinuxns_error *error;
	/* Tells of a step; in a spawned child, its parent. */
	void (*tell)(struct work *work, const char *step, const char *object);
};

void work_init(struct work *work, const struct selinuxns_plan *plan, struct selinuxns_error *error);
void work_release(struct work *work);

/*
 * prepare - check the plan, and fill @work with what the steps need
 * @command: NULL or the command; @path: its search path
 *
 * Reports every check. Without @report it stops at the first that fails. Returns 0 or -1 with
 * errno and work->error set.
 */
int prepare(struct work *work, const char *command, const char *path, bool spawn,
	    plan_report report, void *data);

/*
 * steps_take - take the steps of the set-up, in their order
 *
 * Async-signal-safe. Returns 0, or -1 with errno and work->error naming the step.
 */
int steps_take(struct work *work);

/* The steps that steps_take() would take, in their order. */
void steps_list(const struct work *work,
		void (*fn)(void *data, const char *step, const char *object), void *data);

/* The search path in an environment, or the default one. */
const char *plan_search_path(char *const environment[]);

#endif
