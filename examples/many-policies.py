#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Load policies into namespaces, all at once, and tell which of a list of accesses each allows.

Usage: many-policies.py ACCESSES POLICY...

ACCESSES is a file with an access a line: source context, target context, class, permission. The
policy of the machine stays as it is.
"""

import sys
from concurrent.futures import ThreadPoolExecutor

import selinuxns


def read_accesses(path):
    """The accesses of a file, without empty lines and comments."""
    with open(path, encoding="utf-8") as file:
        lines = [line.split() for line in file]
    return [tuple(words) for words in lines if words and not words[0].startswith("#")]


def ask(policy, accesses):
    """A word for each access; or for all of them why it could not be asked."""
    try:
        # A namespace that has just ended may count for a second more.
        allowed = selinuxns.Namespace(policy=policy, wait=5).allowed(accesses)
    except selinuxns.Error as error:
        return str(error)
    return ["allowed" if yes else "denied" for yes in allowed]


def main(path, *policies):
    """Ask all policies, and print the answers in their order."""
    accesses = read_accesses(path)
    failed = False
    with ThreadPoolExecutor(len(policies)) as pool:
        for policy, answer in zip(policies, pool.map(lambda p: ask(p, accesses), policies)):
            if isinstance(answer, str):
                print(f"{policy}: {answer}")
                failed = True
                continue
            for access, word in zip(accesses, answer):
                print(f"{policy}: {word}: {' '.join(access)}")
    return 2 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
