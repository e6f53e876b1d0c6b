#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# agree.t - the file contexts engine against libselinux: the same context for every path and file
# type, by the distribution's policy and by a file of odd expressions.
#
# A sample of the paths; all of this machine's, and 100,000 that are made from the expressions, with
# LABEL_AGREEMENT=all (`make check-label-agreement`, a quarter of an hour).
. "$(dirname "$0")/../programs/lib.sh"
need_tool python3 find pkg-config
sample=${LABEL_AGREEMENT:-sample}
here=$(cd "$(dirname "$0")" && pwd)
agree=$build/tests/label/agree
[ -x "$agree" ] || skip_all "tests/label/agree is not built"

# Those versions agree with each other; selinuxns(8) says how later ones differ.
libselinux_is_followed() { [[ $(pkg-config --modversion libselinux) =~ ^3\.[4-7](\.|$) ]]; }

# Later ones compare what has no meta characters without "$".
names_like_ours() { if libselinux_is_followed; then cat; else sed -z '/\n$/d'; fi; }

# compared WHAT FILE_CONTEXTS LEAST <PATHS: no difference, in at least so many lookups
compared() {
	names_like_ours >"$dir/paths"
	"$agree" "$2" "$(nproc)" <"$dir/paths" >"$dir/.out" 2>"$dir/.err"
	status=$? out=$(tail -n 30 "$dir/.out") err=$(<"$dir/.err")
	is "$1: no difference" "$status" 0
	ok "$1: enough was compared" [ "$(sed -n '$s/ lookups.*//p' <<<"$out")" -ge "$3" ]
	comment "$(tail -n 1 <<<"$out")"
}

# ---- the distribution's policy -----------------------------------------------------

# Without the compiled file that may be next to it: it is not read here either.
policy=
for type in default targeted refpolicy mls; do
	[ -f "/etc/selinux/$type/contexts/files/file_contexts" ] || continue
	policy=/etc/selinux/$type/contexts/files
	break
done
if [ -n "$policy" ]; then
	for suffix in '' .homedirs .local .subs .subs_dist; do
		[ -f "$policy/file_contexts$suffix" ] && cp "$policy/file_contexts$suffix" "$dir/"
	done
	expressions=("$dir"/file_contexts)
	[ -f "$dir/file_contexts.homedirs" ] && expressions+=("$dir/file_contexts.homedirs")
	if [ "$sample" = all ]; then
		made=100000 each=1
	else
		made=12000 each=100
	fi
	"$here/generate" "$made" 1 "${expressions[@]}" >"$dir/made"
	compared "paths made from the expressions" "$dir/file_contexts" "$((made * 7))" <"$dir/made"
	find /usr /etc /var /dev /run /home /root -xdev -print0 2>/dev/null >"$dir/all"
	awk -v RS='\0' -v ORS='\0' -v each="$each" 'NR % each == 0' "$dir/all" >"$dir/some"
	count=$(tr -cd '\0' <"$dir/some" | wc -c)
	compared "paths of this machine" "$dir/file_contexts" "$((count * 7))" <"$dir/some"
	rm "$dir"/file_contexts*
else
	skip "paths made from the expressions" "no policy is installed"
	skip "paths of this machine" "no policy is installed"
fi

# ---- odd expressions ---------------------------------------------------------------

cat >"$dir/file_contexts" <<'END'
/.*                                     u:r:default
/                               -d      u:r:root
/a?quota\.(user|group)          --      u:r:quota
/usr/(.*/)?bin(/.*)?                    u:r:bin
/usr/(local/)?.*\.so(\.[^/]*)*  --      u:r:so
/usr/(.*/)?lib(64)?(/.*)?/nvidia/.+\.so u:r:nvidia
/usr/a|/usr/b                           u:r:either
x|/y|z                                  u:r:any_end
/a\.b/c                                 u:r:dot
/a\-b/c                                 u:r:stem
/a\-b/c.*                               u:r:stem_any
/a\-                                    u:r:dash
/\.hidden                               u:r:hidden
/\.hidden/.+                            u:r:below_hidden
/c/[^/]+/[^/]*/end                      u:r:names
/c/[^/]+/[^/]*/end.*            -d      u:r:names_any
/c/[^/]+x/end                           u:r:name_x
/c/[^/]*                                u:r:c
/d/[^/]+                        -l      u:r:d
/e/.*\.c                        -p      u:r:source
/e/.+\.h                        -s      u:r:header
/f(/.*)?                                <<none>>
/f/set                          -b      u:r:set
/f/set                          -c      <<none>>
/g[a-c]{2}                              u:r:two
/g[a-c]{2,}d                            u:r:more
/g{x                                    u:r:brace
/h(i(j|k))*l                            u:r:nested
/h[]x]y                                 u:r:closing
/h[^]x]z                                u:r:not_closing
/h\dq                                   u:r:digit
/h[[:alpha:]]w                          u:r:alpha
/i(?:jk)?l                              u:r:noncapturing
/i(?i)k                                 u:r:caseless
/i\Qa.b\E                               u:r:quoted
/j.*?k                                  u:r:lazy
/j[^/]++k                               u:r:possessive
/j.*+k                                  u:r:never
/k$                                     u:r:dollar
/k^l                                    u:r:never2
/l\/m                                   u:r:slash
/l//m                                   u:r:slashes
/l/m/                                   u:r:slash_end
/m(n)\1                                 u:r:twice
/n(?=o).*                               u:r:ahead
/o.                                     u:r:any
/o..                            --      u:r:any2
/p/.*/q                                 u:r:between
/p/(.*/)?q                              u:r:below
/p(/[^/]*)?/r                           u:r:one
/dup                                    u:r:first
/dup                                    u:r:second
/dup                            --      u:r:file
/deep/x(/.*)?                           u:r:deeper
/deep(/.*)?                             u:r:deep
/late/x                                 u:r:exact
/late(/.*)?                             u:r:tree
relative                                u:r:relative
relative/.*                             u:r:relative_tree
/end\                                   u:r:backslash
END
printf '%s\t%s\n' /lib /usr/lib /lib/x /c /s / /t /late /t/u /f >"$dir/file_contexts.subs_dist"
printf '%s\t%s\n' /v /lib /w /t /x/ /a / /usr >"$dir/file_contexts.subs"
made=6000
[ "$sample" = all ] && made=100000
{
	"$here/generate" "$made" 2 "$dir/file_contexts"
	for path in /lib/{a,x,x/y,bin/z} /s{,/,/late/x,/usr/a} /t{,/x,/u,/u/set} /v{,/x,/bin} /w/x //w///x/ \
		/x /x/ /x/y '/a\-b/c' '/end$' '/end$x' /iabc /I /ik /iK /iaxb /relative relative/x; do
		printf '%s\0' "$path"
	done
} >"$dir/made"
if libselinux_is_followed; then
	compared "odd expressions" "$dir/file_contexts" "$((made * 7))" <"$dir/made"
else
	skip "odd expressions" "libselinux $(pkg-config --modversion libselinux) is newer than those followed"
fi

# ---- a difference would be seen ------------------------------------------------------

# Theirs of one file, ours of another: what was compiled is read by libselinux only.
printf '/.* u:r:one\n' >"$dir/file_contexts"
rm -f "$dir"/file_contexts.subs*
if command -v sefcontext_compile >/dev/null; then
	printf '/.* u:r:other\n' >"$dir/other"
	sefcontext_compile -o "$dir/file_contexts.bin" "$dir/other"
	touch -d '2020-01-01' "$dir/file_contexts"
	out=$(printf '/x\0' | "$agree" "$dir/file_contexts" 2>&1)
	status=$?
	is "a difference is one" "$status" 1
	like "and it is shown" "$out" 'libselinux u:r:other, here u:r:one'
else
	skip "a difference is one" "sefcontext_compile is not installed"
fi
finish
