/* SPDX-License-Identifier: MIT */
/*
 * callback.c - libselinux's log callback, where there is no libselinux: keeps what was set.
 *
 * Used by tests/build/musl.t only. Logs nothing by itself.
 */
#include <selinux/selinux.h>

static union selinux_callback kept;

union selinux_callback selinux_get_callback(int type)
{
	static const union selinux_callback none;

	return type == SELINUX_CB_LOG ? kept : none;
}

void selinux_set_callback(int type, union selinux_callback cb)
{
	if (type == SELINUX_CB_LOG)
		kept = cb;
}
