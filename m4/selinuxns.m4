dnl SPDX-License-Identifier: MIT
dnl selinuxns.m4 - add a flag to a list where the compiler or linker takes it.

dnl AX_SELINUXNS_CFLAG(FLAG, VARIABLE)
AC_DEFUN([AX_SELINUXNS_CFLAG], [
  AC_MSG_CHECKING([whether $CC takes $1])
  saved_CFLAGS=$CFLAGS
  # clang only warns of a flag it does not know: make that an error here.
  CFLAGS="-Werror $1"
  AC_COMPILE_IFELSE([AC_LANG_SOURCE([[int conftest_dummy;]])],
    [AC_MSG_RESULT([yes])
     $2="$$2 $1"],
    [AC_MSG_RESULT([no])])
  CFLAGS=$saved_CFLAGS
])

dnl AX_SELINUXNS_LDFLAG(FLAG, VARIABLE)
AC_DEFUN([AX_SELINUXNS_LDFLAG], [
  AC_MSG_CHECKING([whether the linker takes $1])
  saved_LDFLAGS=$LDFLAGS
  LDFLAGS="$LDFLAGS $1"
  AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
    [AC_MSG_RESULT([yes])
     $2="$$2 $1"],
    [AC_MSG_RESULT([no])])
  LDFLAGS=$saved_LDFLAGS
])

# AX_SELINUXNS_PYTHON
# PYTHON, its flags and where its packages go: $PYTHON if the user gave one; else the first that has
# its headers and pytest, which tests it; else the first that has its headers.
AC_DEFUN([AX_SELINUXNS_PYTHON], [
  AC_MSG_CHECKING([for Python 3.9 or newer, with its headers])
  build_python=no
  for module in pytest sys; do
    for candidate in ${PYTHON:-python3 /usr/bin/python3}; do
      test $build_python = yes && continue
      # The interpreter itself: what PATH has may be a script that chooses one.
      found=`"$candidate" -c 'import os, sys, sysconfig
assert sys.version_info >= (3, 9)
include = sysconfig.get_path("include")
assert os.path.exists(os.path.join(include, "Python.h"))
__import__(sys.argv@<:@1@:>@)
print(sys.executable, include)' $module 2>/dev/null` || continue
      build_python=yes
      PYTHON=${found% *}
      PYTHON_CPPFLAGS=-I${found#* }
    done
  done
  AS_IF([test $build_python = yes], [python_says="yes ($PYTHON)"],
    [python_says="no (needs Python 3.9 with its headers; Debian: python3-dev; Fedora: python3-devel)"])
  AC_MSG_RESULT([$python_says])
  AS_IF([test $build_python = yes], [
    AC_MSG_CHECKING([where Python packages go])
    pythondir=$with_python_dir
    # Debian has one directory for all versions in /usr, and names of its own elsewhere.
    AS_IF([test -z "$pythondir"], [
      python_prefix=$prefix
      test "x$python_prefix" = xNONE && python_prefix=$ac_default_prefix
      pythondir=`"$PYTHON" -c 'import sys, sysconfig
prefix, version = sys.argv@<:@1@:>@, "python%d.%d" % sys.version_info@<:@:2@:>@
if "deb_system" in sysconfig.get_scheme_names():
    print("${prefix}/lib/%s/dist-packages" % ("python3" if prefix == "/usr" else version))
else:
    base = dict.fromkeys(("base", "platbase", "installed_base", "installed_platbase"), "${prefix}")
    print(sysconfig.get_path("platlib", "posix_prefix", base))' "$python_prefix"`])
    AC_MSG_RESULT([$pythondir])])
  AC_SUBST([PYTHON_CPPFLAGS])
  AC_SUBST([pythondir])
])
