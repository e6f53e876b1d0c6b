/* SPDX-License-Identifier: MIT */
/*
 * links.c - files whose label does not fit under one of several names (see links.h).
 */
#include "config.h"

#include "label/links.h"

#include <stdlib.h>
#include <string.h>

static size_t bucket_of(const struct links *links, dev_t dev, ino_t ino)
{
	uint64_t hash = ((uint64_t)ino ^ (uint64_t)dev << 32) * 0x9e3779b97f4a7c15u;

	return (size_t)(hash >> 32) & (links->n_buckets - 1);
}

static int grow(struct links *links)
{
	struct links bigger = { .n_buckets = links->n_buckets ? links->n_buckets * 2 : 64 };

	if (links->count < links->n_buckets)
		return 0;
	bigger.buckets = calloc(bigger.n_buckets, sizeof(struct link_file *));
	if (!bigger.buckets)
		return -1;
	for (size_t i = 0; i < links->n_buckets; i++) {
		for (struct link_file *file = links->buckets[i], *next; file; file = next) {
			struct link_file **bucket =
				&bigger.buckets[bucket_of(&bigger, file->dev, file->ino)];

			next = file->next;
			file->next = *bucket;
			*bucket = file;
		}
	}
	free(links->buckets);
	links->buckets = bigger.buckets;
	links->n_buckets = bigger.n_buckets;
	return 0;
}

struct link_file *links_find(struct links *links, const struct stat *st)
{
	struct link_file *file = NULL;

	if (links->n_buckets)
		file = links->buckets[bucket_of(links, st->st_dev, st->st_ino)];
	while (file && (file->dev != st->st_dev || file->ino != st->st_ino))
		file = file->next;
	return file;
}

static struct link_file *file_new(struct links *links, const struct stat *st)
{
	struct link_file *file, **bucket;

	if (grow(links) < 0)
		return NULL;
	file = calloc(1, sizeof(*file));
	if (!file)
		return NULL;
	file->dev = st->st_dev;
	file->ino = st->st_ino;
	bucket = &links->buckets[bucket_of(links, st->st_dev, st->st_ino)];
	file->next = *bucket;
	*bucket = file;
	links->count++;
	return file;
}

static int add(struct links *links, const struct stat *st, struct link_name *name)
{
	struct link_file *file = links_find(links, st) ?: file_new(links, st);
	struct link_name **at;

	if (!file)
		return -1;
	file->links = st->st_nlink;
	file->seen++;
	for (at = &file->names; *at && strcmp((*at)->path, name->path) < 0; at = &(*at)->next)
		;
	name->next = *at;
	*at = name;
	return 0;
}

int links_add(struct links *links, const struct stat *st, const char *path, int wanted, int fit)
{
	size_t len = strlen(path);
	struct link_name *name = malloc(sizeof(*name) + len + 1);
	int rc;

	if (!name)
		return -1;
	name->wanted = wanted;
	name->fit = fit;
	memcpy(name->path, path, len + 1);
	pthread_mutex_lock(&links->lock);
	rc = add(links, st, name);
	pthread_mutex_unlock(&links->lock);
	if (rc < 0)
		free(name);
	return rc;
}

bool links_incomplete(const struct links *links)
{
	for (size_t i = 0; i < links->n_buckets; i++)
		for (const struct link_file *file = links->buckets[i]; file; file = file->next)
			if (file->seen < file->links)
				return true;
	return false;
}

void links_free(struct links *links)
{
	for (size_t i = 0; i < links->n_buckets; i++) {
		for (struct link_file *file = links->buckets[i], *next; file; file = next) {
			next = file->next;
			for (struct link_name *name = file->names, *after; name; name = after) {
				after = name->next;
				free(name);
			}
			free(file);
		}
	}
	free(links->buckets);
	pthread_mutex_destroy(&links->lock);
}
