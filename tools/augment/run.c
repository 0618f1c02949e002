#include "augment/run.h"
#include "augment/balance.h"
#include "augment/manifest.h"
#include "common/messages.h"
#include "common/signals.h"
#include "common/text.h"
#include "common/workers.h"
#include <segment/version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool run_fail(const char *subject, seg_status status) {
    if (status != SEG_ERROR_CANCELLED || !signals_received())
        message_error(subject, "%s", message_reason(status));
    return false;
}

/* ---- copies ---- */

static copy_list list_copies(const augment_job *job, int32_t index) {
    const set_item *item = &job->set.items[index];
    const json_t *records = json_object_get(job->replayed, item->name);
    copy_list list = {0};
    if (job->replayed)
        list.count = (int32_t)json_array_size(records);
    else
        list.count = job_last_copy(job, index) - job->first + 1;
    list.numbers = memory_get((size_t)list.count, sizeof *list.numbers);
    list.names = memory_get((size_t)list.count, sizeof *list.names);
    list.recorded = memory_get((size_t)list.count, sizeof *list.recorded);
    for (int32_t k = 0; k < list.count; k++) {
        const json_t *record = job->replayed ? json_array_get(records, (size_t)k) : NULL;
        list.numbers[k] =
            record ? (int32_t)json_integer_value(json_object_get(record, "copy")) : job->first + k;
        list.names[k] = record ? text_copy(json_string_value(json_object_get(record, "output")))
                               : job_output_name(job, item, list.numbers[k]);
        list.recorded[k] = record;
    }
    return list;
}

static void free_copies(copy_list *list) {
    for (int32_t k = 0; k < list->count; k++)
        free(list->names[k]);
    free(list->names);
    free(list->numbers);
    free(list->recorded);
}

bool run_note_draws(augment_worker *by, const set_item *item, const copy_list *copies, int32_t k,
                    item_result *result) {
    json_t *record =
        manifest_record(by->run->job, item, copies->numbers[k], copies->names[k], by->work);
    const bool same =
        !copies->recorded[k] ||
        json_equal(json_object_get(record, "draws"), json_object_get(copies->recorded[k], "draws"));
    if (same)
        manifest_add_line(&result->manifest, record);
    else
        message_error(item->path,
                      "copy %ld is drawn otherwise than the manifest has it: it was "
                      "changed, or is of another version",
                      (long)copies->numbers[k]);
    json_decref(record);
    return same;
}

static bool write_picture(augment_worker *by, const char *name) {
    const augment_job *job = by->run->job;
    const seg_picture_write_options options = job_encoding(job);
    char *path = job_output_path(job, name), *parent = name_parent(path);
    bool good = directory_make(parent);
    if (good) {
        const seg_status status = seg_picture_write(path, &by->sample.picture, &options, &by->env);
        good = status >= 0 || run_fail(path, status);
    }
    if (good) atomic_fetch_add(&by->run->outputs, 1);
    free(parent);
    free(path);
    return good;
}

/* The labels of a copy go on their way. */
static bool keep_labels(augment_worker *by, const set_item *item, bool labelled, const char *name,
                        item_result *result) {
    const seg_sample *copy = &by->sample;
    result->objects += copy->object_count;
    result->dropped += copy->dropped;
    result->lost_points += copy->lost_points;
    if (!by->run->job->given->values[OPTION_OUTPUT_LABELS] || !(labelled || seg_sample_kinds(copy)))
        return true;
    memory_grow((void **)&result->labels, (size_t)result->label_count, sizeof *result->labels);
    const seg_status status =
        labels_keep(&result->labels[result->label_count++], &by->sample, name);
    return status >= 0 || run_fail(item->path, status);
}

static bool copy_picture(augment_worker *by, const seg_sample *kept, int32_t index,
                         const copy_list *copies, int32_t k, bool write, item_result *result) {
    const augment_job *job = by->run->job;
    const set_item *item = &job->set.items[index];
    const seg_augment_partners partners = source_partners_of(&by->partners);
    const seg_augment_pipeline *pipeline = copies->numbers[k] ? job->pipeline : job->plain;
    by->partners.like = &kept->picture;
    const seg_status status =
        seg_augment_apply(pipeline, by->work, &by->sample, kept, copies->numbers[k], &partners);
    if (status < 0) return run_fail(item->path, status);
    if (!run_note_draws(by, item, copies, k, result)) return false;
    if (write && !write_picture(by, copies->names[k])) return false;
    return keep_labels(by, item, source_is_labelled(by->run->source, index), copies->names[k],
                       result);
}

static bool copy_pictures(augment_worker *by, int32_t index, const copy_list *copies, bool write,
                          item_result *result) {
    const set_item *item = &by->run->job->set.items[index];
    const seg_sample *kept;
    const seg_status status = source_take(by->run->source, index, &kept);
    bool good = status >= 0 || run_fail(item->path, status);
    if (!good) return false;
    for (int32_t k = 0; good && k < copies->count; k++) {
        if (signals_received()) result->stopped = true;
        good = !result->stopped && copy_picture(by, kept, index, copies, k, write, result);
    }
    source_give_back(by->run->source, index);
    return good;
}

/* ---- items ---- */

static json_t *describe_item(const augment_run *run, const set_item *item, const copy_list *copies,
                             const char *state) {
    const char *labels = run->job->given->values[OPTION_LABELS];
    json_t *all = json_pack("{s:s, s:s, s:o, s:O, s:i}", "state", state, "output", item->name,
                            "file", logbook_describe_file(item->path), "settings", run->settings,
                            "copies", (int)copies->count);
    json_object_set_new(all, "first", json_integer(run->job->first));
    json_object_set_new(all, "labels", labels ? logbook_describe_file(labels) : json_null());
    return all;
}

static bool outputs_exist(const augment_job *job, const copy_list *copies) {
    bool there = true;
    for (int32_t k = 0; there && k < copies->count; k++) {
        struct stat state;
        char *path = job_output_path(job, copies->names[k]);
        there = stat(path, &state) == 0;
        free(path);
    }
    return there;
}

/* True if an earlier run made the copies of just this file in just this way. */
static bool was_done(const augment_run *run, const set_item *item, const copy_list *copies) {
    static const char *const members[] = {"file", "settings", "copies", "first", "labels"};
    const json_t *before = logbook_done(run->book, item->name);
    if (!before || !outputs_exist(run->job, copies)) return false;
    json_t *now = describe_item(run, item, copies, "done");
    bool same = true;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        same = same &&
               json_equal(json_object_get(before, members[i]), json_object_get(now, members[i]));
    json_decref(now);
    return same;
}

static json_t *report_item(const augment_job *job, const set_item *item, const copy_list *copies,
                           const item_result *result) {
    const bool done = result->done;
    json_t *outputs = json_array();
    for (int32_t k = 0; done && k < copies->count; k++)
        json_array_append_new(outputs, json_string(copies->names[k]));
    json_t *all =
        json_pack("{s:s, s:s, s:s, s:o, s:s}", "input", item->path, "sample", item->name, "status",
                  done ? "done" : "failed", "outputs", outputs, "version", seg_version());
    if (!job->labels) return all;
    json_object_set_new(all, "objects", json_integer(result->objects));
    json_object_set_new(all, "dropped", json_integer(result->dropped));
    json_object_set_new(all, "lost_points", json_integer(result->lost_points));
    return all;
}

/* False: the run is over. */
static bool do_item(augment_worker *by, int32_t index) {
    augment_run *run = by->run;
    const augment_job *job = run->job;
    const set_item *item = &job->set.items[index];
    item_result result = {0};
    copy_list copies = list_copies(job, index);
    const bool there = job->settings.resume && was_done(run, item, &copies);
    if (there && !gather_wants_all(run->gather)) {
        result.done = true;
    } else if (copies.count) {
        if (!there && run->book)
            logbook_write(run->book, describe_item(run, item, &copies, "started"));
        result.done = item->clip ? clip_copy(by, item, &copies, !there, &result)
                                 : copy_pictures(by, index, &copies, !there, &result);
        if (!result.stopped) result.report = report_item(job, item, &copies, &result);
        if (!there && run->book) result.journal = describe_item(run, item, &copies, "done");
    } else {
        result.done = true; /* not among those to be replayed */
    }
    free_copies(&copies);
    atomic_fetch_add(there ? &run->skipped : result.done ? &run->done : &run->failed, 1);
    progress_job(run->progress, item->path, 1);
    const bool go_on = result.done || (job->settings.keep_going && !result.stopped);
    return gather_deliver(run->gather, index, &result) && go_on;
}

/* ---- workers ---- */

static int wants_to_stop(void *user, double fraction) {
    (void)user, (void)fraction;
    return signals_received() != 0;
}

static seg_status worker_init(augment_worker *by, augment_run *run) {
    *by = (augment_worker){.run = run, .partners = {.source = run->source}};
    by->env = (seg_env){.limits = &run->job->settings.limits, .progress = wants_to_stop};
    if (run->threads > 1) {
        const seg_status status = seg_pool_create(&by->pool, run->threads);
        if (status < 0) return status;
        by->env.runner = seg_pool_runner(by->pool);
    }
    seg_sample_init(&by->sample, NULL);
    return seg_augment_work_create(&by->work, &by->env);
}

static void worker_free(augment_worker *by) {
    seg_augment_work_free(by->work);
    seg_sample_free(&by->sample);
    seg_pool_free(by->pool);
}

static void *work(void *argument) {
    augment_run *run = argument;
    augment_worker by;
    signals_enter();
    const seg_status status = worker_init(&by, run);
    if (status < 0) {
        run_fail(NULL, status);
        atomic_fetch_add(&run->failed, 1);
        atomic_store(&run->stop, true);
    }
    while (!atomic_load(&run->stop)) {
        const int32_t index = atomic_fetch_add(&run->next, 1);
        if (index >= run->end) break;
        if (!do_item(&by, index) || signals_received()) atomic_store(&run->stop, true);
    }
    worker_free(&by);
    signals_leave();
    return NULL;
}

/* ---- the whole ---- */

/* Files that are there must be ours to replace: of an unfinished run, or with -y; never an input.
 */
static int check_files(const augment_run *run) {
    const augment_job *job = run->job;
    int code = EXIT_DONE;
    for (int32_t i = run->first; i < run->end && code == EXIT_DONE; i++) {
        const set_item *item = &job->set.items[i];
        copy_list copies = list_copies(job, i);
        const bool ours = job->settings.overwrite ||
                          (job->settings.resume && logbook_knows(run->book, item->name));
        for (int32_t k = 0; k < copies.count && code == EXIT_DONE; k++) {
            file_identity there, input;
            char *path = job_output_path(job, copies.names[k]);
            if (file_identify(&there, path) && !text_starts(path, "/dev/")) {
                if (!ours) {
                    message_error(path, "exists already; -y replaces it, --resume goes on with "
                                        "an unfinished run");
                    code = EXIT_USAGE;
                }
                for (int32_t n = 0;
                     n < job->set.count && job->settings.input_count < 100 && code == EXIT_DONE &&
                     !name_is_directory(job->settings.inputs[0]);
                     n++)
                    if (file_identify(&input, job->set.items[n].path) &&
                        file_same(&there, &input)) {
                        message_error(path, "is an input, too; it would be overwritten");
                        code = EXIT_USAGE;
                    }
            }
            free(path);
        }
        free_copies(&copies);
    }
    return code;
}

static int exit_code(augment_run *run, bool files_good) {
    const int failed = atomic_load(&run->failed);
    if (signals_received()) {
        message_error(NULL, "stopped; --resume goes on");
        return 128 + signals_received();
    }
    message_note(NULL, "%d samples done, %d were there, %d failed; %d files written",
                 atomic_load(&run->done), atomic_load(&run->skipped), failed,
                 atomic_load(&run->outputs));
    if (failed && run->job->settings.keep_going && files_good && run->job->set.count > 1) {
        message_error(NULL, "%d of %d inputs failed", failed, (int)(run->end - run->first));
        return EXIT_SOME_FAILED;
    }
    return failed || !files_good ? EXIT_FAILED : EXIT_DONE;
}

/* A single output needs no journal unless asked for. */
static logbook *open_book(const augment_job *job, int32_t items) {
    if (!job->settings.resume && items * (int64_t)(job->last - job->first + 1) < 2 && !job->copies)
        return NULL;
    char *path = logbook_path(job->output, !job->to_file, &job->settings);
    logbook *book = logbook_open(path, job->settings.resume);
    free(path);
    return book;
}

static int print_plan(const augment_run *run) {
    const augment_job *job = run->job;
    printf("pipeline: %s\nset: %ld samples, hash %s\n", job->text, (long)job->set.count,
           json_string_value(json_object_get(json_object_get(job->header, "set"), "hash")));
    for (int32_t i = run->first; i < run->end; i++) {
        copy_list copies = list_copies(job, i);
        for (int32_t k = 0; k < copies.count; k++) {
            char *path = job_output_path(job, copies.names[k]);
            printf("%s -> %s\n", job->set.items[i].path, path);
            free(path);
        }
        free_copies(&copies);
    }
    if (fflush(stdout) == 0) return EXIT_DONE;
    message_error("standard output", "cannot write");
    return EXIT_FAILED;
}

/* Names that do not fit would otherwise go unnoticed. */
static void warn_unlabelled(const augment_run *run) {
    int32_t read, unlabelled;
    source_count(run->source, &read, &unlabelled);
    if (run->job->labels && unlabelled)
        message_warning(run->job->given->values[OPTION_LABELS],
                        "has nothing on %ld of %ld pictures", (long)unlabelled, (long)read);
}

/* The one that is missing is told of once, not by each worker. */
static bool make_output(const augment_job *job) {
    char *directory = job->to_file ? name_parent(job->output) : text_copy(job->output);
    const bool good = directory_make(directory);
    free(directory);
    return good;
}

static int run_files(augment_run *run) {
    const settings *s = &run->job->settings;
    const int32_t items = run->end - run->first;
    /* Samples side by side keep more threads busy than rows of one. */
    int32_t workers = run->job->given->values[OPTION_JOBS] ? s->jobs : s->threads;
    if (workers > items) workers = items;
    if (workers < 1) workers = 1; /* a shard may be empty */
    run->threads = s->threads / workers;
    if (!make_output(run->job)) return EXIT_FAILED;
    signals_catch();
    run->gather = gather_open(run->job, run->book, run->first, run->end);
    if (!run->gather) return EXIT_FAILED;
    run->progress = progress_start(s, items);
    workers_run(workers, work, run);
    progress_end(run->progress);
    const bool all = s->keep_going || !atomic_load(&run->failed);
    const bool good = gather_close(run->gather, !signals_received(), all);
    warn_unlabelled(run);
    return exit_code(run, good);
}

int augment_run_all(augment_job *job) {
    augment_run run = {.job = job};
    run.first = job_shard(job, &run.end);
    run.settings = json_copy(job->header);
    if (!seg_augment_pipeline_mixes(job->pipeline))
        json_object_del(run.settings, "set"); /* others may come and go */
    atomic_init(&run.next, run.first);
    run.source = source_create(job, job->cache);
    int code = balance_copies(job, run.source);
    if (code == EXIT_DONE) {
        run.book = open_book(job, run.end - run.first);
        code = check_files(&run);
    }
    const bool checked = code == EXIT_DONE;
    if (checked) code = job->settings.dry_run ? print_plan(&run) : run_files(&run);
    logbook_close(run.book, checked && code == EXIT_DONE);
    source_free(run.source);
    json_decref(run.settings);
    return code;
}
