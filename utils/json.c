/* SPDX-License-Identifier: MIT */
/*
 * json.c - write one JSON object, a member at a time (see json.h).
 */
#include "config.h"

#include "json.h"

/* The length of the UTF-8 sequence that begins here; 0: none does. */
static int sequence(const unsigned char *s)
{
	int len = s[0] < 0x80                   ? 1
		  : s[0] >= 0xc2 && s[0] < 0xe0 ? 2
		  : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
		  : s[0] >= 0xf0 && s[0] < 0xf5 ? 4
						: 0;

	for (int i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates, and what is above U+10FFFF. */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return len;
}

static void quoted(FILE *out, const char *value)
{
	const unsigned char *s = (const unsigned char *)value;

	fputc('"', out);
	while (*s) {
		int len = sequence(s);

		if (len == 0)
			fputs("\\ufffd", out);
		else if (*s == '"' || *s == '\\')
			fprintf(out, "\\%c", *s);
		else if (*s < ' ' || *s == 0x7f)
			fprintf(out, "\\u%04x", *s);
		else if (*s == 0xc2 && s[1] < 0xa0) /* what drives a terminal, too */
			fprintf(out, "\\u%04x", s[1]);
		else
			fwrite(s, 1, (size_t)len, out);
		s += len ? len : 1;
	}
	fputc('"', out);
}

static void member(struct json *json, const char *name)
{
	if (json->more)
		fputc(',', json->out);
	json->more = true;
	if (!name)
		return;
	quoted(json->out, name);
	fputc(':', json->out);
}

void json_begin(struct json *json, FILE *out)
{
	*json = (struct json){ .out = out };
	fputc('{', out);
}

void json_string(struct json *json, const char *name, const char *value)
{
	member(json, name);
	if (value)
		quoted(json->out, value);
	else
		fputs("null", json->out);
}

void json_number(struct json *json, const char *name, long long value)
{
	member(json, name);
	fprintf(json->out, "%lld", value);
}

void json_bool(struct json *json, const char *name, bool value)
{
	member(json, name);
	fputs(value ? "true" : "false", json->out);
}

void json_open(struct json *json, const char *name, char bracket)
{
	member(json, name);
	fputc(bracket, json->out);
	json->more = false;
}

void json_close(struct json *json, char bracket)
{
	fputc(bracket, json->out);
	json->more = true;
}

void json_end(struct json *json)
{
	fputs("}\n", json->out);
}
