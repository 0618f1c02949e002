/* A frame as integer samples: what temporal methods work on. */
#ifndef SEG_TEMPORAL_SAMPLES_H
#define SEG_TEMPORAL_SAMPLES_H

#include "core/memory.h"
#include <segment/frame.h>

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

#endif
