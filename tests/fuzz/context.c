/* SPDX-License-Identifier: MIT */
/*
 * context.c - fuzzing target: contexts, and names of booleans, in a small policy.
 *
 * The library asks libsepol, the simulator goes by the kernel's rules: of what is a context, both
 * think the same.
 */
#include <errno.h>

#include <selinux/selinuxns.h>

#include "fuzz.h"
#include "kernel.h"
#include "policy/policy.h"
#ifdef WITH_SIM
#include "secpol.h"
#endif

static struct selinuxns_policy *policy;
#ifdef WITH_SIM
static struct secpol *secpol;
#endif

static void open_policy(void)
{
	FILE *f = fopen(SMALL_POLICY, "re");
	static char image[65536];
	size_t size;

	if (!f) {
		perror(SMALL_POLICY);
		abort();
	}
	size = fread(image, 1, sizeof(image), f);
	fclose(f);
	if (selinuxns_policy_open_memory(&policy, image, size, "small", NULL) < 0)
		abort();
#ifdef WITH_SIM
	if (secpol_parse(image, size, secpol_version_max(), &secpol) < 0)
		abort();
#endif
}

static bool check_library(const char *context)
{
	struct selinuxns_error error = { 0 };
	int rc = selinuxns_policy_check_context(policy, context, &error);
	bool valid = rc == 0;

	PROMISE(rc == 0 || (rc == -1 && errno == EINVAL));
	PROMISE(rc == 0 || (error.message[0] && fuzz_printable(error.message)));
	rc = selinuxns_policy_check_boolean(policy, context, &error);
	PROMISE(rc == (strcmp(context, "b") == 0 ? 0 : -1));
	PROMISE(rc == 0 || (errno == ENOENT && fuzz_printable(error.message)));
	return valid;
}

/* The context may be its process's, the one it sets, and the file's. */
static void check_exec(const char *context, bool valid)
{
	const char *const good = "u:r:t:s0";
	const struct policy_exec execs[] = {
		{ .context = context, .file = "f", .label = "u:object_r:f:s0" },
		{ .context = good,
		  .exec_context = context,
		  .file = "f",
		  .label = "u:object_r:f:s0" },
		{ .context = good, .file = "f", .label = context },
	};

	for (size_t i = 0; i < 3; i++) {
		struct selinuxns_error error = { 0 };
		int rc = policy_may_execute(policy, &execs[i], &error);

		PROMISE(rc == 0 || rc == 1 || (rc == -1 && (errno == EACCES || errno == EINVAL)));
		PROMISE(rc >= 0 || (error.message[0] && fuzz_printable(error.message)));
		/* What is none is refused, but for a file's, which the policy need not know. */
		if (!valid)
			PROMISE(rc == (i == 2 ? 1 : -1));
	}
}

#ifdef WITH_SIM
static void check_sim(const char *context, bool valid)
{
	char *canonical = NULL, *again = NULL, *made = NULL;
	struct secpol_av av;
	int rc = secpol_context_canonical(secpol, context, &canonical);

	PROMISE(rc == 0 || (rc == -EINVAL && !canonical));
	PROMISE(secpol_context_valid(secpol, context) == (rc == 0));
	PROMISE((rc == 0) == valid);
	if (rc == 0) {
		PROMISE(secpol_context_canonical(secpol, canonical, &again) == 0);
		PROMISE(strcmp(canonical, again) == 0);
		PROMISE(secpol_compute_av(secpol, context, context, 1, &av) == 0);
		if (secpol_compute_create(secpol, context, canonical, 2, "named", &made) == 0)
			PROMISE(secpol_context_valid(secpol, made));
	}
	free(made);
	free(again);
	free(canonical);
}
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *context = fuzz_text(data, size);
	bool valid;

	kernel_begin((const uint8_t *)"", 0);
	if (!policy)
		open_policy();
	valid = check_library(context);
	check_exec(context, valid);
#ifdef WITH_SIM
	check_sim(context, valid);
#endif
	kernel_end();
	free(context);
	return 0;
}
