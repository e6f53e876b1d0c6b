/* SPDX-License-Identifier: MIT */
/*
 * fs.c - single system calls on files and mounts, for the conformance scripts.
 *
 * A shell writes in pieces, and mount(8) words errors as it likes; here each call is one call,
 * and what it answered is printed as a number or as the error's name:
 *
 *   fs open FILE r|w|rw	ok
 *   fs write FILE TEXT...	one write(2) for each, through one descriptor
 *   fs load FILE IMAGE [BYTES]	the first BYTES of IMAGE in one write(2)
 *   fs load2 FILE IMAGE	the same in two halves
 *   fs ask FILE QUESTION	what is read after the question was written
 *   fs map FILE COMMAND	the five words of the status page, mapped: before COMMAND and after
 *   fs mount DIR [TYPE]	mount(2)
 *   fs newmount DIR [hold]	fsopen(2), fsconfig(2), fsmount(2), move_mount(2); each result
 *   fs umount DIR [detach]	umount2(2)
 *   fs magic PATH		f_type of statfs(2)
 *   fs hold FILE		opens it, says so, and waits for end of file on its stdin
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/* From <linux/mount.h>, which not every <sys/mount.h> goes with. */
#define FS_CREATE 6
#define FROM_FD   4

static int answer(long rc)
{
	if (rc < 0)
		puts(strerrorname_np(errno));
	else
		printf("%ld\n", rc);
	return rc < 0;
}

static int open_file(const char *path, const char *how)
{
	int flags = !strcmp(how, "r") ? O_RDONLY : !strcmp(how, "w") ? O_WRONLY : O_RDWR;
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		return answer(-1);
	puts("ok");
	return 0;
}

static int write_texts(const char *path, char **texts)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), rc = 0;

	if (fd < 0)
		return answer(-1);
	for (; *texts; texts++)
		rc = answer(pwrite(fd, *texts, strlen(*texts), 0));
	return rc;
}

static int load(const char *path, const char *image, const char *bytes, int halves)
{
	int from = open(image, O_RDONLY | O_CLOEXEC), to = open(path, O_WRONLY | O_CLOEXEC);
	struct stat st;
	size_t len;
	char *buf;

	if (to < 0 || from < 0 || fstat(from, &st))
		return answer(-1);
	len = bytes ? strtoul(bytes, NULL, 0) : (size_t)st.st_size;
	buf = calloc(1, len + 1);
	if (!buf || read(from, buf, len) < 0)
		return answer(-1);
	if (!halves)
		return answer(write(to, buf, len));
	answer(write(to, buf, len / 2));
	return answer(write(to, buf + len / 2, len - len / 2));
}

static int ask(const char *path, const char *question)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	char buf[8192];
	ssize_t n;

	if (fd < 0 || write(fd, question, strlen(question)) < 0)
		return answer(-1);
	n = pread(fd, buf, sizeof(buf) - 1, 0);
	if (n < 0)
		return answer(-1);
	buf[n] = '\0';
	puts(buf);
	return 0;
}

static void print_page(const volatile uint32_t *page)
{
	printf("%u %u %u %u %u\n", page[0], page[1], page[2], page[3], page[4]);
	fflush(stdout);
}

static int map(const char *path, const char *command)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *page = fd < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);

	if (page == MAP_FAILED)
		return answer(-1);
	print_page(page);
	if (system(command) != 0)
		return 1;
	print_page(page);
	return 0;
}

static int new_mount(const char *path, int hold)
{
	long context = syscall(SYS_fsopen, "selinuxfs", 1), mnt, rc;
	char byte;

	printf("%s ", context < 0 ? strerrorname_np(errno) : "ok");
	rc = syscall(SYS_fsconfig, context, FS_CREATE, NULL, NULL, 0);
	printf("%s ", rc < 0 ? strerrorname_np(errno) : "ok");
	mnt = syscall(SYS_fsmount, context, 1, 0);
	printf("%s ", mnt < 0 ? strerrorname_np(errno) : "ok");
	rc = syscall(SYS_move_mount, mnt, "", AT_FDCWD, path, FROM_FD);
	puts(rc < 0 ? strerrorname_np(errno) : "ok");
	fflush(stdout);
	if (hold && read(0, &byte, 1) < 0)
		return 1;
	return rc < 0;
}

static int magic(const char *path)
{
	struct statfs st;

	if (statfs(path, &st))
		return answer(-1);
	printf("%lx\n", (unsigned long)st.f_type & 0xffffffff);
	return 0;
}

static int hold(const char *path)
{
	char byte;

	if (open(path, O_RDONLY) < 0)
		return answer(-1);
	puts("ok");
	fflush(stdout);
	return read(0, &byte, 1) < 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "", *path = argc > 2 ? argv[2] : "";
	const char *more = argc > 3 ? argv[3] : NULL;

	if (!strcmp(what, "open") && more)
		return open_file(path, more);
	if (!strcmp(what, "write") && more)
		return write_texts(path, argv + 3);
	if (!strcmp(what, "load") && more)
		return load(path, more, argv[4], 0);
	if (!strcmp(what, "load2") && more)
		return load(path, more, NULL, 1);
	if (!strcmp(what, "ask") && more)
		return ask(path, more);
	if (!strcmp(what, "map") && more)
		return map(path, more);
	if (!strcmp(what, "mount"))
		return answer(mount("none", path, more ? more : "selinuxfs", 0, NULL));
	if (!strcmp(what, "newmount"))
		return new_mount(path, more != NULL);
	if (!strcmp(what, "umount"))
		return answer(umount2(path, more ? MNT_DETACH : 0));
	if (!strcmp(what, "magic"))
		return magic(path);
	if (!strcmp(what, "hold"))
		return hold(path);
	fputs("usage: fs open|write|load|load2|ask|map|mount|newmount|umount|magic|hold ...\n",
	      stderr);
	return 2;
}
