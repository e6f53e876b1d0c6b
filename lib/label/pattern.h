/* SPDX-License-Identifier: MIT */
/*
 * pattern.h - what a path must look like for an expression to match, found without PCRE2.
 *
 * Most expressions of file contexts have one of a few shapes, as "/usr/bin/name" or
 * "/var/lib/name(/.*)?", and are decided here; of the others the parts that are literal are found, so
 * that few paths come to PCRE2. What is not understood is left to PCRE2, never guessed.
 */
#ifndef SELINUXNS_LABEL_PATTERN_H
#define SELINUXNS_LABEL_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What follows the head. */
enum pattern_tail {
	TAIL_END, /* nothing */
	TAIL_SUBTREE, /* (/.*)? */
	TAIL_ANY, /* .* */
	TAIL_SOME, /* .+ */
	TAIL_NAME, /* [^/]+ */
	TAIL_NAME_OR_NONE, /* [^/]* */
	TAIL_SUFFIX, /* .* and then literally the suffix */
	TAIL_REGEX, /* something else: ask PCRE2 about the whole */
};

/*
 * The head is literal bytes, among which PATTERN_NAME and a '+' or '*' stand for [^/]+ or [^/]*; those
 * are always before a '/'. A path that matches begins so, and (TAIL_SUFFIX, TAIL_REGEX) ends with the
 * suffix, but for one newline.
 */
#define PATTERN_NAME '\0'

/* Of so many pairs of neighbouring bytes it is known that a path must have them. */
#define PATTERN_PAIRS 8

/* A path that many patterns are asked about. */
struct subject {
	const char *bytes;
	size_t len;
	bool has_pairs; /* they are found when first needed */
	uint8_t pairs[256]; /* which there are, by a hash: what is not in here is not there */
};

struct pattern {
	const char *head;
	const char *suffix;
	uint32_t head_len;
	uint32_t prefix_len; /* of the head, up to the first PATTERN_NAME */
	uint32_t suffix_len;
	enum pattern_tail tail;
	uint8_t n_pairs;
	uint8_t pairs[PATTERN_PAIRS]; /* hashes of pairs in literals after the prefix */
};

/*
 * pattern_analyse - find the shape of an expression
 * @text: @len bytes, all ASCII, none NUL
 * @room: @len bytes, for head and suffix; what was not used of it is free again
 *
 * Returns how many bytes were used. Whether a TAIL_REGEX is an expression at all is not known.
 */
size_t pattern_analyse(struct pattern *pattern, const char *text, size_t len, char *room);

/*
 * pattern_matches - does a path match, that is known to begin with the prefix?
 *
 * Returns 0 or 1; -1 when PCRE2 must be asked.
 */
int pattern_matches(const struct pattern *pattern, const char *path, size_t len);

static inline void subject_init(struct subject *path, const char *bytes, size_t len)
{
	path->bytes = bytes;
	path->len = len;
	path->has_pairs = false;
}

void subject_find_pairs(struct subject *path);

/* Does a path have these pairs? Where not, the pattern that they are of does not match. */
static inline bool subject_has_pairs(struct subject *path, const uint8_t *pairs, unsigned int n)
{
	if (n && !path->has_pairs)
		subject_find_pairs(path);
	for (unsigned int i = 0; i < n; i++)
		if (!path->pairs[pairs[i]])
			return false;
	return true;
}

#endif
