#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# plugin.t - the Python package: the pytest plugin.
. "$(dirname "$0")/lib.sh"
need_package
need_pytest
need_policy
need_tool secilc setpriv
policies
pytest_in_sim -- "$tests/test_plugin.py"
