# SPDX-License-Identifier: MIT
"""What calls of the library raise."""

from __future__ import annotations

import errno as _errno


class Error(OSError):
    """A call of the library failed.

    ``errno`` is its errno, ``step`` what was being done, ``object`` what it was done to ("" for
    nothing), and ``sentence`` says all that, why, and what can be done about it; it is what
    ``str()`` gives, too. Where Python has a class of its own for the errno, such as
    :exc:`FileNotFoundError`, the exception is one of both.

    >>> error = Error(16, "mount selinuxfs: /: Device or resource busy", "mount selinuxfs", "/")
    >>> str(error), error.errno, error.step, error.object
    ('mount selinuxfs: /: Device or resource busy', 16, 'mount selinuxfs', '/')
    """

    step: str
    object: str

    def __init__(self, errno: int, sentence: str, step: str = "", object: str = "") -> None:
        super().__init__(errno, sentence)
        self.step = step
        self.object = object

    @property
    def sentence(self) -> str:
        """The whole failure in one sentence, for a person."""
        return str(self.strerror)

    def __str__(self) -> str:
        return self.sentence

    def __reduce__(self) -> tuple[type[Error], tuple[int | None, str, str, str]]:
        return type(self), (self.errno, self.sentence, self.step, self.object)


class NotFoundError(Error, FileNotFoundError):
    """ENOENT: a file, a command or a boolean is not there."""


class DeniedError(Error, PermissionError):
    """EACCES, EPERM: privileges are missing, or a policy denies it."""


class NotDirectoryError(Error, NotADirectoryError):
    """ENOTDIR: a directory is needed."""


class IsDirectoryError(Error, IsADirectoryError):
    """EISDIR: it is a directory, and a file is needed."""


class UnknownNameError(NotFoundError, ValueError):
    """ENOENT: a policy has no class, or a class no permission, of that name."""


_CLASSES: dict[int, type[Error]] = {
    _errno.ENOENT: NotFoundError,
    _errno.EACCES: DeniedError,
    _errno.EPERM: DeniedError,
    _errno.ENOTDIR: NotDirectoryError,
    _errno.EISDIR: IsDirectoryError,
}


def make(errno: int, sentence: str, step: str = "", object: str = "") -> Error:
    """The exception for an errno; called by the extension module.

    >>> isinstance(make(2, "execute: nosuch: No such file or directory"), FileNotFoundError)
    True
    """
    return _CLASSES.get(errno, Error)(errno, sentence, step, object)
