/* --online: batches for a trainer, on standard output. */
#ifndef TOOLS_AUGMENT_ONLINE_H
#define TOOLS_AUGMENT_ONLINE_H

#include "augment/job.h"

/** Returns what to exit with. */
int online_run(augment_job *job);

#endif
