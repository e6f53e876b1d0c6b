# SPDX-License-Identifier: MIT
"""Processes in namespaces of their own, as subprocess has them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

from ._namespace import argument_list, fill_environment, keep_descriptors

if TYPE_CHECKING:
    from . import _selinuxns
    from ._namespace import Namespace
    from ._types import Arguments

# What subprocess can do to a child between fork and exec, and the library does not.
_UNSUPPORTED = {
    "preexec_fn": None,
    "startupinfo": None,
    "creationflags": 0,
    "user": None,
    "group": None,
    "extra_groups": None,
    "umask": -1,
    "process_group": None,
}


def _refuse(args: Any, kwargs: dict[str, Any]) -> None:
    for name, default in _UNSUPPORTED.items():
        if kwargs.pop(name, default) != default:
            raise ValueError(f"{name} is not supported for a command in a namespace of its own")
    executable = kwargs.get("executable")
    if executable is None or kwargs.get("shell"):
        return
    if os.fsencode(executable) != argument_list(args)[0]:
        raise ValueError("executable is not supported, unless it is args[0] or the shell")


class Popen(subprocess.Popen[Any]):
    """A process in an SELinux namespace of its own.

    Takes, after the :class:`Namespace`, what :class:`subprocess.Popen` takes, and is one. When it
    is there, the command was executed: whatever failed before raised. Not supported, and a
    ValueError: preexec_fn, executable (but with shell), user, group, extra_groups, umask,
    process_group. With a root, cwd and the command are looked up inside of it. The environment
    has SELINUXNS=1 besides.

    >>> import selinuxns
    >>> with selinuxns.Popen(selinuxns.Namespace(), ["echo", "hello"], stdout=-1) as process:
    ...     process.communicate()
    (b'hello\\n', None)
    """

    # args, bufsize, ... may be given by position, as to subprocess.Popen.
    _POSITIONAL = (
        "bufsize executable stdin stdout stderr preexec_fn close_fds shell cwd env "
        "universal_newlines startupinfo creationflags restore_signals start_new_session pass_fds"
    ).split()

    def __init__(self, namespace: Namespace, args: Arguments, *more: Any, **kwargs: Any) -> None:
        self._pidfd = -1
        # A descriptor that another thread closes could be another process's by then. A signal's
        # handler may come while this thread has it.
        self._pidfd_lock = threading.RLock()
        if len(more) > len(self._POSITIONAL):
            raise TypeError("too many arguments by position")
        for name, value in zip(self._POSITIONAL, more):
            if name in kwargs:
                raise TypeError(f"got multiple values for argument {name!r}")
            kwargs[name] = value
        _refuse(args, kwargs)
        self._namespace = namespace
        # Where _execute_child() has it among its last arguments differs with the version.
        self._session = bool(kwargs.get("start_new_session"))
        super().__init__(args, **kwargs)

    def _execute_child(
        self,
        args: Any,
        executable: Any,
        preexec_fn: Any,
        close_fds: Any,
        pass_fds: Any,
        cwd: Any,
        env: Any,
        startupinfo: Any,
        creationflags: Any,
        shell: Any,
        p2cread: int,
        p2cwrite: int,
        c2pread: int,
        c2pwrite: int,
        errread: int,
        errwrite: int,
        restore_signals: Any,
        *rest: Any,
    ) -> None:
        """The one place in which subprocess starts a process, in every version since 3.2."""
        plan = self._namespace.make_plan()
        for number, fd in enumerate((p2cread, c2pwrite, errwrite)):
            if fd != -1:
                plan.set_stdio(number, fd)
        keep_descriptors(plan, pass_fds)
        if not close_fds:
            plan.keep_fd(-1)
        plan.set_workdir(cwd)
        fill_environment(plan, env)
        if restore_signals:
            # Those that the interpreter ignores.
            for name in ("SIGPIPE", "SIGXFZ", "SIGXFSZ"):
                if hasattr(signal, name):
                    plan.default_signal(getattr(signal, name))
        plan.set_session(self._session)
        argv = _command(args, shell, executable)
        # As subprocess: a hook of the caller's may refuse it.
        sys.audit("subprocess.Popen", os.fsdecode(argv[0]), [*map(os.fsdecode, argv)], cwd, env)
        self._spawn(plan, argv)
        self._close_of_child(p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite)

    def _spawn(self, plan: _selinuxns.Plan, argv: tuple[bytes, ...]) -> None:
        self.pid, self._pidfd = plan.spawn(argv)
        self._child_created = True

    def _close_of_child(self, *fds: int) -> None:
        devnull = getattr(self, "_devnull", None)
        p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite = fds
        for child, parent in ((p2cread, p2cwrite), (c2pwrite, c2pread), (errwrite, errread)):
            if child != -1 and parent != -1 and child != devnull:
                os.close(child)
        if devnull is not None:
            os.close(devnull)
        self._closed_child_pipe_fds = True

    # ---- by the descriptor of the process, which no other can get ---------------------------

    @property
    def pidfd(self) -> int:
        """A descriptor of the process (pidfd_open(2)), this object's; -1 when it has ended."""
        return self._pidfd

    def _close_pidfd(self) -> None:
        with self._pidfd_lock:
            pidfd, self._pidfd = self._pidfd, -1
            if pidfd >= 0:
                os.close(pidfd)

    def poll(self) -> int | None:
        """The exit status, or None while the command runs; as subprocess.Popen.poll()."""
        status = super().poll()
        if status is not None:
            self._close_pidfd()
        return status

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the command's end; as subprocess.Popen.wait()."""
        status = super().wait(timeout)
        self._close_pidfd()
        return status

    def send_signal(self, sig: int) -> None:
        """Send the command a signal, if it still runs."""
        if self.poll() is None:
            self.signal_unreaped(sig)

    def signal_unreaped(self, sig: int) -> None:
        """As send_signal(), but without a look first whether it has ended, which would reap it."""
        with self._pidfd_lock:
            if self._pidfd >= 0:
                try:
                    signal.pidfd_send_signal(self._pidfd, sig)
                except ProcessLookupError:
                    pass

    def __del__(self, *args: Any, **kwargs: Any) -> None:
        if getattr(self, "_pidfd", -1) >= 0:
            self._close_pidfd()
        delete = getattr(super(), "__del__", None)
        if delete is not None:
            delete(*args, **kwargs)


def _command(args: Any, shell: Any, executable: Any) -> tuple[bytes, ...]:
    """What is executed, as subprocess makes it of its arguments."""
    argv = argument_list(args)
    if shell:
        argv = (os.fsencode(executable) if executable else b"/bin/sh", b"-c", *argv)
    return argv


def add_pipes(kwargs: dict[str, Any], input: Any, capture_output: bool) -> None:
    """Give a Popen's arguments the pipes that subprocess.run() would."""
    if input is not None:
        if kwargs.get("stdin") is not None:
            raise ValueError("stdin and input arguments may not both be used.")
        kwargs["stdin"] = subprocess.PIPE
    if capture_output:
        if kwargs.get("stdout") is not None or kwargs.get("stderr") is not None:
            raise ValueError("stdout and stderr arguments may not be used with capture_output.")
        kwargs["stdout"] = kwargs["stderr"] = subprocess.PIPE


def run(
    namespace: Namespace,
    args: Arguments,
    more: tuple[Any, ...],
    input: Any,
    capture_output: bool,
    timeout: float | None,
    check: bool,
    kwargs: dict[str, Any],
) -> subprocess.CompletedProcess[Any]:
    """subprocess.run(), with a Popen of ours."""
    add_pipes(kwargs, input, capture_output)
    with Popen(namespace, args, *more, **kwargs) as process:
        try:
            out, err = process.communicate(input, timeout=timeout)
        except BaseException:
            # Also of a KeyboardInterrupt: what was started does not go on unseen.
            process.kill()
            process.wait()
            raise
        status = process.poll()
    assert status is not None
    if check and status:
        raise subprocess.CalledProcessError(status, process.args, out, err)
    return subprocess.CompletedProcess(process.args, status, out, err)
