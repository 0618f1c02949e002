/* --config: method, parameters and chains from a JSON file. A record of --report is one, too. */
#ifndef TOOLS_CONFIG_H
#define TOOLS_CONFIG_H

#include "common/options.h"
#include <stdbool.h>
#include <stdint.h>

/** A parameter of the method as text, not parsed yet. */
typedef struct parameter_text {
    const char *name, *value;
} parameter_text;

typedef struct config {
    const char *method;                  /* or NULL */
    const char *values[OPTION_COUNT];    /* of those options that a file may hold */
    parameter_text *parameters, *tracks; /* of the method, and of --track */
    int32_t parameter_count, track_count;
} config;

/** Reads and checks the shape of the file; values are checked as those of the command line are.
 *  False: a message was given. The texts and parameters live until config_release. */
bool config_load(config *target, const char *path);

/** Frees what all configurations hold. */
void config_release(void);

#endif
