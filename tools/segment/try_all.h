/* --try-all FAMILY: every method of a family on one picture, side by side. */
#ifndef TOOLS_SEGMENT_TRY_ALL_H
#define TOOLS_SEGMENT_TRY_ALL_H

#include "common/plan.h"

/** Checks what goes with --try-all and what does not, and what needs it. False: a message was
 *  given. */
bool try_all_check(const settings *chosen);

/** Runs the methods on the picture of the plan, with their defaults, and writes the contact sheet;
 *  with --truth each is scored. Returns an exit code. */
int try_all_run(const plan *from);

#endif
