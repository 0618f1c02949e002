/* What must not happen to files, found before the work starts. */
#ifndef TOOLS_CHECKS_H
#define TOOLS_CHECKS_H

#include "common/journal.h"
#include "common/plan.h"

/** Two jobs with one output, an output that is an input, files that exist and may not be replaced.
 *  Returns EXIT_DONE, or EXIT_USAGE after the message that was given. */
int checks_run(const plan *from, const journal *before);

#endif
