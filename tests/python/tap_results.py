# SPDX-License-Identifier: MIT
"""A pytest plugin: the results as TAP, in place of the terminal's report (-p no:terminal)."""

import os

# Of this file's import, before pytest has taken the descriptor away.
_out = os.fdopen(os.dup(1), "w")
_count = 0
_failed = {}


def _say(line):
    _out.write(line + "\n")
    _out.flush()


def _result(ok, name, directive="", details=""):
    global _count
    _count += 1
    for line in str(details).splitlines():
        _say("# " + line)
    _say(f"{'ok' if ok else 'not ok'} {_count} - {name}{directive}")


def _name(nodeid):
    """Without what begins a directive in TAP."""
    file, colons, test = nodeid.partition("::")
    return (file.rpartition("/")[2] + colons + test).replace("#", "")


def pytest_addoption(parser):
    """An option of the terminal's that pytest looks at when an assertion fails."""
    parser.addoption("--verbose", type=int, default=0, dest="verbose")


def pytest_collectreport(report):
    if report.failed:
        _result(False, _name(report.nodeid), details=report.longrepr)
    elif report.skipped:
        _result(True, _name(report.nodeid), f" # SKIP {report.longrepr[2]}")


def pytest_runtest_logreport(report):
    name = _name(report.nodeid)
    if report.failed:
        details = "\n".join([str(report.longrepr), *(text for _, text in report.sections)])
        _failed[name] = _failed.get(name, "") + details
    elif report.skipped:
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        _result(True, name, f" # SKIP {str(why).removeprefix('Skipped: ')}")
        _failed[name] = None
    if report.when != "teardown":
        return
    details = _failed.pop(name, "")
    if details is not None:
        _result(not details, name, details=details)


def pytest_sessionfinish():
    _say(f"1..{_count}")
