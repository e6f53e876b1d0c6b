/* SPDX-License-Identifier: MIT */
/*
 * serve.h - the simulated files, served by FUSE: selinuxfs instances and /proc attributes.
 *
 * What it is for: give each namespace a superblock of its own (kernel-abi.md
 * 4.1), and a descriptor for each attribute of each task. May call: selinuxfs.h,
 * kernel.h, libfuse. Must never: trace a process; its threads serve requests of
 * traced processes and must not wait for the tracer.
 *
 * Every FUSE connection has a thread of its own, and one more thread stores
 * changed status pages, since storing a page waits for readers of that page.
 */
#ifndef SIM_SERVE_H
#define SIM_SERVE_H

#include <stdbool.h>
#include <sys/types.h>

#include "kernel.h"

/* The type that the mount table shows; procfiles.c writes "selinuxfs" over it. */
#define SERVE_FSTYPE  "fuse.selinuxns-sim"
#define SERVE_OPTIONS ",user_id=0,group_id=0,default_permissions,allow_other"
/* statfs(2) answers carry this count of files, by which syscalls.c knows them. */
#define SERVE_STATFS_MARK 0x53454c6e73UL

struct instance;

/* Needs /dev/fuse. 0 or a negative errno. */
int serve_start(void);
/* The namespace's instance; where it has none yet, one is made and mounted on this path of the
 * calling thread's mount namespace. NULL with errno. */
struct instance *serve_instance(struct ns *ns, const char *path);
/* A new, detached mount of the instance: a descriptor, or a negative errno. */
int serve_clone(struct instance *instance);
dev_t serve_dev(const struct instance *instance);
/* The namespace whose instance has this st_dev; NULL: none. */
struct ns *serve_ns_of(dev_t dev);
/* Is this the instance's file of that name? (st_ino of an open file.) */
bool serve_is_file(struct ns *ns, ino_t ino, const char *name);
/* The namespace has ended: unmounts the instance's own mount on this path; the namespace is
 * disposed of when no one can ask the instance any more. */
void serve_release(struct ns *ns, const char *path);
/* Makes a changed status page visible to those who mapped it. Not from a serving thread. */
void serve_push_status(struct ns *ns);
/* A write of no byte, which FUSE would not hand on, to a file of an instance or an attribute of a
 * task, known by st_dev and st_ino. 0 or a negative errno. */
bool serve_is_attr(dev_t dev);
ssize_t serve_empty_write(dev_t dev, ino_t ino, pid_t tid);
/* The attribute file of a task, opened with these flags. A descriptor or a negative errno. */
int serve_attr_open(pid_t tid, enum attr attr, int flags);

#endif
