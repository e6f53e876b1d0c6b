/* SPDX-License-Identifier: MIT */
/*
 * check_policy.c - lib/policy against good, damaged and hostile input.
 *
 * Needs neither root nor SELinux; the kernel's side of a load is tested under
 * selinuxns-sim. Real input is the distribution's own compiled policy, and a small one
 * that secilc builds here; what is missing is said, and its tests are not run.
 */
#include "config.h"

#include <check.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <selinux/selinux.h>
#include <selinux/selinuxns.h>
#include <sepol/policydb.h>

#include "base/error.h"
#include "base/fd.h"
#include "policy/file.h"
#include "policy/find.h"
#include "policy/image.h"
#include "policy/policy.h"
#include "policy/rootconfig.h"
#include "policy/same.h"
#include "policy/sizes.h"

#include "files.h"

#define MAGIC_KERNEL 0xf97cff8cU
#define VERSION_AT   16
#define CONFIG_AT    20

static char work[] = "/tmp/check_policy.XXXXXX"; /* for the whole program */
static char real_path[300]; /* the distribution's policy, or "" */
static char small_path[sizeof(work) + 32]; /* secilc's, or "" */
static char root[sizeof(work) + 32]; /* one test's own root */
static int rootfd = -1;
static struct selinuxns_error err;

/* Damaged counts ask for more memory than there is: as from malloc(3), NULL is the answer. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

/* ---- means ------------------------------------------------------------- */

/* "root/PATH", in one of a few static buffers. */
__attribute__((format(printf, 1, 2))) static const char *in_root(const char *fmt, ...)
{
	static char buf[4][1024];
	static int next;
	char *p = buf[next++ % 4];
	int n = snprintf(p, sizeof(buf[0]), "%s/", root);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p + n, sizeof(buf[0]) - (size_t)n, fmt, ap);
	va_end(ap);
	return p;
}

static void make_config(const char *text)
{
	make_dirs(in_root("etc/selinux"));
	make_file(in_root("etc/selinux/config"), text, strlen(text));
}

static void load_bytes(const char *path, struct image *image)
{
	int fd = file_open(path, "test", &err);

	ck_assert_msg(fd >= 0, "%s", err.message);
	ck_assert_int_eq(file_read(fd, (size_t)256 << 20, "test", path, &image->data, &image->size,
				   &err),
			 0);
	image->version = 0;
	close(fd);
}

static struct image copy_bytes(const struct image *image, size_t size)
{
	struct image copy = { .data = malloc(size + 1), .size = size };

	ck_assert_ptr_nonnull(copy.data);
	memcpy(copy.data, image->data, size);
	return copy;
}

static uint32_t word_at(const void *data, size_t at)
{
	uint32_t v;

	memcpy(&v, (const char *)data + at, sizeof(v));
	return le32toh(v);
}

static void set_word(void *data, size_t at, uint32_t v)
{
	v = htole32(v);
	memcpy((char *)data + at, &v, sizeof(v));
}

/* The call failed with @e, and said so in a sentence with @part in it. */
#define assert_failed(rc, e, part)                                                           \
	do {                                                                                 \
		int rc_ = (rc), errno_ = errno;                                              \
		ck_assert_int_eq(rc_, -1);                                                   \
		ck_assert_msg(errno_ == (e), "errno %d (%s), not %d: %s", errno_,            \
			      strerror(errno_), (e), selinuxns_error_message(&err));         \
		ck_assert_int_eq(selinuxns_error_errno(&err), (e));                          \
		ck_assert_msg(strstr(selinuxns_error_message(&err), (part)) != NULL,         \
			      "\"%s\" lacks \"%s\"", selinuxns_error_message(&err), (part)); \
		ck_assert_ptr_nonnull(                                                       \
			strstr(selinuxns_error_message(&err), selinuxns_error_step(&err)));  \
	} while (0)

static void begin(void)
{
	snprintf(root, sizeof(root), "%s/root", work);
	remove_tree(root); /* of a test that did not reach its end */
	ck_assert_int_eq(mkdir(root, 0755), 0);
	rootfd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(rootfd, 0);
	memset(&err, 0, sizeof(err));
}

static void end(void)
{
	close(rootfd);
	remove_tree(root);
}

/* ---- the configuration ------------------------------------------------- */

static const struct {
	const char *text;
	size_t size;
	int rc;
	const char *type;
} configs[] = {
#define CONFIG(text, rc, type)                   \
	{                                        \
		text, sizeof(text) - 1, rc, type \
	}
	CONFIG("SELINUXTYPE=default\n", 1, "default"),
	CONFIG("SELINUXTYPE=default", 1, "default"),
	CONFIG("SELINUX=enforcing\nSELINUXTYPE=mls\n", 1, "mls"),
	CONFIG(" \t SELINUXTYPE=default", 1, "default"),
	CONFIG("SELINUXTYPE= \tdefault \t\r\n", 1, "default"),
	CONFIG("selinuxType=default\n", 1, "default"),
	CONFIG("SELINUXTYPE=first\nSELINUXTYPE=last\n", 1, "last"),
	CONFIG("SELINUXTYPE=with blank\n", 1, "with blank"),
	CONFIG("SELINUXTYPE=..a\n", 1, "..a"),
	CONFIG("SELINUXTYPE=a\0b\n", 1, "a"),
	CONFIG("SELINUXTYPE=a\1\2\n", 1, "a"),
	CONFIG("SELINUXTYPE=\xff\xfe\n", 1, "\xff\xfe"),
	CONFIG("", 0, NULL),
	CONFIG("\n\n\0\n", 0, NULL),
	CONFIG("SELINUX=enforcing\n", 0, NULL),
	CONFIG("#SELINUXTYPE=default\n", 0, NULL),
	CONFIG("  # SELINUXTYPE=default\n", 0, NULL),
	CONFIG("SELINUXTYPE =default\n", 0, NULL),
	CONFIG("XSELINUXTYPE=default\n", 0, NULL),
	CONFIG("\0SELINUXTYPE=default\n", 0, NULL),
	CONFIG("SELINUXTYPE", 0, NULL),
	CONFIG("SELINUXTYPE=\n", -1, NULL),
	CONFIG("SELINUXTYPE=  \n", -1, NULL),
	CONFIG("SELINUXTYPE=", -1, NULL),
	CONFIG("SELINUXTYPE=\0default\n", -1, NULL),
	CONFIG("SELINUXTYPE=good\nSELINUXTYPE=\n", -1, NULL),
	CONFIG("SELINUXTYPE=.\n", -1, NULL),
	CONFIG("SELINUXTYPE=..\n", -1, NULL),
	CONFIG("SELINUXTYPE=../../x\n", -1, NULL),
	CONFIG("SELINUXTYPE=/etc\n", -1, NULL),
	CONFIG("SELINUXTYPE=a/b\n", -1, NULL),
	CONFIG("SELINUXTYPE=a\033[2Jb\n", -1, NULL),
#undef CONFIG
};

START_TEST(config_text)
{
	char type[POLICY_TYPE_SIZE] = "untouched";

	/* Its own allocation, so that a read past the end is found. */
	char *text = malloc(configs[_i].size + 1);

	memcpy(text, configs[_i].text, configs[_i].size);
	text[configs[_i].size] = '\0';
	ck_assert_int_eq(policy_config_parse(text, configs[_i].size, type), configs[_i].rc);
	if (configs[_i].rc == -1)
		ck_assert_int_eq(errno, EINVAL);
	ck_assert_str_eq(type, configs[_i].type ?: "untouched");
	free(text);
}
END_TEST

START_TEST(config_long_type)
{
	char text[600] = "SELINUXTYPE=", type[POLICY_TYPE_SIZE];
	const size_t tag = strlen(text);

	memset(text + tag, 'x', NAME_MAX + 1);
	ck_assert_int_eq(policy_config_parse(text, tag + NAME_MAX, type), 1);
	ck_assert_uint_eq(strlen(type), NAME_MAX);
	ck_assert_int_eq(policy_config_parse(text, tag + NAME_MAX + 1, type), -1);
}
END_TEST

START_TEST(config_files)
{
	char type[POLICY_TYPE_SIZE];
	const char *path;

	/* libselinux's default where there is none. */
	ck_assert_int_eq(policy_config_type(rootfd, type, &err), 0);
	ck_assert_str_eq(type, "targeted");
	make_config("");
	ck_assert_int_eq(policy_config_type(rootfd, type, &err), 0);
	ck_assert_str_eq(type, "targeted");
	make_config("SELINUXTYPE=default\n");
	ck_assert_int_eq(policy_config_type(rootfd, type, &err), 1);
	ck_assert_str_eq(type, "default");
	make_config("SELINUXTYPE=../../x\n");
	assert_failed(policy_config_type(rootfd, type, &err), EINVAL, "SELINUXTYPE");

	path = in_root("etc/selinux/config");
	ck_assert_int_eq(truncate(path, (1 << 20) + 1), 0);
	assert_failed(policy_config_type(rootfd, type, &err), EFBIG, "1048577");
	/* At the limit, and NULs all over. */
	ck_assert_int_eq(truncate(path, 0), 0);
	ck_assert_int_eq(truncate(path, 1 << 20), 0);
	ck_assert_int_eq(policy_config_type(rootfd, type, &err), 0);

	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(mkfifo(path, 0644), 0);
	assert_failed(policy_config_type(rootfd, type, &err), EINVAL, "not a regular file");
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(mkdir(path, 0755), 0);
	assert_failed(policy_config_type(rootfd, type, &err), EISDIR, "directory");
}
END_TEST

START_TEST(config_links_stay_inside)
{
	char type[POLICY_TYPE_SIZE];
	const char *path = in_root("etc/selinux/config");

	make_dirs(in_root("etc/selinux"));
	make_file(in_root("other"), "SELINUXTYPE=inside\n", 19);
	ck_assert_int_eq(symlink("/other", path), 0);
	ck_assert_int_eq(policy_config_type(rootfd, type, &err), 1);
	ck_assert_str_eq(type, "inside");

	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(symlink("../../../../../../../../../other", path), 0);
	ck_assert_int_eq(policy_config_type(rootfd, type, &err), 1);
	ck_assert_str_eq(type, "inside");

	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(symlink("config", path), 0);
	assert_failed(policy_config_type(rootfd, type, &err), ELOOP, "/etc/selinux/config");
}
END_TEST

/* ---- which image ------------------------------------------------------- */

static void make_images(const char *const *names)
{
	make_config("SELINUXTYPE=t\n");
	make_dirs(in_root("etc/selinux/t/policy"));
	for (; *names; names++)
		make_file(in_root("etc/selinux/t/policy/%s", *names), "x", 1);
}

START_TEST(find_newest_accepted)
{
	static const char *const names[] = {
		"policy.9",
		"policy.30",
		"policy.31",
		"policy.33",
		"policy.35",
		"policy.033",
		"policy.34.bak",
		"policy.34 ",
		"policy.",
		"policy.0",
		"policy.-5",
		"policy.0x20",
		"policy.99999999999999999999",
		"policy.kern",
		"Policy.34",
		".policy.34",
		NULL,
	};
	static const struct {
		unsigned int newest;
		const char *found;
	} expected[] = {
		{ 33, "/etc/selinux/t/policy/policy.33" },
		{ 32, "/etc/selinux/t/policy/policy.31" },
		{ 34, "/etc/selinux/t/policy/policy.33" },
		{ 35, "/etc/selinux/t/policy/policy.35" },
		{ 99, "/etc/selinux/t/policy/policy.35" },
		{ 9, "/etc/selinux/t/policy/policy.9" },
		/* Only newer ones: the oldest of them, to be converted. */
		{ 8, "/etc/selinux/t/policy/policy.9" },
	};

	make_images(names);
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		char path[POLICY_PATH_SIZE];
		_cleanup_close_ int fd = policy_find(rootfd, expected[i].newest, path, &err);

		ck_assert_int_ge(fd, 0);
		ck_assert_str_eq(path, expected[i].found);
	}
}
END_TEST

START_TEST(find_nothing)
{
	static const char *const names[] = { "policy.033", "policy.conf", NULL };
	char path[POLICY_PATH_SIZE];

	assert_failed(policy_find(rootfd, 33, path, &err), ENOENT, "the default");
	make_config("SELINUXTYPE=t\n");
	assert_failed(policy_find(rootfd, 33, path, &err), ENOENT, "/etc/selinux/t/policy");
	make_images(names);
	assert_failed(policy_find(rootfd, 33, path, &err), ENOENT, "no policy.NN");

	make_dirs(in_root("etc/selinux/t/policy/policy.33"));
	assert_failed(policy_find(rootfd, 33, path, &err), EISDIR, "policy.33");
	ck_assert_int_eq(mkfifo(in_root("etc/selinux/t/policy/policy.34"), 0644), 0);
	assert_failed(policy_find(rootfd, 34, path, &err), EINVAL, "not a regular file");

	remove_tree(in_root("etc/selinux/t/policy"));
	make_file(in_root("etc/selinux/t/policy"), "", 0);
	assert_failed(policy_find(rootfd, 33, path, &err), ENOTDIR, "policy");
}
END_TEST

START_TEST(find_links_stay_inside)
{
	static const char *const names[] = { NULL };
	const char *link = in_root("etc/selinux/t/policy/policy.33");
	char outside[sizeof(work) + 16], path[POLICY_PATH_SIZE];
	struct stat found, expected;
	int fd;

	/* It exists outside; seen from inside of the root it does not. */
	snprintf(outside, sizeof(outside), "%s/outside", work);
	make_file(outside, "x", 1);
	make_images(names);
	ck_assert_int_eq(symlink(outside, link), 0);
	assert_failed(policy_find(rootfd, 33, path, &err), ENOENT, "policy.33");
	ck_assert_int_eq(unlink(link), 0);
	ck_assert_int_eq(symlink("../../../../../outside", link), 0);
	assert_failed(policy_find(rootfd, 33, path, &err), ENOENT, "policy.33");

	make_file(in_root("outside"), "y", 1);
	fd = policy_find(rootfd, 33, path, &err);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &found), 0);
	ck_assert_int_eq(stat(in_root("outside"), &expected), 0);
	ck_assert(found.st_ino == expected.st_ino);
	close(fd);
}
END_TEST

/* ---- files ------------------------------------------------------------- */

START_TEST(not_a_policy_file)
{
	struct selinuxns_policy *policy = (void *)1;
	const char *path = in_root("file");

	assert_failed(selinuxns_policy_open_file(&policy, path, &err), ENOENT, path);
	ck_assert_ptr_null(policy);
	assert_failed(selinuxns_policy_open_file(&policy, "", &err), ENOENT, "(empty)");
	assert_failed(selinuxns_policy_open_file(&policy, root, &err), EISDIR, "directory");
	assert_failed(selinuxns_policy_open_file(&policy, "/dev/null", &err), EINVAL,
		      "not a regular file");
	assert_failed(selinuxns_policy_open_file(&policy, "/dev/zero", &err), EINVAL, "/dev/zero");
	ck_assert_int_eq(mkfifo(path, 0644), 0);
	assert_failed(selinuxns_policy_open_file(&policy, path, &err), EINVAL,
		      "not a regular file");
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(symlink(path, path), 0);
	assert_failed(selinuxns_policy_open_file(&policy, path, &err), ELOOP, path);
	ck_assert_int_eq(unlink(path), 0);

	make_file(path, "", 0);
	assert_failed(selinuxns_policy_open_file(&policy, path, &err), EINVAL, "empty");
	make_file(path, "not a policy, but longer than a header", 38);
	assert_failed(selinuxns_policy_open_file(&policy, path, &err), EINVAL,
		      "not a binary policy");
	/* Procfs says 0 bytes and gives more: as a file that grows. */
	assert_failed(selinuxns_policy_open_file(&policy, "/proc/self/status", &err), EBUSY,
		      "changed while it was read");
	/* No error object: the errno alone. */
	ck_assert_int_eq(selinuxns_policy_open_file(&policy, root, NULL), -1);
	ck_assert_int_eq(errno, EISDIR);
	ck_assert_ptr_null(policy);
}
END_TEST

START_TEST(giant_sparse_file)
{
	struct selinuxns_policy *policy;
	const char *path = in_root("sparse");

	make_file(path, "", 0);
	ck_assert_int_eq(truncate(path, ((off_t)256 << 20) + 1), 0);
	assert_failed(selinuxns_policy_open_file(&policy, path, &err), EFBIG, "268435457");
	if (truncate(path, (off_t)20 << 30) == 0)
		assert_failed(selinuxns_policy_open_file(&policy, path, &err), EFBIG,
			      "21474836480");
}
END_TEST

START_TEST(hostile_name)
{
	struct selinuxns_policy *policy;
	const char *path = in_root("a\nunshareselinux: all is well\033[2J");

	make_file(path, "x", 1);
	assert_failed(selinuxns_policy_open_file(&policy, path, &err), EINVAL, "too few");
	ck_assert_ptr_null(strchr(selinuxns_error_message(&err), '\n'));
	ck_assert_ptr_null(strchr(selinuxns_error_message(&err), '\033'));
}
END_TEST

START_TEST(descriptors)
{
	struct selinuxns_policy *policy;
	int pipefd[2], fd;

	ck_assert_int_eq(pipe2(pipefd, O_CLOEXEC), 0);
	assert_failed(selinuxns_policy_open_fd(&policy, pipefd[0], "a pipe", &err), EINVAL,
		      "a pipe");
	close(pipefd[0]);
	close(pipefd[1]);
	assert_failed(selinuxns_policy_open_fd(&policy, -1, "none", &err), EBADF, "none");
	assert_failed(selinuxns_policy_open_fd(&policy, rootfd, "a root", &err), EISDIR, "a root");
	make_file(in_root("file"), "x", 1);
	fd = open(in_root("file"), O_WRONLY | O_CLOEXEC);
	assert_failed(selinuxns_policy_open_fd(&policy, fd, "write-only", &err), EBADF,
		      "write-only");
	close(fd);
}
END_TEST

/* ---- headers ----------------------------------------------------------- */

static const struct {
	uint32_t magic, len;
	const char *target;
	uint32_t version;
	int err;
	const char *part;
} headers[] = {
	{ 0xf97cff8dU, 8, "SE Linux", 20, EINVAL, "module" },
	{ 0xf97cff8fU, 1, "........", 0, EINVAL, "module" },
	{ 0x8cff7cf9U, 8, "SE Linux", 33, EINVAL, "0x8cff7cf9" },
	{ 0, 0, "\0\0\0\0\0\0\0\0", 0, EINVAL, "not a binary policy" },
	{ MAGIC_KERNEL, 8, "XenFlask", 30, ENOTSUP, "Xen" },
	{ MAGIC_KERNEL, 8, "SE linux", 33, EINVAL, "damaged" },
	{ MAGIC_KERNEL, 7, "SE Linux", 33, EINVAL, "damaged" },
	{ MAGIC_KERNEL, 0xffffffffU, "SE Linux", 33, EINVAL, "damaged" },
	{ MAGIC_KERNEL, 8, "SE Linux", 14, ENOTSUP, "policy version 14 is older" },
	{ MAGIC_KERNEL, 8, "SE Linux", 0, ENOTSUP, "policy version 0 is older" },
	{ MAGIC_KERNEL, 8, "SE Linux", 0xffffffffU, ENOTSUP, "policy version 4294967295 is newer" },
	/* A header, and nothing after it. */
	{ MAGIC_KERNEL, 8, "SE Linux", 33, EINVAL, "damaged or truncated" },
};

START_TEST(header)
{
	unsigned char bytes[20];
	struct image image = { .data = bytes, .size = sizeof(bytes), .version = 77 };

	set_word(bytes, 0, headers[_i].magic);
	set_word(bytes, 4, headers[_i].len);
	memcpy(bytes + 8, headers[_i].target, 8);
	set_word(bytes, VERSION_AT, headers[_i].version);
	assert_failed(image_check(&image, "an image", 0, &err), headers[_i].err, headers[_i].part);
	ck_assert_ptr_eq(image.data, bytes);
	ck_assert_uint_eq(image.version, 77);
}
END_TEST

START_TEST(newer_than_libsepol)
{
	unsigned char bytes[64] = { 0 };
	struct image image = { .data = bytes, .size = sizeof(bytes) };
	unsigned int latest = (unsigned int)sepol_policy_kern_vers_max();
	char part[64];

	set_word(bytes, 0, MAGIC_KERNEL);
	set_word(bytes, 4, 8);
	memcpy(bytes + 8, "SE Linux", 8);
	set_word(bytes, VERSION_AT, latest + 1);
	snprintf(part, sizeof(part), "policy version %u is newer than libsepol's %u", latest + 1,
		 latest);
	assert_failed(image_check(&image, "an image", 0, &err), ENOTSUP, part);
}
END_TEST

/* ---- whole images ------------------------------------------------------ */

/* Whatever libsepol thinks of the bytes: a result, a sentence with every failure. */
static int check_bytes(const struct image *image, size_t size, unsigned int newest)
{
	struct image copy = copy_bytes(image, size);
	int rc;

	memset(&err, 0, sizeof(err));
	rc = image_check(&copy, "an image", newest, &err);
	if (rc < 0) {
		ck_assert(errno == EINVAL || errno == ENOTSUP || errno == ENOMEM);
		ck_assert_int_eq(err.err, errno);
		ck_assert_ptr_nonnull(strstr(err.message, "an image"));
		ck_assert_uint_eq(copy.size, size);
	}
	free(copy.data);
	return rc;
}

/* Descriptors 1 and 2 go to a file; returns how much arrived there by the second call. */
static off_t capture(int start)
{
	static int saved[2], fd = -1;
	off_t size;

	fflush(NULL);
	if (start) {
		fd = open(work, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
		ck_assert_int_ge(fd, 0);
		for (int i = 0; i < 2; i++) {
			saved[i] = fcntl(i + 1, F_DUPFD_CLOEXEC, 10);
			dup2(fd, i + 1);
		}
		return 0;
	}
	size = lseek(fd, 0, SEEK_END);
	for (int i = 0; i < 2; i++) {
		dup2(saved[i], i + 1);
		close(saved[i]);
	}
	close(fd);
	return size;
}

static void every_truncation(const char *path, size_t step)
{
	struct image image = { 0 };

	load_bytes(path, &image);
	capture(1);
	ck_assert_int_eq(check_bytes(&image, image.size, 0), 0);
	for (size_t size = 0; size < image.size; size += size < 64 ? 1 : step)
		ck_assert_msg(check_bytes(&image, size, 0) == -1, "%zu of %zu bytes passed", size,
			      image.size);
	ck_assert_int_eq(check_bytes(&image, image.size - 1, 0), -1);
	/* libsepol has a handle to speak through, and nothing else speaks at all. */
	ck_assert_int_eq(capture(0), 0);
	free(image.data);
}

/* A fixed sequence (Knuth's MMIX generator), so that a failure can be repeated. */
static uint64_t next_random(void)
{
	static uint64_t state = 1;

	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return state >> 33;
}

/* In a child, so that also a crash or a hang is put down to this damage. */
static bool damage_is_survived(const struct image *image, unsigned int newest)
{
	const struct rlimit cpu = { .rlim_cur = 30, .rlim_max = 30 };
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		setrlimit(RLIMIT_CPU, &cpu);
		check_bytes(image, image->size, newest);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status == 0;
}

static void many_damages(const char *path, unsigned int rounds)
{
	struct image image = { 0 };

	load_bytes(path, &image);
	capture(1);
	for (unsigned int i = 0; i < rounds; i++) {
		size_t at = next_random() % (image.size - 4);
		uint32_t before = word_at(image.data, at);
		uint32_t after = i % 3 ? before ^ (1U << next_random() % 32) : 0xffffffffU;

		set_word(image.data, at, after);
		ck_assert_msg(damage_is_survived(&image, i % 2 ? 28 : 0), "%s: 0x%08x at byte %zu",
			      path, after, at);
		set_word(image.data, at, before);
	}
	ck_assert_int_eq(check_bytes(&image, image.size, 0), 0);
	ck_assert_int_eq(capture(0), 0);
	free(image.data);
}

static unsigned int warnings;

__attribute__((format(printf, 2, 3))) static int count_warning(int type, const char *fmt, ...)
{
	(void)fmt;
	warnings += type == SELINUX_WARNING;
	return 0;
}

/* Converted to @newest, it is a whole policy again, and about unknown permissions the same. */
static void converts(const struct image *image, unsigned int newest)
{
	struct image made = copy_bytes(image, image->size);

	ck_assert_msg(image_check(&made, "an image", newest, &err) == 0, "%s", err.message);
	ck_assert_uint_eq(made.version, newest);
	ck_assert_uint_eq(word_at(made.data, VERSION_AT), newest);
	ck_assert_uint_eq(word_at(made.data, CONFIG_AT), word_at(image->data, CONFIG_AT));
	ck_assert_int_eq(check_bytes(&made, made.size, newest), 0);
	ck_assert_int_eq(check_bytes(&made, made.size - 1, 0), -1);
	free(made.data);
}

static void stays_as_it_is(const struct image *image, unsigned int newest)
{
	struct image same = copy_bytes(image, image->size);

	ck_assert_int_eq(image_check(&same, "an image", newest, &err), 0);
	ck_assert_uint_eq(same.size, image->size);
	ck_assert(memcmp(same.data, image->data, image->size) == 0);
	ck_assert_uint_eq(same.version, word_at(image->data, VERSION_AT));
	free(same.data);
}

static void cannot_convert(const struct image *image, unsigned int newest, const char *part)
{
	struct image same = copy_bytes(image, image->size);
	const void *data = same.data;

	assert_failed(image_check(&same, "an image", newest, &err), ENOTSUP, part);
	ck_assert_ptr_eq(same.data, data);
	ck_assert_uint_eq(same.size, image->size);
	ck_assert(memcmp(same.data, image->data, image->size) == 0);
	free(same.data);
}

/* As it is, with other flags, and damaged: so that libsepol can read it, and so that it cannot. */
START_TEST(small_same)
{
	struct image image, other;
	unsigned char *bytes;

	load_bytes(small_path, &image);
	other = copy_bytes(&image, image.size);
	bytes = other.data;
	ck_assert_int_eq(image_same(&image, &other), 1);
	bytes[CONFIG_AT] ^= 4;
	ck_assert_int_eq(image_same(&image, &other), 1);
	for (size_t at = image.size - 400; at < image.size; at++) {
		bytes[at] ^= 0x81;
		/* libsepol makes nothing of some bits. */
		ck_assert_int_ge(image_same(&image, &other), 0);
		bytes[at] ^= 0x81;
	}
	memset(bytes + CONFIG_AT + 4, 0xff, image.size - CONFIG_AT - 4);
	ck_assert_int_eq(image_same(&image, &other), 0);
	other.size--;
	ck_assert_int_eq(image_same(&image, &other), 0);
	free(other.data);
	free(image.data);
}
END_TEST

START_TEST(small_truncated)
{
	every_truncation(small_path, 1);
}
END_TEST

START_TEST(small_damaged)
{
	many_damages(small_path, 400);
}
END_TEST

/* Under sanitizers, what libsepol asks of malloc(3) for a damaged size takes a while. */
#ifdef __SANITIZE_ADDRESS__
#define SIZES_STRIDE 32
#else
#define SIZES_STRIDE 1
#endif

/* A size that keeps libsepol busy for hours is found before, wherever it is. */
START_TEST(small_sizes)
{
	static const uint32_t sizes[] = { 0x10000, 0x7fffffff, 0xffffffff };
	unsigned int refused = 0;
	struct image image = { 0 };
	uint32_t version, claimed;
	char part[64];

	load_bytes(small_path, &image);
	version = word_at(image.data, VERSION_AT);
	for (size_t i = 0; i < 3 * (image.size - SIZES_HEADER - 3); i++) {
		size_t at = SIZES_HEADER + i / 3;
		uint32_t before = word_at(image.data, at);

		set_word(image.data, at, sizes[i % 3]);
		if (sizes_check(image.data, image.size, version, &claimed) < 0) {
			refused++;
			snprintf(part, sizeof(part),
				 "it is damaged: a table in it claims %u entries", claimed);
			assert_failed(image_check(&image, "an image", 0, &err), EINVAL, part);
		} else if (i % SIZES_STRIDE == 0) {
			check_bytes(&image, image.size, 0);
		}
		set_word(image.data, at, before);
	}
	/* Two numbers for each of eight tables, and those of the bitmaps in them. */
	ck_assert_uint_ge(refused, 3 * 2 * 8);
	free(image.data);
}
END_TEST

START_TEST(small_converted)
{
	struct image image = { 0 };
	unsigned int version;

	load_bytes(small_path, &image);
	version = word_at(image.data, VERSION_AT);
	stays_as_it_is(&image, 0);
	stays_as_it_is(&image, version);
	stays_as_it_is(&image, version + 1);
	for (unsigned int newest = version - 1; newest >= 30; newest--)
		converts(&image, newest);
	/* Without its extended permissions it would allow more than it says. */
	for (unsigned int newest = 29; newest >= 15; newest--)
		cannot_convert(&image, newest, "cannot be converted to the kernel's");
	/* "extendedpermissions", and from libsepol 3.8 on "extended permissions" */
	cannot_convert(&image, 29, "permissions");
	cannot_convert(&image, 14, "kernel's 14");
	free(image.data);
}
END_TEST

START_TEST(small_opened)
{
	struct selinuxns_policy *policy;
	char byte;
	int fd = open(small_path, O_RDONLY | O_CLOEXEC);

	ck_assert_int_eq(lseek(fd, 7, SEEK_SET), 7);
	ck_assert_int_eq(selinuxns_policy_open_fd(&policy, fd, "a name", &err), 0);
	ck_assert_str_eq(selinuxns_policy_name(policy), "a name");
	ck_assert_uint_ge(selinuxns_policy_version(policy), 15);
	ck_assert_int_eq(selinuxns_error_errno(&err), 0);
	/* The caller's descriptor is as it was. */
	ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), 7);
	ck_assert_int_eq(read(fd, &byte, 1), 1);
	selinuxns_policy_free(policy);
	selinuxns_policy_free(NULL);
	close(fd);
}
END_TEST

START_TEST(small_not_loaded)
{
	struct selinuxns_policy *policy;
	int elsewhere = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int procfs = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ck_assert_int_eq(selinuxns_policy_open_file(&policy, small_path, &err), 0);
	/* A selinuxfs, or nothing is written. */
	assert_failed(selinuxns_policy_load(policy, elsewhere, &err), EINVAL, "not a directory of");
	assert_failed(selinuxns_policy_load(policy, procfs, &err), EINVAL, "not a directory of");
	assert_failed(selinuxns_policy_load(policy, 12345, &err), EINVAL, "12345");
	selinuxns_policy_free(policy);
	close(elsewhere);
	close(procfs);
}
END_TEST

/* libsepol never frees the policy that it answers from, once another one is there. */
START_TEST(small_executed_often)
{
	const struct policy_exec exec = {
		.context = "u:r:t:s0",
		.file = "f",
		.label = "u:object_r:f:s0",
	};
	struct selinuxns_policy *policy;
	size_t before = 0;

	ck_assert_int_eq(selinuxns_policy_open_file(&policy, small_path, &err), 0);
	for (int i = 0; i < 200; i++) {
		ck_assert_int_ge(policy_may_execute(policy, &exec, &err), 0);
		/* All that is kept, also by malloc(3) itself, is there by now. */
		if (i == 99)
			before = mallinfo2().uordblks;
	}
	ck_assert_uint_lt(mallinfo2().uordblks, before + 65536);
	selinuxns_policy_free(policy);
}
END_TEST

START_TEST(small_in_root)
{
	struct selinuxns_policy *policy;
	struct image image = { 0 };
	unsigned int version;

	load_bytes(small_path, &image);
	version = word_at(image.data, VERSION_AT);
	make_config("SELINUX=enforcing\nSELINUXTYPE=t\n");
	make_dirs(in_root("etc/selinux/t/policy"));
	/* Older by its name than the next, which no libsepol reads. */
	make_file(in_root("etc/selinux/t/policy/policy.%u", version), image.data, image.size);
	make_file(in_root("etc/selinux/t/policy/policy.9999"), image.data, 30);
	ck_assert_int_eq(selinuxns_policy_open_root(&policy, rootfd, &err), 0);
	ck_assert_str_eq(selinuxns_policy_name(policy) + strlen("/etc/selinux/t/policy/policy."),
			 strrchr(small_path, '.') + 1);
	selinuxns_policy_free(policy);

	ck_assert_int_eq(unlink(in_root("etc/selinux/t/policy/policy.%u", version)), 0);
	assert_failed(selinuxns_policy_open_root(&policy, rootfd, &err), EINVAL, "policy.9999");
	ck_assert_ptr_null(policy);
	assert_failed(selinuxns_policy_open_root(&policy, -1, &err), EBADF, "/etc/selinux/config");
	free(image.data);
}
END_TEST

START_TEST(real_truncated)
{
	struct stat st;

	ck_assert_int_eq(stat(real_path, &st), 0);
	every_truncation(real_path, (size_t)st.st_size / 16);
}
END_TEST

START_TEST(real_damaged)
{
	many_damages(real_path, 20);
}
END_TEST

START_TEST(real_converted)
{
	struct image image = { 0 };

	selinux_set_callback(SELINUX_CB_LOG, (union selinux_callback){ .func_log = count_warning });
	load_bytes(real_path, &image);
	converts(&image, 31);
	converts(&image, 30);
	ck_assert_uint_eq(warnings, 0);
	/* It loses its named transitions, which is said once and not for each of them. */
	converts(&image, 24);
	ck_assert_uint_eq(warnings, 1);
	free(image.data);
}
END_TEST

/* ---- the program ------------------------------------------------------- */

/* One of each thing that versions differ in: MLS, extended and named rules, defaults. */
static const char small_cil[] =
	"(handleunknown allow)\n(mls true)\n(policycap open_perms)\n"
	"(class process (transition dyntransition))\n(class file (read write ioctl))\n"
	"(class dir (search))\n(classorder (process file dir))\n(defaultrole file source)\n"
	"(sid kernel)\n(sid security)\n(sid unlabeled)\n(sidorder (kernel security unlabeled))\n"
	"(sensitivity s0)\n(sensitivityorder (s0))\n(category c0)\n(category c1)\n"
	"(categoryorder (c0 c1))\n(sensitivitycategory s0 (c0 c1))\n"
	"(user u)\n(role r)\n(role object_r)\n(userrole u r)\n(userrole u object_r)\n"
	"(userlevel u (s0))\n(userrange u ((s0) (s0 (c0 c1))))\n"
	"(type t)\n(type f)\n(type g)\n(roletype r t)\n(roletype object_r f)\n"
	"(roletype object_r g)\n(typeattribute a)\n(typeattributeset a (t f))\n"
	"(boolean b true)\n(booleanif b (true (allow t g (file (write)))))\n"
	"(allow t a (file (read ioctl)))\n(allowx t f (ioctl file (range 0x1 0x20)))\n"
	"(typetransition t f file \"named\" g)\n(typetransition t f file g)\n(typepermissive t)\n"
	"(mlsconstrain (file (read)) (dom h1 h2))\n(validatetrans file (eq t3 f))\n"
	"(sidcontext kernel (u r t ((s0) (s0))))\n(sidcontext security (u object_r f ((s0) (s0))))\n"
	"(sidcontext unlabeled (u object_r f ((s0) (s0))))\n"
	"(fsuse xattr ext4 (u object_r f ((s0) (s0))))\n"
	"(genfscon proc \"/\" (u object_r f ((s0) (s0))))\n"
	"(portcon tcp 80 (u object_r f ((s0) (s0))))\n";

static void find_real(void)
{
	static const char *const types[] = { "default", "targeted", "mls" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		for (int version = sepol_policy_kern_vers_max(); version >= 30; version--) {
			snprintf(real_path, sizeof(real_path), "/etc/selinux/%s/policy/policy.%d",
				 types[i], version);
			if (access(real_path, R_OK) == 0)
				return;
		}
	real_path[0] = '\0';
	puts("not run: tests of a distribution's policy (Debian: selinux-policy-default)");
}

static void build_small(void)
{
	snprintf(small_path, sizeof(small_path), "%s/policy.%d", work,
		 sepol_policy_kern_vers_max());
	if (compile_policy(small_path, small_cil, true))
		return;
	small_path[0] = '\0';
	puts("not run: tests of a small policy (secilc failed or is not installed)");
}

#define COUNT(table) ((int)(sizeof(table) / sizeof(table[0])))

static TCase *new_case(Suite *suite, const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_set_timeout(tcase, 120);
	suite_add_tcase(suite, tcase);
	return tcase;
}

static Suite *policy_suite(void)
{
	Suite *suite = suite_create("policy");
	TCase *tcase = new_case(suite, "config");

	tcase_add_loop_test(tcase, config_text, 0, COUNT(configs));
	tcase_add_test(tcase, config_long_type);
	tcase_add_test(tcase, config_files);
	tcase_add_test(tcase, config_links_stay_inside);

	tcase = new_case(suite, "find");
	tcase_add_test(tcase, find_newest_accepted);
	tcase_add_test(tcase, find_nothing);
	tcase_add_test(tcase, find_links_stay_inside);

	tcase = new_case(suite, "file");
	tcase_add_test(tcase, not_a_policy_file);
	tcase_add_test(tcase, giant_sparse_file);
	tcase_add_test(tcase, hostile_name);
	tcase_add_test(tcase, descriptors);

	tcase = new_case(suite, "header");
	tcase_add_loop_test(tcase, header, 0, COUNT(headers));
	tcase_add_test(tcase, newer_than_libsepol);

	if (small_path[0]) {
		tcase = new_case(suite, "small policy");
		tcase_add_test(tcase, small_same);
		tcase_add_test(tcase, small_truncated);
		tcase_add_test(tcase, small_damaged);
		tcase_add_test(tcase, small_sizes);
		tcase_add_test(tcase, small_converted);
		tcase_add_test(tcase, small_opened);
		tcase_add_test(tcase, small_executed_often);
		tcase_add_test(tcase, small_not_loaded);
		tcase_add_test(tcase, small_in_root);
	}
	if (real_path[0]) {
		tcase = new_case(suite, "distribution's policy");
		tcase_add_test(tcase, real_truncated);
		tcase_add_test(tcase, real_damaged);
		tcase_add_test(tcase, real_converted);
	}
	return suite;
}

int main(void)
{
	SRunner *runner;
	int failed;

	if (!mkdtemp(work)) {
		perror(work);
		return EXIT_FAILURE;
	}
	find_real();
	build_small();
	runner = srunner_create(policy_suite());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	remove_tree(work);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
