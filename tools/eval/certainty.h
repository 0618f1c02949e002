/* How sure the scores are: intervals, and tests of differences. */
#ifndef TOOLS_EVAL_CERTAINTY_H
#define TOOLS_EVAL_CERTAINTY_H

#include "eval/scores.h"

/** The place of B - A behind those of A and B. */
enum { DIFFERENCE = MAX_SIDES, INTERVAL_PLACES };

/** Of each measure; members are NULL where they were not asked for. */
typedef struct certainty {
    seg_interval *sums[INTERVAL_PLACES];  /* of the sum of all pairs */
    seg_interval *means[INTERVAL_PLACES]; /* of the mean over files */
    double *differences;                  /* mean over files of B - A */
    seg_paired_test *signs, *ranks;       /* of the files' differences */
} certainty;

/** What --bootstrap and --compare ask for. False: a message was given. */
bool certainty_find(certainty *target, const scores *from);

void certainty_free(certainty *target);

#endif
