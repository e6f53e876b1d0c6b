/* SPDX-License-Identifier: MIT */
/*
 * selinuxns-label-lookup.c - selinuxns label lookup: the contexts that paths should have.
 *
 * May call lib/label. Must never change a file, nor look at one outside of the root.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/inroot.h"
#include "json.h"
#include "label.h"
#include "label/contexts.h"

static const char help[] =
	"\nUsage:\n"
	" " PROGRAM " label lookup [options] <path>...\n"
	" " PROGRAM " label lookup [options] --null <list\n"
	"\n"
	"Show the context that the file contexts have for each path, as seen in the root.\n"
	"\n"
	"Options:\n"
	"     --root=<dir>               the root, by whose own file contexts (default /)\n"
	"     --policy-type=<name>       of this type, not the one that the root's config names\n"
	"     --file-contexts=<file>     by this file_contexts, and those next to it\n"
	"     --alternate-prefix=<path>  look up what is in this directory as if it were /\n"
	"     --type=<type>              for a file of this type: file, dir, link, char, block,\n"
	"                                socket, fifo, any; else that of the file that is there\n"
	" -0, --null                     read the paths from standard input, NUL-separated\n"
	" -v, --verbose                  also show which line of which file decided\n"
	"     --json                     print a JSON object for each\n"
	"\n"
	" -h, --help                     display this help\n";

struct options {
	const char *root;
	const char *policy_type;
	const char *file_contexts;
	const char *prefix;
	bool has_type, null, verbose, as_json;
	mode_t type;
};

struct state {
	const struct options *options;
	struct label_contexts *contexts;
	struct label_scratch *scratch;
	int rootfd;
	int status;
};

static const struct {
	const char *name;
	mode_t mode;
} types[] = {
	{ "any", 0 },        { "file", S_IFREG },  { "dir", S_IFDIR },     { "link", S_IFLNK },
	{ "char", S_IFCHR }, { "block", S_IFBLK }, { "socket", S_IFSOCK }, { "fifo", S_IFIFO },
};

#define N_TYPES (sizeof(types) / sizeof(types[0]))

static const char *type_name(mode_t mode)
{
	for (size_t i = 0; i < N_TYPES; i++)
		if (types[i].mode == mode)
			return types[i].name;
	return "any";
}

/* That of the file in the root, or any. */
static mode_t type_of(const struct state *state, const char *path)
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (state->options->has_type)
		return state->options->type;
	fd = inroot_open(state->rootfd, path, O_PATH | O_NOFOLLOW);
	return fd >= 0 && fstat(fd, &st) == 0 ? st.st_mode & S_IFMT : 0;
}

static void show_json(const struct state *state, const char *path, mode_t type, int id)
{
	unsigned int line;
	const char *file = label_contexts_where(state->contexts, state->scratch, &line);
	struct json json;

	json_begin(&json, stdout);
	json_string(&json, "path", path);
	json_string(&json, "type", type_name(type));
	json_string(&json, "result", id >= 0 ? "context" : id == LABEL_NONE ? "none" : "no-match");
	json_string(&json, "context", id >= 0 ? label_contexts_name(state->contexts, id) : NULL);
	json_string(&json, "file", file);
	if (file)
		json_number(&json, "line", line);
	json_end(&json);
}

/* Paths and contexts are anyone's: no byte of them drives the terminal. */
static void print_escaped(const char *s)
{
	char text[256];

	for (size_t len = strlen(s), n; len; s += n, len -= n) {
		char piece[sizeof(text) / 4];
		struct text escaped;

		n = len < sizeof(piece) ? len : sizeof(piece) - 1;
		memcpy(piece, s, n);
		piece[n] = '\0';
		text_init(&escaped, text, sizeof(text));
		text_escaped(&escaped, piece);
		fputs(text, stdout);
	}
}

static void show(const struct state *state, const char *path, int id)
{
	unsigned int line;
	const char *file;

	print_escaped(path);
	putchar('\t');
	if (id >= 0)
		print_escaped(label_contexts_name(state->contexts, id));
	else
		fputs(id == LABEL_NONE ? "<<none>>" : "<<no match>>", stdout);
	file = label_contexts_where(state->contexts, state->scratch, &line);
	if (state->options->verbose && file) {
		putchar('\t');
		print_escaped(file);
		printf(":%u", line);
	}
	putchar('\n');
}

static void look_up(struct state *state, const char *path)
{
	_cleanup_error_ struct selinuxns_error *error = NULL;
	mode_t type;
	int id;

	/* No specification is meant for it, and "no match" would be said of the wrong file. */
	if (path[0] && path[0] != '/') {
		state->status = fail(
			"look up context: %s: it is not absolute, as a path in the root is", path);
		return;
	}
	type = type_of(state, path);
	id = label_contexts_lookup(state->contexts, state->scratch, path, strlen(path), type);
	if (id == LABEL_ERROR) {
		int err = errno;

		error = selinuxns_error_new();
		label_contexts_fail(state->contexts, state->scratch, path, err, error);
		state->status = fail_as_library(error);
		return;
	}
	if (id < 0 && state->status == STATUS_OK)
		state->status = STATUS_NO;
	if (state->options->as_json)
		show_json(state, path, type, id);
	else
		show(state, path, id);
}

static void look_up_list(struct state *state)
{
	_cleanup_free_ char *path = NULL;
	size_t room = 0;

	while (getdelim(&path, &room, '\0', stdin) > 0)
		look_up(state, path);
	if (ferror(stdin))
		state->status = fail("read list: standard input: %s", strerror(errno));
}

static int look_up_all(struct state *state, char **paths)
{
	const struct options *o = state->options;
	const struct label_contexts_source source = {
		.rootfd = state->rootfd,
		.type = o->policy_type,
		.file = o->file_contexts,
		.prefix = o->prefix,
	};
	_cleanup_error_ struct selinuxns_error *error = selinuxns_error_new();

	state->contexts = label_contexts_open(&source, error);
	if (!state->contexts)
		return fail_as_library(error);
	state->scratch = label_scratch_new(state->contexts);
	if (!state->scratch)
		return fail("look up context: memory: %s", strerror(errno));
	for (; *paths; paths++)
		look_up(state, *paths);
	if (o->null)
		look_up_list(state);
	return finish(state->status);
}

static bool set_type(struct options *o, const char *name)
{
	for (size_t i = 0; i < N_TYPES; i++) {
		if (strcmp(types[i].name, name) != 0)
			continue;
		o->has_type = true;
		o->type = types[i].mode;
		return true;
	}
	return false;
}

static int with_options(const struct options *o, char **paths)
{
	struct state state = { .options = o, .status = STATUS_OK };
	_cleanup_close_ int rootfd = -1;
	int status;

	if (o->null ? *paths != NULL : *paths == NULL) {
		fail(o->null ? "read arguments: --null: the paths come from standard input, not also "
			       "as arguments"
			     : "read arguments: a path is asked for");
		return usage_error(&label_command_lookup);
	}
	if (o->file_contexts && o->policy_type) {
		fail("read arguments: --file-contexts, --policy-type: one of the two");
		return usage_error(&label_command_lookup);
	}
	rootfd = label_open_root(o->root ?: "/");
	if (rootfd < 0)
		return STATUS_ERROR;
	state.rootfd = rootfd;
	status = look_up_all(&state, paths);
	label_scratch_free(state.scratch);
	label_contexts_free(state.contexts);
	return status;
}

static int run(int argc, char **argv)
{
	enum { OPT_ROOT = 256, OPT_POLICY_TYPE, OPT_FILE_CONTEXTS, OPT_PREFIX, OPT_TYPE, OPT_JSON };
	static const struct option long_options[] = {
		{ "root", required_argument, NULL, OPT_ROOT },
		{ "policy-type", required_argument, NULL, OPT_POLICY_TYPE },
		{ "file-contexts", required_argument, NULL, OPT_FILE_CONTEXTS },
		{ "alternate-prefix", required_argument, NULL, OPT_PREFIX },
		{ "type", required_argument, NULL, OPT_TYPE },
		{ "null", no_argument, NULL, '0' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "json", no_argument, NULL, OPT_JSON },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct options o = { 0 };
	int option;

	while ((option = getopt_long(argc, argv, "0vh", long_options, NULL)) != -1) {
		switch (option) {
		case OPT_ROOT:
			o.root = optarg;
			break;
		case OPT_POLICY_TYPE:
			o.policy_type = optarg;
			break;
		case OPT_FILE_CONTEXTS:
			o.file_contexts = optarg;
			break;
		case OPT_PREFIX:
			o.prefix = optarg;
			break;
		case OPT_TYPE:
			if (!set_type(&o, optarg)) {
				fail("read arguments: --type: '%s' is no type of a file", optarg);
				return usage_error(&label_command_lookup);
			}
			break;
		case '0':
			o.null = true;
			break;
		case 'v':
			o.verbose = true;
			break;
		case OPT_JSON:
			o.as_json = true;
			break;
		case 'h':
			return print_help(help);
		default:
			return usage_error(&label_command_lookup);
		}
	}
	return with_options(&o, argv + optind);
}

const struct command label_command_lookup = {
	.name = LABEL_PREFIX "lookup",
	.summary = "show the context that the file contexts have for a path",
	.run = run,
};
