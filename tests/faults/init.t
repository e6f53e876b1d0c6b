#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# init.t - every step of selinuxns_init(3) with errors of all its operations, and killed at some.
. "$(dirname "$0")/lib.sh"
matrix init:some-errors init:kill:8
