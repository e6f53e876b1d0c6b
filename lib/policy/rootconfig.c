/* SPDX-License-Identifier: MIT */
/*
 * rootconfig.c - what a root's /etc/selinux/config says (see rootconfig.h).
 */
#include "config.h"

#include "policy/rootconfig.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/fd.h"
#include "base/inroot.h"
#include "policy/file.h"

#define CONFIG_PATH  "/etc/selinux/config"
#define CONFIG_LIMIT ((size_t)1 << 20)
#define STEP         "read configuration"

static const char type_tag[] = "SELINUXTYPE=";

/* As isspace(3) and iscntrl(3) in the C locale, whatever the caller's is. */
static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && is_blank(*p))
		p++;
	return p;
}

static bool is_directory_name(const char *name, size_t len)
{
	if (len == 0 || len >= POLICY_TYPE_SIZE)
		return false;
	if (name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.')))
		return false;
	for (size_t i = 0; i < len; i++)
		if (name[i] == '/' || is_control(name[i]))
			return false;
	return true;
}

int policy_config_parse(const char *text, size_t size, char type[POLICY_TYPE_SIZE])
{
	const char *line = text, *const end = text + size;
	const char *value = NULL;
	size_t value_len = 0;

	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		const char *next = newline ? newline + 1 : end;
		/* libselinux sees each line as a C string. */
		const char *stop = line + strnlen(line, (size_t)((newline ?: end) - line));
		const char *p = skip_blanks(line, stop);

		if ((size_t)(stop - p) >= sizeof(type_tag) - 1 &&
		    strncasecmp(p, type_tag, sizeof(type_tag) - 1) == 0) {
			value = skip_blanks(p + sizeof(type_tag) - 1, stop);
			while (stop > value && (is_blank(stop[-1]) || is_control(stop[-1])))
				stop--;
			value_len = (size_t)(stop - value);
		}
		line = next;
	}
	if (!value)
		return 0;
	if (!is_directory_name(value, value_len)) {
		errno = EINVAL;
		return -1;
	}
	memcpy(type, value, value_len);
	type[value_len] = '\0';
	return 1;
}

int policy_config_type(int rootfd, char type[POLICY_TYPE_SIZE], struct selinuxns_error *error)
{
	_cleanup_close_ int fd = inroot_open_regular(rootfd, CONFIG_PATH);
	_cleanup_free_ void *text = NULL;
	size_t size;
	int found = 0;

	if (fd < 0 && errno != ENOENT)
		return policy_fail(error, errno, STEP, CONFIG_PATH, "%s", file_open_reason(errno));
	if (fd >= 0) {
		if (file_read(fd, CONFIG_LIMIT, STEP, CONFIG_PATH, &text, &size, error) < 0)
			return -1;
		found = policy_config_parse(text, size, type);
		if (found < 0)
			return policy_fail(
				error, EINVAL, STEP, CONFIG_PATH,
				"its SELINUXTYPE is not the name of a directory; it must "
				"name one under /etc/selinux");
	}
	if (!found)
		memcpy(type, POLICY_TYPE_DEFAULT, sizeof(POLICY_TYPE_DEFAULT));
	return found;
}
