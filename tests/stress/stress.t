#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# stress.t - 10,000 namespaces in a row and 200 at once, made by one process: nothing grows that may
# not grow, of that process or of the simulator, and limits are reached and recovered from.
#
# STRESS_ROW, STRESS_ONCE: other numbers.
. "$(dirname "$0")/../programs/lib.sh"
need_policy
need_tool secilc
row=${STRESS_ROW:-10000} once=${STRESS_ONCE:-200}
policy parent "$(may_all parent)"
# What a namespace that is enforcing needs for its command to be started.
policy kid "$(may_all kid)"

# stress SIM-OPTION... -- ARGUMENT...: without the minute that run() gives
stress() {
	local sim=()
	while [ "$1" != -- ]; do sim+=("$1"); shift; done
	shift
	timeout -k 5 3000 selinuxns-sim "${sim[@]}" --policy="$dir/parent.bin" --context=u:r:parent_t -- \
		env MALLOC_ARENA_MAX=1 "$build/tests/stress/stress" "$1" "$2" "$dir/kid.bin" "${@:3}" >"$dir/.out" 2>"$dir/.err" </dev/null
	status=$?
	# shellcheck disable=SC2034 # of tap.sh
	out=$(<"$dir/.out") err=$(<"$dir/.err")
}

# same WHAT ALLOWED...: after as before; memory, in kB, may be that much more
same() {
	local of before after
	for of in descriptors mounts 'simulator descriptors' 'simulator mounts' 'simulator threads'; do
		is "$1: no more $of" "$(answer "after $of")" "$(answer "before $of")"
	done
	for of in "memory $2" "simulator memory $3"; do
		before=$(answer "before ${of% *}") after=$(answer "after ${of% *}")
		if [ "${before:-0}" -gt 0 ] && [ $((after - before)) -le "${of##* }" ]; then
			pass "$1: no more ${of% *} ($before kB, then $after kB)"
		else
			miss "$1: no more ${of% *} ($before kB, then $after kB)"
		fi
	done
}

stress -- row "$row"
is "$row in a row: all that should were made" "$status $(answer failed)$(answer made)" "0 $((row * 8 / 10))"
is "those with a context that is none were refused" "$(answer refused)" $((row / 10))
is "those whose command is not there failed" "$(answer unexecuted)" $((row / 10))
# A hundred bytes for each would be 900 kB.
same "$row in a row" 400 600

stress -- once "$once" u:r:kid_other_t
is "$once at once, twice: each command ran in its context" "$status $(answer failed)$(answer 'at once' | tr '\n' ' ')" \
	"0 $once $once "
same "$once at once" 2000 3000

stress --maxns=17 -- limit 16
limit() { answer "$1" | tr '\n' ' '; }
is "a limit: as many as are allowed are made" "$status $(answer failed)$(limit 'up to the limit')" "0 16 16 "
is "then none, also with a wait in vain" "$(limit 'one more')$(limit 'with a wait in vain')" "ENOSPC ENOSPC ENOSPC ENOSPC "
is "with a wait there is one when another ends" "$(limit 'with a wait, when one ends')" "made made "
is "and when all have ended, all can be made again" "$(limit 'not recovered')" "0 0 "
same "a limit" 400 600
finish
