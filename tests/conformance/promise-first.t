#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# promise-first.t - what selinuxns(8) promises where no policy was loaded yet, in the init namespace
# of any kernel.
# sim: --no-policy
# shellcheck source=tests/conformance/lib.sh disable=SC2016
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 99
need_programs
need_disposable
[ -e $fs/enforce ] || skip_all "selinuxfs is not mounted on $fs"
[ ! -d $fs/class/process ] || skip_all "the init namespace has a policy"
policy=$(reference_policy) || skip_all "there is no policy below /etc/selinux"

like "$(selinuxns status)" "*namespace: the init namespace*policy version: not known (no policy is loaded)*context: kernel*" "status: no policy is loaded"
like "$(selinuxns status --json)" '*"policy_version":null*' "status --json: null"
is "$(selinuxunshared; echo $?)" $'0\n1' "selinuxunshared: the init namespace is not unshared, also without a policy"
is "$(selinuxns init 2>&1 >/dev/null; selinuxns init >/dev/null; echo $?)" 0 "init: nothing to do in the init namespace"
is "$(ls $fs/class)" '' "init: it loaded nothing there"
like "$(selinuxns load-policy 2>&1; echo $?)" "selinuxns: *init namespace*"$'\n2' "load-policy: refuses in the init namespace, also without a policy"
like "$(selinuxns boolean 2>&1; echo $?)" "selinuxns: read booleans: *no policy is loaded*"$'\n2' "boolean: no booleans"
is "$(selinuxns load-policy --compare; echo $?; context_of self)" $'differs\n1\nkernel' "load-policy --compare: no policy is not this one"
is "$(selinuxns load-policy --init-namespace --verify; echo $?)" $'same\n0' "load-policy --init-namespace: the first policy is loaded, same"
is "$(wc -c <$fs/policy)" "$(stat -c %s "$policy")" "load-policy: it is what /etc/selinux/config names"
is "$(context_of self)" system_u:system_r:kernel_t:s0 "load-policy: this process has the policy's initial context"
like "$(selinuxns status)" "*mode: permissive*policy version: *policy fingerprint: sha256:*context: system_u:system_r:kernel_t:s0*" "status: the policy is there"
is "$(selinuxunshared; echo $?)" $'0\n1' "selinuxunshared: not unshared"
done_testing
