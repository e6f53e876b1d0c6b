# SPDX-License-Identifier: MIT
"""The process's own namespace, and the module selinux: docs/kernel-abi.md, by its numbers.

Each test is a process of its own, as there is no way back.
"""

import pytest

pytestmark = pytest.mark.usefixtures("no_leak")

HEAD = """
import errno, os, pathlib, subprocess, sys
import selinuxns
kid, many = sys.argv[1:3]
"""


@pytest.fixture
def own(python, policies):
    """Run code in a process of its own; what it prints, as lines."""

    def run(code, **kwargs):
        return python(HEAD + code, str(policies / "kid.bin"), str(policies / "many.bin"), **kwargs).splitlines()

    return run


def test_2_1_a_fresh_namespace(own):
    assert own("""
selinuxns.unshare()
print(selinuxns.is_unshared(), selinuxns.kind().name, selinuxns.status().selinuxfs)
print(subprocess.check_output(["selinuxunshared"], text=True).strip())
try:
    selinuxns.booleans()
except OSError as error:
    print(error.errno, error)
""") == ["True FRESH ()", "1",
         "22 read booleans: this namespace: no policy is loaded into it; load one"]


def test_2_1_children_are_in_it_too(own):
    assert own("""
selinuxns.unshare()
done = subprocess.run([sys.executable, "-c", "import selinuxns; print(selinuxns.kind().name)"],
                      stdout=subprocess.PIPE, text=True)
print(done.stdout.strip())
pid = os.fork()
if pid == 0:
    os._exit(0 if selinuxns.is_unshared() else 1)
print(os.waitpid(pid, 0)[1])
""") == ["FRESH", "0"]


def test_2_2_and_a_mount_namespace_that_is_shared_is_refused(own):
    assert own("""
try:
    selinuxns.unshare(mounts=False)
except OSError as error:
    print(error.errno == errno.EBUSY, error.step, selinuxns.kind().name)
""") == ["True unshare the SELinux namespace INIT"]


def test_3_2_the_context_after_a_load(own):
    assert own("""
selinuxns.unshare()
print(selinuxns.status().context)
policy = selinuxns.load_policy(kid)
print(selinuxns.status().context, selinuxns.kind().name)
print(policy.is_loaded(), selinuxns.Policy.open(many).is_loaded(), selinuxns.is_unshared())
""") == ["kernel", "u:r:kid_t CHILD", "True False False"]


def test_4_1_the_parents_selinuxfs_is_unmounted(own):
    assert own("""
selinuxns.unshare()
print(selinuxns.status().selinuxfs)
selinuxns.mount_selinuxfs()
print(selinuxns.status().selinuxfs)
""") == ["()", "(Mount(path='/sys/fs/selinux', ours=True, read_only=False),)"]


def test_4_4_another_namespaces_selinuxfs_is_refused(own):
    assert own("""
fd = selinuxns.selinuxfs_open()
before = selinuxns.booleans(fd)
selinuxns.unshare()
policy = selinuxns.Policy.open(kid)
for call in (lambda: selinuxns.load_policy(policy, selinuxfs_fd=fd),
             lambda: selinuxns.set_booleans({sorted(before)[0]: True}, fd)):
    try:
        call()
    except PermissionError as error:
        print(error.errno == errno.EPERM, error.step)
print(selinuxns.booleans(fd) == before, selinuxns.is_unshared())
""") == ["True load policy", "True set booleans", "True True"]


def test_5_1_all_of_a_policy_or_nothing(own):
    assert own("""
selinuxns.unshare()
selinuxns.load_policy(kid)
data = pathlib.Path(many).read_bytes()
try:
    selinuxns.load_policy(data[:-10])
except OSError as error:
    print(error.step)
print(selinuxns.Policy.open(kid).is_loaded())
selinuxns.load_policy(data)
print(sorted(selinuxns.booleans().items()))
selinuxns.set_booleans({"b1": True, "b2": False})
selinuxns.load_policy(memoryview(data))
print(sorted(selinuxns.booleans().items()))
selinuxns.load_policy(bytearray(data), reset_booleans=True)
print(sorted(selinuxns.booleans().items()))
""", ) == ["parse policy", "True", "[('b1', False), ('b2', True), ('many_bool', False)]",
           "[('b1', True), ('b2', False), ('many_bool', False)]",
           "[('b1', False), ('b2', True), ('many_bool', False)]"]


def test_6_2_a_child_can_only_read_the_limits(own):
    assert own("""
selinuxns.unshare()
selinuxns.load_policy(kid)
print(selinuxns.limits())
try:
    selinuxns.set_limits(maxns=3)
except PermissionError as error:
    print(error.errno == errno.EPERM, error.step, error.object)
""") == ["Limits(maxns=65535, maxnsdepth=32)", "True set limits maxns"]


def test_9_the_module_selinux_answers_for_the_child(own):
    pytest.importorskip("selinux")
    assert own("""
import selinux
print(selinux.is_selinux_enabled(), selinux.getcon()[1][:12], selinux.security_getenforce())
print(selinux.selinux_status_open(0) >= 0, selinux.selinux_status_policyload() >= 0)
selinuxns.unshare()
print(selinux.is_selinux_enabled(), selinux.getcon())
selinuxns.mount_selinuxfs()
print(selinux.is_selinux_enabled(), selinux.getcon(), selinux.security_getenforce())
selinuxns.load_policy(kid)
print(selinux.is_selinux_enabled(), selinux.getcon(), selinux.getcon_raw())
print(selinux.security_check_context("u:r:kid_other_t"))
print(selinux.string_to_security_class("kid_class") > 0, selinux.string_to_security_class("capability"))
selinux.setcon("u:r:kid_other_t")
selinux.security_setenforce(1)
print(selinux.getcon()[1], selinux.security_getenforce(), selinux.selinux_status_getenforce())
print(selinuxns.status().enforcing, selinuxns.status().context)
""") == ["1 unconfined_u 0", "True True", "0 [0, 'kernel']", "1 [0, 'kernel'] 0",
         "1 [0, 'u:r:kid_t'] [0, 'u:r:kid_t']", "0", "True 0", "u:r:kid_other_t 1 1",
         "True u:r:kid_other_t"]


def test_9_and_forget_makes_it_so_after_other_means(own):
    pytest.importorskip("selinux")
    assert own("""
import selinux
selinuxns.unshare()
subprocess.run(["mount", "-t", "selinuxfs", "none", "/sys/fs/selinux"], check=True)
with open(kid, "rb") as file, open("/sys/fs/selinux/load", "wb", buffering=0) as load:
    load.write(file.read())
selinuxns.forget()
print(selinux.is_selinux_enabled(), selinux.getcon())
""") == ["1 [0, 'u:r:kid_t']"]


def test_setup_and_exec(own):
    assert own("""
ns = selinuxns.Namespace(policy=kid, context="u:r:kid_other_t", enforcing=True)
ns.setup(["id"])
status = selinuxns.status()
print(status.kind.name, status.context, status.enforcing)
""") == ["CHILD u:r:kid_other_t True"]
    assert own("""
w = os.dup(1)
selinuxns.Namespace(policy=kid).exec(
    ["bash", "-c", f"id -Z; pwd; echo $A >&{w}"], cwd="/usr", env={"A": "b", "PATH": os.environ["PATH"]},
    pass_fds=[w])
""") == ["u:r:kid_t", "/usr", "b"]
    assert own("""
try:
    selinuxns.Namespace(policy=kid, context="u:r:nosuch_t").exec(["id"])
except OSError as error:
    print(error.step, selinuxns.kind().name)
""") == ["check context INIT"]


def test_init(own):
    assert own("""
print(selinuxns.init())
selinuxns.unshare()
print(selinuxns.init(), selinuxns.kind().name, selinuxns.init())
""") == ["False", "True CHILD False"]


def test_a_namespace_in_a_namespace(own):
    assert own("""
selinuxns.unshare()
selinuxns.load_policy(kid)
selinuxns.mount_selinuxfs()
done = selinuxns.Namespace(policy=many, wait=3).run(["id", "-Z"], capture_output=True, text=True)
print(done.stdout.strip(), selinuxns.status().context)
""") == ["u:r:many_t u:r:kid_t"]
