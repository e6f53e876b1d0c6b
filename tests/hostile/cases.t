#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cases.t - hostile roots: what was used against container runtimes, each where it has its like here, and all that is no link
# (cases.py). A canary outside of the root must never be reached.
. "$(dirname "$0")/lib.sh"
battery cases.py "$@"
