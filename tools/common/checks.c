#include "common/checks.h"
#include "common/messages.h"
#include "common/sink.h"
#include "common/text.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A file that is read, under all its names. */
typedef struct known_file {
    file_identity identity;
    const char *path;
} known_file;

typedef struct known_files {
    known_file *items;
    int32_t count;
} known_files;

static int compare_files(const void *a, const void *b) {
    const file_identity *p = &((const known_file *)a)->identity;
    const file_identity *q = &((const known_file *)b)->identity;
    if (p->device != q->device) return p->device < q->device ? -1 : 1;
    return (p->inode > q->inode) - (p->inode < q->inode);
}

static void add_file(known_files *target, const char *path) {
    known_file file = {.path = path};
    struct stat state;
    if (!path || stat(path, &state) != 0 || !S_ISREG(state.st_mode)) return;
    file.identity = (file_identity){state.st_dev, state.st_ino};
    memory_grow((void **)&target->items, (size_t)target->count, sizeof *target->items);
    target->items[target->count++] = file;
}

static const char *find_file(const known_files *from, const char *path) {
    known_file key = {.path = path};
    if (!from->count || !file_identify(&key.identity, path)) return NULL;
    const known_file *found =
        bsearch(&key, from->items, (size_t)from->count, sizeof *from->items, compare_files);
    return found ? found->path : NULL;
}

/* A model may go on in the file that it came from. */
static bool carries_model(const settings *chosen) {
    file_identity loaded, saved;
    return chosen->load_model && chosen->save_model && file_identify(&loaded, chosen->load_model) &&
           file_identify(&saved, chosen->save_model) && file_same(&loaded, &saved);
}

static void collect_inputs(known_files *target, const plan *from, seg_names *names) {
    const settings *chosen = from->settings;
    for (int32_t i = 0; i < from->job_count; i++) {
        const job *item = &from->jobs[i];
        names[i] = (seg_names){0};
        if (!item->sequence || seg_names_list(&names[i], item->input, NULL) < 0)
            add_file(target, item->input);
        for (int32_t k = 0; k < names[i].count; k++)
            add_file(target, names[i].items[k]);
    }
    add_file(target, chosen->train);
    if (!carries_model(chosen)) add_file(target, chosen->load_model);
    add_file(target, chosen->ignore);
    add_file(target, chosen->markers);
    add_file(target, chosen->known_foreground);
    add_file(target, chosen->arguments->values[OPTION_TRUTH]);
    const arguments *given = chosen->arguments;
    for (int32_t i = 0; given->method && i < given->parameter_count; i++) {
        const seg_param *param = seg_params_find(given->method->params, given->parameters[i].name);
        if (param && (param->type == SEG_PARAM_PICTURE || param->type == SEG_PARAM_SEEDS))
            add_file(target, given->parameters[i].value);
    }
    if (target->count)
        qsort(target->items, (size_t)target->count, sizeof *target->items, compare_files);
}

typedef struct checker {
    const plan *plan;
    const journal *before;
    known_files inputs;
    const char **outputs; /* for collisions */
    int32_t output_count;
} checker;

/* Whether the job's run makes the directory, or one below it. */
static bool makes_directory(const plan *from, const job *item, const char *directory) {
    const size_t length = strlen(directory);
    const bool frames = item->output && item->output_kind == OUTPUT_FRAMES;
    if (!frames && !plan_makes_parent(from, item)) return false;
    char *made = frames ? text_copy(item->output) : name_parent(item->output);
    const bool below =
        strncmp(made, directory, length) == 0 && (!made[length] || made[length] == '/');
    free(made);
    return below;
}

/* `own`: the job that wants it and most likely makes it, or NULL. */
static bool is_made(const plan *from, const job *own, const char *directory) {
    if (own && makes_directory(from, own, directory)) return true;
    for (int32_t i = 0; i < from->job_count; i++)
        if (makes_directory(from, &from->jobs[i], directory)) return true;
    return false;
}

static int check_parent(const plan *from, const job *own, const char *path) {
    char *missing =
        text_equal(path, "-") || text_equal(path, "null:") ? NULL : name_missing_parent(path);
    const bool wanting = missing && !is_made(from, own, missing);
    if (wanting) message_error(path, "cannot create: there is no directory %s", missing);
    free(missing);
    return wanting ? EXIT_USAGE : EXIT_DONE;
}

static int fail_exists(const char *path) {
    message_error(path, "exists already; -y replaces it");
    return EXIT_USAGE;
}

/* One file that will be written. `ours`: an earlier run may have written it, says the journal. */
static int check_file(checker *c, const char *path, bool ours) {
    struct stat state;
    if (text_equal(path, "-") || text_equal(path, "null:")) return EXIT_DONE;
    memory_grow((void **)&c->outputs, (size_t)c->output_count, sizeof *c->outputs);
    c->outputs[c->output_count++] = path;
    const char *input = find_file(&c->inputs, path);
    char *partial = text_format("%s.partial", path);
    const char *under = find_file(&c->inputs, partial);
    free(partial);
    if (input || under) {
        message_error(path, "is %s %s%s; choose another name",
                      input ? "the same file as input" : "written by way of input",
                      input ? input : under, input ? "" : " and would destroy it");
        return EXIT_USAGE;
    }
    if (stat(path, &state) != 0 || !S_ISREG(state.st_mode)) return EXIT_DONE;
    if (c->plan->settings->overwrite || (ours && journal_knows(c->before, path))) return EXIT_DONE;
    return fail_exists(path);
}

/* One that goes to a directory that is there, or is made for another one. */
static int check_lone_file(checker *c, const job *own, const char *path, bool ours) {
    int code = check_file(c, path, ours);
    return code == EXIT_DONE ? check_parent(c->plan, own, path) : code;
}

/* The directory that a sequence goes to: one file for each of its files. */
static int check_frames(checker *c, const job *item) {
    const char *format = c->plan->settings->format;
    const char *extension = !format ? "png" : text_equal(format, "jpeg") ? "jpg" : format;
    char *last = NULL;
    int code = EXIT_DONE;
    bool ours = journal_knows(c->before, item->output);
    for (int32_t i = 0; i < item->names.count && code == EXIT_DONE; i++) {
        char *stem = name_stem(item->names.items[i]);
        char *name = text_format("%s.%s", stem, extension);
        char *path = name_join(item->output, name);
        file_identity exists;
        if (last && text_equal(last, stem)) {
            message_error(item->input,
                          "two of its files are called %s; results would overwrite "
                          "each other",
                          stem);
            code = EXIT_USAGE;
        } else if (find_file(&c->inputs, path)) {
            message_error(path, "is an input, too; choose another directory");
            code = EXIT_USAGE;
        } else if (!c->plan->settings->overwrite && !ours && file_identify(&exists, path)) {
            code = fail_exists(path);
        }
        free(last);
        free(name);
        free(path);
        last = stem;
    }
    free(last);
    return code;
}

/* Numbered pictures: any that is there counts. */
static int check_pattern(checker *c, const char *pattern) {
    seg_names names = {0};
    int code = EXIT_DONE;
    char *parent = name_parent(pattern);
    bool there = name_is_directory(parent) && seg_names_list(&names, pattern, NULL) >= 0;
    bool allowed = c->plan->settings->overwrite || journal_knows(c->before, pattern);
    for (int32_t i = 0; there && i < names.count && code == EXIT_DONE; i++) {
        if (find_file(&c->inputs, names.items[i])) {
            message_error(pattern, "would write over input %s; choose another name",
                          names.items[i]);
            code = EXIT_USAGE;
        } else if (!allowed) {
            code = fail_exists(names.items[i]);
        }
    }
    seg_names_free(&names, NULL);
    free(parent);
    memory_grow((void **)&c->outputs, (size_t)c->output_count, sizeof *c->outputs);
    c->outputs[c->output_count++] = pattern;
    return code;
}

static int check_job(checker *c, const job *item) {
    int code = EXIT_DONE;
    if (item->problem) return code;
    if (item->output && item->output_kind == OUTPUT_FRAMES)
        code = check_frames(c, item);
    else if (item->output && name_is_pattern(item->output))
        code = check_pattern(c, item->output);
    else if (item->output && name_is_directory(item->output)) {
        message_error(item->output, "is a directory, not a file to write");
        code = EXIT_USAGE;
    } else if (item->output)
        code = check_lone_file(c, item, item->output, true);
    if (code == EXIT_DONE && !sink_check(item, c->plan->settings)) code = EXIT_USAGE;
    for (int file = 0; file < LINES_COUNT; file++)
        if (code == EXIT_DONE && item->lines[file])
            code = check_lone_file(c, item, item->lines[file], c->plan->settings->resume);
    return code;
}

static int compare_texts(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int check_collisions(const checker *c) {
    if (!c->output_count) return EXIT_DONE;
    qsort(c->outputs, (size_t)c->output_count, sizeof *c->outputs, compare_texts);
    for (int32_t i = 1; i < c->output_count; i++) {
        if (!text_equal(c->outputs[i], c->outputs[i - 1])) continue;
        message_error(c->outputs[i], "would be written twice; put {stem}, {ext} or {index} into "
                                     "the name, e.g. 'out/{stem}-{ext}.png'");
        return EXIT_USAGE;
    }
    return EXIT_DONE;
}

int checks_run(const plan *from, const journal *before) {
    const settings *chosen = from->settings;
    checker c = {.plan = from, .before = before};
    seg_names *names = memory_get((size_t)from->job_count, sizeof *names);
    int code = EXIT_DONE;
    collect_inputs(&c.inputs, from, names);
    for (int32_t i = 0; i < from->job_count && code == EXIT_DONE; i++)
        code = check_job(&c, &from->jobs[i]);
    if (code == EXIT_DONE && chosen->report)
        code = check_lone_file(&c, NULL, chosen->report, false);
    for (int file = 0; file < LINES_COUNT; file++) {
        const char *name = chosen->lines[file];
        if (code == EXIT_DONE && name && !name_is_template(name))
            code = check_lone_file(&c, NULL, name, false);
    }
    if (code == EXIT_DONE && chosen->save_model)
        code = check_lone_file(&c, NULL, chosen->save_model, false);
    if (code == EXIT_DONE) code = check_collisions(&c);
    for (int32_t i = 0; i < from->job_count; i++)
        seg_names_free(&names[i], NULL);
    free(names);
    free(c.inputs.items);
    free(c.outputs);
    return code;
}
