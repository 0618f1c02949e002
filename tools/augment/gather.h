/* What the samples write together, in the order of the set whatever the order of the work: lines of
 * --manifest and --report, labels, and the journal. */
#ifndef TOOLS_AUGMENT_GATHER_H
#define TOOLS_AUGMENT_GATHER_H

#include "augment/labels.h"
#include "common/logbook.h"

/** What came of one item. Zero-initialise; gather_deliver takes over what it holds. */
typedef struct item_result {
    bool done;            /* all copies are made */
    bool stopped;         /* by a signal */
    text_buffer manifest; /* lines */
    kept_labels *labels;  /* of the copies */
    int32_t label_count;
    int64_t objects, dropped, lost_points; /* of the copies */
    json_t *report;                        /* a record, or NULL */
    json_t *journal;                       /* a line, or NULL */
} item_result;

typedef struct gather gather;

/** Opens the files for items first .. end - 1. NULL: a message was given. */
gather *gather_open(const augment_job *job, logbook *book, int32_t first, int32_t end);

/** True if items are to be worked on even where their pictures are there already. */
bool gather_wants_all(const gather *from);

/** Hands on the result of an item as soon as those before it were handed on. Callable from several
 *  threads. False: a file failed and a message was given. */
bool gather_deliver(gather *target, int32_t item, item_result *result);

/** Ends the files; `whole` false leaves them as NAME.partial. A file of labels is written only if
 *  `labels_whole`, too: it would be taken for one of the whole set. False: a message was given. */
bool gather_close(gather *target, bool whole, bool labels_whole);

#endif
