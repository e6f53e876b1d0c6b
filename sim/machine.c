/* SPDX-License-Identifier: MIT */
/*
 * machine.c - the simulated machine's set-up (see machine.h).
 */
#include "machine.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "policy/file.h"
#include "policy/find.h"

#define POLICY_LIMIT (256U << 20)

static char sentence[1024];

__attribute__((format(printf, 2, 3))) static int fail(const char **why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sentence, sizeof(sentence), fmt, ap);
	va_end(ap);
	*why = sentence;
	return -1;
}

/* ---- the policy store ------------------------------------------------------------ */

/* The newest image of the first store that has one, in the order of the stores' names. */
static int first_policy(char *path, size_t size)
{
	glob_t found = { 0 };
	int best = -1;

	if (!glob("/etc/selinux/*/policy/policy.*", 0, NULL, &found)) {
		for (size_t i = 0; i < found.gl_pathc; i++) {
			const char *p = found.gl_pathv[i];
			int version = atoi(strrchr(p, '.') + 1);
			size_t dir = (size_t)(strrchr(p, '.') - p);

			if (best >= 0 && strncmp(path, p, dir + 1))
				break;
			if (version > best) {
				best = version;
				snprintf(path, size, "%s", p);
			}
		}
	}
	globfree(&found);
	return best < 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC);
}

int machine_find_policy(struct machine_policy *policy, const char *path, const char **why)
{
	struct selinuxns_error error = { 0 };
	_cleanup_close_ int root = -1;
	_cleanup_close_ int fd = -1;
	char *end;

	memset(policy, 0, sizeof(*policy));
	if (path) {
		snprintf(policy->path, sizeof(policy->path), "%s", path);
		fd = file_open(path, "read the policy", &error);
	} else {
		root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
		fd = policy_find(root, ~0U, policy->path, &error);
		if (fd < 0)
			fd = first_policy(policy->path, sizeof(policy->path));
		if (fd < 0)
			return fail(why,
				    "find the policy: /etc/selinux: no policy image is there; "
				    "install the distribution's policy package (Debian: "
				    "selinux-policy-default; Fedora: selinux-policy-targeted), or "
				    "name one with --policy, or use --no-policy");
	}
	if (fd < 0)
		return fail(why, "%s", error.message);
	if (file_read(fd, POLICY_LIMIT, "read the policy", policy->path, &policy->image,
		      &policy->size, &error))
		return fail(why, "%s", error.message);
	end = strstr(policy->path, "/policy/policy.");
	if (end)
		snprintf(policy->store, sizeof(policy->store), "%.*s", (int)(end - policy->path),
			 policy->path);
	return 0;
}

/* The first line of the store's file that begins with this word and a separator: what follows
 * it, without blanks around. False: there is none. */
static bool store_line(const struct machine_policy *policy, const char *name, const char *word,
		       char *value, size_t size)
{
	char path[1024], line[1024];
	size_t len = strlen(word);
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", policy->store, name);
	f = fopen(path, "re");
	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f)) {
		char *at = line, *end;

		if (strncmp(line, word, len))
			continue;
		at += len;
		if (len && *at != ':' && !isspace((unsigned char)*at))
			continue;
		at += len ? 1 : 0;
		at += strspn(at, " \t");
		end = at + strcspn(at, " \t\n");
		*end = '\0';
		snprintf(value, size, "%s", at);
		found = *value && *value != '#';
	}
	fclose(f);
	return found;
}

char *machine_login_context(const struct machine_policy *policy)
{
	char seuser[256], user_file[300], role_type[256], *range, *level, *context;

	if (!*policy->store)
		return NULL;
	if (!store_line(policy, "seusers", "root", seuser, sizeof(seuser)) &&
	    !store_line(policy, "seusers", "__default__", seuser, sizeof(seuser)))
		return NULL;
	range = strchr(seuser, ':'); /* absent without MLS */
	if (range)
		*range++ = '\0';
	if (strchr(seuser, '/'))
		return NULL;
	snprintf(user_file, sizeof(user_file), "contexts/users/%s", seuser);
	if (!store_line(policy, user_file,
			range ? "system_r:local_login_t:s0" : "system_r:local_login_t", role_type,
			sizeof(role_type)) &&
	    !store_line(policy, "contexts/failsafe_context", "", role_type, sizeof(role_type)))
		return NULL;
	/* role:type[:level]: the level is the login's range instead. */
	level = strchr(role_type, ':');
	level = level ? strchr(level + 1, ':') : NULL;
	if (level)
		*level = '\0';
	if (asprintf(&context, "%s:%s%s%s", seuser, role_type, range ? ":" : "",
		     range ? range : "") < 0)
		return NULL;
	return context;
}

/* ---- privilege ----------------------------------------------------------------------- */

static int write_file(const char *path, const char *text)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		return -1;
	return 0;
}

static bool have_sys_admin(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	return !syscall(SYS_capget, &header, data) && data[0].effective & (1U << CAP_SYS_ADMIN);
}

int machine_become_root(const char **why)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	char map[64];

	if (!uid && have_sys_admin())
		return 0;
	if (unshare(CLONE_NEWUSER))
		return fail(why,
			    "make a user namespace: %s; run as root, or allow user namespaces "
			    "to ordinary users (sysctl user.max_user_namespaces, and where there "
			    "are such, kernel.unprivileged_userns_clone and "
			    "kernel.apparmor_restrict_unprivileged_userns)",
			    strerror(errno));
	snprintf(map, sizeof(map), "0 %u 1\n", uid);
	if (write_file("/proc/self/setgroups", "deny") || write_file("/proc/self/uid_map", map))
		return fail(why, "map the user to root: /proc/self/uid_map: %s", strerror(errno));
	snprintf(map, sizeof(map), "0 %u 1\n", gid);
	if (write_file("/proc/self/gid_map", map))
		return fail(why, "map the group to root: /proc/self/gid_map: %s", strerror(errno));
	return 0;
}

/* ---- mounts ---------------------------------------------------------------------------- */

#define MAX_ENTRIES 128

/* sysfs of a kernel without SELinux has no fs/selinux, and none can be made in it: a tmpfs over
 * /sys/fs with all that was there, and that one directory more. */
static int make_mount_point(const char **why)
{
	int trees[MAX_ENTRIES];
	char names[MAX_ENTRIES][NAME_MAX + 1];
	unsigned n = 0;
	struct dirent *entry;
	DIR *dir = opendir("/sys/fs");

	if (!dir)
		return fail(why,
			    "find a place for selinuxfs: /sys/fs: %s; is sysfs mounted on "
			    "/sys?",
			    strerror(errno));
	while (n < MAX_ENTRIES && (entry = readdir(dir))) {
		int tree;

		if (entry->d_name[0] == '.')
			continue;
		tree = openat(dirfd(dir), entry->d_name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (tree < 0)
			continue;
		close(tree);
		tree = open_tree(dirfd(dir), entry->d_name,
				 OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
		if (tree < 0)
			continue;
		snprintf(names[n], sizeof(names[n]), "%s", entry->d_name);
		trees[n++] = tree;
	}
	closedir(dir);
	if (mount("tmpfs", "/sys/fs", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755"))
		return fail(why, "make a place for selinuxfs: /sys/fs: %s", strerror(errno));
	for (unsigned i = 0; i < n; i++) {
		char path[NAME_MAX + 16];

		snprintf(path, sizeof(path), "/sys/fs/%s", names[i]);
		if (mkdir(path, 0755) ||
		    move_mount(trees[i], "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH))
			return fail(why, "put back what was in /sys/fs: %s: %s", path,
				    strerror(errno));
		close(trees[i]);
	}
	if (mkdir("/sys/fs/selinux", 0755))
		return fail(why, "make a place for selinuxfs: /sys/fs/selinux: %s",
			    strerror(errno));
	return 0;
}

int machine_prepare_mounts(bool selinux, const char **why)
{
	struct stat st;

	if (unshare(CLONE_NEWNS))
		return fail(why, "make a mount namespace: %s", strerror(errno));
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return fail(why, "make the mounts private: /: %s%s", strerror(errno),
			    errno == EINVAL
				    ? ": the root is no mount point, as in a chroot; before "
				      "that, bind the directory to itself (mount --bind DIR DIR)"
				    : "");
	/* A real selinuxfs is not this machine's. A locked one stays, and is mounted over. */
	while (!umount2("/sys/fs/selinux", MNT_DETACH))
		;
	if (!selinux || (!stat("/sys/fs/selinux", &st) && S_ISDIR(st.st_mode)))
		return 0;
	return make_mount_point(why);
}

int machine_hide(const char **why)
{
	if (mount("tmpfs", "/sys/fs", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=700"))
		return fail(why, "make a place for further instances: /sys/fs: %s",
			    strerror(errno));
	return 0;
}
