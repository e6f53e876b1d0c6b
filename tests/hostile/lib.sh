# SPDX-License-Identifier: MIT
# lib.sh - what the scripts of tests/hostile share: the policies, the canary, the simulated machine.
#
# Sourced by bash, after that battery() runs one of the Python scripts in a simulated kernel. The
# canary is a whole root directory outside of the hostile one, which links lead to. It is a FUSE
# file system that records every request: opening a file of it is seen, and so is only
# looking for one (tests/sim/mirror.c).

# In a mount namespace of its own: what other tests mount meanwhile is no change of the parent.
if [ -z "${HOSTILE_MOUNTS-}" ] && unshare -m --propagation private true 2>/dev/null; then
	HOSTILE_MOUNTS=own exec unshare -m --propagation private bash "$0" "$@"
fi
. "$(dirname "${BASH_SOURCE[0]}")/../programs/lib.sh"
need_policy
need_tool secilc python3
[ "$(id -u)" = 0 ] || skip_all "bind mounts and FUSE take root"

for name in parent kid outer twin; do policy $name "$(may_all $name)"; done

mkdir "$dir/shown" "$dir/canary"
: >"$dir/seen"
"$build/tests/sim/mirror" "$dir/shown" "$dir/canary" "$dir/seen" & canary=$!
# Another machine that began meanwhile may have its mount still, in a mount namespace of its own.
trap 'umount -l "$dir/canary"; kill $canary 2>/dev/null; wait $canary 2>/dev/null; rm -rf "$dir"' EXIT
for _ in {1..100}; do
	! mountpoint -q "$dir/canary" || break
	sleep 0.05
done
mountpoint -q "$dir/canary" || skip_all "no FUSE file system can be mounted"

# battery SCRIPT [ARGUMENT...]: its TAP; the programs are those found first in PATH
battery() {
	local script=$1
	shift
	TEST_DIR=$dir TEST_BUILD=$build PYTHONDONTWRITEBYTECODE=1 \
		selinuxns-sim --policy="$dir/parent.bin" --context=u:r:parent_t -- \
		python3 "$src/tests/hostile/$script" "$@" </dev/null
}
