# SPDX-License-Identifier: MIT
"""Processes in namespaces of their own, for asyncio.

The set-up of a namespace takes a while, so it is made in a thread of the loop's executor; the
end of the command is heard by its pidfd, so that no child watcher is needed.
"""

from __future__ import annotations

import asyncio
import functools
import subprocess
import threading
from collections.abc import Callable
from signal import SIGKILL, SIGTERM
from typing import TYPE_CHECKING, Any

from ._process import Popen, add_pipes

if TYPE_CHECKING:
    from ._namespace import Namespace
    from ._types import Arguments

_LIMIT = 2**16
_TEXT = ("text", "encoding", "errors", "universal_newlines")


class Process:
    """A process, with the interface of :class:`asyncio.subprocess.Process`."""

    stdin: asyncio.StreamWriter | None
    stdout: asyncio.StreamReader | None
    stderr: asyncio.StreamReader | None

    def __init__(self, popen: Popen) -> None:
        self._popen = popen
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        # What is to be closed: the pipes themselves while they are no streams yet.
        self._pipes: dict[Any, asyncio.BaseTransport | None] = {
            pipe: None for pipe in (popen.stdin, popen.stdout, popen.stderr) if pipe
        }
        # What communicate() has read so far.
        self.received: tuple[list[bytes], list[bytes]] = ([], [])
        self.stdin = self.stdout = self.stderr = None
        self.pid = popen.pid
        self._watched = popen.pidfd
        self._loop.add_reader(self._watched, self._on_end)

    def _on_end(self) -> None:
        if self._watched >= 0:
            self._loop.remove_reader(self._watched)
            self._watched = -1
        if self._popen.poll() is None:
            # A tracer (strace, the simulator) has to let go of it first.
            self._loop.call_later(0.01, self._on_end)
            return
        self._ended.set()

    async def connect(self, limit: int) -> None:
        """Make streams of the pipes."""
        if self._popen.stdin:
            self.stdin = await self._writer(self._popen.stdin)
        if self._popen.stdout:
            self.stdout = await self._reader(self._popen.stdout, limit)
        if self._popen.stderr:
            self.stderr = await self._reader(self._popen.stderr, limit)

    async def _reader(self, pipe: Any, limit: int) -> asyncio.StreamReader:
        reader = asyncio.StreamReader(limit=limit)
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _ = await self._loop.connect_read_pipe(lambda: protocol, pipe)
        self._pipes[pipe] = transport
        return reader

    async def _writer(self, pipe: Any) -> asyncio.StreamWriter:
        # It reads nothing: a protocol that can be told to wait is what a writer needs.
        protocol = asyncio.StreamReaderProtocol(asyncio.StreamReader())
        transport, _ = await self._loop.connect_write_pipe(lambda: protocol, pipe)
        self._pipes[pipe] = transport
        return asyncio.StreamWriter(transport, protocol, None, self._loop)

    @property
    def returncode(self) -> int | None:
        """The exit status, or None while the command runs."""
        return self._popen.returncode

    async def wait(self) -> int:
        """Wait for the command's end, and return its exit status."""
        await self._ended.wait()
        assert self._popen.returncode is not None
        return self._popen.returncode

    async def communicate(self, input: bytes | None = None) -> tuple[bytes | None, bytes | None]:
        """Write ``input``, read all that the command writes, and wait for its end."""
        await asyncio.gather(
            self._feed(input),
            self._read(self.stdout, self.received[0]),
            self._read(self.stderr, self.received[1]),
        )
        await self.wait()
        out, err = (b"".join(chunks) for chunks in self.received)
        return out if self.stdout else None, err if self.stderr else None

    async def _feed(self, input: bytes | None) -> None:
        if not self.stdin:
            return
        try:
            if input:
                self.stdin.write(input)
                await self.stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            pass  # as communicate() of subprocess: the command need not read all
        self.stdin.close()

    @staticmethod
    async def _read(stream: asyncio.StreamReader | None, chunks: list[bytes]) -> None:
        while stream and (chunk := await stream.read(_LIMIT)):
            chunks.append(chunk)

    def send_signal(self, signal: int) -> None:
        """Send the command a signal, if it still runs."""
        # Only _on_end() may reap it: who does closes the descriptor, of which the loop would hear
        # nothing any more.
        self._popen.signal_unreaped(signal)

    def terminate(self) -> None:
        """Send it SIGTERM."""
        self.send_signal(SIGTERM)

    def kill(self) -> None:
        """Send it SIGKILL."""
        self.send_signal(SIGKILL)

    async def end(self) -> None:
        """Kill it, if it still runs, and close the pipes."""
        self.kill()
        for pipe, transport in self._pipes.items():
            (transport or pipe).close()
        # Last: if this is cancelled, nothing is left but what the loop does by itself.
        await self._ended.wait()


class _Start:
    """Starts a command, in a thread. If it is not wanted any more by then, it is ended there."""

    def __init__(self, start: Callable[[], Popen]) -> None:
        self._start = start
        self._popen: Popen | None = None
        # Taken by who comes first: the command, or the one who does not want it.
        self._decided = threading.Lock()

    def __call__(self) -> Popen | None:
        if self._decided.locked():
            return None
        self._popen = self._start()
        if not self._decided.acquire(blocking=False):
            with self._popen:
                self._popen.kill()
        return self._popen

    def abandon(self) -> Popen | None:
        """The command, if it has been started; if not, this object sees to it."""
        return None if self._decided.acquire(blocking=False) else self._popen


async def create_subprocess(
    namespace: Namespace, args: Arguments, kwargs: dict[str, Any]
) -> Process:
    """Start a command; kwargs are those of asyncio.create_subprocess_exec()."""
    limit = kwargs.pop("limit", _LIMIT)
    for name in _TEXT:
        if kwargs.pop(name, None):
            raise ValueError(f"{name} is not supported: asyncio's streams are of bytes")
    if kwargs.pop("bufsize", 0) != 0:
        raise ValueError("bufsize is not supported: asyncio's streams have buffers of their own")
    start = _Start(functools.partial(Popen, namespace, args, bufsize=0, **kwargs))
    try:
        # Shielded, as a thread cannot be stopped.
        popen = await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, start))
    except asyncio.CancelledError:
        popen = start.abandon()
        if popen:
            await Process(popen).end()
        raise
    assert popen
    process = Process(popen)
    try:
        await process.connect(limit)
    except BaseException:
        await process.end()
        raise
    return process


async def run(
    namespace: Namespace,
    args: Arguments,
    input: Any,
    capture_output: bool,
    timeout: float | None,
    check: bool,
    kwargs: dict[str, Any],
) -> subprocess.CompletedProcess[Any]:
    """Namespace.run_async()."""
    add_pipes(kwargs, input, capture_output)
    process = await create_subprocess(namespace, args, kwargs)
    try:
        out, err = await asyncio.wait_for(process.communicate(input), timeout)
    except asyncio.TimeoutError:
        assert timeout is not None
        # As subprocess has it: None also where nothing came.
        out, err = (b"".join(chunks) or None for chunks in process.received)
        raise subprocess.TimeoutExpired(args, timeout, out, err) from None
    finally:
        await process.end()
    assert process.returncode is not None
    if check and process.returncode:
        raise subprocess.CalledProcessError(process.returncode, args, out, err)
    return subprocess.CompletedProcess(args, process.returncode, out, err)
