#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# compat.t - the two calls of the libselinux fork: a program written for it builds and
# behaves the same, on every kind of kernel; a wrong answer of the kernel is an error.
. "$(dirname "$0")/lib.sh"
need_policy
need_tool secilc
cc=${CC:-cc}
need_tool "${cc%% *}"

errno() { python3 -c "import errno; print(errno.$1)" 2>/dev/null || sed -n "s/^#define[[:space:]]*$1[[:space:]]*\([0-9]*\).*/\1/p" /usr/include/asm-generic/errno*.h; }

# ---- built as a user builds it ------------------------------------------------

flags=()
nm -D "$build/lib/.libs/libselinuxns.so" 2>/dev/null | grep -q __asan_ && flags=("-fsanitize=address,undefined")
programs=()
if [ -e "$build/lib/.libs/libselinuxns.so" ]; then
	# shellcheck disable=SC2086
	run $cc "${flags[@]}" -D_GNU_SOURCE -Wall -Wextra -Werror -I"$src/include" -o "$dir/shared" \
		"$src/tests/programs/forkcompat.c" -L"$build/lib/.libs" -lselinux -lselinuxns
	is "a program for the fork builds with the header and -lselinuxns, shared" "$status" 0
	# The version that was just built, not one that is installed.
	patch=$(LD_LIBRARY_PATH=$build/lib/.libs ldd "$dir/shared" | sed -n 's/.*libselinuxns[^ ]* => \([^ ]*\).*/\1/p')
	is "and finds the shared library of this build" "$(realpath "$patch")" \
		"$(realpath "$build/lib/.libs/libselinuxns.so")"
	programs+=(shared)
fi
if [ -e "$build/lib/.libs/libselinuxns.a" ]; then
	# shellcheck disable=SC2086
	run $cc "${flags[@]}" -D_GNU_SOURCE -Wall -Wextra -Werror -I"$src/include" -o "$dir/static" \
		"$src/tests/programs/forkcompat.c" -Wl,-Bstatic -L"$build/lib/.libs" -lselinuxns \
		-Wl,-Bdynamic -lselinux -lsepol
	is "it builds with the static library" "$status" 0
	unlike "and needs no shared one then" "$(ldd "$dir/static")" selinuxns
	programs+=(static)
fi
[ ${#programs[@]} -gt 0 ] || { echo "Bail out! no library in $build/lib/.libs"; exit 1; }
export LD_LIBRARY_PATH=$build/lib/.libs

# compat WHAT WANTED [SIM-OPTION...]: "-m -u" on that kernel, with each of the programs
compat() {
	local what=$1 wanted=$2 program
	shift 2

	for program in "${programs[@]}"; do
		sim "$@" -- "$dir/$program" -m -u
		is "$program: $what" "$status ${out//$'\n'/ }" "0 $wanted"
	done
}

compat "unshared: 0, 1 after" "before: 0 0 unshare: 0 0 after: 1 0 mounted: 0"
compat "the same by the node in selinuxfs" "before: 0 0 unshare: 0 0 after: 1 0 mounted: 0" --kernel=node
compat "a kernel without namespaces: EOPNOTSUPP, and never unshared" \
	"before: 0 0 unshare: -1 $(errno EOPNOTSUPP) after: 0 0 mounted: 1" --kernel=no-namespaces
compat "a kernel without the LSM system calls: ENOSYS, and never unshared" \
	"before: 0 0 unshare: -1 $(errno ENOSYS) after: 0 0 mounted: 1" --kernel=no-lsm
compat "SELinux disabled: EOPNOTSUPP, and never unshared" \
	"before: 0 0 unshare: -1 $(errno EOPNOTSUPP) after: 0 0 mounted: 0" --kernel=disabled
compat "maxns reached: ENOSPC, and nothing changed" \
	"before: 0 0 unshare: -1 $(errno ENOSPC) after: 0 0 mounted: 1" --maxns=1
compat "maxnsdepth reached: ENOSPC, and nothing changed" \
	"before: 0 0 unshare: -1 $(errno ENOSPC) after: 0 0 mounted: 1" --maxnsdepth=0
compat "maxns reached, by the node: ENOSPC" \
	"before: 0 0 unshare: -1 $(errno ENOSPC) after: 0 0 mounted: 1" --kernel=node --maxns=1

policy strict '(allow strict_t strict_security_t (security (check_context)))'
for kernel in lsm node; do
	compat "denied by the policy ($kernel): EACCES, and nothing changed" \
		"before: 0 0 unshare: -1 $(errno EACCES) after: 0 0 mounted: 1" \
		--kernel=$kernel --policy="$dir/strict.bin" --context=u:r:strict_t --enforcing
done
compat "denied by a permissive policy is allowed" "before: 0 0 unshare: 0 0 after: 1 0 mounted: 0" \
	--policy="$dir/strict.bin" --context=u:r:strict_t
compat "the init namespace without a policy: not unshared before, unshared after" \
	"before: 0 0 unshare: 0 0 after: 1 0 mounted: 0" --no-policy

# ---- a seccomp filter, and other answers of the kernel -------------------------

sim --fault='lsm_get_self_attr:EPERM:*' --fault='lsm_set_self_attr:EPERM:*' -- \
	drive newns:private isunshared unshare mountpoint
is "a filter that answers EPERM: an error of both" "$(answer isunshared) / $(answer unshare)" "-1 EPERM / -1 EPERM"
is "and selinuxfs is still there" "$(answer mountpoint)" /sys/fs/selinux
sim --fault='lsm_get_self_attr:ENOSYS:*' --fault='lsm_set_self_attr:ENOSYS:*' -- drive newns:private isunshared unshare
is "a filter that answers ENOSYS: as an old kernel" "$(answer isunshared) / $(answer unshare)" "0 / -1 ENOSYS"

# Asked before and after an unshare, so that either answer would be a plausible one.
for wrong in none long short; do
	sim --fault="lsm_get_self_attr:$wrong:*" -- drive isunshared newns:private unshare isunshared
	is "an answer that is $wrong: EPROTO, never a guess" "$(answer isunshared)" $'-1 EPROTO\n-1 EPROTO'
	is "and nothing is unshared where the kernel could not say that it was" "$(answer unshare)" "-1 EPROTO"
	sim --fault="lsm_get_self_attr:$wrong:*" -- selinuxunshared
	is "selinuxunshared then ends with 255" "$status/$out" "255/"
	like "and says why" "$err" '^selinuxunshared: .*Protocol error'
done
for wrong in EINVAL E2BIG EIO; do
	sim --fault="lsm_get_self_attr:$wrong" -- drive isunshared
	is "an answer $wrong is that error" "$(answer isunshared)" "-1 $wrong"
done
sim --fault='lsm_set_self_attr:ENOMEM' -- drive newns:private unshare isunshared enabled
is "no memory for a namespace: ENOMEM, and nothing changed" \
	"$(answer unshare) $(answer isunshared) $(answer enabled)" "-1 ENOMEM 0 1"
like "which is explained to the log callback" "$out" '^log error: .*Cannot allocate memory'

for wrong in short EIO; do
	sim --no-policy --kernel=node --fault="selinuxfs/unshare/read:$wrong:*" -- drive isunshared
	like "the node's answer is $wrong: an error" "$(answer isunshared)" '^-1 E(PROTO|IO)$'
	sim --no-policy --kernel=node --fault="selinuxfs/unshare/read:$wrong:*" -- drive newns:private unshare isunshared
	like "also after the unshare" "$(answer isunshared)" '^-1 E(PROTO|IO)$'
done
sim --kernel=node --fault='selinuxfs/unshare/write:EIO' -- drive newns:private unshare isunshared
sim --kernel=node --fault='attr/current/read:EIO:*' -- drive newns:private unshare isunshared
is "the node says 1 and the context cannot be read: an error, never a guess" "$(answer isunshared)" "-1 EIO"
sim --kernel=node --fault='selinuxfs/unshare/write:EIO' -- drive newns:private unshare isunshared
is "the node refuses: its errno, and nothing changed" "$(answer unshare) $(answer isunshared)" "-1 EIO 0"

# ---- after a policy load -------------------------------------------------------

policy child "$(may_all child)"
for kernel in lsm node; do
	sim --kernel=$kernel -- drive newns:private unshare isunshared openfile:"$dir/child.bin" mount load isunshared \
		fork isunshared sh:selinuxunshared
	is "$kernel: unshared 1, after the load 0, also in a child process and a program" \
		"$(answer isunshared | tr '\n' ' ')$(tail -n 1 <<<"$out")" "1 0 0 0"
	sim --kernel=$kernel -- drive newns:private unshare mount openfile:"$dir/child.bin" load unshare isunshared attr:current
	is "$kernel: a namespace in a namespace" "$(answer unshare | tr '\n' ' ')$(answer isunshared) $(answer attr)" "0 0 1 kernel"
done

# ---- what the library must not need or leave -----------------------------------

sim -- drive nonewprivs newns:private leaks unshare isunshared leaks
is "no_new_privs does not keep it from working" "$(answer unshare) $(answer isunshared)" "0 1"
is "no descriptor is left open" "$(answer leaks | uniq | wc -l)" 1
finish
