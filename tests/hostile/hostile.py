# SPDX-License-Identifier: MIT
"""hostile.py - a hostile root directory, the programs that read one, and what must hold of each run.

Used by the scripts beside it, in a simulated kernel that lib.sh has started. May use Python's
standard library only. Must never name a file of the canary itself once it is armed.
"""
import collections
import ctypes
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys

DIR = os.environ['TEST_DIR']
BUILD = os.environ['TEST_BUILD']
ROOT = DIR + '/root'            # the hostile one
CANARY = DIR + '/canary/root'   # where its links lead to, outside of it
SHOWN = DIR + '/shown/root'     # the same files, where looking at them is not recorded
TEMPLATE = DIR + '/template'
TYPE = 'kid'
POLICY = f'etc/selinux/{TYPE}/policy/policy.33'
CONFIG = 'etc/selinux/config'
TIMEOUT = 20

libc = ctypes.CDLL(None, use_errno=True)
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2


def mount(source, target, kind=None, flags=0):
    if libc.mount(source.encode(), target.encode(), kind and kind.encode(), flags, None) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), target)


def umount(target):
    if libc.umount2(target.encode(), 2) < 0:  # MNT_DETACH
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), target)


# ---- TAP ------------------------------------------------------------------------------------

tests = 0
failures = 0


def verdict(name, problems=()):
    """One test; problems is what was not as it must be, a list of sentences."""
    global tests, failures
    tests += 1
    if problems:
        failures += 1
    print(f"{'not ok' if problems else 'ok'} {tests} - {name}")
    for problem in problems:
        print('#   ' + ascii(problem)[1:-1])
    sys.stdout.flush()


def finish():
    print(f'1..{tests}')


# ---- the roots ------------------------------------------------------------------------------

def write(path, text='', mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.lexists(path):
        os.unlink(path)  # it may be the template's
    with open(path, 'wb') as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    os.chmod(path, mode)


def libraries(program):
    """The loader and the libraries of a program, by their paths."""
    listed = subprocess.run(['ldd', program], capture_output=True, text=True).stdout
    return re.findall(r'(/\S+) \(0x', listed)


def install(root, program, path):
    for file, at in [(program, path)] + [(lib, lib[1:]) for lib in libraries(program)]:
        if not os.path.exists(f'{root}/{at}'):
            os.makedirs(os.path.dirname(f'{root}/{at}'), exist_ok=True)
            shutil.copy(file, f'{root}/{at}')


def loader():
    """The path, in the root, of the loader of its programs."""
    return next(lib[1:] for lib in libraries(BUILD + '/tests/hostile/inside') if '/ld' in lib)


def make_tree(root, policy, marker):
    """A root as it should be."""
    write(f'{root}/{CONFIG}', f'SELINUX=permissive\nSELINUXTYPE={policy}\n')
    for kind, image in (TYPE, policy), ('twin', 'twin'):
        write(f'{root}/etc/selinux/{kind}/policy/policy.33', slurp(f'{DIR}/{image}.bin'))
        write(f'{root}/etc/selinux/{kind}/contexts/files/file_contexts', f'/.* u:object_r:{image}_security_t\n')
    for directory in 'sys/fs/selinux', 'proc', 'dev', 'tmp':
        os.makedirs(f'{root}/{directory}')
    for at in '', 'home/', 'home/sub/':
        write(f'{root}/{at}marker', marker)
    install(root, BUILD + '/tests/hostile/inside', 'bin/inside')
    install(root, BUILD + '/tests/hostile/inside', 'interp/inside')
    install(root, shutil.which('selinuxns'), 'sbin/selinuxns')
    write(f'{root}/bin/script', '#!/interp/inside\n', 0o755)


def link_tree(source, target):
    """A copy of a tree that shares the files."""
    shutil.copytree(source, target, symlinks=True, copy_function=os.link, dirs_exist_ok=True)


def prepare():
    """Once, before the canary is armed."""
    make_tree(TEMPLATE, 'kid', 'inner')
    make_tree(SHOWN, 'outer', 'outer')
    make_tree(DIR + '/twin', 'twin', 'twin')
    os.makedirs(ROOT + '/proc')
    os.makedirs(os.path.dirname(ROOT + CANARY))
    # A relative link is cut off at the root: it leads here.
    os.symlink(DIR[1:] + '/canary', ROOT + '/canary')
    # The machine's own, as a container's root may have it: its magic links lead anywhere.
    mount('/proc', ROOT + '/proc', None, MS_BIND | MS_REC)
    # What /proc/self/cwd and /proc/self/fd/7 of every program is.
    os.chdir(CANARY)
    os.dup2(os.open('.', os.O_RDONLY | os.O_DIRECTORY), 7, inheritable=True)


def put(name):
    """This part of the root as it should be."""
    path = f'{TEMPLATE}/{name}'
    if os.path.isdir(path):
        link_tree(path, f'{ROOT}/{name}')
    else:
        os.link(path, f'{ROOT}/{name}')


def fresh(dirty=None, twin=False):
    """The root anew, of which only @dirty was changed (None: everything); with a twin, there is
    something inside of it where links lead to outside."""
    inner, kept, wanted = ROOT + CANARY, DIR + '/twin', set(os.listdir(TEMPLATE))
    if twin == os.path.exists(kept):
        os.rename(*((kept, inner) if twin else (inner, kept)))
    for name in os.listdir(ROOT):
        if name in ('proc', 'canary', DIR.split('/')[1]):
            continue
        if dirty is None or name == dirty or name not in wanted:
            remove(f'{ROOT}/{name}')
    for name in wanted - set(os.listdir(ROOT)):
        put(name)


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        os.unlink(path)


# ---- kinds: what can be in the place of a file or a directory ----------------------------------
# Each is called with the path inside of the root, whose place is empty.

def link(target):
    return lambda path: os.symlink(target(path), f'{ROOT}/{path}')


def relative(path):
    return '../' * (path.count('/') + 1) + 'canary/root/' + path


def hop(target):
    """By another link, inside of the root."""
    def make(path):
        os.symlink('/hop', f'{ROOT}/{path}')
        os.symlink(target(path), f'{ROOT}/hop')
    return make


def loop(path):
    os.symlink('/loop', f'{ROOT}/{path}')
    os.symlink('/' + path, f'{ROOT}/loop')


def chain(path):
    """More links than the kernel follows; the last leads where it should."""
    os.symlink('/chain0', f'{ROOT}/{path}')
    for i in range(41):
        os.symlink(f'/chain{i + 1}', f'{ROOT}/chain{i}')
    os.symlink(CANARY + '/' + path, f'{ROOT}/chain41')


def bound_socket(path):
    with socket.socket(socket.AF_UNIX) as s:
        os.chdir(os.path.dirname(f'{ROOT}/{path}'))
        s.bind(os.path.basename(path))
        os.fchdir(7)


def node(kind, major, minor):
    return lambda path: os.mknod(f'{ROOT}/{path}', kind | 0o666, os.makedev(major, minor))


def sized(size):
    def make(path):
        write(f'{ROOT}/{path}', mode=0o755)
        os.truncate(f'{ROOT}/{path}', size)
    return make


def filled(byte, size):
    return lambda path: write(f'{ROOT}/{path}', byte * size, 0o755)


def locked(path):
    """Nobody may read or search it."""
    source = f'{TEMPLATE}/{path}'
    if os.path.isdir(source):
        link_tree(source, f'{ROOT}/{path}')
    else:
        shutil.copy(source, f'{ROOT}/{path}')
    os.chmod(f'{ROOT}/{path}', 0)


IN_ROOT = {  # resolved inside of the root
    'an absolute link': link(lambda p: CANARY + '/' + p),
    'a relative link': link(relative),
    'a chain of ".."': link(lambda p: '../' * 40 + CANARY[1:] + '/' + p),
    'a link to "/.."': link(lambda p: '/../..' + CANARY + '/' + p),
    'a link with dots and slashes': link(lambda p: '//..//.//' + CANARY + '/.//../root/./' + p),
    'a link to an absolute link': hop(lambda p: CANARY + '/' + p),
    'a link to a relative link': hop(lambda p: '../canary/root/' + p),
}
NOT_THERE = {'a link that leads outside': IN_ROOT['an absolute link'],
             'a relative link that leads outside': IN_ROOT['a relative link']}
MAGIC = {  # lead out of the root, by no path
    '/proc/self/root': lambda p: '/proc/self/root' + CANARY + '/' + p,
    '/proc/thread-self/root': lambda p: '/proc/thread-self/root' + CANARY + '/' + p,
    '/proc/1/root': lambda p: '/proc/1/root' + CANARY + '/' + p,
    '/proc/self/cwd': lambda p: '/proc/self/cwd/' + p,
    '/proc/self/fd/7': lambda p: '/proc/self/fd/7/' + p,
    '/proc/PID/cwd': lambda p: f'/proc/{os.getpid()}/cwd/' + p,
    '/proc/PID/fd/7/..': lambda p: f'/proc/{os.getpid()}/fd/7/../root/' + p,
}
OUT = {'a link to ' + name: link(target) for name, target in MAGIC.items()}
OUT.update({'a link to a link to ' + name: hop(MAGIC[name]) for name in ('/proc/self/root', '/proc/self/fd/7')})
BROKEN = {
    'a dangling link': link(lambda p: '/nowhere/' + p),
    'a link to itself': link(lambda p: '/' + p),
    'a loop of links': loop,
    'a link that is longer than any path': link(lambda p: '/' + 'long/' * 800),
    'a link to /proc/self/exe': link(lambda p: '/proc/self/exe'),
    'a link to /proc/self/mem': link(lambda p: '/proc/self/mem'),
    '42 links': chain,
}
FILES = {
    'a FIFO': lambda p: os.mkfifo(f'{ROOT}/{p}', 0o777),
    'a socket': bound_socket,
    '/dev/zero': node(stat.S_IFCHR, 1, 5),
    'a terminal': node(stat.S_IFCHR, 5, 0),
    'a character device without a driver': node(stat.S_IFCHR, 250, 77),
    'a block device without a driver': node(stat.S_IFBLK, 250, 77),
    'an overlay whiteout': node(stat.S_IFCHR, 0, 0),
    'an empty file': filled(b'', 0),
    'a file of NULs': filled(b'\0', 1 << 20),
    'a file of 0xff': filled(b'\xff', 1 << 20),
    'a sparse file of a terabyte': sized(1 << 40),
    'a sparse file of 100 MB': sized(100 << 20),
    'an empty directory': lambda p: os.mkdir(f'{ROOT}/{p}'),
    'one that cannot be read': locked,
    'nothing': lambda p: None,
}

# ---- the programs that read a root ------------------------------------------------------------

# What of the root a program uses. "etc": configuration and policy; "contexts": file contexts; "sys": the mount point;
# "home": a working directory; "tree": what is labelled; "bin", "interp": a command, a script's interpreter
Program = collections.namedtuple('Program', 'name argv uses refused inside says', defaults=[False, True])
SPAWN = BUILD + '/tests/programs/spawn'
WHOLE = ['--load-policy', '--configured-mode', '--wd=/home/sub']
PROGRAMS = [
    Program('unshareselinux', ['unshareselinux', '--root=' + ROOT, *WHOLE, '/bin/inside'],
            'etc sys home bin', {125, 126, 127}),
    Program('unshareselinux --fork', ['unshareselinux', '--fork', '--root=' + ROOT, *WHOLE,
                                      '--setenv=PATH=/bin', 'script'],
            'etc sys home bin interp', {125, 126, 127}),
    Program('unshareselinux --dry-run', ['unshareselinux', '--dry-run', '--root=' + ROOT, *WHOLE,
                                         '/bin/inside'], 'etc sys home', {125}),
    Program('selinuxns_spawn()', [SPAWN, 'root:' + ROOT, 'workdir:/home/sub', 'policy-root', 'mode:2',
                                  '--', '/bin/inside'], 'etc sys home bin', {0}),
    Program('selinuxns_exec()', [SPAWN, 'how:exec-or-end', 'root:' + ROOT, 'workdir:/home/sub', 'policy-root',
                                 'mode:2', '--', '/bin/script'], 'etc sys home bin interp', {0}),
    Program('selinuxns_plan_check()', [SPAWN, 'how:check', 'root:' + ROOT, 'workdir:/home/sub',
                                       'policy-root', 'mode:2', '--', '/bin/inside'],
            'etc sys home', {0}),
    Program('selinuxns load-policy --root', ['unshareselinux', '--mount-selinuxfs', 'selinuxns',
                                             'load-policy', '--verify', '--root=' + ROOT], 'etc', {2}),
    Program('selinuxns load-policy --root --check', ['selinuxns', 'load-policy', '--check',
                                                     '--root=' + ROOT], 'etc', {2}),
    Program('selinuxns load-policy --root --compare', ['selinuxns', 'load-policy', '--compare',
                                                       '--root=' + ROOT], 'etc', {2}),
    Program('selinuxns label lookup', ['selinuxns', 'label', 'lookup', '--json', '--type=file', '--root=' + ROOT, '/home'],
            'contexts', {1, 2}),
    Program('selinuxns label check', ['selinuxns', 'label', 'check', '--threads=1', '--root=' + ROOT, '/home'],
            'etc contexts tree', {2}),
    # In an attribute that nothing else looks at: the files are the template's.
    Program('selinuxns label apply', ['selinuxns', 'label', 'apply', '--threads=1', '--xattr=trusted.hostile', '--root=' + ROOT, '/home'],
            'etc contexts tree', {2}),
    Program('examples/container', [BUILD + '/examples/container', ROOT, '/bin/inside'], 'etc sys',
            {125}),
    Program('selinuxns init', ['unshareselinux', '--root=' + ROOT, '/sbin/selinuxns', 'init',
                               '/bin/inside'], 'etc sys', {2}, True),
    Program('selinuxns doctor', ['/sbin/selinuxns', 'doctor'], 'etc sys', {1}, True),
]
BY_NAME = {program.name: program for program in PROGRAMS}

Ran = collections.namedtuple('Ran', 'status out err late')


def drop_capabilities():
    for capability in CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH:
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def run(argv, chroot=None, unprivileged=False, env=None, keep=(7,)):
    """@unprivileged: as a root that may not read what it is not allowed to"""
    def before():
        if chroot:
            os.chroot(chroot)
            os.chdir('/')
        if unprivileged:
            drop_capabilities()
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, pass_fds=keep, env=env, start_new_session=True,
                               preexec_fn=before if chroot or unprivileged else None)
    late = False
    try:
        out, err = process.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        late = True
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
    return Ran(process.returncode, out, err, late)


def start(program, **options):
    """As run(), where the program begins inside of the root, if it does."""
    inside = program.argv[0].startswith('/sbin/')
    return run(program.argv, chroot=ROOT if inside else None, **options)


# ---- what must hold of every run ----------------------------------------------------------------

def slurp(path):
    with open(path, 'rb') as file:
        return file.read()


def write_file(path, text):
    with open(path, 'wb', buffering=0) as file:
        file.write(text)


def state():
    """All of the parent namespace that a slip could change."""
    fs = '/sys/fs/selinux/'
    booleans = {name: slurp(fs + 'booleans/' + name) for name in os.listdir(fs + 'booleans')}
    return {'mounts': slurp('/proc/self/mountinfo'), 'mode': slurp(fs + 'enforce'),
            'policy': slurp(fs + 'policy'), 'booleans': booleans,
            'context': slurp('/proc/self/attr/current'), 'limits': slurp(fs + 'maxns')}


# As what is seen at the canary. After it was executed, a command is another, or, executed by its
# descriptor, has that one's number for a name: what it does itself is none of our business.
OURS = 'unshareselinux', 'selinuxns', 'spawn', 'container'


def seen():
    """What a program of ours asked of the canary since the last time."""
    path = DIR + '/seen'
    lines = slurp(path).decode(errors='backslashreplace').splitlines()
    os.truncate(path, 0)
    return [line for line in lines if line.split(' ', 1)[0] in OURS]


def raw_bytes(text):
    """What no message may hold. In JSON that is less."""
    if text.startswith(b'{'):
        return {ord(c) for c in text.decode(errors='replace')
                if c != '\n' and (ord(c) < 32 or 127 <= ord(c) < 160)}
    return {byte for byte in text if byte != 10 and not 32 <= byte < 127}


def control():
    """Would the canary be heard? Each program that can be sent there, by every kind of way, is."""
    ways = [['--root=' + CANARY, '/bin/inside'], ['--wd=' + CANARY, 'true'], ['--wd=/proc/self/fd/7', 'true'],
            ['--wd=/proc/self/cwd', 'true'], [CANARY + '/bin/inside'], ['/proc/self/fd/7/bin/inside'],
            ['--load-policy=' + CANARY + '/' + POLICY, 'true'], [CANARY + '/bin/script'],
            ['--dry-run', '--root=' + CANARY, '/bin/inside'], ['--wd=' + CANARY + '/nosuch', 'true']]
    found = []
    for way in ways:
        with Watch() as watch:
            run(['unshareselinux', *way])
        if not watch.requests:
            found.append(f'unseen: {way}')
    verdict('control: whatever reaches the canary is seen', found)

    with Watch() as watch:
        mount('none', SHOWN, 'tmpfs')
        write_file('/sys/fs/selinux/enforce', b'1')
    umount(SHOWN)
    write_file('/sys/fs/selinux/enforce', b'0')
    verdict('control: so is a change of the parent namespace',
            [] if watch.changed == ['mounts', 'mode'] else [f'only: {watch.changed}'])


class Watch:
    """A run between two looks at the machine."""

    def __enter__(self):
        self.before = state()
        seen()
        return self

    def __exit__(self, *exception):
        self.requests = seen()
        self.changed = [what for what, value in state().items() if value != self.before[what]]

    def problems(self, ran, canary=True):
        found = [f'the parent changed: {what}' for what in self.changed]
        if canary and self.requests:
            found.append('the canary was reached: ' + ', '.join(self.requests[:4]))
        if ran.late:
            found.append(f'it hung for {TIMEOUT} seconds')
        if ran.status < 0:
            found.append(f'it was ended by signal {-ran.status}')
        raw = raw_bytes(ran.err) | raw_bytes(ran.out)
        if raw:
            found.append(f'raw bytes came out: {sorted(raw)}')
        return found


def told(found, ran, about=''):
    """With what the program said, if there is anything to be found fault with."""
    said = (ran.out + ran.err).decode(errors='replace').splitlines()
    return [about, *found, f'status {ran.status}', *said[-8:]] if found else []


def runs_inside(ran, policy, where):
    """Nothing, or what is not as after a command that ran in the root with that policy."""
    wanted = [b'ran', b'policy: ' + policy.encode(), b'in: ' + where.encode()]
    lines = ran.out.splitlines()
    missing = [line.decode() for line in wanted if line not in lines]
    return [f'it does not say: {line}' for line in missing]


def is_refused(program, ran):
    """Nothing, or what is not as after a refusal with a reason."""
    found = []
    if b'ran' in ran.out.splitlines():
        found.append('the command ran')
    if ran.status not in program.refused:
        found.append(f'status {ran.status} is none of {sorted(program.refused)}')
    text = (ran.out + ran.err).decode(errors='replace')
    if not re.search(r'^(\S+: |message: |fail: |FAILED *)?[a-z ]+: .*[A-Za-z]', text, re.M):
        found.append('there is no message')
    return found
