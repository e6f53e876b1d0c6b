/* SPDX-License-Identifier: MIT */
/*
 * cmd_unshareselinux.c - unshareselinux, to be called any number of times in one process.
 */
#include <stdio.h>

#include "cmd.h"

#define main         cmd_unshareselinux
#define program_name cmd_unshareselinux_name
#define fclose       cmd_fclose

#include "../../utils/unshareselinux.c"
