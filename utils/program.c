/* SPDX-License-Identifier: MIT */
/*
 * program.c - what the programs have in common (see program.h).
 */
#include "config.h"

#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <selinux/selinux.h>

#include "base/error.h"
#include "base/fd.h"

void program_put(FILE *out, const char *text)
{
	for (; *text; text++) {
		char escaped[8];
		struct text t;

		text_init(&t, escaped, sizeof(escaped));
		text_escaped(&t, (const char[]){ *text, '\0' });
		fputs(escaped, out);
	}
}

void program_vsay(const char *fmt, va_list ap)
{
	_cleanup_free_ char *text = NULL;

	fprintf(stderr, "%s: ", program_name);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	program_put(stderr, text ?: "no memory for a message");
	fputc('\n', stderr);
}

void program_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	program_vsay(fmt, ap);
	va_end(ap);
}

int program_log(int type, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: %s", program_name, type == SELINUX_WARNING ? "warning: " : "");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	return 0;
}

bool program_number(const char *text, unsigned int max, unsigned int *value)
{
	unsigned long long number;

	if (!text[0] || strspn(text, "0123456789") != strlen(text) || (text[0] == '0' && text[1]))
		return false;
	errno = 0;
	number = strtoull(text, NULL, 10);
	if (errno || number > max)
		return false;
	*value = (unsigned int)number;
	return true;
}

int program_on_off(const char *text)
{
	if (!strcmp(text, "on") || !strcmp(text, "1") || !strcmp(text, "true"))
		return 1;
	if (!strcmp(text, "off") || !strcmp(text, "0") || !strcmp(text, "false"))
		return 0;
	return -1;
}

void program_occupy_fds(void)
{
	int fd;

	while ((fd = open("/", O_PATH | O_CLOEXEC)) >= 0 && fd <= STDERR_FILENO)
		;
	if (fd >= 0)
		close(fd);
}
