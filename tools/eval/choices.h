/* What the command line asks of segment-eval, as values, checked. */
#ifndef TOOLS_EVAL_CHOICES_H
#define TOOLS_EVAL_CHOICES_H

#include "common/settings.h"
#include <jansson.h>
#include <segment/evaluate.h>

enum { MAX_SIDES = 2 }; /* predictions that one truth is compared with at once */

typedef struct choices {
    settings common; /* threads, limits, seeds, progress, ... */
    const seg_metric *metric;
    void *options;      /* of the metric */
    json_t *parameters; /* the same as data */
    const char *predictions[MAX_SIDES];
    int32_t sides; /* 1; 2 with --compare */
    const char *truth;
    const char *ignore, *pictures; /* NULL = not given */
    int32_t mot;                   /* seg_mot_rules of the truth */
    int32_t width, height;         /* of pictures that do not tell it; 0 = unknown */
    int32_t table;                 /* of the metric that is printed; -1 = none */
    int32_t measure;               /* that counts: place in the metric's measures */
    int32_t bootstrap;             /* samples; 0 = none */
    double confidence;             /* 0 .. 1 */
    bool sequence;                 /* a directory of pictures is a sequence, whatever the metric */
    bool levels, per_file, per_frame, json;
    int32_t worst;                         /* 0 = none */
    const char *csv, *sheet, *plot, *html; /* NULL = not given */
} choices;

/** Reads the values. Returns EXIT_DONE, or what to exit with after the message that was given.
 *  `from` must outlive the result. */
int choices_read(choices *target, const arguments *from);

/** False if an option was given that has no meaning for scoring, or for tuning: a message was
 *  given. */
bool choices_check_options(const arguments *from, bool tuning);

/** Options of the metric and which measure counts: what scoring and tuning have in common. */
int choices_read_metric(choices *target, const arguments *from);

void choices_free(choices *target);

#endif
