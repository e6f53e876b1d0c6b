/* SPDX-License-Identifier: MIT */
/*
 * selinuxfs.c - the files of a selinuxfs instance (see selinuxfs.h).
 *
 * Section numbers are those of docs/kernel-abi.md.
 */
#include "selinuxfs.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "fault.h"
#include "secpol.h"

struct selinuxfs_file {
	struct ns *ns;
	char *path;
	char *answer; /* of a transaction file or a snapshot; NULL: made on each read */
	size_t answer_len;
	bool asked; /* a transaction file takes one question */
	/* How far FUSE moved the file's position by writes, which a real selinuxfs never moves. */
	off_t moved;
};

/* A file's content or its answer to a write. */
struct text {
	char *buf;
	size_t len;
};

static int text_set(struct text *t, const char *buf, size_t len)
{
	t->buf = malloc(len ? len : 1);
	if (!t->buf)
		return -ENOMEM;
	memcpy(t->buf, buf, len);
	t->len = len;
	return 0;
}

__attribute__((format(printf, 2, 3))) static int text_print(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&t->buf, fmt, ap);
	va_end(ap);
	if (n < 0)
		return -ENOMEM;
	t->len = (size_t)n;
	return 0;
}

/* A context as the kernel hands it out: with its NUL. Takes the string. */
static int text_context(struct text *t, char *context)
{
	t->buf = context;
	t->len = strlen(context) + 1;
	return 0;
}

/* ---- reading ----------------------------------------------------------- */

static int read_enforce(struct ns *ns, struct text *t)
{
	return text_print(t, "%d", ns_enforcing(ns));
}

static int read_policyvers(struct ns *ns, struct text *t)
{
	(void)ns;
	return text_print(t, "%u", kernel_policyvers());
}

static int mls_flag(struct secpol *p, void *data)
{
	(void)data;
	return p && secpol_mls(p);
}

/* 4.5: before a policy is loaded, unknown permissions count as denied here. */
static int deny_flag(struct secpol *p, void *data)
{
	(void)data;
	return !p || secpol_deny_unknown(p);
}

static int reject_flag(struct secpol *p, void *data)
{
	(void)data;
	return p && secpol_reject_unknown(p);
}

static int read_mls(struct ns *ns, struct text *t)
{
	return text_print(t, "%d", ns_with_policy(ns, mls_flag, NULL));
}

static int read_deny_unknown(struct ns *ns, struct text *t)
{
	return text_print(t, "%d", ns_with_policy(ns, deny_flag, NULL));
}

static int read_reject_unknown(struct ns *ns, struct text *t)
{
	return text_print(t, "%d", ns_with_policy(ns, reject_flag, NULL));
}

static int read_zero(struct ns *ns, struct text *t)
{
	(void)ns;
	return text_print(t, "0");
}

static int read_maxns(struct ns *ns, struct text *t)
{
	(void)ns;
	return text_print(t, "%u", kernel_limit('n'));
}

static int read_maxnsdepth(struct ns *ns, struct text *t)
{
	(void)ns;
	return text_print(t, "%u", kernel_limit('d'));
}

/* 1.6: 1 whenever the namespace is not the init one, whatever was loaded. */
static int read_unshare(struct ns *ns, struct text *t)
{
	return text_print(t, "%d", !ns_is_init(ns));
}

static int read_status(struct ns *ns, struct text *t)
{
	struct status_page page;

	ns_status(ns, &page);
	return text_set(t, (const char *)&page, sizeof(page));
}

static int copy_image(struct secpol *p, void *data)
{
	struct text *t = data;
	void *image;
	int rc;

	if (!p)
		return -EINVAL;
	rc = secpol_image(p, &image, &t->len);
	if (!rc)
		t->buf = image;
	return rc;
}

/* ---- writing: one question, one answer ---------------------------------- */

struct question {
	const char *text; /* NUL-terminated */
	uint32_t seqno;
	struct text *answer;
};

/* scontext tcontext tclass [rest]: contexts have no blanks. */
struct triple {
	char scon[PATH_MAX], tcon[PATH_MAX], rest[PATH_MAX];
	uint16_t tclass;
};

static int triple_parse(const char *text, struct triple *q)
{
	int n;

	if (strlen(text) >= PATH_MAX)
		return -EINVAL;
	q->rest[0] = '\0';
	/* Each of them has room for the whole text. */
	/* cppcheck-suppress invalidscanf */
	n = sscanf(text, "%s %s %hu %s", q->scon, q->tcon, &q->tclass, q->rest);
	return n < 3 ? -EINVAL : 0;
}

static int ask_context(struct secpol *p, void *data)
{
	struct question *q = data;
	char *context;
	int rc;

	if (!p)
		return text_set(q->answer, "kernel", sizeof("kernel")); /* 4.5 */
	rc = secpol_context_canonical(p, q->text, &context);
	return rc ? rc : text_context(q->answer, context);
}

static int ask_access(struct secpol *p, void *data)
{
	struct question *q = data;
	struct secpol_av av = { .allowed = UINT32_MAX, .auditdeny = UINT32_MAX };
	struct triple triple;
	int rc = triple_parse(q->text, &triple);

	if (!rc && p)
		rc = secpol_compute_av(p, triple.scon, triple.tcon, triple.tclass, &av);
	if (rc)
		return rc;
	return text_print(q->answer, "%x %x %x %x %u %x", av.allowed, 0xffffffff, av.auditallow,
			  av.auditdeny, q->seqno, av.flags);
}

/* The object name of a create question: blanks as '+', other bytes as %XX. */
static int name_decode(char *name)
{
	char *to = name;

	for (const char *from = name; *from; from++) {
		if (*from == '+') {
			*to++ = ' ';
		} else if (*from == '%') {
			unsigned value;
			int used = 0;

			if (sscanf(from + 1, "%2x%n", &value, &used) != 1 || used != 2)
				return -EINVAL;
			*to++ = (char)value;
			from += 2;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	return 0;
}

enum compute { CREATE, RELABEL, MEMBER };

static int ask_compute(struct secpol *p, struct question *q, enum compute what)
{
	struct triple triple;
	char *context;
	int rc = triple_parse(q->text, &triple);

	if (!rc)
		rc = name_decode(triple.rest);
	if (rc)
		return rc;
	if (!p)
		return text_set(q->answer, "kernel", sizeof("kernel"));
	if (what == CREATE)
		rc = secpol_compute_create(p, triple.scon, triple.tcon, triple.tclass,
					   triple.rest[0] ? triple.rest : NULL, &context);
	else if (what == RELABEL)
		rc = secpol_compute_relabel(p, triple.scon, triple.tcon, triple.tclass, &context);
	else
		rc = secpol_compute_member(p, triple.scon, triple.tcon, triple.tclass, &context);
	return rc ? rc : text_context(q->answer, context);
}

static int ask_create(struct secpol *p, void *data)
{
	return ask_compute(p, data, CREATE);
}

static int ask_relabel(struct secpol *p, void *data)
{
	return ask_compute(p, data, RELABEL);
}

static int ask_member(struct secpol *p, void *data)
{
	return ask_compute(p, data, MEMBER);
}

static int ask_validatetrans(struct secpol *p, void *data)
{
	struct question *q = data;
	char *old = NULL, *new = NULL, *task = NULL;
	uint16_t tclass;
	int rc = -EINVAL;

	if (!p)
		return 0; /* 4.5: accepts */
	if (sscanf(q->text, "%ms %ms %hu %ms", &old, &new, &tclass, &task) == 4)
		rc = secpol_validate_transition(p, old, new, tclass, task);
	free(old);
	free(new);
	free(task);
	return rc;
}

/* ---- writing: commands --------------------------------------------------- */

static int parse_int(const char *text, int *value)
{
	return sscanf(text, "%d", value) == 1 ? 0 : -EINVAL;
}

static int write_enforce(struct ns *ns, pid_t tid, const char *text)
{
	int value;

	if (parse_int(text, &value))
		return -EINVAL;
	return ns_set_enforcing(ns, tid, value != 0);
}

static int write_commit(struct ns *ns, pid_t tid, const char *text)
{
	int value, rc = ns_check_security(ns, tid, "setbool");

	if (rc)
		return rc;
	if (parse_int(text, &value))
		return -EINVAL;
	return value ? ns_bools_commit(ns) : 0;
}

static int write_checkreqprot(struct ns *ns, pid_t tid, const char *text)
{
	int value, rc = ns_check_security(ns, tid, "setcheckreqprot");

	return rc ? rc : parse_int(text, &value);
}

static int write_cache_threshold(struct ns *ns, pid_t tid, const char *text)
{
	int value, rc = ns_check_security(ns, tid, "setsecparam");

	return rc ? rc : parse_int(text, &value);
}

/* 6.2: numbers in C notation, only from the init namespace on its own instance. */
static int write_limit(struct ns *ns, pid_t tid, const char *text, char which)
{
	char *end;
	unsigned long long value;
	int rc;

	if (!ns_is_init(ns))
		return -EPERM;
	rc = ns_check_security(ns, tid, which == 'd' ? "setmaxnsdepth" : "setmaxns");
	if (rc)
		return rc;
	/* The kernel's parser takes one plus sign, and no other sign or blank. */
	if (*text == '+')
		text++;
	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	value = strtoull(text, &end, 0);
	if (*end == '\n')
		end++;
	if (*end)
		return -EINVAL;
	if (errno || value > UINT32_MAX)
		return -ERANGE;
	if (which == 'd' && value > 32)
		return -EINVAL;
	kernel_set_limit(which, (unsigned)value);
	return 0;
}

static int write_maxns(struct ns *ns, pid_t tid, const char *text)
{
	return write_limit(ns, tid, text, 'n');
}

static int write_maxnsdepth(struct ns *ns, pid_t tid, const char *text)
{
	return write_limit(ns, tid, text, 'd');
}

static int write_unshare(struct ns *ns, pid_t tid, const char *text)
{
	int value;

	(void)ns;
	if (parse_int(text, &value))
		return -EINVAL;
	return value ? task_unshare(tid) : 0;
}

/* 4.7: refused in every child; the init namespace has no answer here either
 * (selinuxns-sim(1), DIFFERENCES). */
static int write_user(struct ns *ns, pid_t tid, const char *text)
{
	(void)tid;
	(void)text;
	return ns_is_init(ns) ? -EINVAL : -EPERM;
}

/* ---- the files of the top directory ------------------------------------- */

struct entry {
	const char *name;
	mode_t mode;
	int (*read)(struct ns *ns, struct text *t);
	int (*write)(struct ns *ns, pid_t tid, const char *text);
	/* A question by write, answered by read; perm: what asking takes, if anything. */
	int (*ask)(struct secpol *p, void *question);
	const char *perm;
};

static const struct entry entries[] = {
	{ "access", 0666, NULL, NULL, ask_access, "compute_av" },
	{ "checkreqprot", 0644, read_zero, write_checkreqprot, NULL, NULL },
	{ "commit_pending_bools", 0200, NULL, write_commit, NULL, NULL },
	{ "context", 0666, NULL, NULL, ask_context, "check_context" },
	{ "create", 0666, NULL, NULL, ask_create, "compute_create" },
	{ "deny_unknown", 0444, read_deny_unknown, NULL, NULL, NULL },
	{ "disable", 0200, NULL, NULL, NULL, NULL },
	{ "enforce", 0644, read_enforce, write_enforce, NULL, NULL },
	{ "load", 0600, NULL, NULL, NULL, NULL },
	{ "maxns", 0600, read_maxns, write_maxns, NULL, NULL },
	{ "maxnsdepth", 0600, read_maxnsdepth, write_maxnsdepth, NULL, NULL },
	{ "member", 0666, NULL, NULL, ask_member, "compute_member" },
	{ "mls", 0444, read_mls, NULL, NULL, NULL },
	{ "null", 0, NULL, NULL, NULL, NULL },
	{ "policy", 0400, NULL, NULL, NULL, NULL },
	{ "policyvers", 0444, read_policyvers, NULL, NULL, NULL },
	{ "reject_unknown", 0444, read_reject_unknown, NULL, NULL, NULL },
	{ "relabel", 0666, NULL, NULL, ask_relabel, "compute_relabel" },
	{ "status", 0444, read_status, NULL, NULL, NULL },
	{ "unshare", 0600, read_unshare, write_unshare, NULL, NULL },
	{ "user", 0666, NULL, write_user, NULL, NULL },
	{ "validatetrans", 0200, NULL, NULL, ask_validatetrans, "validate_trans" },
};

static bool entry_exists(const struct entry *e)
{
	if (!strcmp(e->name, "unshare"))
		return kernel_kind() == KERNEL_NODE;
	if (!strncmp(e->name, "maxns", 5))
		return kernel_kind() == KERNEL_NODE || kernel_kind() == KERNEL_LSM;
	return true;
}

static const struct entry *entry_find(const char *name)
{
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		if (!strcmp(entries[i].name, name) && entry_exists(&entries[i]))
			return &entries[i];
	return NULL;
}

/* ---- the directories ----------------------------------------------------- */

static const char *const directories[] = {
	"avc", "booleans", "class", "initial_contexts", "policy_capabilities", "ss",
};

static const struct {
	const char *path;
	mode_t mode;
	const char *text;
} statistics[] = {
	{ "avc/cache_stats", 0444,
	  "lookups hits misses allocations reclaims frees\n0 0 0 0 0 0\n" },
	{ "avc/cache_threshold", 0644, "512" },
	{ "avc/hash_stats", 0444, "entries: 0\nbuckets used: 0/512\nlongest chain: 0\n" },
	{ "ss/sidtab_hash_stats", 0444, "entries: 0\nbuckets used: 0/512\nlongest chain: 0\n" },
};

/* A path below one of the directories, taken apart and looked up in the policy. */
struct lookup {
	const char *path;
	struct selinuxfs_attr *attr; /* what it is */
	struct text *text; /* its content, where it is a file; or NULL */
};

static int found(struct lookup *l, mode_t mode)
{
	l->attr->mode = mode;
	return 0;
}

static int lookup_perm(struct secpol *p, struct lookup *l, uint16_t tclass, const char *perm)
{
	const char *name;
	unsigned value;

	for (unsigned i = 0; (name = secpol_perm_name(p, tclass, i, &value)); i++)
		if (!strcmp(name, perm))
			return l->text ? text_print(l->text, "%u", value)
				       : found(l, S_IFREG | 0444);
	return -ENOENT;
}

static int lookup_class(struct secpol *p, struct lookup *l, const char *name)
{
	char class[256];
	const char *rest = strchr(name, '/');
	size_t len = rest ? (size_t)(rest - name) : strlen(name);
	uint16_t value;

	if (len >= sizeof(class))
		return -ENOENT;
	memcpy(class, name, len);
	class[len] = '\0';
	value = secpol_class_value(p, class);
	if (!value)
		return -ENOENT;
	if (!rest)
		return found(l, S_IFDIR | 0555);
	if (!strcmp(rest, "/index"))
		return l->text ? text_print(l->text, "%hu", value) : found(l, S_IFREG | 0444);
	if (!strcmp(rest, "/perms"))
		return found(l, S_IFDIR | 0555);
	if (!strncmp(rest, "/perms/", 7))
		return lookup_perm(p, l, value, rest + 7);
	return -ENOENT;
}

static int lookup_bool(struct secpol *p, struct lookup *l, const char *name)
{
	for (size_t i = 0; i < secpol_bool_count(p); i++)
		if (!strcmp(secpol_bool_name(p, i), name))
			return l->text ? secpol_bool_get(p, i) : found(l, S_IFREG | 0644);
	return -ENOENT;
}

static int lookup_initial_context(struct secpol *p, struct lookup *l, const char *name)
{
	const char *sid;
	char *context;
	int rc;

	for (unsigned i = 0; (sid = secpol_initial_sid_name(i)); i++) {
		if (strcmp(sid, name))
			continue;
		if (!l->text)
			return found(l, S_IFREG | 0444);
		rc = secpol_initial_sid(p, name, &context);
		return rc ? rc : text_context(l->text, context);
	}
	return -ENOENT;
}

static int lookup_polcap(struct secpol *p, struct lookup *l, const char *name)
{
	const char *cap;

	for (unsigned i = 0; (cap = secpol_polcap_name(i)); i++)
		if (!strcmp(cap, name))
			return l->text ? text_print(l->text, "%d", secpol_polcap(p, i))
				       : found(l, S_IFREG | 0444);
	return -ENOENT;
}

static int lookup_below(struct secpol *p, void *data)
{
	struct lookup *l = data;
	const char *name = strchr(l->path, '/') + 1;

	if (!p)
		return -ENOENT; /* 4.5: nothing there before a policy is loaded */
	if (!strncmp(l->path, "class/", 6))
		return lookup_class(p, l, name);
	if (!strncmp(l->path, "booleans/", 9))
		return lookup_bool(p, l, name);
	if (!strncmp(l->path, "initial_contexts/", 17))
		return lookup_initial_context(p, l, name);
	if (!strncmp(l->path, "policy_capabilities/", 20))
		return lookup_polcap(p, l, name);
	return -ENOENT;
}

bool selinuxfs_is_status(const char *path)
{
	return !strcmp(path, "status");
}

static int image_size(struct secpol *p, void *data)
{
	struct text t = { 0 };
	size_t *size = data;

	*size = 0;
	if (p && !copy_image(p, &t))
		*size = t.len;
	free(t.buf);
	return 0;
}

int selinuxfs_stat(struct ns *ns, const char *path, struct selinuxfs_attr *attr)
{
	struct lookup l = { .path = path, .attr = attr };
	const struct entry *e;

	memset(attr, 0, sizeof(*attr));
	if (!*path) {
		attr->mode = S_IFDIR | 0755;
		return 0;
	}
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		if (!strcmp(directories[i], path)) {
			attr->mode = S_IFDIR | 0555;
			return 0;
		}
	}
	for (size_t i = 0; i < sizeof(statistics) / sizeof(statistics[0]); i++) {
		if (!strcmp(statistics[i].path, path)) {
			attr->mode = S_IFREG | statistics[i].mode;
			return 0;
		}
	}
	if (strchr(path, '/'))
		return ns_with_policy(ns, lookup_below, &l);
	e = entry_find(path);
	if (!e)
		return -ENOENT;
	if (!strcmp(path, "null")) {
		attr->mode = S_IFCHR | 0666;
		attr->rdev = makedev(1, 3);
		return 0;
	}
	attr->mode = S_IFREG | e->mode;
	if (!strcmp(path, "policy"))
		ns_with_policy(ns, image_size, &attr->size);
	else if (selinuxfs_is_status(path))
		attr->size = sizeof(struct status_page);
	return 0;
}

struct listing {
	const char *path;
	void (*add)(void *data, const char *name);
	void *data;
};

static int list_policy(struct secpol *p, void *data)
{
	struct listing *l = data;
	const char *name;

	if (!p)
		return 0;
	if (!strcmp(l->path, "class")) {
		/* Not in 16 bits, which the last class's number can fill. */
		for (size_t v = 1; v <= secpol_class_count(p); v++)
			if ((name = secpol_class_name(p, (uint16_t)v)))
				l->add(l->data, name);
	} else if (!strcmp(l->path, "booleans")) {
		for (size_t i = 0; i < secpol_bool_count(p); i++)
			l->add(l->data, secpol_bool_name(p, i));
	} else if (!strcmp(l->path, "initial_contexts")) {
		for (unsigned i = 0; (name = secpol_initial_sid_name(i)); i++)
			l->add(l->data, name);
	} else if (!strcmp(l->path, "policy_capabilities")) {
		for (unsigned i = 0; (name = secpol_polcap_name(i)); i++)
			l->add(l->data, name);
	} else if (!strncmp(l->path, "class/", 6)) {
		char class[256];
		const char *perms = strstr(l->path, "/perms");
		unsigned value;

		if (!perms) {
			l->add(l->data, "index");
			l->add(l->data, "perms");
			return 0;
		}
		snprintf(class, sizeof(class), "%.*s", (int)(perms - l->path - 6), l->path + 6);
		for (unsigned i = 0;
		     (name = secpol_perm_name(p, secpol_class_value(p, class), i, &value)); i++)
			l->add(l->data, name);
	}
	return 0;
}

int selinuxfs_list(struct ns *ns, const char *path, void (*add)(void *data, const char *name),
		   void *data)
{
	struct listing l = { path, add, data };
	size_t len = strlen(path);

	if (!*path) {
		for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
			add(data, directories[i]);
		for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
			if (entry_exists(&entries[i]))
				add(data, entries[i].name);
		return 0;
	}
	for (size_t i = 0; i < sizeof(statistics) / sizeof(statistics[0]); i++)
		if (!strncmp(statistics[i].path, path, len) && statistics[i].path[len] == '/')
			add(data, statistics[i].path + len + 1);
	return ns_with_policy(ns, list_policy, &l);
}

/* ---- open files ----------------------------------------------------------- */

static struct fault file_fault(const char *path, const char *op, pid_t tid)
{
	char operation[512];

	snprintf(operation, sizeof(operation), "selinuxfs/%s/%s", path, op);
	return fault_strike_task(operation, tid);
}

int selinuxfs_open(struct ns *ns, const char *path, pid_t tid, struct selinuxfs_file **out)
{
	struct selinuxfs_file *file;
	struct fault fault = file_fault(path, "open", tid);
	struct text image = { 0 };
	int rc = 0;

	if (fault.kind == FAULT_ERRNO)
		return -fault.err;
	if (!strcmp(path, "policy")) {
		/* Of another namespace too (4.4): only the reader's own is checked. */
		if (!ns_check_owner(ns, tid))
			rc = ns_check_security(ns, tid, "read_policy");
		if (!rc)
			rc = ns_with_policy(ns, copy_image, &image);
		if (rc)
			return rc;
	}
	file = calloc(1, sizeof(*file));
	if (file)
		file->path = strdup(path);
	if (!file || !file->path) {
		free(file);
		free(image.buf);
		return -ENOMEM;
	}
	file->ns = ns;
	file->answer = image.buf;
	file->answer_len = image.len;
	ns_get(ns);
	*out = file;
	fault_after(fault, tid);
	return 0;
}

void selinuxfs_close(struct selinuxfs_file *file)
{
	ns_put(file->ns);
	free(file->answer);
	free(file->path);
	free(file);
}

static int file_content(struct selinuxfs_file *file, struct text *t)
{
	struct selinuxfs_attr attr;
	struct lookup l = { .path = file->path, .attr = &attr, .text = t };
	const struct entry *e;
	int pending, rc;

	for (size_t i = 0; i < sizeof(statistics) / sizeof(statistics[0]); i++)
		if (!strcmp(statistics[i].path, file->path))
			return text_set(t, statistics[i].text, strlen(statistics[i].text));
	if (strchr(file->path, '/')) {
		rc = ns_with_policy(file->ns, lookup_below, &l);
		if (rc < 0 || strncmp(file->path, "booleans/", 9))
			return rc;
		if (ns_bool_pending(file->ns, file->path + 9, &pending))
			return -ENOENT;
		return text_print(t, "%d %d", rc, pending);
	}
	e = entry_find(file->path);
	if (!e)
		return -ENOENT;
	return e->read ? e->read(file->ns, t) : text_set(t, "", 0);
}

ssize_t selinuxfs_read(struct selinuxfs_file *file, pid_t tid, char *buf, size_t size, off_t off)
{
	struct text t = { file->answer, file->answer_len };
	struct fault fault = file_fault(file->path, "read", tid);
	ssize_t n = 0;

	if (fault.kind == FAULT_ERRNO)
		return -fault.err;
	if (fault.kind == FAULT_SHORT)
		return 0;
	if (fault.kind == FAULT_LONG) {
		n = size < 2 ? (ssize_t)size : 2;
		memcpy(buf, "11", (size_t)n);
		return n;
	}
	if (!file->answer) {
		int rc = file_content(file, &t);

		if (rc)
			return rc;
	}
	if (off >= file->moved)
		off -= file->moved;
	if (off < (off_t)t.len) {
		n = (ssize_t)(t.len - (size_t)off < size ? t.len - (size_t)off : size);
		memcpy(buf, t.buf + off, (size_t)n);
	}
	if (!file->answer)
		free(t.buf);
	fault_after(fault, tid);
	return n;
}

static int write_text(struct selinuxfs_file *file, pid_t tid, const char *text)
{
	struct ns *ns = file->ns;
	struct text answer = { 0 };
	struct question q = { .text = text, .answer = &answer };
	const struct entry *e;
	int rc, value;

	if (!strncmp(file->path, "booleans/", 9)) {
		rc = ns_check_security(ns, tid, "setbool");
		if (rc)
			return rc;
		if (parse_int(text, &value))
			return -EINVAL;
		return ns_bool_set_pending(ns, file->path + 9, value != 0);
	}
	if (!strcmp(file->path, "avc/cache_threshold"))
		return write_cache_threshold(ns, tid, text);
	e = entry_find(file->path);
	if (!e)
		return -EINVAL;
	if (e->write)
		return e->write(ns, tid, text);
	if (!e->ask)
		return -EINVAL;
	if (file->asked)
		return -EBUSY;
	file->asked = true;
	q.seqno = ns_seqno(ns);
	rc = ns_check_security(ns, tid, e->perm);
	if (!rc)
		rc = ns_with_policy(ns, e->ask, &q);
	if (!rc) {
		file->answer = answer.buf;
		file->answer_len = answer.len;
	}
	return rc;
}

ssize_t selinuxfs_load(struct ns *ns, pid_t tid, const char *image, size_t size, off_t off)
{
	struct fault fault = file_fault("load", "write", tid);
	int rc;

	if (fault.kind == FAULT_ERRNO)
		return -fault.err;
	if (fault.kind == FAULT_SHORT)
		return (ssize_t)(size / 2);
	if (!size || off)
		return -EINVAL; /* 4.4: the empty one before anything else */
	rc = ns_load_policy(ns, tid, image, size);
	fault_after(fault, tid);
	return rc ? rc : (ssize_t)size;
}

ssize_t selinuxfs_write(struct selinuxfs_file *file, pid_t tid, const char *buf, size_t size,
			off_t off)
{
	struct fault fault;
	char *text;
	int rc;

	if (!strcmp(file->path, "load"))
		return selinuxfs_load(file->ns, tid, buf, size, off);
	fault = file_fault(file->path, "write", tid);
	if (fault.kind == FAULT_ERRNO)
		return -fault.err;
	if (fault.kind == FAULT_SHORT)
		return (ssize_t)(size / 2);
	if (!strcmp(file->path, "disable"))
		return (ssize_t)size; /* 4.4: from anywhere, and does nothing */
	rc = ns_check_owner(file->ns, tid);
	if (rc)
		return rc;
	if (off && off != file->moved)
		return -EINVAL;
	if (size >= (size_t)sysconf(_SC_PAGESIZE))
		return -ENOMEM;
	text = strndup(buf, size);
	if (!text)
		return -ENOMEM;
	rc = write_text(file, tid, text);
	free(text);
	fault_after(fault, tid);
	if (rc)
		return rc;
	file->moved = off + (off_t)size;
	return (ssize_t)size;
}
