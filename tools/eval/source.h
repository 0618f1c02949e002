/* The frames of a video, stream or sequence one after the other, as a metric takes them. */
#ifndef TOOLS_EVAL_SOURCE_H
#define TOOLS_EVAL_SOURCE_H

#include "common/load.h"

typedef struct source source;

/** Opens. `threaded`: frames are decoded ahead in a thread of their own. `metric` and `env` must
 *  outlive the source. NULL: *why says it. */
source *source_open(const char *name, const seg_metric *metric, picture_role role, bool threaded,
                    const seg_env *env, failure *why);

/** The next frame's picture, which replaces `picture`; *there is false behind the last. False:
 *  *why says it. */
bool source_next(source *from, seg_image *picture, bool *there, failure *why);

/** Says the reader's warnings and closes. NULL is allowed. */
void source_close(source *from);

#endif
