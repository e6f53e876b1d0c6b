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
