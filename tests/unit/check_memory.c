/* SPDX-License-Identifier: MIT */
/*
 * check_memory.c - the library where memory runs out: at each of its allocations in turn.
 *
 * Each call is repeated until it comes through without the failure (fails.h): until then it says ENOMEM,
 * and leaves no descriptor; what it leaves of memory valgrind and the sanitizers see.
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
#include <unistd.h>

#include <selinux/selinuxns.h>
#include <sepol/sepol.h>

#include "fails.h"
#include "files.h"
#include "ns/command.h"
#include "ns/plan.h"
#include "policy/policy.h"
#include "policy/same.h"

static char dir[] = "/tmp/check_memory.XXXXXX";
static char path[sizeof(dir) + 32]; /* a policy, or "" */
static struct selinuxns_policy *policy;
static struct selinuxns_error err;

/* Repeats the call until no allocation of it fails any more. At least @least of them did. */
static void exhaust(int (*call)(void), int least)
{
	int fd = next_fd();

	for (int n = 0;; n++) {
		bool failed;
		int rc, err;

		fails_begin(FAILS_MEMORY, n, ENOMEM);
		errno = 0;
		rc = call();
		err = errno;
		failed = fails_end();
		ck_assert_int_eq(next_fd(), fd);
		if (!failed) {
			ck_assert_int_ge(n, least);
			return;
		}
		ck_assert_msg(rc == -1 && err == ENOMEM, "allocation %d (%s): %d, errno %d", n,
			      fails_which(), rc, err);
	}
}

/* ---- the calls -------------------------------------------------------------------- */

static struct selinuxns_plan *plan;

static int make_error(void)
{
	struct selinuxns_error *made = selinuxns_error_new();

	selinuxns_error_free(made);
	return made ? 0 : -1;
}

static int make_plan(void)
{
	struct selinuxns_plan *made = selinuxns_plan_new();

	selinuxns_plan_free(made);
	return made ? 0 : -1;
}

static int set_strings(void)
{
	return selinuxns_plan_set_root(plan, "/somewhere") < 0 ||
			       selinuxns_plan_set_workdir(plan, "/there") < 0 ||
			       selinuxns_plan_set_context(plan, "u:r:t:s0") < 0 ||
			       selinuxns_plan_set_exec_context(plan, "u:r:t:s0") < 0
		       ? -1
		       : 0;
}

static int set_boolean(void)
{
	static char name[16];
	static int n;

	snprintf(name, sizeof(name), "b%d", n++);
	return selinuxns_plan_set_boolean(plan, name, 1);
}

static int set_environment(void)
{
	static char a[] = "A=1", b[] = "B=2";
	char *environment[] = { a, b, NULL };

	return selinuxns_plan_set_environment(plan, environment);
}

static int keep_fd(void)
{
	return selinuxns_plan_keep_fd(plan, 0);
}

static int make_command(void)
{
	static char name[] = "true";
	char *argv[] = { name, NULL };
	struct command command = { 0 };
	struct work work = { .plan = plan, .error = &err };
	int rc = command_make(&command, &work, argv);

	command_release(&command);
	return rc;
}

START_TEST(plans)
{
	plan = selinuxns_plan_new();
	ck_assert_ptr_nonnull(plan);
	exhaust(make_error, 1);
	exhaust(make_plan, 1);
	exhaust(set_strings, 4);
	exhaust(set_boolean, 2);
	exhaust(set_environment, 3);
	exhaust(keep_fd, 1);
	exhaust(make_command, 3);
	/* A setter that failed changed nothing, and none of it is lost. */
	ck_assert_str_eq(plan->root, "/somewhere");
	ck_assert_str_eq(plan->environment[1], "B=2");
	selinuxns_plan_free(plan);
}
END_TEST

static int open_file(void)
{
	struct selinuxns_policy *made;
	int rc = selinuxns_policy_open_file(&made, path, &err);

	selinuxns_policy_free(made);
	return rc;
}

static int open_memory(void)
{
	struct selinuxns_policy *made;
	int rc = selinuxns_policy_open_memory(&made, policy->image.data, policy->image.size,
					      "memory", &err);

	selinuxns_policy_free(made);
	return rc;
}

static int check_context(void)
{
	return selinuxns_policy_check_context(policy, "u:r:t", &err);
}

static int check_boolean(void)
{
	return selinuxns_policy_check_boolean(policy, "b", &err);
}

static size_t n_booleans = 1;

static int may_execute(void)
{
	static char name[] = "b";
	const struct boolean on = { .name = name, .on = true };
	const struct policy_exec exec = {
		.context = "u:r:t",
		.exec_context = "u:r:x",
		.booleans = &on,
		.n_booleans = n_booleans,
		.file = "/bin/true",
		.label = "u:object_r:f",
	};

	return policy_may_execute(policy, &exec, &err);
}

/* The boolean is off in the policy, whose image is then asked as it is. */
static int may_not_execute(void)
{
	int rc;

	n_booleans = 0;
	rc = may_execute();
	n_booleans = 1;
	return rc == -1 && errno == EACCES ? 0 : -1;
}

/* Of the same length, so that libsepol is to say. */
static struct image other;

static int compare_images(void)
{
	return image_same(&policy->image, &other) < 0 ? -1 : 0;
}

static void change_image(void)
{
	other = policy->image;
	other.data = malloc(other.size);
	ck_assert_ptr_nonnull(other.data);
	memcpy(other.data, policy->image.data, other.size);
	((char *)other.data)[other.size - 1] ^= 1;
}

START_TEST(policies)
{
	change_image();
	exhaust(open_file, 5);
	exhaust(open_memory, 5);
	exhaust(check_context, 5);
	exhaust(check_boolean, 3);
	exhaust(may_execute, 4);
	exhaust(may_not_execute, 2);
	exhaust(compare_images, 4);
	free(other.data);
}
END_TEST

static char contexts_path[sizeof(dir) + 32];

static int look_up(void)
{
	struct selinuxns_file_contexts *contexts =
		selinuxns_file_contexts_open_file(contexts_path, &err);
	const char *context;
	int rc = -1, saved;

	if (contexts)
		rc = selinuxns_file_contexts_lookup(contexts, "/etc//passwd", S_IFREG, &context,
						    &err);
	saved = errno;
	selinuxns_file_contexts_free(contexts);
	errno = saved;
	return rc < 0 ? -1 : 0;
}

START_TEST(file_contexts)
{
	FILE *f;

	snprintf(contexts_path, sizeof(contexts_path), "%s/file_contexts", dir);
	f = fopen(contexts_path, "we");
	ck_assert_ptr_nonnull(f);
	fputs("/.* u:object_r:f\n/etc(/.*)? u:object_r:f\n/bin/.* -- u:object_r:g\n", f);
	ck_assert_int_eq(fclose(f), 0);
	exhaust(look_up, 8);
	unlink(contexts_path);
}
END_TEST

static struct selinuxns_tree *tree;

static int make_tree(void)
{
	struct selinuxns_tree *made = selinuxns_tree_new();

	selinuxns_tree_free(made);
	return made ? 0 : -1;
}

static int set_tree(void)
{
	return selinuxns_tree_set_root(tree, "/somewhere") < 0 ||
			       selinuxns_tree_set_file_contexts(tree, "/else") < 0 ||
			       selinuxns_tree_set_alternate_prefix(tree, "/a//prefix/") < 0 ||
			       selinuxns_tree_set_attribute(tree, "user.label") < 0 ||
			       selinuxns_tree_add_exclude(tree, "/a//b") < 0
		       ? -1
		       : 0;
}

START_TEST(trees)
{
	tree = selinuxns_tree_new();
	ck_assert_ptr_nonnull(tree);
	exhaust(make_tree, 1);
	exhaust(set_tree, 6);
	selinuxns_tree_free(tree);
}
END_TEST

/* What the answers are where memory does not run out. */
START_TEST(answers)
{
	struct policy_exec exec = { .context = "u:r:t",
				    .file = "/bin/true",
				    .label = "u:object_r:f" };
	struct selinuxns_policy *made;

	ck_assert_int_eq(check_context(), 0);
	ck_assert_int_eq(check_boolean(), 0);
	ck_assert_int_eq(may_execute(), 0);
	exec.context = "u:r:unknown";
	ck_assert_int_eq(policy_may_execute(policy, &exec, &err), -1);
	ck_assert_int_eq(errno, EINVAL);
	exec.context = "u:r:t";
	exec.exec_context = "u:r:unknown";
	ck_assert_int_eq(policy_may_execute(policy, &exec, &err), -1);
	ck_assert_int_eq(errno, EINVAL);
	/* Nothing allows this one to leave x. */
	exec.context = "u:r:x";
	exec.exec_context = "u:r:t";
	ck_assert_int_eq(policy_may_execute(policy, &exec, &err), -1);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_msg(strstr(selinuxns_error_message(&err), "allow x t:process transition;") !=
			      NULL,
		      "%s", selinuxns_error_message(&err));
	exec.exec_context = NULL;
	exec.label = "u:object_r:unknown";
	ck_assert_int_eq(policy_may_execute(policy, &exec, &err), 1);
	/* Only the size is looked at. */
	ck_assert_int_eq(selinuxns_policy_open_memory(&made, "", ((size_t)256 << 20) + 1, "giant",
						      &err),
			 -1);
	ck_assert_int_eq(errno, EFBIG);
	ck_assert_ptr_null(made);
}
END_TEST

/* ---- a policy ------------------------------------------------------------------------ */

static const char cil[] =
	"(class process (transition))(class file (execute entrypoint execute_no_trans))"
	"(classorder (process file))(sid kernel)(sidorder (kernel))"
	"(sensitivity s0)(sensitivityorder (s0))(category c0)(categoryorder (c0))"
	"(sensitivitycategory s0 (c0))(user u)(role r)(role object_r)(userrole u r)"
	"(userrole u object_r)(userlevel u (s0))(userrange u ((s0) (s0)))"
	"(type t)(type x)(type f)(roletype r t)(roletype r x)(roletype object_r f)"
	"(sidcontext kernel (u r t ((s0) (s0))))(boolean b false)"
	"(role q)(roletype q t)(roletype q x)(roletransition r t process q)(roletransition r x process q)"
	"(booleanif b (true (allow t x (process (transition)))))"
	"(allow t f (file (execute)))(allow x f (file (entrypoint)))";

static void build_policy(void)
{
	snprintf(path, sizeof(path), "%s/policy.%d", dir, sepol_policy_kern_vers_max());
	if (compile_policy(path, cil, false) &&
	    selinuxns_policy_open_file(&policy, path, &err) == 0)
		return;
	printf("not run: tests of a policy (secilc failed or is not installed): %s\n",
	       selinuxns_error_message(&err));
	path[0] = '\0';
}

int main(void)
{
	Suite *suite = suite_create("memory");
	TCase *tcase = tcase_create("runs out");
	SRunner *runner;
	int failures;

	if (!mkdtemp(dir))
		return EXIT_FAILURE;
	build_policy();
	tcase_add_test(tcase, plans);
	tcase_add_test(tcase, file_contexts);
	tcase_add_test(tcase, trees);
	if (path[0]) {
		tcase_add_test(tcase, policies);
		tcase_add_test(tcase, answers);
	}
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failures = srunner_ntests_failed(runner);
	srunner_free(runner);
	selinuxns_policy_free(policy);
	remove_tree(dir);
	return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
