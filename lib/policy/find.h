/* SPDX-License-Identifier: MIT */
/*
 * find.h - which policy image of a root is the one to load.
 *
 * May call lib/base, rootconfig.h and file.h. Must never look outside of the root, and
 * never read an image: that is image.h's.
 */
#ifndef SELINUXNS_POLICY_FIND_H
#define SELINUXNS_POLICY_FIND_H

#include "base/error.h"
#include "policy/rootconfig.h"

/* "/etc/selinux/TYPE/policy/policy.NN" */
#define POLICY_PATH_SIZE (POLICY_TYPE_SIZE + 48)

/*
 * policy_find - open the policy image that the root @rootfd is configured to use
 * @newest: the newest version that needs no conversion
 * @path: the image's path inside the root
 *
 * Of the configured type's policy.NN the newest that is not newer than @newest; where
 * all are newer, the oldest, which is the one most likely to be convertible. Returns a
 * descriptor to read, or -1 with errno and @error set: ENOENT when there is none,
 * policy_config_type()'s and inroot_open_regular()'s.
 */
int policy_find(int rootfd, unsigned int newest, char path[POLICY_PATH_SIZE],
		struct selinuxns_error *error);

#endif
