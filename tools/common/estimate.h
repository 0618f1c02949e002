/* How much memory a run will take. */
#ifndef TOOLS_ESTIMATE_H
#define TOOLS_ESTIMATE_H

#include "common/plan.h"

/**
 * Runs the first frames of the input through the method and its drawing, and measures what the
 * library allocates; what FFmpeg takes beside it follows from sizes. `info` gets what the input is.
 * Errors: as those of the run.
 */
SEG_NODISCARD seg_status estimate_memory(int64_t *bytes, seg_stream_info *info, const job *item,
                                         const recipe *how, int32_t threads);

#endif
