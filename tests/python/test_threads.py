# SPDX-License-Identifier: MIT
"""Threads, forks, and what is left behind."""

import gc
import os
import subprocess
import sys
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

import selinuxns
from conftest import open_descriptors
from selinuxns import _selinuxns

pytestmark = pytest.mark.usefixtures("no_leak")


class Counter(threading.Thread):
    """Runs Python code all the time, and knows the longest time that it could not."""

    def __init__(self):
        super().__init__()
        self.stop = threading.Event()
        self.longest = 0.0

    def run(self):
        last = time.monotonic()
        while not self.stop.is_set():
            now = time.monotonic()
            self.longest = max(self.longest, now - last)
            last = now
            time.sleep(0.001)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *args):
        self.stop.set()
        self.join()


def test_the_gil_is_released_while_a_call_waits():
    selinuxns.set_limits(maxns=2)
    try:
        with selinuxns.Namespace(wait=3).Popen(["sleep", "30"]) as process, Counter() as counter:
            started = time.monotonic()
            with pytest.raises(selinuxns.Error):
                selinuxns.Namespace(wait=1.5).run(["true"])
            waited = time.monotonic() - started
            process.kill()
    finally:
        selinuxns.set_limits(maxns=65535)
    assert waited >= 1.5
    # With the GIL held all that time, this would be all that time.
    assert counter.longest < waited / 2


def test_namespaces_in_many_threads(kid):
    policy = selinuxns.Policy.open(kid)

    def one(n):
        ns = selinuxns.Namespace(policy=policy, context="u:r:kid_other_t", wait=5)
        done = ns.run(["sh", "-c", f"id -Z; echo {n}"], capture_output=True, text=True)
        return done.stdout.splitlines() == ["u:r:kid_other_t", str(n)]

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(one, range(16)))
    assert selinuxns.is_unshared() is False


def test_other_threads_and_their_namespace_stay():
    """kernel-abi.md 2.3: an unshare moves the calling thread; a spawn moves none."""
    seen = []

    def look():
        seen.append((selinuxns.is_unshared(), selinuxns.status().context))

    thread = threading.Thread(target=look)
    selinuxns.Namespace(mount=True, wait=3).run(["true"])
    thread.start()
    thread.join()
    look()
    assert seen[0] == seen[1] and seen[0][0] is False


FORKS = """
import os, sys, threading, selinuxns
stop = threading.Event()
policy = selinuxns.Policy.from_root()
def check():
    while not stop.is_set():
        selinuxns.Namespace(policy=policy, context="u:r:nosuch_t").plan(["true"])
        selinuxns.booleans()
def spawn():
    while not stop.is_set():
        selinuxns.Namespace(wait=5).run(["true"])
threads = [threading.Thread(target=t) for t in (check, check, spawn)]
for t in threads: t.start()
bad = 0
for i in range(40):
    pid = os.fork()
    if pid == 0:
        # What another thread had in hand must not keep this one waiting.
        import signal; signal.alarm(20)
        plan = selinuxns.Namespace(policy=policy, context="u:r:nosuch_t").plan(["true"])
        ran = selinuxns.Namespace(wait=5).run(["true"]).returncode if i % 8 == 0 else 0
        os._exit(0 if plan.error.errno == 22 and ran == 0 else 1)
    bad += os.waitpid(pid, 0)[1] != 0
stop.set()
for t in threads: t.join()
print(bad)
"""


def test_forks_of_a_threaded_interpreter(python):
    assert python(FORKS) == "0\n"


CALLBACKS = """
import os, signal, threading, time, selinuxns
signal.alarm(20)
def fork(name):
    pid = os.fork()
    if pid == 0:
        # What another thread had in hand must not keep this one waiting.
        signal.alarm(10)
        os._exit(0 if selinuxns.Namespace(policy=policy, wait=3).plan(["true"]).ok else 1)
    print(name, os.waitpid(pid, 0)[1])
def run(watch):
    selinuxns.Namespace(watch=watch, wait=3).run(["true"])
def threads(*targets):
    started = [threading.Thread(target=t) for t in targets]
    for t in started: t.start()
    for t in started: t.join()
policy = selinuxns.Policy.from_root()
"""


def test_a_fork_waits_for_no_callback(python):
    """The callback waits for the fork, or for a call of the thread that forks."""
    code = CALLBACKS + """
for what in (lambda: fork("fork"), lambda: print(selinuxns.probe().works)):
    once = []
    def watch(step, obj):
        if not once:
            once.append(threads(what))
    run(watch)
"""
    assert python(code) == "fork 0\nTrue\n"


def test_callbacks_that_fork_at_once(python):
    code = CALLBACKS + """
both, done = threading.Barrier(2), set()
def watch(step, obj):
    if threading.get_ident() not in done:
        done.add(threading.get_ident())
        both.wait()
        fork("fork")
threads(lambda: run(watch), lambda: run(watch))
"""
    assert python(code) == "fork 0\nfork 0\n"


def test_a_fork_of_a_callback_waits_for_the_threads_in_the_library(python):
    code = CALLBACKS + """
stop = False
def check():
    while not stop:
        selinuxns.Policy.from_root()
def watch(step, obj):
    fork(step)
def forks():
    global stop
    for _ in range(4):
        run(watch)
    stop = True
threads(check, check, forks)
"""
    answers = python(code).splitlines()
    assert len(answers) > 8 and {answer.split()[-1] for answer in answers} == {"0"}


def test_what_is_alone_does_not_keep_a_callback_waiting(python):
    """It waits for its turn, but the callback may wait for the call of a third thread."""
    code = CALLBACKS + """
inside = threading.Event()
def watch(step, obj):
    if not inside.is_set():
        inside.set()
        time.sleep(0.3)  # until that one waits
        threads(lambda: print(selinuxns.probe().works))
def forget():
    inside.wait()
    selinuxns.forget()
    print("forgot")
forgetting = threading.Thread(target=forget)
forgetting.start()
run(watch)
forgetting.join()
"""
    assert python(code) == "True\nforgot\n"


def test_a_thread_alone_can_be_moved(python):
    code = """
import ctypes, threading, selinuxns
def move():
    # A mount namespace of this thread's own, private.
    assert ctypes.CDLL(None, use_errno=True).unshare(0x00020200) == 0
    assert ctypes.CDLL(None).mount(b"none", b"/", None, 0x44000, None) == 0
    selinuxns.unshare(mounts=False)
    print(selinuxns.is_unshared(), selinuxns.kind().name)
thread = threading.Thread(target=move)
thread.start()
thread.join()
print(selinuxns.is_unshared(), selinuxns.kind().name)
try:
    started = threading.Event()
    waiting = threading.Thread(target=started.wait)
    waiting.start()
    selinuxns.unshare()
except OSError as error:
    print(error.errno, error.step)
finally:
    started.set()
"""
    assert python(code) == "True FRESH\nFalse INIT\n16 check threads\n"


@contextmanager
def calls_held():
    """Calls that are begun wait, as while the interpreter forks; but not forever, also not this thread's."""
    over = threading.Event()

    def release():
        over.wait(30)
        _selinuxns.fork_in_parent()

    releasing = threading.Thread(target=release)
    _selinuxns.fork_before()
    releasing.start()
    try:
        yield
    finally:
        over.set()
        releasing.join()


class Call(threading.Thread):
    """A call of an object of the extension's, which one call at a time may use."""

    def __init__(self, thing):
        super().__init__()
        self.thing, self.answer = thing, None

    def run(self):
        try:
            if isinstance(self.thing, _selinuxns.Tree):
                self.thing.check("/proc/self/status", None, 0, None, None)
            else:
                self.thing.check(None, True)
            self.answer = "done"
        except RuntimeError as error:
            self.answer = str(error)


def objects():
    tree, plan = _selinuxns.Tree(), _selinuxns.Plan()
    tree.set_without(1)
    return tree, plan


@pytest.mark.parametrize("which, name", enumerate(("tree", "plan")))
def test_one_call_at_a_time_uses_an_object(which, name):
    """Also where it waits for others before it begins."""
    thing = objects()[which]
    calls = [Call(thing), Call(thing)]
    with calls_held():
        for call in calls:
            call.start()
        # One waits, so the other is refused, however late its thread comes to it.
        until = time.monotonic() + 20
        while not any(call.answer for call in calls) and time.monotonic() < until:
            time.sleep(0.01)
    for call in calls:
        call.join()
    assert sorted(call.answer for call in calls) == ["done", f"the {name} is in use by another call"]


@pytest.mark.parametrize("which, use", [
    (0, lambda tree, x: tree.set_root(x)), (0, lambda tree, x: tree.add_exclude(x)),
    (0, lambda tree, x: tree.set_strict(x)), (0, lambda tree, x: tree.check(x, None, 0, None, None)),
    (1, lambda plan, x: plan.set_root(x)), (1, lambda plan, x: plan.set_mount(x)),
    (1, lambda plan, x: plan.set_boolean("x", x)), (1, lambda plan, x: plan.check(None, x)),
])
def test_a_call_may_begin_while_an_argument_is_converted(which, use):
    """By Python code of the argument's, while which another thread may run."""
    thing = objects()[which]
    call = Call(thing)

    class Argument:
        def __bool__(self):
            call.start()
            until = time.monotonic() + 20
            while time.monotonic() < until:
                try:
                    thing.set_root(None)
                except RuntimeError:
                    break
                time.sleep(0.001)
            return True

        def __fspath__(self):
            return "/" * bool(self)

    with calls_held(), pytest.raises(RuntimeError, match="in use by another call"):
        use(thing, Argument())
    call.join()
    assert call.answer == "done"


def test_an_interpreter_that_ends_ends_a_check_of_a_daemon(python):
    """The daemon ends where it is, with its stack, which is not kept for another thread if it is so
    large; and the library's threads go on until a module has had its time to end."""
    code = """
import sys, threading, time, types, selinuxns
class Last(types.ModuleType):
    def __del__(self, sleep=time.sleep): sleep(0.5)
def check():
    while True: selinuxns.Tree(use_policy=False, attribute="trusted.selinuxns", threads=1).check("/usr")
threading.stack_size(64 << 20)
for _ in range(2): threading.Thread(target=check, daemon=True).start()
time.sleep(0.3)
sys.modules["last"] = Last("last")
"""
    assert python(code) == ""


# ---- leaks ---------------------------------------------------------------------------------


def growth(call, times=30):
    """Objects and descriptors that each call leaves, after a few that may fill caches."""
    for _ in range(5):
        call()
    gc.collect()
    objects, fds = len(gc.get_objects()), len(open_descriptors())
    blocks = sys.getallocatedblocks()
    for _ in range(times):
        call()
    gc.collect()
    return (
        (len(gc.get_objects()) - objects) // times,
        len(open_descriptors()) - fds,
        (sys.getallocatedblocks() - blocks) // times,
    )


def failing(call):
    def run():
        try:
            call()
        except (OSError, TypeError, ValueError, OverflowError):
            return
        raise AssertionError("it did not fail")

    return run


@pytest.mark.parametrize("name, call", [
    ("probe", lambda kid: selinuxns.probe()),
    ("status", lambda kid: selinuxns.status()),
    ("booleans", lambda kid: selinuxns.booleans()),
    ("limits", lambda kid: selinuxns.limits()),
    ("set_booleans", lambda kid: failing(lambda: selinuxns.set_booleans({"nosuch": True}))()),
    ("set_booleans NUL", lambda kid: failing(lambda: selinuxns.set_booleans({"a\0": True}))()),
    ("open", lambda kid: selinuxns.Policy.open(kid)),
    ("open bytes", lambda kid: failing(lambda: selinuxns.Policy.open(bytearray(100)))()),
    ("open nothing", lambda kid: failing(lambda: selinuxns.Policy.open("/nowhere"))()),
    ("plan", lambda kid: selinuxns.Namespace(policy=kid, context="x").plan(["true"])),
    ("run", lambda kid: selinuxns.Namespace(policy=kid, wait=5).run(["true"], capture_output=True)),
    ("run nothing", lambda kid: failing(lambda: selinuxns.Namespace().run(["nosuch"]))()),
    ("run wrong", lambda kid: failing(lambda: selinuxns.Namespace().run(["a", 1]))()),
    ("run NUL", lambda kid: failing(lambda: selinuxns.Namespace().run(["a", "\0"], stdin=-1))()),
    ("watch", lambda kid: selinuxns.Namespace(watch=lambda *a: a, wait=5).run(["true"])),
    ("limits wrong", lambda kid: failing(lambda: selinuxns.set_limits(maxns=2**40))()),
    ("load", lambda kid: failing(lambda: selinuxns.load_policy(kid))()),
    ("access", lambda kid: failing(lambda: selinuxns.allowed_permissions("x", "y", "process"))()),
], ids=lambda value: value if isinstance(value, str) else "")
def test_nothing_leaks(kid, name, call):
    objects, fds, blocks = growth(lambda: call(kid), 10 if name in ("run", "watch") else 30)
    assert fds == 0 and objects <= 0 and blocks <= 1


def test_references_of_arguments_are_given_back(kid):
    path, context, name = str(kid) + "", "u:r:" + "kid_t", "kid_" + "bool"
    watch = lambda *args: None  # noqa: E731
    policy = selinuxns.Policy.open(kid)
    data = bytearray(100)
    things = (path, context, name, watch, policy, data)
    before = [sys.getrefcount(thing) for thing in things]
    for _ in range(20):
        ns = selinuxns.Namespace(policy=policy, context=context, booleans={name: True}, watch=watch)
        ns.plan([path])
        policy.check_context(context)
        policy.has_boolean(name)
        with pytest.raises(OSError):
            selinuxns.Policy.open(data)
    del ns
    gc.collect()
    assert [sys.getrefcount(thing) for thing in things] == before
    data.append(1)  # nothing holds its memory


def test_a_plan_and_its_watcher_are_collected(kid):
    class Watcher:
        def __call__(self, *args):
            pass

    watcher = Watcher()
    watcher.plan = _selinuxns.Plan()  # a circle
    watcher.plan.set_watch(watcher)
    watcher.plan.set_policy(selinuxns.Policy.open(kid))
    gone = weakref.ref(watcher)
    del watcher
    gc.collect()
    assert gone() is None


@pytest.mark.skipif("libasan" in os.environ.get("LD_PRELOAD", ""),
                    reason="AddressSanitizer keeps freed memory for a while")
def test_memory_of_policies_is_given_back(kid):
    def resident():
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * 4096

    real = selinuxns.Policy.from_root
    for _ in range(3):
        real()
    before = resident()
    for _ in range(10):
        real()
    # Each is some MiB; all ten would be left.
    assert resident() - before < 12 << 20


def test_a_popen_that_is_forgotten_leaves_no_descriptor():
    process = selinuxns.Namespace(wait=3).Popen(["sleep", "0.1"])
    before = len(open_descriptors())
    pid = process.pid
    with pytest.warns(ResourceWarning):
        del process
        gc.collect()
    assert len(open_descriptors()) == before - 1
    time.sleep(0.5)
    subprocess._cleanup()
    assert not os.path.exists(f"/proc/{pid}")
