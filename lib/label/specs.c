/* SPDX-License-Identifier: MIT */
/*
 * specs.c - the specifications of file contexts (see specs.h).
 *
 * What is odd here is libselinux's, and kept: selinuxns(8) says which.
 */
#include "config.h"

#include "label/specs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "label/contexts.h"
#include "policy/file.h"

/* Of libselinux: one of these makes an expression one that is no plain path. */
#define META_CHARACTERS ".^$?*+|[({"

/* 46 times the distribution's. */
#define SPECS_LIMIT ((size_t)1 << 18)

struct field {
	const char *start;
	size_t len;
};

/* Where an error is. */
struct place {
	const char *name;
	unsigned int line;
	struct selinuxns_error *error;
};

#define fail_at(place, err, fmt, ...)                                                  \
	policy_fail((place)->error, (err), LABEL_STEP, (place)->name, "line %u: " fmt, \
		    (place)->line, ##__VA_ARGS__)

int specs_init(struct specs *specs)
{
	*specs = (struct specs){ .regexes = regex_set_new(), .n_buckets = 64 };
	specs->buckets = calloc(specs->n_buckets, sizeof(specs->buckets[0]));
	return specs->regexes && specs->buckets ? 0 : -1;
}

void specs_free(struct specs *specs)
{
	for (size_t i = 0; i < SPECS_FILES; i++) {
		free(specs->files[i]);
		free(specs->text[i]);
		free(specs->unescaped[i]);
	}
	for (unsigned int i = 0; i < specs->n_contexts; i++)
		free(specs->contexts[i]);
	free(specs->contexts);
	free(specs->buckets);
	free(specs->all);
	regex_set_free(specs->regexes);
}

/* As isspace(3) in the C locale. */
static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* FNV-1a */
static uint32_t hash(const char *s, size_t len)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619u;
	return h;
}

static unsigned int *bucket_of(const struct specs *specs, const char *s, size_t len)
{
	uint32_t at = hash(s, len);

	for (;; at++) {
		unsigned int *bucket = &specs->buckets[at & (specs->n_buckets - 1)];
		const char *have = *bucket ? specs->contexts[*bucket - 1] : NULL;

		if (!have || (strncmp(have, s, len) == 0 && !have[len]))
			return bucket;
	}
}

/* Both tables twice as large; there is always an empty bucket. */
static int grow_contexts(struct specs *specs)
{
	const unsigned int room = specs->n_buckets; /* half of the new number */
	char **names = reallocarray(specs->contexts, room, sizeof(*names));
	unsigned int *buckets = calloc((size_t)room * 2, sizeof(*buckets));

	if (names)
		specs->contexts = names;
	if (!names || !buckets) {
		free(buckets);
		return -1;
	}
	free(specs->buckets);
	specs->buckets = buckets;
	specs->n_buckets = room * 2;
	for (unsigned int i = 0; i < specs->n_contexts; i++)
		*bucket_of(specs, specs->contexts[i], strlen(specs->contexts[i])) = i + 1;
	return 0;
}

/* The number of a context, or -1 with ENOMEM. */
static int intern(struct specs *specs, const struct field *context)
{
	unsigned int *bucket = bucket_of(specs, context->start, context->len);
	char *copy;

	if (*bucket)
		return (int)*bucket - 1;
	if (specs->n_contexts + 1 > specs->n_buckets / 2 || !specs->contexts) {
		if (grow_contexts(specs) < 0)
			return -1;
		bucket = bucket_of(specs, context->start, context->len);
	}
	copy = strndup(context->start, context->len);
	if (!copy)
		return -1;
	specs->contexts[specs->n_contexts++] = copy;
	*bucket = specs->n_contexts;
	return (int)specs->n_contexts - 1;
}

static struct spec *add(struct specs *specs)
{
	if (specs->count == specs->room) {
		size_t room = specs->room ? specs->room * 2 : 1024;
		struct spec *all = reallocarray(specs->all, room, sizeof(*all));

		if (!all)
			return NULL;
		specs->all = all;
		specs->room = room;
	}
	return &specs->all[specs->count];
}

/* 0 for any type, S_IFMT for what is no type. */
static mode_t type_of(const struct field *field)
{
	if (field->len != 2 || field->start[0] != '-')
		return S_IFMT;
	switch (field->start[1]) {
	case 'b':
		return S_IFBLK;
	case 'c':
		return S_IFCHR;
	case 'd':
		return S_IFDIR;
	case 'p':
		return S_IFIFO;
	case 'l':
		return S_IFLNK;
	case 's':
		return S_IFSOCK;
	case '-':
		return S_IFREG;
	default:
		return S_IFMT;
	}
}

static bool is_exact(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\\')
			i++;
		else if (strchr(META_CHARACTERS, text[i]))
			return false;
	}
	return true;
}

static size_t stem_of(const char *text, size_t len)
{
	const char *slash = len > 1 ? memchr(text + 1, '/', len - 1) : NULL;

	if (!slash)
		return 0;
	for (const char *p = text; p < slash; p++)
		if (strchr(META_CHARACTERS, *p))
			return 0;
	return (size_t)(slash - text);
}

/* Up to three fields of a line that is a C string; -1 for one that is too long or not ASCII. */
static int split(const struct place *place, const char *p, struct field fields[3])
{
	int count = 0;

	while (count < 3) {
		while (is_blank(*p))
			p++;
		if (!*p)
			return count;
		fields[count].start = p;
		for (; *p && !is_blank(*p); p++)
			if ((unsigned char)*p > 0x7f)
				return fail_at(
					place, EINVAL,
					"it has a byte that is not ASCII; write it as a \".\"");
		fields[count].len = (size_t)(p - fields[count].start);
		if (fields[count].len >= SPEC_FIELD_LIMIT)
			return fail_at(place, EINVAL,
				       "it has a field of %zu bytes, too long by far",
				       fields[count].len);
		count++;
	}
	return count;
}

static int compile(struct specs *specs, struct spec *spec, const struct place *place)
{
	char reason[REGEX_REASON_SIZE];

	spec->regex = regex_compile(specs->regexes, spec->text, spec->text_len, reason);
	if (spec->regex)
		return 0;
	if (!reason[0])
		return fail_at(place, errno, "%s", strerror(errno));
	return fail_at(place, errno, "its expression %.*s: %s; correct it",
		       (int)(spec->text_len < 200 ? spec->text_len : 200), spec->text, reason);
}

/* @room takes what of the expression is literal; *used of it is taken. */
static int read_line(struct specs *specs, struct place *place, unsigned int file, const char *line,
		     char *room, size_t *used)
{
	struct field fields[3] = { 0 };
	int count = split(place, line, fields);
	struct spec *spec;

	if (count < 0)
		return -1;
	if (count == 1)
		return fail_at(place, EINVAL, "it has an expression and no context");
	spec = specs->count < SPECS_LIMIT ? add(specs) : NULL;
	if (!spec)
		return fail_at(place, specs->count < SPECS_LIMIT ? ENOMEM : EFBIG,
			       "no memory for more than %zu specifications", specs->count);
	*spec = (struct spec){
		.text = fields[0].start,
		.text_len = (uint32_t)fields[0].len,
		.stem_len = (uint32_t)stem_of(fields[0].start, fields[0].len),
		.exact = is_exact(fields[0].start, fields[0].len),
		.file = (uint8_t)file,
		.line = place->line,
		.mode = count == 3 ? type_of(&fields[1]) : 0,
	};
	if (spec->mode == S_IFMT)
		return fail_at(place, EINVAL,
			       "'%.*s' is no file type; it is one of -- -d -b -c -l -p -s",
			       (int)(fields[1].len < 200 ? fields[1].len : 200), fields[1].start);
	*used = pattern_analyse(&spec->pattern, spec->text, spec->text_len, room);
	spec->foreign_stem = spec->stem_len &&
			     (spec->pattern.prefix_len <= spec->stem_len ||
			      memcmp(spec->pattern.head, spec->text, spec->stem_len + 1) != 0);
	/* Then the key is the stem, and no other part of the pattern counts. */
	if (spec->foreign_stem)
		spec->pattern =
			(struct pattern){ .head = room, .suffix = room, .tail = TAIL_REGEX };
	if (spec->pattern.tail == TAIL_REGEX && compile(specs, spec, place) < 0)
		return -1;
	spec->context = fields[count - 1].len == strlen("<<none>>") &&
					memcmp(fields[count - 1].start, "<<none>>", 8) == 0
				? LABEL_NONE
				: intern(specs, &fields[count - 1]);
	if (spec->context == -1)
		return fail_at(place, ENOMEM, "no memory for its context");
	specs->count++;
	return 0;
}

/* Lines that are empty or comments. */
static bool is_skipped(const char *line)
{
	while (is_blank(*line))
		line++;
	return !*line || *line == '#';
}

int specs_read(struct specs *specs, unsigned int file, const char *name, char *text, size_t size,
	       struct selinuxns_error *error)
{
	struct place place = { .name = name, .error = error };
	char *const end = text + size;
	char *line, *next, *room;

	specs->text[file] = text;
	specs->files[file] = strdup(name);
	specs->unescaped[file] = room = malloc(size + 1);
	if (!specs->files[file] || !room)
		return policy_fail(error, ENOMEM, LABEL_STEP, name, "%s", strerror(ENOMEM));
	for (line = text; line < end; line = next) {
		char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t used = 0;

		next = newline ? newline + 1 : end;
		if (newline)
			*newline = '\0';
		place.line++;
		/* A line is a C string: it also ends at a NUL. */
		if (is_skipped(line))
			continue;
		if (read_line(specs, &place, file, line, room, &used) < 0)
			return -1;
		room += used;
	}
	return 0;
}

int specs_finish(struct specs *specs)
{
	struct spec *ordered = malloc((specs->count + 1) * sizeof(*ordered));
	size_t at = 0;

	if (!ordered)
		return -1;
	/* The exact ones after all others; each kind stays as it was. */
	for (int exact = 0; exact <= 1; exact++)
		for (size_t i = 0; i < specs->count; i++)
			if (specs->all[i].exact == exact)
				ordered[at++] = specs->all[i];
	free(specs->all);
	specs->all = ordered;
	return 0;
}

const char *spec_key(const struct spec *spec, size_t *len)
{
	if (spec->foreign_stem) {
		*len = spec->stem_len + 1;
		return spec->text;
	}
	*len = spec->pattern.prefix_len;
	return spec->pattern.head;
}

int spec_matches(const struct specs *specs, const struct spec *spec, struct regex_scratch *scratch,
		 const char *path, size_t len)
{
	int matches = pattern_matches(&spec->pattern, path, len);

	return matches >= 0 ? matches
			    : regex_matches(specs->regexes, spec->regex, scratch, path, len);
}
