/* Scoring one unit: from its files to tallies. */
#ifndef TOOLS_EVAL_SCORING_H
#define TOOLS_EVAL_SCORING_H

#include "eval/load.h"
#include "eval/scores.h"

/** What one unit gives: one row, or one for each frame. */
typedef struct unit_scores {
    score_row *rows;
    int32_t count;
    bool failed, stopped;
    failure why;
    char *subject; /* the file that is to blame; NULL = the unit */
} unit_scores;

/** Pictures of a pair in memory. */
typedef struct loaded_pair {
    seg_image predictions[MAX_SIDES];
    seg_image *truths;
    int32_t truth_count;
    seg_image ignore, picture;
} loaded_pair;

/** Reads the files of a pair. False: *why and *subject (owned by the caller) say it. */
bool pair_load(loaded_pair *target, const file_set *files, const unit *of, const seg_metric *metric,
               const seg_env *env, failure *why, char **subject);
/** What the metric sees of it from one side. */
seg_pair pair_view(const loaded_pair *from, int32_t side);
void pair_free(loaded_pair *target);

/** Scores. `threaded`: the unit is alone, its videos are decoded in threads of their own. */
void unit_score(unit_scores *target, const choices *from, const unit *item, int32_t index,
                bool threaded, const seg_env *env);

/** A row without tallies and values. */
void score_row_free(score_row *row);

#endif
