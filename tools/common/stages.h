/* The loop over the frames of one input, in one thread or in three. */
#ifndef TOOLS_STAGES_H
#define TOOLS_STAGES_H

#include "common/work.h"

void stages_run_alone(work *target);
void stages_run_threaded(work *target);

/** Frames that wait between two of the three stages: fewer of large ones, none of the largest.
 *  `luma`: they carry no colour. */
int32_t stages_waiting(const seg_stream_info *info, bool luma);

#endif
