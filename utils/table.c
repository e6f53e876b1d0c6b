/* SPDX-License-Identifier: MIT */
/*
 * table.c - lines of a few columns for a person (see table.h).
 */
#include "config.h"

#include "table.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

static bool on_terminal(void)
{
	return isatty(STDOUT_FILENO);
}

/* https://no-color.org, and terminals that cannot. */
static bool has_colour(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return on_terminal() && !(no_color && no_color[0]) && term && strcmp(term, "dumb") != 0;
}

/* Paths and contexts hold what others chose: nothing of it may drive the terminal. */
static int put_escaped(const char *text)
{
	int width = 0;

	for (; *text; text++) {
		const char one[2] = { *text, '\0' };
		char escaped[8];
		struct text t;

		text_init(&t, escaped, sizeof(escaped));
		text_escaped(&t, one);
		fputs(escaped, stdout);
		width += (int)t.len;
	}
	return width;
}

static int put(const char *text, enum table_colour colour)
{
	static const char *const codes[] = {
		[TABLE_PLAIN] = "",         [TABLE_BOLD] = "\033[1m",   [TABLE_GOOD] = "\033[32m",
		[TABLE_BAD] = "\033[1;31m", [TABLE_DOUBT] = "\033[33m",
	};
	bool coloured = colour != TABLE_PLAIN && has_colour();
	int width;

	if (coloured)
		fputs(codes[colour], stdout);
	width = put_escaped(text);
	if (coloured)
		fputs("\033[0m", stdout);
	return width;
}

void table_cell(const char *text, int width, enum table_colour colour)
{
	int used = put(text, colour);

	if (on_terminal())
		printf("%*s", used < width ? width - used : 1, "");
	else
		fputs(": ", stdout);
}

void table_end(const char *text, enum table_colour colour)
{
	put(text, colour);
	putchar('\n');
}

void table_more(const char *name, int indent, const char *text)
{
	if (on_terminal())
		printf("%*s", indent, "");
	else
		printf("%s: ", name);
	table_end(text, TABLE_PLAIN);
}
