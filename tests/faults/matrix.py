#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""matrix.py - every step of a set-up, with every error that its operations can meet, and killed at each.

Used by: the scripts of tests/faults. Usage: matrix.py SCENARIO:WHAT[:N]... with a scenario of
scenarios.py, a kind of fault (see cases()), and N to take every Nth only. TAP.

The matrix is not written down but made: the program tells its steps (--dry-run), selinuxns-sim tells
which operations it makes in each (--operations), and errors.py knows which errors each operation
can meet. A step that errors.py has no operations for, an operation that it has no errors for, and
a fault that never strikes (--fault-report) are failed tests.
"""
import collections
import json
import os
import subprocess
import sys

import errors
import scenarios
from scenarios import Failed

CASES_SHOWN = int(os.environ.get("FAULTS_SHOWN", 12))


class Attempt:
    """One run of a scenario in a simulated kernel of its own, and what was seen of it."""

    def __init__(self, scenario, faults=(), around=(), operations=False):
        self.faults, self.around = faults, around
        argv, files = scenario.command(faults, around, operations)
        scenarios.empty(files.values())
        try:
            done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=180, errors="replace")
        except subprocess.TimeoutExpired:
            raise Failed("it hangs") from None

        def text(name):
            with open(files[name], errors="replace") as f:
                return f.read().replace("\0", "")
        if done.returncode != 0 or not done.stdout.startswith(("status: ", "changed: ", "left: ", "file: ")):
            raise Failed(f"the simulator, or around: {done.returncode} {done.stdout} {done.stderr}")
        lines = done.stdout.splitlines()
        self.differences = lines[:-1]
        words = lines[-1].split()
        self.status, self.ran = int(words[1]), words[3] == "1"
        self.out, self.err = text("out"), text("err")
        self.said = [json.loads(line) for line in text("status").splitlines() if line.startswith("{") and line.endswith("}")]
        self.error = next((o["error"] for o in self.said if "error" in o), None)
        self.struck = text("report").splitlines() if faults else []
        self.operations = [line.split(None, 2) for line in text("operations").splitlines()] if operations else []
        if self.error is None:
            self.error = scenario.error_of(self)

    def __str__(self):
        return (f"status {self.status}, command {'ran' if self.ran else 'did not run'}, "
                f"error {self.error}, {self.differences} out {self.out!r} err {self.err!r}")


MOUNT_DIFFERENCES = ("changed: gone: mount: ", "changed: new: mount: ")


def attempt(scenario, faults=(), around=(), operations=False):
    """Made once more where mounts are all that is different: whoever removes a directory takes away
    what is mounted on it everywhere. What an attempt leaves behind, it leaves the second time, too.
    """
    made = Attempt(scenario, faults, around, operations)
    if made.differences and all(d.startswith(MOUNT_DIFFERENCES) for d in made.differences):
        made = Attempt(scenario, faults, around, operations)
    return made


NO_STRIKE = "the fault did not strike"
Operation = collections.namedtuple("Operation", "name occurrence who step told")


def discover(scenario):
    """The scenario without a fault: its operations, each with the step that it is made in."""
    started = scenario.start_of_main()
    made = attempt(scenario, operations=True)
    if made.status != 0 or scenario.seen(made) != scenario.wanted or made.differences:
        raise Failed(f"without a fault: wanted {scenario.wanted!r}: {made}")
    if scenario.tells and [o["step"] for o in made.said if "step" in o] != scenario.steps:
        raise Failed(f"--dry-run and --status-fd do not agree on the steps: {scenario.steps}, {made.said}")
    counts = collections.Counter()
    told = collections.Counter()
    seen = collections.Counter()
    found = []
    lines = [(tid, name, comm) for tid, name, comm in made.operations
             if comm.split("/fork")[0] == scenario.comm]
    tids = list(dict.fromkeys(tid for tid, _, _ in lines))
    by_tid = {tid: [name for t, name, _ in lines if t == tid] for tid in tids}
    for tid, name, comm in lines:
        who = comm if comm.endswith("/fork") else comm + "/exec"
        at = seen[tid]
        seen[tid] += 1
        counts[name, who] += 1
        behind = by_tid[tid][at + 1] if at + 1 < len(by_tid[tid]) else ""
        if who.endswith("/exec") and at < started:
            step = "start"
        else:
            step = scenario.step_of(who, told[tid], by_tid[tid][:at])
        # What is written is a step that is told, or goes to a file of the kernel's.
        tells = name == "write" and not behind.endswith("/write") and step != "start"
        found.append(Operation(name, counts[name, who], who, step, tells))
        told[tid] += tells
    scenario.check_told(told[tids[0]], told[tids[-1]])
    return found


def error_cases(operations, all_of_them):
    """Every occurrence with every error; or only as many that each of both is there in every step."""
    groups = collections.defaultdict(list)
    for op in operations:
        if op.step not in ("start", "after"):
            groups[op.step, op.name, op.who].append(op)
    for ops in groups.values():
        known = errors.of(ops[0].name)
        if all_of_them:
            pairs = [(op, error) for op in ops for error in known]
        else:
            n = max(len(ops), len(known)) if known else 0
            pairs = [(ops[i % len(ops)], known[i % len(known)]) for i in range(n)]
        for op, error in pairs:
            yield op, error, f"{op.name}:{error}:{op.occurrence}:{op.who}"


# Of what the caller of selinuxns_spawn() does, beyond what is the same without a child.
CALLS_OF_SPAWN = {"checks": {"mmap", "pipe2", "clone", "clone3"}, "hear": {"read"}}
# And of the child, whatever step they are made behind.
CALLS_OF_CHILD = {"poll", "rt_sigprocmask", "close_range", "dup2", "dup3"}


def of_spawn(op):
    if op.step in CALLS_OF_SPAWN:
        return op.name in CALLS_OF_SPAWN[op.step] and op.who.endswith("/exec")
    return op.step in ("child", "hold") or op.name in CALLS_OF_CHILD


def cases(scenario, operations, what):
    """(operation, fault) for all that is to be tried:
    errors, some-errors   each error of each operation, or each of both once in each step at least
    spawn-errors, spawn-kill  of those only that a child is made and held with
    child-errors, child-some-errors  of those only that the child makes
    kill, term, cont      the process that makes the operation gets a signal
    orphan                the parent of the child that makes it is killed
    surroundings is none of operations: descriptors that are closed, full disks, limits.
    """
    if what.startswith("spawn-"):
        operations = [op for op in operations if of_spawn(op)]
        what = what.removeprefix("spawn-")
    if what.startswith("child-"):
        operations = [op for op in operations if op.who.endswith("/fork")]
        what = what.removeprefix("child-")
    if what in ("errors", "some-errors"):
        yield from error_cases(operations, what == "errors")
        return
    for op in operations:
        if op.step == "after":
            continue
        where = f"{op.occurrence}:{op.who}"
        if what == "kill":
            yield op, "SIGKILL", f"{op.name}:SIGKILL:{where}"
        elif what in ("term", "cont"):
            signal = f"SIG{what.upper()}"
            yield op, signal, f"{op.name}:{signal}:{where}"
        elif what == "orphan" and op.who.endswith("/fork"):
            yield op, "SIGKILL-parent", f"{op.name}:SIGKILL-parent:{where}"
    # Behind the others: of a list in which they alternate, each second would be one of them only.
    if what == "kill":
        yield from ((op, "SIGKILL-after", f"{op.name}:SIGKILL-after:{op.occurrence}:{op.who}")
                    for op in operations if op.step != "after")


def place(op):
    """What a signal must have struck at least once: a step, or, where steps are not told, an operation."""
    return op.name if op.step == "init" else op.step


def some_of(all_cases, parts):
    """Every Nth; and of signals one of each kind in each step at least."""
    chosen = all_cases[::parts]
    there = {(place(op), error) for op, error, _ in chosen}
    for op, error, fault in all_cases:
        if error.startswith("SIG") and (place(op), error) not in there:
            there.add((place(op), error))
            chosen.append((op, error, fault))
    return chosen


def check_killed(tap, scenario, chosen):
    """Was the process killed before and after something of each step?"""
    killed = {error: {place(op) for op, e, _ in chosen if e == error} for error in ("SIGKILL", "SIGKILL-after")}
    for step in scenario.steps:
        wanted = {step} if scenario.known_by_step else set(scenario.needed(step))
        missing = [f"{error}: {at}" for error, places in killed.items() for at in sorted(wanted - places)]
        tap.ok(not missing, f"{scenario.name}: it is killed before and after what is done in \"{step}\"", missing)


def judge(scenario, op, error, attempt, struck):
    """What is wrong with how it went; "" where nothing is."""
    if not attempt.struck and op.step == "hear":
        # How often it reads depends on how fast both are.
        return "" if attempt.status == 0 and scenario.seen(attempt) == scenario.wanted else NO_STRIKE
    if struck and attempt.struck != list(attempt.faults):
        return NO_STRIKE
    if [d for d in attempt.differences if not d.startswith("file: ")]:
        return "something is left"
    if attempt.differences:
        return "a file is left"
    return scenario.judge(op, error, attempt)


class Tap:
    def __init__(self):
        self.n = 0
        self.failed = False

    def ok(self, good, what, notes=()):
        self.n += 1
        print(f"{'ok' if good else 'not ok'} {self.n} - {what}")
        for note in notes:
            print("# " + str(note).replace("\n", "\n# "))
        sys.stdout.flush()
        self.failed = self.failed or not good


def complain(tap, what, complaints):
    more = len(complaints) - CASES_SHOWN
    tap.ok(not complaints, what, complaints[:CASES_SHOWN] + ([f"and {more} more"] if more > 0 else []))


def check_steps(tap, scenario, operations):
    """Does errors.py know every step and every operation? Returns the operations that it knows."""
    for step in scenario.steps:
        tap.ok(scenario.knows(step), f"{scenario.name}: the step \"{step}\" has faults",
               [] if scenario.knows(step) else ["errors.py names no operations of it; see CONTRIBUTING.md"])
    if scenario.asks_for_all:
        for where, there in scenarios.all_steps().items():
            good = there == scenario.steps
            tap.ok(good, f"{scenario.name} takes each step of {where}",
                   [] if good else [f"there: {there}", f"taken: {scenario.steps}", "scenarios.py must ask for all"])
    unknown = sorted({op.name for op in operations if op.step != "start" and errors.of(op.name) is None})
    tap.ok(not unknown, f"{scenario.name}: the errors of all its operations are known", unknown)
    return [op for op in operations if op.name not in unknown]


class Results:
    """Of all attempts of one kind with one scenario."""

    def __init__(self):
        self.total = 0
        self.outcomes = collections.Counter()
        self.tried = collections.Counter()  # by step
        self.wrong = collections.defaultdict(list)  # by step
        self.fatal = set()  # (step, operation), the step as the message had it

    def add(self, op, error, faults, complaint, made):
        self.total += 1
        self.tried[op.step] += 1
        if complaint:
            self.wrong[op.step].append(f"{' '.join(faults)}: {complaint}: {made}")
            return
        self.outcomes["the command ran, as asked" if made.ran else f"status {made.status}"] += 1
        if not made.ran and made.error:
            self.fatal.add((op.step, op.name))
            self.fatal.add((made.error["step"], op.name))


def try_once(scenario, op, error, faults, struck=True):
    """What is wrong with it ("" where nothing is), and the attempt."""
    try:
        made = attempt(scenario, faults)
        return judge(scenario, op, error, made, struck), made
    except Failed as e:
        return "it could not be judged", e


TRIES = 4


def try_one(scenario, operations, results, op, error, faults):
    """What is wrong counts where the operations are still those that were discovered: the machine's
    table of mounts, say, may be read in less pieces by now, and the fault strike another one.
    """
    for tries in range(TRIES):
        complaint, made = try_once(scenario, op, error, faults)
        if not complaint or tries == TRIES - 1:
            break
        now = discover(scenario)
        if complaint != NO_STRIKE and now == operations:
            break
        op, operations = find_again(operations, now, op), now
        faults = (f"{op.name}:{error}:{op.occurrence}:{op.who}",)
    results.add(op, error, faults, complaint, made)


def try_both(scenario, operations, results):
    """Two faults at once: the second strikes when the first made the set-up go another way."""
    for step, pair in errors.BOTH.items():
        for at, op in enumerate(operations):
            # Where steps are not told, it is not known which of them it is.
            if op.name != pair[0][0] or op.step != (step if scenario.tells else "init"):
                continue
            faults = []
            for name, error in pair:
                before = [o for o in operations[:at] if o.name == name and o.who == op.who]
                faults.append(f"{name}:{error}:{len(before) + 1}:{op.who}")
            # The reason that is told is the first one's.
            results.add(op, pair[0][1], faults, *try_once(scenario, op, pair[0][1], tuple(faults), struck=False))


def find_again(operations, now, op):
    """The same operation of the same step, in a newer list."""
    def same(o):
        return (o.name, o.who, o.step) == (op.name, op.who, op.step)
    at = [o for o in operations if same(o)].index(op)
    there = [o for o in now if same(o)]
    return there[min(at, len(there) - 1)] if there else op


def try_surroundings(tap, scenario):
    total = 0
    for what, choices in scenarios.SURROUNDINGS.items():
        wrong = []
        outcomes = collections.Counter()
        for around in choices:
            total += 1
            made = attempt(scenario, around=around)
            complaint = scenario.judge_around(made)
            if [d for d in made.differences if not d.startswith("file: ")]:
                complaint = "something is left"
            if complaint:
                wrong.append(f"{' '.join(around)}: {complaint}: {made}")
            outcomes["ran" if made.ran else made.status] += 1
        complain(tap, f"{scenario.name}: {what}: {len(choices)} attempts", wrong)
        print(f"# {scenario.name}: {what}: {dict(outcomes)}")
    return total


def try_all(tap, scenario, what, parts):
    if what == "surroundings":
        return try_surroundings(tap, scenario)
    operations = discovered = discover(scenario)
    results = Results()
    all_errors = what.removeprefix("child-") in ("errors", "some-errors")
    if all_errors:
        operations = check_steps(tap, scenario, operations)
        try_both(scenario, operations, results)
    chosen = some_of(list(cases(scenario, operations, what)), parts)
    if what == "kill":
        check_killed(tap, scenario, chosen)
    for op, error, fault in chosen:
        try_one(scenario, discovered, results, op, error, (fault,))
    for step, n in results.tried.items():
        complain(tap, f"{scenario.name}: {what}: {step}: {n} faults", results.wrong[step])
    if all_errors and parts == 1:
        for step in filter(scenario.knows, scenario.steps):
            harmless = [name for name in scenario.needed(step) if (step, name) not in results.fatal]
            reached = any(fatal == step for fatal, _ in results.fatal)
            tap.ok(reached and not harmless, f"{scenario.name}: {step}: what it needs is fatal to it", harmless)
    print(f"# {scenario.name}: {what}: {len(operations)} operations, {results.total} faults: " +
          ", ".join(f"{n} {outcome}" for outcome, n in sorted(results.outcomes.items())))
    return results.total


def main():
    tap = Tap()
    total = 0
    for argument in sys.argv[1:]:
        name, what, *parts = argument.split(":")
        try:
            total += try_all(tap, scenarios.make(name), what, int(parts[0]) if parts else 1)
        except Failed as e:
            tap.ok(False, f"{name}: {what}", [e])
    print(f"# {total} faults in all")
    print(f"1..{tap.n}")


if __name__ == "__main__":
    main()
