/* SPDX-License-Identifier: MIT */
/*
 * check_ns.c - tests of lib/kernel and lib/ns against a kernel that is played.
 *
 * The LSM system calls are answered here: this program's syscall() comes before libc's. So
 * every answer, also an absurd one, can be given on any machine. Mounts are real, in mount
 * namespaces of the tests' own, with ramfs where selinuxfs would be. Those tests need root and
 * are passed over without; those that need a machine without SELinux likewise.
 */
#include <check.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <selinux/avc.h>
#include <selinux/selinux.h>
#include <selinux/selinuxns.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/proc.h"
#include "kernel/attr.h"
#include "kernel/instance.h"
#include "kernel/lsm.h"
#include "kernel/mountinfo.h"
#include "kernel/mounts.h"
#include "kernel/nsiface.h"
#include "ns/guard.h"

/* ---- the played kernel -------------------------------------------------- */

static struct {
	int get_errno; /* 0: answer with what follows */
	int get_count;
	uint32_t get_size;
	struct {
		struct lsm_entry entry;
		unsigned char data[8];
	} get;
	bool get_writes_nothing;

	int set_errno; /* 0: unshared */
	int set_good_from; /* this call and later ones succeed; 0: see set_errno */
	int set_calls; /* well-formed ones */
	bool set_lies; /* it says that it unshared, and did not */
	int lost; /* it unshares, and fails with this when it is asked then */
	int probe_errno; /* of a set with flags */

	bool no_openat2; /* a seccomp filter refuses it */
	bool one_mount; /* all files are said to be in the same mount */

	bool selinux; /* in the list of modules */
	bool misused; /* a call that no kernel would take */
} fake;

/* As kernel-abi.md 1.2 has it. */
static void fake_good(unsigned char unshared)
{
	memset(&fake, 0, sizeof(fake));
	fake.get_count = 1;
	fake.get_size = 40;
	fake.get.entry = (struct lsm_entry){ .id = 101, .len = 40, .ctx_len = 1 };
	fake.get.data[0] = unshared;
	fake.probe_errno = EINVAL;
	fake.selinux = true;
}

/* As 1.5 has it. */
static void fake_none(int err)
{
	fake_good(0);
	fake.get_errno = err;
	fake.set_errno = err;
}

static long fail_with(int err)
{
	errno = err;
	return -1;
}

/* No ck_assert() in here: it uses the heap. */
static long fake_get(unsigned long attr, void *buf, uint32_t *size)
{
	fake.misused |= attr != 106 || *size < sizeof(fake.get);
	if (fake.get_errno)
		return fail_with(fake.get_errno);
	if (!fake.get_writes_nothing)
		memcpy(buf, &fake.get, sizeof(fake.get));
	*size = fake.get_size;
	return fake.get_count;
}

static long fake_set(unsigned long attr, const struct lsm_entry *entry, unsigned long size,
		     unsigned long flags)
{
	fake.misused |= attr != 106 || size != 32 || entry->id != 101 || entry->flags != 0 ||
			entry->len != 32 || entry->ctx_len != 0;
	if (flags)
		return fake.probe_errno ? fail_with(fake.probe_errno) : 0;
	fake.set_calls++;
	if (fake.set_errno && (!fake.set_good_from || fake.set_calls < fake.set_good_from))
		return fail_with(fake.set_errno);
	if (!fake.set_lies)
		fake.get.data[0] = 1;
	fake.get_errno = fake.lost;
	return 0;
}

static long fake_list(uint64_t *ids, uint32_t *size)
{
	ids[0] = 100;
	ids[1] = 101;
	*size = fake.selinux ? 16 : 8;
	return fake.selinux ? 2 : 1;
}

static long (*libc_syscall)(long number, ...);

static long fake_statx(const unsigned long *a)
{
	long rc = libc_syscall(SYS_statx, a[0], a[1], a[2], a[3], a[4]);

	if (rc == 0 && fake.one_mount)
		((struct statx *)a[4])->stx_mnt_id = 1;
	return rc;
}

static void __attribute__((constructor)) find_libc_syscall(void)
{
	*(void **)&libc_syscall = dlsym(RTLD_NEXT, "syscall");
}

#undef syscall /* a coverage build's (tests/build/flush.h) */
/* All six are read, however few were passed, as libc's own does. */
__attribute__((no_sanitize("address"))) long syscall(long number, ...)
{
	unsigned long a[6];
	va_list ap;

	va_start(ap, number);
	for (size_t i = 0; i < 6; i++)
		a[i] = va_arg(ap, unsigned long);
	va_end(ap);
	switch (number) {
	case 459:
		return fake_get(a[0], (void *)a[1], (uint32_t *)a[2]);
	case 460:
		return fake_set(a[0], (const struct lsm_entry *)a[1], a[2], a[3]);
	case 461:
		return fake_list((uint64_t *)a[0], (uint32_t *)a[1]);
	case SYS_statx:
		return fake_statx(a);
	case SYS_openat2:
		if (fake.no_openat2)
			return fail_with(ENOSYS);
		/* fall through */
	default:
		return libc_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	}
}

/* ---- the heap is counted ------------------------------------------------ */

#ifndef __SANITIZE_ADDRESS__
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#endif

static int heap_calls;

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
#define HEAP_COUNTED 1
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);

void *malloc(size_t size)
{
	heap_calls++;
	return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	heap_calls++;
	return __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	heap_calls++;
	return __libc_realloc(p, size);
}
#else
#define HEAP_COUNTED 0
#endif

/* ---- the log ------------------------------------------------------------ */

static char logged[32768];
static int log_lines;

static int __attribute__((format(printf, 2, 3))) log_keep(int type, const char *fmt, ...)
{
	size_t used = strlen(logged);
	va_list ap;

	(void)type;
	va_start(ap, fmt);
	vsnprintf(logged + used, sizeof(logged) - used, fmt, ap);
	va_end(ap);
	log_lines++;
	return 0;
}

static void log_start(void)
{
	union selinux_callback cb = { .func_log = log_keep };

	logged[0] = '\0';
	log_lines = 0;
	selinux_set_callback(SELINUX_CB_LOG, cb);
}

/* ---- namespaces of mounts ----------------------------------------------- */

/* In a child, which the test is already: own mounts. False where that takes more than we are. */
static bool own_mounts(unsigned long propagation)
{
	return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | propagation, NULL) == 0;
}

/* Runs @body in a child that has its mounts from ours, by unshare(CLONE_NEWNS) alone. */
static int in_peer(int (*body)(void))
{
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(unshare(CLONE_NEWNS) < 0 ? 99 : body());
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* A private tmpfs to play in, on /mnt. */
static bool playground(void)
{
	if (!own_mounts(MS_PRIVATE))
		return false;
	ck_assert_int_eq(mount("none", "/mnt", "tmpfs", 0, NULL), 0);
	return true;
}

static void make_dir(const char *path)
{
	ck_assert_msg(mkdir(path, 0700) == 0, "%s: %s", path, strerror(errno));
}

static void make_mount(const char *source, const char *path, const char *type, unsigned long flags)
{
	ck_assert_msg(mount(source, path, type, flags, NULL) == 0, "%s: %s", path, strerror(errno));
}

static int count_ramfs(const struct mountinfo_entry *entry, void *arg)
{
	*(int *)arg += strcmp(entry->fstype, "ramfs") == 0;
	return MOUNTINFO_NEXT;
}

static int ramfs_mounts(void)
{
	int count = 0;

	ck_assert_int_eq(mountinfo_each(count_ramfs, &count), 0);
	return count;
}

struct state {
	const char *point;
	bool shared;
	bool slave;
	uint64_t id;
};

static int look_at(const struct mountinfo_entry *entry, void *arg)
{
	struct state *state = arg;

	if (strcmp(entry->point, state->point) == 0) {
		state->shared = entry->shared;
		state->slave = entry->slave;
		state->id = entry->id;
	}
	return MOUNTINFO_NEXT;
}

static struct state state_of(const char *point)
{
	struct state state = { .point = point };

	ck_assert_int_eq(mountinfo_each(look_at, &state), 0);
	ck_assert_uint_ne(state.id, 0);
	return state;
}

/* ---- answers ------------------------------------------------------------ */

START_TEST(unshared_is_what_the_kernel_says)
{
	fake_good(0);
	ck_assert_int_eq(is_selinux_unshared(), 0);
	fake_good(1);
	ck_assert_int_eq(is_selinux_unshared(), 1);
	/* A longer answer that is consistent. */
	fake.get.entry.len = 33;
	fake.get_size = 33;
	ck_assert_int_eq(is_selinux_unshared(), 1);
}
END_TEST

START_TEST(unshared_without_namespaces_is_0)
{
	if (access("/sys/fs/selinux/enforce", F_OK) == 0)
		return;
	fake_none(ENOSYS);
	ck_assert_int_eq(is_selinux_unshared(), 0);
	fake_none(EOPNOTSUPP);
	ck_assert_int_eq(is_selinux_unshared(), 0);
	fake_none(EPERM);
	ck_assert_int_eq(is_selinux_unshared(), -1);
	ck_assert_int_eq(errno, EPERM);
}
END_TEST

static void absurd(const char *what)
{
	errno = 0;
	ck_assert_msg(is_selinux_unshared() == -1, "%s is taken for an answer", what);
	ck_assert_msg(errno == EPROTO, "%s: %s", what, strerror(errno));
	fake_good(1);
}

START_TEST(unshared_takes_no_absurd_answer)
{
	fake_good(1);
	fake.get_count = 0;
	fake.get_writes_nothing = true;
	absurd("no entry");
	fake.get_count = 2;
	absurd("two entries");
	fake.get_writes_nothing = true;
	absurd("an entry that was not written");
	fake.get.entry.id = 102;
	absurd("another module's entry");
	fake.get.entry.ctx_len = 0;
	absurd("no byte");
	fake.get.entry.ctx_len = 2;
	absurd("two bytes");
	fake.get.data[0] = 2;
	absurd("the byte 2");
	fake.get.data[0] = '1';
	absurd("the digit 1");
	fake.get_size = 32;
	absurd("a size without the byte");
	fake.get_size = 0;
	absurd("size 0");
	fake.get_size = 5000;
	absurd("a size past the buffer");
	fake.get.entry.len = 32;
	absurd("an entry without the byte");
	fake.get.entry.len = 48;
	absurd("an entry past the size");
	fake.get.entry.len = UINT64_MAX;
	absurd("an endless entry");
}
END_TEST

/* ---- the guard ---------------------------------------------------------- */

START_TEST(parent_is_read_strictly)
{
	ck_assert_uint_eq(guard_parent_of("Name:\tx\nPid:\t7\nPPid:\t12\nTracerPid:\t0\n"), 12);
	ck_assert_uint_eq(guard_parent_of("Name:\tx\nPPid:\t0\n"), 0);
	ck_assert_uint_eq(guard_parent_of("Name:\tx\n"), 0);
	ck_assert_uint_eq(guard_parent_of(""), 0);
	ck_assert_uint_eq(guard_parent_of("PPid:\t5\n"), 0);
	ck_assert_uint_eq(guard_parent_of("x\nPPid:\t5"), 0);
	ck_assert_uint_eq(guard_parent_of("x\nPPid:\t-5\n"), 0);
	ck_assert_uint_eq(guard_parent_of("x\nPPid:\t99999999999999999999\n"), 0);
}
END_TEST

START_TEST(unshare_is_refused_in_the_parents_mounts)
{
	struct selinuxns_error error;

	fake_good(0);
	log_start();
	ck_assert_ptr_nonnull(guard_shared_with());
	ck_assert_int_eq(selinux_unshare(), -1);
	ck_assert_int_eq(errno, EBUSY);
	ck_assert_int_eq(fake.set_calls, 0);
	ck_assert_int_eq(log_lines, 1);
	ck_assert_ptr_nonnull(strstr(logged, "CLONE_NEWNS"));
	ck_assert_ptr_nonnull(strstr(logged, "parent process"));

	/* Said once, by the error object. */
	log_start();
	ck_assert_int_eq(selinuxns_unshare(0, &error), -1);
	ck_assert_int_eq(error.err, EBUSY);
	ck_assert_ptr_nonnull(strstr(error.message, "CLONE_NEWNS"));
	ck_assert_int_eq(log_lines, 0);
	ck_assert_int_eq(fake.set_calls, 0);
}
END_TEST

static int wait_for(pid_t pid)
{
	int status;

	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status)
									       : 98;
}

/* Pid 1 of a pid namespace, in its manager's mounts, which are not the host's. */
static int peer_is_manager(void)
{
	pid_t pid;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || unshare(CLONE_NEWPID) < 0)
		return 99;
	pid = fork();
	if (pid == 0)
		_exit(getpid() == 1 && !guard_shared_with() ? 0 : 1);
	return wait_for(pid);
}

/* The same with a procfs of its own; and a child of it, which has its mounts. */
static int peer_is_managers_manager(void)
{
	pid_t pid;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || unshare(CLONE_NEWPID) < 0)
		return 99;
	pid = fork();
	if (pid != 0)
		return wait_for(pid);
	if (mount("proc", "/proc", "proc", 0, NULL) < 0 || guard_shared_with())
		_exit(1);
	pid = fork();
	if (pid == 0)
		_exit(guard_shared_with() ? 0 : 2);
	_exit(wait_for(pid));
}

START_TEST(pid_1_of_a_container_is_not_refused)
{
	int status = in_peer(peer_is_manager);

	ck_assert_msg(status == 0 || status == 99, "%d", status);
}
END_TEST

START_TEST(child_of_a_containers_init_is_refused)
{
	int status = in_peer(peer_is_managers_manager);

	ck_assert_msg(status == 0 || status == 99, "%d", status);
}
END_TEST

START_TEST(unknown_is_not_evident)
{
	if (!own_mounts(MS_PRIVATE))
		return;
	ck_assert_int_eq(mount("none", "/proc", "tmpfs", 0, NULL), 0);
	ck_assert_ptr_null(guard_shared_with());
	ck_assert_int_eq(umount("/proc"), 0);
}
END_TEST

/* ---- the unshare -------------------------------------------------------- */

START_TEST(unshare_uses_no_heap)
{
	int used, done, unshared, refused;

	if (!own_mounts(MS_PRIVATE))
		return;
	log_start();
	fake_good(1);
	used = heap_calls;
	done = selinux_unshare();
	unshared = is_selinux_unshared();
	fake.set_errno = ENOSPC;
	refused = selinux_unshare();
	used = heap_calls - used;

	ck_assert_int_eq(done, 0);
	ck_assert_int_eq(unshared, 1);
	ck_assert_int_eq(refused, -1);
	ck_assert_int_eq(fake.set_calls, 2);
	ck_assert(!fake.misused);
	if (HEAP_COUNTED)
		ck_assert_int_eq(used, 0);
}
END_TEST

START_TEST(unshare_passes_on_errno_and_explains)
{
	static const struct {
		int err;
		const char *word;
	} table[] = {
		{ EACCES, "process2 unshare_selinuxns" },
		{ EPERM, "seccomp" },
		{ ENOSPC, "maxnsdepth" },
		{ ENOMEM, "emory" },
		{ 4000, "error 4000" },
	};

	if (!own_mounts(MS_PRIVATE))
		return;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct selinuxns_error error;

		fake_good(0);
		fake.set_errno = table[i].err;
		log_start();
		errno = 0;
		ck_assert_int_eq(selinux_unshare(), -1);
		ck_assert_int_eq(errno, table[i].err);
		ck_assert_msg(strstr(logged, table[i].word) != NULL, "%s", logged);
		ck_assert_int_eq(log_lines, 1);

		ck_assert_int_eq(selinuxns_unshare(0, &error), -1);
		ck_assert_int_eq(errno, table[i].err);
		ck_assert_int_eq(error.err, table[i].err);
		ck_assert_str_eq(error.object, "LSM_ATTR_UNSHARE");
		ck_assert_msg(strstr(error.message, table[i].word) != NULL, "%s", error.message);
		ck_assert_int_eq(log_lines, 1);
		ck_assert_int_eq(fake.set_calls, 2);
	}
}
END_TEST

START_TEST(unshare_on_an_old_kernel_is_quiet)
{
	static const int errors[] = { ENOSYS, EOPNOTSUPP };

	if (access("/sys/fs/selinux/enforce", F_OK) == 0)
		return;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		fake_none(errors[i]);
		log_start();
		ck_assert_int_eq(selinux_unshare(), -1);
		ck_assert_int_eq(errno, errors[i]);
		ck_assert_int_eq(log_lines, 0);
		ck_assert_int_eq(fake.set_calls, 0);
	}
}
END_TEST

static long elapsed_ms(const struct timespec *since)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - since->tv_sec) * 1000 + (now.tv_nsec - since->tv_nsec) / 1000000;
}

START_TEST(unshare_that_did_not_happen_is_found_out)
{
	struct selinuxns_error error;

	if (!own_mounts(MS_PRIVATE))
		return;
	log_start();
	fake_good(0);
	fake.set_lies = true;
	ck_assert_int_eq(selinux_unshare(), -1);
	ck_assert_int_eq(errno, EPROTO);
	ck_assert_int_eq(selinuxns_unshare(0, &error), -1);
	ck_assert_int_eq(error.err, EPROTO);
	ck_assert_ptr_nonnull(strstr(error.message, "not a new namespace"));
	/* And one that lets a malformed call pass is not the kernel. */
	fake.probe_errno = 0;
	ck_assert_int_eq(selinuxns_probe(), SELINUXNS_BLOCKED);
}
END_TEST

START_TEST(unshare_that_cannot_be_asked_about_is_not_believed)
{
	static const int errors[] = { EPERM, ENOSYS, EOPNOTSUPP, EINVAL, E2BIG };
	struct selinuxns_error error;

	if (!own_mounts(MS_PRIVATE))
		return;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		fake_good(0);
		fake.lost = errors[i];
		ck_assert_int_eq(selinuxns_unshare(0, &error), -1);
		ck_assert_int_eq(error.err, EPROTO);
		ck_assert_ptr_nonnull(strstr(error.message, "does not tell"));
	}
	/* Nor is one begun with that could not be. */
	fake_good(0);
	fake.get_errno = E2BIG;
	ck_assert_int_eq(selinuxns_unshare(0, &error), -1);
	ck_assert_int_eq(error.err, E2BIG);
	ck_assert_int_eq(fake.set_calls, 0);
}
END_TEST

START_TEST(unshare_waits_as_long_as_it_may)
{
	struct selinuxns_error error;
	struct timespec start;

	if (!own_mounts(MS_PRIVATE))
		return;
	log_start();

	/* Never forced. */
	fake_good(0);
	fake.set_errno = ENOSPC;
	ck_assert_int_eq(selinuxns_unshare(0, &error), -1);
	ck_assert_int_eq(fake.set_calls, 1);

	/* Momentary. */
	fake_good(0);
	fake.set_errno = ENOSPC;
	fake.set_good_from = 4;
	clock_gettime(CLOCK_MONOTONIC, &start);
	ck_assert_int_eq(selinuxns_unshare(5000, &error), 0);
	ck_assert_int_eq(error.err, 0);
	ck_assert_int_eq(fake.set_calls, 4);
	ck_assert_int_lt(elapsed_ms(&start), 3000);

	/* Bounded. */
	fake_good(0);
	fake.set_errno = ENOSPC;
	clock_gettime(CLOCK_MONOTONIC, &start);
	ck_assert_int_eq(selinuxns_unshare(150, &error), -1);
	ck_assert_int_eq(errno, ENOSPC);
	ck_assert_int_ge(elapsed_ms(&start), 150);
	ck_assert_int_lt(elapsed_ms(&start), 3000);
	ck_assert_int_gt(fake.set_calls, 2);
	ck_assert_ptr_nonnull(strstr(error.message, "waited 150 ms"));

	/* Only for that. */
	fake_good(0);
	fake.set_errno = EACCES;
	ck_assert_int_eq(selinuxns_unshare(5000, &error), -1);
	ck_assert_int_eq(fake.set_calls, 1);
}
END_TEST

/* ---- unmounting --------------------------------------------------------- */

START_TEST(every_instance_is_unmounted)
{
	int file;

	if (!playground())
		return;
	log_start();
	make_dir("/mnt/a");
	make_dir("/mnt/b c\n");
	make_dir("/mnt/ro");
	file = open("/mnt/file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	close(file);
	make_mount("none", "/mnt/a", "ramfs", 0);
	file = open("/mnt/a/one", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	make_mount("/mnt/a", "/mnt/ro", NULL, MS_BIND);
	make_mount(NULL, "/mnt/ro", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY);
	make_mount("/mnt/a/one", "/mnt/file", NULL, MS_BIND);
	make_mount("none", "/mnt/a", "ramfs", 0);
	make_mount("none", "/mnt/a", "ramfs", 0);
	make_mount("none", "/mnt/b c\n", "ramfs", MS_NOSUID);
	ck_assert_int_eq(ramfs_mounts(), 6);

	/* With a file of one open (kernel-abi.md 4.1). */
	ck_assert_int_eq(mounts_detach("ramfs"), 0);
	ck_assert_int_eq(ramfs_mounts(), 0);
	ck_assert_int_eq(log_lines, 0);
	close(file);
}
END_TEST

START_TEST(covered_instance_is_a_warning)
{
	if (!playground())
		return;
	log_start();
	make_dir("/mnt/a");
	make_mount("none", "/mnt/a", "ramfs", 0);
	make_mount("none", "/mnt/a", "tmpfs", 0);
	ck_assert_int_eq(mounts_detach("ramfs"), 1);
	ck_assert_int_eq(log_lines, 1);
	ck_assert_ptr_nonnull(strstr(logged, "/mnt/a: another mount covers it"));
}
END_TEST

static int peer_detaches(void)
{
	if (mounts_detach("ramfs") != 0)
		return 1;
	if (ramfs_mounts() != 0)
		return 2;
	/* Shared again, in a group of its own, still receiving. */
	return state_of("/mnt").shared && state_of("/mnt").slave ? 0 : 3;
}

START_TEST(unmount_never_reaches_the_host)
{
	if (!playground())
		return;
	log_start();
	make_mount(NULL, "/mnt", NULL, MS_SHARED);
	make_dir("/mnt/a");
	make_mount("none", "/mnt/a", "ramfs", 0);
	make_dir("/mnt/a/b");
	make_mount("none", "/mnt/a/b", "tmpfs", 0);
	ck_assert_int_eq(ramfs_mounts(), 1);
	ck_assert_int_eq(in_peer(peer_detaches), 0);
	/* What was on top of it stays here, too. */
	ck_assert_int_eq(ramfs_mounts(), 1);
	(void)state_of("/mnt/a/b");
	ck_assert(state_of("/mnt").shared && !state_of("/mnt").slave);
	ck_assert_int_eq(log_lines, 0);
}
END_TEST

/* The lower of two is shared, and no path leads to it: both go here, and neither elsewhere. */
static int peer_detaches_stack(void)
{
	if (mounts_detach("ramfs") != 0 || ramfs_mounts() != 0)
		return 1;
	/* What is beside them is shared again. */
	return state_of("/mnt").shared && state_of("/mnt/b").shared ? 0 : 2;
}

START_TEST(unmount_of_a_shared_stack)
{
	if (!playground())
		return;
	log_start();
	make_mount(NULL, "/mnt", NULL, MS_SHARED);
	make_dir("/mnt/a");
	make_dir("/mnt/b");
	make_mount("none", "/mnt/a", "ramfs", 0);
	make_mount("none", "/mnt/a", "ramfs", 0);
	make_mount("none", "/mnt/a", "ramfs", 0);
	make_mount("none", "/mnt/b", "tmpfs", 0);
	ck_assert_int_eq(in_peer(peer_detaches_stack), 0);
	ck_assert_int_eq(ramfs_mounts(), 3);
	ck_assert_int_eq(log_lines, 0);
}
END_TEST

/* As systemd-nspawn leaves it: slave of the host, shared again inside, bound read-only. */
static int peer_as_nspawn(void)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL) < 0 ||
	    mount("/mnt/a", "/mnt/b", NULL, MS_BIND, NULL) < 0 ||
	    mount(NULL, "/mnt/b", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) < 0)
		return 4;
	return peer_detaches();
}

START_TEST(unmount_in_a_root_that_was_shared_again)
{
	if (!playground())
		return;
	log_start();
	make_mount(NULL, "/mnt", NULL, MS_SHARED);
	make_dir("/mnt/a");
	make_dir("/mnt/b");
	make_mount("none", "/mnt/a", "ramfs", 0);
	ck_assert_int_eq(in_peer(peer_as_nspawn), 0);
	ck_assert_int_eq(ramfs_mounts(), 1);
	ck_assert_int_eq(log_lines, 0);
}
END_TEST

/* kernel-abi.md 4.2: what a user namespace inherited is locked. */
static int peer_in_user_namespace(void)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return 99;
	log_start();
	if (mounts_detach("ramfs") != 1)
		return 1;
	return log_lines == 1 && strstr(logged, "/mnt/a: it is locked") ? 0 : 2;
}

START_TEST(locked_instance_is_a_warning)
{
	int status;

	if (!playground())
		return;
	make_dir("/mnt/a");
	make_mount("none", "/mnt/a", "ramfs", 0);
	status = in_peer(peer_in_user_namespace);
	ck_assert_msg(status == 0 || status == 99, "%d", status);
	ck_assert_int_eq(ramfs_mounts(), 1);
}
END_TEST

START_TEST(more_than_can_be_told_apart)
{
	if (!playground())
		return;
	log_start();
	for (int i = 0; i < 100; i++) {
		char path[32];

		snprintf(path, sizeof(path), "/mnt/%d", i);
		make_dir(path);
		make_mount("none", path, "ramfs", 0);
		make_mount("none", path, i == 99 ? "ramfs" : "tmpfs", 0);
	}
	ck_assert_int_eq(mounts_detach("ramfs"), 64);
	ck_assert_int_eq(ramfs_mounts(), 99);
	ck_assert_ptr_nonnull(strstr(logged, "than can be listed"));
}
END_TEST

START_TEST(mount_that_no_path_leads_to)
{
	struct mountinfo_entry entry = { .point = "/no/such/place", .id = 1 };

	ck_assert_int_eq(mounts_open(&entry), -1);
	ck_assert_int_eq(errno, ENOENT);
	entry.path_cut = true;
	ck_assert_int_eq(mounts_open(&entry), -1);
	ck_assert_int_eq(errno, ENAMETOOLONG);
}
END_TEST

START_TEST(hush_keeps_what_is_mounted_inside)
{
	struct hush hush;
	uint64_t id;
	int fd;

	if (!playground())
		return;
	make_mount(NULL, "/mnt", NULL, MS_SHARED);
	fd = open("/mnt", O_PATH | O_CLOEXEC);
	id = fd_mount_id(fd);
	close(fd);
	ck_assert_uint_eq(id, state_of("/mnt").id);
	ck_assert_int_eq(mounts_hush(id, &hush), 0);
	ck_assert(!state_of("/mnt").shared);
	mounts_unhush(&hush);
	ck_assert(state_of("/mnt").shared);

	/* Nothing to do for one that is not shared, which stays so. */
	make_mount(NULL, "/mnt", NULL, MS_PRIVATE);
	ck_assert_int_eq(mounts_hush(id, &hush), 0);
	mounts_unhush(&hush);
	ck_assert(!state_of("/mnt").shared);

	ck_assert_int_eq(mounts_hush(0, &hush), -1);
	ck_assert_int_eq(errno, ENOTSUP);
	mounts_unhush(&hush);
}
END_TEST

/* ---- instances ---------------------------------------------------------- */

static char answers_dir[] = "/tmp/check_ns.XXXXXX";
static int answers_fd = -1;

static void answers_make(void)
{
	ck_assert_ptr_nonnull(mkdtemp(answers_dir));
	answers_fd = open(answers_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(answers_fd, 0);
}

static void answers_remove(void)
{
	(void)unlinkat(answers_fd, "n", 0);
	(void)unlinkat(answers_fd, "s", 0);
	ck_assert_int_eq(rmdir(answers_dir), 0);
	close(answers_fd);
}

static int dirfd_with(const char *name, const char *content, size_t len)
{
	int file = openat(answers_fd, name, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

	ck_assert_int_eq(write(file, content, len), (ssize_t)len);
	close(file);
	return answers_fd;
}

START_TEST(answers_of_an_instance_are_read_strictly)
{
	static const char *const bad[] = {
		"",      "+7", "-7",  " 7",  "7 ",         "0x7",
		"7\n\n", "7x", "1e3", "\n7", "4294967296", "99999999999999999999999999999999"
	};
	static const char nul[] = "7\0"
				  "8";
	unsigned int v = 0;
	char buf[8];
	int fd;

	answers_make();
	fd = dirfd_with("n", "33", 2);
	ck_assert_int_eq(instance_read_uint(fd, "n", &v), 0);
	ck_assert_uint_eq(v, 33);
	fd = dirfd_with("n", "4294967295\n", 11);
	ck_assert_int_eq(instance_read_uint(fd, "n", &v), 0);
	ck_assert_uint_eq(v, 4294967295U);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fd = dirfd_with("n", bad[i], strlen(bad[i]));
		ck_assert_msg(instance_read_uint(fd, "n", &v) == -1, "'%s' is %u", bad[i], v);
		ck_assert_int_eq(errno, EPROTO);
	}
	fd = dirfd_with("n", nul, 3);
	ck_assert_int_eq(instance_read_uint(fd, "n", &v), -1);
	ck_assert_int_eq(errno, EPROTO);
	ck_assert_int_eq(instance_read_uint(fd, "gone", &v), -1);
	ck_assert_int_eq(errno, ENOENT);

	fd = dirfd_with("s", "1234567", 7);
	ck_assert_int_eq(instance_read(fd, "s", buf, sizeof(buf)), 7);
	ck_assert_str_eq(buf, "1234567");
	fd = dirfd_with("s", "12345678", 8);
	ck_assert_int_eq(instance_read(fd, "s", buf, sizeof(buf)), -1);
	ck_assert_int_eq(errno, EOVERFLOW);
	fd = dirfd_with("s", "kernel", 7);
	ck_assert_int_eq(instance_read(fd, "s", buf, sizeof(buf)), 6);
	ck_assert(instance_has(fd, "s") && !instance_has(fd, "gone"));
	ck_assert_int_eq(instance_is_selinuxfs(fd), 0);
	ck_assert_int_eq(instance_is_selinuxfs(-1), -1);

	/* A link where a file is expected is not followed. */
	ck_assert_int_eq(unlinkat(fd, "n", 0), 0);
	ck_assert_int_eq(symlinkat("s", fd, "n"), 0);
	ck_assert_int_eq(instance_read(fd, "n", buf, sizeof(buf)), -1);
	ck_assert_int_eq(errno, ELOOP);
	answers_remove();
}
END_TEST

START_TEST(mount_point_is_looked_for_in_the_root)
{
	struct selinuxns_error error;
	int root;

	if (!playground() || access("/sys/fs/selinux/enforce", F_OK) == 0)
		return;
	ck_assert_int_eq(selinuxns_mount_selinuxfs(-1, &error), -1);
	ck_assert_int_eq(error.err, EBADF);

	root = open("/mnt", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_eq(selinuxns_mount_selinuxfs(root, &error), -1);
	ck_assert_int_eq(error.err, ENOENT);
	ck_assert_str_eq(error.object, "/sys/fs/selinux");
	ck_assert_ptr_nonnull(strstr(error.message, "create it"));

	/* A link that would lead to the host's: it leads nowhere in the root. */
	ck_assert_int_eq(symlink("/proc", "/mnt/sys"), 0);
	ck_assert_int_eq(selinuxns_mount_selinuxfs(root, &error), -1);
	ck_assert_int_eq(error.err, ENOENT);
	make_dir("/mnt/selinux");
	ck_assert_int_eq(selinuxns_mount_selinuxfs(root, &error), -1);
	ck_assert_str_eq(error.object, "/selinux");
	ck_assert_int_eq(error.err, ENODEV);
	ck_assert_ptr_nonnull(strstr(error.message, "no SELinux"));

	/* The sharing of the mount is what it was. */
	make_mount(NULL, "/mnt", NULL, MS_SHARED);
	ck_assert_int_eq(selinuxns_mount_selinuxfs(root, &error), -1);
	ck_assert_int_eq(error.err, ENODEV);
	ck_assert(state_of("/mnt").shared);
	close(root);
}
END_TEST

/* ---- forget ------------------------------------------------------------- */

START_TEST(forget_without_selinux_is_nothing)
{
	if (access("/sys/fs/selinux/enforce", F_OK) == 0)
		return;
	ck_assert_int_eq(selinuxns_forget(), 0);
	ck_assert_int_eq(selinuxns_forget(), 0);
	/* What stays set is not this namespace's: /tmp was never a selinuxfs. */
	set_selinuxmnt("/tmp");
	ck_assert_int_eq(selinuxns_forget(), 0);
	ck_assert_int_eq(is_selinux_enabled(), 0);
	ck_assert_int_eq(security_getenforce(), -1);
}
END_TEST

/* So that a file which is mounted over one of /proc can play it. */
static void take_what_is_mounted(void)
{
	fake.no_openat2 = true;
	fake.one_mount = true;
}

/* Puts a file where libselinux and the library read the attribute @name of this thread. */
static int play_attr(const char *name, const char *content, size_t len)
{
	char file[64], attr[64];
	int fd;

	snprintf(file, sizeof(file), "/mnt/%s", name);
	fd = open(file, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	ck_assert_int_eq(write(fd, content, len), (ssize_t)len);
	snprintf(attr, sizeof(attr), "/proc/%d/task/%d/attr/%s", getpid(), getpid(), name);
	make_mount(file, attr, NULL, MS_BIND);
	return fd;
}

START_TEST(attribute_is_no_file_that_is_mounted_over_it)
{
	char context[ATTR_MAX];

	if (access("/sys/fs/selinux/enforce", F_OK) == 0 || !playground())
		return;
	close(play_attr("current", "a:a:a", 6));
	ck_assert_int_eq(proc_open("thread-self/attr/current", O_WRONLY), -1);
	ck_assert_int_eq(errno, EXDEV);
	ck_assert_int_eq(attr_read("current", context), -1);
	ck_assert_int_eq(errno, EXDEV);
	/* Nor where openat2(2) does not say so. */
	fake.no_openat2 = true;
	ck_assert_int_eq(attr_read("current", context), -1);
	ck_assert_int_eq(errno, EXDEV);
	ck_assert_int_gt(proc_read("thread-self/comm", context, sizeof(context)), 0);
	/* It is opened first: a FIFO is not waited for. */
	ck_assert_int_eq(mkfifo("/mnt/fifo", 0600), 0);
	make_mount("/mnt/fifo", "/proc/thread-self/comm", NULL, MS_BIND);
	ck_assert_int_eq(proc_open("thread-self/comm", O_RDONLY), -1);
	ck_assert_int_eq(errno, EXDEV);
}
END_TEST

START_TEST(forget_makes_contexts_true)
{
	char *context;
	int current, exec;

	if (access("/sys/fs/selinux/enforce", F_OK) == 0 || !playground())
		return;
	current = play_attr("current", "a:a:a", 6);
	exec = play_attr("exec", "", 0);
	take_what_is_mounted();

	ck_assert_int_eq(setcon_raw("b:b:b"), 0);
	ck_assert_int_eq(setexeccon_raw("c:c:c"), 0);
	/* Now another namespace: the kernel says otherwise (kernel-abi.md 2.5, 3.1). */
	ck_assert_int_eq(ftruncate(current, 0), 0);
	ck_assert_int_eq(pwrite(current, "kernel", 7, 0), 7);
	ck_assert_int_eq(ftruncate(exec, 0), 0);
	ck_assert_int_eq(getcon_raw(&context), 0);
	ck_assert_str_eq(context, "b:b:b");
	freecon(context);

	ck_assert_int_eq(selinuxns_forget(), 0);
	ck_assert_int_eq(getcon_raw(&context), 0);
	ck_assert_str_eq(context, "kernel");
	freecon(context);
	ck_assert_int_eq(getexeccon_raw(&context), 0);
	ck_assert_ptr_null(context);
	/* What was set before can be set again: it is not taken for what is set. */
	ck_assert_int_eq(setexeccon_raw("c:c:c"), 0);
	ck_assert_int_eq(lseek(exec, 0, SEEK_END), 6);
	close(current);
	close(exec);
}
END_TEST

START_TEST(forget_reports_what_it_could_not)
{
	char *context, attr[64];
	int current;

	if (access("/sys/fs/selinux/enforce", F_OK) == 0 || !playground())
		return;
	current = play_attr("current", "", 0);
	take_what_is_mounted();
	ck_assert_int_eq(setcon_raw("b:b:b"), 0);
	ck_assert_int_eq(pwrite(current, "kernel", 7, 0), 7);
	close(current);
	snprintf(attr, sizeof(attr), "/proc/%d/task/%d/attr/current", getpid(), getpid());
	make_mount(NULL, attr, NULL, MS_REMOUNT | MS_RDONLY | MS_BIND);
	errno = 0;
	ck_assert_int_eq(selinuxns_forget(), -1);
	ck_assert_int_eq(errno, EROFS);
	ck_assert_int_eq(getcon_raw(&context), 0);
	ck_assert_str_eq(context, "b:b:b");
	freecon(context);
}
END_TEST

static void put_file(const char *path, const void *content, size_t len)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	ck_assert_int_eq(write(fd, content, len), (ssize_t)len);
	close(fd);
}

START_TEST(forget_drops_status_page_and_classes)
{
	static const uint32_t page[1024] = { 1, 0, 1, 1, 0 };

	if (access("/sys/fs/selinux/enforce", F_OK) == 0 || !playground())
		return;
	make_dir("/mnt/class");
	make_dir("/mnt/class/file");
	make_dir("/mnt/class/file/perms");
	put_file("/mnt/class/file/index", "7", 1);
	put_file("/mnt/class/file/perms/read", "2", 1);
	put_file("/mnt/status", page, sizeof(page));
	set_selinuxmnt("/mnt");
	ck_assert_int_eq(selinux_status_open(0), 0);
	ck_assert_int_eq(selinux_status_getenforce(), 1);
	ck_assert_int_eq(string_to_security_class("file"), 7);

	ck_assert_int_eq(selinuxns_forget(), 0);
	ck_assert_int_eq(selinux_status_getenforce(), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(string_to_security_class("file"), 0);
	ck_assert_ptr_null(security_class_to_string(7));
}
END_TEST

/* ---- probe -------------------------------------------------------------- */

/* Loads a filter that lets everything pass. */
static void be_filtered(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = { .len = 1, .filter = &allow };

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

START_TEST(probe_tells_kernels_apart)
{
	char filesystems[8192], status[4096], cmdline[8192];
	struct utsname name;
	unsigned int major = 0, minor = 0;

	ck_assert_int_gt(proc_read("filesystems", filesystems, sizeof(filesystems)), 0);
	if (strstr(filesystems, "selinuxfs"))
		return;

	fake_good(0);
	ck_assert_int_eq(selinuxns_probe(), SELINUXNS_LSM_SYSCALLS);
	fake.probe_errno = EPERM;
	ck_assert_int_eq(selinuxns_probe(), SELINUXNS_BLOCKED);
	fake.probe_errno = ENOSYS;
	ck_assert_int_eq(selinuxns_probe(), SELINUXNS_BLOCKED);

	fake_none(EOPNOTSUPP);
	ck_assert_int_eq(selinuxns_probe(), SELINUXNS_NO_NAMESPACES);
	fake_none(EPERM);
	ck_assert_int_eq(selinuxns_probe(), SELINUXNS_BLOCKED);
	fake_none(EIO);
	ck_assert_int_eq(selinuxns_probe(), -1);
	ck_assert_int_eq(errno, EIO);

	ck_assert_int_gt(proc_read("cmdline", cmdline, sizeof(cmdline)), 0);
	for (int i = 0; !strstr(cmdline, "selinux=") && i < 2; i++) {
		fake_none(i ? ENOSYS : EOPNOTSUPP);
		fake.selinux = false;
		ck_assert_int_eq(selinuxns_probe(), SELINUXNS_NO_SELINUX);
	}

	ck_assert_int_gt(proc_read("thread-self/status", status, sizeof(status)), 0);
	ck_assert_int_eq(uname(&name), 0);
	ck_assert_int_eq(sscanf(name.release, "%u.%u", &major, &minor), 2);
	fake_none(ENOSYS);
	if (strstr(status, "\nSeccomp:\t0\n"))
		ck_assert_int_eq(selinuxns_probe(), SELINUXNS_NO_SYSCALLS);
	be_filtered();
	ck_assert_int_eq(selinuxns_probe(), major > 6 || (major == 6 && minor >= 8)
						    ? SELINUXNS_BLOCKED
						    : SELINUXNS_NO_SYSCALLS);
}
END_TEST

START_TEST(probe_has_a_sentence_for_each)
{
	for (int i = SELINUXNS_LSM_SYSCALLS; i <= SELINUXNS_DENIED; i++) {
		ck_assert_str_ne(selinuxns_probe_str(i), "unknown");
		for (int j = 0; j < i; j++)
			ck_assert_str_ne(selinuxns_probe_str(i), selinuxns_probe_str(j));
	}
	ck_assert_str_eq(selinuxns_probe_str(-1), "unknown");
	ck_assert_str_eq(selinuxns_probe_str(8), "unknown");
}
END_TEST

static void add_tests(TCase *answers, TCase *mounts)
{
	tcase_add_test(answers, unshared_is_what_the_kernel_says);
	tcase_add_test(answers, unshared_without_namespaces_is_0);
	tcase_add_test(answers, unshared_takes_no_absurd_answer);
	tcase_add_test(answers, parent_is_read_strictly);
	tcase_add_test(answers, unshare_is_refused_in_the_parents_mounts);
	tcase_add_test(answers, pid_1_of_a_container_is_not_refused);
	tcase_add_test(answers, child_of_a_containers_init_is_refused);
	tcase_add_test(answers, unknown_is_not_evident);
	tcase_add_test(answers, unshare_uses_no_heap);
	tcase_add_test(answers, unshare_passes_on_errno_and_explains);
	tcase_add_test(answers, unshare_on_an_old_kernel_is_quiet);
	tcase_add_test(answers, unshare_that_did_not_happen_is_found_out);
	tcase_add_test(answers, unshare_that_cannot_be_asked_about_is_not_believed);
	tcase_add_test(answers, unshare_waits_as_long_as_it_may);
	tcase_add_test(answers, answers_of_an_instance_are_read_strictly);
	tcase_add_test(answers, forget_without_selinux_is_nothing);
	tcase_add_test(answers, probe_tells_kernels_apart);
	tcase_add_test(answers, probe_has_a_sentence_for_each);

	tcase_add_test(mounts, every_instance_is_unmounted);
	tcase_add_test(mounts, covered_instance_is_a_warning);
	tcase_add_test(mounts, unmount_never_reaches_the_host);
	tcase_add_test(mounts, unmount_of_a_shared_stack);
	tcase_add_test(mounts, unmount_in_a_root_that_was_shared_again);
	tcase_add_test(mounts, locked_instance_is_a_warning);
	tcase_add_test(mounts, more_than_can_be_told_apart);
	tcase_add_test(mounts, mount_that_no_path_leads_to);
	tcase_add_test(mounts, hush_keeps_what_is_mounted_inside);
	tcase_add_test(mounts, mount_point_is_looked_for_in_the_root);
	tcase_add_test(mounts, attribute_is_no_file_that_is_mounted_over_it);
	tcase_add_test(mounts, forget_makes_contexts_true);
	tcase_add_test(mounts, forget_reports_what_it_could_not);
	tcase_add_test(mounts, forget_drops_status_page_and_classes);
}

int main(void)
{
	Suite *suite = suite_create("ns");
	TCase *answers = tcase_create("answers");
	TCase *mounts = tcase_create("mounts");
	SRunner *runner;
	int failed;

	add_tests(answers, mounts);
	tcase_set_timeout(answers, 30);
	tcase_set_timeout(mounts, 30);
	suite_add_tcase(suite, answers);
	suite_add_tcase(suite, mounts);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
