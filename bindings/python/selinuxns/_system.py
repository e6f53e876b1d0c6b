# SPDX-License-Identifier: MIT
"""The machine, and the namespace that the calling thread is in."""

from __future__ import annotations

import enum
import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import _selinuxns
from ._errors import make
from ._policy import Policy, root_directory

if TYPE_CHECKING:
    from ._types import Path, Source


class Support(enum.Enum):
    """What :func:`probe` finds; the first two mean that a namespace can be expected to work."""

    LSM_SYSCALLS = 0
    SELINUXFS_NODE = 1
    NO_SELINUX = 2
    DISABLED = 3
    NO_SYSCALLS = 4
    NO_NAMESPACES = 5
    BLOCKED = 6
    DENIED = 7


@dataclass(frozen=True)
class Probe:
    """What the kernel offers: as a :class:`Support`, and in a sentence for a person."""

    support: Support
    sentence: str

    @property
    def works(self) -> bool:
        """Can a namespace be expected to work?"""
        return self.support in (Support.LSM_SYSCALLS, Support.SELINUXFS_NODE)


def probe() -> Probe:
    """What does this kernel offer to the calling thread, here and now? Changes nothing.

    >>> import selinuxns
    >>> selinuxns.probe().support
    <Support.LSM_SYSCALLS: 0>
    """
    support = _selinuxns.probe()
    return Probe(Support(support), _selinuxns.probe_str(support))


class Kind(enum.Enum):
    """The kinds of SELinux namespaces: the machine's, one without a policy yet, one with one."""

    INIT = 0
    FRESH = 1
    CHILD = 2


def kind() -> Kind:
    """In which kind of SELinux namespace is the calling thread? Only root is told.

    >>> import selinuxns
    >>> selinuxns.kind()
    <Kind.INIT: 0>
    """
    return Kind(_selinuxns.kind())


def milliseconds(seconds: float) -> int:
    """A time to wait, as the library takes it.

    >>> milliseconds(0.25)
    250
    """
    if seconds < 0:
        raise ValueError(f"a time to wait cannot be negative: {seconds}")
    return round(seconds * 1000)


def check_flag(name: str, value: bool) -> bool:
    """What is neither True nor False is not taken for one: "no" would be True.

    >>> check_flag("mount", "no")
    Traceback (most recent call last):
        ...
    TypeError: mount is True or False, not 'no'
    """
    if not isinstance(value, bool):
        raise TypeError(f"{name} is True or False, not {value!r}")
    return value


def unshare(*, wait: float = 0.0, mounts: bool = True) -> None:
    """Give this process an SELinux namespace of its own; there is no way back.

    It has no policy then, and is permissive. First it is checked whether it would work, and a mount
    namespace is made; that can only be done where the process has one thread. With ``mounts`` false
    it moves the calling thread only, which must be in a mount namespace of its own already.

    ``wait`` is for how many seconds to go on trying while a limit is reached.
    """
    if not check_flag("mounts", mounts):
        _selinuxns.unshare(milliseconds(wait))
        return
    plan = _selinuxns.Plan()
    plan.set_wait(milliseconds(wait))
    plan.setup(None)


def load_policy(
    source: Source | None = None,
    *,
    root: Path = "/",
    selinuxfs_fd: int = -1,
    reset_booleans: bool = False,
    init_namespace: bool = False,
) -> Policy:
    """Load a policy into the calling thread's namespace: all of it, or nothing.

    ``source`` is a path, an object with the policy's bytes, a file or a :class:`Policy`; without
    one it is the policy that ``root`` is configured to use. Booleans that the policy before had,
    too, keep their values, unless ``reset_booleans``. The policy of the init namespace, which is
    the whole machine's, is only replaced where ``init_namespace`` says so.

    Returns the policy.
    """
    check_flag("reset_booleans", reset_booleans)
    check_flag("init_namespace", init_namespace)
    policy = Policy.open(source) if source is not None else Policy.from_root(root)
    if not init_namespace and kind() is Kind.INIT:
        step = "load policy"
        raise make(
            errno.EPERM,
            f"{step}: {policy.name!a}: this is the init namespace, whose policy is the whole "
            "machine's; unshare first, or say init_namespace=True",
            step,
            policy.name,
        )
    policy.load(selinuxfs_fd)
    if reset_booleans:
        policy.reset_booleans(selinuxfs_fd)
    return policy


def mount_selinuxfs(root: Path = "/") -> None:
    """Mount the calling thread's namespace's selinuxfs at a root's mount point."""
    with root_directory(root) as fd:
        _selinuxns.mount_selinuxfs(fd)


@dataclass(frozen=True)
class Limits:
    """How many namespaces there may be, the init one included, and how deep they may be nested."""

    maxns: int
    maxnsdepth: int


def limits() -> Limits:
    """The limits of the machine, which only root may read.

    >>> import selinuxns
    >>> selinuxns.limits()
    Limits(maxns=65535, maxnsdepth=32)
    """
    return Limits(*_selinuxns.limits_get())


def set_limits(*, maxns: int | None = None, maxnsdepth: int | None = None) -> None:
    """Set a limit, or both or none, in the init namespace.

    >>> import selinuxns
    >>> selinuxns.set_limits(maxnsdepth=31)
    >>> selinuxns.limits().maxnsdepth
    31
    >>> selinuxns.set_limits(maxnsdepth=32)
    """
    _selinuxns.limits_set(maxns, maxnsdepth)


def booleans(selinuxfs_fd: int = -1) -> dict[str, bool]:
    """The booleans of the policy that the calling thread's namespace has loaded, by name."""
    return _selinuxns.booleans_get(selinuxfs_fd)


def set_booleans(values: Mapping[str, bool], selinuxfs_fd: int = -1) -> None:
    """Set booleans of the loaded policy: all of them by one commit, or none.

    >>> import selinuxns
    >>> selinuxns.set_booleans({"no_such_boolean": True})
    Traceback (most recent call last):
        ...
    selinuxns._errors.NotFoundError: set booleans: no_such_boolean: the policy has no such boolean
    """
    _selinuxns.booleans_set(selinuxfs_fd, check_booleans(values))


def check_booleans(values: Mapping[str, bool]) -> tuple[tuple[bytes, bool], ...]:
    """Names and values as the extension takes them; "off" is not taken for true.

    >>> check_booleans({"a": "off"})
    Traceback (most recent call last):
        ...
    TypeError: the value of a boolean is True or False, not 'off'
    """
    for name, value in values.items():
        if not isinstance(name, str):
            raise TypeError(f"the name of a boolean is a str, not {name!r}")
        if not isinstance(value, bool):
            raise TypeError(f"the value of a boolean is True or False, not {value!r}")
        if "\0" in name:
            raise ValueError("embedded null character")
    return tuple((os.fsencode(name), value) for name, value in values.items())
