#include "common/ledger.h"
#include "common/messages.h"
#include "common/objects.h"
#include "common/outfile.h"
#include "common/text.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct entry {
    bool done;
    char *report;               /* its line */
    FILE *spools[LINES_COUNT];  /* its lines until its turn comes */
    outfile files[LINES_COUNT]; /* its own files */
} entry;

struct ledger {
    const plan *plan;
    bool parallel, has_lines[LINES_COUNT], has_report, failed;
    outfile lines[LINES_COUNT], report;
    entry *entries;
    int32_t next; /* first job that is not written yet */
    pthread_mutex_t lock;
};

/* Opens a file of lines; a table begins with the names of its columns. */
static bool open_lines(const plan *from, line_file file, outfile *target, const char *name) {
    text_buffer head = {0};
    if (!outfile_open(target, name)) return false;
    if (file != LINES_OBJECTS || !objects_are_table(from->settings->shape)) return true;
    objects_head(&head, from->settings->shape, from->several);
    const bool good = outfile_write(target, head.data, head.length);
    text_free(&head);
    return good;
}

ledger *ledger_open(const plan *from, bool parallel) {
    const settings *chosen = from->settings;
    ledger *made = memory_get(1, sizeof *made);
    *made = (ledger){.plan = from, .parallel = parallel};
    made->entries = memory_get((size_t)from->job_count, sizeof *made->entries);
    pthread_mutex_init(&made->lock, NULL);
    bool good = true;
    for (int file = 0; file < LINES_COUNT && good; file++) {
        const char *name = chosen->lines[file];
        if (name && !name_is_template(name))
            good = made->has_lines[file] =
                open_lines(from, (line_file)file, &made->lines[file], name);
    }
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
static bool write_shared(ledger *target, const job *item, line_file file, const char *lines,
                         size_t size) {
    FILE **spool = &target->entries[item->index].spools[file];
    if (!target->parallel || target->next == item->index)
        return outfile_write(&target->lines[file], lines, size);
    if (!*spool) *spool = tmpfile();
    if (*spool && fwrite(lines, 1, size, *spool) == size) return true;
    return fail_spool(target->plan->settings->lines[file]);
}

bool ledger_lines(ledger *target, const job *item, line_file file, const char *lines, size_t size) {
    if (item->lines[file]) {
        outfile *own = &target->entries[item->index].files[file];
        if (!own->path && !open_lines(target->plan, file, own, item->lines[file])) return false;
        return outfile_write(own, lines, size);
    }
    pthread_mutex_lock(&target->lock);
    bool good = !target->failed && write_shared(target, item, file, lines, size);
    target->failed = !good;
    pthread_mutex_unlock(&target->lock);
    return good;
}

/* Moves the lines that waited to the shared file. */
static bool empty_spool(ledger *target, entry *own, line_file file) {
    char block[65536];
    size_t size;
    bool good = true;
    FILE *spool = own->spools[file];
    if (!spool) return true;
    if (fflush(spool) != 0) good = fail_spool(target->plan->settings->lines[file]);
    rewind(spool);
    while (good && (size = fread(block, 1, sizeof block, spool)) > 0)
        good = outfile_write(&target->lines[file], block, size);
    fclose(spool);
    own->spools[file] = NULL;
    return good;
}

/* Writes what is complete from the front on, and what the new front has got so far. */
static bool advance(ledger *target) {
    bool good = !target->failed;
    while (good && target->next < target->plan->job_count) {
        entry *own = &target->entries[target->next];
        for (int file = 0; file < LINES_COUNT; file++)
            good = empty_spool(target, own, (line_file)file) && good;
        if (!good || !own->done) break;
        if (own->report) good = outfile_write(&target->report, own->report, strlen(own->report));
        free(own->report);
        own->report = NULL;
        target->next++;
    }
    target->failed = !good;
    return good;
}

/* No lines at all: an empty file is the answer. */
static bool finish_own(const plan *from, entry *own, const job *item, line_file file, bool keep) {
    outfile *target = &own->files[file];
    if (item->lines[file] && keep)
        return (target->path || open_lines(from, file, target, item->lines[file])) &&
               outfile_finish(target);
    outfile_abandon(target);
    return true;
}

bool ledger_job(ledger *target, const job *item, json_t *report, bool keep_lines) {
    entry *own = &target->entries[item->index];
    bool good = true;
    for (int file = 0; file < LINES_COUNT; file++)
        good = finish_own(target->plan, own, item, (line_file)file, keep_lines) && good;
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
    bool good = close_file(&target->report, target->has_report, whole);
    for (int file = 0; file < LINES_COUNT; file++)
        good = close_file(&target->lines[file], target->has_lines[file], whole) && good;
    for (int32_t i = 0; i < target->plan->job_count; i++) {
        for (int file = 0; file < LINES_COUNT; file++) {
            if (target->entries[i].spools[file]) fclose(target->entries[i].spools[file]);
            outfile_abandon(&target->entries[i].files[file]);
        }
        free(target->entries[i].report);
    }
    free(target->entries);
    pthread_mutex_destroy(&target->lock);
    free(target);
    return good;
}
