/* SPDX-License-Identifier: MIT */
/*
 * selinuxns-status.c - selinuxns status: what a person wants to know, at a glance.
 *
 * May call the public library and what only looks of the internal one. Must never change
 * anything, and never show as this namespace's what could be another's: what is not known says why.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/error.h"
#include "base/fd.h"
#include "json.h"
#include "kernel/attr.h"
#include "kernel/instance.h"
#include "kernel/mountinfo.h"
#include "kernel/mounts.h"
#include "ns/kind.h"
#include "policy/rootconfig.h"
#include "selinuxns.h"
#include "sha256.h"
#include "table.h"

#define WIDTH     21
#define NO_POLICY "no policy is loaded"

static const char help[] = "\nUsage:\n"
			   " " PROGRAM " status [options]\n"
			   "\n"
			   "Show the state of SELinux in this process's namespace.\n"
			   "\n"
			   "Options:\n"
			   "     --json  print it as a JSON object\n"
			   "\n"
			   " -h, --help  display this help\n";

/* ---- how it is shown ------------------------------------------------------------ */

#define MAX_UNKNOWN 24

struct report {
	bool as_json;
	struct json json;
	/* What is not known, and why: one member at the end of the JSON object. */
	struct {
		const char *name;
		char why[256];
	} unknown[MAX_UNKNOWN];
	size_t n_unknown;
};

static void line(const char *label, const char *text, enum table_colour colour)
{
	table_cell(label, WIDTH, TABLE_BOLD);
	table_end(text, colour);
}

/* @name is the member in JSON, @label what a person reads; @text goes with @value where given. */
static void put(struct report *r, const char *name, const char *label, const char *value,
		const char *text)
{
	if (r->as_json)
		json_string(&r->json, name, value);
	else
		line(label, text ? text : value, TABLE_PLAIN);
}

static void put_number(struct report *r, const char *name, const char *label, unsigned int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", value);
	if (r->as_json)
		json_number(&r->json, name, value);
	else
		line(label, text, TABLE_PLAIN);
}

static void put_bool(struct report *r, const char *name, const char *label, bool value,
		     const char *text)
{
	if (r->as_json)
		json_bool(&r->json, name, value);
	else
		line(label, text, TABLE_PLAIN);
}

static void put_unknown(struct report *r, const char *name, const char *label, const char *why)
{
	char text[320];

	if (!r->as_json) {
		snprintf(text, sizeof(text), "not known (%s)", why);
		line(label, text, TABLE_DOUBT);
		return;
	}
	json_string(&r->json, name, NULL);
	if (r->n_unknown < MAX_UNKNOWN) {
		r->unknown[r->n_unknown].name = name;
		snprintf(r->unknown[r->n_unknown++].why, sizeof(r->unknown[0].why), "%s", why);
	}
}

/* ---- the kernel, and where this process is ---------------------------------------- */

static void report_kernel(struct report *r, int support, int err)
{
	static const char *const names[] = {
		[SELINUXNS_LSM_SYSCALLS] = "lsm-syscalls",
		[SELINUXNS_SELINUXFS_NODE] = "selinuxfs-node",
		[SELINUXNS_NO_SELINUX] = "no-selinux",
		[SELINUXNS_DISABLED] = "disabled",
		[SELINUXNS_NO_SYSCALLS] = "no-syscalls",
		[SELINUXNS_NO_NAMESPACES] = "no-namespaces",
		[SELINUXNS_BLOCKED] = "blocked",
		[SELINUXNS_DENIED] = "denied",
	};
	bool on = support != SELINUXNS_NO_SELINUX && support != SELINUXNS_DISABLED;

	if (support < 0) {
		put_unknown(r, "selinux", "SELinux", strerror(err));
		put_unknown(r, "kernel", "kernel", strerror(err));
		return;
	}
	put_bool(r, "selinux", "SELinux", on, on ? "on" : "off");
	put(r, "kernel", "kernel", names[support], selinuxns_probe_str(support));
}

static void report_namespace(struct report *r, int instance, int reason)
{
	int kind = ns_kind(instance);
	const char *why = instance < 0      ? instance_reason(reason)
			  : errno == EACCES ? "only root can tell the init namespace from a child"
					    : strerror(errno);

	switch (kind) {
	case SELINUXNS_KIND_INIT:
		put(r, "namespace", "namespace", "init", "the init namespace");
		break;
	case SELINUXNS_KIND_FRESH:
		put(r, "namespace", "namespace", "fresh",
		    "a fresh one: no policy is loaded into it yet");
		break;
	case SELINUXNS_KIND_CHILD:
		put(r, "namespace", "namespace", "child", "a child of another, initialised");
		break;
	default:
		put_unknown(r, "namespace", "namespace", why);
	}
}

/* ---- mounts ------------------------------------------------------------------------- */

static void put_mount(struct report *r, const char *path, const char *owner, const char *text,
		      bool read_only)
{
	char words[PATH_MAX + 160];

	if (r->as_json) {
		json_open(&r->json, NULL, '{');
		json_string(&r->json, "path", path);
		json_string(&r->json, "owner", owner);
		json_bool(&r->json, "read_only", read_only);
		if (!owner)
			json_string(&r->json, "why_unknown", text);
		json_close(&r->json, '}');
		return;
	}
	snprintf(words, sizeof(words), "%s (%s%s%s%s)", path,
		 owner ? "" : "not known whose: ", text, read_only ? ", " : "",
		 read_only ? "read-only" : "");
	line("selinuxfs", words, owner ? TABLE_PLAIN : TABLE_DOUBT);
}

struct mounts {
	struct report *report;
	unsigned int count;
};

static int report_mount(const struct mountinfo_entry *entry, void *arg)
{
	struct mounts *mounts = arg;
	_cleanup_close_ int fd = -1;
	struct statvfs fs;
	bool read_only;
	int ours;

	if (strcmp(entry->fstype, "selinuxfs") != 0)
		return MOUNTINFO_NEXT;
	mounts->count++;
	fd = mounts_open(entry);
	if (fd < 0) {
		put_mount(mounts->report, entry->point, NULL,
			  errno == EBUSY ? "another mount covers it" : strerror(errno), false);
		return MOUNTINFO_NEXT;
	}
	read_only = fstatvfs(fd, &fs) == 0 && fs.f_flag & ST_RDONLY;
	ours = instance_belongs(fd);
	if (ours < 0)
		put_mount(mounts->report, entry->point, NULL, strerror(errno), read_only);
	else
		put_mount(mounts->report, entry->point, ours ? "this" : "another",
			  ours ? "this namespace's" : "another namespace's", read_only);
	return MOUNTINFO_NEXT;
}

static void report_mounts(struct report *r)
{
	struct mounts mounts = { .report = r };
	int rc;

	if (r->as_json)
		json_open(&r->json, "selinuxfs", '[');
	rc = mountinfo_each(report_mount, &mounts);
	if (r->as_json)
		json_close(&r->json, ']');
	else if (rc < 0)
		put_unknown(r, "selinuxfs", "selinuxfs", strerror(errno));
	else if (!mounts.count)
		line("selinuxfs", "is not mounted here", TABLE_PLAIN);
}

/* ---- the policy ------------------------------------------------------------------------ */

static void report_configured(struct report *r)
{
	_cleanup_close_ int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_error_ struct selinuxns_error *error = selinuxns_error_new();
	char type[POLICY_TYPE_SIZE];
	int rc = root < 0 ? -1 : policy_config_type(root, type, error);

	if (rc > 0)
		put(r, "configured_policy", "configured policy", type, NULL);
	else
		put_unknown(r, "configured_policy", "configured policy",
			    rc == 0 ? "/etc/selinux/config is missing, or names none"
				    : selinuxns_error_message(error));
}

/* Magic number, length of the name, "SE Linux", version: see policy/image.c. */
#define HEADER_SIZE    20
#define VERSION_OFFSET 16

/* Read the loaded policy. 0, or -1 with errno; EPROTO where it is no policy. */
static int read_policy(int instance, unsigned int *version, char fingerprint[80])
{
	_cleanup_close_ int fd = openat(instance, "policy", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	unsigned char header[HEADER_SIZE], digest[SHA256_SIZE], buf[65536];
	const unsigned char *v = header + VERSION_OFFSET;
	struct sha256 sha;
	size_t have = 0;
	ssize_t n;

	if (fd < 0)
		return -1;
	sha256_init(&sha);
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < n && have < sizeof(header); i++)
			header[have++] = buf[i];
		sha256_update(&sha, buf, (size_t)n);
	}
	if (n < 0)
		return -1;
	if (have < sizeof(header)) {
		errno = EPROTO;
		return -1;
	}
	*version = v[0] | (unsigned int)v[1] << 8 | (unsigned int)v[2] << 16 |
		   (unsigned int)v[3] << 24;
	sha256_final(&sha, digest);
	sprintf(fingerprint, "sha256:");
	for (size_t i = 0; i < sizeof(digest); i++)
		sprintf(fingerprint + strlen(fingerprint), "%02x", digest[i]);
	return 0;
}

static void report_loaded(struct report *r, int instance)
{
	char fingerprint[80];
	unsigned int version;
	const char *why;

	if (read_policy(instance, &version, fingerprint) == 0) {
		put_number(r, "policy_version", "policy version", version);
		put(r, "policy_fingerprint", "policy fingerprint", fingerprint, NULL);
		return;
	}
	/* kernel-abi.md 4.5 */
	why = errno == EINVAL   ? NO_POLICY
	      : errno == EACCES ? "the file policy may not be read: it takes root, and security "
				  "read_policy"
	      : errno == EBUSY  ? "another process is reading it"
				: strerror(errno);
	put_unknown(r, "policy_version", "policy version", why);
	put_unknown(r, "policy_fingerprint", "policy fingerprint", why);
}

static void report_flags(struct report *r, int instance, bool loaded)
{
	unsigned int mls, deny, reject;

	if (!loaded) {
		put_unknown(r, "mls", "MLS", NO_POLICY);
		put_unknown(r, "unknown_permissions", "unknown permissions", NO_POLICY);
		return;
	}
	if (instance_read_uint(instance, "mls", &mls) < 0)
		put_unknown(r, "mls", "MLS", strerror(errno));
	else
		put_bool(r, "mls", "MLS", mls, mls ? "on" : "off");
	if (instance_read_uint(instance, "deny_unknown", &deny) < 0 ||
	    instance_read_uint(instance, "reject_unknown", &reject) < 0)
		put_unknown(r, "unknown_permissions", "unknown permissions", strerror(errno));
	else
		put(r, "unknown_permissions", "unknown permissions",
		    reject ? "reject"
		    : deny ? "deny"
			   : "allow",
		    reject ? "a policy with any is rejected"
		    : deny ? "are denied"
			   : "are allowed");
}

static void report_mode(struct report *r, int instance)
{
	unsigned int enforcing;

	if (instance_read_uint(instance, "enforce", &enforcing) < 0)
		put_unknown(r, "mode", "mode", strerror(errno));
	else
		put(r, "mode", "mode", enforcing ? "enforcing" : "permissive", NULL);
}

/* All that only this namespace's own instance can say. */
static void report_instance(struct report *r, int instance, int reason)
{
	static const char *const names[][2] = {
		{ "mode", "mode" },
		{ "policy_version", "policy version" },
		{ "policy_fingerprint", "policy fingerprint" },
		{ "mls", "MLS" },
		{ "unknown_permissions", "unknown permissions" },
	};

	if (instance >= 0) {
		report_mode(r, instance);
		report_loaded(r, instance);
		report_flags(r, instance, instance_has(instance, "class/process/index"));
		return;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		put_unknown(r, names[i][0], names[i][1], instance_reason(reason));
}

/* ---- the rest ---------------------------------------------------------------------------- */

static void report_context(struct report *r)
{
	char context[ATTR_MAX];

	if (attr_read("current", context) < 0)
		put_unknown(r, "context", "context", strerror(errno));
	else
		put(r, "context", "context", context, NULL);
}

static void report_limits(struct report *r)
{
	_cleanup_error_ struct selinuxns_error *error = selinuxns_error_new();
	unsigned int maxns, maxnsdepth;

	if (selinuxns_limits_get(&maxns, &maxnsdepth, error) < 0) {
		put_unknown(r, "maxns", "maxns", selinuxns_error_message(error));
		put_unknown(r, "maxnsdepth", "maxnsdepth", selinuxns_error_message(error));
		return;
	}
	put_number(r, "maxns", "maxns", maxns);
	put_number(r, "maxnsdepth", "maxnsdepth", maxnsdepth);
}

static int show(bool as_json)
{
	struct report r = { .as_json = as_json };
	int support = selinuxns_probe();
	int err = errno;
	_cleanup_close_ int instance = instance_open();
	int reason = errno;

	if (as_json)
		json_begin(&r.json, stdout);
	report_kernel(&r, support, err);
	/* Where SELinux is off, there is nothing more that a person would look for. */
	if (as_json || (support != SELINUXNS_NO_SELINUX && support != SELINUXNS_DISABLED)) {
		report_namespace(&r, instance, reason);
		report_mounts(&r);
		report_instance(&r, instance, reason);
		report_context(&r);
		report_limits(&r);
	}
	report_configured(&r);
	if (as_json) {
		json_open(&r.json, "why_unknown", '{');
		for (size_t i = 0; i < r.n_unknown; i++)
			json_string(&r.json, r.unknown[i].name, r.unknown[i].why);
		json_close(&r.json, '}');
		json_end(&r.json);
	}
	return finish(STATUS_OK);
}

static int run(int argc, char **argv)
{
	return run_with_json(argc, argv, &command_status, help, show);
}

const struct command command_status = {
	.name = "status",
	.summary = "show the state of SELinux in this process's namespace",
	.run = run,
};
