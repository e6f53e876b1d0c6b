/* SPDX-License-Identifier: MIT */
/*
 * subs.c - substitutions (see subs.h).
 */
#include "config.h"

#include "label/subs.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* libselinux reads lines of this many bytes; what is longer is more lines. */
#define LINE_LIMIT 1022

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The next word of a line that ends at @end; its length, 0 when there is none. */
static size_t next_word(const char **p, const char *end)
{
	const char *start;

	while (*p < end && is_blank(**p))
		(*p)++;
	start = *p;
	while (*p < end && !is_blank(**p))
		(*p)++;
	return (size_t)(*p - start);
}

static int add(struct subs *subs, const char *line, const char *end)
{
	struct sub sub, *all;
	const char *p = line;

	sub.from_len = next_word(&p, end);
	sub.from = p - sub.from_len;
	if (!sub.from_len || *sub.from == '#')
		return 0;
	sub.to_len = next_word(&p, end);
	sub.to = p - sub.to_len;
	if (!sub.to_len)
		return 0;
	all = reallocarray(subs->all, subs->count + 1, sizeof(*all));
	if (!all)
		return -1;
	subs->all = all;
	all[subs->count++] = sub;
	return 0;
}

int subs_read(struct subs *subs, char *text, size_t size)
{
	const char *const end = text + size;

	*subs = (struct subs){ .text = text };
	for (const char *line = text, *next; line < end; line = next) {
		size_t most = (size_t)(end - line) < LINE_LIMIT ? (size_t)(end - line) : LINE_LIMIT;
		const char *newline = memchr(line, '\n', most);

		next = newline ? newline + 1 : line + most;
		if (add(subs, line, line + strnlen(line, (size_t)(next - line))) < 0)
			return -1;
	}
	/* The last line that fits counts. */
	for (size_t i = 0; i < subs->count / 2; i++) {
		struct sub swap = subs->all[i];

		subs->all[i] = subs->all[subs->count - 1 - i];
		subs->all[subs->count - 1 - i] = swap;
	}
	return 0;
}

void subs_free(struct subs *subs)
{
	free(subs->all);
	free(subs->text);
}

const struct sub *subs_find(const struct subs *subs, const char *path, size_t len,
			    const char **rest)
{
	for (size_t i = 0; i < subs->count; i++) {
		const struct sub *sub = &subs->all[i];

		/* The cheapest question first: most do not fit. */
		if (len < sub->from_len || (len > sub->from_len && path[sub->from_len] != '/'))
			continue;
		if (memcmp(path, sub->from, sub->from_len) != 0)
			continue;
		*rest = path + sub->from_len;
		if (len > sub->from_len && sub->to_len == 1 && *sub->to == '/')
			(*rest)++;
		return sub;
	}
	return NULL;
}
