#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# calls.t - the Python package: the calls that belong to no namespace object.
. "$(dirname "$0")/lib.sh"
begin_with_policies setpriv
pytest_in_sim -- "$tests/test_calls.py"
