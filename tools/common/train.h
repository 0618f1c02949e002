/* --train: the model learns a clip before the work starts. */
#ifndef TOOLS_TRAIN_H
#define TOOLS_TRAIN_H

#include "common/plan.h"

/** Gives every recipe whose method keeps a model the one of the clip. Returns EXIT_DONE, or what to
 *  exit with after the message that was given. */
int train_plan(plan *target);

/** Without an input: saves the model that was learnt. Returns what to exit with. */
int train_save(const plan *from);

#endif
