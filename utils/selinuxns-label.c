/* SPDX-License-Identifier: MIT */
/*
 * selinuxns-label.c - selinuxns label: the labels of files, by the policy of the root that they are in.
 *
 * Finds the subcommand, and holds what they share. Must never do what one is for.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "label.h"

static const struct command *const commands[] = {
	&label_command_lookup,
	&label_command_check,
	&label_command_apply,
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const char *short_name(const struct command *command)
{
	return command->name + strlen(LABEL_PREFIX);
}

int label_open_root(const char *path)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		fail("open root: %s: %s", path, strerror(errno));
	return fd;
}

static int help(void)
{
	fputs("\nUsage:\n"
	      " " PROGRAM " label <subcommand> [options] [argument...]\n"
	      "\n"
	      "Labels of files, by the policy of the root that they are in.\n"
	      "\n"
	      "Subcommands:\n",
	      stdout);
	for (size_t i = 0; i < N_COMMANDS; i++)
		printf(" %-12s %s\n", short_name(commands[i]), commands[i]->summary);
	return print_help("\n"
			  "Options:\n"
			  " -h, --help  display this help, or that of a subcommand\n");
}

static int run(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option = getopt_long(argc, argv, "+h", long_options, NULL);
	const int first = optind;

	if (option == 'h')
		return help();
	if (option != -1)
		return usage_error(&command_label);
	if (first == argc) {
		fail("read arguments: label: a subcommand is asked for");
		return usage_error(&command_label);
	}
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (strcmp(short_name(commands[i]), argv[first]) != 0)
			continue;
		optind = 0;
		argv[first] = argv[0];
		return commands[i]->run(argc - first, argv + first);
	}
	fail("read arguments: label: '%s': there is no such subcommand", argv[first]);
	return usage_error(&command_label);
}

const struct command command_label = {
	.name = "label",
	.summary = "the labels of files: look up, check, apply",
	.run = run,
};
