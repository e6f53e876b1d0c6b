/* SPDX-License-Identifier: MIT */
/*
 * nsiface_node.c - SELinux namespaces by selinuxfs's `unshare` node (deprecated).
 *
 * May call kernel/instance.h and kernel/attr.h; async-signal-safe. Must never use an
 * instance that is not this namespace's: another's refuses (kernel-abi.md 1.6).
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "kernel/attr.h"
#include "kernel/instance.h"
#include "kernel/nsiface.h"

#define NODE "unshare"

static int present(void)
{
	_cleanup_close_ int instance = instance_open();

	if (instance < 0)
		return -1;
	return instance_has(instance, NODE);
}

static int unshare_ns(void)
{
	_cleanup_close_ int instance = instance_open();
	_cleanup_close_ int node = -1;

	if (instance < 0)
		return -1;
	node = openat(instance, NODE, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	if (node < 0)
		return -1;
	switch (write(node, "1", 1)) {
	case 1:
		return 0;
	case -1:
		return -1;
	default:
		errno = EPROTO;
		return -1;
	}
}

static int unshared(void)
{
	char current[ATTR_MAX];
	ssize_t context = attr_read("current", current);
	int context_err = errno;
	_cleanup_close_ int instance = -1;
	char node[8];
	ssize_t len;
	int reason;

	/*
	 * A context of a policy says that one was loaded (3.1). Whatever the node says then (it
	 * stays 1 after a load), and whether or not we may ask it.
	 */
	if (context >= 0 && strcmp(current, ATTR_NO_POLICY) != 0)
		return 0;
	instance = instance_open();
	reason = errno;
	if (instance >= 0 ? !instance_has(instance, NODE) : context < 0) {
		errno = EOPNOTSUPP;
		return -1;
	}
	if (instance < 0 || context < 0) {
		errno = instance < 0 ? reason : context_err;
		return -1;
	}
	len = instance_read(instance, NODE, node, sizeof(node));
	if (len < 0 && errno != EOVERFLOW)
		return -1;
	if (len != 1 || (node[0] != '0' && node[0] != '1')) {
		errno = EPROTO;
		return -1;
	}
	return node[0] == '1';
}

const struct nsiface nsiface_node = {
	.name = "selinuxfs unshare node",
	.present = present,
	.unshare = unshare_ns,
	.unshared = unshared,
};
