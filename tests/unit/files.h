/* SPDX-License-Identifier: MIT */
/*
 * files.h - the files that unit tests work on: made, and removed again.
 */
#ifndef TESTS_UNIT_FILES_H
#define TESTS_UNIT_FILES_H

#include <stdbool.h>
#include <stddef.h>

/* A directory with all above it; the test fails where it cannot be made. */
void make_dirs(const char *path);

/* Whatever is there. */
void remove_tree(const char *path);

bool write_file(const char *path, const void *data, size_t size);

/* The same; the test fails where it cannot be written. */
void make_file(const char *path, const void *data, size_t size);

/* secilc makes a policy of the newest version at @out, of a source beside it. False where it cannot. */
bool compile_policy(const char *out, const char *cil, bool mls);

#endif
