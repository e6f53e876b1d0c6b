#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# stock-6.12.t - the conformance scripts on Debian's kernel 6.12, in a virtual machine.
. "$(dirname "${BASH_SOURCE[0]}")/stock.sh" 6.12
