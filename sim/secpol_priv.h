/* SPDX-License-Identifier: MIT */
/*
 * secpol_priv.h - what the secpol_*.c files share.
 *
 * What it is for: the loaded policy's structure, and contexts as libsepol's
 * numbers. May be included by secpol*.c only. Must never: be seen by another
 * part of the simulator, which knows contexts as strings.
 *
 * libsepol parses; the questions are answered here on its structures, by the
 * kernel's rules. Its own services are not used: they keep the policy in
 * globals, and know neither object defaults (default_user, ...) nor the names
 * of new files.
 */
#ifndef SIM_SECPOL_PRIV_H
#define SIM_SECPOL_PRIV_H

/* Before <stdbool.h>: older libsepol has a field called "bool" in here. */
#include <sepol/policydb/conditional.h>
#include <sepol/policydb/policydb.h>

#include "secpol.h"

/* The kernel's numbers of initial SIDs; devnull is the last. */
enum { ISID_KERNEL = 1, ISID_UNLABELED = 3, ISID_INIT = 7, ISID_MAX = 27 };

struct perm_table {
	const char *names[PERM_SYMTAB_SIZE]; /* by value - 1; NULL: a gap */
};

struct secpol {
	policydb_t db;
	void *image; /* the bytes that libsepol consumed */
	size_t image_len;
	struct perm_table *perms; /* by class - 1 */
	uint32_t *bools; /* values of the booleans that are defined */
	size_t bool_count;
	uint16_t process_class;
	uint32_t process_trans; /* its transition and dyntransition */
	const context_struct_t *isid[ISID_MAX + 1]; /* in db; NULL: not given */
};

static inline void secpol_ctx_release(context_struct_t *ctx)
{
	context_destroy(ctx);
}

/* A context of its own, empty, released at the end of the block. */
#define SECPOL_CTX(name) __attribute__((cleanup(secpol_ctx_release))) context_struct_t name = { 0 }

/*
 * Visits each bit set in a bitmap; only a return leaves it early. Not libsepol's
 * macro, which tests every bit of every word.
 */
#define for_each_set_bit(bit, bitmap)                                                          \
	for (const ebitmap_node_t *n_##bit = (bitmap)->node; n_##bit; n_##bit = n_##bit->next) \
		for (uint64_t m_##bit = n_##bit->map, bit;                                     \
		     m_##bit && (bit = secpol_low_bit(n_##bit, m_##bit), true);                \
		     m_##bit &= m_##bit - 1)

static inline uint64_t secpol_low_bit(const ebitmap_node_t *node, uint64_t left)
{
	return (uint64_t)node->startbit + (unsigned)__builtin_ctzll(left);
}

/* These give NULL for a value that is out of range, or a gap. */
static inline class_datum_t *secpol_class(const struct secpol *p, uint32_t value)
{
	if (value == 0 || value > p->db.p_classes.nprim)
		return NULL;
	return p->db.class_val_to_struct[value - 1];
}

static inline type_datum_t *secpol_type(const struct secpol *p, uint32_t value)
{
	if (value == 0 || value > p->db.p_types.nprim)
		return NULL;
	return p->db.type_val_to_struct[value - 1];
}

static inline role_datum_t *secpol_role(const struct secpol *p, uint32_t value)
{
	if (value == 0 || value > p->db.p_roles.nprim)
		return NULL;
	return p->db.role_val_to_struct[value - 1];
}

static inline user_datum_t *secpol_user(const struct secpol *p, uint32_t value)
{
	if (value == 0 || value > p->db.p_users.nprim)
		return NULL;
	return p->db.user_val_to_struct[value - 1];
}

/* secpol.c */
uint32_t secpol_perm_bit(const struct secpol *p, uint16_t tclass, const char *name);

/* secpol_context.c. ctx is empty before; on an error it is to be released, too. */
int secpol_ctx_parse(const struct secpol *p, const char *string, context_struct_t *ctx);
int secpol_ctx_string(const struct secpol *p, const context_struct_t *ctx, char **out);
bool secpol_ctx_valid(const struct secpol *p, const context_struct_t *ctx);

#endif
