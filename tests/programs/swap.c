/* SPDX-License-Identifier: MIT */
/*
 * swap.c - exchange two names of a directory, as fast as it goes, until it is killed.
 *
 * For the scripts of tests/programs: what someone does who hopes to be between a check and a
 * use. Usage: swap NAME NAME. May call libc only.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 3 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return 2;
	for (;;) {
		if (renameat2(AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE) < 0) {
			perror("swap");
			return 1;
		}
	}
}
