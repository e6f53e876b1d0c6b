/* SPDX-License-Identifier: MIT */
/*
 * module.c - the module selinuxns._selinuxns, and the calls that belong to no object.
 */
#include "ext.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

int to_unsigned(PyObject *object, void *number)
{
	unsigned long value = PyLong_AsUnsignedLong(object);

	if (value == (unsigned long)-1 && PyErr_Occurred())
		return 0;
	if (value > UINT_MAX) {
		PyErr_SetString(PyExc_OverflowError, "the number is too large");
		return 0;
	}
	*(unsigned int *)number = (unsigned int)value;
	return 1;
}

static PyObject *is_unshared(PyObject *self, PyObject *args)
{
	PyThreadState *thread;
	int rc, err;

	(void)self;
	(void)args;
	/* Async-signal-safe, so that neither other calls nor a fork are kept waiting. */
	thread = PyEval_SaveThread();
	rc = is_selinux_unshared();
	err = errno;
	PyEval_RestoreThread(thread);
	return rc < 0 ? raise_errno(err, "look at the namespace", "") : PyBool_FromLong(rc);
}

static PyObject *probe(PyObject *self, PyObject *args)
{
	PyThreadState *thread = call_begin(SHARED);
	int rc;

	(void)self;
	(void)args;
	if (!thread)
		return NULL;
	rc = selinuxns_probe();
	call_end(thread);
	return rc < 0 ? raise_errno(errno, "look at the kernel", "") : PyLong_FromLong(rc);
}

static PyObject *probe_str(PyObject *self, PyObject *args)
{
	int support;

	(void)self;
	if (!PyArg_ParseTuple(args, "i:probe_str", &support))
		return NULL;
	return PyUnicode_FromString(selinuxns_probe_str(support));
}

static PyObject *forget(PyObject *self, PyObject *args)
{
	PyThreadState *thread = call_begin(ALONE);
	int rc;

	(void)self;
	(void)args;
	if (!thread)
		return NULL;
	rc = selinuxns_forget();
	call_end(thread);
	return rc < 0 ? raise_errno(errno, "forget", "libselinux") : Py_BuildValue("");
}

/* ---- calls that take an error object ------------------------------------------------ */

/* A call of the library with all that it can take, and what it gives. */
struct request {
	int (*make)(struct request *request, struct selinuxns_error *error);
	int fd;
	unsigned int first, second;
	bool has_first, has_second;
	const struct selinuxns_boolean *booleans;
	size_t count;
	PyObject *dict;
	bool failed; /* in a callback, with the exception set */
	PyThreadState *thread;
};

/* The result, or -1 with an exception set. */
static int request_make(struct request *request, enum call_kind kind)
{
	struct selinuxns_error *error = new_error();
	int rc = -1;

	if (!error)
		return -1;
	request->thread = call_begin(kind);
	if (request->thread) {
		rc = request->make(request, error);
		call_end(request->thread);
		if (rc < 0 && !request->failed)
			raise_error(errno, error);
		else if (request->failed)
			rc = -1;
	}
	selinuxns_error_free(error);
	return rc;
}

static PyObject *number_or_null(int rc)
{
	return rc < 0 ? NULL : PyLong_FromLong(rc);
}

static PyObject *none_or_null(int rc)
{
	return rc < 0 ? NULL : Py_BuildValue("");
}

static int make_unshare(struct request *request, struct selinuxns_error *error)
{
	return selinuxns_unshare(request->first, error);
}

static PyObject *unshare_here(PyObject *self, PyObject *args)
{
	struct request request = { .make = make_unshare };

	(void)self;
	if (!PyArg_ParseTuple(args, "O&:unshare", to_unsigned, &request.first))
		return NULL;
	return none_or_null(request_make(&request, ALONE));
}

static int make_mount(struct request *request, struct selinuxns_error *error)
{
	return selinuxns_mount_selinuxfs(request->fd, error);
}

static PyObject *mount_selinuxfs(PyObject *self, PyObject *args)
{
	struct request request = { .make = make_mount };

	(void)self;
	if (!PyArg_ParseTuple(args, "i:mount_selinuxfs", &request.fd))
		return NULL;
	return none_or_null(request_make(&request, ALONE));
}

static int make_init(struct request *request, struct selinuxns_error *error)
{
	(void)request;
	return selinuxns_init(error);
}

static PyObject *init(PyObject *self, PyObject *args)
{
	struct request request = { .make = make_init };
	int rc;

	(void)self;
	(void)args;
	rc = request_make(&request, ALONE);
	return rc < 0 ? NULL : PyBool_FromLong(rc);
}

static int make_kind(struct request *request, struct selinuxns_error *error)
{
	(void)request;
	return selinuxns_kind(error);
}

static PyObject *kind(PyObject *self, PyObject *args)
{
	struct request request = { .make = make_kind };

	(void)self;
	(void)args;
	return number_or_null(request_make(&request, SHARED));
}

static int make_open(struct request *request, struct selinuxns_error *error)
{
	(void)request;
	return selinuxns_selinuxfs_open(error);
}

static PyObject *selinuxfs_open(PyObject *self, PyObject *args)
{
	struct request request = { .make = make_open };

	(void)self;
	(void)args;
	return number_or_null(request_make(&request, SHARED));
}

/* ---- limits ---------------------------------------------------------------------------- */

static int make_limits_get(struct request *request, struct selinuxns_error *error)
{
	return selinuxns_limits_get(&request->first, &request->second, error);
}

static PyObject *limits_get(PyObject *self, PyObject *args)
{
	struct request request = { .make = make_limits_get };

	(void)self;
	(void)args;
	if (request_make(&request, SHARED) < 0)
		return NULL;
	return Py_BuildValue("(II)", request.first, request.second);
}

static int make_limits_set(struct request *request, struct selinuxns_error *error)
{
	return selinuxns_limits_set(request->has_first ? &request->first : NULL,
				    request->has_second ? &request->second : NULL, error);
}

static PyObject *limits_set(PyObject *self, PyObject *args)
{
	struct request request = { .make = make_limits_set };
	PyObject *maxns, *maxnsdepth;

	(void)self;
	if (!PyArg_ParseTuple(args, "OO:limits_set", &maxns, &maxnsdepth))
		return NULL;
	request.has_first = maxns != Py_None;
	request.has_second = maxnsdepth != Py_None;
	if ((request.has_first && !to_unsigned(maxns, &request.first)) ||
	    (request.has_second && !to_unsigned(maxnsdepth, &request.second)))
		return NULL;
	return none_or_null(request_make(&request, SHARED));
}

/* ---- booleans ---------------------------------------------------------------------------- */

static void on_boolean(void *data, const char *name, int on)
{
	struct request *request = data;
	PyObject *key, *value;

	if (request->failed)
		return;
	callback_begin(request->thread);
	key = PyUnicode_DecodeFSDefault(name);
	value = PyBool_FromLong(on);
	request->failed = !key || !value || PyDict_SetItem(request->dict, key, value) < 0;
	Py_XDECREF(key);
	Py_XDECREF(value);
	request->thread = callback_end();
}

static int make_booleans_get(struct request *request, struct selinuxns_error *error)
{
	return selinuxns_booleans_get(request->fd, on_boolean, request, error);
}

static PyObject *booleans_get(PyObject *self, PyObject *args)
{
	struct request request = { .make = make_booleans_get };

	(void)self;
	if (!PyArg_ParseTuple(args, "i:booleans_get", &request.fd))
		return NULL;
	request.dict = PyDict_New();
	if (request.dict && request_make(&request, SHARED) < 0)
		Py_CLEAR(request.dict);
	return request.dict;
}

static int make_booleans_set(struct request *request, struct selinuxns_error *error)
{
	return selinuxns_booleans_set(request->fd, request->booleans, request->count, error);
}

/* A tuple of (bytes, bool), whose strings are used as they are. */
static PyObject *booleans_set(PyObject *self, PyObject *args)
{
	struct request request = { .make = make_booleans_set };
	struct selinuxns_boolean *booleans;
	PyObject *tuple;
	Py_ssize_t n;
	int rc = 0;

	(void)self;
	if (!PyArg_ParseTuple(args, "iO:booleans_set", &request.fd, &tuple))
		return NULL;
	n = PyTuple_Size(tuple);
	if (n < 0)
		return NULL;
	booleans = calloc((size_t)n + 1, sizeof(*booleans));
	if (!booleans)
		return PyErr_NoMemory();
	for (Py_ssize_t i = 0; i < n && rc == 0; i++) {
		PyObject *item = PyTuple_GetItem(tuple, i);

		if (!PyTuple_Check(item)) {
			PyErr_SetString(PyExc_TypeError, "(name, value) is needed");
			rc = -1;
		} else if (!PyArg_ParseTuple(item, "yp", &booleans[i].name, &booleans[i].on)) {
			rc = -1;
		}
	}
	request.booleans = booleans;
	request.count = (size_t)n;
	if (rc == 0)
		rc = request_make(&request, SHARED);
	free(booleans);
	return none_or_null(rc);
}

/* ---- the module ---------------------------------------------------------------------------- */

static PyMethodDef methods[] = {
	{ "is_unshared", is_unshared, METH_NOARGS,
	  "is_unshared($module)\n--\n\n"
	  "Is the calling thread in an SELinux namespace that is still to be initialised?\n\n"
	  "True in one of its own into which no policy was loaded yet; False where one was, in the\n"
	  "init namespace, and on a kernel without SELinux namespaces.\n\n"
	  ">>> import selinuxns\n>>> selinuxns.is_unshared()\nFalse\n" },
	{ "probe", probe, METH_NOARGS, "probe($module)\n--\n\nA number: see selinuxns.Support." },
	{ "probe_str", probe_str, METH_VARARGS,
	  "probe_str($module, support, /)\n--\n\nA sentence for what probe() gives." },
	{ "forget", forget, METH_NOARGS,
	  "forget($module)\n--\n\n"
	  "Make libselinux, and so the module selinux, find out anew what it knows.\n\n"
	  "unshare(), load_policy() and mount_selinuxfs() do so themselves.\n" },
	{ "unshare", unshare_here, METH_VARARGS,
	  "unshare($module, wait_ms, /)\n--\n\nGive the calling thread an SELinux namespace of its own." },
	{ "mount_selinuxfs", mount_selinuxfs, METH_VARARGS,
	  "mount_selinuxfs($module, rootfd, /)\n--\n\nMount the namespace's selinuxfs in a root." },
	{ "init", init, METH_NOARGS,
	  "init($module)\n--\n\n"
	  "What the init of a container does for its namespace.\n\n"
	  "Where is_unshared(): mounts selinuxfs, loads the policy that /etc/selinux/config names,\n"
	  "takes on the context that this policy gives, and sets the configured mode. True when\n"
	  "that was done, False when there was nothing to do.\n" },
	{ "kind", kind, METH_NOARGS, "kind($module)\n--\n\nA number: see selinuxns.Kind." },
	{ "selinuxfs_open", selinuxfs_open, METH_NOARGS,
	  "selinuxfs_open($module)\n--\n\n"
	  "Open the selinuxfs of the calling thread's namespace, wherever it is mounted or not.\n\n"
	  "Returns a descriptor of its root directory, which the caller closes: for os.open() with\n"
	  "dir_fd, and the calls that take a selinuxfs_fd. While it is open the namespace lives.\n" },
	{ "limits_get", limits_get, METH_NOARGS, "limits_get($module)\n--\n\n(maxns, maxnsdepth)" },
	{ "limits_set", limits_set, METH_VARARGS,
	  "limits_set($module, maxns, maxnsdepth, /)\n--\n\nSet both, or the one that is not None." },
	{ "booleans_get", booleans_get, METH_VARARGS,
	  "booleans_get($module, selinuxfs_fd, /)\n--\n\nThe booleans of the loaded policy, a dict." },
	{ "booleans_set", booleans_set, METH_VARARGS,
	  "booleans_set($module, selinuxfs_fd, booleans, /)\n--\n\nSet all or none of (name, value)..." },
	{ "fork_before", fork_before, METH_NOARGS,
	  "fork_before($module)\n--\n\nFor os.register_at_fork()." },
	{ "fork_in_parent", fork_in_parent, METH_NOARGS,
	  "fork_in_parent($module)\n--\n\nFor os.register_at_fork()." },
	{ "fork_in_child", fork_in_child, METH_NOARGS,
	  "fork_in_child($module)\n--\n\nFor os.register_at_fork()." },
	{ NULL, NULL, 0, NULL },
};

static int add_type(PyObject *module, const char *name, PyObject *type)
{
	if (!type)
		return -1;
	Py_INCREF(type);
	if (PyModule_AddObject(module, name, type) == 0)
		return 0;
	Py_DECREF(type);
	return -1;
}

static int add_new_type(PyObject *module, const char *name, PyType_Spec *spec)
{
	PyObject *type = PyType_FromSpec(spec);
	int rc = add_type(module, name, type);

	Py_XDECREF(type);
	return rc;
}

static int module_exec(PyObject *module)
{
	/* One type for all interpreters of a process, as the library's state is one. */
	if (!policy_type)
		policy_type = PyType_FromSpec(&policy_spec);
	if (add_type(module, "Policy", policy_type) < 0)
		return -1;
	if (add_new_type(module, "Plan", &plan_spec) < 0)
		return -1;
	if (add_new_type(module, "FileContexts", &file_contexts_spec) < 0)
		return -1;
	return add_new_type(module, "Tree", &tree_spec);
}

static PyModuleDef_Slot slots[] = {
	{ Py_mod_exec, module_exec },
	{ 0, NULL },
};

static struct PyModuleDef definition = {
	.m_base = PyModuleDef_HEAD_INIT,
	.m_name = "selinuxns._selinuxns",
	.m_doc = "The library's calls, one for one; selinuxns is what is meant to be used.",
	.m_size = 0,
	.m_methods = methods,
	.m_slots = slots,
};

PyMODINIT_FUNC PyInit__selinuxns(void);

PyMODINIT_FUNC PyInit__selinuxns(void)
{
	return PyModuleDef_Init(&definition);
}
