/* SPDX-License-Identifier: MIT */
/*
 * cmd.h - the programs as functions, whose descriptors, environment and streams are kept.
 *
 * Each has a file of its own here, in which main() is renamed. What they do once the arguments are
 * read is put aside by the linker (cmdline.c, kernel.c).
 */
#ifndef TESTS_FUZZ_CMD_H
#define TESTS_FUZZ_CMD_H

#include <stdio.h>

/* No exit status: the simulator's arguments were good, and it would start its machine. */
#define CMD_STARTED 256

/* As main(). */
int cmd_selinuxns(int argc, char **argv);
int cmd_selinuxunshared(int argc, char **argv);
int cmd_sim(int argc, char **argv);
int cmd_unshareselinux(int argc, char **argv);

/* A program ends with its stdout closed; ours stays. */
static inline int cmd_fclose(FILE *f)
{
	return f == stdout ? fflush(f) : fclose(f);
}

#endif
