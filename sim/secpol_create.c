/* SPDX-License-Identifier: MIT */
/*
 * secpol_create.c - which context does a new object, or a new process, get?
 *
 * What it is for: create (transition), relabel (change) and member, with every
 * rule that the kernel applies: object defaults, type rules (conditional ones
 * too), file names, role and range transitions. May call: libsepol's tables.
 * Must never: return a context that is not valid in the policy.
 */
#include "secpol_priv.h"

#include <errno.h>
#include <string.h>

/*
 * The context that the rules lead to is not valid. An enforcing kernel refuses
 * (it would say EACCES; here as for every other invalid context), a permissive
 * one would use it all the same.
 */
enum { INVALID_RESULT = -EINVAL };

struct request {
	const context_struct_t *s, *t;
	const class_datum_t *class; /* NULL: not defined */
	uint16_t tclass;
	uint16_t rule; /* AVTAB_TRANSITION, AVTAB_CHANGE, AVTAB_MEMBER */
	bool like_source; /* a process or a socket: takes after its creator */
	const char *objname;
};

/* The kernel's own rule: a socket class is one whose name ends so. */
static bool is_socket_class(struct secpol *p, uint16_t tclass)
{
	static const char suffix[] = "socket";
	const char *name = secpol_class_name(p, tclass);
	size_t len = name ? strlen(name) : 0;

	return len >= sizeof(suffix) - 1 && strcmp(name + len - (sizeof(suffix) - 1), suffix) == 0;
}

static uint32_t new_user(const struct request *r)
{
	if (r->rule == AVTAB_MEMBER)
		return r->t->user;
	return r->class && r->class->default_user == DEFAULT_TARGET ? r->t->user : r->s->user;
}

static uint32_t new_role(const struct secpol *p, const struct request *r)
{
	if (r->rule == AVTAB_TRANSITION)
		for (const role_trans_t *rt = p->db.role_tr; rt; rt = rt->next)
			if (rt->role == r->s->role && rt->type == r->t->type &&
			    rt->tclass == r->tclass)
				return rt->new_role;
	if (r->class && r->class->default_role == DEFAULT_SOURCE)
		return r->s->role;
	if (r->class && r->class->default_role == DEFAULT_TARGET)
		return r->t->role;
	return r->like_source ? r->s->role : OBJECT_R_VAL;
}

/* By the last component of a new file's name; 0: no rule. */
static uint32_t type_by_name(const struct secpol *p, const struct request *r)
{
	const filename_trans_datum_t *datum;
	filename_trans_key_t key = {
		.ttype = r->t->type,
		.tclass = r->tclass,
		.name = (char *)r->objname, /* only compared */
	};

	datum = hashtab_search(p->db.filename_trans, (const_hashtab_key_t)&key);
	for (; datum; datum = datum->next)
		if (ebitmap_get_bit(&datum->stypes, r->s->type - 1))
			return datum->otype;
	return 0;
}

/* By a type rule, unconditional or in force; 0: no rule. */
static uint32_t type_by_rule(struct secpol *p, const struct request *r)
{
	avtab_key_t key = {
		.source_type = (uint16_t)r->s->type,
		.target_type = (uint16_t)r->t->type,
		.target_class = r->tclass,
		.specified = r->rule,
	};
	avtab_ptr_t node = avtab_search_node(&p->db.te_avtab, &key);

	if (node)
		return node->datum.data;
	node = avtab_search_node(&p->db.te_cond_avtab, &key);
	for (; node; node = avtab_search_node_next(node, key.specified))
		if (node->key.specified & AVTAB_ENABLED)
			return node->datum.data;
	return 0;
}

static uint32_t new_type(struct secpol *p, const struct request *r)
{
	uint32_t type = r->objname ? type_by_name(p, r) : 0;

	if (!type)
		type = type_by_rule(p, r);
	if (type)
		return type;
	if (r->class && r->class->default_type == DEFAULT_SOURCE)
		return r->s->type;
	if (r->class && r->class->default_type == DEFAULT_TARGET)
		return r->t->type;
	return r->like_source ? r->s->type : r->t->type;
}

static int result(int rc)
{
	return rc < 0 ? -ENOMEM : 0;
}

static int range_by_default(const struct request *r, context_struct_t *new, bool *done)
{
	*done = true;
	switch (r->class ? r->class->default_range : 0) {
	case DEFAULT_SOURCE_LOW:
		return result(mls_context_cpy_low(new, r->s));
	case DEFAULT_SOURCE_HIGH:
		return result(mls_context_cpy_high(new, r->s));
	case DEFAULT_SOURCE_LOW_HIGH:
		return result(mls_context_cpy(new, r->s));
	case DEFAULT_TARGET_LOW:
		return result(mls_context_cpy_low(new, r->t));
	case DEFAULT_TARGET_HIGH:
		return result(mls_context_cpy_high(new, r->t));
	case DEFAULT_TARGET_LOW_HIGH:
		return result(mls_context_cpy(new, r->t));
	case DEFAULT_GLBLUB:
		/* -EINVAL where the two ranges have nothing in common. */
		return mls_context_glblub(new, r->s, r->t) == 0 ? 0 : -EINVAL;
	}
	*done = false;
	return 0;
}

static int new_range(const struct secpol *p, const struct request *r, context_struct_t *new)
{
	if (!p->db.mls)
		return 0;
	if (r->rule == AVTAB_TRANSITION) {
		const range_trans_t key = {
			.source_type = r->s->type,
			.target_type = r->t->type,
			.target_class = r->tclass,
		};
		const mls_range_t *range;
		bool done;
		int rc;

		range = hashtab_search(p->db.range_tr, (const_hashtab_key_t)&key);
		if (range)
			return result(mls_range_cpy(&new->range, range));
		rc = range_by_default(r, new, &done);
		if (done)
			return rc;
	}
	if (r->rule != AVTAB_MEMBER && r->like_source)
		return result(mls_context_cpy(new, r->s));
	return result(mls_context_cpy_low(new, r->s));
}

static int compute(struct secpol *p, const char *scontext, const char *tcontext, uint16_t tclass,
		   uint16_t rule, const char *objname, char **out)
{
	SECPOL_CTX(s);
	SECPOL_CTX(t);
	SECPOL_CTX(new);
	struct request r = {
		.s = &s,
		.t = &t,
		.class = secpol_class(p, tclass),
		.tclass = tclass,
		.rule = rule,
		.like_source = tclass == p->process_class || is_socket_class(p, tclass),
		.objname = objname,
	};
	int rc;

	rc = secpol_ctx_parse(p, scontext, &s);
	if (rc)
		return rc;
	rc = secpol_ctx_parse(p, tcontext, &t);
	if (rc)
		return rc;

	new.user = new_user(&r);
	new.role = new_role(p, &r);
	new.type = new_type(p, &r);
	rc = new_range(p, &r, &new);
	if (rc)
		return rc;
	if (!secpol_ctx_valid(p, &new))
		return INVALID_RESULT;
	return secpol_ctx_string(p, &new, out);
}

int secpol_compute_create(struct secpol *p, const char *scontext, const char *tcontext,
			  uint16_t tclass, const char *objname, char **out)
{
	return compute(p, scontext, tcontext, tclass, AVTAB_TRANSITION, objname, out);
}

int secpol_compute_relabel(struct secpol *p, const char *scontext, const char *tcontext,
			   uint16_t tclass, char **out)
{
	return compute(p, scontext, tcontext, tclass, AVTAB_CHANGE, NULL, out);
}

int secpol_compute_member(struct secpol *p, const char *scontext, const char *tcontext,
			  uint16_t tclass, char **out)
{
	return compute(p, scontext, tcontext, tclass, AVTAB_MEMBER, NULL, out);
}
