/* The command line taken apart: options as text, parameters of the method and of the metric, names
 * of files. */
#ifndef TOOLS_ARGUMENTS_H
#define TOOLS_ARGUMENTS_H

#include "common/config.h"
#include "common/options.h"
#include "common/program.h"
#include <segment/evaluate.h>
#include <segment/method.h>

typedef struct arguments {
    const program *program;
    const char *values[OPTION_COUNT]; /* NULL: not given; "" for a bare one; "no" for --no-x */
    const char *command;              /* the first name, in programs that have commands */
    const seg_method *method;         /* that was named, or NULL */
    const seg_metric *metric;         /* the same */
    /* in the order in which they count: the last one wins */
    parameter_text *parameters, *metric_parameters, *track_parameters;
    int32_t parameter_count, metric_parameter_count, track_parameter_count;
    const char **names; /* what is no option: inputs and output */
    int32_t name_count;
} arguments;

/** Takes the command line apart; what --config names is merged in. False: a message was given and
 *  the usage is wrong. Nothing is opened but the configuration. */
bool arguments_parse(arguments *target, const program *of, int count, char **words);

void arguments_free(arguments *target);

#endif
