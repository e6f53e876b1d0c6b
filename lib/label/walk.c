/* SPDX-License-Identifier: MIT */
/*
 * walk.c - every file of a tree, once, by any number of threads (see walk.h).
 *
 * A directory is read whole: its files are visited at once, the names of its directories are kept
 * with it (pending.h) until they are entered: by the thread that read it, or by one that has nothing
 * left to do.
 */
#include "config.h"

#include "label/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "base/fd.h"
#include "base/inroot.h"
#include "label/names.h"
#include "label/pending.h"

struct walker {
	struct walk *walk;
	void *thread; /* the caller's */
	pthread_t id;
	struct pending pending;
	char *path;
	size_t path_size;
	char buffer[1 << 16];
};

struct walk {
	const struct walk_tree *tree;
	const struct walk_calls *calls;
	void *data;
	struct names names;
	struct dir *top;
	struct walker *walkers;
	unsigned int n_walkers;
	atomic_int err; /* of the first failure; the walk ends */
	/* Who has nothing to do waits for the generation to change; when all do it is over. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	atomic_uint generation, idle;
	bool over;
};

static bool stopped(struct walk *walk)
{
	return atomic_load_explicit(&walk->err, memory_order_relaxed) != 0;
}

static void fail(struct walk *walk, int err)
{
	int none = 0;

	atomic_compare_exchange_strong(&walk->err, &none, err ? err : EIO);
}

/* ---- paths ---------------------------------------------------------------------------------- */

/* Put @name behind the first @len bytes of the path; its length, or 0 with errno. */
static size_t path_append(struct walker *w, size_t len, const char *name, size_t name_len)
{
	if (pending_make_room(&w->path, &w->path_size, len + name_len + 2) < 0)
		return 0;
	/* Only the root's own path ends with a slash. */
	if (w->path[len - 1] != '/')
		w->path[len++] = '/';
	memcpy(w->path + len, name, name_len + 1);
	return len + name_len;
}

/* The path of a directory that another thread has read. */
static int path_rebuild(struct walker *w, const struct dir *dir)
{
	size_t top_len = strlen(w->walk->tree->path);

	if (pending_make_room(&w->path, &w->path_size, dir->path_len + 1) < 0)
		return -1;
	w->path[dir->path_len] = '\0';
	for (; dir->parent; dir = dir->parent) {
		size_t len = strlen(dir->name);

		memcpy(w->path + dir->path_len - len, dir->name, len);
		w->path[dir->path_len - len - 1] = '/';
	}
	memcpy(w->path, w->walk->tree->path, top_len);
	return 0;
}

static bool is_excluded(const struct walk_tree *tree, const char *path)
{
	size_t low = 0, high = tree->n_excludes;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(path, tree->excludes[middle]);

		if (order == 0)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

/* Is it, or what leads to it, left out? The path is cut at each slash in turn. */
static bool is_below_excluded(struct walker *w, size_t len)
{
	const struct walk_tree *tree = w->walk->tree;
	bool excluded = tree->n_excludes && is_excluded(tree, "/");

	for (size_t i = 1; tree->n_excludes && i <= len && !excluded; i++) {
		char c = w->path[i];

		if (c != '/' && c != '\0')
			continue;
		w->path[i] = '\0';
		excluded = is_excluded(tree, w->path);
		w->path[i] = c;
	}
	return excluded;
}

/* ---- reading a directory -------------------------------------------------------------------- */

/* As getdents64(2) gives it. */
struct entry {
	uint64_t ino;
	int64_t next;
	unsigned short length;
	unsigned char type;
	char name[];
};

static int trouble(struct walker *w, const char *path, enum walk_trouble what, int err)
{
	return w->walk->calls->trouble(w->thread, path, what, err);
}

/* A directory or entry that was there a moment ago cannot be had now. */
static int lost(struct walker *w, const char *path, int err)
{
	/* ENOTDIR, ELOOP: what was a directory is something else by now. */
	return trouble(
		w, path,
		err == ENOENT || err == ENOTDIR || err == ELOOP ? WALK_GONE : WALK_UNREADABLE, err);
}

/*
 * The file's type, in *mode. Only where it is not known, or mounts count, it is asked for. Returns 1,
 * or 0 where the file is not to be visited, or -1.
 */
static int type_of(struct walker *w, int dirfd, const struct dir *dir, const struct entry *entry,
		   mode_t *mode)
{
	struct statx stx;

	*mode = DTTOIF(entry->type);
	if (entry->type == DT_DIR || (entry->type != DT_UNKNOWN && !w->walk->tree->one_file_system))
		return 1;
	if (dir_look(dirfd, entry->name, &stx) < 0)
		return lost(w, w->path, errno);
	*mode = stx.stx_mode & S_IFMT;
	/* Not by the device: an overlay's files have those of what is below it. */
	if (w->walk->tree->one_file_system && !S_ISDIR(*mode) && stx.stx_mask & STATX_MNT_ID &&
	    stx.stx_mnt_id != dir->mount)
		return trouble(w, w->path, WALK_OTHER_FS, 0);
	return 1;
}

static int read_entry(struct walker *w, struct dir *dir, const struct entry *entry)
{
	const char *name = entry->name;
	size_t name_len = strlen(name), len;
	struct walk_entry visited;
	mode_t mode;
	int rc;

	if (name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2])))
		return 0;
	/* Neither is a name that a kernel gives; a file system that is served by someone may. */
	if (!name_len || memchr(name, '/', name_len))
		return 0;
	len = path_append(w, dir->path_len, name, name_len);
	if (!len)
		return -1;
	if (w->walk->tree->n_excludes && is_excluded(w->walk->tree, w->path))
		return 0;
	rc = type_of(w, dir->fd, dir, entry, &mode);
	if (rc <= 0)
		return rc;
	if (S_ISDIR(mode))
		return dir_keep_name(dir, name, name_len);
	visited = (struct walk_entry){
		.dirfd = dir->fd,
		.name = name,
		.path = w->path,
		.path_len = len,
		.type = mode,
		.mount = dir->mount,
	};
	return w->walk->calls->visit(w->thread, &visited);
}

static int read_entries(struct walker *w, struct dir *dir)
{
	long n;

	while ((n = syscall(SYS_getdents64, dir->fd, w->buffer, sizeof(w->buffer))) > 0) {
		for (long at = 0; at < n;) {
			const struct entry *entry = (const void *)(w->buffer + at);

			if (read_entry(w, dir, entry) < 0)
				return -1;
			at += entry->length;
		}
		if (stopped(w->walk))
			return 0;
	}
	if (n == 0)
		return 0;
	w->path[dir->path_len] = '\0';
	return lost(w, w->path, errno);
}

bool walk_is_pseudo(int fd)
{
	static const unsigned int kinds[] = {
		PROC_SUPER_MAGIC,
		SYSFS_MAGIC,
		SELINUX_MAGIC,
		SECURITYFS_MAGIC,
		CGROUP_SUPER_MAGIC,
		CGROUP2_SUPER_MAGIC,
		DEBUGFS_MAGIC,
		TRACEFS_MAGIC,
		BPF_FS_MAGIC,
		PSTOREFS_MAGIC,
		EFIVARFS_MAGIC,
		DEVPTS_SUPER_MAGIC,
		BINFMTFS_MAGIC,
		NSFS_MAGIC,
		0x62656570 /* configfs */,
		0x65735543 /* fusectl */,
		0x19800202 /* mqueue */,
		0x67596969 /* rpc_pipefs */,
	};
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if ((unsigned int)fs.f_type == kinds[i])
			return true;
	return false;
}

/* 1 where the directory is to be read, 0 where it is not, -1. */
static int enter_mount(struct walker *w, const struct dir *dir)
{
	const struct dir *parent = dir->parent;

	/* A directory of the same file system may be mounted here, too. */
	if (parent && w->walk->tree->one_file_system &&
	    (dir->dev != parent->dev || dir->mount != parent->mount))
		return trouble(w, w->path, WALK_OTHER_FS, 0);
	if (parent && dir->dev == parent->dev)
		return 1;
	if (walk_is_pseudo(dir->fd))
		return trouble(w, w->path, WALK_PSEUDO_FS, 0);
	return 1;
}

/* The directory @dir is open, and its path is the thread's. */
static int read_dir(struct walker *w, struct dir *dir)
{
	const struct walk_calls *calls = w->walk->calls;
	struct walk_entry itself = {
		.dirfd = dir->fd, .path = w->path, .path_len = dir->path_len, .type = S_IFDIR
	};
	struct statx stx;
	int rc;

	if (dir_look(dir->fd, "", &stx) < 0)
		return lost(w, w->path, errno);
	dir_set_identity(dir, &stx);
	rc = enter_mount(w, dir);
	if (rc <= 0)
		return rc;
	if (calls->visit(w->thread, &itself) < 0)
		return -1;
	if (calls->enter(w->thread, dir->fd) < 0)
		return lost(w, w->path, errno);
	if (read_entries(w, dir) < 0)
		return -1;
	if (!dir->names_len)
		return 0;
	if (pending_push(&w->pending, dir) < 0)
		return -1;
	/* Someone may be waiting for it. */
	atomic_fetch_add(&w->walk->generation, 1);
	if (atomic_load(&w->walk->idle)) {
		pthread_mutex_lock(&w->walk->lock);
		pthread_cond_broadcast(&w->walk->changed);
		pthread_mutex_unlock(&w->walk->lock);
	}
	return 0;
}

/* A directory that cannot be opened is a file of its parent's all the same. */
static int not_opened(struct walker *w, const struct taken *taken)
{
	const struct walk_calls *calls = w->walk->calls;
	struct walk_entry visited = {
		.dirfd = taken->parent,
		.name = taken->dir->name,
		.path = w->path,
		.path_len = taken->dir->path_len,
		.type = S_IFDIR,
		.mount = taken->dir->parent->mount,
	};

	if (taken->parent >= 0 && taken->err == EACCES &&
	    calls->enter(w->thread, taken->parent) == 0 && calls->visit(w->thread, &visited) < 0)
		return -1;
	return lost(w, w->path, taken->err);
}

/* From another thread, where one has something. */
static int steal(struct walker *w, struct taken *taken)
{
	struct walk *walk = w->walk;
	size_t own = (size_t)(w - walk->walkers);
	int rc = 0;

	for (unsigned int i = 1; i < walk->n_walkers && !taken->dir && rc == 0; i++)
		rc = pending_take_first(&walk->walkers[(own + i) % walk->n_walkers].pending, taken);
	return rc;
}

static int take_next(struct walker *w, struct taken *taken)
{
	if (pending_take_last(&w->pending, taken) < 0)
		return -1;
	if (taken->dir)
		return path_append(w, taken->dir->parent->path_len, taken->dir->name,
				   strlen(taken->dir->name))
			       ? 0
			       : -1;
	if (steal(w, taken) < 0)
		return -1;
	return taken->dir ? path_rebuild(w, taken->dir) : 0;
}

/* Wait for another thread to have something to enter. False: it is over. */
static bool wait_for_more(struct walk *walk, unsigned int seen)
{
	bool more;

	pthread_mutex_lock(&walk->lock);
	if (atomic_fetch_add(&walk->idle, 1) + 1 == walk->n_walkers) {
		walk->over = true;
		pthread_cond_broadcast(&walk->changed);
	}
	while (!walk->over && atomic_load(&walk->generation) == seen)
		pthread_cond_wait(&walk->changed, &walk->lock);
	more = !walk->over;
	atomic_fetch_sub(&walk->idle, 1);
	pthread_mutex_unlock(&walk->lock);
	return more;
}

/* The first thread begins with the top, before it looks for more. */
static int read_top(struct walker *w)
{
	const struct walk_tree *tree = w->walk->tree;
	size_t len = strlen(tree->path);

	if (pending_make_room(&w->path, &w->path_size, len + 1) < 0 ||
	    lseek(tree->fd, 0, SEEK_SET) < 0)
		return -1;
	memcpy(w->path, tree->path, len + 1);
	return is_below_excluded(w, len) ? 0 : read_dir(w, w->walk->top);
}

static int walk_dirs(struct walker *w)
{
	struct walk *walk = w->walk;
	int rc = w == walk->walkers ? read_top(w) : 0;

	while (rc == 0 && !stopped(walk)) {
		unsigned int seen = atomic_load(&walk->generation);
		struct taken taken;

		rc = take_next(w, &taken);
		if (rc == 0 && !taken.dir) {
			if (!wait_for_more(walk, seen))
				return 0;
			continue;
		}
		if (rc == 0)
			rc = taken.dir->fd >= 0 ? read_dir(w, taken.dir) : not_opened(w, &taken);
		if (taken.dir) {
			fd_cleanup_close(&taken.parent);
			dir_unref(taken.dir);
		}
	}
	return rc;
}

/* ---- names that are given ------------------------------------------------------------------- */

/* Where it counts: is the file, whose directory is not, on another mount? */
static bool is_mounted(const struct walk *walk, int dirfd, const struct statx *file)
{
	struct statx dir;

	return walk->tree->one_file_system && dir_look(dirfd, "", &dir) == 0 &&
	       dir_mount(&dir) != dir_mount(file);
}

static int visit_name(struct walker *w, char *name, size_t name_len)
{
	const struct walk *walk = w->walk;
	size_t len = strlen(walk->tree->path);
	struct walk_entry visited = { .dirfd = walk->top->fd, .type = S_IFDIR };
	_cleanup_close_ int dirfd = -1;
	struct statx stx;
	char *slash = strrchr(name, '/');

	if (pending_make_room(&w->path, &w->path_size, len + 1) < 0)
		return -1;
	memcpy(w->path, walk->tree->path, len + 1);
	if (name_len)
		len = path_append(w, len, name, name_len);
	if (!len)
		return -1;
	visited.path = w->path;
	visited.path_len = len;
	if (is_below_excluded(w, len))
		return 0;
	if (!name_len)
		return walk->calls->visit(w->thread, &visited);
	if (slash)
		*slash = '\0';
	visited.name = slash ? slash + 1 : name;
	dirfd = inroot_open_strict(walk->top->fd, slash ? name : ".", O_PATH | O_DIRECTORY,
				   walk->tree->one_file_system);
	/* What is not on this mount is left out, as it is where no list says that it is there. */
	if (dirfd < 0 && errno == EXDEV && walk->tree->one_file_system)
		return trouble(w, w->path, WALK_OTHER_FS, 0);
	if (dirfd < 0 || dir_look(dirfd, visited.name, &stx) < 0 ||
	    walk->calls->enter(w->thread, dirfd) < 0)
		/* ELOOP: by way of a symbolic link; ENOENT: the caller says that it is there. */
		return trouble(w, w->path, WALK_UNREACHED, errno);
	if (is_mounted(walk, dirfd, &stx))
		return trouble(w, w->path, WALK_OTHER_FS, 0);
	visited.dirfd = dirfd;
	visited.type = stx.stx_mode & S_IFMT;
	visited.links = S_ISDIR(stx.stx_mode) ? 0 : stx.stx_nlink;
	return walk->calls->visit(w->thread, &visited);
}

static int walk_names(struct walker *w)
{
	char name[PATH_MAX + 1];
	int rc = 0;

	while (rc == 0 && !stopped(w->walk)) {
		long len = names_next(&w->walk->names, name);

		if (len <= 0)
			return (int)len;
		if (len == PATH_MAX)
			rc = trouble(w, name, WALK_UNREACHED, ENAMETOOLONG);
		else if ((len = names_clean(name)) < 0)
			rc = trouble(w, name, WALK_UNREACHED, errno);
		else
			rc = visit_name(w, name, (size_t)len);
	}
	return rc;
}

/* ---- threads -------------------------------------------------------------------------------- */

static void *run(void *data)
{
	struct walker *w = data;
	struct walk *walk = w->walk;
	int rc;

	w->thread = walk->calls->begin(walk->data);
	rc = !w->thread ? -1 : walk->tree->names >= 0 ? walk_names(w) : walk_dirs(w);
	if (rc < 0) {
		fail(walk, errno);
		/* Nobody need wait for what this one has. */
		pthread_mutex_lock(&walk->lock);
		walk->over = true;
		pthread_cond_broadcast(&walk->changed);
		pthread_mutex_unlock(&walk->lock);
	}
	if (w->thread)
		walk->calls->end(w->thread);
	return NULL;
}

/* So many descriptors may the process have open. */
static rlim_t descriptors(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 1024;
}

/* No more than those for whom there are descriptors: a few at least for each stack, and for what it visits. */
static unsigned int threads_of(const struct walk_tree *tree)
{
	rlim_t most = descriptors() / 16;

	return most < 1 ? 1 : most < tree->threads ? (unsigned int)most : tree->threads;
}

/* How many directories a stack may hold open: half of what the process may have goes to all. */
static unsigned int share_of_descriptors(unsigned int threads)
{
	rlim_t share = descriptors() / 2 / threads;

	return share > 256 ? 256 : share < 4 ? 4 : (unsigned int)share;
}

static void walk_release(struct walk *walk)
{
	for (unsigned int i = 0; i < walk->n_walkers; i++) {
		struct walker *w = &walk->walkers[i];

		pending_free(&w->pending);
		free(w->path);
	}
	free(walk->walkers);
	if (walk->top)
		walk->top->fd = -1; /* the caller's */
	dir_unref(walk->top);
}

static int prepare(struct walk *walk)
{
	const struct walk_tree *tree = walk->tree;
	const unsigned int threads = threads_of(tree), share = share_of_descriptors(threads);

	walk->top = dir_new(NULL, "", strlen(tree->path));
	walk->walkers = calloc(threads, sizeof(struct walker));
	if (!walk->top || !walk->walkers)
		return -1;
	walk->top->fd = tree->fd;
	for (walk->n_walkers = 0; walk->n_walkers < threads; walk->n_walkers++) {
		struct walker *w = &walk->walkers[walk->n_walkers];

		w->walk = walk;
		pending_init(&w->pending, share);
	}
	return 0;
}

static int start(struct walk *walk)
{
	unsigned int started = 0;
	int err = 0;

	for (; started < walk->n_walkers && !err; started++)
		err = pthread_create(&walk->walkers[started].id, NULL, run,
				     &walk->walkers[started]);
	if (err) {
		started--;
		fail(walk, err);
		pthread_mutex_lock(&walk->lock);
		walk->over = true;
		pthread_cond_broadcast(&walk->changed);
		pthread_mutex_unlock(&walk->lock);
	}
	while (started > 0)
		pthread_join(walk->walkers[--started].id, NULL);
	errno = atomic_load(&walk->err);
	return errno ? -1 : 0;
}

int walk(const struct walk_tree *tree, const struct walk_calls *calls, void *data)
{
	__attribute__((cleanup(walk_release))) struct walk walk = {
		.tree = tree,
		.calls = calls,
		.data = data,
		.names = NAMES_INIT(tree->names),
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER,
	};

	return prepare(&walk) < 0 ? -1 : start(&walk);
}
