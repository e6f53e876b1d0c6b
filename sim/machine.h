/* SPDX-License-Identifier: MIT */
/*
 * machine.h - the simulated machine's set-up: its policy store and its mounts.
 *
 * What it is for: find what the machine underneath would boot with, and make
 * /sys/fs/selinux exist. May call: the library's policy and base floors. Must
 * never: run once the command has started, but for machine_hide().
 */
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

struct machine_policy {
	void *image;
	size_t size;
	char path[512]; /* of the image */
	char store[512]; /* "/etc/selinux/TYPE"; empty where there is none */
};

/* The policy that /etc/selinux/config names, else the first one below /etc/selinux; path not
 * NULL: that file. 0, or -1 with a sentence in *why (static storage). */
int machine_find_policy(struct machine_policy *policy, const char *path, const char **why);
/* The context of root's login by the store; malloc'ed, NULL if the store has none. */
char *machine_login_context(const struct machine_policy *policy);

/* Root in a user namespace, where the caller is not root already. 0 or -1 with *why. */
int machine_become_root(const char **why);
/* A mount namespace of our own in which /sys/fs/selinux is an empty directory, or no longer a
 * mount of the machine underneath. */
int machine_prepare_mounts(bool selinux, const char **why);
/* After the command has a mount namespace of its own: a place in ours for further instances. */
int machine_hide(const char **why);

#endif
