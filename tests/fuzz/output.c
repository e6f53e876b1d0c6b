/* SPDX-License-Identifier: MIT */
/*
 * output.c - what a program says, caught and checked (see output.h).
 */
#include "fuzz.h"

#include "output.h"

static FILE *real_out, *real_err, *nowhere;
static char *caught;
static size_t caught_size;

/* Before anyone counts descriptors. */
__attribute__((constructor)) static void open_nowhere(void)
{
	nowhere = fopen("/dev/null", "we");
}

void output_catch(void)
{
	real_out = stdout;
	real_err = stderr;
	stdout = open_memstream(&caught, &caught_size);
	stderr = nowhere;
	if (!nowhere || !stdout)
		abort();
}

char *output_caught(size_t *size)
{
	fclose(stdout);
	stdout = real_out;
	stderr = real_err;
	*size = caught_size;
	return caught;
}

/* ---- JSON, as RFC 8259 has it ------------------------------------------------ */

struct json_text {
	const unsigned char *at, *end;
	unsigned int depth;
};

static bool json_value(struct json_text *t);

static bool take(struct json_text *t, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(t->end - t->at) < len || memcmp(t->at, word, len) != 0)
		return false;
	t->at += len;
	return true;
}

/* One character of a string, of UTF-8 in its shortest form, or an escape. */
static bool json_char(struct json_text *t)
{
	static const uint32_t shortest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned int c = *t->at++, len;
	uint32_t code;

	if (c == '\\') {
		if (t->at == t->end)
			return false;
		if (*t->at != 'u')
			return strchr("\"\\/bfnrt", *t->at++) != NULL;
		for (int i = 1; i <= 4; i++)
			if (t->end - t->at <= i || !strchr("0123456789abcdefABCDEF", t->at[i]))
				return false;
		t->at += 5;
		return true;
	}
	if (c < 0x80)
		return c >= ' ';
	len = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	code = c & (0x7fU >> len);
	if (c < 0xc0 || c >= 0xf8 || t->end - t->at < (ptrdiff_t)len - 1)
		return false;
	for (unsigned int i = 1; i < len; i++, t->at++) {
		if ((*t->at & 0xc0) != 0x80)
			return false;
		code = code << 6 | (*t->at & 0x3f);
	}
	return code >= shortest[len] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

static bool json_text_string(struct json_text *t)
{
	if (!take(t, "\""))
		return false;
	while (t->at < t->end && *t->at != '"')
		if (!json_char(t))
			return false;
	return take(t, "\"");
}

static bool json_text_number(struct json_text *t)
{
	const unsigned char *start;

	(void)take(t, "-");
	for (start = t->at; t->at < t->end && *t->at >= '0' && *t->at <= '9'; t->at++)
		;
	return t->at - start == 1 || (t->at > start && *start != '0');
}

static bool json_members(struct json_text *t, bool named, const char *close)
{
	if (take(t, close))
		return true;
	do {
		if (named && (!json_text_string(t) || !take(t, ":")))
			return false;
		if (!json_value(t))
			return false;
	} while (take(t, ","));
	return take(t, close);
}

static bool json_value(struct json_text *t)
{
	bool good;

	if (take(t, "true") || take(t, "false") || take(t, "null"))
		return true;
	if (t->at < t->end && *t->at == '"')
		return json_text_string(t);
	if (t->depth == 16)
		return false;
	t->depth++;
	if (take(t, "{"))
		good = json_members(t, true, "}");
	else if (take(t, "["))
		good = json_members(t, false, "]");
	else
		good = json_text_number(t);
	t->depth--;
	return good;
}

bool output_is_json(const char *text, size_t size)
{
	struct json_text t = { .at = (const unsigned char *)text };

	for (t.end = t.at + size; t.at < t.end;)
		if (!json_value(&t) || !take(&t, "\n"))
			return false;
	return true;
}

bool output_is_plain(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if ((text[i] < ' ' || text[i] > '~') && text[i] != '\n')
			return false;
	return true;
}
