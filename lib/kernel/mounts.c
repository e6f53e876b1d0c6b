/* SPDX-License-Identifier: MIT */
/*
 * mounts.c - mount and unmount without another mount namespace noticing. See mounts.h.
 *
 * May call base/ and kernel/mountinfo.h; async-signal-safe. Must never unmount under a
 * mount that is still shared, nor act on a mount whose id it did not compare.
 */
#include "kernel/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>

#include <selinux/selinux.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/proc.h"

/*
 * So many mounts that stay are told apart and reported one by one. A namespace with more is
 * not one that anybody made by honest means; the rest is reported in one sentence.
 */
#define STAYING_MAX 64

/*
 * Unmounting changes the list that is being read, so it is read again after each. The
 * bound is for a list that someone else keeps filling.
 */
#define ROUNDS_MAX 4096

int mounts_open(const struct mountinfo_entry *entry)
{
	_cleanup_close_ int fd = -1;
	uint64_t id;

	if (entry->path_cut) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = open(entry->point, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	id = fd_mount_id(fd);
	if (id == 0)
		return -1;
	if (id != entry->id) {
		errno = EBUSY;
		return -1;
	}
	return steal_fd(&fd);
}

/* ---- propagation -------------------------------------------------------- */

struct find_id {
	uint64_t id;
	struct mountinfo_entry found;
};

static int match_id(const struct mountinfo_entry *entry, void *arg)
{
	struct find_id *find = arg;

	if (entry->id != find->id)
		return MOUNTINFO_NEXT;
	find->found = *entry;
	return 1;
}

static int set_propagation(int fd, unsigned long flags)
{
	char path[FD_PATH_MAX];

	return mount(NULL, fd_path(path, fd), NULL, flags, NULL);
}

/* Is @path @top, or below it? */
static bool is_below(const char *path, const char *top)
{
	size_t len = strlen(top);

	if (strcmp(top, "/") == 0)
		return true;
	return strncmp(path, top, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

struct collect {
	const char *top;
	struct hush *hush;
};

static int collect_shared(const struct mountinfo_entry *entry, void *arg)
{
	struct collect *collect = arg;
	struct hush *hush = collect->hush;

	if (!entry->shared || !is_below(entry->point, collect->top))
		return MOUNTINFO_NEXT;
	if (hush->count == HUSH_MAX)
		return 1;
	hush->shared[hush->count++] = entry->id;
	return MOUNTINFO_NEXT;
}

/* The nearest mount above @find->found that nothing covers: a descriptor of its root. */
static int open_above(struct find_id *find)
{
	int fd, found;

	do {
		uint64_t id = find->found.parent;

		/* The topmost one is its own parent, or has one that we cannot see. */
		found = id == find->id ? 0 : (find->id = id, mountinfo_each(match_id, find));
		if (found < 0)
			return -1;
		if (found == 0) {
			errno = EBUSY;
			return -1;
		}
		fd = mounts_open(&find->found);
	} while (fd < 0 && errno == EBUSY);
	return fd;
}

struct restore {
	const struct hush *hush;
	bool failed;
};

static int restore_shared(const struct mountinfo_entry *entry, void *arg)
{
	struct restore *restore = arg;
	const struct hush *hush = restore->hush;

	for (unsigned int i = 0; !entry->shared && i < hush->count; i++) {
		_cleanup_close_ int fd = -1;

		if (hush->shared[i] != entry->id)
			continue;
		fd = mounts_open(entry);
		/* One that is covered stays as it is: nothing can be mounted on it, either. */
		if ((fd < 0 && errno != EBUSY) || (fd >= 0 && set_propagation(fd, MS_SHARED) < 0))
			restore->failed = true;
		break;
	}
	return MOUNTINFO_NEXT;
}

void mounts_unhush(struct hush *hush)
{
	_cleanup_close_ int fd = steal_fd(&hush->fd);
	struct restore restore = { .hush = hush };

	if (fd < 0)
		return;
	if (hush->count == 0)
		restore.failed = set_propagation(fd, MS_SHARED) < 0;
	else if (mountinfo_each(restore_shared, &restore) < 0)
		restore.failed = true;
	if (restore.failed)
		ns_log(SELINUX_WARNING,
		       "a mount that selinuxfs is or was mounted on, or one beside "
		       "it, was shared and could not be made shared again");
}

/* No path leads to a covered mount, but a recursive change of one above reaches it. */
static int hush_covered(struct find_id *find, struct hush *hush)
{
	struct collect collect = { .top = find->found.point, .hush = hush };
	int err;

	hush->fd = open_above(find);
	if (hush->fd < 0)
		return -1;
	switch (mountinfo_each(collect_shared, &collect)) {
	case 0:
		if (set_propagation(hush->fd, MS_REC | MS_SLAVE) == 0)
			return 0;
		err = errno;
		break;
	case -1:
		err = errno;
		break;
	default:
		err = EBUSY;
		break;
	}
	/* It may have failed half-way. */
	mounts_unhush(hush);
	errno = err;
	return -1;
}

int mounts_hush(uint64_t id, struct hush *hush)
{
	_cleanup_close_ int fd = -1;
	struct find_id find = { .id = id };
	int found;

	hush->fd = -1;
	hush->count = 0;
	found = mountinfo_each(match_id, &find);
	if (found < 0)
		return -1;
	/*
	 * Not listed: the root of a detached tree, or outside of our root. Whether it is
	 * shared cannot be told then.
	 */
	if (found == 0) {
		errno = ENOTSUP;
		return -1;
	}
	if (!find.found.shared)
		return 0;
	fd = mounts_open(&find.found);
	if (fd < 0 && errno == EBUSY)
		return hush_covered(&find, hush);
	if (fd < 0 || set_propagation(fd, MS_SLAVE) < 0)
		return -1;
	hush->fd = steal_fd(&fd);
	return 0;
}

/* ---- the parent's selinuxfs --------------------------------------------- */

struct staying {
	uint64_t id[STAYING_MAX];
	unsigned int count;
};

static bool stays(const struct staying *staying, uint64_t id)
{
	for (unsigned int i = 0; i < staying->count; i++)
		if (staying->id[i] == id)
			return true;
	return false;
}

static void warn(const char *point, const char *reason, const char *more)
{
	char buf[768];
	struct text t;

	text_init(&t, buf, sizeof(buf));
	text_str(&t, "the parent SELinux namespace's selinuxfs stays mounted on ");
	text_escaped(&t, point);
	text_str(&t, ": ");
	text_str(&t, reason);
	text_str(&t, more);
	text_str(&t, "; whoever asks it is told the parent's state");
	ns_log(SELINUX_WARNING, buf);
}

static void warn_errno(const char *point, const char *what, int err)
{
	char reason[256];
	struct text t;

	text_init(&t, reason, sizeof(reason));
	text_str(&t, what);
	text_errno(&t, err);
	warn(point, reason,
	     err == EPERM ? " (it takes CAP_SYS_ADMIN over the mount namespace)" : "");
}

static void warn_umount(const char *point, int err)
{
	/* kernel-abi.md 4.2 */
	if (err == EINVAL)
		warn(point, "it is locked, as this user namespace inherited it",
		     " (unshare before entering the user namespace)");
	else
		warn_errno(point, "it cannot be unmounted: ", err);
}

struct next_mount {
	const char *fstype;
	const struct staying *staying;
	bool covered_too; /* also take one that another mount covers */
	int fd;
	struct mountinfo_entry entry;
};

static int match_next(const struct mountinfo_entry *entry, void *arg)
{
	struct next_mount *next = arg;

	if (strcmp(entry->fstype, next->fstype) != 0 || stays(next->staying, entry->id))
		return MOUNTINFO_NEXT;
	next->fd = mounts_open(entry);
	if (next->fd < 0 && !next->covered_too)
		return MOUNTINFO_NEXT;
	next->entry = *entry;
	return 1;
}

static int detach(const struct next_mount *next)
{
	char path[FD_PATH_MAX];
	struct hush hush;
	int rc;

	/*
	 * An unmount propagates through the peers of the mount it is mounted on; the mounts
	 * on top of it go too, and theirs through its own peers.
	 */
	if (mounts_hush(next->entry.parent, &hush) < 0) {
		warn_errno(next->entry.point,
			   "its unmounting could not be kept from other mount namespaces: ", errno);
		return -1;
	}
	rc = set_propagation(next->fd, MS_REC | MS_PRIVATE);
	if (rc < 0) {
		warn_errno(next->entry.point, "it cannot be made private: ", errno);
	} else {
		rc = umount2(fd_path(path, next->fd), MNT_DETACH);
		if (rc < 0)
			warn_umount(next->entry.point, errno);
	}
	mounts_unhush(&hush);
	return rc;
}

int mounts_detach(const char *fstype)
{
	struct staying staying = { .count = 0 };
	struct next_mount next = { .fstype = fstype, .staying = &staying };

	for (unsigned int round = 0; round < ROUNDS_MAX; round++) {
		_cleanup_close_ int fd = -1;
		int found;

		next.fd = -1;
		found = mountinfo_each(match_next, &next);
		fd = next.fd;
		if (found < 0) {
			char buf[256];
			struct text t;

			text_init(&t, buf, sizeof(buf));
			text_str(&t, "the parent SELinux namespace's selinuxfs was not looked "
				     "for, as /proc/thread-self/mountinfo cannot be read: ");
			text_errno(&t, errno);
			ns_log(SELINUX_WARNING, buf);
			return -1;
		}
		if (found == 0 && next.covered_too)
			return (int)staying.count;
		if (found == 0) {
			/* What can be reached is gone; only now is the rest known to stay. */
			next.covered_too = true;
			continue;
		}
		if (fd >= 0 && detach(&next) == 0)
			continue;
		if (fd < 0 && errno == EBUSY)
			warn(next.entry.point, "another mount covers it", "");
		else if (fd < 0)
			warn_errno(next.entry.point, "it cannot be reached: ", errno);
		if (staying.count == STAYING_MAX)
			break;
		staying.id[staying.count++] = next.entry.id;
	}
	ns_log(SELINUX_WARNING, "more mounts of the parent SELinux namespace's selinuxfs stay than "
				"can be listed; whoever asks them is told the parent's state");
	return (int)staying.count;
}
