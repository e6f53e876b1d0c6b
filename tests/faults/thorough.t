#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# thorough.t - the whole matrix of errors, and every kill.
. "$(dirname "$0")/lib.sh"
matrix all:errors all:kill all-alone:kill all-alone:orphan
