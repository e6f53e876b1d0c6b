/* SPDX-License-Identifier: MIT */
/*
 * capability.c - what the calling thread is privileged to do (see capability.h).
 */
#include "config.h"

#include "kernel/capability.h"

#include <linux/capability.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/proc.h"

/* linux/nsfs.h of newer kernels: USER_NS_INIT_INO, the same since there are user namespaces. */
#define INIT_USER_NS 0xEFFFFFFDU

int capability_has(unsigned int capability)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (syscall(SYS_capget, &header, caps) < 0)
		return -1;
	return (caps[CAP_TO_INDEX(capability)].effective & CAP_TO_MASK(capability)) != 0;
}

int capability_in_init_userns(void)
{
	_cleanup_close_ int proc = proc_dir();
	struct stat st;

	if (proc < 0 || fstatat(proc, "thread-self/ns/user", &st, 0) < 0)
		return -1;
	return st.st_ino == INIT_USER_NS;
}
