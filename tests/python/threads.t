#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# threads.t - the Python package: threads, forks, leaks.
. "$(dirname "$0")/lib.sh"
begin_with_policies
pytest_in_sim -- "$tests/test_threads.py"
