/* SPDX-License-Identifier: MIT */
/*
 * links.c - files whose label does not fit under one of several names (see links.h).
 */
#include "config.h"

#include "label/links.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"

/* What an allocation takes besides. */
#define OVERHEAD 16

/* What a file takes: also of the buckets, which are up to two for each, and one more while they grow. */
#define FILE_SIZE (sizeof(struct link_file) + OVERHEAD + 3 * sizeof(struct link_file *))

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

/* Takes @name, which is then NULL; or leaves it, where there is no room. */
static int add(struct links *links, const struct stat *st, struct link_name **name, size_t size,
	       const char *context)
{
	struct link_file *file = links_find(links, st);

	size += OVERHEAD + (file ? 0 : FILE_SIZE);
	links->full = links->full || size > links->max_bytes - links->bytes;
	if (!file && links->full) {
		errno = ENOSPC;
		return -1;
	}
	if (!file && !(file = file_new(links, st)))
		return -1;
	if (!file->context || strcmp(context, file->context) < 0) {
		file->context = context;
		file->wanted = (*name)->wanted;
	}
	file->links = st->st_nlink;
	file->seen++;
	if (links->full) {
		file->unnamed++;
		return 1;
	}
	links->bytes += size;
	(*name)->next = file->names;
	file->names = *name;
	*name = NULL;
	return 0;
}

int links_add(struct links *links, const struct stat *st, const char *path, int wanted,
	      const char *context)
{
	size_t len = strlen(path), size = sizeof(struct link_name) + len + 1;
	_cleanup_free_ struct link_name *name = malloc(size);
	int rc;

	if (!name)
		return -1;
	name->wanted = wanted;
	name->gone = false;
	memcpy(name->path, path, len + 1);
	pthread_mutex_lock(&links->lock);
	rc = add(links, st, &name, size, context);
	pthread_mutex_unlock(&links->lock);
	return rc;
}

int links_fit(struct links *links, const struct stat *st, bool later)
{
	const size_t size = FILE_SIZE;
	struct link_file *file;

	pthread_mutex_lock(&links->lock);
	file = links_find(links, st);
	if (!file && later) {
		links->full = links->full || size > links->max_bytes - links->bytes;
		later = !links->full;
		file = later ? file_new(links, st) : NULL;
		links->bytes += file ? size : 0;
	}
	if (file)
		file->fits = true;
	pthread_mutex_unlock(&links->lock);
	return file || !later ? 0 : -1;
}

/* The first @n of *list, at least one, by their bytes; *list is then what is behind them. */
static struct link_name *sort(struct link_name **list, size_t n)
{
	struct link_name *a, *b, *all = NULL, **end = &all;

	if (n == 1) {
		a = *list;
		*list = a->next;
		a->next = NULL;
		return a;
	}
	a = sort(list, n / 2);
	b = sort(list, n - n / 2);
	while (a && b) {
		struct link_name **least = strcmp(a->path, b->path) <= 0 ? &a : &b;

		*end = *least;
		end = &(*end)->next;
		*least = *end;
	}
	*end = a ?: b;
	return all;
}

void links_sort(struct links *links)
{
	for (size_t i = 0; i < links->n_buckets; i++)
		for (struct link_file *file = links->buckets[i]; file; file = file->next)
			if (file->names)
				file->names = sort(&file->names, file->seen - file->unnamed);
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
