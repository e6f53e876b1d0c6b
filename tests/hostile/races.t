#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# races.t - hostile roots: parts of a path are exchanged with something hostile while they are read
# (races.py). A canary outside of the root must never be reached.
. "$(dirname "$0")/lib.sh"
battery races.py "$@"
