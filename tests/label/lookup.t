#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# lookup.t - selinuxns label lookup: its options, its output for a person and for a program, and a
# root that is hostile.
. "$(dirname "$0")/../programs/lib.sh"
need_tool python3

root=$dir/root
files=$root/etc/selinux/test/contexts/files
mkdir -p "$files" "$root/etc/selinux/other/contexts/files" "$root/var/lib/ext/one/usr"
echo SELINUXTYPE=test >"$root/etc/selinux/config"
cat >"$files/file_contexts" <<'END'
/usr(/.*)?	-d	u:r:usr_dir
/usr(/.*)?	-l	u:r:usr_link
/none	<<none>>
/only	-s	u:r:socket
/usr/x	u:r:x
END
echo '/lib /usr' >"$files/file_contexts.subs"
echo '/.*	u:r:other' >"$root/etc/selinux/other/contexts/files/file_contexts"
ln -s /usr/nowhere "$root/usr"
lookup() { run selinuxns label lookup --root="$root" "$@"; }
t=$'\t'

# ---- for a person --------------------------------------------------------------------

lookup /usr/x
is "a path" "$status/$out" "0//usr/x${t}u:r:x"
lookup /usr
is "the type is that of the file, whose link is not followed" "$status/$out" "0//usr${t}u:r:usr_link"
lookup --type=dir /usr
is "or the one that is given" "$status/$out" "0//usr${t}u:r:usr_dir"
lookup /usr/not/there
is "of a file that is not there it is any" "$status/$out" "0//usr/not/there${t}u:r:usr_link"
lookup --type=file /usr/not/there
is "none matches" "$status/$out" "1//usr/not/there${t}<<no match>>"
lookup /none /usr/x
is "<<none>> is no context, and the next path is looked up" "$status/$out" "1//none${t}<<none>>"$'\n'"/usr/x${t}u:r:x"
lookup -v /lib/x /none
is "which line it was" "$out" "/lib/x${t}u:r:x${t}/etc/selinux/test/contexts/files/file_contexts:5
/none${t}<<none>>${t}/etc/selinux/test/contexts/files/file_contexts:3"
lookup --type=socket "/on"$'\x1b'"ly"$'\n'"x" /only
is "what could drive a terminal is escaped" "$out" "/on\\x1bly\\nx${t}<<no match>>
/only${t}u:r:socket"
long=/usr/$(printf 'é%.0s' {1..300})
lookup --type=dir "$long"
is "also in a long name" "$out" "/usr/$(printf '\\xc3\\xa9%.0s' {1..300})${t}u:r:usr_dir"
lookup --policy-type=other /usr/x
is "another type" "$status/$out" "0//usr/x${t}u:r:other"
lookup --file-contexts="$root/etc/selinux/other/contexts/files/file_contexts" /usr/x
is "a file of the caller's" "$status/$out" "0//usr/x${t}u:r:other"
lookup --alternate-prefix=/var/lib/ext/one /var/lib/ext/one/usr /var/lib/ext/one/lib/x
is "a prefix" "$status/$out" "0//var/lib/ext/one/usr${t}u:r:usr_dir
/var/lib/ext/one/lib/x${t}u:r:x"
printf '/usr/x\0/a\nb\0/none' | selinuxns label lookup --root="$root" --null >"$dir/list"
is "a list: the status" "$?" 1
is "a list" "$(<"$dir/list")" "/usr/x${t}u:r:x
/a\\nb${t}<<no match>>
/none${t}<<none>>"

# ---- for a program -------------------------------------------------------------------

lookup --json --type=link /usr/x /none $'/b"\xff\n'
is "JSON" "$(python3 -c '
import json, sys
for line in sys.stdin.read().splitlines():
	o = json.loads(line)
	print(o["path"].encode("ascii", "backslashreplace"), o["type"], o["result"], o["context"], o["file"], o.get("line"))
' <<<"$out")" "b'/usr/x' link context u:r:x /etc/selinux/test/contexts/files/file_contexts 5
b'/none' link none None /etc/selinux/test/contexts/files/file_contexts 3
b'/b\"\\\\ufffd\\n' link no-match None None None"

# ---- what is wrong -------------------------------------------------------------------

for arguments in "" "--null /x" "--type=door /x" "--root=/nonexistent /x" "--file-contexts=/nonexistent /x" \
	"--policy-type=nonesuch /x" "--alternate-prefix=relative /x" "--policy-type=test --file-contexts=/x /x" \
	"--nonesuch"; do
	# shellcheck disable=SC2086
	lookup $arguments
	is "arguments '$arguments'" "$status/$out" "2/"
	like "with a message" "$err" '^selinuxns: '
done
lookup ''
is "an empty path" "$status" 2
like "with its reason" "$err" '^selinuxns: look up context: \(empty\): no path is empty$'
cd "$root" && lookup usr/x /usr/x
is "a path that is not absolute" "$status/$out" "2//usr/x${t}u:r:x"
like "which is said" "$err" '^selinuxns: look up context: usr/x: it is not absolute, as a path in the root is$'
lookup --file-contexts=/nonexistent /x
like "what was named is not told to be named" "$err" '^selinuxns: read file contexts: /nonexistent: No such file or directory$'
for arguments in label "label nonesuch" "label --nonesuch"; do
	# shellcheck disable=SC2086
	run selinuxns $arguments
	is "'$arguments'" "$status" 2
	like "and where there is help" "$err" "^Try 'selinuxns label --help'"
done
run sh -c 'exec selinuxns label lookup --root="$1" /usr/x >/dev/full' sh "$root"
is "a full disk is noticed" "$status" 2
run selinuxns label lookup --root="$dir" /x
is "a root without a policy" "$status" 2
like "and what to do" "$err" 'file_contexts: No such file or directory; install'

echo '/a[' >>"$files/file_contexts.local"
lookup /usr/x
like "a line that is wrong is named" "$err" 'file_contexts.local: line 1: it has an expression and no context'
rm "$files/file_contexts.local"
echo '/.*	u:r:outside' >"$dir/outside"
ln -sf ../../../../../../outside "$files/file_contexts.local"
lookup /usr/x
is "a link does not lead out" "$status/$out" "0//usr/x${t}u:r:x"
rm "$files/file_contexts.local"
mkfifo "$files/file_contexts.local"
lookup /usr/x
is "a FIFO is refused, and not waited for" "$status" 2
rm "$files/file_contexts.local"
echo '/(x+x+)+[yz]	u:r:slow' >"$files/file_contexts.local"
lookup "/$(printf 'x%.0s' {1..60})" /usr/x
is "an expression that takes too long is an error" "$status" 2
like "which names it" "$err" 'the expression in /etc/selinux/test/contexts/files/file_contexts.local, line 1: it takes more steps'
is "and other paths are looked up" "$out" "/usr/x${t}u:r:x"

# ---- as anyone, with nothing ---------------------------------------------------------

if command -v setpriv >/dev/null && [ "$(id -u)" -eq 0 ]; then
	chmod -R go+rX "$root"
	cp "$(command -v selinuxns)" "$dir/"
	run setpriv --reuid=65534 --regid=65534 --clear-groups "$dir/selinuxns" label lookup \
		--root="$root" /usr/x
	is "as an ordinary user" "$status/$out" "0//usr/x${t}u:r:x"
else
	skip "as an ordinary user" "not root, or no setpriv"
fi
finish
