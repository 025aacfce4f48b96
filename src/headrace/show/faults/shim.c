/* Stands between a program and libc, and lets one call below a folder fail, or kills before it.

   Loaded with LD_PRELOAD; armed by `fault_arm` in a forked child, so that its start is not counted.
   Counted are calls that change files below the folder, whoever makes them: Python, SQLite, DuckDB.
   Kinds: 1 open for writing, 2 write, 3 fsync, 4 rename or link, 5 mkdir, 6 unlink or rmdir,
   7 an allocation of 64 kB or more, 0 any of 1 to 6. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>
#include <stdio.h>

static int kind_, persistent_, code_, kill_, armed_;
static long at_, seen_;
static char root_[4096];

void fault_arm(const char *root, int kind, long at, int persistent, int code, int kill) {
    strncpy(root_, root, sizeof root_ - 1);
    kind_ = kind; at_ = at; persistent_ = persistent; code_ = code; kill_ = kill; seen_ = 0;
    armed_ = 1;
}
long fault_seen(void) { return seen_; }

static int strike(int kind) {
    if (!armed_ || (kind_ != kind && !(kind_ == 0 && kind < 7))) return 0;
    long now = __sync_add_and_fetch(&seen_, 1);
    if (now != at_ && !(persistent_ && now > at_ && at_ > 0)) return 0;
    if (kill_) { kill(getpid(), SIGKILL); for (;;) pause(); }
    errno = code_;
    return 1;
}
static int inside(int folder, const char *path) {
    char base[4096], link[64];
    if (!armed_ || !path) return 0;
    if (path[0] == '/') return !strncmp(path, root_, strlen(root_));
    if (folder == AT_FDCWD) { if (!getcwd(base, sizeof base)) return 0; }
    else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t n = readlink(link, base, sizeof base - 1);
        if (n < 0) return 0;
        base[n] = 0;
    }
    return !strncmp(base, root_, strlen(root_));
}
static int ours(int handle) { return armed_ && inside(handle, "."); }

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__)) dlsym(RTLD_NEXT, name)
#define WRITES(flags) (((flags) & O_ACCMODE) != O_RDONLY || ((flags) & O_CREAT))
#define OPENS(name) int name(const char *path, int flags, ...) { \
    REAL(int, #name, const char *, int, ...); \
    va_list more; va_start(more, flags); mode_t mode = va_arg(more, int); va_end(more); \
    if (WRITES(flags) && inside(AT_FDCWD, path) && strike(1)) return -1; \
    return real(path, flags, mode); }
#define OPENSAT(name) int name(int folder, const char *path, int flags, ...) { \
    REAL(int, #name, int, const char *, int, ...); \
    va_list more; va_start(more, flags); mode_t mode = va_arg(more, int); va_end(more); \
    if (WRITES(flags) && inside(folder, path) && strike(1)) return -1; \
    return real(folder, path, flags, mode); }
OPENS(open) OPENS(open64) OPENSAT(openat) OPENSAT(openat64)

ssize_t write(int handle, const void *bytes, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t);
    if (ours(handle) && strike(2)) return -1;
    return real(handle, bytes, size);
}
#define PWRITES(name, type) ssize_t name(int handle, const void *bytes, size_t size, type where) { \
    REAL(ssize_t, #name, int, const void *, size_t, type); \
    if (ours(handle) && strike(2)) return -1; \
    return real(handle, bytes, size, where); }
PWRITES(pwrite, off_t) PWRITES(pwrite64, off64_t)
ssize_t writev(int handle, const struct iovec *parts, int count) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    if (ours(handle) && strike(2)) return -1;
    return real(handle, parts, count);
}
#define SYNCS(name) int name(int handle) { \
    REAL(int, #name, int); if (ours(handle) && strike(3)) return -1; return real(handle); }
SYNCS(fsync) SYNCS(fdatasync)
#define TWO(name, kind) int name(const char *from, const char *to) { \
    REAL(int, #name, const char *, const char *); \
    if (inside(AT_FDCWD, to) && strike(kind)) return -1; \
    return real(from, to); }
TWO(rename, 4) TWO(link, 4)
int renameat(int a, const char *from, int b, const char *to) {
    REAL(int, "renameat", int, const char *, int, const char *);
    if (inside(b, to) && strike(4)) return -1;
    return real(a, from, b, to);
}
int mkdir(const char *path, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t);
    if (inside(AT_FDCWD, path) && strike(5)) return -1;
    return real(path, mode);
}
#define GOES(name) int name(const char *path) { \
    REAL(int, #name, const char *); \
    if (inside(AT_FDCWD, path) && strike(6)) return -1; \
    return real(path); }
GOES(unlink) GOES(rmdir)
int unlinkat(int folder, const char *path, int flags) {
    REAL(int, "unlinkat", int, const char *, int);
    if (inside(folder, path) && strike(6)) return -1;
    return real(folder, path, flags);
}
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
#define LARGE 65536
void *malloc(size_t size) {
    if (armed_ && size >= LARGE && strike(7)) return NULL;
    return __libc_malloc(size);
}
void *calloc(size_t count, size_t size) {
    if (armed_ && count * size >= LARGE && strike(7)) return NULL;
    return __libc_calloc(count, size);
}
void *realloc(void *old, size_t size) {
    if (armed_ && size >= LARGE && strike(7)) return NULL;
    return __libc_realloc(old, size);
}
