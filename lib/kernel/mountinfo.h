/* SPDX-License-Identifier: MIT */
/*
 * mountinfo.h - a streaming parser of /proc/thread-self/mountinfo.
 *
 * Heap-free and async-signal-safe: fixed buffers, lines of any length. The text names
 * paths that others chose, so nothing in it is trusted; the parser takes any bytes in
 * chunks of any size. Format: proc(5).
 */
#ifndef SELINUXNS_KERNEL_MOUNTINFO_H
#define SELINUXNS_KERNEL_MOUNTINFO_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mountinfo_entry {
	uint64_t id;
	uint64_t parent;
	bool shared; /* in a peer group: mounts under it propagate */
	bool slave; /* receives from a master */
	bool path_cut; /* point is not whole: longer than PATH_MAX */
	char fstype[32]; /* cut off where longer */
	char point[PATH_MAX]; /* decoded, from this process's root */
};

/* What a callback returns: go on, or stop with that value. */
#define MOUNTINFO_NEXT 0

typedef int (*mountinfo_fn)(const struct mountinfo_entry *entry, void *arg);

struct mountinfo_parser {
	mountinfo_fn fn;
	void *arg;
	struct mountinfo_entry entry;
	int result; /* what the callback stopped with */
	bool bad; /* this line is malformed: skipped */
	unsigned int field; /* 0 id, 1 parent, ... */
	bool optional_over; /* the "-" was seen */
	unsigned int after; /* fields since the "-" */
	size_t len; /* bytes of the current field */
	size_t point_len;
	unsigned int escape; /* digits of an octal escape still to come */
	unsigned int escape_value;
	char tag[16]; /* the beginning of the current optional field */
};

/* Start a parser that calls @fn for each well-formed line. */
void mountinfo_init(struct mountinfo_parser *p, mountinfo_fn fn, void *arg);

/*
 * mountinfo_feed - the next @len bytes
 *
 * Malformed lines are skipped. Returns MOUNTINFO_NEXT, or what the callback stopped
 * with, after which nothing more is parsed. A last line without a newline is not
 * complete and never reported.
 */
int mountinfo_feed(struct mountinfo_parser *p, const char *buf, size_t len);

/*
 * mountinfo_each - call @fn for each mount of this thread's mount namespace
 *
 * Returns 0 at the end, the value that @fn stopped with, or -1 with errno where
 * /proc/thread-self/mountinfo cannot be read.
 */
int mountinfo_each(mountinfo_fn fn, void *arg);

#endif
