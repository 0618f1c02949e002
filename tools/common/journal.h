/* What is done, for --resume: JSON lines beside OUTPUT. A line says that a job was started, a
 * later one that it ended well, each with all that its result depends on. */
#ifndef TOOLS_JOURNAL_H
#define TOOLS_JOURNAL_H

#include "common/plan.h"

typedef struct journal journal;

/** Reads the journal that belongs to the plan's OUTPUT, if there is one; nothing is written yet.
 *  NULL where OUTPUT has none (a pipe, null:). */
journal *journal_open(const plan *from);

/** True if the output was written by an earlier run. */
bool journal_knows(const journal *from, const char *output);

/** True if the job is done: same input, parameters and version, and its output is still there.
 *  `*report` gets its record (borrowed), or NULL. */
bool journal_has_done(const journal *from, const job *item, const json_t **report);

/** Note the start and the good end of a job. Callable from several threads. A journal that cannot
 *  be written is warned of once. */
void journal_start(journal *target, const job *item);
void journal_finish(journal *target, const job *item, json_t *report);

/** Ends it. `complete`: all jobs are done, and a journal that this run began for its own safety is
 *  removed again. NULL is allowed. */
void journal_close(journal *target, bool complete);

#endif
