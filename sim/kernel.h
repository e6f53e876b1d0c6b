/* SPDX-License-Identifier: MIT */
/*
 * kernel.h - the simulated kernel's state: namespaces, credentials, tasks.
 *
 * What it is for: everything that a kernel with SELinux namespaces remembers,
 * and every rule by which that changes. May call: secpol.h. Must never: trace a
 * process, open a file or talk FUSE; those layers call this one.
 *
 * One lock guards all of it. Every function here takes the lock itself; nothing
 * that may block (file systems, other processes) happens under it.
 * Functions that return int give 0 (or a count) or a negative errno.
 */
#ifndef SIM_KERNEL_H
#define SIM_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct ns;
struct secpol;

enum kernel_kind {
	KERNEL_LSM, /* namespaces by the LSM system calls */
	KERNEL_NODE, /* namespaces by the selinuxfs node "unshare" */
	KERNEL_NO_NAMESPACES, /* LSM system calls, no namespaces */
	KERNEL_NO_LSM, /* SELinux, before the LSM system calls */
	KERNEL_DISABLED, /* booted with selinux=0 */
};

struct kernel_options {
	enum kernel_kind kind;
	const void *policy; /* image of the init namespace's policy, or NULL */
	size_t policy_len;
	bool enforcing;
	const char *context; /* of the command, or NULL: the initial SID's */
	bool context_asked; /* it was asked for: an invalid one is an error */
	unsigned maxns, maxnsdepth;
	unsigned policyvers;
	unsigned free_delay_ms;
	int audit_fd; /* where records go, or -1 */
};

enum attr {
	ATTR_CURRENT,
	ATTR_EXEC,
	ATTR_FSCREATE,
	ATTR_KEYCREATE,
	ATTR_PREV,
	ATTR_SOCKCREATE,
	ATTR_COUNT
};

extern const char *const attr_names[ATTR_COUNT];
enum attr attr_by_name(const char *name); /* ATTR_COUNT: no such attribute */

/* ---- start and end ---- */
/* -EINVAL: the policy is none; -ENOKEY: the context is not one of that policy. */
int kernel_start(const struct kernel_options *options);
enum kernel_kind kernel_kind(void);
bool kernel_has_selinux(void);
unsigned kernel_policyvers(void);
struct ns *kernel_init_ns(void);

/* ---- tasks (threads): made by the tracer as it sees them ---- */
int task_first(pid_t tid); /* the command, in the init namespace */
int task_fork(pid_t parent, pid_t tid, pid_t tgid);
void task_exec(pid_t tid, pid_t former_tid); /* exec succeeded */
/* zombie: not waited for yet, keeps its namespace. killed: it may have children, made in its
 * last moment, that no one will tell of. */
void task_exit(pid_t tid, bool zombie, bool killed);
int task_adopt(pid_t tid, pid_t tgid); /* such a child */
bool task_group_alive(pid_t tgid);
bool task_same_process(pid_t tid, pid_t other);
bool task_known(pid_t tid);
/* The threads alive now, in a malloc'ed array. */
size_t task_list(pid_t **tids);
/* The namespace a task is in; NULL if it is none of ours. Valid while the task lives. */
struct ns *task_ns(pid_t tid);

/* ---- what a task may ask for ---- */
int task_unshare(pid_t tid);
bool task_is_unshared(pid_t tid); /* kernel-abi.md 1.2 */
/* length with the NUL, 0 if unset; *value malloc'ed or NULL. reader looks at tid. */
ssize_t task_attr_get(pid_t reader, pid_t tid, enum attr attr, char **value);
int task_attr_set(pid_t tid, enum attr attr, const char *value, size_t len);
/* Would this string do as a context in the task's namespace? 0 or -EINVAL. */
int task_context_check(pid_t tid, const char *context);
/* Decide an exec of a file with this label (NULL: none): 0 or -EACCES, -EPERM; the outcome is
 * kept until task_exec(). no_new_privs and nosuid restrict transitions. */
int task_exec_prepare(pid_t tid, const char *label, bool no_new_privs, bool nosuid);
bool task_exec_changes(pid_t tid); /* the one decided: will its context be another? */
bool task_needs_label(pid_t tid); /* has its namespace a policy at all? */
/* What a file with this label (NULL: none) counts as in the task's namespace, malloc'ed:
 * -EOPNOTSUPP without a policy. */
int task_file_context(pid_t tid, const char *label, char **context);

/* ---- an instance's owner, as selinuxfs sees it ---- */
unsigned ns_id(const struct ns *ns);
void ns_get(struct ns *ns);
void ns_put(struct ns *ns);
/* EPERM unless tid's own namespace is this one (kernel-abi.md 4.4). */
int ns_check_owner(struct ns *ns, pid_t tid);
/* Security class permission on the namespace's own operations: 0 or -EACCES. */
int ns_check_security(struct ns *ns, pid_t tid, const char *perm);
bool ns_is_init(const struct ns *ns);
int ns_load_policy(struct ns *ns, pid_t tid, const void *image, size_t len);
bool ns_enforcing(struct ns *ns);
int ns_set_enforcing(struct ns *ns, pid_t tid, bool enforcing);
uint32_t ns_seqno(struct ns *ns);
/* Runs with the lock held and the policy (NULL: none loaded yet): the way to ask secpol.h. */
int ns_with_policy(struct ns *ns, int (*fn)(struct secpol *policy, void *data), void *data);
int ns_bool_pending(struct ns *ns, const char *name, int *pending); /* -ENOENT */
int ns_bool_set_pending(struct ns *ns, const char *name, int value);
int ns_bools_commit(struct ns *ns);
/* The status page, made by the first look at it (4.11); ns_status_made: was there one? */
struct status_page {
	uint32_t version, sequence, enforcing, policyload, deny_unknown;
};
void ns_status(struct ns *ns, struct status_page *page);
bool ns_status_made(struct ns *ns);
/* limits: 'd' maxnsdepth, 'n' maxns */
unsigned kernel_limit(char which);
void kernel_set_limit(char which, unsigned value);

/* ---- the end of namespaces (called by the reaper thread) ---- */
/* One pass: forgets reaped zombies, and ends namespaces whose users are gone and whose
 * instance mounted() says is mounted nowhere. An ended one no longer counts; released() gets
 * it, and passes it to ns_dispose() when its memory is no longer looked at. */
void kernel_reap(bool (*mounted)(struct ns *ns), void (*released)(struct ns *ns));
void ns_dispose(struct ns *ns);
void kernel_set_instance(struct ns *ns, void *instance);
void *kernel_instance(struct ns *ns);

#endif
