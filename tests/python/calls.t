#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# calls.t - the Python package: the calls that belong to no namespace object.
. "$(dirname "$0")/lib.sh"
need_package
need_pytest
need_policy
need_tool secilc setpriv
policies
pytest_in_sim -- "$tests/test_calls.py"
