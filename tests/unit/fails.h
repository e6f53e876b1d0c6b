/* SPDX-License-Identifier: MIT */
/*
 * fails.h - let one allocation, or one call of the kernel, of the library's fail.
 *
 * The linker leads what the library calls to fails.c (Makefile.am: fails_wraps): which call it is to be
 * is said by its number. Threads of the library's count together.
 */
#ifndef TESTS_UNIT_FAILS_H
#define TESTS_UNIT_FAILS_H

#include <stdbool.h>

enum fails {
	FAILS_MEMORY, /* allocations, and what libsepol makes some for */
	FAILS_CALLS, /* calls of the kernel, and allocations where the errno is ENOMEM */
};

/* From now on the call number @n, from 0, fails with @err. */
void fails_begin(enum fails what, int n, int err);

/* No more do. Did one? */
bool fails_end(void);

/* The name of the call that failed last. */
const char *fails_which(void);

/* The lowest number of a descriptor that is free: does a call leave some? */
int next_fd(void);

#endif
