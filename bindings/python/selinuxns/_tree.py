# SPDX-License-Identifier: MIT
"""Do the labels of a tree fit a policy? And: give its files the right ones."""

from __future__ import annotations

import enum
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import _selinuxns
from ._policy import Policy
from ._system import check_flag

if TYPE_CHECKING:
    from ._types import Path, Source


class FileKind(enum.Enum):
    """What a check finds of a file, or an apply does to it; selinuxns_tree_check(3) explains them.

    GONE and SKIPPED are no files of the tree.
    """

    FITS = 0
    UNSPECIFIED = 1
    UNLABELED = 2
    INVALID = 3
    DIFFERS = 4
    CHANGED = 5
    IMPOSSIBLE = 6
    FAILED = 7
    GONE = 8
    SKIPPED = 9


class Advice(enum.Enum):
    """What is to be done: nothing, an apply, or to mount the tree with a context for all of it."""

    NOTHING = 0
    RELABEL = 1
    MOUNT = 2


@dataclass(frozen=True)
class FileLabel:
    """What is told of one file: its path in the root, the label that it has and the one that it
    should have, or was given, and why something failed; None where there is none."""

    kind: FileKind
    path: str
    label: str | None
    wanted: str | None
    message: str | None


@dataclass(frozen=True)
class Fit:
    """What came of a check, or an apply: true if all fits.

    ``counts`` has a number for each :class:`FileKind`; ``mount_context`` is one for
    ``Advice.MOUNT``, where the policy has one.
    """

    fits: bool
    counts: Mapping[FileKind, int]
    advice: Advice
    mount_context: str | None

    def __bool__(self) -> bool:
        return self.fits

    @property
    def files(self) -> int:
        """How many files there are."""
        return sum(n for kind, n in self.counts.items() if kind.value <= FileKind.FAILED.value)


_TOLD = tuple(kind for kind in FileKind if kind not in (FileKind.FITS, FileKind.UNSPECIFIED))


class Tree:
    """By what the labels of a tree are checked and set. Looks at nothing until it is used.

    ``root`` is the root directory by whose policy and file contexts it is done, and in which all
    paths are; ``policy`` and ``file_contexts`` are others than its own. Without one of the two
    (``use_policy``, ``use_file_contexts``) any label is good by it. ``alternate_prefix`` is a
    directory, as that of an extension image, which counts as "/"; ``attribute`` the extended
    attribute that holds the labels. ``strict``: the whole context counts, and not its type alone.
    ``exclude`` are paths to be left out; ``threads`` is 0 for one for each processor.

    >>> Tree(use_policy=False).check("/proc/self/status").fits
    True
    >>> Tree().check("/no/such")
    Traceback (most recent call last):
        ...
    selinuxns._errors.NotFoundError: open tree: /no/such: No such file or directory
    """

    def __init__(
        self,
        *,
        root: Path | None = None,
        policy: Source | None = None,
        file_contexts: Path | None = None,
        use_policy: bool = True,
        use_file_contexts: bool = True,
        alternate_prefix: Path | None = None,
        attribute: str | None = None,
        strict: bool = False,
        one_file_system: bool = False,
        exclude: Iterable[Path] = (),
        threads: int = 0,
    ) -> None:
        if isinstance(exclude, (str, bytes, os.PathLike)):
            raise TypeError("exclude is a list of paths, not one")
        if attribute is not None and not isinstance(attribute, str):
            raise TypeError(f"the name of an attribute is a str, not {attribute!r}")
        without = 1 - check_flag("use_policy", use_policy)
        without += 2 - 2 * check_flag("use_file_contexts", use_file_contexts)
        if without == 3:
            raise ValueError("a policy or file contexts must be used")
        if policy is not None and not use_policy:
            raise ValueError("there is a policy, and use_policy is false")
        self._policy = Policy.open(policy) if policy is not None else None
        self._excludes = tuple(exclude)
        self._root, self._file_contexts, self._without = root, file_contexts, without
        self._prefix, self._attribute, self._threads = alternate_prefix, attribute, threads
        self._strict = check_flag("strict", strict)
        self._one_file_system = check_flag("one_file_system", one_file_system)
        # What is wrong is told now.
        self._fill()

    def _fill(self) -> _selinuxns.Tree:
        """For one use, so that several threads may use this object at the same time."""
        tree = _selinuxns.Tree()
        tree.set_root(self._root)
        tree.set_file_contexts(self._file_contexts)
        tree.set_without(self._without)
        tree.set_alternate_prefix(self._prefix)
        tree.set_attribute(self._attribute)
        tree.set_strict(self._strict)
        tree.set_one_file_system(self._one_file_system)
        for path in self._excludes:
            tree.add_exclude(path)
        tree.set_threads(self._threads)
        return tree

    def check(
        self,
        path: Path = "/",
        *,
        names: Iterable[Path] | None = None,
        report: Callable[[FileLabel], object] | None = None,
        kinds: Iterable[FileKind] = _TOLD,
        progress: Callable[[int], object] | None = None,
    ) -> Fit:
        """Do the labels of the tree ``path``, a directory or another file of the root, fit?

        Changes nothing. With ``names``, paths below it, only these files are looked at, and not
        what is below them. ``report`` is called with a :class:`FileLabel` for each file of the
        ``kinds``, ``progress`` from time to time with the number of files so far: in the thread
        that called, one at a time, while the files are looked at by others. What they raise ends
        the check, and is raised by it.
        """
        return self._run("check", path, False, names, report, kinds, progress)

    def apply(
        self,
        path: Path = "/",
        *,
        dry_run: bool = False,
        names: Iterable[Path] | None = None,
        report: Callable[[FileLabel], object] | None = None,
        kinds: Iterable[FileKind] = _TOLD,
        progress: Callable[[int], object] | None = None,
    ) -> Fit:
        """Give the files of the tree the labels that the file contexts ask for, and no others.

        With ``dry_run`` it is only told what would be changed. The rest is as for :meth:`check`.
        When it was ended, it can be called again.
        """
        check_flag("dry_run", dry_run)
        return self._run("apply", path, dry_run, names, report, kinds, progress)

    def _run(
        self,
        call: str,
        path: Path,
        dry_run: bool,
        names: Iterable[Path] | None,
        report: Callable[[FileLabel], object] | None,
        kinds: Iterable[FileKind],
        progress: Callable[[int], object] | None,
    ) -> Fit:
        if report is not None and not callable(report):
            raise TypeError("what is called must be callable")
        told = report

        def tell(kind: int, path: str, label: str, wanted: str, message: str) -> None:
            assert told is not None
            told(FileLabel(FileKind(kind), path, label or None, wanted or None, message or None))

        tree = self._fill()
        tree.set_dry_run(dry_run)
        bits = sum({1 << _kind(kind).value for kind in kinds})
        list_fd = -1 if names is None else _list_of(names)
        try:
            tree.set_names(list_fd)
            run = tree.apply if call == "apply" else tree.check
            fits = run(path, self._policy, bits, tell if told is not None else None, progress)
        finally:
            if list_fd >= 0:
                os.close(list_fd)
        counts = {kind: tree.count(kind.value) for kind in FileKind}
        return Fit(fits, counts, Advice(tree.advice()), tree.mount_context())


def _kind(kind: FileKind) -> FileKind:
    if not isinstance(kind, FileKind):
        raise TypeError(f"a FileKind is needed, not {kind!r}")
    return kind


def _list_of(names: Iterable[Path]) -> int:
    """A descriptor that the names are read from."""
    if isinstance(names, (str, bytes, os.PathLike)):
        raise TypeError("names is a list of paths, not one")
    fd = os.memfd_create("names")
    try:
        with open(fd, "wb", closefd=False) as file:
            for name in map(os.fsencode, names):
                if b"\0" in name:
                    raise ValueError("embedded null byte")
                file.write(name + b"\0")
        os.lseek(fd, 0, os.SEEK_SET)
    except BaseException:
        os.close(fd)
        raise
    return fd
