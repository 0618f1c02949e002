/* Where the drawn pictures of one input go. */
#ifndef TOOLS_SINK_H
#define TOOLS_SINK_H

#include "common/plan.h"

typedef struct sink sink;

/** Finds out before the work starts whether --format, --codec and OUTPUT go together. False: a
 *  message was given. */
bool sink_check(const job *item, const settings *from);

/** About how many bytes writing pictures like `shape` takes; 0 if it is not known. */
int64_t sink_memory(const job *item, const recipe *how, const seg_image *shape);

/** Opens OUTPUT; with OUTPUT_NONE and OUTPUT_NULL nothing is to be drawn and `*opened` is NULL.
 *  `env` gives limits, log and progress. Here and below, false: a message was given, or a signal
 *  ended the wait for a reader that takes nothing. */
bool sink_open(sink **opened, const job *item, const recipe *how, const seg_stream_info *info,
               int32_t threads, const seg_env *env);

/** Writes a picture; for SVG the labels. */
bool sink_write(sink *target, const seg_image *picture, int64_t index, int64_t pts,
                int64_t duration);

/** Ends the output and frees the sink. `*frames` = pictures written. */
bool sink_finish(sink *target, int64_t *frames);

/** Ends what can be ended and frees the sink. True: it left NAME.partial. NULL is allowed. */
bool sink_abandon(sink *target);

#endif
