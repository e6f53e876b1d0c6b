# SPDX-License-Identifier: MIT
"""SELinux namespaces from Python.

A policy, an enforcing mode, booleans and a selinuxfs of its own for a process and its children::

    import selinuxns

    ns = selinuxns.Namespace(policy="my.policy", context="u:r:my_t", enforcing=True)
    ns.run(["id", "-Z"], check=True)

The command runs in a new namespace; the calling process, and all its threads, stay in their own.
What fails raises :exc:`selinuxns.Error`, an :exc:`OSError`. python3-selinuxns(7) is the manual.

Importing the package costs little: each part is loaded when it is first used.
"""

from __future__ import annotations

import _thread
import os as _os

from . import _selinuxns
from ._errors import (
    DeniedError,
    Error,
    IsDirectoryError,
    NotDirectoryError,
    NotFoundError,
    UnknownNameError,
)
from ._selinuxns import forget, init, is_unshared, selinuxfs_open

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._access import allowed_permissions
    from ._labels import FileContexts, Label, Lookup
    from ._namespace import FROM_ROOT, Check, Namespace, Plan, Result, Step
    from ._policy import Policy
    from ._process import Popen
    from ._status import Mount, Status, UnknownPermissions, status
    from ._system import (
        Kind,
        Limits,
        Probe,
        Support,
        booleans,
        kind,
        limits,
        load_policy,
        mount_selinuxfs,
        probe,
        set_booleans,
        set_limits,
        unshare,
    )
    from ._tree import Advice, FileKind, FileLabel, Fit, Tree

__all__ = [
    "FROM_ROOT",
    "Advice",
    "Check",
    "DeniedError",
    "Error",
    "FileContexts",
    "FileKind",
    "FileLabel",
    "Fit",
    "IsDirectoryError",
    "Kind",
    "Label",
    "Limits",
    "Lookup",
    "Mount",
    "Namespace",
    "NotDirectoryError",
    "NotFoundError",
    "Plan",
    "Policy",
    "Popen",
    "Probe",
    "Result",
    "Status",
    "Step",
    "Support",
    "Tree",
    "UnknownNameError",
    "UnknownPermissions",
    "allowed_permissions",
    "booleans",
    "forget",
    "init",
    "is_unshared",
    "kind",
    "limits",
    "load_policy",
    "mount_selinuxfs",
    "probe",
    "selinuxfs_open",
    "set_booleans",
    "set_limits",
    "status",
    "unshare",
]

__version__ = "0.1.0"

_PARTS = {
    "_access": ("allowed_permissions",),
    "_labels": ("FileContexts", "Label", "Lookup"),
    "_namespace": ("FROM_ROOT", "Check", "Namespace", "Plan", "Result", "Step"),
    "_policy": ("Policy",),
    "_process": ("Popen",),
    "_status": ("Mount", "Status", "UnknownPermissions", "status"),
    "_system": (
        "Kind",
        "Limits",
        "Probe",
        "Support",
        "booleans",
        "kind",
        "limits",
        "load_policy",
        "mount_selinuxfs",
        "probe",
        "set_booleans",
        "set_limits",
        "unshare",
    ),
    "_tree": ("Advice", "FileKind", "FileLabel", "Fit", "Tree"),
}

# Held while a part is loaded, which a thread must not be in the middle of when another one forks: the
# child would wait for it forever.
_loading = getattr(_thread, "RLock")()  # which type checkers do not know
_os.register_at_fork(
    before=_loading.acquire,
    after_in_parent=_loading.release,
    after_in_child=_loading.release,
)
# Nor is any call of the library in the middle of something then.
_os.register_at_fork(
    before=_selinuxns.fork_before,
    after_in_parent=_selinuxns.fork_in_parent,
    after_in_child=_selinuxns.fork_in_child,
)


def __getattr__(name: str) -> object:
    """Load the part that has this name."""
    for part, names in _PARTS.items():
        if name in names:
            with _loading:
                value: object = getattr(__import__(f"{__name__}.{part}", fromlist=[name]), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """All names, also of parts that are not loaded yet."""
    return sorted(__all__)
