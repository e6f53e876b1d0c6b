# SPDX-License-Identifier: MIT
"""Namespaces for commands: as subprocess does it, and in a namespace of their own."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import selinuxns
from conftest import open_descriptors

pytestmark = pytest.mark.usefixtures("no_leak")

PIPE, DEVNULL, STDOUT = subprocess.PIPE, subprocess.DEVNULL, subprocess.STDOUT
# Not by ps: with a sanitizer preloaded it hangs.
SESSION = "read pid comm state ppid pgrp sid rest </proc/$$/stat; [ $sid -eq $$ ]"
SIGNALS = "grep -E 'SigIgn|SigBlk' /proc/self/status"


def outcome(run, args, kwargs):
    """What a run gives, for comparison: its result, or what it raised."""
    try:
        done = run(args, **kwargs)
    except Exception as error:
        builtin = next(cls for cls in type(error).__mro__ if cls.__module__ in ("builtins", "subprocess"))
        return builtin, getattr(error, "errno", None), getattr(error, "returncode", None)
    assert type(done) is subprocess.CompletedProcess
    return done.args, done.returncode, done.stdout, done.stderr


SAME = [
    (["true"], {}),
    (["sh", "-c", "exit 7"], {}),
    (["sh", "-c", "kill -9 $$"], {}),
    ("true", {}),
    (["sh", "-c", "exit 7"], {"check": True}),
    (["echo", "a"], {"capture_output": True}),
    (["echo", "a"], {"capture_output": True, "text": True}),
    (["printf", "\\344"], {"capture_output": True, "encoding": "latin-1"}),
    (["printf", "\\377"], {"capture_output": True, "encoding": "utf-8", "errors": "replace"}),
    (["printf", "\\377"], {"capture_output": True, "encoding": "utf-8"}),
    (["printf", "a\\r\\nb"], {"stdout": PIPE, "universal_newlines": True}),
    (["cat"], {"input": b"in", "stdout": PIPE}),
    (["cat"], {"input": "in\n", "stdout": PIPE, "text": True}),
    (["cat"], {"input": b"x" * 300000, "capture_output": True}),
    (["true"], {"input": b"x" * 300000}),
    (["cat"], {"stdin": DEVNULL, "stdout": PIPE}),
    (["sh", "-c", "echo out; echo err >&2"], {"stdout": PIPE, "stderr": STDOUT}),
    (["sh", "-c", "echo out; echo err >&2"], {"stdout": DEVNULL, "stderr": PIPE}),
    (["sh", "-c", "echo out; echo err >&2"], {"stdout": PIPE, "stderr": DEVNULL}),
    ("echo $((1 + 1)); exit 3", {"shell": True, "stdout": PIPE}),
    (["echo $0 $1", "zero", "one"], {"shell": True, "stdout": PIPE}),
    ("echo $0", {"shell": True, "stdout": PIPE, "executable": "/bin/bash"}),
    (["pwd"], {"cwd": "/usr", "stdout": PIPE}),
    (["./cat", "/dev/null"], {"cwd": "/usr/bin"}),
    (["true"], {"cwd": "/nowhere"}),
    (["true"], {"cwd": "/etc/passwd"}),
    (["nosuch"], {}),
    (["/etc/passwd"], {}),
    (["/"], {}),
    (["sh", "-c", "echo $A"], {"env": {"A": "b", "PATH": "/usr/bin:/bin"}, "stdout": PIPE}),
    (["/bin/sh", "-c", "echo $A"], {"env": {b"A": b"\xff"}, "stdout": PIPE}),
    (["true"], {"env": {"A=B": "c"}}),
    (["sh", "-c", SIGNALS], {"stdout": PIPE}),
    (["sh", "-c", SIGNALS], {"stdout": PIPE, "restore_signals": False}),
    (["sh", "-c", "ls /proc/self/fd"], {"stdout": PIPE, "stdin": DEVNULL}),
    (["sh", "-c", SESSION], {"start_new_session": True}),
    (["sh", "-c", SESSION], {}),
    (["sleep", "20"], {"timeout": 0.3}),
    (["true"], {"timeout": 20}),
    (["sh", "-c", "sleep 1 & wait"], {"timeout": 0.3, "stdin": DEVNULL}),
    (["true"], {"input": b"", "stdin": PIPE}),
    (["true"], {"capture_output": True, "stdout": PIPE}),
    (["true"], {"bufsize": "x"}),
    (["true", b"bytes", os.path], {}),
    (["true", b"bytes"], {"bufsize": 0, "close_fds": False}),
]


@pytest.mark.parametrize("args, kwargs", SAME, ids=lambda value: str(value)[:50])
def test_run_gives_what_subprocess_gives(kid_namespace, args, kwargs):
    ours = outcome(kid_namespace.run, args, dict(kwargs))
    assert ours == outcome(subprocess.run, args, dict(kwargs))


def test_run_takes_arguments_by_position_too(kid_namespace):
    for run in (subprocess.run, kid_namespace.run):
        assert run(["echo", "a"], -1, None, None, PIPE).stdout == b"a\n"
        with pytest.raises(TypeError):
            run(["echo", "a"], -1, None, None, PIPE, capture_output=True)


def test_audit_hooks_hear_of_it(python):
    code = """
import subprocess, sys, selinuxns
told = []
sys.addaudithook(lambda event, args: told.append(args) if event == "subprocess.Popen" else None)
for args, kwargs in ((["true", "x"], {"cwd": "/usr"}), ("exit 0", {"shell": True, "env": {"A": "b"}})):
    for run in (subprocess.run, selinuxns.Namespace(wait=3).run):
        run(args, **kwargs)
print(told[0] == told[1], told[2] == told[3], told)
"""
    assert python(code).startswith("True True")


def test_everything_at_once(kid):
    steps = []
    ns = selinuxns.Namespace(
        root="/", policy=kid, context="u:r:kid_other_t", enforcing=True, wait=3,
        booleans={"kid_bool": True}, watch=lambda step, what: steps.append((step, what)),
    )
    script = "id -Z; getenforce; cat /sys/fs/selinux/booleans/kid_bool; echo; pwd; selinuxunshared; true"
    done = ns.run(script, shell=True, cwd="/usr", capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["u:r:kid_other_t", "Enforcing", "1 1", "/usr", "0"]
    assert done.stderr == ""
    planned = ns.plan(["/bin/sh"], cwd="/usr")
    assert planned.ok and [(s.name, s.object) for s in planned.steps] == steps
    assert ("load policy", kid) in steps and steps[-1] == ("execute", "/bin/sh")
    assert selinuxns.kind() is selinuxns.Kind.INIT and selinuxns.is_unshared() is False


def test_the_caller_stays_where_it_is(kid_namespace):
    before = selinuxns.status()
    with kid_namespace.Popen(["sleep", "20"]) as process:
        assert selinuxns.status() == before
        process.kill()
    assert process.returncode == -9


def test_checks():
    plan = selinuxns.Namespace(policy=selinuxns.FROM_ROOT, context="u:r:none_t", enforcing=True).plan(["true"])
    assert not plan.ok and plan.steps == () and len(plan) == len(plan.checks) > 5
    failed = [check for check in plan if check.result is selinuxns.Result.FAILED]
    assert failed[0].name == "check context" and failed[0] in plan
    assert (plan.error.errno, plan.error.step, plan.error.object) == (22, "check context", "u:r:none_t")
    assert str(failed[0]).startswith("failed: check context: u:r:none_t: ")
    with pytest.raises(selinuxns.Error) as caught:
        selinuxns.Namespace(policy=selinuxns.FROM_ROOT, context="u:r:none_t").run(["true"])
    assert str(caught.value) == str(plan.error)
    unsure = selinuxns.Namespace().plan(["nosuch"])
    assert unsure.ok and unsure.checks[-1].result is selinuxns.Result.NOT_CHECKED


def test_configured_mode_and_root(kid, tmp_path):
    root = tmp_path / "root"
    (root / "etc/selinux/mini/policy").mkdir(parents=True)
    (root / "sys/fs/selinux").mkdir(parents=True)
    (root / "etc/selinux/mini/policy/policy.33").write_bytes(Path(kid).read_bytes())
    (root / "etc/selinux/config").write_text("SELINUX=enforcing\nSELINUXTYPE=mini\n")
    ns = selinuxns.Namespace(root=root, policy=selinuxns.FROM_ROOT, enforcing=None)
    plan = ns.plan()
    assert plan.ok
    assert [s.name for s in plan.steps][-2:] == ["enter root", "set enforcing mode"]
    with pytest.raises(FileNotFoundError) as caught:
        ns.run(["/bin/sh"])
    assert caught.value.step == "execute"
    assert selinuxns.Policy.from_root(root).has_boolean("kid_bool")


def test_a_failed_step_starts_nothing(kid, tmp_path):
    ran = tmp_path / "ran"
    with pytest.raises(selinuxns.Error) as caught:
        selinuxns.Namespace(policy=kid, context="u:r:kid_other_t", root=tmp_path).run(["touch", ran])
    assert caught.value.step == "check mount point" and not ran.exists()


@pytest.mark.parametrize("kwargs", [
    {"preexec_fn": print}, {"user": 1}, {"group": 1}, {"extra_groups": [1]}, {"umask": 0o22},
    {"process_group": 0}, {"executable": "/bin/sh"}, {"startupinfo": 1}, {"creationflags": 1},
], ids=str)
def test_what_is_not_supported_says_so(kid_namespace, kwargs):
    with pytest.raises(ValueError, match=next(iter(kwargs))):
        kid_namespace.run(["true"], **kwargs)


def test_popen_is_one(kid_namespace):
    before = open_descriptors()
    with kid_namespace.Popen(["cat"], -1, None, PIPE, stdout=PIPE, text=True) as process:
        assert isinstance(process, subprocess.Popen) and isinstance(process, selinuxns.Popen)
        assert process.poll() is None and process.pidfd >= 0 and process.args == ["cat"]
        assert not os.get_inheritable(process.pidfd)
        process.stdin.write("line\n")
        process.stdin.flush()
        assert process.stdout.readline() == "line\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == -signal.SIGTERM
        assert process.pidfd == -1
        process.kill()
    del process
    assert open_descriptors() == before
    with pytest.raises(TypeError):
        kid_namespace.Popen(["cat"], -1, bufsize=-1)
    with pytest.raises(TypeError):
        kid_namespace.Popen(["cat"], nosuch=1)


def test_a_signal_is_sent_before_another_thread_closes_the_descriptor(kid_namespace, monkeypatch):
    process = kid_namespace.Popen(["sleep", "20"])
    waiting = threading.Thread(target=process.wait)
    send = signal.pidfd_send_signal

    def send_late(pidfd, sig):
        os.kill(process.pid, signal.SIGKILL)
        waiting.join(0.5)  # it has reaped the process, and would have closed the descriptor
        send(pidfd, sig)

    monkeypatch.setattr(signal, "pidfd_send_signal", send_late)
    waiting.start()
    process.send_signal(signal.SIGTERM)
    waiting.join()
    assert process.returncode == -signal.SIGKILL and process.pidfd == -1


def test_communicate_and_timeouts(kid_namespace):
    with kid_namespace.Popen(["sh", "-c", "cat; exec sleep 20"], stdin=PIPE, stdout=PIPE) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.communicate(b"in", timeout=0.3)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=0.1)
        process.kill()
        assert process.communicate()[0] == b"in"


def test_files_descriptors_and_those_that_are_passed(kid_namespace, tmp_path):
    reading, writing = os.pipe()
    with open(tmp_path / "out", "wb") as out, open(os.devnull) as nothing:
        kid_namespace.run(["bash", "-c", f"echo to file; echo passed >&{writing}; ls -l /proc/self/fd >&2"],
                          stdin=nothing, stdout=out, stderr=out.fileno(), pass_fds=[writing])
    os.close(writing)
    with os.fdopen(reading) as file:
        assert file.read() == "passed\n"
    text = (tmp_path / "out").read_text()
    assert text.startswith("to file\n") and "/dev/null" in text and f"{writing} -> pipe" in text
    with pytest.raises(OSError) as caught:
        kid_namespace.run(["true"], pass_fds=[writing])
    assert caught.value.errno == errno.EBADF
    # What a closed socket calls its descriptor.
    with pytest.raises(ValueError):
        kid_namespace.run(["true"], pass_fds=[-1])
    # Standard descriptors that the caller has closed, or exchanges.
    code = """
import os, selinuxns
os.close(0)
ns = selinuxns.Namespace()
print(ns.run(["sh", "-c", "cat; echo end >&2"], input=b"in", stdout=-1, stderr=-2).stdout)
ns.run(["sh", "-c", "echo error >&2; echo out"], stdout=2, stderr=1)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (sorted(done.stdout.splitlines()), done.stderr) == (["b'inend\\n'", "error"], "out\n")


def test_environment_is_the_callers_with_one_more(kid_namespace, monkeypatch):
    monkeypatch.setenv("A_VARIABLE", "is here")
    done = kid_namespace.run(["env"], stdout=PIPE, text=True)
    assert {"A_VARIABLE=is here", "SELINUXNS=1"} <= set(done.stdout.splitlines())


def test_environment_is_taken_before_another_thread_can_change_it(kid_namespace, monkeypatch):
    command = selinuxns._process._command

    def change(*args):
        monkeypatch.setenv("A_VARIABLE", "too late")
        return command(*args)

    monkeypatch.setattr(selinuxns._process, "_command", change)
    done = kid_namespace.run(["env"], stdout=PIPE, text=True)
    assert "A_VARIABLE" in os.environ and "A_VARIABLE" not in done.stdout and "SELINUXNS=1" in done.stdout


def test_death_signal_and_wait(python, kid):
    code = f"""
import os, selinuxns
process = selinuxns.Namespace(death_signal=9).Popen(["sleep", "77"])
print(process.pid, flush=True)
os._exit(0)
"""
    pid = int(python(code))
    deadline = time.monotonic() + 10
    while os.path.exists(f"/proc/{pid}/exe") and time.monotonic() < deadline:
        try:
            state = open(f"/proc/{pid}/stat").read().split()[2]
        except OSError:
            break
        if state in "ZX":
            break
        time.sleep(0.05)
    else:
        assert not os.path.exists(f"/proc/{pid}/exe")


def test_at_a_limit(kid):
    selinuxns.set_limits(maxns=2)
    try:
        with selinuxns.Namespace(policy=kid, wait=3).Popen(["sleep", "20"]) as process:
            with pytest.raises(selinuxns.Error) as caught:
                selinuxns.Namespace().run(["true"])
            assert caught.value.errno == errno.ENOSPC and "maxns (2)" in str(caught.value)
            started = time.monotonic()
            with pytest.raises(selinuxns.Error):
                # The timeout is the command's, which does not run yet.
                selinuxns.Namespace(wait=0.5).run(["true"], timeout=0.1)
            assert time.monotonic() - started >= 0.5
            process.kill()
        for _ in range(5):
            assert selinuxns.Namespace(wait=3).run(["true"]).returncode == 0
    finally:
        selinuxns.set_limits(maxns=65535)


def test_accesses(policies):
    ns = selinuxns.Namespace(policy=policies / "many.bin", wait=3)
    accesses = [
        ("u:r:many_t", "u:r:many_other_t", "file", "read"),
        ("u:r:many_t", "u:r:many_other_t", "file", "execute"),
        ("u:r:many_t", "u:r:many_t", "process", "fork"),
        ("u:r:many_other_t", "u:r:many_t", "process", "fork"),
    ]
    assert ns.allowed(accesses) == [False, True, True, False]
    assert ns.replace(booleans={"b1": True, "b2": False}).allowed(accesses) == [True, False, True, False]
    assert ns.replace(enforcing=True, context="u:r:many_other_t").allowed(accesses[:1]) == [False]
    assert ns.allowed([]) == []
    with pytest.raises(selinuxns.Error) as caught:
        ns.allowed([("u:r:nosuch_t", "u:r:many_t", "file", "read")])
    assert (caught.value.errno, caught.value.step) == (22, "compute access")


def test_questions_that_no_policy_answers(policies):
    ns = selinuxns.Namespace(policy=policies / "many.bin", wait=3)
    me = "u:r:many_t"
    for access, sentence in (
        ((me, me, "process", "frok"), "process frok: the class has no such permission"),
        ((me, me, "prozess", "fork"), "prozess: the policy has no such class"),
    ):
        with pytest.raises(ValueError) as caught:
            ns.allowed([(me, me, "process", "fork"), access])
        assert isinstance(caught.value, selinuxns.UnknownNameError)
        assert isinstance(caught.value, FileNotFoundError) and caught.value.errno == errno.ENOENT
        assert str(caught.value) == f"compute access: {sentence}"
    # Seen to before anything is started.
    nowhere = selinuxns.Namespace(policy=policies / "many.bin", root="/nowhere")
    for wrong in ((me, me, "process"), (me, me, "process", "fork x"), (me, "", "process", "fork"),
                  (me, me, "../x", "fork"), (me + "\0", me, "process", "fork")):
        with pytest.raises(ValueError):
            nowhere.allowed([wrong])
    for wrong in ((me, me, "process", 1), (me, me, "process", None), (b"x", me, "process", "fork"), 1):
        with pytest.raises(TypeError):
            nowhere.allowed([wrong])


def test_a_watcher_that_raises_stops_nothing(kid, monkeypatch):
    seen = []
    monkeypatch.setattr(sys, "unraisablehook", lambda info: seen.append(info.exc_type))

    def watch(step, what):
        raise KeyError(step)

    assert selinuxns.Namespace(watch=watch, wait=3).run(["true"]).returncode == 0
    assert len(seen) >= 4 and set(seen) == {KeyError}


def test_a_watcher_may_call_and_fork_but_not_change(kid):
    told = []

    def watch(step, what):
        told.append(selinuxns.probe().works)
        told.append(selinuxns.Namespace(wait=3).run(["true"]).returncode)
        pid = os.fork()
        if pid == 0:
            os._exit(0 if selinuxns.probe().works else 1)
        told.append(os.waitpid(pid, 0)[1])
        with pytest.raises(RuntimeError):
            selinuxns.forget()

    assert selinuxns.Namespace(watch=watch, wait=3).run(["true"]).returncode == 0
    assert told[:3] == [True, 0, 0] and len(told) >= 12 and set(told) == {True, 0}


def test_replace_and_repr(kid):
    ns = selinuxns.Namespace(context="a", enforcing=True, booleans={"b": False})
    assert repr(ns) == "selinuxns.Namespace(context='a', enforcing=True, booleans={'b': False})"
    assert repr(ns.replace(context=None, policy=selinuxns.FROM_ROOT, enforcing=None)) == (
        "selinuxns.Namespace(policy=selinuxns.FROM_ROOT, enforcing=None, booleans={'b': False})")
    assert "kid.bin" in repr(selinuxns.Namespace(policy=kid))
