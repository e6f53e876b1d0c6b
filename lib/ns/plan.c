/* SPDX-License-Identifier: MIT */
/*
 * plan.c - the public struct selinuxns_plan: what a namespace shall be.
 *
 * May call base/. Must never look at the machine: that is prepare.c's.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <selinux/selinuxns.h>

#include "base/fd.h"
#include "base/setter.h"
#include "ns/plan.h"

struct selinuxns_plan *selinuxns_plan_new(void)
{
	struct selinuxns_plan *plan = calloc(1, sizeof(*plan));

	if (!plan)
		return NULL;
	for (size_t i = 0; i < sizeof(plan->stdio) / sizeof(plan->stdio[0]); i++)
		plan->stdio[i] = -1;
	sigemptyset(&plan->defaults);
	return plan;
}

static void free_strings(char **strings)
{
	for (size_t i = 0; strings && strings[i]; i++)
		free(strings[i]);
	free(strings);
}

void selinuxns_plan_free(struct selinuxns_plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->n_booleans; i++)
		free(plan->booleans[i].name);
	free(plan->booleans);
	free(plan->context);
	free(plan->exec_context);
	free(plan->root);
	free(plan->workdir);
	free_strings(plan->environment);
	free(plan->keep);
	free(plan);
}

int selinuxns_plan_set_policy(struct selinuxns_plan *plan, const struct selinuxns_policy *policy)
{
	plan->policy = policy;
	plan->policy_from_root = false;
	plan->mount = plan->mount || policy;
	return 0;
}

int selinuxns_plan_set_policy_from_root(struct selinuxns_plan *plan, int on)
{
	plan->policy_from_root = on;
	if (on) {
		plan->policy = NULL;
		plan->mount = true;
	}
	return 0;
}

int selinuxns_plan_set_mount(struct selinuxns_plan *plan, int on)
{
	plan->mount = on;
	return 0;
}

int selinuxns_plan_set_boolean(struct selinuxns_plan *plan, const char *name, int on)
{
	struct boolean *more;
	char *copy;

	if (!name[0] || strchr(name, '/'))
		return setter_invalid();
	for (size_t i = 0; i < plan->n_booleans; i++) {
		if (strcmp(plan->booleans[i].name, name) == 0) {
			plan->booleans[i].on = on != 0;
			return 0;
		}
	}
	copy = strdup(name);
	more = reallocarray(plan->booleans, plan->n_booleans + 1, sizeof(*more));
	if (more)
		plan->booleans = more;
	if (!copy || !more) {
		free(copy);
		errno = ENOMEM;
		return -1;
	}
	more[plan->n_booleans++] = (struct boolean){ .name = copy, .on = on != 0 };
	return 0;
}

int selinuxns_plan_set_context(struct selinuxns_plan *plan, const char *context)
{
	return setter_string(&plan->context, context);
}

int selinuxns_plan_set_exec_context(struct selinuxns_plan *plan, const char *context)
{
	return setter_string(&plan->exec_context, context);
}

int selinuxns_plan_set_mode(struct selinuxns_plan *plan, int mode)
{
	if (mode < SELINUXNS_MODE_PERMISSIVE || mode > SELINUXNS_MODE_CONFIGURED)
		return setter_invalid();
	plan->mode = (enum selinuxns_mode)mode;
	return 0;
}

int selinuxns_plan_set_root(struct selinuxns_plan *plan, const char *path)
{
	return setter_string(&plan->root, path);
}

int selinuxns_plan_set_workdir(struct selinuxns_plan *plan, const char *path)
{
	return setter_string(&plan->workdir, path);
}

static char **copy_strings(char *const strings[])
{
	char **copy;
	size_t n = 0;

	while (strings[n])
		n++;
	copy = calloc(n + 1, sizeof(*copy));
	if (!copy)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		copy[i] = strdup(strings[i]);
		if (!copy[i]) {
			free_strings(copy);
			return NULL;
		}
	}
	return copy;
}

int selinuxns_plan_set_environment(struct selinuxns_plan *plan, char *const environment[])
{
	char **copy = environment ? copy_strings(environment) : NULL;

	if (environment && !copy)
		return -1;
	free_strings(plan->environment);
	plan->environment = copy;
	return 0;
}

int selinuxns_plan_keep_fd(struct selinuxns_plan *plan, int fd)
{
	int *more;

	if (fd == SELINUXNS_KEEP_ALL) {
		plan->keep_all = true;
		return 0;
	}
	if (fd < 0) {
		errno = EBADF;
		return -1;
	}
	more = reallocarray(plan->keep, plan->n_keep + 1, sizeof(*more));
	if (!more)
		return -1;
	plan->keep = more;
	more[plan->n_keep++] = fd;
	return 0;
}

int selinuxns_plan_set_stdio(struct selinuxns_plan *plan, int number, int fd)
{
	if (number < 0 || number >= (int)(sizeof(plan->stdio) / sizeof(plan->stdio[0])) ||
	    fd < -1) {
		errno = EBADF;
		return -1;
	}
	plan->stdio[number] = fd;
	return 0;
}

int selinuxns_plan_default_signal(struct selinuxns_plan *plan, int signal)
{
	if (signal == SIGKILL || signal == SIGSTOP || sigaddset(&plan->defaults, signal) < 0)
		return setter_invalid();
	return 0;
}

int selinuxns_plan_set_session(struct selinuxns_plan *plan, int on)
{
	plan->session = on;
	return 0;
}

int selinuxns_plan_set_wait(struct selinuxns_plan *plan, unsigned int wait_ms)
{
	plan->wait_ms = wait_ms;
	return 0;
}

int selinuxns_plan_set_death_signal(struct selinuxns_plan *plan, int signal)
{
	if (signal < 0 || signal > SIGRTMAX)
		return setter_invalid();
	plan->death_signal = signal;
	return 0;
}

int selinuxns_plan_set_watch(struct selinuxns_plan *plan,
			     void (*watch)(void *data, const char *step, const char *object),
			     void *data)
{
	plan->watch = watch;
	plan->watch_data = data;
	return 0;
}
