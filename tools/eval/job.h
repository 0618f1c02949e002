/* One unit being scored: its rows and what goes wrong. */
#ifndef TOOLS_EVAL_JOB_H
#define TOOLS_EVAL_JOB_H

#include "eval/scoring.h"

typedef struct job {
    unit_scores *target;
    const choices *choices;
    const unit *unit;
    int32_t index; /* of the unit */
    const seg_env *env;
    bool threaded;
    progress *shown;
} job;

/** Notes that the unit cannot be scored; the reason is in target->whom.why. `subject` is the file
 *  that is to blame, NULL = the unit, or whom was blamed before. Returns false. */
bool job_fail(job *work, const char *subject);
/** The same for a call of the library. */
bool job_fail_status(job *work, const char *subject, seg_status status);

/** A new row with empty tallies; the text is taken over. False: it failed. */
bool row_start(job *work, char *id, int64_t frame);
/** Values of the last row. */
bool row_end(job *work);

/** Scores files of annotations. */
void score_data(job *work);

#endif
