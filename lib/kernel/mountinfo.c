/* SPDX-License-Identifier: MIT */
/*
 * mountinfo.c - a streaming parser of mountinfo. See mountinfo.h.
 *
 * May call base/ only; heap-free and async-signal-safe. Must never assume that a line is
 * complete, well-formed or of any length.
 */
#include "kernel/mountinfo.h"

#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/proc.h"

enum { FIELD_ID, FIELD_PARENT, FIELD_DEV, FIELD_ROOT, FIELD_POINT, FIELD_OPTIONS, FIELD_TAGS };

static void line_begin(struct mountinfo_parser *p)
{
	memset(&p->entry, 0, offsetof(struct mountinfo_entry, point));
	p->entry.point[0] = '\0';
	p->bad = false;
	p->field = FIELD_ID;
	p->optional_over = false;
	p->after = 0;
	p->len = 0;
	p->point_len = 0;
	p->escape = 0;
}

void mountinfo_init(struct mountinfo_parser *p, mountinfo_fn fn, void *arg)
{
	p->fn = fn;
	p->arg = arg;
	p->result = MOUNTINFO_NEXT;
	line_begin(p);
}

static bool digit(uint64_t *v, char c)
{
	unsigned int d = (unsigned int)(c - '0');

	if (c < '0' || c > '9' || *v > (UINT64_MAX - d) / 10)
		return false;
	*v = *v * 10 + d;
	return true;
}

/* One decoded byte of the mount point. */
static void point_byte(struct mountinfo_parser *p, char c)
{
	if (c == '\0') {
		p->bad = true;
	} else if (p->point_len < sizeof(p->entry.point) - 1) {
		p->entry.point[p->point_len++] = c;
		p->entry.point[p->point_len] = '\0';
	} else {
		p->entry.path_cut = true;
	}
}

/* The kernel writes blank, tab, newline and backslash as \ and three octal digits. */
static void point_char(struct mountinfo_parser *p, char c)
{
	if (p->escape == 0) {
		if (c == '\\') {
			p->escape = 3;
			p->escape_value = 0;
		} else {
			point_byte(p, c);
		}
		return;
	}
	if (c < '0' || c > '7') {
		p->bad = true;
		return;
	}
	p->escape_value = p->escape_value * 8 + (unsigned int)(c - '0');
	if (--p->escape > 0)
		return;
	if (p->escape_value > 255)
		p->bad = true;
	else
		point_byte(p, (char)p->escape_value);
}

static void field_char(struct mountinfo_parser *p, char c)
{
	if (c == '\0')
		p->bad = true;
	else if (p->field == FIELD_ID)
		p->bad |= !digit(&p->entry.id, c);
	else if (p->field == FIELD_PARENT)
		p->bad |= !digit(&p->entry.parent, c);
	else if (p->field == FIELD_POINT)
		point_char(p, c);
	else if (p->field == FIELD_TAGS && !p->optional_over && p->len < sizeof(p->tag))
		p->tag[p->len] = c;
	else if (p->optional_over && p->after == 0 && p->len < sizeof(p->entry.fstype) - 1)
		p->entry.fstype[p->len] = c;
	p->len++;
}

static bool tag_is(const struct mountinfo_parser *p, const char *prefix)
{
	size_t n = strlen(prefix);

	return p->len > n && memcmp(p->tag, prefix, n) == 0;
}

static void field_end(struct mountinfo_parser *p)
{
	/* Only what comes after the file system type may be empty (an empty source). */
	if (p->len == 0 && p->after == 0)
		p->bad = true;
	if (p->field == FIELD_POINT && p->escape > 0)
		p->bad = true;

	if (p->field < FIELD_TAGS) {
		p->field++;
	} else if (p->optional_over) {
		p->after += p->after < 2;
	} else if (p->len == 1 && p->tag[0] == '-') {
		p->optional_over = true;
	} else if (tag_is(p, "shared:")) {
		p->entry.shared = true;
	} else if (tag_is(p, "master:")) {
		p->entry.slave = true;
	}
	p->len = 0;
}

int mountinfo_feed(struct mountinfo_parser *p, const char *buf, size_t len)
{
	for (size_t i = 0; i < len && p->result == MOUNTINFO_NEXT; i++) {
		if (buf[i] == ' ') {
			field_end(p);
		} else if (buf[i] == '\n') {
			field_end(p);
			if (!p->bad && p->after > 0)
				p->result = p->fn(&p->entry, p->arg);
			line_begin(p);
		} else {
			field_char(p, buf[i]);
		}
	}
	return p->result;
}

int mountinfo_each(mountinfo_fn fn, void *arg)
{
	_cleanup_close_ int fd = proc_open("thread-self/mountinfo", O_RDONLY);
	struct mountinfo_parser p;
	char buf[4096];

	if (fd < 0)
		return -1;
	mountinfo_init(&p, fn, arg);
	for (;;) {
		ssize_t n = read(fd, buf, sizeof(buf));
		int result;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return (int)n;
		result = mountinfo_feed(&p, buf, (size_t)n);
		if (result != MOUNTINFO_NEXT)
			return result;
	}
}
