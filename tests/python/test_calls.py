# SPDX-License-Identifier: MIT
"""The calls that belong to no namespace object: what they give, and what they raise."""

import array
import bz2
import errno
import gzip
import io
import json
import lzma
import mmap
import os
import pickle
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

import selinuxns

AS_NOBODY = ("setpriv", "--reuid=65534", "--clear-groups")

pytestmark = pytest.mark.usefixtures("no_leak")


def test_every_public_name_is_there_and_documented():
    for name in selinuxns.__all__:
        assert getattr(selinuxns, name) is not None
        if name != "FROM_ROOT":
            assert getattr(selinuxns, name).__doc__, name
    assert set(dir(selinuxns)) == set(selinuxns.__all__)
    with pytest.raises(AttributeError):
        selinuxns.nosuch


def _documented(thing):
    for name, value in vars(thing).items():
        if name.startswith("_") or not callable(getattr(value, "__func__", value)):
            continue
        if not (getattr(value, "__module__", None) or "selinuxns").startswith("selinuxns"):
            continue
        yield f"{thing.__name__}.{name}", getattr(value, "__func__", value)


def test_every_function_and_method_has_a_docstring():
    parts = ("_access _aio _errors _labels _namespace _policy _process _selinuxns _status _system "
             "_tree pytest_plugin").split()
    lacking = []
    for part in parts:
        module = __import__(f"selinuxns.{part}", fromlist=[part])
        assert module.__doc__
        for name, value in list(_documented(module)):
            if not value.__doc__:
                lacking.append(name)
            if isinstance(value, type) and value.__module__.startswith("selinuxns"):
                lacking += [n for n, v in _documented(value) if not v.__doc__]
    assert lacking == []


def test_the_machine():
    assert selinuxns.probe().support is selinuxns.Support.LSM_SYSCALLS
    assert selinuxns.probe().works
    assert "SELinux namespaces" in selinuxns.probe().sentence
    assert selinuxns.is_unshared() is False
    assert selinuxns.kind() is selinuxns.Kind.INIT
    assert selinuxns.limits() == selinuxns.Limits(65535, 32)


def test_limits_are_set_both_or_none():
    selinuxns.set_limits(maxns=100, maxnsdepth=5)
    assert selinuxns.limits() == selinuxns.Limits(100, 5)
    with pytest.raises(selinuxns.Error) as caught:
        selinuxns.set_limits(maxns=50, maxnsdepth=99)
    assert (caught.value.errno, caught.value.step) == (errno.EINVAL, "set limits")
    assert caught.value.object == "maxnsdepth"
    assert selinuxns.limits() == selinuxns.Limits(100, 5)
    selinuxns.set_limits(maxns=65535)
    selinuxns.set_limits(maxnsdepth=32)
    for wrong in (-1, 2**32, 2**64):
        with pytest.raises(OverflowError):
            selinuxns.set_limits(maxns=wrong)
    with pytest.raises(TypeError):
        selinuxns.set_limits(maxns="1")


def test_an_error_says_everything():
    with pytest.raises(FileNotFoundError) as caught:
        selinuxns.Policy.open("/nowhere/policy")
    error = caught.value
    assert isinstance(error, selinuxns.Error) and isinstance(error, OSError)
    assert (error.errno, error.step, error.object) == (2, "read policy", "/nowhere/policy")
    assert str(error) == error.sentence == "read policy: /nowhere/policy: No such file or directory"
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (again.errno, again.step, again.object, str(again)) == (2, error.step, error.object, str(error))


@pytest.mark.parametrize("call", [
    selinuxns.Policy.from_root, selinuxns.FileContexts.from_root, selinuxns.mount_selinuxfs,
    lambda root: selinuxns.load_policy(root=root),
])
def test_an_error_of_a_root_too(call):
    for root, cls in (("/nowhere\udcff", FileNotFoundError), (b"/etc/passwd", NotADirectoryError)):
        with pytest.raises(cls) as caught:
            call(root)
        error = caught.value
        assert isinstance(error, selinuxns.Error) and error.step == "open root"
        assert error.object == os.fsdecode(root) and str(error).startswith(f"open root: {error.object}: ")


@pytest.mark.parametrize("number, cls", [
    (errno.EPERM, PermissionError), (errno.EACCES, PermissionError), (errno.ENOENT, FileNotFoundError),
    (errno.ENOTDIR, NotADirectoryError), (errno.EISDIR, IsADirectoryError), (errno.ENOSPC, OSError),
])
def test_errors_are_those_of_python_too(number, cls):
    from selinuxns._errors import make

    error = make(number, "s", "step", "object")
    assert isinstance(error, cls) and isinstance(error, selinuxns.Error) and error.errno == number


def test_what_only_root_may(python):
    code = """
import selinuxns
for call in (selinuxns.kind, selinuxns.limits, lambda: selinuxns.set_limits(maxns=3),
             lambda: selinuxns.set_booleans({"secure_mode": True}), selinuxns.unshare):
    try:
        call()
    except PermissionError as error:
        print(type(error).__name__, error.errno, error.step)
"""
    assert python(code, prefix=AS_NOBODY).splitlines() == [
        "DeniedError 13 look at the namespace", "DeniedError 13 read limits",
        "DeniedError 13 set limits", "DeniedError 13 set booleans", "DeniedError 1 check privilege",
    ]


# ---- policies ----------------------------------------------------------------------------


class NoFile:
    """Has a descriptor, as a socket or a file object of another library."""

    def __init__(self, fd):
        self.fd = fd

    def fileno(self):
        return self.fd


def sources(path):
    data = Path(path).read_bytes()
    yield "path", path
    yield "bytes", data
    yield "bytearray", bytearray(data)
    yield "memoryview", memoryview(b"x" + data)[1:]
    yield "array", array.array("B", data)
    yield "BytesIO", io.BytesIO(data)
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as mapped:
        yield "mmap", mapped
        file.seek(7)
        yield "file", file
        assert file.tell() == 7
        yield "descriptor", NoFile(file.fileno())


def test_a_policy_from_whatever_has_it(kid, tmp_path):
    kinds = []
    for kind, source in sources(kid):
        policy = selinuxns.Policy.open(source)
        assert policy.version == 33 and policy.has_context("u:r:kid_other_t"), kind
        assert policy.has_boolean("kid_bool") and not policy.has_boolean("nosuch")
        assert policy.name == {"path": kid, "file": kid, "descriptor": "file"}.get(kind, "memory")
        kinds.append(kind)
        del source
    assert len(kinds) == 9
    assert selinuxns.Policy.open(Path(kid)).name == kid
    assert selinuxns.Policy.open(policy) is policy


def test_a_file_that_is_still_being_written(kid, tmp_path):
    data = Path(kid).read_bytes()
    with tempfile.NamedTemporaryFile(dir=tmp_path) as wrapped, open(tmp_path / "new", "w+b") as plain:
        for file in (wrapped, plain):
            file.write(data)
            assert selinuxns.Policy.open(file).name == file.name
            file.write(b"and it keeps its position")
            assert file.tell() == len(data) + 25


def test_files_whose_descriptor_has_other_bytes(kid, tmp_path):
    data = Path(kid).read_bytes()
    for module in (gzip, bz2, lzma):
        path = tmp_path / module.__name__
        with module.open(path, "wb") as file:
            file.write(data)
        with module.open(path) as file, module.open(path) as raw, io.BufferedReader(raw) as twice:
            for opened in (file, twice):
                opened.seek(7)
                assert selinuxns.Policy.open(opened).has_boolean("kid_bool")
                assert opened.tell() == 7
    with tempfile.SpooledTemporaryFile() as file, zipfile.ZipFile(tmp_path / "zip", "w") as packed:
        file.write(data)
        assert selinuxns.Policy.open(file, "spooled").name == "spooled"
        packed.write(kid, "kid")
        with packed.open("kid") as member:
            assert selinuxns.Policy.open(member).version == 33
    with open(kid, encoding="latin-1") as text, pytest.raises(TypeError):
        selinuxns.Policy.open(text)


def test_the_callers_memory_may_change_after_that(kid):
    data = bytearray(Path(kid).read_bytes())
    policy = selinuxns.Policy.open(data)
    data[:] = bytes(len(data))
    del data[10:]
    assert policy.has_context("u:r:kid_other_t")
    ran = selinuxns.Namespace(policy=policy, wait=3).run(["id", "-Z"], capture_output=True)
    assert ran.stdout == b"u:r:kid_t\n"


@pytest.mark.parametrize("wrong", [None, 1, 1.5, [], object(), memoryview(b"abcd")[::2], io.StringIO("x")])
def test_what_is_no_policy_at_all(wrong):
    with pytest.raises((TypeError, BufferError, io.UnsupportedOperation)):
        selinuxns.Policy.open(wrong)


@pytest.mark.parametrize("data, number", [(b"", errno.EINVAL), (b"x" * 100, errno.EINVAL)])
def test_what_is_none_by_its_bytes(data, number):
    with pytest.raises(selinuxns.Error) as caught:
        selinuxns.Policy.open(data, "the name")
    assert caught.value.errno == number and caught.value.object == "the name"


def test_a_truncated_policy_and_a_fifo(kid, tmp_path):
    data = Path(kid).read_bytes()
    for cut in (1, 20, len(data) // 2, len(data) - 1):
        with pytest.raises(selinuxns.Error):
            selinuxns.Policy.open(data[:cut])
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(selinuxns.Error) as caught:
        selinuxns.Policy.open(tmp_path / "fifo")
    assert caught.value.errno == errno.EINVAL
    with pytest.raises(IsADirectoryError):
        selinuxns.Policy.open(tmp_path)


def test_a_policy_is_made_by_opening_it_only():
    for cls in (selinuxns.Policy, selinuxns.Policy.__base__):
        with pytest.raises(TypeError):
            cls()
        with pytest.raises(TypeError):
            object.__new__(cls)


def test_nul_and_wrong_types(kid):
    policy = selinuxns.Policy.open(kid)
    for call in (
        lambda: selinuxns.Policy.open("/a\0b"),
        lambda: policy.check_context("u:r:kid_t\0:s0"),
        lambda: policy.check_boolean("a\0b"),
        lambda: selinuxns.set_booleans({"a\0b": True}),
        lambda: selinuxns.Namespace(context="a\0b"),
        lambda: selinuxns.Namespace(root="/a\0b"),
        lambda: selinuxns.Namespace(booleans={"a\0b": True}),
        lambda: selinuxns.Namespace().run(["true", "a\0b"]),
        lambda: selinuxns.Namespace().plan(["true", "a\0b"]),
        lambda: selinuxns.Namespace().setup(["true\0"]),
        lambda: selinuxns._selinuxns.Plan().check(b"true\0", True),
        lambda: selinuxns._selinuxns.Plan().setup(b"true\0"),
        lambda: selinuxns.Namespace().run(["true"], env={"A": "a\0b"}),
        lambda: selinuxns.Namespace().run(["true"], cwd="/a\0b"),
        lambda: selinuxns.allowed_permissions("a\0", "b", "file"),
    ):
        with pytest.raises(ValueError):
            call()
    for call in (
        lambda: policy.check_context(b"u:r:kid_t"),
        lambda: policy.check_boolean(None),
        lambda: policy.load("x"),
        lambda: selinuxns.set_booleans({"kid_bool": 1}),
        lambda: selinuxns.set_booleans({1: True}),
        lambda: selinuxns.Namespace(context=1),
        lambda: selinuxns.Namespace(enforcing=1),
        lambda: selinuxns.Namespace(policy=1),
        lambda: selinuxns.Namespace(mount="no"),
        lambda: selinuxns.unshare(mounts="no"),
        lambda: selinuxns.load_policy(kid, init_namespace="no"),
        lambda: selinuxns.load_policy(kid, reset_booleans=0),
        lambda: selinuxns.Namespace(root=1),
        lambda: selinuxns.Namespace(booleans={"b": "off"}),
        lambda: selinuxns.Namespace(watch=1),
        lambda: selinuxns.Namespace(nosuch=1),
        lambda: selinuxns.Namespace().run([1]),
        lambda: selinuxns.Namespace().run(None),
        lambda: selinuxns.mount_selinuxfs(1.5),
        lambda: selinuxns.booleans("x"),
        lambda: selinuxns.is_unshared(1),
        lambda: selinuxns.allowed_permissions(1, "b", "file"),
    ):
        with pytest.raises(TypeError):
            call()
    for wrong in ("", "a/b"):
        with pytest.raises(OSError) as caught:
            selinuxns.Namespace(booleans={wrong: True})
        assert caught.value.errno == errno.EINVAL
        assert (caught.value.step, caught.value.object) == ("fill plan", "boolean")
        assert str(caught.value).startswith("fill plan: ")
    with pytest.raises(ValueError):
        selinuxns.Namespace(wait=-1)


def test_the_init_namespace_keeps_its_policy(kid):
    for call in (lambda: selinuxns.load_policy(kid), selinuxns.load_policy):
        with pytest.raises(PermissionError) as caught:
            call()
        assert caught.value.step == "load policy" and "init_namespace=True" in str(caught.value)
    assert len(selinuxns.booleans()) > 50


def test_booleans_of_the_machine():
    before = selinuxns.booleans()
    name = sorted(before)[0]
    assert set(map(type, before.values())) == {bool}
    with pytest.raises(FileNotFoundError):
        selinuxns.set_booleans({name: not before[name], "nosuch": True})
    assert selinuxns.booleans() == before
    selinuxns.set_booleans({name: not before[name]})
    assert selinuxns.booleans() == {**before, name: not before[name]}
    selinuxns.set_booleans({name: before[name]})
    selinuxns.set_booleans({})
    fd = selinuxns.selinuxfs_open()
    try:
        assert selinuxns.booleans(fd) == before
        assert not os.get_inheritable(fd)
    finally:
        os.close(fd)
    with pytest.raises(OSError):
        selinuxns.booleans(fd)


def test_permissions():
    context = "system_u:system_r:kernel_t:s0"
    assert "fork" in selinuxns.allowed_permissions(context, context, "process")
    fd = selinuxns.selinuxfs_open()
    try:
        assert "fork" in selinuxns.allowed_permissions(context, context, "process", fd)
    finally:
        os.close(fd)
    for question, number in (((context, context, "nosuch"), 2), (("x", context, "process"), 22)):
        with pytest.raises(selinuxns.Error) as caught:
            selinuxns.allowed_permissions(*question)
        assert caught.value.errno == number and caught.value.step == "compute access"
    with pytest.raises(selinuxns.UnknownNameError) as caught:
        selinuxns.allowed_permissions(context, context, "nosuch")
    assert isinstance(caught.value, ValueError) and caught.value.object == "nosuch"
    for wrong in ("a b", "", "../enforce", "."):
        with pytest.raises(ValueError):
            selinuxns.allowed_permissions(context, context, wrong)


# ---- file contexts -------------------------------------------------------------------------


def test_file_contexts(tmp_path):
    (tmp_path / "file_contexts").write_text(
        "/.*\tsystem_u:object_r:default_t:s0\n"
        "/bin(/.*)?\tsystem_u:object_r:bin_t:s0\n"
        "/bin/[^/]*\t-d\tsystem_u:object_r:dir_t:s0\n"
        "/left(/.*)?\t<<none>>\n")
    contexts = selinuxns.FileContexts.open(tmp_path / "file_contexts")
    assert contexts.lookup("/bin/ls", 0o100755).context == "system_u:object_r:bin_t:s0"
    assert contexts.lookup("/bin/ls", 0o040755).context == "system_u:object_r:dir_t:s0"
    assert contexts.lookup(b"/\xff").context == "system_u:object_r:default_t:s0"
    left = contexts.lookup("/left/alone")
    assert (left.lookup, left.context, bool(left)) == (selinuxns.Lookup.NONE, None, False)
    (tmp_path / "other").write_text("/bin\tsystem_u:object_r:bin_t:s0\n")
    other = selinuxns.FileContexts.open(str(tmp_path / "other"))
    assert other.lookup("/usr") == selinuxns.Label(selinuxns.Lookup.NO_MATCH, None)
    with pytest.raises(ValueError):
        contexts.lookup("/a\0b")
    for wrong in ((1,), ("/", "x"), ()):
        with pytest.raises(TypeError):
            contexts.lookup(*wrong)
    with pytest.raises(OverflowError):
        contexts.lookup("/", -1)
    (tmp_path / "bad").write_text("/bin(\tsystem_u:object_r:bin_t:s0\n")
    with pytest.raises(selinuxns.Error) as caught:
        selinuxns.FileContexts.open(tmp_path / "bad")
    assert caught.value.errno == errno.EINVAL and "bad" in caught.value.object
    with pytest.raises(FileNotFoundError):
        selinuxns.FileContexts.from_root(tmp_path)
    for cls in (selinuxns.FileContexts, selinuxns.FileContexts.__base__):
        with pytest.raises(TypeError):
            cls()


@pytest.mark.parametrize("path", ["/etc/shadow", "/usr/bin/passwd", "/proc/1", "/root/.ssh/id", "/no/such"])
def test_file_contexts_as_the_program_has_them(path):
    done = subprocess.run(["selinuxns", "label", "lookup", path], capture_output=True, text=True)
    found = selinuxns.FileContexts.from_root().lookup(path)
    assert (found.context or "<<none>>") in done.stdout


# ---- status, and the program of that name --------------------------------------------------

STATUS = """
import json, selinuxns
s = selinuxns.status()
name = lambda value: None if value is None else value.name.lower().replace("_", "-")
print(json.dumps({
    "kernel": name(s.support),
    "namespace": name(s.kind),
    "selinuxfs": [[m.path, "this" if m.ours else "another", m.read_only] for m in s.selinuxfs],
    "mode": None if s.enforcing is None else "enforcing" if s.enforcing else "permissive",
    "policy_version": s.policy_version,
    "policy_fingerprint": s.policy_fingerprint,
    "mls": s.mls,
    "unknown_permissions": name(s.unknown_permissions),
    "context": s.context,
    "maxns": s.limits and s.limits.maxns,
    "maxnsdepth": s.limits and s.limits.maxnsdepth,
    "why": sorted(s.why_unknown),
}))
"""


def both_status(prefix):
    program = json.loads(subprocess.check_output([*prefix, "selinuxns", "status", "--json"]))
    ours = json.loads(subprocess.check_output([*prefix, sys.executable, "-c", STATUS]))
    program["selinuxfs"] = [[m["path"], m["owner"], m["read_only"]] for m in program["selinuxfs"]]
    why = set(program.pop("why_unknown")) - {"configured_policy", "maxns", "maxnsdepth"}
    why |= {"limits"} if program["maxns"] is None else set()
    renamed = {"kernel": "support", "namespace": "kind", "mode": "enforcing"}
    program["why"] = sorted(renamed.get(name, name) for name in why)
    del program["selinux"], program["configured_policy"]
    return program, ours


@pytest.mark.parametrize("prefix", [
    [],
    ["unshareselinux"],
    ["unshareselinux", "--mount-selinuxfs"],
    ["unshareselinux", "--load-policy"],
    ["unshareselinux", "--load-policy", "sh", "-c", "mount -t selinuxfs -o ro none /mnt; exec \"$@\"", "-"],
    AS_NOBODY,
    ["unshareselinux", "--mount-selinuxfs", *AS_NOBODY],
], ids=lambda prefix: " ".join(prefix)[:60])
def test_status_says_what_the_program_says(prefix):
    program, ours = both_status(prefix)
    assert ours == program
