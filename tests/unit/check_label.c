/* SPDX-License-Identifier: MIT */
/*
 * check_label.c - lib/label: file contexts of a root, good, wrong and hostile.
 *
 * Where libselinux has an answer, it is asked, too: in files of a few lines here, and for whole policies in
 * tests/label/agree.t. Needs neither root nor SELinux.
 */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <selinux/label.h>
#include <selinux/selinux.h>
#include <selinux/selinuxns.h>

#include "base/error.h"
#include "label/contexts.h"
#include "label/index.h"
#include "label/pattern.h"
#include "label/regex.h"

#include "files.h"

#define FILES   "etc/selinux/test/contexts/files"
#define IN_ROOT "/" FILES "/file_contexts"

static char work[] = "/tmp/check_label.XXXXXX";
static char root[sizeof(work) + 16]; /* one test's own root */
static char base[sizeof(work) + 128]; /* its file_contexts, by the caller's path */
static int rootfd = -1;
static struct selinuxns_error err;
static struct label_contexts *contexts;
static struct label_scratch *scratch;

/* libselinux leaks a field of a line that it refuses. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libselinux.so";
}

/* ---- means ------------------------------------------------------------- */

/* file_contexts, or with a suffix */
static void write_contexts(const char *suffix, const char *text)
{
	char path[sizeof(base) + 16];

	snprintf(path, sizeof(path), "%s%s", base, suffix);
	make_file(path, text, strlen(text));
}

static void begin(void)
{
	char path[sizeof(root) + 64];

	snprintf(root, sizeof(root), "%s/root", work);
	remove_tree(root); /* of a test that did not reach its end */
	snprintf(path, sizeof(path), "%s/" FILES, root);
	make_dirs(path);
	snprintf(base, sizeof(base), "%s/file_contexts", path);
	snprintf(path, sizeof(path), "%s/etc/selinux/config", root);
	make_file(path, "SELINUXTYPE=test\n", 17);
	rootfd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(rootfd, 0);
	memset(&err, 0, sizeof(err));
}

static void close_contexts(void)
{
	label_scratch_free(scratch);
	label_contexts_free(contexts);
	scratch = NULL;
	contexts = NULL;
}

static void end(void)
{
	close_contexts();
	close(rootfd);
	remove_tree(root);
}

static bool open_source(const struct label_contexts_source *source)
{
	close_contexts();
	contexts = label_contexts_open(source, &err);
	scratch = contexts ? label_scratch_new(contexts) : NULL;
	return scratch != NULL;
}

static bool open_root(void)
{
	return open_source(&(struct label_contexts_source){ .rootfd = rootfd });
}

static void must_open_root(void)
{
	ck_assert_msg(open_root(), "%s", err.message);
}

/* The root's cannot be opened, with errno @e and a sentence in which there is @part. */
static void must_not_open(int e, const char *part)
{
	int got;

	errno = 0;
	ck_assert(!open_root());
	got = errno;
	ck_assert_msg(got == e, "errno %d (%s), not %d: %s", got, strerror(got), e, err.message);
	ck_assert_int_eq(err.err, e);
	ck_assert_msg(strstr(err.message, part) != NULL, "\"%s\" lacks \"%s\"", err.message, part);
}

static int ask(const char *path, mode_t mode)
{
	return label_contexts_lookup(contexts, scratch, path, strlen(path), mode);
}

static const char *name_of(int id)
{
	return id >= 0                ? label_contexts_name(contexts, id)
	       : id == LABEL_NONE     ? "<<none>>"
	       : id == LABEL_NO_MATCH ? "no match"
				      : "error";
}

#define assert_context(path, mode, want) ck_assert_str_eq(name_of(ask((path), (mode))), (want))

static int quiet(int type, const char *fmt, ...)
{
	(void)type;
	(void)fmt;
	return 0;
}

/* Those versions agree with each other; selinuxns(8) says how later ones differ. */
static bool libselinux_is_followed(void)
{
	const char *const version = LIBSELINUX_VERSION;

	return strncmp(version, "3.", 2) == 0 && version[2] >= '4' && version[2] <= '7' &&
	       strspn(version + 3, "0123456789") == 0;
}

static struct selabel_handle *libselinux_open(void)
{
	struct selinux_opt option = { SELABEL_OPT_PATH, base };

	selinux_set_callback(SELINUX_CB_LOG, (union selinux_callback){ .func_log = quiet });
	return selabel_open(SELABEL_CTX_FILE, &option, 1);
}

/* The same file, opened as the caller's own: libselinux agrees. */
static void assert_agree(const char *const *paths)
{
	static const mode_t modes[] = { 0,       S_IFREG, S_IFDIR,  S_IFLNK,
					S_IFCHR, S_IFBLK, S_IFSOCK, S_IFIFO };
	struct selabel_handle *handle;

	ck_assert(open_source(&(struct label_contexts_source){ .rootfd = -1, .file = base }));
	if (!libselinux_is_followed())
		return;
	handle = libselinux_open();
	ck_assert_ptr_nonnull(handle);
	for (; *paths; paths++) {
		for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
			char *theirs = NULL;
			int rc = selabel_lookup_raw(handle, &theirs, *paths, (int)modes[i]);
			int ours = ask(*paths, modes[i]);

			if (rc == 0)
				ck_assert_msg(ours >= 0 && strcmp(name_of(ours), theirs) == 0,
					      "%s, %o: %s, libselinux: %s", *paths, modes[i],
					      name_of(ours), theirs);
			else
				ck_assert_msg(ours == LABEL_NONE || ours == LABEL_NO_MATCH,
					      "%s, %o: %s, libselinux: none", *paths, modes[i],
					      name_of(ours));
			free(theirs);
		}
	}
	selabel_close(handle);
}

/* ---- which specification wins ------------------------------------------ */

START_TEST(rules)
{
	static const char *const paths[] = {
		"/",           "/a",         "/a/",
		"/a//",        "//a",        "/a/b",
		"/a/b/c/",     "/a.b/c",     "/a-b/c",
		"/a\\-b/c",    "/d-e",       "/d\\-e",
		"/x1/y",       "/x2/y",      "/none",
		"/none/way",   "/none/set",  "/usr/bin",
		"/usr/bin/p",  "/usr/p",     "/usr/lib/q/bin",
		"/usr/a",      "/usr/ab",    "/usr/zz/b",
		"/usr/b",      "/n\nl",      "/n\xffl",
		"/n\xc3\xa4l", "/dup",       "/dup2",
		"/late",       "/late/er",   "relative",
		"x",           "/q*",        "/q\\",
		"/p]}",        "/p",         "/g",
		"/gg",         "/ggg",       "/s.so",
		"/s.so.1",     "/sxso",      "/c/n1/e",
		"/c//e",       "/c/n1/n2/e", "/c/e",
		"/d/n",        "/d/",        "/d",
		"/d/n/m",      "/o",         "/o/",
		"/o/p",        "/some",      "/some/",
		"/some/x",     "/t/a.c",     "/t/.c",
		"/t/a/b.c",    "/t/.cc",     "/deep/er",
		"/deep/er/x",  NULL,
	};

	write_contexts("", "# a comment\n"
			   "  \t # another\n"
			   "\n"
			   "/.*		u:r:default\n"
			   "/		-d	u:r:root_dir\n"
			   "/a(/.*)?	u:r:a_tree\n"
			   "/extra	--	u:r:extra further fields do not count\n"
			   "/a		--	u:r:a_file\n"
			   "/a/b		-d	u:r:ab_dir\r\n"
			   "/a/b		-l	u:r:ab_link\n"
			   "/a\\.b/c	u:r:adotb\n"
			   "/a\\-b/c	u:r:adashb\n"
			   "/d\\-e	u:r:ddashe\n"
			   "/x[0-9]/y	-c	u:r:x_char\n"
			   "/x[0-9]/y	-b	u:r:x_block\n"
			   "/x[0-9]/y	-p	u:r:x_pipe\n"
			   "/x[0-9]/y	-s	u:r:x_socket\n"
			   "/none(/.*)?	<<none>>\n"
			   "/none/set	u:r:set\n"
			   "/usr/(.*/)?bin(/.*)?	u:r:bin\n"
			   "/usr/a|/usr/b	u:r:either\n"
			   "/n.l		u:r:any_byte\n"
			   "/dup		u:r:first\n"
			   "/dup		--	u:r:dup_file\n"
			   "/dup		u:r:second\n"
			   "/dup2		--	u:r:dup_file\n"
			   "/dup2		u:r:dup_any\n"
			   "/deep/er(/.*)?	u:r:deeper\n"
			   "/deep(/.*)?	u:r:deep\n"
			   "/late/er	u:r:exact_wins\n"
			   "/late(/.*)?	u:r:but_not_over\n"
			   "/q\\*		u:r:star\n"
			   "/q\\\\		u:r:backslash\n"
			   "/p]}		u:r:closed\n"
			   "/g{2}		u:r:twice\n"
			   "/s\\.so(\\.[^/]*)*	u:r:so\n"
			   "/c/[^/]+/e	u:r:one_name\n"
			   "/c/[^/]*/n2/e	u:r:two_names\n"
			   "/d/[^/]*	u:r:name_or_none\n"
			   "/o/[^/]+	u:r:name\n"
			   "/some.+	u:r:some\n"
			   "/t/.*\\.c	u:r:source\n"
			   "relative	u:r:relative"); /* and no newline */
	write_contexts(".homedirs", "/late2/.*	u:r:homedirs\n");
	write_contexts(".local", "/d-e	-d	u:r:local\n");
	assert_agree(paths);
	assert_context("/a", S_IFREG, "u:r:a_file");
	assert_context("/dup", S_IFREG, "u:r:second");
	assert_context("/late/er", 0, "u:r:exact_wins");
	assert_context("/deep/er/x", 0, "u:r:deep");
	assert_context("/usr/ab", 0, "u:r:either");
	assert_context("/a\\-b/c", 0, "u:r:default");
	assert_context("/a-b/c", 0, "u:r:default");
	assert_context("/n\nl", 0, "u:r:any_byte");
	assert_context("/none/way", 0, "<<none>>");
	assert_context("/late2/x", 0, "u:r:homedirs");
	assert_context("/d-e", S_IFDIR, "u:r:local");
	ck_assert_int_eq(ask("x", 0), LABEL_NO_MATCH);
	ck_assert_int_eq(ask("", 0), LABEL_ERROR);
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

/* "$" also matches before the last newline. libselinux 3.8 and later do not use "$" without meta characters. */
START_TEST(final_newline)
{
	write_contexts("", "/a	u:r:exact\n"
			   "/b(/.*)?	u:r:tree\n"
			   "/c.*x	u:r:suffix\n"
			   "/d[x]	u:r:regex\n"
			   "/e/[^/]+	u:r:name\n");
	must_open_root();
	assert_context("/a\n", 0, "u:r:exact");
	assert_context("/a\n\n", 0, "no match");
	assert_context("/b\n", 0, "u:r:tree");
	assert_context("/b\n\n", 0, "no match");
	assert_context("/cx\n", 0, "u:r:suffix");
	assert_context("/cx\n\n", 0, "no match");
	assert_context("/dx\n", 0, "u:r:regex");
	assert_context("/e/\n", 0, "u:r:name");
}
END_TEST

START_TEST(substitutions)
{
	static const char *const paths[] = {
		"/lib",    "/lib/x",    "/lib64/x", "/libx",    "/lib/systemd/y", "/home2/u",
		"/home2/", "/vault/v/", "/vault",   "/chain/c", "/once/o",        "/all/x",
		"/all",    "/comment",  "/tail/t",  "/short",   "//lib//x/",      NULL,
	};
	char line[3000];

	write_contexts(
		"",
		"/.*	u:r:default\n/usr/lib(/.*)?	u:r:lib\n/usr/lib/systemd(/.*)?	u:r:systemd\n"
		"/home(/.*)?	u:r:home\n/	u:r:root\n/x	u:r:x\n/b(/.*)?	u:r:b\n/c(/.*)?	u:r:c\n");
	write_contexts(".subs_dist", "# comment /comment /x\n"
				     "/lib	/usr/lib\n"
				     "/lib64 /usr/lib   and more\n"
				     "\t/lib/systemd /usr/lib/systemd\n"
				     "/short\n"
				     "\n"
				     "/b /c\n"
				     "/all /\n"
				     "/tail /x");
	/* What is longer than the lines that libselinux reads is more than one. */
	memset(line, ' ', sizeof(line));
	memcpy(line, "/vault /home", 12);
	memcpy(line + 1022, "/once /b\n", 10);
	write_contexts(".subs", line);
	assert_agree(paths);
	write_contexts(".subs", "/home2 /home\n/chain /lib\n/once /b\n/vault /one\n/vault /home\n");
	assert_agree(paths);
	assert_context("/lib/systemd/y", 0, "u:r:systemd");
	assert_context("/libx", 0, "u:r:default");
	/* Of .subs once, and of .subs_dist once after it. */
	assert_context("/chain/c", 0, "u:r:lib");
	assert_context("/once/o", 0, "u:r:c");
	assert_context("/vault/v", 0, "u:r:home");
	assert_context("/all", 0, "u:r:root");
	assert_context("/all/x", 0, "u:r:x");
}
END_TEST

START_TEST(prefix)
{
	static const char *const prefixes[] = { "/var/lib/ext/one", "/var/lib/ext/one/",
						"//var//lib/ext/one" };
	struct label_contexts_source source = { .rootfd = rootfd };

	write_contexts("", "/	u:r:root\n/usr(/.*)?	u:r:usr\n/var/.*	u:r:var\n");
	write_contexts(".subs", "/lib /usr/lib\n");
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		source.prefix = prefixes[i];
		ck_assert(open_source(&source));
		assert_context("/var/lib/ext/one", 0, "u:r:root");
		assert_context("/var/lib/ext/one/", 0, "u:r:root");
		assert_context("/var/lib/ext/one/usr/x", 0, "u:r:usr");
		assert_context("/var/lib/ext/one/lib/x", 0, "u:r:usr");
		assert_context("/var/lib/ext/oneusr", 0, "u:r:var");
		assert_context("/var/lib/ext", 0, "u:r:var");
		assert_context("/usr/x", 0, "u:r:usr");
	}
	source.prefix = "/";
	ck_assert(open_source(&source));
	assert_context("/usr/x", 0, "u:r:usr");
	source.prefix = "usr";
	ck_assert(!open_source(&source));
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

START_TEST(contexts_once)
{
	char text[20000] = "", line[64];
	unsigned int number;

	for (int i = 0; i < 500; i++) {
		snprintf(line, sizeof(line), "/f%d	u:r:t%d:s0\n", i, i % 100);
		strcat(text, line);
	}
	write_contexts("", text);
	must_open_root();
	ck_assert_uint_eq(label_contexts_count(contexts), 100);
	for (int i = 0; i < 500; i++) {
		snprintf(line, sizeof(line), "/f%d", i);
		ck_assert_int_eq(ask(line, 0), i % 100);
		ck_assert_str_eq(label_contexts_where(contexts, scratch, &number), IN_ROOT);
		ck_assert_uint_eq(number, (unsigned int)i + 1);
	}
	ck_assert_int_eq(ask("/g", 0), LABEL_NO_MATCH);
	ck_assert_ptr_null(label_contexts_where(contexts, scratch, &number));
	ck_assert_uint_eq(number, 0);
}
END_TEST

START_TEST(empty)
{
	write_contexts("", "");
	must_open_root();
	ck_assert_int_eq(ask("/", 0), LABEL_NO_MATCH);
	ck_assert_uint_eq(label_contexts_count(contexts), 0);
}
END_TEST

START_TEST(long_paths)
{
	char path[70000];

	write_contexts("", "/(x/)*end	u:r:end\n/y(/.*)?	u:r:y\n/z/[^/]+/end	u:r:z\n");
	must_open_root();
	memset(path, 'x', sizeof(path));
	for (size_t i = 0; i < sizeof(path); i += 2)
		path[i] = '/';
	memcpy(path + 66000, "/end", 5);
	assert_context(path, 0, "u:r:end");
	path[1] = 'y';
	assert_context(path, 0, "u:r:y");
	memset(path, 'n', 60000);
	memcpy(path, "/z/", 3);
	memcpy(path + 60000, "/end", 5);
	assert_context(path, 0, "u:r:z");
	/* Only slashes, which are one. */
	memset(path, '/', 60000);
	memcpy(path + 60000, "y", 2);
	assert_context(path, 0, "u:r:y");
}
END_TEST

/* ---- what is wrong ----------------------------------------------------- */

static const struct {
	const char *text;
	size_t size;
	const char *part;
	bool theirs; /* libselinux opens it, and finds nothing in it */
} wrong[] = {
#define LINES(s) s, sizeof(s) - 1
	{ LINES("/a	u:r:a\n/b\n"), IN_ROOT ": line 2: it has an expression and no context",
	  false },
	{ LINES("/a	u:r:a\n/b	-x	u:r:b\n"), "line 2: '-x' is no file type", false },
	{ LINES("/a	-	u:r:b\n"), "line 1: '-' is no file type", false },
	{ LINES("/a	---	u:r:b\n"), "line 1: '---' is no file type", false },
	{ LINES("\n\n/a	file	u:r:b\n"), "line 3: 'file' is no file type", false },
	{ LINES("/b\0 u:r:b\n"), "line 1: it has an expression and no context", false },
	{ LINES("/\xc3\xa4	u:r:a\n"), "line 1: it has a byte that is not ASCII", false },
	{ LINES("/a	u:r:\xff\n"), "line 1: it has a byte that is not ASCII", false },
	{ LINES("/a	u:r:a\n/b(	u:r:b\n"),
	  "line 2: its expression /b(: missing closing parenthesis", true },
	{ LINES("/a)	u:r:b\n"),
	  "line 1: its expression /a): unmatched closing parenthesis, after 2", true },
	{ LINES("/a[	u:r:b\n"), "line 1: its expression /a[: missing terminating ]", true },
	{ LINES("/a**	u:r:b\n"), "line 1: its expression /a**: quantifier", true },
	{ LINES("/a[z-a]	u:r:b\n"), "line 1: its expression /a[z-a]: range out of order",
	  true },
	{ LINES("/a(?<n>b)(?<n>c)	u:r:b\n"), "line 1: its expression", true },
	{ LINES("(*UTF)/a	u:r:b\n"), "line 1: its expression", true },
	{ LINES("\x8a\xff\x7c\xf9"), "compiled file contexts", false },
#undef LINES
};

START_TEST(wrong_files)
{
	struct selabel_handle *handle;

	make_file(base, wrong[_i].text, wrong[_i].size);
	must_not_open(EINVAL, wrong[_i].part);
	ck_assert_str_eq(err.step, "read file contexts");
	ck_assert_str_eq(err.object, IN_ROOT);
	if (!libselinux_is_followed())
		return;
	handle = libselinux_open();
	ck_assert_int_eq(handle != NULL, wrong[_i].theirs);
	if (handle) {
		char *found;

		ck_assert_int_eq(selabel_lookup_raw(handle, &found, "/ab", 0), -1);
		selabel_close(handle);
	}
}
END_TEST

START_TEST(wrong_in_others)
{
	write_contexts("", "/a	u:r:a\n");
	write_contexts(".local", "/b	u:r:b\n/c(	u:r:c\n");
	must_not_open(EINVAL, IN_ROOT ".local: line 2: its expression /c(");
	write_contexts(".local", "");
	write_contexts(".homedirs", "/b\n");
	must_not_open(EINVAL, IN_ROOT ".homedirs: line 1:");
}
END_TEST

START_TEST(too_long)
{
	char *text = malloc(70000);

	ck_assert_ptr_nonnull(text);
	memset(text, 'a', 70000);
	text[0] = '/';
	memcpy(text + 65535, " u:r:a", 7);
	write_contexts("", text);
	must_not_open(EINVAL, "line 1: it has a field of 65535 bytes");
	/* PCRE2's own limit is lower than that. */
	memset(text, 'a', 70000);
	text[0] = '/';
	memcpy(text + 65000, " u:r:a", 7);
	write_contexts("", text);
	must_not_open(EINVAL, "line 1: its expression /aaa");
	free(text);
}
END_TEST

START_TEST(too_large)
{
	char *text = malloc(2000000);
	char *p = text;

	ck_assert_ptr_nonnull(text);
	write_contexts("", "");
	ck_assert_int_eq(truncate(base, (16 << 20) + 1), 0);
	must_not_open(EFBIG, "16777217 bytes, more than the 16777216");
	write_contexts("", "/a	u:r:a\n");
	write_contexts(".subs", "");
	snprintf(text, 1000, "%s.subs", base);
	ck_assert_int_eq(truncate(text, (1 << 20) + 1), 0);
	must_not_open(EFBIG, IN_ROOT ".subs: it has 1048577 bytes");
	ck_assert_int_eq(unlink(text), 0);
	/* Each takes 50 KiB of PCRE2. */
	for (int i = 0; i < 3000; i++)
		p += sprintf(p, "/x(abcdefghijkl){1900} u:r:a\n");
	write_contexts("", text);
	must_not_open(EFBIG, "take more than the 67108864 bytes");
	free(text);
}
END_TEST

START_TEST(not_files)
{
	char path[sizeof(base) + 16];

	must_not_open(ENOENT, IN_ROOT ": No such file or directory; install the policy's package");
	ck_assert_int_eq(mkfifo(base, 0600), 0);
	must_not_open(EINVAL, "it is not a regular file");
	ck_assert(!open_source(&(struct label_contexts_source){ .rootfd = -1, .file = base }));
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(unlink(base), 0);
	ck_assert_int_eq(mkdir(base, 0700), 0);
	must_not_open(EISDIR, "it is a directory");
	ck_assert_int_eq(rmdir(base), 0);
	write_contexts("", "/a	u:r:a\n");
	snprintf(path, sizeof(path), "%s.homedirs", base);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	must_not_open(EINVAL, ".homedirs: it is not a regular file");
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(symlink("nowhere", path), 0);
	must_open_root();
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(symlink("file_contexts.homedirs", path), 0);
	must_not_open(ELOOP, ".homedirs");
}
END_TEST

/* A root's links lead to its own files, and its cache is not looked at. */
START_TEST(stays_inside)
{
	char path[sizeof(base) + 32];

	snprintf(path, sizeof(path), "%s/outside", work);
	make_file(path, "/a	u:r:outside\n", 15);
	snprintf(path, sizeof(path), "%s/" FILES "/own", root);
	make_file(path, "/a	u:r:own\n", 11);
	ck_assert_int_eq(symlink("/" FILES "/own", base), 0);
	must_open_root();
	assert_context("/a", 0, "u:r:own");
	snprintf(path, sizeof(path), "%s.local", base);
	ck_assert_int_eq(symlink("../../../../../../outside", path), 0);
	must_open_root(); /* it is not there */
	assert_context("/a", 0, "u:r:own");
	snprintf(path, sizeof(path), "%s.bin", base);
	make_file(path, "nonsense", 8);
	must_open_root();
	assert_context("/a", 0, "u:r:own");
}
END_TEST

START_TEST(types_and_roots)
{
	char path[sizeof(base) + 32];

	write_contexts("", "/a	u:r:a\n");
	ck_assert(open_source(&(struct label_contexts_source){ .rootfd = rootfd, .type = "test" }));
	ck_assert(
		!open_source(&(struct label_contexts_source){ .rootfd = rootfd, .type = "other" }));
	ck_assert_int_eq(errno, ENOENT);
	ck_assert(!open_source(&(struct label_contexts_source){ .rootfd = -1 }));
	ck_assert_int_eq(errno, EBADF);
	snprintf(path, sizeof(path), "%s/etc/selinux/config", root);
	make_file(path, "SELINUXTYPE=../x\n", 17);
	must_not_open(EINVAL, "SELINUXTYPE");
}
END_TEST

/* ---- bounds ------------------------------------------------------------ */

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Steps grow by 2 with each x: never a hang, and the error says whose fault it is. */
START_TEST(hostile_expression)
{
	char path[200] = "/";
	double start;
	int err_no;

	write_contexts("", "/(x+x+)+y	u:r:bad\n/.*	-d	u:r:late\n");
	must_open_root();
	memset(path + 1, 'x', 60);
	start = seconds();
	ck_assert_int_eq(ask(path, S_IFREG), LABEL_NO_MATCH); /* there is no "y" in it */
	strcat(path, "yx");
	ck_assert_int_eq(ask(path, S_IFREG), LABEL_NO_MATCH); /* nor at its end */
	write_contexts("", "/(x+x+)+[yz]	u:r:bad\n/.*	-d	u:r:late\n");
	must_open_root();
	ck_assert_int_eq(ask(path, S_IFREG), LABEL_ERROR);
	err_no = errno;
	ck_assert_int_eq(err_no, ELOOP);
	ck_assert_int_eq(label_contexts_fail(contexts, scratch, path, err_no, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.message, IN_ROOT ", line 1: it takes more steps"));
	/* What wins anyway does not fail. */
	assert_context(path, S_IFDIR, "u:r:late");
	ck_assert(seconds() - start < 60);
}
END_TEST

/* What is slow, but not too slow, is so only so many times. */
START_TEST(slow_expression)
{
	char path[64] = "/";
	unsigned int done = 0;
	double start = seconds();

	write_contexts("", "/(x+x+)+[yz]	u:r:bad\n");
	must_open_root();
	/* Just beyond the first bound: PCRE2 counts by its own lights, so that is looked for. */
	for (size_t len = 8; len < 18; len++) {
		memset(path + 1, 'x', len);
		ck_assert_int_eq(ask(path, 0), LABEL_NO_MATCH);
	}
	while (done < 2000 && ask(path, 0) == LABEL_NO_MATCH)
		done++;
	ck_assert_int_eq(errno, ELOOP);
	ck_assert_uint_gt(done, 900);
	ck_assert_uint_le(done, 1000);
	ck_assert(seconds() - start < 100);
}
END_TEST

START_TEST(deep_recursion)
{
	char *path = malloc(200001);

	ck_assert_ptr_nonnull(path);
	/* More than the stack of machine code, so it is interpreted. */
	write_contexts("", "/((x|y)z?)*	u:r:deep\n");
	must_open_root();
	memset(path, 'x', 200000);
	path[0] = '/';
	path[200000] = '\0';
	ck_assert_int_ge(ask(path, 0), LABEL_ERROR);
	path[100] = '\0';
	assert_context(path, 0, "u:r:deep");
	free(path);
}
END_TEST

#ifndef PR_SET_MDWE
#define PR_SET_MDWE              65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

/* No machine code, as for a domain without execmem: the same answers. */
START_TEST(no_machine_code)
{
	write_contexts("", "/a[0-9]+	u:r:a\n/b(c|d)*	u:r:b\n");
	/* From here on, for this process: each test has one of its own. */
	if (prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) < 0) {
		puts("not run: no_machine_code (before Linux 6.3)");
		return;
	}
	must_open_root();
	for (int i = 0; i < 3; i++) {
		assert_context("/a12", 0, "u:r:a");
		assert_context("/bcdc", 0, "u:r:b");
		assert_context("/bcdx", 0, "no match");
	}
}
END_TEST

/* Keys that are each the beginning of the next: no deep recursion, no quadratic memory. */
START_TEST(nested_keys)
{
	const size_t count = 3000;
	char *text = malloc(count * (count + 20)), *p = text;
	char path[4096];

	ck_assert_ptr_nonnull(text);
	memset(path, 'k', sizeof(path));
	path[0] = '/';
	for (size_t i = 1; i <= count; i++)
		p += sprintf(p, "%.*s.* u:r:%zu\n", (int)i, path, i);
	write_contexts("", text);
	free(text);
	must_open_root();
	path[2000] = '\0';
	assert_context(path, 0, "u:r:2000");
	path[1999] = 'x';
	assert_context(path, 0, "u:r:1999");
	assert_context("/", 0, "u:r:1");
}
END_TEST

/* ---- patterns, against PCRE2 itself ------------------------------------ */

static unsigned int random_below(unsigned int *state, unsigned int below)
{
	*state = *state * 1103515245u + 12345u;
	return (*state >> 16) % below;
}

static const char *const pieces[] = {
	"/",      "a",      "b",       "a",    "/",         "\\.",   "(/.*)?", ".*",
	".+",     "[^/]+",  "[^/]*",   "[ab]", "a?",        "b*",    "(ab)",   ".",
	"(a|b)",  "[^/]+/", "[^/]*/",  "\\d",  "(?:a)",     "{2}",   "^",      "$",
	"a|b",    "(.*/)?", "\\Qa\\E", "+",    "?",         "(?i)",  "[]a]",   "[^]/]",
	"a{1,2}", "\\",     "[",       ")",    "(*ACCEPT)", "(?#|)", "(?x)#",  "[[:alpha:]]",
	"a{",     "}",      "\\n",     "b++",
};
static const char *const letters[] = { "/", "a", "b", ".", "\n", "ab", "/a", "A", "#" };

/* A path that PCRE2 lets match must not be refused without it, nor one that it does not let be let. */
static void compare_with_pcre2(const struct pattern *pattern, pcre2_code *code,
			       pcre2_match_data *data, const char *text, unsigned int *state)
{
	char path[64] = "";
	struct subject subject;
	int theirs, ours;

	for (unsigned int i = random_below(state, 8); i; i--)
		strcat(path, letters[random_below(state, sizeof(letters) / sizeof(letters[0]))]);
	subject_init(&subject, path, strlen(path));
	theirs = pcre2_match(code, (PCRE2_SPTR)path, subject.len, 0, 0, data, NULL) >= 0;
	/* What the index does. */
	if (subject.len < pattern->prefix_len ||
	    memcmp(path, pattern->head, pattern->prefix_len) != 0)
		ours = 0;
	else
		ours = subject_has_pairs(&subject, pattern->pairs, pattern->n_pairs)
			       ? pattern_matches(pattern, path, subject.len)
			       : 0;
	ck_assert_msg(ours < 0 || ours == theirs, "'%s' and '%s': %d, PCRE2: %d", text, path, ours,
		      theirs);
}

START_TEST(patterns)
{
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	unsigned int state = 4711, decided = 0, compiled = 0;

	for (unsigned int n = 0; n < 60000; n++) {
		char text[256] = "", anchored[260], room[256];
		struct pattern pattern;
		PCRE2_SIZE where;
		pcre2_code *code;
		int error;

		for (unsigned int i = 1 + random_below(&state, 6); i; i--)
			strcat(text,
			       pieces[random_below(&state, sizeof(pieces) / sizeof(pieces[0]))]);
		snprintf(anchored, sizeof(anchored), "^%s$", text);
		ck_assert_uint_le(pattern_analyse(&pattern, text, strlen(text), room),
				  strlen(text));
		code = pcre2_compile((PCRE2_SPTR)anchored, PCRE2_ZERO_TERMINATED, PCRE2_DOTALL,
				     &error, &where, NULL);
		/* What is decided without PCRE2 is an expression. */
		ck_assert_msg(code || pattern.tail == TAIL_REGEX, "'%s' is none", text);
		if (!code)
			continue;
		compiled++;
		decided += pattern.tail != TAIL_REGEX;
		for (int i = 0; i < 25; i++)
			compare_with_pcre2(&pattern, code, data, text, &state);
		pcre2_code_free(code);
	}
	pcre2_match_data_free(data);
	ck_assert_uint_gt(compiled, 20000);
	ck_assert_uint_gt(decided, 3000);
}
END_TEST

/* ---- threads, and the public calls ------------------------------------- */

static struct selinuxns_file_contexts *shared;
static atomic_uint wrong_answers;

static void *look_up_many(void *number)
{
	char path[64], want[32];

	for (int i = 0; i < 20000; i++) {
		int which = (i * 7 + *(int *)number) % 300;
		const char *context;

		snprintf(path, sizeof(path), "/t%d/x.%d/y", which, i);
		snprintf(want, sizeof(want), "u:r:t%d", which);
		if (selinuxns_file_contexts_lookup(shared, path, 0, &context, NULL) !=
			    SELINUXNS_LOOKUP_CONTEXT ||
		    strcmp(context, want) != 0)
			wrong_answers++;
	}
	return NULL;
}

START_TEST(threads)
{
	char text[20000] = "", line[64];
	pthread_t ids[4];
	int numbers[4] = { 0, 1, 2, 3 };

	/* All come to PCRE2, which makes their machine code while others wait for it. */
	for (int i = 0; i < 300; i++) {
		snprintf(line, sizeof(line), "/t%d/x\\.[0-9]+/[xyz]	u:r:t%d\n", i, i);
		strcat(text, line);
	}
	write_contexts("", text);
	shared = selinuxns_file_contexts_open_root(rootfd, NULL, &err);
	ck_assert_ptr_nonnull(shared);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&ids[i], NULL, look_up_many, &numbers[i]), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(ids[i], NULL);
	ck_assert_uint_eq(wrong_answers, 0);
	selinuxns_file_contexts_free(shared);
}
END_TEST

START_TEST(public_calls)
{
	struct selinuxns_file_contexts *c;
	const char *context = "unset";
	char path[100] = "/b";

	ck_assert_ptr_null(selinuxns_file_contexts_open_root(rootfd, NULL, &err));
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(selinuxns_error_errno(&err), ENOENT);
	ck_assert_ptr_null(selinuxns_file_contexts_open_file(base, NULL));
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_ptr_null(selinuxns_file_contexts_open_root(AT_FDCWD, NULL, &err));
	ck_assert_int_eq(errno, EBADF);
	write_contexts("", "/a	u:r:a\n/n	<<none>>\n/b(x+x+)+[yz]	u:r:b\n");
	c = selinuxns_file_contexts_open_file(base, &err);
	ck_assert_ptr_nonnull(c);
	ck_assert_int_eq(selinuxns_error_errno(&err), 0);
	ck_assert_int_eq(selinuxns_file_contexts_lookup(c, "/a", S_IFREG | 0644, &context, &err),
			 SELINUXNS_LOOKUP_CONTEXT);
	ck_assert_str_eq(context, "u:r:a");
	ck_assert_int_eq(selinuxns_file_contexts_lookup(c, "/n", 0, &context, &err),
			 SELINUXNS_LOOKUP_NONE);
	ck_assert_ptr_null(context);
	ck_assert_int_eq(selinuxns_file_contexts_lookup(c, "/m", 0, &context, NULL),
			 SELINUXNS_LOOKUP_NO_MATCH);
	ck_assert_ptr_null(context);
	ck_assert_int_eq(selinuxns_file_contexts_lookup(c, "", 0, &context, &err), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_ptr_nonnull(strstr(err.message, "look up context: (empty)"));
	memset(path + 2, 'x', 60);
	ck_assert_int_eq(selinuxns_file_contexts_lookup(c, path, 0, &context, &err), -1);
	ck_assert_int_eq(errno, ELOOP);
	ck_assert_ptr_nonnull(strstr(err.message, "line 3"));
	selinuxns_file_contexts_free(c);
	selinuxns_file_contexts_free(NULL);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof(table[0])))

static TCase *new_case(Suite *suite, const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_set_timeout(tcase, 120);
	suite_add_tcase(suite, tcase);
	return tcase;
}

static Suite *label_suite(void)
{
	Suite *suite = suite_create("label");
	TCase *tcase = new_case(suite, "meaning");

	tcase_add_test(tcase, rules);
	tcase_add_test(tcase, final_newline);
	tcase_add_test(tcase, substitutions);
	tcase_add_test(tcase, prefix);
	tcase_add_test(tcase, contexts_once);
	tcase_add_test(tcase, empty);
	tcase_add_test(tcase, long_paths);

	tcase = new_case(suite, "wrong");
	tcase_add_loop_test(tcase, wrong_files, 0, COUNT(wrong));
	tcase_add_test(tcase, wrong_in_others);
	tcase_add_test(tcase, too_long);
	tcase_add_test(tcase, too_large);
	tcase_add_test(tcase, not_files);
	tcase_add_test(tcase, stays_inside);
	tcase_add_test(tcase, types_and_roots);

	tcase = new_case(suite, "bounds");
	tcase_add_test(tcase, hostile_expression);
	tcase_add_test(tcase, slow_expression);
	tcase_add_test(tcase, deep_recursion);
	tcase_add_test(tcase, no_machine_code);
	tcase_add_test(tcase, nested_keys);

	tcase = new_case(suite, "patterns");
	tcase_add_test(tcase, patterns);

	tcase = new_case(suite, "calls");
	tcase_add_test(tcase, threads);
	tcase_add_test(tcase, public_calls);
	return suite;
}

int main(void)
{
	SRunner *runner;
	int failed;

	if (!mkdtemp(work)) {
		perror(work);
		return EXIT_FAILURE;
	}
	runner = srunner_create(label_suite());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	remove_tree(work);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
