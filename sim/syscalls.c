/* SPDX-License-Identifier: MIT */
/*
 * syscalls.c - the system calls that a kernel with SELinux answers otherwise (see syscalls.h).
 *
 * Section numbers are those of docs/kernel-abi.md.
 */
#include "syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <linux/xattr.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "fault.h"
#include "kernel.h"
#include "label.h"
#include "procfiles.h"
#include "selinuxfs.h"
#include "serve.h"

#define NR_LSM_GET_SELF_ATTR 459
#define NR_LSM_SET_SELF_ATTR 460
#define NR_LSM_LIST_MODULES  461

#define LSM_ID_CAPABILITY    100
#define LSM_ID_SELINUX       101
#define LSM_ATTR_CURRENT     100
#define LSM_ATTR_UNSHARE     106
#define LSM_FLAG_SINGLE      1

/* A write of more than this is looked at before FUSE takes it to pieces: a policy is written
 * as a whole (5.1). FUSE takes 32 pages at a time, one of them less where they are not aligned. */
#define WHOLE_WRITE (64 * 1024)
#define POLICY_MAX  (64 * 1024 * 1024)

struct lsm_ctx_header {
	uint64_t id, flags, len, ctx_len;
};

static ino_t init_userns;

/* ---- who calls ------------------------------------------------------------------- */

int syscalls_set_init_userns(pid_t command)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)command);
	if (stat(path, &st))
		return -errno;
	init_userns = st.st_ino;
	return 0;
}

/* What a thread's descriptor is, without asking the file system that it is on: a traced process
 * may serve that, and waits for us. False: it is not open. */
static bool descriptor_stat(const struct call *call, int number, struct statx *stx)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)call->tid, number);
	return !statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, STATX_BASIC_STATS, stx);
}

static dev_t device_of(const struct statx *stx)
{
	return makedev(stx->stx_dev_major, stx->stx_dev_minor);
}

long long syscalls_status_number(pid_t tid, const char *field, int base)
{
	char path[64], line[256];
	long long value = -1;
	size_t len = strlen(field);
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	f = fopen(path, "re");
	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, field, len) && line[len] == ':')
			value = strtoll(line + len + 1, NULL, base);
	fclose(f);
	return value;
}

static bool has_sys_admin(pid_t tid)
{
	long long caps = syscalls_status_number(tid, "CapEff", 16);

	return caps >= 0 && caps & (1LL << 21);
}

/* 4.2: mounting needs CAP_SYS_ADMIN over the initial user namespace. */
static bool may_mount(pid_t tid)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)tid);
	return has_sys_admin(tid) && !stat(path, &st) && st.st_ino == init_userns;
}

/* ---- LSM system calls ------------------------------------------------------------- */

static long put_size(struct call *call, unsigned long at, uint32_t size, long rc)
{
	return call_poke(call, at, &size, sizeof(size)) ? -EFAULT : rc;
}

/* 1.3: the size is given in any case, the entry where there is room. (Without a buffer the
 * caller's size counts all the same.) */
static long put_entry(struct call *call, unsigned long to, unsigned long size_at, uint32_t room,
		      const char *value, size_t value_len)
{
	struct lsm_ctx_header header = { .id = LSM_ID_SELINUX };
	uint32_t need;
	char entry[sizeof(header) + PATH_MAX] = { 0 };

	if (value_len > PATH_MAX)
		return -E2BIG;
	header.ctx_len = value_len;
	header.len = (sizeof(header) + value_len + 7) & ~7UL;
	need = (uint32_t)header.len;
	memcpy(entry, &header, sizeof(header));
	memcpy(entry + sizeof(header), value, value_len);
	if (room < need)
		return put_size(call, size_at, need, -E2BIG);
	if (to && call_poke(call, to, entry, need))
		return -EFAULT;
	return put_size(call, size_at, need, 1);
}

/* Is the SELinux module asked at all? A negative errno, 0 or 1. */
static int asks_selinux(struct call *call, unsigned long to, unsigned flags)
{
	struct lsm_ctx_header header;

	if (!flags)
		return kernel_has_selinux();
	if (flags != LSM_FLAG_SINGLE || !to)
		return -EINVAL;
	if (call_peek(call, to, &header, sizeof(header)))
		return -EFAULT;
	if (!header.id)
		return -EINVAL;
	return header.id == LSM_ID_SELINUX && kernel_has_selinux();
}

static long get_unshared(struct call *call, struct fault fault, uint32_t room)
{
	static const char two[2] = { 1, 1 };
	unsigned long to = call_arg(call, 1), size_at = call_arg(call, 2);
	char byte = (char)task_is_unshared(call->tid);

	if (fault.kind == FAULT_NONE)
		return put_size(call, size_at, 0, 0);
	if (fault.kind == FAULT_LONG)
		return put_entry(call, to, size_at, room, two, sizeof(two));
	return put_entry(call, to, size_at, room, &byte, fault.kind == FAULT_SHORT ? 0 : 1);
}

static long get_self_attr(struct call *call, struct fault fault)
{
	unsigned attr = (unsigned)call_arg(call, 0), flags = (unsigned)call_arg(call, 3);
	unsigned long to = call_arg(call, 1), size_at = call_arg(call, 2);
	char *value = NULL;
	uint32_t room;
	ssize_t len;
	long rc;

	/* in the kernel's order */
	if (!attr || !size_at)
		return -EINVAL;
	if (call_peek(call, size_at, &room, sizeof(room)))
		return -EFAULT;
	rc = asks_selinux(call, to, flags);
	if (rc < 0)
		return rc;
	if (rc && attr == LSM_ATTR_UNSHARE && kernel_kind() == KERNEL_LSM)
		return get_unshared(call, fault, room);
	if (!rc || attr < LSM_ATTR_CURRENT || attr >= LSM_ATTR_CURRENT + ATTR_COUNT)
		return put_size(call, size_at, 0, -EOPNOTSUPP);
	len = task_attr_get(call->tid, call->tid, (enum attr)(attr - LSM_ATTR_CURRENT), &value);
	rc = len < 0 ? len : put_entry(call, to, size_at, room, value ? value : "", (size_t)len);
	free(value);
	return rc;
}

static long set_self_attr(struct call *call)
{
	unsigned attr = (unsigned)call_arg(call, 0), flags = (unsigned)call_arg(call, 3);
	uint32_t size = (uint32_t)call_arg(call, 2);
	struct lsm_ctx_header header;
	char entry[4096];
	char *text = entry + sizeof(header);

	/* 1.4, in the kernel's order */
	if (flags || size < sizeof(header))
		return -EINVAL;
	if (size > sizeof(entry))
		return -E2BIG;
	if (call_peek(call, call_arg(call, 1), entry, size))
		return -EFAULT;
	memcpy(&header, entry, sizeof(header));
	if (size < header.len || header.ctx_len > header.len ||
	    header.len < sizeof(header) + header.ctx_len)
		return -EINVAL;
	if (header.id != LSM_ID_SELINUX || !kernel_has_selinux())
		return -EOPNOTSUPP;
	if (attr == LSM_ATTR_UNSHARE && kernel_kind() == KERNEL_LSM) {
		/* A context is accepted if it is valid, and ignored. */
		if (header.ctx_len && *text) {
			char *value = strndup(text, header.ctx_len);
			int rc = value ? task_context_check(call->tid, value) : -ENOMEM;

			free(value);
			if (rc)
				return rc;
		}
		return task_unshare(call->tid);
	}
	if (attr < LSM_ATTR_CURRENT || attr >= LSM_ATTR_CURRENT + ATTR_COUNT)
		return -EOPNOTSUPP;
	return task_attr_set(call->tid, (enum attr)(attr - LSM_ATTR_CURRENT), text, header.ctx_len);
}

static long list_modules(struct call *call)
{
	uint64_t ids[2] = { LSM_ID_CAPABILITY, LSM_ID_SELINUX };
	uint32_t n = kernel_has_selinux() ? 2 : 1, room, need = n * 8;

	if (call_arg(call, 2))
		return -EINVAL;
	if (call_peek(call, call_arg(call, 1), &room, sizeof(room)) ||
	    call_poke(call, call_arg(call, 1), &need, sizeof(need)))
		return -EFAULT;
	if (room < need)
		return -E2BIG;
	return call_poke(call, call_arg(call, 0), ids, need) ? -EFAULT : (long)n;
}

/* ---- mounting selinuxfs -------------------------------------------------------------- */

/* The instance of the caller's namespace (4.1), made if it is its first mount. */
static struct instance *own_instance(struct call *call)
{
	struct ns *ns = task_ns(call->tid);
	char path[64];

	snprintf(path, sizeof(path), "/sys/fs/%u", ns_id(ns));
	if (!kernel_instance(ns) && mkdir(path, 0755) && errno != EEXIST)
		return NULL;
	return serve_instance(ns, path);
}

static uint64_t mount_attributes(unsigned long flags)
{
	static const struct {
		unsigned long flag;
		uint64_t attr;
	} map[] = {
		{ MS_RDONLY, MOUNT_ATTR_RDONLY },   { MS_NOSUID, MOUNT_ATTR_NOSUID },
		{ MS_NODEV, MOUNT_ATTR_NODEV },     { MS_NOEXEC, MOUNT_ATTR_NOEXEC },
		{ MS_NOATIME, MOUNT_ATTR_NOATIME }, { MS_NODIRATIME, MOUNT_ATTR_NODIRATIME },
	};
	uint64_t attributes = 0;

	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (flags & map[i].flag)
			attributes |= map[i].attr;
	return attributes;
}

/* A detached mount of the caller's instance, with these attributes, in the simulator. */
static int own_mount(struct call *call, uint64_t attributes)
{
	struct mount_attr attr = { .attr_set = attributes };
	struct instance *instance = own_instance(call);
	int mnt = instance ? serve_clone(instance) : -errno;

	if (attributes & MOUNT_ATTR_NOATIME)
		attr.attr_clr = MOUNT_ATTR__ATIME;
	if (mnt >= 0 && attributes && mount_setattr(mnt, "", AT_EMPTY_PATH, &attr, sizeof(attr))) {
		int err = errno;

		close(mnt);
		return -err;
	}
	return mnt;
}

/* Is the caller's instance already mounted on exactly this point? (4.1: then EBUSY.) */
static long check_target(struct call *call, const struct statx *target)
{
	struct instance *instance = own_instance(call);

	if (!instance)
		return -errno;
	if (device_of(target) == serve_dev(instance) &&
	    target->stx_attributes & STATX_ATTR_MOUNT_ROOT)
		return -EBUSY;
	return S_ISDIR(target->stx_mode) ? 0 : -ENOTDIR;
}

/* The thread opens the path, so that it is resolved as the thread would. */
static long target_stat(struct call *call, unsigned long path, struct statx *stx)
{
	long fd = call_make(call, SYS_openat, AT_FDCWD, path, O_PATH | O_CLOEXEC), rc;

	if (fd < 0)
		return fd;
	rc = descriptor_stat(call, (int)fd, stx) ? 0 : -errno;
	call_make(call, SYS_close, (unsigned long)fd);
	return rc;
}

static long mount_selinuxfs(struct call *call, unsigned long empty_string)
{
	unsigned long path = call_arg(call, 1);
	struct statx target;
	int mnt, number;
	long rc;

	/* in the kernel's order: the place, the type, the caller's right, the mount */
	rc = target_stat(call, path, &target);
	if (rc)
		return rc;
	if (!kernel_has_selinux())
		return -ENODEV;
	if (!may_mount(call->tid))
		return -EPERM;
	rc = check_target(call, &target);
	if (rc)
		return rc;
	mnt = own_mount(call, mount_attributes(call_arg(call, 3)));
	if (mnt < 0)
		return mnt;
	number = call_give_path_fd(call, mnt, true);
	close(mnt);
	if (number < 0)
		return number;
	rc = call_make(call, SYS_move_mount, (unsigned long)number, empty_string, AT_FDCWD, path,
		       MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS);
	call_make(call, SYS_close, (unsigned long)number);
	return rc;
}

/* mount(2): ours only where a new mount of type selinuxfs is asked for. False: not ours. */
static bool before_mount(struct call *call)
{
	unsigned long flags = call_arg(call, 3);
	char type[16];

	if (flags &
	    (MS_REMOUNT | MS_BIND | MS_MOVE | MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE))
		return false;
	if (call_peek_string(call, call_arg(call, 2), type, sizeof(type)) < 0 ||
	    strcmp(type, "selinuxfs"))
		return false;
	/* The type's own NUL serves as the empty path that move_mount(2) wants. */
	call_answer(call, mount_selinuxfs(call, call_arg(call, 2) + strlen(type)));
	return true;
}

/* The new mount interface: a context that the simulator keeps stands for fsopen(2)'s, told by
 * the inode of the descriptor that the caller got. */
struct context {
	dev_t dev;
	ino_t ino;
	bool created, mounted;
	struct context *next;
};

static struct context *contexts;

static struct context *context_of(struct call *call, unsigned long number)
{
	struct context *context = contexts;
	struct statx stx;

	if (!contexts || !descriptor_stat(call, (int)number, &stx))
		return NULL;
	while (context && (context->dev != device_of(&stx) || context->ino != stx.stx_ino))
		context = context->next;
	return context;
}

static long open_context(struct call *call)
{
	struct context *context;
	_cleanup_close_ int fd = -1, given = -1;
	struct stat st;
	int number;

	if (!kernel_has_selinux())
		return -ENODEV;
	if (!has_sys_admin(call->tid))
		return -EPERM;
	if (call_arg(call, 1) & ~1UL)
		return -EINVAL;
	fd = memfd_create("selinuxfs", MFD_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		return -errno;
	/* Who reads the messages of a context does so until that fails. */
	given = own_reopen(fd, O_WRONLY);
	if (given < 0)
		return -errno;
	number = call_give_fd(call, given, -1, call_arg(call, 1) & FSOPEN_CLOEXEC);
	context = number < 0 ? NULL : calloc(1, sizeof(*context));
	if (context) {
		context->dev = st.st_dev;
		context->ino = st.st_ino;
		context->next = contexts;
		contexts = context;
	}
	return number;
}

static bool before_fsopen(struct call *call)
{
	char type[16];

	if (call_peek_string(call, call_arg(call, 0), type, sizeof(type)) < 0 ||
	    strcmp(type, "selinuxfs"))
		return false;
	call_answer(call, open_context(call));
	return true;
}

static bool before_fsconfig(struct call *call)
{
	struct context *context = context_of(call, call_arg(call, 0));
	unsigned cmd = (unsigned)call_arg(call, 1);
	long rc = -EOPNOTSUPP;

	if (!context)
		return false;
	if (cmd == FSCONFIG_SET_STRING || cmd == FSCONFIG_SET_FLAG)
		rc = context->created ? -EBUSY : 0;
	else if (cmd == FSCONFIG_CMD_CREATE)
		rc = context->created ? -EBUSY : may_mount(call->tid) ? 0 : -EPERM;
	if (cmd == FSCONFIG_CMD_CREATE && !rc)
		context->created = true;
	call_answer(call, rc);
	return true;
}

static bool before_fsmount(struct call *call)
{
	struct context *context = context_of(call, call_arg(call, 0)), **at = &contexts;
	int mnt;
	long rc;

	if (!context)
		return false;
	if (!context->created) {
		call_answer(call, -EINVAL);
		return true;
	}
	mnt = may_mount(call->tid) ? own_mount(call, call_arg(call, 2)) : -EPERM;
	rc = mnt;
	if (mnt >= 0) {
		rc = call_give_path_fd(call, mnt, call_arg(call, 1) & FSMOUNT_CLOEXEC);
		close(mnt);
		/* A context gives one mount; what is left of it is an ordinary descriptor. */
		while (*at != context)
			at = &(*at)->next;
		*at = context->next;
		free(context);
	}
	call_answer(call, rc);
	return true;
}

/* ---- a whole policy in one write -------------------------------------------------------- */

static long load_whole(struct call *call, struct ns *ns, size_t len, off_t off)
{
	char *image;
	long rc;

	if (len > POLICY_MAX)
		return -EINVAL;
	image = malloc(len);
	if (!image)
		rc = -ENOMEM;
	else if (call_peek(call, call_arg(call, 1), image, len))
		rc = -EFAULT;
	else
		rc = selinuxfs_load(ns, call->tid, image, len, off);
	free(image);
	if (rc > 0)
		serve_push_status(ns);
	return rc;
}

static bool writable(const struct call *call, int number)
{
	int flags = procfiles_open_flags(call->tid, number);

	return flags >= 0 && !(flags & O_PATH) && (flags & O_ACCMODE) != O_RDONLY;
}

/* Large writes, and empty ones: FUSE would take the ones to pieces and keep the others. */
static bool before_write(struct call *call)
{
	int number = (int)call_arg(call, 0);
	size_t len = call_arg(call, 2);
	off_t off = call_nr(call) == SYS_pwrite64 ? (off_t)call_arg(call, 3) : 0;
	struct statx stx;
	struct ns *ns;
	dev_t dev;
	long rc;

	if (!descriptor_stat(call, number, &stx) || !S_ISREG(stx.stx_mode))
		return false;
	dev = device_of(&stx);
	ns = serve_ns_of(dev);
	if (len ? !ns || !serve_is_file(ns, stx.stx_ino, "load") : !ns && !serve_is_attr(dev))
		return false;
	if (!writable(call, number))
		return false;
	rc = len ? load_whole(call, ns, len, off) : serve_empty_write(dev, stx.stx_ino, call->tid);
	call_answer(call, rc);
	return true;
}

/* ---- labels of files ------------------------------------------------------------------------ */

/* The label of the file the thread holds open under this number, by its path in its own root.
 * A FUSE daemon may be a traced process, that can answer nothing now: its files have no labels
 * of their own here. False: it is no file that has a path. */
static bool file_label(struct call *call, long number, char **label, bool *nosuid)
{
	char fd_path[64], root_path[64], path[PATH_MAX], root[PATH_MAX];
	struct procfiles_mount mount = { 0 };
	const char *inside = path;
	struct statx stx;
	ssize_t n;
	int fd = -1;

	snprintf(fd_path, sizeof(fd_path), "/proc/%d/fd/%ld", (int)call->tid, number);
	snprintf(root_path, sizeof(root_path), "/proc/%d/root", (int)call->tid);
	n = readlink(fd_path, path, sizeof(path) - 1);
	if (n < 0 || !descriptor_stat(call, (int)number, &stx))
		return false;
	path[n] = '\0';
	if (*path != '/')
		return false;
	n = readlink(root_path, root, sizeof(root) - 1);
	if (n > 1 && !strncmp(path, root, (size_t)n) && path[n] == '/')
		inside = path + n;
	*nosuid = procfiles_mount_of(call->tid, (int)number, &mount) && mount.nosuid;
	if (strncmp(mount.type, "fuse", 4))
		fd = open(fd_path, O_PATH | O_CLOEXEC);
	*label = label_of(fd, inside, stx.stx_mode);
	if (fd >= 0)
		close(fd);
	return true;
}

/* A kernel that has loaded a policy tells a label for every file, and never that there is none. */
static bool before_getxattr(struct call *call)
{
	char name[sizeof(XATTR_NAME_SELINUX)];

	if (!kernel_has_selinux() || !task_needs_label(call->tid) ||
	    call_peek_string(call, call_arg(call, 1), name, sizeof(name)) < 0 ||
	    strcmp(name, XATTR_NAME_SELINUX))
		return false;
	call_pass(call, true);
	return true;
}

static long give_label(struct call *call, const char *label)
{
	size_t len = strlen(label) + 1, room = call_arg(call, 3);

	if (!room)
		return (long)len;
	if (room < len)
		return -ERANGE;
	return call_poke(call, call_arg(call, 2), label, len) ? -EFAULT : (long)len;
}

/* Where the machine says that a file has no label: the one that exec takes it to have. */
static void behind_getxattr(struct call *call)
{
	long rc = call_result(call), number = (int)call_arg(call, 0);
	bool by_fd = call_nr(call) == SYS_fgetxattr, nosuid;
	char *label = NULL, *context = NULL;

	if (rc != -ENODATA && rc != -EOPNOTSUPP) {
		call_keep(call);
		return;
	}
	if (!by_fd)
		number = call_make(call, SYS_openat, (unsigned long)AT_FDCWD, call_arg(call, 0),
				   O_PATH | O_CLOEXEC |
					   (call_nr(call) == SYS_lgetxattr ? O_NOFOLLOW : 0));
	if (number >= 0 && file_label(call, number, &label, &nosuid) &&
	    !task_file_context(call->tid, label, &context))
		rc = give_label(call, context);
	if (number >= 0 && !by_fd)
		call_make(call, SYS_close, (unsigned long)number);
	free(label);
	free(context);
	call_answer(call, rc);
}

/* ---- exec ---------------------------------------------------------------------------------- */

/* Parent death signals that were taken from threads whose exec is under way. */
struct death_signal {
	pid_t tid;
	int sig;
	struct death_signal *next;
};

static struct death_signal *death_signals;

static struct death_signal **death_signal_of(pid_t tid)
{
	struct death_signal **at = &death_signals;

	while (*at && (*at)->tid != tid)
		at = &(*at)->next;
	return at;
}

bool syscalls_stop_behind(pid_t tid)
{
	return *death_signal_of(tid) != NULL || inject_stop_behind(tid);
}

void syscalls_forget(pid_t tid)
{
	struct death_signal **at = death_signal_of(tid), *taken = *at;

	if (!taken)
		return;
	*at = taken->next;
	free(taken);
}

/* prctl(2) tells it through memory of the thread's own. */
static int death_signal_get(struct call *call)
{
	unsigned long at = (unsigned long)call_make(call, SYS_mmap, 0, sizeof(int),
						    PROT_READ | PROT_WRITE,
						    MAP_PRIVATE | MAP_ANONYMOUS, -1UL, 0);
	int sig = 0;

	if (at > -4096UL)
		return 0;
	if (call_make(call, SYS_prctl, PR_GET_PDEATHSIG, at) ||
	    call_peek(call, at, &sig, sizeof(sig)))
		sig = 0;
	call_make(call, SYS_munmap, at, sizeof(int));
	return sig;
}

/* An exec that changes the context clears it (selinux_bprm_committing_creds()). Behind the exec
 * no call can be made: the memory that it would be made from is gone. */
static void death_signal_take(struct call *call)
{
	int sig = death_signal_get(call);
	struct death_signal *taken = sig ? calloc(1, sizeof(*taken)) : NULL;

	if (!taken)
		return;
	call_make(call, SYS_prctl, PR_SET_PDEATHSIG, 0);
	*taken = (struct death_signal){ call->tid, sig, death_signals };
	death_signals = taken;
}

static void behind_exec(struct call *call)
{
	struct death_signal *taken = *death_signal_of(call->tid);

	if (taken && call_result(call) < 0)
		call_make(call, SYS_prctl, PR_SET_PDEATHSIG, (unsigned long)taken->sig);
	syscalls_forget(call->tid);
	call_keep(call);
}

/* The thread opens the file itself first, so that the path means what it will mean to exec. */
static bool before_exec(struct call *call, bool *pass_next)
{
	bool at = call_nr(call) == SYS_execveat, nosuid = false;
	unsigned long dir = at ? call_arg(call, 0) : (unsigned long)AT_FDCWD;
	unsigned long path = at ? call_arg(call, 1) : call_arg(call, 0);
	unsigned long flags = at ? call_arg(call, 4) : 0;
	char first[1] = { 0 };
	char *label = NULL;
	long fd;
	int rc;

	if (task_needs_label(call->tid)) {
		bool by_fd = flags & AT_EMPTY_PATH && !call_peek(call, path, first, 1) && !*first;

		fd = by_fd ? (long)dir
			   : call_make(call, SYS_openat, dir, path,
				       O_PATH | O_CLOEXEC |
					       (flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0));
		if (fd < 0 && fd != -EMFILE) {
			/* What cannot be opened cannot be executed either; the kernel says why. */
			*pass_next = call->at_exit;
			call_pass(call, false);
			return true;
		}
		if (fd >= 0)
			file_label(call, fd, &label, &nosuid);
		if (fd >= 0 && !by_fd)
			call_make(call, SYS_close, (unsigned long)fd);
	}
	rc = task_exec_prepare(call->tid, label,
			       syscalls_status_number(call->tid, "NoNewPrivs", 10) == 1, nosuid);
	free(label);
	if (rc) {
		call_answer(call, rc);
		return true;
	}
	if (task_exec_changes(call->tid))
		death_signal_take(call);
	*pass_next = call->at_exit;
	call_pass(call, false);
	return true;
}

/* ---- behind a call ----------------------------------------------------------------- */

static void behind_open(struct call *call)
{
	int flags, fd;

	if (call_result(call) < 0) {
		call_keep(call);
		return;
	}
	fd = procfiles_replacement(call->tid, (int)call_result(call), &flags);
	if (fd >= 0) {
		long rc = call_give_fd(call, fd, (int)call_result(call), flags & O_CLOEXEC);

		close(fd);
		if (rc < 0) {
			call_answer(call, rc);
			return;
		}
	} else if (fd != -ENOENT) {
		call_make(call, SYS_close, (unsigned long)call_result(call));
		call_answer(call, fd);
		return;
	}
	call_keep(call);
}

/* statfs of a simulated instance: known by the mark that serve.c gives. */
static void behind_statfs(struct call *call)
{
	unsigned long at = call_arg(call, 1);
	struct statfs st;

	if (!call_result(call) && !call_peek(call, at, &st, sizeof(st)) &&
	    st.f_type == FUSE_SUPER_MAGIC && st.f_files == SERVE_STATFS_MARK) {
		st.f_type = SELINUXFS_MAGIC;
		st.f_files = 0;
		call_poke(call, at, &st, sizeof(st));
	}
	call_keep(call);
}

/* A kernel without the LSM system calls is one from before Linux 6.8, and says so. */
static void behind_uname(struct call *call)
{
	static const char release[] = "6.1.0-selinuxns-sim";

	if (!call_result(call))
		call_poke(call, call_arg(call, 0) + offsetof(struct utsname, release), release,
			  sizeof(release));
	call_keep(call);
}

void syscalls_behind(struct call *call)
{
	switch (call_nr(call)) {
	case SYS_open:
	case SYS_openat:
	case SYS_openat2:
		behind_open(call);
		return;
	case SYS_statfs:
	case SYS_fstatfs:
		behind_statfs(call);
		return;
	case SYS_uname:
		behind_uname(call);
		return;
	case SYS_getxattr:
	case SYS_lgetxattr:
	case SYS_fgetxattr:
		behind_getxattr(call);
		return;
	case SYS_execve:
	case SYS_execveat:
		behind_exec(call);
		return;
	default:
		call_keep(call);
	}
}

/* ---- before a call ----------------------------------------------------------------- */

static struct fault call_fault(struct call *call)
{
	struct fault fault;
	char *name;

	if (!fault_any() && !fault_lists_operations())
		return (struct fault){ 0 };
	switch (call_nr(call)) {
	case NR_LSM_GET_SELF_ATTR:
		return fault_strike_task("lsm_get_self_attr", call->tid);
	case NR_LSM_SET_SELF_ATTR:
		return fault_strike_task("lsm_set_self_attr", call->tid);
	case NR_LSM_LIST_MODULES:
		return fault_strike_task("lsm_list_modules", call->tid);
	}
	name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)call_nr(call));
	if (!name)
		return (struct fault){ 0 };
	fault = fault_strike_task(name, call->tid);
	free(name);
	return fault;
}

/* Nothing was read, or half of it written. */
static void fall_short(struct call *call)
{
	long nr = call_nr(call);

	if (nr != SYS_write && nr != SYS_pwrite64)
		call_answer(call, 0);
	else
		call_answer(call, call_make(call, nr, call_arg(call, 0), call_arg(call, 1),
					    call_arg(call, 2) / 2, call_arg(call, 3)));
}

void syscalls_before(struct call *call, bool *pass_next)
{
	struct fault fault = call_fault(call);
	bool lsm = kernel_kind() != KERNEL_NO_LSM;
	bool answered = false;

	if (fault.kind == FAULT_ERRNO) {
		/* The descriptor is gone, whatever close(2) says; but not of a thread that is killed. */
		if (call_nr(call) == SYS_close && fault.err != EBADF)
			(void)call_make(call, SYS_close, call_arg(call, 0));
		call_answer(call, -fault.err);
		return;
	}
	if (fault.kind == FAULT_SHORT && call_nr(call) != NR_LSM_GET_SELF_ATTR) {
		fall_short(call);
		return;
	}
	if (fault.kind == FAULT_SIGNAL_AFTER)
		call->signal = fault.signal;
	switch (call_nr(call)) {
	case NR_LSM_GET_SELF_ATTR:
		call_answer(call, lsm ? get_self_attr(call, fault) : -ENOSYS);
		return;
	case NR_LSM_SET_SELF_ATTR:
		call_answer(call, lsm ? set_self_attr(call) : -ENOSYS);
		return;
	case NR_LSM_LIST_MODULES:
		call_answer(call, lsm ? list_modules(call) : -ENOSYS);
		return;
	case SYS_open:
	case SYS_openat:
	case SYS_openat2:
	case SYS_statfs:
	case SYS_fstatfs:
	case SYS_uname:
		call_pass(call, true);
		return;
	case SYS_mount:
		answered = before_mount(call);
		break;
	case SYS_fsopen:
		answered = before_fsopen(call);
		break;
	case SYS_fsconfig:
		answered = before_fsconfig(call);
		break;
	case SYS_fsmount:
		answered = before_fsmount(call);
		break;
	case SYS_write:
	case SYS_pwrite64:
		answered = before_write(call);
		break;
	case SYS_execve:
	case SYS_execveat:
		answered = before_exec(call, pass_next);
		break;
	case SYS_getxattr:
	case SYS_lgetxattr:
	case SYS_fgetxattr:
		answered = before_getxattr(call);
		break;
	default:
		break;
	}
	if (!answered)
		call_pass(call, false);
}

/* ---- the filter -------------------------------------------------------------------- */

static int add_rules(scmp_filter_ctx filter)
{
	static const int traced[] = {
		NR_LSM_GET_SELF_ATTR,
		NR_LSM_SET_SELF_ATTR,
		NR_LSM_LIST_MODULES,
		SYS_open,
		SYS_openat,
		SYS_openat2,
		SYS_statfs,
		SYS_fstatfs,
		SYS_mount,
		SYS_fsopen,
		SYS_fsconfig,
		SYS_fsmount,
		SYS_execve,
		SYS_execveat,
		SYS_getxattr,
		SYS_lgetxattr,
		SYS_fgetxattr,
	};
	static const int writes[] = { SYS_write, SYS_pwrite64 };
	/* Ways around the traced calls: a machine that does not have them. */
	static const int absent[] = { 425 /* io_uring_setup */, 457 /* statmount */,
				      458 /* listmount */, 464 /* getxattrat */ };
	int rc = 0, nr;

	for (size_t i = 0; !rc && i < sizeof(absent) / sizeof(absent[0]); i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), absent[i], 0);
	if (!rc)
		rc = seccomp_rule_add(filter, SCMP_ACT_NOTIFY, INJECT_FD_NR, 0);
	/* Then all others stop without a rule. */
	if (rc || fault_lists_operations())
		return rc;
	for (size_t i = 0; !rc && i < sizeof(traced) / sizeof(traced[0]); i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_TRACE(0), traced[i], 0);
	for (size_t i = 0; !rc && i < sizeof(writes) / sizeof(writes[0]); i++) {
		rc = seccomp_rule_add(filter, SCMP_ACT_TRACE(0), writes[i], 1,
				      SCMP_A2(SCMP_CMP_GT, WHOLE_WRITE, 0));
		if (!rc)
			rc = seccomp_rule_add(filter, SCMP_ACT_TRACE(0), writes[i], 1,
					      SCMP_A2(SCMP_CMP_EQ, 0, 0));
	}
	if (!rc && kernel_kind() == KERNEL_NO_LSM)
		rc = seccomp_rule_add(filter, SCMP_ACT_TRACE(0), SYS_uname, 0);
	for (unsigned i = 0; !rc && (nr = fault_syscall(i)) >= 0; i++) {
		rc = seccomp_rule_add(filter, SCMP_ACT_TRACE(0), nr, 0);
		if (rc == -EEXIST)
			rc = 0;
	}
	return rc;
}

int syscalls_filter(struct sock_fprog *program)
{
	scmp_filter_ctx filter =
		seccomp_init(fault_lists_operations() ? SCMP_ACT_TRACE(0) : SCMP_ACT_ALLOW);
	int fd = memfd_create("filter", MFD_CLOEXEC), rc;
	struct stat st;

	if (!filter || fd < 0)
		return -ENOMEM;
	/* A 32-bit program would see the real kernel. */
	rc = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS));
	if (!rc)
		rc = add_rules(filter);
	if (!rc)
		rc = seccomp_export_bpf(filter, fd);
	seccomp_release(filter);
	if (!rc && fstat(fd, &st))
		rc = -errno;
	if (!rc) {
		program->filter = malloc((size_t)st.st_size);
		program->len = (unsigned short)((size_t)st.st_size / sizeof(*program->filter));
		if (!program->filter)
			rc = -ENOMEM;
		else if (pread(fd, program->filter, (size_t)st.st_size, 0) != st.st_size)
			rc = -EIO;
	}
	close(fd);
	return rc;
}
