/* SPDX-License-Identifier: MIT */
/*
 * fit.c - does a label fit? (see fit.h)
 */
#include "config.h"

#include "label/fit.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"

/* Some hundred occur in a tree; a tree in which each file has another one shall not fill memory. */
#define MAX_KNOWN 4096
#define N_BUCKETS 1024
#define N_NEAR    256

/* A part of a string. */
struct part {
	size_t at, len;
};

/* A label that occurred. Nothing of it changes. */
struct known {
	struct known *next;
	uint32_t hash;
	bool valid, customizable;
	struct part type;
	size_t len;
	char text[];
};

struct fit_all {
	const struct fit_rules *rules;
	struct part *wanted_types; /* of each context of the file contexts */
	pthread_mutex_t lock; /* also of libsepol */
	struct known *buckets[N_BUCKETS];
	unsigned int count;
};

/* The last label with such a hash, and how it was judged. */
struct slot {
	const struct known *known;
	int wanted;
	enum fit fit;
};

struct fit_near {
	struct fit_all *all;
	struct known *extra; /* one of those that are not remembered */
	struct slot slots[N_NEAR];
	char label[FIT_LABEL_MAX];
};

static uint32_t hash_of(const char *text, size_t len)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 16777619u;
	return hash ^ hash >> 15;
}

/* The third of the parts between colons; empty where there is none. */
static struct part type_of(const char *text, size_t len)
{
	struct part type = { 0 };

	for (int colons = 0; colons < 2; colons++) {
		const char *colon = memchr(text + type.at, ':', len - type.at);

		if (!colon)
			return (struct part){ 0 };
		type.at = (size_t)(colon - text) + 1;
	}
	while (type.at + type.len < len && text[type.at + type.len] != ':')
		type.len++;
	return type;
}

static bool is_customizable(const struct fit_rules *rules, const char *text, struct part type)
{
	for (size_t i = 0; i < rules->n_customizable; i++)
		if (strlen(rules->customizable[i]) == type.len &&
		    memcmp(rules->customizable[i], text + type.at, type.len) == 0)
			return true;
	return false;
}

/* Under the lock. NULL with ENOMEM. */
static struct known *known_new(struct fit_all *all, const char *text, size_t len, uint32_t hash)
{
	const struct fit_rules *rules = all->rules;
	struct known *known = calloc(1, sizeof(*known) + len + 1);
	int valid;

	if (!known)
		return NULL;
	memcpy(known->text, text, len);
	known->len = len;
	known->hash = hash;
	known->type = type_of(text, len);
	valid = len && len < FIT_LABEL_MAX && !memchr(text, '\0', len);
	if (valid && rules->policy)
		valid = policy_parsed_has_context(rules->policy, known->text);
	if (valid < 0) {
		free(known);
		errno = ENOMEM;
		return NULL;
	}
	known->valid = valid;
	known->customizable = is_customizable(rules, text, known->type);
	return known;
}

static const struct known *find(struct fit_near *near, const char *text, size_t len, uint32_t hash)
{
	struct fit_all *all = near->all;
	struct known **bucket = &all->buckets[hash % N_BUCKETS];
	struct known *known;

	pthread_mutex_lock(&all->lock);
	for (known = *bucket; known; known = known->next)
		if (known->hash == hash && known->len == len && memcmp(known->text, text, len) == 0)
			break;
	if (!known) {
		known = known_new(all, text, len, hash);
		if (known && all->count < MAX_KNOWN) {
			known->next = *bucket;
			*bucket = known;
			all->count++;
		} else {
			free(near->extra);
			near->extra = known;
		}
	}
	pthread_mutex_unlock(&all->lock);
	return known;
}

static bool is_wanted(const struct fit_all *all, const struct known *known, int wanted)
{
	const char *context = label_contexts_name(all->rules->contexts, wanted);
	struct part type = all->wanted_types[wanted];

	if (strcmp(known->text, context) == 0)
		return true;
	if (all->rules->strict)
		return false;
	return known->customizable ||
	       (type.len && type.len == known->type.len &&
		memcmp(context + type.at, known->text + known->type.at, type.len) == 0);
}

static enum fit judge(const struct fit_all *all, const struct known *known, int wanted)
{
	if (!known->valid)
		return FIT_INVALID;
	if (!all->rules->contexts)
		return FIT_GOOD;
	if (wanted < 0)
		return FIT_UNSPECIFIED;
	return is_wanted(all, known, wanted) ? FIT_GOOD : FIT_DIFFERS;
}

enum fit fit_judge(struct fit_near *near, const char *label, size_t len, int wanted)
{
	const struct known *known;
	struct slot *slot;
	uint32_t hash;

	if (!label)
		return near->all->rules->contexts && wanted < 0 ? FIT_UNSPECIFIED : FIT_MISSING;
	hash = hash_of(label, len);
	slot = &near->slots[hash % N_NEAR];
	known = slot->known;
	if (known && known->hash == hash && known->len == len &&
	    memcmp(known->text, label, len) == 0) {
		if (slot->wanted == wanted)
			return slot->fit;
	} else {
		known = find(near, label, len, hash);
		if (!known)
			return FIT_ERROR;
	}
	if (known == near->extra) {
		slot->known = NULL;
		return judge(near->all, known, wanted);
	}
	*slot = (struct slot){ known, wanted, judge(near->all, known, wanted) };
	return slot->fit;
}

/* 1 or 0, or -1 with ENOMEM. */
static int is_valid(struct fit_near *near, const char *context)
{
	size_t len = strlen(context);
	const struct known *known = find(near, context, len, hash_of(context, len));

	return known ? known->valid : -1;
}

const char *fit_label(struct fit_near *near, const char *label, size_t len, int wanted)
{
	const struct fit_all *all = near->all;
	const char *context = label_contexts_name(all->rules->contexts, wanted);
	struct part type = all->wanted_types[wanted];
	struct part old = label ? type_of(label, len) : (struct part){ 0 };
	int n, valid = 0;

	/* Whether the rest is good only the policy knows. */
	if (!all->rules->strict && all->rules->policy && type.len && old.len) {
		n = snprintf(near->label, sizeof(near->label), "%.*s%.*s%.*s", (int)old.at, label,
			     (int)type.len, context + type.at, (int)(len - old.at - old.len),
			     label + old.at + old.len);
		if (n < (int)sizeof(near->label))
			valid = is_valid(near, near->label);
		if (valid)
			return valid > 0 ? near->label : NULL;
	}
	valid = is_valid(near, context);
	if (valid == 0)
		errno = EINVAL;
	return valid > 0 ? context : NULL;
}

struct fit_all *fit_new(const struct fit_rules *rules)
{
	unsigned int n = rules->contexts ? label_contexts_count(rules->contexts) : 0;
	struct fit_all *all = calloc(1, sizeof(*all));

	if (!all)
		return NULL;
	all->rules = rules;
	pthread_mutex_init(&all->lock, NULL);
	all->wanted_types = calloc(n + 1, sizeof(struct part));
	if (!all->wanted_types) {
		fit_free(all);
		return NULL;
	}
	for (unsigned int i = 0; i < n; i++) {
		const char *context = label_contexts_name(rules->contexts, (int)i);

		all->wanted_types[i] = type_of(context, strlen(context));
	}
	return all;
}

void fit_free(struct fit_all *all)
{
	if (!all)
		return;
	for (size_t i = 0; i < N_BUCKETS; i++) {
		for (struct known *known = all->buckets[i], *next; known; known = next) {
			next = known->next;
			free(known);
		}
	}
	pthread_mutex_destroy(&all->lock);
	free(all->wanted_types);
	free(all);
}

struct fit_near *fit_near_new(struct fit_all *all)
{
	struct fit_near *near = calloc(1, sizeof(*near));

	if (near)
		near->all = all;
	return near;
}

void fit_near_free(struct fit_near *near)
{
	if (near)
		free(near->extra);
	free(near);
}
