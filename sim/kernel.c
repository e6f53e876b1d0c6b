/* SPDX-License-Identifier: MIT */
/*
 * kernel.c - the simulated kernel's state and rules (see kernel.h).
 *
 * Section numbers are those of docs/kernel-abi.md.
 */
#include "kernel.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "secpol.h"

struct ns {
	unsigned id, depth;
	struct ns *parent; /* holds a reference */
	unsigned refs; /* credentials, child namespaces, callers */
	struct ns *next; /* all namespaces */
	struct timespec unused_since; /* when refs fell to 0 */
	void *instance; /* the selinuxfs layer's */
	struct secpol *policy;
	char *init_context; /* of the policy's initial SID, for tasks without another */
	bool enforcing;
	uint32_t seqno; /* latest granting */
	int *pending; /* booleans, as they will be after a commit */
	bool status_made; /* 4.11: the page exists once it was looked at */
	struct status_page status;
};

/* What a thread is, in its own namespace and in each ancestor. */
struct cred {
	unsigned refs;
	struct ns *ns;
	struct cred *parent;
	char *context[ATTR_COUNT]; /* NULL: unset, or (current, prev) the initial SID's */
};

struct task {
	pid_t tid, tgid;
	bool zombie;
	struct cred *cred;
	bool exec_prepared;
	char *exec_context; /* the outcome of task_exec_prepare() */
	struct task *next;
};

#define TASK_BUCKETS 256
#define ORPHANS_MS   200

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kernel_options options;
static struct ns *namespaces;
static struct ns *init_ns;
static unsigned ns_count, ns_next_id;
static struct task *tasks[TASK_BUCKETS];

const char *const attr_names[ATTR_COUNT] = {
	"current", "exec", "fscreate", "keycreate", "prev", "sockcreate",
};

enum attr attr_by_name(const char *name)
{
	for (unsigned i = 0; i < ATTR_COUNT; i++)
		if (!strcmp(attr_names[i], name))
			return (enum attr)i;
	return ATTR_COUNT;
}

static void take(void)
{
	pthread_mutex_lock(&lock);
}

static void give(void)
{
	pthread_mutex_unlock(&lock);
}

/* ---- audit ------------------------------------------------------------- */

__attribute__((format(printf, 1, 2))) static void audit(const char *fmt, ...)
{
	char record[4096];
	va_list ap;
	int n;

	if (options.audit_fd < 0)
		return;
	va_start(ap, fmt);
	n = vsnprintf(record, sizeof(record), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(record))
		n = sizeof(record) - 1;
	/* A record that cannot be written is lost, as one is in a full kernel log. */
	if (n > 0 && write(options.audit_fd, record, (size_t)n) < 0)
		return;
}

/* ---- namespaces -------------------------------------------------------- */

static struct ns *ns_new(struct ns *parent)
{
	struct ns *ns = calloc(1, sizeof(*ns));

	if (!ns)
		return NULL;
	ns->id = ns_next_id++;
	ns->parent = parent;
	if (parent) {
		parent->refs++;
		ns->depth = parent->depth + 1;
	}
	ns->next = namespaces;
	namespaces = ns;
	ns_count++;
	return ns;
}

static void ns_unref(struct ns *ns)
{
	if (--ns->refs == 0)
		clock_gettime(CLOCK_MONOTONIC, &ns->unused_since);
}

/* The namespace ends: it counts no more, and lets go of its parent. */
static void ns_end(struct ns *ns)
{
	struct ns **at = &namespaces;

	while (*at != ns)
		at = &(*at)->next;
	*at = ns->next;
	ns_count--;
	if (ns->parent)
		ns_unref(ns->parent);
	ns->parent = NULL;
}

void ns_dispose(struct ns *ns)
{
	secpol_free(ns->policy);
	free(ns->init_context);
	free(ns->pending);
	free(ns);
}

/* ---- credentials ------------------------------------------------------- */

static void cred_put(struct cred *cred)
{
	while (cred && --cred->refs == 0) {
		struct cred *parent = cred->parent;

		for (unsigned i = 0; i < ATTR_COUNT; i++)
			free(cred->context[i]);
		ns_unref(cred->ns);
		free(cred);
		cred = parent;
	}
}

static struct cred *cred_new(struct ns *ns, struct cred *parent)
{
	struct cred *cred = calloc(1, sizeof(*cred));

	if (!cred)
		return NULL;
	cred->refs = 1;
	cred->ns = ns;
	ns->refs++;
	cred->parent = parent;
	if (parent)
		parent->refs++;
	return cred;
}

/* A copy of its own for a new thread: only its own level can still change. */
static struct cred *cred_copy(const struct cred *old)
{
	struct cred *cred = cred_new(old->ns, old->parent);

	if (!cred)
		return NULL;
	for (unsigned i = 0; i < ATTR_COUNT; i++) {
		if (!old->context[i])
			continue;
		cred->context[i] = strdup(old->context[i]);
		if (!cred->context[i]) {
			cred_put(cred);
			return NULL;
		}
	}
	return cred;
}

static void cred_set(struct cred *cred, enum attr attr, char *value)
{
	free(cred->context[attr]);
	cred->context[attr] = value;
}

/* The context by which this namespace knows the thread (3.1, 3.2). */
static const char *cred_context(const struct cred *cred)
{
	if (cred->context[ATTR_CURRENT])
		return cred->context[ATTR_CURRENT];
	return cred->ns->policy ? cred->ns->init_context : "kernel";
}

/* ---- tasks ------------------------------------------------------------- */

static struct task *task_find(pid_t tid)
{
	struct task *task = tasks[(unsigned)tid % TASK_BUCKETS];

	while (task && (task->tid != tid || task->zombie))
		task = task->next;
	return task;
}

/* Also one that no one has waited for yet: it still has its context. */
static struct task *task_find_any(pid_t tid)
{
	struct task *task = task_find(tid);

	if (task)
		return task;
	task = tasks[(unsigned)tid % TASK_BUCKETS];
	while (task && task->tid != tid)
		task = task->next;
	return task;
}

static int task_add(pid_t tid, pid_t tgid, struct cred *cred)
{
	struct task *task = calloc(1, sizeof(*task));
	struct task **bucket = &tasks[(unsigned)tid % TASK_BUCKETS];

	if (!task) {
		cred_put(cred);
		return -ENOMEM;
	}
	task->tid = tid;
	task->tgid = tgid;
	task->cred = cred;
	task->next = *bucket;
	*bucket = task;
	return 0;
}

static void task_free(struct task *task)
{
	struct task **at = &tasks[(unsigned)task->tid % TASK_BUCKETS];

	while (*at != task)
		at = &(*at)->next;
	*at = task->next;
	cred_put(task->cred);
	free(task->exec_context);
	free(task);
}

static bool task_single_threaded(const struct task *task)
{
	for (unsigned i = 0; i < TASK_BUCKETS; i++)
		for (struct task *t = tasks[i]; t; t = t->next)
			if (t != task && !t->zombie && t->tgid == task->tgid)
				return false;
	return true;
}

int task_first(pid_t tid)
{
	struct cred *cred;
	int rc = -ENOMEM;

	take();
	cred = cred_new(init_ns, NULL);
	if (cred && options.context) {
		cred->context[ATTR_CURRENT] = strdup(options.context);
		cred->context[ATTR_PREV] = strdup(options.context);
	}
	if (cred)
		rc = task_add(tid, tid, cred);
	give();
	return rc;
}

int task_fork(pid_t parent, pid_t tid, pid_t tgid)
{
	struct task *from, *known;
	struct cred *cred;
	int rc = -ESRCH;

	take();
	from = task_find(parent);
	known = task_find(tid);
	if (from) {
		cred = cred_copy(from->cred);
		if (cred && known)
			task_free(known); /* it was adopted too early */
		rc = cred ? task_add(tid, tgid, cred) : -ENOMEM;
	}
	give();
	return rc;
}

/* What the last one that was killed was: a child that it never told of inherits it. Kept for a
 * moment only, since it keeps a namespace. */
static struct cred *orphans_cred;
static struct timespec orphans_since;

static long long ms_since(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - then->tv_sec) * 1000LL + (now.tv_nsec - then->tv_nsec) / 1000000;
}

static void orphans_forget(long long older_than_ms)
{
	if (orphans_cred && ms_since(&orphans_since) >= older_than_ms) {
		cred_put(orphans_cred);
		orphans_cred = NULL;
	}
}

int task_adopt(pid_t tid, pid_t tgid)
{
	struct cred *cred;
	int rc;

	take();
	cred = orphans_cred ? cred_copy(orphans_cred) : cred_new(init_ns, NULL);
	rc = cred ? task_add(tid, tgid, cred) : -ENOMEM;
	give();
	return rc;
}

bool task_same_process(pid_t tid, pid_t other)
{
	struct task *a, *b;
	bool same;

	take();
	a = task_find_any(tid);
	b = task_find_any(other);
	same = a && b && a->tgid == b->tgid;
	give();
	return same;
}

bool task_group_alive(pid_t tgid)
{
	bool alive = false;

	take();
	for (unsigned i = 0; i < TASK_BUCKETS && !alive; i++)
		for (struct task *t = tasks[i]; t && !alive; t = t->next)
			alive = !t->zombie && t->tgid == tgid;
	give();
	return alive;
}

void task_exit(pid_t tid, bool zombie, bool killed)
{
	struct task *task;

	take();
	task = task_find(tid);
	if (task && killed) {
		orphans_forget(0);
		orphans_cred = task->cred;
		orphans_cred->refs++;
		clock_gettime(CLOCK_MONOTONIC, &orphans_since);
	}
	if (task && zombie)
		task->zombie = true;
	else if (task)
		task_free(task);
	give();
}

bool task_known(pid_t tid)
{
	bool known;

	take();
	known = task_find(tid) != NULL;
	give();
	return known;
}

size_t task_list(pid_t **tids)
{
	size_t n = 0, room = 0;

	*tids = NULL;
	take();
	for (unsigned i = 0; i < TASK_BUCKETS; i++) {
		for (struct task *t = tasks[i]; t; t = t->next) {
			if (t->zombie)
				continue;
			if (n == room) {
				pid_t *more = realloc(*tids, (room + 64) * sizeof(pid_t));

				if (!more)
					break;
				*tids = more;
				room += 64;
			}
			(*tids)[n++] = t->tid;
		}
	}
	give();
	return n;
}

struct ns *task_ns(pid_t tid)
{
	struct task *task;
	struct ns *ns;

	take();
	task = task_find(tid);
	ns = task ? task->cred->ns : NULL;
	give();
	return ns;
}

/* ---- permission checks ------------------------------------------------- */

/* One namespace's answer. */
static int check(const struct task *task, struct ns *ns, const char *scontext, const char *tcontext,
		 const char *tclass, const char *perm)
{
	bool permissive = false;

	if (!ns->policy || secpol_allows(ns->policy, scontext, tcontext, tclass, perm, &permissive))
		return 0;
	permissive = permissive || !ns->enforcing;
	/* 8.1: nothing in the record names the namespace. */
	audit("avc:  denied  { %s } for  pid=%d scontext=%s tcontext=%s tclass=%s permissive=%d\n",
	      perm, (int)task->tid, scontext, tcontext, tclass, permissive);
	return permissive ? 0 : -EACCES;
}

/* What one does to one's own namespace is asked of that namespace alone, as the series says:
 * it affects no other. target: an initial SID's name. */
static int check_own(const struct task *task, const char *target, const char *tclass,
		     const char *perm)
{
	struct ns *ns = task->cred->ns;
	char *tcontext = NULL;
	int rc;

	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): every task is in a namespace */
	if (!ns->policy)
		return 0;
	if (secpol_initial_sid(ns->policy, target, &tcontext))
		return -ENOMEM;
	rc = check(task, ns, cred_context(task->cred), tcontext, tclass, perm);
	free(tcontext);
	return rc;
}

int ns_check_owner(struct ns *ns, pid_t tid)
{
	return task_ns(tid) == ns ? 0 : -EPERM;
}

int ns_check_security(struct ns *ns, pid_t tid, const char *perm)
{
	struct task *task;
	int rc = -EPERM;

	take();
	task = task_find(tid);
	if (task && task->cred->ns == ns)
		rc = check_own(task, "security", "security", perm);
	give();
	return rc;
}

/* ---- unshare ----------------------------------------------------------- */

int task_unshare(pid_t tid)
{
	struct task *task;
	struct ns *ns, *old;
	struct cred *cred;
	const char *context;
	int rc = 0;

	take();
	task = task_find(tid);
	if (!task) {
		give();
		return -ESRCH;
	}
	old = task->cred->ns;
	context = cred_context(task->cred);
	/* 2.2: in the current namespace only. */
	if (options.kind == KERNEL_NODE) {
		char *security = NULL;

		if (old->policy && !secpol_initial_sid(old->policy, "security", &security))
			rc = check(task, old, context, security, "security", "unshare");
		free(security);
	} else {
		rc = check(task, old, context, context, "process2", "unshare_selinuxns");
	}
	/* 6.1 */
	if (!rc && (ns_count >= options.maxns || old->depth >= options.maxnsdepth))
		rc = -ENOSPC;
	if (!rc) {
		ns = ns_new(old);
		cred = ns ? cred_new(ns, task->cred) : NULL;
		if (!cred) {
			if (ns) {
				ns_end(ns);
				ns_dispose(ns);
			}
			rc = -ENOMEM;
		} else {
			/* cred_new() took a reference for the chain; the task's own goes. */
			cred_put(task->cred);
			task->cred = cred;
			/* 2.5: exec and creation contexts are reset; the parent's view of them is
			 * of no more use, but its current context stays (3.3). */
			for (unsigned i = 0; i < ATTR_COUNT; i++)
				if (i != ATTR_CURRENT && i != ATTR_PREV)
					cred_set(cred->parent, (enum attr)i, NULL);
		}
	}
	give();
	return rc;
}

bool task_is_unshared(pid_t tid)
{
	struct task *task;
	bool unshared = false;

	take();
	task = task_find(tid);
	if (task)
		unshared = task->cred->ns != init_ns && !task->cred->ns->policy;
	give();
	return unshared;
}

/* ---- attributes -------------------------------------------------------- */

/* How the viewer's namespace knows a task (3.3, 3.4). target NULL: not of this machine's
 * traced processes, so a process of the kernel's start. malloc'ed. */
static char *view(const struct ns *viewer, const struct task *target)
{
	char *context = NULL;

	if (!target && viewer == init_ns) {
		if (!viewer->policy)
			return strdup("kernel");
		return secpol_initial_sid(viewer->policy, "kernel", &context) ? NULL : context;
	}
	for (const struct cred *c = target ? target->cred : NULL; c; c = c->parent)
		if (c->ns == viewer)
			return strdup(cred_context(c));
	if (!viewer->policy)
		return strdup("unlabeled");
	return secpol_initial_sid(viewer->policy, "unlabeled", &context) ? NULL : context;
}

/* 2.6: an access to another task needs this namespace's permission and each ancestor's, each
 * by its own view of both. */
static int check_task(const struct task *who, const struct task *target, const char *perm)
{
	for (const struct cred *c = who->cred; c; c = c->parent) {
		char *context = view(c->ns, target);
		int rc = context ? check(who, c->ns, cred_context(c), context, "process", perm)
				 : -ENOMEM;

		free(context);
		if (rc)
			return rc;
	}
	return 0;
}

/* What this namespace has for a task; NULL: it is in none of that namespace's descendants. */
static const struct cred *cred_in(const struct task *task, const struct ns *ns)
{
	const struct cred *c = task ? task->cred : NULL;

	while (c && c->ns != ns)
		c = c->parent;
	return c;
}

/* 3.6: without namespaces, a context that the policy does not know (any more) shows as unlabeled. */
static int show_invalid(const struct ns *viewer, char **value)
{
	bool namespaces = options.kind == KERNEL_LSM || options.kind == KERNEL_NODE;

	if (namespaces || !*value || !viewer->policy ||
	    secpol_context_valid(viewer->policy, *value))
		return 0;
	free(*value);
	*value = NULL;
	return secpol_initial_sid(viewer->policy, "unlabeled", value);
}

/* The value of an attribute in the viewer's namespace, malloc'ed; NULL: unset. */
static int attr_value(const struct ns *viewer, const struct task *target, enum attr attr,
		      char **value)
{
	const struct cred *c = cred_in(target, viewer);
	const char *text = NULL;

	*value = NULL;
	if (attr == ATTR_CURRENT || (attr == ATTR_PREV && !c)) {
		*value = view(viewer, target);
		return *value ? 0 : -ENOMEM;
	}
	if (c)
		text = c->context[attr];
	/* Before its first exec or setcon a task was what it began as. */
	if (c && attr == ATTR_PREV && !text)
		text = viewer->policy ? viewer->init_context : "kernel";
	if (text)
		*value = strdup(text);
	return text && !*value ? -ENOMEM : 0;
}

ssize_t task_attr_get(pid_t reader, pid_t tid, enum attr attr, char **value)
{
	struct task *who, *target;
	ssize_t len = -ESRCH;

	*value = NULL;
	take();
	who = task_find(reader);
	target = task_find_any(tid);
	if (who) {
		len = who == target ? 0 : check_task(who, target, "getattr");
		if (!len)
			len = attr_value(who->cred->ns, target, attr, value);
		if (!len)
			len = show_invalid(who->cred->ns, value);
		if (!len && *value)
			len = (ssize_t)strlen(*value) + 1;
	}
	give();
	return len;
}

static int set_current(struct task *task, const char *context)
{
	struct ns *ns = task->cred->ns;
	const char *old = cred_context(task->cred);
	char *copy;
	int rc;

	/* A thread among others may only narrow its type. */
	if (!task_single_threaded(task) && !secpol_bounded(ns->policy, old, context))
		return -EPERM;
	rc = check(task, ns, old, context, "process", "dyntransition");
	if (rc)
		return rc;
	copy = strdup(context);
	if (!copy)
		return -ENOMEM;
	cred_set(task->cred, ATTR_CURRENT, copy);
	return 0;
}

static int attr_set(struct task *task, enum attr attr, const char *text)
{
	static const char *const perms[ATTR_COUNT] = {
		"setcurrent", "setexec", "setfscreate", "setkeycreate", NULL, "setsockcreate",
	};
	char *context = NULL;
	int rc;

	if (attr >= ATTR_COUNT || !perms[attr])
		return -EOPNOTSUPP;
	/* As check_own(): only what this namespace takes the thread for changes. */
	rc = check(task, task->cred->ns, cred_context(task->cred), cred_context(task->cred),
		   "process", perms[attr]);
	if (rc)
		return rc;
	if (!task->cred->ns->policy)
		return 0; /* 3.1: succeeds and changes nothing one can see */
	if (*text) {
		rc = secpol_context_canonical(task->cred->ns->policy, text, &context);
		if (rc)
			return rc;
	}
	if (attr == ATTR_CURRENT) {
		rc = context ? set_current(task, context) : -EINVAL;
		free(context);
		return rc;
	}
	cred_set(task->cred, attr, context);
	return 0;
}

int task_attr_set(pid_t tid, enum attr attr, const char *value, size_t len)
{
	struct task *task;
	char *text;
	int rc = -ESRCH;

	/* The string ends at a NUL or, if it is the last byte, a newline. */
	text = strndup(value, len);
	if (!text)
		return -ENOMEM;
	len = strlen(text);
	if (len && text[len - 1] == '\n')
		text[len - 1] = '\0';
	take();
	task = task_find(tid);
	if (task)
		rc = attr_set(task, attr, text);
	give();
	free(text);
	return rc;
}

int task_context_check(pid_t tid, const char *context)
{
	struct task *task;
	bool valid = false;

	take();
	task = task_find(tid);
	if (task)
		valid = !task->cred->ns->policy ||
			secpol_context_valid(task->cred->ns->policy, context);
	give();
	return valid ? 0 : -EINVAL;
}

/* ---- exec -------------------------------------------------------------- */

static int file_context(const struct ns *ns, const char *label, char **context)
{
	if (label && !secpol_context_canonical(ns->policy, label, context))
		return 0;
	return secpol_initial_sid(ns->policy, label ? "unlabeled" : "file", context);
}

int task_file_context(pid_t tid, const char *label, char **context)
{
	struct task *task;
	int rc = -EOPNOTSUPP;

	take();
	task = task_find(tid);
	if (task && task->cred->ns->policy)
		rc = file_context(task->cred->ns, label, context);
	give();
	return rc;
}

bool task_needs_label(pid_t tid)
{
	struct task *task;
	bool needs;

	take();
	task = task_find(tid);
	needs = task && task->cred->ns->policy;
	give();
	return needs;
}

/* Without new privileges, or from a nosuid mount, only a narrower context is reached. */
static bool transition_restricted(struct task *task, const char *old, const char *new,
				  bool no_new_privs, bool nosuid)
{
	struct ns *ns = task->cred->ns;

	if (!no_new_privs && !nosuid)
		return false;
	if (secpol_polcap_by_name(ns->policy, "nnp_nosuid_transition") &&
	    !(no_new_privs && check(task, ns, old, new, "process2", "nnp_transition")) &&
	    !(nosuid && check(task, ns, old, new, "process2", "nosuid_transition")))
		return false;
	return !secpol_bounded(ns->policy, old, new);
}

static int exec_decide(struct task *task, const char *file, bool no_new_privs, bool nosuid,
		       char **out)
{
	struct ns *ns = task->cred->ns;
	const char *old = cred_context(task->cred);
	const char *asked = task->cred->context[ATTR_EXEC];
	uint16_t process = secpol_class_value(ns->policy, "process");
	char *new = NULL;
	int rc;

	if (asked)
		new = strdup(asked);
	else if (secpol_compute_create(ns->policy, old, file, process, NULL, &new))
		new = strdup(old);
	if (!new)
		return -ENOMEM;
	if (strcmp(new, old) && transition_restricted(task, old, new, no_new_privs, nosuid)) {
		free(new);
		if (asked)
			return no_new_privs ? -EPERM : -EACCES;
		new = strdup(old);
		if (!new)
			return -ENOMEM;
	}
	rc = 0;
	if (strcmp(new, old)) {
		rc = check(task, ns, old, new, "process", "transition");
		if (!rc)
			rc = check(task, ns, new, file, "file", "entrypoint");
	}
	if (rc)
		free(new);
	else
		*out = new;
	return rc;
}

int task_exec_prepare(pid_t tid, const char *label, bool no_new_privs, bool nosuid)
{
	struct task *task;
	int rc = 0;

	take();
	task = task_find(tid);
	if (!task) {
		rc = -ESRCH;
	} else {
		free(task->exec_context);
		task->exec_context = NULL;
		task->exec_prepared = true;
		if (task->cred->ns->policy) {
			char *file = NULL;

			rc = file_context(task->cred->ns, label, &file);
			if (!rc)
				rc = exec_decide(task, file, no_new_privs, nosuid,
						 &task->exec_context);
			free(file);
		}
	}
	give();
	return rc;
}

bool task_exec_changes(pid_t tid)
{
	struct task *task;
	bool changes;

	take();
	task = task_find(tid);
	changes = task && task->exec_context &&
		  strcmp(task->exec_context, cred_context(task->cred)) != 0;
	give();
	return changes;
}

void task_exec(pid_t tid, pid_t former_tid)
{
	struct task *task, *leader;

	take();
	task = task_find(former_tid);
	if (task && former_tid != tid) {
		/* A thread that is not the leader takes over the leader's id. */
		struct cred *cred = task->cred;
		char *context = task->exec_context;

		cred->refs++;
		task->exec_context = NULL;
		task_free(task);
		leader = task_find(tid);
		if (leader) {
			cred_put(leader->cred);
			leader->cred = cred;
			free(leader->exec_context);
			leader->exec_context = context;
			leader->exec_prepared = true;
		} else {
			task_add(tid, tid, cred);
			free(context);
		}
		task = task_find(tid);
	}
	if (task && task->exec_prepared) {
		struct cred *cred = task->cred;
		const char *current = cred->context[ATTR_CURRENT];
		char *old = current ? strdup(current) : NULL;

		cred_set(cred, ATTR_PREV, old);
		if (task->exec_context)
			cred_set(cred, ATTR_CURRENT, task->exec_context);
		task->exec_context = NULL;
		task->exec_prepared = false;
		cred_set(cred, ATTR_EXEC, NULL);
		cred_set(cred, ATTR_FSCREATE, NULL);
		cred_set(cred, ATTR_KEYCREATE, NULL);
		cred_set(cred, ATTR_SOCKCREATE, NULL);
	}
	give();
}

/* ---- policy, mode, booleans, status ------------------------------------ */

unsigned ns_id(const struct ns *ns)
{
	return ns->id;
}

bool ns_is_init(const struct ns *ns)
{
	return ns == init_ns;
}

void ns_get(struct ns *ns)
{
	take();
	ns->refs++;
	give();
}

void ns_put(struct ns *ns)
{
	take();
	ns_unref(ns);
	give();
}

/* The page counts only what happens after it was first looked at (4.11). */
static void status_update(struct ns *ns, bool load)
{
	if (!ns->status_made)
		return;
	ns->status.sequence += 2;
	ns->status.enforcing = ns->enforcing;
	if (load) {
		ns->status.policyload = ns->seqno;
		ns->status.deny_unknown = ns->policy && secpol_deny_unknown(ns->policy);
	}
}

/* Replaces the namespace's policy; pending booleans start from the policy's own. */
static int policy_install(struct ns *ns, struct secpol *policy)
{
	size_t n = secpol_bool_count(policy);
	char *init_context;
	int *pending;

	if (secpol_initial_sid(policy, "init", &init_context))
		return -EINVAL;
	pending = calloc(n ? n : 1, sizeof(int));
	if (!pending) {
		free(init_context);
		return -ENOMEM;
	}
	/* A boolean that both policies have keeps its value over a reload, as in the kernel. */
	for (size_t i = 0; i < n; i++) {
		pending[i] = secpol_bool_get(policy, i);
		for (size_t j = 0; ns->policy && j < secpol_bool_count(ns->policy); j++)
			if (!strcmp(secpol_bool_name(policy, i), secpol_bool_name(ns->policy, j)))
				pending[i] = secpol_bool_get(ns->policy, j);
	}
	if (ns->policy && secpol_bools_commit(policy, pending)) {
		free(pending);
		free(init_context);
		return -ENOMEM;
	}
	secpol_free(ns->policy);
	free(ns->pending);
	free(ns->init_context);
	ns->policy = policy;
	ns->pending = pending;
	ns->init_context = init_context;
	ns->seqno++;
	status_update(ns, true);
	return 0;
}

int ns_load_policy(struct ns *ns, pid_t tid, const void *image, size_t len)
{
	struct secpol *policy = NULL;
	int rc = ns_check_owner(ns, tid);

	if (!rc)
		rc = ns_check_security(ns, tid, "load_policy");
	if (rc)
		return rc;
	take();
	if (secpol_parse(image, len, options.policyvers, &policy) || secpol_reject_unknown(policy))
		rc = -EINVAL;
	else
		rc = policy_install(ns, policy);
	if (rc)
		secpol_free(policy);
	else
		audit("type=MAC_POLICY_LOAD pid=%d lsm=selinux res=1\n", (int)tid);
	give();
	return rc;
}

bool ns_enforcing(struct ns *ns)
{
	bool enforcing;

	take();
	enforcing = ns->enforcing;
	give();
	return enforcing;
}

int ns_set_enforcing(struct ns *ns, pid_t tid, bool enforcing)
{
	int rc = ns_check_owner(ns, tid);

	if (!rc && ns_enforcing(ns) != enforcing)
		rc = ns_check_security(ns, tid, "setenforce");
	if (rc)
		return rc;
	take();
	if (ns->enforcing != enforcing) {
		audit("type=MAC_STATUS pid=%d enforcing=%d old_enforcing=%d lsm=selinux res=1\n",
		      (int)tid, enforcing, ns->enforcing);
		ns->enforcing = enforcing;
		status_update(ns, false);
	}
	give();
	return 0;
}

uint32_t ns_seqno(struct ns *ns)
{
	uint32_t seqno;

	take();
	seqno = ns->seqno;
	give();
	return seqno;
}

int ns_with_policy(struct ns *ns, int (*fn)(struct secpol *policy, void *data), void *data)
{
	int rc;

	take();
	rc = fn(ns->policy, data);
	give();
	return rc;
}

static int bool_index(const struct ns *ns, const char *name)
{
	size_t n = ns->policy ? secpol_bool_count(ns->policy) : 0;

	for (size_t i = 0; i < n; i++)
		if (!strcmp(secpol_bool_name(ns->policy, i), name))
			return (int)i;
	return -ENOENT;
}

int ns_bool_pending(struct ns *ns, const char *name, int *pending)
{
	int i;

	take();
	i = bool_index(ns, name);
	if (i >= 0)
		*pending = ns->pending[i];
	give();
	return i < 0 ? i : 0;
}

int ns_bool_set_pending(struct ns *ns, const char *name, int value)
{
	int i;

	take();
	i = bool_index(ns, name);
	if (i >= 0)
		ns->pending[i] = value;
	give();
	return i < 0 ? i : 0;
}

int ns_bools_commit(struct ns *ns)
{
	int rc = 0;

	take();
	/* Where there is none to set, all are set. */
	if (ns->policy && secpol_bool_count(ns->policy)) {
		size_t n = secpol_bool_count(ns->policy);

		for (size_t i = 0; i < n; i++)
			if (ns->pending[i] != secpol_bool_get(ns->policy, i))
				audit("type=MAC_CONFIG_CHANGE bool=%s val=%d old_val=%d lsm=selinux res=1\n",
				      secpol_bool_name(ns->policy, i), ns->pending[i],
				      secpol_bool_get(ns->policy, i));
		rc = secpol_bools_commit(ns->policy, ns->pending);
		if (!rc) {
			ns->seqno++;
			status_update(ns, true);
		}
	}
	give();
	return rc;
}

void ns_status(struct ns *ns, struct status_page *page)
{
	take();
	if (!ns->status_made) {
		ns->status_made = true;
		ns->status.version = 1;
		ns->status.enforcing = ns->enforcing;
		ns->status.deny_unknown = !ns->policy || secpol_deny_unknown(ns->policy);
	}
	*page = ns->status;
	give();
}

bool ns_status_made(struct ns *ns)
{
	bool made;

	take();
	made = ns->status_made;
	give();
	return made;
}

unsigned kernel_limit(char which)
{
	unsigned value;

	take();
	value = which == 'd' ? options.maxnsdepth : options.maxns;
	give();
	return value;
}

void kernel_set_limit(char which, unsigned value)
{
	take();
	if (which == 'd')
		options.maxnsdepth = value;
	else
		options.maxns = value;
	give();
}

/* ---- the end of namespaces --------------------------------------------- */

void kernel_set_instance(struct ns *ns, void *instance)
{
	take();
	ns->instance = instance;
	give();
}

void *kernel_instance(struct ns *ns)
{
	void *instance;

	take();
	instance = ns->instance;
	give();
	return instance;
}

static bool still_zombie(pid_t tid)
{
	char path[64];
	char stat[512];
	const char *end;
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)tid);
	f = fopen(path, "re");
	if (!f)
		return false;
	n = fread(stat, 1, sizeof(stat) - 1, f);
	fclose(f);
	stat[n] = '\0';
	end = strrchr(stat, ')');
	return end && end[1] == ' ' && end[2] == 'Z';
}

static void reap_zombies(void)
{
	pid_t waiting[64];
	unsigned n = 0;

	take();
	for (unsigned i = 0; i < TASK_BUCKETS; i++)
		for (struct task *t = tasks[i]; t; t = t->next)
			if (t->zombie && n < sizeof(waiting) / sizeof(waiting[0]))
				waiting[n++] = t->tid;
	give();
	for (unsigned i = 0; i < n; i++) {
		struct task *t;

		if (still_zombie(waiting[i]))
			continue;
		take();
		t = tasks[(unsigned)waiting[i] % TASK_BUCKETS];
		while (t && (t->tid != waiting[i] || !t->zombie))
			t = t->next;
		if (t)
			task_free(t);
		give();
	}
}

static bool delay_over(const struct ns *ns)
{
	return ms_since(&ns->unused_since) >= options.free_delay_ms;
}

/* The first namespace without users after so many others without, held by a reference. */
static struct ns *unused_hold(unsigned skip)
{
	struct ns *ns;

	take();
	for (ns = namespaces; ns; ns = ns->next)
		if (ns->refs == 0 && skip-- == 0)
			break;
	if (ns)
		ns->refs++;
	give();
	return ns;
}

void kernel_reap(bool (*mounted)(struct ns *ns), void (*released)(struct ns *ns))
{
	struct ns *ns;
	unsigned kept = 0;

	reap_zombies();
	take();
	orphans_forget(ORPHANS_MS);
	give();
	while ((ns = unused_hold(kept))) {
		bool still_mounted = mounted(ns), ended = false;

		take();
		/* A mount may have been found again by a new task: then it is in use. */
		if (--ns->refs == 0) {
			ended = !still_mounted && delay_over(ns);
			if (ended)
				ns_end(ns);
			else
				kept++;
		}
		give();
		if (ended)
			released(ns);
	}
}

/* ---- start ------------------------------------------------------------- */

enum kernel_kind kernel_kind(void)
{
	return options.kind;
}

bool kernel_has_selinux(void)
{
	return options.kind != KERNEL_DISABLED;
}

unsigned kernel_policyvers(void)
{
	return options.policyvers;
}

struct ns *kernel_init_ns(void)
{
	return init_ns;
}

int kernel_start(const struct kernel_options *given)
{
	struct secpol *policy = NULL;
	int rc;

	options = *given;
	init_ns = ns_new(NULL);
	if (!init_ns)
		return -ENOMEM;
	init_ns->refs = 1; /* the machine's own */
	init_ns->enforcing = options.enforcing;
	if (!options.policy)
		return 0;
	rc = secpol_parse(options.policy, options.policy_len, options.policyvers, &policy);
	if (!rc)
		rc = policy_install(init_ns, policy);
	if (rc) {
		secpol_free(policy);
		return rc;
	}
	if (options.context && !secpol_context_valid(init_ns->policy, options.context)) {
		if (options.context_asked)
			return -ENOKEY;
		options.context = NULL;
	}
	return 0;
}
