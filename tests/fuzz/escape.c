/* SPDX-License-Identifier: MIT */
/*
 * escape.c - fuzzing target: text that others chose, in messages, tables and JSON; and values.
 *
 * Strings, each with a NUL behind it.
 */
#include <errno.h>
#include <limits.h>

#include "base/error.h"
#include "fuzz.h"
#include "json.h"
#include "output.h"
#include "program.h"
#include "table.h"

const char program_name[] = "fuzz";

static void check_escaped(const char *text)
{
	char whole[4096], again[sizeof(whole)], small[32];
	struct text t;

	text_init(&t, whole, sizeof(whole));
	text_escaped(&t, text);
	PROMISE(t.len == strlen(whole) && t.len < sizeof(whole));
	PROMISE(fuzz_printable(whole));
	/* Twice is as once; and what does not fit is cut off. */
	text_init(&t, again, sizeof(again));
	text_escaped(&t, whole);
	PROMISE(strcmp(whole, again) == 0);
	text_init(&t, small, sizeof(small));
	text_escaped(&t, text);
	PROMISE(t.len < sizeof(small) && strncmp(whole, small, t.len) == 0 && !small[t.len]);
}

static void check_error(const char *text)
{
	struct selinuxns_error error;

	PROMISE(ns_fail(&error, EIO, text, text, text, text) == -1 && errno == EIO);
	PROMISE(fuzz_printable(error.step) && fuzz_printable(error.object));
	PROMISE(fuzz_printable(error.message) && error.err == EIO);
	PROMISE(ns_error(&error, ENOENT, text, text, "%s: %s", text, text) == -1);
	PROMISE(fuzz_printable(error.step) && fuzz_printable(error.object));
	PROMISE(fuzz_printable(error.message) && errno == ENOENT);
}

static void check_table(const char *text)
{
	size_t size;
	char *said;

	output_catch();
	table_cell(text, 12, TABLE_BOLD);
	table_end(text, TABLE_GOOD);
	table_more("name", 4, text);
	said = output_caught(&size);
	PROMISE(output_is_plain(said, size));
	free(said);
}

static void check_value(const char *text)
{
	unsigned int value = 0, small = 0;
	char digits[16];

	if (program_number(text, UINT_MAX, &value)) {
		snprintf(digits, sizeof(digits), "%u", value);
		PROMISE(strcmp(digits, text) == 0);
		PROMISE(program_number(text, 32, &small) == (value <= 32));
	}
	PROMISE(program_on_off(text) >= -1 && program_on_off(text) <= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *all = fuzz_text(data, size), *said;
	struct json json;
	size_t said_size;

	output_catch();
	json_begin(&json, stdout);
	json_open(&json, "list", '[');
	for (char *text = all; text < all + size; text += strlen(text) + 1)
		json_string(&json, NULL, text);
	json_close(&json, ']');
	json_string(&json, all, all);
	json_string(&json, "null", NULL);
	json_number(&json, all, (long long)size - 3);
	json_bool(&json, all, size > 9);
	json_end(&json);
	said = output_caught(&said_size);
	PROMISE(output_is_json(said, said_size));
	PROMISE(memchr(said, '\n', said_size) == said + said_size - 1);
	free(said);

	for (char *text = all; text < all + size; text += strlen(text) + 1) {
		/* Not in the fuzzer's memory, which has no end that a sanitizer knows. */
		char *one = strdup(text);

		check_escaped(one);
		check_error(one);
		check_table(one);
		check_value(one);
		free(one);
	}
	free(all);
	return 0;
}
