# SPDX-License-Identifier: MIT
"""A pytest plugin: the fixture selinux_namespace, for tests of policies.

It is found by pytest where the package is installed with its metadata, and else by
``pytest_plugins = "selinuxns.pytest_plugin"``. It must stay cheap to import: it is part of every
run of pytest on the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from . import Namespace


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options and the settings of the configuration file."""
    group = parser.getgroup("selinuxns", "SELinux namespaces")
    group.addoption(
        "--selinux-policy",
        metavar="FILE",
        help="the policy of the fixture selinux_namespace",
    )
    group.addoption(
        "--selinux-required",
        action="store_true",
        help="let tests fail, rather than be skipped, where no SELinux namespace can be made",
    )
    parser.addini("selinux_policy", "the policy of the fixture selinux_namespace", default="")


def pytest_configure(config: pytest.Config) -> None:
    """The marker."""
    config.addinivalue_line(
        "markers",
        "selinux(**settings): the arguments of selinuxns.Namespace for the fixture "
        "selinux_namespace",
    )


@pytest.fixture
def selinux_namespace(request: pytest.FixtureRequest) -> Iterator[Namespace]:
    """A selinuxns.Namespace, in which the test runs its commands.

    Its settings are those of ``@pytest.mark.selinux(...)``; its policy, where they name none, that
    of ``--selinux-policy`` or of ``selinux_policy`` in the configuration file, or else the one that
    the machine is configured to use. A test is skipped, with the reason, where no namespace can be
    made at all; a policy that is wrong makes it fail.
    """
    import selinuxns

    plan = selinuxns.Namespace().plan()
    if plan.error is not None:
        why = f"no SELinux namespace can be made here: {plan.error}"
        if request.config.getoption("--selinux-required"):
            pytest.fail(why)
        pytest.skip(why)
    # Of several markers the nearest to the test counts.
    settings: dict[str, Any] = {"wait": 2.0}
    for mark in reversed(list(request.node.iter_markers("selinux"))):
        settings.update(mark.kwargs)
    if "policy" not in settings:
        named = request.config.getoption("--selinux-policy")
        if not named and request.config.getini("selinux_policy"):
            named = str(request.config.rootpath / request.config.getini("selinux_policy"))
        settings["policy"] = named or selinuxns.FROM_ROOT
    yield selinuxns.Namespace(**settings)
