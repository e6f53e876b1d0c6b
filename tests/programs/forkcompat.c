/* SPDX-License-Identifier: MIT */
/*
 * forkcompat.c - a program as it is written for the fork of libselinux, and the header added.
 *
 * Built by compat.t as a user builds it: with -lselinux -lselinuxns and nothing else. Prints
 * what the fork's two calls return. With "-m" it makes its mount namespace first, as
 * the fork's own unshareselinux does.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include <selinux/selinux.h>
#include <selinux/selinuxns.h>

static void say(const char *what, int rc)
{
	printf("%s: %d %d\n", what, rc, rc < 0 ? errno : 0);
}

/* Is the parent's selinuxfs still there? libselinux itself goes on saying so. */
static int mounted(void)
{
	char line[8192];
	int found = 0;
	FILE *mounts = fopen("/proc/self/mounts", "re");

	while (mounts && fgets(line, sizeof(line), mounts))
		found |= strstr(line, " selinuxfs ") != NULL;
	if (mounts)
		fclose(mounts);
	return found;
}

int main(int argc, char **argv)
{
	int (*unshare_selinux)(void) = selinux_unshare;
	int (*unshared)(void) = is_selinux_unshared;

	say("before", unshared());
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-m") == 0 &&
		    (unshare(CLONE_NEWNS) < 0 ||
		     mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0))
			return 1;
		if (strcmp(argv[i], "-u") == 0)
			say("unshare", unshare_selinux());
	}
	say("after", unshared());
	printf("mounted: %d\n", mounted());
	return 0;
}
