/* SPDX-License-Identifier: MIT */
/*
 * labels.c - fuzzing target: a root's file contexts, and what is looked up in them.
 *
 * The input is kernel.h's: "== file_contexts", also with .homedirs, .local, .subs and .subs_dist
 * behind it; and "== paths", one in a line.
 */
#include <errno.h>
#include <sys/stat.h>

#include "fuzz.h"
#include "kernel.h"
#include "label/contexts.h"
#include "label/pattern.h"
#include "label/regex.h"

#define DIRECTORY "/etc/selinux/t/contexts/files/"

/* Expressions that cost much are bounded by label/regex.c, and would hide the others. */
#define PATHS_MAX 8

/* What the library's own shapes decide, PCRE2 decides the same. */
static void check_pattern(const char *text, size_t len, const char *path, size_t path_len)
{
	struct regex_set *set = regex_set_new();
	struct regex_scratch *scratch = regex_scratch_new();
	char reason[REGEX_REASON_SIZE], *room = malloc(len + 1);
	struct pattern pattern;
	struct regex *regex;
	int fast, slow;

	if (!set || !scratch || !room)
		abort();
	PROMISE(pattern_analyse(&pattern, text, len, room) <= len);
	regex = regex_compile(set, text, len, reason);
	PROMISE(regex || errno == EINVAL || errno == EFBIG);
	/* What is decided here is an expression to PCRE2, too. */
	PROMISE(regex || pattern.tail == TAIL_REGEX);
	slow = regex ? regex_matches(set, regex, scratch, path, path_len) : -1;
	PROMISE(slow >= -1 && slow <= 1);
	fast = 0;
	if (path_len >= pattern.prefix_len && !memcmp(path, pattern.head, pattern.prefix_len))
		fast = pattern_matches(&pattern, path, path_len);
	PROMISE(fast == -1 || slow == -1 || fast == slow);
	free(room);
	regex_scratch_free(scratch);
	regex_set_free(set);
}

/* The first word of each line, against a path. */
static void check_patterns(const char *path, size_t path_len)
{
	size_t size;
	const uint8_t *data = kernel_answer(DIRECTORY "file_contexts", &size);
	char *text = data ? fuzz_text(data, size) : NULL, *rest = text, *line;

	for (int i = 0; i < PATHS_MAX && (line = strsep(&rest, "\n")); i++) {
		size_t len = strcspn(line += strspn(line, " \t\v\f\r"), " \t\v\f\r");
		bool ascii = true;

		for (size_t at = 0; at < len; at++)
			ascii = ascii && (unsigned char)line[at] < 0x80;
		if (len && ascii)
			check_pattern(line, len, path, path_len);
	}
	free(text);
}

static void check_path(const struct label_contexts *contexts, struct label_scratch *scratch,
		       const char *path, size_t len)
{
	static const mode_t modes[] = { 0, S_IFREG | 0644, S_IFDIR | 0755, S_IFLNK, S_IFIFO };

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		int id = label_contexts_lookup(contexts, scratch, path, len, modes[i]);
		unsigned int line = 0;
		const char *file = label_contexts_where(contexts, scratch, &line);

		PROMISE(id >= LABEL_ERROR && id < (int)label_contexts_count(contexts));
		PROMISE(id != LABEL_ERROR || errno == EINVAL || errno == ELOOP || errno == ENOMEM);
		if (id >= 0 || id == LABEL_NONE)
			PROMISE(file && line > 0);
		if (id >= 0)
			PROMISE(label_contexts_name(contexts, id)[0]);
		/* Asked again, it says the same. */
		PROMISE(id == LABEL_ERROR ||
			label_contexts_lookup(contexts, scratch, path, len, modes[i]) == id);
	}
	check_patterns(path, len);
}

static void check_paths(const struct label_contexts *contexts)
{
	struct label_scratch *scratch = label_scratch_new(contexts);
	size_t size;
	const uint8_t *data = kernel_answer(DIRECTORY "paths", &size);
	char *text = data ? fuzz_text(data, size) : NULL, *rest = text, *path;

	if (!scratch)
		abort();
	for (int i = 0; i < PATHS_MAX && (path = strsep(&rest, "\n")); i++)
		check_path(contexts, scratch, path, strlen(path));
	free(text);
	label_scratch_free(scratch);
}

/* Names as the library asks for them: each "\n== " of the input gets the directory. */
static char *with_directory(const uint8_t *data, size_t size, size_t *made)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, made);

	if (!f)
		abort();
	for (size_t i = 0; i < size; i++) {
		fputc(data[i], f);
		if (i >= 2 && data[i] == ' ' && data[i - 1] == '=' && data[i - 2] == '=' &&
		    (i == 2 || data[i - 3] == '\n'))
			fputs(DIRECTORY, f);
	}
	fclose(f);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct label_contexts_source source = { .rootfd = 0, .type = "t" };
	const struct label_contexts_source below = { .rootfd = 0, .type = "t", .prefix = "/a/" };
	const struct label_contexts_source *const sources[] = { &source, &below };
	struct selinuxns_error error = { 0 };
	size_t made;
	char *input = with_directory(data, size, &made);

	kernel_begin((const uint8_t *)input, made);
	for (size_t i = 0; i < 2; i++) {
		struct label_contexts *contexts = label_contexts_open(sources[i], &error);

		if (!contexts) {
			PROMISE(errno == error.err && error.err != 0);
			PROMISE(error.message[0] && fuzz_printable(error.message));
			continue;
		}
		check_paths(contexts);
		label_contexts_free(contexts);
	}
	kernel_end();
	free(input);
	return 0;
}
