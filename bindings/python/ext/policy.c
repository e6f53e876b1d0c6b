/* SPDX-License-Identifier: MIT */
/*
 * policy.c - the type Policy: struct selinuxns_policy.
 *
 * Nothing of a policy changes once it is open, so that it may be used by several threads at once.
 */
#include "ext.h"

#include <errno.h>
#include <string.h>

/*
 * PyObject_AsReadBuffer(), which is in the stable ABI for good, and in the headers until 3.12 only, as
 * deprecated. PyObject_GetBuffer() is in that ABI since 3.11; this gives the same address. What it
 * does not do is to keep the memory in its place, for which there is a memoryview of the object.
 */
int read_buffer(PyObject *object, const void **buffer,
		Py_ssize_t *size) __asm__("PyObject_AsReadBuffer");

struct policy_object {
	PyObject ob_base;
	struct selinuxns_policy *policy;
};

PyObject *policy_type;

const struct selinuxns_policy *policy_of(PyObject *object)
{
	const struct policy_object *self = (const struct policy_object *)object;

	if (!PyObject_TypeCheck(object, (PyTypeObject *)policy_type)) {
		PyErr_Format(PyExc_TypeError, "a Policy is needed, not %R", Py_TYPE(object));
		return NULL;
	}
	return self->policy;
}

static PyObject *cannot_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
	(void)type;
	(void)args;
	(void)kwargs;
	PyErr_SetString(PyExc_TypeError, "a Policy is made by its open_...() methods");
	return NULL;
}

/* An object for a policy that was opened; the policy is freed where that fails. */
static PyObject *wrap(PyObject *cls, struct selinuxns_policy *policy)
{
	allocfunc alloc = (allocfunc)PyType_GetSlot((PyTypeObject *)cls, Py_tp_alloc);
	struct policy_object *self = (struct policy_object *)alloc((PyTypeObject *)cls, 0);

	if (!self) {
		selinuxns_policy_free(policy);
		return NULL;
	}
	self->policy = policy;
	return (PyObject *)self;
}

static void policy_dealloc(PyObject *object)
{
	struct policy_object *self = (struct policy_object *)object;
	PyTypeObject *type = Py_TYPE(object);
	freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);

	selinuxns_policy_free(self->policy);
	release(object);
	Py_DECREF(type);
}

/* ---- opening ------------------------------------------------------------------ */

enum source { ROOT, FILE_PATH, FD, MEMORY };

/* What a policy is opened from; which of it counts says @source. */
struct origin {
	enum source source;
	int fd;
	const char *name;
	const void *image;
	size_t size;
};

static int open_origin(const struct origin *origin, struct selinuxns_policy **policy,
		       struct selinuxns_error *error)
{
	switch (origin->source) {
	case ROOT:
		return selinuxns_policy_open_root(policy, origin->fd, error);
	case FILE_PATH:
		return selinuxns_policy_open_file(policy, origin->name, error);
	case FD:
		return selinuxns_policy_open_fd(policy, origin->fd, origin->name, error);
	default:
		return selinuxns_policy_open_memory(policy, origin->image, origin->size,
						    origin->name, error);
	}
}

static PyObject *policy_open(PyObject *cls, const struct origin *origin)
{
	struct selinuxns_error *error = new_error();
	struct selinuxns_policy *policy = NULL;
	PyObject *made = NULL;
	PyThreadState *thread;
	int rc;

	if (!error)
		return NULL;
	thread = call_begin(SHARED);
	if (thread) {
		rc = open_origin(origin, &policy, error);
		call_end(thread);
		made = rc < 0 ? raise_error(errno, error) : wrap(cls, policy);
	}
	selinuxns_error_free(error);
	return made;
}

static PyObject *open_root(PyObject *cls, PyObject *args)
{
	struct origin origin = { .source = ROOT };

	if (!PyArg_ParseTuple(args, "i:open_root", &origin.fd))
		return NULL;
	return policy_open(cls, &origin);
}

static PyObject *open_file(PyObject *cls, PyObject *args)
{
	struct origin origin = { .source = FILE_PATH };
	PyObject *path, *made;

	if (!PyArg_ParseTuple(args, "O&:open_file", PyUnicode_FSConverter, &path))
		return NULL;
	origin.name = PyBytes_AsString(path);
	made = policy_open(cls, &origin);
	Py_DECREF(path);
	return made;
}

static PyObject *open_fd(PyObject *cls, PyObject *args)
{
	struct origin origin = { .source = FD };
	PyObject *name, *made;

	if (!PyArg_ParseTuple(args, "iO&:open_fd", &origin.fd, PyUnicode_FSConverter, &name))
		return NULL;
	origin.name = PyBytes_AsString(name);
	made = policy_open(cls, &origin);
	Py_DECREF(name);
	return made;
}

/* By the address of the object's own memory: the library makes the one copy that there is. */
static PyObject *open_memory(PyObject *cls, PyObject *args)
{
	struct origin origin = { .source = MEMORY };
	PyObject *object, *name, *view, *made = NULL;
	Py_ssize_t size;

	if (!PyArg_ParseTuple(args, "OO&:open_memory", &object, PyUnicode_FSConverter, &name))
		return NULL;
	view = PyMemoryView_FromObject(object);
	if (view && read_buffer(view, &origin.image, &size) == 0) {
		origin.size = (size_t)size;
		origin.name = PyBytes_AsString(name);
		made = policy_open(cls, &origin);
	}
	Py_XDECREF(view);
	Py_DECREF(name);
	return made;
}

/* ---- using ---------------------------------------------------------------------- */

/* What a policy is asked or used for; which function is set says which argument counts. */
struct use {
	int (*by_fd)(const struct selinuxns_policy *policy, int fd, struct selinuxns_error *error);
	int (*by_name)(const struct selinuxns_policy *policy, const char *name,
		       struct selinuxns_error *error);
	int fd;
	const char *name;
};

/* The call's result, or -1 with an exception set. */
static int policy_use(PyObject *object, enum call_kind kind, const struct use *use)
{
	const struct selinuxns_policy *policy = policy_of(object);
	struct selinuxns_error *error = policy ? new_error() : NULL;
	PyThreadState *thread;
	int rc = -1;

	if (!error)
		return -1;
	thread = call_begin(kind);
	if (thread) {
		rc = use->by_fd ? use->by_fd(policy, use->fd, error)
				: use->by_name(policy, use->name, error);
		call_end(thread);
		if (rc < 0)
			raise_error(errno, error);
	}
	selinuxns_error_free(error);
	return rc;
}

static PyObject *none_or_null(int rc)
{
	if (rc < 0)
		return NULL;
	Py_RETURN_NONE;
}

static PyObject *policy_load(PyObject *self, PyObject *args)
{
	struct use use = { .by_fd = selinuxns_policy_load, .fd = -1 };

	if (!PyArg_ParseTuple(args, "|i:load", &use.fd))
		return NULL;
	return none_or_null(policy_use(self, ALONE, &use));
}

static PyObject *policy_is_loaded(PyObject *self, PyObject *args)
{
	struct use use = { .by_fd = selinuxns_policy_is_loaded, .fd = -1 };
	int rc;

	if (!PyArg_ParseTuple(args, "|i:is_loaded", &use.fd))
		return NULL;
	rc = policy_use(self, SHARED, &use);
	return rc < 0 ? NULL : PyBool_FromLong(rc);
}

static PyObject *policy_reset_booleans(PyObject *self, PyObject *args)
{
	struct use use = { .by_fd = selinuxns_policy_reset_booleans, .fd = -1 };

	if (!PyArg_ParseTuple(args, "|i:reset_booleans", &use.fd))
		return NULL;
	return none_or_null(policy_use(self, SHARED, &use));
}

/* The string may be what a file is labelled with: any bytes, as Python decodes those of a system. */
static PyObject *policy_check(PyObject *self, PyObject *args, const char *format,
			      int (*by_name)(const struct selinuxns_policy *policy,
					     const char *name, struct selinuxns_error *error))
{
	struct use use = { .by_name = by_name };
	PyObject *text, *bytes, *result = NULL;
	char *name;

	if (!PyArg_ParseTuple(args, format, &text))
		return NULL;
	bytes = PyUnicode_EncodeFSDefault(text);
	/* NULL for the size: ValueError for what has a NUL in it. */
	if (bytes && PyBytes_AsStringAndSize(bytes, &name, NULL) == 0) {
		use.name = name;
		result = none_or_null(policy_use(self, SHARED, &use));
	}
	Py_XDECREF(bytes);
	return result;
}

static PyObject *policy_check_context(PyObject *self, PyObject *args)
{
	return policy_check(self, args, "U:check_context", selinuxns_policy_check_context);
}

static PyObject *policy_check_boolean(PyObject *self, PyObject *args)
{
	return policy_check(self, args, "U:check_boolean", selinuxns_policy_check_boolean);
}

static PyObject *policy_name(PyObject *self, void *closure)
{
	const struct selinuxns_policy *policy = policy_of(self);

	(void)closure;
	return policy ? PyUnicode_DecodeFSDefault(selinuxns_policy_name(policy)) : NULL;
}

static PyObject *policy_version(PyObject *self, void *closure)
{
	const struct selinuxns_policy *policy = policy_of(self);

	(void)closure;
	return policy ? PyLong_FromUnsignedLong(selinuxns_policy_version(policy)) : NULL;
}

static PyMethodDef policy_methods[] = {
	{ "open_root", open_root, METH_VARARGS | METH_CLASS,
	  "open_root($type, rootfd, /)\n--\n\nThe policy that the root directory rootfd is configured to use." },
	{ "open_file", open_file, METH_VARARGS | METH_CLASS,
	  "open_file($type, path, /)\n--\n\nThe policy in a file." },
	{ "open_fd", open_fd, METH_VARARGS | METH_CLASS,
	  "open_fd($type, fd, name, /)\n--\n\nThe policy that a descriptor refers to, from its beginning." },
	{ "open_memory", open_memory, METH_VARARGS | METH_CLASS,
	  "open_memory($type, buffer, name, /)\n--\n\nThe policy in an object's memory, which is copied once." },
	{ "load", policy_load, METH_VARARGS,
	  "load($self, selinuxfs_fd=-1, /)\n--\n\nLoad it into the calling thread's namespace." },
	{ "is_loaded", policy_is_loaded, METH_VARARGS,
	  "is_loaded($self, selinuxfs_fd=-1, /)\n--\n\nIs it the policy that the namespace has loaded?" },
	{ "reset_booleans", policy_reset_booleans, METH_VARARGS,
	  "reset_booleans($self, selinuxfs_fd=-1, /)\n--\n\n"
	  "Give all booleans the values that this policy, which is loaded, has for them." },
	{ "check_context", policy_check_context, METH_VARARGS,
	  "check_context($self, context, /)\n--\n\nRaise an Error where it is no context of this policy." },
	{ "check_boolean", policy_check_boolean, METH_VARARGS,
	  "check_boolean($self, name, /)\n--\n\nRaise an Error where this policy has no such boolean." },
	{ NULL, NULL, 0, NULL },
};

static PyGetSetDef policy_getset[] = {
	{ "name", policy_name, NULL, "The path or name that it was opened by.", NULL },
	{ "version", policy_version, NULL, "The version of the image that is loaded.", NULL },
	{ NULL, NULL, NULL, NULL, NULL },
};

static PyType_Slot policy_slots[] = {
	{ Py_tp_doc, (void *)"A binary policy that libsepol has read and found good." },
	{ Py_tp_new, cannot_new },
	{ Py_tp_dealloc, policy_dealloc },
	{ Py_tp_methods, policy_methods },
	{ Py_tp_getset, policy_getset },
	{ 0, NULL },
};

PyType_Spec policy_spec = {
	.name = "selinuxns._selinuxns.Policy",
	.basicsize = sizeof(struct policy_object),
	.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
	.slots = policy_slots,
};
