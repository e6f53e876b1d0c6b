/* SPDX-License-Identifier: MIT */
/*
 * label.h - the label of a file.
 *
 * A file's own security.selinux attribute counts; where it has none, the file
 * is taken to be labelled by the file contexts of the simulated machine's
 * policy store, so that an unlabelled machine behaves like a labelled one.
 */
#ifndef SIM_LABEL_H
#define SIM_LABEL_H

#include <sys/types.h>

/* Use these file contexts (a path: .../contexts/files/file_contexts). May be
 * called once, before any lookup; read lazily. */
void label_set_file_contexts(const char *path);
/* The label of an open file (any kind of descriptor, also O_PATH; -1: it has none
 * of its own that can be read), whose path in the root it was opened from is given.
 * malloc'ed; NULL: no label is known. Main thread only. */
char *label_of(int fd, const char *path, mode_t mode);

#endif
