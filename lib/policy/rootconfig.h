/* SPDX-License-Identifier: MIT */
/*
 * rootconfig.h - what a root's /etc/selinux/config says.
 *
 * The root may be hostile and so may the file: any bytes are harmless, and what it
 * names never leads out of the root. May call lib/base and file.h. Must never look at
 * the caller's own configuration, as libselinux's selinux_getpolicytype(3) does.
 */
#ifndef SELINUXNS_POLICY_ROOTCONFIG_H
#define SELINUXNS_POLICY_ROOTCONFIG_H

#include <limits.h>
#include <stddef.h>

#include "base/error.h"

#define POLICY_TYPE_SIZE (NAME_MAX + 1)

/* What libselinux takes where there is no configuration, or none that names a type. */
#define POLICY_TYPE_DEFAULT "targeted"

/*
 * policy_config_parse - find SELINUXTYPE in the text of a configuration
 * @text: @size bytes and one NUL after them
 * @type: the policy type on success
 *
 * Reads as libselinux does: the last line that sets it counts; blanks before the tag and
 * around the value do not; the tag is matched in any case; a line ends at its first NUL.
 * Returns 1; 0 when no line sets it; -1 with errno EINVAL when the value cannot be the
 * name of a directory (empty, ".", "..", longer than NAME_MAX, with a slash or a
 * control byte).
 */
int policy_config_parse(const char *text, size_t size, char type[POLICY_TYPE_SIZE]);

/*
 * policy_config_type - the policy type that the root @rootfd is configured to use
 *
 * POLICY_TYPE_DEFAULT when it has no configuration. Returns 1 when the configuration
 * names the type, 0 when the default was taken, or -1 with errno and @error set:
 * policy_config_parse()'s EINVAL, file_read()'s and inroot_open_regular()'s.
 */
int policy_config_type(int rootfd, char type[POLICY_TYPE_SIZE], struct selinuxns_error *error);

/* What SELINUX= says. */
enum policy_config_mode {
	POLICY_CONFIG_DISABLED = 0,
	POLICY_CONFIG_PERMISSIVE = 1,
	POLICY_CONFIG_ENFORCING = 2,
};

/*
 * policy_config_parse_mode - find SELINUX in the text of a configuration
 * @text: @size bytes and one NUL after them
 *
 * Read as libselinux's selinux_getenforcemode(3) does, which compares the beginning of the value.
 * Returns an enum policy_config_mode; disabled where nothing says it, as nothing is to be done
 * then. -1 with errno EINVAL for another word.
 */
int policy_config_parse_mode(const char *text, size_t size);

/*
 * policy_config_mode - the mode that the root @rootfd is configured for
 *
 * Returns an enum policy_config_mode; disabled where there is no configuration. -1 with errno and
 * @error set: policy_config_parse_mode()'s EINVAL, file_read()'s and inroot_open_regular()'s.
 */
int policy_config_mode(int rootfd, struct selinuxns_error *error);

#endif
