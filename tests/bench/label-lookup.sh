#!/bin/sh
# SPDX-License-Identifier: MIT
# label-lookup.sh - time lookups of this machine's paths in the file contexts of its policy.
#
# Usage: label-lookup.sh PROGRAM     (make bench-label-lookup)
# The text of the file contexts is copied, so that libselinux reads no compiled file: what is compared is the
# same work. docs/benchmarks.md has figures.
set -eu
program=$1
dir=$(mktemp -d "${TMPDIR:-/tmp}/label-lookup.XXXXXX")
trap 'rm -rf "$dir"' EXIT
type=$(sed -n 's/^SELINUXTYPE=//p' /etc/selinux/config)
for suffix in '' .homedirs .local .subs .subs_dist; do
	file=/etc/selinux/$type/contexts/files/file_contexts$suffix
	[ ! -f "$file" ] || cp "$file" "$dir/"
done
find /usr /etc /var -xdev -print0 2>/dev/null >"$dir/paths"
"$program" "$dir/file_contexts" <"$dir/paths"
