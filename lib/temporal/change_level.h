/* The level above which a difference counts as change, where it follows the noise of the scene. */
#ifndef SEG_TEMPORAL_CHANGE_LEVEL_H
#define SEG_TEMPORAL_CHANGE_LEVEL_H

#include "core/memory.h"
#include <segment/params.h>
#include <segment/result.h>

/** What a method's differences are like; for the automatic level. */
typedef struct seg_change_rule {
    double least;  /* lowest automatic level, 8-bit units */
    double median; /* of a difference score, where plain differences of two frames are normal noise
                      of deviation 1: 0.6745 for their absolute values */
} seg_change_rule;

#define SEG_MEDIAN_OF_TWO 0.6744897501960817

/** The same of the largest minus the smallest of 2 .. 32 frames. */
double seg_median_of_range(int32_t frames);

/**
 * The native level (unit of `difference`'s samples) above which a difference counts as change.
 * `auto` and `auto:noise` take the noise from the differences themselves; see change_level.c.
 * `left_out` may be NULL or empty; room for the histogram comes from `scratch`. Adds the decisions
 * "threshold" and "noise" to `result`.
 */
SEG_NODISCARD seg_status seg_change_level(double *native, seg_result *result,
                                          const seg_level *level, const seg_change_rule *rule,
                                          const seg_image *difference, const seg_image *left_out,
                                          seg_scratch *scratch);

/** True if seg_change_level needs the differences. */
bool seg_change_level_votes(const seg_level *level);

/** Every how many rows vote for it: a caller may hand in those rows only. */
int32_t seg_change_level_step(const seg_level *level, int32_t width, int32_t height);

/** A level as an integer such that value > level gives the same for integer values. */
uint16_t seg_level_floor(double native);

#endif
