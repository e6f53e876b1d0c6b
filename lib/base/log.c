/* SPDX-License-Identifier: MIT */
/*
 * log.c - messages to libselinux's log callback. See log.h.
 *
 * May call libselinux's selinux_get_callback() only. Must never print.
 */
#include "base/log.h"

#include <errno.h>

#include <selinux/selinux.h>

void ns_log(int type, const char *text)
{
	int saved = errno;
	union selinux_callback cb = selinux_get_callback(SELINUX_CB_LOG);

	if (cb.func_log)
		cb.func_log(type, "%s\n", text);
	errno = saved;
}
