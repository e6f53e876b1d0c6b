# SPDX-License-Identifier: MIT
# lib.sh - what the scripts of tests/label share: a root with a small policy, and files to label.
#
# Sourced by bash.
. "$(dirname "${BASH_SOURCE[0]}")/../programs/lib.sh"
PATH=$build/tests/label:$PATH
attribute=security.selinux
root=$dir/root

need_tool secilc
policy alpha "$(printf '(type %s) (roletype object_r %s)' top_t top_t bin_t bin_t conf_t conf_t link_t link_t own_t own_t)" \
	'(user v) (userrole v object_r) (userlevel v (s0)) (userrange v ((s0) (s0)))'

# root NAME [FILE-CONTEXTS-LINE...]: $dir/NAME, a root with that policy
make_root() {
	local at=$dir/$1/etc/selinux/tiny

	shift
	mkdir -p "$at/policy" "$at/contexts/files"
	printf 'SELINUX=enforcing\nSELINUXTYPE=tiny\n' >"${at%/tiny}/config"
	cp "$dir/alpha.bin" "$at/policy/policy.33"
	printf '%s\n' "$@" >"$at/contexts/files/file_contexts"
}

# shellcheck disable=SC2034
contexts=(
	'/.*		u:object_r:conf_t'
	'/		-d	u:object_r:top_t'
	'/usr(/.*)?	u:object_r:bin_t'
	'/usr/.*	-l	u:object_r:link_t'
	'/tmp/.*	<<none>>'
)

# label FILE...: their labels
label() { files get "$attribute" "$@"; }

# give LABEL FILE...
give() {
	local value=$1 file
	shift
	for file; do files set "$attribute" "$value" "$file" || return; done
}

# Can labels be written here?
need_labels() {
	touch "$dir/try"
	give u:object_r:top_t "$dir/try" 2>/dev/null || skip_all "labels cannot be written here: it takes root, and a file system that holds them"
	rm "$dir/try"
}

check() { run selinuxns label check --root="$root" "$@"; }
apply() { run selinuxns label apply --root="$root" "$@"; }

# count KIND: how many of that kind the last one said
count() { sed -n "s/^$1: \([0-9]*\)$/\1/p" <<<"$out"; }
