/* Metrics as the command line names them: their options, the measure that counts, and numbers and
 * names of measures as people and data read them. */
#ifndef TOOLS_MEASURES_H
#define TOOLS_MEASURES_H

#include "common/arguments.h"
#include <jansson.h>

/** Options of `metric` as the command line gives them. `*options` (NULL where it has none) is
 *  released with seg_params_clear and free(), `*parameters` is the same as data. False: a message
 *  was given. */
bool metric_read_options(void **options, json_t **parameters, const seg_metric *metric,
                         const arguments *from);

/** The measure that counts, as its place in metric->measures: --measure, else the one that the
 *  metric is known for. False: a message was given. */
bool measure_choose(int32_t *measure, const seg_metric *metric, const arguments *from);

enum { NUMBER_ROOM = 32, KEY_ROOM = 64 };

/** True if the value counts something: it is written as a whole number. */
bool measure_is_count(double value, const seg_measure *measure);

/** A value as people read it: whole counts without decimals, "-" where it is undefined. */
void measure_number(char shown[NUMBER_ROOM], double value, const seg_measure *measure);

/** The name of a measure, table or column as data has it: "f_beta", "r0_5". */
void measure_key(char key[KEY_ROOM], const char *name);

#endif
