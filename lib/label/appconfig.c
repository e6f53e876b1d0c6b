/* SPDX-License-Identifier: MIT */
/*
 * appconfig.c - what a root's policy says beside its file contexts (see appconfig.h).
 */
#include "config.h"

#include "label/appconfig.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/inroot.h"
#include "policy/file.h"
#include "policy/rootconfig.h"

#define STEP  "read contexts"
#define LIMIT ((size_t)1 << 20)
/* "/etc/selinux/TYPE/contexts/NAME" */
#define PATH_SIZE (POLICY_TYPE_SIZE + 64)

/* 1 when it was read, 0 where it is not there, -1. */
static int read_file(int rootfd, const char *name, struct appconfig_lines *lines,
		     struct selinuxns_error *error)
{
	char type[POLICY_TYPE_SIZE], path[PATH_SIZE];
	_cleanup_close_ int fd = -1;
	void *text;
	size_t size;

	if (policy_config_type(rootfd, type, error) < 0)
		return -1;
	snprintf(path, sizeof(path), "/etc/selinux/%s/contexts/%s", type, name);
	fd = inroot_open_regular(rootfd, path);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0)
		return policy_fail(error, errno, STEP, path, "%s", file_open_reason(errno));
	if (file_read(fd, LIMIT, STEP, path, &text, &size, error) < 0)
		return -1;
	lines->text = text;
	/* A line ends at its first NUL, too. */
	for (size_t i = 0; i < size; i++)
		if (!lines->text[i])
			lines->text[i] = '\n';
	return 1;
}

static char *trim(char *line)
{
	char *end;

	line += strspn(line, " \t\r");
	end = line + strlen(line);
	while (end > line && strchr(" \t\r", end[-1]))
		*--end = '\0';
	return line;
}

static int split(struct appconfig_lines *lines, const char *path, struct selinuxns_error *error)
{
	char *save = NULL;
	size_t room = 1;

	for (const char *p = lines->text; *p; p++)
		room += *p == '\n';
	lines->lines = calloc(room, sizeof(char *));
	if (!lines->lines)
		return policy_fail(error, ENOMEM, STEP, path, "%s", strerror(ENOMEM));
	for (char *line = strtok_r(lines->text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		line = trim(line);
		if (*line && *line != '#')
			lines->lines[lines->count++] = line;
	}
	return 0;
}

static int read_lines(int rootfd, const char *name, struct appconfig_lines *lines,
		      struct selinuxns_error *error)
{
	int rc = read_file(rootfd, name, lines, error);

	return rc > 0 ? split(lines, name, error) : rc;
}

void appconfig_free(struct appconfig_lines *lines)
{
	fd_cleanup_free(&lines->lines);
	fd_cleanup_free(&lines->text);
}

int appconfig_customizable(int rootfd, struct appconfig_lines *lines, struct selinuxns_error *error)
{
	return read_lines(rootfd, "customizable_types", lines, error);
}

/* The value of a line 'KEY = "VALUE"'; without a key, of the first line. */
static const char *value_of(const struct appconfig_lines *lines, const char *key)
{
	for (size_t i = 0; i < lines->count; i++) {
		const char *line = lines->lines[i];
		size_t len = key ? strlen(key) : 0;

		if (!key)
			return line;
		if (strncmp(line, key, len) != 0)
			continue;
		line += len;
		line += strspn(line, " \t");
		if (*line++ == '=')
			return line + strspn(line, " \t\"");
	}
	return NULL;
}

/*
 * Whoever is told it may paste it into a shell, and the root, its policy included, may be hostile. What
 * contexts are made of means nothing to one.
 */
static bool is_plain(const char *context)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_.:,-";

	return context[0] && !context[strspn(context, plain)];
}

char *appconfig_mount_context(int rootfd, const struct policy_parsed *policy)
{
	static const struct {
		const char *file, *key;
	} places[] = {
		{ "lxc_contexts", "ro_file" },
		{ "lxc_contexts", "file" },
		{ "virtual_image_context", NULL },
		{ "removable_context", NULL },
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		__attribute__((cleanup(appconfig_free))) struct appconfig_lines lines = { 0 };
		_cleanup_free_ char *context = NULL;
		const char *value = NULL;

		if (read_lines(rootfd, places[i].file, &lines, NULL) == 0)
			value = value_of(&lines, places[i].key);
		context = value ? strndup(value, strcspn(value, "\"")) : NULL;
		if (context && is_plain(context) &&
		    (!policy || policy_parsed_has_context(policy, context) > 0))
			return steal_ptr(&context);
	}
	return NULL;
}
