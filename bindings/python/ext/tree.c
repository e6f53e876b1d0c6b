/* SPDX-License-Identifier: MIT */
/*
 * tree.c - the type Tree: struct selinuxns_tree, filled, then used.
 *
 * The library calls back from threads of its own, which Python does not know. So the call is made in
 * a thread of its own, too, and the caller's waits for what is to be told, and tells it: functions
 * run in the thread that called, signals are handled while it waits, and what is raised ends the call.
 */
#include "ext.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* How often the thread that waits looks whether a signal came. */
#define LOOK_NS 100000000L

struct tree_object {
	PyObject ob_base;
	struct selinuxns_tree *tree;
	bool busy; /* a call goes on, without the GIL; the GIL guards it */
};

/* What a thread of the library wants to be told, and waits for. */
struct news {
	bool progress;
	unsigned long long files; /* for progress; else the rest */
	enum selinuxns_file kind;
	const char *path, *label, *wanted, *message;
	bool told;
};

/*
 * Not on the stack of the thread that called: when the interpreter ends, that of a daemon ends where it
 * would take the GIL, and those of the library still go on.
 */
struct job {
	struct tree_object *self;
	const char *path;
	bool apply;
	PyObject *report, *progress; /* NULL: none */
	struct selinuxns_error *error;
	pid_t pid;
	pthread_t id;
	int rc, err;
	/* These are the lock's. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct news *news;
	bool over, failed; /* failed: with the exception set */
};

static PyObject *tree_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
	allocfunc alloc = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
	struct tree_object *self;

	if (PyTuple_Size(args) > 0 || (kwargs && PyDict_Size(kwargs) > 0)) {
		PyErr_SetString(PyExc_TypeError, "Tree() takes no arguments");
		return NULL;
	}
	self = (struct tree_object *)alloc(type, 0);
	if (!self)
		return NULL;
	self->tree = selinuxns_tree_new();
	if (self->tree)
		return (PyObject *)self;
	Py_DECREF(self);
	return PyErr_NoMemory();
}

static void tree_dealloc(PyObject *object)
{
	struct tree_object *self = (struct tree_object *)object;
	PyTypeObject *type = Py_TYPE(object);
	freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);

	/* In a child that a function has forked it is as other threads left it, in the middle of a call. */
	if (!self->busy)
		selinuxns_tree_free(self->tree);
	release(object);
	Py_DECREF(type);
}

/* ---- setters ------------------------------------------------------------------- */

/* A value that cannot be meant is a ValueError; @what is what it should be. */
static PyObject *done(int rc, PyObject *value, const char *what)
{
	if (rc < 0 && errno == EINVAL)
		PyErr_Format(PyExc_ValueError, "%R is no %s", value, what);
	else if (rc < 0)
		raise_errno(errno, "fill tree", what);
	else
		return Py_BuildValue("");
	return NULL;
}

/* None, or a path or another string without NULs. */
static PyObject *set_path(PyObject *object, PyObject *path, const char *what,
			  int (*function)(struct selinuxns_tree *tree, const char *path))
{
	struct tree_object *self = (struct tree_object *)object;
	PyObject *bytes = NULL, *result = NULL;

	if (path != Py_None && !PyUnicode_FSConverter(path, &bytes))
		return NULL;
	if (is_idle(self->busy, "tree"))
		result = done(function(self->tree, bytes ? PyBytes_AsString(bytes) : NULL), path,
			      what);
	Py_XDECREF(bytes);
	return result;
}

static PyObject *set_root(PyObject *object, PyObject *path)
{
	return set_path(object, path, "root", selinuxns_tree_set_root);
}

static PyObject *set_file_contexts(PyObject *object, PyObject *path)
{
	return set_path(object, path, "file contexts", selinuxns_tree_set_file_contexts);
}

static PyObject *set_alternate_prefix(PyObject *object, PyObject *path)
{
	return set_path(object, path, "absolute path", selinuxns_tree_set_alternate_prefix);
}

static PyObject *set_attribute(PyObject *object, PyObject *name)
{
	return set_path(object, name, "attribute in security., trusted. or user.",
			selinuxns_tree_set_attribute);
}

static PyObject *add_exclude(PyObject *object, PyObject *path)
{
	if (path == Py_None) {
		PyErr_SetString(PyExc_TypeError, "a path is needed, not None");
		return NULL;
	}
	return set_path(object, path, "absolute path without ..", selinuxns_tree_add_exclude);
}

/* A setter of one number: the library's function, how it is parsed, and what it is. */
#define SET_NUMBER(name, function, format, what)                                             \
	static PyObject *name(PyObject *object, PyObject *args)                              \
	{                                                                                    \
		struct tree_object *self = (struct tree_object *)object;                     \
		int value;                                                                   \
                                                                                             \
		if (!PyArg_ParseTuple(args, format, &value) || !is_idle(self->busy, "tree")) \
			return NULL;                                                         \
		return done(function(self->tree, value), PyTuple_GetItem(args, 0), what);    \
	}

SET_NUMBER(set_without, selinuxns_tree_set_without, "i", "part to be left out alone")
SET_NUMBER(set_strict, selinuxns_tree_set_strict, "p", "flag")
SET_NUMBER(set_one_file_system, selinuxns_tree_set_one_file_system, "p", "flag")
SET_NUMBER(set_dry_run, selinuxns_tree_set_dry_run, "p", "flag")
SET_NUMBER(set_names, selinuxns_tree_set_names, "i", "descriptor")

static PyObject *set_threads(PyObject *object, PyObject *args)
{
	struct tree_object *self = (struct tree_object *)object;
	unsigned int threads;

	if (!PyArg_ParseTuple(args, "O&:set_threads", to_unsigned, &threads) ||
	    !is_idle(self->busy, "tree"))
		return NULL;
	return done(selinuxns_tree_set_threads(self->tree, threads), PyTuple_GetItem(args, 0),
		    "number of threads up to 256");
}

/* ---- a check, or an apply: in threads of the library's --------------------------------- */

/* Have the caller's thread tell it. Returns what the library is to be answered. */
static int hand_over(struct job *job, struct news *news)
{
	bool failed;

	pthread_mutex_lock(&job->lock);
	if (!job->failed) {
		job->news = news;
		pthread_cond_broadcast(&job->changed);
		while (!news->told)
			pthread_cond_wait(&job->changed, &job->lock);
	}
	failed = job->failed;
	pthread_mutex_unlock(&job->lock);
	return failed;
}

static int on_file(void *data, enum selinuxns_file kind, const char *path, const char *label,
		   const char *wanted, const char *message)
{
	struct news news = {
		.kind = kind, .path = path, .label = label, .wanted = wanted, .message = message
	};

	return hand_over(data, &news);
}

static int on_progress(void *data, unsigned long long files)
{
	struct job *job = data;
	struct news news = { .progress = true, .files = files };
	bool failed;

	if (job->progress)
		return hand_over(job, &news);
	/* It may be to be ended all the same. */
	pthread_mutex_lock(&job->lock);
	failed = job->failed;
	pthread_mutex_unlock(&job->lock);
	return failed;
}

static void *work(void *data)
{
	struct job *job = data;
	struct selinuxns_tree *tree = job->self->tree;

	job->rc = (job->apply ? selinuxns_tree_apply : selinuxns_tree_check)(tree, job->path,
									     job->error);
	job->err = errno;
	pthread_mutex_lock(&job->lock);
	job->over = true;
	pthread_cond_broadcast(&job->changed);
	pthread_mutex_unlock(&job->lock);
	return NULL;
}

/* ---- the caller's thread ------------------------------------------------------------------ */

/* With the GIL: false with an exception set. */
static bool tell(const struct job *job, const struct news *news)
{
	PyObject *answer;

	if (news->progress)
		answer = PyObject_CallFunction(job->progress, "K", news->files);
	else
		answer = PyObject_CallFunction(job->report, "iO&O&O&O&", (int)news->kind,
					       PyUnicode_DecodeFSDefault, news->path,
					       PyUnicode_DecodeFSDefault, news->label,
					       PyUnicode_DecodeFSDefault, news->wanted,
					       PyUnicode_DecodeFSDefault, news->message);
	Py_XDECREF(answer);
	return answer != NULL;
}

static void wait_a_while(struct job *job)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += LOOK_NS;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	pthread_cond_timedwait(&job->changed, &job->lock, &until);
}

/*
 * Tell what is to be told until the call is over. Returns false in a child that a function has forked,
 * in which no thread is left to go on with it, with RuntimeError.
 */
static bool attend(struct job *job, PyThreadState **thread)
{
	pthread_mutex_lock(&job->lock);
	while (!job->over) {
		struct news *news = job->news;
		bool good;

		if (!news)
			wait_a_while(job);
		news = job->news;
		if (job->over || (!news && job->failed))
			continue;
		pthread_mutex_unlock(&job->lock);
		callback_begin(*thread);
		good = job->failed || (PyErr_CheckSignals() == 0 && (!news || tell(job, news)));
		if (getpid() != job->pid) {
			if (good)
				PyErr_SetString(PyExc_RuntimeError,
						"the call goes on in the process that forked only");
			*thread = callback_end();
			return false;
		}
		*thread = callback_end();
		pthread_mutex_lock(&job->lock);
		job->failed = !good || job->failed;
		if (news) {
			job->news = NULL;
			news->told = true;
			pthread_cond_broadcast(&job->changed);
		}
	}
	pthread_mutex_unlock(&job->lock);
	pthread_join(job->id, NULL);
	return true;
}

/* For an idle tree, which it marks as busy before it releases the GIL. */
static PyObject *run(struct job *job)
{
	struct tree_object *self = job->self;
	PyObject *result = NULL;
	PyThreadState *thread;
	bool over = true;
	int err;

	self->busy = true;
	thread = call_begin(SHARED);
	if (!thread) {
		self->busy = false;
		return NULL;
	}
	selinuxns_tree_set_progress(self->tree, on_progress, job);
	job->rc = -1;
	err = pthread_create(&job->id, NULL, work, job);
	if (!err)
		over = attend(job, &thread);
	call_end(thread);
	/* In a child, what other threads were in the middle of stays as it is. */
	self->busy = !over;
	if (err)
		raise_errno(err, "make a thread", "");
	else if (over && !job->failed)
		result = job->rc < 0 ? raise_error(job->err, job->error) : PyBool_FromLong(job->rc);
	return result;
}

static bool function_of(PyObject **function)
{
	if (*function == Py_None)
		*function = NULL;
	if (!*function || PyCallable_Check(*function))
		return true;
	PyErr_SetString(PyExc_TypeError, "what is called must be callable");
	return false;
}

/* NULL with MemoryError. */
static struct job *job_new(void)
{
	struct job *job = calloc(1, sizeof(*job));
	pthread_condattr_t attributes;

	if (!job) {
		PyErr_NoMemory();
		return NULL;
	}
	job->pid = getpid();
	pthread_mutex_init(&job->lock, NULL);
	/* A clock that is set back must not keep a signal waiting. */
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&job->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	job->error = new_error();
	if (job->error)
		return job;
	free(job);
	return NULL;
}

/* Not in a child that a function has forked, which has a copy of what others were in the middle of. */
static void job_free(struct job *job)
{
	if (job->pid != getpid())
		return;
	selinuxns_error_free(job->error);
	pthread_cond_destroy(&job->changed);
	pthread_mutex_destroy(&job->lock);
	free(job);
}

static PyObject *tree_run(PyObject *object, PyObject *args, bool apply)
{
	struct tree_object *self = (struct tree_object *)object;
	PyObject *path, *policy, *report, *progress, *result = NULL;
	const struct selinuxns_policy *found = NULL;
	unsigned int kinds;
	struct job *job;

	if (!PyArg_ParseTuple(args, "O&OO&OO", PyUnicode_FSConverter, &path, &policy, to_unsigned,
			      &kinds, &report, &progress))
		return NULL;
	if (function_of(&report) && function_of(&progress) &&
	    (policy == Py_None || (found = policy_of(policy))) && is_idle(self->busy, "tree") &&
	    (job = job_new())) {
		job->self = self;
		job->path = PyBytes_AsString(path);
		job->apply = apply;
		job->report = report;
		job->progress = progress;
		/* It is not kept: @args has it while it is used. */
		selinuxns_tree_set_policy(self->tree, found);
		selinuxns_tree_set_report(self->tree, kinds, report ? on_file : NULL, job);
		result = run(job);
		job_free(job);
	}
	Py_DECREF(path);
	return result;
}

static PyObject *tree_check(PyObject *object, PyObject *args)
{
	return tree_run(object, args, false);
}

static PyObject *tree_apply(PyObject *object, PyObject *args)
{
	return tree_run(object, args, true);
}

/* ---- what came of it ------------------------------------------------------------------------ */

static PyObject *tree_count(PyObject *object, PyObject *args)
{
	struct tree_object *self = (struct tree_object *)object;
	int kind;

	if (!PyArg_ParseTuple(args, "i:count", &kind) || !is_idle(self->busy, "tree"))
		return NULL;
	return PyLong_FromUnsignedLongLong(
		selinuxns_tree_count(self->tree, (enum selinuxns_file)kind));
}

static PyObject *tree_advice(PyObject *object, PyObject *args)
{
	struct tree_object *self = (struct tree_object *)object;

	(void)args;
	if (!is_idle(self->busy, "tree"))
		return NULL;
	return PyLong_FromLong(selinuxns_tree_advice(self->tree));
}

static PyObject *tree_mount_context(PyObject *object, PyObject *args)
{
	struct tree_object *self = (struct tree_object *)object;

	(void)args;
	if (!is_idle(self->busy, "tree"))
		return NULL;
	return Py_BuildValue("z", selinuxns_tree_mount_context(self->tree));
}

static PyMethodDef tree_methods[] = {
	{ "set_root", set_root, METH_O,
	  "set_root($self, path, /)\n--\n\nThe root by whose configuration it is done, or None." },
	{ "set_file_contexts", set_file_contexts, METH_O,
	  "set_file_contexts($self, path, /)\n--\n\nA file_contexts, or None: the root's." },
	{ "set_without", set_without, METH_VARARGS,
	  "set_without($self, parts, /)\n--\n\n1: ask no policy; 2: no file contexts; 0." },
	{ "set_alternate_prefix", set_alternate_prefix, METH_O,
	  "set_alternate_prefix($self, path, /)\n--\n\nA directory that counts as /, or None." },
	{ "set_attribute", set_attribute, METH_O,
	  "set_attribute($self, name, /)\n--\n\nThe attribute that holds the labels, or None." },
	{ "set_threads", set_threads, METH_VARARGS,
	  "set_threads($self, threads, /)\n--\n\nHow many threads; 0: one for each processor." },
	{ "set_strict", set_strict, METH_VARARGS,
	  "set_strict($self, on, /)\n--\n\nThe whole context counts." },
	{ "set_one_file_system", set_one_file_system, METH_VARARGS,
	  "set_one_file_system($self, on, /)\n--\n\nEnter no other file system." },
	{ "set_dry_run", set_dry_run, METH_VARARGS,
	  "set_dry_run($self, on, /)\n--\n\nHave apply() write nothing." },
	{ "add_exclude", add_exclude, METH_O,
	  "add_exclude($self, path, /)\n--\n\nLeave out this, and what is below it." },
	{ "set_names", set_names, METH_VARARGS,
	  "set_names($self, fd, /)\n--\n\nA descriptor to read names from; -1: the whole tree." },
	{ "check", tree_check, METH_VARARGS,
	  "check($self, path, policy, kinds, report, progress, /)\n--\n\n"
	  "Does it fit? Functions or None: report(kind, path, label, wanted, message) for the\n"
	  "kinds whose bits are set, progress(files). What they raise ends it." },
	{ "apply", tree_apply, METH_VARARGS,
	  "apply($self, path, policy, kinds, report, progress, /)\n--\n\n"
	  "Write the labels that do not fit. As check()." },
	{ "count", tree_count, METH_VARARGS,
	  "count($self, kind, /)\n--\n\nHow many files of a kind there were." },
	{ "advice", tree_advice, METH_NOARGS,
	  "advice($self)\n--\n\nA number: see selinuxns.Advice." },
	{ "mount_context", tree_mount_context, METH_NOARGS,
	  "mount_context($self)\n--\n\nA context for all of the tree, or None." },
	{ NULL, NULL, 0, NULL },
};

static PyType_Slot tree_slots[] = {
	{ Py_tp_doc, (void *)"By what the labels of a tree are checked and set." },
	{ Py_tp_new, tree_new },
	{ Py_tp_dealloc, tree_dealloc },
	{ Py_tp_methods, tree_methods },
	{ 0, NULL },
};

PyType_Spec tree_spec = {
	.name = "selinuxns._selinuxns.Tree",
	.basicsize = sizeof(struct tree_object),
	.flags = Py_TPFLAGS_DEFAULT,
	.slots = tree_slots,
};
