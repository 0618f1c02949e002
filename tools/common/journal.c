#include "common/journal.h"
#include "common/logbook.h"
#include "common/names.h"
#include "common/text.h"
#include <segment/version.h>
#include <stdlib.h>
#include <sys/stat.h>

struct journal {
    const plan *plan;
    logbook *book;
};

/* ---- what a result depends on ---- */

/* A sequence is its files. */
static json_t *describe_input(const job *item) {
    seg_names names = {0};
    if (!item->sequence) return logbook_describe_file(item->input);
    if (seg_names_list(&names, item->input, NULL) < 0) return json_null();
    json_t *all = json_object();
    for (int32_t i = 0; i < names.count; i++)
        json_object_set_new(all, names.items[i], logbook_describe_file(names.items[i]));
    seg_names_free(&names, NULL);
    return all;
}

static bool decides_nothing(option_id id) {
    static const option_id others[] = {OPTION_METHOD, OPTION_CONFIG,     OPTION_MAX_PIXELS,
                                       OPTION_REPORT, OPTION_OVERWRITE,  OPTION_OBJECTS,
                                       OPTION_RENDER, OPTION_SAVE_MODEL, OPTION_MAX_OUTPUT};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i] == id) return true;
    return option_get(id)->group > GROUP_OUTPUT;
}

/* A file that an option names; {stem} and the like stand for parts of the input. */
static json_t *describe_file(const job *item, const char *name) {
    char *path = name_is_template(name) ? name_expand(name, item->input, item->index) : NULL;
    json_t *file = logbook_describe_file(path ? path : name);
    free(path);
    return file;
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
        if (row->completes && text_equal(row->completes, "file") && *text) {
            char *key = text_format("%s file", row->name);
            json_object_set_new(options, key, describe_file(item, text));
            free(key);
        }
    }
    /* Pictures that parameters name: a file's identity beside its name. */
    json_object_foreach(json_object_get(all, "parameters"), name, value) {
        const seg_param *param = seg_params_find(item->recipe->method->params, name);
        if (json_is_string(value) && param &&
            (param->type == SEG_PARAM_PICTURE || param->type == SEG_PARAM_SEEDS)) {
            char *key = text_format("%s file", name);
            json_object_set_new(options, key, describe_file(item, json_string_value(value)));
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

journal *journal_open(const plan *from) {
    const char *output = from->settings->output;
    if (!output || text_equal(output, "-") || text_equal(output, "null:") || !from->job_count)
        return NULL;
    journal *opened = memory_get(1, sizeof *opened);
    char *path = logbook_path(output, from->to_directory, from->settings);
    *opened = (journal){from, logbook_open(path, from->settings->resume)};
    free(path);
    return opened;
}

bool journal_knows(const journal *from, const char *output) {
    return from && logbook_knows(from->book, output);
}

bool journal_has_done(const journal *from, const job *item, const json_t **report) {
    static const char *const members[] = {"input", "file", "version", "settings"};
    const json_t *line = from ? logbook_done(from->book, item->output ? item->output : "") : NULL;
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

/* A single input needs no journal unless asked for: its output is there or it is not. */
static bool wanted(const journal *target, const job *item) {
    return target && item->output && item->recipe && item->kind != SEG_SOURCE_STREAM &&
           (target->plan->settings->resume || target->plan->job_count > 1);
}

void journal_start(journal *target, const job *item) {
    if (wanted(target, item)) logbook_write(target->book, describe_job(item, "started"));
}

void journal_finish(journal *target, const job *item, json_t *report) {
    if (!wanted(target, item)) return;
    json_t *line = describe_job(item, "done");
    if (report) json_object_set(line, "report", report);
    logbook_write(target->book, line);
}

void journal_close(journal *target, bool complete) {
    if (!target) return;
    logbook_close(target->book, complete);
    free(target);
}
