/* SPDX-License-Identifier: MIT */
/*
 * label.h - what the subcommands of selinuxns label share.
 *
 * Each is one file, and one line in selinuxns-label.c. It may call the public library, lib/label and
 * lib/base.
 */
#ifndef SELINUXNS_UTILS_LABEL_H
#define SELINUXNS_UTILS_LABEL_H

#include "selinuxns.h"

/* Their names are "label lookup" and so on, for messages. */
extern const struct command label_command_lookup;
extern const struct command label_command_apply;
extern const struct command label_command_check;

/* The part of the name that finds it. */
#define LABEL_PREFIX "label "

/* A descriptor of the root directory, or -1 after a message. */
int label_open_root(const char *path);

#endif
