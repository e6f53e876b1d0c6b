#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# abi-6-limits.t - chapter 6 of docs/kernel-abi.md: how many namespaces there may be, and how deep.
# sim:
# shellcheck source=tests/conformance/lib.sh disable=SC2016,SC2086,SC2088
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
need_namespaces
need_calls
[ -w $fs/maxns ] || skip_all "maxns cannot be written here"
maxns=$(cat $fs/maxns) maxnsdepth=$(cat $fs/maxnsdepth)
is "$maxns" 65535 "6.1 maxns is 65535"
is "$maxnsdepth" 32 "6.1 maxnsdepth is 32"

# ---- 6.2
while read -r text value; do
	is "$(fs write $fs/maxns "$text"; cat $fs/maxns)" "${#text}"$'\n'"$value" "6.2 maxns takes $text as $value"
done <<-'NUMBERS'
	5 5
	0x10 16
	010 8
	65535 65535
	4294967295 4294967295
NUMBERS
is "$(fs write $fs/maxns $'7\n'; cat $fs/maxns)" $'2\n7' "6.2 and a newline at the end"
for text in -1 '' x 5x ' 5' '5 ' 0x $'\n'; do
	is "$(fs write $fs/maxns "$text"; cat $fs/maxns)" $'EINVAL\n7' "6.2 '${text//$'\n'/\\n}': EINVAL"
done
is "$(fs write $fs/maxns 4294967296; cat $fs/maxns)" $'ERANGE\n7' "6.2 too large for u32: ERANGE"
is "$(fs write $fs/maxns 99999999999999999999999; cat $fs/maxns)" $'ERANGE\n7' "6.2 far too large: ERANGE"
echo "$maxns" >$fs/maxns
is "$(fs write $fs/maxnsdepth 0x10; cat $fs/maxnsdepth)" $'4\n16' "6.2 maxnsdepth takes 0x10"
case $(fs write $fs/maxnsdepth 33; cat $fs/maxnsdepth) in
$'EINVAL\n16') ok 0 "6.2 maxnsdepth over 32: EINVAL" ;;
$'2\n33') ok 0 "6.2 maxnsdepth over 32 is accepted (v7 of the series)" ;;
*) ok 1 "6.2 maxnsdepth over 32: EINVAL or accepted" ;;
esac
echo "$maxnsdepth" >$fs/maxnsdepth
mkdir "$dir/mnt"
ns_start child
ns child "fs mount $dir/mnt" >/dev/null
for limit in maxns maxnsdepth; do
	is "$(ns child "cat $dir/mnt/$limit $fs/$limit")" "$(cat $fs/$limit)$(cat $fs/$limit)" "6.2 $limit can be read in a child, by either instance"
	is "$(ns child "fs write $dir/mnt/$limit 10")" EPERM "6.2 $limit cannot be written in a child: EPERM"
	is "$(ns child "fs write $fs/$limit 10")" EPERM "6.2 nor by the init namespace's instance: EPERM"
	is "$(fs write "/proc/$(ns_pid child)/root$dir/mnt/$limit" 10)" EPERM "6.2 nor from init by the child's instance: EPERM"
	is "$(fs write $fs/$limit x)" EINVAL "6.2 (init may: it is asked for the number)"
done
ns_end child

# ---- 6.1
free() { lsm unshare true >/dev/null; }
echo 2 >$fs/maxns
if until_true 5 free; then
	sleep 0.1
	for value in 0 1; do
		echo $value >$fs/maxns
		is "$(lsm unshare echo yes)" ENOSPC "6.1 maxns $value: none"
	done
	echo 5 >$fs/maxns
	children=0
	for i in 1 2 3 4; do
		# What ended before may still count for a moment (6.3).
		until_true 5 ns_start "child$i" && children=$((children + 1))
	done
	is "$children" 4 "6.1 maxns 5: four children"
	is "$(lsm unshare echo yes)" ENOSPC "6.1 and no fifth: ENOSPC"
	is "$(ns child1 "lsm unshare echo yes")" ENOSPC "6.1 also not in one of them"
	ns_end child3
	until_true 5 free
	ok $? "6.3 when one has ended there is room again, at once or a moment later"
	for i in 1 2 4; do ns_end "child$i"; done
else
	skip "6.1 maxns" "other namespaces exist on this machine"
fi
echo "$maxns" >$fs/maxns

echo 0 >$fs/maxnsdepth
is "$(lsm unshare echo yes)" ENOSPC "6.1 maxnsdepth 0: none"
echo 3 >$fs/maxnsdepth
is "$(lsm unshare lsm unshare lsm unshare echo yes)" yes "6.1 maxnsdepth 3: three levels"
is "$(lsm unshare lsm unshare lsm unshare lsm unshare echo yes)" ENOSPC "6.1 and no fourth: ENOSPC"
echo "$maxnsdepth" >$fs/maxnsdepth
is "$(cat $fs/maxns $fs/maxnsdepth)" "$maxns$maxnsdepth" "6.2 (the limits are as before)"
done_testing
