/* SPDX-License-Identifier: MIT */
/*
 * inside.c - the command of a hostile root: says that it ran, with which policy, and where.
 *
 * Prints "ran", "policy: NAME" (of the class NAME_class that its namespace's policy has; none) and
 * "in: TEXT", of the file "marker" in its working directory. It is linked as any program is, so that
 * its loader is looked for in the root. May call libc only.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	DIR *classes = opendir("/sys/fs/selinux/class");
	const struct dirent *entry;
	FILE *marker = fopen("marker", "r");
	char where[64] = "none";
	int found = 0;

	puts("ran");
	while (classes && (entry = readdir(classes))) {
		const char *end = strstr(entry->d_name, "_class");

		if (end && strcmp(end, "_class") == 0) {
			printf("policy: %.*s\n", (int)(end - entry->d_name), entry->d_name);
			found = 1;
		}
	}
	if (!found)
		puts("policy: none");
	if (marker && fscanf(marker, "%63s", where) != 1)
		return 1;
	printf("in: %s\n", where);
	return 0;
}
