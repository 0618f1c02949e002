/* All jobs of a plan. */
#ifndef TOOLS_RUN_H
#define TOOLS_RUN_H

#include "common/journal.h"
#include "common/plan.h"

/** Works on all inputs, several at once with --jobs. Returns what the program should exit with. */
int run_plan(plan *from, journal *done);

#endif
