/* SPDX-License-Identifier: MIT */
/*
 * secpol_context.c - contexts: from a string, to a string, and whether valid.
 *
 * What it is for: "user:role:type[:range]" to a policy's numbers and back, by
 * the kernel's rules. May call: libsepol's tables. Must never: accept what the
 * kernel would not, or keep a context beyond the call.
 */
#include "secpol_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void free_string(char **s)
{
	free(*s);
}

/* Sets the categories of "c0.c5" or "c7". text is cut in pieces. */
static int parse_categories(const struct secpol *p, char *text, ebitmap_t *cats)
{
	const cat_datum_t *low, *high;
	char *last = strchr(text, '.');

	if (last)
		*last++ = '\0';
	low = hashtab_search(p->db.p_cats.table, text);
	if (!low || low->s.value == 0 || low->s.value > p->db.p_cats.nprim)
		return -EINVAL;
	high = low;
	if (last) {
		high = hashtab_search(p->db.p_cats.table, last);
		/* "c3.c3" and "c5.c3" are no ranges. */
		if (!high || high->s.value <= low->s.value || high->s.value > p->db.p_cats.nprim)
			return -EINVAL;
	}
	for (uint32_t value = low->s.value; value <= high->s.value; value++)
		if (ebitmap_set_bit(cats, value - 1, 1) != 0)
			return -ENOMEM;
	return 0;
}

static int parse_level(const struct secpol *p, char *text, mls_level_t *level)
{
	const level_datum_t *sens;
	char *cats = strchr(text, ':');

	if (cats)
		*cats++ = '\0';
	sens = hashtab_search(p->db.p_levels.table, text);
	if (!sens || !sens->level)
		return -EINVAL;
	level->sens = sens->level->sens;
	while (cats) {
		char *next = strchr(cats, ',');
		int rc;

		if (next)
			*next++ = '\0';
		rc = parse_categories(p, cats, &level->cat);
		if (rc)
			return rc;
		cats = next;
	}
	return 0;
}

static int parse_range(const struct secpol *p, char *text, mls_range_t *range)
{
	char *high = strchr(text, '-');
	int rc;

	if (high)
		*high++ = '\0';
	rc = parse_level(p, text, &range->level[0]);
	if (rc)
		return rc;
	if (high)
		return parse_level(p, high, &range->level[1]);
	return mls_level_cpy(&range->level[1], &range->level[0]) == 0 ? 0 : -ENOMEM;
}

int secpol_ctx_parse(const struct secpol *p, const char *string, context_struct_t *ctx)
{
	__attribute__((cleanup(free_string))) char *copy = strdup(string);
	char *user = copy, *role, *type, *range;
	const user_datum_t *user_datum;
	const role_datum_t *role_datum;
	const type_datum_t *type_datum;

	if (!copy)
		return -ENOMEM;
	role = strchr(user, ':');
	if (!role)
		return -EINVAL;
	*role++ = '\0';
	type = strchr(role, ':');
	if (!type)
		return -EINVAL;
	*type++ = '\0';
	range = strchr(type, ':');
	if (range)
		*range++ = '\0';

	user_datum = hashtab_search(p->db.p_users.table, user);
	role_datum = hashtab_search(p->db.p_roles.table, role);
	type_datum = hashtab_search(p->db.p_types.table, type);
	if (!user_datum || !role_datum || !type_datum || type_datum->flavor == TYPE_ATTRIB)
		return -EINVAL;
	ctx->user = user_datum->s.value;
	ctx->role = role_datum->s.value;
	ctx->type = type_datum->s.value; /* an alias has the value of its type */

	/* The range is there in an MLS policy, and in no other. */
	if ((p->db.mls != 0) != (range != NULL))
		return -EINVAL;
	if (range) {
		int rc = parse_range(p, range, &ctx->range);

		if (rc)
			return rc;
	}
	return secpol_ctx_valid(p, ctx) ? 0 : -EINVAL;
}

static bool level_valid(const struct secpol *p, const mls_level_t *level)
{
	const level_datum_t *sens;
	const char *name;

	if (level->sens == 0 || level->sens > p->db.p_levels.nprim)
		return false;
	name = p->db.p_sens_val_to_name[level->sens - 1];
	if (!name)
		return false;
	sens = hashtab_search(p->db.p_levels.table, name);
	return sens && sens->level && ebitmap_contains(&sens->level->cat, &level->cat);
}

bool secpol_ctx_valid(const struct secpol *p, const context_struct_t *ctx)
{
	const user_datum_t *user = secpol_user(p, ctx->user);
	const role_datum_t *role = secpol_role(p, ctx->role);
	const type_datum_t *type = secpol_type(p, ctx->type);

	if (!user || !role || !type || type->flavor == TYPE_ATTRIB)
		return false;
	/* object_r goes with every user and every type. */
	if (ctx->role != OBJECT_R_VAL && (!ebitmap_get_bit(&role->types.types, ctx->type - 1) ||
					  !ebitmap_get_bit(&user->roles.roles, ctx->role - 1)))
		return false;
	if (!p->db.mls)
		return true;

	if (!level_valid(p, &ctx->range.level[0]) || !level_valid(p, &ctx->range.level[1]) ||
	    !mls_level_dom(&ctx->range.level[1], &ctx->range.level[0]))
		return false;
	return ctx->role == OBJECT_R_VAL || mls_range_contains(user->exp_range, ctx->range);
}

static const char *category_name(const struct secpol *p, uint64_t bit)
{
	return bit < p->db.p_cats.nprim ? p->db.p_cat_val_to_name[bit] : NULL;
}

/* Categories in a row are written "c0.c5", two of them "c0,c1". */
static int print_level(const struct secpol *p, FILE *f, const mls_level_t *level)
{
	const char *name, separators[] = { ':', ',' };
	int64_t head = -2, prev = -2; /* first and last of the current row */
	bool more = false;

	if (level->sens == 0 || level->sens > p->db.p_levels.nprim)
		return -EINVAL;
	name = p->db.p_sens_val_to_name[level->sens - 1];
	if (!name)
		return -EINVAL;
	fputs(name, f);
	for_each_set_bit(bit, &level->cat)
	{
		name = category_name(p, bit);
		if (!name)
			return -EINVAL;
		if ((int64_t)bit != prev + 1) {
			if (prev != head)
				fprintf(f, "%c%s", prev - head > 1 ? '.' : ',',
					category_name(p, (uint64_t)prev));
			fprintf(f, "%c%s", separators[more], name);
			more = true;
			head = (int64_t)bit;
		}
		prev = (int64_t)bit;
	}
	if (prev != head)
		fprintf(f, "%c%s", prev - head > 1 ? '.' : ',', category_name(p, (uint64_t)prev));
	return 0;
}

int secpol_ctx_string(const struct secpol *p, const context_struct_t *ctx, char **out)
{
	__attribute__((cleanup(free_string))) char *text = NULL;
	const char *user, *role, *type;
	size_t len;
	int rc = 0;
	FILE *f;

	if (!secpol_user(p, ctx->user) || !secpol_role(p, ctx->role) || !secpol_type(p, ctx->type))
		return -EINVAL;
	user = p->db.p_user_val_to_name[ctx->user - 1];
	role = p->db.p_role_val_to_name[ctx->role - 1];
	type = p->db.p_type_val_to_name[ctx->type - 1];
	if (!user || !role || !type)
		return -EINVAL;

	f = open_memstream(&text, &len);
	if (!f)
		return -ENOMEM;
	fprintf(f, "%s:%s:%s", user, role, type);
	if (p->db.mls) {
		fputc(':', f);
		rc = print_level(p, f, &ctx->range.level[0]);
		if (!rc && !mls_level_eq(&ctx->range.level[0], &ctx->range.level[1])) {
			fputc('-', f);
			rc = print_level(p, f, &ctx->range.level[1]);
		}
	}
	if (fclose(f) != 0 && !rc)
		rc = -ENOMEM;
	if (rc)
		return rc;
	*out = text;
	text = NULL;
	return 0;
}

int secpol_context_canonical(struct secpol *p, const char *context, char **out)
{
	SECPOL_CTX(ctx);
	int rc = secpol_ctx_parse(p, context, &ctx);

	return rc ? rc : secpol_ctx_string(p, &ctx, out);
}

bool secpol_context_valid(struct secpol *p, const char *context)
{
	SECPOL_CTX(ctx);

	return secpol_ctx_parse(p, context, &ctx) == 0;
}
