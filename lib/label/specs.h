/* SPDX-License-Identifier: MIT */
/*
 * specs.h - the specifications of file_contexts, .homedirs and .local, in the order that counts.
 *
 * Reads lines as libselinux does; the text may be hostile. May call lib/base, lib/policy, regex.h
 * and pattern.h. Nothing changes any more after specs_finish().
 */
#ifndef SELINUXNS_LABEL_SPECS_H
#define SELINUXNS_LABEL_SPECS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "label/pattern.h"
#include "label/regex.h"

#define LABEL_STEP "read file contexts"

/* The longest expression, type or context, as libselinux 3.8 has it. */
#define SPEC_FIELD_LIMIT UINT16_MAX

/* file_contexts, .homedirs and .local */
#define SPECS_FILES 3

struct spec {
	struct pattern pattern;
	struct regex *regex; /* where the pattern's tail is TAIL_REGEX */
	const char *text; /* the expression, not terminated */
	uint32_t text_len;
	/*
	 * The stem: where the expression begins with a "/name/" without meta characters, its first
	 * bytes, up to the second slash; else 0. A path has the very same, or the specification is not
	 * its: the bytes of the file, and so "\." is two.
	 */
	uint32_t stem_len;
	bool foreign_stem; /* the pattern's prefix does not imply the stem */
	bool exact; /* no meta characters: after all others */
	uint8_t file; /* of specs.files */
	uint32_t line;
	mode_t mode; /* S_IFMT, or 0 for any */
	int context; /* of specs.contexts, or LABEL_NONE */
};

struct specs {
	struct spec *all; /* the last that matches wins */
	size_t count;
	char *files[SPECS_FILES]; /* their names, for a person */
	char **contexts; /* each once */
	unsigned int n_contexts;
	struct regex_set *regexes;

	/* of the reading */
	size_t room;
	void *text[SPECS_FILES];
	char *unescaped[SPECS_FILES];
	unsigned int *buckets; /* contexts by hash: number + 1 */
	unsigned int n_buckets;
};

/* 0, or -1 with errno ENOMEM; specs_free() also then. */
int specs_init(struct specs *specs);
void specs_free(struct specs *specs);

/*
 * specs_read - add the lines of a file
 * @file: its number, each once
 * @name: its name, for a person
 * @text: @size bytes and a NUL; becomes the specs', also on failure
 *
 * Returns 0, or -1 with errno and @error set: EINVAL for a wrong line, which is named; EFBIG; ENOMEM.
 */
int specs_read(struct specs *specs, unsigned int file, const char *name, char *text, size_t size,
	       struct selinuxns_error *error);

/* Put them in order. 0, or -1 with errno ENOMEM. */
int specs_finish(struct specs *specs);

/* The bytes that a path begins with if the specification is its; not terminated. */
const char *spec_key(const struct spec *spec, size_t *len);

/* Does it match this path, which begins with its key? 1, 0, -1 with errno as regex_matches(). */
int spec_matches(const struct specs *specs, const struct spec *spec, struct regex_scratch *scratch,
		 const char *path, size_t len);

#endif
