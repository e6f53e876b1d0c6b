/* SPDX-License-Identifier: MIT */
/*
 * label-lookup.c - how fast are file contexts opened, and paths looked up, here and by libselinux?
 *
 *	label-lookup FILE_CONTEXTS <PATHS
 *
 * PATHS are NUL-separated. Both sides do the same in one run, in turn; what counts are the ratios, and
 * medians, as other programs run meanwhile. Nothing is judged here.
 */
#include "config.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <selinux/label.h>
#include <selinux/selinux.h>

#include "label/contexts.h"

#define OPENS 15
/* Of libselinux's, which takes a hundred times as long, so many paths are looked up. */
#define THEIR_PATHS 20000
/* Taken in turn, a side does so many. */
#define TURN 500

enum side { HERE, LIBSELINUX, N_SIDES };

struct handle {
	enum side side;
	struct label_contexts *contexts;
	struct label_scratch *scratch;
	struct selabel_handle *theirs;
};

struct path {
	const char *name;
	size_t len;
	mode_t mode;
};

struct results {
	double cold[N_SIDES][OPENS], warm[N_SIDES][OPENS]; /* ms */
	long opened[N_SIDES], used[N_SIDES]; /* KiB */
};

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts. */
static double quantile(double *values, size_t n, double q)
{
	qsort(values, n, sizeof(*values), by_value);
	return n ? values[(size_t)((double)(n - 1) * q)] : 0;
}

static bool open_side(struct handle *handle, enum side side, const char *file)
{
	*handle = (struct handle){ .side = side };
	if (side == LIBSELINUX) {
		struct selinux_opt option = { SELABEL_OPT_PATH, file };

		handle->theirs = selabel_open(SELABEL_CTX_FILE, &option, 1);
		return handle->theirs != NULL;
	}
	handle->contexts = label_contexts_open(
		&(struct label_contexts_source){ .rootfd = -1, .file = file }, NULL);
	handle->scratch = handle->contexts ? label_scratch_new(handle->contexts) : NULL;
	return handle->scratch != NULL;
}

static void look_up(const struct handle *handle, const struct path *path)
{
	if (handle->side == LIBSELINUX) {
		char *context = NULL;

		if (selabel_lookup_raw(handle->theirs, &context, path->name, (int)path->mode) == 0)
			free(context);
		return;
	}
	label_contexts_lookup(handle->contexts, handle->scratch, path->name, path->len, path->mode);
}

static void forget_file(const char *file)
{
	static const char *const suffixes[] = { "", ".homedirs", ".local", ".subs", ".subs_dist" };

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		char name[4096];
		int fd;

		snprintf(name, sizeof(name), "%s%s", file, suffixes[i]);
		fd = open(name, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		fdatasync(fd);
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		close(fd);
	}
}

static long resident_kib(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	long pages = 0;

	if (f && fscanf(f, "%*d %ld", &pages) != 1)
		pages = 0;
	if (f)
		fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* A process of its own: nothing is left of the opening before. */
static void measure_open(enum side side, const char *file, double *ms)
{
	struct handle handle;

	if (fork() == 0) {
		double start = now_ns();
		bool opened = open_side(&handle, side, file);

		*ms = (now_ns() - start) / 1e6;
		_exit(opened ? 0 : 1);
	}
	wait(NULL);
}

static void measure_memory(enum side side, const char *file, const struct path *paths, size_t n,
			   struct results *results)
{
	struct handle handle;

	if (fork() == 0) {
		long before = resident_kib();

		if (!open_side(&handle, side, file))
			_exit(1);
		results->opened[side] = resident_kib() - before;
		for (size_t i = 0; i < n; i++)
			look_up(&handle, &paths[i]);
		results->used[side] = resident_kib() - before;
		_exit(0);
	}
	wait(NULL);
}

/* What it takes to look at the clock, which is in each of the times. */
static double clock_ns(void)
{
	double times[1001];

	for (size_t i = 0; i < 1001; i++) {
		double start = now_ns();

		times[i] = now_ns() - start;
	}
	return quantile(times, 1001, 0.5);
}

/* Fills the times of each side, and returns how many theirs are. */
static size_t measure_lookups(const char *file, const struct path *paths, size_t n,
			      double *times[N_SIDES])
{
	const size_t each = n / THEIR_PATHS + 1;
	struct handle handles[N_SIDES];
	size_t done = 0;

	for (enum side side = 0; side < N_SIDES; side++)
		if (!open_side(&handles[side], side, file))
			return 0;
	/* Both know all expressions before it counts. */
	for (size_t i = 0; i < n; i += each)
		look_up(&handles[LIBSELINUX], &paths[i]);
	for (size_t i = 0; i < n; i++)
		look_up(&handles[HERE], &paths[i]);
	for (size_t first = 0; first < n; first += TURN) {
		const size_t last = first + TURN < n ? first + TURN : n;

		for (size_t i = first; i < last; i++) {
			double start = now_ns();

			look_up(&handles[HERE], &paths[i]);
			times[HERE][i] = now_ns() - start;
		}
		for (size_t i = (first + each - 1) / each * each; i < last; i += each) {
			double start = now_ns();

			look_up(&handles[LIBSELINUX], &paths[i]);
			times[LIBSELINUX][done++] = now_ns() - start;
		}
	}
	return done;
}

static struct path *read_paths(size_t *count)
{
	struct path *paths = NULL;
	char *line = NULL;
	size_t room = 0, size = 0;

	for (*count = 0; getdelim(&line, &size, '\0', stdin) > 0; ++*count) {
		struct stat st;

		if (*count == room) {
			room = room ? room * 2 : 4096;
			paths = reallocarray(paths, room, sizeof(*paths));
			if (!paths)
				abort();
		}
		paths[*count] = (struct path){ .name = strdup(line), .len = strlen(line) };
		if (lstat(line, &st) == 0)
			paths[*count].mode = st.st_mode;
	}
	free(line);
	return paths;
}

static void print(const char *what, const char *unit, double here, double libselinux)
{
	printf("%-32s %12.2f %12.2f %9.1f  %s\n", what, here, libselinux,
	       here > 0 ? libselinux / here : 0, unit);
}

int main(int argc, char **argv)
{
	struct results *results = mmap(NULL, sizeof(*results), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	double *times[N_SIDES];
	const double clock = clock_ns();
	struct path *paths;
	size_t n, theirs;

	if (argc != 2 || results == MAP_FAILED)
		return 2;
	paths = read_paths(&n);
	for (size_t i = 0; i < OPENS; i++)
		for (enum side side = 0; side < N_SIDES; side++) {
			forget_file(argv[1]);
			measure_open(side, argv[1], &results->cold[side][i]);
			measure_open(side, argv[1], &results->warm[side][i]);
		}
	for (enum side side = 0; side < N_SIDES; side++) {
		measure_memory(side, argv[1], paths, n < THEIR_PATHS ? n : THEIR_PATHS, results);
		times[side] = calloc(n + 1, sizeof(double));
		if (!times[side])
			return 2;
	}
	theirs = measure_lookups(argv[1], paths, n, times);
	if (!theirs) {
		fprintf(stderr, "label-lookup: nothing could be looked up\n");
		return 1;
	}
	printf("%zu paths (%zu by libselinux), %d openings; the clock's %.0f ns are taken off\n", n,
	       theirs, OPENS, clock);
	printf("%-32s %12s %12s %9s\n", "", "here", "libselinux", "ratio");
	print("open, files not cached (median)", "ms", quantile(results->cold[HERE], OPENS, 0.5),
	      quantile(results->cold[LIBSELINUX], OPENS, 0.5));
	print("open, files cached (median)", "ms", quantile(results->warm[HERE], OPENS, 0.5),
	      quantile(results->warm[LIBSELINUX], OPENS, 0.5));
	print("memory, opened", "KiB", (double)results->opened[HERE],
	      (double)results->opened[LIBSELINUX]);
	print("memory, after 20,000 lookups", "KiB", (double)results->used[HERE],
	      (double)results->used[LIBSELINUX]);
	print("lookup, median", "ns", quantile(times[HERE], n, 0.5) - clock,
	      quantile(times[LIBSELINUX], theirs, 0.5) - clock);
	print("lookup, 99th percentile", "ns", quantile(times[HERE], n, 0.99) - clock,
	      quantile(times[LIBSELINUX], theirs, 0.99) - clock);
	return 0;
}
