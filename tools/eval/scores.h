/* Scores of all units, added up. */
#ifndef TOOLS_EVAL_SCORES_H
#define TOOLS_EVAL_SCORES_H

#include "eval/units.h"

/** The numbers of one prediction: metric->measure_count values. */
typedef struct side_scores {
    seg_tally *tally; /* NULL where nobody needs it any more */
    double *values;
} side_scores;

/** A file, or a frame of a video with --per-frame. */
typedef struct score_row {
    char *id;
    int32_t unit;  /* place in the list of units */
    int64_t frame; /* of the unit; -1 = all of it */
    int64_t pairs;
    side_scores sides[MAX_SIDES];
} score_row;

/** Files that lie in one directory, or all of them. */
typedef struct score_group {
    const char *name; /* "" = all */
    int32_t rows;
    int64_t pairs;
    side_scores sides[MAX_SIDES]; /* of the sum of all pairs (micro) */
    double *means[MAX_SIDES];    /* of the rows' values, without those that are undefined (macro) */
    int32_t *defined[MAX_SIDES]; /* rows of which a value is defined */
} score_group;

typedef struct scores {
    const choices *choices;
    unit_list *units;
    score_row *rows;
    int32_t row_count;
    score_group all;
    score_group *groups; /* in the order of their first rows; none if there is only one */
    int32_t group_count;
    double *group_means[MAX_SIDES]; /* of the groups' means; NULL without groups */
    int64_t unscored;               /* pairs of which --ignore leaves nothing */
    bool stopped;                   /* by a signal */
    seg_pool *pool;                 /* tallies may use it */
    char *logged;                   /* the last line that the metric logged */
} scores;

/** Scores every unit, several at once; what fails is added to the problems of `units`. Results do
 *  not depend on the number of threads. False: out of memory, or the metric refused its options;
 *  a message was given. */
bool scores_make(scores *target, const choices *from, unit_list *units);

/** Threads for work on the scores; NULL = one. */
const seg_runner *scores_runner(const scores *from);

/** The values that the metric's protocol quotes: of the sum, or means. */
const double *scores_quoted(const scores *from, int32_t side);

void scores_free(scores *target);

#endif
