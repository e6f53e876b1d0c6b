/* SPDX-License-Identifier: MIT */
/*
 * cmd_sim.c - selinuxns-sim's options, to be read any number of times in one process.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"

static jmp_buf back;

__attribute__((noreturn)) static void cmd_exit(int status)
{
	longjmp(back, status + 1);
}

/* No file is made of a name that is in an input. */
static int cmd_open(const char *path, int flags, ...)
{
	(void)flags;
	return path[0] == '/' ? 2 : -1;
}

#define main cmd_sim_main
#define exit cmd_exit
#define open cmd_open

int cmd_sim_main(int argc, char **argv);

#include "../../sim/main.c"

int cmd_sim(int argc, char **argv)
{
	struct options o = { 0 };
	int status = setjmp(back);

	if (status)
		return status - 1;
	parse(argc, argv, &o);
	/* What the rest of it goes by. */
	if (optind >= argc || o.kernel.maxnsdepth > 32 ||
	    o.kernel.policyvers > secpol_version_max() || (o.no_policy && o.policy_path))
		abort();
	return CMD_STARTED;
}
