/* SPDX-License-Identifier: MIT */
/*
 * output.h - what the programs say on stdout, and whether it arrived.
 *
 * May call stdio only. Must never be the library's: no public call prints.
 */
#ifndef SELINUXNS_UTILS_OUTPUT_H
#define SELINUXNS_UTILS_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <errno.h>

/* Flush stdout at the end; false, after a message, where not all of it was written. */
static inline bool output_finish(const char *program)
{
	bool failed = ferror(stdout);

	/* A full disk or a closed stdout may show only now. */
	if (fclose(stdout) == 0 && !failed)
		return true;
	fprintf(stderr, "%s: write output: stdout: %s\n", program,
		errno ? strerror(errno) : "not all of it was written");
	return false;
}

#endif
