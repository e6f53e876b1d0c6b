/* SPDX-License-Identifier: MIT */
/*
 * instance.c - selinuxfs instances, addressed by descriptors. See instance.h.
 *
 * May call base/ and kernel/mount*.h. Heap-free and async-signal-safe. Must never take an instance for ours by its path, nor use
 * libselinux's global mount point.
 */
#include "kernel/instance.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/inroot.h"
#include "kernel/mountapi.h"
#include "kernel/mountinfo.h"
#include "kernel/mounts.h"

/* ---- reading ------------------------------------------------------------ */

ssize_t instance_read(int dirfd, const char *name, char *buf, size_t size)
{
	_cleanup_close_ int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t len;
	char more;

	if (fd < 0)
		return -1;
	len = fd_read_text(fd, buf, size);
	if (len < 0)
		return -1;
	if ((size_t)len == size - 1 && read(fd, &more, 1) != 0) {
		errno = EOVERFLOW;
		return -1;
	}
	if (len > 0 && (buf[len - 1] == '\0' || buf[len - 1] == '\n'))
		buf[--len] = '\0';
	if (strlen(buf) != (size_t)len) {
		errno = EPROTO;
		return -1;
	}
	return len;
}

int instance_read_uint(int dirfd, const char *name, unsigned int *v)
{
	char buf[16];
	unsigned long long value = 0;
	ssize_t len = instance_read(dirfd, name, buf, sizeof(buf));

	if (len < 0 && errno != EOVERFLOW)
		return -1;
	if (len <= 0 || len > 10 || strspn(buf, "0123456789") != (size_t)len) {
		errno = EPROTO;
		return -1;
	}
	for (const char *p = buf; *p; p++)
		value = value * 10 + (unsigned int)(*p - '0');
	if (value > UINT_MAX) {
		errno = EPROTO;
		return -1;
	}
	*v = (unsigned int)value;
	return 0;
}

int instance_write(int dirfd, const char *name, const char *text)
{
	_cleanup_close_ int fd = openat(dirfd, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	size_t len = strlen(text);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, text, len);
	if (n >= 0 && (size_t)n != len) {
		errno = EIO;
		return -1;
	}
	return n < 0 ? -1 : 0;
}

bool instance_has(int dirfd, const char *name)
{
	return faccessat(dirfd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* ---- whose is it? ------------------------------------------------------- */

int instance_is_selinuxfs(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return -1;
	return (unsigned int)fs.f_type == SELINUXFS_MAGIC;
}

int instance_is_ours(int dirfd)
{
	/*
	 * No context of any policy, and taken by an instance that has no policy yet: neither
	 * answer matters. Not an empty write, which the kernel need not show to a file system.
	 */
	static const char nonsense[] = "-";
	_cleanup_close_ int fd = openat(dirfd, "context", O_RDWR | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (write(fd, nonsense, sizeof(nonsense)) >= 0 || errno == EINVAL)
		return 1;
	return errno == EPERM ? 0 : -1;
}

/* A mount of this namespace's instance that is not attached anywhere. */
static int open_detached(void)
{
	_cleanup_close_ int fs = mountapi_open_fs("selinuxfs");

	if (fs < 0 || mountapi_create(fs) < 0)
		return -1;
	return mountapi_mount(fs, API_NOSUID | API_NOEXEC);
}

/*
 * Where `context` cannot be asked (a read-only mount, a policy that does not let us), a
 * detached mount of ours tells: one namespace has one superblock (kernel-abi.md 4.1).
 */
int instance_belongs(int dirfd)
{
	_cleanup_close_ int detached = -1;
	struct stat ours, other;
	int answer = instance_is_ours(dirfd);
	int reason = errno;

	if (answer >= 0)
		return answer;
	detached = open_detached();
	if (detached >= 0 && fstat(detached, &ours) == 0 && fstat(dirfd, &other) == 0)
		return ours.st_dev == other.st_dev;
	errno = reason;
	return -1;
}

/* ---- instances in the tree ---------------------------------------------- */

struct find_instance {
	bool any; /* also another namespace's */
	int fd;
	char *path; /* NULL, or PATH_MAX bytes */
};

static int match_instance(const struct mountinfo_entry *entry, void *arg)
{
	struct find_instance *find = arg;
	_cleanup_close_ int fd = -1;

	if (strcmp(entry->fstype, "selinuxfs") != 0)
		return MOUNTINFO_NEXT;
	fd = mounts_open(entry);
	/* A file of it, or one of its directories, can be bind-mounted too. */
	if (fd < 0 || instance_is_selinuxfs(fd) != 1 || !instance_has(fd, "policyvers"))
		return MOUNTINFO_NEXT;
	if (!find->any && instance_belongs(fd) != 1)
		return MOUNTINFO_NEXT;
	find->fd = steal_fd(&fd);
	if (find->path)
		memcpy(find->path, entry->point, PATH_MAX);
	return 1;
}

static int open_mounted(bool any, char *path)
{
	struct find_instance find = { .any = any, .fd = -1, .path = path };
	int found = mountinfo_each(match_instance, &find);

	if (found == 0)
		errno = ENOENT;
	return find.fd;
}

int instance_open_mounted(char *path)
{
	return open_mounted(false, path);
}

int instance_open(void)
{
	int fd = open_detached();
	int reason = errno;

	if (fd < 0)
		fd = open_mounted(false, NULL);
	if (fd < 0)
		errno = reason;
	return fd;
}

int instance_can_mount(void)
{
	_cleanup_close_ int fd = open_detached();

	if (fd >= 0)
		return 1;
	return errno == EPERM ? 0 : -1;
}

int instance_open_any(void)
{
	int fd = instance_open();
	int reason = errno;

	if (fd < 0)
		fd = open_mounted(true, NULL);
	if (fd < 0)
		errno = reason;
	return fd;
}

/* ---- mounting ----------------------------------------------------------- */

#define STEP "mount selinuxfs"

int instance_open_point(int rootfd, const char **path)
{
	/* libselinux: SELINUXMNT, OLDSELINUXMNT */
	static const char *const points[] = { "/sys/fs/selinux", "/selinux" };
	int fd = -1;

	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		*path = points[i];
		fd = inroot_open(rootfd, points[i], O_PATH | O_DIRECTORY);
		if (fd >= 0 || errno != ENOENT)
			return fd;
	}
	*path = points[0];
	errno = ENOENT;
	return fd;
}

/* Before fsopen(2), 5.2. The path goes through procfs, so it is that very directory. */
static int attach_by_mount(int point)
{
	char path[FD_PATH_MAX];

	return mount("selinuxfs", fd_path(path, point), "selinuxfs", MS_NOSUID | MS_NOEXEC, NULL);
}

static int attach(int point)
{
	_cleanup_close_ int detached = open_detached();
	struct stat ours, there;

	if (detached < 0)
		return errno == ENOSYS ? attach_by_mount(point) : -1;
	/* As mount(2) does, which move_mount(2) does not (kernel-abi.md 4.1). */
	if (fstat(detached, &ours) < 0 || fstat(point, &there) < 0)
		return -1;
	if (ours.st_dev == there.st_dev) {
		errno = EBUSY;
		return -1;
	}
	return mountapi_attach(detached, point);
}

static const char *point_remedy(int err)
{
	switch (err) {
	case ENOENT:
		return "; create it in the root, or mount its sysfs";
	case ENOSYS:
		return "; openat2(2) is missing (Linux 5.6), or a seccomp filter refuses it";
	default:
		return "";
	}
}

static const char *attach_remedy(int err)
{
	switch (err) {
	case EPERM:
		/* kernel-abi.md 4.2 */
		return "; it takes CAP_SYS_ADMIN over the init user namespace, so mount it before "
		       "entering a user namespace";
	case EBUSY:
		return "; this namespace's instance is mounted there already";
	case ENODEV:
		return "; this kernel has no SELinux, or it was disabled at boot";
	default:
		return "";
	}
}

static int fail_hush(int err, const char *path, struct selinuxns_error *error)
{
	char reason[192];
	struct text t;

	text_init(&t, reason, sizeof(reason));
	text_str(&t, "the mount that holds it cannot be kept from showing it to other mount "
		     "namespaces: ");
	text_errno(&t, err);
	return ns_fail(error, err, STEP, path, reason,
		       "; make that mount private (mount(2) MS_PRIVATE) first");
}

int instance_attach(int rootfd, struct selinuxns_error *error)
{
	_cleanup_close_ int point = -1;
	struct hush hush;
	const char *path;
	uint64_t id;
	int rc, err;

	point = instance_open_point(rootfd, &path);
	if (point < 0)
		return ns_fail(error, errno, STEP, path, NULL, point_remedy(errno));

	/* Nothing that is mounted here may be seen elsewhere (kernel-abi.md 4.3). */
	id = fd_mount_id(point);
	if (id == 0 || mounts_hush(id, &hush) < 0)
		return fail_hush(errno, path, error);
	rc = attach(point);
	err = errno;
	mounts_unhush(&hush);
	if (rc < 0)
		return ns_fail(error, err, STEP, path, NULL, attach_remedy(err));
	ns_error_clear(error);
	return 0;
}
