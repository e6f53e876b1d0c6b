/* SPDX-License-Identifier: MIT */
/*
 * findings.h - what a check of a tree came by, put together for a person.
 *
 * How many of each kind and label, and the first of them by their paths: the same whatever threads
 * found them. Holds a bounded number of labels and paths, whatever a tree holds. May call libc and
 * table.h.
 */
#ifndef SELINUXNS_UTILS_FINDINGS_H
#define SELINUXNS_UTILS_FINDINGS_H

#include <selinux/selinuxns.h>

struct findings;

/* @examples: how many of each kind are kept. NULL with errno ENOMEM. */
struct findings *findings_new(unsigned int examples);
void findings_free(struct findings *findings);

/* Add one file, as selinuxns_tree_report has it. 0, or -1 with ENOMEM. */
int findings_add(struct findings *findings, enum selinuxns_file kind, const char *path,
		 const char *label, const char *wanted, const char *message);

/* Print the line of one file. */
void findings_print_file(enum selinuxns_file kind, const char *path, const char *label,
			 const char *wanted, const char *message);

/* Print them, the kinds in their order. */
void findings_print(struct findings *findings);

/* A kind's name. */
const char *findings_kind(enum selinuxns_file kind);

/* The width of the column of names on a terminal. */
#define FINDINGS_WIDTH 14

#endif
