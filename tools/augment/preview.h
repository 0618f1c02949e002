/* --preview: one sheet of the first samples, each beside its copies. */
#ifndef TOOLS_AUGMENT_PREVIEW_H
#define TOOLS_AUGMENT_PREVIEW_H

#include "augment/job.h"

/** Returns what to exit with. */
int preview_write(const augment_job *job);

#endif
