#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# limits.t - at a limit: ENOSPC at once or a bounded wait, and a sentence that names the limit.
. "$(dirname "$0")/lib.sh"
need_sim

# Ended namespaces go on counting for a while: free-delay. Each "end" makes one that ends.
end='unshare -m drive unshare >/dev/null'
sim --no-policy --maxns=2 --free-delay=20000 -- bash -c "$end; drive newns:private unsharens:0 isunshared"
is "without a wait: ENOSPC" "$(answer unsharens) $(answer isunshared)" "-1 ENOSPC 0"
ok "at once ($(answer 'unsharens ms') ms)" test "$(answer 'unsharens ms')" -lt 5000
like "the sentence has the limit with its number" "$(answer 'unsharens message')" 'the limit maxns \(2\) is reached'
like "and what can be done" "$(answer 'unsharens message')" 'raise it .*or wait'
unlike "and speaks of no wait" "$(answer 'unsharens message')" 'waited'
is "and it is not logged, as the error object has it" "$(grep -c '^log' <<<"$out")" 0

sim --no-policy --maxns=2 --free-delay=400 -- bash -c "$end; drive newns:private unsharens:20000 isunshared"
is "with a wait: it succeeds" "$(answer unsharens) $(answer isunshared)" "0 1"
ok "long before the wait is over ($(answer 'unsharens ms') ms)" test "$(answer 'unsharens ms')" -lt 10000
sim --no-policy --kernel=node --maxns=2 --free-delay=400 -- bash -c "$end; drive newns:private unsharens:20000 isunshared"
is "the same by the node" "$(answer unsharens) $(answer isunshared)" "0 1"

sim --no-policy --maxns=1 -- drive newns:private unsharens:300 isunshared
is "a wait in vain: ENOSPC" "$(answer unsharens) $(answer isunshared)" "-1 ENOSPC 0"
ok "after that wait ($(answer 'unsharens ms') ms)" test "$(answer 'unsharens ms')" -ge 300
ok "and not much more" test "$(answer 'unsharens ms')" -lt 3000
like "which the sentence has" "$(answer 'unsharens message')" 'maxns \(1\) is reached.*waited 300 ms'

sim --no-policy --maxnsdepth=0 -- drive newns:private unsharens:0
like "maxnsdepth 0: the sentence names it" "$(answer 'unsharens message')" 'the limit maxnsdepth \(0\) is reached'
sim --no-policy --maxns=2 -- drive newns:private unsharens:0 unsharens:0 isunshared
is "in a child: ENOSPC, and still in it" "$(answer unsharens | tr '\n' ' ')$(answer isunshared)" "0 -1 ENOSPC 1"
like "either limit could be it: the sentence names both" "$(answer 'unsharens message')" 'maxns \(2\) or maxnsdepth \(32\)'
sim --no-policy --maxnsdepth=2 -- drive newns:private unsharens:0 unsharens:0 unsharens:0
is "maxnsdepth 2: two levels" "$(answer unsharens | tr '\n' ' ')" "0 0 -1 ENOSPC "
like "and the sentence names it" "$(answer 'unsharens message')" 'maxnsdepth \(2\)'
sim --no-policy --maxns=1 --fault='selinuxfs/maxns/open:EACCES:*' -- drive newns:private unsharens:0
like "limits that cannot be read: it says so" "$(answer 'unsharens message')" 'which one cannot be told'
sim --no-policy --maxns=1 --fault='selinuxfs/maxns/read:short:*' -- drive newns:private unsharens:0
like "nor where the answer makes no sense" "$(answer 'unsharens message')" 'which one cannot be told'
sim --no-policy --maxns=1 -- drive newns:private unshare
like "selinux_unshare() logs the sentence" "$out" '^log error: .*maxns \(1\) is reached'

sim --no-policy --maxns=1 -- unshareselinux touch "$dir/witness"
is "unshareselinux: 125" "$status" 125
like "with step, object, reason and remedy" "$err" '^unshareselinux: check limits: maxns: it is 1, .*; raise it'
ok "and the command is not started" test ! -e "$dir/witness"
sim --no-policy --maxns=2 --free-delay=20000 -- bash -c "$end; unshareselinux touch $dir/witness"
is "a limit that is reached rather than too low: 125" "$status" 125
like "with the sentence" "$err" '^unshareselinux: .*unshare the SELinux namespace[^:]*: .*maxns \(2\) is reached.*; raise it'
ok "and the command is not started" test ! -e "$dir/witness"
# Signals do not end the wait early.
sim --no-policy --maxns=1 -- bash -c 'drive newns:private unsharens:400 & pid=$!; while kill -CONT $pid 2>/dev/null; do sleep 0.01; done; wait $pid'
ok "signals do not end the wait ($(answer 'unsharens ms') ms)" test "$(answer 'unsharens ms')" -ge 400
finish
