/* SPDX-License-Identifier: MIT */
/*
 * command.c - the command at the end of a set-up: it was started, and says in what.
 *
 * For matrix.py. Usage: command RAN BOOLEAN. Makes the file RAN, and prints one line with all that
 * a set-up promises. Must know nothing of the library.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *text_of(const char *path)
{
	static char buf[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf) - 1);

	if (fd >= 0)
		close(fd);
	buf[n > 0 ? n : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return buf;
}

static int count_mounts(void)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char line[8192];
	int n = 0;

	while (f && fgets(line, sizeof(line), f))
		n += strstr(line, " - selinuxfs ") != NULL;
	if (f)
		fclose(f);
	return n;
}

static int count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n - 3; /* "." and "..", and that directory */
}

int main(int argc, char **argv)
{
	char boolean[256], directory[4096];
	int fd;

	if (argc != 3)
		return 2;
	fd = open(argv[1], O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	snprintf(boolean, sizeof(boolean), "/sys/fs/selinux/booleans/%s", argv[2]);
	printf("context=%s", text_of("/proc/self/attr/current"));
	printf(" enforce=%s", text_of("/sys/fs/selinux/enforce"));
	printf(" boolean=%s", text_of(boolean));
	printf(" mounts=%d descriptors=%d", count_mounts(), count_descriptors());
	printf(" directory=%s", getcwd(directory, sizeof(directory)) ? directory : "?");
	printf(" SELINUXNS=%s\n", getenv("SELINUXNS") ? getenv("SELINUXNS") : "");
	return fflush(stdout) ? 1 : 0;
}
