/* SPDX-License-Identifier: MIT */
/*
 * ext.h - what the parts of the extension module selinuxns._selinuxns share.
 *
 * The module is a plain rendering of <selinux/selinuxns.h>, and may call nothing else of the
 * library; what is comfortable is in Python, above it. It keeps to CPython's stable ABI of 3.9. Must
 * never block while it holds the GIL, and never return -1 for an error.
 */
#ifndef SELINUXNS_PYTHON_EXT_H
#define SELINUXNS_PYTHON_EXT_H

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x03090000
#include <Python.h>
#include <stdbool.h>

#include <selinux/selinuxns.h>

/* ---- errors (error.c) ---------------------------------------------------- */

/*
 * The exception for what a call failed with; @err is its errno, @error says the rest. Both
 * return NULL: raise_error() with the exception set, make_error() only where it failed.
 */
PyObject *make_error(int err, const struct selinuxns_error *error);
PyObject *raise_error(int err, const struct selinuxns_error *error);

/* For a call that has no error object: what it did, and to what ("" for nothing). */
PyObject *raise_errno(int err, const char *step, const char *object);

/* NULL with MemoryError. */
struct selinuxns_error *new_error(void);

/* ---- calls of the library (call.c) ---------------------------------------- */

/*
 * A call that may block is made between these, without the GIL; errno is kept.
 *
 * Calls go on at the same time in several threads; but SHARED and ALONE ones do not: that is for those
 * that make libselinux forget, which no other thread may use meanwhile. And no thread is inside of
 * the library while the interpreter forks, so that the child finds no lock of it held; but those that
 * look at a tree's files, whose locks are of their call alone. A callback may
 * make other calls, not ALONE ones: call_begin() returns NULL with RuntimeError then.
 */
enum call_kind { SHARED, ALONE };
PyThreadState *call_begin(enum call_kind kind);
void call_end(PyThreadState *thread);

/*
 * For an object that one call at a time may use: is it not @busy? Else false with RuntimeError. To be
 * asked just before the use, with the arguments converted: that may run Python code, and another thread.
 */
bool is_idle(bool busy, const char *what);

/*
 * What a callback does in Python it does between these, with the GIL. Its thread is not inside of the
 * library meanwhile: a fork does not wait for it, as it may be waiting for the one who forks.
 */
void callback_begin(PyThreadState *thread);
PyThreadState *callback_end(void);

/* For os.register_at_fork(). */
PyObject *fork_before(PyObject *self, PyObject *args);
PyObject *fork_in_parent(PyObject *self, PyObject *args);
PyObject *fork_in_child(PyObject *self, PyObject *args);

/* ---- arguments and objects --------------------------------------------------- */

/* For "O&": an unsigned int, with OverflowError for what is none. */
int to_unsigned(PyObject *object, void *number);

/* A PyCFunction with keywords or without arguments, for a table of methods. */
#define METHOD(fn) ((PyCFunction)(void (*)(void))(fn))

/* policy.c: the type, and the policy of an object of it; NULL with TypeError. */
extern PyType_Spec policy_spec;
const struct selinuxns_policy *policy_of(PyObject *object);

/* plan.c */
extern PyType_Spec plan_spec;

/* filecontexts.c */
extern PyType_Spec file_contexts_spec;

/* tree.c */
extern PyType_Spec tree_spec;

/* The types, once the module is there; for isinstance(). */
extern PyObject *policy_type;

#endif
