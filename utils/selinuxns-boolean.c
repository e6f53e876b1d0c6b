/* SPDX-License-Identifier: MIT */
/*
 * selinuxns-boolean.c - selinuxns boolean: the booleans of this namespace's policy.
 *
 * By this namespace's own instance, whatever is mounted on /sys/fs/selinux. May call kernel/ and
 * policy/booleans.h. Must never set one of several.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "json.h"
#include "kernel/instance.h"
#include "policy/booleans.h"
#include "program.h"
#include "selinuxns.h"
#include "table.h"

#define STEP "read booleans"

static const char help[] =
	"\nUsage:\n"
	" " PROGRAM " boolean [options] [<name>[=on|off]...]\n"
	"\n"
	"List the booleans of this namespace's policy, show those that are named, or set\n"
	"those that are given a value: all at once, or none.\n"
	"\n"
	"Options:\n"
	"     --json  print them as a JSON object\n"
	"\n"
	" -h, --help  display this help\n";

/* What is shown and what is set, in the order of the arguments or of the alphabet. */
struct names {
	struct boolean *all;
	size_t count;
};

static void names_free(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->all[i].name);
	free(names->all);
}

static bool names_add(struct names *names, const char *name, size_t len, int on)
{
	struct boolean *more = reallocarray(names->all, names->count + 1, sizeof(*more));
	char *copy = strndup(name, len);

	if (more)
		names->all = more;
	if (!more || !copy) {
		free(copy);
		fail(STEP ": memory: %s", strerror(ENOMEM));
		return false;
	}
	more[names->count++] = (struct boolean){ .name = copy, .on = on };
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct boolean *)a)->name, ((const struct boolean *)b)->name);
}

static void close_directory(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

static int list(int instance, struct names *names)
{
	__attribute__((cleanup(close_directory))) DIR *directory = NULL;
	int fd = openat(instance, "booleans", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const struct dirent *entry;

	directory = fd >= 0 ? fdopendir(fd) : NULL;
	if (!directory)
		return fail(STEP ": booleans: %s", strerror(errno));
	for (errno = 0; (entry = readdir(directory)); errno = 0)
		if (entry->d_name[0] != '.' &&
		    !names_add(names, entry->d_name, strlen(entry->d_name), 0))
			return STATUS_ERROR;
	if (errno)
		return fail(STEP ": booleans: %s", strerror(errno));
	if (names->count)
		qsort(names->all, names->count, sizeof(names->all[0]), by_name);
	return STATUS_OK;
}

/* "VALUE PENDING", of which the first is in force. All are read before any is printed. */
static int read_values(int instance, struct names *names)
{
	_cleanup_error_ struct selinuxns_error *error = selinuxns_error_new();
	char path[BOOLEANS_PATH_SIZE], values[16];

	for (size_t i = 0; i < names->count; i++) {
		struct boolean *boolean = &names->all[i];

		if (!booleans_path(path, boolean->name) || !instance_has(instance, path)) {
			booleans_fail_unknown(STEP, boolean->name, error);
			return fail_as_library(error);
		}
		if (instance_read(instance, path, values, sizeof(values)) < 0)
			return fail(STEP ": %s: %s", boolean->name, strerror(errno));
		if ((values[0] != '0' && values[0] != '1') || (values[1] && values[1] != ' '))
			return fail(STEP ": %s: the kernel's answer makes no sense", boolean->name);
		boolean->on = values[0] == '1';
	}
	return STATUS_OK;
}

static int print(const struct names *names, bool as_json)
{
	struct json json;
	size_t width = 0;

	if (as_json) {
		json_begin(&json, stdout);
		for (size_t i = 0; i < names->count; i++)
			json_bool(&json, names->all[i].name, names->all[i].on);
		json_end(&json);
		return finish(STATUS_OK);
	}
	for (size_t i = 0; i < names->count; i++)
		if (strlen(names->all[i].name) > width)
			width = strlen(names->all[i].name);
	for (size_t i = 0; i < names->count; i++) {
		table_cell(names->all[i].name, (int)width + 2, TABLE_PLAIN);
		table_end(names->all[i].on ? "on" : "off",
			  names->all[i].on ? TABLE_GOOD : TABLE_PLAIN);
	}
	return finish(STATUS_OK);
}

static int sort_arguments(char **argv, struct names *shown, struct names *set)
{
	for (; *argv; argv++) {
		const char *value = strchr(*argv, '=');
		int on;

		if (!value) {
			if (!names_add(shown, *argv, strlen(*argv), 0))
				return STATUS_ERROR;
			continue;
		}
		on = program_on_off(value + 1);
		if (on < 0)
			return fail(BOOLEANS_STEP ": %.*s: '%s' is neither on nor off",
				    (int)(value - *argv), *argv, value + 1);
		if (!names_add(set, *argv, (size_t)(value - *argv), on))
			return STATUS_ERROR;
	}
	return STATUS_OK;
}

static int run(int argc, char **argv)
{
	enum { OPT_JSON = 256 };
	static const struct option long_options[] = {
		{ "json", no_argument, NULL, OPT_JSON },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	__attribute__((cleanup(names_free))) struct names shown = { 0 };
	__attribute__((cleanup(names_free))) struct names set = { 0 };
	_cleanup_error_ struct selinuxns_error *error = selinuxns_error_new();
	_cleanup_close_ int instance = -1;
	bool as_json = false;
	int option, rc;

	while ((option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
		switch (option) {
		case OPT_JSON:
			as_json = true;
			break;
		case 'h':
			return print_help(help);
		default:
			return usage_error(&command_boolean);
		}
	}
	rc = sort_arguments(argv + optind, &shown, &set);
	if (rc)
		return rc;
	instance = open_instance(STEP);
	if (instance < 0)
		return STATUS_ERROR;
	/* kernel-abi.md 4.5 */
	if (!instance_has(instance, "class/process/index"))
		return fail(STEP ": this namespace: no policy is loaded into it; load one");
	rc = optind == argc ? list(instance, &shown) : STATUS_OK;
	/* What is to be shown is looked up first: a wrong name changes nothing. */
	if (!rc)
		rc = read_values(instance, &shown);
	if (rc)
		return rc;
	if (set.count) {
		if (booleans_set(instance, set.all, set.count, error) < 0)
			return fail_as_library(error);
		rc = read_values(instance, &shown);
		if (rc)
			return rc;
	}
	return shown.count || optind == argc ? print(&shown, as_json) : STATUS_OK;
}

const struct command command_boolean = {
	.name = "boolean",
	.summary = "list, show and set the booleans of this namespace's policy",
	.run = run,
};
