#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kill.t - unshareselinux(1) is killed in the middle of a set-up, before or after an operation of each step,
# and so are its child, and the parent of that child: nothing is left, and no command was started.
. "$(dirname "$0")/lib.sh"
matrix all:kill:8 spawn-alone:orphan:4 all-fork:term:16 all-fork:cont:16
