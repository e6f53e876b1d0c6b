/* SPDX-License-Identifier: MIT */
/*
 * fault.c - fuzzing target: fault specifications of selinuxns-sim.
 */
#include <errno.h>
#include <signal.h>

#include "fault.h"
#include "fuzz.h"

/* Far enough for what is counted; every other occurrence is only parsed. */
#define STRIKES 20

struct parts {
	char *operation, *error, *occurrence, *comm; /* NULL where there is none */
};

/* As fault.h says: the command's name is the rest, colons and all. */
static struct parts split(char *spec)
{
	struct parts p = { .operation = spec };
	char **const next[] = { &p.error, &p.occurrence, &p.comm };

	for (size_t i = 0; i < 3 && spec; i++) {
		spec = strchr(spec, ':');
		if (spec)
			*spec++ = '\0';
		*next[i] = spec;
	}
	return p;
}

static unsigned long strikes_at(const struct parts *p)
{
	if (!p->occurrence)
		return 1;
	return strcmp(p->occurrence, "*") == 0 ? 0 : strtoul(p->occurrence, NULL, 10);
}

static bool ends_in(const char *text, size_t len, const char *suffix)
{
	size_t suffix_len = strlen(suffix);

	return len > suffix_len && memcmp(text + len - suffix_len, suffix, suffix_len) == 0;
}

/* The process that a specification means, as fault_strike() wants it. False where none is. */
static bool meant(const struct parts *p, char comm[32])
{
	const char *text = p->comm ? p->comm : "x";
	size_t len = strlen(text);

	if (ends_in(text, len, "/exec")) {
		len -= strlen("/exec");
		/* That is the name of one that was forked. */
		if (ends_in(text, len, "/fork"))
			return false;
	}
	PROMISE(len < 32);
	memcpy(comm, text, len);
	comm[len] = '\0';
	return true;
}

/* It strikes when it says, and then only. */
static struct fault check_strikes(const struct parts *p)
{
	unsigned long when = strikes_at(p);
	struct fault fault = { .kind = FAULT_NOT };
	char comm[32];

	PROMISE(fault_any() && fault_needs_comm() == (p->comm != NULL));
	if (!meant(p, comm))
		return fault;
	PROMISE(fault_strike("no/operation", comm).kind == FAULT_NOT);
	if (p->comm)
		PROMISE(fault_strike(p->operation, "a longer name than any").kind == FAULT_NOT);
	for (unsigned long i = 1; i <= STRIKES; i++) {
		struct fault now = fault_strike(p->operation, comm);

		PROMISE((now.kind != FAULT_NOT) == (when == 0 || when == i));
		if (now.kind != FAULT_NOT)
			fault = now;
	}
	return fault;
}

static const char *error_name(struct fault fault)
{
	static char name[32];
	const char *when = fault.kind == FAULT_SIGNAL_AFTER    ? "-after"
			   : fault.kind == FAULT_SIGNAL_PARENT ? "-parent"
							       : "";

	switch (fault.kind) {
	case FAULT_SIGNAL:
	case FAULT_SIGNAL_AFTER:
	case FAULT_SIGNAL_PARENT:
		PROMISE(sigabbrev_np(fault.signal));
		snprintf(name, sizeof(name), "SIG%s%s", sigabbrev_np(fault.signal), when);
		return name;
	case FAULT_NONE:
		return "none";
	case FAULT_SHORT:
		return "short";
	case FAULT_LONG:
		return "long";
	default:
		return strerrorname_np(fault.err);
	}
}

/* Written out again it is the same. */
static void check_written(const struct parts *p, struct fault fault)
{
	struct fault again;
	char *spec = NULL;
	const char *why;

	PROMISE(error_name(fault));
	if (asprintf(&spec, "%s:%s:%lu%s%s", p->operation, error_name(fault), strikes_at(p),
		     p->comm ? ":" : "", p->comm ? p->comm : "") < 0)
		abort();
	fault_clear();
	if (strikes_at(p) > 0) {
		PROMISE(fault_add(spec, &why) == 0);
		again = check_strikes(p);
		PROMISE(again.kind == fault.kind && again.err == fault.err);
		PROMISE(again.signal == fault.signal);
	}
	free(spec);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *spec = fuzz_text(data, size);
	const char *why = NULL;

	fault_clear();
	PROMISE(!fault_any());
	if (fault_add(spec, &why) < 0) {
		PROMISE(why && why[0] && fuzz_printable(why));
		PROMISE(!fault_any());
	} else {
		struct parts p = split(spec);
		struct fault fault = check_strikes(&p);
		int number = fault_syscall(0);

		PROMISE(fault_syscall(1) == -1);
		PROMISE((number < 0) == (strchr(p.operation, '/') != NULL));
		PROMISE(number < 0 || strcmp(fault_syscall_name(number), p.operation) == 0);
		if (fault.kind != FAULT_NOT)
			check_written(&p, fault);
	}
	fault_clear();
	free(spec);
	return 0;
}
