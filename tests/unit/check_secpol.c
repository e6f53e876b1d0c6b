/* SPDX-License-Identifier: MIT */
/*
 * check_secpol.c - tests of sim/secpol: the questions a kernel asks of a policy.
 *
 * A small policy, compiled here by secilc with MLS and without, has one rule of
 * every kind, so that each answer can be told beforehand. On the distribution's
 * policy, the answers are compared with those of libsepol's own services. What
 * is not installed is passed over, with a word about it.
 */
/* Before <stdbool.h>: older libsepol has a field called "bool" in here. */
#include <sepol/policydb/conditional.h>
#include <sepol/policydb/policydb.h>
#include <sepol/policydb/services.h>
#include <sepol/policydb/sidtab.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sepol/debug.h>

#include "secpol.h"

#define REAL_POLICY  "/etc/selinux/default/policy/policy.33"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ANY_VERSION  99

struct image {
	unsigned char *data;
	size_t len;
};

static char work[] = "/tmp/check_secpol.XXXXXX";
static struct image mls, plain, unbound, denying, rejecting, real;

/* Used by the tests of one policy: parsed before each. */
static struct secpol *p;

static void setup_mls(void)
{
	ck_assert_int_eq(secpol_parse(mls.data, mls.len, ANY_VERSION, &p), 0);
}

static void setup_plain(void)
{
	ck_assert_int_eq(secpol_parse(plain.data, plain.len, ANY_VERSION, &p), 0);
}

static void setup_real(void)
{
	ck_assert_int_eq(secpol_parse(real.data, real.len, ANY_VERSION, &p), 0);
}

static void teardown(void)
{
	secpol_free(p);
	p = NULL;
}

static uint16_t class(const char *name)
{
	uint16_t value = secpol_class_value(p, name);

	ck_assert_msg(value != 0, "no class %s", name);
	return value;
}

static uint32_t bit(const char *tclass, const char *perm)
{
	const char *name;
	unsigned value;

	for (unsigned i = 0; (name = secpol_perm_name(p, class(tclass), i, &value)); i++)
		if (strcmp(name, perm) == 0)
			return UINT32_C(1) << (value - 1);
	ck_abort_msg("no permission %s of %s", perm, tclass);
	return 0;
}

static bool allows(const char *s, const char *t, const char *tclass, const char *perm)
{
	struct secpol_av av;
	bool by_name = secpol_allows(p, s, t, tclass, perm, NULL);

	ck_assert_int_eq(secpol_compute_av(p, s, t, class(tclass), &av), 0);
	ck_assert_int_eq(by_name, (av.allowed & bit(tclass, perm)) != 0);
	return by_name;
}

/* expected NULL: -EINVAL */
#define CREATES(s, t, tclass, name, expected)                                         \
	do {                                                                          \
		char *out_ = NULL;                                                    \
		int rc_ = secpol_compute_create(p, s, t, class(tclass), name, &out_); \
                                                                                      \
		result_is(rc_, out_, expected);                                       \
	} while (0)

static void result_is(int rc, char *out, const char *expected)
{
	if (!expected) {
		ck_assert_int_eq(rc, -EINVAL);
		ck_assert_ptr_null(out);
		return;
	}
	ck_assert_int_eq(rc, 0);
	ck_assert_str_eq(out, expected);
	free(out);
}

/* ---- the small policy ---------------------------------------------------- */

static const char small_cil[] =
	"(handleunknown allow)\n"
	"(mls true)\n"
	"(policycap open_perms)\n"
	"(common file (read write))\n"
	"(class process (transition dyntransition fork))\n"
	"(class file (execute entrypoint)) (classcommon file file)\n"
	"(class dir (search add_name))\n"
	"(class tcp_socket (create))\n"
	"(class d_source (p)) (class d_target (p)) (class d_glb (p))\n"
	"(classorder (process file dir tcp_socket d_source d_target d_glb))\n"
	"(defaultuser d_source source) (defaultrole d_source source)\n"
	"(defaulttype d_source source) (defaultrange d_source source high)\n"
	"(defaultuser d_target target) (defaultrole d_target target)\n"
	"(defaulttype d_target target) (defaultrange d_target target low-high)\n"
	"(defaultrange d_glb glblub)\n"
	"(sid kernel) (sid security) (sid unlabeled) (sid fs) (sid file) (sid file_labels)\n"
	"(sid init)\n"
	"(sidorder (kernel security unlabeled fs file file_labels init))\n"
	"(user u) (user v) (role object_r) (role r) (role q) (role alone)\n"
	"(type a_t) (type b_t) (type exec_t) (type x_t) (type file_t) (type new_t) (type named_t)\n"
	"(type cond_t) (type member_t) (type change_t) (type child_t) (type grandchild_t)\n"
	"(type perm_t) (type unlabeled_t) (type stray_t)\n"
	"(typealias alias_t) (typealiasactual alias_t a_t)\n"
	"(typeattribute files) (typeattributeset files (file_t exec_t))\n"
	"(userrole u r) (userrole u q) (userrole u alone) (userrole v r)\n"
	"(roletype r a_t) (roletype r b_t) (roletype r child_t) (roletype r grandchild_t)\n"
	"(roletype r perm_t) (roletype q a_t) (roletype q b_t) (roletype r cond_t)\n"
	"(roletype alone a_t)\n"
	"(sensitivity s0) (sensitivity s1) (sensitivityorder (s0 s1))\n"
	"(category c0) (category c1) (category c2) (category c3) (category c4)\n"
	"(categoryorder (c0 c1 c2 c3 c4))\n"
	"(sensitivitycategory s0 (range c0 c4)) (sensitivitycategory s1 (range c0 c3))\n"
	"(userlevel u (s0)) (userrange u ((s0) (s1 (range c0 c3))))\n"
	"(userlevel v (s0)) (userrange v ((s0) (s0)))\n"
	"(sidcontext kernel (u r a_t ((s0) (s0))))\n"
	"(sidcontext security (u object_r file_t ((s0) (s0))))\n"
	"(sidcontext unlabeled (u object_r unlabeled_t ((s0) (s0))))\n"
	"(sidcontext fs (u object_r file_t ((s0) (s0))))\n"
	"(sidcontext file (u object_r named_t ((s0) (s0))))\n"
	"(sidcontext file_labels (u object_r file_t ((s0) (s0))))\n"
	"(sidcontext init (u r b_t ((s0) (s0))))\n"
	/* access */
	"(allow a_t files (file (read write)))\n"
	"(allow a_t unlabeled_t (file (read)))\n"
	"(allow a_t a_t (process (fork)))\n"
	"(allow a_t b_t (process (transition dyntransition)))\n"
	"(auditallow a_t file_t (file (write)))\n"
	"(dontaudit a_t exec_t (file (entrypoint)))\n"
	"(boolean on true) (boolean off false)\n"
	"(booleanif off (true (allow a_t exec_t (file (execute)))\n"
	"                     (typetransition a_t x_t process cond_t))\n"
	"               (false (allow a_t exec_t (file (entrypoint)))))\n"
	"(booleanif on (true (allow b_t exec_t (file (execute)))))\n"
	"(roleallow r q)\n"
	"(typepermissive perm_t)\n"
	"(constrain (dir (search)) (or (eq t1 a_t) (and (eq u1 u2) (not (eq r2 object_r)))))\n"
	"(allow a_t file_t (dir (search))) (allow b_t file_t (dir (search add_name)))\n"
	"(allow b_t b_t (dir (search add_name)))\n"
	"(mlsconstrain (file (write)) (dom l1 h2))\n"
	"(validatetrans file (or (eq u1 u2) (eq t3 b_t)))\n"
	/* new objects and processes */
	"(typetransition a_t exec_t process b_t)\n"
	"(typetransition a_t file_t file new_t)\n"
	"(typetransition a_t file_t file \"special\" named_t)\n"
	"(typetransition a_t unlabeled_t process stray_t)\n"
	"(typemember a_t file_t file member_t)\n"
	"(typechange a_t file_t file change_t)\n"
	"(roletransition r exec_t process q)\n"
	"(rangetransition a_t x_t process ((s0) (s0 (c0 c1))))\n";

/* child_t has what its bounds have not: secilc lets this pass with -N only. */
static const char bounds_cil[] = "(typebounds a_t child_t) (typebounds child_t grandchild_t)\n"
				 "(allow child_t file_t (file (read execute)))\n"
				 "(allow grandchild_t file_t (file (read write execute)))\n";

#define A     "u:r:a_t:s0"
#define B     "u:r:b_t:s0"
#define FILE_ "u:object_r:file_t:s0"
#define EXEC  "u:object_r:exec_t:s0"
#define X     "u:object_r:x_t:s0"

START_TEST(contexts_canonical)
{
	static const struct {
		const char *context, *canonical;
	} cases[] = {
		{ A, A },
		{ "u:r:alias_t:s0", A },
		{ "u:r:a_t:s0-s0", A },
		{ "u:r:a_t:s0-s1", "u:r:a_t:s0-s1" },
		{ "u:object_r:file_t:s0:c1,c0", "u:object_r:file_t:s0:c0,c1" },
		{ "u:object_r:file_t:s0:c0,c1,c2", "u:object_r:file_t:s0:c0.c2" },
		{ "u:object_r:file_t:s0:c0.c1", "u:object_r:file_t:s0:c0,c1" },
		{ "u:object_r:file_t:s0:c4,c2,c0.c1,c0", "u:object_r:file_t:s0:c0.c2,c4" },
		{ "u:object_r:file_t:s0:c0,c1,c3,c4", "u:object_r:file_t:s0:c0,c1,c3,c4" },
		{ "u:object_r:file_t:s0:c4", "u:object_r:file_t:s0:c4" },
		{ "u:r:a_t:s0:c0-s1:c0.c3", "u:r:a_t:s0:c0-s1:c0.c3" },
		{ "u:r:a_t:s0:c1.c3-s0:c1.c3", "u:r:a_t:s0:c1.c3" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		char *out = NULL;

		ck_assert_msg(secpol_context_canonical(p, cases[i].context, &out) == 0, "%s",
			      cases[i].context);
		ck_assert_str_eq(out, cases[i].canonical);
		ck_assert(secpol_context_valid(p, cases[i].context));
		free(out);
	}
}
END_TEST

START_TEST(contexts_invalid)
{
	static const char *const contexts[] = {
		"",
		":",
		"::",
		":::",
		"u",
		"u:r",
		"u:r:a_t",
		"u:r:a_t:",
		":r:a_t:s0",
		"u::a_t:s0",
		"u:r::s0",
		"w:r:a_t:s0",
		"u:w:a_t:s0",
		"u:r:w:s0",
		"u:r:a_t:s9",
		"u:r:a_t:s0 ",
		" u:r:a_t:s0",
		"u:r:a_t:s0\n",
		"u:r:a_t:s0:",
		"u:r:a_t:s0:c9",
		"u:r:a_t:s0-",
		"u:r:a_t:-s0",
		"u:r:a_t:s0:c0,",
		"u:r:a_t:s0:,c0",
		"u:r:a_t:s0:c0.",
		"u:r:a_t:s0:.c0",
		"u:r:a_t:s0:c1.c1",
		"u:r:a_t:s0:c1.c0",
		"u:r:a_t:s0:c0:c1",
		"u:r:a_t:s0-s0-s0",
		"U:r:a_t:s0",
		"u:r:file_t:s0", /* not a type of the role */
		"v:q:a_t:s0", /* not a role of the user */
		"v:r:a_t:s0-s1", /* not a range of the user */
		"v:r:a_t:s1",
		"u:r:a_t:s1-s0", /* high does not dominate low */
		"u:r:a_t:s0:c1-s0:c0",
		"u:object_r:file_t:s1:c4", /* not a category of the sensitivity */
		"u:r:files:s0", /* an attribute */
	};
	static char endless[100000];
	char *out = NULL;

	for (size_t i = 0; i < COUNT(contexts); i++) {
		ck_assert_msg(secpol_context_canonical(p, contexts[i], &out) == -EINVAL, "%s",
			      contexts[i]);
		ck_assert_ptr_null(out);
		ck_assert(!secpol_context_valid(p, contexts[i]));
	}
	memset(endless, ':', sizeof(endless) - 1);
	ck_assert(!secpol_context_valid(p, endless));
	/* object_r goes with any user, type and level. */
	ck_assert(secpol_context_valid(p, "v:object_r:a_t:s1:c0.c3"));
}
END_TEST

START_TEST(contexts_without_mls)
{
	char *out = NULL;

	ck_assert(!secpol_mls(p));
	ck_assert_int_eq(secpol_context_canonical(p, "u:r:alias_t", &out), 0);
	ck_assert_str_eq(out, "u:r:a_t");
	free(out);
	ck_assert(!secpol_context_valid(p, A));
	ck_assert(!secpol_context_valid(p, "u:r:a_t:"));
	ck_assert(!secpol_context_valid(p, "u:r:file_t"));
}
END_TEST

static void initial_sid_is(const char *name, const char *context)
{
	char *out = NULL;

	ck_assert_int_eq(secpol_initial_sid(p, name, &out), 0);
	ck_assert_msg(strcmp(out, context) == 0, "%s: %s", name, out);
	free(out);
}

START_TEST(initial_sids)
{
	static const char *const names[] = {
		"kernel", "security", "unlabeled", "file", "init",    "any_socket",
		"port",   "netif",    "netmsg",    "node", "devnull",
	};

	for (unsigned i = 0; i < COUNT(names); i++)
		ck_assert_str_eq(secpol_initial_sid_name(i), names[i]);
	ck_assert_ptr_null(secpol_initial_sid_name(COUNT(names)));

	initial_sid_is("kernel", A);
	initial_sid_is("security", FILE_);
	initial_sid_is("unlabeled", "u:object_r:unlabeled_t:s0");
	initial_sid_is("file", "u:object_r:named_t:s0");
	/* The policy's own "init" counts only with userspace_initial_context. */
	initial_sid_is("init", A);
	/* Not given; and one that no kernel names. */
	initial_sid_is("devnull", "u:object_r:unlabeled_t:s0");
	initial_sid_is("fs", "u:object_r:unlabeled_t:s0");
}
END_TEST

START_TEST(classes_and_permissions)
{
	static const char *const names[] = { "read", "write", "execute", "entrypoint" };
	uint16_t file = class("file");
	unsigned value;

	ck_assert_uint_eq(secpol_class_count(p), 7);
	for (uint16_t i = 1; i <= 7; i++)
		ck_assert_uint_eq(secpol_class_value(p, secpol_class_name(p, i)), i);
	ck_assert_ptr_null(secpol_class_name(p, 0));
	ck_assert_ptr_null(secpol_class_name(p, 8));
	ck_assert_uint_eq(secpol_class_value(p, "nothing"), 0);
	ck_assert_uint_eq(secpol_class_value(p, ""), 0);

	for (unsigned i = 0; i < COUNT(names); i++) {
		ck_assert_str_eq(secpol_perm_name(p, file, i, &value), names[i]);
		ck_assert_uint_eq(value, i + 1);
	}
	ck_assert_ptr_null(secpol_perm_name(p, file, COUNT(names), &value));
	ck_assert_ptr_nonnull(secpol_perm_name(p, file, 0, NULL));
	ck_assert_ptr_null(secpol_perm_name(p, 0, 0, &value));
	ck_assert_ptr_null(secpol_perm_name(p, 8, 0, &value));
	ck_assert_ptr_null(secpol_perm_name(p, UINT16_MAX, 0, &value));
}
END_TEST

START_TEST(policy_capabilities)
{
	unsigned i, set = 0;

	for (i = 0; secpol_polcap_name(i); i++) {
		bool want = strcmp(secpol_polcap_name(i), "open_perms") == 0;

		ck_assert_int_eq(secpol_polcap(p, i), want);
		set += want;
	}
	ck_assert_uint_eq(set, 1);
	ck_assert(!secpol_polcap(p, i));
	ck_assert(!secpol_polcap(p, UINT32_MAX));
}
END_TEST

START_TEST(access_vectors)
{
	struct secpol_av av;

	ck_assert_int_eq(secpol_compute_av(p, A, FILE_, class("file"), &av), 0);
	ck_assert_uint_eq(av.allowed, bit("file", "read") | bit("file", "write"));
	ck_assert_uint_eq(av.auditallow, bit("file", "write"));
	ck_assert_uint_eq(av.auditdeny, UINT32_MAX);
	ck_assert_uint_eq(av.flags, 0);

	ck_assert_int_eq(secpol_compute_av(p, A, EXEC, class("file"), &av), 0);
	ck_assert_uint_eq(av.auditdeny, ~bit("file", "entrypoint"));

	/* A class beyond the policy's has nothing; class 0, to the kernel, is one it
	 * could not translate. */
	ck_assert_int_eq(secpol_compute_av(p, A, FILE_, 1000, &av), 0);
	ck_assert_uint_eq(av.allowed, 0);
	ck_assert_int_eq(secpol_compute_av(p, A, FILE_, 0, &av), 0);
	ck_assert_uint_eq(av.allowed, UINT32_MAX);

	ck_assert_int_eq(secpol_compute_av(p, "nonsense", FILE_, class("file"), &av), -EINVAL);
	ck_assert_int_eq(secpol_compute_av(p, A, "nonsense", class("file"), &av), -EINVAL);
}
END_TEST

START_TEST(permissive_type)
{
	struct secpol_av av;
	bool permissive = false;

	ck_assert_int_eq(secpol_compute_av(p, "u:r:perm_t:s0", A, class("file"), &av), 0);
	ck_assert_uint_eq(av.allowed, 0);
	ck_assert_uint_eq(av.flags, 1);
	ck_assert(!secpol_allows(p, "u:r:perm_t:s0", A, "file", "read", &permissive));
	ck_assert(permissive);
	ck_assert(!secpol_allows(p, B, "u:r:perm_t:s0", "file", "read", &permissive));
	ck_assert(!permissive);
}
END_TEST

START_TEST(unknown_is_allowed)
{
	ck_assert(!secpol_deny_unknown(p));
	ck_assert(!secpol_reject_unknown(p));
	ck_assert(secpol_allows(p, A, A, "process2", "unshare_selinuxns", NULL));
	ck_assert(secpol_allows(p, A, A, "process", "unheard_of", NULL));
	ck_assert(!secpol_allows(p, B, B, "process", "fork", NULL));
}
END_TEST

START_TEST(unknown_is_denied)
{
	struct secpol_av av;

	ck_assert_int_eq(secpol_parse(denying.data, denying.len, ANY_VERSION, &p), 0);
	ck_assert(secpol_deny_unknown(p));
	ck_assert(!secpol_reject_unknown(p));
	ck_assert(!secpol_allows(p, A, A, "process2", "unshare_selinuxns", NULL));
	ck_assert(!secpol_allows(p, A, A, "process", "unheard_of", NULL));
	ck_assert(secpol_allows(p, A, A, "process", "fork", NULL));
	ck_assert_int_eq(secpol_compute_av(p, A, A, 0, &av), 0);
	ck_assert_uint_eq(av.allowed, 0);
	secpol_free(p);

	ck_assert_int_eq(secpol_parse(rejecting.data, rejecting.len, ANY_VERSION, &p), 0);
	ck_assert(secpol_deny_unknown(p));
	ck_assert(secpol_reject_unknown(p));
	secpol_free(p);
}
END_TEST

START_TEST(invalid_context_is_unlabeled)
{
	ck_assert(secpol_allows(p, A, "gone_u:gone_r:gone_t:s0", "file", "read", NULL));
	ck_assert(!secpol_allows(p, A, "gone_u:gone_r:gone_t:s0", "file", "write", NULL));
	ck_assert(!secpol_allows(p, "gone", FILE_, "file", "read", NULL));
	ck_assert(secpol_allows(p, A, NULL, "file", "read", NULL));
}
END_TEST

static void set_bool(const char *name, int state)
{
	size_t count = secpol_bool_count(p);
	int *states = calloc(count, sizeof(*states));
	bool found = false;

	ck_assert_ptr_nonnull(states);
	for (size_t i = 0; i < count; i++) {
		states[i] = secpol_bool_get(p, i);
		if (strcmp(secpol_bool_name(p, i), name) == 0) {
			states[i] = state;
			found = true;
		}
	}
	ck_assert_msg(found, "no boolean %s", name);
	ck_assert_int_eq(secpol_bools_commit(p, states), 0);
	free(states);
}

START_TEST(booleans)
{
	char *out = NULL;

	ck_assert_uint_eq(secpol_bool_count(p), 2);
	ck_assert_ptr_null(secpol_bool_name(p, 2));
	ck_assert_int_lt(secpol_bool_get(p, 2), 0);
	for (size_t i = 0; i < 2; i++)
		ck_assert_int_eq(secpol_bool_get(p, i), strcmp(secpol_bool_name(p, i), "on") == 0);

	/* As the policy has them. */
	ck_assert(!allows(A, EXEC, "file", "execute"));
	ck_assert(allows(A, EXEC, "file", "entrypoint"));
	ck_assert(allows(B, EXEC, "file", "execute"));
	CREATES(A, X, "process", NULL, "u:r:a_t:s0-s0:c0,c1");

	set_bool("off", 7);
	ck_assert(allows(A, EXEC, "file", "execute"));
	ck_assert(!allows(A, EXEC, "file", "entrypoint"));
	ck_assert(allows(B, EXEC, "file", "execute"));
	CREATES(A, X, "process", NULL, "u:r:cond_t:s0-s0:c0,c1");

	set_bool("off", 0);
	set_bool("on", 0);
	ck_assert(!allows(A, EXEC, "file", "execute"));
	ck_assert(!allows(B, EXEC, "file", "execute"));
	CREATES(A, X, "process", NULL, "u:r:a_t:s0-s0:c0,c1");

	/* What `policy` gives back is what was loaded. */
	ck_assert_int_eq(secpol_context_canonical(p, A, &out), 0);
	free(out);
}
END_TEST

START_TEST(constraints)
{
	/* (or (eq t1 a_t) (and (eq u1 u2) (not (eq r2 object_r)))) */
	ck_assert(allows(A, "v:object_r:file_t:s0", "dir", "search"));
	ck_assert(!allows(B, FILE_, "dir", "search"));
	ck_assert(allows(B, FILE_, "dir", "add_name"));
	ck_assert(allows(B, B, "dir", "search"));
	ck_assert(!allows(B, "v:r:b_t:s0", "dir", "search"));
	ck_assert(allows(B, "v:r:b_t:s0", "dir", "add_name"));

	/* (dom l1 h2) */
	ck_assert(allows(A, FILE_, "file", "write"));
	ck_assert(!allows(A, "u:object_r:file_t:s0:c1", "file", "write"));
	ck_assert(!allows("u:r:a_t:s0-s0:c1", "u:object_r:file_t:s0:c1", "file", "write"));
	ck_assert(allows("u:r:a_t:s0:c1", "u:object_r:file_t:s0:c1", "file", "write"));
	ck_assert(allows("u:r:a_t:s1:c1,c2", "u:object_r:file_t:s0:c1", "file", "write"));
	ck_assert(allows(A, "u:object_r:file_t:s0:c1", "file", "read"));
}
END_TEST

START_TEST(role_changes)
{
	ck_assert(allows(A, B, "process", "transition"));
	ck_assert(allows(A, "u:q:b_t:s0", "process", "transition"));
	ck_assert(allows(A, "u:q:b_t:s0", "process", "dyntransition"));
	ck_assert(!allows("u:q:a_t:s0", B, "process", "transition"));
	ck_assert(!allows("u:alone:a_t:s0", B, "process", "transition"));
	ck_assert(!allows("u:alone:a_t:s0", B, "process", "dyntransition"));
	/* Only these two permissions are about a change of role. */
	ck_assert(allows("u:alone:a_t:s0", A, "process", "fork"));
}
END_TEST

START_TEST(type_bounds)
{
	ck_assert_int_eq(secpol_parse(unbound.data, unbound.len, ANY_VERSION, &p), 0);
	/* a_t may read and write, child_t read and execute: what both may. */
	ck_assert(allows("u:r:child_t:s0", FILE_, "file", "read"));
	ck_assert(!allows("u:r:child_t:s0", FILE_, "file", "write"));
	ck_assert(!allows("u:r:child_t:s0", FILE_, "file", "execute"));
	/* and so on upwards */
	ck_assert(allows("u:r:grandchild_t:s0", FILE_, "file", "read"));
	ck_assert(!allows("u:r:grandchild_t:s0", FILE_, "file", "write"));
	ck_assert(!allows("u:r:grandchild_t:s0", FILE_, "file", "execute"));

	ck_assert(secpol_bounded(p, A, A));
	ck_assert(secpol_bounded(p, A, "u:r:child_t:s0"));
	ck_assert(secpol_bounded(p, A, "u:r:grandchild_t:s0"));
	ck_assert(secpol_bounded(p, "u:r:child_t:s0", "u:r:grandchild_t:s0"));
	ck_assert(!secpol_bounded(p, "u:r:child_t:s0", A));
	ck_assert(!secpol_bounded(p, A, B));
	ck_assert(!secpol_bounded(p, A, "nonsense"));
	ck_assert(!secpol_bounded(p, "nonsense", A));
	secpol_free(p);
}
END_TEST

START_TEST(validatetrans)
{
	uint16_t file = class("file");

	/* (or (eq u1 u2) (eq t3 b_t)) */
	ck_assert_int_eq(secpol_validate_transition(p, FILE_, EXEC, file, A), 0);
	ck_assert_int_eq(secpol_validate_transition(p, FILE_, "v:object_r:file_t:s0", file, A),
			 -EPERM);
	ck_assert_int_eq(secpol_validate_transition(p, FILE_, "v:object_r:file_t:s0", file, B), 0);
	ck_assert_int_eq(
		secpol_validate_transition(p, FILE_, "v:object_r:file_t:s0", class("dir"), A), 0);
	ck_assert_int_eq(secpol_validate_transition(p, "x", EXEC, file, A), -EINVAL);
	ck_assert_int_eq(secpol_validate_transition(p, FILE_, "x", file, A), -EINVAL);
	ck_assert_int_eq(secpol_validate_transition(p, FILE_, EXEC, file, "x"), -EINVAL);
	ck_assert_int_eq(secpol_validate_transition(p, FILE_, EXEC, 0, A), -EINVAL);
	ck_assert_int_eq(secpol_validate_transition(p, FILE_, EXEC, 1000, A), -EINVAL);
}
END_TEST

START_TEST(creation)
{
	/* a process: type and role transitions */
	CREATES(A, EXEC, "process", NULL, "u:q:b_t:s0");
	CREATES("u:r:a_t:s0-s1:c0", EXEC, "process", NULL, "u:q:b_t:s0-s1:c0");
	CREATES(A, FILE_, "process", NULL, A);
	/* range transition */
	CREATES("u:r:a_t:s0-s1", X, "process", NULL, "u:r:a_t:s0-s0:c0,c1");
	/* ... to a range that the user may not have */
	CREATES("v:r:a_t:s0", X, "process", NULL, NULL);
	/* ... to a type that the role may not have */
	CREATES(A, "u:object_r:unlabeled_t:s0", "process", NULL, NULL);
	/* a file: object_r, the source's low level */
	CREATES("u:r:a_t:s0-s1:c0", "v:object_r:file_t:s1", "file", NULL, "u:object_r:new_t:s0");
	CREATES(A, FILE_, "file", "ordinary", "u:object_r:new_t:s0");
	CREATES(A, FILE_, "file", "special", "u:object_r:named_t:s0");
	CREATES(A, FILE_, "file", "specia", "u:object_r:new_t:s0");
	CREATES(A, FILE_, "file", "", "u:object_r:new_t:s0");
	CREATES(B, FILE_, "file", "special", FILE_);
	CREATES(A, FILE_, "dir", "special", FILE_);
	/* a socket takes after its creator */
	CREATES("u:r:a_t:s0-s1", FILE_, "tcp_socket", NULL, "u:r:a_t:s0-s1");
	CREATES("nonsense", FILE_, "file", NULL, NULL);
	CREATES(A, "nonsense", "file", NULL, NULL);
}
END_TEST

START_TEST(object_defaults)
{
	CREATES("u:r:a_t:s0:c0-s1:c0", "v:object_r:file_t:s0", "d_source", NULL, "u:r:a_t:s1:c0");
	CREATES(A, "v:object_r:file_t:s0:c1-s1:c1,c2", "d_target", NULL,
		"v:object_r:file_t:s0:c1-s1:c1,c2");
	/* the greatest of the lows, the least of the highs, the categories of both */
	CREATES("u:r:a_t:s0-s1:c0.c2", "u:object_r:file_t:s0-s0:c1.c4", "d_glb", NULL,
		"u:object_r:file_t:s0-s0:c1,c2");
	CREATES("u:r:a_t:s0", "u:object_r:file_t:s1", "d_glb", NULL, NULL);
}
END_TEST

START_TEST(relabel_and_member)
{
	uint16_t file = class("file");
	char *out = NULL;
	int rc;

	rc = secpol_compute_relabel(p, A, "v:object_r:file_t:s0", file, &out);
	result_is(rc, out, "u:object_r:change_t:s0");
	rc = secpol_compute_member(p, "u:r:a_t:s0-s1", "v:object_r:file_t:s1", file, &out);
	result_is(rc, out, "v:object_r:member_t:s0");
	out = NULL;
	/* without a rule */
	rc = secpol_compute_relabel(p, B, "v:object_r:file_t:s0", file, &out);
	result_is(rc, out, FILE_);
	rc = secpol_compute_member(p, B, "v:object_r:file_t:s0", file, &out);
	result_is(rc, out, "v:object_r:file_t:s0");
	/* The defaults of a range are for transitions alone. */
	rc = secpol_compute_relabel(p, "u:r:a_t:s0-s1", "u:object_r:file_t:s0", class("d_source"),
				    &out);
	result_is(rc, out, "u:r:a_t:s0");
	out = NULL;
	rc = secpol_compute_relabel(p, A, "nonsense", file, &out);
	result_is(rc, out, NULL);
	rc = secpol_compute_member(p, "nonsense", FILE_, file, &out);
	result_is(rc, out, NULL);
	/* A class that the policy does not have: an object like others. */
	rc = secpol_compute_member(p, A, FILE_, 1000, &out);
	result_is(rc, out, FILE_);
}
END_TEST

START_TEST(questions_without_mls)
{
	ck_assert(allows("u:r:a_t", "u:object_r:file_t", "file", "read"));
	ck_assert(!allows("u:r:b_t", "u:object_r:file_t", "dir", "search"));
	CREATES("u:r:a_t", "u:object_r:exec_t", "process", NULL, "u:q:b_t");
	CREATES("u:r:a_t", "u:object_r:file_t", "file", "special", "u:object_r:named_t");
	CREATES("u:r:a_t", "v:object_r:file_t", "d_target", NULL, "v:object_r:file_t");
	initial_sid_is("kernel", "u:r:a_t");
	initial_sid_is("devnull", "u:object_r:unlabeled_t");
}
END_TEST

/* ---- images -------------------------------------------------------------- */

START_TEST(image_reads_back)
{
	unsigned char *longer = malloc(mls.len + 100);
	void *image = NULL, *again = NULL;
	size_t len = 0;

	/* Bytes after a complete image are ignored (kernel-abi.md 5.1). */
	ck_assert_ptr_nonnull(longer);
	memcpy(longer, mls.data, mls.len);
	memset(longer + mls.len, 0xa5, 100);
	ck_assert_int_eq(secpol_parse(longer, mls.len + 100, ANY_VERSION, &p), 0);
	memset(longer, 0, mls.len); /* it has a copy */
	ck_assert_int_eq(secpol_image(p, &image, &len), 0);
	/* The order is the kernel's (kernel-abi.md 5.2), and stays that. */
	ck_assert_uint_eq(len, mls.len);
	secpol_free(p);
	ck_assert_int_eq(secpol_parse(image, len, ANY_VERSION, &p), 0);
	ck_assert_int_eq(secpol_image(p, &again, &len), 0);
	ck_assert_uint_eq(len, mls.len);
	ck_assert_mem_eq(image, again, len);
	free(image);
	free(again);
	secpol_free(p);
	free(longer);
}
END_TEST

START_TEST(image_version)
{
	unsigned version;

	ck_assert_int_eq(secpol_parse(mls.data, mls.len, ANY_VERSION, &p), 0);
	version = secpol_version(p);
	secpol_free(p);
	ck_assert_uint_gt(version, 15);
	ck_assert_uint_le(version, secpol_version_max());
	ck_assert_int_eq(secpol_parse(mls.data, mls.len, version - 1, &p), -EINVAL);
	ck_assert_ptr_null(p);
	ck_assert_int_eq(secpol_parse(mls.data, mls.len, version, &p), 0);
	secpol_free(p);
}
END_TEST

START_TEST(image_garbage)
{
	static const char *const texts[] = { "", "x", "not a policy", "SE Linux" };
	unsigned char noise[4096];

	for (size_t i = 0; i < COUNT(texts); i++) {
		ck_assert_int_eq(secpol_parse(texts[i], strlen(texts[i]), ANY_VERSION, &p),
				 -EINVAL);
		ck_assert_ptr_null(p);
	}
	srandom(1);
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (unsigned char)random();
	ck_assert_int_eq(secpol_parse(noise, sizeof(noise), ANY_VERSION, &p), -EINVAL);
	/* a good header, then nothing that makes sense */
	memcpy(noise, mls.data, 32);
	ck_assert_int_eq(secpol_parse(noise, sizeof(noise), ANY_VERSION, &p), -EINVAL);
	secpol_free(NULL);
}
END_TEST

/* What a damaged image still gives must be safe to ask. */
static void ask_everything(struct secpol *damaged)
{
	size_t bools = secpol_bool_count(damaged);
	int *states = calloc(bools + 1, sizeof(*states));
	const char *name;
	unsigned value;

	ck_assert_ptr_nonnull(states);
	for (size_t i = 0; i < bools; i++)
		states[i] = !secpol_bool_get(damaged, i);
	secpol_bools_commit(damaged, states);
	free(states);
	for (unsigned i = 0; (name = secpol_initial_sid_name(i)); i++) {
		char *sid = NULL, *out = NULL;
		struct secpol_av av;

		if (secpol_initial_sid(damaged, name, &sid))
			continue;
		secpol_context_valid(damaged, sid);
		for (uint16_t c = 0; c < 9; c++) {
			secpol_class_name(damaged, c);
			for (unsigned j = 0; secpol_perm_name(damaged, c, j, &value); j++)
				;
			secpol_compute_av(damaged, A, sid, c, &av);
			secpol_validate_transition(damaged, A, sid, c, B);
			if (!secpol_compute_create(damaged, A, sid, c, "special", &out))
				free(out);
			if (!secpol_compute_relabel(damaged, A, sid, c, &out))
				free(out);
			if (!secpol_compute_member(damaged, sid, A, c, &out))
				free(out);
		}
		secpol_bounded(damaged, A, sid);
		secpol_allows(damaged, sid, sid, "file", "read", NULL);
		free(sid);
	}
}

/* A copy of just its length, so that a byte too far is found by valgrind. */
static bool damaged_is_safe(const unsigned char *data, size_t len)
{
	unsigned char *copy = malloc(len ? len : 1);
	struct secpol *damaged = NULL;
	int rc;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, data, len);
	rc = secpol_parse(copy, len, ANY_VERSION, &damaged);
	free(copy);
	ck_assert_msg(rc == 0 || rc == -EINVAL || rc == -ENOMEM, "%d", rc);
	ck_assert_int_eq(rc == 0, damaged != NULL);
	if (damaged)
		ask_everything(damaged);
	secpol_free(damaged);
	return rc == 0;
}

/* Under valgrind, every 97th is enough: CHECK_SECPOL_STRIDE=97. */
static size_t stride(void)
{
	const char *value = getenv("CHECK_SECPOL_STRIDE");
	size_t n = value ? strtoul(value, NULL, 10) : 1;

	return n ? n : 1;
}

START_TEST(image_truncated)
{
	for (size_t len = 0; len < mls.len; len += stride())
		ck_assert_msg(!damaged_is_safe(mls.data, len), "taken with %zu of %zu bytes", len,
			      mls.len);
}
END_TEST

START_TEST(image_flipped_bits)
{
	unsigned char *copy = malloc(unbound.len);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, unbound.data, unbound.len);
	for (size_t at = 0; at < unbound.len * 8; at += stride()) {
		copy[at / 8] ^= (unsigned char)(1u << (at % 8));
		damaged_is_safe(copy, unbound.len);
		copy[at / 8] ^= (unsigned char)(1u << (at % 8));
	}
	free(copy);
}
END_TEST

START_TEST(image_damaged_words)
{
	static const uint32_t words[] = { 0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x10000 };
	unsigned char *copy = malloc(unbound.len);

	ck_assert_ptr_nonnull(copy);
	for (size_t at = 0; at + 4 <= unbound.len; at += stride()) {
		memcpy(copy, unbound.data, unbound.len);
		memcpy(copy + at, &words[at % COUNT(words)], 4);
		damaged_is_safe(copy, unbound.len);
	}
	free(copy);
}
END_TEST

START_TEST(real_truncated)
{
	for (int i = 0; i < 60; i++) {
		size_t len = real.len / 60 * (size_t)i + (size_t)(i % 7);

		ck_assert_int_eq(secpol_parse(real.data, len, ANY_VERSION, &p), -EINVAL);
	}
	ck_assert_int_eq(secpol_parse(real.data, real.len - 1, ANY_VERSION, &p), -EINVAL);
}
END_TEST

/* Nothing is ever printed, also not about what is refused. */
START_TEST(silent)
{
	char path[64];
	struct stat st;
	int fd, out = dup(1), err = dup(2);

	snprintf(path, sizeof(path), "%s/printed", work);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ck_assert_int_ge(fd, 0);
	fflush(NULL);
	dup2(fd, 1);
	dup2(fd, 2);
	for (size_t len = 0; len < mls.len; len += 7)
		if (!secpol_parse(mls.data, len, ANY_VERSION, &p))
			secpol_free(p);
	for (size_t at = 16; at < mls.len; at += 5) {
		mls.data[at] ^= 0x11;
		if (!secpol_parse(mls.data, mls.len, ANY_VERSION, &p)) {
			ask_everything(p);
			secpol_free(p);
		}
		mls.data[at] ^= 0x11;
	}
	fflush(NULL);
	dup2(out, 1);
	dup2(err, 2);
	close(out);
	close(err);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(st.st_size, 0);
	close(fd);
}
END_TEST

/* ---- the distribution's policy ------------------------------------------- */

#define UNCONFINED "unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023"

START_TEST(real_facts)
{
	void *image = NULL;
	size_t len = 0;
	bool permissive = true;

	ck_assert_uint_eq(secpol_version(p), 33);
	ck_assert(secpol_mls(p));
	ck_assert(!secpol_deny_unknown(p));
	ck_assert(secpol_context_valid(p, UNCONFINED));
	initial_sid_is("kernel", "system_u:system_r:kernel_t:s0");
	initial_sid_is("init", "system_u:system_r:kernel_t:s0");
	initial_sid_is("unlabeled", "system_u:object_r:unlabeled_t:s0");
	initial_sid_is("security", "system_u:object_r:security_t:s0");

	CREATES("system_u:system_r:kernel_t:s0", "system_u:object_r:init_exec_t:s0", "process",
		NULL, "system_u:system_r:init_t:s0");
	CREATES("system_u:system_r:init_t:s0", "system_u:object_r:sshd_exec_t:s0", "process", NULL,
		"system_u:system_r:sshd_t:s0");
	CREATES(UNCONFINED, "system_u:object_r:bin_t:s0", "process", NULL, UNCONFINED);
	CREATES(UNCONFINED, "system_u:object_r:tmp_t:s0", "file", NULL,
		"unconfined_u:object_r:user_tmp_t:s0");
	ck_assert(secpol_allows(p, UNCONFINED, "system_u:object_r:security_t:s0", "security",
				"load_policy", &permissive));
	ck_assert(!permissive);
	ck_assert(secpol_allows(p, "system_u:system_r:kernel_t:s0",
				"system_u:object_r:security_t:s0", "security", "setenforce", NULL));
	ck_assert(!secpol_allows(p, "system_u:system_r:sshd_t:s0",
				 "system_u:object_r:security_t:s0", "security", "setenforce",
				 NULL));
	ck_assert(secpol_allows(p, UNCONFINED, UNCONFINED, "process2", "unshare_selinuxns", NULL));

	ck_assert_int_eq(secpol_image(p, &image, &len), 0);
	ck_assert_uint_eq(len, real.len);
	free(image);
}
END_TEST

static struct {
	policydb_t db;
	sidtab_t sids;
} theirs;

static void setup_services(void)
{
	policy_file_t file;

	setup_real();
	sepol_debug(0);
	ck_assert_int_eq(policydb_init(&theirs.db), 0);
	policy_file_init(&file);
	file.type = PF_USE_MEMORY;
	file.data = (char *)real.data;
	file.len = real.len;
	ck_assert_int_eq(policydb_read(&theirs.db, &file, 0), 0);
	ck_assert_int_eq(evaluate_conds(&theirs.db), 0);
	ck_assert_int_eq(policydb_load_isids(&theirs.db, &theirs.sids), 0);
	sepol_set_policydb(&theirs.db);
	sepol_set_sidtab(&theirs.sids);
}

static void teardown_services(void)
{
	sepol_sidtab_destroy(&theirs.sids);
	policydb_destroy(&theirs.db);
	teardown();
}

/* Some valid context: a domain, or an object of any type. */
static void random_context(char *out, size_t size)
{
	static const char *const levels[] = {
		"s0", "s0-s0:c0.c1023", "s0:c1,c3", "s0:c5-s0:c0.c9", "s0:c1023",
	};
	static const char *const who[] = {
		"system_u:system_r", "unconfined_u:unconfined_r", "user_u:user_r",
		"system_u:object_r", "unconfined_u:object_r",     "sysadm_u:sysadm_r",
	};

	do {
		uint32_t type = (uint32_t)random() % theirs.db.p_types.nprim;

		if (!theirs.db.p_type_val_to_name[type])
			continue;
		snprintf(out, size, "%s:%s:%s", who[(size_t)random() % COUNT(who)],
			 theirs.db.p_type_val_to_name[type],
			 levels[(size_t)random() % COUNT(levels)]);
		if (secpol_context_valid(p, out))
			return;
	} while (1);
}

static sepol_security_id_t their_sid(const char *context)
{
	sepol_security_id_t sid;

	ck_assert_msg(sepol_context_to_sid(context, strlen(context) + 1, &sid) == 0, "%s", context);
	return sid;
}

static void same_result(int rc, char *ours, int their_rc, sepol_security_id_t sid)
{
	char *context = NULL;
	size_t len;

	ck_assert_int_eq(rc == 0, their_rc == 0);
	if (rc != 0)
		return;
	ck_assert_int_eq(sepol_sid_to_context(sid, &context, &len), 0);
	ck_assert_str_eq(ours, context);
	free(context);
	free(ours);
}

/* libsepol's services know neither object defaults nor that sockets take after
 * their creators, so those classes are left out. */
static bool beyond_services(uint16_t tclass)
{
	const char *name = secpol_class_name(p, tclass);
	const class_datum_t *datum = theirs.db.class_val_to_struct[tclass - 1];

	return strstr(name, "socket") || datum->default_user || datum->default_role ||
	       datum->default_type || datum->default_range;
}

START_TEST(same_as_services)
{
	unsigned granted = 0, refused = 0;

	srandom(1);
	for (int round = 0; round < 4000; round++) {
		uint16_t tclass = (uint16_t)(1 + (size_t)random() % secpol_class_count(p));
		char s[256], t[256], *out = NULL;
		struct sepol_av_decision avd;
		sepol_security_id_t ssid, tsid, sid = 0;
		struct secpol_av av;
		int rc, their_rc;

		/* Half of the questions are about common classes. */
		if (round % 2)
			tclass = class(round % 4 == 1 ? "file" : "process");
		random_context(s, sizeof(s));
		random_context(t, sizeof(t));
		if (round % 8 == 3)
			strcpy(s, UNCONFINED);
		ssid = their_sid(s);
		tsid = their_sid(t);

		ck_assert_int_eq(secpol_compute_av(p, s, t, tclass, &av), 0);
		ck_assert_int_eq(sepol_compute_av(ssid, tsid, tclass, 0, &avd), 0);
		ck_assert_msg(av.allowed == avd.allowed && av.auditallow == avd.auditallow &&
				      av.auditdeny == avd.auditdeny,
			      "%s %s %s: %x, not %x", s, t, secpol_class_name(p, tclass),
			      av.allowed, avd.allowed);
		*(av.allowed ? &granted : &refused) += 1;

		if (beyond_services(tclass))
			continue;
		rc = secpol_compute_create(p, s, t, tclass, NULL, &out);
		their_rc = sepol_transition_sid(ssid, tsid, tclass, &sid);
		same_result(rc, out, their_rc, sid);
		rc = secpol_compute_relabel(p, s, t, tclass, &out);
		their_rc = sepol_change_sid(ssid, tsid, tclass, &sid);
		same_result(rc, out, their_rc, sid);
		rc = secpol_compute_member(p, s, t, tclass, &out);
		their_rc = sepol_member_sid(ssid, tsid, tclass, &sid);
		same_result(rc, out, their_rc, sid);
	}
	/* Both kinds were among them. */
	ck_assert_uint_gt(granted, 100);
	ck_assert_uint_gt(refused, 100);
}
END_TEST

/* Every rule for a name, by the policy's own table. */
static int try_name(hashtab_key_t key, hashtab_datum_t datum, void *count)
{
	const filename_trans_key_t *rule = (const void *)key;
	const filename_trans_datum_t *d = datum;
	char s[256], t[256], expected[256], *out = NULL;
	ebitmap_node_t *node;
	unsigned stype;

	for (; d; d = d->next) {
		ebitmap_for_each_positive_bit(&d->stypes, node, stype)
		{
			snprintf(s, sizeof(s), "system_u:system_r:%s:s0",
				 theirs.db.p_type_val_to_name[stype]);
			snprintf(t, sizeof(t), "system_u:object_r:%s:s0",
				 theirs.db.p_type_val_to_name[rule->ttype - 1]);
			snprintf(expected, sizeof(expected), "system_u:object_r:%s:s0",
				 theirs.db.p_type_val_to_name[d->otype - 1]);
			if (!secpol_context_valid(p, s) || beyond_services((uint16_t)rule->tclass))
				continue;
			ck_assert_int_eq(secpol_compute_create(p, s, t, (uint16_t)rule->tclass,
							       rule->name, &out),
					 0);
			ck_assert_str_eq(out, expected);
			free(out);
			++*(unsigned *)count;
		}
	}
	return 0;
}

START_TEST(real_names)
{
	unsigned count = 0;

	hashtab_map(theirs.db.filename_trans, try_name, &count);
	ck_assert_uint_gt(count, 0);
}
END_TEST

START_TEST(real_booleans)
{
	size_t count = secpol_bool_count(p);
	int *states = calloc(count, sizeof(*states));

	ck_assert_uint_gt(count, 10);
	ck_assert_ptr_nonnull(states);
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < count; i++)
			states[i] = (i + (size_t)round) % 2;
		ck_assert_int_eq(secpol_bools_commit(p, states), 0);
		for (size_t i = 0; i < count; i++)
			ck_assert_int_eq(secpol_bool_get(p, i), states[i]);
	}
	free(states);
}
END_TEST

/* ---- all of it ----------------------------------------------------------- */

static struct image read_file(const char *path)
{
	struct image image = { 0 };
	FILE *f = fopen(path, "re");
	struct stat st;

	if (!f)
		return image;
	if (fstat(fileno(f), &st) == 0 && st.st_size > 0)
		image.data = malloc((size_t)st.st_size);
	if (image.data)
		image.len = fread(image.data, 1, (size_t)st.st_size, f);
	fclose(f);
	return image;
}

static struct image compile(const char *source, const char *use_mls, const char *unknown)
{
	struct image none = { 0 }, image;
	char out[64];
	int status = -1;
	pid_t pid;

	snprintf(out, sizeof(out), "%s/policy", work);
	pid = fork();
	if (pid == 0) {
		execlp("secilc", "secilc", "-N", "-M", use_mls, "-U", unknown, "-o", out, "-f",
		       "/dev/null", source, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		return none;
	image = read_file(out);
	unlink(out);
	return image;
}

static bool compile_all(void)
{
	char small[64], bounds[64];
	FILE *f;

	snprintf(small, sizeof(small), "%s/small.cil", work);
	f = fopen(small, "we");
	if (!f || fputs(small_cil, f) < 0 || fclose(f) != 0)
		return false;
	snprintf(bounds, sizeof(bounds), "%s/bounds.cil", work);
	f = fopen(bounds, "we");
	if (!f || fputs(small_cil, f) < 0 || fputs(bounds_cil, f) < 0 || fclose(f) != 0)
		return false;
	mls = compile(small, "true", "allow");
	plain = compile(small, "false", "allow");
	denying = compile(small, "true", "deny");
	rejecting = compile(small, "true", "reject");
	unbound = compile(bounds, "true", "allow");
	unlink(small);
	unlink(bounds);
	return mls.data && plain.data && denying.data && rejecting.data && unbound.data;
}

static void clean_up(void)
{
	char printed[64];

	snprintf(printed, sizeof(printed), "%s/printed", work);
	unlink(printed);
	rmdir(work);
	free(mls.data);
	free(plain.data);
	free(unbound.data);
	free(denying.data);
	free(rejecting.data);
	free(real.data);
}

static Suite *secpol_suite(bool small)
{
	Suite *suite = suite_create("secpol");
	TCase *tcase;

	if (small) {
		tcase = tcase_create("small policy");
		tcase_add_checked_fixture(tcase, setup_mls, teardown);
		tcase_add_test(tcase, contexts_canonical);
		tcase_add_test(tcase, contexts_invalid);
		tcase_add_test(tcase, initial_sids);
		tcase_add_test(tcase, classes_and_permissions);
		tcase_add_test(tcase, policy_capabilities);
		tcase_add_test(tcase, access_vectors);
		tcase_add_test(tcase, permissive_type);
		tcase_add_test(tcase, unknown_is_allowed);
		tcase_add_test(tcase, invalid_context_is_unlabeled);
		tcase_add_test(tcase, booleans);
		tcase_add_test(tcase, constraints);
		tcase_add_test(tcase, role_changes);
		tcase_add_test(tcase, validatetrans);
		tcase_add_test(tcase, creation);
		tcase_add_test(tcase, object_defaults);
		tcase_add_test(tcase, relabel_and_member);
		suite_add_tcase(suite, tcase);

		tcase = tcase_create("without MLS");
		tcase_add_checked_fixture(tcase, setup_plain, teardown);
		tcase_add_test(tcase, contexts_without_mls);
		tcase_add_test(tcase, questions_without_mls);
		tcase_add_test(tcase, classes_and_permissions);
		suite_add_tcase(suite, tcase);

		tcase = tcase_create("image");
		tcase_set_timeout(tcase, 300);
		tcase_add_test(tcase, unknown_is_denied);
		tcase_add_test(tcase, type_bounds);
		tcase_add_test(tcase, image_reads_back);
		tcase_add_test(tcase, image_version);
		tcase_add_test(tcase, image_garbage);
		tcase_add_test(tcase, image_truncated);
		tcase_add_test(tcase, image_flipped_bits);
		tcase_add_test(tcase, image_damaged_words);
		tcase_add_test(tcase, silent);
		suite_add_tcase(suite, tcase);
	}
	if (real.data) {
		tcase = tcase_create("distribution's policy");
		tcase_add_checked_fixture(tcase, setup_real, teardown);
		tcase_set_timeout(tcase, 300);
		tcase_add_test(tcase, real_facts);
		tcase_add_test(tcase, real_booleans);
		suite_add_tcase(suite, tcase);

		tcase = tcase_create("libsepol's services");
		tcase_add_checked_fixture(tcase, setup_services, teardown_services);
		tcase_set_timeout(tcase, 300);
		tcase_add_test(tcase, same_as_services);
		tcase_add_test(tcase, real_names);
		suite_add_tcase(suite, tcase);

		tcase = tcase_create("distribution's policy, damaged");
		tcase_set_timeout(tcase, 300);
		tcase_add_test(tcase, real_truncated);
		suite_add_tcase(suite, tcase);
	}
	return suite;
}

int main(void)
{
	SRunner *runner;
	bool small;
	int failed;

	if (!mkdtemp(work)) {
		perror(work);
		return EXIT_FAILURE;
	}
	small = compile_all();
	if (!small)
		puts("not run: tests of a small policy (secilc failed or is not installed)");
	real = read_file(REAL_POLICY);
	if (!real.data)
		puts("not run: tests of the distribution's policy (no " REAL_POLICY ")");
	if (!small && !real.data) {
		rmdir(work);
		puts("neither secilc nor " REAL_POLICY " is installed");
		return 77;
	}

	runner = srunner_create(secpol_suite(small));
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	clean_up();
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
