/* Tuning: settings of a method, tried on pictures with truth. */
#ifndef TOOLS_EVAL_TUNING_H
#define TOOLS_EVAL_TUNING_H

#include "common/recipe.h"
#include "eval/axis.h"
#include "eval/pairs.h"

/** What of the method's results is scored. */
typedef enum scored_kind { SCORED_MASK, SCORED_LABELS, SCORED_SCORE, SCORED_FLOW } scored_kind;

/** A setting that was tried. */
typedef struct trial {
    double *places;      /* of each axis */
    seg_tally **tallies; /* of each unit; NULL = refused */
    bool done;
    char *refusal; /* why the method does not take it; NULL = it does */
} trial;

typedef struct tuning {
    choices choices; /* metric, measure, threads, ...; predictions[0] = the pictures */
    recipe recipe;   /* method, parameters that stay, chains */
    scored_kind kind;
    axis_list axes;
    unit_list units;
    loaded_pair *pictures; /* of units that are single pictures, else empty */
    seg_pool *pool;
    trial *trials; /* the first of all are the defaults, then the grid */
    int32_t trial_count, grid_count;
    bool stopped; /* by a signal */
} tuning;

/** Reads the pictures of units that are no sequences. False: a message was given. */
bool tuning_load(tuning *target);

/** The trial at those places, a new one if it was not made yet (not run). */
int32_t tuning_find(tuning *target, const double *places);

/** Runs those trials that were not run yet. False: a message was given, or a signal came. */
bool tuning_run(tuning *target, const int32_t *trials, int32_t count);

/** All measures of a trial over the units of which `in` is true (NULL = all); NaN where it was
 *  refused. */
void tuning_values(double *values, const tuning *from, const trial *of, const bool *in);

/** The measure that counts, turned so that larger is better; NaN where it is undefined. */
double tuning_objective(const tuning *from, int32_t index, const bool *in);

/** The best trial for the units of `in`: the grid, then --search. -1: a message was given. */
int32_t tuning_search(tuning *target, const bool *in);

#endif
