# SPDX-License-Identifier: MIT
"""Which context belongs to a file, by a root's file contexts."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import _selinuxns
from ._policy import root_directory

if TYPE_CHECKING:
    from ._types import Path


class Lookup(enum.Enum):
    """What is found for a path: a context, that it is to be left as it is, or nothing."""

    CONTEXT = 0
    NONE = 1
    NO_MATCH = 2


@dataclass(frozen=True)
class Label:
    """What is found, and the context; None where it is no context."""

    lookup: Lookup
    context: str | None

    def __bool__(self) -> bool:
        return self.context is not None


class FileContexts(_selinuxns.FileContexts):
    """The file contexts of a root, whose policy need not be the running one's.

    Made by :meth:`open` and :meth:`from_root`. Several threads may use one at the same time.
    """

    @classmethod
    def open(cls, path: Path) -> FileContexts:
        """Open a file_contexts, and the .homedirs, .local, .subs and .subs_dist next to it."""
        return cls.open_file(path)

    @classmethod
    def from_root(cls, root: Path = "/", type: str | None = None) -> FileContexts:
        """Open those of a root directory, for a policy type or else the one it is configured for.

        >>> FileContexts.from_root().lookup("/etc/shadow").context
        'system_u:object_r:shadow_t:s0'
        """
        with root_directory(root) as fd:
            return cls.open_root(fd, type)

    def lookup(self, path: Path, mode: int = 0) -> Label:
        """The label that a file should have; looks at no file.

        ``path`` is absolute, as it is seen in the root; of ``mode``, as of os.stat(), the type of
        the file counts, and 0 is any.

        >>> FileContexts.from_root().lookup("/proc/1")
        Label(lookup=<Lookup.NONE: 1>, context=None)
        """
        found, context = self.lookup_raw(path, mode)
        return Label(Lookup(found), context)
