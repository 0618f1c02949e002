/* Copies of all items of a set, as files. */
#ifndef TOOLS_AUGMENT_RUN_H
#define TOOLS_AUGMENT_RUN_H

#include "augment/gather.h"
#include "augment/source.h"
#include "common/progress.h"
#include <stdatomic.h>

/** One run, shared by its threads. */
typedef struct augment_run {
    const augment_job *job;
    source *source;
    logbook *book;
    json_t *settings; /* all that copies of one item depend on */
    gather *gather;
    progress *progress;
    int32_t first, end; /* items */
    int32_t threads;    /* of each worker */
    atomic_int next;
    atomic_bool stop;
    atomic_int done, failed, skipped, outputs;
} augment_run;

/** What a thread keeps from item to item. */
typedef struct augment_worker {
    augment_run *run;
    seg_env env;
    seg_pool *pool; /* NULL: it is alone */
    seg_augment_work *work;
    seg_sample sample; /* a copy */
    source_partners partners;
} augment_worker;

/** The copies of an item: numbers from first to last, or of the records of a manifest. */
typedef struct copy_list {
    int32_t count;
    int32_t *numbers;
    char **names;            /* of the outputs, below OUTPUT */
    const json_t **recorded; /* or NULL each */
} copy_list;

/** Compares what was drawn with the record of --replay, and adds it to the manifest. False: it was
 *  another draw, a message was given. */
bool run_note_draws(augment_worker *by, const set_item *item, const copy_list *copies, int32_t k,
                    item_result *result);

/** Tells what failed. Always false. */
bool run_fail(const char *subject, seg_status status);

/** The copies of a clip: every frame is drawn alike. `write` false: the files are there, only the
 *  draws are noted. */
bool clip_copy(augment_worker *by, const set_item *item, const copy_list *copies, bool write,
               item_result *result);

/** Does the whole job. Returns what to exit with. */
int augment_run_all(augment_job *job);

#endif
