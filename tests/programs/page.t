#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# page.t - the page of manual steps (examples/by-hand) and the one command (examples/one-line)
# end in the same state, and neither changes the parent.
. "$(dirname "$0")/lib.sh"
need_policy
need_tool getenforce load_policy runcon setenforce getsebool
export dir
selinuxns-sim -- runcon unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023 true 2>/dev/null </dev/null ||
	skip_all "the policy here has no unconfined context with a range"

cat >"$dir/state" <<'END'
echo "context: $(id -Z)"
echo "kernel's context: $(tr -d '\0' </proc/self/attr/current)"
echo "mode: $(getenforce)"
echo "initialised: $(selinuxunshared)"
echo "booleans: $(getsebool -a | cksum)"
echo "policy: $(cksum </sys/fs/selinux/policy)"
echo "mounts: $(grep -c ' - selinuxfs ' /proc/self/mountinfo) $(grep ' - selinuxfs ' /proc/self/mountinfo | cut -d ' ' -f 5)"
echo "directory: $PWD"
END
# The parent, while the child has ended its set-up and is at work, and after it.
cat >"$dir/parent" <<'END'
"$@" ". $dir/state >$dir/child; touch $dir/up; while [ -e $dir/up ]; do sleep 0.05; done" >$dir/said 2>&1 &
for ((i = 0; i < 600; i++)); do [ -e $dir/up ] && break; sleep 0.05; done
. $dir/state >$dir/while
rm -f $dir/up
wait $!
. $dir/state >$dir/after
END

sim -- bash -c '. $dir/state'
start=$out
for script in by-hand one-line; do
	rm -f "$dir"/{child,while,after,said}
	sim -- bash "$dir/parent" "$src/examples/$script"
	cp "$dir/child" "$dir/child.$script" 2>/dev/null
	comment "$(cat "$dir/said")"
	out=$(cat "$dir/child" 2>/dev/null)
	is "$script: the context" "$(answer context)" unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023
	is "$script: enforcing, initialised, one selinuxfs" "$(answer mode) $(answer initialised) $(answer mounts)" \
		"Enforcing 0 1 /sys/fs/selinux"
	is "$script: the parent is unchanged meanwhile" "$(cat "$dir/while")" "$start"
	is "$script: and after it" "$(cat "$dir/after")" "$start"
done
is "both end in the same state" "$(cat "$dir/child.one-line")" "$(cat "$dir/child.by-hand")"
unlike "by hand, everything is done by commands that the reader types" \
	"$(sed -n '/<<END/,$p' "$src/examples/by-hand")" 'unshareselinux --'
is "in one line, one command does it" "$(grep -c '^unshareselinux --load-policy' "$src/examples/one-line")" 1

# What each does when a step fails.
marker="touch $dir/ran"
sim --fault=selinuxfs/load/write:EINVAL -- "$src/examples/by-hand" "$marker"
ok "by hand, a load that fails does not keep the rest from running" test -e "$dir/ran"
rm -f "$dir/ran"
sim --fault=selinuxfs/load/write:EINVAL -- "$src/examples/one-line" "$marker"
is "in one line it does" "$status $([ -e "$dir/ran" ] && echo ran)" "125 "
like "with the step" "$err" '^unshareselinux: load policy: '
# Without arguments they show what they made.
sim -- "$src/examples/by-hand"
like "by hand, the end of what the reader sees" "$out" '^Enforcing$'
sim -- "$src/examples/one-line"
is "in one line, all of it" "$status $out" "0 0
unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023
Enforcing"
finish
