# SPDX-License-Identifier: MIT
"""What a namespace shall be: checked, and made for a command or for this process."""

from __future__ import annotations

import enum
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import _loading, _selinuxns
from ._errors import Error
from ._policy import Policy
from ._system import check_booleans, check_flag, milliseconds

if TYPE_CHECKING:
    import subprocess

    from ._aio import Process
    from ._process import Popen
    from ._types import Arguments, Environment, Path, Source


class _FromRoot(enum.Enum):
    """The type of FROM_ROOT."""

    FROM_ROOT = "the policy that the root is configured to use"

    def __repr__(self) -> str:
        return "selinuxns.FROM_ROOT"


FROM_ROOT = _FromRoot.FROM_ROOT
"""As a namespace's policy: the one that its root is configured to use, found at each use."""


class Result(enum.Enum):
    """What came of a check. NOT_CHECKED: it could not be asked, the set-up may still fail."""

    PASSED = 0
    FAILED = 1
    NOT_CHECKED = 2


@dataclass(frozen=True)
class Check:
    """A check that was made: its name, what was checked ("" for nothing), the result, and why."""

    name: str
    object: str
    result: Result
    message: str

    def __str__(self) -> str:
        where = f": {self.object}" if self.object else ""
        return f"{self.result.name.lower().replace('_', ' ')}: {self.name}{where}: {self.message}"


@dataclass(frozen=True)
class Step:
    """A step that the set-up would take, and what it works on ("" for nothing)."""

    name: str
    object: str

    def __str__(self) -> str:
        return f"{self.name}: {self.object}" if self.object else self.name


@dataclass(frozen=True)
class Plan:
    """All checks that were made; and the steps that would follow, in order, if none failed."""

    checks: tuple[Check, ...]
    steps: tuple[Step, ...]
    error: Error | None

    @property
    def ok(self) -> bool:
        """Did no check fail?"""
        return self.error is None

    def __iter__(self) -> Iterator[Check]:
        return iter(self.checks)

    def __len__(self) -> int:
        return len(self.checks)


def fill_environment(plan: _selinuxns.Plan, env: Environment | None) -> None:
    """Set a plan's environment as subprocess takes it."""
    if env is None:
        plan.set_environment(None)
        return
    strings = []
    for name, value in env.items():
        name = os.fsencode(name)
        if b"=" in name:
            raise ValueError("illegal environment variable name")
        strings.append(name + b"=" + os.fsencode(value))
    plan.set_environment(tuple(strings))


def keep_descriptors(plan: _selinuxns.Plan, pass_fds: Iterable[int]) -> None:
    """Have the command inherit these; of a negative one the plan would make all of them."""
    for fd in pass_fds:
        if fd < 0:
            raise ValueError("bad value(s) in pass_fds")
        plan.keep_fd(fd)


def argument_list(args: Arguments) -> tuple[bytes, ...]:
    """A command as the extension takes it.

    >>> argument_list("id"), argument_list(["id", b"-Z"])
    ((b'id',), (b'id', b'-Z'))
    """
    if isinstance(args, (str, bytes, os.PathLike)):
        args = (args,)
    words = tuple(os.fsencode(arg) for arg in args)
    if any(b"\0" in word for word in words):
        raise ValueError("embedded null byte")
    return words


class Namespace:
    """What an SELinux namespace shall be. Nothing is made before it is used, any number of times.

    root:
        the root directory of the command; all paths are resolved inside. None: the caller's.
    policy:
        what is loaded: a path, an object with a policy's bytes, a file or a :class:`Policy`,
        which is opened now; or ``FROM_ROOT``; or None, for none.
    context, exec_context:
        the context of that policy that the process takes on before the mode is set, and the one
        that its next exec gives.
    enforcing:
        True or False, or None for what the root's /etc/selinux/config says.
    booleans:
        values of the policy's booleans that are not the policy's own.
    mount:
        mount selinuxfs in the root, also if there is no policy.
    wait:
        for how many seconds to wait while a limit is reached.
    death_signal:
        what a command gets when the thread that spawned it ends, 0 for nothing.
    watch:
        called with the name and the object of each step, before it is taken.

    >>> import selinuxns
    >>> ns = selinuxns.Namespace(policy=selinuxns.FROM_ROOT)
    >>> ns.run(["selinuxunshared"], capture_output=True, text=True).stdout
    '0\\n'
    """

    def __init__(
        self,
        *,
        root: Path | None = None,
        policy: Source | _FromRoot | None = None,
        context: str | None = None,
        exec_context: str | None = None,
        enforcing: bool | None = False,
        booleans: Mapping[str, bool] | None = None,
        mount: bool = False,
        wait: float = 0.0,
        death_signal: int = 0,
        watch: Callable[[str, str], object] | None = None,
    ) -> None:
        if enforcing is not None and not isinstance(enforcing, bool):
            raise TypeError(f"enforcing is True, False or None, not {enforcing!r}")
        if policy is not None and not isinstance(policy, _FromRoot):
            policy = Policy.open(policy)
        self._settings: dict[str, Any] = {
            "root": root,
            "policy": policy,
            "context": context,
            "exec_context": exec_context,
            "enforcing": enforcing,
            "booleans": dict(booleans or {}),
            "mount": mount,
            "wait": wait,
            "death_signal": death_signal,
            "watch": watch,
        }
        # What cannot be meant is said here, not at the first use.
        self.make_plan()

    def replace(self, **changes: Any) -> Namespace:
        """The same, but for some arguments of the constructor.

        >>> import selinuxns
        >>> selinuxns.Namespace().replace(enforcing=None)
        selinuxns.Namespace(enforcing=None)
        """
        return type(self)(**{**self._settings, **changes})

    def __repr__(self) -> str:
        words = [
            f"{name}={value!r}"
            for name, value in self._settings.items()
            if value or (name == "enforcing" and value is None)
        ]
        return f"selinuxns.Namespace({', '.join(words)})"

    def make_plan(self) -> _selinuxns.Plan:
        """A plan of the library's, for one use."""
        settings = self._settings
        plan = _selinuxns.Plan()
        plan.set_root(settings["root"])
        plan.set_mount(check_flag("mount", settings["mount"]))
        if settings["policy"] is FROM_ROOT:
            plan.set_policy_from_root(True)
        elif settings["policy"] is not None:
            plan.set_policy(settings["policy"])
        for name, on in check_booleans(settings["booleans"]):
            plan.set_boolean(os.fsdecode(name), on)
        plan.set_context(settings["context"])
        plan.set_exec_context(settings["exec_context"])
        plan.set_mode(2 if settings["enforcing"] is None else int(settings["enforcing"]))
        plan.set_wait(milliseconds(settings["wait"]))
        plan.set_death_signal(settings["death_signal"])
        if settings["watch"] is not None:
            plan.set_watch(settings["watch"])
        return plan

    def plan(
        self,
        args: Arguments | None = None,
        *,
        cwd: Path | None = None,
        env: Environment | None = None,
    ) -> Plan:
        """Would it work, for this command? All checks, and the steps. Changes nothing.

        >>> import selinuxns
        >>> plan = selinuxns.Namespace(policy=selinuxns.FROM_ROOT).plan(["true"])
        >>> plan.ok, str(plan.steps[-1])
        (True, 'execute: true')
        """
        plan = self.make_plan()
        plan.set_workdir(cwd)
        fill_environment(plan, env)
        found, error = plan.check(argument_list(args)[0] if args else None, True)
        steps = tuple(Step(name, obj) for name, obj, result, _ in found if result == 3)
        checks = tuple(
            Check(name, obj, Result(result), message)
            for name, obj, result, message in found
            if result != 3
        )
        return Plan(checks, steps, error)

    # ---- a command in a namespace; this process stays in its own -----------------------

    def Popen(self, args: Arguments, *more: Any, **kwargs: Any) -> Popen:
        """Start a command in a namespace of its own: as :class:`subprocess.Popen`.

        See :class:`selinuxns.Popen` for the few arguments that it does not take.
        """
        with _loading:
            from ._process import Popen

        return Popen(self, args, *more, **kwargs)

    def run(
        self,
        args: Arguments,
        *more: Any,
        input: Any = None,
        capture_output: bool = False,
        timeout: float | None = None,
        check: bool = False,
        **kwargs: Any,
    ) -> subprocess.CompletedProcess[Any]:
        """Run a command in a namespace of its own, and wait for it: as :func:`subprocess.run`.

        ``timeout`` begins when the command is executed; the set-up before is not part of it.

        >>> import selinuxns
        >>> selinuxns.Namespace().run(["sh", "-c", "cat; exit 3"], input="hello",
        ...                           capture_output=True, text=True)
        CompletedProcess(args=['sh', '-c', 'cat; exit 3'], returncode=3, stdout='hello', stderr='')
        """
        with _loading:
            from ._process import run

        return run(self, args, more, input, capture_output, timeout, check, kwargs)

    async def create_subprocess_exec(
        self, program: Path, *args: Path, **kwargs: Any
    ) -> Process:
        """As :func:`asyncio.create_subprocess_exec`."""
        with _loading:
            from ._aio import create_subprocess

        return await create_subprocess(self, [program, *args], kwargs)

    async def create_subprocess_shell(self, cmd: str | bytes, **kwargs: Any) -> Process:
        """As :func:`asyncio.create_subprocess_shell`."""
        with _loading:
            from ._aio import create_subprocess

        return await create_subprocess(self, cmd, {**kwargs, "shell": True})

    async def run_async(
        self,
        args: Arguments,
        *,
        input: Any = None,
        capture_output: bool = False,
        timeout: float | None = None,
        check: bool = False,
        **kwargs: Any,
    ) -> subprocess.CompletedProcess[Any]:
        """As :meth:`run`, without keeping the event loop waiting. What it reads is bytes."""
        with _loading:
            from ._aio import run

        return await run(self, args, input, capture_output, timeout, check, kwargs)

    def allowed(self, accesses: Iterable[tuple[str, str, str, str]]) -> list[bool]:
        """Which of these accesses would its policy allow? A bool for each.

        An access is (source context, target context, class, permission). The policy is loaded into
        a namespace for that, with the booleans of this one, and asked there: by this
        Python, which must be found in the root.

        For a class that the policy has not, or a permission that the class has not, it raises
        :exc:`UnknownNameError`, which is a ValueError.

        >>> import selinuxns
        >>> kernel = "system_u:system_r:kernel_t:s0"
        >>> ns = selinuxns.Namespace(policy=selinuxns.FROM_ROOT, wait=2)
        >>> ns.allowed([(kernel, kernel, "process", "fork")])
        [True]
        >>> ns.allowed([(kernel, kernel, "process", "frok")])
        Traceback (most recent call last):
            ...
        selinuxns._errors.UnknownNameError: compute access: process frok: ...
        """
        with _loading:
            from ._access import allowed_in

        return allowed_in(self.replace(enforcing=False, context=None, exec_context=None), accesses)

    # ---- for this process -----------------------------------------------------------------

    def setup(self, command: Arguments | None = None) -> None:
        """Set up the namespace for this process, which must have one thread; no way back.

        First all is checked, also for ``command`` if it is executed next. When a check fails,
        nothing has changed; when a step fails, the process must not go on.
        """
        self.make_plan().setup(argument_list(command)[0] if command else None)

    def exec(
        self,
        args: Arguments,
        *,
        cwd: Path | None = None,
        env: Environment | None = None,
        pass_fds: Iterable[int] = (),
        close_fds: bool = True,
    ) -> None:
        """Set up this process, which must have one thread, and execute a command in its place.

        Returns only by an exception; unless that names a check, the process must not go on.
        """
        plan = self.make_plan()
        plan.set_workdir(cwd)
        fill_environment(plan, env)
        keep_descriptors(plan, pass_fds)
        if not close_fds:
            plan.keep_fd(-1)
        plan.exec(argument_list(args))
