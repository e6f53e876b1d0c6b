# SPDX-License-Identifier: MIT
"""The types of arguments, for type checkers; nothing imports it when the package runs."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, Union

if TYPE_CHECKING:
    from ._policy import Policy

if sys.version_info >= (3, 12):
    from collections.abc import Buffer
else:
    from array import array
    from mmap import mmap
    from typing import Any

    Buffer = Union[bytes, bytearray, memoryview, mmap, "array[Any]"]


class File(Protocol):
    """An open file."""

    def fileno(self) -> int:
        """Its descriptor."""


Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]
Source = Union[str, "os.PathLike[str]", Buffer, File, io.BytesIO, "Policy"]
Arguments = Union[Path, Sequence[Path]]
Environment = Union[Mapping[str, str], Mapping[bytes, bytes]]
