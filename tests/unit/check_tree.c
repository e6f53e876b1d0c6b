/* SPDX-License-Identifier: MIT */
/*
 * check_tree.c - the labels of a tree by the library's calls: setters, callbacks, errors; and the parts
 * of lib/label that the programs do not reach.
 *
 * Goes by file contexts alone, and by an attribute in user., so that it needs neither a policy nor root.
 */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <selinux/selinuxns.h>

#include "kernel/xattr.h"
#include "label/links.h"
#include "label/names.h"
#include "label/pending.h"
#include "label/tree.h"

#define ATTRIBUTE "user.selinuxns.test"
#define N_FILES   1200

static char top[64];
static char contexts[80], root[80];
static struct selinuxns_tree *tree;
static struct selinuxns_error *error;

static void put(const char *path, const char *text)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void setup(void)
{
	char path[128];

	/* In memory where there is such a place. */
	strcpy(top, "/dev/shm/check_tree.XXXXXX");
	if (access("/dev/shm", W_OK) < 0)
		strcpy(top, "/tmp/check_tree.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(top));
	snprintf(contexts, sizeof(contexts), "%s/fc", top);
	snprintf(root, sizeof(root), "%s/root", top);
	put(contexts, "/.*\tu:object_r:some_t\n/b.*\tu:object_r:other_t\n");
	ck_assert_int_eq(mkdir(root, 0755), 0);
	for (int i = 0; i < N_FILES; i++) {
		snprintf(path, sizeof(path), "%s/%c%d", root, 'a' + i % 2, i);
		put(path, "");
	}
	error = selinuxns_error_new();
	tree = selinuxns_tree_new();
	ck_assert_ptr_nonnull(tree);
	ck_assert_int_eq(selinuxns_tree_set_root(tree, root), 0);
	ck_assert_int_eq(selinuxns_tree_set_file_contexts(tree, contexts), 0);
	ck_assert_int_eq(selinuxns_tree_set_without(tree, SELINUXNS_WITHOUT_POLICY), 0);
	ck_assert_int_eq(selinuxns_tree_set_attribute(tree, ATTRIBUTE), 0);
}

static void teardown(void)
{
	char command[128];

	selinuxns_tree_free(tree);
	selinuxns_error_free(error);
	snprintf(command, sizeof(command), "rm -rf %s", top);
	ck_assert_int_eq(system(command), 0);
}

static bool has_attribute(void)
{
	bool good = setxattr(contexts, ATTRIBUTE, "x", 1, 0) == 0;

	if (good)
		removexattr(contexts, ATTRIBUTE);
	else
		printf("%s: not tested: no attribute in user. there: %s\n", __func__,
		       strerror(errno));
	return good;
}

START_TEST(setters_refuse_what_cannot_be_meant)
{
	const struct {
		int rc, err;
	} none = { -1, EINVAL };

#define REFUSED(call)                              \
	do {                                       \
		errno = 0;                         \
		ck_assert_int_eq((call), none.rc); \
		ck_assert_int_eq(errno, none.err); \
	} while (0)

	REFUSED(selinuxns_tree_set_without(tree, SELINUXNS_WITHOUT_POLICY |
							 SELINUXNS_WITHOUT_FILE_CONTEXTS));
	REFUSED(selinuxns_tree_set_without(tree, 4));
	REFUSED(selinuxns_tree_set_threads(tree, 257));
	REFUSED(selinuxns_tree_set_attribute(tree, "selinux"));
	REFUSED(selinuxns_tree_set_alternate_prefix(tree, "relative"));
	REFUSED(selinuxns_tree_add_exclude(tree, "relative"));
	REFUSED(selinuxns_tree_add_exclude(tree, "/a/../b"));
	ck_assert_int_eq(selinuxns_tree_set_threads(tree, 256), 0);
	ck_assert_int_eq(selinuxns_tree_set_root(tree, NULL), 0);
	ck_assert_int_eq(selinuxns_tree_set_alternate_prefix(tree, NULL), 0);
	ck_assert_uint_eq(selinuxns_tree_count(tree, (enum selinuxns_file)99), 0);
	ck_assert_uint_eq(selinuxns_tree_count(tree, (enum selinuxns_file) - 1), 0);
}
END_TEST

struct seen {
	unsigned int calls, inside, wrong;
	unsigned long long progress;
	int stop_at;
};

static int report(void *data, enum selinuxns_file kind, const char *path, const char *label,
		  const char *wanted, const char *message)
{
	struct seen *seen = data;

	/* One thread at a time: or these would meet. */
	if (__atomic_add_fetch(&seen->inside, 1, __ATOMIC_SEQ_CST) != 1)
		seen->wrong++;
	if (kind != SELINUXNS_FILE_CHANGED || path[0] != '/' || label[0] || message[0] ||
	    strcmp(wanted, path[1] == 'b' ? "u:object_r:other_t" : "u:object_r:some_t") != 0)
		seen->wrong++;
	seen->calls++;
	__atomic_sub_fetch(&seen->inside, 1, __ATOMIC_SEQ_CST);
	return seen->stop_at && (int)seen->calls == seen->stop_at;
}

static int progress(void *data, unsigned long long files)
{
	struct seen *seen = data;

	if (files < seen->progress)
		seen->wrong++;
	seen->progress = files;
	return seen->stop_at < 0;
}

START_TEST(callbacks_are_told_each_file_once)
{
	struct seen seen = { 0 };

	if (!has_attribute())
		return;
	ck_assert_int_eq(selinuxns_tree_set_threads(tree, 4), 0);
	ck_assert_int_eq(
		selinuxns_tree_set_report(tree, 1U << SELINUXNS_FILE_CHANGED, report, &seen), 0);
	ck_assert_int_eq(selinuxns_tree_set_progress(tree, progress, &seen), 0);
	ck_assert_int_eq(selinuxns_tree_apply(tree, "/", error), 1);
	ck_assert_uint_eq(seen.calls, N_FILES + 1);
	ck_assert_uint_eq(seen.wrong, 0);
	ck_assert_uint_ge(seen.progress, 1024);
	ck_assert_uint_eq(selinuxns_tree_count(tree, SELINUXNS_FILE_CHANGED), N_FILES + 1);
	ck_assert_int_eq(selinuxns_tree_advice(tree), SELINUXNS_ADVICE_NOTHING);
	ck_assert_int_eq(selinuxns_tree_check(tree, "/", error), 1);
	ck_assert_uint_eq(seen.calls, N_FILES + 1);
	ck_assert_uint_eq(selinuxns_tree_count(tree, SELINUXNS_FILE_FITS), N_FILES + 1);
}
END_TEST

/* Meanwhile others come to the lock, and one may have it before who waits. */
static int slow_progress(void *data, unsigned long long files)
{
	usleep(500);
	return progress(data, files);
}

START_TEST(progress_never_goes_back)
{
	int fd = memfd_create("names", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	for (int i = 0; i < 60000; i++)
		ck_assert_int_eq(write(fd, "a0", 3), 3);
	selinuxns_tree_set_names(tree, fd);
	selinuxns_tree_set_threads(tree, 16);
	for (int i = 0; i < 4; i++) {
		struct seen seen = { 0 };

		ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
		selinuxns_tree_set_progress(tree, slow_progress, &seen);
		ck_assert_int_ge(selinuxns_tree_check(tree, "/", error), 0);
		ck_assert_uint_gt(seen.progress, 30000);
		ck_assert_uint_eq(seen.wrong, 0);
	}
	close(fd);
}
END_TEST

/* Meanwhile each of the other threads holds a directory open, and waits. */
static int slow_report(void *data, enum selinuxns_file kind, const char *path, const char *label,
		       const char *wanted, const char *message)
{
	(void)data;
	(void)kind;
	(void)label;
	(void)wanted;
	(void)message;
	if (path[1] == 'd')
		usleep(1000);
	return 0;
}

START_TEST(threads_are_no_more_than_there_are_descriptors_for)
{
	struct rlimit limit, few;
	char path[128];

	for (int i = 0; i < 200; i++) {
		snprintf(path, sizeof(path), "%s/d%d", root, i);
		ck_assert_int_eq(mkdir(path, 0755), 0);
	}
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	few = (struct rlimit){ 48, limit.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	selinuxns_tree_set_threads(tree, 256);
	selinuxns_tree_set_report(tree, 1U << SELINUXNS_FILE_UNLABELED, slow_report, NULL);
	ck_assert_msg(selinuxns_tree_check(tree, "/", error) == 0, "%s",
		      selinuxns_error_message(error));
	ck_assert_uint_eq(selinuxns_tree_count(tree, SELINUXNS_FILE_FAILED), 0);
	ck_assert_uint_eq(selinuxns_tree_count(tree, SELINUXNS_FILE_UNLABELED), N_FILES + 201);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}
END_TEST

START_TEST(callbacks_can_end_it)
{
	struct seen seen = { .stop_at = 100 };

	if (!has_attribute())
		return;
	selinuxns_tree_set_report(tree, 1U << SELINUXNS_FILE_CHANGED, report, &seen);
	ck_assert_int_eq(selinuxns_tree_apply(tree, "/", error), -1);
	ck_assert_int_eq(errno, ECANCELED);
	ck_assert_int_eq(selinuxns_error_errno(error), ECANCELED);
	/* Other threads may have been before the lock. */
	ck_assert_uint_lt(seen.calls, 400);
	/* What was written stays, and the rest can be. */
	seen.stop_at = 0;
	ck_assert_int_eq(selinuxns_tree_apply(tree, "/", error), 1);
	ck_assert_uint_eq(seen.wrong, 0);
	ck_assert_uint_ge(seen.calls, N_FILES + 1);

	seen.stop_at = -1;
	selinuxns_tree_set_report(tree, 0, NULL, NULL);
	selinuxns_tree_set_progress(tree, progress, &seen);
	ck_assert_int_eq(selinuxns_tree_check(tree, "/", error), -1);
	ck_assert_int_eq(errno, ECANCELED);
}
END_TEST

/* Once the first walk has told this number, which does not grow any more, it is ended. */
static int end_second_walk(void *data, unsigned long long files)
{
	struct seen *seen = data;
	bool same = files == seen->progress;

	seen->progress = files;
	seen->calls++;
	return same;
}

/* A name of the file is not in the tree, so all of it is looked through again. */
START_TEST(callbacks_can_end_the_search_for_names)
{
	char name[128], outside[128];
	struct seen seen = { 0 };

	if (!has_attribute())
		return;
	snprintf(name, sizeof(name), "%s/a0", root);
	snprintf(outside, sizeof(outside), "%s/outside", top);
	ck_assert_int_eq(setxattr(name, ATTRIBUTE, "u:object_r:x_t", 15, 0), 0);
	ck_assert_int_eq(link(name, outside), 0);
	selinuxns_tree_set_threads(tree, 1);
	selinuxns_tree_set_progress(tree, end_second_walk, &seen);
	ck_assert_int_eq(selinuxns_tree_check(tree, "/", error), -1);
	ck_assert_int_eq(errno, ECANCELED);
	ck_assert_uint_eq(seen.calls, 2);
	ck_assert_uint_eq(seen.progress, 1024);
}
END_TEST

START_TEST(errors_are_told)
{
	ck_assert_int_eq(selinuxns_tree_check(tree, "/no", error), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_str_eq(selinuxns_error_step(error), "open tree");
	ck_assert_int_eq(selinuxns_tree_check(tree, "/a0/x", error), -1);
	ck_assert_int_eq(errno, ENOTDIR);
	selinuxns_tree_set_names(tree, 0);
	ck_assert_int_eq(selinuxns_tree_check(tree, "/a0", error), -1);
	ck_assert_int_eq(errno, ENOTDIR);
	selinuxns_tree_set_names(tree, 10000);
	ck_assert_int_eq(selinuxns_tree_check(tree, "/", error), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_str_eq(selinuxns_error_message(error),
			 "read list: descriptor 10000: Bad file descriptor");
	selinuxns_tree_set_names(tree, -1);
	selinuxns_tree_set_file_contexts(tree, "/no/such");
	ck_assert_int_eq(selinuxns_tree_check(tree, "/", NULL), -1);
	ck_assert_int_eq(errno, ENOENT);
	put(contexts, "/a(\tu:object_r:some_t\n");
	selinuxns_tree_set_file_contexts(tree, contexts);
	ck_assert_int_eq(selinuxns_tree_check(tree, "/", error), -1);
	ck_assert_int_eq(errno, EINVAL);
	selinuxns_tree_set_without(tree, SELINUXNS_WITHOUT_FILE_CONTEXTS);
	ck_assert_int_eq(selinuxns_tree_apply(tree, "/", error), -1);
	ck_assert_int_eq(errno, EINVAL);
	selinuxns_tree_set_root(tree, "/no/such");
	ck_assert_int_eq(selinuxns_tree_check(tree, "/", error), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_str_eq(selinuxns_error_step(error), "open root");
}
END_TEST

START_TEST(nothing_is_left)
{
	int before = open("/dev/null", O_RDONLY | O_CLOEXEC), after;
	char cwd[4096], cwd_after[4096];

	ck_assert_ptr_nonnull(getcwd(cwd, sizeof(cwd)));
	ck_assert_int_eq(selinuxns_tree_check(tree, "/", error), 0);
	ck_assert_int_eq(selinuxns_tree_check(tree, "/a0", error), 0);
	ck_assert_uint_eq(selinuxns_tree_count(tree, SELINUXNS_FILE_UNLABELED), 1);
	after = open("/dev/null", O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(after, before + 1);
	ck_assert_ptr_nonnull(getcwd(cwd_after, sizeof(cwd_after)));
	ck_assert_str_eq(cwd, cwd_after);
	close(after);
	close(before);
}
END_TEST

START_TEST(names_are_cleaned)
{
	static const struct {
		const char *given, *clean;
	} all[] = {
		{ "a/b", "a/b" }, { "/a//b/", "a/b" }, { "./a/./b/.", "a/b" },   { "", "" },
		{ "/", "" },      { ".", "" },         { "..a/b..", "..a/b.." }, { "a/..", NULL },
		{ "../a", NULL }, { "a/../b", NULL },  { "...", "..." },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		char name[32];
		long len;

		strcpy(name, all[i].given);
		len = names_clean(name);
		if (all[i].clean) {
			ck_assert_str_eq(name, all[i].clean);
			ck_assert_int_eq(len, (long)strlen(name));
		} else {
			ck_assert_int_eq(len, -1);
			ck_assert_int_eq(errno, EINVAL);
		}
	}
}
END_TEST

START_TEST(links_are_found_again)
{
	struct links links = LINKS_INIT(LINKS_MAX_BYTES);
	struct stat st = { .st_dev = 7, .st_nlink = 2 };

	for (unsigned int i = 0; i < 1000; i++) {
		st.st_ino = i;
		ck_assert_int_eq(links_add(&links, &st, "/b", (int)i, "x"), 0);
		ck_assert(links_incomplete(&links));
	}
	for (unsigned int i = 0; i < 1000; i++) {
		st.st_ino = i;
		ck_assert_int_eq(links_add(&links, &st, "/a", (int)i + 1, "a"), 0);
	}
	ck_assert(!links_incomplete(&links));
	links_sort(&links);
	for (unsigned int i = 0; i < 1000; i++) {
		const struct link_file *file;

		st.st_ino = i;
		file = links_find(&links, &st);
		ck_assert_ptr_nonnull(file);
		ck_assert_str_eq(file->names->path, "/a");
		ck_assert_int_eq(file->names->next->wanted, (int)i);
		ck_assert_int_eq(file->wanted, (int)i + 1);
	}
	st.st_dev = 8;
	ck_assert_ptr_null(links_find(&links, &st));
	links_free(&links);
}
END_TEST

START_TEST(many_names_of_a_file_are_sorted)
{
	struct links links = LINKS_INIT(LINKS_MAX_BYTES);
	struct stat st = { .st_dev = 7, .st_ino = 1, .st_nlink = 300000 };
	const struct link_name *name;
	unsigned int count = 0;
	char path[32];

	/* Quadratic, this would take minutes. */
	for (unsigned int i = 0; i < 300000; i++) {
		snprintf(path, sizeof(path), "/%06u", (unsigned int)(i * 7919ul % 300000));
		ck_assert_int_eq(links_add(&links, &st, path, 0, "x"), 0);
	}
	links_sort(&links);
	for (name = links_find(&links, &st)->names; name; name = name->next) {
		snprintf(path, sizeof(path), "/%06u", count++);
		ck_assert_str_eq(name->path, path);
	}
	ck_assert_uint_eq(count, 300000);
	links_free(&links);
}
END_TEST

START_TEST(no_more_names_than_there_is_room_for)
{
	struct links links = LINKS_INIT(1000);
	struct stat st = { .st_dev = 7, .st_nlink = 2 };
	unsigned int i;

	for (i = 0; i < 100; i++) {
		st.st_ino = i;
		if (links_add(&links, &st, "/some/path", 1, "x") < 0)
			break;
	}
	ck_assert_int_eq(errno, ENOSPC);
	ck_assert_uint_ge(i, 2);
	ck_assert_uint_lt(i, 20);
	/* Nor for a shorter one; but what it asks for counts. */
	st.st_ino = 0;
	ck_assert_int_eq(links_add(&links, &st, "/", 2, "a"), 1);
	ck_assert_int_eq(links_find(&links, &st)->wanted, 2);
	ck_assert_uint_eq(links_find(&links, &st)->unnamed, 1);
	links_free(&links);
}
END_TEST

/* With what finds them again. */
START_TEST(no_more_memory_than_there_is_room_for)
{
	struct links links = LINKS_INIT(1 << 20);
	struct stat st = { .st_dev = 7, .st_nlink = 2 };
	size_t files = 0, buckets;

	while (links_fit(&links, &st, true) == 0 && !links.full) {
		files++;
		st.st_ino++;
	}
	ck_assert_uint_gt(files, 1000);
	/* Both of these are there while there come to be more. */
	buckets = links.n_buckets + links.n_buckets / 2;
	ck_assert_uint_le(files * sizeof(struct link_file) + buckets * sizeof(struct link_file *),
			  links.max_bytes);
	links_free(&links);
}
END_TEST

START_TEST(too_many_names_are_told)
{
	char from[128], to[128];

	if (!has_attribute())
		return;
	for (int i = 0; i < 100; i++) {
		snprintf(from, sizeof(from), "%s/a%d", root, 2 * i);
		snprintf(to, sizeof(to), "%s/a-second-name-of-%d", root, 2 * i);
		ck_assert_int_eq(link(from, to), 0);
	}
	tree->links_bytes = 8000;
	ck_assert_int_eq(selinuxns_tree_apply(tree, "/", error), 0);
	ck_assert_uint_gt(selinuxns_tree_count(tree, SELINUXNS_FILE_FAILED), 0);
	ck_assert_uint_lt(selinuxns_tree_count(tree, SELINUXNS_FILE_FAILED), 200);
	/* What was done need not be remembered again. */
	for (int i = 0; i < 100 && selinuxns_tree_count(tree, SELINUXNS_FILE_FAILED); i++)
		selinuxns_tree_apply(tree, "/", error);
	ck_assert_uint_eq(selinuxns_tree_count(tree, SELINUXNS_FILE_FAILED), 0);
	ck_assert_int_eq(selinuxns_tree_check(tree, "/", error), 1);
	ck_assert_uint_eq(selinuxns_tree_count(tree, SELINUXNS_FILE_FITS), N_FILES + 100 + 1);
}
END_TEST

/* Of those that a check has no room for, each was told when it was come by. */
START_TEST(names_are_counted_once)
{
	unsigned long long files = 0;
	char from[128], to[128];

	if (!has_attribute())
		return;
	ck_assert_int_eq(selinuxns_tree_apply(tree, "/", error), 1);
	snprintf(from, sizeof(from), "%s/a0", root);
	for (int i = 0; i < 100; i++) {
		snprintf(to, sizeof(to), "%s/b-name-of-a0-%d", root, i);
		ck_assert_int_eq(link(from, to), 0);
	}
	tree->links_bytes = 1000;
	ck_assert_int_eq(selinuxns_tree_check(tree, "/", error), 0);
	ck_assert_uint_gt(selinuxns_tree_count(tree, SELINUXNS_FILE_FAILED), 0);
	for (int kind = 0; kind < TREE_KINDS; kind++)
		files += selinuxns_tree_count(tree, (enum selinuxns_file)kind);
	ck_assert_uint_eq(files, N_FILES + 100 + 1);
}
END_TEST

static int has_label(void *data, enum selinuxns_file kind, const char *path, const char *label,
		     const char *wanted, const char *message)
{
	unsigned int *right = data;

	*right += kind == SELINUXNS_FILE_FITS && message[0] == '\0' &&
		  strcmp(label, path[1] == 'b' && path[2] != '-' ? "u:object_r:other_t"
								 : "u:object_r:some_t") == 0 &&
		  strcmp(wanted, path[1] == 'b' ? "u:object_r:other_t" : "u:object_r:some_t") == 0;
	return 0;
}

START_TEST(what_fits_by_another_name_is_told_with_its_label)
{
	unsigned int right = 0;
	char from[128], to[128];

	if (!has_attribute())
		return;
	ck_assert_int_eq(selinuxns_tree_apply(tree, "/", error), 1);
	snprintf(from, sizeof(from), "%s/a0", root);
	snprintf(to, sizeof(to), "%s/b-name-of-a0", root);
	ck_assert_int_eq(link(from, to), 0);
	selinuxns_tree_set_report(tree, 1U << SELINUXNS_FILE_FITS, has_label, &right);
	ck_assert_int_eq(selinuxns_tree_check(tree, "/", error), 1);
	ck_assert_uint_eq(right, N_FILES + 1 + 1);
	right = 0;
	ck_assert_int_eq(selinuxns_tree_apply(tree, "/", error), 1);
	ck_assert_uint_eq(right, N_FILES + 1 + 1);
}
END_TEST

static void name_twice(const char *file)
{
	static const char *const suffixes[] = { "-1", "-2" };
	char from[128], to[136];

	snprintf(from, sizeof(from), "%s/%s", root, file);
	put(from, "");
	for (size_t i = 0; i < 2; i++) {
		snprintf(to, sizeof(to), "%s%s", from, suffixes[i]);
		ck_assert_int_eq(link(from, to), 0);
	}
	/* And outside of the tree. */
	snprintf(to, sizeof(to), "%s/outside-%s", top, file);
	ck_assert_int_eq(rename(from, to), 0);
}

/* The files that are put off are looked at last: when one is told, take names from the other. */
static int unlink_other(void *data, enum selinuxns_file kind, const char *path, const char *label,
			const char *wanted, const char *message)
{
	const int *names = data;
	char other[128];

	(void)label, (void)wanted, (void)message;
	if (kind != SELINUXNS_FILE_CHANGED || path[2] != '-')
		return 0;
	for (int i = 1; i <= *names; i++) {
		snprintf(other, sizeof(other), "%s/%c-%d", root, path[1] == 'x' ? 'y' : 'x', i);
		unlink(other);
	}
	return 0;
}

START_TEST(all_names_of_a_file_are_tried)
{
	int names = 1;

	if (!has_attribute())
		return;
	name_twice("x");
	name_twice("y");
	selinuxns_tree_set_report(tree, 1U << SELINUXNS_FILE_CHANGED, unlink_other, &names);
	ck_assert_int_eq(selinuxns_tree_apply(tree, "/", error), 1);
	ck_assert_uint_eq(selinuxns_tree_count(tree, SELINUXNS_FILE_CHANGED), N_FILES + 1 + 2);
	ck_assert_uint_eq(selinuxns_tree_count(tree, SELINUXNS_FILE_GONE), 1);
	ck_assert_uint_eq(selinuxns_tree_count(tree, SELINUXNS_FILE_FITS), 1);
}
END_TEST

START_TEST(a_file_that_is_left_under_another_name_has_failed)
{
	int names = 2;

	if (!has_attribute())
		return;
	name_twice("x");
	name_twice("y");
	selinuxns_tree_set_report(tree, 1U << SELINUXNS_FILE_CHANGED, unlink_other, &names);
	ck_assert_int_eq(selinuxns_tree_apply(tree, "/", error), 0);
	ck_assert_uint_eq(selinuxns_tree_count(tree, SELINUXNS_FILE_FAILED), 2);
	ck_assert_uint_eq(selinuxns_tree_count(tree, SELINUXNS_FILE_GONE), 0);
}
END_TEST

#define DEEP 45

/* So far below the root that no path leads there; all directories have names of that letter. */
static void name_twice_below(char letter)
{
	char name[201];
	int fd = open(root, O_PATH | O_CLOEXEC), below;

	memset(name, letter, sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (unsigned int i = 0; i < DEEP; i++) {
		ck_assert_int_eq(mkdirat(fd, name, 0755), 0);
		below = openat(fd, name, O_PATH | O_CLOEXEC);
		ck_assert_int_ge(below, 0);
		close(fd);
		fd = below;
	}
	close(openat(fd, "1", O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	ck_assert_int_eq(linkat(fd, "1", fd, "2", 0), 0);
	close(fd);
}

START_TEST(names_may_be_as_deep_as_it_takes)
{
	if (!has_attribute())
		return;
	name_twice_below('x');
	ck_assert_int_eq(selinuxns_tree_apply(tree, "/", error), 1);
	ck_assert_uint_eq(selinuxns_tree_count(tree, SELINUXNS_FILE_FAILED), 0);
	ck_assert_int_eq(selinuxns_tree_check(tree, "/", error), 1);
	ck_assert_uint_eq(selinuxns_tree_count(tree, SELINUXNS_FILE_FITS), N_FILES + 1 + DEEP + 2);
}
END_TEST

/* As unlink_other(): when the file at one end is told, the other end is moved out of the tree. */
static int move_other(void *data, enum selinuxns_file kind, const char *path, const char *label,
		      const char *wanted, const char *message)
{
	const char *last = strrchr(path, '/');
	char from[320], to[320], name[201];

	(void)data, (void)label, (void)wanted, (void)message;
	if (kind != SELINUXNS_FILE_CHANGED || strcmp(last, "/1") != 0)
		return 0;
	memset(name, path[1] == 'x' ? 'y' : 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	snprintf(from, sizeof(from), "%s/%s", root, name);
	snprintf(to, sizeof(to), "%s/%s", top, name);
	return rename(from, to);
}

START_TEST(what_is_deep_may_be_gone)
{
	if (!has_attribute())
		return;
	name_twice_below('x');
	name_twice_below('y');
	selinuxns_tree_set_report(tree, 1U << SELINUXNS_FILE_CHANGED, move_other, NULL);
	ck_assert_int_eq(selinuxns_tree_apply(tree, "/", error), 1);
	ck_assert_uint_eq(selinuxns_tree_count(tree, SELINUXNS_FILE_GONE), 2);
	ck_assert_uint_eq(selinuxns_tree_count(tree, SELINUXNS_FILE_FAILED), 0);
}
END_TEST

/* A directory and those in it, to be entered; it is closed. */
static struct dir *push_closed(struct pending *pending, struct dir *parent, const char *name,
			       const char *const *names)
{
	struct dir *dir = dir_new(parent, name, 1);
	struct statx stx;

	ck_assert_ptr_nonnull(dir);
	dir->fd = openat(parent->fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_eq(dir_look(dir->fd, "", &stx), 0);
	dir_set_identity(dir, &stx);
	for (; *names; names++) {
		ck_assert_int_eq(mkdirat(dir->fd, *names, 0755), 0);
		ck_assert_int_eq(dir_keep_name(dir, *names, strlen(*names)), 0);
	}
	ck_assert_int_eq(pending_push(pending, dir), 0);
	dir_unref(dir);
	ck_assert_int_eq(dir->fd, -1);
	return dir;
}

static int next_error(struct pending *pending)
{
	struct taken taken;
	int err;

	ck_assert_int_eq(pending_take_last(pending, &taken), 0);
	err = taken.dir->fd < 0 ? taken.err : 0;
	if (taken.parent >= 0)
		close(taken.parent);
	dir_unref(taken.dir);
	return err;
}

static void close_again(struct pending *pending, struct dir *dir)
{
	close(dir->fd);
	dir->fd = -1;
	pending->open--;
}

static void open_now(struct pending *pending, struct dir *dir)
{
	dir->fd = openat(dir->parent->fd, dir->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(dir->fd, 0);
	pending->open++;
}

/* From the nearest that is open: when a name of it is taken, and before that one leaves the stack. */
START_TEST(directories_are_opened_by_way_of_those_above)
{
	static const char *const outer_names[] = { "inner", "other", NULL };
	static const char *const inner_names[] = { "1", "2", NULL };
	struct dir *above = dir_new(NULL, "", 1), *outer, *inner;
	struct pending pending;
	struct taken taken;

	above->fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_eq(mkdirat(above->fd, "outer", 0755), 0);
	pending_init(&pending, 0);
	outer = push_closed(&pending, above, "outer", outer_names);
	open_now(&pending, outer);
	ck_assert_int_eq(pending_take_first(&pending, &taken), 0);
	dir_unref(taken.dir);
	inner = push_closed(&pending, outer, "inner", inner_names);
	ck_assert_int_eq(outer->fd, -1);

	open_now(&pending, outer);
	ck_assert_int_eq(next_error(&pending), 0);
	ck_assert_int_ge(inner->fd, 0);
	close_again(&pending, inner);
	/* The last of the first's names: it leaves the stack. */
	ck_assert_int_eq(pending_take_first(&pending, &taken), 0);
	ck_assert_str_eq(taken.dir->name, "other");
	dir_unref(taken.dir);
	ck_assert_uint_eq(pending.depth, 1);
	ck_assert_int_ge(inner->fd, 0);
	ck_assert_int_eq(next_error(&pending), 0);
	ck_assert_uint_eq(pending.depth, 0);
	pending_free(&pending);
	dir_unref(above);
}
END_TEST

START_TEST(directories_are_opened_again)
{
	static const char *const names[] = { "1", "2", "3", "4", "5", NULL };
	struct dir *above = dir_new(NULL, "", 1), *dir;
	struct pending pending;

	above->fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_eq(mkdirat(above->fd, "dir", 0755), 0);
	pending_init(&pending, 0);
	dir = push_closed(&pending, above, "dir", names);
	ck_assert_int_eq(next_error(&pending), 0);
	close_again(&pending, dir);
	/* Another mount is another directory. */
	dir->mount++;
	ck_assert_int_eq(next_error(&pending), ENOENT);
	dir->mount--;
	atomic_store(&dir->lost, false);
	ck_assert_int_eq(next_error(&pending), 0);
	close_again(&pending, dir);
	/* One that was moved is looked for once. */
	ck_assert_int_eq(renameat(above->fd, "dir", above->fd, "moved"), 0);
	ck_assert_int_eq(next_error(&pending), ENOENT);
	ck_assert_int_eq(renameat(above->fd, "moved", above->fd, "dir"), 0);
	ck_assert_int_eq(next_error(&pending), ENOENT);
	pending_free(&pending);

	/* By way of "..", it must also be of the same age; by its name it need not. */
	for (int older = 0; older < 2; older++) {
		const char *const one[] = { older ? "b" : "a", NULL };
		const char *const two[] = { older ? "c" : "d", older ? "e" : "f", NULL };

		pending_init(&pending, 0);
		dir = push_closed(&pending, above, "dir", two);
		ck_assert_int_eq(next_error(&pending), 0);
		push_closed(&pending, dir, two[0], one);
		ck_assert_int_eq(dir->fd, -1);
		dir->born -= older;
		ck_assert_int_eq(next_error(&pending), 0);
		ck_assert_int_eq(dir->fd < 0, older);
		ck_assert_int_eq(next_error(&pending), 0);
		pending_free(&pending);
	}
	dir_unref(above);
}
END_TEST

START_TEST(without_proc_nothing_is_gone)
{
	struct xattr_at at = { .moves = false };
	int file, dir;
	char value[8];

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
		printf("%s: not tested: no mount namespace: %s\n", __func__, strerror(errno));
		return;
	}
	file = open("/dev/null", O_PATH | O_CLOEXEC);
	dir = open("/dev", O_PATH | O_CLOEXEC);
	ck_assert_int_eq(xattr_enter(&at, dir), 0);
	ck_assert_int_eq(xattr_get(&at, "no such", ATTRIBUTE, value, sizeof(value)), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(mount("none", "/proc", "tmpfs", 0, NULL), 0);
#define LOST(call)                               \
	do {                                     \
		errno = 0;                       \
		ck_assert_int_eq((call), -1);    \
		ck_assert_int_eq(errno, ENODEV); \
	} while (0)
	LOST(xattr_get(&at, "null", ATTRIBUTE, value, sizeof(value)));
	LOST(xattr_get_fd(file, ATTRIBUTE, value, sizeof(value)));
	LOST(xattr_set_fd(file, ATTRIBUTE, "x", 1));
	ck_assert_int_eq(umount("/proc"), 0);
	close(dir);
	close(file);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tree");
	TCase *calls = tcase_create("calls"), *parts = tcase_create("parts");
	SRunner *runner;
	int failed;

	tcase_set_timeout(calls, 120);
	tcase_set_timeout(parts, 120);
	tcase_add_checked_fixture(calls, setup, teardown);
	tcase_add_test(calls, setters_refuse_what_cannot_be_meant);
	tcase_add_test(calls, callbacks_are_told_each_file_once);
	tcase_add_test(calls, progress_never_goes_back);
	tcase_add_test(calls, threads_are_no_more_than_there_are_descriptors_for);
	tcase_add_test(calls, callbacks_can_end_it);
	tcase_add_test(calls, callbacks_can_end_the_search_for_names);
	tcase_add_test(calls, errors_are_told);
	tcase_add_test(calls, nothing_is_left);
	tcase_add_test(parts, names_are_cleaned);
	tcase_add_test(parts, links_are_found_again);
	tcase_add_test(calls, too_many_names_are_told);
	tcase_add_test(calls, names_are_counted_once);
	tcase_add_test(calls, what_fits_by_another_name_is_told_with_its_label);
	tcase_add_test(calls, all_names_of_a_file_are_tried);
	tcase_add_test(calls, a_file_that_is_left_under_another_name_has_failed);
	tcase_add_test(calls, names_may_be_as_deep_as_it_takes);
	tcase_add_test(calls, what_is_deep_may_be_gone);
	tcase_add_test(calls, directories_are_opened_by_way_of_those_above);
	tcase_add_test(calls, directories_are_opened_again);
	tcase_add_test(parts, many_names_of_a_file_are_sorted);
	tcase_add_test(parts, no_more_names_than_there_is_room_for);
	tcase_add_test(parts, no_more_memory_than_there_is_room_for);
	tcase_add_test(parts, without_proc_nothing_is_gone);
	suite_add_tcase(suite, calls);
	suite_add_tcase(suite, parts);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
