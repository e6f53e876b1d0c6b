/* SPDX-License-Identifier: MIT */
/*
 * program.h - what the programs have in common: messages, the values of options, descriptors.
 *
 * May call libc, base/error.h and libselinux's names of its log levels. Must never decide what a program does.
 */
#ifndef SELINUXNS_UTILS_PROGRAM_H
#define SELINUXNS_UTILS_PROGRAM_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

/* What its messages begin with. Each program defines it. */
extern const char program_name[];

/*
 * program_put - print text that may hold anything, as the library's messages hold it
 *
 * Names come from a root, an image, whoever called us: what is not printable ASCII is escaped, so
 * that it can neither drive a terminal nor begin a line of its own.
 */
void program_put(FILE *out, const char *text);

/* One line on standard error: "NAME: ..."; escaped. */
void program_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void program_vsay(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

/* The library's warnings in that form: for selinux_set_callback(3), SELINUX_CB_LOG. */
int program_log(int type, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * program_number - one decimal number of at most @max, and nothing else
 *
 * No sign, no blanks, no zero before other digits: that is an octal number to the kernel.
 */
bool program_number(const char *text, unsigned int max, unsigned int *value);

/* A boolean's value: 1 for on, 1, true; 0 for off, 0, false; -1 for anything else. */
int program_on_off(const char *text);

/*
 * program_occupy_fds - fill descriptors 0 to 2 where the caller closed them
 *
 * Or a file that the library opens for writing could become our stderr. They answer EBADF as
 * closed ones do, and are closed again for a command that is executed.
 */
void program_occupy_fds(void);

#endif
