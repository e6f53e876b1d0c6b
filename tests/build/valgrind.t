#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# valgrind.t - the unit tests run in valgrind without an error, a leak, or a descriptor left open.
#
# valgrind before 3.20 has no openat2(2), without which tests of what is in a root cannot pass; and a
# test that fails frees nothing. So leaks and descriptors are looked at where all tests of a program pass; of the
# others, sanitizers.t finds the leaks. Not with the distribution's policy, which takes minutes.
. "$(dirname "$0")/lib.sh"
need_tool valgrind

mapfile -t tests < <(expand "$build" '$(unit_tests)')
[ -n "${tests[0]}" ] || skip_all "Check is not installed: there are no unit tests"
targets=${tests[*]}
build_in valgrind --disable-static CFLAGS='-O1 -g'
ok $? "builds" "$made/log"

# one TEST: each test case is a process; each process has a report of its own.
one() {
	local name=${1##*/} without=()

	[ "$(id -u)" -ne 0 ] || ! unshare -m true 2>/dev/null || [ ! -d /etc/selinux ] ||
		without=(unshare --mount --propagation private sh -c 'mount -t tmpfs none /etc/selinux && exec "$@"' -)
	cd "$made" && CK_DEFAULT_TIMEOUT=300 CK_TIMEOUT_MULTIPLIER=20 CK_TAP_LOG_FILE_NAME=$dir/$name.tap CK_VERBOSITY=silent \
		"${without[@]}" valgrind --leak-check=full --show-leak-kinds=definite,indirect --track-fds=yes \
		--suppressions="$src/tests/build/valgrind.supp" --log-file="$dir/$name.%p" "$1" >"$dir/$name.out" 2>&1 </dev/null
}

# errors_in, leaks_in FILE...: what valgrind complains of
errors_in() {
	awk '/^==[0-9]+== (Invalid|Conditional jump|Use of uninit|Syscall param|Mismatched|Source and destination|Argument .* has a fishy|Jump to|Process terminating with default action of signal (4|7|8|11))/ { on = 1 }
		on { print } /^==[0-9]+== *$/ { on = 0 }' "$@"
}
# Descriptors of valgrind's, of the caller's, and of Check's are not the tests'.
leaks_in() {
	awk -v RS='==[0-9]+== \n' '/(definitely|indirectly) lost in loss record/ { print }
		/Open file descriptor/ && !/<inherited from parent>/ && !/srunner_open_file|open_tmp_file/ { print }' "$@"
}

export -f one
export made dir src
printf '%s\n' "${tests[@]}" | xargs -P "$jobs" -I {} bash -c 'one {}'
for test in "${tests[@]}"; do
	name=${test##*/}
	grep -q '^1\.\.[1-9]' "$dir/$name.tap" 2>/dev/null
	ok $? "$test runs in valgrind" "$dir/$name.out"
	errors_in "$dir/$name".[0-9]* >"$dir/log"
	[ ! -s "$dir/log" ]
	ok $? "$test: no error" "$dir/log"
	if ! grep -q '^not ok' "$dir/$name.tap" 2>/dev/null; then
		leaks_in "$dir/$name".[0-9]* >"$dir/log"
		[ ! -s "$dir/log" ]
		ok $? "$test: no leak, and no descriptor is left" "$dir/log"
	elif grep -q 'unhandled amd64-linux syscall: 437' "$dir/$name".[0-9]*; then
		skip "$test: no leak, and no descriptor is left" "this valgrind has no openat2(2), for $(grep -c '^not ok' "$dir/$name.tap") of its tests"
	else
		grep '^not ok' "$dir/$name.tap" >"$dir/log"
		ok 1 "$test: no leak, and no descriptor is left" "$dir/log"
	fi
done
finish
