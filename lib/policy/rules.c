/* SPDX-License-Identifier: MIT */
/*
 * rules.c - questions to a policy that is not loaded: contexts, booleans, may this be executed?
 *
 * Answered by libsepol from the image alone, never by the running kernel, whose policy is
 * another one. May call base/ and libsepol. Must never touch a file or the kernel.
 */
#include "config.h"

#include "policy/policy.h"

#include <endian.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sepol/boolean_record.h>
#include <sepol/booleans.h>
#include <sepol/context.h>
#include <sepol/context_record.h>
#include <sepol/policydb/flask_types.h>
#include <sepol/policydb/services.h>
#include <sepol/sepol.h>

#include "base/fd.h"
#include "policy/file.h"

#define STEP_CONTEXT "check context"
#define STEP_BOOLEAN "check boolean"
#define STEP_EXECUTE "check execution"

void policy_parsed_cleanup(struct policy_parsed *p)
{
	int saved = errno;

	if (p->db)
		sepol_policydb_free(p->db);
	if (p->handle)
		sepol_handle_destroy(p->handle);
	errno = saved;
}

int policy_parse(struct policy_parsed *p, const struct selinuxns_policy *policy, const char *step,
		 struct selinuxns_error *error)
{
	p->handle = sepol_handle_create();
	if (p->handle)
		sepol_msg_set_callback(p->handle, NULL, NULL);
	/* It was parsed before; only memory can be missing now. */
	if (!p->handle || sepol_policydb_create(&p->db) < 0 ||
	    image_read(&policy->image, p->handle, p->db) < 0)
		return policy_fail(error, ENOMEM, step, policy->name, "%s", strerror(ENOMEM));
	return 0;
}

/*
 * Is it nothing that libsepol must be asked about? "<<none>>" it reads as no context, which it then
 * goes to for its user, and a file's label can be anything. A range has two levels, which the kernel
 * parts at the first '-'; libsepol takes another one for the end of a category, and ignores the rest.
 */
static bool is_none(const char *context)
{
	const char *range = context;

	if (strcmp(context, "<<none>>") == 0)
		return true;
	for (int i = 0; i < 3 && range; i++) {
		range = strchr(range, ':');
		range = range ? range + 1 : NULL;
	}
	range = range ? strchr(range, '-') : NULL;
	return range && strchr(range + 1, '-');
}

int policy_parsed_has_context(const struct policy_parsed *p, const char *context)
{
	sepol_context_t *record = NULL;
	int rc;

	if (is_none(context))
		return 0;
	/* libsepol says only that it failed; what it asks for memory says more. */
	errno = 0;
	rc = sepol_context_from_string(p->handle, context, &record);
	if (rc == 0)
		rc = sepol_context_check(p->handle, p->db, record);
	if (rc < 0 && errno == ENOMEM)
		rc = -1;
	else
		rc = rc == 0;
	sepol_context_free(record);
	return rc;
}

int selinuxns_policy_check_context(const struct selinuxns_policy *policy, const char *context,
				   struct selinuxns_error *error)
{
	__attribute__((cleanup(policy_parsed_cleanup))) struct policy_parsed p = { 0 };
	int has;

	if (policy_parse(&p, policy, STEP_CONTEXT, error) < 0)
		return -1;
	ns_error_clear(error);
	has = policy_parsed_has_context(&p, context);
	if (has < 0)
		return policy_fail(error, ENOMEM, STEP_CONTEXT, context, "%s", strerror(ENOMEM));
	if (!has)
		return policy_fail(
			error, EINVAL, STEP_CONTEXT, context, "it is no context of the policy %s%s",
			policy->name,
			sepol_policydb_mls_enabled(p.db)
				? "; user:role:type:range is asked for, and the policy must allow "
				  "each to go with the others"
				: "; user:role:type is asked for, as the policy has no MLS");
	return 0;
}

int selinuxns_policy_check_boolean(const struct selinuxns_policy *policy, const char *name,
				   struct selinuxns_error *error)
{
	__attribute__((cleanup(policy_parsed_cleanup))) struct policy_parsed p = { 0 };
	sepol_bool_key_t *key = NULL;
	int exists = 0, rc;

	if (policy_parse(&p, policy, STEP_BOOLEAN, error) < 0)
		return -1;
	rc = sepol_bool_key_create(p.handle, name, &key);
	if (rc == 0)
		rc = sepol_bool_exists(p.handle, p.db, key, &exists);
	sepol_bool_key_free(key);
	ns_error_clear(error);
	if (rc < 0)
		return policy_fail(error, ENOMEM, STEP_BOOLEAN, name, "%s", strerror(ENOMEM));
	if (!exists)
		return policy_fail(error, ENOENT, STEP_BOOLEAN, name,
				   "the policy %s has no such boolean", policy->name);
	return 0;
}

/* ---- may it be executed? --------------------------------------------------- */

/* The rules that turned out to be missing, as a policy's author would write them. */
struct missing {
	char text[512];
	size_t len;
};

static void type_of(sepol_security_id_t sid, char *type, size_t size)
{
	char *context = NULL, *at, *save = NULL;
	size_t len;

	type[0] = '\0';
	if (sepol_sid_to_context(sid, &context, &len) < 0)
		return;
	at = strtok_r(context, ":", &save);
	for (int i = 0; at && i < 2; i++)
		at = strtok_r(NULL, ":", &save);
	snprintf(type, size, "%s", at ? at : "");
	free(context);
}

static void need(struct missing *missing, sepol_security_id_t source, sepol_security_id_t target,
		 const char *class_name, const char *perm)
{
	struct sepol_av_decision av = { 0 };
	sepol_security_class_t class;
	sepol_access_vector_t bit;
	char from[128], to[128];
	int n;

	if (sepol_string_to_security_class(class_name, &class) < 0 ||
	    sepol_string_to_av_perm(class, perm, &bit) < 0)
		return; /* not defined: not checked by a kernel that allows what is unknown */
	if (sepol_compute_av(source, target, class, bit, &av) == 0 && av.allowed & bit)
		return;
	type_of(source, from, sizeof(from));
	type_of(target, to, sizeof(to));
	n = snprintf(missing->text + missing->len, sizeof(missing->text) - missing->len,
		     "%sallow %s %s:%s %s;", missing->len ? " " : "", from,
		     source == target ? "self" : to, class_name, perm);
	if (n > 0 && (size_t)n < sizeof(missing->text) - missing->len)
		missing->len += (size_t)n;
}

static int no_context(const struct selinuxns_policy *policy, const char *context,
		      struct selinuxns_error *error)
{
	return policy_fail(error, EINVAL, STEP_EXECUTE, context,
			   "it is no context of the policy %s", policy->name);
}

static int sid_of(const char *context, sepol_security_id_t *sid)
{
	return is_none(context) ? -1 : sepol_context_to_sid(context, strlen(context) + 1, sid);
}

static uint32_t word_at(const struct image *image, size_t at)
{
	uint32_t word;

	memcpy(&word, (const unsigned char *)image->data + at, sizeof(word));
	return le32toh(word);
}

/* Behind the bitmap at this place (unit, highest bit, words, each with its first bit); 0: none. */
static size_t behind_bitmap(const struct image *image, size_t at)
{
	const size_t head = 3 * sizeof(uint32_t), word = sizeof(uint32_t) + sizeof(uint64_t);

	if (image->size < at + head || word_at(image, at + 8) > image->size / word)
		return 0;
	return at + head + word_at(image, at + 8) * word;
}

/*
 * Has the policy permissive types, to which nothing is denied? Which ones, libsepol's shared library
 * does not tell; that there are any, the image does: by a bitmap behind that of the capabilities,
 * which is behind magic number, length and "SE Linux", version, flags and two counts.
 */
static bool has_permissive_types(const struct image *image)
{
	const size_t capabilities = 4 + 4 + 8 + 4 + 4 + 4 + 4;
	size_t permissive;

	if (image->version < POLICYDB_VERSION_PERMISSIVE)
		return false;
	permissive = behind_bitmap(image, capabilities);
	return permissive && behind_bitmap(image, permissive) && word_at(image, permissive + 8) > 0;
}

static int copy(const struct image *image, struct image *to)
{
	*to = *image;
	to->data = malloc(image->size);
	if (!to->data)
		return -1;
	memcpy(to->data, image->data, image->size);
	return 0;
}

/* The policy's image with the plan's booleans as they will be; to be freed. */
static int with_booleans(const struct selinuxns_policy *policy, const struct policy_exec *exec,
			 struct image *image, struct selinuxns_error *error)
{
	__attribute__((cleanup(policy_parsed_cleanup))) struct policy_parsed p = { 0 };
	int rc = 0;

	/* libsepol need not write again what it has read: not all that it can read it can write. */
	if (!exec->n_booleans)
		return copy(&policy->image, image) < 0
			       ? policy_fail(error, ENOMEM, STEP_EXECUTE, policy->name, "%s",
					     strerror(ENOMEM))
			       : 0;
	if (policy_parse(&p, policy, STEP_EXECUTE, error) < 0)
		return -1;
	errno = 0;
	for (size_t i = 0; i < exec->n_booleans && rc == 0; i++) {
		sepol_bool_key_t *key = NULL;
		sepol_bool_t *boolean = NULL;

		rc = sepol_bool_key_create(p.handle, exec->booleans[i].name, &key);
		if (rc == 0)
			rc = sepol_bool_query(p.handle, p.db, key, &boolean);
		if (rc == 0 && boolean) {
			sepol_bool_set_value(boolean, exec->booleans[i].on);
			rc = sepol_bool_set(p.handle, p.db, key, boolean);
		}
		sepol_bool_key_free(key);
		sepol_bool_free(boolean);
	}
	if (rc == 0)
		rc = sepol_policydb_to_image(p.handle, p.db, &image->data, &image->size);
	if (rc < 0 && errno == ENOMEM)
		return policy_fail(error, ENOMEM, STEP_EXECUTE, policy->name, "%s",
				   strerror(ENOMEM));
	if (rc < 0)
		return policy_fail(error, EINVAL, STEP_EXECUTE, policy->name,
				   "it is damaged: libsepol can read it, and not write it again "
				   "with these booleans");
	return 0;
}

/*
 * libsepol answers these questions from globals. It (3.4) never frees the policy that was there
 * before, and nothing it exports does: so the same one is not set again, for who sets up many
 * namespaces with it.
 */
static pthread_mutex_t globals = PTHREAD_MUTEX_INITIALIZER;
static struct image global_image;

/* Make @image, which is taken, libsepol's policy. */
static int set_global(struct image *image)
{
	_cleanup_fclose_ FILE *stream = NULL;

	if (global_image.data && image->data && global_image.size == image->size &&
	    memcmp(global_image.data, image->data, image->size) == 0)
		return 0;
	free(global_image.data);
	global_image = (struct image){ 0 };
	stream = fmemopen(image->data, image->size, "r");
	if (!stream || sepol_set_policydb_from_file(stream) < 0)
		return -1;
	global_image = *image;
	image->data = NULL;
	return 0;
}

static int ask(const struct selinuxns_policy *policy, struct image *image,
	       const struct policy_exec *exec, struct selinuxns_error *error)
{
	sepol_security_id_t source, target, object;
	struct missing missing = { 0 };

	if (set_global(image) < 0)
		return policy_fail(error, ENOMEM, STEP_EXECUTE, policy->name, "%s",
				   strerror(ENOMEM));
	if (sid_of(exec->label, &object) < 0)
		return 1;
	if (sid_of(exec->context, &source) < 0)
		return no_context(policy, exec->context, error);
	target = source;
	if (exec->exec_context && sid_of(exec->exec_context, &target) < 0)
		return no_context(policy, exec->exec_context, error);

	need(&missing, source, object, "file", "execute");
	if (target != source) {
		need(&missing, source, target, "process", "transition");
		need(&missing, target, object, "file", "entrypoint");
	} else if (!missing.len) {
		/* Without it a type transition may still lead elsewhere, and libsepol's shared
		 * library does not say where. */
		need(&missing, source, object, "file", "execute_no_trans");
		if (missing.len)
			return 1;
	}
	if (!missing.len)
		return 0;
	if (has_permissive_types(&policy->image))
		return 1;
	return policy_fail(error, EACCES, STEP_EXECUTE, exec->file,
			   "labelled %s, it could not be executed once the namespace is enforcing; "
			   "the policy %s lacks: %s",
			   exec->label, policy->name, missing.text);
}

int policy_may_execute(const struct selinuxns_policy *policy, const struct policy_exec *exec,
		       struct selinuxns_error *error)
{
	struct image image = { 0 };
	int rc;

	/* What initial SIDs stand for, libsepol's shared library does not say either. */
	if (!exec->context || !exec->label)
		return 1;
	rc = with_booleans(policy, exec, &image, error);
	if (rc == 0) {
		pthread_mutex_lock(&globals);
		rc = ask(policy, &image, exec, error);
		pthread_mutex_unlock(&globals);
	}
	free(image.data);
	return rc;
}
