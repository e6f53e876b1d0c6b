# SPDX-License-Identifier: MIT
"""What tests/programs/spawn.c is, by the Python package: the same settings, the same answers."""

import errno
import os
import sys

import selinuxns

settings = {}
popen = {}
env = {}


def name_of(error):
    """Of two names for a number the C library's."""
    return errno.errorcode[error.errno].replace("ENOTSUP", "EOPNOTSUPP")


def say(what, error):
    print(f"{what}: -1 {name_of(error)}")
    print(f"step: {error.step}\nobject: {error.object}\nmessage: {error}", flush=True)


def need(what, call):
    """As spawn.c: what a setting fails with, and status 2."""
    try:
        return call()
    except selinuxns.Error as error:
        print(f"{what}: {name_of(error)}")
        # A setter of the library has no error object to fill.
        if error.step != "fill plan":
            print(f"message: {error}")
        sys.exit(2)


def policy(how, value):
    if how == "policy-file":
        return selinuxns.Policy.open(value)
    with open(value, "rb") as file:
        if how == "policy-fd":
            return selinuxns.Policy.open(file, "a descriptor")
        return selinuxns.Policy.open(bytearray(file.read()), "memory")


def apply(word):
    name, _, value = word.partition(":")
    on = value[:1] != "0"
    if name == "policy-root":
        settings["policy"] = selinuxns.FROM_ROOT if on else None
        settings["mount"] = settings.get("mount", False) or on
    elif name.startswith("policy-"):
        settings["policy"] = need(name, lambda: policy(name, value))
    elif name == "mount":
        settings["mount"] = on
    elif name == "boolean":
        boolean, _, number = value.partition("=")
        settings.setdefault("booleans", {})[boolean] = number != "0"
    elif name in ("context", "exec-context", "root"):
        settings[name.replace("-", "_")] = value
    elif name == "mode":
        settings["enforcing"] = (False, True, None)[int(value)]
    elif name == "workdir":
        popen["cwd"] = value
    elif name == "env":
        key, _, text = value.partition("=")
        env[key] = text
        popen["env"] = env
    elif name == "keep":
        popen["pass_fds"] = [int(value)]
    elif name == "stdio":
        popen["stdin stdout stderr".split()[int(value[0])]] = int(value[2:])
    elif name == "session":
        popen["start_new_session"] = on
    elif name == "death":
        settings["death_signal"] = int(value)
    elif name == "watch":
        settings["watch"] = lambda step, what: print(f"step: {step}{': ' if what else ''}{what}", flush=True)
    else:
        sys.exit(f"spawn.py: no setting {name}")
    # Each is looked at by itself, as the library's setters are.
    need(name, lambda: selinuxns.Namespace(**settings))


def count_fds():
    return len(os.listdir("/proc/self/fd"))


def main(argv):
    words, command = argv[: argv.index("--")], argv[argv.index("--") + 1 :]
    for word in words:
        apply(word)
    fds = count_fds()
    try:
        with selinuxns.Namespace(**settings).Popen(command, restore_signals=False, **popen) as process:
            print("spawn: 0", flush=True)
        status = process.returncode
        print(f"signal: {-status}" if status < 0 else f"exit: {status}")
    except selinuxns.Error as error:
        say("spawn", error)
    try:
        os.waitpid(-1, os.WNOHANG)
        print("children: left")
    except ChildProcessError:
        print("children: none")
    print(f"leaks: {count_fds() - fds}")


main(sys.argv[1:])
