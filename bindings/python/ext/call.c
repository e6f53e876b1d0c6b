/* SPDX-License-Identifier: MIT */
/*
 * call.c - calls of the library without the GIL, and forks of the interpreter (see ext.h).
 *
 * Must never wait for the lock while it holds the GIL: who has the lock may need the GIL, for a
 * callback, before it gives it back.
 */
#include "ext.h"

#include <errno.h>
#include <pthread.h>

/* A fork must come to its turn, also where other threads call without a pause. */
#ifdef PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP
#define UNLOCKED PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP
#else
#define UNLOCKED PTHREAD_RWLOCK_INITIALIZER
#endif
static const pthread_rwlock_t unlocked = UNLOCKED;
static pthread_rwlock_t calls = UNLOCKED;

/* Of this thread: a callback's calls are part of the one that called it. */
static _Thread_local unsigned int depth;

PyThreadState *call_begin(enum call_kind kind)
{
	PyThreadState *thread;

	if (depth > 0 && kind == ALONE) {
		PyErr_SetString(PyExc_RuntimeError,
				"a callback cannot change the namespace that it is called in");
		return NULL;
	}
	thread = PyEval_SaveThread();
	if (depth++ > 0)
		return thread;
	if (kind == ALONE)
		pthread_rwlock_wrlock(&calls);
	else
		pthread_rwlock_rdlock(&calls);
	return thread;
}

void call_end(PyThreadState *thread)
{
	int saved = errno;

	if (--depth == 0)
		pthread_rwlock_unlock(&calls);
	PyEval_RestoreThread(thread);
	errno = saved;
}

/* In a callback this thread has the lock already. */
PyObject *fork_before(PyObject *self, PyObject *args)
{
	(void)self;
	(void)args;
	if (depth == 0) {
		PyThreadState *thread = PyEval_SaveThread();

		pthread_rwlock_wrlock(&calls);
		PyEval_RestoreThread(thread);
	}
	Py_RETURN_NONE;
}

PyObject *fork_in_parent(PyObject *self, PyObject *args)
{
	(void)self;
	(void)args;
	if (depth == 0)
		pthread_rwlock_unlock(&calls);
	Py_RETURN_NONE;
}

/* The lock knows its owner by a thread id that is not this one's; it is made anew. */
PyObject *fork_in_child(PyObject *self, PyObject *args)
{
	(void)self;
	(void)args;
	calls = unlocked;
	if (depth > 0)
		pthread_rwlock_rdlock(&calls);
	Py_RETURN_NONE;
}
