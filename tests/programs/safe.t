#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# safe.t - selinux_unshare() and is_selinux_unshared() may be called between fork and exec:
# no heap, no lock, async-signal-safe functions only, as much stack as the header says.
. "$(dirname "$0")/lib.sh"
need_sim
limit=$((40 * 1024))

sim --no-policy -- safe heap
case $out in skip:*) skip_all "${out#skip: }" ;; esac
for kernel in lsm node no-namespaces no-lsm; do
	case $kernel in
	lsm | node) wanted="unshared: 0 unshare: 0 unshared: 1 " ;;
	*) wanted="unshared: 0 unshare: -1 unshared: 0 " ;;
	esac
	sim --no-policy --kernel=$kernel -- safe heap
	is "$kernel: no use of the heap" "$status ${out//$'\n'/ } " "0 $wanted"
	sim --no-policy --kernel=$kernel -- safe locks
	is "$kernel: with a thread that holds the heap and stdio" "$status ${out//$'\n'/ } " "0 $wanted"
	sim --no-policy --kernel=$kernel -- safe stack
	is "$kernel: in a child that shares the memory" "$status $(sed '/^stack/d' <<<"$out" | tr '\n' ' ')" "0 $wanted"
	used=$(answer stack)
	ok "$kernel: with no more stack than the header says (${used:-?} bytes)" test "${used:-$limit}" -lt $limit
done

# The paths that fail and warn: refused by the guard, and then a mount that is locked.
for how in heap locks stack; do
	sim --no-policy -- bash -c "safe $how+fail; true"
	is "$how: the same where it fails and warns" "$(answer unshare | tr '\n' ' ')$(answer unshared | tr '\n' ' ')" "-1 0 0 1 "
	like "an error is logged" "$out" '^log error: .*mount namespace is the same as that of its parent'
	like "and a warning" "$out" '^log warning: .*/sys/fs/selinux: it is locked'
	unlike "and nothing forbidden was used" "$out" '^(used|hangs|is killed)'
	[ $how = stack ] || continue
	used=$(answer stack)
	ok "with no more stack than the header says (${used:-?} bytes)" test "${used:-$limit}" -lt $limit
done
# Many mounts that are shared and covered: the deepest way through the code.
sim --no-policy -- bash -c 'mount --make-rshared /; mount --bind /sys/fs/selinux /sys/fs/selinux; safe stack; grep -c selinuxfs /proc/self/mountinfo'
used=$(answer stack)
ok "also for mounts that are shared and covered (${used:-?} bytes)" test "${used:-$limit}" -lt $limit
is "which works there" "$(answer unshare) $(answer unshared | tail -n 1) $(tail -n 1 <<<"$out")" "0 1 2"
sim --no-policy --maxns=1 -- safe heap
is "at a limit" "$status $(answer unshare)" "0 -1"
like "with its sentence" "$out" '^log error: .*maxns \(1\)'

# What the objects that these calls consist of may call: system calls, and pure functions.
allowed='open|openat|close|read|write|fstat|fstatat|fstatfs|statx|faccessat|readlinkat|mount|umount2|syscall|getpid|clock_gettime|clock_nanosleep'
allowed+='|memcpy|memset|memchr|memcmp|strcmp|strncmp|strlen|strnlen|strchr|strrchr|strstr|strspn|strcspn|strerrordesc_np'
allowed+='|__errno_location|__stack_chk_fail|__(open|openat|read|readlinkat)(64)?_2|__(read|memcpy|memset|readlinkat)_chk|_GLOBAL_OFFSET_TABLE_'
objects=()
for object in kernel/mounts kernel/mountinfo kernel/attr kernel/capability kernel/nsiface kernel/nsiface_lsm kernel/nsiface_node base/fd base/proc base/inroot ns/guard ns/limits; do
	for file in "$build/lib/$object.o" "$build/lib/${object%/*}/.libs/${object##*/}.o"; do
		[ -e "$file" ] && { objects+=("$file"); break; }
	done
done
if [ ${#objects[@]} -gt 0 ] && command -v nm >/dev/null && [ "$(nm -u "${objects[0]}" | grep -c asan)" = 0 ]; then
	bad=$(nm -A -u "${objects[@]}" | sed 's/.* U //; s/^\(.*\)64$/\1/' | sort -u |
		grep -Evx "$allowed|(mounts|mountinfo|instance|attr|capability|nsiface|text|ns_|proc|inroot|fd|limits|guard)_?.*")
	is "their objects call only what is async-signal-safe" "$bad" ""
else
	skip "their objects call only what is async-signal-safe" "no objects to look at"
fi
finish
