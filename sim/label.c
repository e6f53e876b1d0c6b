/* SPDX-License-Identifier: MIT */
/*
 * label.c - the label of a file.
 *
 * What it is for: label.h. May call: getxattr(2), and libselinux's selabel
 * functions on one file contexts file. Must never: ask the machine's own
 * SELinux anything (no validation, no translation), or print.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "label.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <selinux/label.h>
#include <selinux/selinux.h>

#define XATTR_SELINUX "security.selinux"

static char *contexts_path;
static struct selabel_handle *contexts;
static bool contexts_tried;

static void string_release(char **s)
{
	free(*s);
}

static void context_release(char **context)
{
	freecon(*context);
}

static int silent(int type, const char *format, ...)
{
	(void)type;
	(void)format;
	return 0;
}

void label_set_file_contexts(const char *path)
{
	free(contexts_path);
	contexts_path = path ? strdup(path) : NULL;
}

/* A descriptor that was opened with O_PATH answers only through its magic link. */
static ssize_t read_attribute(int fd, const char *link, void *value, size_t size)
{
	ssize_t n = fgetxattr(fd, XATTR_SELINUX, value, size);

	return n < 0 && errno == EBADF ? getxattr(link, XATTR_SELINUX, value, size) : n;
}

/* The attribute as a string; NULL: it has none, or none that can be read. */
static char *own_label(int fd)
{
	__attribute__((cleanup(string_release))) char *value = NULL;
	char link[sizeof("/proc/self/fd/-2147483648")];
	char *label;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	/* It may grow between the two questions: then they are asked again. */
	for (int tries = 0; tries < 8; tries++) {
		ssize_t n = read_attribute(fd, link, NULL, 0);

		if (n <= 0)
			return NULL;
		free(value);
		value = malloc((size_t)n + 1);
		if (!value)
			return NULL;
		n = read_attribute(fd, link, value, (size_t)n);
		if (n < 0 && errno == ERANGE)
			continue;
		if (n <= 0)
			return NULL;
		/* Stored with a NUL or without. */
		value[n] = '\0';
		if (!*value)
			return NULL;
		label = value;
		value = NULL;
		return label;
	}
	return NULL;
}

static struct selabel_handle *open_contexts(void)
{
	struct selinux_opt options[] = {
		{ .type = SELABEL_OPT_PATH, .value = contexts_path },
		/* Validation would ask the machine's own SELinux. */
		{ .type = SELABEL_OPT_VALIDATE, .value = NULL },
	};
	union selinux_callback before;

	if (contexts_tried)
		return contexts;
	contexts_tried = true;
	if (!contexts_path || access(contexts_path, R_OK) != 0)
		return NULL;
	/* libselinux writes what it does not like in the file to stderr. */
	before = selinux_get_callback(SELINUX_CB_LOG);
	selinux_set_callback(SELINUX_CB_LOG, (union selinux_callback){ .func_log = silent });
	contexts = selabel_open(SELABEL_CTX_FILE, options, sizeof(options) / sizeof(options[0]));
	selinux_set_callback(SELINUX_CB_LOG, before);
	return contexts;
}

/* What the file contexts say; NULL: nothing, or <<none>>. */
static char *specified_label(const char *path, mode_t mode)
{
	__attribute__((cleanup(context_release))) char *context = NULL;
	struct selabel_handle *handle = open_contexts();

	/* _raw: no translation daemon is asked. */
	if (!handle || !path || selabel_lookup_raw(handle, &context, path, (int)mode) != 0)
		return NULL;
	if (strcmp(context, "<<none>>") == 0)
		return NULL;
	return strdup(context);
}

char *label_of(int fd, const char *path, mode_t mode)
{
	char *label = fd >= 0 ? own_label(fd) : NULL;

	return label ? label : specified_label(path, mode);
}
