/* SPDX-License-Identifier: MIT */
/*
 * check_fault.c - tests of sim/fault: which specifications are taken, what is
 * said of the others, and when one strikes.
 *
 * Check runs each test in a process of its own, so each begins without faults.
 */
#include <check.h>
#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "fault.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void add(const char *spec)
{
	const char *why = NULL;

	ck_assert_msg(fault_add(spec, &why) == 0, "%s: %s", spec, why ? why : "(no sentence)");
}

static void strikes(const char *operation, const char *comm, enum fault_kind kind, int err)
{
	struct fault fault = fault_strike(operation, comm);

	ck_assert_msg(fault.kind == kind && fault.err + fault.signal == err,
		      "%s: kind %d, errno %d, signal %d", operation, fault.kind, fault.err,
		      fault.signal);
}

START_TEST(nothing_at_first)
{
	ck_assert(!fault_any());
	ck_assert(!fault_needs_comm());
	ck_assert_int_eq(fault_syscall(0), -1);
	ck_assert_ptr_null(fault_syscall_name(0));
	strikes("mount", NULL, FAULT_NOT, 0);
}
END_TEST

static const struct {
	const char *spec, *operation;
	enum fault_kind kind;
	int err, number;
} good[] = {
	{ "mount:EPERM", "mount", FAULT_ERRNO, EPERM, SYS_mount },
	{ "umount2:EBUSY:1", "umount2", FAULT_ERRNO, EBUSY, SYS_umount2 },
	{ "unshare:ENOSPC:*", "unshare", FAULT_ERRNO, ENOSPC, SYS_unshare },
	{ "openat2:ENOSYS", "openat2", FAULT_ERRNO, ENOSYS, SYS_openat2 },
	{ "fsopen:EPERM", "fsopen", FAULT_ERRNO, EPERM, SYS_fsopen },
	{ "move_mount:EINVAL", "move_mount", FAULT_ERRNO, EINVAL, SYS_move_mount },
	{ "read:EAGAIN", "read", FAULT_ERRNO, EAGAIN, SYS_read },
	{ "read:EWOULDBLOCK", "read", FAULT_ERRNO, EAGAIN, SYS_read },
	{ "lsm_get_self_attr:EOPNOTSUPP", "lsm_get_self_attr", FAULT_ERRNO, EOPNOTSUPP, 459 },
	{ "lsm_set_self_attr:ENOTSUP", "lsm_set_self_attr", FAULT_ERRNO, EOPNOTSUPP, 460 },
	{ "lsm_list_modules:ENOSYS", "lsm_list_modules", FAULT_ERRNO, ENOSYS, 461 },
	{ "lsm_get_self_attr:none", "lsm_get_self_attr", FAULT_NONE, 0, 459 },
	{ "lsm_get_self_attr:short", "lsm_get_self_attr", FAULT_SHORT, 0, 459 },
	{ "lsm_get_self_attr:long", "lsm_get_self_attr", FAULT_LONG, 0, 459 },
	{ "selinuxfs/load/open:EACCES", "selinuxfs/load/open", FAULT_ERRNO, EACCES, -1 },
	{ "selinuxfs/load/write:EIO", "selinuxfs/load/write", FAULT_ERRNO, EIO, -1 },
	{ "selinuxfs/load/write:short", "selinuxfs/load/write", FAULT_SHORT, 0, -1 },
	{ "selinuxfs/booleans/foo/write:EIO", "selinuxfs/booleans/foo/write", FAULT_ERRNO, EIO,
	  -1 },
	{ "selinuxfs/class/file/perms/read/open:EIO", "selinuxfs/class/file/perms/read/open",
	  FAULT_ERRNO, EIO, -1 },
	{ "selinuxfs/enforce/read:long", "selinuxfs/enforce/read", FAULT_LONG, 0, -1 },
	{ "attr/current/read:short", "attr/current/read", FAULT_SHORT, 0, -1 },
	{ "attr/exec/write:EINVAL", "attr/exec/write", FAULT_ERRNO, EINVAL, -1 },
	{ "read:short", "read", FAULT_SHORT, 0, SYS_read },
	{ "pwrite64:short", "pwrite64", FAULT_SHORT, 0, SYS_pwrite64 },
	{ "mount:SIGKILL", "mount", FAULT_SIGNAL, SIGKILL, SYS_mount },
	{ "mount:SIGTERM-after", "mount", FAULT_SIGNAL_AFTER, SIGTERM, SYS_mount },
	{ "selinuxfs/load/write:SIGKILL-after", "selinuxfs/load/write", FAULT_SIGNAL_AFTER, SIGKILL,
	  -1 },
	{ "attr/exec/write:SIGKILL-parent", "attr/exec/write", FAULT_SIGNAL_PARENT, SIGKILL, -1 },
};

START_TEST(taken)
{
	const char *operation = good[_i].operation;

	add(good[_i].spec);
	ck_assert(fault_any());
	ck_assert_int_eq(fault_syscall(0), good[_i].number);
	ck_assert_int_eq(fault_syscall(1), -1);
	if (good[_i].number >= 0)
		ck_assert_str_eq(fault_syscall_name(good[_i].number), operation);
	strikes("another", NULL, FAULT_NOT, 0);
	strikes(operation, NULL, good[_i].kind, good[_i].err);
}
END_TEST

static const struct {
	const char *spec, *says;
} malformed[] = {
	{ "", "begins with an operation" },
	{ ":EIO", "begins with an operation" },
	{ "mount", "has no error" },
	{ "mount:", "has no error" },
	{ "mount:EFOO", "\"EFOO\" is neither the name of an error" },
	{ "mount:eperm", "\"eperm\" is neither" },
	{ "mount:5", "\"5\" is neither" },
	{ "mount:SIG", "\"SIG\" is not the name of a signal" },
	{ "mount:SIGFOO", "\"SIGFOO\" is not the name of a signal" },
	{ "mount:SIGKILL-", "\"SIGKILL-\" is not" },
	{ "mount:SIGKILL-before", "\"SIGKILL-before\" is not" },
	{ "mount:SIG-after", "\"SIG-after\" is not" },
	{ "mount:none", "one of lsm_get_self_attr, not of \"mount\"" },
	{ "mount:short", "\"short\" is one of" },
	{ "lsm_set_self_attr:none", "not of \"lsm_set_self_attr\"" },
	{ "selinuxfs/load/open:short", "\"short\" is one of" },
	{ "selinuxfs/load/write:long", "\"long\" is one of" },
	{ "selinuxfs/load/read:none", "\"none\" is one of" },
	{ "mont:EIO", "\"mont\" is neither a system call" },
	{ "MOUNT:EIO", "\"MOUNT\" is neither a system call" },
	{ "selinuxfs:EIO", "\"selinuxfs\" is neither a system call" },
	{ "selinuxfs/:EIO", "does not end in /open, /read or /write" },
	{ "selinuxfs/load:EIO", "does not end in /open, /read or /write" },
	{ "selinuxfs/load/close:EIO", "does not end in /open, /read or /write" },
	{ "selinuxfs/read:EIO", "does not end in /open, /read or /write" },
	{ "selinuxfs//read:EIO", "names no file of selinuxfs" },
	{ "selinuxfs/../read:EIO", "names no file of selinuxfs" },
	{ "selinuxfs//load/read:EIO", "names no file of selinuxfs" },
	{ "selinuxfs/booleans//read:EIO", "names no file of selinuxfs" },
	{ "selinuxfs/./load/read:EIO", "names no file of selinuxfs" },
	{ "attr/:EIO", "does not end in /read or /write" },
	{ "attr/current:EIO", "does not end in /read or /write" },
	{ "attr/current/open:EIO", "does not end in /read or /write" },
	{ "attr/curren/read:EIO", "names no attribute" },
	{ "attr/currents/read:EIO", "names no attribute" },
	{ "attr//read:EIO", "names no attribute" },
	{ "mount:EIO:", "occurrence is empty" },
	{ "mount:EIO::sh", "occurrence is empty" },
	{ "mount:EIO:0", "counted from 1" },
	{ "mount:EIO:-1", "\"-1\" is neither a number nor *" },
	{ "mount:EIO:+1", "\"+1\" is neither a number nor *" },
	{ "mount:EIO: 1", "\" 1\" is neither a number nor *" },
	{ "mount:EIO:1x", "\"1x\" is neither a number nor *" },
	{ "mount:EIO:**", "\"**\" is neither a number nor *" },
	{ "mount:EIO:99999999999999999999999", "too large" },
	{ "mount:EIO:1:", "command name is empty" },
	{ "mount:EIO:1:sixteen-bytes-xx", "more than the 15 bytes" },
	{ "mo\tunt\n\x1b[31m:EIO", "\"mo?unt??[31m\" is neither" },
};

START_TEST(refused)
{
	const char *why = NULL;

	ck_assert_int_eq(fault_add(malformed[_i].spec, &why), -1);
	ck_assert_ptr_nonnull(why);
	ck_assert_msg(strstr(why, malformed[_i].says) != NULL, "\"%s\": %s", malformed[_i].spec,
		      why);
	ck_assert_int_eq(why[strlen(why) - 1], '.');
	ck_assert(!fault_any());
	/* Who does not ask is not told. */
	ck_assert_int_eq(fault_add(malformed[_i].spec, NULL), -1);
}
END_TEST

/* Any bytes at all: taken or refused, with one printable sentence. */
START_TEST(any_bytes)
{
	static const char alphabet[] = "a:/*0E\n\xff\x80.mount1sehlinuxfattrd_EIO%s";
	char spec[300];

	srandom(1);
	for (int round = 0; round < 20000; round++) {
		size_t len = (size_t)random() % (sizeof(spec) - 1);
		const char *why = NULL;

		for (size_t i = 0; i < len; i++)
			spec[i] = alphabet[(size_t)random() % (sizeof(alphabet) - 1)];
		spec[len] = '\0';
		if (fault_add(spec, &why) == 0)
			continue;
		ck_assert_ptr_nonnull(why);
		for (const char *c = why; *c; c++)
			ck_assert(isprint((unsigned char)*c));
	}
}
END_TEST

START_TEST(very_long)
{
	static const char *const forms[] = { "%s:EIO",           "mount:%s",
					     "mount:EIO:%s",     "mount:EIO:1:%s",
					     "selinuxfs/%s:EIO", "attr/%s/read:EIO" };
	static char text[70000], spec[80000];
	const char *why = NULL;

	memset(text, 'x', sizeof(text) - 1);
	for (size_t i = 0; i < COUNT(forms); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(spec, sizeof(spec), forms[i], text);
#pragma GCC diagnostic pop
		ck_assert_int_eq(fault_add(spec, &why), -1);
		ck_assert_uint_lt(strlen(why), 512);
	}
	/* A long name of a file is none that can be told to be wrong. */
	snprintf(spec, sizeof(spec), "selinuxfs/booleans/%s/read:EIO", text);
	add(spec);
}
END_TEST

START_TEST(nth_occurrence)
{
	add("mount:EIO:3");
	strikes("mount", NULL, FAULT_NOT, 0);
	strikes("mount", NULL, FAULT_NOT, 0);
	strikes("mount", NULL, FAULT_ERRNO, EIO);
	strikes("mount", NULL, FAULT_NOT, 0);
}
END_TEST

START_TEST(first_occurrence_is_the_default)
{
	add("mount:EIO");
	strikes("mount", NULL, FAULT_ERRNO, EIO);
	strikes("mount", NULL, FAULT_NOT, 0);
}
END_TEST

START_TEST(every_occurrence)
{
	add("mount:EIO:*");
	for (int i = 0; i < 10; i++)
		strikes("mount", NULL, FAULT_ERRNO, EIO);
}
END_TEST

/* Each counts all occurrences, also those at which another one strikes. */
START_TEST(several_of_one_operation)
{
	add("mount:EIO:2");
	add("mount:EPERM:3");
	add("mount:ENOMEM:3");
	strikes("mount", NULL, FAULT_NOT, 0);
	strikes("mount", NULL, FAULT_ERRNO, EIO);
	strikes("mount", NULL, FAULT_ERRNO, EPERM);
	strikes("mount", NULL, FAULT_NOT, 0);
}
END_TEST

START_TEST(system_calls_are_listed_once)
{
	add("mount:EIO:2");
	add("selinuxfs/load/write:EIO");
	add("umount2:EPERM");
	add("mount:EPERM:3");
	ck_assert_int_eq(fault_syscall(0), SYS_mount);
	ck_assert_int_eq(fault_syscall(1), SYS_umount2);
	ck_assert_int_eq(fault_syscall(2), -1);
	ck_assert_ptr_null(fault_syscall_name(SYS_read));
	ck_assert_ptr_null(fault_syscall_name(-1));
}
END_TEST

START_TEST(by_command)
{
	add("mount:EIO:2:load_policy");
	ck_assert(fault_needs_comm());
	strikes("mount", "load_policy", FAULT_NOT, 0);
	strikes("mount", "bash", FAULT_NOT, 0);
	strikes("mount", NULL, FAULT_NOT, 0);
	strikes("mount", "load_polic", FAULT_NOT, 0);
	strikes("mount", "load_policy", FAULT_ERRNO, EIO);
}
END_TEST

START_TEST(by_birth)
{
	add("mount:EIO:*:sh/fork");
	add("umount2:EIO:*:sh/exec");
	add("openat:EIO:*:sh");
	strikes("mount", "sh", FAULT_NOT, 0);
	strikes("mount", "sh/fork", FAULT_ERRNO, EIO);
	strikes("mount", "bash/fork", FAULT_NOT, 0);
	strikes("umount2", "sh", FAULT_ERRNO, EIO);
	strikes("umount2", "sh/fork", FAULT_NOT, 0);
	strikes("openat", "sh", FAULT_ERRNO, EIO);
	strikes("openat", "sh/fork", FAULT_ERRNO, EIO);
}
END_TEST

START_TEST(command_with_colons)
{
	add("mount:EIO:1:kworker/0:1");
	strikes("mount", "kworker/0", FAULT_NOT, 0);
	strikes("mount", "kworker/0:1", FAULT_ERRNO, EIO);
}
END_TEST

START_TEST(no_command_needed)
{
	add("mount:EIO:1");
	ck_assert(!fault_needs_comm());
}
END_TEST

static void *strike_often(void *hits)
{
	for (int i = 0; i < 5000; i++)
		if (fault_strike("mount", NULL).kind == FAULT_ERRNO)
			__atomic_add_fetch((int *)hits, 1, __ATOMIC_RELAXED);
	return NULL;
}

START_TEST(counts_across_threads)
{
	pthread_t threads[4];
	int hits = 0;

	add("mount:EIO:20000");
	for (size_t i = 0; i < COUNT(threads); i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, strike_often, &hits), 0);
	for (size_t i = 0; i < COUNT(threads); i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(hits, 1);
}
END_TEST

static Suite *fault_suite(void)
{
	Suite *suite = suite_create("fault");
	TCase *tcase = tcase_create("specification");

	tcase_add_loop_test(tcase, taken, 0, COUNT(good));
	tcase_add_loop_test(tcase, refused, 0, COUNT(malformed));
	tcase_add_test(tcase, any_bytes);
	tcase_add_test(tcase, very_long);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("strike");
	tcase_add_test(tcase, nothing_at_first);
	tcase_add_test(tcase, nth_occurrence);
	tcase_add_test(tcase, first_occurrence_is_the_default);
	tcase_add_test(tcase, every_occurrence);
	tcase_add_test(tcase, several_of_one_operation);
	tcase_add_test(tcase, system_calls_are_listed_once);
	tcase_add_test(tcase, by_command);
	tcase_add_test(tcase, by_birth);
	tcase_add_test(tcase, command_with_colons);
	tcase_add_test(tcase, no_command_needed);
	tcase_add_test(tcase, counts_across_threads);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(fault_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
