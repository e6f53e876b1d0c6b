/* SPDX-License-Identifier: MIT */
/*
 * agree.c - does the file contexts engine say of every path what libselinux says?
 *
 *	agree FILE_CONTEXTS [PROCESSES] <PATHS
 *
 * PATHS are NUL-separated. Each is looked up as every file type, and as any. Each difference is printed;
 * the last line is the numbers. Ends with 1 if there was a difference, with 2 if nothing was compared.
 */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <selinux/label.h>
#include <selinux/selinux.h>

#include "label/contexts.h"

static const mode_t modes[] = { 0, S_IFREG, S_IFDIR, S_IFLNK, S_IFCHR, S_IFBLK, S_IFSOCK, S_IFIFO };

#define N_MODES (sizeof(modes) / sizeof(modes[0]))

struct counts {
	unsigned long lookups, found, none, different;
};

struct sides {
	struct selabel_handle *theirs;
	struct label_contexts *ours;
	struct label_scratch *scratch;
};

static int quiet(int type, const char *fmt, ...)
{
	(void)type;
	(void)fmt;
	return 0;
}

static bool open_sides(struct sides *sides, const char *file)
{
	struct selinux_opt option = { SELABEL_OPT_PATH, file };
	struct label_contexts_source source = { .rootfd = -1, .file = file };
	struct selinuxns_error *error = selinuxns_error_new();

	selinux_set_callback(SELINUX_CB_LOG, (union selinux_callback){ .func_log = quiet });
	sides->theirs = selabel_open(SELABEL_CTX_FILE, &option, 1);
	if (!sides->theirs)
		fprintf(stderr, "agree: selabel_open: %s: %s\n", file, strerror(errno));
	sides->ours = label_contexts_open(&source, error);
	if (!sides->ours)
		fprintf(stderr, "agree: %s\n", selinuxns_error_message(error));
	sides->scratch = sides->ours ? label_scratch_new(sides->ours) : NULL;
	selinuxns_error_free(error);
	return sides->theirs && sides->ours && sides->scratch;
}

static void compare(struct sides *sides, const char *path, mode_t mode, struct counts *counts)
{
	char *theirs = NULL;
	int rc = selabel_lookup_raw(sides->theirs, &theirs, path, (int)mode);
	int err = errno;
	int id = label_contexts_lookup(sides->ours, sides->scratch, path, strlen(path), mode);
	const char *ours = id >= 0 ? label_contexts_name(sides->ours, id) : NULL;
	bool same;

	/* libselinux does not tell <<none>>, no match and what could not be asked apart. */
	if (rc == 0)
		same = ours && strcmp(ours, theirs) == 0;
	else
		same = !ours && (err == ENOENT || id == LABEL_ERROR);
	counts->lookups++;
	counts->found += rc == 0;
	counts->none += rc != 0;
	if (!same) {
		counts->different++;
		printf("%o %s: libselinux %s, here %s (%d)\n", (unsigned int)mode, path,
		       rc == 0 ? theirs : strerror(err), ours ?: "none", id);
	}
	free(theirs);
}

/* Every @step-th path, from the @first. */
static void compare_all(struct sides *sides, const char *paths, size_t size, unsigned int first,
			unsigned int step, struct counts *counts)
{
	unsigned int number = 0;

	for (const char *path = paths; path < paths + size; path += strlen(path) + 1, number++)
		if (number % step == first)
			for (size_t i = 0; i < N_MODES; i++)
				compare(sides, path, modes[i], counts);
}

static char *read_all(size_t *size)
{
	size_t room = 1 << 20, n;
	char *bytes = malloc(room);

	*size = 0;
	while (bytes && (n = fread(bytes + *size, 1, room - *size - 1, stdin)) > 0) {
		*size += n;
		if (*size + 1 == room) {
			char *more = realloc(bytes, room *= 2);

			if (!more)
				free(bytes);
			bytes = more;
		}
	}
	if (bytes)
		bytes[*size] = '\0';
	return bytes;
}

int main(int argc, char **argv)
{
	unsigned int processes = argc > 2 ? (unsigned int)atoi(argv[2]) : 1;
	struct counts *counts, all = { 0 };
	struct sides sides;
	size_t size;
	char *paths;
	int status;

	if (argc < 2 || processes < 1 || processes > 64 || !open_sides(&sides, argv[1]))
		return 2;
	paths = read_all(&size);
	counts = mmap(NULL, sizeof(*counts) * processes, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!paths || counts == MAP_FAILED)
		return 2;
	for (unsigned int i = 0; i < processes; i++)
		if (fork() == 0) {
			compare_all(&sides, paths, size, i, processes, &counts[i]);
			return fflush(stdout) == 0 ? 0 : 2;
		}
	while (wait(&status) > 0)
		if (status != 0)
			return 2;
	for (unsigned int i = 0; i < processes; i++) {
		all.lookups += counts[i].lookups;
		all.found += counts[i].found;
		all.none += counts[i].none;
		all.different += counts[i].different;
	}
	printf("%lu lookups: %lu with a context, %lu without, %lu different\n", all.lookups,
	       all.found, all.none, all.different);
	selabel_close(sides.theirs);
	label_scratch_free(sides.scratch);
	label_contexts_free(sides.ours);
	free(paths);
	return all.different ? 1 : all.lookups ? 0 : 2;
}
