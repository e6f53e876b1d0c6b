/* SPDX-License-Identifier: MIT */
/*
 * index.c - a tree of the specifications' keys (see index.h).
 */
#include "config.h"

#include "label/index.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	const char *key;
	size_t len;
	uint32_t spec;
};

/* Entries of a node and below: all begin with the same bytes, of which there are depth. */
struct part {
	uint32_t first, last; /* last is one past it */
	size_t depth;
};

/* By key, the shorter first; of the same key the last specification first. */
static int compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = memcmp(x->key, y->key, x->len < y->len ? x->len : y->len);

	if (order)
		return order;
	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return x->spec > y->spec ? -1 : 1;
}

static size_t common(const struct entry *x, const struct entry *y, size_t from)
{
	while (from < x->len && from < y->len && x->key[from] == y->key[from])
		from++;
	return from;
}

/* The node's own specifications, and its children, whose parts are added after @n_nodes. */
static uint32_t fill(struct index *index, struct part *parts, const struct entry *entries,
		     uint32_t at, uint32_t n_nodes)
{
	struct index_node *node = &index->nodes[at];
	const struct part part = parts[at];
	uint32_t first = part.first, last;
	uint32_t up = node->up, highest = node->highest;

	node->first_candidate = first;
	while (first < part.last && entries[first].len == part.depth)
		first++;
	node->n_candidates = first - part.first;
	if (node->n_candidates) {
		up = at;
		if (entries[part.first].spec + 1 > highest)
			highest = entries[part.first].spec + 1;
	}
	node->first_child = n_nodes;
	for (; first < part.last; first = last) {
		const unsigned char byte = (unsigned char)entries[first].key[part.depth];
		size_t depth;

		last = first + 1;
		while (last < part.last && (unsigned char)entries[last].key[part.depth] == byte)
			last++;
		depth = common(&entries[first], &entries[last - 1], part.depth);
		index->first_bytes[n_nodes] = byte;
		index->nodes[n_nodes] = (struct index_node){
			.label = entries[first].key + part.depth,
			.label_len = (uint32_t)(depth - part.depth),
			.up = up,
			.highest = highest,
		};
		parts[n_nodes++] = (struct part){ .first = first, .last = last, .depth = depth };
	}
	node->n_children = n_nodes - node->first_child;
	return n_nodes;
}

static struct index_candidate candidate(const struct specs *specs, uint32_t number)
{
	const struct spec *spec = &specs->all[number];
	struct index_candidate candidate = {
		.spec = number,
		.type = index_type(spec->mode),
		.n_pairs = spec->pattern.n_pairs,
	};

	memcpy(candidate.pairs, spec->pattern.pairs, sizeof(candidate.pairs));
	return candidate;
}

static int build(struct index *index, const struct specs *specs, struct entry *entries,
		 struct part *parts, uint32_t count)
{
	uint32_t n_nodes = 1;

	if (count)
		qsort(entries, count, sizeof(*entries), compare);
	for (uint32_t i = 0; i < count; i++)
		index->candidates[i] = candidate(specs, entries[i].spec);
	index->nodes[0] = (struct index_node){ .up = INDEX_NOWHERE };
	parts[0] = (struct part){ .last = count };
	/* Breadth first: no recursion that a hostile file could make deep. */
	for (uint32_t at = 0; at < n_nodes; at++)
		n_nodes = fill(index, parts, entries, at, n_nodes);
	return 0;
}

int index_build(struct index *index, const struct specs *specs)
{
	/* Each node but the root has a specification, or two children. */
	const size_t most = specs->count * 2 + 2;
	struct entry *entries = calloc(specs->count + 1, sizeof(*entries));
	struct part *parts = calloc(most, sizeof(*parts));
	int rc = -1;

	index->nodes = calloc(most, sizeof(*index->nodes));
	index->first_bytes = calloc(most, 1);
	index->candidates = calloc(specs->count + 1, sizeof(*index->candidates));
	if (entries && parts && index->nodes && index->first_bytes && index->candidates) {
		for (size_t i = 0; i < specs->count; i++) {
			entries[i].key = spec_key(&specs->all[i], &entries[i].len);
			entries[i].spec = (uint32_t)i;
		}
		rc = build(index, specs, entries, parts, (uint32_t)specs->count);
	}
	free(entries);
	free(parts);
	return rc;
}

void index_free(struct index *index)
{
	free(index->nodes);
	free(index->first_bytes);
	free(index->candidates);
}

uint32_t index_find(const struct index *index, const char *path, size_t len)
{
	const struct index_node *node = &index->nodes[0];
	uint32_t found = node->n_candidates ? 0 : INDEX_NOWHERE;
	size_t at = 0;

	while (at < len && node->n_children) {
		const unsigned char *bytes = index->first_bytes + node->first_child;
		const unsigned char *byte =
			memchr(bytes, (unsigned char)path[at], node->n_children);

		if (!byte)
			break;
		node = &index->nodes[node->first_child + (uint32_t)(byte - bytes)];
		if (len - at < node->label_len ||
		    memcmp(path + at, node->label, node->label_len) != 0)
			break;
		at += node->label_len;
		if (node->n_candidates)
			found = (uint32_t)(node - index->nodes);
	}
	return found;
}
