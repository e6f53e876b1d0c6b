/* SPDX-License-Identifier: MIT */
/*
 * error.h - the error object behind the public struct selinuxns_error, and a
 * formatter for code that may run between fork and exec.
 *
 * Nothing here allocates but selinuxns_error_new() (in error.c). ns_error() uses
 * vsnprintf() and must therefore never be called on a fork-safe path; there the
 * text_*() functions build the sentence and ns_error_text() stores it.
 */
#ifndef SELINUXNS_BASE_ERROR_H
#define SELINUXNS_BASE_ERROR_H

#include <stddef.h>

#include <selinux/selinuxns.h>

struct selinuxns_error {
	int err; /* the errno of the call that failed, 0 when none did */
	char step[48]; /* what was being done, as "load policy" */
	char object[256]; /* on what: a path, a limit's name; escaped */
	char message[768]; /* one sentence for a person; escaped */
};

/*
 * ns_error - fill an error object and fail
 * @e: the object, or NULL
 * @err: the errno value to fail with
 * @step: what was being done
 * @object: what it was done to, or NULL
 * @fmt: a whole sentence naming step, object, reason and, where there is one, the remedy
 *
 * Bytes that are not printable ASCII are escaped in object and message (\n, \xNN), so
 * that a hostile path cannot forge a second line or drive a terminal. A backslash stays
 * as it is, so that an escaped text can be put into another message. Always sets errno to
 * @err and returns -1.
 */
int ns_error(struct selinuxns_error *e, int err, const char *step, const char *object,
	     const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* As ns_error() with a finished sentence; async-signal-safe. */
int ns_error_text(struct selinuxns_error *e, int err, const char *step, const char *object,
		  const char *message);

/*
 * ns_fail - fail with the sentence "STEP: OBJECT: REASON; REMEDY"; async-signal-safe
 * @object: "" for none
 * @reason: NULL for what @err means
 * @remedy: "" or one that begins with "; "
 */
int ns_fail(struct selinuxns_error *e, int err, const char *step, const char *object,
	    const char *reason, const char *remedy);

/* Make @e (or NULL) say "no error"; async-signal-safe. */
void ns_error_clear(struct selinuxns_error *e);

/*
 * struct text - a sentence being built in a caller's buffer
 *
 * Async-signal-safe. Always NUL-terminated; what does not fit is cut off.
 */
struct text {
	char *buf;
	size_t size; /* of buf, with room for the NUL; at least 1 */
	size_t len; /* used, without the NUL */
};

void text_init(struct text *t, char *buf, size_t size);
void text_str(struct text *t, const char *s); /* as it is */
void text_escaped(struct text *t, const char *s); /* as ns_error() escapes */
void text_uint(struct text *t, unsigned long long v); /* decimal */
void text_errno(struct text *t, int err); /* strerrordesc_np(), or "error N" */

#endif
