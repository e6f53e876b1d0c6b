/* SPDX-License-Identifier: MIT */
/*
 * fuzz.h - what the fuzzing targets share.
 *
 * A target is one file with an LLVMFuzzerTestOneInput(), which takes any bytes. libFuzzer drives it
 * where the build was configured with --enable-fuzzing; else standalone.c does, with the inputs
 * that are in corpus/ and no more.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Found by libFuzzer, whatever the build hides. */
#define FUZZ_ENTRY __attribute__((visibility("default")))

FUZZ_ENTRY int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise that did not hold is a crash, which the fuzzer keeps the input of. */
#define PROMISE(what)                                                                        \
	do {                                                                                 \
		if (!(what)) {                                                               \
			dprintf(2, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #what); \
			abort();                                                             \
		}                                                                            \
	} while (0)

/* The bytes, and a NUL behind them; to be freed. Not longer, so that a read behind it is seen. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		abort();
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* Is all of it what a terminal only prints? */
static inline bool fuzz_printable(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

#endif
