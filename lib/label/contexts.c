/* SPDX-License-Identifier: MIT */
/*
 * contexts.c - open file contexts, and look up in them (see contexts.h).
 */
#include "config.h"

#include "label/contexts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/inroot.h"
#include "label/index.h"
#include "label/specs.h"
#include "label/subs.h"
#include "policy/file.h"
#include "policy/rootconfig.h"

/* The distribution's file_contexts has 0.3 MiB. */
#define FILE_LIMIT ((size_t)16 << 20)
#define SUBS_LIMIT ((size_t)1 << 20)

/* Of file_contexts.bin. */
#define COMPILED_MAGIC UINT32_C(0xf97cff8a)

struct label_contexts {
	struct specs specs;
	struct index index;
	struct subs local, dist;
	char *prefix; /* NULL for none */
	size_t prefix_len;
};

/* A path that a lookup has made another of. */
struct buffer {
	char *bytes;
	size_t size;
};

struct label_scratch {
	struct regex_scratch *regex;
	struct buffer cleaned, substituted, twice;
	const struct spec *decided; /* by the last lookup */
};

/* ---- opening ----------------------------------------------------------- */

/* A file of the root or of the caller's. -1 with @error set, but not where it is missing. */
static int open_one(const struct label_contexts_source *source, const char *name, bool *missing,
		    struct selinuxns_error *error)
{
	_cleanup_close_ int look = source->file ? open(name, O_PATH | O_CLOEXEC)
						: inroot_open(source->rootfd, name, O_PATH);
	struct stat st;
	int fd = -1;

	*missing = look < 0 && errno == ENOENT;
	if (*missing)
		return -1;
	/* A FIFO or a device is never really opened. */
	if (look >= 0 && fstat(look, &st) == 0) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		if (S_ISREG(st.st_mode))
			fd = inroot_reopen(look, O_RDONLY | O_NOCTTY);
	}
	return fd < 0 ? file_open_failed(name, LABEL_STEP, error) : fd;
}

/*
 * The bytes of BASE.SUFFIX, or of BASE where @suffix is NULL. *text stays NULL where the file is not
 * there and need not be.
 */
static int read_one(const struct label_contexts_source *source, const char *base,
		    const char *suffix, size_t limit, char **name, char **text, size_t *size,
		    struct selinuxns_error *error)
{
	_cleanup_close_ int fd = -1;
	void *data = NULL;
	bool missing;

	*text = NULL;
	if (asprintf(name, "%s%s%s", base, suffix ? "." : "", suffix ?: "") < 0) {
		*name = NULL;
		return policy_fail(error, ENOMEM, LABEL_STEP, base, "%s", strerror(ENOMEM));
	}
	fd = open_one(source, *name, &missing, error);
	if (fd < 0 && !missing)
		return -1;
	if (fd < 0 && suffix)
		return 0;
	if (fd < 0)
		return policy_fail(error, ENOENT, LABEL_STEP, *name, "%s%s", strerror(ENOENT),
				   source->file
					   ? ""
					   : "; install the policy's package there, or name the "
					     "file contexts to use");
	if (file_read(fd, limit, LABEL_STEP, *name, &data, size, error) < 0)
		return -1;
	*text = data;
	return 0;
}

static bool is_compiled(const char *text, size_t size)
{
	uint32_t magic;

	if (size < sizeof(magic))
		return false;
	memcpy(&magic, text, sizeof(magic));
	return magic == COMPILED_MAGIC || magic == __builtin_bswap32(COMPILED_MAGIC);
}

static int read_specs(struct label_contexts *contexts, const struct label_contexts_source *source,
		      const char *base, struct selinuxns_error *error)
{
	static const char *const suffixes[SPECS_FILES] = { NULL, "homedirs", "local" };

	for (unsigned int i = 0; i < SPECS_FILES; i++) {
		_cleanup_free_ char *name = NULL;
		char *text;
		size_t size;

		if (read_one(source, base, suffixes[i], FILE_LIMIT, &name, &text, &size, error) < 0)
			return -1;
		if (!text)
			continue;
		if (is_compiled(text, size)) {
			free(text);
			return policy_fail(error, EINVAL, LABEL_STEP, name,
					   "it is compiled file contexts, which are not read; name "
					   "the text that they were made of");
		}
		if (specs_read(&contexts->specs, i, name, text, size, error) < 0)
			return -1;
	}
	return 0;
}

static int read_subs(struct subs *subs, const struct label_contexts_source *source,
		     const char *base, const char *suffix, struct selinuxns_error *error)
{
	_cleanup_free_ char *name = NULL;
	char *text;
	size_t size;

	if (read_one(source, base, suffix, SUBS_LIMIT, &name, &text, &size, error) < 0)
		return -1;
	if (text && subs_read(subs, text, size) < 0)
		return policy_fail(error, ENOMEM, LABEL_STEP, name, "%s", strerror(ENOMEM));
	return 0;
}

/* One slash for several, and none at the end, but for "/". In place; returns the length. */
static size_t clean(char *path, size_t len)
{
	size_t to = 0;

	for (size_t i = 0; i < len; i++)
		if (path[i] != '/' || !to || path[to - 1] != '/')
			path[to++] = path[i];
	if (to > 1 && path[to - 1] == '/')
		to--;
	return to;
}

static int set_prefix(struct label_contexts *contexts, const char *prefix,
		      struct selinuxns_error *error)
{
	if (!prefix)
		return 0;
	if (prefix[0] != '/')
		return policy_fail(error, EINVAL, LABEL_STEP, prefix[0] ? prefix : "(empty)",
				   "a prefix is an absolute path");
	contexts->prefix = strdup(prefix);
	if (!contexts->prefix)
		return policy_fail(error, ENOMEM, LABEL_STEP, prefix, "%s", strerror(ENOMEM));
	contexts->prefix_len = clean(contexts->prefix, strlen(prefix));
	/* "/" is no prefix: all is below it already. */
	if (contexts->prefix_len == 1)
		contexts->prefix_len = 0;
	return 0;
}

/* The path of file_contexts, in the root or the caller's. To be freed. */
static char *base_of(const struct label_contexts_source *source, struct selinuxns_error *error)
{
	char type[POLICY_TYPE_SIZE];
	char *base = NULL;

	if (source->file)
		base = strdup(source->file);
	else if (!source->type && policy_config_type(source->rootfd, type, error) < 0)
		return NULL;
	else if (asprintf(&base, "/etc/selinux/%s/contexts/files/file_contexts",
			  source->type ?: type) < 0)
		base = NULL;
	if (!base)
		policy_fail(error, ENOMEM, LABEL_STEP, "file_contexts", "%s", strerror(ENOMEM));
	return base;
}

static int open_all(struct label_contexts *contexts, const struct label_contexts_source *source,
		    struct selinuxns_error *error)
{
	_cleanup_free_ char *base = base_of(source, error);

	if (!base || set_prefix(contexts, source->prefix, error) < 0 ||
	    read_subs(&contexts->dist, source, base, "subs_dist", error) < 0 ||
	    read_subs(&contexts->local, source, base, "subs", error) < 0 ||
	    read_specs(contexts, source, base, error) < 0)
		return -1;
	if (specs_finish(&contexts->specs) < 0 ||
	    index_build(&contexts->index, &contexts->specs) < 0)
		return policy_fail(error, ENOMEM, LABEL_STEP, base, "%s", strerror(ENOMEM));
	return 0;
}

struct label_contexts *label_contexts_open(const struct label_contexts_source *source,
					   struct selinuxns_error *error)
{
	struct label_contexts *contexts = calloc(1, sizeof(*contexts));

	if (!contexts || specs_init(&contexts->specs) < 0) {
		policy_fail(error, ENOMEM, LABEL_STEP, "file_contexts", "%s", strerror(ENOMEM));
		label_contexts_free(contexts);
		return NULL;
	}
	if (open_all(contexts, source, error) < 0) {
		int saved = errno;

		label_contexts_free(contexts);
		errno = saved;
		return NULL;
	}
	ns_error_clear(error);
	return contexts;
}

void label_contexts_free(struct label_contexts *contexts)
{
	if (!contexts)
		return;
	specs_free(&contexts->specs);
	index_free(&contexts->index);
	subs_free(&contexts->local);
	subs_free(&contexts->dist);
	free(contexts->prefix);
	free(contexts);
}

unsigned int label_contexts_count(const struct label_contexts *contexts)
{
	return contexts->specs.n_contexts;
}

const char *label_contexts_name(const struct label_contexts *contexts, int id)
{
	return contexts->specs.contexts[id];
}

/* ---- looking up -------------------------------------------------------- */

struct label_scratch *label_scratch_new(const struct label_contexts *contexts)
{
	struct label_scratch *scratch = calloc(1, sizeof(*scratch));

	(void)contexts; /* a scratch of one is one of all, so far */
	if (!scratch)
		return NULL;
	scratch->regex = regex_scratch_new();
	if (!scratch->regex) {
		free(scratch);
		errno = ENOMEM;
		return NULL;
	}
	return scratch;
}

void label_scratch_free(struct label_scratch *scratch)
{
	if (!scratch)
		return;
	regex_scratch_free(scratch->regex);
	free(scratch->cleaned.bytes);
	free(scratch->substituted.bytes);
	free(scratch->twice.bytes);
	free(scratch);
}

static bool make_room(struct buffer *buffer, size_t size)
{
	char *bytes;

	if (buffer->size >= size)
		return true;
	bytes = realloc(buffer->bytes, size * 2);
	if (!bytes)
		return false;
	buffer->bytes = bytes;
	buffer->size = size * 2;
	return true;
}

static bool clean_name(struct subject *name, struct buffer *buffer)
{
	if (memmem(name->bytes, name->len, "//", 2)) {
		if (!make_room(buffer, name->len))
			return false;
		memcpy(buffer->bytes, name->bytes, name->len);
		subject_init(name, buffer->bytes, clean(buffer->bytes, name->len));
	} else if (name->len > 1 && name->bytes[name->len - 1] == '/') {
		name->len--;
	}
	return true;
}

/* What is in the prefix's tree is looked up as in a root; anything else as it is. */
static void take_off_prefix(const struct label_contexts *contexts, struct subject *name)
{
	const size_t len = contexts->prefix_len;

	if (!len || name->len < len || memcmp(name->bytes, contexts->prefix, len) != 0)
		return;
	if (name->len == len)
		subject_init(name, "/", 1);
	else if (name->bytes[len] == '/')
		subject_init(name, name->bytes + len, name->len - len);
}

static bool substitute(const struct subs *subs, struct subject *name, struct buffer *buffer)
{
	const char *rest;
	const struct sub *sub = subs_find(subs, name->bytes, name->len, &rest);
	size_t rest_len;

	if (!sub)
		return true;
	rest_len = name->len - (size_t)(rest - name->bytes);
	if (!make_room(buffer, sub->to_len + rest_len))
		return false;
	memcpy(buffer->bytes, sub->to, sub->to_len);
	memcpy(buffer->bytes + sub->to_len, rest, rest_len);
	subject_init(name, buffer->bytes, sub->to_len + rest_len);
	return true;
}

/* What is found: 1 + the number of the specification, 0 for none. */
struct winner {
	uint32_t spec;
	uint32_t failed; /* the same, of one that could not be asked */
	int err;
};

/* The last specification of a node that matches, if it is after the winner so far. */
static void ask_node(const struct label_contexts *contexts, const struct index_node *node,
		     struct regex_scratch *scratch, struct subject *name, uint8_t type,
		     struct winner *winner)
{
	const struct index_candidate *c = contexts->index.candidates + node->first_candidate;
	const struct index_candidate *const end = c + node->n_candidates;

	for (; c < end && c->spec >= winner->spec; c++) {
		int matches;

		if (type && c->type && type != c->type)
			continue;
		if (!subject_has_pairs(name, c->pairs, c->n_pairs))
			continue;
		matches = spec_matches(&contexts->specs, &contexts->specs.all[c->spec], scratch,
				       name->bytes, name->len);
		if (matches > 0) {
			winner->spec = c->spec + 1;
			return;
		}
		if (matches < 0 && c->spec >= winner->failed) {
			winner->failed = c->spec + 1;
			winner->err = errno;
		}
	}
}

static int look_up(const struct label_contexts *contexts, struct label_scratch *scratch,
		   struct subject *name, uint8_t type)
{
	struct winner winner = { 0 };
	uint32_t at = index_find(&contexts->index, name->bytes, name->len);

	/* From the longest key up: what is particular is mostly also last, and ends the search. */
	while (at != INDEX_NOWHERE) {
		const struct index_node *node = &contexts->index.nodes[at];

		ask_node(contexts, node, scratch->regex, name, type, &winner);
		if (winner.spec >= node->highest)
			break;
		at = node->up;
	}
	/* What could not be asked would have won. */
	if (winner.failed > winner.spec) {
		scratch->decided = &contexts->specs.all[winner.failed - 1];
		errno = winner.err;
		return LABEL_ERROR;
	}
	if (!winner.spec)
		return LABEL_NO_MATCH;
	scratch->decided = &contexts->specs.all[winner.spec - 1];
	return scratch->decided->context;
}

int label_contexts_lookup(const struct label_contexts *contexts, struct label_scratch *scratch,
			  const char *path, size_t len, mode_t mode)
{
	struct subject name; /* not all of it is set: its pairs may not be needed */

	subject_init(&name, path, len);
	scratch->decided = NULL;
	if (!len) {
		errno = EINVAL;
		return LABEL_ERROR;
	}
	if (!clean_name(&name, &scratch->cleaned))
		return LABEL_ERROR;
	take_off_prefix(contexts, &name);
	/* Once each, and in this order. */
	if (!substitute(&contexts->local, &name, &scratch->substituted) ||
	    !substitute(&contexts->dist, &name, &scratch->twice))
		return LABEL_ERROR;
	return look_up(contexts, scratch, &name, index_type(mode));
}

const char *label_contexts_where(const struct label_contexts *contexts,
				 const struct label_scratch *scratch, unsigned int *line)
{
	const struct spec *spec = scratch->decided;

	*line = spec ? spec->line : 0;
	return spec ? contexts->specs.files[spec->file] : NULL;
}

int label_contexts_fail(const struct label_contexts *contexts, const struct label_scratch *scratch,
			const char *path, int err, struct selinuxns_error *error)
{
	static const char step[] = "look up context";
	unsigned int line;
	const char *file = label_contexts_where(contexts, scratch, &line);

	if (!path[0])
		return policy_fail(error, err, step, "(empty)", "no path is empty");
	if (!file)
		return policy_fail(error, err, step, path, "%s", strerror(err));
	return policy_fail(error, err, step, path, "the expression in %s, line %u: %s", file, line,
			   err == ELOOP    ? "it takes more steps than are allowed; simplify it"
			   : err == EINVAL ? "PCRE2 cannot match with it; simplify it"
					   : strerror(err));
}
