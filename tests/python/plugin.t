#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# plugin.t - the Python package: the pytest plugin.
. "$(dirname "$0")/lib.sh"
begin_with_policies setpriv
pytest_in_sim -- "$tests/test_plugin.py"
