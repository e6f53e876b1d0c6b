#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# errors.t - every step of unshareselinux(1) with errors of all its operations: each operation fails once
# at least, and each of its errors happens in each step. thorough.t has every error of each operation.
. "$(dirname "$0")/lib.sh"
matrix all:some-errors all:surroundings
