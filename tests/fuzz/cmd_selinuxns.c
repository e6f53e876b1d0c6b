/* SPDX-License-Identifier: MIT */
/*
 * cmd_selinuxns.c - selinuxns, to be called any number of times in one process.
 */
#include <stdio.h>

#include "cmd.h"

#define main   cmd_selinuxns
#define fclose cmd_fclose

#include "../../utils/selinuxns.c"
