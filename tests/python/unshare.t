#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# unshare.t - the Python package: the process's own namespace, and the module selinux: docs/kernel-abi.md from Python.
. "$(dirname "$0")/lib.sh"
begin_with_policies
pytest_in_sim -- "$tests/test_unshare.py"
