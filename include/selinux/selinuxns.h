/* SPDX-License-Identifier: MIT */
/*
 * selinuxns.h - SELinux namespaces from userspace.
 *
 * The one public header of libselinuxns. Every call returns 0 (or a documented
 * value of 0 or more) on success and -1 with errno set on failure. No call
 * prints; warnings go to libselinux's log callback (selinux_set_callback(3),
 * SELINUX_CB_LOG). Numbers such as "kernel-abi.md 1.4" refer to the statements
 * of docs/kernel-abi.md in the project's sources.
 *
 * What is true of every call here:
 *
 * - An SELinux namespace belongs to a thread. An unshare moves the calling
 *   thread, its later children and what they execute; the process's other
 *   threads stay behind (kernel-abi.md 2.3). Unshare before making threads, or
 *   in a child of fork(2).
 * - "Async-signal-safe" means: no heap, no locks and only async-signal-safe
 *   functions, so that it may be called in a child between fork(2) and exec(3),
 *   also of a process with threads. Where such a call logs, that holds only if
 *   the caller's log callback is so too (libselinux's default uses stdio). The
 *   calls need up to 40 KiB of stack and /proc to be mounted.
 * - "Thread-safe" means: may run in several threads at once on different objects.
 * - Every descriptor that a call opens is close-on-exec and closed again.
 * - On success an error object says "no error"; on failure it is filled. NULL may
 *   always be given instead.
 */
#ifndef SELINUX_SELINUXNS_H
#define SELINUX_SELINUXNS_H

#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/* ---- the two calls of the libselinux fork ------------------------------ */

/*
 * selinux_unshare - give the calling thread an SELinux namespace of its own
 *
 * The new namespace has no policy, is permissive and has a selinuxfs instance that
 * is mounted nowhere. Then every selinuxfs in this mount namespace is unmounted, as
 * it would go on answering for the parent (kernel-abi.md 4.1), in such a way
 * that no other mount namespace sees it happen: a shared mount that selinuxfs is
 * mounted on is made a slave for that time, and then shared again in a peer group of
 * its own; where that mount is itself covered, as by a second selinuxfs on the first, so are
 * all below the nearest one that is not. One that cannot be unmounted (locked by a user namespace, for one) is a
 * warning, and the call still succeeds: an unshare cannot be undone.
 *
 * The caller must have a mount namespace of its own: unshare(CLONE_NEWNS). A call in a
 * mount namespace that is evidently the parent process's or init's too is refused
 * with EBUSY before anything changes. (Evidently: the two /proc/PID/ns/mnt can be
 * read, and are the same. Pid 1 of a pid namespace is not compared with its parent.)
 *
 * What libselinux remembers of the parent is not touched; a caller that goes on to use
 * libselinux, rather than to execute a program, calls selinuxns_forget() next.
 *
 * Returns 0, or -1 with nothing changed and errno:
 *   EBUSY       the mount namespace is evidently not the caller's own
 *   ENOSPC      a limit is reached: maxns or maxnsdepth (kernel-abi.md 6.1)
 *   EACCES      the policy denies process2 unshare_selinuxns (2.2)
 *   EOPNOTSUPP  a kernel without SELinux namespaces, or without SELinux (1.5)
 *   ENOSYS      no LSM system calls: before Linux 6.8, or a seccomp filter (1.5)
 *   EPERM       a seccomp filter refuses the LSM system calls; or a selinuxfs that
 *               refuses a write (1.6)
 *   EPROTO      the kernel's answers make no sense: when asked before whether this is a new
 *               namespace; or it said that it was done, and this is not one, or cannot be
 *               known to be one (a seccomp filter that answers in its place)
 *   ENOMEM      the kernel has no memory for it
 * or another errno of the kernel's. All but ENOSYS and EOPNOTSUPP are also explained to
 * the log callback.
 *
 * Async-signal-safe, thread-safe. Kernel: kernel-abi.md 1.4, 1.6, 2, 4.1 to 4.3.
 */
int selinux_unshare(void);

/*
 * is_selinux_unshared - is this an SELinux namespace that is still to be initialised?
 *
 * Returns 1 when the calling thread's namespace is not the init one and no policy was
 * loaded into it yet; 0 when one was, in the init namespace, and on a kernel without
 * SELinux, SELinux namespaces or the LSM system calls. -1 with errno:
 *   EPROTO      the kernel's answer is not exactly one byte that is 0 or 1
 *   EPERM       a seccomp filter refuses the LSM system calls
 * or another errno of the kernel's. On a kernel with the deprecated interface it takes root,
 * or a mounted selinuxfs of this namespace's: where neither is there, 0.
 *
 * Async-signal-safe, thread-safe. Kernel: kernel-abi.md 1.2, 1.3, 1.6.
 */
int is_selinux_unshared(void);

/* ---- errors ------------------------------------------------------------ */

/*
 * struct selinuxns_error - what went wrong, for a program and for a person
 *
 * Opaque. Filled by the calls that take many steps; may be used for any number of calls,
 * each of which replaces what the one before left. The strings that are returned belong
 * to the object and last until it is next filled or freed. They are printable
 * ASCII: other bytes are escaped (\n, \xNN), whatever a path contained.
 */
struct selinuxns_error;

/*
 * selinuxns_error_new - make an error object
 *
 * Returns an object that says "no error", to be freed with selinuxns_error_free(), or NULL
 * with errno ENOMEM. Thread-safe; not async-signal-safe: make it before fork(2).
 */
struct selinuxns_error *selinuxns_error_new(void);

/*
 * selinuxns_error_free - free an error object
 * @error: from selinuxns_error_new(), or NULL
 *
 * Thread-safe; not async-signal-safe.
 */
void selinuxns_error_free(struct selinuxns_error *error);

/*
 * selinuxns_error_errno - the errno that the last call failed with
 * @error: an error object, or NULL
 *
 * Returns 0 for "no error" and for NULL. Async-signal-safe, thread-safe, as are the next
 * three.
 */
int selinuxns_error_errno(const struct selinuxns_error *error);

/*
 * selinuxns_error_step - what was being done, as "load policy"
 * @error: an error object, or NULL
 *
 * Returns a string of the object's, "" for "no error" and for NULL.
 */
const char *selinuxns_error_step(const struct selinuxns_error *error);

/*
 * selinuxns_error_object - what it was done to: a path, an interface, a boolean
 * @error: an error object, or NULL
 *
 * Returns a string of the object's, "" where there is none and for NULL.
 */
const char *selinuxns_error_object(const struct selinuxns_error *error);

/*
 * selinuxns_error_message - one sentence that names step, object, reason and remedy
 * @error: an error object, or NULL
 *
 * Without a final dot or newline. Returns a string of the object's, "" for "no error" and
 * for NULL.
 */
const char *selinuxns_error_message(const struct selinuxns_error *error);

/* ---- what this kernel offers ------------------------------------------- */

/* What selinuxns_probe() finds. The first two mean that an unshare can be expected to work. */
enum selinuxns_support {
	SELINUXNS_LSM_SYSCALLS = 0, /* namespaces, by LSM_ATTR_UNSHARE */
	SELINUXNS_SELINUXFS_NODE = 1, /* namespaces, by the deprecated selinuxfs node */
	SELINUXNS_NO_SELINUX = 2, /* the kernel has no SELinux */
	SELINUXNS_DISABLED = 3, /* SELinux was disabled at boot */
	SELINUXNS_NO_SYSCALLS = 4, /* SELinux, but no LSM system calls and no node */
	SELINUXNS_NO_NAMESPACES = 5, /* SELinux and LSM system calls, no namespaces */
	SELINUXNS_BLOCKED = 6, /* a seccomp filter refuses the LSM system calls */
	SELINUXNS_DENIED = 7, /* the loaded policy denies the unshare */
};

/*
 * selinuxns_probe - what does this kernel offer to the calling thread, here and now?
 *
 * Changes nothing. What it goes by:
 *   LSM_SYSCALLS    the kernel answers lsm_get_self_attr(LSM_ATTR_UNSHARE)
 *   SELINUXFS_NODE  this namespace's selinuxfs has a file `unshare`. It must be possible to
 *                   mount or to find that selinuxfs, which takes root (kernel-abi.md 1.6)
 *   NO_SELINUX      selinuxfs is not in /proc/filesystems, and SELinux is not among the
 *                   modules that lsm_list_modules(2) gives
 *   DISABLED        the same, and the last selinux= in /proc/cmdline is selinux=0. (A kernel
 *                   that was built without SELinux and is given selinux=0 looks the same.)
 *   NO_SYSCALLS     ENOSYS from the LSM system calls
 *   NO_NAMESPACES   EOPNOTSUPP from them, and SELinux is there
 *   BLOCKED         EPERM or EACCES from lsm_get_self_attr(2); ENOSYS from it on a kernel
 *                   that is 6.8 or newer, where a seccomp filter is in force; or
 *                   another answer than EINVAL to an lsm_set_self_attr(2) with an unknown flag
 *   DENIED          this namespace is enforcing, its policy does not allow the current
 *                   context process2 unshare_selinuxns on itself (the node: security unshare) or,
 *                   not defining it, denies what is unknown, and the domain is not permissive.
 *                   Not reported where the policy cannot be asked: no instance of this
 *                   namespace's, or no permission to ask
 * Limits are not looked at: an unshare may still fail with ENOSPC.
 *
 * Returns an enum selinuxns_support, or -1 with errno: EPROTO and others when the kernel gives an
 * answer that none of these explains, ENOENT when /proc is needed and not mounted.
 *
 * Thread-safe; not async-signal-safe. Kernel: kernel-abi.md 1.3 to 1.6, 2.2, 4.5.
 */
int selinuxns_probe(void);

/*
 * selinuxns_probe_str - a sentence for a person
 * @support: what selinuxns_probe() returned
 *
 * Says what it means and, where something can be done, what. Returns a static string, "unknown" for
 * any other value. Async-signal-safe, thread-safe.
 */
const char *selinuxns_probe_str(int support);

/* ---- unshare, with more said ------------------------------------------- */

/*
 * selinuxns_unshare - as selinux_unshare(), with a wait, an explanation and selinuxns_forget()
 * @wait_ms: for how many milliseconds to go on trying while a limit is reached; 0 for not at all.
 *           Namespaces that have ended count for up to about a second more (kernel-abi.md 2.4,
 *           6.3), so 2000 is a sensible value. Signals do not end the wait.
 * @error: an error object, or NULL
 *
 * Returns 0, or -1 with nothing changed and errno, as selinux_unshare() does. The sentence in
 * @error says for ENOSPC which limit it was, where that can be known. A failure is logged
 * only where @error is NULL. What selinuxns_forget() could not do is a warning to the log callback.
 *
 * Not async-signal-safe, and not thread-safe towards any other use of libselinux, because of
 * selinuxns_forget(): between fork(2) and exec(3) use selinux_unshare().
 */
int selinuxns_unshare(unsigned int wait_ms, struct selinuxns_error *error);

/*
 * selinuxns_forget - make libselinux forget the namespace that it was asked about before
 *
 * libselinux (3.4 to 3.11) finds things out once (kernel-abi.md 9.1 to 9.3). After a change of
 * namespace or policy they are wrong, and this makes it find them out again:
 *   contexts        where get*con() of the calling thread would return what was set earlier
 *                   instead of what the kernel has (current, exec, fscreate, keycreate,
 *                   sockcreate), the kernel's value is set, which makes both the same
 *   mount point     becomes a mounted selinuxfs that is verified to be this namespace's;
 *                   none, and so is_selinux_enabled() 0, where there is no such
 *   status page     closed if it was open, and opened again: in this call if this namespace's
 *                   selinuxfs is mounted, else in the first later one in which it is
 *   userspace AVC   its decisions are dropped (avc_reset(3); callbacks are called)
 *   class maps      dropped (selinux_flush_class_cache(3))
 *
 * Call it, in the thread concerned: after selinux_unshare(); after selinuxfs was mounted by other
 * means than selinuxns_mount_selinuxfs(); after a policy was loaded by other means than
 * selinuxns_policy_load(), as the context changes then (kernel-abi.md 3.2). selinuxns_unshare(),
 * selinuxns_mount_selinuxfs() and selinuxns_policy_load() do it themselves. A program that
 * was executed after the unshare has nothing to forget.
 *
 * Not reset, as libselinux has no way to: a mapping of selinux_set_mapping(3) (set it again); a
 * userspace AVC's copy of the enforcing mode until the status page next changes (or
 * avc_destroy(3) and avc_open(3)); translated contexts and the connection to mcstransd. Not
 * reset, as they do not depend on the namespace: everything that was read from /etc/selinux
 * (selinux_reset_config(3)), file contexts handles, customizable types.
 *
 * Returns 0, or -1 with errno of the first thing that could not be done; the others are done all
 * the same:
 *   EACCES      the policy does not let this domain set its own contexts (setcurrent and
 *               dyntransition, setexec and so on): get*con() keep returning the old one
 *   EINVAL      a context that the policy does not know
 *   ENOMEM      no memory
 * or those of opening the status page, or what a callback of the AVC failed with.
 *
 * Neither async-signal-safe nor thread-safe: no other thread may be in libselinux meanwhile.
 */
int selinuxns_forget(void);

/* ---- the new namespace's selinuxfs ------------------------------------- */

/*
 * selinuxns_mount_selinuxfs - mount this namespace's selinuxfs at a root's mount point
 * @rootfd: a directory, which stays the caller's: the root. Not AT_FDCWD; for the
 *          process's own root, open "/"
 * @error: an error object, or NULL
 *
 * The mount point is /sys/fs/selinux in that root or, where that does not exist, /selinux. Symbolic
 * links are resolved inside the root. It is mounted nosuid and noexec, over whatever is mounted
 * there, and no other mount namespace sees it: a shared mount that holds the mount point is a
 * slave meanwhile, and shared again in a peer group of its own after. Then selinuxns_forget()
 * is called, whose failure is a warning to the log callback.
 *
 * Call it after the unshare, and before entering a user namespace (kernel-abi.md 4.2).
 *
 * Returns 0, or -1 with errno:
 *   ENOENT      the root has no such mount point
 *   ENOTDIR, ELOOP, EXDEV
 *               the mount point is not a directory, or a link leads nowhere or out
 *   EBADF       @rootfd is not a descriptor
 *   EPERM       no CAP_SYS_ADMIN over the init user namespace
 *   EBUSY       this namespace's selinuxfs is mounted there already; or the parent process or init
 *               is in this mount namespace and in another SELinux namespace, and would get it
 *               too (4.3); or the mount that holds the mount point is covered by another, with more around it than can be put back
 *   ENODEV      the kernel has no selinuxfs
 *   ENOSYS      no openat2(2): before Linux 5.6, or a seccomp filter
 *   ENOTSUP     the mount that holds the mount point is not in this mount namespace or below this
 *               process's root, or the kernel (before 5.8) has no mount ids
 * or another of mount(2)'s.
 *
 * Not async-signal-safe; not thread-safe towards any other use of libselinux, because of
 * selinuxns_forget(). Kernel: kernel-abi.md 4.1 to 4.3.
 */
int selinuxns_mount_selinuxfs(int rootfd, struct selinuxns_error *error);

/* ---- policy ------------------------------------------------------------ */

/*
 * struct selinuxns_policy - a binary policy that libsepol has read and found good
 *
 * Opaque. Holds a copy of its own: what becomes of the file does not matter any more. The next four
 * groups of calls are not async-signal-safe; they are thread-safe on different objects, and
 * selinuxns_policy_name(), _version() also on one.
 */
struct selinuxns_policy;

/*
 * selinuxns_policy_open_root - open the policy that a root is configured to use
 * @policy: where the object is stored, NULL on failure; to be freed with selinuxns_policy_free()
 * @rootfd: a directory, which stays the caller's: the root. Not AT_FDCWD
 * @error: an error object, or NULL
 *
 * Reads /etc/selinux/config in that root as libselinux does (the last SELINUXTYPE counts; where
 * there is no configuration, or none that names a type, it is "targeted"), and of
 * /etc/selinux/SELINUXTYPE/policy the policy.NN with the highest NN that both the kernel and
 * libsepol take. Where all are newer, the oldest of them is taken. Symbolic links are resolved
 * inside the root; nothing but regular files is opened. Nothing is changed.
 *
 * A policy that is newer than the kernel takes is converted here, or by selinuxns_policy_load()
 * where no selinuxfs can be read yet to learn the kernel's version. How unknown permissions are
 * handled stays as it is. What libsepol has to drop is a warning to the log callback; extended
 * permissions and MLS it does not drop, but refuses to convert.
 *
 * libsepol (3.4 at least) can be kept busy for a very long time by a policy that was damaged on
 * purpose: who opens the policy of a root he does not trust should be able to end the process that
 * does so. libsepol's messages become part of the error; its global message handler, which some
 * of its code still uses, is switched off for good (sepol_debug(0)).
 *
 * Returns 0, or -1 with errno:
 *   ENOENT      no policy directory, or no policy in it
 *   EISDIR      one of the files is a directory
 *   EINVAL      one of them is no regular file; SELINUXTYPE is no file name; the policy is
 *               empty, truncated or damaged, as libsepol finds, or is a policy module
 *   ENOTSUP     a version that libsepol cannot read, or not convert to one that the kernel
 *               takes; a policy for Xen
 *   EFBIG       a policy of more than 256 MiB, or a configuration of more than 1 MiB
 *   EBUSY       the file changed while it was read
 *   ENOSYS      no openat2(2): before Linux 5.6, or a seccomp filter
 *   ENOMEM      no memory
 *   EACCES, ELOOP, ENOTDIR, EBADF and others of opening and reading a file
 */
int selinuxns_policy_open_root(struct selinuxns_policy **policy, int rootfd,
			       struct selinuxns_error *error);

/*
 * selinuxns_policy_open_file - open the policy in a file
 * @policy: as for selinuxns_policy_open_root()
 * @path: of a regular file, from the current directory. A selinuxfs's file "policy" is one, too:
 *        that is how a child is given a copy of its parent's policy
 * @error: an error object, or NULL
 *
 * Returns 0, or -1 with errno, as selinuxns_policy_open_root() does.
 */
int selinuxns_policy_open_file(struct selinuxns_policy **policy, const char *path,
			       struct selinuxns_error *error);

/*
 * selinuxns_policy_open_fd - open the policy that a descriptor refers to
 * @policy: as for selinuxns_policy_open_root()
 * @fd: a regular file (or memfd) that is open for reading. It stays the caller's, and keeps its
 *      position: it is read from its beginning
 * @name: what messages and selinuxns_policy_name() call it; copied
 * @error: an error object, or NULL
 *
 * Returns 0, or -1 with errno, as selinuxns_policy_open_root() does.
 */
int selinuxns_policy_open_fd(struct selinuxns_policy **policy, int fd, const char *name,
			     struct selinuxns_error *error);

/*
 * selinuxns_policy_name - the path, in the root where there is one, or the name it was opened by
 * @policy: a policy object
 *
 * Returns a string of the object's.
 */
const char *selinuxns_policy_name(const struct selinuxns_policy *policy);

/*
 * selinuxns_policy_version - the version of the image that will be loaded
 * @policy: a policy object
 *
 * After a conversion, where one was needed; then lower than what the file has.
 */
unsigned int selinuxns_policy_version(const struct selinuxns_policy *policy);

/*
 * selinuxns_policy_load - load a policy into the calling thread's namespace
 * @policy: a policy object, which is not changed and may be loaded again
 * @selinuxfs_fd: a descriptor of the root of a selinuxfs, which stays the caller's, or -1 for
 *                this namespace's: that is mounted for the moment, attached nowhere, or
 *                found where it is mounted
 * @error: an error object, or NULL
 *
 * One write; the kernel takes the whole policy or nothing (kernel-abi.md 5.1). A policy that was
 * loaded before is replaced. Then selinuxns_forget() is called: the thread's context has changed.
 *
 * Returns 0, or -1 with nothing loaded and errno:
 *   EPERM       the selinuxfs belongs to another namespace (4.4); or with -1, this
 *               namespace's can neither be mounted (4.2) nor found
 *   EACCES      not root (4.6), or the loaded policy denies load_policy when enforcing (5.3)
 *   EINVAL      the kernel refuses the policy; or @selinuxfs_fd is no selinuxfs; or it would be the
 *               first policy of the namespace, and has booleans and no label for their files in
 *               selinuxfs, of which a kernel can crash (5.5)
 *   ENOTSUP     it cannot be converted to a version that the kernel takes
 *   EIO         the kernel took a part of it only
 *   ENODEV      the kernel has no SELinux
 *   ENOMEM      no memory
 *
 * Not thread-safe towards any other use of libselinux, because of selinuxns_forget(). In the init
 * namespace it loads the host's policy: it is for the caller to know where it is.
 */
int selinuxns_policy_load(const struct selinuxns_policy *policy, int selinuxfs_fd,
			  struct selinuxns_error *error);

/*
 * selinuxns_policy_free - free a policy object
 * @policy: a policy object, or NULL. What was loaded from it stays loaded.
 */
void selinuxns_policy_free(struct selinuxns_policy *policy);

/* ---- policy: memory, comparison, questions ------------------------------ */

/*
 * selinuxns_policy_open_memory - open the policy in a caller's memory
 * @policy: as for selinuxns_policy_open_root()
 * @image: the policy's bytes, which are copied
 * @size: their number
 * @name: what messages and selinuxns_policy_name() call it; copied
 * @error: an error object, or NULL
 *
 * Returns 0, or -1 with errno, as selinuxns_policy_open_root() does.
 */
int selinuxns_policy_open_memory(struct selinuxns_policy **policy, const void *image, size_t size,
				 const char *name, struct selinuxns_error *error);

/*
 * selinuxns_policy_is_loaded - is this the policy that a namespace has loaded?
 * @policy: a policy object
 * @selinuxfs_fd: as for selinuxns_policy_load(); another namespace's can be asked too (4.4)
 * @error: an error object, or NULL
 *
 * Compares the image that would be loaded with what the kernel gives back. The header's
 * configuration word, which the kernel may rewrite, and the order of what is in the policy
 * (kernel-abi.md 5.2) do not count. The states of booleans do, the current ones of which the
 * kernel writes into the image: a policy whose booleans were changed is reported as another one.
 *
 * Returns 1 if it is, 0 if it is not or none is loaded, or -1 with errno: EACCES (not root, or
 * the policy denies read_policy), EINVAL (no selinuxfs), ENOMEM, those of opening this
 * namespace's selinuxfs.
 */
int selinuxns_policy_is_loaded(const struct selinuxns_policy *policy, int selinuxfs_fd,
			       struct selinuxns_error *error);

/*
 * selinuxns_policy_check_context - is this a context of that policy?
 * @policy: a policy object
 * @context: a raw context, with its MLS range where the policy has MLS
 * @error: an error object, or NULL
 *
 * Returns 0, or -1 with errno EINVAL (it is not) or ENOMEM. Not thread-safe towards other
 * uses of libsepol.
 */
int selinuxns_policy_check_context(const struct selinuxns_policy *policy, const char *context,
				   struct selinuxns_error *error);

/*
 * selinuxns_policy_check_boolean - does that policy have this boolean?
 * @policy: a policy object
 * @name: the boolean's name
 * @error: an error object, or NULL
 *
 * Returns 0, or -1 with errno ENOENT (it does not) or ENOMEM. Not thread-safe towards other uses
 * of libsepol.
 */
int selinuxns_policy_check_boolean(const struct selinuxns_policy *policy, const char *name,
				   struct selinuxns_error *error);

/*
 * selinuxns_policy_reset_booleans - give all booleans the values that a policy has for them
 * @policy: the policy that is loaded
 * @selinuxfs_fd: as for selinuxns_policy_load()
 * @error: an error object, or NULL
 *
 * A load replaces the policy and keeps the values of the booleans that both have (as the
 * kernel does for load_policy(8)); this is what comes after a load that shall not. All are set by
 * one commit, or none.
 *
 * Returns 0, or -1 with nothing changed and errno:
 *   ENOENT      the loaded policy lacks one of them: it is another policy
 *   EACCES      not root, or the policy denies setbool
 *   EPERM       the selinuxfs belongs to another namespace (kernel-abi.md 4.4)
 *   EINVAL      @selinuxfs_fd is no selinuxfs
 *   ENOMEM      no memory
 * or those of opening this namespace's selinuxfs. Not thread-safe towards other uses of libsepol.
 */
int selinuxns_policy_reset_booleans(const struct selinuxns_policy *policy, int selinuxfs_fd,
				    struct selinuxns_error *error);

/* ---- a whole namespace in one call -------------------------------------- */

/* The mode that a new namespace ends up with. */
enum selinuxns_mode {
	SELINUXNS_MODE_PERMISSIVE = 0, /* as every namespace starts (kernel-abi.md 4.8) */
	SELINUXNS_MODE_ENFORCING = 1,
	SELINUXNS_MODE_CONFIGURED = 2, /* SELINUX= of the root's /etc/selinux/config */
};

/* What came of a check of the plan. */
enum selinuxns_result {
	SELINUXNS_PASSED = 0,
	SELINUXNS_FAILED = 1,
	SELINUXNS_NOT_CHECKED = 2, /* it could not be asked here; the set-up may still fail */
	SELINUXNS_STEP = 3, /* no check, but a step that the set-up would take */
};

/*
 * struct selinuxns_plan - what a namespace shall be
 *
 * Opaque. Filled by the setters below, then used by any number of checks, set-ups and spawns.
 * Strings are copied. A setter returns 0, or -1 with errno ENOMEM, or EINVAL for a value that can
 * not be meant (said with each). What no setter was called for stays as it is in unshareselinux(1)
 * without options. One thread at a time may use a plan.
 */
struct selinuxns_plan;

/* selinuxns_plan_new - an empty plan, to be freed with selinuxns_plan_free(); NULL: ENOMEM. */
struct selinuxns_plan *selinuxns_plan_new(void);

/* selinuxns_plan_free - free a plan, or NULL. Policies given to it are not freed. */
void selinuxns_plan_free(struct selinuxns_plan *plan);

/*
 * selinuxns_plan_set_policy - load this policy into the namespace
 * @policy: a policy object, which stays the caller's and must live as long as the plan is
 *          used; NULL for none. A policy from outside of an untrusted root is given this way
 *
 * Implies selinuxns_plan_set_mount(plan, 1).
 */
int selinuxns_plan_set_policy(struct selinuxns_plan *plan, const struct selinuxns_policy *policy);

/*
 * selinuxns_plan_set_policy_from_root - load the policy that the plan's root is configured to use
 * @on: 1 or 0
 *
 * It is found and read when the plan is used, by selinuxns_policy_open_root(). Replaces what
 * selinuxns_plan_set_policy() set, and implies selinuxns_plan_set_mount(plan, 1).
 */
int selinuxns_plan_set_policy_from_root(struct selinuxns_plan *plan, int on);

/* selinuxns_plan_set_mount - mount the namespace's selinuxfs in the root (1) or not (0) */
int selinuxns_plan_set_mount(struct selinuxns_plan *plan, int on);

/*
 * selinuxns_plan_set_boolean - give a boolean of the policy a value of its own
 * @name: the boolean; the last value that is set for a name counts
 * @on: 1 or 0
 *
 * EINVAL: an empty name, or one with a slash.
 */
int selinuxns_plan_set_boolean(struct selinuxns_plan *plan, const char *name, int on);

/*
 * selinuxns_plan_set_context - the context that the process takes on before the mode is set
 * @context: a raw context of the policy, or NULL for what the load gives (kernel-abi.md 3.2)
 */
int selinuxns_plan_set_context(struct selinuxns_plan *plan, const char *context);

/*
 * selinuxns_plan_set_exec_context - the context that the next exec gives, as runcon(1)
 * @context: a raw context of the policy, or NULL for what the policy's rules give
 */
int selinuxns_plan_set_exec_context(struct selinuxns_plan *plan, const char *context);

/* selinuxns_plan_set_mode - the mode; EINVAL: not an enum selinuxns_mode */
int selinuxns_plan_set_mode(struct selinuxns_plan *plan, int mode);

/*
 * selinuxns_plan_set_root - the root directory of the process
 * @path: a directory, or NULL for the caller's root. Opened when the plan is used
 */
int selinuxns_plan_set_root(struct selinuxns_plan *plan, const char *path);

/*
 * selinuxns_plan_set_workdir - the working directory, a path inside the root
 * @path: NULL for "/" where there is a root of its own, else the caller's
 */
int selinuxns_plan_set_workdir(struct selinuxns_plan *plan, const char *path);

/*
 * selinuxns_plan_set_environment - the environment of the command
 * @environment: as environ(7), copied; NULL for the caller's. SELINUXNS=1 is added to either
 */
int selinuxns_plan_set_environment(struct selinuxns_plan *plan, char *const environment[]);

/* For selinuxns_plan_keep_fd(): all descriptors that are not close-on-exec. */
#define SELINUXNS_KEEP_ALL (-1)

/*
 * selinuxns_plan_keep_fd - let the command have this descriptor, at the same number
 * @fd: a descriptor that is open in the caller when the command is executed or spawned, which may be
 *      close-on-exec; or SELINUXNS_KEEP_ALL
 *
 * 0, 1 and 2 are kept unless they are close-on-exec; all others are closed in the command, unless all
 * are kept. EBADF:
 * not a descriptor's number.
 */
int selinuxns_plan_keep_fd(struct selinuxns_plan *plan, int fd);

/*
 * selinuxns_plan_set_stdio - give the command another standard input, output or error
 * @number: 0, 1 or 2
 * @fd: the caller's descriptor that the command's @number is a copy of, open when the command is executed
 *      or spawned; it may be close-on-exec. -1: the caller's own @number
 *
 * The caller's own descriptors stay as they are; all three are copied before one is replaced. EBADF: @number
 * is none of the three, or @fd is less than -1.
 */
int selinuxns_plan_set_stdio(struct selinuxns_plan *plan, int number, int fd);

/*
 * selinuxns_plan_default_signal - the command gets this signal's default action
 * @signal: a signal's number. EINVAL: not one, or SIGKILL or SIGSTOP
 *
 * Also where the caller ignores it, which the command would else do, too.
 */
int selinuxns_plan_default_signal(struct selinuxns_plan *plan, int signal);

/*
 * selinuxns_plan_set_session - start a spawned command in a session of its own (setsid(2))
 * @on: 1 or 0
 */
int selinuxns_plan_set_session(struct selinuxns_plan *plan, int on);

/* selinuxns_plan_set_wait - the milliseconds to wait at a limit, as for selinuxns_unshare() */
int selinuxns_plan_set_wait(struct selinuxns_plan *plan, unsigned int wait_ms);

/*
 * selinuxns_plan_set_death_signal - the signal that a spawned command gets when its parent ends
 * @signal: a signal's number, or 0 for none. EINVAL: not one. It is
 *          the end of the thread that spawned which counts; and the kernel takes it back from a
 *          command that is set-user-ID, or whose exec changes its SELinux context (an exec context,
 *          a type transition), so that it can only be relied on where neither happens (prctl(2))
 */
int selinuxns_plan_set_death_signal(struct selinuxns_plan *plan, int signal);

/*
 * selinuxns_plan_set_watch - be told of each step as it is taken
 * @watch: called with the step's name and its object ("" for none), before the step; in the
 *         calling process, also for a spawned command. NULL for none
 * @data: passed on to it
 */
int selinuxns_plan_set_watch(struct selinuxns_plan *plan,
			     void (*watch)(void *data, const char *step, const char *object),
			     void *data);

/*
 * selinuxns_plan_check - would it work? Changes nothing.
 * @plan: a plan
 * @command: the command that is going to be executed, as for execvp(3), or NULL: then nothing is
 *           asked about one
 * @spawn: 1 for selinuxns_spawn(), 0 for selinuxns_setup(), which asks for a single thread
 * @report: called for each check with what was checked, its object ("" for none), the result and
 *          a sentence; and when none failed, for each step that would be taken, in order, with
 *          its name and object. NULL for none
 * @data: passed on to it
 * @error: filled with the first check that failed
 *
 * What selinuxns_setup() and selinuxns_spawn() check themselves before they change anything.
 * Returns 0 when no check failed, or -1 with the first failure's errno.
 */
int selinuxns_plan_check(const struct selinuxns_plan *plan, const char *command, int spawn,
			 void (*report)(void *data, const char *check, const char *object,
					enum selinuxns_result result, const char *message),
			 void *data, struct selinuxns_error *error);

/*
 * selinuxns_setup - set up the namespace for the calling process
 * @plan: a plan
 * @command: the command that will be executed next, for the checks, or NULL
 * @error: an error object, or NULL
 *
 * First selinuxns_plan_check(): when it fails, nothing has changed. Then the steps, in this
 * order:
 *   1. make mount namespace     unshare(CLONE_NEWNS), all mounts private
 *   2. open root                the same directory that was checked
 *   3. unshare                  as selinux_unshare(): from here there is no way back
 *   4. mount selinuxfs
 *   5. load policy
 *   6. set booleans
 *   7. enter root, working directory
 *   8. set context, then exec context
 *   9. set mode                 after the context, so that nobody is locked out
 * and selinuxns_forget(). The environment and the descriptors stay as they are: those of the
 * plan are for selinuxns_exec() and selinuxns_spawn().
 *
 * Returns 0, or -1 with errno and @error naming the step. After a failure of step 3 or later
 * the process is between two namespaces: it must not go on, least of all execute a command.
 *
 * EBUSY: the process has more than one thread, or the root was replaced meanwhile. The others
 * are those of the system calls of each step.
 */
int selinuxns_setup(const struct selinuxns_plan *plan, const char *command,
		    struct selinuxns_error *error);

/*
 * selinuxns_exec - set up the calling process and execute a command in its place
 * @plan: a plan
 * @argv: the command and its arguments, as for execvp(3); the PATH that counts is that of the
 *        command's environment, and it is searched inside the root
 * @error: an error object, or NULL
 *
 * As selinuxns_setup(), and then the plan's environment, descriptors and the command. Returns only
 * to fail: -1 with errno and @error naming the step, "execute" for the command itself (ENOENT: not
 * found). The command was not executed then, and the process must not go on, as is said there.
 */
int selinuxns_exec(const struct selinuxns_plan *plan, char *const argv[],
		   struct selinuxns_error *error);

/*
 * selinuxns_spawn - run a command in a namespace as planned; the caller stays in its own
 * @plan: a plan
 * @argv: the command and its arguments, as for execvp(3); the PATH that counts is that of the
 *        command's environment, and it is searched inside the root
 * @pid: the child's process id, to be waited for by the caller
 * @pidfd: a descriptor of it (pidfd_open(2)), the caller's, close-on-exec; NULL for none
 * @error: an error object, or NULL
 *
 * Checks in the caller, then forks; once @pidfd is there, the child takes the steps of selinuxns_setup(), closes
 * descriptors, and executes the command. Whatever step fails in the child, the command is not
 * started, the child is reaped here, and its error comes back as this call's.
 *
 * Returns 0 once the command was executed, or -1 with errno and @error naming the step (and -1 in
 * @pid and @pidfd):
 * "execute" for the command itself (ENOENT: not found). ECANCELED: the child was killed, or its
 * parent ended, before it came to that.
 *
 * The command is found and executed inside the root. A magic link (proc(5)), which could name a file
 * of the host, is refused (ELOOP): as the command, as the interpreter of a script, and as the loader
 * of a program. The command itself is executed by the descriptor that was looked at; a
 * script, interpreters and loaders are looked at first and then found by the kernel once more.
 *
 * Safe in a process with threads: the child calls async-signal-safe functions only, and begins with
 * closing the descriptors that the plan does not name (also as /proc/self/fd/N), unless it keeps all, so
 * that what others have open is not held while it is set up. No
 * descriptor made inside of the namespace leaves it, so it ends with the command and its
 * descendants, unless they pass one on (kernel-abi.md 2.4).
 */
int selinuxns_spawn(const struct selinuxns_plan *plan, char *const argv[], pid_t *pid, int *pidfd,
		    struct selinuxns_error *error);

/*
 * selinuxns_init - what the init of a container does for its namespace
 * @error: an error object, or NULL
 *
 * Where is_selinux_unshared() is 1: mounts selinuxfs in the process's own root, loads the policy
 * that /etc/selinux/config names, takes on the context that this policy gives to the running
 * program (as an exec of it from the initial context would), and sets the configured mode. With
 * SELINUX=disabled, without a configuration, or anywhere else it does nothing. Call it before
 * threads are made and before anything else is started.
 *
 * Returns 1 when the namespace was initialised, 0 when there was nothing to do, or -1 with errno
 * and @error naming the step: an init should not go on then, as it may be half-way.
 */
int selinuxns_init(struct selinuxns_error *error);

/* ---- a namespace that runs --------------------------------------------- */

/* What selinuxns_kind() finds. */
enum selinuxns_kind {
	SELINUXNS_KIND_INIT = 0, /* the init namespace */
	SELINUXNS_KIND_FRESH = 1, /* another one, into which no policy was loaded yet */
	SELINUXNS_KIND_CHILD = 2, /* another one, with a policy */
};

/*
 * selinuxns_kind - in which kind of SELinux namespace is the calling thread?
 * @error: an error object, or NULL
 *
 * Changes nothing. A namespace has no name, and cannot be told from its siblings (kernel-abi.md 1.7).
 *
 * Returns an enum selinuxns_kind, or -1 with errno: EACCES (only root can tell the init namespace
 * from a child), those of selinuxns_selinuxfs_open(). Thread-safe.
 */
int selinuxns_kind(struct selinuxns_error *error);

/*
 * selinuxns_selinuxfs_open - open the selinuxfs of the calling thread's namespace
 * @error: an error object, or NULL
 *
 * The root directory of its own instance, whatever is mounted on /sys/fs/selinux: a mount that is attached
 * nowhere or, where that is not allowed (kernel-abi.md 4.2), one that is mounted and verified to be this
 * namespace's. It is what the calls of above take as @selinuxfs_fd, and for openat(2). As long as it is
 * open, the namespace lives.
 *
 * Returns a descriptor, the caller's, close-on-exec, or -1 with errno: EPERM (not allowed, and none is
 * mounted), ENODEV (the kernel has no SELinux), and others of mounting. Thread-safe.
 */
int selinuxns_selinuxfs_open(struct selinuxns_error *error);

/* A boolean and its value. */
struct selinuxns_boolean {
	const char *name;
	int on; /* 1 or 0 */
};

/*
 * selinuxns_booleans_get - the booleans of a namespace's loaded policy
 * @selinuxfs_fd: as for selinuxns_policy_load(); another namespace's can be asked too (4.4)
 * @report: called for each with its name and the value in force, 1 or 0, in no particular order
 * @data: passed on to it
 * @error: an error object, or NULL
 *
 * When it fails @report may have been called for some. Returns 0, or -1 with errno: EINVAL (no policy is
 * loaded, or no selinuxfs), EPROTO (the kernel's answer makes no sense), EACCES, ENOMEM, those of opening this
 * namespace's selinuxfs. Thread-safe.
 */
int selinuxns_booleans_get(int selinuxfs_fd, void (*report)(void *data, const char *name, int on),
			   void *data, struct selinuxns_error *error);

/*
 * selinuxns_booleans_set - set booleans of a namespace's loaded policy, all or none
 * @selinuxfs_fd: as for selinuxns_policy_load()
 * @booleans: the booleans; the last value for a name counts
 * @count: their number; 0 for nothing to do
 * @error: an error object, or NULL
 *
 * By one commit. They are set until the policy, or another value, is loaded; nothing is written to
 * the policy store. Returns 0, or -1 with nothing changed and errno: ENOENT (the policy has no such
 * boolean), EINVAL (no policy is loaded, or no selinuxfs), EACCES (not root, or the policy denies setbool),
 * EPERM (the selinuxfs belongs to another namespace), ENOMEM, those of opening this namespace's
 * selinuxfs. Thread-safe, but the kernel has one set of pending values for all who set booleans.
 */
int selinuxns_booleans_set(int selinuxfs_fd, const struct selinuxns_boolean *booleans, size_t count,
			   struct selinuxns_error *error);

/*
 * selinuxns_limits_get - the limits of the machine (kernel-abi.md 6)
 * @maxns: how many namespaces there may be, the init one included
 * @maxnsdepth: how deep they may be nested
 * @error: an error object, or NULL
 *
 * Returns 0, or -1 with errno: EACCES (not root), ENOENT (a kernel without namespaces), those of
 * finding a selinuxfs.
 */
int selinuxns_limits_get(unsigned int *maxns, unsigned int *maxnsdepth,
			 struct selinuxns_error *error);

/*
 * selinuxns_limits_set - set a limit, or both
 * @maxns: NULL to leave it
 * @maxnsdepth: NULL to leave it
 *
 * Returns 0, or -1 with errno: EPERM (a child namespace can only read them, 6.2), EACCES (not root,
 * or the policy denies setmaxns or setmaxnsdepth), EINVAL (a depth the kernel does not take). Both
 * are set, or none. The limits that end up lower than what there is keep no one from going on.
 */
int selinuxns_limits_set(const unsigned int *maxns, const unsigned int *maxnsdepth,
			 struct selinuxns_error *error);

/* ---- file contexts ----------------------------------------------------- */

/*
 * struct selinuxns_file_contexts - which context belongs to a path, by a root's file contexts
 *
 * Opaque. Nothing about it changes after it was opened: any number of threads may look up in one.
 */
struct selinuxns_file_contexts;

/*
 * selinuxns_file_contexts_open_root - the file contexts of a root
 * @rootfd: a directory, which stays the caller's; not AT_FDCWD
 * @type: the policy type, as "targeted", or NULL for the one that the root's /etc/selinux/config names
 * @error: an error object, or NULL
 *
 * Reads /etc/selinux/TYPE/contexts/files/file_contexts and, where they exist, the files of that name with
 * .homedirs, .local, .subs and .subs_dist added. Symbolic links are resolved inside the root, and only
 * regular files are opened, so the root may be hostile. A compiled file (.bin) is never
 * read. The running kernel's policy is not asked whether contexts are valid.
 *
 * Returns an object to be freed with selinuxns_file_contexts_free(), or NULL with errno:
 *   EINVAL      a line, an expression or the configuration is wrong, @error says which line of which
 *               file; or what is there is no regular file, or compiled
 *   ENOENT      the root has no such file_contexts; or /proc is not mounted
 *   EFBIG       a file has more than 16 MiB (.subs, .subs_dist: 1 MiB), or more specifications or larger
 *               expressions than are accepted
 *   EBUSY       a file changed while it was read
 *   EISDIR, ELOOP, EXDEV, ENOTDIR, EACCES
 *               what is there cannot be opened, or a link leads nowhere or out
 *   EBADF       @rootfd is not a descriptor
 *   ENOSYS      no openat2(2): before Linux 5.6, or a seccomp filter
 *   ENOMEM      no memory
 *
 * Thread-safe; not async-signal-safe, as the other three.
 */
struct selinuxns_file_contexts *selinuxns_file_contexts_open_root(int rootfd, const char *type,
								  struct selinuxns_error *error);

/*
 * selinuxns_file_contexts_open_file - file contexts of the caller's
 * @path: a file_contexts, next to which are its .homedirs, .local, .subs and .subs_dist, if any
 * @error: an error object, or NULL
 *
 * Returns and fails as selinuxns_file_contexts_open_root(). Thread-safe.
 */
struct selinuxns_file_contexts *selinuxns_file_contexts_open_file(const char *path,
								  struct selinuxns_error *error);

/*
 * selinuxns_file_contexts_free - free file contexts
 * @contexts: an object in which no thread looks up any more, or NULL
 *
 * Thread-safe.
 */
void selinuxns_file_contexts_free(struct selinuxns_file_contexts *contexts);

/* What selinuxns_file_contexts_lookup() finds. */
enum selinuxns_lookup {
	SELINUXNS_LOOKUP_CONTEXT = 0, /* a context */
	SELINUXNS_LOOKUP_NONE = 1, /* <<none>>: such a file is to be left as it is */
	SELINUXNS_LOOKUP_NO_MATCH = 2, /* no specification matches */
};

/*
 * selinuxns_file_contexts_lookup - the context that a file should have
 * @contexts: from one of the two
 * @path: absolute, as it is seen in the root; any bytes
 * @mode: of the file, of which the type counts (S_IFMT); 0 for any type
 * @context: the context for SELINUXNS_LOOKUP_CONTEXT, else NULL; it belongs to @contexts
 * @error: an error object, or NULL
 *
 * Answers as selabel_lookup_raw(3) of libselinux, which fails with ENOENT for both of the others. Looks at
 * no file.
 *
 * Returns an enum selinuxns_lookup, or -1 with errno:
 *   EINVAL      @path is empty; or an expression asks of PCRE2 what it cannot do
 *   ELOOP       an expression takes more steps than are allowed for a path; @error says where it is
 *   ENOMEM      no memory
 *
 * Thread-safe, also on one object.
 */
int selinuxns_file_contexts_lookup(const struct selinuxns_file_contexts *contexts, const char *path,
				   mode_t mode, const char **context,
				   struct selinuxns_error *error);

/* ---- the labels of a tree of files --------------------------------------- */

/* What was found of a file. Each is counted once; what is not found or entered is told as well. */
enum selinuxns_file {
	SELINUXNS_FILE_FITS = 0,
	SELINUXNS_FILE_UNSPECIFIED =
		1, /* the file contexts say nothing of it, and its label is none that is wrong */
	SELINUXNS_FILE_UNLABELED = 2, /* it has no label */
	SELINUXNS_FILE_INVALID = 3, /* its label is no context of the policy */
	SELINUXNS_FILE_DIFFERS = 4, /* its label is not what the file contexts say */
	SELINUXNS_FILE_CHANGED = 5, /* it was given its label; in a dry run: it would be */
	SELINUXNS_FILE_IMPOSSIBLE = 6, /* no such file can have this attribute */
	SELINUXNS_FILE_FAILED = 7, /* it could not be read, or not be given its label */
	SELINUXNS_FILE_GONE = 8, /* it was removed or replaced meanwhile */
	SELINUXNS_FILE_SKIPPED = 9, /* another file system that is not entered */
};

/* What is to be done about a tree. */
enum selinuxns_advice {
	SELINUXNS_ADVICE_NOTHING = 0, /* it fits */
	SELINUXNS_ADVICE_RELABEL = 1, /* selinuxns_tree_apply() */
	SELINUXNS_ADVICE_MOUNT =
		2, /* it cannot be labelled: mount it with selinuxns_tree_mount_context() */
};

/* For selinuxns_tree_set_without(). */
#define SELINUXNS_WITHOUT_POLICY        1
#define SELINUXNS_WITHOUT_FILE_CONTEXTS 2

/*
 * struct selinuxns_tree - by what the labels of a tree are checked and set
 *
 * Opaque. Filled by the setters below, which look at nothing; then used by any number of
 * checks, each of which replaces what the one before found. Strings are copied. A setter returns 0, or -1 with errno
 * ENOMEM, or EINVAL for a value that cannot be meant (said with each). One thread at a time may use it.
 */
struct selinuxns_tree;

/*
 * selinuxns_tree_new - by the policy and the file contexts of the caller's root
 *
 * To be freed with selinuxns_tree_free(). NULL: ENOMEM.
 */
struct selinuxns_tree *selinuxns_tree_new(void);

/* selinuxns_tree_free - free it, or NULL. A policy given to it is not freed. */
void selinuxns_tree_free(struct selinuxns_tree *tree);

/*
 * selinuxns_tree_set_root - the root directory by whose configuration it is done
 * @path: a directory, or NULL for the caller's root. All paths are paths in it
 */
int selinuxns_tree_set_root(struct selinuxns_tree *tree, const char *path);

/*
 * selinuxns_tree_set_policy - the policy whose contexts the labels must be
 * @policy: a policy object, which stays the caller's; NULL for the one that the root is configured
 *          to use
 */
int selinuxns_tree_set_policy(struct selinuxns_tree *tree, const struct selinuxns_policy *policy);

/*
 * selinuxns_tree_set_file_contexts - what labels the files should have
 * @path: a file_contexts, by the side of which those that go with it are looked for, as the caller
 *        sees it; NULL for that of the root
 */
int selinuxns_tree_set_file_contexts(struct selinuxns_tree *tree, const char *path);

/*
 * selinuxns_tree_set_without - leave one of the two out
 * @parts: SELINUXNS_WITHOUT_POLICY: any label is good that the file contexts ask for;
 *         SELINUXNS_WITHOUT_FILE_CONTEXTS: any is that is a context of the policy; or 0. EINVAL: both
 */
int selinuxns_tree_set_without(struct selinuxns_tree *tree, int parts);

/*
 * selinuxns_tree_set_alternate_prefix - a path in the root that counts as "/" for the file contexts
 * @path: absolute, as /var/lib/extensions/NAME; or NULL. EINVAL: not absolute
 */
int selinuxns_tree_set_alternate_prefix(struct selinuxns_tree *tree, const char *path);

/*
 * selinuxns_tree_set_attribute - the extended attribute that holds the labels
 * @name: as user.virtiofs.security.selinux, where virtiofsd(1) keeps a guest's; NULL for
 *        security.selinux. EINVAL: neither in security. nor in trusted. nor in user.
 */
int selinuxns_tree_set_attribute(struct selinuxns_tree *tree, const char *name);

/*
 * selinuxns_tree_set_threads - how many threads are at work
 * @threads: at most 256 (EINVAL); 0 for one for each processor that may be used
 */
int selinuxns_tree_set_threads(struct selinuxns_tree *tree, unsigned int threads);

/* selinuxns_tree_set_strict - the whole context must be as asked for (1), or the type (0) */
int selinuxns_tree_set_strict(struct selinuxns_tree *tree, int on);

/* selinuxns_tree_set_one_file_system - enter no other file system (1), or those that hold files (0) */
int selinuxns_tree_set_one_file_system(struct selinuxns_tree *tree, int on);

/* selinuxns_tree_set_dry_run - selinuxns_tree_apply() writes nothing (1), or what it must (0) */
int selinuxns_tree_set_dry_run(struct selinuxns_tree *tree, int on);

/*
 * selinuxns_tree_add_exclude - leave out a file, or a directory and all below it
 * @path: its path in the root, absolute; a symbolic link, or a path through one, fails the check or the
 *        apply (ELOOP). EINVAL: not absolute, or with ".."
 */
int selinuxns_tree_add_exclude(struct selinuxns_tree *tree, const char *path);

/*
 * selinuxns_tree_set_names - only these files, and not what is below them
 * @fd: a descriptor to read names from, each with a NUL behind, as find(1) prints them with -print0:
 *      paths below the tree's top. -1 for the whole tree
 */
int selinuxns_tree_set_names(struct selinuxns_tree *tree, int fd);

/*
 * selinuxns_tree_set_report - be told of files
 * @kinds: of which ones, as bits (1 << SELINUXNS_FILE_DIFFERS)
 * @report: called with the path in the root, in any bytes; the label that the file has; the one that it
 *          should have, or was given; and a sentence where something failed; each "" where there is
 *          none. Returns 0, or another value to end the call (ECANCELED). NULL for none
 * @data: passed on to it
 *
 * Called by one thread at a time, which may be another than the caller's.
 */
int selinuxns_tree_set_report(struct selinuxns_tree *tree, unsigned int kinds,
			      int (*report)(void *data, enum selinuxns_file kind, const char *path,
					    const char *label, const char *wanted,
					    const char *message),
			      void *data);

/*
 * selinuxns_tree_set_progress - be told how far it is
 * @progress: called from time to time with the number of files so far, as the above; NULL for not
 * @data: passed on to it
 */
int selinuxns_tree_set_progress(struct selinuxns_tree *tree,
				int (*progress)(void *data, unsigned long long files), void *data);

/*
 * selinuxns_tree_check - do the labels of a tree fit? Changes nothing.
 * @tree: by what
 * @path: the tree: a directory, or a file, by its path in the root. Not followed if it is a
 *        symbolic link
 * @error: an error object, or NULL
 *
 * It fits when no file is UNLABELED, INVALID or DIFFERS, and none FAILED. A file with several names
 * fits if its label is what one of those in the tree, or in the list, asks for.
 *
 * Returns 1 if it fits, 0 if it does not, or -1 with errno:
 *   ENOENT, ENOTDIR, EACCES, ...
 *               the tree, the policy or the file contexts cannot be opened
 *   EINVAL      the policy or the file contexts are wrong
 *   EBADF, EISDIR
 *               the list of names cannot be read
 *   ECANCELED   a callback ended it
 *   EAGAIN, ENOMEM
 * It makes threads of its own and changes nothing of the process. Not thread-safe towards other uses of libsepol.
 */
int selinuxns_tree_check(struct selinuxns_tree *tree, const char *path,
			 struct selinuxns_error *error);

/*
 * selinuxns_tree_apply - give the files of a tree the labels that the file contexts ask for
 *
 * As selinuxns_tree_check(), and writes the labels that do not fit, and no others. Where one was
 * refused for a reason that holds for all others too, it ends: -1 with
 * errno EPERM, and @error explains it. EINVAL also: without file contexts. What was written stays, and
 * it can be called again.
 *
 * Returns 1 if all fits then, 0 if something does not (in a dry run: would not have), or -1.
 */
int selinuxns_tree_apply(struct selinuxns_tree *tree, const char *path,
			 struct selinuxns_error *error);

/* selinuxns_tree_count - how many files of that kind the last check or apply came by */
unsigned long long selinuxns_tree_count(const struct selinuxns_tree *tree,
					enum selinuxns_file kind);

/* selinuxns_tree_advice - what is to be done, by the last check or apply: an enum selinuxns_advice */
int selinuxns_tree_advice(const struct selinuxns_tree *tree);

/*
 * selinuxns_tree_mount_context - a context for all of the tree
 *
 * For SELINUXNS_ADVICE_MOUNT, and else for whoever wants it: the context that the root's policy has for content of others. Returns a
 * string of the object's that lasts until the next check, or NULL where there is none.
 */
const char *selinuxns_tree_mount_context(const struct selinuxns_tree *tree);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif
#endif
