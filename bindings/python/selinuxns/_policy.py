# SPDX-License-Identifier: MIT
"""Binary policies: opened, asked, loaded."""

from __future__ import annotations

import io
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Iterator

from . import _selinuxns
from ._errors import make

if TYPE_CHECKING:
    from ._types import Path, Source


@contextmanager
def root_directory(root: Path) -> Iterator[int]:
    """A descriptor of a root directory, for a while.

    >>> with root_directory("/nowhere"):
    ...     pass
    Traceback (most recent call last):
        ...
    selinuxns._errors.NotFoundError: open root: /nowhere: No such file or directory
    """
    try:
        fd = os.open(root, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        step, name = "open root", os.fsdecode(root)
        sentence = f"{step}: {name}: {error.strerror}"
        raise make(error.errno or 0, sentence, step, name) from None
    try:
        yield fd
    finally:
        os.close(fd)


def _read(file: Any) -> Any:
    """All that a file object gives; its position stays where it has one."""
    # A SpooledTemporaryFile has no such method before Python 3.11, and can.
    if not getattr(file, "seekable", lambda: True)():
        return file.read()
    position = file.tell()
    file.seek(0)
    try:
        return file.read()
    finally:
        file.seek(position)


class Policy(_selinuxns.Policy):
    """A binary policy that libsepol has read and found good.

    It holds a copy of its own: what becomes of the file does not matter any more. Made by
    :meth:`open` and :meth:`from_root`; ``name`` is what it was opened by, ``version`` that of the
    image that is loaded. Several threads may use one at the same time.
    """

    @classmethod
    def open(cls, source: Source, name: str | None = None) -> Policy:
        """Open what ``source`` is: a path (str or path-like), an object with the policy's bytes,
        or an open file, which is read from its beginning and keeps its position: by its
        descriptor, or if it is no plain one (gzip, bz2) by its read().

        The bytes of a bytes object, bytearray, memoryview, mmap or array are copied once, by the
        library. ``name`` is what messages call it.

        >>> Policy.open(b"no policy at all", "nonsense")
        Traceback (most recent call last):
            ...
        selinuxns._errors.Error: parse policy: nonsense: ...
        """
        if isinstance(source, Policy):
            return source
        if isinstance(source, (str, os.PathLike)):
            return cls.open_file(source)
        if isinstance(source, io.BytesIO):
            with source.getbuffer() as view:
                return cls.open_memory(view, name or "memory")
        if callable(getattr(source, "fileno", None)):
            return cls._open_file_object(source, name)
        return cls.open_memory(source, name or "memory")  # type: ignore[arg-type]

    @classmethod
    def _open_file_object(cls, file: Any, name: str | None) -> Policy:
        if isinstance(file, io.TextIOBase):
            raise TypeError("the file of a policy must be opened in binary mode")
        name = name or getattr(file, "name", None)
        name = name if isinstance(name, str) else "file"
        # Another's descriptor may have other bytes than it gives: those of a compressed file.
        if type(getattr(file, "raw", file)) is io.FileIO or not hasattr(file, "read"):
            if hasattr(file, "flush"):
                file.flush()
            return cls.open_fd(file.fileno(), name)
        return cls.open_memory(_read(file), name)

    @classmethod
    def from_root(cls, root: Path = "/") -> Policy:
        """Open the policy that a root directory is configured to use.

        >>> Policy.from_root().version >= 15
        True
        """
        with root_directory(root) as fd:
            return cls.open_root(fd)

    def has_context(self, context: str) -> bool:
        """Is this, with its range where the policy has MLS, a context of the policy?

        >>> Policy.from_root().has_context("not:a:context")
        False
        """
        return self._has(self.check_context, context, 22)

    def has_boolean(self, name: str) -> bool:
        """Does the policy have this boolean?

        >>> Policy.from_root().has_boolean("no_such_boolean")
        False
        """
        return self._has(self.check_boolean, name, 2)

    @staticmethod
    def _has(check: Any, name: str, errno: int) -> bool:
        try:
            check(name)
        except OSError as error:
            if error.errno == errno:
                return False
            raise
        return True

    def __repr__(self) -> str:
        return f"<selinuxns.Policy {self.name!r}, version {self.version}>"
