/* SPDX-License-Identifier: MIT */
/*
 * mountinfo.c - fuzzing target: the streaming parser of /proc/PID/mountinfo.
 *
 * The first byte says how the rest is cut in chunks, the second after how many mounts the callback
 * stops.
 */
#include "fuzz.h"
#include "kernel/mountinfo.h"

#define STOPPED 7

struct seen {
	unsigned int count, stop_at;
	uint64_t hash; /* of all that the entries say */
};

static void mix(struct seen *seen, const void *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		seen->hash = (seen->hash ^ ((const unsigned char *)data)[i]) * 0x100000001b3;
}

static int same(const struct mountinfo_entry *entry, void *arg)
{
	const struct mountinfo_entry *want = arg;

	PROMISE(entry->id == want->id && entry->parent == want->parent);
	PROMISE(entry->shared == want->shared && entry->slave == want->slave);
	PROMISE(!strcmp(entry->point, want->point) && !strcmp(entry->fstype, want->fstype));
	return STOPPED;
}

/* Written as the kernel does, it is read as the same. */
static void check_printed(const struct mountinfo_entry *entry)
{
	static struct mountinfo_parser parser;
	static char line[4 * PATH_MAX + 256];
	int len = snprintf(line, sizeof(line), "%llu %llu 0:1 / ", (unsigned long long)entry->id,
			   (unsigned long long)entry->parent);

	for (const char *p = entry->point; *p; p++)
		if (strchr(" \t\n\\", *p))
			len += sprintf(line + len, "\\%03o", *p);
		else
			line[len++] = *p;
	/* A name that is cut off is as long as there is room. */
	sprintf(line + len, " rw %s%s- %s none rw\n", entry->shared ? "shared:1 " : "",
		entry->slave ? "master:2 " : "", entry->fstype);
	mountinfo_init(&parser, same, (void *)entry);
	PROMISE(mountinfo_feed(&parser, line, strlen(line)) == STOPPED);
}

static int see(const struct mountinfo_entry *entry, void *arg)
{
	struct seen *seen = arg;

	PROMISE(memchr(entry->point, '\0', sizeof(entry->point)));
	PROMISE(memchr(entry->fstype, '\0', sizeof(entry->fstype)));
	PROMISE(entry->path_cut == false || strlen(entry->point) == PATH_MAX - 1);
	check_printed(entry);
	seen->count++;
	mix(seen, &entry->id, sizeof(entry->id));
	mix(seen, &entry->parent, sizeof(entry->parent));
	mix(seen, (bool[]){ entry->shared, entry->slave, entry->path_cut }, 3);
	mix(seen, entry->fstype, strlen(entry->fstype) + 1);
	mix(seen, entry->point, strlen(entry->point) + 1);
	return seen->count == seen->stop_at ? STOPPED : MOUNTINFO_NEXT;
}

static struct seen feed(const char *text, size_t size, size_t chunk, unsigned int stop_at)
{
	static struct mountinfo_parser parser;
	struct seen seen = { .stop_at = stop_at };
	int rc = MOUNTINFO_NEXT;

	mountinfo_init(&parser, see, &seen);
	for (size_t at = 0; at < size; at += chunk) {
		size_t len = size - at < chunk ? size - at : chunk;

		PROMISE(rc == MOUNTINFO_NEXT || seen.count == stop_at);
		rc = mountinfo_feed(&parser, text + at, len);
	}
	PROMISE(rc == (stop_at && seen.count == stop_at ? STOPPED : MOUNTINFO_NEXT));
	return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen whole, cut;
	char *text;

	if (size < 2)
		return 0;
	text = fuzz_text(data + 2, size - 2);
	size -= 2;
	whole = feed(text, size, size ? size : 1, 0);
	cut = feed(text, size, data[0] ? data[0] : 1, 0);
	PROMISE(whole.count == cut.count && whole.hash == cut.hash);
	cut = feed(text, size, 1, data[1]);
	PROMISE(cut.count == (data[1] && data[1] < whole.count ? data[1] : whole.count));
	free(text);
	return 0;
}
