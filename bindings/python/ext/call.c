/* SPDX-License-Identifier: MIT */
/*
 * call.c - calls of the library without the GIL, and forks of the interpreter (see ext.h).
 *
 * Must never wait here while it holds the GIL: who is waited for may need the GIL, for a callback,
 * before it goes on.
 */
#include "ext.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>

/* Who goes on; its lock is held for no longer than that takes to be looked at or changed. */
struct traffic {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned int calls; /* threads in a call, also in a callback of it */
	unsigned int inside; /* threads in the library: those that are not in a callback */
	unsigned int waiting; /* for their turn ALONE */
	unsigned int forks; /* threads that fork, or wait for that */
	bool alone; /* the one call is ALONE */
};

static struct traffic traffic = { .lock = PTHREAD_MUTEX_INITIALIZER,
				  .changed = PTHREAD_COND_INITIALIZER };

/* Of this thread: a callback's calls are part of the one that called it, which is of this kind. */
static _Thread_local unsigned int depth;
static _Thread_local enum call_kind outer;

static void traffic_lock(void)
{
	pthread_mutex_lock(&traffic.lock);
}

static void traffic_wait(void)
{
	pthread_cond_wait(&traffic.changed, &traffic.lock);
}

/* After a change that someone may be waiting for. */
static void traffic_unlock(void)
{
	pthread_cond_broadcast(&traffic.changed);
	pthread_mutex_unlock(&traffic.lock);
}

/*
 * ALONE ones must come to their turn where other threads call without a pause. But not before what a
 * callback may be waiting for, in another thread: its own call, which they wait for, would not end.
 */
static bool must_wait(enum call_kind kind)
{
	if (traffic.forks > 0)
		return true;
	if (depth > 0)
		return false;
	if (kind == ALONE)
		return traffic.calls > 0;
	return traffic.alone || (traffic.waiting > 0 && traffic.calls == traffic.inside);
}

static void enter(enum call_kind kind)
{
	traffic_lock();
	traffic.waiting += kind == ALONE;
	while (must_wait(kind))
		traffic_wait();
	traffic.waiting -= kind == ALONE;
	traffic.inside++;
	if (depth++ == 0) {
		traffic.calls++;
		traffic.alone = kind == ALONE;
		outer = kind;
	}
	traffic_unlock();
}

static void leave(void)
{
	traffic_lock();
	traffic.inside--;
	if (--depth == 0) {
		traffic.calls--;
		traffic.alone = false;
	}
	traffic_unlock();
}

PyThreadState *call_begin(enum call_kind kind)
{
	PyThreadState *thread;

	if (depth > 0 && kind == ALONE) {
		PyErr_SetString(PyExc_RuntimeError,
				"a callback cannot change the namespace that it is called in");
		return NULL;
	}
	thread = PyEval_SaveThread();
	enter(kind);
	return thread;
}

void call_end(PyThreadState *thread)
{
	int saved = errno;

	leave();
	PyEval_RestoreThread(thread);
	errno = saved;
}

bool is_idle(bool busy, const char *what)
{
	if (busy)
		PyErr_Format(PyExc_RuntimeError, "the %s is in use by another call", what);
	return !busy;
}

void callback_begin(PyThreadState *thread)
{
	traffic_lock();
	traffic.inside--;
	traffic_unlock();
	PyEval_RestoreThread(thread);
}

PyThreadState *callback_end(void)
{
	PyThreadState *thread = PyEval_SaveThread();

	traffic_lock();
	while (traffic.forks > 0)
		traffic_wait();
	traffic.inside++;
	traffic_unlock();
	return thread;
}

PyObject *fork_before(PyObject *self, PyObject *args)
{
	PyThreadState *thread = PyEval_SaveThread();

	(void)self;
	(void)args;
	traffic_lock();
	traffic.forks++;
	while (traffic.inside > 0)
		traffic_wait();
	traffic_unlock();
	PyEval_RestoreThread(thread);
	Py_RETURN_NONE;
}

PyObject *fork_in_parent(PyObject *self, PyObject *args)
{
	(void)self;
	(void)args;
	traffic_lock();
	traffic.forks--;
	traffic_unlock();
	Py_RETURN_NONE;
}

/* Another thread may have had the lock; the only call that goes on is this thread's. */
PyObject *fork_in_child(PyObject *self, PyObject *args)
{
	(void)self;
	(void)args;
	traffic = (struct traffic){ .lock = PTHREAD_MUTEX_INITIALIZER,
				    .changed = PTHREAD_COND_INITIALIZER };
	if (depth > 0) {
		traffic.calls = 1;
		traffic.alone = outer == ALONE;
	}
	Py_RETURN_NONE;
}
