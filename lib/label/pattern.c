/* SPDX-License-Identifier: MIT */
/*
 * pattern.c - the shape of an expression (see pattern.h).
 *
 * Called for expressions of a hostile file. Pure: calls nothing but libc.
 */
#include "config.h"

#include "label/pattern.h"

#include <string.h>

/* PCRE2 refuses what is too large for it. That it must do, so such a one is no shape. */
#define SHAPE_LIMIT 4096

enum kind {
	END,
	LITERAL,
	ITEM, /* a ".", a class, a group */
	ASSERTION, /* "^" or "$" */
	ALTERNATIVE, /* "|" */
	UNKNOWN, /* and so is all that follows */
};

struct token {
	enum kind kind;
	const char *start;
	const char *next; /* past the quantifier */
	char literal;
	bool quantified;
};

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Past an escaped character that stands for itself, or NULL: "\d", "\Q", a final backslash. */
static const char *skip_escape(const char *p, const char *end)
{
	return end - p >= 2 && !is_alnum(p[1]) ? p + 2 : NULL;
}

/* Past the class that begins at @p, or NULL where it is none, or not a plain one. */
static const char *skip_class(const char *p, const char *end)
{
	p++;
	if (p < end && *p == '^')
		p++;
	/* A "]" that comes first is a member. */
	if (p < end && *p == ']')
		p++;
	while (p < end && *p != ']') {
		if (*p == '\\') {
			p = skip_escape(p, end);
			if (!p)
				return NULL;
		} else if (*p == '[') { /* perhaps [:alpha:] */
			return NULL;
		} else {
			p++;
		}
	}
	return p < end ? p + 1 : NULL;
}

/* Past the group that begins at @p, or NULL where it is none, or has more in it than alternatives. */
static const char *skip_group(const char *p, const char *end)
{
	unsigned int depth = 0;

	while (p && p < end) {
		switch (*p) {
		case '\\':
			p = skip_escape(p, end);
			break;
		case '[':
			p = skip_class(p, end);
			break;
		case '(':
			if (end - p >= 2 && (p[1] == '?' || p[1] == '*'))
				return NULL;
			depth++;
			p++;
			break;
		case ')':
			p++;
			if (--depth == 0)
				return p;
			break;
		default:
			p++;
		}
	}
	return NULL;
}

/* Past the quantifier at @p, if there is one; NULL for a "{" of which that is not clear. */
static const char *skip_quantifier(const char *p, const char *end)
{
	if (p == end || !strchr("?*+{", *p))
		return p;
	if (*p == '{') {
		p++;
		while (p < end && ((*p >= '0' && *p <= '9') || *p == ','))
			p++;
		if (p == end || *p != '}')
			return NULL;
	}
	p++;
	/* Lazy or possessive. */
	if (p < end && (*p == '?' || *p == '+'))
		p++;
	return p;
}

static void next_token(struct token *token, const char *p, const char *end)
{
	const char *past = p + 1;

	token->start = p;
	token->quantified = false;
	token->next = p;
	token->kind = END;
	if (p == end)
		return;
	token->kind = LITERAL;
	token->literal = *p;
	switch (*p) {
	case '^':
	case '$':
		token->kind = ASSERTION;
		break;
	case '|':
		token->kind = ALTERNATIVE;
		break;
	case '.':
		token->kind = ITEM;
		break;
	case '[':
		token->kind = ITEM;
		past = skip_class(p, end);
		break;
	case '(':
		token->kind = ITEM;
		past = skip_group(p, end);
		break;
	case '\\':
		past = skip_escape(p, end);
		if (past)
			token->literal = p[1];
		break;
	case '?':
	case '*':
	case '+':
	case '{':
	case ')':
		past = NULL;
		break;
	default:
		break;
	}
	token->next = past ? skip_quantifier(past, end) : NULL;
	if (!token->next) {
		token->kind = UNKNOWN;
		return;
	}
	token->quantified = token->next != past;
}

static bool is_text(const char *start, const char *end, const char *text)
{
	return strlen(text) == (size_t)(end - start) &&
	       memcmp(start, text, (size_t)(end - start)) == 0;
}

static bool is_plain(const struct token *token)
{
	return token->kind == LITERAL && !token->quantified;
}

/* [^/]+ or [^/]* before a "/": that name ends where the path's does, whatever follows. */
static bool is_name(const struct token *token, const char *end)
{
	struct token following;

	if (!is_text(token->start, token->next, "[^/]+") &&
	    !is_text(token->start, token->next, "[^/]*"))
		return false;
	next_token(&following, token->next, end);
	return is_plain(&following) && following.literal == '/';
}

/* What the rest is, if it is one of the shapes that need no more. */
static enum pattern_tail known_tail(const char *rest, const char *end)
{
	static const struct {
		const char *text;
		enum pattern_tail tail;
	} tails[] = {
		{ "", TAIL_END },    { "(/.*)?", TAIL_SUBTREE }, { ".*", TAIL_ANY },
		{ ".+", TAIL_SOME }, { "[^/]+", TAIL_NAME },     { "[^/]*", TAIL_NAME_OR_NONE },
	};

	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++)
		if (is_text(rest, end, tails[i].text))
			return tails[i].tail;
	return TAIL_REGEX;
}

static uint8_t pair(char first, char second)
{
	return (uint8_t)((unsigned char)first * 37u + (unsigned char)second * 11u);
}

void subject_find_pairs(struct subject *path)
{
	memset(path->pairs, 0, sizeof(path->pairs));
	for (size_t i = 1; i < path->len; i++)
		path->pairs[pair(path->bytes[i - 1], path->bytes[i])] = 1;
	path->has_pairs = true;
}

static void add_pair(struct pattern *pattern, char first, char second)
{
	if (pattern->n_pairs < PATTERN_PAIRS)
		pattern->pairs[pattern->n_pairs++] = pair(first, second);
}

/* The head into @room; returns where the rest begins. */
static const char *take_head(struct pattern *pattern, const char *p, const char *end, char *room)
{
	struct token token;
	size_t len = 0;
	bool named = false, after_literal = false;

	for (;; p = token.next) {
		next_token(&token, p, end);
		if (is_plain(&token)) {
			/* Those of the prefix are no news: the index has it. */
			if (named && after_literal)
				add_pair(pattern, room[len - 1], token.literal);
			room[len++] = token.literal;
			after_literal = true;
		} else if (token.kind == ITEM && is_name(&token, end)) {
			named = true;
			after_literal = false;
			room[len++] = PATTERN_NAME;
			room[len++] = token.next[-1];
		} else {
			break;
		}
		if (!named)
			pattern->prefix_len = (uint32_t)len;
	}
	pattern->head_len = (uint32_t)len;
	return p;
}

/* The plain literals at the end of the rest into @room. False if it has alternatives, or may have. */
static bool take_suffix(struct pattern *pattern, const char *rest, const char *end, char *room)
{
	const char *first_plain = rest;
	struct token token;
	size_t len = 0;

	for (const char *p = rest; next_token(&token, p, end), token.kind != END; p = token.next) {
		if (token.kind == ALTERNATIVE)
			return false;
		if (token.kind == UNKNOWN) {
			pattern->suffix_len = 0;
			return !memchr(p, '|', (size_t)(end - p));
		}
		if (is_plain(&token)) {
			if (len)
				add_pair(pattern, room[len - 1], token.literal);
			room[len++] = token.literal;
		} else {
			len = 0;
			first_plain = token.next;
		}
	}
	pattern->suffix_len = (uint32_t)len;
	if (is_text(rest, first_plain, ".*"))
		pattern->tail = TAIL_SUFFIX;
	return true;
}

size_t pattern_analyse(struct pattern *pattern, const char *text, size_t len, char *room)
{
	const char *const end = text + len;
	const char *rest;

	*pattern = (struct pattern){ .head = room, .suffix = room, .tail = TAIL_REGEX };
	if (len > SHAPE_LIMIT)
		return 0;
	rest = take_head(pattern, text, end, room);
	pattern->tail = known_tail(rest, end);
	pattern->suffix = room + pattern->head_len;
	if (pattern->tail != TAIL_REGEX)
		return pattern->head_len;
	if (!take_suffix(pattern, rest, end, room + pattern->head_len)) {
		/* "^a|b$" begins with an "a", or ends with a "b". */
		*pattern = (struct pattern){ .head = room, .suffix = room, .tail = TAIL_REGEX };
		return 0;
	}
	return pattern->head_len + pattern->suffix_len;
}

/* Where the path goes on after the head, or -1. */
static ptrdiff_t after_head(const struct pattern *pattern, const char *path, size_t len)
{
	const char *h = pattern->head + pattern->prefix_len;
	const char *const head_end = pattern->head + pattern->head_len;
	size_t at = pattern->prefix_len;

	while (h < head_end) {
		if (*h == PATTERN_NAME) {
			const char *slash = memchr(path + at, '/', len - at);

			if (!slash || (h[1] == '+' && slash == path + at))
				return -1;
			at = (size_t)(slash - path);
			h += 2;
			continue;
		}
		if (at == len || path[at] != *h)
			return -1;
		at++;
		h++;
	}
	return (ptrdiff_t)at;
}

static bool ends_with(const struct pattern *pattern, const char *path, size_t from, size_t len)
{
	return len - from >= pattern->suffix_len &&
	       path[len - 1] == pattern->suffix[pattern->suffix_len - 1] &&
	       memcmp(path + len - pattern->suffix_len, pattern->suffix, pattern->suffix_len) == 0;
}

static bool has_suffix(const struct pattern *pattern, const char *path, size_t from, size_t len)
{
	if (!pattern->suffix_len)
		return true;
	return ends_with(pattern, path, from, len) ||
	       (from < len && path[len - 1] == '\n' && ends_with(pattern, path, from, len - 1));
}

/* "$" also matches before a newline that is the last byte. */
static bool is_end(const char *path, size_t at, size_t len)
{
	return at == len || (at + 1 == len && path[at] == '\n');
}

int pattern_matches(const struct pattern *pattern, const char *path, size_t len)
{
	ptrdiff_t after = after_head(pattern, path, len);
	size_t at = (size_t)after;

	if (after < 0)
		return 0;
	switch (pattern->tail) {
	case TAIL_END:
		return is_end(path, at, len);
	case TAIL_SUBTREE:
		return is_end(path, at, len) || path[at] == '/';
	case TAIL_ANY:
		return 1;
	case TAIL_SOME:
		return at < len;
	case TAIL_NAME:
		return at < len && !memchr(path + at, '/', len - at);
	case TAIL_NAME_OR_NONE:
		return !memchr(path + at, '/', len - at);
	default:
		break;
	}
	if (!has_suffix(pattern, path, at, len))
		return 0;
	return pattern->tail == TAIL_SUFFIX ? 1 : -1;
}
