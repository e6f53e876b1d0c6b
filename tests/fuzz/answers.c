/* SPDX-License-Identifier: MIT */
/*
 * answers.c - fuzzing target: whatever selinuxfs, /proc and the LSM system calls answer.
 *
 * The input is kernel.h's. It is read by the library's calls that only ask, and by selinuxns, whose
 * output is checked.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <unistd.h>

#include "base/fd.h"
#include "cmd.h"
#include "fuzz.h"
#include "kernel.h"
#include "kernel/attr.h"
#include "kernel/instance.h"
#include "ns/guard.h"
#include "ns/kind.h"
#include "ns/limits.h"
#include "ns/probe.h"
#include "output.h"
#include "policy/booleans.h"

static void check_numbers(int instance)
{
	static const char *const names[] = { "enforce", "policyvers", "mls",    "deny_unknown",
					     "maxns",   "maxnsdepth", "unshare" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		unsigned int value;
		char text[16];
		size_t size, digits;
		const uint8_t *answer = kernel_answer(names[i], &size);

		if (instance_read_uint(instance, names[i], &value) < 0)
			continue;
		/* It is what is written there, or with zeros before it, and not a byte else. */
		PROMISE(answer && size >= 1 && size <= 11);
		digits = strspn((char *)memcpy(memset(text, 0, sizeof(text)), answer, size),
				"0123456789");
		PROMISE(size - digits <= 1 && digits >= 1);
		PROMISE(strtoull(text, NULL, 10) == value);
	}
}

static void check_texts(int instance)
{
	char context[ATTR_MAX], values[16];
	ssize_t len = attr_read("current", context);

	PROMISE(len < ATTR_MAX && (len < 0 || strlen(context) == (size_t)len));
	PROMISE(len < 0 || !strchr(context, '\n'));
	len = instance_read(instance, "booleans/b", values, sizeof(values));
	PROMISE(len < (ssize_t)sizeof(values) && (len < 0 || strlen(values) == (size_t)len));
}

static void check_calls(int instance)
{
	const struct boolean booleans[] = { { .name = (char *)"b", .on = true },
					    { .name = (char *)"none", .on = true } };
	struct selinuxns_error error = { 0 };
	unsigned int maxns, maxnsdepth;
	char text[64];
	struct text t;
	int rc = selinuxns_probe();

	PROMISE(rc == -1 || strcmp(selinuxns_probe_str(rc), "unknown") != 0);
	probe_policy();
	rc = is_selinux_unshared();
	PROMISE(rc == 1 || rc == 0 || (rc == -1 && errno != 0));
	rc = ns_kind(instance);
	PROMISE(rc == -1 || rc == SELINUXNS_KIND_INIT || rc == SELINUXNS_KIND_FRESH ||
		rc == SELINUXNS_KIND_CHILD);
	if (selinuxns_limits_get(&maxns, &maxnsdepth, &error) < 0)
		PROMISE(error.message[0] && fuzz_printable(error.message));
	text_init(&t, text, sizeof(text));
	limits_explain(&t);
	PROMISE(t.len == strlen(text) && fuzz_printable(text));
	if (booleans_set(instance, booleans, 2, &error) < 0)
		PROMISE(error.message[0] && fuzz_printable(error.message));
}

static void check_parent(void)
{
	size_t size;
	const uint8_t *status = kernel_answer("thread-self/status", &size);
	char *text = status ? fuzz_text(status, size) : NULL;

	if (text)
		PROMISE(guard_parent_of(text) <= 1000000009);
	free(text);
}

static void check_program(const char *subcommand, const char *option, const char *argument)
{
	char *argv[] = { (char *)"selinuxns", strdup(subcommand), strdup(option),
			 argument ? strdup(argument) : NULL, NULL };
	char *command = argv[1];
	bool json = strcmp(option, "--json") == 0;
	char *said;
	size_t size;
	int rc;

	optind = 0;
	output_catch();
	rc = cmd_selinuxns(argument ? 4 : 3, argv);
	said = output_caught(&size);
	PROMISE(rc == 0 || rc == 1 || rc == 2);
	PROMISE(json ? output_is_json(said, size) : output_is_plain(said, size));
	PROMISE(rc == 2 || size > 0);
	free(said);
	free(command);
	free(argv[2]);
	free(argv[3]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int instance;

	kernel_begin(data, size);
	instance = instance_open_any();
	check_parent();
	if (instance >= 0) {
		check_numbers(instance);
		check_texts(instance);
	}
	check_calls(instance);
	if (instance >= 0)
		close(instance);
	check_program("status", "--json", NULL);
	check_program("status", "--", NULL);
	check_program("doctor", "--json", NULL);
	check_program("doctor", "--", NULL);
	check_program("limits", "--json", NULL);
	check_program("boolean", "--json", "b");
	kernel_end();
	return 0;
}
