/* SPDX-License-Identifier: MIT */
/*
 * secpol.h - one loaded policy, and the questions a kernel asks of it.
 *
 * What it is for: parse a binary policy with libsepol and answer, as the
 * kernel's security server would, from that policy alone. May call: libsepol
 * (its static library, for the policydb interfaces), lib/policy/sizes.h. Must never: touch a
 * namespace, a task or a file.
 *
 * Not thread-safe: libsepol's services keep the current policy in globals.
 * Every caller holds the simulator's one lock (kernel.h).
 *
 * Contexts are strings everywhere; a returned string is the caller's to free.
 * Functions that return int give 0 or a negative errno, as the kernel does.
 */
#ifndef SIM_SECPOL_H
#define SIM_SECPOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct secpol;

struct secpol_av {
	uint32_t allowed;
	uint32_t auditallow;
	uint32_t auditdeny;
	uint32_t flags; /* 1: the source type is permissive */
};

/* Parse an image. max_version: refuse a newer one (-EINVAL). Bytes after a
 * complete image are ignored (kernel-abi.md 5.1). Never prints. */
int secpol_parse(const void *image, size_t len, unsigned max_version, struct secpol **out);
void secpol_free(struct secpol *p);

unsigned secpol_version_max(void); /* newest version libsepol can parse */
unsigned secpol_version(const struct secpol *p);
bool secpol_mls(const struct secpol *p);
bool secpol_deny_unknown(const struct secpol *p);
bool secpol_reject_unknown(const struct secpol *p);
/* The image as `policy` reads it back, malloc'ed. */
int secpol_image(const struct secpol *p, void **image, size_t *len);

/* contexts */
int secpol_context_canonical(struct secpol *p, const char *context,
			     char **out); /* -EINVAL if invalid */
bool secpol_context_valid(struct secpol *p, const char *context);
/* Initial SIDs by the kernel's names ("kernel", "security", "unlabeled", "init",
 * "file", ...). Falls to "unlabeled"'s (or, for "init", "kernel"'s) context where
 * the policy gives none. */
int secpol_initial_sid(struct secpol *p, const char *name, char **out);
/* Enumerates the initial SID names that the kernel shows under initial_contexts. */
const char *secpol_initial_sid_name(unsigned i); /* NULL past the end */

/* access: class by its value in this policy; context strings invalid in the
 * policy give -EINVAL. */
int secpol_compute_av(struct secpol *p, const char *scontext, const char *tcontext, uint16_t tclass,
		      struct secpol_av *av);
/* By names, as the kernel's own checks: a class or permission that the policy
 * does not define is allowed unless deny_unknown. An invalid context is taken
 * as the unlabeled one. *permissive: the source type is permissive. */
bool secpol_allows(struct secpol *p, const char *scontext, const char *tcontext, const char *tclass,
		   const char *perm, bool *permissive);
/* transition/create (objname may be NULL), change (relabel), member */
int secpol_compute_create(struct secpol *p, const char *scontext, const char *tcontext,
			  uint16_t tclass, const char *objname, char **out);
int secpol_compute_relabel(struct secpol *p, const char *scontext, const char *tcontext,
			   uint16_t tclass, char **out);
int secpol_compute_member(struct secpol *p, const char *scontext, const char *tcontext,
			  uint16_t tclass, char **out);
int secpol_validate_transition(struct secpol *p, const char *oldcontext, const char *newcontext,
			       uint16_t tclass, const char *taskcontext); /* 0, -EPERM, -EINVAL */
/* Type bounds, for dynamic transitions in threads: is child bounded by parent? */
bool secpol_bounded(struct secpol *p, const char *parent, const char *child);

/* classes and permissions */
uint16_t secpol_class_value(struct secpol *p, const char *name); /* 0: not defined */
size_t secpol_class_count(struct secpol *p);
const char *secpol_class_name(struct secpol *p, uint16_t value); /* 1..count; NULL */
/* i from 0; *value: its bit number, from 1. NULL past the end (common ones included). */
const char *secpol_perm_name(struct secpol *p, uint16_t tclass, unsigned i, unsigned *value);

/* booleans */
size_t secpol_bool_count(struct secpol *p);
const char *secpol_bool_name(struct secpol *p, size_t i);
int secpol_bool_get(struct secpol *p, size_t i);
/* Sets all states at once and re-evaluates the conditional rules. */
int secpol_bools_commit(struct secpol *p, const int *states);

/* policy capabilities: names the kernel shows, and whether this policy sets it. */
const char *secpol_polcap_name(unsigned i); /* NULL past the end */
bool secpol_polcap(struct secpol *p, unsigned i);
bool secpol_polcap_by_name(struct secpol *p, const char *name);

#endif
