#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# doctest.t - the Python package: the examples in its docstrings.
. "$(dirname "$0")/lib.sh"
begin_with_policies
pytest_in_sim -- "$tests/test_doctest.py"
