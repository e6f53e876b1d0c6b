/* SPDX-License-Identifier: MIT */
/*
 * inject.c - system calls made in a traced thread (see inject.h).
 */
#include "inject.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define SYSCALL_INSN 2 /* bytes of the instruction that enters the kernel */
#define SYSCALL_STOP (SIGTRAP | 0x80)

/* What a call that a signal interrupted shows its tracer; never seen by a program. */
#ifndef ERESTARTSYS
#define ERESTARTSYS 512
#endif

static int listener = -1;

void inject_set_listener(int fd)
{
	listener = fd;
}

/* Signals that are to reach a thread when the call that it is in was made. */
struct later {
	pid_t tid;
	int signal;
	struct later *next;
};

static struct later *laters;

static struct later **later_of(pid_t tid)
{
	struct later **at = &laters;

	while (*at && (*at)->tid != tid)
		at = &(*at)->next;
	return at;
}

bool inject_stop_behind(pid_t tid)
{
	return *later_of(tid) != NULL;
}

/* The signal that was kept for this thread, or 0. */
static int later_take(pid_t tid)
{
	struct later **at = later_of(tid), *later = *at;
	int signal = later ? later->signal : 0;

	if (later) {
		*at = later->next;
		free(later);
	}
	return signal;
}

static void later_keep(pid_t tid, int signal)
{
	struct later *later = malloc(sizeof(*later));

	if (!later)
		abort(); /* a fault that was asked for would be lost */
	*later = (struct later){ tid, signal, laters };
	laters = later;
}

int call_begin(struct call *call, pid_t tid, bool at_exit)
{
	memset(call, 0, sizeof(*call));
	call->tid = tid;
	call->at_exit = at_exit;
	if (at_exit)
		call->signal = later_take(tid);
	return ptrace(PTRACE_GETREGS, tid, 0, &call->regs) ? -errno : 0;
}

long call_nr(const struct call *call)
{
	return (long)call->regs.orig_rax;
}

unsigned long call_arg(const struct call *call, unsigned i)
{
	const struct user_regs_struct *r = &call->regs;
	const unsigned long args[] = { r->rdi, r->rsi, r->rdx, r->r10, r->r8, r->r9 };

	return args[i];
}

long call_result(const struct call *call)
{
	return (long)call->regs.rax;
}

static struct call *innermost;
static void (*dispatch)(pid_t tid, int status);

void inject_set_dispatcher(void (*given)(pid_t tid, int status))
{
	dispatch = given;
}

/* News of another thread: for a call further out, or to be served now. */
static void news(struct call *call, pid_t tid, int status)
{
	for (struct call *c = call->outer; c; c = c->outer) {
		if (c->tid == tid) {
			/* An end comes after a stop, and overrides it. */
			c->stashed = true;
			c->stashed_status = status;
			return;
		}
	}
	dispatch(tid, status);
}

static bool wait_for(struct call *call, int *status)
{
	while (!call->stashed) {
		pid_t tid = waitpid(-1, status, __WALL);

		if (tid == call->tid)
			return true;
		if (tid > 0)
			news(call, tid, *status);
		else if (errno != EINTR)
			return false;
	}
	call->stashed = false;
	*status = call->stashed_status;
	return true;
}

/* Waits for the thread's next stop. Returns it, or 0 if the thread died. */
static int next_stop(struct call *call)
{
	int status = 0;
	bool alive = wait_for(call, &status);

	/* Another thread's exec ends this one; if it was the main thread, its number lives on. */
	if (!alive || !WIFSTOPPED(status) || status >> 16 == PTRACE_EVENT_EXEC) {
		call->dead = true;
		call->status = status;
		return 0;
	}
	return status;
}

/* Other stops on the way: what they told of is made good in go(). */
static void keep_signal(struct call *call, int status)
{
	int sig = WSTOPSIG(status);

	if (status >> 16 == PTRACE_EVENT_STOP) {
		call->group_stopped = sig != SIGTRAP;
		return;
	}
	if (status >> 16 || call->n_signals == sizeof(call->signals) / sizeof(call->signals[0]))
		return;
	if (!ptrace(PTRACE_GETSIGINFO, call->tid, 0, &call->signals[call->n_signals]))
		call->n_signals++;
}

/* Signals would interrupt the call and, taken out of their queue, lose their order. */
static void mask_signals(struct call *call)
{
	uint64_t all = ~0ULL;

	if (call->masked || ptrace(PTRACE_GETSIGMASK, call->tid, sizeof(call->mask), &call->mask))
		return;
	call->masked = !ptrace(PTRACE_SETSIGMASK, call->tid, sizeof(all), &all);
}

/* Sets the thread up to make this call when it goes on, from before or behind another one. */
static int aim(struct call *call, long nr, const unsigned long args[6])
{
	struct user_regs_struct regs = call->regs;

	mask_signals(call);
	if (call->at_exit) {
		regs.rip -= SYSCALL_INSN;
		regs.rax = (unsigned long)nr;
	}
	/* Behind a call this keeps a signal's arrival from being taken for a restart. */
	regs.orig_rax = call->at_exit ? (unsigned long)-1 : (unsigned long)nr;
	regs.rdi = args[0];
	regs.rsi = args[1];
	regs.rdx = args[2];
	regs.r10 = args[3];
	regs.r8 = args[4];
	regs.r9 = args[5];
	return ptrace(PTRACE_SETREGS, call->tid, 0, &regs) ? -errno : 0;
}

/* Runs to the stop behind the call that was aimed at; inside(): what to do once while the
 * thread is in it. */
static long run_to_end(struct call *call, void (*inside)(struct call *call, void *data), void *data)
{
	struct user_regs_struct regs;
	bool entered = !call->at_exit;

	for (;;) {
		int status;

		if (ptrace(PTRACE_SYSCALL, call->tid, 0, 0))
			return -errno;
		if (entered && inside) {
			inside(call, data);
			inside = NULL;
		}
		status = next_stop(call);
		if (!status)
			return -ESRCH;
		if (WSTOPSIG(status) == SYSCALL_STOP && !(status >> 16)) {
			if (entered)
				break;
			entered = true;
		} else {
			keep_signal(call, status);
		}
	}
	call->at_exit = true;
	if (ptrace(PTRACE_GETREGS, call->tid, 0, &regs))
		return -errno;
	return (long)regs.rax;
}

static long run(struct call *call, void (*inside)(struct call *call, void *data), void *data)
{
	long rc;

	call->outer = innermost;
	innermost = call;
	rc = run_to_end(call, inside, data);
	innermost = call->outer;
	return rc;
}

long call_make_args(struct call *call, long nr, const unsigned long args[6])
{
	long rc;

	do {
		rc = aim(call, nr, args);
		if (!rc)
			rc = run(call, NULL, NULL);
	} while (rc == -ERESTARTSYS);
	return rc;
}

struct gift {
	int fd, number;
	bool cloexec;
};

/* One notification: this thread's, or one for a call further out. */
static void receive(struct call *call)
{
	struct seccomp_notif notif = { 0 };
	struct call *c = call;

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notif))
		return; /* its thread was killed */
	while (c && c->tid != (pid_t)notif.pid)
		c = c->outer;
	if (!c)
		return;
	c->notified = true;
	c->notification = notif.id;
}

/* Waits for the thread's notification. A signal, or its death, may take it out of the call before:
 * then its next stop tells, and is kept for next_stop(). Others are served meanwhile; another
 * thread's exec even waits for them. */
static bool wait_notified(struct call *call)
{
	struct pollfd ready = { .fd = listener, .events = POLLIN };
	int status;
	pid_t tid;

	call->notified = false;
	while (!call->notified && !call->stashed) {
		if (poll(&ready, 1, 1) > 0) {
			receive(call);
			continue;
		}
		tid = waitpid(-1, &status, __WALL | WNOHANG);
		if (tid == call->tid) {
			call->stashed = true;
			call->stashed_status = status;
		} else if (tid > 0) {
			news(call, tid, status);
		} else if (tid < 0 && errno != EINTR) {
			return false;
		}
	}
	return call->notified;
}

/* Answers the notification with a descriptor. */
static void give_inside(struct call *call, void *data)
{
	const struct gift *gift = data;
	struct seccomp_notif_addfd add = { 0 };
	struct seccomp_notif_resp answer = { 0 };
	int number;

	if (!wait_notified(call))
		return;
	add.id = call->notification;
	add.srcfd = (unsigned)gift->fd;
	if (gift->number >= 0) {
		add.flags = SECCOMP_ADDFD_FLAG_SETFD;
		add.newfd = (unsigned)gift->number;
	}
	add.newfd_flags = gift->cloexec ? O_CLOEXEC : 0;
	number = ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
	answer.id = call->notification;
	answer.error = number < 0 ? -errno : 0;
	answer.val = number;
	/* Fails only if the thread was killed. */
	(void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

int call_give_fd(struct call *call, int fd, int number, bool cloexec)
{
	static const unsigned long no_args[6];
	struct gift gift = { fd, number, cloexec };
	long rc;

	do {
		rc = aim(call, INJECT_FD_NR, no_args);
		if (!rc)
			rc = run(call, give_inside, &gift);
	} while (rc == -ERESTARTSYS);
	return (int)rc;
}

/* What recvmsg(2) needs, as it lies in the thread's memory. */
struct parcel {
	struct msghdr msg;
	struct iovec iov;
	char byte;
	union {
		struct cmsghdr header;
		char buf[CMSG_SPACE(sizeof(int))];
	} control;
};

static void parcel_pack(struct parcel *parcel, unsigned long at)
{
	memset(parcel, 0, sizeof(*parcel));
	parcel->iov.iov_base = (void *)(at + offsetof(struct parcel, byte));
	parcel->iov.iov_len = 1;
	parcel->msg.msg_iov = (void *)(at + offsetof(struct parcel, iov));
	parcel->msg.msg_iovlen = 1;
	parcel->msg.msg_control = (void *)(at + offsetof(struct parcel, control));
	parcel->msg.msg_controllen = sizeof(parcel->control);
}

static int parcel_send(int socket, int fd)
{
	struct parcel parcel;

	parcel_pack(&parcel, (unsigned long)&parcel);
	parcel.control.header.cmsg_level = SOL_SOCKET;
	parcel.control.header.cmsg_type = SCM_RIGHTS;
	parcel.control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&parcel.control.header), &fd, sizeof(fd));
	return sendmsg(socket, &parcel.msg, 0) == 1 ? 0 : -errno;
}

/* The thread takes the descriptor out of its end of the socket, through memory of its own. */
static int parcel_receive(struct call *call, int socket, bool cloexec)
{
	struct parcel parcel;
	unsigned long at = (unsigned long)call_make(call, SYS_mmap, 0, sizeof(parcel),
						    PROT_READ | PROT_WRITE,
						    MAP_PRIVATE | MAP_ANONYMOUS, -1UL, 0);
	int number = -1;
	long rc;

	if (at > -4096UL)
		return (int)at;
	parcel_pack(&parcel, at);
	rc = call_poke(call, at, &parcel, sizeof(parcel));
	if (!rc)
		rc = call_make(call, SYS_recvmsg, (unsigned long)socket, at,
			       cloexec ? MSG_CMSG_CLOEXEC : 0);
	if (rc > 0)
		rc = call_peek(call, at, &parcel, sizeof(parcel));
	if (!rc && parcel.control.header.cmsg_type == SCM_RIGHTS)
		memcpy(&number, CMSG_DATA(&parcel.control.header), sizeof(number));
	call_make(call, SYS_munmap, at, sizeof(parcel));
	return rc ? (int)rc : number >= 0 ? number : -EMFILE;
}

int call_give_path_fd(struct call *call, int fd, bool cloexec)
{
	int ends[2], end, rc;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -errno;
	rc = parcel_send(ends[0], fd);
	end = rc ? rc : call_give_fd(call, ends[1], -1, true);
	close(ends[0]);
	close(ends[1]);
	if (end < 0)
		return end;
	rc = parcel_receive(call, end, cloexec);
	call_make(call, SYS_close, (unsigned long)end);
	return rc;
}

/* Signals that were kept back and sent again, with what came with them at first. */
struct kept {
	pid_t tid;
	siginfo_t info;
	struct kept *next;
};

static struct kept *kept;

static void send_again(pid_t tid, const siginfo_t *info)
{
	struct kept *k = malloc(sizeof(*k));

	if (k) {
		struct kept **end = &kept;

		*k = (struct kept){ .tid = tid, .info = *info };
		while (*end)
			end = &(*end)->next;
		*end = k;
	}
	syscall(SYS_tkill, tid, info->si_signo);
}

/* Forgets this thread's (sig 0: all, else the first of that signal, which *info gets). */
static bool kept_take(pid_t tid, int sig, siginfo_t *info)
{
	bool taken = false;

	for (struct kept **at = &kept; *at && !(taken && sig);) {
		struct kept *k = *at;

		if (k->tid != tid || (sig && k->info.si_signo != sig)) {
			at = &k->next;
			continue;
		}
		*info = k->info;
		taken = true;
		*at = k->next;
		free(k);
	}
	return taken;
}

void inject_restore_signal(pid_t tid, int sig)
{
	siginfo_t now, info;

	if (!kept || ptrace(PTRACE_GETSIGINFO, tid, 0, &now) || now.si_code != SI_TKILL)
		return;
	if (kept_take(tid, sig, &info))
		ptrace(PTRACE_SETSIGINFO, tid, 0, &info);
}

void inject_forget(pid_t tid)
{
	siginfo_t info;

	kept_take(tid, 0, &info);
	later_take(tid);
}

/* Lets the thread go on with these registers, and what was kept back reach it. */
static void go(struct call *call, struct user_regs_struct *regs, int request)
{
	if (call->dead)
		return;
	if (regs && ptrace(PTRACE_SETREGS, call->tid, 0, regs))
		return;
	if (call->masked)
		ptrace(PTRACE_SETSIGMASK, call->tid, sizeof(call->mask), &call->mask);
	for (unsigned i = 0; i < call->n_signals; i++)
		send_again(call->tid, &call->signals[i]);
	if (call->signal)
		kill(call->tid, call->signal);
	/* It ran on while its process was stopped: it must join that stop again. */
	if (call->group_stopped)
		ptrace(PTRACE_INTERRUPT, call->tid, 0, 0);
	ptrace(request, call->tid, 0, 0);
}

void call_answer(struct call *call, long result)
{
	struct user_regs_struct regs = call->regs;

	regs.rax = (unsigned long)result;
	regs.orig_rax = (unsigned long)-1; /* before a call: skip it; behind: no restart */
	go(call, &regs, PTRACE_CONT);
}

void call_pass(struct call *call, bool stop_behind)
{
	struct user_regs_struct regs = call->regs;

	if (call->signal) {
		later_keep(call->tid, call->signal);
		call->signal = 0;
		stop_behind = true;
	}
	if (call->at_exit) {
		regs.rip -= SYSCALL_INSN;
		regs.rax = regs.orig_rax;
		regs.orig_rax = (unsigned long)-1;
		go(call, &regs, PTRACE_CONT);
		return;
	}
	go(call, NULL, stop_behind ? PTRACE_SYSCALL : PTRACE_CONT);
}

void call_keep(struct call *call)
{
	/* Registers change only where calls were made meanwhile; writing them back is harmless. */
	go(call, &call->regs, PTRACE_CONT);
}

int call_peek(const struct call *call, unsigned long address, void *buf, size_t len)
{
	struct iovec local = { buf, len }, remote = { (void *)address, len };

	return process_vm_readv(call->tid, &local, 1, &remote, 1, 0) == (ssize_t)len ? 0 : -EFAULT;
}

int call_poke(const struct call *call, unsigned long address, const void *buf, size_t len)
{
	struct iovec local = { (void *)buf, len }, remote = { (void *)address, len };

	return process_vm_writev(call->tid, &local, 1, &remote, 1, 0) == (ssize_t)len ? 0 : -EFAULT;
}

ssize_t call_peek_string(const struct call *call, unsigned long address, char *buf, size_t size)
{
	size_t have = 0;

	/* Never read across a page that may not be there. */
	while (have < size) {
		size_t n = 4096 - ((address + have) & 4095);
		const char *end;

		if (n > size - have)
			n = size - have;
		if (call_peek(call, address + have, buf + have, n))
			return -EFAULT;
		end = memchr(buf + have, '\0', n);
		if (end)
			return end - buf;
		have += n;
	}
	return -ENAMETOOLONG;
}
