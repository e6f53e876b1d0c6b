/* SPDX-License-Identifier: MIT */
/*
 * selinuxfs.h - the files of a selinuxfs instance, and what reading and writing them does.
 *
 * What it is for: the tree of one namespace's selinuxfs by path ("", "load",
 * "booleans/foo", "class/file/perms/read"), with the kernel's modes, formats and
 * errors. May call: kernel.h, secpol.h. Must never: know how the tree is served
 * (serve.c) or who is traced.
 *
 * Functions give 0 or a count, or a negative errno. "tid" is the thread that asks.
 */
#ifndef SIM_SELINUXFS_H
#define SIM_SELINUXFS_H

#include <stdbool.h>
#include <sys/types.h>

#include "kernel.h"

#define SELINUXFS_MAGIC 0xf97cff8c

struct selinuxfs_attr {
	mode_t mode;
	size_t size;
	dev_t rdev;
};

struct selinuxfs_file;

int selinuxfs_stat(struct ns *ns, const char *path, struct selinuxfs_attr *attr);
/* Calls add(data, name) for each entry of a directory, without "." and "..". */
int selinuxfs_list(struct ns *ns, const char *path, void (*add)(void *data, const char *name),
		   void *data);
int selinuxfs_open(struct ns *ns, const char *path, pid_t tid, struct selinuxfs_file **file);
void selinuxfs_close(struct selinuxfs_file *file);
ssize_t selinuxfs_read(struct selinuxfs_file *file, pid_t tid, char *buf, size_t size, off_t off);
ssize_t selinuxfs_write(struct selinuxfs_file *file, pid_t tid, const char *buf, size_t size,
			off_t off);
/* A write to "load". */
ssize_t selinuxfs_load(struct ns *ns, pid_t tid, const char *image, size_t size, off_t off);
/* Is this the file whose pages are shared with whoever maps it? */
bool selinuxfs_is_status(const char *path);

#endif
