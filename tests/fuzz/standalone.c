/* SPDX-License-Identifier: MIT */
/*
 * standalone.c - run a fuzzing target on given inputs, where there is no libFuzzer.
 *
 * The arguments are files, and directories of files. Options are libFuzzer's and do not matter.
 */
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"

static unsigned int inputs;

static int run_file(const char *path)
{
	FILE *f = fopen(path, "re");
	uint8_t *data = NULL;
	size_t size = 0;
	int c;

	if (!f) {
		perror(path);
		return 1;
	}
	/* As large as the input is, so that a sanitizer sees what reads behind it. */
	while ((c = getc(f)) != EOF) {
		data = realloc(data, size + 1);
		if (!data)
			abort();
		data[size++] = (uint8_t)c;
	}
	fclose(f);
	/* Known should it crash. */
	dprintf(2, "%s\n", path);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	inputs++;
	return 0;
}

static int run_directory(const char *path)
{
	struct dirent **names;
	int n = scandir(path, &names, NULL, alphasort);
	int failed = n < 0;

	if (failed)
		perror(path);
	for (int i = 0; i < n; i++) {
		char file[4096];

		snprintf(file, sizeof(file), "%s/%s", path, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			failed |= run_file(file);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return failed;
}

int main(int argc, char **argv)
{
	int failed = 0;

	for (int i = 1; i < argc; i++) {
		struct stat st;

		if (argv[i][0] == '-')
			continue;
		if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
			failed |= run_directory(argv[i]);
		else
			failed |= run_file(argv[i]);
	}
	dprintf(2, "%u inputs\n", inputs);
	return failed || !inputs;
}
