# SPDX-License-Identifier: MIT
"""The pytest plugin, by runs of pytest as its users have them."""

import subprocess
import sys

import pytest

TESTS = """
import pytest, selinuxns

def test_default(selinux_namespace):
    done = selinux_namespace.run(["id", "-Z"], capture_output=True, text=True, check=True)
    assert done.stdout == {default!r}

@pytest.mark.selinux(context="u:r:kid_other_t", enforcing=True, policy={kid!r})
def test_marked(selinux_namespace):
    done = selinux_namespace.run("id -Z; getenforce", shell=True, capture_output=True, text=True)
    assert done.stdout == "u:r:kid_other_t\\nEnforcing\\n"
    assert selinux_namespace.allowed([("u:r:kid_t", "u:r:kid_t", "process", "fork")]) == [True]

@pytest.mark.selinux(context="u:r:kid_t", policy={kid!r})
class TestClass:
    @pytest.mark.selinux(context="u:r:kid_other_t")
    def test_nearest_counts(self, selinux_namespace):
        done = selinux_namespace.run(["id", "-Z"], capture_output=True, text=True)
        assert done.stdout == "u:r:kid_other_t\\n"
"""


@pytest.fixture
def results(tmp_path):
    """Run the tests above, with options; the last line of the report, and all of it."""

    def run(*options, prefix=(), default="system_u:system_r:kernel_t:s0\n", kid=""):
        (tmp_path / "test_it.py").write_text(TESTS.format(default=default, kid=kid))
        done = subprocess.run(
            [*prefix, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--strict-markers",
             "-rs", "--rootdir", tmp_path, *options, "test_it.py"],
            cwd=tmp_path, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    return run


def test_the_machines_policy_and_the_marker(results, kid):
    status, output = results(kid=kid)
    assert status == 0 and "3 passed" in output, output


def test_a_policy_by_option_and_by_configuration(results, kid, tmp_path):
    status, output = results("--selinux-policy", kid, kid=kid, default="u:r:kid_t\n")
    assert status == 0 and "3 passed" in output, output
    (tmp_path / "pytest.ini").write_text(f"[pytest]\nselinux_policy = {kid}\n")
    status, output = results(kid=kid, default="u:r:kid_t\n")
    assert status == 0 and "3 passed" in output, output


def test_a_wrong_policy_fails(results, kid, tmp_path):
    (tmp_path / "wrong").write_text("no policy")
    status, output = results("--selinux-policy", "wrong", "-k", "default", kid=kid)
    assert status == 1 and "1 error" in output and "parse policy" in output, output


def test_where_none_can_be_made_it_skips_or_fails(results, kid):
    nobody = ("setpriv", "--reuid=0", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin")
    status, output = results(kid=kid, prefix=nobody)
    assert status == 0 and "3 skipped" in output and "check privilege: CAP_SYS_ADMIN" in output, output
    status, output = results("--selinux-required", kid=kid, prefix=nobody)
    assert status == 1 and "3 errors" in output, output


def test_it_can_be_named_without_the_metadata(results, kid, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    status, output = results(kid=kid)
    assert status != 0
    (tmp_path / "conftest.py").write_text('pytest_plugins = "selinuxns.pytest_plugin"\n')
    status, output = results(kid=kid)
    assert status == 0 and "3 passed" in output, output
