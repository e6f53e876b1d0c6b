/* SPDX-License-Identifier: MIT */
/*
 * selinuxns-limits.c - selinuxns limits: show and set the limits of SELinux namespaces.
 *
 * May call the public library. Must never set one limit when the other was refused.
 */
#include "config.h"

#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include "json.h"
#include "program.h"
#include "selinuxns.h"
#include "table.h"

static const char help[] =
	"\nUsage:\n"
	" " PROGRAM " limits [options]\n"
	"\n"
	"Show, or set, how many SELinux namespaces there may be on this machine.\n"
	"\n"
	"Options:\n"
	"     --maxns=<number>       how many there may be, the init one included\n"
	"     --maxnsdepth=<number>  how deep they may be nested, 32 at most\n"
	"     --json                 show them as a JSON object\n"
	"\n"
	" -h, --help                 display this help\n";

static int show(bool as_json)
{
	_cleanup_error_ struct selinuxns_error *error = selinuxns_error_new();
	unsigned int maxns, maxnsdepth;
	struct json json;
	char text[16];

	if (selinuxns_limits_get(&maxns, &maxnsdepth, error) < 0)
		return fail_as_library(error);
	if (as_json) {
		json_begin(&json, stdout);
		json_number(&json, "maxns", maxns);
		json_number(&json, "maxnsdepth", maxnsdepth);
		json_end(&json);
		return finish(STATUS_OK);
	}
	snprintf(text, sizeof(text), "%u", maxns);
	table_cell("maxns", 12, TABLE_BOLD);
	table_end(text, TABLE_PLAIN);
	snprintf(text, sizeof(text), "%u", maxnsdepth);
	table_cell("maxnsdepth", 12, TABLE_BOLD);
	table_end(text, TABLE_PLAIN);
	return finish(STATUS_OK);
}

static int set(const unsigned int *maxns, const unsigned int *maxnsdepth)
{
	_cleanup_error_ struct selinuxns_error *error = selinuxns_error_new();

	return selinuxns_limits_set(maxns, maxnsdepth, error) < 0 ? fail_as_library(error)
								  : STATUS_OK;
}

static int run(int argc, char **argv)
{
	enum { OPT_MAXNS = 256, OPT_DEPTH, OPT_JSON };
	static const struct option long_options[] = {
		{ "maxns", required_argument, NULL, OPT_MAXNS },
		{ "maxnsdepth", required_argument, NULL, OPT_DEPTH },
		{ "json", no_argument, NULL, OPT_JSON },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	bool has_maxns = false, has_depth = false, as_json = false;
	unsigned int maxns, maxnsdepth;
	int option;

	while ((option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
		switch (option) {
		case OPT_MAXNS:
			if (!program_number(optarg, UINT_MAX, &maxns))
				return fail("set limits: maxns: '%s' is not a decimal number of at "
					    "most %u",
					    optarg, UINT_MAX);
			has_maxns = true;
			break;
		case OPT_DEPTH:
			if (!program_number(optarg, UINT_MAX, &maxnsdepth))
				return fail("set limits: maxnsdepth: '%s' is not a decimal number "
					    "of at most 32",
					    optarg);
			has_depth = true;
			break;
		case OPT_JSON:
			as_json = true;
			break;
		case 'h':
			return print_help(help);
		default:
			return usage_error(&command_limits);
		}
	}
	if (optind < argc) {
		fail("read arguments: '%s': no operand is taken", argv[optind]);
		return usage_error(&command_limits);
	}
	if (has_maxns || has_depth)
		return set(has_maxns ? &maxns : NULL, has_depth ? &maxnsdepth : NULL);
	return show(as_json);
}

const struct command command_limits = {
	.name = "limits",
	.summary = "show and set how many namespaces there may be",
	.run = run,
};
