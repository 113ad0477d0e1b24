// What the Systemd module needs from C: libsystemd's journal client, and the few system calls
// whose argument types (iovec lists, socket addresses, signal sets) are plainer in C.
// Every function here answers 0 or a count on success and a negated errno on failure.

#ifndef PIPELINE_RETRYD_CSYSTEMD_SHIM_H
#define PIPELINE_RETRYD_CSYSTEMD_SHIM_H

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

/// For a function with a buffer on its stack: inlined into Swift code it would lose the compiler's
/// stack protector, with which a release is built.
#define RETRYD_FENCED __attribute__((noinline)) static inline

extern char **environ;

/// The environment of the process: a list of "NAME=value" that ends with NULL.
static inline char *const *retryd_environment(void) {
    return environ;
}

/// Writes the text of an errno value into a buffer; unlike strerror it is safe from any thread.
static inline int retryd_error_text(int code, char *text, size_t size) {
    return -strerror_r(code, text, size);
}

/// Makes one folder.
static inline int retryd_make_folder(const char *path, mode_t mode) {
    return mkdir(path, mode) == 0 ? 0 : -errno;
}

/// Nanoseconds of a clock of clock_gettime(2).
static inline int64_t retryd_clock(clockid_t clock) {
    struct timespec time = { 0, 0 };
    // The clocks of this program exist on every Linux since 2.6.39.
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}
static inline int64_t retryd_clock_monotonic(void) { return retryd_clock(CLOCK_MONOTONIC); }
static inline int64_t retryd_clock_boottime(void) { return retryd_clock(CLOCK_BOOTTIME); }
static inline int64_t retryd_clock_realtime(void) { return retryd_clock(CLOCK_REALTIME); }

/// The clock of the processor time that the calling thread uses; reads 0 once the thread is gone.
static inline clockid_t retryd_clock_of_this_thread(void) {
    clockid_t clock = CLOCK_MONOTONIC;
    // Fails only without support in the kernel, which every Linux since 2.6.12 has.
    pthread_getcpuclockid(pthread_self(), &clock);
    return clock;
}

/// Blocks every signal in the calling thread.
static inline int retryd_block_signals(void) {
    sigset_t all;
    sigfillset(&all);
    return -pthread_sigmask(SIG_BLOCK, &all, NULL);
}

/// Names the calling thread; 15 bytes at most are kept.
RETRYD_FENCED void retryd_name_thread(const char *name) {
    char cut[16];
    snprintf(cut, sizeof cut, "%s", name);
    prctl(PR_SET_NAME, cut, 0, 0, 0);
}

/// Opens an event counter that never blocks its writer.
static inline int retryd_event_open(void) {
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

/// Raises the counter.
static inline int retryd_event_raise(int fd) {
    uint64_t one = 1;
    // A counter at its maximum is raised already: EAGAIN is success.
    if (write(fd, &one, sizeof one) < 0 && errno != EAGAIN)
        return -errno;
    return 0;
}

/// Waits until the counter is raised and resets it: 1 raised, 0 time over. Negative waits for ever.
static inline int retryd_event_wait(int fd, int64_t milliseconds) {
    struct pollfd item = { .fd = fd, .events = POLLIN };
    int64_t end = retryd_clock_monotonic() / 1000000 + milliseconds;
    int64_t rest = milliseconds < 0 ? -1 : milliseconds;
    int count;
    while ((count = poll(&item, 1, rest > INT32_MAX ? INT32_MAX : (int)rest)) < 0) {
        if (errno != EINTR)
            return -errno;
        if (milliseconds >= 0) {
            rest = end - retryd_clock_monotonic() / 1000000;
            if (rest < 0)
                return 0;
        }
    }
    uint64_t value;
    if (count > 0 && read(fd, &value, sizeof value) < 0 && errno != EAGAIN)
        return -errno;
    return count > 0;
}

/// Writes all bytes, waiting as long as the reader needs.
static inline int retryd_write_all(int fd, const void *bytes, size_t count) {
    const char *rest = (const char *)bytes;
    while (count > 0) {
        ssize_t written = write(fd, rest, count);
        if (written >= 0) {
            rest += written;
            count -= (size_t)written;
        } else if (errno == EAGAIN) {
            // The descriptor is shared with a program that made it non-blocking.
            struct pollfd item = { .fd = fd, .events = POLLOUT };
            poll(&item, 1, -1);
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}

/// Sends one journal entry whose fields lie one after another in `bytes`, each ended by `ends`.
RETRYD_FENCED int retryd_journal_send(const char *bytes, const size_t *ends, int count) {
    struct iovec fields[128];
    if (count > 128)
        return -E2BIG;
    size_t start = 0;
    for (int index = 0; index < count; index++) {
        fields[index].iov_base = (void *)(bytes + start);
        fields[index].iov_len = ends[index] - start;
        start = ends[index];
    }
    return sd_journal_sendv(fields, count);
}

/// Fills a socket address; `@name` is the abstract socket of that name.
static inline int retryd_unix_address(
    const char *path, struct sockaddr_un *address, socklen_t *length
) {
    size_t size = strlen(path);
    if (size < 2)
        return -EINVAL;
    if (size >= sizeof address->sun_path)
        return -ENAMETOOLONG;
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, path, size);
    if (path[0] == '@')
        address->sun_path[0] = 0;
    *length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size + (path[0] != '@'));
    return 0;
}

/// Sends one datagram to a service manager, waiting so long at most; 0 does not wait.
RETRYD_FENCED int retryd_notify(
    const char *path, const void *bytes, size_t count, int64_t milliseconds
) {
    struct sockaddr_un address;
    socklen_t length;
    // $NOTIFY_SOCKET is absolute or abstract; anything else is not of this machine.
    if (strlen(path) < 2 || (path[0] != '/' && path[0] != '@'))
        return -EAFNOSUPPORT;
    int code = retryd_unix_address(path, &address, &length);
    if (code < 0)
        return code;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    struct timeval limit = {
        .tv_sec = milliseconds / 1000, .tv_usec = (milliseconds % 1000) * 1000
    };
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    int flags = MSG_NOSIGNAL | (milliseconds == 0 ? MSG_DONTWAIT : 0);
    ssize_t sent = sendto(fd, bytes, count, flags, (struct sockaddr *)&address, length);
    code = sent < 0 ? -errno : 0;
    close(fd);
    return code;
}

/// Connects to a stream socket; answers a descriptor that never blocks.
///
/// A server with a full queue is waited for so long at most, and -EAGAIN is the answer then.
RETRYD_FENCED int retryd_connect(const char *path, int64_t milliseconds) {
    struct sockaddr_un address;
    socklen_t length;
    int code = retryd_unix_address(path, &address, &length);
    if (code < 0)
        return code;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    struct timeval limit = {
        .tv_sec = milliseconds / 1000, .tv_usec = (milliseconds % 1000) * 1000
    };
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if ((milliseconds > 0 || fcntl(fd, F_SETFL, O_NONBLOCK) == 0)
        && connect(fd, (struct sockaddr *)&address, length) == 0
        && fcntl(fd, F_SETFL, O_NONBLOCK) == 0)
        return fd;
    code = -errno;
    close(fd);
    return code;
}

/// Makes a socket that listens at `path` with that file mode; answers a descriptor.
///
/// The socket appears under `hidden` first, so that nobody meets it with another mode or before
/// it listens.
RETRYD_FENCED int retryd_listen(
    const char *path, const char *hidden, unsigned int mode, int backlog
) {
    struct sockaddr_un address;
    socklen_t length;
    int code = retryd_unix_address(hidden, &address, &length);
    if (code < 0)
        return code;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    unlink(hidden);
    if (bind(fd, (struct sockaddr *)&address, length) == 0) {
        if (chmod(hidden, mode) == 0 && listen(fd, backlog) == 0 && rename(hidden, path) == 0)
            return fd;
        code = -errno;
        unlink(hidden);
    } else {
        code = -errno;
    }
    close(fd);
    return code;
}

/// What stands at a path or behind a descriptor.
struct retryd_file {
    uint64_t device;
    uint64_t inode;
    int is_socket;
};

static inline struct retryd_file retryd_file_of(const struct stat *status) {
    struct retryd_file file = {
        .device = status->st_dev, .inode = status->st_ino, .is_socket = S_ISSOCK(status->st_mode)
    };
    return file;
}

/// Looks at a path without following a symbolic link.
static inline int retryd_lstat(const char *path, struct retryd_file *file) {
    struct stat status;
    if (lstat(path, &status) < 0)
        return -errno;
    *file = retryd_file_of(&status);
    return 0;
}

/// Looks at an open descriptor.
static inline int retryd_fstat(int fd, struct retryd_file *file) {
    struct stat status;
    if (fstat(fd, &status) < 0)
        return -errno;
    *file = retryd_file_of(&status);
    return 0;
}

/// The process at the other end of a stream socket, as the kernel attests it (struct ucred).
struct retryd_peer {
    int32_t pid;
    uint32_t uid;
    uint32_t gid;
};

/// Takes the next client of a listening socket without waiting; answers a descriptor.
static inline int retryd_accept(int listener, struct retryd_peer *peer) {
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
        return -errno;
    socklen_t size = sizeof *peer;
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0
        && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, peer, &size) == 0)
        return fd;
    int code = -errno;
    close(fd);
    return code;
}

/// Eight random bytes of the kernel.
static inline int retryd_random(uint64_t *value) {
    ssize_t count;
    do {
        count = getrandom(value, sizeof *value, 0);
    } while (count < 0 && errno == EINTR);
    return count == (ssize_t)sizeof *value ? 0 : count < 0 ? -errno : -EIO;
}

/// Forbids core dumps and the reading of this process's memory by others of the same user.
static inline int retryd_forbid_dumps(void) {
    struct rlimit none = { 0, 0 };
    // A filter of system calls may refuse one of them; each does good without the other.
    int limited = setrlimit(RLIMIT_CORE, &none) < 0 ? -errno : 0;
    int hidden = prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? -errno : 0;
    return limited < 0 ? limited : hidden;
}

/// Whether the kernel would dump this process: 1 or 0.
static inline int retryd_is_dumpable(void) {
    int answer = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
    return answer < 0 ? -errno : answer;
}

/// Keeps the heap of a process that lives for long small: large blocks are mapped by themselves,
/// always, and so go back when they are freed; few threads share few arenas. By default freeing
/// one large block raises the size from which blocks are mapped, and the next ones leave holes.
static inline int retryd_settle_heap(void) {
    return mallopt(M_MMAP_THRESHOLD, 128 << 10) == 1 && mallopt(M_ARENA_MAX, 2) == 1 ? 0 : -EINVAL;
}

/// The head of glibc's struct dl_phdr_info, which <link.h> hides from who does not ask for GNU's
/// part; to ask for it would give structures another form than Swift's module of them has.
struct retryd_object {
    Elf64_Addr address;
    const char *name;
    const Elf64_Phdr *headers;
    Elf64_Half count;
};

extern int retryd_each_object(int (*)(struct retryd_object *, size_t, void *), void *)
    __asm__("dl_iterate_phdr");

/// Gives back what one loaded file never writes; adds its bytes to `*given`.
static inline int retryd_give_back_object(struct retryd_object *object, size_t size, void *given) {
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    (void)size;
    for (int index = 0; index < object->count; index++) {
        const Elf64_Phdr *header = &object->headers[index];
        // What is never written is the same in the file; what relocation wrote is not.
        if (header->p_type != PT_LOAD || (header->p_flags & PF_W))
            continue;
        uintptr_t start = (object->address + header->p_vaddr + page - 1) & ~(page - 1);
        uintptr_t end = (object->address + header->p_vaddr + header->p_memsz) & ~(page - 1);
        if (end > start && madvise((void *)start, end - start, MADV_DONTNEED) == 0)
            *(int64_t *)given += (int64_t)(end - start);
    }
    return 0;
}

/// Gives memory back to the system that start-up needed and the daemon does not: free heap, and
/// pages of code and constants of the program and its libraries, which come back from their files
/// when they are used. Answers how many bytes of code and constants were given back.
static inline int64_t retryd_give_back_memory(void) {
    int64_t given = 0;
    malloc_trim(0);
    retryd_each_object(retryd_give_back_object, &given);
    return given;
}

#endif
