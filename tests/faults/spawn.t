#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# spawn.t - selinuxns_spawn(3), and unshareselinux --fork: what a child is made, held and heard with fails,
# and what it does in each step; or either of the two is killed. The caller has neither a process nor a descriptor left.
. "$(dirname "$0")/lib.sh"
matrix spawn:spawn-errors:2 spawn:child-some-errors:4 spawn:spawn-kill all-alone:spawn-errors all-fork:spawn-kill
