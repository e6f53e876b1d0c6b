#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# aio.t - the Python package: asyncio.
. "$(dirname "$0")/lib.sh"
need_package
need_pytest
need_policy
need_tool secilc
policies
pytest_in_sim -- "$tests/test_aio.py"
