/* SPDX-License-Identifier: MIT */
/*
 * selinuxns.h - what the subcommands of selinuxns(8) share.
 *
 * A subcommand is one file, and one line in selinuxns.c. It may call the public library, and of the
 * internal one what only looks: kernel/, ns/kind.h, ns/probe.h.
 */
#ifndef SELINUXNS_UTILS_SELINUXNS_H
#define SELINUXNS_UTILS_SELINUXNS_H

#include <stdbool.h>

#include <selinux/selinuxns.h>

#define PROGRAM "selinuxns"

enum {
	STATUS_OK = 0,
	STATUS_NO = 1, /* a question was asked, and the answer is no */
	STATUS_ERROR = 2, /* wrong arguments, or it could not be done */
	STATUS_CANNOT_EXECUTE = 126, /* of `init` with a command, as env(1) */
	STATUS_NOT_FOUND = 127,
};

struct command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv); /* argv[0] is the program; returns an exit status */
};

extern const struct command command_boolean;
extern const struct command command_doctor;
extern const struct command command_init;
extern const struct command command_label;
extern const struct command command_limits;
extern const struct command command_load_policy;
extern const struct command command_status;

/* A message of "STEP: OBJECT: REASON; REMEDY" on standard error. Returns STATUS_ERROR. */
int fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The library's. */
int fail_as_library(const struct selinuxns_error *error);

/* After getopt_long(3)'s own message, or ours. Returns STATUS_ERROR. */
int usage_error(const struct command *command);

/* Print a help text; the status to end with. */
int print_help(const char *text);

/* The run() of a subcommand that takes --json and --help, and no operand. */
int run_with_json(int argc, char **argv, const struct command *command, const char *help,
		  int (*show)(bool as_json));

/* @status, or STATUS_ERROR where standard output did not take all. */
int finish(int status);

/* An error object that goes with its variable. */
static inline void error_cleanup(struct selinuxns_error **error)
{
	selinuxns_error_free(*error);
}

#define _cleanup_error_ __attribute__((cleanup(error_cleanup)))

/* This namespace's instance, or -1 after a message for @step. */
int open_instance(const char *step);

/* Why it could not be opened, for a person. */
const char *instance_reason(int err);

#endif
