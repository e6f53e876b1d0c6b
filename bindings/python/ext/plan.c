/* SPDX-License-Identifier: MIT */
/*
 * plan.c - the type Plan: struct selinuxns_plan, filled, then used.
 *
 * One thread at a time may use a plan, which is seen to here. What the plan refers to, and does not
 * copy (its policy, its watcher), lives as long as it.
 */
#include "ext.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

struct plan_object {
	PyObject ob_base;
	struct selinuxns_plan *plan;
	PyObject *policy; /* NULL: none */
	PyObject *watch;
	bool busy; /* a call goes on, without the GIL; the GIL guards it */
	PyThreadState *thread; /* of that call */
};

static PyObject *plan_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
	allocfunc alloc = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
	struct plan_object *self;

	if (PyTuple_Size(args) > 0 || (kwargs && PyDict_Size(kwargs) > 0)) {
		PyErr_SetString(PyExc_TypeError, "Plan() takes no arguments");
		return NULL;
	}
	self = (struct plan_object *)alloc(type, 0);
	if (!self)
		return NULL;
	self->plan = selinuxns_plan_new();
	if (self->plan)
		return (PyObject *)self;
	Py_DECREF(self);
	return PyErr_NoMemory();
}

static int plan_traverse(PyObject *object, visitproc visit, void *arg)
{
	struct plan_object *self = (struct plan_object *)object;

	Py_VISIT(Py_TYPE(object));
	Py_VISIT(self->policy);
	Py_VISIT(self->watch);
	return 0;
}

static int plan_clear(PyObject *object)
{
	struct plan_object *self = (struct plan_object *)object;

	Py_CLEAR(self->watch);
	return 0;
}

static void plan_dealloc(PyObject *object)
{
	struct plan_object *self = (struct plan_object *)object;
	PyTypeObject *type = Py_TYPE(object);
	freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);

	PyObject_GC_UnTrack(object);
	selinuxns_plan_free(self->plan);
	Py_XDECREF(self->policy);
	Py_XDECREF(self->watch);
	release(object);
	Py_DECREF(type);
}

/* ---- setters ------------------------------------------------------------------- */

/* @what is the value's kind, as the object of an error. */
static PyObject *done(int rc, const char *what)
{
	if (rc < 0)
		return raise_errno(errno, "fill plan", what);
	Py_RETURN_NONE;
}

static PyObject *set_policy(PyObject *object, PyObject *policy)
{
	struct plan_object *self = (struct plan_object *)object;
	const struct selinuxns_policy *found = NULL;
	PyObject *old;

	if ((policy != Py_None && !(found = policy_of(policy))) || !is_idle(self->busy, "plan"))
		return NULL;
	if (selinuxns_plan_set_policy(self->plan, found) < 0)
		return done(-1, "policy");
	old = self->policy;
	self->policy = NULL;
	if (found) {
		Py_INCREF(policy);
		self->policy = policy;
	}
	Py_XDECREF(old);
	Py_RETURN_NONE;
}

static PyObject *set_watch(PyObject *object, PyObject *watch)
{
	struct plan_object *self = (struct plan_object *)object;
	PyObject *old;

	if (!is_idle(self->busy, "plan"))
		return NULL;
	if (!PyCallable_Check(watch)) {
		PyErr_SetString(PyExc_TypeError, "what watches the steps must be callable");
		return NULL;
	}
	old = self->watch;
	Py_INCREF(watch);
	self->watch = watch;
	Py_XDECREF(old);
	Py_RETURN_NONE;
}

/* A setter of one value: its type, how it is parsed, the library's function, the name for messages. */
#define SET_VALUE(name, type, format, function, what)                                        \
	static PyObject *name(PyObject *object, PyObject *args)                              \
	{                                                                                    \
		struct plan_object *self = (struct plan_object *)object;                     \
		type value;                                                                  \
                                                                                             \
		if (!PyArg_ParseTuple(args, format, &value) || !is_idle(self->busy, "plan")) \
			return NULL;                                                         \
		return done(function(self->plan, value), what);                              \
	}

#define SET_INT(name, function, what)  SET_VALUE(name, int, "i", function, what)
#define SET_FLAG(name, function, what) SET_VALUE(name, int, "p", function, what)
/* None, or a string without NULs. */
#define SET_STRING(name, function, what) SET_VALUE(name, const char *, "z", function, what)

SET_FLAG(set_policy_from_root, selinuxns_plan_set_policy_from_root, "policy from root")
SET_FLAG(set_mount, selinuxns_plan_set_mount, "mount")
SET_FLAG(set_session, selinuxns_plan_set_session, "session")
SET_STRING(set_context, selinuxns_plan_set_context, "context")
SET_STRING(set_exec_context, selinuxns_plan_set_exec_context, "exec context")
SET_INT(set_mode, selinuxns_plan_set_mode, "mode")
SET_INT(keep_fd, selinuxns_plan_keep_fd, "descriptor")
SET_INT(default_signal, selinuxns_plan_default_signal, "default signal")
SET_INT(set_death_signal, selinuxns_plan_set_death_signal, "death signal")

static PyObject *set_path(PyObject *object, PyObject *path,
			  int (*function)(struct selinuxns_plan *plan, const char *path))
{
	struct plan_object *self = (struct plan_object *)object;
	PyObject *bytes = NULL, *result = NULL;

	if (path != Py_None && !PyUnicode_FSConverter(path, &bytes))
		return NULL;
	if (is_idle(self->busy, "plan"))
		result = done(function(self->plan, bytes ? PyBytes_AsString(bytes) : NULL), "path");
	Py_XDECREF(bytes);
	return result;
}

static PyObject *set_root(PyObject *object, PyObject *path)
{
	return set_path(object, path, selinuxns_plan_set_root);
}

static PyObject *set_workdir(PyObject *object, PyObject *path)
{
	return set_path(object, path, selinuxns_plan_set_workdir);
}

static PyObject *set_boolean(PyObject *object, PyObject *args)
{
	struct plan_object *self = (struct plan_object *)object;
	const char *name;
	int on;

	if (!PyArg_ParseTuple(args, "sp:set_boolean", &name, &on) || !is_idle(self->busy, "plan"))
		return NULL;
	return done(selinuxns_plan_set_boolean(self->plan, name, on), "boolean");
}

static PyObject *set_stdio(PyObject *object, PyObject *args)
{
	struct plan_object *self = (struct plan_object *)object;
	int number, fd;

	if (!PyArg_ParseTuple(args, "ii:set_stdio", &number, &fd) || !is_idle(self->busy, "plan"))
		return NULL;
	return done(selinuxns_plan_set_stdio(self->plan, number, fd), "standard descriptor");
}

static PyObject *set_wait(PyObject *object, PyObject *args)
{
	struct plan_object *self = (struct plan_object *)object;
	unsigned int wait_ms;

	if (!PyArg_ParseTuple(args, "O&:set_wait", to_unsigned, &wait_ms) ||
	    !is_idle(self->busy, "plan"))
		return NULL;
	return done(selinuxns_plan_set_wait(self->plan, wait_ms), "wait");
}

/* ---- lists of strings --------------------------------------------------------------- */

/* The strings of a tuple of bytes, which they belong to, and a NULL; or NULL with an exception. */
static char **strings_of(PyObject *tuple)
{
	Py_ssize_t n = PyTuple_Size(tuple);
	char **strings = n < 0 ? NULL : calloc((size_t)n + 1, sizeof(*strings));

	if (n >= 0 && !strings)
		PyErr_NoMemory();
	for (Py_ssize_t i = 0; strings && i < n; i++) {
		/* NULL for the size: ValueError for what has a NUL in it. */
		if (PyBytes_AsStringAndSize(PyTuple_GetItem(tuple, i), &strings[i], NULL) < 0) {
			free(strings);
			return NULL;
		}
	}
	return strings;
}

/* Of this process's a copy now: another thread may change it when the GIL is released. */
static int set_own_environment(struct plan_object *self)
{
	static char *const empty[] = { NULL };

	return selinuxns_plan_set_environment(self->plan, environ ? environ : empty);
}

static PyObject *set_environment(PyObject *object, PyObject *tuple)
{
	struct plan_object *self = (struct plan_object *)object;
	char **strings;
	int rc;

	if (!is_idle(self->busy, "plan"))
		return NULL;
	if (tuple == Py_None)
		return done(set_own_environment(self), "environment");
	strings = strings_of(tuple);
	if (!strings)
		return NULL;
	rc = selinuxns_plan_set_environment(self->plan, strings);
	free(strings);
	return done(rc, "environment");
}

/* ---- using the plan -------------------------------------------------------------------- */

static void on_step(void *data, const char *step, const char *object);

/* A call's frame: the plan is busy, the GIL released. False with an exception set. */
static bool use_begin(struct plan_object *self, enum call_kind kind)
{
	PyThreadState *thread;

	if (!is_idle(self->busy, "plan"))
		return false;
	self->busy = true;
	selinuxns_plan_set_watch(self->plan, self->watch ? on_step : NULL, self);
	thread = call_begin(kind);
	if (!thread) {
		self->busy = false;
		return false;
	}
	self->thread = thread;
	return true;
}

static void use_end(struct plan_object *self)
{
	call_end(self->thread);
	self->thread = NULL;
	self->busy = false;
}

static void on_step(void *data, const char *step, const char *object)
{
	struct plan_object *self = data;
	PyObject *answer;

	callback_begin(self->thread);
	answer = PyObject_CallFunction(self->watch, "sO&", step, PyUnicode_DecodeFSDefault, object);
	if (!answer)
		PyErr_WriteUnraisable(self->watch);
	Py_XDECREF(answer);
	self->thread = callback_end();
}

/* None or bytes without a NUL: false with an exception. */
static bool command_of(PyObject *command, char **name)
{
	*name = NULL;
	return command == Py_None || PyBytes_AsStringAndSize(command, name, NULL) == 0;
}

struct report {
	struct plan_object *self;
	PyObject *list;
	bool failed; /* with the exception set */
};

static void on_check(void *data, const char *check, const char *object,
		     enum selinuxns_result result, const char *message)
{
	struct report *report = data;
	PyObject *item;

	if (report->failed)
		return;
	callback_begin(report->self->thread);
	item = Py_BuildValue("(sO&is)", check, PyUnicode_DecodeFSDefault, object, (int)result,
			     message);
	report->failed = !item || PyList_Append(report->list, item) < 0;
	Py_XDECREF(item);
	report->self->thread = callback_end();
}

/* (checks, None or the exception that a use of the plan would raise) */
static PyObject *plan_check(PyObject *object, PyObject *args)
{
	struct plan_object *self = (struct plan_object *)object;
	struct report report = { .self = self };
	struct selinuxns_error *error;
	PyObject *command = NULL, *result = NULL, *failure = NULL;
	int spawn, rc;
	char *name;

	if (!PyArg_ParseTuple(args, "Op:check", &command, &spawn))
		return NULL;
	if (!command_of(command, &name))
		return NULL;
	error = new_error();
	report.list = PyList_New(0);
	if (error && report.list && use_begin(self, SHARED)) {
		rc = selinuxns_plan_check(self->plan, name, spawn, on_check, &report, error);
		use_end(self);
		if (!report.failed && rc < 0)
			failure = make_error(errno, error);
		else if (!report.failed)
			failure = Py_BuildValue("");
		if (failure)
			result = Py_BuildValue("(OO)", report.list, failure);
	}
	Py_XDECREF(failure);
	Py_XDECREF(report.list);
	selinuxns_error_free(error);
	return result;
}

static PyObject *plan_spawn(PyObject *object, PyObject *args)
{
	struct plan_object *self = (struct plan_object *)object;
	struct selinuxns_error *error;
	PyObject *tuple, *result = NULL;
	int rc, pidfd = -1;
	char **argv;
	pid_t pid;

	if (!PyArg_ParseTuple(args, "O:spawn", &tuple))
		return NULL;
	argv = strings_of(tuple);
	error = argv ? new_error() : NULL;
	if (error && use_begin(self, SHARED)) {
		rc = selinuxns_spawn(self->plan, argv, &pid, &pidfd, error);
		use_end(self);
		result = rc < 0 ? raise_error(errno, error) : Py_BuildValue("(ii)", pid, pidfd);
	}
	selinuxns_error_free(error);
	free(argv);
	return result;
}

static PyObject *plan_setup(PyObject *object, PyObject *args)
{
	struct plan_object *self = (struct plan_object *)object;
	struct selinuxns_error *error;
	PyObject *command, *result = NULL;
	char *name;
	int rc;

	if (!PyArg_ParseTuple(args, "O:setup", &command))
		return NULL;
	if (!command_of(command, &name))
		return NULL;
	error = new_error();
	if (error && use_begin(self, ALONE)) {
		rc = selinuxns_setup(self->plan, name, error);
		use_end(self);
		result = rc < 0 ? raise_error(errno, error) : Py_BuildValue("");
	}
	selinuxns_error_free(error);
	return result;
}

static PyObject *plan_exec(PyObject *object, PyObject *args)
{
	struct plan_object *self = (struct plan_object *)object;
	struct selinuxns_error *error;
	PyObject *tuple;
	char **argv;

	if (!PyArg_ParseTuple(args, "O:exec", &tuple))
		return NULL;
	argv = strings_of(tuple);
	error = argv ? new_error() : NULL;
	if (error && use_begin(self, ALONE)) {
		selinuxns_exec(self->plan, argv, error);
		use_end(self);
		raise_error(errno, error);
	}
	selinuxns_error_free(error);
	free(argv);
	return NULL;
}

static PyMethodDef plan_methods[] = {
	{ "set_policy", set_policy, METH_O,
	  "set_policy($self, policy, /)\n--\n\nLoad this Policy, or None." },
	{ "set_policy_from_root", set_policy_from_root, METH_VARARGS,
	  "set_policy_from_root($self, on, /)\n--\n\nLoad the policy that the root is configured to use." },
	{ "set_mount", set_mount, METH_VARARGS,
	  "set_mount($self, on, /)\n--\n\nMount selinuxfs in the root." },
	{ "set_boolean", set_boolean, METH_VARARGS,
	  "set_boolean($self, name, on, /)\n--\n\nGive a boolean a value of its own." },
	{ "set_context", set_context, METH_VARARGS,
	  "set_context($self, context, /)\n--\n\nThe context to take on before the mode is set." },
	{ "set_exec_context", set_exec_context, METH_VARARGS,
	  "set_exec_context($self, context, /)\n--\n\nThe context that the next exec gives." },
	{ "set_mode", set_mode, METH_VARARGS,
	  "set_mode($self, mode, /)\n--\n\nThe mode: 0, 1 or 2." },
	{ "set_root", set_root, METH_O,
	  "set_root($self, path, /)\n--\n\nThe root directory, or None." },
	{ "set_workdir", set_workdir, METH_O,
	  "set_workdir($self, path, /)\n--\n\nThe working directory, inside the root." },
	{ "set_environment", set_environment, METH_O,
	  "set_environment($self, strings, /)\n--\n\n"
	  "A tuple of bytes, b'NAME=value', or None: this process's, as it is now." },
	{ "keep_fd", keep_fd, METH_VARARGS,
	  "keep_fd($self, fd, /)\n--\n\nLet the command have this descriptor; -1: all." },
	{ "set_stdio", set_stdio, METH_VARARGS,
	  "set_stdio($self, number, fd, /)\n--\n\nMake the command's descriptor 0, 1 or 2 a copy of fd." },
	{ "default_signal", default_signal, METH_VARARGS,
	  "default_signal($self, signal, /)\n--\n\nGive the command the signal's default action." },
	{ "set_session", set_session, METH_VARARGS,
	  "set_session($self, on, /)\n--\n\nStart the command in a session of its own." },
	{ "set_wait", set_wait, METH_VARARGS,
	  "set_wait($self, milliseconds, /)\n--\n\nHow long to wait at a limit." },
	{ "set_death_signal", set_death_signal, METH_VARARGS,
	  "set_death_signal($self, signal, /)\n--\n\nWhat the command gets when its parent ends." },
	{ "set_watch", set_watch, METH_O,
	  "set_watch($self, function, /)\n--\n\nCall function(step, object) before each step." },
	{ "check", plan_check, METH_VARARGS,
	  "check($self, command, spawn, /)\n--\n\n"
	  "Would it work? A list of (check, object, result, message), and None or the Error." },
	{ "spawn", plan_spawn, METH_VARARGS,
	  "spawn($self, argv, /)\n--\n\nRun a command as planned: its process id, and a descriptor of it." },
	{ "setup", plan_setup, METH_VARARGS,
	  "setup($self, command, /)\n--\n\nSet up the namespace for this process." },
	{ "exec", plan_exec, METH_VARARGS,
	  "exec($self, argv, /)\n--\n\nSet up this process, and execute a command in its place." },
	{ NULL, NULL, 0, NULL },
};

static PyType_Slot plan_slots[] = {
	{ Py_tp_doc, (void *)"What a namespace, and a command in it, shall be." },
	{ Py_tp_new, plan_new },
	{ Py_tp_dealloc, plan_dealloc },
	{ Py_tp_traverse, plan_traverse },
	{ Py_tp_clear, plan_clear },
	{ Py_tp_methods, plan_methods },
	{ 0, NULL },
};

PyType_Spec plan_spec = {
	.name = "selinuxns._selinuxns.Plan",
	.basicsize = sizeof(struct plan_object),
	.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
	.slots = plan_slots,
};
