#include "common/outfile.h"
#include "common/messages.h"
#include "common/text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *shown(const char *path) {
    return text_equal(path, "-") ? "standard output" : path;
}

static bool fail(const char *path, const char *what) {
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
    *target = (outfile){.path = text_copy(path)};
    if (text_equal(path, "-")) {
        target->stream = stdout;
        return true;
    }
    if (!in_place(path)) target->partial = text_format("%s.partial", path);
    target->stream = fopen(target->partial ? target->partial : path, "wb");
    if (target->stream) return true;
    fail(path, "cannot create");
    free(target->partial);
    target->partial = NULL;
    outfile_abandon(target);
    return false;
}

bool outfile_write(outfile *target, const void *bytes, size_t size) {
    errno = 0;
    if (fwrite(bytes, 1, size, target->stream) == size && fflush(target->stream) == 0) return true;
    return fail(target->path, "cannot write");
}

static int close_stream(outfile *target) {
    FILE *stream = target->stream;
    target->stream = NULL;
    if (!stream) return 0;
    return stream == stdout ? fflush(stream) : fclose(stream);
}

bool outfile_finish(outfile *target) {
    errno = 0;
    bool good = close_stream(target) == 0 || fail(target->path, "cannot write");
    if (good && target->partial && rename(target->partial, target->path) != 0)
        good = fail(target->path, "cannot rename the finished file");
    outfile_abandon(target);
    return good;
}

void outfile_abandon(outfile *target) {
    close_stream(target);
    free(target->path);
    free(target->partial);
    *target = (outfile){0};
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
