#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# matrix.t - hostile roots: every part of every path times everything that can be in its place times
# every program that reads a root (matrix.py). A canary outside of the root must never be reached.
. "$(dirname "$0")/lib.sh"
battery matrix.py "$@"
