/* SPDX-License-Identifier: MIT */
/*
 * error.c - failures of the library as exceptions (see ext.h).
 *
 * The classes are Python's: selinuxns/_errors.py chooses one by errno.
 */
#include "ext.h"

#include <string.h>

struct selinuxns_error *new_error(void)
{
	struct selinuxns_error *error = selinuxns_error_new();

	if (!error)
		PyErr_NoMemory();
	return error;
}

PyObject *make_error(int err, const struct selinuxns_error *error)
{
	PyObject *module = PyImport_ImportModule("selinuxns._errors");
	const char *message = selinuxns_error_message(error);
	PyObject *made;

	if (!module)
		return NULL;
	made = PyObject_CallMethod(module, "make", "isss", err,
				   message[0] ? message : strerror(err),
				   selinuxns_error_step(error), selinuxns_error_object(error));
	Py_DECREF(module);
	return made;
}

PyObject *raise_error(int err, const struct selinuxns_error *error)
{
	PyObject *made = make_error(err, error);

	if (made) {
		PyErr_SetObject((PyObject *)Py_TYPE(made), made);
		Py_DECREF(made);
	}
	return NULL;
}
