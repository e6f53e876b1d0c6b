/* SPDX-License-Identifier: MIT */
/*
 * log.h - warnings and errors to libselinux's log callback.
 *
 * The only way in which the library says anything by itself. It must never write
 * to a descriptor: what the caller installed with selinux_set_callback(3) does, and
 * whether that is async-signal-safe is the caller's affair (libselinux's default
 * writes to stderr by stdio).
 */
#ifndef SELINUXNS_BASE_LOG_H
#define SELINUXNS_BASE_LOG_H

/*
 * ns_log - say one line
 * @type: SELINUX_ERROR, SELINUX_WARNING or SELINUX_INFO
 * @text: a sentence without a newline; handed on as "%s\n", as libselinux's own are
 *
 * Keeps errno. Heap-free itself.
 */
void ns_log(int type, const char *text);

#endif
