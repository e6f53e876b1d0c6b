/* SPDX-License-Identifier: MIT */
/*
 * procfiles.h - what a traced thread finds in /proc.
 *
 * What it is for: recognise files of /proc that a kernel with SELinux answers
 * otherwise (attributes, file system types, mount tables, command line), and
 * open what shall stand in their place. May call: serve.h, kernel.h. Must never:
 * change the traced thread; the caller puts the descriptor into its table.
 */
#ifndef SIM_PROCFILES_H
#define SIM_PROCFILES_H

#include <stdbool.h>
#include <sys/types.h>

/* The thread has just opened its descriptor "number". Returns a descriptor to replace it with,
 * -ENOENT if it is to stay as it is, or another negative errno. */
int procfiles_replacement(pid_t tid, int number, int *flags);
/* Where a thread's descriptor lies, by its mount table, without asking the file system, which a
 * traced process may serve. False: on no mount of that table. */
struct procfiles_mount {
	char type[64];
	bool nosuid;
};
bool procfiles_mount_of(pid_t tid, int number, struct procfiles_mount *mount);
/* The flags that a thread's descriptor was opened with, from /proc; -1: it is not open. */
int procfiles_open_flags(pid_t tid, int number);
/* A descriptor of our own once more, with other flags of open(2). -1 with errno. */
int own_reopen(int fd, int flags);

#endif
