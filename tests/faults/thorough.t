#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# thorough.t - the whole matrix of errors, and every kill.
. "$(dirname "$0")/lib.sh"
matrix all:errors init:some-errors node:some-errors:2 convert:some-errors:4 mount:some-errors:4 \
	all:kill spawn-alone:orphan init:kill:4 all-fork:surroundings all-fork:cont:4
