# SPDX-License-Identifier: MIT
"""scenarios.py - the set-ups that matrix.py makes fail, and what is promised of each.

Expects in the directory of the environment variable FAULTS: the policies host.bin and alpha.bin, a
root for --root (root/), a configuration (etc/) and the directories scratch/ and wd/; faults.sh makes
them. Must know nothing of how the set-up is made.
"""
import errno
import os
import re
import subprocess

import errors

DIR = os.environ["FAULTS"]
ROOT = f"{DIR}/root"
RAN = f"{DIR}/ran"
FILES = {name: f"{DIR}/scratch/{name}" for name in ("out", "err", "status")}
FILES.update({name: f"{DIR}/{name}" for name in ("report", "operations")})
COMMAND = [f"{DIR}/command", RAN, "alpha_bool"]
LOAD = f"--load-policy={DIR}/alpha.bin"
ALL = ["--root=" + ROOT, LOAD, "--boolean=alpha_bool=on", "--context=u:r:alpha_t",
       "--exec-context=u:r:alpha_other_t", f"--wd={DIR}/wd", "--enforcing", "--keep-fd=0"]
WANTED_ALL = ("context=u:r:alpha_other_t enforce=1 boolean=1 1 mounts=1 descriptors=3 "
              f"directory={DIR}/wd SELINUXNS=1")
IN_ROOT = [f"--bind=/:{ROOT}", f"--hide={ROOT}/sys/fs/selinux"]


def empty(paths):
    for path in paths:
        open(path, "w").close()


class Failed(Exception):
    pass


# What around can do to the process that a set-up is made by. It may fail, at whatever step.
SURROUNDINGS = {
    "a standard descriptor is closed": [("--close=0",), ("--close=1",), ("--close=2",),
                                        ("--close=0", "--close=1", "--close=2"), ("--close=0", "--close=2")],
    "a full disk": [("--full=1",), ("--full=2",), ("--full=1", "--full=2"), ("--full=3",)],
    "few descriptors": [(f"--limit=nofile:{n}",) for n in range(0, 20)],
    "little memory": [(f"--limit=as:{n << 10}",) for n in range(1024, 14 << 10, 512)],
    # Root is not held to it; that it does not matter is what is tested.
    "no processes": [("--limit=nproc:0",)],
}


def all_steps():
    """All that there are: of the library's table, and of the manuals' lists."""
    def read(name):
        with open(os.path.join(os.environ["top_srcdir"], name)) as f:
            return f.read()
    sources = [read(f"lib/{name}") for name in ("ns/steps.c", "policy/booleans.h", "policy/policy.h")]
    names = dict(re.findall(r'#define (\w+)\s+"([^"]+)"', "\n".join(sources)))
    table = sources[0].split("} steps[] = {", 1)[1].split("\n};", 1)[0]
    found = {"lib/ns/steps.c": [names.get(name, name) for name in re.findall(r"^\t\{ ([^,]+),", table, re.M)] + ["execute"]}
    for page in "man/man1/unshareselinux.1", "man/man3/selinuxns_setup.3":
        found[page] = re.findall(r'^\.IP "\d+\. (.*)" 4$', read(page), re.M)
    return found


class Scenario:
    known_by_step = True  # of an operation it is known in which step it is made
    asks_for_all = False  # takes each step that there is

    def __init__(self, name, options, wanted, kernel="lsm", before=(), fork=False, kill_child=True,
                 machine=()):
        self.name, self.kernel, self.before, self.fork, self.wanted = name, kernel, list(before), fork, wanted
        self.comm = "unshareselinux"
        self.machine = list(machine)
        self.tells = True
        self.options = list(options) + (["--fork"] if fork else []) + (["--kill-child"] if fork and kill_child else [])
        self.argv = ["unshareselinux", *self.options, "--status-fd=3", "--", *COMMAND]
        self.plain = ["unshareselinux", "--version"]
        self.steps = self.told_steps()
        self.asks_for_all = self.options[:len(ALL)] == ALL

    # ---- running it

    def simulated(self, options, around, argv):
        return ["selinuxns-sim", f"--policy={DIR}/host.bin", "--context=u:r:host_t", "--maxns=2",
                f"--kernel={self.kernel}", *self.machine, *options, "--", "around", f"--scratch={DIR}/scratch",
                f"--ran={RAN}", *self.before, *around, "--", *argv]

    def command(self, faults, around, operations):
        options = [f"--fault={fault}" for fault in faults] + [f"--fault-report={FILES['report']}"]
        if operations:
            options.append(f"--operations={FILES['operations']}")
        return self.simulated(options, around, self.argv), FILES

    def plainly(self, argv, *options):
        empty(FILES.values())
        done = subprocess.run(self.simulated(options, (), argv), stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        with open(FILES["out"]) as out, open(FILES["err"]) as err:
            return done.stdout + err.read(), out.read()

    def told_steps(self):
        """What the program says that its steps are."""
        messages, text = self.plainly(["unshareselinux", *self.options, "--dry-run", "--", *COMMAND])
        steps = re.findall(r"^step +([^:\n]*)", text, re.M)
        if not steps or steps[-1] != "execute":
            raise Failed(f"--dry-run: {messages} {text}")
        return steps

    def start_of_main(self):
        """How many operations its start has: as many as it has in common with one that does nothing."""
        def of(argv):
            self.plainly(argv, f"--operations={FILES['operations']}")
            with open(FILES["operations"]) as f:
                return [line.split(None, 2)[1] for line in f if line.rstrip().endswith(" " + self.comm)]
        one, other = of(self.plain), of(self.argv)
        n = 0
        while n < min(len(one), len(other)) and one[n] == other[n]:
            n += 1
        return n

    # ---- the steps

    def step_of(self, who, told, before):
        """The step that goes on where so many were told, after these operations of the same process."""
        if self.fork and who.endswith("/exec"):
            forked = [i for i, name in enumerate(before) if name in ("clone", "clone3", "fork", "vfork")]
            if not forked:
                return "checks"
            # It lets the child go on, which may have come to any step when something else happens.
            return "hear" if "write" in before[forked[0]:] else "hold"
        if told == 0:
            return "child" if self.fork else "checks"
        return self.steps[told - 1]

    def check_told(self, first, last):
        if last != len(self.steps):
            raise Failed(f"{last} steps were told, not {len(self.steps)}")

    def needed(self, step):
        kinds = errors.STEPS[step]
        return kinds.get(self.kernel, kinds.get("any", [])) + kinds.get(
            "root" if any(o.startswith("--root") for o in self.options) else "no root", [])

    def knows(self, step):
        """Does errors.py?"""
        return step in errors.STEPS

    # ---- what is promised

    def error_of(self, attempt):
        return None

    def seen(self, attempt):
        """What the command saw."""
        return attempt.out.strip()

    def judge(self, op, error, attempt):
        if error == "SIGCONT":
            done = attempt.status == 0 and self.seen(attempt) == self.wanted
            return "" if done else "a signal that stops nothing stopped it"
        if error.startswith("SIG"):
            return self.judge_killed(op, error, attempt)
        if attempt.status == 0:
            return self.judge_done(op, error, attempt)
        if attempt.ran:
            return "the command was started all the same"
        return self.judge_failed(op, error, attempt)

    def judge_done(self, op, error, attempt):
        if not attempt.ran:
            return "status 0, and no command"
        # Where there is no such attribute one error says so as well as another.
        without = self.kernel == "node" and op.name == "lsm_get_self_attr"
        if not without and not errors.tolerated(op, error):
            return "it may not be without consequences"
        if self.seen(attempt) == self.wanted:
            return ""
        wanted = re.escape(self.wanted)
        wanted = re.sub(r"mounts=\d", "mounts=[0-9]+", wanted)
        if re.fullmatch(wanted, self.seen(attempt)) and re.search("stays mounted|was not looked for", attempt.err):
            return ""
        # A descriptor that was duplicated a moment ago, and now is not open: then it is not the command's either.
        if op.name == "fcntl" and re.sub(r"descriptors=\d", "", self.seen(attempt)) == re.sub(r"descriptors=\d", "", self.wanted):
            return ""
        return "the command ran, but not in what was asked for"

    def judge_failed(self, op, error, attempt):
        statuses = {"execute": (125, 126, 127)}.get(op.step, (125,))
        if attempt.error and attempt.error["step"] == "execute":
            statuses = (126, 127)
        if attempt.status not in statuses:
            return f"its status is not one of {statuses}"
        last = attempt.err.strip().splitlines()[-1:]
        if not last or not last[0].startswith(self.comm + ": "):
            return "it does not say why"
        if attempt.error is None:
            return "" if op.step == "checks" and len(last[0].split(": ")) >= 3 else "no error on --status-fd"
        return self.judge_message(op, error, attempt, last[0])

    def judge_message(self, op, error, attempt, message):
        step, obj, number = (attempt.error[key] for key in ("step", "object", "errno"))
        if message != f"{self.comm}: {attempt.error['message']}":
            return "--status-fd and standard error say different things"
        if not errors.step_fits(op, step):
            return f"it names the step \"{step}\""
        if step not in message:
            return "the message does not name the step"
        if obj and obj not in message:
            return "the message does not name the object"
        if not obj and step not in errors.WITHOUT_OBJECT:
            return "there is no object"
        if not errors.number_fits(op, error, number):
            return f"its error is {number}"
        if not errors.reason_fits(number, message):
            return "the message does not say the error"
        return ""

    def judge_around(self, attempt):
        """In other surroundings: it failed and says so, or the command was started in what was asked for."""
        # The dynamic loader is not ours: of the program, or of the command.
        if "error while loading shared libraries" in attempt.err or attempt.status in (99, 139):
            return "the command ran nevertheless" if attempt.ran else ""
        if attempt.ran:
            return "" if self.seen(attempt) in (self.wanted, "") or not self.full(attempt) else "in something else"
        if attempt.status in (125, 126, 127):
            silent = any(a in ("--full=2", "--close=2") for a in attempt.around)
            said = attempt.err.startswith(self.comm + ": ") and len(attempt.err.split(": ")) >= 3
            # What to make a longer one of is what it lacks.
            little = any(a.startswith("--limit=as:") for a in attempt.around)
            said = said or (little and attempt.err == f"{self.comm}: no memory for a message\n")
            return "" if said or silent else "it does not say why"
        # The command could not do its own work in them.
        return "" if any(o.get("step") == "execute" for o in attempt.said) else "it ended without a word"

    def full(self, attempt):
        """Could the command say all?"""
        return not any(a.startswith(("--full=1", "--close=", "--limit=")) for a in attempt.around)

    def judge_killed(self, op, error, attempt):
        # The child has looked for its parent when it tells of the execution.
        late = op.step in ("execute", "hear") or (op.told and op.step == self.steps[-2])
        if attempt.ran and not late:
            return "the command was started"
        return ""


class Init(Scenario):
    """selinuxns init, in a namespace that nothing was done in yet. Its steps are those of its manual."""
    known_by_step = False

    def __init__(self, name, wanted, before):
        self.name, self.kernel, self.before, self.fork, self.wanted = name, "lsm", list(before), False, wanted
        self.comm = "selinuxns"
        self.machine = []
        self.tells = False
        outside = ["unshareselinux", f"--root={ROOT}", "--wd=/", "--", "selinuxns"]
        self.argv = [*outside, "init", "--", *COMMAND]
        self.plain = [*outside, "--version"]
        with open(os.path.join(os.environ["top_srcdir"], "man/man3/selinuxns_init.3")) as f:
            page = f.read()
        self.steps = re.findall(r"^\.TP\n\.B (.*)$", page.split('.SH "RETURN VALUE"')[1].split(".SH")[0], re.M)
        self.steps = [step for step in self.steps if step not in errors.WITHOUT_OPERATIONS] + ["execute"]

    def step_of(self, who, told, before):
        return "init"

    def check_told(self, first, last):
        pass

    def needed(self, step):
        return errors.INIT.get(step, [])

    def knows(self, step):
        return step in errors.INIT

    def judge_done(self, op, error, attempt):
        # As on a kernel without namespaces, and in a root without a configuration.
        unneeded = (("lsm_get_self_attr", "ENOSYS"), ("lsm_get_self_attr", "EOPNOTSUPP"), ("openat2", "ENOENT"))
        if (op.name, error) in unneeded and "nothing to do" in attempt.err:
            return ""
        return super().judge_done(op, error, attempt)

    def error_of(self, attempt):
        last = attempt.err.strip().splitlines()[-1:]
        parts = last[0].split(": ") if last else []
        if len(parts) < 3 or parts[0] != self.comm:
            return None
        return {"step": parts[1], "object": parts[2], "errno": None, "message": ": ".join(parts[1:])}

    def judge_failed(self, op, error, attempt):
        if attempt.error is None:
            return "it does not say why"
        step = attempt.error["step"]
        if attempt.status not in ((126, 127) if step == "execute" else (2,)):
            return "its status is wrong"
        if step not in self.steps:
            return f"its manual has no step \"{step}\""
        if error in ("short", "long", "none"):
            return ""
        return "" if errors.any_reason_fits(op, error, attempt.error["message"]) else "the message does not say the error"


class Spawn(Scenario):
    """A program that calls selinuxns_spawn(), and says afterwards what is left of it in itself."""

    def __init__(self, name, settings, wanted, before):
        self.name, self.kernel, self.machine, self.before = name, "lsm", [], list(before)
        self.fork, self.wanted, self.comm, self.tells = True, wanted, "spawn", False
        self.options = list(settings)
        self.asks_for_all = True
        self.argv = ["spawn", *settings, "--", *COMMAND]
        self.plain = ["spawn"]
        self.steps = self.told_steps()

    def told_steps(self):
        _, text = self.plainly(["spawn", *self.options, "how:check", "--", *COMMAND])
        steps = re.findall(r"^check 3: \[([^]]*)\]", text, re.M)
        if not steps or steps[-1] != "execute":
            raise Failed(f"how:check: {text}")
        return steps

    def check_told(self, first, last):
        if last < len(self.steps):
            raise Failed(f"{last} steps were told, not {len(self.steps)}")

    def answers(self, attempt):
        return dict(line.split(": ", 1) for line in attempt.out.splitlines() if ": " in line)

    def seen(self, attempt):
        return "\n".join(line for line in attempt.out.splitlines() if line.startswith("context="))

    def error_of(self, attempt):
        answers = self.answers(attempt)
        if "step" not in answers:
            return None
        number = getattr(errno, answers["spawn"].split()[1])
        return {"step": answers["step"], "object": answers["object"], "errno": number, "message": answers["message"]}

    def judge(self, op, error, attempt):
        answers = self.answers(attempt)
        if error.startswith("SIG") and (op.who.endswith("/exec") or error.endswith("-parent")):
            return self.judge_killed(op, error, attempt)
        if attempt.status != 0 or answers.get("children") != "none" or answers.get("leaks") != "0":
            return "the caller has something left"
        if "mask" in attempt.out:
            return "the caller's signal mask is another one"
        if answers["spawn"] == "0":
            if error.startswith("SIG"):
                return "" if op.step == "execute" else "it is said that the command was started"
            return self.judge_done(op, error, attempt)
        if attempt.ran:
            return "the command was started all the same"
        if error.startswith("SIG"):
            return "" if attempt.error["errno"] == errno.ECANCELED else "it does not say that the child has ended"
        return self.judge_message(op, error, attempt, f"{self.comm}: {answers['message']}")


def make(name):
    what, _, fork = name.partition("-")
    options = {"fork": bool(fork), "kill_child": fork != "alone"}
    rest = f"directory={os.getcwd()} SELINUXNS=1"
    loaded = f"context=u:r:alpha_t enforce=0 boolean=0 0 mounts=1 descriptors=3 {rest}"
    if what == "all":
        return Scenario(name, ALL, WANTED_ALL, before=IN_ROOT, **options)
    if what == "load":
        return Scenario(name, [LOAD], loaded, **options)
    if what == "convert":
        return Scenario(name, [LOAD], loaded, machine=["--policyvers=31"], **options)
    if what == "node":
        return Scenario(name, [LOAD], loaded, kernel="node", **options)
    if what == "mount":
        return Scenario(name, ["--mount-selinuxfs"],
                        f"context=kernel enforce=0 boolean= mounts=1 descriptors=3 {rest}", **options)
    if what == "spawn":
        settings = [f"root:{ROOT}", f"policy-file:{DIR}/alpha.bin", "boolean:alpha_bool=1", "context:u:r:alpha_t",
                    "exec-context:u:r:alpha_other_t", f"workdir:{DIR}/wd", "mode:1", "keep:0", "stdio:0=0"]
        # Alone: no death signal ends the child, nor does SIGPIPE, which it inherits ignored.
        settings.append("ignore:13" if fork else "death:9")
        return Spawn(name, settings, WANTED_ALL, before=IN_ROOT)
    if what == "init":
        return Init(name, "context=u:r:alpha_t enforce=1 boolean=0 0 mounts=1 descriptors=4 directory=/ SELINUXNS=1",
                    before=[*IN_ROOT, f"--bind={DIR}/etc/selinux:{ROOT}/etc/selinux"])
    raise Failed(f"there is no scenario {name}")
