#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# mutants.t - would the battery notice? Each protection is taken out of a program, one at a time, and the battery must then see the canary reached (or what else that protection prevents).
. "$(dirname "$0")/lib.sh"
variable() { sed -n "s/^$1 = //p" "$build/Makefile"; }
read -ra cc <<<"$(variable CC) $(variable CFLAGS) $(variable PROJECT_CFLAGS)"
need_tool "${cc[0]}"
mkdir "$dir/mutant"

# Which program is mutated, and its objects.
program=unshareselinux objects=("$build"/utils/{json,program,unshareselinux}.o)

# build_mutant FILE SED-SCRIPT: the program in $dir/mutant, or a reason in $why
build_mutant() {
	sed "$2" "$src/$1" >"$dir/mutant/mutant.c"
	why="the edit does not fit $1 any more"
	cmp -s "$src/$1" "$dir/mutant/mutant.c" && return 1
	# What is linked first takes the place of the library's own.
	why=$("${cc[@]}" -w -o "$dir/mutant/$program" -include "$build/config.h" -I"$build" \
		-I"$src/include" -I"$src/lib" "$dir/mutant/mutant.c" \
		"${objects[@]}" "$build/lib/.libs/libselinuxns-core.a" \
		-lselinux -lsepol -lpcre2-8 -pthread 2>&1)
}

# mutated SCRIPT [ARGUMENT...]: the battery's output, with the mutant in the program's place
mutated() {
	rm -rf "$dir/root" "$dir/template" "$dir/twin" "$dir/shown/root"
	PATH=$dir/mutant:$PATH battery "$@" 2>&1
}

# mutant WHAT FILE SED-SCRIPT SIGN SCRIPT [ARGUMENT...]: the battery fails, and says SIGN
mutant() {
	local what=$1 sign=$4 said
	if ! build_mutant "$2" "$3"; then
		miss "$what: no mutant"
		comment "$why"
		return
	fi
	said=$(mutated "${@:5}")
	if grep -q "^#   $sign" <<<"$said" && grep -q '^ok 1 - control' <<<"$said"; then
		pass "$what: the battery says: $sign"
	else
		miss "$what: the battery should say: $sign"
		comment "$(grep -v ^ok <<<"$said" | head -n 20)"
	fi
}

build_mutant lib/base/inroot.c 's/to retry/to try again/' || miss "an unmutated program cannot be built: $why"
said=$(mutated matrix.py '^unshareselinux$' 'an absolute link')
unlike "an unmutated program that is built the same way passes" "${said:-nothing}" '^(not ok|nothing)'

reached='the canary was reached'
outside='an absolute link|leads outside'
magic='^a link to /proc/(self/fd/7|PID/cwd)'
mutant "paths that are not resolved inside of the root" lib/base/inroot.c \
	"s/open_resolving(rootfd, path, flags, RESOLVE_IN_ROOT | /open_resolving(rootfd, path + (*path == '\/'), flags, /" \
	"$reached" matrix.py '^unshareselinux$' "$outside" ^etc
mutant "the same, for a policy that is only looked at" lib/base/inroot.c \
	"s/open_resolving(rootfd, path, flags, RESOLVE_IN_ROOT | /open_resolving(rootfd, path + (*path == '\/'), flags, /" \
	"$reached" matrix.py '^unshareselinux --dry-run$' "$outside" policy
mutant "magic links that are followed in a root that was entered" lib/base/inroot.c \
	's/open_resolving(AT_FDCWD, path, flags, RESOLVE_NO_MAGICLINKS)/open_resolving(AT_FDCWD, path, flags, 0)/' \
	"$reached" matrix.py '^unshareselinux --fork$' "$magic" 'bin|interp'
mutant "files that are opened before they are looked at" lib/base/inroot.c \
	's/inroot_open(rootfd, path, O_PATH);/inroot_open(rootfd, path, O_RDONLY);/' 'it hung' \
	matrix.py '^unshareselinux --dry-run$' 'a FIFO' config
mutant "an interpreter, and a loader, that nobody looks at" lib/ns/command.c \
	's/return execution_says(errno) ? 0 : -1;/return 0;/' "$reached" \
	matrix.py '^unshareselinux --fork$' "$magic" 'interp|lib64'
mutant "a mount point that is found by its path" lib/kernel/instance.c \
	's/fd = inroot_open(rootfd, points\[i\],/fd = openat(rootfd, points[i] + 1, O_CLOEXEC |/' \
	"$reached" matrix.py '^unshareselinux$' "$outside" sys
mutant "a policy directory that is found by its path" lib/policy/find.c \
	's/= inroot_open(rootfd, dirpath,/= openat(rootfd, dirpath + 1, O_CLOEXEC |/' \
	"$reached" matrix.py '^unshareselinux$' "$magic" policy
mutant "a working directory that is found by its path" lib/ns/steps.c \
	's/plan->root ? inroot_open(work->rootfd, plan->workdir,/plan->root ? open(plan->workdir,/' \
	"$reached" races.py 'working directory'
mutant "files of /proc that others are mounted over" lib/base/proc.c 's/RESOLVE_NO_XDEV | //' \
	'the command ran' cases.py 'mounted over /proc/self/attr'
mutant "messages that are not escaped" lib/base/error.c "s/c < ' ' || c > '~'/0/" 'raw bytes came out' \
	cases.py 'control bytes are escaped'

rm "$dir/mutant/unshareselinux"
program=selinuxns objects=("$build"/utils/selinuxns-*.o)
mutant "a link of a tree that is followed where its label is written" lib/label/visit.c \
	's/O_PATH | O_NOFOLLOW | O_CLOEXEC/O_PATH | O_CLOEXEC/' "$reached" \
	matrix.py '^selinuxns label apply$' "$outside" 'home/'
mutant "file contexts that are found by their paths" lib/base/inroot.c \
	"s/open_resolving(rootfd, path, flags, RESOLVE_IN_ROOT | /open_resolving(rootfd, path + (*path == '\/'), flags, /" \
	"$reached" matrix.py '^selinuxns label check$' "$outside" contexts
mutant "customizable types that are found by their path" lib/label/appconfig.c \
	's/inroot_open_regular(rootfd, path)/openat(rootfd, path + 1, 04000)/' "$reached" \
	cases.py 'customizable types'
finish
