/* SPDX-License-Identifier: MIT */
/*
 * filecontexts.c - the public object for file contexts.
 *
 * May call contexts.h. Keeps what threads look up with, as many as were ever in a lookup at once.
 */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <selinux/selinuxns.h>

#include "label/contexts.h"
#include "policy/file.h"

#define STEP "look up context"

/* Not in use by any thread. */
struct spare {
	struct label_scratch *scratch;
	struct spare *next;
};

struct pool {
	pthread_mutex_t lock;
	struct spare *spares;
};

struct selinuxns_file_contexts {
	struct label_contexts *contexts;
	struct pool *pool;
};

static struct pool *pool_new(void)
{
	struct pool *pool = calloc(1, sizeof(*pool));

	if (pool)
		pthread_mutex_init(&pool->lock, NULL);
	return pool;
}

static void pool_free(struct pool *pool)
{
	struct spare *spare, *next;

	for (spare = pool->spares; spare; spare = next) {
		next = spare->next;
		label_scratch_free(spare->scratch);
		free(spare);
	}
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

static struct spare *take(const struct selinuxns_file_contexts *contexts)
{
	struct pool *pool = contexts->pool;
	struct spare *spare;

	pthread_mutex_lock(&pool->lock);
	spare = pool->spares;
	if (spare)
		pool->spares = spare->next;
	pthread_mutex_unlock(&pool->lock);
	if (spare)
		return spare;
	spare = calloc(1, sizeof(*spare));
	if (spare)
		spare->scratch = label_scratch_new(contexts->contexts);
	if (spare && !spare->scratch) {
		free(spare);
		spare = NULL;
	}
	return spare;
}

static void give_back(struct pool *pool, struct spare *spare)
{
	pthread_mutex_lock(&pool->lock);
	spare->next = pool->spares;
	pool->spares = spare;
	pthread_mutex_unlock(&pool->lock);
}

static struct selinuxns_file_contexts *open_source(const struct label_contexts_source *source,
						   struct selinuxns_error *error)
{
	struct selinuxns_file_contexts *contexts = calloc(1, sizeof(*contexts));
	int saved;

	if (contexts)
		contexts->pool = pool_new();
	if (!contexts || !contexts->pool) {
		free(contexts);
		policy_fail(error, ENOMEM, "read file contexts", "file_contexts", "%s",
			    strerror(ENOMEM));
		return NULL;
	}
	contexts->contexts = label_contexts_open(source, error);
	if (contexts->contexts)
		return contexts;
	saved = errno;
	selinuxns_file_contexts_free(contexts);
	errno = saved;
	return NULL;
}

struct selinuxns_file_contexts *selinuxns_file_contexts_open_root(int rootfd, const char *type,
								  struct selinuxns_error *error)
{
	return open_source(&(struct label_contexts_source){ .rootfd = rootfd, .type = type },
			   error);
}

struct selinuxns_file_contexts *selinuxns_file_contexts_open_file(const char *path,
								  struct selinuxns_error *error)
{
	return open_source(&(struct label_contexts_source){ .rootfd = -1, .file = path }, error);
}

void selinuxns_file_contexts_free(struct selinuxns_file_contexts *contexts)
{
	if (!contexts)
		return;
	label_contexts_free(contexts->contexts);
	pool_free(contexts->pool);
	free(contexts);
}

int selinuxns_file_contexts_lookup(const struct selinuxns_file_contexts *contexts, const char *path,
				   mode_t mode, const char **context, struct selinuxns_error *error)
{
	struct spare *spare = take(contexts);
	int id, err;

	*context = NULL;
	if (!spare)
		return policy_fail(error, ENOMEM, STEP, path, "%s", strerror(ENOMEM));
	id = label_contexts_lookup(contexts->contexts, spare->scratch, path, strlen(path), mode);
	err = errno;
	if (id == LABEL_ERROR)
		label_contexts_fail(contexts->contexts, spare->scratch, path, err, error);
	give_back(contexts->pool, spare);
	if (id == LABEL_ERROR) {
		errno = err;
		return -1;
	}
	ns_error_clear(error);
	if (id >= 0)
		*context = label_contexts_name(contexts->contexts, id);
	return id >= 0            ? SELINUXNS_LOOKUP_CONTEXT
	       : id == LABEL_NONE ? SELINUXNS_LOOKUP_NONE
				  : SELINUXNS_LOOKUP_NO_MATCH;
}
