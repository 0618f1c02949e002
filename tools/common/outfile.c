/* for realpath */
#define _XOPEN_SOURCE 700

#include "common/outfile.h"
#include "common/cap.h"
#include "common/messages.h"
#include "common/signals.h"
#include "common/text.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *shown(const char *path) {
    return text_equal(path, "-") ? "standard output" : path;
}

static bool fail(const char *path, const char *what) {
    if (errno == EINTR) return false;
    if (errno == EPIPE)
        message_error(shown(path), "cannot write: the reader at the other end closed the pipe");
    else
        message_error(shown(path), "%s (%s)", what, strerror(errno));
    return false;
}

/* Devices, FIFOs and standard output are written in place. */
static bool in_place(const char *path) {
    struct stat state;
    return text_equal(path, "-") || text_starts(path, "/dev/") ||
           (stat(path, &state) == 0 && !S_ISREG(state.st_mode));
}

bool outfile_open(outfile *target, const char *path) {
    *target = (outfile){.path = text_copy(path), .descriptor = STDOUT_FILENO};
    if (text_equal(path, "-")) return true;
    if (!in_place(path)) {
        /* A link stays, its target is replaced. */
        char *resolved = realpath(path, NULL);
        target->final = resolved ? resolved : text_copy(path);
        target->partial = text_format("%s.partial", target->final);
    }
    const char *name = target->partial ? target->partial : path;
    int flags = target->partial ? O_CREAT | O_TRUNC : 0;
    do {
        target->descriptor = open(name, O_WRONLY | O_NOCTTY | O_CLOEXEC | flags, 0666);
    } while (target->descriptor < 0 && errno == EINTR && !signals_received());
    if (target->descriptor >= 0) return true;
    fail(path, "cannot create");
    outfile_abandon(target);
    return false;
}

/* After a signal a reader that still takes its bytes gets the rest, one that takes nothing is given
 * up. */
static bool reader_waits(const outfile *from) {
    enum { PATIENCE = 800 }; /* milliseconds */
    struct pollfd reader = {.fd = from->descriptor, .events = POLLOUT};
    return !signals_received() || poll(&reader, 1, PATIENCE) != 0;
}

bool outfile_write(outfile *target, const void *bytes, size_t size) {
    for (const char *next = bytes; size > 0;) {
        ssize_t written = write(target->descriptor, next, size);
        if (written < 0 && errno != EINTR) return fail(target->path, "cannot write");
        if (written > 0) {
            next += written;
            size -= (size_t)written;
            cap_count(written);
        }
        if (size > 0 && !reader_waits(target)) return false;
    }
    return true;
}

static bool close_descriptor(outfile *target) {
    int descriptor = target->descriptor;
    target->descriptor = STDOUT_FILENO;
    return descriptor == STDOUT_FILENO || close(descriptor) == 0 || errno == EINTR;
}

bool outfile_finish(outfile *target) {
    bool good = close_descriptor(target) || fail(target->path, "cannot write");
    if (good && target->partial && rename(target->partial, target->final) != 0)
        good = fail(target->path, "cannot rename the finished file");
    outfile_abandon(target);
    return good;
}

void outfile_abandon(outfile *target) {
    if (!target->path) return;
    if (target->descriptor >= 0) close_descriptor(target);
    free(target->path);
    free(target->final);
    free(target->partial);
    *target = (outfile){0};
}

bool file_write(const char *path, const void *bytes, size_t size) {
    outfile file;
    if (!outfile_open(&file, path)) return false;
    if (outfile_write(&file, bytes, size)) return outfile_finish(&file);
    outfile_abandon(&file);
    return false;
}

bool file_read(void **bytes, size_t *size, const char *path) {
    FILE *stream = fopen(path, "rb");
    char *data = NULL;
    size_t used = 0, room = 0;
    if (!stream) return fail(path, "cannot open");
    do {
        if (used == room) {
            char *larger = memory_get(room = 2 * room + 65536, 1);
            if (used) memcpy(larger, data, used);
            free(data);
            data = larger;
        }
        used += fread(data + used, 1, room - used, stream);
    } while (!feof(stream) && !ferror(stream));
    bool good = !ferror(stream) || fail(path, "cannot read");
    fclose(stream);
    if (!good) free(data);
    *bytes = good ? data : NULL;
    *size = used;
    return good;
}
