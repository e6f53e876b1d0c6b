#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# namespace.t - the Python package: commands in namespaces of their own.
. "$(dirname "$0")/lib.sh"
begin_with_policies
pytest_in_sim --free-delay=200 -- "$tests/test_namespace.py"
