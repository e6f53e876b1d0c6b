/* SPDX-License-Identifier: MIT */
/*
 * findings.c - what a check of a tree came by, put together for a person (see findings.h).
 */
#include "config.h"

#include "findings.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

#define N_KINDS   (SELINUXNS_FILE_SKIPPED + 1)
#define N_BUCKETS 256
/* Of labels that are told apart; a tree may have another for each file. */
#define MAX_GROUPS 1000
/* Of those that are printed for each kind. */
#define SHOWN_GROUPS 10

/* Files of a kind with the same label that should have the same label. */
struct group {
	struct group *next;
	enum selinuxns_file kind;
	unsigned long long count;
	char *label, *wanted; /* one allocation */
};

struct example {
	char *path, *text; /* one allocation */
};

struct findings {
	struct group *buckets[N_BUCKETS];
	size_t n_groups;
	unsigned long long other_groups[N_KINDS]; /* files whose labels are not told apart */
	unsigned int max_examples;
	struct example *examples[N_KINDS]; /* by their paths */
	unsigned int n_examples[N_KINDS];
};

const char *findings_kind(enum selinuxns_file kind)
{
	static const char *const names[] = {
		[SELINUXNS_FILE_FITS] = "fits",
		[SELINUXNS_FILE_UNSPECIFIED] = "unspecified",
		[SELINUXNS_FILE_UNLABELED] = "unlabeled",
		[SELINUXNS_FILE_INVALID] = "invalid",
		[SELINUXNS_FILE_DIFFERS] = "differs",
		[SELINUXNS_FILE_CHANGED] = "changed",
		[SELINUXNS_FILE_IMPOSSIBLE] = "impossible",
		[SELINUXNS_FILE_FAILED] = "failed",
		[SELINUXNS_FILE_GONE] = "gone",
		[SELINUXNS_FILE_SKIPPED] = "skipped",
	};

	return (unsigned int)kind < N_KINDS ? names[kind] : "?";
}

struct findings *findings_new(unsigned int examples)
{
	struct findings *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->max_examples = examples;
	for (int kind = 0; kind < N_KINDS && examples; kind++) {
		f->examples[kind] = calloc(examples, sizeof(struct example));
		if (!f->examples[kind]) {
			findings_free(f);
			return NULL;
		}
	}
	return f;
}

void findings_free(struct findings *f)
{
	if (!f)
		return;
	for (int kind = 0; kind < N_KINDS; kind++) {
		for (unsigned int i = 0; i < f->n_examples[kind]; i++)
			free(f->examples[kind][i].path);
		free(f->examples[kind]);
	}
	for (size_t i = 0; i < N_BUCKETS; i++) {
		for (struct group *group = f->buckets[i], *next; group; group = next) {
			next = group->next;
			free(group->label);
			free(group);
		}
	}
	free(f);
}

/* Two strings in one allocation, the address of the second in *second. */
static char *two_strings(const char *a, const char *b, char **second)
{
	size_t len = strlen(a) + 1, len_b = strlen(b) + 1;
	char *both = malloc(len + len_b);

	if (!both)
		return NULL;
	memcpy(both, a, len);
	*second = memcpy(both + len, b, len_b);
	return both;
}

static unsigned int hash_of(const char *a, const char *b)
{
	uint32_t hash = 2166136261u;

	for (; *a; a++)
		hash = (hash ^ (unsigned char)*a) * 16777619u;
	for (; *b; b++)
		hash = (hash ^ (unsigned char)*b) * 16777619u;
	return (hash ^ hash >> 16) % N_BUCKETS;
}

static int count_label(struct findings *f, enum selinuxns_file kind, const char *label,
		       const char *wanted)
{
	struct group **bucket = &f->buckets[hash_of(label, wanted)];
	struct group *group = *bucket;

	while (group && (group->kind != kind || strcmp(group->label, label) != 0 ||
			 strcmp(group->wanted, wanted) != 0))
		group = group->next;
	if (!group && f->n_groups == MAX_GROUPS) {
		f->other_groups[kind]++;
		return 0;
	}
	if (!group) {
		group = calloc(1, sizeof(*group));
		if (!group)
			return -1;
		group->label = two_strings(label, wanted, &group->wanted);
		if (!group->label) {
			free(group);
			return -1;
		}
		group->kind = kind;
		group->next = *bucket;
		*bucket = group;
		f->n_groups++;
	}
	group->count++;
	return 0;
}

/* "LABEL, should be WANTED" and the like. */
static void describe(char *text, size_t size, enum selinuxns_file kind, const char *label,
		     const char *wanted, const char *message)
{
	if (*message)
		snprintf(text, size, "%s", message);
	else if (kind == SELINUXNS_FILE_CHANGED)
		snprintf(text, size, "%s -> %s", *label ? label : "(none)", wanted);
	else if (*wanted)
		snprintf(text, size, "%s, should be %s", *label ? label : "(none)", wanted);
	else
		snprintf(text, size, "%s", *label ? label : "(none)");
}

static int keep_example(struct findings *f, enum selinuxns_file kind, const char *path,
			const char *label, const char *wanted, const char *message)
{
	struct example *all = f->examples[kind], made;
	unsigned int *n = &f->n_examples[kind], at;
	char text[1024];

	if (!f->max_examples || (*n == f->max_examples && strcmp(path, all[*n - 1].path) >= 0))
		return 0;
	describe(text, sizeof(text), kind, label, wanted, message);
	made.path = two_strings(path, text, &made.text);
	if (!made.path)
		return -1;
	if (*n == f->max_examples)
		free(all[--*n].path);
	for (at = (*n)++; at > 0 && strcmp(all[at - 1].path, path) > 0; at--)
		all[at] = all[at - 1];
	all[at] = made;
	return 0;
}

int findings_add(struct findings *f, enum selinuxns_file kind, const char *path, const char *label,
		 const char *wanted, const char *message)
{
	if (count_label(f, kind, label, wanted) < 0)
		return -1;
	return keep_example(f, kind, path, label, wanted, message);
}

static void print_file(enum selinuxns_file kind, const char *path, const char *text)
{
	table_cell(findings_kind(kind), FINDINGS_WIDTH, TABLE_DOUBT);
	table_cell(path, 0, TABLE_PLAIN);
	table_end(text, TABLE_PLAIN);
}

void findings_print_file(enum selinuxns_file kind, const char *path, const char *label,
			 const char *wanted, const char *message)
{
	char text[1024];

	describe(text, sizeof(text), kind, label, wanted, message);
	print_file(kind, path, text);
}

static int by_count(const void *a, const void *b)
{
	const struct group *x = *(const struct group *const *)a;
	const struct group *y = *(const struct group *const *)b;
	int order = x->count < y->count ? 1 : x->count > y->count ? -1 : strcmp(x->label, y->label);

	return order ? order : strcmp(x->wanted, y->wanted);
}

static void print_line(enum selinuxns_file kind, const char *what)
{
	table_cell(findings_kind(kind), FINDINGS_WIDTH, TABLE_BAD);
	table_end(what, TABLE_PLAIN);
}

static void print_groups(const struct findings *f, enum selinuxns_file kind)
{
	const struct group *groups[MAX_GROUPS] = { NULL };
	unsigned long long rest = f->other_groups[kind];
	char what[1024], line[1100];
	size_t n = 0;

	for (size_t i = 0; i < N_BUCKETS; i++)
		for (const struct group *group = f->buckets[i]; group; group = group->next)
			if (group->kind == kind)
				groups[n++] = group;
	qsort(groups, n, sizeof(groups[0]), by_count);
	for (size_t i = SHOWN_GROUPS; i < n; i++)
		rest += groups[i]->count;
	for (size_t i = 0; i < n && i < SHOWN_GROUPS; i++) {
		describe(what, sizeof(what), kind, groups[i]->label, groups[i]->wanted, "");
		snprintf(line, sizeof(line), "%llu: %s", groups[i]->count, what);
		print_line(kind, line);
	}
	if (rest) {
		snprintf(line, sizeof(line), "%llu: other labels", rest);
		print_line(kind, line);
	}
}

void findings_print(struct findings *f)
{
	for (int kind = 0; kind < N_KINDS; kind++) {
		if (kind != SELINUXNS_FILE_FAILED && kind != SELINUXNS_FILE_GONE &&
		    kind != SELINUXNS_FILE_SKIPPED && kind != SELINUXNS_FILE_IMPOSSIBLE)
			print_groups(f, (enum selinuxns_file)kind);
		for (unsigned int i = 0; i < f->n_examples[kind]; i++)
			print_file((enum selinuxns_file)kind, f->examples[kind][i].path,
				   f->examples[kind][i].text);
	}
}
