/* How far the work is, on stderr. */
#ifndef TOOLS_PROGRESS_H
#define TOOLS_PROGRESS_H

#include "common/settings.h"

typedef struct progress progress;

/** `jobs` inputs are to be done. */
progress *progress_start(const settings *from, int32_t jobs);

/** A frame of `input` is done: number `done` of `frames` (0 = unknown). Callable from any thread,
 *  often. */
void progress_frame(progress *target, const char *input, int64_t done, int64_t frames);

/** An input is done. */
void progress_job(progress *target, const char *input, int64_t frames);

void progress_end(progress *target);

/** Seconds of a clock that never jumps. */
double clock_seconds(void);

#endif
