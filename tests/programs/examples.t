#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# examples.t - the programs of examples/ do what they say: a container runtime, and an init.
. "$(dirname "$0")/lib.sh"
need_policy
need_tool secilc
container=$build/examples/container
wrapper=$build/examples/init-wrapper
export dir

policy image "$(may_all image)" '(allow image_other_t image_security_t (security (all)))'
policy given "$(may_all given)" '(allow given_other_t given_security_t (security (all)))'

# Two images, each with a policy store of its own; /usr is the machine's.
for image in first second; do
	r=$dir/$image
	mkdir -p "$r"/{dev,proc,tmp,usr,sys/fs/selinux,etc/selinux/mini/policy}
	for link in bin sbin lib lib64; do [ ! -e /usr/$link ] || ln -s usr/$link "$r/$link"; done
	: >"$r/dev/null"
	cp "$dir/image.bin" "$r/etc/selinux/mini/policy/policy.33"
	printf 'SELINUX=permissive\nSELINUXTYPE=mini\n' >"$r/etc/selinux/config"
	cp "$wrapper" "$r/tmp/init-wrapper"
	cat >"$r/tmp/state" <<-'END'
	#!/bin/sh
	echo "pid: $$"
	echo "host: $(hostname)"
	echo "context: $(tr -d '\0' </proc/self/attr/current)"
	echo "enforcing: $(cat /sys/fs/selinux/enforce 2>/dev/null)"
	echo "classes: $(ls /sys/fs/selinux/class 2>/dev/null | grep _class)"
	echo "descriptors:" $(ls /proc/self/fd)
	echo "mounts: $(grep -c ' - selinuxfs ' /proc/self/mountinfo)"
	echo "root:" $(ls /)
	END
	chmod 755 "$r/tmp/state"
done
# inside [SIM-OPTION...] SCRIPT: where both images are mounts, and have their /usr
inside() {
	sim "${@:1:$#-1}" -- unshare -m bash -c "for r in $dir/first $dir/second; do
		mount --bind \$r \$r; mount --bind /usr \$r/usr; done; ${!#}"
}
# What the machine outside of every container has.
outside='echo "outside: $(getenforce) $(tr -d "\0" </proc/self/attr/current) $(hostname) $(grep -c " - selinuxfs " /proc/self/mountinfo)"'
inside "$outside"
before=$(answer outside)

# ---- a container runtime ------------------------------------------------------------------

[ "$(wc -l <"$src/examples/container.c")" -lt 200 ] && what=ok || what=no
is "container.c has less than 200 lines" "$what" ok
inside "$container $dir/first /tmp/state 7</dev/null; echo status: \$?; $outside"
is "pid 1, a host name" "$(answer pid) $(answer host)" "1 container"
is "the image's policy, its initial context, and the mode that the image names" \
	"$(answer classes) $(answer context) $(answer enforcing)" "image_class u:r:image_t 0"
is "its own selinuxfs only, and the root is the image" \
	"$(answer mounts) $(answer root)" "1 bin dev etc lib lib64 proc sbin sys tmp usr"
is "no descriptor but 0 to 2" "$(answer descriptors)" "0 1 2 3"
is "it ends well, and outside all is as before" "$(answer status) $(answer outside)" "0 $before"
inside "sed -i s/permissive/enforcing/ $dir/second/etc/selinux/config 2>/dev/null; $container --context u:r:image_other_t $dir/second /tmp/state; $outside"
is "an image that is configured to be enforcing, a context of its policy" \
	"$(answer context) $(answer enforcing)" "u:r:image_other_t 1"
is "outside all is as before" "$(answer outside)" "$before"

inside "$container --policy $dir/given.bin --context u:r:given_other_t --enforcing $dir/second /tmp/state"
is "a policy from outside of the image, enforcing" \
	"$(answer classes) $(answer context) $(answer enforcing)" "given_class u:r:given_other_t 1"
inside "$container --policy $dir/given.bin $dir/second /tmp/state"
is "then the image has no say in the mode" "$(answer classes) $(answer enforcing)" "given_class 0"
inside "mv $dir/first/etc/selinux $dir/first/etc/gone; $container --policy $dir/given.bin $dir/first /tmp/state
	mv $dir/first/etc/gone $dir/first/etc/selinux"
is "nor need it have a policy" "$(answer classes)" given_class

inside "$container $dir/first /bin/sh -c 'echo 1 >/sys/fs/selinux/enforce; touch /tmp/up; while [ -e /tmp/up ]; do sleep 0.05; done; echo own: \$(cat /sys/fs/selinux/enforce)' &
	until [ -e $dir/first/tmp/up ]; do sleep 0.05; done
	sed -i s/enforcing/permissive/ $dir/second/etc/selinux/config 2>/dev/null; $container $dir/second /tmp/state
	$outside; rm $dir/first/tmp/up; wait \$!; echo status: \$?"
is "two containers at once: the mode of one is not the other's" "$(answer enforcing) $(answer own)" "0 1"
is "nor the machine's" "$(answer outside)" "$before"
is "and both end well" "$(answer status)" 0

inside "$container $dir/first /bin/sh -c 'exit 7'; echo status: \$?; $container $dir/first /bin/sh -c 'kill -KILL \$\$; exit 3'; echo status: \$?"
is "the command's status; pid 1 is not killed by itself" "$(answer status | tr '\n' ' ')" "7 3 "
inside --maxns=2 "for i in 1 2 3 4 5; do $container $dir/first /bin/true || echo failed; done; echo done"
is "one container after the other, where the limit allows one" "$out" "done"
inside "$container $dir/first /bin/sh -c 'sleep 98 & exec sleep 99' & until ps -o args= -e | grep -q '[s]leep 98\$'; do sleep 0.05; done
	kill -KILL \$!; wait \$! 2>/dev/null; sleep 0.4; ps -o stat=,args= -e | grep -v Z | grep -c '[s]leep 9[89]\$'"
is "the container ends with its runtime, and all in it" "${out##*$'\n'}" 0

# fails WHAT MESSAGE STATUS ARGUMENT...: and nothing ran
fails() {
	local what=$1 message=$2
	shift 2
	inside "$container $*; echo status: \$?; $outside"
	is "$what: not started" "$(answer status) $(answer outside)" "125 $before"
	like "$what: says why" "$err" "^container: $message"
	ok "$what: nothing ran" test ! -e "$dir/first/tmp/ran"
}
fails "a context that the image's policy has not" "check context: u:r:given_t: " \
	--context u:r:given_t "$dir/first" /bin/touch /tmp/ran
fails "a policy that is none" "parse policy: /etc/passwd: " --policy /etc/passwd "$dir/first" /bin/touch /tmp/ran
fails "an image that is not there" "/nowhere: " /nowhere /bin/touch /tmp/ran
fails "a command that is not there" "execute: /bin/nosuch: " "$dir/first" /bin/nosuch
fails "no command" "usage: " "$dir/first"
mv "$dir/first/etc/selinux/mini" "$dir/first/etc/selinux/none"
fails "an image without a policy" "find policy: " "$dir/first" /bin/touch /tmp/ran
mv "$dir/first/etc/selinux/none" "$dir/first/etc/selinux/mini"
# A hostile image: every link leads out.
rmdir "$dir/second/proc" "$dir/second/sys/fs/selinux"
ln -s "../../../../../../../..$dir/outside" "$dir/second/proc"
mkdir -p "$dir/outside"
inside "$container $dir/second /tmp/state; ls $dir/outside | wc -l | sed 's/^/there: /'; $outside"
is "links of the image lead nowhere" "$(answer pid) $(answer there) $(answer outside)" " 0 $before"

# ---- an init ----------------------------------------------------------------------------------

for mode in permissive enforcing; do
	printf 'SELINUX=%s\nSELINUXTYPE=mini\n' $mode >"$dir/first/etc/selinux/config"
	inside "unshareselinux --root=$dir/first --fork sh -c 'mount -t proc proc /proc && exec /tmp/init-wrapper /tmp/state'; $outside"
	is "init-wrapper in a fresh namespace, $mode: selinuxfs, policy, mode" \
		"$(answer mounts) $(answer classes) $(answer enforcing)" "1 image_class $([ $mode = enforcing ] && echo 1 || echo 0)"
	is "outside all is as before" "$(answer outside)" "$before"
	inside "unshareselinux --root=$dir/first --mount-selinuxfs --fork sh -c 'mount -t proc proc /proc && exec /tmp/init-wrapper /tmp/state'"
	is "where the manager mounted it already" "$status $(answer mounts) $(answer classes)" "0 1 image_class"
done
inside "unshareselinux --root=$dir/first --load-policy=$dir/given.bin --fork sh -c 'mount -t proc proc /proc && exec /tmp/init-wrapper /tmp/state'"
is "where the manager loaded a policy already, it does nothing" "$(answer classes) $(answer enforcing)" "given_class 0"
inside "$wrapper /bin/sh -c 'echo run; exit 5'; echo status: \$?; $outside"
is "on a machine of its own it does nothing, and runs the init" "${out%%$'\n'*} $(answer status) $(answer outside)" "run 5 $before"
for kernel in no-namespaces no-lsm disabled; do
	sim --kernel=$kernel -- "$wrapper" /bin/sh -c 'echo run'
	is "nor does it on a kernel that is $kernel" "$status $out" "0 run"
done
printf 'SELINUX=disabled\n' >"$dir/first/etc/selinux/config"
inside "unshareselinux --root=$dir/first --fork sh -c 'mount -t proc proc /proc && exec /tmp/init-wrapper /tmp/state'"
is "configured to be disabled, it does nothing" "$(answer pid | grep -c .) $(answer mounts)" "1 0"
rm "$dir/first/etc/selinux/config"
inside "unshareselinux --root=$dir/first --fork sh -c 'mount -t proc proc /proc && exec /tmp/init-wrapper /tmp/state'"
is "nor does it without a configuration" "$(answer pid | grep -c .) $(answer mounts)" "1 0"
printf 'SELINUX=permissive\nSELINUXTYPE=nosuch\n' >"$dir/first/etc/selinux/config"
inside "unshareselinux --root=$dir/first --fork sh -c 'mount -t proc proc /proc && exec /tmp/init-wrapper /tmp/state'"
is "a policy that is not there: the init is not started" "$status $out" "1 "
like "and it says why" "$err" '^init-wrapper: find policy: '
printf 'SELINUX=enforcing\nSELINUXTYPE=mini\n' >"$dir/first/etc/selinux/config"
for fault in selinuxfs/load/write:EINVAL:1:init-wrapper move_mount:EIO:1:init-wrapper selinuxfs/enforce/write:EIO:1:init-wrapper; do
	inside --fault=$fault "unshareselinux --root=$dir/first --fork sh -c 'mount -t proc proc /proc && exec /tmp/init-wrapper /tmp/state'"
	is "$fault: the init is not started" "$status $out" "1 "
	like "$fault: and it says why" "$err" '^init-wrapper: [a-z ]*: '
done
sim -- "$wrapper"
is "without an init: 2" "$status" 2
sim -- "$wrapper" /nowhere
is "one that is not there: 1" "$status $err" "1 init-wrapper: /nowhere: No such file or directory"
finish
