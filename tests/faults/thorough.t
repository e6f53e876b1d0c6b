#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# thorough.t - the matrix of errors, and kills, wider than `make check` takes it: every FAULTS_STRIDEth
# of its faults (5: a minute of processor time or two); with FAULTS_STRIDE=1 all of them.
. "$(dirname "$0")/lib.sh"
stride=${FAULTS_STRIDE:-5}
# Of init:some-errors all, as only then it is known that what each step needs is fatal to it.
matrix "all:errors:$stride" init:some-errors "node:some-errors:$((2 * stride))" \
	"convert:some-errors:$((4 * stride))" "mount:some-errors:$((4 * stride))" \
	"spawn:child-errors:$((2 * stride))" "all:kill:$stride" "spawn:kill:$((2 * stride))" "spawn-alone:orphan:$stride" "init:kill:$((4 * stride))" \
	all-fork:surroundings "all-fork:cont:$((4 * stride))"
