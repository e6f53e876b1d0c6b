/* SPDX-License-Identifier: MIT */
/*
 * serve.c - the simulated files, served by FUSE (see serve.h).
 */
#define FUSE_USE_VERSION 35

#include "serve.h"

#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <pthread.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fault.h"
#include "selinuxfs.h"

/* A path that the kernel has asked for; its address is the inode number. */
struct node {
	char *path;
};

struct instance {
	struct ns *ns;
	struct fuse_session *session;
	int root; /* O_PATH, of the mount that clones are made from */
	dev_t dev;
	void *nodes; /* tsearch(3) tree of struct node, by path */
	struct node root_node;
	pthread_mutex_t nodes_lock;
	struct instance *next;
};

static pthread_mutex_t instances_lock = PTHREAD_MUTEX_INITIALIZER;
static struct instance *instances;

static struct fuse_session *attr_session;
static int attr_mount = -1;
static dev_t attr_dev;

/* ---- connections ----------------------------------------------------------- */

static void instance_free(struct instance *instance);

/* Serves an instance until its last mount is gone, then frees it. */
static void *instance_thread(void *data)
{
	struct instance *instance = data;

	fuse_session_loop(instance->session);
	fuse_session_destroy(instance->session);
	instance_free(instance);
	return NULL;
}

static void *attr_thread(void *unused)
{
	(void)unused;
	fuse_session_loop(attr_session); /* as long as the simulator runs */
	return NULL;
}

static int fs_string(int fs, const char *key, const char *value)
{
	return fsconfig(fs, value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, key, value, 0);
}

/* Opens a connection, gives it a thread, and returns a detached mount of it. */
static int connect(const struct fuse_lowlevel_ops *ops, void *data, struct fuse_session **session,
		   void *(*serve)(void *data))
{
	char *argv[] = { (char *)"selinuxns-sim", NULL };
	struct fuse_args args = FUSE_ARGS_INIT(1, argv);
	char fd_text[16], fd_path[32];
	pthread_attr_t attr;
	pthread_t thread;
	int fuse, fs, mnt, rc;

	fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fuse < 0)
		return -errno;
	fs = fsopen("fuse", FSOPEN_CLOEXEC);
	if (fs < 0) {
		rc = -errno;
		close(fuse);
		return rc;
	}
	snprintf(fd_text, sizeof(fd_text), "%d", fuse);
	if (fs_string(fs, "source", "selinuxfs") || fs_string(fs, "subtype", "selinuxns-sim") ||
	    fs_string(fs, "fd", fd_text) || fs_string(fs, "rootmode", "40000") ||
	    fs_string(fs, "user_id", "0") || fs_string(fs, "group_id", "0") ||
	    fs_string(fs, "default_permissions", NULL) || fs_string(fs, "allow_other", NULL) ||
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0)) {
		rc = -errno;
		close(fs);
		close(fuse);
		return rc;
	}
	mnt = fsmount(fs, FSMOUNT_CLOEXEC, 0);
	rc = mnt < 0 ? -errno : 0;
	close(fs);
	if (rc) {
		close(fuse);
		return rc;
	}
	snprintf(fd_path, sizeof(fd_path), "/dev/fd/%d", fuse);
	*session = fuse_session_new(&args, ops, sizeof(*ops), data);
	fuse_opt_free_args(&args);
	if (!*session || fuse_session_mount(*session, fd_path)) {
		close(mnt);
		close(fuse);
		return -ENOMEM;
	}
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, 1024 * 1024);
	rc = pthread_create(&thread, &attr, serve, data);
	pthread_attr_destroy(&attr);
	if (rc) {
		close(mnt);
		fuse_session_destroy(*session);
		return -rc;
	}
	return mnt;
}

/* ---- status pages ----------------------------------------------------------- */

/* An answer to a write, held back until the status page shows what the write changed. */
struct store {
	struct ns *ns;
	fuse_req_t req;
	size_t written;
	struct store *next;
};

static pthread_mutex_t store_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t store_ready = PTHREAD_COND_INITIALIZER;
static struct store *store_first, **store_last = &store_first;

static struct node *node_get(struct instance *instance, const char *path);

void serve_push_status(struct ns *ns)
{
	struct instance *instance = kernel_instance(ns);
	struct fuse_bufvec buf = FUSE_BUFVEC_INIT(sizeof(struct status_page));
	struct status_page page;
	struct node *node;

	if (!instance || !ns_status_made(ns))
		return;
	ns_status(ns, &page);
	node = node_get(instance, "status");
	buf.buf[0].mem = &page;
	/* Fails where no one has the page: then there is nothing to keep true. */
	if (node)
		fuse_lowlevel_notify_store(instance->session, (fuse_ino_t)node, 0, &buf, 0);
}

static void *store_thread(void *unused)
{
	(void)unused;
	for (;;) {
		struct store *store;

		pthread_mutex_lock(&store_lock);
		while (!store_first)
			pthread_cond_wait(&store_ready, &store_lock);
		store = store_first;
		store_first = store->next;
		if (!store_first)
			store_last = &store_first;
		pthread_mutex_unlock(&store_lock);
		serve_push_status(store->ns);
		fuse_reply_write(store->req, store->written);
		free(store);
	}
	return NULL;
}

static void reply_write_after_store(struct ns *ns, fuse_req_t req, size_t written)
{
	struct store *store = calloc(1, sizeof(*store));

	if (!store) {
		fuse_reply_write(req, written);
		return;
	}
	store->ns = ns;
	store->req = req;
	store->written = written;
	pthread_mutex_lock(&store_lock);
	*store_last = store;
	store_last = &store->next;
	pthread_cond_signal(&store_ready);
	pthread_mutex_unlock(&store_lock);
}

/* ---- selinuxfs ---------------------------------------------------------------- */

static int node_compare(const void *a, const void *b)
{
	return strcmp(((const struct node *)a)->path, ((const struct node *)b)->path);
}

static struct node *node_get(struct instance *instance, const char *path)
{
	struct node key = { .path = (char *)path };
	struct node **at, *node = NULL;

	pthread_mutex_lock(&instance->nodes_lock);
	at = tfind(&key, &instance->nodes, node_compare);
	if (at) {
		node = *at;
	} else {
		node = calloc(1, sizeof(*node));
		if (node)
			node->path = strdup(path);
		if (!node || !node->path || !tsearch(node, &instance->nodes, node_compare)) {
			if (node)
				free(node->path);
			free(node);
			node = NULL;
		}
	}
	pthread_mutex_unlock(&instance->nodes_lock);
	return node;
}

static void node_free(void *node)
{
	free(((struct node *)node)->path);
	free(node);
}

static void instance_free(struct instance *instance)
{
	tdestroy(instance->nodes, node_free);
	pthread_mutex_destroy(&instance->nodes_lock);
	if (instance->ns)
		ns_dispose(instance->ns);
	free(instance);
}

static struct node *node_of(struct instance *instance, fuse_ino_t ino)
{
	return ino == FUSE_ROOT_ID ? &instance->root_node : (struct node *)ino;
}

static void fill_stat(const struct selinuxfs_attr *attr, fuse_ino_t ino, struct stat *st)
{
	memset(st, 0, sizeof(*st));
	st->st_ino = ino;
	st->st_mode = attr->mode;
	st->st_nlink = S_ISDIR(attr->mode) ? 2 : 1;
	st->st_size = (off_t)attr->size;
	st->st_rdev = attr->rdev;
	st->st_blksize = 4096;
}

static void fs_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct instance *instance = fuse_req_userdata(req);
	const char *dir = node_of(instance, parent)->path;
	struct fuse_entry_param entry = { 0 };
	struct selinuxfs_attr attr;
	char path[1024];
	struct node *node;
	int rc;

	if (snprintf(path, sizeof(path), "%s%s%s", dir, *dir ? "/" : "", name) >=
	    (int)sizeof(path)) {
		fuse_reply_err(req, ENAMETOOLONG);
		return;
	}
	rc = selinuxfs_stat(instance->ns, path, &attr);
	node = rc ? NULL : node_get(instance, path);
	if (!node) {
		fuse_reply_err(req, rc ? -rc : ENOMEM);
		return;
	}
	entry.ino = (fuse_ino_t)node;
	fill_stat(&attr, entry.ino, &entry.attr);
	fuse_reply_entry(req, &entry);
}

static void fs_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct instance *instance = fuse_req_userdata(req);
	struct selinuxfs_attr attr;
	struct stat st;
	int rc = selinuxfs_stat(instance->ns, node_of(instance, ino)->path, &attr);

	(void)fi;
	if (rc) {
		fuse_reply_err(req, -rc);
		return;
	}
	fill_stat(&attr, ino, &st);
	fuse_reply_attr(req, &st, 0);
}

/* "echo 1 > enforce" truncates first: nothing to do, but not an error. */
static void fs_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *st, int to_set,
		       struct fuse_file_info *fi)
{
	(void)st;
	if (to_set & ~(FUSE_SET_ATTR_SIZE | FUSE_SET_ATTR_CTIME | FUSE_SET_ATTR_MTIME)) {
		fuse_reply_err(req, EPERM);
		return;
	}
	fs_getattr(req, ino, fi);
}

struct names {
	char *buf;
	size_t len, room;
};

static void names_add(void *data, const char *name)
{
	struct names *names = data;
	size_t n = strlen(name) + 1;

	if (names->len + n > names->room) {
		char *more = realloc(names->buf, names->room + n + 4096);

		if (!more)
			return;
		names->buf = more;
		names->room += n + 4096;
	}
	memcpy(names->buf + names->len, name, n);
	names->len += n;
}

/* A directory's names are taken when it is opened. */
static void fs_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct instance *instance = fuse_req_userdata(req);
	struct names *names = calloc(1, sizeof(*names));

	if (!names) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	names_add(names, ".");
	names_add(names, "..");
	selinuxfs_list(instance->ns, node_of(instance, ino)->path, names_add, names);
	fi->fh = (uint64_t)names;
	if (fuse_reply_open(req, fi)) {
		free(names->buf);
		free(names);
	}
}

static void fs_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		       struct fuse_file_info *fi)
{
	struct names *names = (struct names *)fi->fh;
	char *buf = malloc(size);
	size_t used = 0, at = (size_t)off;

	(void)ino;
	if (!buf) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	while (at < names->len) {
		const char *name = names->buf + at;
		struct stat st = { .st_ino = (ino_t)-1 };
		size_t next = at + strlen(name) + 1;
		size_t n = fuse_add_direntry(req, buf + used, size - used, name, &st, (off_t)next);

		if (n > size - used)
			break;
		used += n;
		at = next;
	}
	fuse_reply_buf(req, buf, used);
	free(buf);
}

static void fs_releasedir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct names *names = (struct names *)fi->fh;

	(void)ino;
	free(names->buf);
	free(names);
	fuse_reply_err(req, 0);
}

static void fs_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct instance *instance = fuse_req_userdata(req);
	const char *path = node_of(instance, ino)->path;
	struct selinuxfs_file *file;
	int rc = selinuxfs_open(instance->ns, path, fuse_req_ctx(req)->pid, &file);

	if (rc) {
		fuse_reply_err(req, -rc);
		return;
	}
	fi->fh = (uint64_t)file;
	/* The status page lives in the page cache, where it can be mapped. */
	fi->direct_io = !selinuxfs_is_status(path);
	fi->keep_cache = !fi->direct_io;
	if (fuse_reply_open(req, fi))
		selinuxfs_close(file);
}

static void fs_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		    struct fuse_file_info *fi)
{
	char *buf = malloc(size);
	ssize_t n;

	(void)ino;
	if (!buf) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	n = selinuxfs_read((struct selinuxfs_file *)fi->fh, fuse_req_ctx(req)->pid, buf, size, off);
	if (n < 0)
		fuse_reply_err(req, (int)-n);
	else
		fuse_reply_buf(req, buf, (size_t)n);
	free(buf);
}

static void fs_write(fuse_req_t req, fuse_ino_t ino, const char *buf, size_t size, off_t off,
		     struct fuse_file_info *fi)
{
	struct instance *instance = fuse_req_userdata(req);
	ssize_t n = selinuxfs_write((struct selinuxfs_file *)fi->fh, fuse_req_ctx(req)->pid, buf,
				    size, off);

	(void)ino;
	if (n < 0)
		fuse_reply_err(req, (int)-n);
	else
		reply_write_after_store(instance->ns, req, (size_t)n);
}

static void fs_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	selinuxfs_close((struct selinuxfs_file *)fi->fh);
	fuse_reply_err(req, 0);
}

static void fs_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
		      struct fuse_file_info *fi)
{
	(void)parent;
	(void)name;
	(void)mode;
	(void)fi;
	fuse_reply_err(req, EACCES);
}

static void fs_statfs(fuse_req_t req, fuse_ino_t ino)
{
	struct statvfs st = {
		.f_bsize = 4096, .f_frsize = 4096, .f_namemax = 255, .f_files = SERVE_STATFS_MARK
	};

	(void)ino;
	fuse_reply_statfs(req, &st);
}

static const struct fuse_lowlevel_ops selinuxfs_ops = {
	.lookup = fs_lookup,
	.getattr = fs_getattr,
	.setattr = fs_setattr,
	.opendir = fs_opendir,
	.readdir = fs_readdir,
	.releasedir = fs_releasedir,
	.open = fs_open,
	.read = fs_read,
	.write = fs_write,
	.release = fs_release,
	.create = fs_create,
	.statfs = fs_statfs,
};

struct instance *serve_instance(struct ns *ns, const char *path)
{
	struct instance *instance = kernel_instance(ns);
	struct stat st;
	int mnt;

	if (instance)
		return instance;
	instance = calloc(1, sizeof(*instance));
	if (!instance)
		return NULL;
	instance->ns = ns;
	instance->root_node.path = (char *)"";
	pthread_mutex_init(&instance->nodes_lock, NULL);
	mnt = connect(&selinuxfs_ops, instance, &instance->session, instance_thread);
	if (mnt < 0) {
		free(instance);
		errno = -mnt;
		return NULL;
	}
	/* From here on the connection ends by itself when the mount goes. */
	if (move_mount(mnt, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) || fstat(mnt, &st)) {
		int err = errno;

		instance->ns = NULL; /* not its to dispose of */
		close(mnt);
		errno = err;
		return NULL;
	}
	instance->root = mnt;
	instance->dev = st.st_dev;
	pthread_mutex_lock(&instances_lock);
	instance->next = instances;
	instances = instance;
	pthread_mutex_unlock(&instances_lock);
	kernel_set_instance(ns, instance);
	return instance;
}

int serve_clone(struct instance *instance)
{
	int mnt =
		open_tree(instance->root, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);

	return mnt < 0 ? -errno : mnt;
}

dev_t serve_dev(const struct instance *instance)
{
	return instance->dev;
}

struct ns *serve_ns_of(dev_t dev)
{
	struct instance *instance;

	pthread_mutex_lock(&instances_lock);
	instance = instances;
	while (instance && instance->dev != dev)
		instance = instance->next;
	pthread_mutex_unlock(&instances_lock);
	return instance ? instance->ns : NULL;
}

bool serve_is_file(struct ns *ns, ino_t ino, const char *name)
{
	return (ino_t)node_get(kernel_instance(ns), name) == ino;
}

void serve_release(struct ns *ns, const char *path)
{
	struct instance *instance = kernel_instance(ns), **at = &instances;

	pthread_mutex_lock(&instances_lock);
	while (*at != instance)
		at = &(*at)->next;
	*at = instance->next;
	pthread_mutex_unlock(&instances_lock);
	umount2(path, MNT_DETACH);
	close(instance->root);
}

/* ---- attributes ------------------------------------------------------------- */

#define ATTR_INO(tid, attr) (((fuse_ino_t)(tid) << 4) | ((fuse_ino_t)(attr) + 2))
#define ATTR_TID(ino)       ((pid_t)((ino) >> 4))
#define ATTR_ATTR(ino)      ((enum attr)(((ino)&15) - 2))

static void attr_stat(fuse_ino_t ino, struct stat *st)
{
	memset(st, 0, sizeof(*st));
	st->st_ino = ino;
	st->st_nlink = 1;
	st->st_mode = ino == FUSE_ROOT_ID ? S_IFDIR | 0555 : S_IFREG | 0666;
}

static void attr_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param entry = { 0 };
	int tid, attr;

	(void)parent;
	if (sscanf(name, "%d.%d", &tid, &attr) != 2) {
		fuse_reply_err(req, ENOENT);
		return;
	}
	entry.ino = ATTR_INO(tid, attr);
	attr_stat(entry.ino, &entry.attr);
	fuse_reply_entry(req, &entry);
}

static void attr_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct stat st;

	(void)fi;
	attr_stat(ino, &st);
	fuse_reply_attr(req, &st, 0);
}

static void attr_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *st, int to_set,
			 struct fuse_file_info *fi)
{
	(void)st;
	(void)to_set;
	attr_getattr(req, ino, fi);
}

static void attr_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	fi->direct_io = 1;
	fuse_reply_open(req, fi);
}

static struct fault attr_fault(enum attr attr, const char *op, pid_t tid)
{
	char operation[64];

	snprintf(operation, sizeof(operation), "attr/%s/%s", attr_names[attr], op);
	return fault_strike_task(operation, tid);
}

static void attr_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		      struct fuse_file_info *fi)
{
	pid_t reader = fuse_req_ctx(req)->pid;
	struct fault fault = attr_fault(ATTR_ATTR(ino), "read", reader);
	char *value = NULL;
	ssize_t len;

	(void)fi;
	if (fault.kind == FAULT_ERRNO) {
		fuse_reply_err(req, fault.err);
		return;
	}
	if (fault.kind == FAULT_SHORT || fault.kind == FAULT_LONG) {
		fuse_reply_buf(req, "11", fault.kind == FAULT_LONG ? 2 : 0);
		return;
	}
	if (!kernel_has_selinux()) {
		fuse_reply_err(req, EINVAL);
		return;
	}
	len = task_attr_get(reader, ATTR_TID(ino), ATTR_ATTR(ino), &value);
	fault_after(fault, reader);
	if (len < 0)
		fuse_reply_err(req, (int)-len);
	else if (off >= len)
		fuse_reply_buf(req, NULL, 0);
	else
		fuse_reply_buf(req, value + off,
			       (size_t)(len - off) < size ? (size_t)(len - off) : size);
	free(value);
}

static ssize_t attr_store(pid_t writer, fuse_ino_t ino, const char *buf, size_t size, off_t off)
{
	struct fault fault = attr_fault(ATTR_ATTR(ino), "write", writer);
	int rc;

	if (fault.kind == FAULT_ERRNO)
		return -fault.err;
	if (fault.kind == FAULT_SHORT)
		return (ssize_t)(size / 2);
	/* 3.3: a task's attributes are its own to set. */
	if (writer != ATTR_TID(ino))
		return task_same_process(writer, ATTR_TID(ino)) ? -EACCES : -EPERM;
	if (off || !kernel_has_selinux())
		return -EINVAL;
	rc = task_attr_set(ATTR_TID(ino), ATTR_ATTR(ino), buf, size);
	fault_after(fault, writer);
	return rc ? rc : (ssize_t)size;
}

static void attr_write(fuse_req_t req, fuse_ino_t ino, const char *buf, size_t size, off_t off,
		       struct fuse_file_info *fi)
{
	ssize_t n = attr_store(fuse_req_ctx(req)->pid, ino, buf, size, off);

	(void)fi;
	if (n < 0)
		fuse_reply_err(req, (int)-n);
	else
		fuse_reply_write(req, (size_t)n);
}

static const struct fuse_lowlevel_ops attr_ops = {
	.lookup = attr_lookup,
	.getattr = attr_getattr,
	.setattr = attr_setattr,
	.open = attr_open,
	.read = attr_read,
	.write = attr_write,
};

bool serve_is_attr(dev_t dev)
{
	return dev == attr_dev;
}

ssize_t serve_empty_write(dev_t dev, ino_t ino, pid_t tid)
{
	struct ns *ns = serve_ns_of(dev);
	struct selinuxfs_file *file;
	ssize_t rc;

	if (!ns)
		return attr_store(tid, ino, "", 0, 0);
	rc = selinuxfs_open(ns, ((struct node *)ino)->path, tid, &file);
	if (rc)
		return rc;
	rc = selinuxfs_write(file, tid, "", 0, 0);
	selinuxfs_close(file);
	return rc;
}

int serve_attr_open(pid_t tid, enum attr attr, int flags)
{
	char name[32];
	int fd;

	snprintf(name, sizeof(name), "%d.%d", (int)tid, (int)attr);
	fd = openat(attr_mount, name, (flags & (O_ACCMODE | O_NONBLOCK)) | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int serve_start(void)
{
	pthread_t thread;
	struct stat st;
	int rc = pthread_create(&thread, NULL, store_thread, NULL);

	if (rc)
		return -rc;
	pthread_detach(thread);
	attr_mount = connect(&attr_ops, NULL, &attr_session, attr_thread);
	if (attr_mount < 0)
		return attr_mount;
	if (fstat(attr_mount, &st))
		return -errno;
	attr_dev = st.st_dev;
	return 0;
}
