/* SPDX-License-Identifier: MIT */
/*
 * unshare.c - selinux_unshare(), is_selinux_unshared(), selinuxns_unshare().
 *
 * May call base/ and kernel/. Everything here but selinuxns_unshare()'s last step is
 * heap-free and async-signal-safe, as container runtimes call it between fork and exec. Must
 * never unshare before all that can be checked was checked: it cannot be undone.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include <selinux/selinux.h>
#include <selinux/selinuxns.h>

#include "base/error.h"
#include "base/log.h"
#include "kernel/mounts.h"
#include "kernel/nsiface.h"
#include "ns/core.h"
#include "ns/guard.h"
#include "ns/limits.h"

#define STEP "unshare the SELinux namespace"
#define SAID "the kernel said that it was done, "

/* How often the kernel is asked again while it frees namespaces (kernel-abi.md 2.4). */
#define POLL_MS 20

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* A signal only makes it shorter: the deadline is what bounds the wait. */
static void pause_ms(uint64_t ms)
{
	const struct timespec ts = { .tv_nsec = (long)ms * 1000000 };

	clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, NULL);
}

static int unshare_waiting(const struct nsiface *iface, unsigned int wait_ms)
{
	/* One more, as a part of this millisecond is over already: never less than was asked for. */
	const uint64_t deadline = now_ms() + wait_ms + 1;

	for (;;) {
		uint64_t now;

		if (iface->unshare() == 0)
			return 0;
		if (errno != ENOSPC || wait_ms == 0)
			return -1;
		now = now_ms();
		if (now >= deadline) {
			errno = ENOSPC;
			return -1;
		}
		pause_ms(deadline - now < POLL_MS ? deadline - now : POLL_MS);
	}
}

/* The sentence for an errno of the kernel's. */
static int fail(struct selinuxns_error *error, int err, const char *object, unsigned int wait_ms)
{
	char message[sizeof(error->message)];
	struct text t;

	text_init(&t, message, sizeof(message));
	text_str(&t, "cannot " STEP);
	if (object[0]) {
		text_str(&t, " by ");
		text_str(&t, object);
	}
	text_str(&t, ": ");
	switch (err) {
	case ENOSPC:
		limits_explain(&t);
		text_str(&t,
			 "; raise it in the init namespace's selinuxfs, or wait for namespaces to "
			 "end (their memory is freed up to about a second later");
		if (wait_ms) {
			text_str(&t, "; waited ");
			text_uint(&t, wait_ms);
			text_str(&t, " ms");
		}
		text_str(&t, ")");
		break;
	case EACCES:
		/* kernel-abi.md 2.2 */
		text_str(&t, "the loaded policy denies it; allow the current domain process2 "
			     "unshare_selinuxns on itself (older kernels: security unshare)");
		break;
	case EOPNOTSUPP:
		text_str(&t, "this kernel has no SELinux namespaces, or no SELinux");
		break;
	case ENOSYS:
		text_str(&t, "the LSM system calls are missing: a kernel before 6.8, or a seccomp "
			     "filter that hides them");
		break;
	case EPERM:
		text_str(&t,
			 "the LSM system calls are refused, most likely by a seccomp filter; let "
			 "lsm_get_self_attr and lsm_set_self_attr pass it");
		break;
	default:
		text_errno(&t, err);
		break;
	}
	return ns_error_text(error, err, STEP, object, message);
}

static int fail_shared(struct selinuxns_error *error, const char *with)
{
	char message[sizeof(error->message)];
	struct text t;

	text_init(&t, message, sizeof(message));
	text_str(&t, "will not " STEP ": the mount namespace is the same as that of ");
	text_str(&t, with);
	text_str(&t, ", which would lose its selinuxfs; call unshare(CLONE_NEWNS) first and make "
		     "all mounts private (MS_REC|MS_PRIVATE on /)");
	return ns_error_text(error, EBUSY, STEP, with, message);
}

/*
 * By the file in selinuxfs, an answer may be missing: in a user namespace there is no instance of the
 * new namespace to be had. But no filter answers for a write to a file in the kernel's place.
 */
static bool is_untold(const struct nsiface *iface, int unshared)
{
	return unshared < 0 && (errno == EPROTO || iface != &nsiface_node);
}

int core_unshare(unsigned int wait_ms, struct selinuxns_error *error)
{
	const struct nsiface *iface = nsiface_find();
	const char *with;
	int unshared;

	if (!iface)
		return fail(error, errno, "", 0);
	with = guard_shared_with();
	if (with)
		return fail_shared(error, with);
	/* Who does not tell before, will not say afterwards whether it was done. */
	if (is_untold(iface, iface->unshared()))
		return fail(error, errno, iface->name, 0);
	if (unshare_waiting(iface, wait_ms) < 0)
		return fail(error, errno, iface->name, wait_ms);
	/*
	 * A filter that answers 0 in the kernel's place would have the host's selinuxfs unmounted
	 * and the host's policy replaced next.
	 */
	unshared = iface->unshared();
	if (unshared == 0 || is_untold(iface, unshared))
		return ns_fail(error, EPROTO, STEP, iface->name,
			       unshared == 0 ? SAID "but this is not a new namespace"
					     : SAID "and does not tell whether it was",
			       "; a seccomp filter may answer in its place");
	/* From here on nothing can be taken back, so nothing fails: what stays is a warning. */
	(void)mounts_detach("selinuxfs");
	ns_error_clear(error);
	return 0;
}

/* Those two are how a program asks whether the kernel has it: no news to anyone. */
static bool worth_logging(int err)
{
	return err != ENOSYS && err != EOPNOTSUPP;
}

int selinux_unshare(void)
{
	struct selinuxns_error error;
	int rc = core_unshare(0, &error);

	if (rc < 0 && worth_logging(error.err))
		ns_log(SELINUX_ERROR, error.message);
	return rc;
}

int selinuxns_unshare(unsigned int wait_ms, struct selinuxns_error *error)
{
	struct selinuxns_error own;
	int rc;

	own.err = 0;
	rc = core_unshare(wait_ms, error ? error : &own);
	if (rc < 0) {
		if (!error && worth_logging(own.err))
			ns_log(SELINUX_ERROR, own.message);
		return rc;
	}
	if (selinuxns_forget() < 0)
		ns_log(SELINUX_WARNING, "libselinux could not be made to forget all of the parent "
					"SELinux namespace (see selinuxns_forget(3))");
	return 0;
}

int is_selinux_unshared(void)
{
	int unshared = nsiface_unshared();

	/* No namespaces: as the fork, and so that a program need not care. */
	if (unshared < 0 && (errno == ENOSYS || errno == EOPNOTSUPP))
		return 0;
	return unshared;
}
