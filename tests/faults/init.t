#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# init.t - selinuxns_init(3), as selinuxns(8) calls it: its operations fail, and it is killed before and after
# something of each step.
. "$(dirname "$0")/lib.sh"
matrix init:some-errors:2 init:kill:16
