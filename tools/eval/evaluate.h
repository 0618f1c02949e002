/* A run of segment-eval from its arguments to its exit code. */
#ifndef TOOLS_EVAL_EVALUATE_H
#define TOOLS_EVAL_EVALUATE_H

#include "common/arguments.h"

/** Returns what to exit with. */
int evaluate(const arguments *given);

#endif
