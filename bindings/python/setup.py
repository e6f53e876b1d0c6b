# SPDX-License-Identifier: MIT
"""Builds the extension module, with or without an installed libselinuxns.

SELINUXNS_BUNDLE=1 in the environment has the library built in even where one is installed, 0 has
it linked or fails. A source distribution has the library's sources in libselinuxns/; in a
checkout they are two directories up.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.sdist import sdist
from wheel.bdist_wheel import bdist_wheel

VERSION = "0.1.0"
HERE = Path(__file__).resolve().parent
BUNDLED = HERE / "libselinuxns"


def pkg_config(*args):
    """The words that pkg-config prints, or None where it fails."""
    command = [os.environ.get("PKG_CONFIG", "pkg-config"), *args]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return None
    return None if done.returncode else done.stdout.decode().split()


def installed():
    """The flags of an installed library that has all the calls, or None."""
    wanted = os.environ.get("SELINUXNS_BUNDLE")
    if wanted == "1":
        return None
    package = f"libselinuxns >= {VERSION}"
    flags = pkg_config("--cflags", package), pkg_config("--libs", package)
    if None not in flags:
        return flags
    if wanted == "0":
        sys.exit(f"setup.py: pkg-config finds no {package}")
    return None


def library_root():
    """Where the library's sources are."""
    for root in (BUNDLED, HERE.parent.parent):
        if (root / "include/selinux/selinuxns.h").exists():
            return root
    sys.exit("setup.py: libselinuxns is not installed, and its sources are not here")


def extension():
    """The extension module, as this machine can build it."""
    sources = sorted(str(path.relative_to(HERE)) for path in HERE.glob("ext/*.c"))
    compile_args = ["-std=gnu11", "-fvisibility=hidden", "-Wno-unused-parameter"]
    flags = installed()
    if flags is None:
        root = library_root()
        sources += sorted(os.path.relpath(path, HERE) for path in root.glob("lib/*/*.c"))
        # What ./configure would find out, of which the library needs this.
        config = HERE / "build" / "config"
        config.mkdir(parents=True, exist_ok=True)
        (config / "config.h").write_text("/* for lib/, where there was no configure */\n")
        compile_args += [f"-I{root / 'include'}", f"-I{root / 'lib'}", f"-I{config}"]
        flags = [], []
        for package in ("libselinux", "libsepol", "libpcre2-8"):
            found = pkg_config("--cflags", package), pkg_config("--libs", package)
            if None in found:
                sys.exit(f"setup.py: pkg-config does not find {package}: install its headers")
            flags = flags[0] + found[0], flags[1] + found[1]
    return Extension(
        "selinuxns._selinuxns",
        sources,
        define_macros=[("_GNU_SOURCE", None), ("_FILE_OFFSET_BITS", "64")],
        extra_compile_args=compile_args + flags[0],
        extra_link_args=flags[1],
        depends=["ext/ext.h"],
        py_limited_api=True,
    )


class Abi3Wheel(bdist_wheel):
    """One wheel for CPython 3.9 and all that come after it."""

    def finalize_options(self):
        self.py_limited_api = "cp39"
        super().finalize_options()


class WholeSdist(sdist):
    """With the library's sources, which are outside of this directory in a checkout."""

    def make_release_tree(self, base_dir, files):
        super().make_release_tree(base_dir, files)
        root = library_root()
        for pattern in ("lib/*/*.[ch]", "include/selinux/*.h", "LICENSE"):
            for path in root.glob(pattern):
                target = Path(base_dir) / "libselinuxns" / path.relative_to(root)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)


setup(
    ext_modules=[extension()],
    cmdclass={"bdist_wheel": Abi3Wheel, "sdist": WholeSdist},
)
