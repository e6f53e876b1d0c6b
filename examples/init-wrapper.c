/* SPDX-License-Identifier: MIT */
/*
 * init-wrapper.c - initialise a container's SELinux namespace, then become its init.
 *
 * Usage: init-wrapper INIT [ARGUMENT...]
 *
 * For an init that knows nothing of SELinux namespaces (OpenRC's, runit, s6, busybox). In
 * a namespace that has no policy yet it mounts selinuxfs, loads the policy and sets the mode that
 * the container's /etc/selinux/config names; anywhere else (on a machine of its own, in
 * a container without a namespace) it does nothing. In either case it then executes INIT.
 *
 * Build: cc -o init-wrapper init-wrapper.c $(pkg-config --cflags --libs libselinuxns)
 *
 * Label it as the init is labelled (init_exec_t): the process takes on the context that an
 * execution of a file so labelled gives (init_t), and INIT is executed from that one.
 */
#include <err.h>
#include <unistd.h>

#include <selinux/selinuxns.h>

int main(int argc, char **argv)
{
	struct selinuxns_error *error = selinuxns_error_new();

	if (argc < 2)
		errx(2, "usage: init-wrapper INIT [ARGUMENT...]");
	if (!error)
		err(1, "begin");
	/*
	 * First of all, while this is the only process: what is started earlier stays in the
	 * initial context. After a failure the namespace may be half-way, so that nothing is
	 * started in it: the container ends, and its manager shows the sentence.
	 */
	if (selinuxns_init(error) < 0)
		errx(1, "%s", selinuxns_error_message(error));
	selinuxns_error_free(error);
	/* The same process, and so still pid 1. */
	execv(argv[1], argv + 1);
	err(1, "%s", argv[1]);
}
