/* SPDX-License-Identifier: MIT */
/*
 * check.h - as much of Check as tests/unit/check_base.c uses, for where there is no Check.
 *
 * Used by tests/build/musl.t only. Each test is a process; the results are TAP.
 */
#ifndef SELINUXNS_TESTS_CHECK_H
#define SELINUXNS_TESTS_CHECK_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_TEST(name) static void name(void)
#define END_TEST
#define CK_ENV 0

static inline void ck_fail(const char *file, int line, const char *what)
{
	printf("# %s:%d: %s\n", file, line, what);
	fflush(stdout);
	_exit(1);
}

#define ck_assert(e) ((e) ? (void)0 : ck_fail(__FILE__, __LINE__, #e))
#define ck_assert_msg(e, ...) \
	((e) ? (void)0 : (printf("# " __VA_ARGS__), puts(""), ck_fail(__FILE__, __LINE__, #e)))
#define ck_number(type, format, a, op, b)                                  \
	do {                                                               \
		type a_ = (a), b_ = (b);                                   \
                                                                           \
		if (!(a_ op b_)) {                                         \
			printf("# %" format " and %" format "\n", a_, b_); \
			ck_fail(__FILE__, __LINE__, #a " " #op " " #b);    \
		}                                                          \
	} while (0)
#define ck_assert_int_eq(a, b)   ck_number(intmax_t, PRIdMAX, a, ==, b)
#define ck_assert_int_ne(a, b)   ck_number(intmax_t, PRIdMAX, a, !=, b)
#define ck_assert_int_lt(a, b)   ck_number(intmax_t, PRIdMAX, a, <, b)
#define ck_assert_int_le(a, b)   ck_number(intmax_t, PRIdMAX, a, <=, b)
#define ck_assert_int_gt(a, b)   ck_number(intmax_t, PRIdMAX, a, >, b)
#define ck_assert_int_ge(a, b)   ck_number(intmax_t, PRIdMAX, a, >=, b)
#define ck_assert_uint_eq(a, b)  ck_number(uintmax_t, PRIuMAX, a, ==, b)
#define ck_assert_uint_ne(a, b)  ck_number(uintmax_t, PRIuMAX, a, !=, b)
#define ck_assert_uint_lt(a, b)  ck_number(uintmax_t, PRIuMAX, a, <, b)
#define ck_assert_uint_le(a, b)  ck_number(uintmax_t, PRIuMAX, a, <=, b)
#define ck_assert_uint_gt(a, b)  ck_number(uintmax_t, PRIuMAX, a, >, b)
#define ck_assert_uint_ge(a, b)  ck_number(uintmax_t, PRIuMAX, a, >=, b)
#define ck_assert_ptr_nonnull(p) ck_assert((p) != NULL)
#define ck_assert_ptr_null(p)    ck_assert((p) == NULL)
#define ck_assert_ptr_eq(a, b)   ck_assert((a) == (b))
#define ck_assert_str_eq(a, b)   ck_assert(strcmp(a, b) == 0)
#define ck_assert_str_ne(a, b)   ck_assert(strcmp(a, b) != 0)

typedef struct {
	void (*setup)(void);
	void (*teardown)(void);
	unsigned int count;
	struct {
		void (*run)(void);
		const char *name;
	} test[128];
} TCase;

typedef struct {
	TCase *cases[16];
	unsigned int count;
	int failed;
} Suite;

typedef Suite SRunner;

static inline Suite *suite_create(const char *name)
{
	(void)name;
	return calloc(1, sizeof(Suite));
}

static inline TCase *tcase_create(const char *name)
{
	(void)name;
	return calloc(1, sizeof(TCase));
}

#define tcase_add_test(tcase, function) tcase_add(tcase, function, #function)

static inline void tcase_add(TCase *tcase, void (*run)(void), const char *name)
{
	tcase->test[tcase->count].run = run;
	tcase->test[tcase->count++].name = name;
}

static inline void tcase_add_checked_fixture(TCase *tcase, void (*setup)(void),
					     void (*teardown)(void))
{
	tcase->setup = setup;
	tcase->teardown = teardown;
}

static inline void suite_add_tcase(Suite *suite, TCase *tcase)
{
	suite->cases[suite->count++] = tcase;
}

static inline SRunner *srunner_create(Suite *suite)
{
	return suite;
}

static inline int ck_run(const TCase *tcase, unsigned int i)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		alarm(60);
		if (tcase->setup)
			tcase->setup();
		tcase->test[i].run();
		if (tcase->teardown)
			tcase->teardown();
		fflush(stdout);
		_exit(0);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static inline void srunner_run_all(SRunner *runner, int how)
{
	unsigned int n = 0;

	(void)how;
	for (unsigned int c = 0; c < runner->count; c++) {
		for (unsigned int i = 0; i < runner->cases[c]->count; i++) {
			int good = ck_run(runner->cases[c], i);

			runner->failed += !good;
			printf("%s %u - %s\n", good ? "ok" : "not ok", ++n,
			       runner->cases[c]->test[i].name);
		}
	}
	printf("1..%u\n", n);
}

static inline int srunner_ntests_failed(const SRunner *runner)
{
	return runner->failed;
}

static inline void srunner_free(SRunner *runner)
{
	for (unsigned int c = 0; c < runner->count; c++)
		free(runner->cases[c]);
	free(runner);
}

#endif
