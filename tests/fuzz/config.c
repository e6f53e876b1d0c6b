/* SPDX-License-Identifier: MIT */
/*
 * config.c - fuzzing target: the text of a root's /etc/selinux/config.
 */
#include <errno.h>
#include <limits.h>

#include "fuzz.h"
#include "policy/rootconfig.h"

/* A path below /etc/selinux is made of it, and messages. */
static bool is_directory_name(const char *type)
{
	if (!type[0] || strlen(type) > NAME_MAX || !strcmp(type, ".") || !strcmp(type, ".."))
		return false;
	for (const char *p = type; *p; p++)
		if (*p == '/' || (unsigned char)*p < ' ' || *p == 0x7f)
			return false;
	return true;
}

static void check_type(const char *text, size_t size)
{
	char type[POLICY_TYPE_SIZE], again[POLICY_TYPE_SIZE];
	char line[POLICY_TYPE_SIZE + 32];
	int rc = policy_config_parse(text, size, type);

	PROMISE(rc == 1 || rc == 0 || (rc == -1 && errno == EINVAL));
	if (rc != 1)
		return;
	PROMISE(is_directory_name(type));
	/* What it is read as, is read as the same. */
	snprintf(line, sizeof(line), "SELINUXTYPE=%s\n", type);
	PROMISE(policy_config_parse(line, strlen(line), again) == 1 && !strcmp(type, again));
}

/* The last line that says something counts, whatever is before it. */
static void check_last(const char *text, size_t size)
{
	static const char last[] = "\nselinux=Enforcing\n\tSELINUXTYPE=last \n";
	char *longer = malloc(size + sizeof(last));
	char type[POLICY_TYPE_SIZE];

	if (!longer)
		abort();
	memcpy(longer, text, size);
	memcpy(longer + size, last, sizeof(last));
	size += sizeof(last) - 1;
	PROMISE(policy_config_parse(longer, size, type) == 1 && !strcmp(type, "last"));
	PROMISE(policy_config_parse_mode(longer, size) == POLICY_CONFIG_ENFORCING);
	free(longer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	int mode = policy_config_parse_mode(text, size);

	PROMISE((mode >= POLICY_CONFIG_DISABLED && mode <= POLICY_CONFIG_ENFORCING) ||
		(mode == -1 && errno == EINVAL));
	check_type(text, size);
	check_last(text, size);
	free(text);
	return 0;
}
