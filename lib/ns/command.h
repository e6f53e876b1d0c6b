/* SPDX-License-Identifier: MIT */
/*
 * command.h - the command that a plan ends in, and its execution.
 *
 * command_make() lays everything out before the first step; the others are async-signal-safe and
 * come after the last. Must never execute what a magic link names, in a root that is not ours.
 */
#ifndef SELINUXNS_NS_COMMAND_H
#define SELINUXNS_NS_COMMAND_H

#include <stddef.h>

#include "ns/plan.h"

#define STEP_EXECUTE "execute"

struct command {
	struct work *work;
	char *const *argv;
	const char **shell_argv; /* the same for /bin/sh, which runs what has no "#!" */
	char **environment;
	const char *path;
	int *keep; /* sorted */
	size_t n_keep;
};

/* Everything of the command that takes memory. 0, or -1 with errno and the work's error set. */
int command_make(struct command *command, struct work *work, char *const argv[]);
void command_release(const struct command *command);

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
