/* SPDX-License-Identifier: MIT */
/*
 * command.h - the command that a plan ends in, and its execution.
 *
 * command_make() lays everything out before the first step; the others are async-signal-safe, and
 * but for command_close_unneeded() come after the last. Must never execute what a magic link names, in a root that is not ours.
 */
#ifndef SELINUXNS_NS_COMMAND_H
#define SELINUXNS_NS_COMMAND_H

#include <stddef.h>

#include "ns/plan.h"

#define STEP_EXECUTE "execute"

/* Descriptors that the set-up needs besides: standard ones, those of paths, a child's ends. */
#define NEED_MORE (3 + 2 + 2)

struct command {
	struct work *work;
	char *const *argv;
	const char **shell_argv; /* the same for /bin/sh, which runs what has no "#!" */
	char **environment;
	const char *path;
	int *keep; /* sorted */
	size_t n_keep;
	int *need; /* these, and those that the set-up needs; sorted */
	size_t n_need;
};

/* Everything of the command that takes memory. 0, or -1 with errno and the work's error set. */
int command_make(struct command *command, struct work *work, char *const argv[]);
void command_release(const struct command *command);

/* The set-up needs this descriptor, too; nothing where it is negative. */
void command_need(struct command *command, int fd);

/*
 * In a child: closes what neither the set-up nor the command needs, unless all are kept. Else what
 * other threads have opened would be held until the execution. 0, or -1 as above.
 */
int command_close_unneeded(const struct command *command);

/*
 * Puts the standard descriptors into place, and marks all but those the command shall have
 * close-on-exec. 0, or -1 as above.
 */
int command_set_descriptors(const struct command *command);

/* Gives the signals that the plan names their default action. */
void command_default_signals(const struct command *command);

/* Executes the command, found as execvp(3) does. Returns only to fail: -1, as above. */
int command_execute(const struct command *command);

#endif
