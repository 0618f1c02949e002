/* An env within an env: what the parts of a call tell becomes the progress of the call. */
#ifndef SEG_CORE_INNER_ENV_H
#define SEG_CORE_INNER_ENV_H

#include <segment/env.h>
#include <stdbool.h>

/**
 * Memory, threads, limits and log are the caller's. Progress never goes back and stays below the
 * end of the part at hand: parts tell 0..1 for each of their passes, and as it is not known how
 * many will come, p passes count as p / (p + 1) of the part.
 */
typedef struct seg_inner_env {
    seg_env env;         /* what the parts get; points to this struct, which must not move */
    seg_env outer;       /* the caller's, copied */
    double from, to;     /* the part at hand, of the whole */
    double passes, last; /* passes of the part that have ended; what the one at hand told last */
    double told;
    bool stopped; /* the caller said so */
} seg_inner_env;

/** `outer` may be NULL. */
void seg_inner_env_init(seg_inner_env *inner, const seg_env *outer);

/** A call begins: tells 0. SEG_ERROR_CANCELLED if the caller says stop. */
SEG_NODISCARD seg_status seg_inner_env_begin(seg_inner_env *inner);

/** Part `part` of `parts` begins: tells how far the whole is. */
SEG_NODISCARD seg_status seg_inner_env_part(seg_inner_env *inner, int32_t part, int32_t parts);

/** All is done: tells 1. There is nothing left to cancel, so that the answer does not count. */
void seg_inner_env_end(seg_inner_env *inner);

#endif
