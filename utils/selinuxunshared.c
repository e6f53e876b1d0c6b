/* SPDX-License-Identifier: MIT */
/*
 * selinuxunshared.c - selinuxunshared(1): is this an SELinux namespace without a policy?
 *
 * For scripts: "selinuxunshared -q && load_policy". May call the library's public
 * interface. Must never change anything, and never answer 0 or 1 when it cannot tell.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <selinux/selinuxns.h>

#include "output.h"

#define PROGRAM "selinuxunshared"

enum {
	STATUS_UNSHARED = 0,
	STATUS_NOT_UNSHARED = 1,
	STATUS_ERROR = 255,
};

static void print_help(void)
{
	fputs("\nUsage:\n"
	      " " PROGRAM " [options]\n"
	      "\n"
	      "Print 1 if this process's SELinux namespace is not the init one and no policy\n"
	      "was loaded into it yet, else 0.\n"
	      "\n"
	      "Options:\n"
	      " -q, --quiet    print nothing, only set the exit status\n"
	      "\n"
	      " -h, --help     display this help\n"
	      " -V, --version  display version\n"
	      "\n"
	      "Exit status:\n"
	      " 0    unshared, no policy loaded yet\n"
	      " 1    not unshared, or a policy was loaded\n"
	      " 255  an error: it cannot be told\n"
	      "\n"
	      "For more details see " PROGRAM "(1).\n",
	      stdout);
}

static int usage_error(void)
{
	fprintf(stderr, "Try '" PROGRAM " --help' for more information.\n");
	return STATUS_ERROR;
}

static int report_error(int err)
{
	int support = selinuxns_probe();

	if (support == SELINUXNS_LSM_SYSCALLS || support == SELINUXNS_SELINUXFS_NODE || support < 0)
		fprintf(stderr, PROGRAM ": ask the kernel: SELinux namespace: %s\n", strerror(err));
	else
		fprintf(stderr, PROGRAM ": ask the kernel: SELinux namespace: %s (%s)\n",
			selinuxns_probe_str(support), strerror(err));
	return STATUS_ERROR;
}

int main(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "quiet", no_argument, NULL, 'q' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	bool quiet = false;
	int option, unshared;

	while ((option = getopt_long(argc, argv, "qhV", long_options, NULL)) != -1) {
		switch (option) {
		case 'q':
			quiet = true;
			break;
		case 'h':
			print_help();
			return output_finish(PROGRAM) ? 0 : STATUS_ERROR;
		case 'V':
			puts(PROGRAM " from " PACKAGE_NAME " " PACKAGE_VERSION);
			return output_finish(PROGRAM) ? 0 : STATUS_ERROR;
		default:
			return usage_error();
		}
	}
	if (optind < argc) {
		fprintf(stderr, PROGRAM ": read arguments: %s: none is taken\n", argv[optind]);
		return usage_error();
	}

	unshared = is_selinux_unshared();
	if (unshared < 0)
		return report_error(errno);
	if (!quiet) {
		printf("%d\n", unshared);
		if (!output_finish(PROGRAM))
			return STATUS_ERROR;
	}
	return unshared ? STATUS_UNSHARED : STATUS_NOT_UNSHARED;
}
