# SPDX-License-Identifier: MIT
"""Namespaces for commands, in asyncio."""

import asyncio
import os
import subprocess
import time

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
    ):
        mine, theirs = asyncio.run(main(args, **kwargs)), kid_namespace.run(args, **kwargs)
        assert repr(mine) == repr(theirs)
    with pytest.raises(subprocess.CalledProcessError):
        asyncio.run(main(["false"], check=True))
    with pytest.raises(FileNotFoundError):
        asyncio.run(main(["nosuch"]))
    for wrong in ({"text": True}, {"encoding": "utf-8"}, {"preexec_fn": print},
                  {"input": b"", "stdin": PIPE}, {"capture_output": True, "stdout": PIPE}):
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
