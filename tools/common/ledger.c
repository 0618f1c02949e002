#include "common/ledger.h"
#include "common/messages.h"
#include "common/outfile.h"
#include "common/text.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct entry {
    bool done;
    char *report;    /* its line */
    FILE *spool;     /* its lines of --objects until its turn comes */
    outfile objects; /* its own file */
} entry;

struct ledger {
    const plan *plan;
    bool parallel, has_objects, has_report, failed;
    outfile objects, report;
    entry *entries;
    int32_t next; /* first job that is not written yet */
    pthread_mutex_t lock;
};

ledger *ledger_open(const plan *from, bool parallel) {
    const settings *chosen = from->settings;
    ledger *made = memory_get(1, sizeof *made);
    *made = (ledger){.plan = from, .parallel = parallel};
    made->entries = memory_get((size_t)from->job_count, sizeof *made->entries);
    pthread_mutex_init(&made->lock, NULL);
    bool shared = chosen->objects && !name_is_template(chosen->objects);
    bool good = true;
    if (shared) good = made->has_objects = outfile_open(&made->objects, chosen->objects);
    if (good && chosen->report)
        good = made->has_report = outfile_open(&made->report, chosen->report);
    if (good) return made;
    ledger_close(made, false);
    return NULL;
}

static bool fail_spool(const char *path) {
    message_error(path, "cannot keep lines in a temporary file (%s); use --jobs 1",
                  strerror(errno));
    return false;
}

/* The front job writes through; the lines of the others wait. */
static bool write_shared(ledger *target, const job *item, const char *lines, size_t size) {
    entry *own = &target->entries[item->index];
    if (!target->parallel || target->next == item->index)
        return outfile_write(&target->objects, lines, size);
    if (!own->spool) own->spool = tmpfile();
    if (own->spool && fwrite(lines, 1, size, own->spool) == size) return true;
    return fail_spool(target->plan->settings->objects);
}

bool ledger_objects(ledger *target, const job *item, const char *lines, size_t size) {
    entry *own = &target->entries[item->index];
    if (item->objects) {
        if (!own->objects.path && !outfile_open(&own->objects, item->objects)) return false;
        return outfile_write(&own->objects, lines, size);
    }
    pthread_mutex_lock(&target->lock);
    bool good = !target->failed && write_shared(target, item, lines, size);
    target->failed = !good;
    pthread_mutex_unlock(&target->lock);
    return good;
}

/* Moves the lines that waited to the shared file. */
static bool empty_spool(ledger *target, entry *own) {
    char block[65536];
    size_t size;
    bool good = true;
    if (!own->spool) return true;
    if (fflush(own->spool) != 0) good = fail_spool(target->plan->settings->objects);
    rewind(own->spool);
    while (good && (size = fread(block, 1, sizeof block, own->spool)) > 0)
        good = outfile_write(&target->objects, block, size);
    fclose(own->spool);
    own->spool = NULL;
    return good;
}

/* Writes what is complete from the front on, and what the new front has got so far. */
static bool advance(ledger *target) {
    bool good = !target->failed;
    while (good && target->next < target->plan->job_count) {
        entry *own = &target->entries[target->next];
        good = empty_spool(target, own);
        if (!good || !own->done) break;
        if (own->report) good = outfile_write(&target->report, own->report, strlen(own->report));
        free(own->report);
        own->report = NULL;
        target->next++;
    }
    target->failed = !good;
    return good;
}

bool ledger_job(ledger *target, const job *item, json_t *report, bool keep_objects) {
    entry *own = &target->entries[item->index];
    bool good = true;
    if (item->objects && keep_objects) {
        /* No objects at all: an empty file is the answer. */
        good = own->objects.path || outfile_open(&own->objects, item->objects);
        good = good && outfile_finish(&own->objects);
    } else {
        outfile_abandon(&own->objects);
    }
    if (report && target->has_report) {
        char *line = json_dumps(report, JSON_COMPACT | JSON_REAL_PRECISION(10));
        own->report = text_format("%s\n", line ? line : "{}");
        free(line);
    }
    pthread_mutex_lock(&target->lock);
    own->done = true;
    good = advance(target) && good;
    pthread_mutex_unlock(&target->lock);
    return good;
}

static bool close_file(outfile *file, bool opened, bool whole) {
    if (!opened) return true;
    if (whole) return outfile_finish(file);
    outfile_abandon(file);
    return true;
}

bool ledger_close(ledger *target, bool whole) {
    if (!target) return true;
    whole = whole && !target->failed;
    bool good = close_file(&target->objects, target->has_objects, whole);
    good = close_file(&target->report, target->has_report, whole) && good;
    for (int32_t i = 0; i < target->plan->job_count; i++) {
        if (target->entries[i].spool) fclose(target->entries[i].spool);
        free(target->entries[i].report);
        outfile_abandon(&target->entries[i].objects);
    }
    free(target->entries);
    pthread_mutex_destroy(&target->lock);
    free(target);
    return good;
}
