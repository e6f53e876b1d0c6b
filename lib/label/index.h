/* SPDX-License-Identifier: MIT */
/*
 * index.h - which few of the specifications can match a path?
 *
 * A tree of the literal bytes that expressions begin with. Walking down it along a path finds all
 * specifications whose key the path begins with, and no other. May call specs.h.
 */
#ifndef SELINUXNS_LABEL_INDEX_H
#define SELINUXNS_LABEL_INDEX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "label/specs.h"

#define INDEX_NOWHERE UINT32_MAX

/* A specification, with what tells soonest that it does not match: most candidates do not. */
struct index_candidate {
	uint32_t spec; /* its number */
	uint8_t type; /* of file, S_IFMT without the zeros, or 0 */
	uint8_t n_pairs;
	uint8_t pairs[PATTERN_PAIRS];
};

struct index_node {
	const char *label; /* the bytes that lead here from its parent */
	uint32_t label_len;
	uint32_t first_child;
	uint32_t n_children;
	uint32_t first_candidate; /* the last specification first */
	uint32_t n_candidates;
	uint32_t up; /* the next node above that has specifications, or INDEX_NOWHERE */
	uint32_t highest; /* 1 + the last specification that any node above has */
};

struct index {
	struct index_node *nodes;
	unsigned char *first_bytes; /* of each node's label */
	struct index_candidate *candidates;
};

static inline uint8_t index_type(mode_t mode)
{
	return (uint8_t)((mode & S_IFMT) >> 12);
}

/* 0, or -1 with errno ENOMEM. index_free() also then. */
int index_build(struct index *index, const struct specs *specs);
void index_free(struct index *index);

/* The deepest node on the path that has specifications; the others are up of it. INDEX_NOWHERE for none. */
uint32_t index_find(const struct index *index, const char *path, size_t len);

#endif
