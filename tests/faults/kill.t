#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kill.t - unshareselinux(1) is killed in the middle of a set-up, before and after an operation of each step,
# and so are the child of selinuxns_spawn(3), and the parent of that child: nothing is left, and no command
# was started. init.t does the same to selinuxns init.
. "$(dirname "$0")/lib.sh"
matrix all:kill:8 spawn:kill:16 spawn-alone:orphan:4 all-fork:term:16 all-fork:cont:16
