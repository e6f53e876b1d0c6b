/* SPDX-License-Identifier: MIT */
/*
 * flush.h - in a coverage build: counts are written before what would lose them.
 *
 * gcc writes a process's counts when it exits, not at _exit(2), execveat(2) or abort(3); and into
 * files that cannot be reached from a root of the process's own. Included before every
 * source by --enable-coverage, and by nothing else.
 */
#ifndef SELINUXNS_TESTS_FLUSH_H
#define SELINUXNS_TESTS_FLUSH_H

#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Writes the counts, also where the process was confined to another root since. */
void coverage_flush(void);

/* After what the status is come by, which counts, too. */
__attribute__((noreturn)) void coverage_exit(int status);

/* Keeps the way back to the root in which the files are. */
int coverage_chroot(const char *path);

#define _exit(status)        coverage_exit(status)
#define abort()              (coverage_flush(), abort())
#define execve(file, ...)    (coverage_flush(), execve(file, __VA_ARGS__))
#define chroot(path)         coverage_chroot(path)
#define coverage_before(nr)  ((nr) == SYS_execveat ? coverage_flush() : (void)0)
#define syscall(number, ...) (coverage_before(number), syscall(number, ##__VA_ARGS__))

#endif
