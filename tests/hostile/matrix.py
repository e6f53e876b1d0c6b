# SPDX-License-Identifier: MIT
"""matrix.py - every part of every path that is used of a root, times everything that can be in its
place, times every program that reads a root. The matrix is made of the tables; a new part, kind or
program is one more line in one of them.

Usage: matrix.py [PROGRAM-PATTERN [KIND-PATTERN [PART-PATTERN]]]
"""
import os
import re
import sys

import hostile as h

LOADER = h.loader()
ETC = ['etc', 'etc/selinux', h.CONFIG, f'etc/selinux/{h.TYPE}', f'etc/selinux/{h.TYPE}/policy', h.POLICY]
PARTS = {
    'etc': ETC,
    'contexts': [*ETC[:4], *(f'etc/selinux/{h.TYPE}/contexts{rest}' for rest in ('', '/files', '/files/file_contexts'))],
    'sys': ['sys', 'sys/fs', 'sys/fs/selinux'],
    'home': ['home', 'home/sub'],
    'tree': ['home', 'home/sub', 'home/marker', 'home/sub/marker'],
    'bin': ['bin', 'bin/inside', LOADER.split('/')[0], LOADER],
    'interp': ['bin/script', 'interp', 'interp/inside'],
}
# libselinux reads /etc/selinux/config and looks for selinuxfs, by their paths, in a constructor:
# before a program that starts inside of a root has any say.
LIBSELINUX = ETC[:3] + PARTS['sys']
LABEL_TREE = 'selinuxns label check', 'selinuxns label apply'


def uses(program):
    for use in program.uses.split():
        for part in PARTS[use]:
            if part == 'bin/inside' and 'script' in program.argv[-1]:
                continue
            yield use, part


def twin_result(use):
    """Policy and place, where the part is found in the root's own copy of the canary."""
    return ('twin' if use in ('etc', 'contexts') else 'kid'), ('twin' if use == 'home' else 'inner')


def succeeds(program, ran, use, policy, where):
    if program.name == 'selinuxns doctor':
        wanted = b'pass: configured policy: ' if use == 'etc' else b'pass: mount point: '
        return [] if b'\n' + wanted in ran.out else ['a condition fails']
    if program.name.endswith('--check'):
        return [] if ran.status == 0 and b'good' in ran.out else ['the policy is refused']
    if program.name == 'selinuxns label lookup':
        return [] if f':{policy}_security_t'.encode() in ran.out else [f'it is not that of {policy}']
    if program.name in LABEL_TREE:
        # 2, where the policy is the twin's, and the file contexts ask for what it has not.
        return [] if ran.status in (0, 1, 2) and re.search(rb'^files: [1-9]', ran.out, re.M) else ['no file was looked at']
    if program.name == 'selinuxns load-policy --root':
        return [] if ran.out == b'same\n' else ['the policy is not loaded']
    if program.name.endswith('--compare'):
        return [] if ran.status == 1 else ['the policies are not compared']
    if 'home' not in program.uses:
        where = 'inner'
    if program.name in ('unshareselinux --dry-run', 'selinuxns_plan_check()'):
        return [] if ran.status == 0 and b'FAILED' not in ran.out and b'-1' not in ran.out \
            else ['the check fails']
    return h.runs_inside(ran, policy, where)


def nothing_to_do(program, part, kind):
    """An init in a root without a configuration has nothing to do."""
    return program.name == 'selinuxns init' and part in ETC[:3] and (
        kind in ('a dangling link', 'a link that is longer than any path', 'nothing')
        or kind in h.NOT_THERE
        or (part == h.CONFIG and re.search('empty file|file of', kind) and 'sparse' not in kind)
        or (part != h.CONFIG and kind == 'an empty directory'))


def case(program, use, part, kind, make):
    """One run; returns what was not as it must be."""
    twin = kind in h.IN_ROOT
    h.fresh('', twin)
    h.remove(f'{h.ROOT}/{part}')
    make(part)
    with h.Watch() as watch:
        ran = h.start(program, unprivileged=kind == 'one that cannot be read')
    found = watch.problems(ran, not (program.inside and part in LIBSELINUX and kind in h.OUT))
    if (part == 'sys/fs/selinux' and kind in ('an empty directory', 'one that cannot be read')) or \
            (part == 'home/sub' and kind == 'an empty directory'):
        found += succeeds(program, ran, use, 'kid', 'none' if use == 'home' else 'inner')
    elif part == 'home/sub' and kind == 'one that cannot be read' and 'bin' not in program.uses:
        pass  # O_PATH does not tell: the step will
    elif twin:
        found += succeeds(program, ran, use, *twin_result(use))
    elif use == 'tree':
        # Whatever is there is what is to be labelled; without the tree it is an error.
        gone = part == 'home' and kind in ('nothing', 'one that cannot be read')
        found += h.is_refused(program, ran) if gone else succeeds(program, ran, use, 'kid', 'inner')
    elif program.name in LABEL_TREE and kind in ('an empty file', 'a file of NULs') and part.endswith('file_contexts'):
        found += succeeds(program, ran, use, 'kid', 'inner')  # nothing is asked for
    elif use == 'contexts' and kind in ('an empty file', 'a file of NULs') and part.endswith('file_contexts'):
        found += [] if b'"no-match"' in ran.out and ran.status == 1 else ['a context is found in it']
    elif nothing_to_do(program, part, kind):
        found += h.runs_inside(ran, 'none', 'inner')
    else:
        found += h.is_refused(program, ran)
    h.fresh(part.split('/')[0], twin)
    return h.told(found, ran, kind)


def main(program_pattern='', kind_pattern='', part_pattern=''):
    h.prepare()
    h.control()
    kinds = {**h.IN_ROOT, **h.NOT_THERE, **h.OUT, **h.BROKEN, **h.FILES}
    kinds = {kind: make for kind, make in kinds.items() if re.search(kind_pattern, kind)}
    for program in h.PROGRAMS:
        if not re.search(program_pattern, program.name):
            continue
        h.fresh()
        with h.Watch() as watch:
            ran = h.start(program)
        h.verdict(f'{program.name}: a root as it should be', h.told(
            watch.problems(ran) + succeeds(program, ran, 'etc', 'kid', 'inner'), ran))
        for use, part in uses(program):
            if not re.search(part_pattern, part):
                continue
            found = [problem for kind, make in kinds.items()
                     for problem in case(program, use, part, kind, make)]
            h.verdict(f'{program.name}: {part}: {len(kinds)} things that it should not be', found)
    h.finish()


main(*sys.argv[1:])
