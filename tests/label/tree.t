#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tree.t - selinuxns label check and apply: what they find and write, and what they leave alone.
. "$(dirname "$0")/lib.sh"
need_labels
make_root root "${contexts[@]}"
mkdir -p "$root/usr/bin" "$root/tmp/x"
touch "$root/usr/bin/tool" "$root/tmp/x/scratch" "$root/etc/conf"
ln -s tool "$root/usr/bin/link"
mkfifo "$root/usr/bin/fifo"
total=$(find "$root" | wc -l)

# ---- a check, and an apply -------------------------------------------------------------

check /
is "a check of a tree without labels: it does not fit" "$status $(count files) $(count unlabeled) $(count unspecified)" "1 $total $((total - 2)) 2"
like "which labels are missing" "$out" '^unlabeled: 5: \(none\), should be u:object_r:bin_t$|^unlabeled: 4: \(none\), should be u:object_r:bin_t$'
like "what to do" "$out" '^to do: relabel it: selinuxns label apply'
apply --dry-run /
is "a dry run says what it would do" "$status $(count changed)" "1 $((total - 2))"
is "and does nothing" "$(label "$root/usr/bin/tool")" "(none)"
# But for what it reads itself.
find "$root" -path "$root/etc/selinux" -prune -o -print0 >"$dir/list"
# So old that a mount with relatime would renew them, too.
xargs -0 touch -h -a -d '3 days ago' <"$dir/list"
xargs -0 stat -c '%n %X %Y' <"$dir/list" >"$dir/times"
apply /
is "an apply" "$status $(count changed)" "0 $((total - 2))"
is "gives each file its label" "$(label "$root" "$root/usr" "$root/usr/bin/tool" "$root/usr/bin/fifo" "$root/usr/bin/link" "$root/etc/conf")" \
	$'u:object_r:top_t\nu:object_r:bin_t\nu:object_r:bin_t\nu:object_r:bin_t\nu:object_r:link_t\nu:object_r:conf_t'
is "but for those that are to be left as they are" "$(label "$root/tmp/x" "$root/tmp/x/scratch")" $'(none)\n(none)'
xargs -0 stat -c '%n %X %Y' <"$dir/list" >"$dir/times.after"
ok "times of modification and access are kept" cmp -s "$dir/times" "$dir/times.after"
check /
is "then it fits" "$status $(count fits) $(count unspecified)" "0 $((total - 2)) 2"
like "nothing is to be done" "$out" '^to do: nothing'
find "$root" -printf '%p %C@\n' >"$dir/times"
apply /
is "a second apply changes nothing" "$status $(count changed)" "0 "
find "$root" -printf '%p %C@\n' >"$dir/times.after"
ok "nor does it write" cmp -s "$dir/times" "$dir/times.after"

# ---- what is shown ---------------------------------------------------------------------

for command in check apply lookup; do
	run selinuxns label "$command" --help
	like "label $command --help" "$status $out" "^ selinuxns label $command \[options\]"
done
check --json /
is "--json: what is to be done" "$(tail -n 1 <<<"$out" | python3 -c 'import json, sys; print(json.load(sys.stdin)["advice"])')" nothing
check --policy="$dir/alpha.bin" /
is "--policy: by another one than the root's" "$status $(count fits)" "0 $((total - 2))"
policy beta
check --policy="$dir/beta.bin" /
is "which has none of these contexts" "$status $(count invalid)" "1 $((total - 2))"
check --verbose --examples=0 --policy="$dir/beta.bin" /
is "--verbose: each file" "$(grep -c '^invalid: /' <<<"$out")" $((total - 2))
# One label for each file: the commonest are told, and so many can be told apart.
mkdir "$root/usr/many"
python3 - "$root/usr/many" "$attribute" <<-'END'
	import os, sys
	for i in range(1200):
	    path = f"{sys.argv[1]}/{i}"
	    open(path, "w").close()
	    os.setxattr(path, sys.argv[2], f"u:object_r:bin_t:c{max(i, 2)}".encode() + b"\0")
END
check /usr/many
is "many different labels: those that most files have" "$status $(count invalid) $(grep -c '^invalid: [0-9]*: u:' <<<"$out")" "1 1200 10"
like "and of the rest how many" "$out" '^invalid: 1188: other labels$'
like "the commonest first" "$(grep -m 1 '^invalid: [0-9]*: u:' <<<"$out")" '^invalid: 3: u:object_r:bin_t:c2'
if command -v script >/dev/null; then
	run script -qec "selinuxns label check --root='$root' /usr/many >/dev/null" /dev/null
	like "a terminal is told how far it is" "$out" $'\r[0-9]+ files'
	like "which is not left there" "$out" $'\r\033\\[K'
else
	skip "how far it is" "script is not installed"
fi
rm -rf "$root/usr/many"

# ---- what does not fit -------------------------------------------------------------------

give u:object_r:conf_t "$root/usr/bin/tool"
check /
is "another type" "$status $(count differs)" "1 1"
like "told with both" "$out" '^differs: /usr/bin/tool: u:object_r:conf_t, should be u:object_r:bin_t$'
give u:object_r:strange_t "$root/usr/bin/tool"
give 'no context' "$root/etc/conf"
files raw "$attribute" '' "$root/etc/selinux/config"
check /
is "no contexts of the policy" "$status $(count invalid) $(count differs)" "1 3 "
check --no-file-contexts /
is "that needs no file contexts" "$status $(count invalid) $(count unlabeled)" "1 3 2"
check --no-policy /
is "nor does a comparison need a policy" "$status $(count differs) $(count invalid)" "1 2 1"
give u:object_r:strange_t "$root/tmp/x/scratch"
apply /
is "an apply mends all but what the file contexts leave alone" "$status $(count changed) $(count invalid)" "1 3 1"
is "and keeps that" "$(label "$root/tmp/x/scratch" "$root/usr/bin/tool")" $'u:object_r:strange_t\nu:object_r:bin_t'
give u:object_r:own_t "$root/tmp/x/scratch"
check /
is "a label that is valid, where none is asked for" "$status $(count unspecified)" "0 2"

files raw "$attribute" u:object_r:bin_t "$root/usr/bin/tool"
check /
is "a label without a NUL behind is one" "$status" 0
give v:object_r:bin_t "$root/usr/bin/tool"
check /
is "another user does not count" "$status" 0
check --strict /
is "but with --strict" "$status $(count differs)" "1 1"
give v:object_r:conf_t "$root/usr/bin/tool"
apply /
is "a change of type keeps the rest" "$(label "$root/usr/bin/tool")" v:object_r:bin_t
apply --strict /
is "but with --strict" "$(label "$root/usr/bin/tool")" u:object_r:bin_t
give w:object_r:conf_t "$root/usr/bin/tool"
apply /
is "and where the policy does not know it" "$(label "$root/usr/bin/tool")" u:object_r:bin_t
echo own_t >"$root/etc/selinux/tiny/contexts/customizable_types"
give u:object_r:conf_t "$root/etc/selinux/tiny/contexts/customizable_types"
give u:object_r:own_t "$root/usr/bin/tool"
check /
is "a customizable type fits" "$status" 0
check --strict /
is "but with --strict" "$status" 1
apply --strict /

# ---- which files --------------------------------------------------------------------------

check --root="$dir" / --exclude=/root
is "the last --root counts, and it has no policy" "$status" 2
like "which is said" "$err" 'selinuxns: .*/etc/selinux/.*policy'
give u:object_r:conf_t "$root/usr/bin/tool" "$root/usr/bin/fifo" "$root/usr"
check /usr/bin
is "a part of the tree" "$status $(count files) $(count differs)" "1 4 2"
check /usr/bin/tool
is "one file" "$status $(count files) $(count differs)" "1 1 1"
check /usr/bin/link
is "a link itself" "$status $(count files)" "0 1"
check --exclude=/usr/bin /
is "without what is excluded" "$status $(count differs)" "1 1"
check --exclude=/usr//./bin/tool --exclude=/usr/bin/fifo --exclude=/usr/bin/too /
is "each" "$status $(count differs)" "1 1"
check --exclude=/usr /usr/bin
is "also where that is above the tree" "$status $(count files)" "0 0"
check --exclude=/usr /usr/bin/tool
is "or above a file" "$status $(count files)" "0 0"
check --exclude=/ /usr
is "or the root" "$status $(count files)" "0 0"
ln -s usr "$root/by"
ln -s ../by/bin "$root/etc/bin"
ln -s /no/such "$root/etc/dangling"
check --exclude=/by/bin /
is "no link on the way to it is followed" "$status $(count files)" "2 "
like "which is said, and where it leads" "$err" "^selinuxns: find exclude: /by/bin: a symbolic link of the root leads to /usr/bin; leave that out"
check --exclude=/etc/bin /
like "nor is one left out for what it leads to" "$status $err" "^2 .*: /etc/bin: a symbolic link of the root leads to /usr/bin;"
check --exclude=/etc/dangling /
like "or to nothing" "$status $err" "^2 .*: /etc/dangling: a symbolic link of the root leads nowhere"
check --exclude="$root/usr/bin" /
like "what is not there is told" "$err" "^selinuxns: warning: exclude: $root/usr/bin: there is no such file in the root"
check --exclude=$'/x\e[31m\ny' /
is "escaped" "$err" 'selinuxns: warning: exclude: /x\x1b[31m\ny: there is no such file in the root to be left out'
rm "$root/by" "$root/etc/bin" "$root/etc/dangling"
printf 'usr/bin/tool\0./etc/conf\0/usr\0usr/bin/link' >"$dir/list"
check -0 / <"$dir/list" 2>/dev/null
run sh -c 'selinuxns label check --root="$1" -0 / <"$2"' - "$root" "$dir/list"
is "those of a list, and not what is below" "$status $(count files) $(count differs)" "1 4 2"
printf '../x\0usr/no\0usr/bin/tool/x\0%05000d\0' 1 >"$dir/list"
run sh -c 'selinuxns label apply --root="$1" -0 / <"$2"' - "$root" "$dir/list"
is "names that lead nowhere have failed" "$status $(count failed)" "2 4"
like "with the reason: none is there" "$out" '^failed: /usr/no: open file: No such file or directory$'
like "or it leads out" "$out" '^failed: \.\./x: open file: its name has \.\. in it'
ln -s usr "$root/by"
printf 'by/bin/tool\0' >"$dir/list"
run sh -c 'selinuxns label apply --root="$1" -0 / <"$2"' - "$root" "$dir/list"
is "no link on the way" "$status $(count failed) $(label "$root/usr/bin/tool")" "2 1 u:object_r:conf_t"
printf 'usr/bin/tool\0' >"$dir/list"
run sh -c 'selinuxns label apply --root="$1" -0 / --exclude=/usr/bin <"$2"' - "$root" "$dir/list"
is "nor what is below an exclude" "$(label "$root/usr/bin/tool")" "u:object_r:conf_t"
run sh -c 'selinuxns label apply --root="$1" -0 /usr <"$2"' - "$root" <(printf 'bin/tool\0')
is "names are below the tree" "$status $(label "$root/usr/bin/tool")" "0 u:object_r:bin_t"
# shellcheck disable=SC2016
run sh -c 'selinuxns label check --root="$1" -0 / <"$1"' - "$root"
is "a list that cannot be read" "$status $err" "2 selinuxns: read list: standard input: Is a directory"
# shellcheck disable=SC2016
run sh -c 'selinuxns label check --root="$1" -0 / <&-' - "$root"
is "or that is not there" "$status $err" "2 selinuxns: read list: standard input: Bad file descriptor"
rm "$root/by"
apply /
mkdir "$root/usr/disk"
# shellcheck disable=SC2016
run unshare -m sh -c 'mount -t tmpfs none "$1/usr/disk" && touch "$1/usr/disk/file" &&
	printf "usr/disk\\0usr/disk/file\\0usr/bin/tool\\0" | selinuxns label check --root="$1" -0 "$2" /' - "$root" -x
is "with -x those on other file systems are left out, as without a list" "$status $(count files) $(count skipped)" "0 1 2"
rmdir "$root/usr/disk"

# Names that would drive a terminal, or forge a line.
touch "$root/usr/bin/"$'new\nline\e[31m\xff'
check /
like "names are escaped" "$out" '^unlabeled: /usr/bin/new\\nline\\x1b\[31m\\xff: \(none\), should be u:object_r:bin_t$'
check --json /
is "JSON: a line for each, and one for all" "$(grep -c '^{.*}$' <<<"$out")" 2
if [ -x /usr/bin/python3 ]; then
	is "which is JSON" "$(/usr/bin/python3 -c '
import json, sys
one, all = map(json.loads, sys.stdin)
print(one["path"], one["kind"], one["label"], one["wanted"], all["fits"], all["counts"]["unlabeled"], all["advice"])' <<<"$out" |
		cat -v)" $'/usr/bin/new\nline^[[31mM-oM-?M-= unlabeled None u:object_r:bin_t False 1 relabel'
else
	skip "which is JSON" "python3 is not installed"
fi
rm "$root/usr/bin/new"*

# An extension image, by the policy of the root that it is in.
mkdir -p "$root/var/lib/extensions/ext/usr/bin"
touch "$root/var/lib/extensions/ext/usr/bin/more"
apply --alternate-prefix=/var/lib/extensions/ext /var/lib/extensions/ext
is "an extension image is labelled as if it were the root" \
	"$status $(label "$root/var/lib/extensions/ext" "$root/var/lib/extensions/ext/usr/bin/more" | tr '\n' ' ')" \
	"0 u:object_r:top_t u:object_r:bin_t "
check /var/lib/extensions/ext
is "without it, as what it is" "$status $(count differs)" "1 4"
rm -r "${root:?}/var"

# ---- files with several names -------------------------------------------------------------

ln "$root/usr/bin/tool" "$root/etc/tool"
check /
is "a file fits by one of its names" "$status" 0
apply /
is "and is left so" "$status $(count changed) $(label "$root/etc/tool")" "0  u:object_r:bin_t"
give u:object_r:conf_t "$root/etc/tool"
check /
is "whichever" "$status" 0
give u:object_r:link_t "$root/etc/tool"
check /
is "it does not by none of them" "$status $(count differs)" "1 2"
check /etc
is "or where the one is not in the tree" "$status $(count differs)" "1 1"
apply --threads=1 /
is "it gets the one that sorts first" "$status $(count changed) $(label "$root/etc/tool")" "0 1 u:object_r:bin_t"
files raw "$attribute" x "$root/etc/tool"
apply --threads=4 /
is "whatever the order" "$status $(count changed) $(label "$root/etc/tool")" "0 1 u:object_r:bin_t"
check /
is "and fits then" "$status $(count fits)" "0 $(($(find "$root" | wc -l) - 2))"
rm "$root/etc/tool"

# Those of a list count, too: or each run would give it the label of another name.
for names in 'usr/bin/tool\0etc/tool\0' 'etc/tool\0usr/bin/tool\0'; do
	ln "$root/usr/bin/tool" "$root/etc/tool"
	for label in u:object_r:conf_t u:object_r:bin_t; do
		give "$label" "$root/etc/tool"
		# shellcheck disable=SC2059
		printf "$names" >"$dir/list"
		run sh -c 'selinuxns label apply --root="$1" -0 / <"$2"' - "$root" "$dir/list"
		is "names of a list: it fits by one of them" "$status $(count fits) $(label "$root/etc/tool")" "0 2 $label"
	done
	rm "$root/etc/tool"
done
touch "$root/tmp/x/two"
ln "$root/tmp/x/two" "$root/etc/two"
apply /
is "a name for which none is asked does not make it fit" "$status $(count changed) $(label "$root/tmp/x/two")" "0 1 u:object_r:conf_t"
rm "$root/tmp/x/two" "$root/etc/two"
touch "$root/etc/1"
ln "$root/etc/1" "$root/etc/2"
if chattr +i "$root/etc/1" 2>/dev/null; then
	apply /
	is "what was refused under one name was so under all" "$status $(count failed)" "2 2"
	chattr -i "$root/etc/1"
else
	skip "what was refused under one name was so under all" "no file can be made immutable here"
fi
rm "$root/etc/1" "$root/etc/2"

# ---- threads -------------------------------------------------------------------------------

mkdir -p "$root/usr/many"
for i in {1..40}; do
	mkdir -p "$root/usr/many/$i/a/b" "$root/usr/many/$i/c"
	touch "$root/usr/many/$i/a/b/"{1..5} "$root/usr/many/$i/c/"{1..5}
done
check --threads=1 --examples=7 /
one=$out
check --threads=8 --examples=7 /
is "any number of threads says the same" "$out" "$one"
apply --threads=8 /
is "and labels all" "$status $(count changed)" "0 $(find "$root/usr/many" | wc -l)"

# ---- arguments -------------------------------------------------------------------------------

for arguments in '' '/ /' '--threads=257 /' '--threads=x /' '--exclude=usr /' '--exclude=/../x /' '--alternate-prefix=x /' \
	'--xattr=x /' '--no-policy --no-file-contexts /' '--policy=x --no-policy /' '--examples=-1 /' '--no-such /' '/no/such'; do
	# shellcheck disable=SC2086
	check $arguments
	is "arguments: ${arguments:-none}" "$status ${out:+output}" "2 "
done
apply --no-file-contexts /
is "apply needs file contexts" "$status" 2
like "no such tree" "$(selinuxns label check --root="$root" /no/such 2>&1)" 'open tree: /no/such: No such file or directory; it is looked for in the root'
like "nor of the working directory" "$(cd "$root" && selinuxns label check usr/bin/tool 2>&1)" 'open tree: usr/bin/tool: No such file or directory; it is looked for in the root /$'
check /
run selinuxns label check "$root"
like "whose policy counts is said" "$err" '^selinuxns: note: the tree has a policy of its own'
finish
