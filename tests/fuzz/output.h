/* SPDX-License-Identifier: MIT */
/*
 * output.h - what a program says, caught and checked.
 */
#ifndef TESTS_FUZZ_OUTPUT_H
#define TESTS_FUZZ_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

/* What goes to stdout is kept, and what goes to stderr is thrown away. */
void output_catch(void);

/* All of it since output_catch(), to be freed; stdout and stderr are the real ones again. */
char *output_caught(size_t *size);

/* Lines, each of one JSON value, in UTF-8 without control bytes? */
bool output_is_json(const char *text, size_t size);

/* Lines of what a terminal only prints? */
bool output_is_plain(const char *text, size_t size);

#endif
