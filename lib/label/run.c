/* SPDX-License-Identifier: MIT */
/*
 * run.c - a check, or an apply, from its beginning to its end.
 *
 * Opens all that it needs before the first file is looked at; visit.c looks at them. May call the
 * rest of lib/label, lib/policy, lib/kernel and lib/base.
 */
#include "config.h"

#include "label/run.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <selinux/selinux.h>

#include "base/fd.h"
#include "base/log.h"
#include "policy/file.h"

#define STEP_CHECK "check labels"
#define STEP_APPLY "apply labels"

static void run_release(struct run *run)
{
	int saved = errno;

	links_free(&run->links);
	fit_free(run->fits);
	label_contexts_free(run->contexts);
	appconfig_free(&run->customizable);
	policy_parsed_cleanup(&run->policy);
	selinuxns_policy_free(run->own_policy);
	excludes_free(&run->excludes);
	place_close(&run->place);
	pthread_mutex_destroy(&run->lock);
	errno = saved;
}

static int open_policy(struct run *run, struct selinuxns_error *error)
{
	const struct selinuxns_policy *policy = run->tree->policy;

	if (run->tree->without & SELINUXNS_WITHOUT_POLICY)
		return 0;
	if (!policy) {
		if (selinuxns_policy_open_root(&run->own_policy, run->place.root, error) < 0)
			return -1;
		policy = run->own_policy;
	}
	if (policy_parse(&run->policy, policy, "read policy", error) < 0)
		return -1;
	run->rules.policy = &run->policy;
	return 0;
}

static int open_contexts(struct run *run, struct selinuxns_error *error)
{
	const struct label_contexts_source source = {
		.rootfd = run->place.root,
		.file = run->tree->file_contexts,
		.prefix = run->tree->prefix,
	};

	if (run->tree->without & SELINUXNS_WITHOUT_FILE_CONTEXTS)
		return 0;
	run->contexts = label_contexts_open(&source, error);
	if (!run->contexts ||
	    appconfig_customizable(run->place.root, &run->customizable, error) < 0)
		return -1;
	run->rules.contexts = run->contexts;
	run->rules.customizable = run->customizable.lines;
	run->rules.n_customizable = run->customizable.count;
	return 0;
}

/* Can it be read at all? Nothing is taken from it. */
static int look_at_list(int fd, struct selinuxns_error *error)
{
	char name[32] = "standard input", nothing;
	int err;

	if (fd < 0 || read(fd, &nothing, 0) == 0)
		return 0;
	err = errno;
	if (fd != STDIN_FILENO)
		snprintf(name, sizeof(name), "descriptor %d", fd);
	return policy_fail(error, err, "read list", name, "%s", strerror(err));
}

static int prepare(struct run *run, const char *path, struct selinuxns_error *error)
{
	const struct selinuxns_tree *tree = run->tree;

	if (run->apply && tree->without & SELINUXNS_WITHOUT_FILE_CONTEXTS)
		return policy_fail(error, EINVAL, STEP_APPLY, path,
				   "without file contexts there is nothing to say which labels");
	if (place_open(&run->place, tree->root ?: "/", path, error) < 0)
		return -1;
	if (run->place.name && tree->names >= 0)
		return policy_fail(error, ENOTDIR, "open tree", path, "%s", strerror(ENOTDIR));
	if (look_at_list(tree->names, error) < 0)
		return -1;
	if (excludes_find(&run->excludes, &run->place, tree->excludes, tree->n_excludes, error) < 0)
		return -1;
	if (open_policy(run, error) < 0 || open_contexts(run, error) < 0)
		return -1;
	run->rules.strict = tree->strict;
	run->fits = fit_new(&run->rules);
	if (!run->fits)
		return policy_fail(error, errno, STEP_CHECK, path, "%s", strerror(errno));
	return 0;
}

/* Labels that are hidden from us look wrong, and are not. */
static void warn_of_hidden(const struct run *run)
{
	char reason[512];

	if (refusal_hides(run->attribute, reason, sizeof(reason)))
		ns_log(SELINUX_WARNING, reason);
}

static unsigned int processors(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

	return n < 1 ? 1 : n > 64 ? 64 : (unsigned int)n;
}

/* The one file's name in a pipe, to be read as a list of names. */
static int names_of_one(const char *name)
{
	size_t len = strlen(name) + 1;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	if (write(ends[1], name, len) != (ssize_t)len) {
		close(ends[0]);
		ends[0] = -1;
	}
	close(ends[1]);
	return ends[0];
}

static int walk_all(struct run *run)
{
	const struct selinuxns_tree *tree = run->tree;
	_cleanup_close_ int one = -1;
	struct walk_tree where = {
		.fd = run->place.top,
		.path = run->place.path,
		.one_file_system = tree->one_file_system,
		.excludes = (const char *const *)run->excludes.paths,
		.n_excludes = run->excludes.count,
		.threads = tree->threads ?: processors(),
		.names = tree->names,
	};

	if (run->place.name) {
		one = where.names = names_of_one(run->place.name);
		where.threads = 1;
		if (one < 0)
			return -1;
	}
	if (walk(&where, &visit_calls, run) < 0)
		return -1;
	/* A list is read once, and what it does not name does not count. */
	if (where.names < 0 && links_incomplete(&run->links)) {
		unsigned int told = atomic_exchange(&run->unseen, 0);

		if (walk(&where, &visit_links_calls, run) < 0)
			return -1;
		run->unsure = atomic_load(&run->unseen) > told;
	}
	return visit_links(run);
}

/* ---- what came of it ------------------------------------------------------------------------ */

static bool fits(const struct selinuxns_tree *tree, bool apply)
{
	return !tree->counts[SELINUXNS_FILE_UNLABELED] && !tree->counts[SELINUXNS_FILE_INVALID] &&
	       !tree->counts[SELINUXNS_FILE_DIFFERS] && !tree->counts[SELINUXNS_FILE_FAILED] &&
	       !(apply && tree->dry_run && tree->counts[SELINUXNS_FILE_CHANGED]);
}

static void advise(struct run *run, bool good)
{
	struct selinuxns_tree *tree = run->tree;
	struct statvfs fs;

	free(tree->mount_context);
	tree->mount_context = appconfig_mount_context(run->place.root, run->rules.policy);
	if (good)
		tree->advice = SELINUXNS_ADVICE_NOTHING;
	else if (atomic_load(&run->unsupported) ||
		 (fstatvfs(run->place.top, &fs) == 0 && fs.f_flag & ST_RDONLY))
		tree->advice = SELINUXNS_ADVICE_MOUNT;
	else
		tree->advice = SELINUXNS_ADVICE_RELABEL;
}

static int explain(const struct run *run, const char *path, int err, struct selinuxns_error *error)
{
	const char *reason = strerror(err);

	if (err == ECANCELED)
		reason = "it was ended by a callback";
	else if (run->refused == err && run->refusal.everywhere)
		reason = run->refusal.reason;
	return policy_fail(error, err, run->apply ? STEP_APPLY : STEP_CHECK, path, "%s", reason);
}

int tree_run(struct selinuxns_tree *tree, const char *path, bool apply,
	     struct selinuxns_error *error)
{
	__attribute__((cleanup(run_release))) struct run run = {
		.tree = tree,
		.apply = apply,
		.attribute = tree->attribute ?: "security.selinux",
		.place = PLACE_INIT,
		.links = LINKS_INIT(tree->links_bytes),
		.lock = PTHREAD_MUTEX_INITIALIZER,
	};
	bool good;

	ns_error_clear(error);
	memset(tree->counts, 0, sizeof(tree->counts));
	run.user_attribute = strncmp(run.attribute, "user.", strlen("user.")) == 0;
	if (prepare(&run, path, error) < 0)
		return -1;
	warn_of_hidden(&run);
	if (walk_all(&run) < 0)
		return explain(&run, path, errno, error);
	good = fits(tree, apply);
	advise(&run, good);
	return good;
}
