/* SPDX-License-Identifier: MIT */
/*
 * json.h - write one JSON object, a member at a time.
 *
 * For what programs read: --status-fd, --json. Writes to a stdio stream; any bytes of a
 * string come out as valid JSON (what is not UTF-8 becomes U+FFFD). Must never be used for
 * what a person reads.
 */
#ifndef SELINUXNS_UTILS_JSON_H
#define SELINUXNS_UTILS_JSON_H

#include <stdbool.h>
#include <stdio.h>

struct json {
	FILE *out;
	bool more; /* a member was written: the next needs a comma */
};

void json_begin(struct json *json, FILE *out);
void json_string(struct json *json, const char *name, const char *value); /* NULL: null */
void json_number(struct json *json, const char *name, long long value);
void json_bool(struct json *json, const char *name, bool value);
/* A member (name NULL: an array's element) that is an object or an array; json_close() ends it. */
void json_open(struct json *json, const char *name, char bracket);
void json_close(struct json *json, char bracket);
/* Ends the object and its line. */
void json_end(struct json *json);

#endif
