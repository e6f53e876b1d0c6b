# SPDX-License-Identifier: MIT
"""races.py - someone exchanges a part of a path with something hostile, as fast as it goes, while the
programs read it. Whatever a run finds, it is refused or runs inside; the canary is never reached.

Usage: races.py [PATTERN]. TEST_TIMES: how often each program runs in each race.
"""
import os
import re
import signal
import subprocess
import sys

import hostile as h

TIMES = int(os.environ.get('TEST_TIMES', 3))
NAMES = ['unshareselinux', 'unshareselinux --fork', 'selinuxns_spawn()', 'selinuxns load-policy --root --check',
         'selinuxns label check', 'selinuxns label apply']
PARTS = {
    'configuration': ('etc', [h.CONFIG, 'etc/selinux', 'etc']),
    'policy': ('etc', [h.POLICY, f'etc/selinux/{h.TYPE}/policy', f'etc/selinux/{h.TYPE}']),
    'file contexts': ('contexts', [f'etc/selinux/{h.TYPE}/contexts/files/file_contexts', f'etc/selinux/{h.TYPE}/contexts']),
    'labelled tree': ('tree', ['home/sub/marker', 'home/sub', 'home']),
    'mount point': ('sys', ['sys/fs/selinux', 'sys/fs', 'sys']),
    'working directory': ('home', ['home/sub', 'home']),
    'command': ('bin', ['bin/inside', 'bin']),
}
KINDS = {name: {**h.NOT_THERE, **h.OUT, **h.FILES}[name] for name in (
    'a link that leads outside', 'a relative link that leads outside', 'a link to /proc/self/root',
    'a link to /proc/self/fd/7', 'a link to /proc/PID/cwd', 'a FIFO', '/dev/zero', 'a sparse file of a terabyte',
    'an empty directory')}


def race(use, part, kind):
    """What was not as it must be, and how many runs got through to the end."""
    h.fresh()
    # The other name is beside it, so that the two can be exchanged.
    os.rename(f'{h.ROOT}/{part}', f'{h.ROOT}/{part}.kept')
    KINDS[kind](part)
    swapper = subprocess.Popen([h.BUILD + '/tests/programs/swap', f'{h.ROOT}/{part}', f'{h.ROOT}/{part}.kept'])
    found, ran_inside = [], 0
    try:
        for name in NAMES:
            program = h.BY_NAME[name]
            # A script can only be executed by its path: a limit that SECURITY.md names.
            if use not in program.uses or (use == 'bin' and 'script' in program.argv[-1]):
                continue
            for _ in range(TIMES):
                with h.Watch() as watch:
                    ran = h.start(program)
                problems = watch.problems(ran)
                done = b'ran' in ran.out.splitlines() or ran.out.endswith(b'good\n') or b'files: ' in ran.out
                ran_inside += done
                if done and b'policy: outer' in ran.out or b'in: outer' in ran.out:
                    problems.append('it got something from outside')
                if not done and b': ' not in ran.err + ran.out:
                    problems.append('neither did it run, nor is there a message')
                found += h.told(problems, ran, f'{name} {kind}')
    finally:
        swapper.send_signal(signal.SIGKILL)
        swapper.wait()
    for name in part, part + '.kept':
        h.remove(f'{h.ROOT}/{name}')
    return found, ran_inside


def main(pattern=''):
    h.prepare()
    h.control()
    total = 0
    for what, (use, parts) in PARTS.items():
        if not re.search(pattern, what):
            continue
        for part in parts:
            found = []
            for kind in KINDS:
                problems, ran_inside = race(use, part, kind)
                found += problems
                total += ran_inside
            h.verdict(f'{what}: {part} is exchanged with {len(KINDS)} things while it is read', found)
    h.verdict('and the races were ones: some runs found the root as it should be',
              [] if total else ['none did'])
    h.finish()


main(*sys.argv[1:])
