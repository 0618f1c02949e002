/* for realpath */
#define _XOPEN_SOURCE 700

#include "files/atomic_file.h"

#include "core/bands.h"
#include "core/check.h"
#include "core/memory.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One write at most this long: some systems refuse more than 2 GiB at once. */
#define WRITE_AT_ONCE ((size_t)1 << 30)

static char *join(const seg_env *env, const char *a, const char *b) {
    size_t length = strlen(a);
    size_t more = strlen(b);
    char *joined = seg_allocate(env, length + more + 1, 1, "a file name");
    if (!joined) return NULL;
    memcpy(joined, a, length);
    memcpy(joined + length, b, more + 1);
    return joined;
}

static void release_names(seg_atomic_file *file) {
    seg_release(&file->env, file->path);
    seg_release(&file->env, file->partial);
    seg_release(&file->env, file->shown);
    file->path = file->partial = file->shown = NULL;
}

static seg_status fail_errno(const char *shown, const char *what, int number) {
    return seg_fail(SEG_ERROR_IO, "%s: cannot %s (%s)", shown, what,
                    number == EPIPE ? "the reader at the other end closed the pipe"
                                    : strerror(number));
}

/* Where the bytes go in the end: a link's target, so that the link itself stays. */
static char *resolve(const seg_env *env, const char *path) {
    struct stat status;
    if (lstat(path, &status) == 0 && S_ISLNK(status.st_mode)) {
        char *target = realpath(path, NULL);
        if (target) {
            char *copy = join(env, target, "");
            free(target);
            return copy;
        }
    }
    return join(env, path, "");
}

/* Names that are written in place: what is there is no regular file, or it is one by way of /dev
 * (/dev/stdout sent to a file), whose descriptor somebody else holds. */
static bool is_in_place(const char *given, const struct stat *status) {
    const bool in_memory = strncmp(given, "/dev/shm/", 9) == 0; /* files as any others */
    return !S_ISREG(status->st_mode) || (strncmp(given, "/dev/", 5) == 0 && !in_memory) ||
           strncmp(given, "/proc/", 6) == 0;
}

/* A FIFO waits here for its reader: a signal lets the caller stop. */
static seg_status open_in_place(seg_atomic_file *file) {
    /* O_TRUNC would empty a file that a shell opened for appending; devices ignore it. */
    for (;;) {
        file->descriptor = open(file->shown, O_WRONLY | O_NOCTTY | O_CLOEXEC);
        if (file->descriptor >= 0) return SEG_OK;
        if (errno != EINTR) return fail_errno(file->shown, "write", errno);
        SEG_TRY(seg_progress(&file->env, 0));
    }
}

static seg_status open_partial(seg_atomic_file *file, const struct stat *existing) {
    file->partial = join(&file->env, file->path, ".partial");
    if (!file->partial) return SEG_ERROR_MEMORY;
    /* A new file each time: an old link of that name is not followed, and another program that
     * still writes to an old one does not mix its bytes with ours. */
    if (unlink(file->partial) != 0 && errno != ENOENT)
        return fail_errno(file->partial, "replace", errno);
    file->descriptor = open(file->partial, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file->descriptor < 0) return fail_errno(file->shown, "create", errno);
    /* A replaced file keeps its permissions; that this may fail changes nothing. */
    if (existing && fchmod(file->descriptor, existing->st_mode & 0777) != 0) errno = 0;
    return SEG_OK;
}

static seg_status refuse_existing(const char *shown) {
    return seg_fail(SEG_ERROR_IO, "%s: exists already; allow replacing it or choose another name",
                    shown);
}

static seg_status open_file(seg_atomic_file *file, const char *path) {
    file->shown = join(&file->env, path, "");
    file->path = file->shown ? resolve(&file->env, path) : NULL;
    if (!file->path) return SEG_ERROR_MEMORY;
    struct stat status;
    bool exists = stat(path, &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) return fail_errno(path, "write", EISDIR);
    if (exists && is_in_place(path, &status)) {
        SEG_TRY(open_in_place(file));
    } else {
        if (exists && !file->overwrite) return refuse_existing(path);
        SEG_TRY(open_partial(file, exists ? &status : NULL));
    }
    file->seekable = lseek(file->descriptor, 0, SEEK_CUR) >= 0;
    return SEG_OK;
}

seg_status seg_atomic_file_open(seg_atomic_file *file, const char *path, bool overwrite,
                                const seg_env *env) {
    memset(file, 0, sizeof *file);
    file->descriptor = -1;
    if (env) file->env = *env;
    if (!path || !*path) return seg_fail(SEG_ERROR_ARGUMENT, "the output's name is empty");
    file->overwrite = overwrite;
    seg_status status = open_file(file, path);
    if (status < 0) seg_atomic_file_abandon(file, false);
    return status;
}

/* Not all was taken: a signal ended a wait for a slow pipe. If the caller wants to stop, a reader
 * that still takes its bytes gets the rest, so that the stream ends properly; one that takes
 * nothing is given up. */
static seg_status check_reader(seg_atomic_file *file) {
    enum { PATIENCE = 800 }; /* milliseconds */
    if (seg_progress(&file->env, 0) >= 0) return SEG_OK;
    struct pollfd reader = {.fd = file->descriptor, .events = POLLOUT};
    if (poll(&reader, 1, PATIENCE) != 0) return SEG_OK;
    return seg_fail(SEG_ERROR_CANCELLED, "%s: cancelled", file->shown);
}

seg_status seg_atomic_file_write(seg_atomic_file *file, const void *bytes, size_t size) {
    if (file->descriptor < 0) return seg_fail(SEG_ERROR_STATE, "the output is closed");
    for (const char *next = bytes; size > 0;) {
        ssize_t written =
            write(file->descriptor, next, size < WRITE_AT_ONCE ? size : WRITE_AT_ONCE);
        if (written < 0 && errno != EINTR) return fail_errno(file->shown, "write", errno);
        if (written > 0) {
            next += written;
            size -= (size_t)written;
            file->written += written;
        }
        if (size > 0) SEG_TRY(check_reader(file));
    }
    return SEG_OK;
}

/* True if `partial` is still the file that we wrote. */
static bool is_still_ours(const seg_atomic_file *file) {
    struct stat mine;
    struct stat named;
    return fstat(file->descriptor, &mine) == 0 && lstat(file->partial, &named) == 0 &&
           mine.st_dev == named.st_dev && mine.st_ino == named.st_ino;
}

/* What cannot be synced (EINVAL) needs none. */
static seg_status sync_file(const seg_atomic_file *file) {
    while (fsync(file->descriptor) != 0) {
        if (errno == EINVAL) return SEG_OK;
        if (errno != EINTR) return fail_errno(file->shown, "write", errno);
    }
    return SEG_OK;
}

/* Makes the new name survive a power cut; not every file system can, which is no error. */
static void sync_directory(const char *path) {
    char directory[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) + 1 : 0;
    if (length >= sizeof directory) return;
    memcpy(directory, slash ? path : ".", slash ? length : 1);
    directory[slash ? length : 1] = 0;
    int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    (void)!fsync(descriptor);
    close(descriptor);
}

static seg_status move_into_place(seg_atomic_file *file) {
    if (!file->overwrite) {
        /* link() refuses an existing name, rename() would replace it. */
        if (link(file->partial, file->path) == 0) {
            unlink(file->partial);
            return SEG_OK;
        }
        if (errno == EEXIST) return refuse_existing(file->shown);
        /* else: a file system without hard links */
    }
    if (rename(file->partial, file->path) != 0) return fail_errno(file->shown, "rename", errno);
    return SEG_OK;
}

static seg_status commit(seg_atomic_file *file, bool sync) {
    if (file->descriptor < 0) return seg_fail(SEG_ERROR_STATE, "the output is closed");
    if (file->partial && !is_still_ours(file))
        return seg_fail(SEG_ERROR_IO, "%s: %s was replaced by another program while it was written",
                        file->shown, file->partial);
    if (sync && file->partial) SEG_TRY(sync_file(file));
    int descriptor = file->descriptor;
    file->descriptor = -1;
    /* A full disk or quota of a network file system may show only now. */
    if (close(descriptor) != 0 && errno != EINTR) return fail_errno(file->shown, "write", errno);
    if (!file->partial) return SEG_OK;
    SEG_TRY(move_into_place(file));
    if (sync) sync_directory(file->path);
    return SEG_OK;
}

seg_status seg_atomic_file_commit(seg_atomic_file *file, bool sync) {
    seg_status status = commit(file, sync);
    if (file->descriptor >= 0) close(file->descriptor);
    file->descriptor = -1;
    release_names(file);
    return status;
}

void seg_atomic_file_abandon(seg_atomic_file *file, bool keep) {
    bool opened = file->descriptor >= 0;
    if (opened && file->partial && !keep && is_still_ours(file)) unlink(file->partial);
    if (opened) close(file->descriptor);
    file->descriptor = -1;
    release_names(file);
}
