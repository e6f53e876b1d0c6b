/* SPDX-License-Identifier: MIT */
/*
 * regex.h - regular expressions of a hostile file, compiled once and used by any number of threads.
 *
 * PCRE2 behind a small interface, as libselinux uses it: anchored at both ends, bytes and not
 * UTF-8, "." matches a newline, and "$" also matches before a newline that is the last byte. All
 * that an expression may cost is bounded. May call lib/base. Knows nothing of file contexts.
 */
#ifndef SELINUXNS_LABEL_REGEX_H
#define SELINUXNS_LABEL_REGEX_H

#include <stdbool.h>
#include <stddef.h>

/* Expressions that share a lock and the bounds. */
struct regex_set;
struct regex;

/* What one thread needs to match. */
struct regex_scratch;

#define REGEX_REASON_SIZE 160

/* An empty set; NULL with errno ENOMEM. Freeing a set frees its expressions. */
struct regex_set *regex_set_new(void);
void regex_set_free(struct regex_set *set);

/*
 * regex_compile - add "^@text$" to the set
 * @reason: why not, for a person
 *
 * Not thread-safe. Returns the expression, or NULL with errno: EINVAL for one that is wrong, EFBIG
 * when the set's expressions would take more memory than is allowed, ENOMEM.
 */
struct regex *regex_compile(struct regex_set *set, const char *text, size_t len,
			    char reason[REGEX_REASON_SIZE]);

/* NULL with errno ENOMEM. */
struct regex_scratch *regex_scratch_new(void);
void regex_scratch_free(struct regex_scratch *scratch);

/*
 * regex_matches - does the expression match?
 *
 * Thread-safe with a scratch for each thread. Returns 1, 0, or -1 with errno: ELOOP when it takes more
 * steps than are allowed, ENOMEM, EINVAL for what the expression asks of PCRE2 and does not get.
 */
int regex_matches(struct regex_set *set, struct regex *regex, struct regex_scratch *scratch,
		  const char *subject, size_t len);

#endif
