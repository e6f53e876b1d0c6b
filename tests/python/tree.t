#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tree.t - the Python package: the labels of a tree.
. "$(dirname "$0")/lib.sh"
begin_with_policies
pytest_in_sim -- "$tests/test_tree.py"
