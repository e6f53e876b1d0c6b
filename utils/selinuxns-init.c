/* SPDX-License-Identifier: MIT */
/*
 * selinuxns-init.c - selinuxns init: initialise a fresh namespace, and go on with the real init.
 *
 * For inits that do not do it themselves. May call the public library, and of the internal one
 * what only looks. Must never execute the command after a step failed.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "kernel/attr.h"
#include "kernel/instance.h"
#include "program.h"
#include "selinuxns.h"

static const char help[] =
	"\nUsage:\n"
	" " PROGRAM " init [options] [--] [command [argument...]]\n"
	"\n"
	"Where this is a fresh SELinux namespace: mount its selinuxfs, load the policy that\n"
	"/etc/selinux/config names, set this process's context and the configured mode.\n"
	"Anywhere else do nothing. Then execute the command, if there is one.\n"
	"\n"
	"Options:\n"
	" -q, --quiet  do not say what was done\n"
	"\n"
	" -h, --help   display this help\n";

static void tell_done(FILE *out)
{
	_cleanup_close_ int instance = instance_open();
	char context[ATTR_MAX];
	unsigned int enforcing;

	fputs("the SELinux namespace was initialised: ", out);
	if (instance >= 0 && instance_read_uint(instance, "enforce", &enforcing) == 0)
		fprintf(out, "%s, ", enforcing ? "enforcing" : "permissive");
	if (attr_read("current", context) > 0)
		fprintf(out, "in the context %s\n", context);
	else
		fputs("in a context that cannot be read\n", out);
}

static void tell(FILE *out, bool was_fresh, bool done)
{
	if (done)
		tell_done(out);
	else if (was_fresh)
		fputs("nothing to do: /etc/selinux/config is missing, or disables SELinux\n", out);
	else
		fputs("nothing to do: this is not a fresh SELinux namespace\n", out);
}

static int execute(char **argv)
{
	int err;

	execvp(argv[0], argv);
	err = errno;
	fail("execute: %s: %s", argv[0], strerror(err));
	return err == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_EXECUTE;
}

static int run(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "quiet", no_argument, NULL, 'q' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	_cleanup_error_ struct selinuxns_error *error = selinuxns_error_new();
	bool quiet = false, was_fresh;
	int option, done;

	while ((option = getopt_long(argc, argv, "+qh", long_options, NULL)) != -1) {
		switch (option) {
		case 'q':
			quiet = true;
			break;
		case 'h':
			return print_help(help);
		default:
			return usage_error(&command_init);
		}
	}

	was_fresh = is_selinux_unshared() == 1;
	done = selinuxns_init(error);
	if (done < 0)
		return fail_as_library(error);
	if (optind == argc) {
		if (!quiet)
			tell(stdout, was_fresh, done);
		return finish(STATUS_OK);
	}
	/* Standard output is the command's; and a lost console must not keep it from running. */
	if (!quiet) {
		fputs(PROGRAM ": ", stderr);
		tell(stderr, was_fresh, done);
	}
	return execute(argv + optind);
}

const struct command command_init = {
	.name = "init",
	.summary = "initialise a fresh namespace, as a container's init does",
	.run = run,
};
