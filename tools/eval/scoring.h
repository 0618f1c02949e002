/* Scoring one unit: from its files to tallies. */
#ifndef TOOLS_EVAL_SCORING_H
#define TOOLS_EVAL_SCORING_H

#include "common/progress.h"
#include "eval/pairs.h"
#include "eval/scores.h"

/** What one unit gives: one row, or one for each frame. */
typedef struct unit_scores {
    score_row *rows;
    int32_t count;
    int64_t unscored; /* pairs of which --ignore leaves nothing */
    bool failed, stopped;
    blame whom; /* no subject: the unit */
} unit_scores;

/** Scores, and tells `shown` about frames. `threaded`: the unit is alone, its videos are decoded in
 * threads of their own. */
void unit_score(unit_scores *target, const choices *from, const unit *item, int32_t index,
                bool threaded, progress *shown, const seg_env *env);

/** A row without tallies and values. */
void score_row_free(score_row *row);

#endif
