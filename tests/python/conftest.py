# SPDX-License-Identifier: MIT
"""What the tests of the Python package share. They run in selinuxns-sim, as tests/python/*.t has it."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

import selinuxns

sys.dont_write_bytecode = True


@pytest.fixture(scope="session")
def policies():
    """The directory of the compiled policies: kid.bin, many.bin."""
    return Path(os.environ["POLICIES"])


@pytest.fixture(scope="session")
def kid(policies):
    """The path of a small policy, whose initial context is u:r:kid_t."""
    return str(policies / "kid.bin")


@pytest.fixture
def kid_namespace(kid):
    """A namespace with that policy; it waits where one that has ended still counts."""
    return selinuxns.Namespace(policy=kid, wait=3)


def open_descriptors():
    """What is open in this process, by number."""
    gc.collect()
    return sorted(
        (int(fd), os.readlink(f"/proc/self/fd/{fd}"))
        for fd in os.listdir("/proc/self/fd")
        if os.path.lexists(f"/proc/self/fd/{fd}")
    )


@pytest.fixture
def no_leak():
    """The test leaves no descriptor open, and no child."""
    before = open_descriptors()
    yield
    assert open_descriptors() == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.fixture
def python():
    """Run Python code in a process of its own: what cannot be undone. Gives what it printed."""

    def run(code, *args, prefix=(), status=0):
        done = subprocess.run(
            [*prefix, sys.executable, "-X", "dev", "-c", code, *args],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (done.returncode, done.stderr if status == 0 else "") == (status, ""), done.stderr
        return done.stdout

    return run
