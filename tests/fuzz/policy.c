/* SPDX-License-Identifier: MIT */
/*
 * policy.c - fuzzing target: a policy that is opened and asked, with libsepol behind it.
 *
 * libsepol's own code is not instrumented: what it crashes on is found, but not looked for.
 */
#include <errno.h>

#ifdef WITH_SIM
#include <sepol/policydb/policydb.h>
#include <sepol/policydb/services.h>
#include <sepol/policydb/sidtab.h>
#endif
#include <sepol/debug.h>
#include <sepol/handle.h>
#include <sepol/policydb.h>

#include "fuzz.h"
#include "kernel.h"
#include "policy/policy.h"
#include "policy/same.h"

#ifdef WITH_SIM
#define EXECUTIONS true

/* libsepol's own (3.4) never frees the policy before, and here there are thousands. */
int __wrap_sepol_set_policydb_from_file(FILE *f);
int __wrap_sepol_set_policydb_from_file(FILE *f)
{
	static policydb_t db;
	static sidtab_t sids;
	static bool there;
	struct policy_file file;

	if (there) {
		policydb_destroy(&db);
		sepol_sidtab_destroy(&sids);
	}
	there = false;
	policy_file_init(&file);
	file.fp = f;
	file.type = PF_USE_STDIO;
	if (policydb_init(&db) < 0)
		abort();
	if (policydb_read(&db, &file, 0) < 0 || sepol_sidtab_init(&sids) < 0) {
		policydb_destroy(&db);
		return -1;
	}
	there = true;
	return sepol_set_policydb(&db) < 0 ? -1 : sepol_set_sidtab(&sids);
}
#else
#define EXECUTIONS false
#endif

/* Does libsepol by itself take these bytes? */
static bool sepol_takes(const uint8_t *data, size_t size)
{
	sepol_handle_t *handle = sepol_handle_create();
	sepol_policydb_t *db = NULL;
	bool takes;

	if (!handle || sepol_policydb_create(&db) < 0)
		abort();
	sepol_msg_set_callback(handle, NULL, NULL);
	takes = sepol_policydb_from_image(handle, (void *)data, size, db) == 0;
	sepol_policydb_free(db);
	sepol_handle_destroy(handle);
	return takes;
}

static void check_refused(int rc, struct selinuxns_error *error)
{
	if (rc >= 0)
		return;
	PROMISE(errno == error->err && error->err != 0);
	PROMISE(error->message[0] && fuzz_printable(error->message));
}

static void ask(const struct selinuxns_policy *policy, struct selinuxns_error *error)
{
	const struct boolean booleans[] = { { .name = (char *)"b", .on = false } };
	const struct policy_exec exec = {
		.context = "u:r:t:s0",
		.exec_context = "u:r:t:s0:c0",
		.booleans = booleans,
		.n_booleans = 1,
		.file = "/bin/sh",
		.label = "u:object_r:f:s0",
	};
	const struct policy_exec own = { .context = exec.context,
					 .file = exec.file,
					 .label = exec.label };

	check_refused(selinuxns_policy_check_context(policy, exec.context, error), error);
	check_refused(selinuxns_policy_check_context(policy, "u:r:t", error), error);
	check_refused(selinuxns_policy_check_boolean(policy, "b", error), error);
	if (EXECUTIONS) {
		check_refused(policy_may_execute(policy, &exec, error), error);
		check_refused(policy_may_execute(policy, &own, error), error);
	}
}

/* Down to what an older kernel takes. */
static void convert(const struct selinuxns_policy *policy, struct selinuxns_error *error)
{
	unsigned int version = policy->image.version;
	struct image image = {
		.data = fuzz_text(policy->image.data, policy->image.size),
		.size = policy->image.size,
	};
	int rc = image_check(&image, "fuzz", version - 1, error);

	check_refused(rc, error);
	PROMISE(image.version == (rc < 0 ? 0 : version - 1));
	PROMISE(rc < 0 || sepol_takes(image.data, image.size));
	free(image.data);
}

/* With itself, and with what a kernel that is none might give back. */
static void compare(const struct selinuxns_policy *policy)
{
	struct image other = {
		.data = fuzz_text(policy->image.data, policy->image.size),
		.size = policy->image.size,
	};
	unsigned char *bytes = other.data;

	PROMISE(image_same(&policy->image, &other) == 1);
	bytes[bytes[other.size - 1] * other.size / 256] ^= 0x81;
	PROMISE(image_same(&policy->image, &other) >= 0 || errno == ENOMEM);
	free(other.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct selinuxns_policy *policy = NULL;
	struct selinuxns_error error = { 0 };

	kernel_begin((const uint8_t *)"", 0);
	if (selinuxns_policy_open_memory(&policy, data, size, "fuzz", &error) < 0) {
		PROMISE(!policy);
		PROMISE(errno == EINVAL || errno == ENOTSUP || errno == ENOMEM);
		check_refused(-1, &error);
	} else {
		PROMISE(sepol_takes(data, size));
		ask(policy, &error);
		compare(policy);
		if (policy->image.version > (unsigned int)sepol_policy_kern_vers_min())
			convert(policy, &error);
	}
	selinuxns_policy_free(policy);
	kernel_end();
	return 0;
}
