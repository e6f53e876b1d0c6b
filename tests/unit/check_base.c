/* SPDX-License-Identifier: MIT */
/*
 * check_base.c - tests of lib/base and of the mountinfo parser.
 *
 * Needs no SELinux; what needs root or a mount namespace is passed over without.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <selinux/selinux.h>
#include <selinux/selinuxns.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/inroot.h"
#include "base/log.h"
#include "base/proc.h"
#include "kernel/mountinfo.h"

/* ---- errors ------------------------------------------------------------- */

START_TEST(error_is_filled_and_cleared)
{
	struct selinuxns_error *e = selinuxns_error_new();

	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(selinuxns_error_errno(e), 0);
	ck_assert_str_eq(selinuxns_error_message(e), "");

	errno = 0;
	ck_assert_int_eq(ns_error(e, ENOSPC, "do it", "/a", "cannot %s: %d", "do it", 7), -1);
	ck_assert_int_eq(errno, ENOSPC);
	ck_assert_int_eq(selinuxns_error_errno(e), ENOSPC);
	ck_assert_str_eq(selinuxns_error_step(e), "do it");
	ck_assert_str_eq(selinuxns_error_object(e), "/a");
	ck_assert_str_eq(selinuxns_error_message(e), "cannot do it: 7");

	ns_error_clear(e);
	ck_assert_int_eq(selinuxns_error_errno(e), 0);
	ck_assert_str_eq(selinuxns_error_step(e), "");
	selinuxns_error_free(e);
}
END_TEST

START_TEST(error_may_be_null)
{
	errno = 0;
	ck_assert_int_eq(ns_error(NULL, EPERM, "s", NULL, "%s", "m"), -1);
	ck_assert_int_eq(errno, EPERM);
	ns_error_clear(NULL);
	ck_assert_int_eq(selinuxns_error_errno(NULL), 0);
	ck_assert_str_eq(selinuxns_error_step(NULL), "");
	ck_assert_str_eq(selinuxns_error_object(NULL), "");
	ck_assert_str_eq(selinuxns_error_message(NULL), "");
	selinuxns_error_free(NULL);
}
END_TEST

START_TEST(error_escapes_what_others_chose)
{
	struct selinuxns_error e;

	ns_error(&e, EINVAL, "s", "a\nb\033[2J\x7f\xc3\xa9", "at %s", "x\r\n\t\x01");
	ck_assert_str_eq(e.object, "a\\nb\\x1b[2J\\x7f\\xc3\\xa9");
	ck_assert_str_eq(e.message, "at x\\x0d\\n\\x09\\x01");

	/* An escaped text may become a part of another message as it is. */
	ns_error(&e, EINVAL, "s", NULL, "see %s", "a\\nb");
	ck_assert_str_eq(e.message, "see a\\nb");
	ck_assert_str_eq(e.object, "");
}
END_TEST

START_TEST(error_cuts_what_is_too_long)
{
	static char path[5000];
	struct selinuxns_error e;

	memset(path, '\n', sizeof(path) - 1);
	ns_error(&e, EINVAL, path, path, "%s", path);
	ck_assert_uint_eq(strlen(e.step), sizeof(e.step) - 1);
	ck_assert_uint_eq(strlen(e.object), sizeof(e.object) - 1);
	ck_assert_uint_eq(strlen(e.message), sizeof(e.message) - 1);
}
END_TEST

START_TEST(text_builds_numbers_and_reasons)
{
	char buf[64];
	struct text t;

	text_init(&t, buf, sizeof(buf));
	text_uint(&t, 0);
	text_str(&t, " ");
	text_uint(&t, 18446744073709551615ULL);
	ck_assert_str_eq(buf, "0 18446744073709551615");

	text_init(&t, buf, sizeof(buf));
	text_errno(&t, 12345);
	ck_assert_str_eq(buf, "error 12345");
	text_init(&t, buf, sizeof(buf));
	text_errno(&t, ENOENT);
	ck_assert_uint_gt(t.len, 4);

	text_init(&t, buf, 1);
	text_str(&t, "x");
	ck_assert_str_eq(buf, "");
}
END_TEST

/* ---- log ---------------------------------------------------------------- */

static char logged[256];
static int logged_type;

static int __attribute__((format(printf, 2, 3))) log_keep(int type, const char *fmt, ...)
{
	va_list ap;

	logged_type = type;
	va_start(ap, fmt);
	vsnprintf(logged, sizeof(logged), fmt, ap);
	va_end(ap);
	errno = EBADF;
	return 0;
}

START_TEST(log_goes_to_the_callback)
{
	union selinux_callback cb = { .func_log = log_keep };

	selinux_set_callback(SELINUX_CB_LOG, cb);
	errno = EXDEV;
	ns_log(SELINUX_WARNING, "100% sure, %s");
	ck_assert_int_eq(errno, EXDEV);
	ck_assert_int_eq(logged_type, SELINUX_WARNING);
	ck_assert_str_eq(logged, "100% sure, %s\n");
}
END_TEST

/* ---- descriptors -------------------------------------------------------- */

static int opened_and_left(void)
{
	_cleanup_close_ int fd = open("/", O_PATH | O_CLOEXEC);

	errno = ENOTTY;
	return fd;
}

START_TEST(descriptors_have_one_owner)
{
	int fd = opened_and_left();
	int kept;

	ck_assert_int_eq(errno, ENOTTY);
	ck_assert_int_lt(fcntl(fd, F_GETFD), 0);

	fd = open("/", O_PATH | O_CLOEXEC);
	kept = steal_fd(&fd);
	ck_assert_int_eq(fd, -1);
	ck_assert_int_ge(fcntl(kept, F_GETFD), 0);
	close(kept);
}
END_TEST

START_TEST(text_of_a_descriptor_is_bounded)
{
	int fd[2];
	char buf[4];

	ck_assert_int_eq(pipe2(fd, O_CLOEXEC), 0);
	ck_assert_int_eq(write(fd[1], "abcdef", 6), 6);
	close(fd[1]);
	ck_assert_int_eq(fd_read_text(fd[0], buf, sizeof(buf)), 3);
	ck_assert_str_eq(buf, "abc");
	ck_assert_int_eq(fd_read_text(fd[0], buf, sizeof(buf)), 3);
	ck_assert_int_eq(fd_read_text(fd[0], buf, sizeof(buf)), 0);
	ck_assert_str_eq(buf, "");
	close(fd[0]);
	ck_assert_int_eq(fd_read_text(-1, buf, sizeof(buf)), -1);
}
END_TEST

/* ---- a hostile root ----------------------------------------------------- */

static char root[] = "/tmp/check_base.XXXXXX";
static int rootfd = -1;

static void put(const char *path, const char *content)
{
	int fd = openat(rootfd, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, content, strlen(content)), (ssize_t)strlen(content));
	close(fd);
}

static void root_make(void)
{
	strcpy(root, "/tmp/check_base.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	rootfd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(rootfd, 0);
	ck_assert_int_eq(mkdirat(rootfd, "etc", 0700), 0);
	put("etc/passwd", "inside");
	put("plain", "plain");
	ck_assert_int_eq(symlinkat("/etc/passwd", rootfd, "absolute"), 0);
	ck_assert_int_eq(symlinkat("../../../../etc/passwd", rootfd, "etc/dots"), 0);
	ck_assert_int_eq(symlinkat("/", rootfd, "slash"), 0);
	ck_assert_int_eq(symlinkat("loop2", rootfd, "loop1"), 0);
	ck_assert_int_eq(symlinkat("loop1", rootfd, "loop2"), 0);
	ck_assert_int_eq(symlinkat("/nowhere", rootfd, "dangling"), 0);
	ck_assert_int_eq(mkfifoat(rootfd, "fifo", 0600), 0);
}

static void root_remove(void)
{
	char command[64];

	close(rootfd);
	snprintf(command, sizeof(command), "rm -rf %s", root);
	ck_assert_int_eq(system(command), 0);
}

static void reads(const char *path, const char *content)
{
	int fd = inroot_open_regular(rootfd, path);
	char buf[64];

	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_gt(fd_read_text(fd, buf, sizeof(buf)), 0);
	ck_assert_str_eq(buf, content);
	close(fd);
}

static void refuses(const char *path, int err)
{
	errno = 0;
	ck_assert_int_eq(inroot_open_regular(rootfd, path), -1);
	ck_assert_msg(errno == err, "%s: %s, not %s", path, strerror(errno), strerror(err));
}

START_TEST(inroot_stays_inside)
{
	reads("plain", "plain");
	reads("/plain", "plain");
	reads("absolute", "inside");
	reads("etc/dots", "inside");
	reads("../../../etc/passwd", "inside");
	reads("slash/slash/../../slash/etc/passwd", "inside");
}
END_TEST

START_TEST(inroot_refuses_what_is_no_file)
{
	refuses("etc", EISDIR);
	refuses("slash", EISDIR);
	/* Would block for ever, were it opened. */
	refuses("fifo", EINVAL);
	refuses("dangling", ENOENT);
	refuses("loop1", ELOOP);
	refuses("plain/x", ENOTDIR);
	refuses("", ENOENT);
	if (mknodat(rootfd, "null", S_IFCHR | 0600, makedev(1, 3)) == 0)
		refuses("null", EINVAL);
}
END_TEST

START_TEST(inroot_guesses_nothing)
{
	ck_assert_int_eq(inroot_open(AT_FDCWD, "plain", O_RDONLY), -1);
	ck_assert_int_eq(errno, EBADF);
	errno = 0;
	ck_assert_int_eq(inroot_open_strict(AT_FDCWD, "plain", O_RDONLY, false), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(inroot_open(rootfd, "new", O_WRONLY | O_CREAT), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(inroot_open(rootfd, "etc", O_TMPFILE | O_WRONLY), -1);
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

START_TEST(inroot_follows_no_magic_link)
{
	int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	ck_assert_int_eq(inroot_open(proc, "self/root/etc/passwd", O_RDONLY), -1);
	ck_assert_int_eq(errno, ELOOP);
	ck_assert_int_eq(inroot_open(proc, "self/fd/0", O_PATH), -1);
	ck_assert_int_eq(errno, ELOOP);
	close(proc);
}
END_TEST

/* ---- /proc -------------------------------------------------------------- */

START_TEST(proc_is_procfs)
{
	char buf[16], path[FD_PATH_MAX];

	ck_assert_int_gt(proc_read("thread-self/comm", buf, sizeof(buf)), 0);
	ck_assert_int_eq(proc_read("no/such", buf, sizeof(buf)), -1);
	ck_assert_str_eq(fd_path(path, 2147483647), "/proc/thread-self/fd/2147483647");
}
END_TEST

START_TEST(proc_that_is_played_is_not_read)
{
	char buf[16];

	/* Not privileged, or in a chroot. */
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return;
	ck_assert_int_eq(mount("none", "/proc", "tmpfs", 0, NULL), 0);
	ck_assert_int_eq(mkdir("/proc/thread-self", 0700), 0);
	ck_assert_int_eq(symlink("/etc/passwd", "/proc/thread-self/comm"), 0);
	ck_assert_int_eq(proc_read("thread-self/comm", buf, sizeof(buf)), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(umount("/proc"), 0);
}
END_TEST

/* ---- mountinfo ---------------------------------------------------------- */

static const char lines[] =
	"22 27 0:21 / /proc rw,relatime - proc proc rw\n"
	"23 27 0:22 / /sys rw shared:7 - sysfs sysfs rw\n"
	"24 23 0:23 / /sys/fs/selinux ro shared:8 master:2 propagate_from:1 - selinuxfs  ro\n"
	"25 27 0:9 /a\\040b /mnt/with\\040blank\\011tab\\012newline\\134back rw - ext4 /dev/x rw\n"
	"26 27 0:9 / /mnt/later rw unbindable - fuse.some\\040thing source rw extra fields\n";

struct seen {
	unsigned int count;
	unsigned int stop_at;
	struct mountinfo_entry entry[8];
};

static int remember(const struct mountinfo_entry *entry, void *arg)
{
	struct seen *seen = arg;

	if (seen->count < sizeof(seen->entry) / sizeof(seen->entry[0]))
		seen->entry[seen->count] = *entry;
	seen->count++;
	return seen->count == seen->stop_at ? 42 : MOUNTINFO_NEXT;
}

static struct seen seen;
static struct mountinfo_parser parser;

static int parse(const char *text, size_t len, size_t chunk)
{
	int result = MOUNTINFO_NEXT;

	memset(&seen, 0, offsetof(struct seen, entry));
	mountinfo_init(&parser, remember, &seen);
	for (size_t i = 0; i < len; i += chunk)
		result = mountinfo_feed(&parser, text + i, len - i < chunk ? len - i : chunk);
	return result;
}

START_TEST(mountinfo_in_chunks_of_any_size)
{
	for (size_t chunk = 1; chunk <= sizeof(lines); chunk++) {
		ck_assert_int_eq(parse(lines, sizeof(lines) - 1, chunk), MOUNTINFO_NEXT);
		ck_assert_uint_eq(seen.count, 5);
		ck_assert_uint_eq(seen.entry[0].id, 22);
		ck_assert_uint_eq(seen.entry[0].parent, 27);
		ck_assert_str_eq(seen.entry[0].point, "/proc");
		ck_assert_str_eq(seen.entry[0].fstype, "proc");
		ck_assert(!seen.entry[0].shared && !seen.entry[0].slave);
		ck_assert(seen.entry[1].shared && !seen.entry[1].slave);
		ck_assert(seen.entry[2].shared && seen.entry[2].slave);
		ck_assert_str_eq(seen.entry[2].fstype, "selinuxfs");
		ck_assert_str_eq(seen.entry[2].point, "/sys/fs/selinux");
		ck_assert_str_eq(seen.entry[3].point, "/mnt/with blank\ttab\nnewline\\back");
		ck_assert_str_eq(seen.entry[3].fstype, "ext4");
		ck_assert(!seen.entry[4].shared);
		ck_assert_str_eq(seen.entry[4].point, "/mnt/later");
	}
}
END_TEST

START_TEST(mountinfo_stops_where_it_is_told)
{
	char text[sizeof(lines)];

	strcpy(text, lines);
	memset(&seen, 0, sizeof(seen));
	seen.stop_at = 2;
	mountinfo_init(&parser, remember, &seen);
	ck_assert_int_eq(mountinfo_feed(&parser, text, sizeof(text) - 1), 42);
	ck_assert_uint_eq(seen.count, 2);
	ck_assert_int_eq(mountinfo_feed(&parser, text, sizeof(text) - 1), 42);
	ck_assert_uint_eq(seen.count, 2);
}
END_TEST

START_TEST(mountinfo_skips_malformed_lines)
{
	static const char *const bad[] = {
		"\n",
		" \n",
		"22\n",
		"22 27 0:21 / /proc rw proc proc rw\n",
		"22 27 0:21 / /proc rw -\n",
		"22 27 0:21 / /proc rw - \n",
		"-2 27 0:21 / /p rw - proc proc rw\n",
		"x 27 0:21 / /p rw - proc proc rw\n",
		" 27 0:21 / /p rw - proc proc rw\n",
		"22 99999999999999999999999 0:21 / /p rw - proc proc rw\n",
		"22 27 0:21 /  rw - proc proc rw\n",
		"22 27 0:21 / /p\\04 rw - proc proc rw\n",
		"22 27 0:21 / /p\\ rw - proc proc rw\n",
		"22 27 0:21 / /p\\08x rw - proc proc rw\n",
		"22 27 0:21 / /p\\777 rw - proc proc rw\n",
		"22 27 0:21 / /p\\000 rw - proc proc rw\n",
	};
	static const char nul[] = "22 27 0:21 / /p\0q rw - proc proc rw\n";

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char text[256];
		int len = snprintf(text, sizeof(text), "%s%s", bad[i],
				   "1 2 0:1 / /good rw - tmpfs none rw\n");

		parse(text, (size_t)len, 3);
		ck_assert_msg(seen.count == 1, "%zu lines of: %s", (size_t)seen.count, bad[i]);
		ck_assert_str_eq(seen.entry[0].point, "/good");
	}
	parse(nul, sizeof(nul) - 1, 5);
	ck_assert_uint_eq(seen.count, 0);
	/* Not ended: it may not be whole. */
	parse(lines, sizeof(lines) - 2, 5);
	ck_assert_uint_eq(seen.count, 4);
}
END_TEST

START_TEST(mountinfo_lines_of_any_length)
{
	const size_t big = 1000000;
	char *text = malloc(4 * big);
	char *p = text;

	ck_assert_ptr_nonnull(text);
	p += sprintf(p, "1 2 0:1 /");
	memset(p, 'r', big);
	p += big;
	p += sprintf(p, " /point rw - selinuxfs ");
	memset(p, 's', big);
	p += big;
	p += sprintf(p, " rw\n3 4 0:1 / /");
	memset(p, 'p', big);
	p += big;
	p += sprintf(p, " rw shared:1 - selinuxfsandmuchmorethanthirtytwocharacters x rw\n");

	parse(text, (size_t)(p - text), 4096);
	ck_assert_uint_eq(seen.count, 2);
	ck_assert_str_eq(seen.entry[0].point, "/point");
	ck_assert_str_eq(seen.entry[0].fstype, "selinuxfs");
	ck_assert(!seen.entry[0].path_cut);
	ck_assert(seen.entry[1].path_cut);
	ck_assert(seen.entry[1].shared);
	ck_assert_uint_eq(strlen(seen.entry[1].point), PATH_MAX - 1);
	ck_assert_str_ne(seen.entry[1].fstype, "selinuxfs");
	free(text);
}
END_TEST

START_TEST(mountinfo_survives_noise)
{
	static const char alphabet[] = " \n\\0123456789-/:abc\0shared";
	char text[sizeof(lines)];
	unsigned int seed = 20240601;

	for (int round = 0; round < 20000; round++) {
		memcpy(text, lines, sizeof(lines));
		for (int i = 0; i < 1 + round % 20; i++)
			text[rand_r(&seed) % (sizeof(text) - 1)] =
				alphabet[(size_t)rand_r(&seed) % sizeof(alphabet)];
		parse(text, sizeof(text) - 1, 1 + (size_t)rand_r(&seed) % 64);
		for (unsigned int i = 0; i < seen.count && i < 8; i++) {
			ck_assert_uint_lt(strnlen(seen.entry[i].point, PATH_MAX), PATH_MAX);
			ck_assert_uint_lt(strnlen(seen.entry[i].fstype, 32), 32);
		}
	}
}
END_TEST

START_TEST(mountinfo_of_this_machine)
{
	memset(&seen, 0, sizeof(seen));
	ck_assert_int_eq(mountinfo_each(remember, &seen), 0);
	ck_assert_uint_gt(seen.count, 0);
	memset(&seen, 0, sizeof(seen));
	seen.stop_at = 1;
	ck_assert_int_eq(mountinfo_each(remember, &seen), 42);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("base");
	TCase *plain = tcase_create("plain");
	TCase *hostile = tcase_create("hostile root");
	SRunner *runner;
	int failed;

	tcase_add_test(plain, error_is_filled_and_cleared);
	tcase_add_test(plain, error_may_be_null);
	tcase_add_test(plain, error_escapes_what_others_chose);
	tcase_add_test(plain, error_cuts_what_is_too_long);
	tcase_add_test(plain, text_builds_numbers_and_reasons);
	tcase_add_test(plain, log_goes_to_the_callback);
	tcase_add_test(plain, descriptors_have_one_owner);
	tcase_add_test(plain, text_of_a_descriptor_is_bounded);
	tcase_add_test(plain, proc_is_procfs);
	tcase_add_test(plain, proc_that_is_played_is_not_read);
	tcase_add_test(plain, mountinfo_in_chunks_of_any_size);
	tcase_add_test(plain, mountinfo_stops_where_it_is_told);
	tcase_add_test(plain, mountinfo_skips_malformed_lines);
	tcase_add_test(plain, mountinfo_lines_of_any_length);
	tcase_add_test(plain, mountinfo_survives_noise);
	tcase_add_test(plain, mountinfo_of_this_machine);
	suite_add_tcase(suite, plain);

	tcase_add_checked_fixture(hostile, root_make, root_remove);
	tcase_add_test(hostile, inroot_stays_inside);
	tcase_add_test(hostile, inroot_refuses_what_is_no_file);
	tcase_add_test(hostile, inroot_guesses_nothing);
	tcase_add_test(hostile, inroot_follows_no_magic_link);
	suite_add_tcase(suite, hostile);

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
