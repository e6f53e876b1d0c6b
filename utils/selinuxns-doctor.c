/* SPDX-License-Identifier: MIT */
/*
 * selinuxns-doctor.c - selinuxns doctor: would unshareselinux work here and now, for this user?
 *
 * Asks for each condition by itself, so that one that fails does not hide the others, and has a
 * remedy for each failure. May call the public library and what only looks of the internal one.
 * Must never change anything: what has to be tried is tried in a child. What could not be asked is
 * "unknown".
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sepol/policydb.h>

#include "base/fd.h"
#include "base/inroot.h"
#include "base/proc.h"
#include "json.h"
#include "kernel/attr.h"
#include "kernel/capability.h"
#include "kernel/instance.h"
#include "kernel/mounts.h"
#include "kernel/nsiface.h"
#include "ns/guard.h"
#include "ns/probe.h"
#include "selinuxns.h"
#include "table.h"

static const char help[] =
	"\nUsage:\n"
	" " PROGRAM " doctor [options]\n"
	"\n"
	"Tell for each condition whether unshareselinux would work here and now, for this\n"
	"user, and what to do where it would not. Changes nothing.\n"
	"\n"
	"Options:\n"
	"     --json  print it as a JSON object\n"
	"\n"
	" -h, --help  display this help\n"
	"\n"
	"Exit status:\n"
	" 0    all conditions pass\n"
	" 1    one fails, or is not known\n"
	" 2    the arguments were wrong, or it could not be printed\n";

enum result { PASS, FAIL, UNKNOWN };

struct finding {
	enum result result;
	char text[768];
	char remedy[768]; /* "": none */
};

/* ---- findings ------------------------------------------------ */

__attribute__((format(printf, 3, 4))) static void found(struct finding *f, enum result result,
							const char *fmt, ...)
{
	va_list ap;

	f->result = result;
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
}

__attribute__((format(printf, 2, 3))) static void remedy(struct finding *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->remedy, sizeof(f->remedy), fmt, ap);
	va_end(ap);
}

/* A sentence of the library's: what is wrong, "; ", and the remedy. */
static void found_sentence(struct finding *f, enum result result, const char *sentence)
{
	const char *end = strstr(sentence, "; ");

	found(f, result, "%.*s", (int)(end ? end - sentence : (ptrdiff_t)strlen(sentence)),
	      sentence);
	if (end)
		remedy(f, "%s", end + 2);
}

/* ---- the kernel and its interface ------------------------------------------------ */

static void check_proc(struct finding *f)
{
	_cleanup_close_ int proc = proc_dir();

	if (proc >= 0) {
		found(f, PASS, "/proc is procfs");
		return;
	}
	found(f, FAIL, "/proc: procfs is not mounted there (%s)", strerror(errno));
	remedy(f, "mount -t proc proc /proc");
}

static void check_kernel(struct finding *f)
{
	int support = selinuxns_probe();

	switch (support) {
	case -1:
		found(f, UNKNOWN, "the kernel's answer is none that is known: %s", strerror(errno));
		break;
	case SELINUXNS_LSM_SYSCALLS:
	case SELINUXNS_SELINUXFS_NODE:
	case SELINUXNS_DENIED:
		found(f, PASS, "it has SELinux namespaces");
		break;
	case SELINUXNS_BLOCKED:
		found(f, UNKNOWN, "it cannot be asked: a seccomp filter is in the way");
		break;
	default:
		found_sentence(f, FAIL, selinuxns_probe_str(support));
	}
}

static void check_interface(struct finding *f)
{
	const struct nsiface *iface = nsiface_find();

	if (iface)
		found(f, PASS, "%s%s", iface->name,
		      iface == &nsiface_node ? ", which is deprecated" : "");
	else
		found(f, selinuxns_probe() == SELINUXNS_BLOCKED ? UNKNOWN : FAIL,
		      "neither LSM_ATTR_UNSHARE nor selinuxfs's unshare file is there (%s)",
		      strerror(errno));
	if (f->result == FAIL)
		remedy(f, "run a kernel that is built with CONFIG_SECURITY_SELINUX_NS=y");
}

static void check_seccomp(struct finding *f)
{
	int support = selinuxns_probe();
	char status[4096];
	bool readable = proc_read("thread-self/status", status, sizeof(status)) > 0;

	if (support == SELINUXNS_BLOCKED) {
		found(f, FAIL, "a filter refuses lsm_get_self_attr(2) or lsm_set_self_attr(2)");
		remedy(f, "let both pass the container manager's filter: systemd-nspawn "
			  "--system-call-filter='lsm_get_self_attr lsm_set_self_attr'; docker, "
			  "podman --security-opt seccomp=FILE with a profile that allows them");
	} else if (nsiface_find() == &nsiface_node) {
		found(f, PASS, "it does not matter to selinuxfs's unshare file");
	} else if (support == SELINUXNS_LSM_SYSCALLS || support == SELINUXNS_DENIED ||
		   support == SELINUXNS_NO_NAMESPACES) {
		found(f, PASS, "the LSM system calls are not filtered");
	} else if (readable && strstr(status, "\nSeccomp:\t0\n")) {
		found(f, PASS, "there is none");
	} else {
		found(f, UNKNOWN, "there may be one that hides the LSM system calls");
	}
}

/* ---- the policy that is loaded ------------------------------------------------ */

/* The domain of this process, for a rule. */
static void own_type(char type[ATTR_MAX])
{
	char context[ATTR_MAX];
	char *at, *save = NULL;

	snprintf(type, ATTR_MAX, "%s", "DOMAIN");
	if (attr_read("current", context) <= 0)
		return;
	at = strtok_r(context, ":", &save);
	for (int i = 0; at && i < 2; i++)
		at = strtok_r(NULL, ":", &save);
	if (at)
		snprintf(type, ATTR_MAX, "%s", at);
}

/* Those that policy/unshare_selinuxns.cil names. */
static bool module_has(const char *type)
{
	static const char *const types[] = { "unconfined_t", "sysadm_t", "container_runtime_t" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

static void policy_lacks(struct finding *f, const struct nsiface *iface)
{
	char type[ATTR_MAX];

	own_type(type);
	found(f, FAIL, "the loaded policy lacks: (allow %s %s)", type,
	      iface == &nsiface_node ? "security_t (security (unshare))"
				     : "self (process2 (unshare_selinuxns))");
	if (module_has(type))
		remedy(f, "semodule -i " POLICY_DIR "/unshare_selinuxns.cil");
	else
		remedy(f,
		       "semodule -i " POLICY_DIR "/unshare_selinuxns.cil, and a second module "
		       "with: (typeattributeset unshare_selinuxns_domain (%s))",
		       type);
}

static void check_policy(struct finding *f)
{
	const struct nsiface *iface = nsiface_find();
	const char *permission = iface == &nsiface_node ? "security unshare"
							: "process2 unshare_selinuxns";

	if (!iface) {
		found(f, UNKNOWN, "there is no unshare that it could be asked about");
		return;
	}
	switch (probe_policy()) {
	case PROBE_NOT_ASKED:
		found(f, UNKNOWN,
		      "it cannot be asked here: it takes this namespace's selinuxfs, "
		      "and security compute_av");
		break;
	case PROBE_NO_POLICY:
		found(f, PASS, "none is loaded, so nothing is denied");
		break;
	case PROBE_ALLOWED:
		found(f, PASS, "it allows the unshare");
		break;
	case PROBE_UNKNOWN_ALLOWED:
		found(f, PASS, "it does not define %s, and allows what it does not define",
		      permission);
		break;
	case PROBE_NOT_ENFORCED:
		found(f, PASS, "it does not allow the unshare, and is not enforced");
		break;
	case PROBE_DENIED:
		policy_lacks(f, iface);
		break;
	case PROBE_UNKNOWN_DENIED:
		found(f, FAIL, "it does not define %s, and denies what it does not define",
		      permission);
		remedy(f, "no module can define it: use a base policy that does, or set "
			  "handle-unknown=allow in /etc/selinux/semanage.conf and run semodule -B");
		break;
	}
}

/* ---- who and where this process is ------------------------------------------------ */

static void check_capability(struct finding *f)
{
	int privileged = guard_privileged();

	if (privileged < 0) {
		found(f, UNKNOWN, "CAP_SYS_ADMIN: %s", strerror(errno));
	} else if (privileged) {
		found(f, PASS, "CAP_SYS_ADMIN is effective");
	} else {
		found(f, FAIL, "CAP_SYS_ADMIN is missing, without which nothing can be mounted");
		remedy(f, "run it as root");
	}
}

static void check_user_namespace(struct finding *f)
{
	int initial = capability_in_init_userns();

	if (initial < 0) {
		found(f, UNKNOWN, "/proc/thread-self/ns/user: %s", strerror(errno));
	} else if (initial) {
		found(f, PASS, "it is the initial one");
	} else {
		/* kernel-abi.md 4.2 */
		found(f, FAIL,
		      "it is not the initial one, and selinuxfs can be mounted from there "
		      "only");
		remedy(f, "set the SELinux namespace up first, and make the user namespace in it: "
			  "unshareselinux --load-policy unshare --user --map-root-user COMMAND");
	}
}

/* Try what cannot be taken back. 0 or its errno; -1 with errno where there is no child. */
static int in_child(int (*try)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(try() < 0 ? errno : 0);
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	if (pid > 0 && WIFEXITED(status))
		return WEXITSTATUS(status);
	if (pid > 0)
		errno = EINTR;
	return -1;
}

static int try_mount_namespace(void)
{
	return unshare(CLONE_NEWNS);
}

static int try_private_root(void)
{
	/* In a mount namespace of its own; a failure of that is the other condition's. */
	if (unshare(CLONE_NEWNS) < 0)
		return 0;
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

static void check_mount_namespace(struct finding *f)
{
	int err = in_child(try_mount_namespace);

	switch (err) {
	case -1:
		found(f, UNKNOWN, "no child can be made to try it: %s", strerror(errno));
		break;
	case 0:
		found(f, PASS, "one can be made");
		break;
	case EPERM:
		found(f, FAIL, "one cannot be made: %s", strerror(err));
		remedy(f, "run it as root, and let unshare(2) pass a container manager's filter");
		break;
	case ENOSPC:
		found(f, FAIL, "one cannot be made: a limit is reached");
		remedy(f, "raise /proc/sys/user/max_mnt_namespaces");
		break;
	default:
		found(f, FAIL, "one cannot be made: %s", strerror(err));
	}
}

static void check_root(struct finding *f)
{
	int err = in_child(try_mount_namespace) == 0 ? in_child(try_private_root) : -1;

	switch (err) {
	case -1:
		found(f, UNKNOWN, "it takes a mount namespace to try");
		break;
	case 0:
		found(f, PASS, "it is a mount point");
		break;
	case EINVAL:
		found(f, FAIL,
		      "it is not a mount point, as in a chroot, so that mounts cannot be "
		      "kept from the rest of the machine");
		remedy(f, "run unshareselinux outside of the chroot, with --root=DIRECTORY; or "
			  "bind the directory on itself (mount --bind) before the chroot");
		break;
	default:
		found(f, FAIL, "its mounts cannot be made private: %s", strerror(err));
	}
}

/* ---- system calls and selinuxfs ------------------------------------------------ */

static int open_root(void)
{
	return open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static void check_openat2(struct finding *f)
{
	_cleanup_close_ int root = open_root();
	_cleanup_close_ int fd = inroot_open(root, ".", O_PATH | O_DIRECTORY);

	if (fd >= 0) {
		found(f, PASS, "openat2(2) is there");
		return;
	}
	found(f, FAIL, "openat2(2): %s", strerror(errno));
	remedy(f, "it came with Linux 5.6; a container manager's filter may refuse it");
}

static void check_mount_ids(struct finding *f)
{
	_cleanup_close_ int root = open_root();

	if (fd_mount_id(root) != 0) {
		found(f, PASS, "the kernel tells them");
		return;
	}
	found(f, FAIL, "the kernel does not tell them");
	remedy(f, "they came with Linux 5.8 (statx(2), STATX_MNT_ID)");
}

static void check_selinuxfs(struct finding *f)
{
	_cleanup_close_ int instance = instance_open();

	if (instance >= 0) {
		found(f, PASS, "this namespace's instance can be opened");
		return;
	}
	switch (errno) {
	case EPERM:
		found(f, FAIL, "%s", instance_reason(EPERM));
		remedy(f, "run it as root, outside of a user namespace");
		break;
	case ENOSYS:
		found(f, UNKNOWN,
		      "fsopen(2) is missing (Linux 5.2, or a filter), and none is "
		      "mounted; mount(2) is going to be used");
		break;
	default:
		found(f, FAIL, "%s", instance_reason(errno));
	}
}

static bool there_is_selinux(void)
{
	int support = selinuxns_probe();

	return support != SELINUXNS_NO_SELINUX && support != SELINUXNS_DISABLED;
}

static void check_mount_point(struct finding *f)
{
	_cleanup_close_ int root = open_root();
	const char *path;
	_cleanup_close_ int fd = instance_open_point(root, &path);
	int err = errno;

	if (fd >= 0) {
		found(f, PASS, "%s is a directory", path);
		return;
	}
	/* The kernel makes it in sysfs. */
	if (!there_is_selinux()) {
		found(f, UNKNOWN, "there is none without SELinux");
		return;
	}
	found(f, FAIL, "%s: %s", path, strerror(err));
	remedy(f, "mount -t sysfs sysfs /sys, or create the directory in a root without sysfs");
}

/* ---- limits and policies ------------------------------------------------ */

static void check_limits(struct finding *f)
{
	_cleanup_error_ struct selinuxns_error *error = selinuxns_error_new();
	unsigned int maxns, maxnsdepth;

	if (selinuxns_limits_get(&maxns, &maxnsdepth, error) < 0) {
		found(f, UNKNOWN, "%s", selinuxns_error_message(error));
		return;
	}
	found(f, maxns <= 1 || maxnsdepth == 0 ? FAIL : PASS, "maxns is %u, maxnsdepth is %u",
	      maxns, maxnsdepth);
	if (f->result == FAIL)
		remedy(f, "in the init namespace: " PROGRAM " limits --maxns=65535 "
			  "--maxnsdepth=32");
}

static void check_libsepol(struct finding *f)
{
	_cleanup_close_ int instance = instance_open_any();
	unsigned int oldest = (unsigned int)sepol_policy_kern_vers_min();
	unsigned int newest = (unsigned int)sepol_policy_kern_vers_max();
	unsigned int kernel;

	if (instance < 0 || instance_read_uint(instance, "policyvers", &kernel) < 0) {
		found(f, UNKNOWN, "the newest policy version that the kernel takes cannot be read");
		return;
	}
	found(f, oldest > kernel ? FAIL : PASS,
	      "libsepol reads policies of version %u to %u, the kernel takes them up to %u", oldest,
	      newest, kernel);
	if (f->result == FAIL)
		remedy(f, "use a libsepol that is as old as the kernel");
}

static void check_configured(struct finding *f)
{
	_cleanup_error_ struct selinuxns_error *error = selinuxns_error_new();
	_cleanup_close_ int root = open_root();
	struct selinuxns_policy *policy = NULL;

	if (selinuxns_policy_open_root(&policy, root, error) < 0) {
		found_sentence(f, FAIL, selinuxns_error_message(error));
		if (!f->remedy[0])
			remedy(f, "install a policy, or load another: --load-policy=FILE");
		return;
	}
	found(f, PASS, "%s, version %u", selinuxns_policy_name(policy),
	      selinuxns_policy_version(policy));
	selinuxns_policy_free(policy);
}

/* ---- all of them ------------------------------------------------ */

static const struct condition {
	const char *name;
	void (*check)(struct finding *f);
} conditions[] = {
	{ "proc", check_proc },
	{ "kernel", check_kernel },
	{ "interface", check_interface },
	{ "seccomp filter", check_seccomp },
	{ "loaded policy", check_policy },
	{ "user namespace", check_user_namespace },
	{ "capability", check_capability },
	{ "mount namespace", check_mount_namespace },
	{ "root directory", check_root },
	{ "path resolution", check_openat2 },
	{ "mount ids", check_mount_ids },
	{ "selinuxfs", check_selinuxfs },
	{ "mount point", check_mount_point },
	{ "limits", check_limits },
	{ "policy versions", check_libsepol },
	{ "configured policy", check_configured },
};

static const struct {
	const char *word;
	enum table_colour colour;
} results[] = {
	[PASS] = { "pass", TABLE_GOOD },
	[FAIL] = { "fail", TABLE_BAD },
	[UNKNOWN] = { "unknown", TABLE_DOUBT },
};

static void show(const char *name, const struct finding *f)
{
	table_cell(results[f->result].word, 9, results[f->result].colour);
	table_cell(name, 19, TABLE_BOLD);
	table_end(f->text, TABLE_PLAIN);
	if (f->remedy[0])
		table_more("remedy", 28, f->remedy);
}

static void show_json(struct json *json, const char *name, const struct finding *f)
{
	json_open(json, NULL, '{');
	json_string(json, "name", name);
	json_string(json, "result", results[f->result].word);
	json_string(json, "message", f->text);
	json_string(json, "remedy", f->remedy[0] ? f->remedy : NULL);
	json_close(json, '}');
}

static int examine(bool as_json)
{
	struct json json;
	bool passed = true;

	if (as_json) {
		json_begin(&json, stdout);
		json_open(&json, "conditions", '[');
	}
	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
		struct finding f = { 0 };

		conditions[i].check(&f);
		passed = passed && f.result == PASS;
		if (as_json)
			show_json(&json, conditions[i].name, &f);
		else
			show(conditions[i].name, &f);
	}
	if (as_json) {
		json_close(&json, ']');
		json_bool(&json, "works", passed);
		json_end(&json);
	}
	return finish(passed ? STATUS_OK : STATUS_NO);
}

static int run(int argc, char **argv)
{
	return run_with_json(argc, argv, &command_doctor, help, examine);
}

const struct command command_doctor = {
	.name = "doctor",
	.summary = "would unshareselinux work here? What is missing?",
	.run = run,
};
