/* SPDX-License-Identifier: MIT */
/*
 * error.c - the error object, public and internal side. See error.h.
 *
 * May call libc only. Must never allocate but in selinuxns_error_new(), and never print.
 */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_init(struct text *t, char *buf, size_t size)
{
	t->buf = buf;
	t->size = size;
	t->len = 0;
	buf[0] = '\0';
}

static void text_char(struct text *t, char c)
{
	if (t->len + 1 < t->size) {
		t->buf[t->len++] = c;
		t->buf[t->len] = '\0';
	}
}

void text_str(struct text *t, const char *s)
{
	while (*s)
		text_char(t, *s++);
}

void text_escaped(struct text *t, const char *s)
{
	static const char hex[] = "0123456789abcdef";

	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		char escape[5] = { '\\', 'x', hex[c >> 4], hex[c & 15], '\0' };

		if (c == '\n')
			text_str(t, "\\n");
		else if (c < ' ' || c > '~')
			text_str(t, escape);
		else
			text_char(t, *s);
	}
}

void text_uint(struct text *t, unsigned long long v)
{
	char digits[3 * sizeof(v) + 1];
	char *p = digits + sizeof(digits);

	*--p = '\0';
	do {
		*--p = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	text_str(t, p);
}

void text_errno(struct text *t, int err)
{
	const char *description = NULL;

#if defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 32)
	/* strerror() is not async-signal-safe; this one is a table and no locale. */
	description = strerrordesc_np(err);
#endif
#endif
	if (description) {
		text_str(t, description);
		return;
	}
	text_str(t, "error ");
	text_uint(t, (unsigned int)err);
}

int ns_fail(struct selinuxns_error *e, int err, const char *step, const char *object,
	    const char *reason, const char *remedy)
{
	char message[sizeof(e->message)];
	struct text t;

	text_init(&t, message, sizeof(message));
	text_str(&t, step);
	text_str(&t, ": ");
	if (object[0]) {
		text_escaped(&t, object);
		text_str(&t, ": ");
	}
	if (reason)
		text_escaped(&t, reason);
	else
		text_errno(&t, err);
	text_str(&t, remedy);
	return ns_error_text(e, err, step, object, message);
}

void ns_error_clear(struct selinuxns_error *e)
{
	if (!e)
		return;
	e->err = 0;
	e->step[0] = '\0';
	e->object[0] = '\0';
	e->message[0] = '\0';
}

int ns_error_text(struct selinuxns_error *e, int err, const char *step, const char *object,
		  const char *message)
{
	if (e) {
		struct text t;

		e->err = err;
		text_init(&t, e->step, sizeof(e->step));
		text_escaped(&t, step);
		text_init(&t, e->object, sizeof(e->object));
		text_escaped(&t, object ? object : "");
		text_init(&t, e->message, sizeof(e->message));
		text_escaped(&t, message);
	}
	errno = err;
	return -1;
}

int ns_error(struct selinuxns_error *e, int err, const char *step, const char *object,
	     const char *fmt, ...)
{
	char message[sizeof(e->message)] = "";
	va_list ap;

	if (e) {
		va_start(ap, fmt);
		(void)vsnprintf(message, sizeof(message), fmt, ap);
		va_end(ap);
	}
	return ns_error_text(e, err, step, object, message);
}

struct selinuxns_error *selinuxns_error_new(void)
{
	return calloc(1, sizeof(struct selinuxns_error));
}

void selinuxns_error_free(struct selinuxns_error *error)
{
	free(error);
}

int selinuxns_error_errno(const struct selinuxns_error *error)
{
	return error ? error->err : 0;
}

const char *selinuxns_error_step(const struct selinuxns_error *error)
{
	return error ? error->step : "";
}

const char *selinuxns_error_object(const struct selinuxns_error *error)
{
	return error ? error->object : "";
}

const char *selinuxns_error_message(const struct selinuxns_error *error)
{
	return error ? error->message : "";
}
