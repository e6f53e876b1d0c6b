/* SPDX-License-Identifier: MIT */
/*
 * error.c - failures of the library as exceptions (see ext.h).
 *
 * The classes are Python's: selinuxns/_errors.py chooses one by errno.
 */
#include "ext.h"

#include <stdio.h>
#include <string.h>

struct selinuxns_error *new_error(void)
{
	struct selinuxns_error *error = selinuxns_error_new();

	if (!error)
		PyErr_NoMemory();
	return error;
}

static PyObject *make(int err, const char *message, const char *step, const char *object)
{
	PyObject *module = PyImport_ImportModule("selinuxns._errors");
	PyObject *made;

	if (!module)
		return NULL;
	made = PyObject_CallMethod(module, "make", "isss", err, message, step, object);
	Py_DECREF(module);
	return made;
}

PyObject *make_error(int err, const struct selinuxns_error *error)
{
	return make(err, selinuxns_error_message(error), selinuxns_error_step(error),
		    selinuxns_error_object(error));
}

static PyObject *raise_made(PyObject *made)
{
	if (made) {
		PyErr_SetObject((PyObject *)Py_TYPE(made), made);
		Py_DECREF(made);
	}
	return NULL;
}

PyObject *raise_error(int err, const struct selinuxns_error *error)
{
	return raise_made(make_error(err, error));
}

PyObject *raise_errno(int err, const char *step, const char *object)
{
	char message[512];

	snprintf(message, sizeof(message), "%s: %.300s%s%s", step, object, object[0] ? ": " : "",
		 strerror(err));
	return raise_made(make(err, message, step, object));
}
