/* SPDX-License-Identifier: MIT */
/*
 * cmd_selinuxunshared.c - selinuxunshared, to be called any number of times in one process.
 */
#include <stdio.h>

#include "cmd.h"

#define main   cmd_selinuxunshared
#define fclose cmd_fclose

#include "../../utils/selinuxunshared.c"
