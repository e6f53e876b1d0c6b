#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# policy.t - policies: found in a root, read once, parsed, converted, loaded into this
# namespace and no other; hostile roots; a clear error each time, and nothing loaded.
. "$(dirname "$0")/lib.sh"
need_sim
need_tool secilc
policy alpha "$(may_all alpha)"
policy beta "$(may_all beta)"

# root NAME: $dir/NAME, with a configuration and an empty store "tiny"
root() {
	mkdir -p "$dir/$1/etc/selinux/tiny/policy" "$dir/$1/sys/fs/selinux"
	printf 'SELINUX=enforcing\nSELINUXTYPE=tiny\n' >"$dir/$1/etc/selinux/config"
}

# opens WHAT ROOT PATTERN [SIM-OPTION...]: the policy that is found there, "NAME version N"
opens() {
	local what=$1 root=$2 pattern=$3

	shift 3
	sim --no-policy "$@" -- drive openroot:"$dir/$root" policy leaks
	like "$what" "$(answer openroot) $(answer 'policy name') version $(answer 'policy version')" "$pattern"
}

# refuses WHAT ROOT ERRNO MESSAGE: none is found
refuses() {
	sim --no-policy -- drive openroot:"$dir/$2" policy
	like "$1: $3" "$(answer openroot) $(answer policy)" "^-1 $3 none\$"
	like "with a sentence" "$(answer 'openroot message')" "$4"
}

# ---- find -------------------------------------------------------------------------

root plain
cp "$dir/alpha.bin" "$dir/plain/etc/selinux/tiny/policy/policy.33"
opens "SELINUXTYPE's policy" plain '^0 /etc/selinux/tiny/policy/policy.33 version 33$'
version=31 policy alpha "$(may_all alpha)"
cp "$dir/alpha.bin" "$dir/plain/etc/selinux/tiny/policy/policy.31"
version=33 policy alpha "$(may_all alpha)"
opens "of two the newest" plain '/policy.33 version 33$'
opens "that the kernel takes" plain '/policy.31 version 31$' --policyvers=31
opens "that it takes, not newest" plain '/policy.31 version 31$' --policyvers=32
touch "$dir/plain/etc/selinux/tiny/policy/"{policy.34.bak,policy.,policy.99999,policy.033,policy.-1,xpolicy.33,policy.3x}
opens "other names beside it do not matter" plain '/policy.33 version 33$'
rm "$dir/plain/etc/selinux/tiny/policy/policy.31"
opens "only a newer one: converted" plain '/policy.33 version 31$' --policyvers=31
mkdir -p "$dir/plain/etc/selinux/other/policy"; cp "$dir/beta.bin" "$dir/plain/etc/selinux/other/policy/policy.33"
printf '# SELINUXTYPE=nothing\nSELINUXTYPE=tiny\n  selinuxtype= other \t\nSELINUX=disabled' >"$dir/plain/etc/selinux/config"
opens "the configuration is read as libselinux does" plain '^0 /etc/selinux/other/policy/policy.33'

# ---- load --------------------------------------------------------------------------

loaded() { sim "$@" -- drive newns:private "openfile:$dir/alpha.bin" unsharens:0 mount load isunshared attr:current checkcontext:u:r:alpha_other_t; }
loaded --no-policy
is "loaded: the namespace is initialised, and has the policy's contexts" \
	"$(answer load) $(answer isunshared) $(answer attr) $(answer checkcontext)" "0 0 u:r:alpha_t 0"
sim --no-policy -- drive newns:private openfile:"$dir/alpha.bin" unsharens:0 load isunshared attr:current sh:'grep -c selinuxfs /proc/self/mountinfo'
is "without a selinuxfs mounted: by one of its own" "$(answer load) $(answer isunshared) $(answer attr) $(tail -n 1 <<<"$out")" "0 0 u:r:alpha_t 0"
for v in 31 32; do
	loaded --no-policy --policyvers=$v
	is "a kernel that takes version $v: converted" "$(answer load) $(answer attr)" "0 u:r:alpha_t"
done
sim --no-policy -- drive newns:private unsharens:0 mount openfile:"$dir/alpha.bin" load openfile:"$dir/beta.bin" load attr:current checkcontext:u:r:alpha_t checkcontext:u:r:beta_t
is "a second one replaces the first" "$(answer checkcontext | sed 's/ .*//' | tr '\n' ' ')" "-1 0 "
sim --no-policy -- drive openfd:"$dir/alpha.bin" policy leaks sh:"rm $dir/.none; true" newns:private unsharens:0 load
is "by a descriptor: from the beginning of the file, whose position stays" "$(answer openfd) $(answer 'openfd position') $(answer load)" "0 7 0"
cp "$dir/alpha.bin" "$dir/gone.bin"
sim --no-policy -- drive newns:private openfile:"$dir/gone.bin" sh:"echo garbage >$dir/gone.bin" unsharens:0 load load attr:current
is "what becomes of the file afterwards does not matter; it may be loaded again" "$(answer load | tr '\n' ' ')$(answer attr)" "0 0 u:r:alpha_t"

# ---- into this namespace only --------------------------------------------------------

sim --policy="$dir/beta.bin" --context=u:r:beta_t -- bash -c "mkdir -p $dir/outer; mount --bind /sys/fs/selinux $dir/outer
	drive by:$dir/outer newns:private openfile:$dir/alpha.bin unsharens:0 load isunshared by load isunshared; id -Z; cmp /sys/fs/selinux/policy $dir/beta.bin && echo same"
is "a selinuxfs of another namespace: EPERM, and nothing is loaded" \
	"$(answer load | head -n 1) $(answer isunshared | head -n 1)" "-1 EPERM 1"
like "with a sentence" "$(answer 'load message')" 'belongs to another SELinux namespace'
is "this namespace's can be loaded all the same" "$(answer load | tail -n 1) $(answer isunshared | tail -n 1)" "0 0"
like "the parent is in its context" "$out" '^u:r:beta_t$'
sim --no-policy -- drive by:/tmp openfile:"$dir/alpha.bin" newns:private unsharens:0 load isunshared
is "a descriptor of no selinuxfs: EINVAL, and nothing is loaded" "$(answer load) $(answer isunshared)" "-1 EINVAL 1"
like "with a sentence" "$(answer 'load message')" 'not a directory of a selinuxfs'
sim --no-policy -- bash -c "drive by:/sys/fs/selinux/class openfile:$dir/alpha.bin load; true"
like "a directory inside one is no root: an error" "$(answer load)" '^-1 E(INVAL|NOENT)'

# ---- bad policies ----------------------------------------------------------------------

size=$(stat -c %s "$dir/alpha.bin")
: >"$dir/empty.bin"
head -c 10 "$dir/alpha.bin" >"$dir/ten.bin"
head -c $((size / 2)) "$dir/alpha.bin" >"$dir/half.bin"
head -c $((size - 1)) "$dir/alpha.bin" >"$dir/almost.bin"
head -c 4096 /dev/urandom >"$dir/random.bin"
{ head -c 16 "$dir/alpha.bin"; printf '\377\0\0\0'; tail -c +21 "$dir/alpha.bin"; } >"$dir/future.bin"
{ head -c 16 "$dir/alpha.bin"; printf '\003\0\0\0'; tail -c +21 "$dir/alpha.bin"; } >"$dir/past.bin"
{ head -c 8 "$dir/alpha.bin"; printf XenFlask; tail -c +17 "$dir/alpha.bin"; } >"$dir/xen.bin"
printf '\215\377\174\371' | cat - "$dir/alpha.bin" >"$dir/module.bin"
mkfifo "$dir/fifo"
ln -s loop.bin "$dir/loop.bin"
truncate -s 300M "$dir/huge.bin"
truncate -s 50M "$dir/sparse.bin"
cp "$dir/alpha.bin" "$dir/secret.bin"
while read -r name errno message; do
	sim --no-policy -- drive newns:private unsharens:0 openfile:"$dir/$name" policy load isunshared
	is "$name: $errno, no policy, and nothing loaded" "$(answer openfile) $(answer policy) $(answer load) $(answer isunshared)" "-1 $errno none no policy 1"
	like "with a sentence" "$(answer 'openfile message')" "^\\[(read|parse) policy\\].*$message"
done <<-END
	empty.bin EINVAL empty
	ten.bin EINVAL too few
	half.bin EINVAL truncated
	almost.bin EINVAL truncated
	random.bin EINVAL not a binary policy
	future.bin EOPNOTSUPP newer than libsepol
	past.bin EOPNOTSUPP older than libsepol
	xen.bin EOPNOTSUPP Xen
	module.bin EINVAL module
	fifo EINVAL not a regular file
	. EISDIR directory
	nothing.bin ENOENT No such file
	loop.bin ELOOP symbolic links
	huge.bin EFBIG more than
	sparse.bin EINVAL not a binary policy
END
for byte in 20 24 40 100 $((size / 3)) $((size / 2)) $((size - 8)); do
	{ head -c "$byte" "$dir/alpha.bin"; printf '\377\377\377\377'; tail -c +$((byte + 5)) "$dir/alpha.bin"; } >"$dir/damaged.bin"
	sim --no-policy -- drive newns:private unsharens:0 openfile:"$dir/damaged.bin" load isunshared
	like "damaged at byte $byte: an error, or the kernel takes it whole" "$(answer openfile) $(answer isunshared)" '^(-1 [A-Z]+ 1|0 [01])$'
	is "never a crash" "$status" 0
done

# ---- the kernel refuses ------------------------------------------------------------------

while read -r fault wanted message; do
	sim --no-policy --fault="$fault" -- drive newns:private openfile:"$dir/alpha.bin" unsharens:0 load isunshared
	is "$fault: $wanted, and nothing loaded" "$(answer load) $(answer isunshared)" "-1 $wanted 1"
	like "with a sentence" "$(answer 'load message')" "^\\[load policy\\] .*$message"
done <<-END
	selinuxfs/load/open:EACCES EACCES only root
	selinuxfs/load/open:EIO EIO Input/output error
	selinuxfs/load/write:EINVAL EINVAL kernel refused it
	selinuxfs/load/write:EIO EIO Input/output error
	selinuxfs/load/write:ENOMEM ENOMEM memory
	selinuxfs/load/write:short EIO the kernel took
END
sim --no-policy --fault='fsopen:EPERM:*' -- drive newns:private openfile:"$dir/alpha.bin" unsharens:0 load isunshared
is "an instance can neither be mounted nor found: EPERM" "$(answer load) $(answer isunshared)" "-1 EPERM 1"
policy meek '(allow meek_t meek_security_t (security (setenforce check_context)))'
sim --no-policy -- drive newns:private unsharens:0 mount openfile:"$dir/meek.bin" load setenforce:1 openfile:"$dir/alpha.bin" load attr:current
is "an enforcing policy does not let it: EACCES, and the old one stays" "$(answer load | tr '\n' ' ')$(answer attr)" "0 -1 EACCES u:r:meek_t"
like "with a sentence" "$(answer 'load message')" 'enforcing.*load_policy'

# ---- questions -------------------------------------------------------------------------------

asks() { sim --no-policy "${@:2}" -- drive newns:private openfile:"$dir/alpha.bin" unsharens:0 mount load $1; }
asks "isloaded openfile:$dir/beta.bin isloaded"
is "is it loaded? 1; another: 0" "$(answer isloaded | tr '\n' ' ')" "1 0 "
sim --no-policy -- drive newns:private openfile:"$dir/alpha.bin" unsharens:0 mount isloaded
is "none is loaded: 0" "$(answer isloaded)" 0
for error in EIO EACCES ENOMEM EINTR; do
	for time in 1 2 '*'; do
		asks isloaded --fault="selinuxfs/policy/read:$error:$time"
		like "it cannot be read ($error, $time): an error, never \"another\"" "$(answer isloaded)" "^(1|-1 $error)\$"
	done
	asks isloaded --fault="selinuxfs/policy/open:$error:1"
	like "it cannot be opened ($error)" "$(answer isloaded)" "^-1 $error\$"
done
asks isloaded --fault='selinuxfs/policy/read:EIO:*'
is "never read: -1" "$(answer isloaded)" "-1 EIO"
asks 'policycontext:x:y policycontext:u:r:alpha_t policyboolean:nosuch policyboolean:alpha_bool policycontext:u:r:alpha_t'
is "contexts and booleans" "$(answer policycontext | tr '\n' ' ')$(answer policyboolean | tr '\n' ' ')" "-1 EINVAL 0 0 -1 ENOENT 0 "
unlike "which leave no error behind when they succeed" "$out" 'error object'

# ---- hostile roots -----------------------------------------------------------------------

hostile() { root "$1"; cp "$dir/alpha.bin" "$dir/$1/etc/selinux/tiny/policy/policy.33"; }
hostile h1; rm "$dir/h1/etc/selinux/tiny/policy/policy.33"; ln -s "$dir/secret.bin" "$dir/h1/etc/selinux/tiny/policy/policy.33"
refuses "an absolute link to a policy outside" h1 ENOENT 'No such file'
hostile h2; rm -r "$dir/h2/etc/selinux/tiny"; ln -s ../../../plain/etc/selinux/other "$dir/h2/etc/selinux/tiny"
refuses "a store that is a link out by dots" h2 ENOENT 'No such file'
hostile h3; rm "$dir/h3/etc/selinux/config"; ln -s "$dir/plain/etc/selinux/config" "$dir/h3/etc/selinux/config"
sim --no-policy -- drive openroot:"$dir/h3" policy
is "a configuration outside is not read" "$(answer openroot) $(answer policy)" "-1 ENOENT none"
hostile h4; rm "$dir/h4/etc/selinux/tiny/policy/policy.33"; mkfifo "$dir/h4/etc/selinux/tiny/policy/policy.33"
refuses "a FIFO for a policy does not block" h4 EINVAL 'not a regular file'
hostile h5; rm "$dir/h5/etc/selinux/config"; mkfifo "$dir/h5/etc/selinux/config"
refuses "nor one for a configuration" h5 EINVAL 'not a regular file'
hostile h6; rm "$dir/h6/etc/selinux/tiny/policy/policy.33"; mkdir "$dir/h6/etc/selinux/tiny/policy/policy.33"
refuses "a directory for a policy" h6 EISDIR 'is a directory'
hostile h7; echo 'SELINUXTYPE=../tiny' >"$dir/h7/etc/selinux/config"
refuses "a SELINUXTYPE with a slash" h7 EINVAL 'not the name of a directory'
hostile h8; echo 'SELINUXTYPE=..' >"$dir/h8/etc/selinux/config"
refuses "a SELINUXTYPE that is .." h8 EINVAL 'not the name of a directory'
hostile h9; truncate -s 5G "$dir/h9/etc/selinux/tiny/policy/policy.33"
refuses "a sparse file of 5 GiB" h9 EFBIG 'more than'
hostile h10; truncate -s 2M "$dir/h10/etc/selinux/config"
refuses "a configuration of 2 MiB" h10 EFBIG 'more than'
hostile h11; rm -r "$dir/h11/etc/selinux/tiny/policy"; 
refuses "no policy directory" h11 ENOENT 'No such file'
root h12
refuses "an empty policy directory" h12 ENOENT 'no policy'
hostile h13; rm "$dir/h13/etc/selinux/tiny/policy/policy.33"; ln -s policy.33 "$dir/h13/etc/selinux/tiny/policy/policy.33"
refuses "a link to itself" h13 ELOOP 'symbolic links'
hostile h14; mv "$dir/h14/etc/selinux/tiny/policy/policy.33" "$dir/h14/real"; ln -s /real "$dir/h14/etc/selinux/tiny/policy/policy.33"
opens "an absolute link is resolved inside the root" h14 '^0 /etc/selinux/tiny/policy/policy.33 version 33$'
hostile h15; ln -sf "/proc/self/fd/0" "$dir/h15/etc/selinux/tiny/policy/policy.33"
refuses "a link into a /proc that the root does not have" h15 ENOENT 'No such file'
mkdir "$dir/h14/proc"
ln -sf /proc/self/root/"$dir/secret.bin" "$dir/h15/etc/selinux/tiny/policy/policy.33"; mkdir -p "$dir/h15/proc"
sim --no-policy -- bash -c "mount -t proc proc $dir/h15/proc; drive openroot:$dir/h15 policy"
like "a magic link that leads out" "$(answer openroot) $(answer policy)" '^-1 (EXDEV|ELOOP|ENOENT) none$'
hostile $'h\n16'; : >"$dir"/$'h\n16/etc/selinux/tiny/policy/policy.33'
sim --no-policy -- drive openroot:"$dir"/$'h\n16' policy openfile:"$dir"/$'h\n16/etc/selinux/tiny/policy/policy.33' openfile:$'\033[31m\n'
is "a root with a newline in its name" "$(answer openroot)" "-1 EINVAL"
is "messages are of one line and printable" "$(grep -c 'openfile message' <<<"$out") $(grep -c 'h\\n16/etc' <<<"$out")" "2 1"
unlike "whatever a name contains" "$out" $'\033'
mkdir "$dir/h17"
sim --no-policy -- drive openroot:"$dir/h17" policy
is "an empty root: ENOENT" "$(answer openroot) $(answer policy)" "-1 ENOENT none"
sim --no-policy --fault='openat2:ENOSYS:*:drive' -- drive openroot:"$dir/plain" policy
is "no openat2(2): ENOSYS, and never by a path that could lead out" "$(answer openroot) $(answer policy)" "-1 ENOSYS none"

# A file that is written all the time: read whole as it was at one moment, or EBUSY.
hostile changing
# shellcheck disable=SC2046 # one argument for each
sim --no-policy -- bash -c "(while :; do cat $dir/alpha.bin >$dir/changing/etc/selinux/tiny/policy/policy.33; cat $dir/beta.bin $dir/beta.bin >$dir/changing/etc/selinux/tiny/policy/policy.33; done) & trap 'kill %1' EXIT
	drive $(printf 'openroot:%s ' $(yes "$dir/changing" | head -n 60))"
unlike "a changing file: an error or a whole policy" "$(answer openroot | grep -Ev '^(0|-1 (EBUSY|EINVAL))$')" .
# ---- no label for booleans (kernel-abi.md 5.5) -------------------------------------------

for label in '' '(genfscon selinuxfs "/boolean" (u object_r bare_security_t ((s0) (s0))))' \
	'(genfscon selinuxfs "/booleans/bare_bool" (u object_r bare_security_t ((s0) (s0))))' \
	'(genfscon selinuxfs "/" file (u object_r bare_security_t ((s0) (s0))))' \
	'(genfscon selinuxfs "/booleans/bare_boolean" (u object_r bare_security_t ((s0) (s0))))' \
	'(genfscon selinuxfs "/elsewhere" (u object_r bare_security_t ((s0) (s0))))' \
	'(genfscon proc "/" (u object_r bare_security_t ((s0) (s0))))'; do
	genfs=$label policy bare "$(may_all bare)"
	sim -- spawn policy-file:"$dir/bare.bin" -- touch "$dir/ran"
	case $label in
	*/boolean\"* | */bare_bool\"* | *' file '*)
		is "a label for the file of a boolean ($label)" "$(answer spawn) $([ -e "$dir/ran" ] && echo ran)" "0 ran"
		rm "$dir/ran"
		;;
	*)
		is "no label for booleans: EINVAL by a check (${label:-none})" \
			"$(answer spawn) $(answer step) $([ -e "$dir/ran" ] && echo ran)" "-1 EINVAL check policy "
		like "with a remedy" "$(answer message)" 'genfscon selinuxfs /$'
		;;
	esac
done
genfs='' policy bare "$(may_all bare)"
sim --no-policy -- drive openfile:"$dir/bare.bin" load openfile:"$dir/alpha.bin" load openfile:"$dir/bare.bin" load
is "nor is it loaded as the first; as a later one it is the kernel's to say" "$(answer load | tr '\n' ' ')" "-1 EINVAL 0 0 "
root bare
cp "$dir/bare.bin" "$dir/bare/etc/selinux/tiny/policy/policy.33"
if [ -d /etc/selinux ]; then
	sim --no-policy -- drive newns:private unsharens:0 sh:"mount --bind $dir/bare/etc/selinux /etc/selinux" init isunshared
	is "nor by selinuxns_init()" "$(answer init) $(answer isunshared)" "-1 EINVAL 1"
else
	skip "nor by selinuxns_init()" "no /etc/selinux"
fi
finish
