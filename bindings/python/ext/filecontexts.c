/* SPDX-License-Identifier: MIT */
/*
 * filecontexts.c - the type FileContexts: struct selinuxns_file_contexts.
 *
 * Nothing of one changes once it is open, so that it may be used by several threads at once.
 */
#include "ext.h"

#include <errno.h>
#include <sys/types.h>

struct contexts_object {
	PyObject ob_base;
	struct selinuxns_file_contexts *contexts;
};

static PyObject *cannot_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
	(void)type;
	(void)args;
	(void)kwargs;
	PyErr_SetString(PyExc_TypeError, "FileContexts are made by their open_...() methods");
	return NULL;
}

static void contexts_dealloc(PyObject *object)
{
	struct contexts_object *self = (struct contexts_object *)object;
	PyTypeObject *type = Py_TYPE(object);
	freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);

	selinuxns_file_contexts_free(self->contexts);
	release(object);
	Py_DECREF(type);
}

/* By @path, or where that is NULL of a root. */
static PyObject *contexts_open(PyObject *cls, const char *path, int rootfd, const char *type)
{
	allocfunc alloc = (allocfunc)PyType_GetSlot((PyTypeObject *)cls, Py_tp_alloc);
	struct selinuxns_error *error = new_error();
	struct contexts_object *self;
	PyThreadState *thread;

	self = error ? (struct contexts_object *)alloc((PyTypeObject *)cls, 0) : NULL;
	thread = self ? call_begin(SHARED) : NULL;
	if (thread) {
		self->contexts = path ? selinuxns_file_contexts_open_file(path, error)
				      : selinuxns_file_contexts_open_root(rootfd, type, error);
		call_end(thread);
		if (!self->contexts)
			raise_error(errno, error);
	}
	selinuxns_error_free(error);
	if (self && !self->contexts) {
		Py_DECREF(self);
		self = NULL;
	}
	return (PyObject *)self;
}

static PyObject *open_root(PyObject *cls, PyObject *args)
{
	const char *type;
	int rootfd;

	if (!PyArg_ParseTuple(args, "iz:open_root", &rootfd, &type))
		return NULL;
	return contexts_open(cls, NULL, rootfd, type);
}

static PyObject *open_file(PyObject *cls, PyObject *args)
{
	PyObject *path, *made;

	if (!PyArg_ParseTuple(args, "O&:open_file", PyUnicode_FSConverter, &path))
		return NULL;
	made = contexts_open(cls, PyBytes_AsString(path), -1, NULL);
	Py_DECREF(path);
	return made;
}

/* (result, context or None) */
static PyObject *contexts_lookup(PyObject *object, PyObject *args)
{
	struct contexts_object *self = (struct contexts_object *)object;
	struct selinuxns_error *error;
	PyObject *path, *result = NULL;
	PyThreadState *thread;
	const char *context;
	unsigned int mode;
	int rc;

	if (!PyArg_ParseTuple(args, "O&O&:lookup", PyUnicode_FSConverter, &path, to_unsigned,
			      &mode))
		return NULL;
	error = new_error();
	thread = error ? call_begin(SHARED) : NULL;
	if (thread) {
		rc = selinuxns_file_contexts_lookup(self->contexts, PyBytes_AsString(path),
						    (mode_t)mode, &context, error);
		call_end(thread);
		result = rc < 0 ? raise_error(errno, error) : Py_BuildValue("(iz)", rc, context);
	}
	selinuxns_error_free(error);
	Py_DECREF(path);
	return result;
}

static PyMethodDef contexts_methods[] = {
	{ "open_root", open_root, METH_VARARGS | METH_CLASS,
	  "open_root($type, rootfd, type, /)\n--\n\nThose of a root, for a policy type or the configured one." },
	{ "open_file", open_file, METH_VARARGS | METH_CLASS,
	  "open_file($type, path, /)\n--\n\nThose in a file_contexts, and the files next to it." },
	{ "lookup_raw", contexts_lookup, METH_VARARGS,
	  "lookup_raw($self, path, mode, /)\n--\n\nA number, see selinuxns.Lookup, and the context or None." },
	{ NULL, NULL, 0, NULL },
};

static PyType_Slot contexts_slots[] = {
	{ Py_tp_doc, (void *)"Which context belongs to a path." },
	{ Py_tp_new, cannot_new },
	{ Py_tp_dealloc, contexts_dealloc },
	{ Py_tp_methods, contexts_methods },
	{ 0, NULL },
};

PyType_Spec file_contexts_spec = {
	.name = "selinuxns._selinuxns.FileContexts",
	.basicsize = sizeof(struct contexts_object),
	.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
	.slots = contexts_slots,
};
