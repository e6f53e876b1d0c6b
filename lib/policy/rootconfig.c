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

/* The value of the last line that sets this tag, or NULL; *len without the blanks around it. */
static const char *last_value(const char *text, size_t size, const char *tag, size_t *len)
{
	const char *line = text, *const end = text + size;
	const size_t tag_len = strlen(tag);
	const char *value = NULL;

	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		const char *next = newline ? newline + 1 : end;
		/* libselinux sees each line as a C string. */
		const char *stop = line + strnlen(line, (size_t)((newline ?: end) - line));
		const char *p = skip_blanks(line, stop);

		if ((size_t)(stop - p) >= tag_len && strncasecmp(p, tag, tag_len) == 0) {
			value = skip_blanks(p + tag_len, stop);
			while (stop > value && (is_blank(stop[-1]) || is_control(stop[-1])))
				stop--;
			*len = (size_t)(stop - value);
		}
		line = next;
	}
	return value;
}

int policy_config_parse(const char *text, size_t size, char type[POLICY_TYPE_SIZE])
{
	size_t len;
	const char *value = last_value(text, size, "SELINUXTYPE=", &len);

	if (!value)
		return 0;
	if (!is_directory_name(value, len)) {
		errno = EINVAL;
		return -1;
	}
	memcpy(type, value, len);
	type[len] = '\0';
	return 1;
}

/* The configuration's text, to be freed; *text stays NULL where there is none. */
static int read_config(int rootfd, void **text, size_t *size, struct selinuxns_error *error)
{
	_cleanup_close_ int fd = inroot_open_regular(rootfd, CONFIG_PATH);

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return file_open_failed(CONFIG_PATH, STEP, error);
	return file_read(fd, CONFIG_LIMIT, STEP, CONFIG_PATH, text, size, error);
}

int policy_config_type(int rootfd, char type[POLICY_TYPE_SIZE], struct selinuxns_error *error)
{
	_cleanup_free_ void *text = NULL;
	size_t size;
	int found = 0;

	if (read_config(rootfd, &text, &size, error) < 0)
		return -1;
	if (text)
		found = policy_config_parse(text, size, type);
	if (found < 0)
		return policy_fail(error, EINVAL, STEP, CONFIG_PATH,
				   "its SELINUXTYPE is not the name of a directory; it must name "
				   "one under /etc/selinux");
	if (!found)
		memcpy(type, POLICY_TYPE_DEFAULT, sizeof(POLICY_TYPE_DEFAULT));
	return found;
}

int policy_config_parse_mode(const char *text, size_t size)
{
	static const struct {
		const char *name;
		int mode;
	} modes[] = {
		{ "enforcing", POLICY_CONFIG_ENFORCING },
		{ "permissive", POLICY_CONFIG_PERMISSIVE },
		{ "disabled", POLICY_CONFIG_DISABLED },
	};
	size_t len;
	const char *value = last_value(text, size, "SELINUX=", &len);

	if (!value)
		return POLICY_CONFIG_DISABLED;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (len >= strlen(modes[i].name) &&
		    strncasecmp(value, modes[i].name, strlen(modes[i].name)) == 0)
			return modes[i].mode;
	errno = EINVAL;
	return -1;
}

int policy_config_mode(int rootfd, struct selinuxns_error *error)
{
	_cleanup_free_ void *text = NULL;
	size_t size;
	int mode;

	if (read_config(rootfd, &text, &size, error) < 0)
		return -1;
	mode = text ? policy_config_parse_mode(text, size) : POLICY_CONFIG_DISABLED;
	if (mode < 0)
		return policy_fail(error, EINVAL, STEP, CONFIG_PATH,
				   "its SELINUX is none of enforcing, permissive, disabled");
	return mode;
}
