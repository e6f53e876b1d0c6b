#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# threads.t - the Python package: threads, forks, leaks.
. "$(dirname "$0")/lib.sh"
need_package
need_pytest
need_policy
need_tool secilc
policies
pytest_in_sim -- "$tests/test_threads.py"
