/* SPDX-License-Identifier: MIT */
/*
 * regex.c - PCRE2 within bounds (see regex.h).
 *
 * An expression is compiled when it is read, so that a bad one is found, and translated to machine code
 * only when it is first tried: most never are. Where that is not allowed (SELinux execmem, or a
 * PCRE2 without it), PCRE2 interprets.
 */
#include "config.h"

#include "label/regex.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/fd.h"

/* All expressions of a set, compiled: the distribution's take 0.3 MiB. */
#define COMPILED_LIMIT ((size_t)64 << 20)
/* Machine code takes a multiple of it; one that is larger is interpreted. */
#define JIT_LIMIT ((size_t)16 << 10)

/*
 * Steps of backtracking. The first bound is far above what expressions of policies take. The
 * second is what libselinux allows, a tenth of a second; only so many lookups may go to it, so that
 * expressions made for it cannot keep a walk through a tree busy for days.
 */
#define STEPS_USUAL      20000
#define STEPS_ALLOWED    10000000
#define ALLOWED_LOOKUPS  1000
#define HEAP_ALLOWED_KIB 20000

struct regex {
	pcre2_code *code;
	atomic_bool ready; /* machine code was made, or will not be: code no longer changes */
	struct regex *next;
};

struct regex_set {
	pthread_mutex_t lock; /* guards the making of machine code */
	struct regex *first;
	size_t compiled; /* bytes */
	bool no_jit;
	atomic_uint expensive; /* lookups that went beyond STEPS_USUAL */
};

struct regex_scratch {
	pcre2_match_data *data;
	pcre2_match_context *usual;
	pcre2_match_context *allowed;
};

struct regex_set *regex_set_new(void)
{
	struct regex_set *set = calloc(1, sizeof(*set));
	uint32_t jit = 0;

	if (!set)
		return NULL;
	pthread_mutex_init(&set->lock, NULL);
	set->no_jit = pcre2_config(PCRE2_CONFIG_JIT, &jit) < 0 || !jit;
	return set;
}

void regex_set_free(struct regex_set *set)
{
	struct regex *regex, *next;

	if (!set)
		return;
	for (regex = set->first; regex; regex = next) {
		next = regex->next;
		pcre2_code_free(regex->code);
		free(regex);
	}
	pthread_mutex_destroy(&set->lock);
	free(set);
}

static pcre2_code *compile(const char *text, size_t len, char reason[REGEX_REASON_SIZE])
{
	_cleanup_free_ char *anchored = malloc(len + 2);
	char why[96];
	PCRE2_SIZE where;
	pcre2_code *code;
	int err;

	reason[0] = '\0';
	if (!anchored)
		return NULL;
	anchored[0] = '^';
	memcpy(anchored + 1, text, len);
	anchored[len + 1] = '$';
	code = pcre2_compile((PCRE2_SPTR)anchored, len + 2, PCRE2_DOTALL, &err, &where, NULL);
	if (code)
		return code;
	if (pcre2_get_error_message(err, (PCRE2_UCHAR *)why, sizeof(why)) < 0)
		snprintf(why, sizeof(why), "PCRE2's error %d", err);
	/* The offset counts the "^" that is ours. */
	snprintf(reason, REGEX_REASON_SIZE, "%s, after %zu characters", why, where ? where - 1 : 0);
	errno = err == PCRE2_ERROR_HEAP_FAILED ? ENOMEM : EINVAL;
	return NULL;
}

struct regex *regex_compile(struct regex_set *set, const char *text, size_t len,
			    char reason[REGEX_REASON_SIZE])
{
	pcre2_code *code = compile(text, len, reason);
	struct regex *regex;
	size_t size = 0;

	if (!code)
		return NULL;
	pcre2_pattern_info(code, PCRE2_INFO_SIZE, &size);
	if (size > COMPILED_LIMIT - set->compiled) {
		snprintf(
			reason, REGEX_REASON_SIZE,
			"the expressions up to here take more than the %zu bytes of memory that are "
			"allowed",
			COMPILED_LIMIT);
		pcre2_code_free(code);
		errno = EFBIG;
		return NULL;
	}
	regex = malloc(sizeof(*regex));
	if (!regex) {
		pcre2_code_free(code);
		errno = ENOMEM;
		return NULL;
	}
	set->compiled += size;
	regex->code = code;
	atomic_init(&regex->ready, set->no_jit || size > JIT_LIMIT);
	regex->next = set->first;
	set->first = regex;
	return regex;
}

struct regex_scratch *regex_scratch_new(void)
{
	struct regex_scratch *scratch = calloc(1, sizeof(*scratch));

	if (!scratch)
		return NULL;
	/* Whether it matches is all that is asked, not where. */
	scratch->data = pcre2_match_data_create(1, NULL);
	scratch->usual = pcre2_match_context_create(NULL);
	scratch->allowed = pcre2_match_context_create(NULL);
	if (!scratch->data || !scratch->usual || !scratch->allowed) {
		regex_scratch_free(scratch);
		errno = ENOMEM;
		return NULL;
	}
	pcre2_set_match_limit(scratch->usual, STEPS_USUAL);
	pcre2_set_match_limit(scratch->allowed, STEPS_ALLOWED);
	pcre2_set_heap_limit(scratch->usual, HEAP_ALLOWED_KIB);
	pcre2_set_heap_limit(scratch->allowed, HEAP_ALLOWED_KIB);
	return scratch;
}

void regex_scratch_free(struct regex_scratch *scratch)
{
	if (!scratch)
		return;
	pcre2_match_data_free(scratch->data);
	pcre2_match_context_free(scratch->usual);
	pcre2_match_context_free(scratch->allowed);
	free(scratch);
}

/* PCRE2 must not make machine code while another thread matches, so none does before it is made. */
static void make_ready(struct regex_set *set, struct regex *regex)
{
	pthread_mutex_lock(&set->lock);
	/* Refused once, it is not asked for again: each refusal may be a line in an audit log. */
	if (!atomic_load_explicit(&regex->ready, memory_order_relaxed) && !set->no_jit)
		set->no_jit = pcre2_jit_compile(regex->code, PCRE2_JIT_COMPLETE) ==
			      PCRE2_ERROR_NOMEMORY;
	atomic_store_explicit(&regex->ready, true, memory_order_release);
	pthread_mutex_unlock(&set->lock);
}

static int match(const struct regex *regex, struct regex_scratch *scratch, const char *subject,
		 size_t len, pcre2_match_context *bounds)
{
	int rc = pcre2_match(regex->code, (PCRE2_SPTR)subject, len, 0, 0, scratch->data, bounds);

	/* Machine code has 32 KiB of stack; the interpreter has the heap that is allowed. */
	if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
		rc = pcre2_match(regex->code, (PCRE2_SPTR)subject, len, 0, PCRE2_NO_JIT,
				 scratch->data, bounds);
	return rc;
}

static bool took_too_much(int rc)
{
	return rc == PCRE2_ERROR_MATCHLIMIT || rc == PCRE2_ERROR_DEPTHLIMIT ||
	       rc == PCRE2_ERROR_HEAPLIMIT || rc == PCRE2_ERROR_RECURSELOOP;
}

int regex_matches(struct regex_set *set, struct regex *regex, struct regex_scratch *scratch,
		  const char *subject, size_t len)
{
	int rc;

	if (!atomic_load_explicit(&regex->ready, memory_order_acquire))
		make_ready(set, regex);
	rc = match(regex, scratch, subject, len, scratch->usual);
	if (rc == PCRE2_ERROR_MATCHLIMIT &&
	    atomic_fetch_add_explicit(&set->expensive, 1, memory_order_relaxed) < ALLOWED_LOOKUPS)
		rc = match(regex, scratch, subject, len, scratch->allowed);
	if (rc >= 0)
		return 1;
	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	errno = took_too_much(rc) ? ELOOP : rc == PCRE2_ERROR_NOMEMORY ? ENOMEM : EINVAL;
	return -1;
}
