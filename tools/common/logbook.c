#include "common/logbook.h"
#include "common/messages.h"
#include "common/names.h"
#include "common/text.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct logbook {
    char *path;
    json_t *done;  /* output -> the last line that says it is done */
    json_t *known; /* output -> true: started or done */
    bool existed;  /* before this run */
    bool keep;     /* --resume asked for it */
    int descriptor;
    bool failed;
    pthread_mutex_t lock;
};

static char *shard_suffix(const settings *from) {
    if (from->shards == 1) return text_copy(".journal");
    return text_format(".%ld-of-%ld.journal", (long)from->shard, (long)from->shards);
}

char *logbook_path(const char *output, bool to_directory, const settings *from) {
    char *directory = text_copy(output), *suffix = shard_suffix(from), *path;
    while (!to_directory && (name_is_template(directory) || name_is_pattern(directory))) {
        char *parent = name_parent(directory);
        free(directory);
        directory = parent;
    }
    const bool file = !to_directory && text_equal(directory, output);
    size_t length = strlen(directory);
    while (!file && length > 1 && directory[length - 1] == '/')
        directory[--length] = 0;
    if (!file && (text_equal(directory, ".") || text_equal(directory, "/"))) {
        char *name = text_format("segment%s", suffix);
        path = name_join(directory, name);
        free(name);
    } else {
        path = text_format("%s%s", directory, suffix);
    }
    free(directory);
    free(suffix);
    return path;
}

json_t *logbook_describe_file(const char *path) {
    struct stat state;
    if (stat(path, &state) != 0) return json_null();
    return json_pack("{s:I, s:I, s:i}", "size", (json_int_t)state.st_size, "mtime",
                     (json_int_t)state.st_mtim.tv_sec, "mtime_ns", (int)state.st_mtim.tv_nsec);
}

/* A line that a crash cut off is no line. */
static void read_lines(logbook *target) {
    FILE *stream = fopen(target->path, "rb");
    char *line = NULL;
    size_t room = 0;
    if (!stream) return;
    while (getline(&line, &room, stream) > 0) {
        json_t *record = json_loads(line, 0, NULL);
        const char *output = json_string_value(json_object_get(record, "output"));
        const char *state = json_string_value(json_object_get(record, "state"));
        if (output && state) {
            json_object_set_new(target->known, output, json_true());
            if (text_equal(state, "done"))
                json_object_set(target->done, output, record);
            else
                json_object_del(target->done, output);
        }
        json_decref(record);
    }
    free(line);
    fclose(stream);
}

logbook *logbook_open(const char *path, bool keep) {
    logbook *opened = memory_get(1, sizeof *opened);
    *opened = (logbook){.path = text_copy(path), .keep = keep, .descriptor = -1};
    opened->done = json_object();
    opened->known = json_object();
    pthread_mutex_init(&opened->lock, NULL);
    if (keep) read_lines(opened);
    struct stat state;
    opened->existed = stat(path, &state) == 0;
    return opened;
}

bool logbook_knows(const logbook *from, const char *output) {
    return from && json_object_get(from->known, output);
}

const json_t *logbook_done(const logbook *from, const char *output) {
    return from ? json_object_get(from->done, output) : NULL;
}

void logbook_write(logbook *target, json_t *record) {
    char *body = json_dumps(record, JSON_COMPACT);
    char *line = text_format("%s\n", body ? body : "{}");
    size_t length = strlen(line);
    pthread_mutex_lock(&target->lock);
    if (target->descriptor < 0 && !target->failed)
        target->descriptor = open(target->path, O_WRONLY | O_CREAT | O_APPEND, 0666);
    bool good =
        target->descriptor >= 0 && write(target->descriptor, line, length) == (ssize_t)length;
    if (!good && !target->failed && target->keep)
        message_warning(target->path,
                        "cannot write the journal (%s); --resume will not know what "
                        "is done",
                        strerror(errno));
    target->failed = target->failed || !good;
    pthread_mutex_unlock(&target->lock);
    free(body);
    free(line);
    json_decref(record);
}

void logbook_close(logbook *target, bool complete) {
    if (!target) return;
    if (target->descriptor >= 0) close(target->descriptor);
    if (complete && !target->keep && !target->existed && target->descriptor >= 0)
        unlink(target->path);
    json_decref(target->done);
    json_decref(target->known);
    pthread_mutex_destroy(&target->lock);
    free(target->path);
    free(target);
}
