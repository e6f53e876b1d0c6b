/* SPDX-License-Identifier: MIT */
/*
 * secpol_av.c - may this source do that to this target?
 *
 * What it is for: access vectors, constraints, validatetrans and type bounds,
 * by the rules of the kernel's security server. May call: libsepol's tables.
 * Must never: take permissive mode into account; its callers do.
 */
#include "secpol_priv.h"

#include <errno.h>
#include <string.h>

enum { AV_FLAG_PERMISSIVE = 1 };

static bool compare_levels(const mls_level_t *l1, const mls_level_t *l2, uint32_t op)
{
	switch (op) {
	case CEXPR_EQ:
		return mls_level_eq(l1, l2);
	case CEXPR_NEQ:
		return !mls_level_eq(l1, l2);
	case CEXPR_DOM:
		return mls_level_dom(l1, l2);
	case CEXPR_DOMBY:
		return mls_level_dom(l2, l1);
	case CEXPR_INCOMP:
		return mls_level_incomp(l1, l2);
	}
	return false;
}

static bool compare_roles(const struct secpol *p, uint32_t r1, uint32_t r2, uint32_t op)
{
	const role_datum_t *d1 = secpol_role(p, r1), *d2 = secpol_role(p, r2);
	bool dom, domby;

	if (op == CEXPR_EQ)
		return r1 == r2;
	if (op == CEXPR_NEQ)
		return r1 != r2;
	if (!d1 || !d2)
		return false;
	dom = ebitmap_get_bit(&d1->dominates, r2 - 1);
	domby = ebitmap_get_bit(&d2->dominates, r1 - 1);
	if (op == CEXPR_DOM)
		return dom;
	if (op == CEXPR_DOMBY)
		return domby;
	return op == CEXPR_INCOMP && !dom && !domby;
}

static bool compare_values(uint32_t v1, uint32_t v2, uint32_t op)
{
	return op == CEXPR_EQ ? v1 == v2 : op == CEXPR_NEQ && v1 != v2;
}

static bool compare_attributes(const struct secpol *p, const context_struct_t *s,
			       const context_struct_t *t, const constraint_expr_t *e)
{
	const mls_level_t *sl = s->range.level, *tl = t->range.level;

	switch (e->attr) {
	case CEXPR_USER:
		return compare_values(s->user, t->user, e->op);
	case CEXPR_TYPE:
		return compare_values(s->type, t->type, e->op);
	case CEXPR_ROLE:
		return compare_roles(p, s->role, t->role, e->op);
	case CEXPR_L1L2:
		return compare_levels(&sl[0], &tl[0], e->op);
	case CEXPR_L1H2:
		return compare_levels(&sl[0], &tl[1], e->op);
	case CEXPR_H1L2:
		return compare_levels(&sl[1], &tl[0], e->op);
	case CEXPR_H1H2:
		return compare_levels(&sl[1], &tl[1], e->op);
	case CEXPR_L1H1:
		return compare_levels(&sl[0], &sl[1], e->op);
	case CEXPR_L2H2:
		return compare_levels(&tl[0], &tl[1], e->op);
	}
	return false;
}

static bool match_names(const context_struct_t *ctx, const constraint_expr_t *e)
{
	uint32_t value;
	bool in;

	if (e->attr & CEXPR_USER)
		value = ctx->user;
	else if (e->attr & CEXPR_ROLE)
		value = ctx->role;
	else if (e->attr & CEXPR_TYPE)
		value = ctx->type;
	else
		return false;
	in = value && ebitmap_get_bit(&e->names, value - 1);
	return e->op == CEXPR_EQ ? in : e->op == CEXPR_NEQ && !in;
}

/*
 * An expression in reverse Polish notation. x is the third context of a
 * validatetrans rule, else NULL. A malformed expression does not hold.
 */
static bool constraint_holds(const struct secpol *p, const context_struct_t *s,
			     const context_struct_t *t, const context_struct_t *x,
			     const constraint_expr_t *expr)
{
	bool stack[CEXPR_MAXDEPTH];
	int depth = 0;

	for (const constraint_expr_t *e = expr; e; e = e->next) {
		const context_struct_t *named = s;

		switch (e->expr_type) {
		case CEXPR_NOT:
			if (depth < 1)
				return false;
			stack[depth - 1] = !stack[depth - 1];
			break;
		case CEXPR_AND:
			if (depth < 2)
				return false;
			depth--;
			stack[depth - 1] = stack[depth - 1] && stack[depth];
			break;
		case CEXPR_OR:
			if (depth < 2)
				return false;
			depth--;
			stack[depth - 1] = stack[depth - 1] || stack[depth];
			break;
		case CEXPR_ATTR:
			if (depth == CEXPR_MAXDEPTH)
				return false;
			stack[depth++] = compare_attributes(p, s, t, e);
			break;
		case CEXPR_NAMES:
			if (depth == CEXPR_MAXDEPTH)
				return false;
			if (e->attr & CEXPR_TARGET)
				named = t;
			else if (e->attr & CEXPR_XTARGET)
				named = x;
			if (!named)
				return false;
			stack[depth++] = match_names(named, e);
			break;
		default:
			return false;
		}
	}
	return depth == 1 && stack[0];
}

/* The rules for one pair of types or attributes, with the conditional ones in force. */
static void add_rules(struct secpol *p, avtab_key_t *key, struct sepol_av_decision *avd)
{
	avtab_ptr_t node = avtab_search_node(&p->db.te_avtab, key);

	for (; node; node = avtab_search_node_next(node, key->specified)) {
		switch (node->key.specified) {
		case AVTAB_ALLOWED:
			avd->allowed |= node->datum.data;
			break;
		case AVTAB_AUDITALLOW:
			avd->auditallow |= node->datum.data;
			break;
		case AVTAB_AUDITDENY:
			avd->auditdeny &= node->datum.data;
			break;
		}
	}
	cond_compute_av(&p->db.te_cond_avtab, key, avd);
}

static bool role_change_allowed(const struct secpol *p, uint32_t from, uint32_t to)
{
	for (const role_allow_t *ra = p->db.role_allow; ra; ra = ra->next)
		if (ra->role == from && ra->new_role == to)
			return true;
	return false;
}

static void compute_av(struct secpol *p, const context_struct_t *s, const context_struct_t *t,
		       uint16_t tclass, struct sepol_av_decision *avd)
{
	const class_datum_t *class = secpol_class(p, tclass);
	const type_datum_t *stype = secpol_type(p, s->type);
	const type_datum_t *ttype = secpol_type(p, t->type);
	avtab_key_t key = { .target_class = tclass, .specified = AVTAB_AV };

	*avd = (struct sepol_av_decision){ .auditdeny = UINT32_MAX };
	if (!class || !stype || !ttype)
		return;

	for_each_set_bit(i, &p->db.type_attr_map[s->type - 1])
	{
		for_each_set_bit(j, &p->db.type_attr_map[t->type - 1])
		{
			key.source_type = (uint16_t)(i + 1);
			key.target_type = (uint16_t)(j + 1);
			add_rules(p, &key, avd);
		}
	}

	/* Constraints, MLS ones among them. */
	for (const constraint_node_t *c = class->constraints; c; c = c->next)
		if ((c->permissions & avd->allowed) && !constraint_holds(p, s, t, NULL, c->expr))
			avd->allowed &= ~c->permissions;

	/* A process that changes its role needs a role allow rule. */
	if (tclass == p->process_class && (avd->allowed & p->process_trans) && s->role != t->role &&
	    !role_change_allowed(p, s->role, t->role))
		avd->allowed &= ~p->process_trans;

	/* A bounded type has nothing that its bounds have not (their chain is
	 * short, secpol_parse() saw to it). */
	if (stype->bounds) {
		context_struct_t low_s = *s, low_t = *t; /* borrow the ranges */
		struct sepol_av_decision bounds;

		low_s.type = stype->bounds;
		if (ttype->bounds)
			low_t.type = ttype->bounds;
		compute_av(p, &low_s, &low_t, tclass, &bounds);
		avd->allowed &= bounds.allowed;
	}
}

static bool type_permissive(const struct secpol *p, uint32_t type)
{
	/* This map alone is indexed by the type's value, not by value - 1. */
	return ebitmap_get_bit(&p->db.permissive_map, type);
}

int secpol_compute_av(struct secpol *p, const char *scontext, const char *tcontext, uint16_t tclass,
		      struct secpol_av *av)
{
	SECPOL_CTX(s);
	SECPOL_CTX(t);
	struct sepol_av_decision avd;
	int rc;

	rc = secpol_ctx_parse(p, scontext, &s);
	if (rc)
		return rc;
	rc = secpol_ctx_parse(p, tcontext, &t);
	if (rc)
		return rc;

	compute_av(p, &s, &t, tclass, &avd);
	/* Class 0 is one that the asker's policy knows and this one does not. */
	if (tclass == 0 && !secpol_deny_unknown(p))
		avd.allowed = UINT32_MAX;
	*av = (struct secpol_av){
		.allowed = avd.allowed,
		.auditallow = avd.auditallow,
		.auditdeny = avd.auditdeny,
		.flags = type_permissive(p, s.type) ? AV_FLAG_PERMISSIVE : 0,
	};
	return 0;
}

/* As secpol_ctx_parse(); what is no context counts as the unlabeled SID's. */
static int parse_or_unlabeled(const struct secpol *p, const char *string, context_struct_t *ctx)
{
	int rc = string ? secpol_ctx_parse(p, string, ctx) : -EINVAL;

	if (rc != -EINVAL)
		return rc;
	context_destroy(ctx);
	if (!p->isid[ISID_UNLABELED])
		return -EINVAL;
	return context_cpy(ctx, p->isid[ISID_UNLABELED]) == 0 ? 0 : -ENOMEM;
}

bool secpol_allows(struct secpol *p, const char *scontext, const char *tcontext, const char *tclass,
		   const char *perm, bool *permissive)
{
	SECPOL_CTX(s);
	SECPOL_CTX(t);
	struct sepol_av_decision avd;
	uint16_t class;
	uint32_t bit;

	if (permissive)
		*permissive = false;
	if (parse_or_unlabeled(p, scontext, &s) != 0 || parse_or_unlabeled(p, tcontext, &t) != 0)
		return false;
	if (permissive)
		*permissive = type_permissive(p, s.type);

	class = secpol_class_value(p, tclass);
	bit = secpol_perm_bit(p, class, perm);
	if (!bit)
		return !secpol_deny_unknown(p);
	compute_av(p, &s, &t, class, &avd);
	return (avd.allowed & bit) != 0;
}

int secpol_validate_transition(struct secpol *p, const char *oldcontext, const char *newcontext,
			       uint16_t tclass, const char *taskcontext)
{
	const class_datum_t *class = secpol_class(p, tclass);
	SECPOL_CTX(old);
	SECPOL_CTX(new);
	SECPOL_CTX(task);
	int rc;

	if (!class)
		return -EINVAL;
	rc = secpol_ctx_parse(p, oldcontext, &old);
	if (!rc)
		rc = secpol_ctx_parse(p, newcontext, &new);
	if (!rc)
		rc = secpol_ctx_parse(p, taskcontext, &task);
	if (rc)
		return rc;
	for (const constraint_node_t *c = class->validatetrans; c; c = c->next)
		if (!constraint_holds(p, &old, &new, &task, c->expr))
			return -EPERM;
	return 0;
}

bool secpol_bounded(struct secpol *p, const char *parent, const char *child)
{
	SECPOL_CTX(upper);
	SECPOL_CTX(lower);
	const type_datum_t *type;

	if (secpol_ctx_parse(p, parent, &upper) != 0 || secpol_ctx_parse(p, child, &lower) != 0)
		return false;
	if (upper.type == lower.type)
		return true;
	type = secpol_type(p, lower.type);
	while (type && type->bounds) {
		if (type->bounds == upper.type)
			return true;
		type = secpol_type(p, type->bounds);
	}
	return false;
}
