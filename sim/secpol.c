/* SPDX-License-Identifier: MIT */
/*
 * secpol.c - a policy image, parsed: its tables, booleans and capabilities.
 *
 * What it is for: secpol_parse() and all that lists what a policy defines. May
 * call: libsepol, lib/policy/sizes.h. Must never: print, or trust a number out of an image before
 * it was compared with the table it indexes.
 */
#include "secpol_priv.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sepol/debug.h>
#include <sepol/handle.h>

#include "policy/sizes.h"

/* The kernel's limit on chains of bounds (POLICYDB_BOUNDS_MAXDEPTH). */
#define BOUNDS_MAXDEPTH 4

/* The kernel's names, by SID; those it has no use for any more are left out. */
static const char *const isid_names[ISID_MAX + 1] = {
	[ISID_KERNEL] = "kernel",
	[2] = "security",
	[ISID_UNLABELED] = "unlabeled",
	[5] = "file",
	[ISID_INIT] = "init",
	[8] = "any_socket",
	[9] = "port",
	[10] = "netif",
	[11] = "netmsg",
	[12] = "node",
	[ISID_MAX] = "devnull",
};

/* The kernel's policy capabilities, by their bit. libsepol's own table may be older. */
static const char *const polcap_names[] = {
	"network_peer_controls",   "open_perms",         "extended_socket_class",
	"always_check_network",    "cgroup_seclabel",    "nnp_nosuid_transition",
	"genfs_seclabel_symlinks", "ioctl_skip_cloexec", "userspace_initial_context",
	"netlink_xperm",           "netif_wildcard",     "genfs_seclabel_wildcard",
	"functionfs_seclabel",     "memfd_class",        "bpf_token_perms",
};

enum { POLCAP_USERSPACE_INITIAL_CONTEXT = 8 };

static void policy_release(struct secpol **p)
{
	secpol_free(*p);
}

static void handle_release(struct sepol_handle **handle)
{
	if (*handle)
		sepol_handle_destroy(*handle);
}

/*
 * The first words of an image, compared before libsepol sees it: no module, no
 * Xen policy, no version newer than asked for, no size that keeps it busy for hours.
 */
static int check_header(const void *image, size_t len, unsigned max_version)
{
	static const char magic_string[] = POLICYDB_STRING;
	const size_t string_len = sizeof(magic_string) - 1;
	uint32_t word[2], version;
	uint32_t claimed;

	if (len < sizeof(word) + string_len + sizeof(version))
		return -EINVAL;
	memcpy(word, image, sizeof(word));
	if (le32toh(word[0]) != POLICYDB_MAGIC || le32toh(word[1]) != string_len)
		return -EINVAL;
	if (memcmp((const char *)image + sizeof(word), magic_string, string_len) != 0)
		return -EINVAL;
	memcpy(&version, (const char *)image + sizeof(word) + string_len, sizeof(version));
	version = le32toh(version);
	if (version > max_version)
		return -EINVAL;
	return sizes_check(image, len, version, &claimed) ? -EINVAL : 0;
}

static int read_image(struct secpol *p)
{
	__attribute__((cleanup(handle_release))) struct sepol_handle *handle = NULL;
	policy_file_t file;
	void *image;

	/*
	 * libsepol reports to a handle where it was given one, else to a
	 * global: neither may print.
	 */
	sepol_debug(0);
	handle = sepol_handle_create();
	if (!handle)
		return -ENOMEM;
	sepol_msg_set_callback(handle, NULL, NULL);

	policy_file_init(&file);
	file.type = PF_USE_MEMORY;
	file.data = p->image;
	file.len = p->image_len;
	file.handle = handle;
	if (policydb_read(&p->db, &file, 0) != 0)
		return -EINVAL;
	if (p->db.policy_type != POLICY_KERN || p->db.target_platform != SEPOL_TARGET_SELINUX)
		return -EINVAL;

	/* What follows a complete image is not part of it. */
	p->image_len -= file.len;
	image = realloc(p->image, p->image_len);
	if (image)
		p->image = image;
	return 0;
}

struct perm_fill {
	struct perm_table *table;
	int err;
};

static int fill_perm(hashtab_key_t key, hashtab_datum_t datum, void *arg)
{
	const perm_datum_t *perm = datum;
	struct perm_fill *fill = arg;

	if (perm->s.value == 0 || perm->s.value > PERM_SYMTAB_SIZE) {
		fill->err = -EINVAL;
		return -1;
	}
	fill->table->names[perm->s.value - 1] = key;
	return 0;
}

static int index_perms(struct secpol *p)
{
	uint32_t count = p->db.p_classes.nprim;

	/* A class is a u16 to the kernel. */
	if (count > UINT16_MAX)
		return -EINVAL;
	p->perms = calloc(count ? count : 1, sizeof(*p->perms));
	if (!p->perms)
		return -ENOMEM;
	for (uint32_t value = 1; value <= count; value++) {
		const class_datum_t *class = secpol_class(p, value);
		struct perm_fill fill = { .table = &p->perms[value - 1] };

		if (!class)
			continue;
		if (class->comdatum)
			hashtab_map(class->comdatum->permissions.table, fill_perm, &fill);
		hashtab_map(class->permissions.table, fill_perm, &fill);
		if (fill.err)
			return fill.err;
	}
	return 0;
}

static int index_bools(struct secpol *p)
{
	uint32_t count = p->db.p_bools.nprim;

	p->bools = calloc(count ? count : 1, sizeof(*p->bools));
	if (!p->bools)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++)
		if (p->db.bool_val_to_struct[i] && p->db.p_bool_val_to_name[i])
			p->bools[p->bool_count++] = i + 1;
	return 0;
}

/*
 * The kernel takes "init" from the policy only where that declares, by a
 * capability, that it means the first processes of userspace; else init has the
 * kernel's context.
 */
static int index_initial_sids(struct secpol *p)
{
	bool with_init = ebitmap_get_bit(&p->db.policycaps, POLCAP_USERSPACE_INITIAL_CONTEXT);

	for (const ocontext_t *oc = p->db.ocontexts[OCON_ISID]; oc; oc = oc->next) {
		uint32_t sid = oc->sid[0];

		if (sid == SEPOL_SECSID_NULL)
			return -EINVAL;
		if (sid > ISID_MAX || !isid_names[sid])
			continue;
		if (sid == ISID_INIT && !with_init)
			continue;
		p->isid[sid] = &oc->context[0];
		if (sid == ISID_KERNEL && !with_init)
			p->isid[ISID_INIT] = &oc->context[0];
	}
	return 0;
}

/* Every bit of the one is in the other. */
static bool bitmap_within(const ebitmap_t *inner, const ebitmap_t *outer)
{
	for_each_set_bit(bit, inner) if (!ebitmap_get_bit(outer, bit)) return false;
	return true;
}

/*
 * As the kernel does on load: chains of bounds end, and what is bounded has no
 * more than what bounds it. Without this, a loop of bounds would have no end.
 */
static int check_bounds(const struct secpol *p)
{
	for (uint32_t value = 1; value <= p->db.p_users.nprim; value++) {
		const user_datum_t *user = secpol_user(p, value), *upper = user;

		for (int depth = 1; upper && upper->bounds; depth++) {
			upper = secpol_user(p, upper->bounds);
			if (depth == BOUNDS_MAXDEPTH || !upper ||
			    !bitmap_within(&user->roles.roles, &upper->roles.roles))
				return -EINVAL;
		}
	}
	for (uint32_t value = 1; value <= p->db.p_roles.nprim; value++) {
		const role_datum_t *role = secpol_role(p, value), *upper = role;

		for (int depth = 1; upper && upper->bounds; depth++) {
			upper = secpol_role(p, upper->bounds);
			if (depth == BOUNDS_MAXDEPTH || !upper ||
			    !bitmap_within(&role->types.types, &upper->types.types))
				return -EINVAL;
		}
	}
	for (uint32_t value = 1; value <= p->db.p_types.nprim; value++) {
		const type_datum_t *upper = secpol_type(p, value);

		for (int depth = 1; upper && upper->bounds; depth++) {
			upper = secpol_type(p, upper->bounds);
			if (depth == BOUNDS_MAXDEPTH || !upper || upper->flavor == TYPE_ATTRIB)
				return -EINVAL;
		}
	}
	return 0;
}

/* The kernel refuses a policy in which no process could make a transition. */
static int find_process_class(struct secpol *p)
{
	p->process_class = secpol_class_value(p, "process");
	if (!p->process_class)
		return -EINVAL;
	p->process_trans = secpol_perm_bit(p, p->process_class, "transition") |
			   secpol_perm_bit(p, p->process_class, "dyntransition");
	return p->process_trans ? 0 : -EINVAL;
}

int secpol_parse(const void *image, size_t len, unsigned max_version, struct secpol **out)
{
	__attribute__((cleanup(policy_release))) struct secpol *p = NULL;
	int rc;

	*out = NULL;
	rc = check_header(image, len, max_version);
	if (rc)
		return rc;

	p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	if (policydb_init(&p->db) != 0) {
		/* It released what it had made. */
		free(p);
		p = NULL;
		return -ENOMEM;
	}
	/* A copy: no one else can change it meanwhile, and `policy` reads it back. */
	p->image = malloc(len);
	if (!p->image)
		return -ENOMEM;
	memcpy(p->image, image, len);
	p->image_len = len;

	rc = read_image(p);
	if (!rc)
		rc = check_bounds(p);
	if (!rc)
		rc = index_perms(p);
	if (!rc)
		rc = index_bools(p);
	if (!rc)
		rc = index_initial_sids(p);
	if (!rc)
		rc = find_process_class(p);
	if (!rc && evaluate_conds(&p->db) != 0)
		rc = -EINVAL;
	if (rc)
		return rc;

	*out = p;
	p = NULL;
	return 0;
}

void secpol_free(struct secpol *p)
{
	if (!p)
		return;
	policydb_destroy(&p->db);
	free(p->image);
	free(p->perms);
	free(p->bools);
	free(p);
}

unsigned secpol_version_max(void)
{
	int max = sepol_policy_kern_vers_max();

	return max > 0 ? (unsigned)max : 0;
}

unsigned secpol_version(const struct secpol *p)
{
	return p->db.policyvers;
}

bool secpol_mls(const struct secpol *p)
{
	return p->db.mls != 0;
}

/* To the kernel, what is not to be allowed is denied: also with no bit set. */
bool secpol_deny_unknown(const struct secpol *p)
{
	return !(p->db.handle_unknown & ALLOW_UNKNOWN);
}

bool secpol_reject_unknown(const struct secpol *p)
{
	return (p->db.handle_unknown & REJECT_UNKNOWN) != 0;
}

int secpol_image(const struct secpol *p, void **image, size_t *len)
{
	policydb_t *db = (policydb_t *)&p->db; /* which is only read */

	return policydb_to_image(NULL, db, image, len) < 0 ? -ENOMEM : 0;
}

const char *secpol_initial_sid_name(unsigned i)
{
	for (unsigned sid = 1; sid <= ISID_MAX; sid++)
		if (isid_names[sid] && i-- == 0)
			return isid_names[sid];
	return NULL;
}

int secpol_initial_sid(struct secpol *p, const char *name, char **out)
{
	const context_struct_t *ctx = NULL;

	for (unsigned sid = 1; sid <= ISID_MAX && !ctx; sid++)
		if (isid_names[sid] && strcmp(isid_names[sid], name) == 0)
			ctx = p->isid[sid];
	if (!ctx && strcmp(name, "init") == 0)
		ctx = p->isid[ISID_KERNEL];
	if (!ctx)
		ctx = p->isid[ISID_UNLABELED];
	if (!ctx)
		return -EINVAL;
	return secpol_ctx_string(p, ctx, out);
}

uint16_t secpol_class_value(struct secpol *p, const char *name)
{
	const class_datum_t *class = hashtab_search(p->db.p_classes.table, name);

	return class && class->s.value <= UINT16_MAX ? (uint16_t) class->s.value : 0;
}

size_t secpol_class_count(struct secpol *p)
{
	return p->db.p_classes.nprim;
}

const char *secpol_class_name(struct secpol *p, uint16_t value)
{
	return secpol_class(p, value) ? p->db.p_class_val_to_name[value - 1] : NULL;
}

const char *secpol_perm_name(struct secpol *p, uint16_t tclass, unsigned i, unsigned *value)
{
	if (!secpol_class(p, tclass))
		return NULL;
	for (unsigned bit = 0; bit < PERM_SYMTAB_SIZE; bit++) {
		const char *name = p->perms[tclass - 1].names[bit];

		if (name && i-- == 0) {
			if (value)
				*value = bit + 1;
			return name;
		}
	}
	return NULL;
}

uint32_t secpol_perm_bit(const struct secpol *p, uint16_t tclass, const char *name)
{
	if (!secpol_class(p, tclass))
		return 0;
	for (unsigned bit = 0; bit < PERM_SYMTAB_SIZE; bit++) {
		const char *have = p->perms[tclass - 1].names[bit];

		if (have && strcmp(have, name) == 0)
			return UINT32_C(1) << bit;
	}
	return 0;
}

size_t secpol_bool_count(struct secpol *p)
{
	return p->bool_count;
}

const char *secpol_bool_name(struct secpol *p, size_t i)
{
	return i < p->bool_count ? p->db.p_bool_val_to_name[p->bools[i] - 1] : NULL;
}

int secpol_bool_get(struct secpol *p, size_t i)
{
	if (i >= p->bool_count)
		return -ENOENT;
	return p->db.bool_val_to_struct[p->bools[i] - 1]->state != 0;
}

int secpol_bools_commit(struct secpol *p, const int *states)
{
	for (size_t i = 0; i < p->bool_count; i++)
		p->db.bool_val_to_struct[p->bools[i] - 1]->state = states[i] != 0;
	return evaluate_conds(&p->db) == 0 ? 0 : -EINVAL;
}

const char *secpol_polcap_name(unsigned i)
{
	return i < sizeof(polcap_names) / sizeof(polcap_names[0]) ? polcap_names[i] : NULL;
}

bool secpol_polcap(struct secpol *p, unsigned i)
{
	return secpol_polcap_name(i) && ebitmap_get_bit(&p->db.policycaps, i);
}

bool secpol_polcap_by_name(struct secpol *p, const char *name)
{
	const char *known;

	for (unsigned i = 0; (known = secpol_polcap_name(i)); i++)
		if (!strcmp(known, name))
			return secpol_polcap(p, i);
	return false;
}
