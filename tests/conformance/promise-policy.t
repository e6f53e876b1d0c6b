#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# promise-policy.t - what selinuxns(8) promises of load-policy and boolean, in the init namespace of
# any kernel.
# sim:
# shellcheck source=tests/conformance/lib.sh disable=SC2016
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
need_programs
need_disposable
[ -d $fs/class/process ] || skip_all "the init namespace has no policy"
policy=$(reference_policy) || skip_all "there is no policy below /etc/selinux"
small_policy small '(boolean flag false)' '(boolean other true)' \
	'(booleanif flag (true (allow a_t file_t (file (read)))))' || skip_all "secilc is not installed"
small_policy next '(boolean flag true)' '(handleunknown deny)'
own=$(context_of self)

# ---- what it refuses
like "$(selinuxns load-policy "$dir/small.bin" 2>&1; echo $?)" "selinuxns: *init namespace*--init-namespace*"$'\n2' "load-policy: refuses in the init namespace, and names the option"
head -c 4096 /dev/urandom >"$dir/garbage"
like "$(selinuxns load-policy --init-namespace "$dir/garbage" 2>&1; echo $?)" "selinuxns: *: $dir/garbage: *"$'\n2' "load-policy: refuses what is no policy"
head -c 1000 "$dir/small.bin" >"$dir/truncated"
like "$(selinuxns load-policy --init-namespace "$dir/truncated" 2>&1; echo $?)" "selinuxns: *: $dir/truncated: *"$'\n2' "load-policy: refuses a truncated policy"
like "$(selinuxns load-policy --init-namespace "$dir/none" 2>&1; echo $?)" "selinuxns: *: $dir/none: No such file*"$'\n2' "load-policy: names what is not there"
is "$(selinuxns load-policy --compare)" same "load-policy: after these the machine's policy is there (--compare: same)"

# ---- --check, --compare
like "$(selinuxns load-policy --check "$dir/small.bin")" "*version*good*" "load-policy --check: good, and nothing is loaded"
is "$(selinuxns load-policy --compare "$dir/small.bin"; echo $?)" $'differs\n1' "load-policy --compare: another policy differs, status 1"

# ---- loads
is "$(selinuxns load-policy --init-namespace --verify "$dir/small.bin"; echo $?)" $'same\n0' "load-policy --init-namespace --verify: loaded, same"
is "$(find $fs/class -mindepth 1 -maxdepth 1 | wc -l)" 4 "load-policy: the kernel has it"
like "$(selinuxns status)" "*policy fingerprint: sha256:$(sha256sum <$fs/policy | cut -d' ' -f1)*" "status: the fingerprint is that of selinuxfs's file policy"
is "$(selinuxns load-policy --compare "$dir/small.bin")" same "load-policy --compare: same"

# ---- boolean
is "$(selinuxns boolean)" $'flag: off\nother: on' "boolean: lists all"
is "$(selinuxns boolean flag)" "flag: off" "boolean: shows one"
is "$(selinuxns boolean flag=on other=off; cat $fs/booleans/flag $fs/booleans/other)" "1 10 0" "boolean: sets two"
is "$(selinuxns boolean flag=off none=on >/dev/null 2>&1; echo $?; cat $fs/booleans/flag)" $'2\n1 1' "boolean: none is set where one name is unknown, status 2"
like "$(selinuxns boolean none 2>&1; echo $?)" "selinuxns: *none: *"$'\n2' "boolean: an unknown name is named"
like "$(selinuxns boolean --json | tr -d ' \n')" '{"flag":true,"other":false}' "boolean --json"
is "$(selinuxns boolean flag=off flag=on flag)" "flag: on" "boolean: the last value for a name counts"
is "$(selinuxns load-policy --compare "$dir/small.bin"; echo $?)" $'differs\n1' "load-policy --compare: booleans that are set make it differ"
is "$(selinuxns load-policy --init-namespace "$dir/small.bin"; cat $fs/booleans/flag)" "1 1" "load-policy: booleans keep their values"
is "$(selinuxns load-policy --init-namespace --reset-booleans --verify "$dir/small.bin"; cat $fs/booleans/flag)" $'same\n0 0' \
	"load-policy --reset-booleans: the policy's values"

# ---- by descriptor, from a root
is "$(selinuxns load-policy --init-namespace --fd=7 7<"$dir/next.bin"; cat $fs/booleans/flag $fs/deny_unknown)" "0 01" "load-policy --fd"
mkdir -p "$dir/root/etc/selinux/mine/policy"
cp "$dir/small.bin" "$dir/root/etc/selinux/mine/policy/policy.30"
printf 'SELINUX=permissive\nSELINUXTYPE=mine\n' >"$dir/root/etc/selinux/config"
is "$(selinuxns load-policy --init-namespace --root="$dir/root" --verify)" same "load-policy --root: the policy that this root names"
is "$(cat $fs/enforce)" 0 "load-policy: the mode is unchanged"

is "$(selinuxns load-policy --init-namespace; echo $?)" 0 "load-policy: the configured policy"
is "$(selinuxns load-policy --compare "$policy")" same "load-policy: it is what /etc/selinux/config names"
is "$(context_of self)" "$own" "load-policy: (this process has its context again)"
done_testing
