/* SPDX-License-Identifier: MIT */
/*
 * sizes.c - does a policy image claim sizes that no policy has? (see sizes.h)
 *
 * Each function here takes off the image exactly what libsepol's reader of that thing does
 * (policydb.c, ebitmap.c): where the two part, a hostile size is overlooked. Numbers are 32 bits
 * and little-endian.
 */
#include "config.h"

/* Before <stdbool.h>: older libsepol has a field called "bool" in here. */
#include <sepol/policydb/policydb.h>

#include "policy/sizes.h"

#include <endian.h>
#include <stdbool.h>
#include <string.h>

/* No table can be larger than a u16, which is what the rules hold of types and classes. */
enum { TABLE_MAX = UINT16_MAX, BITMAP_MAX = UINT16_MAX + 1 };

/* Not in older libsepol's header. */
#define VERSION_NEVERAUDIT 35

struct scan {
	const unsigned char *at;
	size_t left;
	uint32_t version;
	bool lost; /* the end, or what cannot be */
	bool absurd; /* a size that no policy has: */
	uint32_t claimed;
};

static void skip(struct scan *s, uint64_t n)
{
	if (n > s->left) {
		s->lost = true;
		n = s->left;
	}
	s->at += n;
	s->left -= n;
}

static uint32_t take(struct scan *s)
{
	const unsigned char *word = s->at;
	uint32_t value;

	skip(s, sizeof(value));
	if (s->lost)
		return 0;
	memcpy(&value, word, sizeof(value));
	return le32toh(value);
}

static void limit(struct scan *s, uint32_t claimed, uint32_t most)
{
	if (claimed <= most || s->absurd)
		return;
	s->absurd = true;
	s->claimed = claimed;
}

static void scan_bitmap(struct scan *s)
{
	uint32_t bits, words;

	skip(s, sizeof(uint32_t)); /* bits in a word: 64 */
	bits = take(s);
	words = take(s);
	limit(s, bits, BITMAP_MAX);
	/* Of an empty one, the number of words is not looked at. */
	if (bits)
		skip(s, words * (uint64_t)(sizeof(uint32_t) + sizeof(uint64_t)));
}

typedef void scan_entry(struct scan *s);

static void scan_entries(struct scan *s, uint32_t count, scan_entry *entry)
{
	while (count-- && !s->lost && !s->absurd)
		entry(s);
}

/* The largest value, and how many there are. */
static uint32_t scan_size(struct scan *s)
{
	uint32_t prim = take(s), count = take(s);

	limit(s, prim, TABLE_MAX);
	limit(s, count, TABLE_MAX);
	return count;
}

static void scan_perm(struct scan *s)
{
	uint32_t len = take(s);

	skip(s, (uint64_t)len + sizeof(uint32_t));
}

static void scan_common(struct scan *s)
{
	uint32_t len = take(s), perms;

	take(s);
	perms = scan_size(s);
	skip(s, len);
	scan_entries(s, perms, scan_perm);
}

static void scan_expr(struct scan *s)
{
	bool names = take(s) == CEXPR_NAMES;

	take(s);
	take(s);
	if (!names)
		return;
	scan_bitmap(s);
	if (s->version >= POLICYDB_VERSION_CONSTRAINT_NAMES) {
		scan_bitmap(s);
		scan_bitmap(s);
		take(s);
	}
}

static void scan_constraint(struct scan *s)
{
	uint32_t exprs;

	take(s);
	exprs = take(s);
	scan_entries(s, exprs, scan_expr);
}

static void scan_class(struct scan *s)
{
	uint64_t len = take(s), common_len = take(s);
	uint32_t perms, constraints;

	take(s);
	perms = scan_size(s);
	constraints = take(s);
	skip(s, len + common_len);
	scan_entries(s, perms, scan_perm);
	scan_entries(s, constraints, scan_constraint);
	if (s->version >= POLICYDB_VERSION_VALIDATETRANS) {
		constraints = take(s);
		scan_entries(s, constraints, scan_constraint);
	}
	if (s->version >= POLICYDB_VERSION_NEW_OBJECT_DEFAULTS)
		skip(s, 3 * sizeof(uint32_t));
	if (s->version >= POLICYDB_VERSION_DEFAULT_TYPE)
		take(s);
}

/* Length, value, bounds, and the name. */
static void scan_bounded(struct scan *s)
{
	uint64_t len = take(s);

	take(s);
	if (s->version >= POLICYDB_VERSION_BOUNDARY)
		take(s);
	skip(s, len);
}

static void scan_role(struct scan *s)
{
	scan_bounded(s);
	scan_bitmap(s);
	scan_bitmap(s);
}

static void scan_type(struct scan *s)
{
	uint64_t len = take(s);

	skip(s, 2 * sizeof(uint32_t));
	if (s->version >= POLICYDB_VERSION_BOUNDARY)
		take(s);
	skip(s, len);
}

static void scan_user(struct scan *s)
{
	uint32_t levels;

	scan_bounded(s);
	scan_bitmap(s);
	if (s->version < POLICYDB_VERSION_MLS)
		return;
	levels = take(s);
	skip(s, levels * (uint64_t)sizeof(uint32_t));
	scan_bitmap(s);
	if (levels > 1)
		scan_bitmap(s);
	take(s);
	scan_bitmap(s);
}

static void scan_bool(struct scan *s)
{
	skip(s, 2 * sizeof(uint32_t));
	skip(s, take(s));
}

static void scan_level(struct scan *s)
{
	uint64_t len = take(s);

	skip(s, sizeof(uint32_t) + len);
	take(s);
	scan_bitmap(s);
}

static void scan_category(struct scan *s)
{
	uint64_t len = take(s);

	skip(s, 2 * sizeof(uint32_t) + len);
}

int sizes_check(const void *image, size_t size, uint32_t version, uint32_t *claimed)
{
	static scan_entry *const tables[SYM_NUM] = {
		[SYM_COMMONS] = scan_common, [SYM_CLASSES] = scan_class, [SYM_ROLES] = scan_role,
		[SYM_TYPES] = scan_type,     [SYM_USERS] = scan_user,    [SYM_BOOLS] = scan_bool,
		[SYM_LEVELS] = scan_level,   [SYM_CATS] = scan_category,
	};
	struct scan s = { .at = image, .left = size, .version = version };
	uint32_t symbols;

	skip(&s, SIZES_HEADER);
	take(&s); /* flags */
	symbols = take(&s);
	take(&s); /* kinds of objects with contexts */
	if (version >= POLICYDB_VERSION_POLCAP)
		scan_bitmap(&s);
	if (version >= POLICYDB_VERSION_PERMISSIVE)
		scan_bitmap(&s);
	if (version >= VERSION_NEVERAUDIT)
		scan_bitmap(&s);
	for (uint32_t i = 0; i < symbols && i < SYM_NUM && !s.lost && !s.absurd; i++) {
		uint32_t count = scan_size(&s);

		scan_entries(&s, count, tables[i]);
	}
	if (s.absurd)
		*claimed = s.claimed;
	return s.absurd ? -1 : 0;
}
