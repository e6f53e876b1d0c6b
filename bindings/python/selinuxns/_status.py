# SPDX-License-Identifier: MIT
"""What there is to know of the calling thread's namespace, at a glance."""

from __future__ import annotations

import enum
import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from . import _selinuxns
from ._access import _read
from ._system import Kind, Limits, Support, kind, limits, probe

_T = TypeVar("_T")


class UnknownPermissions(enum.Enum):
    """What becomes of permissions that the policy does not define."""

    ALLOW = "allow"
    DENY = "deny"
    REJECT = "reject"


@dataclass(frozen=True)
class Mount:
    """A selinuxfs that is mounted in this mount namespace.

    ``ours``: is it this namespace's? None where that could not be told.
    """

    path: str
    ours: bool | None
    read_only: bool


@dataclass(frozen=True)
class Status:
    """As ``selinuxns status``: None is what is not known, and ``why_unknown`` says why."""

    support: Support | None = None
    kind: Kind | None = None
    selinuxfs: tuple[Mount, ...] = ()
    enforcing: bool | None = None
    policy_version: int | None = None
    policy_fingerprint: str | None = None
    mls: bool | None = None
    unknown_permissions: UnknownPermissions | None = None
    context: str | None = None
    limits: Limits | None = None
    why_unknown: dict[str, str] = field(default_factory=dict)


_NO_POLICY = "no policy is loaded"
_ESCAPE = re.compile(r"\\([0-7]{3})")


def _mounts(own: int) -> tuple[Mount, ...]:
    """From mountinfo, whose device numbers tell the instances apart."""
    ours = os.fstat(own).st_dev if own >= 0 else None
    found = []
    with open("/proc/thread-self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
        for line in file:
            mount, _, filesystem = line.rstrip("\n").partition(" - ")
            if filesystem.split(" ")[0] != "selinuxfs":
                continue
            words = mount.split(" ")
            major, minor = map(int, words[2].split(":"))
            same = None if ours is None else os.makedev(major, minor) == ours
            path = _ESCAPE.sub(lambda match: chr(int(match[1], 8)), words[4])
            options = words[5].split(",") + filesystem.split(" ")[2].split(",")
            found.append(Mount(path, same, "ro" in options))
    return tuple(found)


def _context() -> str:
    with open("/proc/thread-self/attr/current", encoding="utf-8") as file:
        return file.read().rstrip("\0\n")


def _policy(own: int) -> tuple[int, str]:
    """The version and the fingerprint of what the kernel gives back."""
    fd = os.open("policy", os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=own)
    digest = hashlib.sha256()
    header = b""
    with open(fd, "rb", buffering=0) as file:
        while chunk := file.read(1 << 16):
            if len(header) < 20:
                header += chunk[: 20 - len(header)]
            digest.update(chunk)
    if len(header) < 20:
        raise ValueError("it is no policy")
    # Magic number, length of the name, "SE Linux", version.
    return int.from_bytes(header[16:20], "little"), "sha256:" + digest.hexdigest()


def _unknown(own: int) -> UnknownPermissions:
    if int(_read(own, "reject_unknown")):
        return UnknownPermissions.REJECT
    return UnknownPermissions.DENY if int(_read(own, "deny_unknown")) else UnknownPermissions.ALLOW


class _Facts:
    """Collects what is known, and for the rest the reasons."""

    def __init__(self) -> None:
        self.known: dict[str, object] = {}
        self.why: dict[str, str] = {}

    def find(self, names: str, look: Callable[[], object]) -> None:
        """What ``look`` finds for a name, or for several a tuple."""
        words = names.split()
        try:
            found = look()
        except (OSError, ValueError) as error:
            why = error.strerror if type(error) is OSError else str(error)
            self.why.update(dict.fromkeys(words, str(why)))
            return
        if len(words) == 1:
            self.known[names] = found
        else:
            assert isinstance(found, tuple)
            self.known.update(zip(words, found))


def _find_of_policy(facts: _Facts, own: int) -> None:
    """What only an instance with a policy can say."""
    names = ("policy_version policy_fingerprint", "mls", "unknown_permissions")
    try:
        os.stat("class/process/index", dir_fd=own, follow_symlinks=False)
    except OSError:
        facts.why.update(dict.fromkeys(" ".join(names).split(), _NO_POLICY))
        return
    facts.find(names[0], lambda: _policy(own))
    facts.find(names[1], lambda: bool(int(_read(own, "mls"))))
    facts.find(names[2], lambda: _unknown(own))


def status() -> Status:
    """Look at everything; changes nothing, and does not fail where something is not known.

    >>> import selinuxns
    >>> found = selinuxns.status()
    >>> found.kind, found.enforcing, found.mls
    (<Kind.INIT: 0>, False, True)
    """
    facts = _Facts()
    facts.find("support", lambda: probe().support)
    facts.find("kind", kind)
    facts.find("context", _context)
    facts.find("limits", limits)
    own = -1
    try:
        own = _selinuxns.selinuxfs_open()
    except OSError as error:
        for name in "enforcing policy_version policy_fingerprint mls unknown_permissions".split():
            facts.why[name] = str(error)
    try:
        facts.find("selinuxfs", lambda: _mounts(own))
        if own >= 0:
            facts.find("enforcing", lambda: bool(int(_read(own, "enforce"))))
            _find_of_policy(facts, own)
    finally:
        if own >= 0:
            os.close(own)
    return Status(**facts.known, why_unknown=facts.why)  # type: ignore[arg-type]
