#include "media/input.h"

#include "core/bands.h"
#include "core/check.h"
#include "core/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static seg_status make_input(seg_input **made, const char *name, const seg_env *env) {
    seg_input *input = seg_allocate_zeroed(env, 1, sizeof *input, "input");
    if (!input) return SEG_ERROR_MEMORY;
    if (env) input->env = *env;
    input->descriptor = -1;
    input->size = -1;
    size_t length = strlen(name) + 1;
    input->name = seg_allocate(env, length, 1, "name of the input");
    if (!input->name) {
        seg_release(env, input);
        return SEG_ERROR_MEMORY;
    }
    memcpy(input->name, name, length);
    *made = input;
    return SEG_OK;
}

/* A signal ends a wait for a slow pipe, or for the writer of a FIFO: the caller may want to stop.
 */
static bool wants_to_stop(seg_input *input) {
    double fraction = input->size > 0 ? (double)input->position / (double)input->size : 0;
    if (seg_progress(&input->env, fraction) >= 0) return false;
    input->cancelled = true;
    return true;
}

static void open_descriptor(seg_input *input, const char *name) {
    if (!strcmp(name, "-")) {
        input->descriptor = STDIN_FILENO;
        return;
    }
    do {
        input->descriptor = open(name, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    } while (input->descriptor < 0 && errno == EINTR && !wants_to_stop(input));
    input->owned = true;
}

seg_status seg_input_open(seg_input **made, const char *name, const seg_env *env) {
    *made = NULL;
    seg_input *input = NULL;
    SEG_TRY(make_input(&input, strcmp(name, "-") != 0 ? name : "standard input", env));
    open_descriptor(input, name);
    struct stat state;
    if (input->descriptor < 0 || fstat(input->descriptor, &state) != 0) {
        seg_status status = input->cancelled ? seg_input_failure(input)
                                             : seg_fail(SEG_ERROR_IO, "%s: cannot open (%s)",
                                                        input->name, strerror(errno));
        seg_input_close(input);
        return status;
    }
    if (S_ISDIR(state.st_mode)) {
        seg_input_close(input);
        return seg_fail(SEG_ERROR_IO, "%s: is a directory", name);
    }
    if (S_ISREG(state.st_mode)) {
        /* Standard input may be a file that somebody has read from: its start is where it is. */
        off_t start = lseek(input->descriptor, 0, SEEK_CUR);
        input->seekable = start == 0;
        if (input->seekable) input->size = state.st_size;
    }
    *made = input;
    return SEG_OK;
}

seg_status seg_input_open_memory(seg_input **made, const void *bytes, size_t size, const char *name,
                                 const seg_env *env) {
    *made = NULL;
    SEG_TRY(make_input(made, name, env));
    (*made)->memory = bytes;
    (*made)->size = (int64_t)size;
    (*made)->seekable = true;
    return SEG_OK;
}

void seg_input_close(seg_input *input) {
    if (!input) return;
    if (input->owned && input->descriptor >= 0) close(input->descriptor);
    seg_env env = input->env;
    seg_release(&env, input->name);
    seg_release(&env, input);
}

static int64_t read_memory(seg_input *input, void *bytes, size_t size) {
    int64_t left = input->size - input->position;
    if (left <= 0) return 0;
    if ((uint64_t)left < size) size = (size_t)left;
    memcpy(bytes, input->memory + input->position, size);
    input->position += (int64_t)size;
    return (int64_t)size;
}

static int64_t read_descriptor(seg_input *input, void *bytes, size_t size) {
    for (;;) {
        ssize_t got = read(input->descriptor, bytes, size);
        if (got >= 0) {
            input->position += got;
            return got;
        }
        if (errno == EINTR) {
            if (wants_to_stop(input)) return -1;
            continue;
        }
        input->failed = errno;
        return -1;
    }
}

seg_status seg_input_sniff(seg_input *input, int32_t wanted) {
    while (input->head_size < wanted) {
        size_t room = (size_t)(SEG_INPUT_HEAD - input->head_size);
        uint8_t *end = input->head + input->head_size;
        int64_t got =
            input->memory ? read_memory(input, end, room) : read_descriptor(input, end, room);
        if (got < 0) return seg_input_failure(input);
        if (got == 0) break;
        input->head_size += (int32_t)got;
    }
    input->position = 0;
    return SEG_OK;
}

int64_t seg_input_read(seg_input *input, void *bytes, size_t size) {
    if (input->position < input->head_size) {
        size_t left = (size_t)(input->head_size - input->position);
        if (size > left) size = left;
        memcpy(bytes, input->head + input->position, size);
        input->position += (int64_t)size;
        return (int64_t)size;
    }
    return input->memory ? read_memory(input, bytes, size) : read_descriptor(input, bytes, size);
}

int64_t seg_input_read_all(seg_input *input, void *bytes, size_t size) {
    size_t done = 0;
    while (done < size) {
        int64_t got = seg_input_read(input, (char *)bytes + done, size - done);
        if (got < 0) return -1;
        if (got == 0) break;
        done += (size_t)got;
    }
    return (int64_t)done;
}

/* The descriptor stands behind the head as long as the head is being read. */
int seg_input_seek(seg_input *input, int64_t position) {
    if (position < 0) return EINVAL;
    int64_t target = position < input->head_size ? input->head_size : position;
    if (!input->memory && lseek(input->descriptor, target, SEEK_SET) < 0) return errno;
    input->position = position;
    return 0;
}

bool seg_input_rewind(seg_input *input) {
    input->failed = 0;
    return input->seekable && seg_input_seek(input, 0) == 0;
}

seg_status seg_input_failure(const seg_input *input) {
    if (input->cancelled) return seg_fail(SEG_ERROR_CANCELLED, "%s: cancelled", input->name);
    return seg_fail(SEG_ERROR_IO, "%s: cannot read (%s)", input->name, strerror(input->failed));
}
