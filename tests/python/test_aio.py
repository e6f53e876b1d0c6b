# SPDX-License-Identifier: MIT
"""Namespaces for commands, in asyncio."""

import asyncio
import os
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import selinuxns

pytestmark = pytest.mark.usefixtures("no_leak")

PIPE, STDOUT = subprocess.PIPE, subprocess.STDOUT


def test_a_process_with_streams(kid_namespace):
    async def main():
        process = await kid_namespace.create_subprocess_exec("cat", stdin=PIPE, stdout=PIPE)
        assert process.pid > 0 and process.returncode is None and process.stderr is None
        process.stdin.write(b"line\n")
        await process.stdin.drain()
        assert await process.stdout.readline() == b"line\n"
        process.stdin.close()
        assert await process.stdout.read() == b""
        assert await process.wait() == 0 == process.returncode
        await process.end()

    asyncio.run(main())


def test_a_shell_and_much_data(kid_namespace):
    async def main():
        process = await kid_namespace.create_subprocess_shell(
            "cat; echo error >&2; exit 4", stdin=PIPE, stdout=PIPE, stderr=PIPE)
        out, err = await process.communicate(b"x" * 500000)
        await process.end()
        assert (len(out), err, process.returncode) == (500000, b"error\n", 4)

    asyncio.run(main())


def test_run_gives_what_run_gives(kid_namespace):
    async def main(args, **kwargs):
        return await kid_namespace.run_async(args, **kwargs)

    for args, kwargs in (
        (["sh", "-c", "cat; exit 3"], {"input": b"in", "capture_output": True}),
        (["true"], {}),
        (["true"], {"input": b"x" * 300000}),
        (["sh", "-c", "kill -9 $$"], {}),
        (["sh", "-c", "echo a; echo b >&2"], {"stdout": PIPE, "stderr": STDOUT}),
        (["pwd"], {"cwd": "/usr", "stdout": PIPE}),
        (["pwd"], {"bufsize": 0, "stdout": PIPE}),
    ):
        mine, theirs = asyncio.run(main(args, **kwargs)), kid_namespace.run(args, **kwargs)
        assert repr(mine) == repr(theirs)
    with pytest.raises(subprocess.CalledProcessError):
        asyncio.run(main(["false"], check=True))
    with pytest.raises(FileNotFoundError):
        asyncio.run(main(["nosuch"]))
    for wrong in ({"text": True}, {"encoding": "utf-8"}, {"preexec_fn": print},
                  {"bufsize": -1}, {"input": b"", "stdin": PIPE}, {"capture_output": True, "stdout": PIPE}):
        with pytest.raises(ValueError):
            asyncio.run(main(["true"], **wrong))


def test_many_at_once_and_the_loop_goes_on(kid_namespace):
    async def main():
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                await asyncio.sleep(0.01)
                ticks += 1

        ticking = asyncio.create_task(tick())
        done = await asyncio.gather(*(
            kid_namespace.run_async(["sh", "-c", f"sleep 0.3; echo {n}"], capture_output=True)
            for n in range(6)))
        ticking.cancel()
        assert [int(d.stdout) for d in done] == list(range(6))
        assert ticks > 10

    asyncio.run(main())


def test_timeouts_and_cancellation_end_the_command(kid_namespace):
    async def main():
        started = time.monotonic()
        with pytest.raises(subprocess.TimeoutExpired):
            await kid_namespace.run_async(["sleep", "30"], timeout=0.3, capture_output=True)
        task = asyncio.create_task(kid_namespace.run_async(["sleep", "30"]))
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        # Also while it is being set up.
        task = asyncio.create_task(kid_namespace.run_async(["sleep", "30"]))
        await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - started < 25

    asyncio.run(main())


def test_a_timeout_has_what_was_read(kid_namespace):
    def expired(run):
        with pytest.raises(subprocess.TimeoutExpired) as caught:
            run(["sh", "-c", "echo out; exec sleep 30"], timeout=0.5, capture_output=True)
        error = caught.value
        return error.cmd, error.timeout, error.output, error.stdout, error.stderr

    ours = expired(lambda *args, **kwargs: asyncio.run(kid_namespace.run_async(*args, **kwargs)))
    assert ours == expired(kid_namespace.run) and ours[2:] == (b"out\n", b"out\n", None)


@pytest.mark.parametrize("how", ["cancelled", "failed"])
def test_what_cannot_be_connected_is_ended(kid_namespace, how):
    async def main():
        loop, connecting = asyncio.get_running_loop(), asyncio.Event()

        async def connect(*args):
            connecting.set()
            if how == "failed":
                raise OSError("no pipe")
            await asyncio.sleep(30)

        loop.connect_read_pipe = connect
        task = asyncio.create_task(
            kid_namespace.create_subprocess_exec("sleep", "30", stdin=PIPE, stdout=PIPE, stderr=PIPE))
        await connecting.wait()
        if how == "cancelled":
            task.cancel()
        with pytest.raises(asyncio.CancelledError if how == "cancelled" else OSError):
            await task

    asyncio.run(main())


@pytest.mark.parametrize("when", ["before", "in the middle", "after"])
def test_what_nobody_waits_for_is_ended(kid_namespace, monkeypatch, when):
    """Cancelled before, while and after a thread started it; the loop waits for no process."""
    started, go_on, popens = threading.Event(), threading.Event(), []

    def start(*args, **kwargs):
        popens.append(selinuxns.Popen(*args, **kwargs))
        started.set()
        go_on.wait(20)
        return popens[0]

    async def main():
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        if when == "before":
            loop.run_in_executor(None, go_on.wait, 20)
        task = asyncio.create_task(
            kid_namespace.create_subprocess_exec("sleep", "30", stdin=PIPE, stdout=PIPE, stderr=PIPE))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        if when != "before":
            started.wait(20)
        if when == "after":
            go_on.set()
            time.sleep(0.5)  # the loop has not heard of it
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 5)
        go_on.set()

    monkeypatch.setattr("selinuxns._aio.Popen", start)
    asyncio.run(main())
    assert [popen.returncode for popen in popens] == ([] if when == "before" else [-9])
    assert all(pipe.closed for popen in popens for pipe in (popen.stdin, popen.stdout, popen.stderr))


def test_signals(kid_namespace):
    async def main():
        for send, status in (("terminate", -15), ("kill", -9)):
            process = await kid_namespace.create_subprocess_exec("sleep", "30")
            getattr(process, send)()
            assert await process.wait() == status
            process.send_signal(9)  # it has ended: nothing
            await process.end()

    asyncio.run(main())


@pytest.mark.parametrize("send", ["terminate", "kill", "end"])
def test_what_has_ended_before_the_loop_hears_of_it(kid_namespace, send):
    async def main():
        process = await kid_namespace.create_subprocess_exec("sh", "-c", "exit 3")
        # The loop does not go on meanwhile.
        while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
            time.sleep(0.01)
        ended = getattr(process, send)()
        if ended:
            await ended
        assert await process.wait() == 3
        await process.end()

    asyncio.run(asyncio.wait_for(main(), 20))
