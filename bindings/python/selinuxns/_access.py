# SPDX-License-Identifier: MIT
"""What a policy allows, asked of a namespace that has it loaded.

Run as a program it answers the question that allowed_in() put to it: JSON in, JSON out.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Iterator

from . import _selinuxns
from ._errors import UnknownNameError, make

if TYPE_CHECKING:
    from ._namespace import Namespace

_STEP = "compute access"


@contextmanager
def _selinuxfs(fd: int) -> Iterator[int]:
    """A descriptor of the caller's, or for -1 one of this namespace's for a while."""
    if fd >= 0:
        yield fd
        return
    own = _selinuxns.selinuxfs_open()
    try:
        yield own
    finally:
        os.close(own)


def _read(dirfd: int, name: str) -> str:
    fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=dirfd)
    with open(fd, encoding="ascii") as file:
        return file.read().rstrip("\0\n")


def _check(what: str, word: str) -> None:
    """A word of a question: one that would make another question of it is refused."""
    if not isinstance(word, str):
        raise TypeError(f"a {what} is a str, not {word!r}")
    if not word or any(c.isspace() or c in "/\0" for c in word) or word in (".", ".."):
        raise ValueError(f"{word!r} is no {what}")


def _unknown(what: str, reason: str) -> UnknownNameError:
    return UnknownNameError(2, f"{_STEP}: {what}: {reason}", _STEP, what)


def _ask(dirfd: int, source: str, target: str, tclass: str) -> int:
    """The access vector that is allowed, from selinuxfs's file "access"."""
    index = _read(dirfd, f"class/{tclass}/index")
    fd = os.open("access", os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=dirfd)
    try:
        os.write(fd, f"{source} {target} {index}".encode())
        answer = os.pread(fd, 4096, 0) or os.read(fd, 4096)
    finally:
        os.close(fd)
    return int(answer.split()[0], 16)


def _look(
    source: str, target: str, tclass: str, selinuxfs_fd: int = -1
) -> tuple[frozenset[str], frozenset[str]]:
    """The permissions that are allowed, and all that the class has."""
    with _selinuxfs(selinuxfs_fd) as dirfd:
        try:
            vector = _ask(dirfd, source, target, tclass)
            perms = f"class/{tclass}/perms"
            fd = os.open(perms, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=dirfd)
            try:
                names = os.listdir(fd)
            finally:
                os.close(fd)
            bits = {name: int(_read(dirfd, f"{perms}/{name}")) for name in names}
        except FileNotFoundError:
            raise _unknown(tclass, "the policy has no such class") from None
        except OSError as error:
            number = error.errno or 0
            reason = "a context is none of the policy" if number == 22 else error.strerror
            what = f"{source} {target} {tclass}"
            raise make(number, f"{_STEP}: {what}: {reason}", _STEP, what) from None
    allowed = frozenset(name for name, bit in bits.items() if vector & (1 << (bit - 1)))
    return allowed, frozenset(bits)


def allowed_permissions(
    source: str, target: str, tclass: str, selinuxfs_fd: int = -1
) -> frozenset[str]:
    """Which permissions of a class does the loaded policy allow a source context on a target?

    Asks the namespace of the calling thread, whatever its mode is. For a class that the policy has
    not it raises :exc:`UnknownNameError`.

    >>> import selinuxns
    >>> kernel = "system_u:system_r:kernel_t:s0"
    >>> "fork" in selinuxns.allowed_permissions(kernel, kernel, "process")
    True
    """
    _check("context", source)
    _check("context", target)
    _check("class", tclass)
    return _look(source, target, tclass, selinuxfs_fd)[0]


def allowed_in(namespace: Namespace, accesses: Iterable[tuple[str, str, str, str]]) -> list[bool]:
    """Namespace.allowed(): by this module, run as a program in a namespace like that."""
    questions = [tuple(access) for access in accesses]
    for source, target, tclass, permission in questions:
        _check("context", source)
        _check("context", target)
        _check("class", tclass)
        _check("permission", permission)
    # Found where this process found it, and nothing of the environment or the directory.
    where = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    code = (
        f"import sys; sys.path.insert(0, {where!r}); "
        "from selinuxns._access import answer; answer()"
    )
    done = namespace.run(
        [sys.executable, "-I", "-c", code],
        input=json.dumps(questions),
        capture_output=True,
        encoding="utf-8",
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it said nothing"]
        message = f"{_STEP}: {sys.executable}: status {done.returncode}: {lines[-1]}"
        raise make(5, message, _STEP, sys.executable)
    result = json.loads(done.stdout)
    if "errno" in result:
        cls = UnknownNameError if result["unknown"] else make
        raise cls(result["errno"], result["sentence"], result["step"], result["object"])
    return [bool(yes) for yes in result["allowed"]]


def answer() -> None:
    """The other end of allowed_in()."""
    known: dict[tuple[str, str, str], tuple[frozenset[str], frozenset[str]]] = {}
    answers = []
    try:
        for source, target, tclass, permission in json.load(sys.stdin):
            key = (source, target, tclass)
            if key not in known:
                known[key] = _look(*key)
            allowed, possible = known[key]
            if permission not in possible:
                # Neither allowed nor denied; most of all it may be mistyped.
                raise _unknown(f"{tclass} {permission}", "the class has no such permission")
            answers.append(permission in allowed)
        result: dict[str, object] = {"allowed": answers}
    except OSError as error:
        result = {
            "errno": error.errno,
            "sentence": str(error),
            "step": getattr(error, "step", _STEP),
            "object": getattr(error, "object", ""),
            "unknown": isinstance(error, UnknownNameError),
        }
    json.dump(result, sys.stdout)
