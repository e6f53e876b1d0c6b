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

/* Of each: paths times expressions is what an input costs. */
#define LINES_MAX 8

/* libselinux's bound is a tenth of a second for one question, and thousands are asked here. */
#define STEPS_MAX 2000

int __real_pcre2_set_match_limit_8(void *context, uint32_t steps);
int __wrap_pcre2_set_match_limit_8(void *context, uint32_t steps);
int __wrap_pcre2_set_match_limit_8(void *context, uint32_t steps)
{
	return __real_pcre2_set_match_limit_8(context, steps < STEPS_MAX ? steps : STEPS_MAX);
}

/* The first lines of an answer. */
struct lines {
	char *text;
	const char *line[LINES_MAX];
	int count;
};

static struct lines lines_of(const char *name)
{
	struct lines lines = { 0 };
	size_t size;
	const uint8_t *data = kernel_answer(name, &size);
	char *rest = lines.text = data ? fuzz_text(data, size) : NULL;

	while (rest && lines.count < LINES_MAX)
		lines.line[lines.count++] = strsep(&rest, "\n");
	return lines;
}

/* What the library's own shapes decide, PCRE2 decides the same. */
static void check_pattern(const char *text, size_t len, const struct lines *paths,
			  struct regex_scratch *scratch)
{
	struct regex_set *set = regex_set_new();
	char reason[REGEX_REASON_SIZE], *room = malloc(len + 1);
	struct pattern pattern;
	struct regex *regex;

	if (!set || !room)
		abort();
	PROMISE(pattern_analyse(&pattern, text, len, room) <= len);
	regex = regex_compile(set, text, len, reason);
	PROMISE(regex || errno == EINVAL || errno == EFBIG);
	/* What is decided here is an expression to PCRE2, too. */
	PROMISE(regex || pattern.tail == TAIL_REGEX);
	for (int i = 0; regex && i < paths->count; i++) {
		const char *path = paths->line[i];
		size_t path_len = strlen(path);
		int slow = regex_matches(set, regex, scratch, path, path_len), fast = 0;

		PROMISE(slow >= -1 && slow <= 1);
		if (path_len >= pattern.prefix_len &&
		    !memcmp(path, pattern.head, pattern.prefix_len))
			fast = pattern_matches(&pattern, path, path_len);
		PROMISE(fast == -1 || slow == -1 || fast == slow);
	}
	free(room);
	regex_set_free(set);
}

/* The first word of each line. */
static void check_patterns(const struct lines *paths)
{
	struct lines specs = lines_of(DIRECTORY "file_contexts");
	struct regex_scratch *scratch = regex_scratch_new();

	if (!scratch)
		abort();
	for (int i = 0; i < specs.count; i++) {
		const char *line = specs.line[i] + strspn(specs.line[i], " \t\v\f\r");
		size_t len = strcspn(line, " \t\v\f\r");
		bool ascii = true;

		for (size_t at = 0; at < len; at++)
			ascii = ascii && (unsigned char)line[at] < 0x80;
		if (len && ascii)
			check_pattern(line, len, paths, scratch);
	}
	regex_scratch_free(scratch);
	free(specs.text);
}

static void check_path(const struct label_contexts *contexts, struct label_scratch *scratch,
		       const char *path)
{
	static const mode_t modes[] = { 0, S_IFREG | 0644, S_IFDIR | 0755 };

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		int id = label_contexts_lookup(contexts, scratch, path, strlen(path), modes[i]);
		unsigned int line = 0;
		const char *file;

		PROMISE(id >= LABEL_ERROR && id < (int)label_contexts_count(contexts));
		PROMISE(id != LABEL_ERROR || errno == EINVAL || errno == ELOOP || errno == ENOMEM);
		file = label_contexts_where(contexts, scratch, &line);
		if (id >= 0 || id == LABEL_NONE)
			PROMISE(file && line > 0);
		if (id >= 0)
			PROMISE(label_contexts_name(contexts, id)[0]);
	}
}

static void check_paths(const struct label_contexts *contexts, const struct lines *paths)
{
	struct label_scratch *scratch = label_scratch_new(contexts);

	if (!scratch)
		abort();
	for (int i = 0; i < paths->count; i++)
		check_path(contexts, scratch, paths->line[i]);
	label_scratch_free(scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct label_contexts_source source = { .rootfd = 0, .type = "t" };
	const struct label_contexts_source below = { .rootfd = 0, .type = "t", .prefix = "/a/" };
	const struct label_contexts_source *const sources[] = { &source, &below };
	struct selinuxns_error error = { 0 };
	static const struct kernel_path any = { "", DIRECTORY };
	struct lines paths;
	size_t made;
	char *input = kernel_with_paths(data, size, &any, 1, &made);

	kernel_begin((const uint8_t *)input, made);
	paths = lines_of(DIRECTORY "paths");
	check_patterns(&paths);
	for (size_t i = 0; i < 2; i++) {
		struct label_contexts *contexts = label_contexts_open(sources[i], &error);

		if (!contexts) {
			PROMISE(errno == error.err && error.err != 0);
			PROMISE(error.message[0] && fuzz_printable(error.message));
			continue;
		}
		check_paths(contexts, &paths);
		label_contexts_free(contexts);
	}
	free(paths.text);
	kernel_end();
	free(input);
	return 0;
}
