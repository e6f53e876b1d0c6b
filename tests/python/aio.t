#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# aio.t - the Python package: asyncio.
. "$(dirname "$0")/lib.sh"
begin_with_policies
pytest_in_sim -- "$tests/test_aio.py"
