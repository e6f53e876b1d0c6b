/* SPDX-License-Identifier: MIT */
/*
 * selinuxns-label-tree.c - selinuxns label check, label apply: the labels of a whole tree.
 *
 * May call the public library. Must never look at the tree itself: that is the library's.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "findings.h"
#include "json.h"
#include "label.h"
#include "program.h"
#include "table.h"

#define OPTIONS_OF_BOTH                                                                             \
	"     --root=<dir>               the root, by whose own policy and file contexts, and in\n" \
	"                                which the tree is (default /)\n"                           \
	"     --policy=<file>            labels must be contexts of this policy\n"                  \
	"     --no-policy                or of none: ask no policy\n"                               \
	"     --file-contexts=<file>     by this file_contexts, and those next to it\n"             \
	"     --alternate-prefix=<path>  what is in this directory is labelled as if it were /\n"   \
	"     --strict                   the whole context counts, not the type alone\n"            \
	"     --xattr=<name>             the attribute that holds the labels\n"                     \
	"                                (default security.selinux)\n"                              \
	"     --exclude=<path>           leave this out, and what is below it\n"                    \
	" -x, --one-file-system          enter no other file system\n"                              \
	" -0, --null                     only the files that standard input names, NUL-separated\n" \
	"     --threads=<number>         that many threads (default: one for each processor)\n"     \
	"     --examples=<number>        show so many files of each kind (default 3)\n"             \
	" -v, --verbose                  show each of those files\n"                                \
	"     --json                     print a JSON object for each, and one for all\n"

static const char check_help[] =
	"\nUsage:\n"
	" " PROGRAM " label check [options] <tree>\n"
	"\n"
	"Check whether the labels of all files in a tree fit a policy and its file contexts.\n"
	"\n"
	"Options:\n" OPTIONS_OF_BOTH
	"     --no-file-contexts         any label is good that is a context of the policy\n"
	"\n"
	" -h, --help                     display this help\n";

static const char apply_help[] =
	"\nUsage:\n"
	" " PROGRAM " label apply [options] <tree>\n"
	"\n"
	"Give the files in a tree the labels that the file contexts ask for, where they have others.\n"
	"\n"
	"Options:\n" OPTIONS_OF_BOTH
	" -n, --dry-run                  write nothing, and show what would be\n"
	"\n"
	" -h, --help                     display this help\n";

struct options {
	const struct command *command;
	bool apply, as_json, verbose, dry_run, null, strict, one_file_system;
	unsigned int examples;
	const char *root, *policy, *tree;
};

struct state {
	const struct options *options;
	struct findings *findings;
	struct timespec shown; /* when progress was last */
	bool progress;
	int err;
};

/* Which files are worth a line. */
#define REPORTED                                                         \
	(1U << SELINUXNS_FILE_UNLABELED | 1U << SELINUXNS_FILE_INVALID | \
	 1U << SELINUXNS_FILE_DIFFERS | 1U << SELINUXNS_FILE_CHANGED |   \
	 1U << SELINUXNS_FILE_IMPOSSIBLE | 1U << SELINUXNS_FILE_FAILED | \
	 1U << SELINUXNS_FILE_GONE | 1U << SELINUXNS_FILE_SKIPPED)

static void erase_progress(struct state *state)
{
	if (state->progress)
		fputs("\r\033[K", stderr);
	state->progress = false;
}

static int show_progress(void *data, unsigned long long files)
{
	struct state *state = data;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if ((now.tv_sec - state->shown.tv_sec) * 10 +
		    (now.tv_nsec - state->shown.tv_nsec) / 100000000 <
	    2)
		return 0;
	state->shown = now;
	state->progress = true;
	fprintf(stderr, "\r%llu files", files);
	return 0;
}

static void print_file_json(enum selinuxns_file kind, const char *path, const char *label,
			    const char *wanted, const char *message)
{
	struct json json;

	json_begin(&json, stdout);
	json_string(&json, "path", path);
	json_string(&json, "kind", findings_kind(kind));
	json_string(&json, "label", *label ? label : NULL);
	json_string(&json, "wanted", *wanted ? wanted : NULL);
	json_string(&json, "message", *message ? message : NULL);
	json_end(&json);
}

static int report(void *data, enum selinuxns_file kind, const char *path, const char *label,
		  const char *wanted, const char *message)
{
	struct state *state = data;

	if (state->options->as_json) {
		print_file_json(kind, path, label, wanted, message);
		return 0;
	}
	if (state->options->verbose) {
		erase_progress(state);
		findings_print_file(kind, path, label, wanted, message);
	}
	if (findings_add(state->findings, kind, path, label, wanted, message) == 0)
		return 0;
	state->err = errno;
	return 1;
}

/* ---- what came of it ------------------------------------------------------------------------ */

static const char *advice_name(int advice)
{
	return advice == SELINUXNS_ADVICE_RELABEL ? "relabel"
	       : advice == SELINUXNS_ADVICE_MOUNT ? "mount"
						  : "nothing";
}

static void print_json(const struct selinuxns_tree *tree, bool fits)
{
	const char *context = selinuxns_tree_mount_context(tree);
	unsigned long long files = 0;
	struct json json;

	for (int kind = 0; kind <= SELINUXNS_FILE_FAILED; kind++)
		files += selinuxns_tree_count(tree, (enum selinuxns_file)kind);
	json_begin(&json, stdout);
	json_bool(&json, "fits", fits);
	json_number(&json, "files", (long long)files);
	json_open(&json, "counts", '{');
	for (int kind = 0; kind <= SELINUXNS_FILE_SKIPPED; kind++)
		json_number(&json, findings_kind((enum selinuxns_file)kind),
			    (long long)selinuxns_tree_count(tree, (enum selinuxns_file)kind));
	json_close(&json, '}');
	json_string(&json, "advice", advice_name(selinuxns_tree_advice(tree)));
	json_string(&json, "mount_context", context);
	json_end(&json);
}

static void print_counts(const struct selinuxns_tree *tree)
{
	unsigned long long files = 0;
	char number[32];

	for (int kind = 0; kind <= SELINUXNS_FILE_FAILED; kind++)
		files += selinuxns_tree_count(tree, (enum selinuxns_file)kind);
	table_cell("files", FINDINGS_WIDTH, TABLE_BOLD);
	snprintf(number, sizeof(number), "%llu", files);
	table_end(number, TABLE_BOLD);
	for (int kind = 0; kind <= SELINUXNS_FILE_SKIPPED; kind++) {
		unsigned long long count = selinuxns_tree_count(tree, (enum selinuxns_file)kind);

		if (!count)
			continue;
		snprintf(number, sizeof(number), "%llu", count);
		table_cell(findings_kind((enum selinuxns_file)kind), FINDINGS_WIDTH,
			   kind == SELINUXNS_FILE_FITS ? TABLE_GOOD : TABLE_PLAIN);
		table_end(number, TABLE_PLAIN);
	}
}

/* Is there a file whose label is known, and does not fit? */
static bool has_misfit(const struct selinuxns_tree *tree)
{
	return selinuxns_tree_count(tree, SELINUXNS_FILE_UNLABELED) ||
	       selinuxns_tree_count(tree, SELINUXNS_FILE_INVALID) ||
	       selinuxns_tree_count(tree, SELINUXNS_FILE_DIFFERS) ||
	       selinuxns_tree_count(tree, SELINUXNS_FILE_CHANGED);
}

static void print_advice(const struct state *state, const struct selinuxns_tree *tree)
{
	const struct options *o = state->options;
	const char *context = selinuxns_tree_mount_context(tree);
	char line[PATH_MAX + 512];

	switch (selinuxns_tree_advice(tree)) {
	case SELINUXNS_ADVICE_NOTHING:
		snprintf(line, sizeof(line), "nothing: it fits");
		break;
	case SELINUXNS_ADVICE_MOUNT:
		if (context)
			snprintf(line, sizeof(line), "mount it with context=\"%s\"", context);
		else
			snprintf(line, sizeof(line),
				 "mount it with context=; the policy names none for this");
		break;
	default:
		if (o->apply && !o->dry_run)
			snprintf(line, sizeof(line),
				 "see what failed, and what the file contexts "
				 "leave as it is");
		else if (!has_misfit(tree))
			snprintf(line, sizeof(line), "see what failed: the rest fits");
		else
			snprintf(line, sizeof(line),
				 "relabel it: " PROGRAM " label apply, with the "
				 "same options");
	}
	table_cell("to do", FINDINGS_WIDTH, TABLE_BOLD);
	table_end(line, TABLE_PLAIN);
}

static int run_tree(const struct options *o, struct selinuxns_tree *tree)
{
	_cleanup_error_ struct selinuxns_error *error = selinuxns_error_new();
	struct state state = { .options = o };
	int rc;

	state.findings = findings_new(o->examples);
	if (!state.findings)
		return fail("check labels: memory: %s", strerror(ENOMEM));
	selinuxns_tree_set_report(tree, REPORTED, report, &state);
	if (isatty(STDERR_FILENO))
		selinuxns_tree_set_progress(tree, show_progress, &state);
	rc = (o->apply ? selinuxns_tree_apply : selinuxns_tree_check)(tree, o->tree, error);
	erase_progress(&state);
	if (rc >= 0 && o->as_json) {
		print_json(tree, rc);
	} else if (rc >= 0) {
		print_counts(tree);
		findings_print(state.findings);
		print_advice(&state, tree);
	}
	findings_free(state.findings);
	if (state.err)
		return fail("check labels: memory: %s", strerror(state.err));
	if (rc < 0)
		return finish(fail_as_library(error));
	/* What could not be looked at leaves the answer open, unless it is no anyway. */
	if (rc == 0 && selinuxns_tree_count(tree, SELINUXNS_FILE_FAILED) &&
	    (o->apply || !has_misfit(tree)))
		return finish(STATUS_ERROR);
	return finish(rc ? STATUS_OK : STATUS_NO);
}

/* A tree that is a root itself is often meant to be judged by its own policy. */
static void hint_at_own_policy(const struct options *o)
{
	char path[PATH_MAX];

	if (o->root || !strcmp(o->tree, "/") ||
	    snprintf(path, sizeof(path), "%s/etc/selinux/config", o->tree) >= (int)sizeof(path) ||
	    access(path, F_OK) < 0)
		return;
	program_say("note: the tree has a policy of its own; to go by that: --root=TREE /");
}

static int with_policy(const struct options *o, struct selinuxns_tree *tree)
{
	_cleanup_error_ struct selinuxns_error *error = selinuxns_error_new();
	struct selinuxns_policy *policy = NULL;
	int status;

	if (o->policy && selinuxns_policy_open_file(&policy, o->policy, error) < 0)
		return fail_as_library(error);
	if (policy)
		selinuxns_tree_set_policy(tree, policy);
	hint_at_own_policy(o);
	status = run_tree(o, tree);
	selinuxns_policy_free(policy);
	return status;
}

/* ---- options -------------------------------------------------------------------------------- */

enum {
	OPT_ROOT = 256,
	OPT_POLICY,
	OPT_NO_POLICY,
	OPT_FILE_CONTEXTS,
	OPT_NO_FILE_CONTEXTS,
	OPT_PREFIX,
	OPT_STRICT,
	OPT_XATTR,
	OPT_EXCLUDE,
	OPT_THREADS,
	OPT_EXAMPLES,
	OPT_JSON,
};

static const struct option check_options[] = {
	{ "root", required_argument, NULL, OPT_ROOT },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "no-policy", no_argument, NULL, OPT_NO_POLICY },
	{ "file-contexts", required_argument, NULL, OPT_FILE_CONTEXTS },
	{ "no-file-contexts", no_argument, NULL, OPT_NO_FILE_CONTEXTS },
	{ "alternate-prefix", required_argument, NULL, OPT_PREFIX },
	{ "strict", no_argument, NULL, OPT_STRICT },
	{ "xattr", required_argument, NULL, OPT_XATTR },
	{ "exclude", required_argument, NULL, OPT_EXCLUDE },
	{ "one-file-system", no_argument, NULL, 'x' },
	{ "null", no_argument, NULL, '0' },
	{ "threads", required_argument, NULL, OPT_THREADS },
	{ "examples", required_argument, NULL, OPT_EXAMPLES },
	{ "verbose", no_argument, NULL, 'v' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const struct option apply_options[] = {
	{ "root", required_argument, NULL, OPT_ROOT },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "no-policy", no_argument, NULL, OPT_NO_POLICY },
	{ "file-contexts", required_argument, NULL, OPT_FILE_CONTEXTS },
	{ "alternate-prefix", required_argument, NULL, OPT_PREFIX },
	{ "strict", no_argument, NULL, OPT_STRICT },
	{ "xattr", required_argument, NULL, OPT_XATTR },
	{ "exclude", required_argument, NULL, OPT_EXCLUDE },
	{ "one-file-system", no_argument, NULL, 'x' },
	{ "null", no_argument, NULL, '0' },
	{ "threads", required_argument, NULL, OPT_THREADS },
	{ "examples", required_argument, NULL, OPT_EXAMPLES },
	{ "verbose", no_argument, NULL, 'v' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "dry-run", no_argument, NULL, 'n' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* The setters say what cannot be meant by errno alone. Returns 0, or the exit status. */
static int set(int rc, const char *option, const char *value, const char *meaning)
{
	if (rc == 0)
		return 0;
	return errno == EINVAL ? fail("read arguments: %s: '%s' is not %s", option, value, meaning)
			       : fail("read arguments: %s: %s", option, strerror(errno));
}

static int set_number(const char *option, const char *text, unsigned int max, unsigned int *value)
{
	if (program_number(text, max, value))
		return 0;
	return fail("read arguments: %s: '%s' is not a number up to %u", option, text, max);
}

static int without(struct selinuxns_tree *tree, int *parts, int part)
{
	*parts |= part;
	return selinuxns_tree_set_without(tree, *parts) == 0
		       ? 0
		       : fail("read arguments: --no-policy, --no-file-contexts: one of the two");
}

static int take_option(struct options *o, struct selinuxns_tree *tree, int option, int *parts)
{
	unsigned int threads;
	int status = 0;

	switch (option) {
	case OPT_ROOT:
		o->root = optarg;
		return set(selinuxns_tree_set_root(tree, optarg), "--root", optarg, "a path");
	case OPT_POLICY:
		o->policy = optarg;
		return 0;
	case OPT_NO_POLICY:
		return without(tree, parts, SELINUXNS_WITHOUT_POLICY);
	case OPT_FILE_CONTEXTS:
		return set(selinuxns_tree_set_file_contexts(tree, optarg), "--file-contexts",
			   optarg, "a path");
	case OPT_NO_FILE_CONTEXTS:
		return without(tree, parts, SELINUXNS_WITHOUT_FILE_CONTEXTS);
	case OPT_PREFIX:
		return set(selinuxns_tree_set_alternate_prefix(tree, optarg), "--alternate-prefix",
			   optarg, "an absolute path");
	case OPT_STRICT:
		return selinuxns_tree_set_strict(tree, 1);
	case OPT_XATTR:
		return set(selinuxns_tree_set_attribute(tree, optarg), "--xattr", optarg,
			   "an attribute in security., trusted. or user.");
	case OPT_EXCLUDE:
		return set(selinuxns_tree_add_exclude(tree, optarg), "--exclude", optarg,
			   "an absolute path in the root, without ..");
	case 'x':
		return selinuxns_tree_set_one_file_system(tree, 1);
	case '0':
		return selinuxns_tree_set_names(tree, STDIN_FILENO);
	case OPT_THREADS:
		status = set_number("--threads", optarg, 256, &threads);
		return status ? status : selinuxns_tree_set_threads(tree, threads);
	case OPT_EXAMPLES:
		return set_number("--examples", optarg, 10000, &o->examples);
	case 'v':
		o->verbose = true;
		return 0;
	case OPT_JSON:
		o->as_json = true;
		return 0;
	case 'n':
		o->dry_run = true;
		return selinuxns_tree_set_dry_run(tree, 1);
	default:
		return usage_error(o->command);
	}
}

static int run_with_options(struct options *o, struct selinuxns_tree *tree, int argc, char **argv)
{
	const struct option *known = o->apply ? apply_options : check_options;
	int option, status, parts = 0;

	while ((option = getopt_long(argc, argv, o->apply ? "x0vnh" : "x0vh", known, NULL)) != -1) {
		if (option == 'h')
			return print_help(o->apply ? apply_help : check_help);
		status = take_option(o, tree, option, &parts);
		if (status)
			return status;
	}
	if (argc - optind != 1) {
		fail("read arguments: %s",
		     argc == optind ? "a tree is asked for" : "one tree is asked for, not several");
		return usage_error(o->command);
	}
	if (o->policy && parts & SELINUXNS_WITHOUT_POLICY) {
		fail("read arguments: --policy, --no-policy: one of the two");
		return usage_error(o->command);
	}
	o->tree = argv[optind];
	return with_policy(o, tree);
}

static int run(struct options *o, int argc, char **argv)
{
	struct selinuxns_tree *tree = selinuxns_tree_new();
	int status;

	if (!tree)
		return fail("check labels: memory: %s", strerror(ENOMEM));
	o->examples = 3;
	status = run_with_options(o, tree, argc, argv);
	selinuxns_tree_free(tree);
	return status;
}

static int run_check(int argc, char **argv)
{
	struct options o = { .command = &label_command_check };

	return run(&o, argc, argv);
}

static int run_apply(int argc, char **argv)
{
	struct options o = { .command = &label_command_apply, .apply = true };

	return run(&o, argc, argv);
}

const struct command label_command_check = {
	.name = LABEL_PREFIX "check",
	.summary = "do the labels of a tree fit?",
	.run = run_check,
};

const struct command label_command_apply = {
	.name = LABEL_PREFIX "apply",
	.summary = "give the files of a tree their labels",
	.run = run_apply,
};
