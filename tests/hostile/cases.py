# SPDX-License-Identifier: MIT
"""cases.py - what was used against container runtimes, each where it has its like here, and what
is no link: names, configurations, mounts, look-alikes of selinuxfs and /proc.

Usage: cases.py [PATTERN]
"""
import os
import re
import shutil
import sys

import hostile as h

cases = []


def case(name):
    def add(function):
        cases.append((name, function))
        return function
    return add


WHOLE = h.BY_NAME['unshareselinux']
READERS = [p for p in h.PROGRAMS if 'etc' in p.uses and not p.inside]
ROOTED = ['unshareselinux', '--root=' + h.ROOT]


def put_out_of_the_way(path):
    h.remove(f'{h.ROOT}/{path}')


def observed(argv, check, about='', **options):
    """One run; check() gives what else is wrong of it."""
    with h.Watch() as watch:
        ran = h.run(argv, **options)
    return h.told(watch.problems(ran) + check(ran), ran, about)


def refuses(program=WHOLE):
    return lambda ran: h.is_refused(program, ran)


def runs(policy='kid', where='inner'):
    return lambda ran: h.runs_inside(ran, policy, where)


def anything(_ran):
    return []


# ---- as it was done to runc, LXC and Docker --------------------------------------------------

MAGIC_FILES = ['/proc/self/exe', '/proc/thread-self/exe', f'/proc/{os.getpid()}/exe', '/proc/1/exe',
               '/proc/self/fd/7/bin/inside', '/proc/self/cwd/bin/inside',
               f'/proc/self/root{h.CANARY}/bin/inside', f'/proc/{os.getpid()}/root{h.CANARY}/bin/inside',
               f'/proc/self/task/../root{h.CANARY}/bin/inside']


@case('CVE-2019-5736: the command, an interpreter or a loader is a file of the host by a magic link')
def runc_exec():
    found = []
    for target in MAGIC_FILES:
        for fork in [], ['--fork']:
            h.fresh()
            os.symlink(target, h.ROOT + '/bin/link')
            h.write(h.ROOT + '/bin/direct', f'#!{target} --version\n', 0o755)
            h.write(h.ROOT + '/bin/indirect', '#!/bin/direct\n', 0o755)
            h.write(h.ROOT + '/bin/linked', '#!/bin/link --version\n', 0o755)
            for command in target, '/bin/link', '/bin/direct', '/bin/indirect', '/bin/linked', 'link':
                found += observed([*ROOTED, *fork, '--setenv=PATH=/bin', command, '--version'],
                                  refuses(), f'{command} {target}')
    return found


@case('CVE-2019-5736: the running program is not written to')
def runc_overwrite():
    h.fresh()
    program = h.run(['sh', '-c', 'command -v unshareselinux']).out.decode().strip()
    before = h.slurp(program)
    h.seen()
    # A shell in the root, with the machine's /proc, that tries for as long as it may.
    h.install(h.ROOT, '/bin/sh', 'bin/sh')
    attack = 'for i in 1 2 3; do for p in /proc/[0-9]*; do echo x 2>/dev/null >>$p/exe; done; done; echo over'
    ran = h.run([*ROOTED, '--fork', '/bin/sh', '-c', attack], keep=())
    return [] if h.slurp(program) == before and b'over' in ran.out else h.told(['it was changed'], ran)


@case('CVE-2024-21626: a directory of the host that a descriptor leads to, as the working directory')
def leaked_descriptor():
    found = []
    for keep in [], ['--keep-fd=7']:
        for directory in ('/proc/self/fd/7', '/proc/self/fd/7/home', '/proc/thread-self/fd/7',
                          '/proc/self/cwd', '/proc/self/fd/7/../root', f'/proc/{os.getpid()}/fd/7',
                          'proc/self/fd/7', '/home/../proc/self/fd/7'):
            h.fresh()
            found += observed([*ROOTED, *keep, '--wd=' + directory, '/bin/inside'], refuses(), directory)
    for number in range(3, 24):
        found += observed([*ROOTED, f'--wd=/proc/self/fd/{number}', '/bin/inside'], refuses(), str(number))
    return found


@case('CVE-2024-21626: no descriptor of the host reaches the command')
def descriptors():
    h.fresh()
    h.install(h.ROOT, '/bin/ls', 'bin/ls')
    return observed([*ROOTED, '--load-policy', '/bin/ls', '/proc/self/fd'],
                    lambda ran: [] if ran.out.split() == [b'0', b'1', b'2', b'3'] else ['others are open'],
                    keep=())


def fake_proc(at):
    """Files that take whatever is written, and tell lies."""
    for thread in 'self', 'thread-self':
        for name in 'attr/current', 'attr/exec', 'attr/fscreate':
            h.write(f'{at}/{thread}/{name}', 'u:r:kid_t:fake')
        h.write(f'{at}/{thread}/mountinfo', '')
        h.write(f'{at}/{thread}/status', 'Threads:\t1\nSeccomp:\t0\nCapEff:\tffffffffffffffff\n')
        os.symlink(h.CANARY, f'{at}/{thread}/root')
        os.symlink(h.CANARY + '/bin/inside', f'{at}/{thread}/exe')
    h.write(at + '/filesystems', 'nodev\tselinuxfs\n')


CONTEXT = ['--load-policy', '--context=u:r:kid_other_t']


def has_context(ran):
    return [] if ran.out.strip() == b'u:r:kid_other_t' else ['the context is not set']


@case('CVE-2019-16884, CVE-2019-19921, CVE-2025-52881: a /proc of plain files does not swallow the context')
def false_proc():
    found = []
    for how in 'files', 'tmpfs', 'link':
        h.fresh()
        h.install(h.ROOT, shutil.which('tr'), 'bin/tr')
        os.mkdir(h.ROOT + '/real')
        h.mount('/proc', h.ROOT + '/real', None, h.MS_BIND | h.MS_REC)
        target = h.ROOT + '/proc'
        try:
            if how == 'link':
                h.umount(target)
                os.rmdir(target)
                os.symlink('/false', target)
                fake_proc(h.ROOT + '/false')
            else:
                h.mount('tmpfs' if how == 'tmpfs' else h.DIR + '/shown', target,
                        'tmpfs' if how == 'tmpfs' else None, 0 if how == 'tmpfs' else h.MS_BIND)
                if how == 'tmpfs':
                    fake_proc(target)
            h.install(h.ROOT, '/bin/sh', 'bin/sh')
            found += observed([*ROOTED, *CONTEXT, '/bin/sh', '-c',
                               '/bin/tr -d "\\0" </real/thread-self/attr/current'], has_context, how)
        finally:
            if how == 'link':
                os.unlink(target)
                os.mkdir(target)
                h.mount('/proc', target, None, h.MS_BIND | h.MS_REC)
            else:
                h.umount(target)
            h.umount(h.ROOT + '/real')
    return found


@case('CVE-2025-52881: a file that is mounted over /proc/self/attr does not swallow the context')
def covered_attributes():
    found = []
    for name in 'current', 'exec':
        for source in '/proc/self/sched', '/proc/self/comm', h.DIR + '/swallow', '/dev/null':
            h.fresh()
            h.write(h.DIR + '/swallow')
            option = '--context' if name == 'current' else '--exec-context'
            script = f"""mount --bind {source} /proc/$$/task/$$/attr/{name} || exit 99
                exec unshareselinux --root={h.ROOT} --load-policy {option}=u:r:kid_other_t /bin/inside"""
            found += observed(['unshare', '-m', '--propagation=private', 'env', '-C', '/', 'sh', '-c', script],
                              refuses(), f'{name} {source}')
    return found


@case('CVE-2019-19921: an init in a root whose /proc is not procfs does nothing and says so')
def init_without_proc():
    found = []
    for how in 'nothing', 'files', 'link':
        h.fresh()
        target = h.ROOT + '/proc'
        h.umount(target)
        try:
            if how == 'files':
                fake_proc(target)
            elif how == 'link':
                os.rmdir(target)
                os.symlink('/false', target)
                fake_proc(h.ROOT + '/false')
            found += observed(h.BY_NAME['selinuxns init'].argv, refuses(h.BY_NAME['selinuxns init']), how)
            found += observed(['/sbin/selinuxns', 'doctor'],
                              lambda ran: [] if b'fail: proc: ' in ran.out and ran.status == 1
                              else ['doctor takes it for procfs'], how, chroot=h.ROOT)
            found += observed(['/sbin/selinuxns', 'status'], anything, how, chroot=h.ROOT)
        finally:
            h.remove(target)
            os.mkdir(target)
            h.mount('/proc', target, None, h.MS_BIND | h.MS_REC)
    return found


@case('CVE-2021-30465, CVE-2023-27561: mount points that are links never have selinuxfs mounted outside')
def mount_point_links():
    found = []
    for part in 'sys', 'sys/fs', 'sys/fs/selinux', 'selinux':
        for target in ('/', '..', '../..', '/proc', '/proc/self', '/proc/self/root', '/proc/1/root/sys/fs/selinux',
                       '/proc/self/fd/7', '/etc', '/sys/fs/selinux', '/home', '/dev/../sys'):
            h.fresh()
            if part == 'selinux':
                h.remove(h.ROOT + '/sys')
            elif os.path.lexists(f'{h.ROOT}/{part}'):
                h.remove(f'{h.ROOT}/{part}')
            os.symlink(target, f'{h.ROOT}/{part}')
            # Wherever in the root it is: what matters is that it is not outside.
            for program in WHOLE, h.BY_NAME['selinuxns_spawn()'], h.BY_NAME['examples/container']:
                found += observed(program.argv, anything, f'{program.name} {part} -> {target}')
    return found


@case('CVE-2025-31133, CVE-2025-52565: /dev and what is in it are not used')
def false_dev():
    found = []
    for target in h.MAGIC.values():
        h.fresh()
        for name in 'null', 'console', 'zero', 'tty', 'ptmx', 'pts', 'fd', 'shm', 'stdin', 'stdout', 'stderr':
            os.symlink(target('marker'), f'{h.ROOT}/dev/{name}')
        for program in h.PROGRAMS:
            if not program.inside:
                found += observed(program.argv, anything, program.name)
    return found


@case('CVE-2019-14271: nothing of the root is read or loaded by us once it is entered')
def nothing_loaded():
    found = []
    for target in h.MAGIC.values():
        h.fresh()
        for path in ('etc/nsswitch.conf', 'etc/passwd', 'etc/group', 'etc/localtime', 'etc/locale.alias',
                     'etc/ld.so.preload', 'etc/ld.so.cache', 'usr/lib/locale/locale-archive',
                     'usr/share/locale/locale.alias', 'usr/lib/x86_64-linux-gnu/gconv/gconv-modules'):
            os.makedirs(os.path.dirname(f'{h.ROOT}/{path}'), exist_ok=True)
            os.symlink(target(path), f'{h.ROOT}/{path}')
        # It fails after the root was entered, and has a message to make in there.
        env = dict(os.environ, LC_ALL='de_DE.UTF-8', LANGUAGE='de', TZ=':/etc/localtime')
        for command in '/bin/nosuch', 'nosuch', '/home', '/marker':
            found += observed([*ROOTED, '--load-policy', command], refuses(), command, env=env)
    return found


@case('CVE-2022-29162, CVE-2016-9962: a command that cannot be executed leaves no one behind')
def nobody_left():
    h.fresh()
    found = observed([*ROOTED, '--fork', '--load-policy', '/bin/nosuch'], refuses())
    here = os.stat(h.ROOT)
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            root = os.stat(f'/proc/{pid}/root')
        except OSError:
            continue
        if (root.st_dev, root.st_ino) == (here.st_dev, here.st_ino):
            found.append(f'process {pid} is left in the root')
    return found


# ---- configurations ----------------------------------------------------------------------------

TYPES = ['../../..', '..', '.', '/', '//', '/etc', 'kid/../kid', './kid', 'kid/', '../selinux/kid', '../../root/etc/selinux/kid',
         '', ' ', 'a' * 255, 'a' * 256, 'a' * 4096, 'a' * 100000, 'kid\nSELINUXTYPE=..', '\x1b[2Jkid', 'k\x07id',
         'k\x01id', '\xff\xfe', 'kid\rkid', '\u202ekid', '%s%n%s', '$(touch /tmp/x)', '`id`', '-kid', '*', '~', "kid'\"", 'kid kid',
         'kid\tkid', 'k\x7fid', 'self', 'proc']


@case('SELINUXTYPE with slashes, dots, control bytes')
def types():
    found = []
    for text in TYPES:
        h.fresh()
        h.write(f'{h.ROOT}/{h.CONFIG}', b'SELINUX=permissive\nSELINUXTYPE=' + text.encode('latin-1', 'backslashreplace') + b'\n')
        for program in READERS:
            found += observed(program.argv, refuses(program), f'{program.name} {text[:40]}')
    return found


@case('configurations that are large, long, or no text')
def configurations():
    found = []
    good = b'SELINUX=permissive\nSELINUXTYPE=kid\n'
    texts = {
        '100 MB': good + b'#' * (100 << 20), '100 MB of lines': b'\n' * (100 << 20) + good,
        'NULs': b'\0' * 4096 + good, 'a line of 900 kB': b'A' * 900000 + good[:-5],
        'no end of line': b'SELINUXTYPE=', 'UTF-16': good.decode().encode('utf-16'),
        'a byte order mark': b'\xef\xbb\xbfSELINUXTYPE=x\n', 'noise': bytes(range(256)) * 64,
    }
    for name, text in texts.items():
        h.fresh()
        h.write(f'{h.ROOT}/{h.CONFIG}', text)
        for program in READERS:
            if name == 'NULs':
                continue  # libselinux, too, goes on behind them
            found += observed(program.argv, refuses(program), f'{program.name} {name}')
    for name, text in {'NULs before': b'\0' * 4096 + b'\n' + good, 'as large as may be': good + b'#' * ((1 << 20) - len(good))}.items():
        h.fresh()
        h.write(f'{h.ROOT}/{h.CONFIG}', text)
        found += observed(WHOLE.argv, runs(), name)
    for mode in b'', b'\x1b[2J', b'../..', b'a' * 100000, b'enforcin', b'\0', b'1':
        h.fresh()
        h.write(f'{h.ROOT}/{h.CONFIG}', b'SELINUXTYPE=kid\nSELINUX=' + mode + b'\n')
        found += observed(WHOLE.argv, refuses(), f'the mode {mode[:20]}')
    return found


# ---- what a policy has beside its file contexts --------------------------------------------------

@case('customizable types, and contexts to mount with, that are links, FIFOs, devices, giants')
def beside_file_contexts():
    found = []
    # A look at one that is not readable takes it from the template, which has none.
    kinds = {**h.IN_ROOT, **h.NOT_THERE, **h.OUT, **h.BROKEN, **h.FILES}
    del kinds['one that cannot be read']
    for name in 'customizable_types', 'lxc_contexts', 'virtual_image_context', 'removable_context':
        for kind, make in kinds.items():
            h.fresh()
            make(f'etc/selinux/{h.TYPE}/contexts/{name}')
            for program in h.BY_NAME['selinuxns label check'], h.BY_NAME['selinuxns label apply']:
                # Types that cannot be known are an error; a context to mount with is only advice.
                allowed = (0, 1, 2) if name == 'customizable_types' else (0, 1)
                found += observed(program.argv, lambda ran: [] if ran.status in allowed else ['it is refused'],
                                  f'{program.name} {name} {kind}')
    return found


# ---- names -----------------------------------------------------------------------------------------

NAMES = ['a\nunshareselinux: load policy: forged', '\x1b]0;title\x07', '\x1b[2J\x1b[H', 'a\rb', '\x7f\x08\x08', '\xc2\x9b31m'
         , '\x01' * 200, '\u202e', 'a\tb', '%s%s%n', '\x80\xff']


def raw(name):
    return name.encode('utf-8')


@case('names with newlines and control bytes are escaped wherever they come out')
def names():
    found = []
    for name in NAMES:
        h.fresh()
        text = os.fsdecode(raw(name))
        os.mkdir(f'{h.ROOT}/home/{text}')
        os.mkfifo(f'{h.ROOT}/bin/{text}')
        for argv in (
                [*ROOTED, '--wd=/home/' + text + '/none', '/bin/inside'],
                [*ROOTED, '/bin/' + text], [*ROOTED, '/bin/none' + text], [*ROOTED, '--setenv=PATH=/' + text, text + 'x'],
                ['unshareselinux', '--dry-run', '--root=' + h.ROOT, '--wd=/home/' + text, '/bin/' + text],
                ['unshareselinux', '--verbose', '--root=' + h.ROOT, '--wd=/home/' + text, '/bin/none' + text],
                ['unshareselinux', '--status-fd=2', '--root=' + h.ROOT, '--wd=/home/' + text, '/bin/none' + text],
                ['unshareselinux', '--root=' + h.ROOT + '/' + text, '/bin/inside'],
                ['unshareselinux', '--load-policy=' + h.ROOT + '/' + text, '/bin/inside'],
                ['unshareselinux', '--load-policy=' + h.ROOT + '/bin/' + text, '/bin/inside'],
                ['unshareselinux', '--load-policy=' + h.DIR + '/kid.bin', '--context=' + text, '/bin/inside'],
                ['unshareselinux', '--load-policy=' + h.DIR + '/kid.bin', '--boolean=' + text + '=on', '/bin/inside'],
                ['selinuxns', 'load-policy', '--root=' + h.ROOT + '/' + text], ['selinuxns', 'load-policy', h.ROOT + '/' + text],
                ['selinuxns', 'label', 'check', '--root=' + h.ROOT, '/home'], ['selinuxns', 'label', 'check', '--json', '--root=' + h.ROOT, '/home'],
                ['selinuxns', 'label', 'check', '--root=' + h.ROOT, '--exclude=/' + text, '/home/' + text + '/none'],
                ['selinuxns', text], ['selinuxns', 'boolean', text], ['selinuxns', 'limits', '--maxns=' + text],
                [h.SPAWN, 'root:' + h.ROOT + '/' + text, '--', '/bin/inside']):
            found += observed(argv, anything, ascii(argv)[:160])
    return found


@case('a policy directory full of names with control bytes')
def policy_names():
    found = []
    h.fresh()
    directory = f'{h.ROOT}/etc/selinux/kid/policy'
    for name in [*map(raw, NAMES), b'policy.\x1b[2J', b'policy.33\n', b'policy.', b'policy.-1', b'policy.0', b'policy.99999999999999999999',
                 b'policy.+34', b'policy. 34', b'policy.0x21', b'policy.34 ', b'POLICY.34', b'policy.\xd9\xa3\xd9\xa4']:
        os.close(os.open(os.fsencode(directory) + b'/' + name.replace(b'/', b''), os.O_CREAT, 0o644))
    for program in READERS:
        if not program.name.endswith('--compare'):
            # Of a tree, 1 is that its labels do not fit.
            good = (0, 1) if program.name.startswith('selinuxns label') else (0,)
            found += observed(program.argv, lambda ran: [] if ran.status in good else ['it is refused'], program.name)
    os.unlink(directory + '/policy.33')
    for program in READERS:
        found += observed(program.argv, refuses(program), program.name)
    return found


@case('a policy directory of 20,000 names')
def many_names():
    h.fresh()
    for i in range(20000):
        os.close(os.open(f'{h.ROOT}/etc/selinux/kid/policy/policy.x{i}', os.O_CREAT | os.O_WRONLY))
    return observed(WHOLE.argv, runs())


# ---- mounts ------------------------------------------------------------------------------------------

@case('bind mounts over what is read: files and devices of the machine')
def binds():
    found = []
    etc, policy = h.CONFIG, h.POLICY
    for part in etc, policy:
        for source in ('/dev/null', '/dev/zero', '/dev/urandom', '/proc/self/mem', '/proc/kmsg', '/proc/self/maps',
                       '/proc/sysrq-trigger', '/sys/fs/selinux/load', '/sys/fs/selinux/policy', '/sys/fs/selinux/enforce',
                       '/dev/fuse'):
            if not os.path.exists(source):
                continue
            h.fresh()
            target = f'{h.ROOT}/{part}'
            os.unlink(target)
            h.write(target)
            h.mount(source, target, None, h.MS_BIND)
            try:
                for program in READERS:
                    if part == policy and source == '/sys/fs/selinux/policy':
                        continue  # that is one
                    found += observed(program.argv, refuses(program), f'{program.name} {part} {source}')
            finally:
                h.umount(target)
    for part in 'etc', 'etc/selinux', 'etc/selinux/kid', 'etc/selinux/kid/policy':
        for source in '/proc', '/sys/fs/selinux', '/dev', '/proc/self/fd':
            h.fresh()
            h.mount(source, f'{h.ROOT}/{part}', None, h.MS_BIND)
            try:
                for program in READERS:
                    # In a namespace of its own, the parent's selinuxfs is off, and the policy there.
                    if (program.name, source) != ('selinuxns load-policy --root', '/sys/fs/selinux'):
                        found += observed(program.argv, refuses(program), f'{program.name} {part} {source}')
            finally:
                h.umount(f'{h.ROOT}/{part}')
    return found


@case('look-alikes of selinuxfs where the root has its mount point')
def look_alikes():
    found = []
    point = h.ROOT + '/sys/fs/selinux'
    files = {'enforce': '1', 'policyvers': '1', 'mls': '0', 'load': '', 'context': '', 'access': '', 'maxns': '0',
             'deny_unknown': '1', 'class/outer_class/index': '1', 'booleans/kid_bool': '1 1', 'commit_pending_bools': ''}
    for how in 'files', 'tmpfs', "the parent's", 'links', 'proc', 'stacked':
        h.fresh()
        mounted = 0
        if how == 'tmpfs':
            h.mount('tmpfs', point, 'tmpfs')
            mounted = 1
        elif how == "the parent's":
            h.mount('/sys/fs/selinux', point, None, h.MS_BIND)
            mounted = 1
        elif how == 'proc':
            h.mount('/proc', point, None, h.MS_BIND)
            mounted = 1
        elif how == 'stacked':
            for _ in range(5):
                h.mount('/sys/fs/selinux', point, None, h.MS_BIND)
                h.mount('tmpfs', point, 'tmpfs')
            mounted = 10
        if how in ('files', 'tmpfs'):
            for name, text in files.items():
                h.write(f'{point}/{name}', text)
        elif how == 'links':
            for name in 'load', 'enforce', 'context', 'booleans', 'policy', 'maxns', 'policyvers':
                os.symlink(f'/proc/self/cwd/{name}', f'{point}/{name}')
        try:
            for program in WHOLE, h.BY_NAME['unshareselinux --fork'], h.BY_NAME['selinuxns_spawn()'], \
                    h.BY_NAME['selinuxns init']:
                found += observed(program.argv, runs(), f'{program.name} {how}')
            # The wanted mode and boolean are those of the namespace, not of the look-alike.
            h.install(h.ROOT, '/bin/cat', 'bin/cat')
            found += observed([*ROOTED, '--load-policy', '--boolean=kid_bool=on', '/bin/cat',
                               '/sys/fs/selinux/booleans/kid_bool', '/sys/fs/selinux/enforce'],
                              lambda ran: [] if ran.out.rstrip(b'\0') == b'1 10' else ['mode or boolean are not as asked for'], how)
        finally:
            for _ in range(mounted):
                h.umount(point)
    return found


@case('a root on which much is mounted')
def much_mounted():
    h.fresh()
    os.mkdir(h.ROOT + '/m')
    for i in range(300):
        h.mount('tmpfs', h.ROOT + '/m', 'tmpfs')
    try:
        return observed(WHOLE.argv, runs())
    finally:
        for i in range(300):
            h.umount(h.ROOT + '/m')


@case('mount points of selinuxfs with newlines and control bytes in their names')
def mounted_names():
    found = []
    for name in NAMES:
        h.fresh()
        text = os.fsdecode(raw(name))
        os.mkdir(f'{h.ROOT}/home/{text}')
        h.mount('/sys/fs/selinux', f'{h.ROOT}/home/{text}', None, h.MS_BIND)
        try:
            found += observed(WHOLE.argv, runs(), ascii(name))
            found += observed(['unshareselinux', 'selinuxns', 'status'], anything, ascii(name))
            found += observed(['selinuxns', 'status', '--json'], anything, ascii(name))
        finally:
            h.umount(f'{h.ROOT}/home/{text}')
    return found


# ---- programs ------------------------------------------------------------------------------------------

@case('programs with headers that lie')
def headers():
    found = []
    good = h.slurp(h.TEMPLATE + '/bin/inside')
    offset = int.from_bytes(good[32:40], 'little')
    lies = {'no parts': (56, b'\0\0'), 'too many parts': (56, b'\xff\xff'), 'parts beyond the end': (32, b'\xff' * 8),
            'parts of another size': (54, b'\x01\0'), 'a loader beyond the end': (offset + 56 + 8, b'\xff' * 7 + b'\x7f'),
            'a loader without an end': (offset + 56 + 32, b'\xff' * 7 + b'\x7f')}
    for name, (at, value) in lies.items():
        h.fresh()
        h.remove(h.ROOT + '/bin/inside')
        h.write(h.ROOT + '/bin/inside', good[:at] + value + good[at + len(value):], 0o755)
        found += observed([*ROOTED, '/bin/inside'], anything, name)
    for text in b'#!', b'#!\n', b'#! \t \n', b'#!' + b'/' * 5000, b'#!\0/bin/inside\n', b'#!/bin/script\n', b'#!./x\n', b'#!' + b'a' * 255 + b'\n':
        h.fresh()
        h.remove(h.ROOT + '/bin/script')
        h.write(h.ROOT + '/bin/script', text, 0o755)
        found += observed([*ROOTED, '/bin/script'], refuses(), ascii(text[:20]))
    return found


@case('a chain of scripts that is longer than the kernel follows')
def scripts():
    h.fresh()
    for i in range(12):
        h.write(f'{h.ROOT}/bin/s{i}', f'#!/bin/s{i + 1}\n', 0o755)
    h.write(h.ROOT + '/bin/s12', '#!/proc/self/cwd/bin/inside\n', 0o755)
    return observed([*ROOTED, '/bin/s0'], refuses())


def main(pattern=''):
    h.prepare()
    h.control()
    for name, function in cases:
        if re.search(pattern, name):
            h.verdict(name, function())
    h.finish()


main(*sys.argv[1:])
