/* SPDX-License-Identifier: MIT */
/*
 * image.c - is this a policy image that can be loaded? (see image.h)
 */
#include "config.h"

#include "policy/image.h"

#include <endian.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <selinux/selinux.h>
#include <sepol/debug.h>
#include <sepol/handle.h>
#include <sepol/policydb.h>
#include <sepol/policydb/policydb.h>

#include "base/fd.h"
#include "base/log.h"
#include "policy/file.h"
#include "policy/sizes.h"

#define STEP_PARSE   "parse policy"
#define STEP_CONVERT "convert policy"

/*
 * A kernel policy begins with, each number 32 bits and little-endian: the magic number,
 * the length of the target's name, that name, the version (libsepol's
 * policydb_read(); sepol/policydb/policydb.h, whose numbers these are).
 */
#define MAGIC_KERNEL  0xf97cff8cU
#define MAGIC_MODULE  0xf97cff8dU
#define MAGIC_PACKAGE 0xf97cff8fU
#define TARGET_LINUX  "SE Linux"
#define TARGET_XEN    "XenFlask"
#define TARGET_LEN    8
#define HEADER_SIZE   (4 + 4 + TARGET_LEN + 4)

_Static_assert(HEADER_SIZE == SIZES_HEADER, "sizes.c skips the header that is read here");

static uint32_t get_le32(const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

/* Is it a policy for Linux, and of which version? */
static int read_header(const struct image *image, const char *name, unsigned int *version,
		       struct selinuxns_error *error)
{
	const unsigned char *p = image->data;

	if (image->size == 0)
		return policy_fail(error, EINVAL, STEP_PARSE, name, "it is empty; build it again");
	if (image->size < HEADER_SIZE)
		return policy_fail(error, EINVAL, STEP_PARSE, name,
				   "its %zu bytes are too few for a policy; build it again",
				   image->size);
	switch (get_le32(p)) {
	case MAGIC_KERNEL:
		break;
	case MAGIC_MODULE:
	case MAGIC_PACKAGE:
		return policy_fail(
			error, EINVAL, STEP_PARSE, name,
			"it is a policy module, not a whole policy; install it into a "
			"policy store with semodule(8) and take the policy.NN which that "
			"builds");
	default:
		return policy_fail(error, EINVAL, STEP_PARSE, name,
				   "it is not a binary policy (it begins with 0x%08x, not 0x%08x)",
				   get_le32(p), MAGIC_KERNEL);
	}
	if (get_le32(p + 4) == TARGET_LEN && memcmp(p + 8, TARGET_XEN, TARGET_LEN) == 0)
		return policy_fail(error, ENOTSUP, STEP_PARSE, name,
				   "it is a policy for Xen, not for Linux");
	if (get_le32(p + 4) != TARGET_LEN || memcmp(p + 8, TARGET_LINUX, TARGET_LEN) != 0)
		return policy_fail(error, EINVAL, STEP_PARSE, name,
				   "its header does not say \"" TARGET_LINUX "\"; it is damaged");
	*version = get_le32(p + 8 + TARGET_LEN);
	return 0;
}

#define SAID_SIZE    256
#define MAX_WARNINGS 8

/* What libsepol said: its first error, which is the cause; warnings while converting. */
struct words {
	const char *name;
	bool warn;
	char error[SAID_SIZE];
	char warnings[MAX_WARNINGS][SAID_SIZE];
	size_t n_warnings;
};

/* It is said for each rule that is dropped, and in each of two passes: once is enough. */
static bool is_new_warning(struct words *words, const char *said)
{
	for (size_t i = 0; i < words->n_warnings; i++)
		if (strcmp(words->warnings[i], said) == 0)
			return false;
	if (words->n_warnings == MAX_WARNINGS)
		return false;
	memcpy(words->warnings[words->n_warnings++], said, SAID_SIZE);
	return true;
}

__attribute__((format(printf, 3, 4))) static void hear(void *arg, sepol_handle_t *handle,
						       const char *fmt, ...)
{
	struct words *words = arg;
	int level = sepol_msg_get_level(handle);
	char said[SAID_SIZE];
	char line[512];
	struct text text;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(said, sizeof(said), fmt, ap);
	va_end(ap);

	if (level == SEPOL_MSG_ERR && !words->error[0])
		memcpy(words->error, said, sizeof(said));
	if (level != SEPOL_MSG_WARN || !words->warn || !is_new_warning(words, said))
		return;
	text_init(&text, line, sizeof(line));
	text_str(&text, STEP_CONVERT ": ");
	text_escaped(&text, words->name);
	text_str(&text, ": ");
	text_escaped(&text, said);
	ns_log(SELINUX_WARNING, line);
}

/* Everything of libsepol's that one check needs, released together. */
struct sepol {
	sepol_handle_t *handle;
	sepol_policydb_t *db;
	struct words words;
};

static void sepol_cleanup(struct sepol *s)
{
	int saved = errno;

	if (s->db)
		sepol_policydb_free(s->db);
	if (s->handle)
		sepol_handle_destroy(s->handle);
	errno = saved;
}

/*
 * Some of libsepol's readers (of bitmaps, of MLS levels) have no handle to speak through
 * and use a global one, which writes to stderr. This switches that one off, for good: what
 * it was set to cannot be asked, and to toggle it would race with other threads.
 */
static void sepol_silence(void)
{
	sepol_debug(0);
}

static int sepol_prepare(struct sepol *s)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, sepol_silence);
	s->handle = sepol_handle_create();
	if (!s->handle)
		return -1;
	sepol_msg_set_callback(s->handle, hear, &s->words);
	if (sepol_policydb_create(&s->db) < 0) {
		s->db = NULL;
		return -1;
	}
	return 0;
}

/* Fail with what libsepol said; it sets no usable errno but ENOMEM. */
static int fail_as_sepol(const struct sepol *s, int err, const char *step, const char *what,
			 struct selinuxns_error *error)
{
	const char *said = s->words.error;

	if (errno == ENOMEM)
		return policy_fail(error, ENOMEM, step, s->words.name,
				   "libsepol ran out of memory; it is damaged, or needs more");
	return policy_fail(error, err, step, s->words.name, "%s (libsepol: %s)", what,
			   said[0] ? said : "no more is known");
}

/* The number that the class of files has in this policy; 0: it has none. */
static unsigned int file_class(const policydb_t *db)
{
	unsigned int class = 0;

	for (unsigned int i = 0; i < db->p_classes.nprim && !class; i++)
		if (db->p_class_val_to_name[i] && strcmp(db->p_class_val_to_name[i], "file") == 0)
			class = i + 1;
	return class;
}

/* Does the path of a boolean's file in selinuxfs begin like that? */
static bool begins(const char *boolean, const char *with)
{
	static const char dir[] = "/booleans/";
	size_t len = strlen(with), dir_len = sizeof(dir) - 1;

	return len <= dir_len ? strncmp(dir, with, len) == 0
			      : strncmp(dir, with, dir_len) == 0 &&
					strncmp(boolean, with + dir_len, len - dir_len) == 0;
}

/* A label is looked for among so many, of all booleans: else a hostile policy could take for ever. */
#define LABELS_MAX (1u << 24)

/* As the kernel looks for it. @left: after so many there is none. */
static bool has_label(const policydb_t *db, const char *boolean, unsigned int class,
		      unsigned int *left)
{
	const genfs_t *fs = db->genfs;

	while (fs && strcmp(fs->fstype, "selinuxfs") != 0)
		fs = fs->next;
	for (const ocontext_t *c = fs ? fs->head : NULL; c && *left > 0; c = c->next, --*left)
		if ((!c->v.sclass || c->v.sclass == class) && begins(boolean, c->u.name))
			return true;
	return false;
}

/* Has it a boolean without a label for its file? (kernel-abi.md 5.5) */
static bool lacks_boolean_label(const policydb_t *db)
{
	const unsigned int class = file_class(db);
	unsigned int left = LABELS_MAX;

	for (unsigned int i = 0; i < db->p_bools.nprim; i++)
		if (db->p_bool_val_to_name[i] &&
		    !has_label(db, db->p_bool_val_to_name[i], class, &left))
			return true;
	return false;
}

static int convert(struct sepol *s, struct image *image, unsigned int version, unsigned int newest,
		   struct selinuxns_error *error)
{
	struct image made = { 0 };
	char what[96];

	snprintf(what, sizeof(what), "version %u cannot be converted to the kernel's %u", version,
		 newest);
	s->words.warn = true;
	errno = 0;
	/* sepol_policydb_to_image() parses its own output again before it returns it. */
	if (sepol_policydb_set_vers(s->db, newest) < 0 ||
	    sepol_policydb_to_image(s->handle, s->db, &made.data, &made.size) < 0)
		return fail_as_sepol(s, ENOTSUP, STEP_CONVERT, what, error);

	made.version = newest;
	free(image->data);
	made.boolean_unlabeled = lacks_boolean_label(&s->db->p);
	*image = made;
	return 0;
}

int image_look(const struct image *image, const char *name, unsigned int *found,
	       struct selinuxns_error *error)
{
	unsigned int version = 0;
	uint32_t claimed;
	unsigned int oldest = (unsigned int)sepol_policy_kern_vers_min();
	unsigned int latest = (unsigned int)sepol_policy_kern_vers_max();

	if (read_header(image, name, &version, error) < 0)
		return -1;
	if (version > latest)
		return policy_fail(
			error, ENOTSUP, STEP_PARSE, name,
			"policy version %u is newer than libsepol's %u; build the policy "
			"for version %u, or use a newer libsepol",
			version, latest, latest);
	if (version < oldest)
		return policy_fail(
			error, ENOTSUP, STEP_PARSE, name,
			"policy version %u is older than libsepol's oldest, %u; build it "
			"again",
			version, oldest);
	if (sizes_check(image->data, image->size, version, &claimed) < 0)
		return policy_fail(error, EINVAL, STEP_PARSE, name,
				   "it is damaged: a table in it claims %u entries", claimed);
	*found = version;
	return 0;
}

/*
 * Not sepol_policydb_from_image(): where that fails it has destroyed what is in @db, and
 * sepol_policydb_free() does so again.
 */
int image_read(const struct image *image, sepol_handle_t *handle, sepol_policydb_t *db)
{
	sepol_policy_file_t *file;
	int rc;

	errno = 0;
	if (sepol_policy_file_create(&file) < 0) {
		errno = ENOMEM;
		return -1;
	}
	sepol_policy_file_set_handle(file, handle);
	sepol_policy_file_set_mem(file, image->data, image->size);
	rc = sepol_policydb_read(db, file);
	sepol_policy_file_free(file);
	return rc < 0 ? -1 : 0;
}

int image_check(struct image *image, const char *name, unsigned int newest,
		struct selinuxns_error *error)
{
	__attribute__((cleanup(sepol_cleanup))) struct sepol s = { .words.name = name };
	unsigned int version;

	if (image_look(image, name, &version, error) < 0)
		return -1;
	if (sepol_prepare(&s) < 0)
		return policy_fail(error, ENOMEM, STEP_PARSE, name, "%s", strerror(ENOMEM));
	if (image_read(image, s.handle, s.db) < 0)
		return fail_as_sepol(&s, EINVAL, STEP_PARSE, "it is damaged or truncated", error);

	image->boolean_unlabeled = lacks_boolean_label(&s.db->p);
	if (newest && version > newest)
		return convert(&s, image, version, newest, error);
	image->version = version;
	return 0;
}
