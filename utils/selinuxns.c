/* SPDX-License-Identifier: MIT */
/*
 * selinuxns.c - selinuxns(8): look at, initialise and change this process's SELinux namespace.
 *
 * Finds the subcommand, and holds what they share. May call the library. Must never do what
 * a subcommand is for.
 */
#include "config.h"

#include "selinuxns.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <selinux/selinux.h>

#include "kernel/instance.h"
#include "output.h"
#include "program.h"

const char program_name[] = PROGRAM;

static const struct command *const commands[] = {
	&command_status,  &command_load_policy, &command_init,   &command_limits,
	&command_boolean, &command_label,       &command_doctor,
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

int fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	program_vsay(fmt, ap);
	va_end(ap);
	return STATUS_ERROR;
}

int fail_as_library(const struct selinuxns_error *error)
{
	return fail("%s", selinuxns_error_message(error));
}

int usage_error(const struct command *command)
{
	fprintf(stderr, "Try '" PROGRAM "%s%s --help' for more information.\n", command ? " " : "",
		command ? command->name : "");
	return STATUS_ERROR;
}

int finish(int status)
{
	return output_finish(PROGRAM) ? status : STATUS_ERROR;
}

int print_help(const char *text)
{
	fputs(text, stdout);
	fputs("\nFor more details see " PROGRAM "(8).\n", stdout);
	return finish(STATUS_OK);
}

int run_with_json(int argc, char **argv, const struct command *command, const char *help,
		  int (*show)(bool as_json))
{
	enum { OPT_JSON = 256 };
	static const struct option long_options[] = {
		{ "json", no_argument, NULL, OPT_JSON },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	bool as_json = false;
	int option;

	while ((option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
		switch (option) {
		case OPT_JSON:
			as_json = true;
			break;
		case 'h':
			return print_help(help);
		default:
			return usage_error(command);
		}
	}
	if (optind < argc) {
		fail("read arguments: '%s': no operand is taken", argv[optind]);
		return usage_error(command);
	}
	return show(as_json);
}

const char *instance_reason(int err)
{
	switch (err) {
	case EPERM:
		return "this namespace's selinuxfs is not mounted, and to open it otherwise takes "
		       "CAP_SYS_ADMIN over the init user namespace";
	case ENODEV:
		return "this kernel has no SELinux, or it was disabled at boot";
	default:
		return strerror(err);
	}
}

int open_instance(const char *step)
{
	int instance = instance_open();

	if (instance < 0)
		fail("%s: selinuxfs: %s", step, instance_reason(errno));
	return instance;
}

static int help(void)
{
	fputs("\nUsage:\n"
	      " " PROGRAM " [options] <subcommand> [argument...]\n"
	      "\n"
	      "Look at, initialise and change the SELinux namespace of this process.\n"
	      "\n"
	      "Subcommands:\n",
	      stdout);
	for (size_t i = 0; i < N_COMMANDS; i++)
		printf(" %-12s %s\n", commands[i]->name, commands[i]->summary);
	return print_help("\n"
			  "Options:\n"
			  " -h, --help     display this help, or that of a subcommand\n"
			  " -V, --version  display version\n"
			  "\n"
			  "Exit status:\n"
			  " 0    done, or the answer is yes\n"
			  " 1    the answer is no\n"
			  " 2    the arguments were wrong, or it could not be done\n"
			  " 126, 127\n"
			  "      the command of 'init' cannot be executed, was not found\n");
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

int main(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	static char name[] = PROGRAM;
	const struct command *command;
	int first;

	program_occupy_fds();
	selinux_set_callback(SELINUX_CB_LOG, (union selinux_callback){ .func_log = program_log });

	/* "+": what follows the subcommand is its own. */
	switch (getopt_long(argc, argv, "+hV", long_options, NULL)) {
	case -1:
		break;
	case 'h':
		return help();
	case 'V':
		puts(PROGRAM " from " PACKAGE_NAME " " PACKAGE_VERSION);
		return finish(STATUS_OK);
	default:
		return usage_error(NULL);
	}
	if (optind == argc) {
		fail("read arguments: a subcommand is asked for");
		return usage_error(NULL);
	}
	command = find(argv[optind]);
	if (!command) {
		fail("read arguments: '%s': there is no such subcommand", argv[optind]);
		return usage_error(NULL);
	}
	first = optind;
	/* As if it were called by itself; what getopt_long(3) says begins with argv[0]. */
	optind = 0;
	argv[first] = name;
	return command->run(argc - first, argv + first);
}
