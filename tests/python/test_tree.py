# SPDX-License-Identifier: MIT
"""The labels of a tree: checked and set, told while it goes on, and ended."""

import errno
import json
import os
import shutil
import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import selinuxns
from selinuxns import Advice, FileKind

pytestmark = pytest.mark.usefixtures("no_leak")

# Not security.selinux, of which the running policy would hide what it does not know.
ATTRIBUTE = "trusted.selinuxns"
KID, OTHER = "u:object_r:kid_t:s0", "u:object_r:kid_other_t:s0"


def tree_of(root, **more):
    return selinuxns.Tree(root=root, attribute=ATTRIBUTE, **more)


@pytest.fixture
def root(tmp_path, kid):
    """A root with the policy kid, and a few files without labels."""
    at = tmp_path / "root"
    contexts = at / "etc/selinux/tiny/contexts/files"
    contexts.mkdir(parents=True)
    (at / "etc/selinux/config").write_text("SELINUX=enforcing\nSELINUXTYPE=tiny\n")
    (at / "etc/selinux/tiny/policy").mkdir()
    shutil.copy(kid, at / "etc/selinux/tiny/policy/policy.33")
    mls = "" if "s0" not in kid_contexts(kid) else ":s0"
    (contexts / "file_contexts").write_text(
        f"/.*\tu:object_r:kid_t{mls}\n/usr(/.*)?\tu:object_r:kid_other_t{mls}\n/tmp(/.*)?\t<<none>>\n")
    (at / "usr").mkdir()
    (at / "tmp").mkdir()
    for name in ("usr/a b", "usr/new\nline", "tmp/left"):
        (at / name).touch()
    (at / "usr/link").symlink_to("/etc/passwd")
    try:
        os.setxattr(at / "usr", ATTRIBUTE, b"try")
        os.removexattr(at / "usr", ATTRIBUTE)
    except OSError as error:
        pytest.skip(f"labels cannot be written here: {error}")
    return at


def kid_contexts(kid):
    """A context of the policy: with a range, where it has MLS."""
    policy = selinuxns.Policy.open(kid)
    return KID if policy.has_context(KID) else "u:object_r:kid_t"


def files(root):
    """How many there are, the root itself included: links to directories are none here."""
    return sum(1 + len(names) for _, _, names in os.walk(root))


def test_a_tree_is_checked_and_labelled(root):
    tree = tree_of(root)
    fit = tree.check()
    total = files(root)
    assert not fit and not fit.fits and fit.files == total
    assert fit.counts[FileKind.UNLABELED] == total - 2 and fit.counts[FileKind.UNSPECIFIED] == 2
    assert fit.advice is Advice.RELABEL and fit.mount_context is None
    told = []
    dry = tree.apply(dry_run=True, report=told.append)
    assert not dry and len(told) == dry.counts[FileKind.CHANGED] == total - 2
    assert ATTRIBUTE not in os.listxattr(root / "usr")
    assert tree.apply() and tree.check()
    assert os.getxattr(root / "usr/link", ATTRIBUTE, follow_symlinks=False).startswith(b"u:object_r:kid_other_t")
    assert tree.check().advice is Advice.NOTHING


def test_what_is_told_is_what_the_program_tells(root):
    tree_of(root).apply()
    os.setxattr(root / "usr/a b", ATTRIBUTE, b"nonsense\0")
    os.removexattr(root / "usr/new\nline", ATTRIBUTE)
    told = []
    fit = tree_of(str(root), strict=True).check("/usr", report=told.append)
    done = subprocess.run(
        ["selinuxns", "label", "check", "--strict", "--json", f"--xattr={ATTRIBUTE}", f"--root={root}", "/usr"],
        stdout=subprocess.PIPE, text=True)
    *lines, last = map(json.loads, done.stdout.splitlines())
    assert sorted((f.path, f.kind.name.lower(), f.label, f.wanted, f.message) for f in told) == sorted(
        (o["path"], o["kind"], o["label"], o["wanted"], o["message"]) for o in lines)
    assert last == {"fits": fit.fits, "files": fit.files, "advice": fit.advice.name.lower(),
                    "counts": {kind.name.lower(): n for kind, n in fit.counts.items()},
                    "mount_context": fit.mount_context}
    assert (len(told), done.returncode) == (2, 1)


def test_which_files(root):
    tree = tree_of(root, exclude=["/usr", b"/etc"], threads=2)
    assert tree.check().files == 3
    told = []
    fit = tree_of(root).check("usr", names=["a b", b"nope", "new\nline"], report=told.append)
    assert fit.counts[FileKind.UNLABELED] == 2 and fit.counts[FileKind.FAILED] == 1
    assert {f.path for f in told} == {"/usr/a b", "/usr/new\nline", "/usr/nope"}
    assert tree_of(root).check(names=[]).files == 0
    fit = tree_of(root, use_file_contexts=False).check("/usr/a b")
    assert fit.counts[FileKind.UNLABELED] == 1
    assert tree_of(root, alternate_prefix="/usr").check(
        "/usr", report=told.append, kinds=[FileKind.UNLABELED]).counts[FileKind.UNLABELED] == 4
    assert "kid_t" in told[-1].wanted


def test_a_label_of_any_bytes_is_no_context(root, kid):
    os.setxattr(root / "usr/a b", ATTRIBUTE, b"u:object_r:\xff_t\0")
    told = []
    tree_of(root).check("/usr/a b", report=told.append)
    assert (told[0].kind, os.fsencode(told[0].label)) == (FileKind.INVALID, b"u:object_r:\xff_t")
    policy = selinuxns.Policy.open(kid)
    assert not policy.has_context(told[0].label) and not policy.has_boolean("\udcff")


def test_functions_run_in_the_calling_thread_and_what_they_raise_ends_it(root):
    tree = tree_of(root, threads=4)
    callers = set()
    tree.check(report=lambda file: callers.add(threading.get_ident()))
    assert callers == {threading.get_ident()}

    def stop(told):
        raise KeyError(told)

    with pytest.raises(KeyError):
        tree.check(report=stop)
    for name in range(3000):
        (root / f"usr/{name}").touch()
    numbers = []
    tree.check(progress=numbers.append)
    assert numbers and numbers == sorted(numbers)
    with pytest.raises(KeyError):
        tree.apply(progress=stop)
    assert tree.apply()
    with pytest.raises(KeyboardInterrupt):
        tree.check(report=lambda file: os.kill(os.getpid(), signal.SIGINT), kinds=[FileKind.FITS])


def test_functions_may_call_but_not_change_the_namespace(root):
    tree = tree_of(root)
    nested = []
    tree.check("/usr/link", report=lambda file: nested.append(tree.check("/usr/a b").files))
    assert nested == [1]
    with pytest.raises(RuntimeError):
        tree.check(report=lambda file: selinuxns.forget())


def test_a_child_that_a_function_forks_does_not_go_on(root):
    statuses = []

    def fork(file):
        if pid := os.fork():
            statuses.append(os.waitpid(pid, 0)[1])

    parent = os.getpid()
    try:
        tree_of(root).check("/usr/a b", report=fork)
    except RuntimeError:
        assert os.getpid() != parent
    finally:
        if os.getpid() != parent:
            os._exit(0)
    assert statuses == [0]


def test_several_threads_use_one(root):
    tree = tree_of(root)
    tree.apply()
    with ThreadPoolExecutor(4) as pool:
        assert all(fit.fits for fit in pool.map(lambda _: tree.check(), range(40)))


@pytest.mark.parametrize("wrong, error", [
    ({"exclude": "/usr"}, TypeError), ({"exclude": [None]}, TypeError), ({"exclude": ["usr"]}, ValueError),
    ({"threads": "1"}, TypeError), ({"threads": 257}, ValueError), ({"threads": -1}, OverflowError),
    ({"attribute": "x"}, ValueError), ({"attribute": 1}, TypeError), ({"attribute": "user.a\0"}, ValueError),
    ({"root": "a\0"}, ValueError), ({"root": 1}, TypeError), ({"alternate_prefix": "x"}, ValueError),
    ({"strict": 1}, TypeError), ({"use_policy": False, "use_file_contexts": False}, ValueError),
    ({"use_policy": False, "policy": b""}, ValueError), ({"policy": 5}, TypeError),
])
def test_arguments_that_are_wrong(wrong, error):
    with pytest.raises(error):
        selinuxns.Tree(**wrong)


def test_a_wrong_argument_is_named():
    with pytest.raises(ValueError, match="^'usr' is no absolute path without ..$"):
        selinuxns.Tree(exclude=["usr"])
    with pytest.raises(ValueError, match="^257 is no number of threads"):
        selinuxns.Tree(threads=257)


@pytest.mark.parametrize("wrong, error", [
    ({"path": 5}, TypeError), ({"path": "a\0"}, ValueError), ({"report": 5}, TypeError),
    ({"progress": 5}, TypeError), ({"names": "x"}, TypeError), ({"names": [1]}, TypeError),
    ({"names": ["a\0"]}, ValueError), ({"kinds": [1]}, TypeError),
])
def test_arguments_of_a_check_that_are_wrong(root, wrong, error):
    with pytest.raises(error):
        selinuxns.Tree(root=root).check(**wrong)


def test_failures(root, tmp_path):
    with pytest.raises(selinuxns.NotFoundError) as caught:
        selinuxns.Tree(root=root).check("/no/such")
    assert (caught.value.step, caught.value.object) == ("open tree", "/no/such")
    with pytest.raises(selinuxns.NotFoundError) as caught:
        selinuxns.Tree(root=tmp_path / "none").check()
    assert caught.value.step == "open root"
    with pytest.raises(selinuxns.NotFoundError) as caught:
        selinuxns.Tree(root=root, file_contexts=tmp_path / "none").check()
    assert caught.value.step == "read file contexts"
    with pytest.raises(selinuxns.Error) as caught:
        selinuxns.Tree(root=root, use_file_contexts=False).apply()
    assert (caught.value.errno, caught.value.step) == (errno.EINVAL, "apply labels")
