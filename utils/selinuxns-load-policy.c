/* SPDX-License-Identifier: MIT */
/*
 * selinuxns-load-policy.c - selinuxns load-policy: load, check and compare a policy.
 *
 * May call the public library, and of the internal one what only looks. Must never load into the
 * init namespace by a slip: it has to be said that this is what is meant.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/fd.h"
#include "kernel/instance.h"
#include "ns/kind.h"
#include "program.h"
#include "selinuxns.h"

static const char help[] =
	"\nUsage:\n"
	" " PROGRAM " load-policy [options] [<file>]\n"
	"\n"
	"Load a policy into this process's SELinux namespace: <file>, or the one that\n"
	"/etc/selinux/config names.\n"
	"\n"
	"Which policy:\n"
	"     --root=<dir>       the one that this root directory is configured to use\n"
	"     --fd=<fd>          the one that descriptor <fd> refers to\n"
	"\n"
	"What to do with it:\n"
	"     --reset-booleans   set all booleans to the policy's values, after a reload too\n"
	"     --verify           read it back, and compare it\n"
	"     --check            read and check it, and load nothing\n"
	"     --compare          say whether it is the one that is loaded, and load nothing\n"
	"     --init-namespace   load it also if this is the init namespace: the host's\n"
	"\n"
	" -h, --help             display this help\n"
	"\n"
	"Exit status:\n"
	" 0    done; with --verify or --compare: it is the one that is loaded\n"
	" 1    with --verify or --compare: it is not the one that is loaded\n"
	" 2    the arguments were wrong, or it could not be done\n";

struct options {
	const char *root, *file;
	int fd;
	bool reset, verify, check, compare, init_namespace;
};

static int open_policy(const struct options *o, struct selinuxns_policy **policy,
		       struct selinuxns_error *error)
{
	const char *root = o->root ? o->root : "/";
	_cleanup_close_ int rootfd = -1;
	char name[40];

	if (o->file)
		return selinuxns_policy_open_file(policy, o->file, error);
	if (o->fd >= 0) {
		snprintf(name, sizeof(name), "descriptor %d", o->fd);
		return selinuxns_policy_open_fd(policy, o->fd, name, error);
	}
	rootfd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (rootfd < 0)
		return ns_fail(error, errno, "open root", root, NULL, "");
	return selinuxns_policy_open_root(policy, rootfd, error);
}

static int compare(const struct selinuxns_policy *policy, struct selinuxns_error *error)
{
	int same = selinuxns_policy_is_loaded(policy, -1, error);

	if (same < 0)
		return fail_as_library(error);
	puts(same ? "same" : "differs");
	return finish(same ? STATUS_OK : STATUS_NO);
}

/* Not the init namespace, for sure, or the user means it. */
static bool may_load(const struct options *o)
{
	_cleanup_close_ int instance = instance_open();
	int reason = errno;
	int kind = ns_kind(instance);

	if (o->init_namespace || kind == SELINUXNS_KIND_FRESH || kind == SELINUXNS_KIND_CHILD)
		return true;
	if (kind == SELINUXNS_KIND_INIT)
		fail("load policy: init namespace: this would replace the policy of the whole "
		     "machine; run it in an SELinux namespace (unshareselinux(1)), or with "
		     "--init-namespace if that is what you mean");
	else if (instance < 0)
		fail("load policy: selinuxfs: %s", instance_reason(reason));
	else
		fail("load policy: this namespace: it cannot be told whether it is the init one "
		     "(%s); run it as root",
		     strerror(errno));
	return false;
}

static int load(const struct options *o, const struct selinuxns_policy *policy,
		struct selinuxns_error *error)
{
	if (!may_load(o))
		return STATUS_ERROR;
	if (selinuxns_policy_load(policy, -1, error) < 0)
		return fail_as_library(error);
	if (o->reset && selinuxns_policy_reset_booleans(policy, -1, error) < 0)
		return fail_as_library(error);
	return o->verify ? compare(policy, error) : STATUS_OK;
}

static void policy_cleanup(struct selinuxns_policy **policy)
{
	selinuxns_policy_free(*policy);
}

static int act(const struct options *o)
{
	__attribute__((cleanup(policy_cleanup))) struct selinuxns_policy *policy = NULL;
	_cleanup_error_ struct selinuxns_error *error = selinuxns_error_new();

	if (open_policy(o, &policy, error) < 0)
		return fail_as_library(error);
	if (o->compare)
		return compare(policy, error);
	if (o->check) {
		printf("%s: version %u, good\n", selinuxns_policy_name(policy),
		       selinuxns_policy_version(policy));
		return finish(STATUS_OK);
	}
	return load(o, policy, error);
}

/* Options that cannot all be meant. */
static bool contradicts(const struct options *o)
{
	if (!!o->root + !!o->file + (o->fd >= 0) > 1) {
		fail("read arguments: a file, --root, --fd: one policy is asked for, not two");
		return true;
	}
	if (o->check && o->compare) {
		fail("read arguments: --check, --compare: it is one or the other");
		return true;
	}
	if ((o->check || o->compare) && (o->reset || o->verify || o->init_namespace)) {
		fail("read arguments: %s: it loads nothing, and does not go with what is for a "
		     "load",
		     o->check ? "--check" : "--compare");
		return true;
	}
	return false;
}

static int run(int argc, char **argv)
{
	enum { OPT_ROOT = 256, OPT_FD, OPT_RESET, OPT_VERIFY, OPT_CHECK, OPT_COMPARE, OPT_INIT };
	static const struct option long_options[] = {
		{ "root", required_argument, NULL, OPT_ROOT },
		{ "fd", required_argument, NULL, OPT_FD },
		{ "reset-booleans", no_argument, NULL, OPT_RESET },
		{ "verify", no_argument, NULL, OPT_VERIFY },
		{ "check", no_argument, NULL, OPT_CHECK },
		{ "compare", no_argument, NULL, OPT_COMPARE },
		{ "init-namespace", no_argument, NULL, OPT_INIT },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct options o = { .fd = -1 };
	unsigned int number;
	int option;

	while ((option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
		switch (option) {
		case OPT_ROOT:
			o.root = optarg;
			break;
		case OPT_FD:
			if (!program_number(optarg, INT_MAX, &number))
				return fail("read arguments: --fd: '%s' is not a descriptor",
					    optarg);
			o.fd = (int)number;
			break;
		case OPT_RESET:
			o.reset = true;
			break;
		case OPT_VERIFY:
			o.verify = true;
			break;
		case OPT_CHECK:
			o.check = true;
			break;
		case OPT_COMPARE:
			o.compare = true;
			break;
		case OPT_INIT:
			o.init_namespace = true;
			break;
		case 'h':
			return print_help(help);
		default:
			return usage_error(&command_load_policy);
		}
	}
	if (argc - optind > 1) {
		fail("read arguments: '%s': one file is taken, not two", argv[optind + 1]);
		return usage_error(&command_load_policy);
	}
	o.file = argv[optind];
	return contradicts(&o) ? usage_error(&command_load_policy) : act(&o);
}

const struct command command_load_policy = {
	.name = "load-policy",
	.summary = "load, check and compare this namespace's policy",
	.run = run,
};
