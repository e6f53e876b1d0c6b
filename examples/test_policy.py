# SPDX-License-Identifier: MIT
"""A regression test of a policy: what it must allow, what it must not, and that it works.

Run it by pytest --selinux-policy=FILE examples/test_policy.py; without a file it tests the policy
that the machine is configured to use. The policy is loaded into namespaces of their own.
"""

import pytest

ADMIN = "unconfined_u:unconfined_r:unconfined_t:s0"
CHECKER = "system_u:system_r:chkpwd_t:s0"
SHADOW = "system_u:object_r:shadow_t:s0"


@pytest.mark.parametrize("access", [
    (ADMIN, ADMIN, "process", "fork"),
    (CHECKER, SHADOW, "file", "read"),
], ids=" ".join)
def test_what_must_be_allowed(selinux_namespace, access):
    assert selinux_namespace.allowed([access]) == [True]


@pytest.mark.parametrize("access", [
    (CHECKER, SHADOW, "file", "execute"),
    ("user_u:user_r:user_t:s0", SHADOW, "file", "read"),
], ids=" ".join)
def test_what_must_not(selinux_namespace, access):
    assert selinux_namespace.allowed([access]) == [False]


@pytest.mark.selinux(context=ADMIN, enforcing=True)
def test_an_administrator_is_not_locked_out(selinux_namespace):
    done = selinux_namespace.run("getenforce; id -Z", shell=True, capture_output=True, text=True)
    assert done.stdout == f"Enforcing\n{ADMIN}\n"
