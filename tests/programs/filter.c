/* SPDX-License-Identifier: MIT */
/*
 * filter.c - execute a command behind a seccomp filter that answers a system call.
 *
 * For the scripts of tests/programs. Usage: filter CALL=ERRNO... -- COMMAND [ARGUMENT...]
 * CALL is one of
 *   get          lsm_get_self_attr(2)
 *   set          lsm_set_self_attr(2)
 *   set-unshare  the same, but only with LSM_ATTR_UNSHARE and no flags, as an unshare has it
 *   unshare      unshare(2)
 * and ERRNO a number; 0 is the lie that it was done. May call libc only.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __alpha__
#define UNIFIED 110
#else
#define UNIFIED 0
#endif
#define GET     (459 + UNIFIED)
#define SET     (460 + UNIFIED)
#define UNSHARE 106

static struct sock_filter program[64];
static unsigned short length;

static void add(uint16_t code, uint32_t k, uint8_t yes, uint8_t no)
{
	program[length++] = (struct sock_filter){ .code = code, .jt = yes, .jf = no, .k = k };
}

static void load(size_t offset)
{
	add(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* The lower half of an argument; both are looked at nowhere else. */
static size_t argument(unsigned int n)
{
	size_t offset = offsetof(struct seccomp_data, args) + n * sizeof(uint64_t);

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	offset += sizeof(uint32_t);
#endif
	return offset;
}

static int answer(const char *rule)
{
	const char *value = strchr(rule, '=');
	uint32_t err = value ? (uint32_t)strtoul(value + 1, NULL, 10) : 0;
	const char *const names[] = { "get=", "set=", "set-unshare=", "unshare=" };
	const uint32_t calls[] = { GET, SET, SET, SYS_unshare };
	size_t which = 0;

	while (which < 4 && strncmp(rule, names[which], strlen(names[which])) != 0)
		which++;
	if (which == 4 || length > 40)
		return -1;
	load(offsetof(struct seccomp_data, nr));
	if (which == 2) {
		add(BPF_JMP | BPF_JEQ | BPF_K, SET, 0, 5);
		load(argument(0));
		add(BPF_JMP | BPF_JEQ | BPF_K, UNSHARE, 0, 3);
		load(argument(3));
		add(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1);
	} else {
		add(BPF_JMP | BPF_JEQ | BPF_K, calls[which], 0, 1);
	}
	add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (err & SECCOMP_RET_DATA), 0, 0);
	return 0;
}

int main(int argc, char **argv)
{
	struct sock_fprog filter = { .filter = program };
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (answer(argv[i]) < 0) {
			fprintf(stderr, "filter: no rule %s\n", argv[i]);
			return 2;
		}
	}
	if (i + 1 >= argc)
		return 2;
	add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	filter.len = length;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) < 0) {
		fprintf(stderr, "filter: %s\n", strerror(errno));
		return 3;
	}
	execvp(argv[i + 1], argv + i + 1);
	return 4;
}
