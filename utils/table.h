/* SPDX-License-Identifier: MIT */
/*
 * table.h - lines of a few columns for a person: aligned and coloured on a terminal, else plain.
 *
 * "NAME: VALUE" where standard output is no terminal, so that a script can cut it. Must never be
 * given what a program reads: json.h.
 */
#ifndef SELINUXNS_UTILS_TABLE_H
#define SELINUXNS_UTILS_TABLE_H

enum table_colour {
	TABLE_PLAIN,
	TABLE_BOLD,
	TABLE_GOOD,
	TABLE_BAD,
	TABLE_DOUBT,
};

/* One column, and what separates it from the next. */
void table_cell(const char *text, int width, enum table_colour colour);

/* The last column. */
void table_end(const char *text, enum table_colour colour);

/* A line of its own that goes with the line before: indented on a terminal, else "NAME: TEXT". */
void table_more(const char *name, int indent, const char *text);

#endif
