/* segment-eval tune, from its arguments to its exit code. */
#ifndef TOOLS_EVAL_TUNE_H
#define TOOLS_EVAL_TUNE_H

#include "common/arguments.h"
#include "eval/tuning.h"

/** Returns what to exit with. */
int tune(const arguments *given);

/** One part of cross-validation. */
typedef struct fold {
    int32_t units;             /* held out */
    int32_t best;              /* trial that is best for the others */
    double training, held_out; /* its measure on the others and on them */
} fold;

/** What came of it. */
typedef struct tuned {
    tuning *tuning;
    int32_t best;     /* trial */
    double *standard; /* all measures of the defaults */
    double *values;   /* of the best, on all units */
    fold *folds;
    int32_t fold_count; /* 0 = no cross-validation */
    double training;    /* mean of the folds' */
    double *held_out;   /* all measures of all units, each under its fold's best; or NULL */
} tuned;

/* ---- reports ---- */

void tuned_table(text_buffer *target, const tuned *from);
json_t *tuned_json(const tuned *from);
/** A line for each trial. */
void tuned_csv(text_buffer *target, const tuned *from);
/** What segment --config reads. The caller owns it. */
json_t *tuned_settings(const tuned *from);
/** The measure over each parameter, and over every two of them together, as .svg or .png. False: a
 *  message was given. */
bool tuned_plot(const tuned *from, const char *path);

#endif
