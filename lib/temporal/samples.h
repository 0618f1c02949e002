/* What temporal methods share: a frame as integer samples, the level for differences. */
#ifndef SEG_TEMPORAL_SAMPLES_H
#define SEG_TEMPORAL_SAMPLES_H

#include "core/memory.h"
#include <segment/frame.h>
#include <segment/params.h>
#include <segment/result.h>

/** A frame in integer samples. Zero-initialise; free with seg_samples_free. */
typedef struct seg_samples {
    seg_image grey;        /* U8 or U16, one channel; borrowed, valid until the next take */
    seg_image left_out;    /* U8, non-zero = leave out; empty if nothing is; borrowed */
    seg_image own_grey;    /* working picture: colour to grey */
    seg_image own_integer; /* working picture: f32 to u16 */
    seg_image own_left_out;
} seg_samples;

/** Brings `frame` into integer samples: u8 and u16 stay, f32 becomes u16 of 16 bits; colour becomes
 *  grey. What `frame->ignore` marks is left out, and so are pixels that are no numbers. */
SEG_NODISCARD seg_status seg_samples_take(seg_samples *samples, const seg_frame *frame,
                                          const seg_env *env);

void seg_samples_free(seg_samples *samples);

/** What a method's differences are like; for the automatic level. */
typedef struct seg_change_rule {
    double least;  /* lowest automatic level, 8-bit units */
    double median; /* of a difference score, where plain differences of two frames are normal noise
                      of deviation 1: 0.6745 for their absolute values */
} seg_change_rule;

#define SEG_MEDIAN_OF_TWO 0.6744897501960817

/**
 * The native level (unit of `difference`'s samples) above which a difference counts as change.
 * `auto` and `auto:noise` take the noise from the differences themselves; see samples.c.
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

/** Copies the frame's place in the stream. */
void seg_describe(seg_result *result, const seg_frame *frame);

#endif
