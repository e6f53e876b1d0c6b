#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# command.t - the command of unshareselinux(1): how it is found and executed, and that a root which
# someone else writes never has a file of the host executed, nor leads out of it.
. "$(dirname "$0")/lib.sh"
need_policy
need_tool secilc

policy kid "$(may_all kid)"
kid=--load-policy=$dir/kid.bin
# inside [SIM-OPTION...] SCRIPT
inside() { sim "${@:1:$#-1}" -- bash -c "${!#}"; }

# ---- as env(1) ---------------------------------------------------------------------------

mkdir -p "$dir/sub/bin"
# shellcheck disable=SC2016
printf 'echo "script: $0 $* $SELINUXNS"\n' >"$dir/sub/bin/plain"
printf '#!/bin/sh\necho "here: $(pwd) $0"\n' >"$dir/sub/bin/here"
chmod 755 "$dir/sub/bin/"*
for fork in '' --fork; do
	for command in "$dir/sub/bin/plain" plain ./sub/bin/plain; do
		inside "cd $dir; export PATH=$dir/sub/bin:\$PATH; env $command a 'b c'; unshareselinux $fork $command a 'b c'; echo ended: \$?"
		is "a script without \"#!\" is run by /bin/sh, as by env(1) ($command $fork)" \
			"$(answer script | tail -n 1) $(answer ended)" "$(answer script | head -n 1)1 0"
	done
	inside "cd $dir; unshareselinux $fork $kid --wd=sub bin/here"
	is "a relative command is found from --wd ($fork)" "$status $(answer here)" "0 $dir/sub bin/here"
	inside "cd $dir/sub; unshareselinux $fork $kid --wd=/ bin/here"
	is "and not from where the caller is ($fork)" "$status $(answer here)" "127 "
	inside "cd /; PATH=bin:\$PATH unshareselinux $fork --wd=$dir/sub here"
	is "nor is a relative directory of the PATH ($fork)" "$status $(answer here)" "0 $dir/sub bin/here"
done
inside "cd $dir; unshareselinux --dry-run --wd=sub bin/here; unshareselinux --dry-run --wd=/ sub/bin/here"
is "a dry run goes by the same directory" "$(grep -c '^unknown check command: sub/bin/here: it is not found' <<<"$out") $(grep -c 'check command: bin/here' <<<"$out")" "1 0"
unlike "and does not fail" "$out" ^FAILED

# ---- a root of someone else's ---------------------------------------------------------------

r=$dir/root
mkdir -p "$r"/{proc,sys/fs/selinux,usr,etc,in,box}
for link in bin sbin lib lib64; do [ ! -e /usr/$link ] || ln -s usr/$link "$r/$link"; done
# Outside of the root: what must never run. It would say so.
printf '#!/bin/sh\necho host file; touch %s/ran\n' "$dir" >"$dir/hostfile"
cp "$(type -P true)" "$dir/hosttrue"
chmod 755 "$dir/hostfile"
# With the machine's /usr and the real /proc in it, as a container's has it.
rooted() { inside "unshare -m sh -c 'mount --bind /usr $r/usr && mount --rbind /proc $r/proc && cd / || exit 99; sleep 60 & p=\$!; $1; s=\$?; kill \$p; exit \$s'"; }
# refused WHAT COMMAND...: 126 or 125 with a message, and no file of the host was executed.
refused() {
	local what=$1 fork
	shift
	for fork in '' --fork; do
		rm -f "$dir/ran"
		rooted "unshareselinux $fork --root=$r $*"
		like "$what: refused ($fork)" "$status" '^12[56]$'
		like "$what: with a message ($fork)" "$err" '^unshareselinux: [a-z ]+: .*: [A-Za-z]'
		is "$what: nothing of the host was executed ($fork)" "$(grep -c 'host file\|libselinuxns' <<<"$out") $([ -e "$dir/ran" ] && echo ran)" "0 "
	done
}
rooted "unshareselinux --root=$r sh -c \"echo in; ls -d /in\""
is "a root that is as it should be" "$status ${out//$'\n'/ }" "0 in /in"
refused "the running program by /proc/self/exe" /proc/self/exe --version
# shellcheck disable=SC2016
refused "a file of the host by /proc/PID/root" '/proc/$p/root'"$dir/hostfile"
# shellcheck disable=SC2016
refused "a file of the host by /proc/PID/cwd" '/proc/$p/cwd'"$dir/hostfile"
rooted "exec 7<$dir/hosttrue; unshareselinux --keep-fd=7 --root=$r /proc/self/fd/7"
like "a descriptor's by /proc/self/fd: refused" "$status" '^12[56]$'
ln -s /proc/self/exe "$r/in/magic"
refused "a link to /proc/self/exe" /in/magic --version
refused "the same by the PATH" --setenv=PATH=/in:/bin magic --version
refused "a relative one" --wd=/proc/self ./exe --version
script() {
	printf '%s\n' "$2" >"$r/in/$1"
	chmod 755 "$r/in/$1"
}
script s1 '#!/proc/self/exe --version'
script s2 '#! 	/in/magic --version'
script s3 '#!/in/s1'
script s4 '#!/in/s3'
script s5 '#!../proc/self/exe --version'
refused "a script of /proc/self/exe" /in/s1
refused "of a link to it" /in/s2
refused "of a script of it" /in/s3
refused "of a script of a script of it" /in/s4
refused "a relative one" --wd=/in ./s5
script s10 "#!/proc/self/$(printf './%.0s' {1..115})exe --version"
refused "a script whose interpreter has a long name" /in/s10
refused "a script by the PATH" --setenv=PATH=/in:/bin s1
# /bin/sh is the root's, too.
mkdir -p "$dir/r2"/{proc,bin,usr}
for link in lib lib64; do [ ! -e /usr/$link ] || ln -s usr/$link "$dir/r2/"; done
printf 'echo plain\n' >"$dir/r2/plain"
chmod 755 "$dir/r2/plain"
ln -s /proc/self/exe "$dir/r2/bin/sh"
for fork in '' --fork; do
	inside "mount --rbind /proc $dir/r2/proc; mount --bind /usr $dir/r2/usr; unshareselinux $fork --root=$dir/r2 /plain"
	like "a script without \"#!\", where /bin/sh is a magic link: refused ($fork)" "$status" '^12[56]$'
	# What is executed for a shell takes /plain for a command, and fails as that.
	is "and not executed ($fork)" "$(grep -c . <<<"$err")" 1
	unlike "nor is it said to be missing ($fork)" "$err" 'No such file'
done
# The loader that a program names is found by its path as well.
if [ -n "${CC:=$(command -v cc)}" ] && echo 'int main(void) { return 0; }' >"$dir/p.c" &&
	$CC -o "$r/in/loaded" "$dir/p.c" -Wl,--dynamic-linker=/proc/self/exe 2>/dev/null; then
	refused "a program whose loader is /proc/self/exe" /in/loaded --version
	# x86's kernels do not look at the class.
	cp "$r/in/loaded" "$r/in/class"
	printf '\1' | dd of="$r/in/class" bs=1 seek=4 conv=notrunc status=none
	refused "one that says that it is for 32 bits" /in/class --version
	$CC -o "$r/in/far" "$dir/p.c" -Wl,--dynamic-linker=/in/magic
	refused "one whose loader is a link to it" /in/far --version
	$CC -o "$r/in/long" "$dir/p.c" -Wl,--dynamic-linker="/proc/self/$(printf './%.0s' {1..200})exe"
	refused "one whose loader has a long name" /in/long --version
	script s9 '#!/in/loaded'
	refused "a script of such a program" /in/s9 --version
else
	skip "a program whose loader is /proc/self/exe" "no compiler"
fi
printf 'x' >"$r/in/empty"; : >"$r/in/nothing"; mkfifo "$r/in/fifo"; chmod 755 "$r/in/"{empty,nothing,fifo}
rooted "unshareselinux --root=$r /in/fifo"
is "a FIFO does not block: 126" "$status" 126
rooted "unshareselinux --root=$r /in"
is "a directory: 126" "$status" 126
rooted "unshareselinux --root=$r /in/nosuch"
is "nothing: 127" "$status" 127
for command in /in/empty /in/nothing; do
	rooted "chroot $r /usr/bin/env $command; echo by env: \$?; unshareselinux --root=$r $command"
	is "$command: as by env(1)" "$status" "$(answer 'by env')"
done
script s6 '#!/bin/sh'
echo 'echo "in: $0 $1"' >>"$r/in/s6"
rooted "unshareselinux --root=$r /in/s6 x"
is "a script of the root's own sh" "$status $(answer in)" "0 /in/s6 x"
script s7 'echo "in: $0 $1"'
rooted "unshareselinux --root=$r --wd=/in ./s7 x"
is "one without \"#!\"" "$status $(answer in)" "0 ./s7 x"
script s8 '#!/in/s6'
rooted "unshareselinux --root=$r /in/s8"
is "a script of a script" "$status $(answer in)" "0 /in/s6 /in/s8"

# ---- what changes meanwhile ----------------------------------------------------------------------

# race NAME NAME COMMAND...: many times, while someone exchanges the two names
race() {
	local a=$1 b=$2 swapper
	shift 2
	swap "$a" "$b" & swapper=$!
	rooted "for i in \$(seq ${times:-60}); do unshareselinux --root=$r $*; echo status: \$?; done 2>/dev/null"
	kill $swapper
	wait $swapper 2>/dev/null
}
echo inner >"$r/box/marker"
echo outer >"$dir/marker"
# shellcheck disable=SC2217 # nothing of the script's may be its standard input
sleep 300 </dev/null >/dev/null 2>&1 & outsider=$! # whose root is the machine's
i=0
for target in /proc/self/cwd "../../../../../../../../../..$dir" "$dir" "/proc/$outsider/root$dir"; do
	i=$((i + 1))
	mkdir "$r/box$i"
	echo inner >"$r/box$i/marker"
	ln -s "$target" "$r/away$i"
	race "$r/box$i" "$r/away$i" --wd="/box$i" cat marker
	unlike "--wd that is swapped with a link to ${target/$dir/DIR} never leads out" "$out" outer
	like "and the race was one: some found the directory" "$out" '^inner$'
done
kill $outsider
# The other name is the program that is running, unshareselinux itself, which says its version.
# (A script, and what it names, can only be executed by its path: SECURITY.md.)
cp "$(type -P true)" "$r/in/program"
ln -s /proc/self/exe "$r/in/other"
times=300 race "$r/in/program" "$r/in/other" /in/program --version
is "a program that is swapped with a magic link is never executed by it" \
	"$(grep -c libselinuxns <<<"$out")" 0
like "and the race was one" "$out" '^status: 126$'
finish
