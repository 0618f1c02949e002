#include "augment/gather.h"
#include "augment/manifest.h"
#include "common/messages.h"
#include "common/outfile.h"
#include "common/text.h"
#include <pthread.h>
#include <stdlib.h>

struct gather {
    const augment_job *job;
    logbook *book;
    outfile manifest, report;
    bool has_manifest, has_report, failed;
    labels_out *labels;    /* or NULL */
    item_result **waiting; /* for those before them; NULL: not done yet */
    int32_t first, next, end;
    pthread_mutex_t lock;
};

static bool open_file(bool *has, outfile *file, const char *path) {
    if (!path) return true;
    return *has = outfile_open(file, path);
}

static bool write_header(gather *g) {
    text_buffer line = {0};
    if (!g->has_manifest) return true;
    manifest_add_line(&line, g->job->header);
    const bool good = outfile_write(&g->manifest, line.data, line.length);
    text_free(&line);
    return good;
}

gather *gather_open(const augment_job *job, logbook *book, int32_t first, int32_t end) {
    const char *const *values = job->given->values;
    gather *g = memory_get(1, sizeof *g);
    *g = (gather){.job = job, .book = book, .first = first, .next = first, .end = end};
    g->waiting = memory_get((size_t)(end - first), sizeof(item_result *));
    pthread_mutex_init(&g->lock, NULL);
    if (open_file(&g->has_manifest, &g->manifest, values[OPTION_MANIFEST]) &&
        open_file(&g->has_report, &g->report, values[OPTION_REPORT]) && write_header(g) &&
        labels_out_open(&g->labels, job))
        return g;
    gather_close(g, false, false);
    return NULL;
}

bool gather_wants_all(const gather *from) {
    return from->has_manifest || from->has_report || from->labels;
}

static void free_result(item_result *result) {
    if (!result) return;
    text_free(&result->manifest);
    for (int32_t i = 0; i < result->label_count; i++)
        labels_free(&result->labels[i]);
    free(result->labels);
    json_decref(result->report);
    json_decref(result->journal);
    free(result);
}

static bool write_result(gather *g, item_result *result) {
    bool good = true;
    if (result->done && g->has_manifest)
        good = outfile_write(&g->manifest, result->manifest.data, result->manifest.length);
    for (int32_t i = 0; good && result->done && g->labels && i < result->label_count; i++)
        good = labels_out_add(g->labels, &result->labels[i]);
    if (good && result->report && g->has_report) {
        text_buffer line = {0};
        manifest_add_line(&line, result->report);
        good = outfile_write(&g->report, line.data, line.length);
        text_free(&line);
    }
    if (good && result->done && result->journal) {
        logbook_write(g->book, result->journal);
        result->journal = NULL;
    }
    return good;
}

bool gather_deliver(gather *g, int32_t item, item_result *result) {
    pthread_mutex_lock(&g->lock);
    item_result *kept = memory_get(1, sizeof *kept);
    *kept = *result;
    g->waiting[item - g->first] = kept;
    while (g->next < g->end && g->waiting[g->next - g->first]) {
        item_result *ready = g->waiting[g->next - g->first];
        g->waiting[g->next++ - g->first] = NULL;
        g->failed = g->failed || !write_result(g, ready);
        free_result(ready);
    }
    const bool good = !g->failed;
    pthread_mutex_unlock(&g->lock);
    return good;
}

static bool end_file(bool has, outfile *file, bool whole) {
    if (!has) return true;
    if (whole) return outfile_finish(file);
    outfile_abandon(file);
    return true;
}

bool gather_close(gather *g, bool whole, bool labels_whole) {
    const bool all = whole && !g->failed;
    const bool manifest = end_file(g->has_manifest, &g->manifest, all);
    const bool report = end_file(g->has_report, &g->report, all);
    const bool labels = labels_out_close(g->labels, all && labels_whole);
    for (int32_t i = 0; i < g->end - g->first; i++)
        free_result(g->waiting[i]);
    pthread_mutex_destroy(&g->lock);
    free(g->waiting);
    const bool good = !g->failed && manifest && report && labels;
    free(g);
    return good;
}
