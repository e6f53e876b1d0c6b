/* SPDX-License-Identifier: MIT */
/*
 * tree.c - fuzzing target: what a check of a tree's labels reads beside the file contexts.
 *
 * The input is kernel.h's: "== config" is the root's /etc/selinux/config, "== file_contexts" and
 * "== contexts/NAME" are of its policy "t", "== labels" are the attributes of files, one in a line, and
 * "== names" is the list of names that is read from a descriptor. The policy is small.policy.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <selinux/selinuxns.h>

#include "fuzz.h"
#include "kernel.h"
#include "label/appconfig.h"
#include "label/fit.h"
#include "label/names.h"
#include "policy/policy.h"

#define LABELS_MAX 16

static struct policy_parsed policy;

/* Once; by the real kernel. */
static void parse_policy(void)
{
	struct selinuxns_policy *small;
	int fd = open(SMALL_POLICY, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || selinuxns_policy_open_fd(&small, fd, "small", NULL) < 0 ||
	    policy_parse(&policy, small, "read policy", NULL) < 0) {
		perror(SMALL_POLICY);
		abort();
	}
	selinuxns_policy_free(small);
	close(fd);
}

/* ---- contexts/ ----------------------------------------------------------------- */

static bool read_customizable(struct appconfig_lines *lines)
{
	struct selinuxns_error error = { 0 };

	if (appconfig_customizable(0, lines, &error) < 0) {
		PROMISE(errno == error.err && error.err != 0);
		PROMISE(error.message[0] && fuzz_printable(error.message));
		return false;
	}
	for (size_t i = 0; i < lines->count; i++) {
		const char *line = lines->lines[i];
		size_t len = strlen(line);

		PROMISE(len > 0 && line[0] != '#' && !strpbrk(line, "\n"));
		PROMISE(!strchr(" \t\r", line[0]) && !strchr(" \t\r", line[len - 1]));
	}
	return true;
}

/* Someone pastes it into a shell. */
static void check_mount_context(void)
{
	char *any = appconfig_mount_context(0, NULL);
	char *good = appconfig_mount_context(0, &policy);

	PROMISE(!any ||
		(any[0] && fuzz_printable(any) && !strpbrk(any, " \"'$`\\&;|<>()*?[]{}!#~=%^")));
	PROMISE(!good || (any && policy_parsed_has_context(&policy, good) > 0));
	free(any);
	free(good);
}

/* ---- labels -------------------------------------------------------------------- */

static void check_label(struct fit_near *near, const struct fit_rules *rules, const char *label,
			size_t len, int wanted)
{
	enum fit fit = fit_judge(near, label, len, wanted);
	const char *good;
	char *made;

	PROMISE(fit >= FIT_GOOD && fit <= FIT_DIFFERS);
	PROMISE(fit == fit_judge(near, label, len, wanted));
	PROMISE(label || fit == FIT_MISSING || fit == FIT_UNSPECIFIED);
	if (label) {
		char *text = fuzz_text((const uint8_t *)label, len);
		bool valid = !memchr(label, '\0', len) &&
			     policy_parsed_has_context(&policy, text) > 0;

		PROMISE(fit != FIT_MISSING && (fit == FIT_INVALID) == !valid);
		free(text);
	}
	if (!rules->contexts || wanted < 0 || fit == FIT_GOOD)
		return;
	good = fit_label(near, label, len, wanted);
	PROMISE(good || errno == EINVAL);
	if (!good)
		return;
	/* What is written fits, or each run would write it anew. */
	made = strdup(good);
	PROMISE(made && policy_parsed_has_context(&policy, made) > 0);
	PROMISE(fit_judge(near, made, strlen(made), wanted) == FIT_GOOD);
	free(made);
}

static void check_labels(const struct fit_rules *rules)
{
	struct fit_all *all = fit_new(rules);
	struct fit_near *near = all ? fit_near_new(all) : NULL;
	int n = rules->contexts ? (int)label_contexts_count(rules->contexts) : 0;
	size_t size = 0;
	const char *at = (const char *)kernel_answer("labels", &size);
	const char *end = at ? at + size : NULL;

	if (!near)
		abort();
	n = n < LABELS_MAX ? n : LABELS_MAX;
	for (int wanted = LABEL_NONE; wanted < n; wanted++)
		check_label(near, rules, NULL, 0, wanted);
	for (int i = 0; at && at < end && i < LABELS_MAX; i++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at)) ?: end;

		for (int wanted = LABEL_NONE; wanted < n; wanted++)
			check_label(near, rules, at, (size_t)(newline - at), wanted);
		at = newline + 1;
	}
	fit_near_free(near);
	fit_free(all);
}

static void check_root(void)
{
	const struct label_contexts_source source = { .rootfd = 0 };
	struct selinuxns_error error = { 0 };
	__attribute__((cleanup(appconfig_free))) struct appconfig_lines customizable = { 0 };
	struct label_contexts *contexts = label_contexts_open(&source, &error);
	struct fit_rules rules = { .policy = &policy, .contexts = contexts };

	if (!contexts) {
		PROMISE(errno == error.err && error.err != 0);
		PROMISE(error.message[0] && fuzz_printable(error.message));
	}
	if (read_customizable(&customizable)) {
		rules.customizable = customizable.lines;
		rules.n_customizable = customizable.count;
	}
	check_labels(&rules);
	rules.strict = true;
	check_labels(&rules);
	check_mount_context();
	label_contexts_free(contexts);
}

/* ---- names --------------------------------------------------------------------- */

static void check_name(char *name)
{
	char again[PATH_MAX + 1];
	long len = names_clean(name);

	if (len < 0) {
		PROMISE(errno == EINVAL);
		return;
	}
	PROMISE((size_t)len == strlen(name) && name[0] != '/' && !strstr(name, "//"));
	PROMISE(!len || name[len - 1] != '/');
	strcpy(again, name);
	PROMISE(names_clean(again) == len && !strcmp(again, name));
	/* No component leads anywhere else. */
	for (char *rest = again, *part; (part = strsep(&rest, "/"));)
		PROMISE(strcmp(part, ".") != 0 && strcmp(part, "..") != 0);
}

static void check_names(void)
{
	size_t size = 0, seen = 0;
	const uint8_t *data = kernel_answer("names", &size);
	struct names names = NAMES_INIT(memfd_create("names", MFD_CLOEXEC));
	char name[PATH_MAX + 1];
	long len;

	if (names.fd < 0 || (data && pwrite(names.fd, data, size, 0) != (ssize_t)size))
		abort();
	while ((len = names_next(&names, name)) > 0) {
		PROMISE(len <= PATH_MAX && strlen(name) == (size_t)len);
		seen += (size_t)len;
		if (len < PATH_MAX)
			check_name(name);
	}
	PROMISE(len == 0 && seen <= size);
	close(names.fd);
}

/* ---- the input ------------------------------------------------------------------- */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct kernel_path paths[] = {
		{ "config", "/etc/selinux/" },
		{ "file_contexts", "/etc/selinux/t/contexts/files/" },
		{ "contexts/", "/etc/selinux/t/" },
	};
	size_t made;
	char *input = kernel_with_paths(data, size, paths, sizeof(paths) / sizeof(paths[0]), &made);

	if (!policy.db)
		parse_policy();
	kernel_begin((const uint8_t *)input, made);
	check_root();
	check_names();
	kernel_end();
	free(input);
	return 0;
}
