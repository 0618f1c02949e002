#include "common/journal.h"
#include "common/messages.h"
#include "common/text.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <segment/version.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct journal {
    const plan *plan;
    char *path;
    json_t *done;  /* output -> the last line that says it is done */
    json_t *known; /* output -> true: started or done */
    bool existed;  /* before this run */
    bool keep;     /* --resume asked for it */
    int descriptor;
    bool failed;
    pthread_mutex_t lock;
};

/* ---- what a result depends on ---- */

static json_t *describe_file(const char *path) {
    struct stat state;
    if (stat(path, &state) != 0) return json_null();
    return json_pack("{s:I, s:I, s:i}", "size", (json_int_t)state.st_size, "mtime",
                     (json_int_t)state.st_mtim.tv_sec, "mtime_ns", (int)state.st_mtim.tv_nsec);
}

/* A sequence is its files. */
static json_t *describe_input(const job *item) {
    seg_names names = {0};
    if (!item->sequence) return describe_file(item->input);
    if (seg_names_list(&names, item->input, NULL) < 0) return json_null();
    json_t *all = json_object();
    for (int32_t i = 0; i < names.count; i++)
        json_object_set_new(all, names.items[i], describe_file(names.items[i]));
    seg_names_free(&names, NULL);
    return all;
}

static bool decides_nothing(option_id id) {
    static const option_id others[] = {OPTION_METHOD, OPTION_CONFIG,    OPTION_MAX_PIXELS,
                                       OPTION_REPORT, OPTION_OVERWRITE, OPTION_OBJECTS,
                                       OPTION_RENDER, OPTION_SAVE_MODEL};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i] == id) return true;
    return option_get(id)->group > GROUP_OUTPUT;
}

static json_t *describe_settings(const job *item) {
    const settings *from = item->recipe->settings;
    json_t *all = recipe_describe(item->recipe), *options = json_object(), *value;
    const char *name;
    for (int id = 0; id < OPTION_COUNT; id++) {
        const char *text = from->arguments->values[id];
        const option_row *row = option_get((option_id)id);
        if (!text || decides_nothing((option_id)id)) continue;
        json_object_set_new(options, row->name, json_string(text));
        if (row->files && *text) {
            char *key = text_format("%s file", row->name);
            json_object_set_new(options, key, describe_file(text));
            free(key);
        }
    }
    /* Pictures that parameters name: a file's identity beside its name. */
    json_object_foreach(json_object_get(all, "parameters"), name, value) {
        const seg_param *param = seg_params_find(item->recipe->method->params, name);
        if (json_is_string(value) && param &&
            (param->type == SEG_PARAM_PICTURE || param->type == SEG_PARAM_SEEDS)) {
            char *key = text_format("%s file", name);
            json_object_set_new(options, key, describe_file(json_string_value(value)));
            free(key);
        }
    }
    json_object_set_new(all, "options", options);
    return all;
}

static json_t *describe_job(const job *item, const char *state) {
    json_t *line = json_object();
    json_object_set_new(line, "state", json_string(state));
    json_object_set_new(line, "input", json_string(item->input));
    json_object_set_new(line, "file", describe_input(item));
    json_object_set_new(line, "output", json_string(item->output));
    json_object_set_new(line, "version", json_string(seg_version()));
    json_object_set_new(line, "settings", describe_settings(item));
    return line;
}

/* ---- reading ---- */

/* Shards that run side by side have a journal each. */
static char *shard_suffix(const settings *from) {
    if (from->shards == 1) return text_copy(".journal");
    return text_format(".%ld-of-%ld.journal", (long)from->shard, (long)from->shards);
}

static char *journal_path(const plan *from) {
    const char *output = from->settings->output;
    if (!output || text_equal(output, "-") || text_equal(output, "null:") || !from->job_count)
        return NULL;
    char *directory = text_copy(output), *suffix = shard_suffix(from->settings), *path;
    while (!from->to_directory && (name_is_template(directory) || name_is_pattern(directory))) {
        char *parent = name_parent(directory);
        free(directory);
        directory = parent;
    }
    const bool file = !from->to_directory && text_equal(directory, output);
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

/* A line that a crash cut off is no line. */
static void read_lines(journal *target) {
    FILE *stream = fopen(target->path, "rb");
    char *line = NULL;
    size_t room = 0;
    if (!stream) return;
    target->existed = true;
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

journal *journal_open(const plan *from) {
    char *path = journal_path(from);
    if (!path) return NULL;
    journal *opened = memory_get(1, sizeof *opened);
    *opened = (journal){.plan = from, .path = path, .descriptor = -1};
    opened->done = json_object();
    opened->known = json_object();
    opened->keep = from->settings->resume;
    pthread_mutex_init(&opened->lock, NULL);
    if (opened->keep) read_lines(opened);
    struct stat state;
    opened->existed = stat(path, &state) == 0;
    return opened;
}

bool journal_knows(const journal *from, const char *output) {
    return from && json_object_get(from->known, output);
}

bool journal_has_done(const journal *from, const job *item, const json_t **report) {
    static const char *const members[] = {"input", "file", "version", "settings"};
    json_t *line = from ? json_object_get(from->done, item->output ? item->output : "") : NULL;
    struct stat state;
    *report = NULL;
    if (!line || !item->recipe || stat(item->output, &state) != 0) {
        /* A pattern is no file by itself; its journal line is all there is. */
        if (!line || !item->recipe || !name_is_pattern(item->output)) return false;
    }
    json_t *now = describe_job(item, "done");
    bool same = true;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        same =
            same && json_equal(json_object_get(line, members[i]), json_object_get(now, members[i]));
    json_decref(now);
    if (same) *report = json_object_get(line, "report");
    return same;
}

/* ---- writing ---- */

static void write_line(journal *target, json_t *record) {
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

/* A single input needs no journal unless asked for: its output is there or it is not. */
static bool wanted(const journal *target, const job *item) {
    return target && item->output && item->recipe && item->kind != SEG_SOURCE_STREAM &&
           (target->keep || target->plan->job_count > 1);
}

void journal_start(journal *target, const job *item) {
    if (wanted(target, item)) write_line(target, describe_job(item, "started"));
}

void journal_finish(journal *target, const job *item, json_t *report) {
    if (!wanted(target, item)) return;
    json_t *line = describe_job(item, "done");
    if (report) json_object_set(line, "report", report);
    write_line(target, line);
}

void journal_close(journal *target, bool complete) {
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
