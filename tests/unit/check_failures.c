/* SPDX-License-Identifier: MIT */
/*
 * check_failures.c - labels of a tree, where a call of the kernel's or memory fails: each in turn.
 *
 * What holds whatever fails: no more files are said to fit than do, nothing is written but the label
 * that is wanted, what is left undone is done the next time, an error says what it was, and no
 * descriptor is left. Goes by an attribute in user., so that it needs no root.
 */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <selinux/selinuxns.h>
#include <sepol/sepol.h>

#include "fails.h"
#include "files.h"

#define ATTRIBUTE "user.selinuxns.test"
#define LONG      "a-directory-whose-name-is-longer-than-what-there-is-room-for-at-first"
#define N_KINDS   (SELINUXNS_FILE_SKIPPED + 1)

static char top[64], root[80];
static bool without_policy;
static struct selinuxns_tree *tree;
static struct selinuxns_error *error;

/* What one of the tree's calls said. */
struct answer {
	int rc, err;
	unsigned long long counts[N_KINDS];
};

/* ---- the tree --------------------------------------------------------------------------------- */

static const struct {
	const char *name, *label, *wanted, *or_wanted; /* NULL: none; stays as it is */
} files[] = {
	{ "", NULL, "u:object_r:f", NULL },
	{ "a", "u:object_r:g", "u:object_r:f", NULL },
	{ "b", "u:object_r:f", "u:object_r:f", NULL },
	{ "c", "no context", "u:object_r:f", NULL },
	{ "custom", "u:object_r:x", NULL, NULL },
	{ "sub", "u:object_r:f", "u:object_r:f", NULL },
	{ "sub/d", "u:object_r:f", "u:object_r:g", NULL },
	{ "user", "v:object_r:g", "v:object_r:f", NULL }, /* only the type counts */
	{ "sub/" LONG, NULL, "u:object_r:f", NULL },
	{ "sub/" LONG "/e1", NULL, "u:object_r:g", NULL },
	{ "other", "u:object_r:f", "u:object_r:f", NULL },
	{ "other/f", NULL, "u:object_r:f", NULL },
	/*
	 * Each has a second name in sub/, by which it should have f: which counts, unless that name
	 * could not be seen.
	 */
	{ "other/two", "u:object_r:t", "u:object_r:f", "u:object_r:g" },
	{ "other/three", "u:object_r:f", NULL, "u:object_r:g" },
};
#define N_FILES (sizeof(files) / sizeof(files[0]))

static const char *path_of(size_t i)
{
	static char path[sizeof(root) + 128];

	snprintf(path, sizeof(path), "%s/data%s%s", root, files[i].name[0] ? "/" : "",
		 files[i].name);
	return path;
}

static void label_files(void)
{
	for (size_t i = 0; i < N_FILES; i++) {
		const char *path = path_of(i), *label = files[i].label;

		if (label)
			ck_assert_int_eq(lsetxattr(path, ATTRIBUTE, label, strlen(label) + 1, 0),
					 0);
		else
			removexattr(path, ATTRIBUTE);
	}
}

static void put(const char *name, const char *text)
{
	char path[sizeof(root) + 128];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	make_file(path, text, strlen(text));
}

static void make_dir(const char *name)
{
	char path[sizeof(root) + 128];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	make_dirs(path);
}

static const char cil[] =
	"(class process (transition))(class file (read))(classorder (process file))"
	"(sid kernel)(sidorder (kernel))(sensitivity s0)(sensitivityorder (s0))"
	"(category c0)(categoryorder (c0))(sensitivitycategory s0 (c0))"
	"(user u)(role r)(role object_r)(userrole u r)(userrole u object_r)(userlevel u (s0))"
	"(userrange u ((s0) (s0)))(user v)(userrole v object_r)(userlevel v (s0))"
	"(userrange v ((s0) (s0)))(type t)(type f)(type g)(type x)(roletype r t)"
	"(roletype object_r t)(roletype object_r f)(roletype object_r g)(roletype object_r x)"
	"(sidcontext kernel (u r t ((s0) (s0))))(allow t f (file (read)))";

static void make_policy(void)
{
	char path[sizeof(root) + 128];

	snprintf(path, sizeof(path), "%s/etc/selinux/type/policy/policy.%d", root,
		 sepol_policy_kern_vers_max());
	without_policy = !compile_policy(path, cil, false);
	if (without_policy)
		puts("not run: with a policy (secilc failed or is not installed)");
}

static void second_name(const char *name)
{
	char from[sizeof(root) + 128], to[sizeof(root) + 128];

	snprintf(from, sizeof(from), "%s/data/other/%s", root, name);
	snprintf(to, sizeof(to), "%s/data/sub/%s", root, name);
	ck_assert_int_eq(link(from, to), 0);
}

static void make_root(void)
{
	char path[sizeof(root) + 128];

	snprintf(path, sizeof(path), "%s/etc/selinux/type/contexts/customizable_types", root);
	make_dir("etc/selinux/type/policy");
	make_dir("etc/selinux/type/contexts/files");
	make_dir("data/sub/" LONG);
	make_dir("data/other");
	put("etc/selinux/config", "SELINUX=enforcing\nSELINUXTYPE=type\n");
	put("etc/selinux/type/contexts/files/file_contexts",
	    "/srv(/.*)?\tu:object_r:f\n/srv/sub/d\tu:object_r:g\n/srv/sub/.*/[de]+[0-9]\tu:object_r:g\n");
	put("etc/selinux/type/contexts/files/file_contexts.local",
	    "/srv/other/t.*\t--\tu:object_r:g\n");
	put("etc/selinux/type/contexts/files/file_contexts.subs", "/data\t/srv\n");
	put("etc/selinux/type/contexts/files/file_contexts.subs_dist", "/mnt /srv\n");
	/* A NUL ends a line, too. */
	make_file(path, "# types\n  x  \0q\n", sizeof("# types\n  x  \0q\n") - 1);
	put("etc/selinux/type/contexts/removable_context", "u:object_r:x \n");
	make_policy();
	for (size_t i = 1; i < N_FILES; i++)
		if (access(path_of(i), F_OK) < 0)
			make_file(path_of(i), "", 0);
	put("data/out", "");
	second_name("two");
	second_name("three");
	label_files();
}

/* Where files have such an attribute; in memory, if they do there. */
static bool make_top(void)
{
	static const char *const places[] = { "/dev/shm", "/tmp", "." };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(top, sizeof(top), "%s/check_failures.XXXXXX", places[i]);
		if (!mkdtemp(top))
			continue;
		if (setxattr(top, ATTRIBUTE, "x", 1, 0) == 0)
			return true;
		remove_tree(top);
	}
	return false;
}

static void setup(void)
{
	ck_assert(make_top());
	snprintf(root, sizeof(root), "%s/root", top);
	make_dirs(root);
	make_root();
	error = selinuxns_error_new();
	tree = selinuxns_tree_new();
	ck_assert_ptr_nonnull(tree);
	ck_assert_int_eq(selinuxns_tree_set_root(tree, root), 0);
	ck_assert_int_eq(selinuxns_tree_set_attribute(tree, ATTRIBUTE), 0);
	ck_assert_int_eq(selinuxns_tree_set_threads(tree, 1), 0);
	ck_assert_int_eq(selinuxns_tree_add_exclude(tree, "/data/out"), 0);
	if (without_policy)
		ck_assert_int_eq(selinuxns_tree_set_without(tree, SELINUXNS_WITHOUT_POLICY), 0);
}

static void teardown(void)
{
	selinuxns_tree_free(tree);
	selinuxns_error_free(error);
	remove_tree(top);
}

/* ---- what is asked ------------------------------------------------------------------------------ */

struct question {
	const char *path;
	bool apply, list, one_file_system;
	unsigned int threads;
};

/* The list comes by a pipe. */
static int names_of_some(void)
{
	static const char names[] = "a\0./sub//d\0" LONG "\0no\0../a\0sub/two\0.\0";
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write(ends[1], names, sizeof(names) - 1), sizeof(names) - 1);
	close(ends[1]);
	return ends[0];
}

/* With a failure of the call number @n with @err, if there are so many. Returns whether. */
static bool ask(const struct question *question, int n, int err, struct answer *answer)
{
	int fd = next_fd(), names = question->list ? names_of_some() : -1;
	bool failed;

	*answer = (struct answer){ 0 };
	selinuxns_tree_set_threads(tree, question->threads);
	selinuxns_tree_set_names(tree, names);
	selinuxns_tree_set_one_file_system(tree, question->one_file_system);
	fails_begin(FAILS_CALLS, n, err);
	errno = 0;
	answer->rc = (question->apply ? selinuxns_tree_apply
				      : selinuxns_tree_check)(tree, question->path, error);
	answer->err = errno;
	failed = fails_end();
	for (int kind = 0; kind < N_KINDS; kind++)
		answer->counts[kind] = selinuxns_tree_count(tree, kind);
	if (names >= 0)
		close(names);
	ck_assert_int_eq(next_fd(), fd);
	return failed;
}

static unsigned long long right(const struct answer *answer)
{
	return answer->counts[SELINUXNS_FILE_FITS] + answer->counts[SELINUXNS_FILE_CHANGED] +
	       answer->counts[SELINUXNS_FILE_UNSPECIFIED];
}

/* What could not be looked at is told, or all was. */
static bool tells_all(const struct answer *answer, const struct answer *usual)
{
	unsigned long long all = 0;

	for (int kind = 0; kind < N_KINDS; kind++)
		all += answer->counts[kind] - usual->counts[kind];
	return all == 0 ||
	       answer->counts[SELINUXNS_FILE_FAILED] > usual->counts[SELINUXNS_FILE_FAILED] ||
	       answer->counts[SELINUXNS_FILE_GONE] > usual->counts[SELINUXNS_FILE_GONE];
}

/* The label that it had is not known, or not as one. */
static bool is_unknown(int err)
{
	return err == ERANGE || err == EOPNOTSUPP;
}

/* A file or directory of the tree's that is gone is none that failed, and no name of another's. */
static bool is_gone(int err)
{
	return err == ENOENT || err == ENOTDIR;
}

/* Nor is a file of the policy's, which are opened in the root: that is another policy. */
static bool is_missing(int err)
{
	const char *which = fails_which();

	return is_gone(err) && (strcmp(which, "openat2") == 0 || strcmp(which, "fstat") == 0);
}

/* What could not be looked at is not said to differ. */
static bool is_told_to_differ(const struct answer *answer, const struct answer *usual)
{
	return answer->counts[SELINUXNS_FILE_DIFFERS] > usual->counts[SELINUXNS_FILE_DIFFERS];
}

/* Each has what it had, or what is wanted; @all: what is wanted. */
static void look_at_labels(bool all, int err, const char *what)
{
	for (size_t i = 0; i < N_FILES; i++) {
		const char *had = files[i].label ?: "", *wanted = files[i].wanted ?: had;
		char label[64] = "";

		lgetxattr(path_of(i), ATTRIBUTE, label, sizeof(label) - 1);
		if (files[i].or_wanted && strcmp(label, files[i].or_wanted) == 0)
			continue;
		if ((is_missing(err) && strcmp(files[i].name, "custom") == 0) ||
		    ((without_policy || is_unknown(err)) && strcmp(files[i].name, "user") == 0))
			continue;
		ck_assert_msg(strcmp(label, wanted) == 0 || (!all && strcmp(label, had) == 0),
			      "%s: %s has %s", what, path_of(i), label);
	}
}

/* Where memory runs out no label is said to be none of the policy. */
static bool is_told_invalid(const struct answer *answer, const struct answer *usual)
{
	return answer->counts[SELINUXNS_FILE_INVALID] > usual->counts[SELINUXNS_FILE_INVALID];
}

static void judge(const struct question *question, const struct answer *answer,
		  const struct answer *usual, int err, const char *what)
{
	if (answer->rc < 0) {
		ck_assert_msg(answer->err && answer->err == selinuxns_error_errno(error),
			      "%s: errno %d, error %d", what, answer->err,
			      selinuxns_error_errno(error));
		ck_assert_msg(selinuxns_error_step(error)[0] && selinuxns_error_message(error)[0],
			      "%s: says nothing", what);
	} else {
		ck_assert_int_eq(selinuxns_error_errno(error), 0);
		ck_assert_msg(tells_all(answer, usual), "%s: not all is told", what);
		ck_assert_msg(is_gone(err) || is_unknown(err) || !is_told_to_differ(answer, usual),
			      "%s: said to differ", what);
		ck_assert_msg(err != ENOMEM || !is_told_invalid(answer, usual), "%s: invalid",
			      what);
		ck_assert_msg(is_missing(err) || right(answer) <= right(usual), "%s: %llu fit",
			      what, right(answer));
		ck_assert_msg(is_gone(err) || answer->rc <= usual->rc, "%s: fits", what);
	}
	look_at_labels(false, err, what);
	if (question->apply) {
		struct answer again;

		ck_assert_msg(!ask(question, -1, 0, &again) && again.rc == 1, "%s: again: %s", what,
			      selinuxns_error_message(error));
		look_at_labels(true, err, what);
		label_files();
	}
}

static void exhaust(const struct question *question, int least)
{
	static const int errors[] = { EIO,    ENOENT,  EACCES, EPERM,  EMFILE,
				      ENOMEM, ENOTDIR, EBADF,  ERANGE, EOPNOTSUPP };
	struct answer usual, answer;
	char what[96];
	int n;

	ck_assert(!ask(question, -1, 0, &usual));
	ck_assert_msg(usual.rc == question->apply, "%s", selinuxns_error_message(error));
	label_files();
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		for (n = 0; ask(question, n, errors[i], &answer); n++) {
			snprintf(what, sizeof(what), "%s number %d: %s", fails_which(), n,
				 strerror(errors[i]));
			judge(question, &answer, &usual, errors[i], what);
		}
		ck_assert_int_eq(answer.rc, usual.rc);
		ck_assert_int_ge(n, least);
		label_files();
	}
}

START_TEST(check)
{
	exhaust(&(struct question){ .path = "/data", .threads = 1 }, 100);
}
END_TEST

START_TEST(apply)
{
	exhaust(&(struct question){ .path = "/data", .apply = true, .threads = 1 }, 100);
}
END_TEST

START_TEST(one_file)
{
	exhaust(&(struct question){ .path = "/data/a", .threads = 1 }, 40);
}
END_TEST

START_TEST(list)
{
	exhaust(&(struct question){ .path = "/data", .list = true, .threads = 1 }, 60);
}
END_TEST

START_TEST(threads)
{
	exhaust(&(struct question){ .path = "/data", .threads = 3, .one_file_system = true }, 100);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("failures");
	TCase *tcase = tcase_create("each in turn");
	SRunner *runner;
	int failures;

	if (!make_top()) {
		printf("not run: no attribute in user. in /dev/shm, /tmp and here: %s\n",
		       strerror(errno));
		return 77;
	}
	remove_tree(top);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 300);
	tcase_add_test(tcase, check);
	tcase_add_test(tcase, apply);
	tcase_add_test(tcase, one_file);
	tcase_add_test(tcase, list);
	tcase_add_test(tcase, threads);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failures = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
