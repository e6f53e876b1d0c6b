# SPDX-License-Identifier: MIT
"""The examples in the docstrings, run."""

import doctest

import pytest

PARTS = ("_access _aio _errors _labels _namespace _policy _process _selinuxns _status _system "
         "_tree pytest_plugin").split()


@pytest.mark.parametrize("part", PARTS)
def test_docstrings(part):
    module = __import__(f"selinuxns.{part}", fromlist=[part])
    done = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert done.failed == 0
    with_examples = {"_aio": 0, "pytest_plugin": 0}
    assert done.attempted >= with_examples.get(part, 1), "it has no examples any more"
