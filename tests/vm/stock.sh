# SPDX-License-Identifier: MIT
# stock.sh - run the conformance scripts on a kernel of Debian's, which is fetched first.
#
# Sourced by stock-VERSION.t with the version. The kernel is kept below the build directory.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${top_builddir:-$here/../../build}
if ! command -v qemu-system-x86_64 >/dev/null; then
	echo "1..0 # SKIP qemu-system-x86_64 is not installed"
	exit 0
fi
if ! kernel=$("$here/fetch-kernel" "$1" "$build/tests/vm/kernels" 2>&1); then
	echo "1..0 # SKIP ${kernel##*$'\n'}"
	exit 0
fi
# The results tell; a status would count once more.
"$here/run" --name="$1" "$kernel"
exit 0
