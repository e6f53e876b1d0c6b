/* SPDX-License-Identifier: MIT */
/*
 * kernel.h - a kernel that answers what the input says.
 *
 * The linker puts it in place of the system calls by which the library asks (--wrap, Makefile.am),
 * and of those that would change the machine, which fail. An input is text:
 *
 *	== enforce
 *	1
 *	== thread-self/attr/current
 *	u:r:t:s0
 *
 * A name is a file's in selinuxfs, in /proc, or a path in a root; "selinuxfs" (an instance can be
 * opened), and lsm_get_self_attr, lsm_list_modules, lsm_set_self_attr. What is not named is not
 * there. An answer of "!13" is that error number. A system call's begins with the number it returns
 * (1 byte) and the size it says (2 bytes, little-endian).
 */
#ifndef TESTS_FUZZ_KERNEL_H
#define TESTS_FUZZ_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * kernel_with_paths - an input whose names are as the library asks for them, to be freed
 * @paths: @n of them: a name that begins so ("" for any) is in that directory
 *
 * So that what is in the corpus is short, and a mutation of it still a path.
 */
struct kernel_path {
	const char *begins, *directory;
};
char *kernel_with_paths(const uint8_t *data, size_t size, const struct kernel_path *paths, size_t n,
			size_t *made);

/* From here on. The bytes are used until kernel_end(). */
void kernel_begin(const uint8_t *data, size_t size);

/* The real kernel again. Promises that no descriptor was left open. */
void kernel_end(void);

/* Between the two? */
bool kernel_active(void);

/* An answer as it is, or NULL. */
const uint8_t *kernel_answer(const char *name, size_t *size);

#endif
