/* SPDX-License-Identifier: MIT */
/*
 * same.c - are two policy images the same policy, in whatever order it was written?
 *
 * May call libsepol and image.h. Must never touch a file or the kernel, or change an image.
 */
#include "config.h"

#include "policy/same.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sepol/debug.h>
#include <sepol/handle.h>
#include <sepol/policydb.h>
#include <sepol/policydb/policydb.h>

#include "base/fd.h"

/* The word of flags (MLS, unknown permissions), behind magic number, length, "SE Linux" and
 * version. */
#define FLAGS_OFFSET 20
#define FLAGS_SIZE   4

static int compare_words(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_role_trans(const void *first, const void *second)
{
	const role_trans_t *a = *(const role_trans_t *const *)first;
	const role_trans_t *b = *(const role_trans_t *const *)second;
	int rc = compare_words(a->role, b->role);

	rc = rc ? rc : compare_words(a->type, b->type);
	rc = rc ? rc : compare_words(a->tclass, b->tclass);
	return rc ? rc : compare_words(a->new_role, b->new_role);
}

/* libsepol sorts its tables as it reads them; but these it keeps as a list. */
static int sort_role_trans(policydb_t *db)
{
	_cleanup_free_ role_trans_t **all = NULL;
	size_t n = 0;

	for (role_trans_t *t = db->role_tr; t; t = t->next)
		n++;
	if (n < 2)
		return 0;
	all = calloc(n, sizeof(*all));
	if (!all)
		return -1;
	n = 0;
	for (role_trans_t *t = db->role_tr; t; t = t->next)
		all[n++] = t;
	qsort(all, n, sizeof(*all), compare_role_trans);
	db->role_tr = all[0];
	for (size_t i = 0; i < n; i++)
		all[i]->next = i + 1 < n ? all[i + 1] : NULL;
	return 0;
}

static int rewrite(sepol_handle_t *handle, sepol_policydb_t *db, const struct image *image,
		   struct image *sorted)
{
	if (image_read(image, handle, db) < 0 || sort_role_trans(&db->p) < 0)
		return -1;
	return sepol_policydb_to_image(handle, db, &sorted->data, &sorted->size);
}

/* The same policy as libsepol writes it. 1; 0: libsepol cannot; -1: no memory. */
static int sort_image(const struct image *image, struct image *sorted)
{
	sepol_handle_t *handle = sepol_handle_create();
	sepol_policydb_t *db = NULL;
	int rc = -1;

	errno = 0;
	if (handle)
		sepol_msg_set_callback(handle, NULL, NULL);
	if (handle && sepol_policydb_create(&db) == 0)
		rc = rewrite(handle, db, image, sorted);
	else
		errno = ENOMEM;
	if (rc < 0 && errno != ENOMEM)
		rc = 0;
	else if (rc == 0)
		rc = 1;
	if (db)
		sepol_policydb_free(db);
	if (handle)
		sepol_handle_destroy(handle);
	if (rc < 0)
		errno = ENOMEM;
	return rc;
}

static int same_bytes(const struct image *a, const struct image *b)
{
	const unsigned char *x = a->data, *y = b->data;
	size_t behind = FLAGS_OFFSET + FLAGS_SIZE;

	return a->size == b->size && a->size > behind && memcmp(x, y, FLAGS_OFFSET) == 0 &&
	       memcmp(x + behind, y + behind, a->size - behind) == 0;
}

int image_same(const struct image *ours, const struct image *theirs)
{
	struct image a = { 0 }, b = { 0 };
	unsigned int version;
	int rc;

	if (same_bytes(ours, theirs))
		return 1;
	/* An order does not change how long it is. */
	if (ours->size != theirs->size || image_look(theirs, "", &version, NULL) < 0)
		return 0;
	rc = sort_image(ours, &a);
	if (rc > 0)
		rc = sort_image(theirs, &b);
	if (rc > 0)
		rc = same_bytes(&a, &b);
	free(a.data);
	free(b.data);
	return rc;
}
