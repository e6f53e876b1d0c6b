/* SPDX-License-Identifier: MIT */
/*
 * selinuxns-boolean.c - selinuxns boolean: the booleans of this namespace's policy.
 *
 * By this namespace's own instance, whatever is mounted on /sys/fs/selinux. May call the public library; of
 * policy/booleans.h it has a struct. Must never set one of several.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "json.h"
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

struct reading {
	struct names *names;
	bool failed;
};

static void add(void *data, const char *name, int on)
{
	struct reading *reading = data;

	if (!reading->failed)
		reading->failed = !names_add(reading->names, name, strlen(name), on);
}

/* All of the loaded policy. */
static int read_all(int instance, struct names *all)
{
	_cleanup_error_ struct selinuxns_error *error = selinuxns_error_new();
	struct reading reading = { .names = all };

	if (selinuxns_booleans_get(instance, add, &reading, error) < 0)
		return fail_as_library(error);
	if (reading.failed)
		return STATUS_ERROR;
	if (all->count)
		qsort(all->all, all->count, sizeof(all->all[0]), by_name);
	return STATUS_OK;
}

/* The values of those that are named, before any is printed. */
static int read_values(int instance, struct names *shown)
{
	__attribute__((cleanup(names_free))) struct names all = { 0 };
	int rc = read_all(instance, &all);

	for (size_t i = 0; !rc && i < shown->count; i++) {
		struct boolean *boolean = &shown->all[i];
		const struct boolean *found = all.count ? bsearch(boolean, all.all, all.count,
								  sizeof(all.all[0]), by_name)
							: NULL;

		if (!found)
			return fail(STEP ": %s: the policy has no such boolean", boolean->name);
		boolean->on = found->on;
	}
	return rc;
}

static int set_values(int instance, const struct names *set)
{
	_cleanup_error_ struct selinuxns_error *error = selinuxns_error_new();
	struct selinuxns_boolean *booleans = calloc(set->count, sizeof(*booleans));
	int rc = STATUS_OK;

	if (!booleans)
		return fail(BOOLEANS_STEP ": memory: %s", strerror(ENOMEM));
	for (size_t i = 0; i < set->count; i++)
		booleans[i] = (struct selinuxns_boolean){ .name = set->all[i].name,
							  .on = set->all[i].on };
	if (selinuxns_booleans_set(instance, booleans, set->count, error) < 0)
		rc = fail_as_library(error);
	free(booleans);
	return rc;
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
	/* What is to be shown is looked up first: a wrong name changes nothing. */
	rc = optind == argc ? read_all(instance, &shown) : read_values(instance, &shown);
	if (!rc && set.count) {
		rc = set_values(instance, &set);
		if (!rc)
			rc = read_values(instance, &shown);
	}
	if (rc)
		return rc;
	return shown.count || optind == argc ? print(&shown, as_json) : STATUS_OK;
}

const struct command command_boolean = {
	.name = "boolean",
	.summary = "list, show and set the booleans of this namespace's policy",
	.run = run,
};
