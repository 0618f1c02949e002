/*
 * The state behind a method with memory: what imgproc/still_method.h is for still ones. It holds
 * options, env and working memory, the frame at hand as integer samples, and the clock; a method
 * adds its model behind it:
 *
 *     typedef struct my_state {
 *         seg_temporal base; // first
 *         ... the model ...
 *     } my_state;
 *
 *     static seg_status create(void **state, const void *options, const seg_env *env) {
 *         return seg_temporal_create(state, sizeof(my_state), &params, options, env);
 *     }
 *     static seg_status apply(void *pointer, const seg_frame *frame, uint32_t wanted,
 *                             seg_result *result) {
 *         my_state *state = pointer;
 *         SEG_TRY(seg_temporal_begin(&state->base, frame));       // base.samples, base.clock
 *         SEG_TRY(seg_temporal_prepare(&state->base, frame, wanted, SEG_U16, 16, result));
 *         ... base.clock.frames == 0: start the model, seg_temporal_give_empty ...
 *         ... seg_learning_weigh, seg_change_level, bands of rows over base.samples ...
 *         seg_temporal_end(&state->base, frame);
 *     }
 *     static void reset(void *pointer) { seg_temporal_reset(pointer); ... }
 *     static void release(void *pointer) { ... the model's memory ...; seg_temporal_free(pointer);
 * }
 *
 * save and load write the clock (clock.h), then the model. Around it stand samples.h (grey
 * samples, what is left out), learning.h (rates, half-lives, warm-up), change_level.h (thresholds
 * by noise) and average.h (a running average with a picture of it).
 */
#ifndef SEG_TEMPORAL_TEMPORAL_METHOD_H
#define SEG_TEMPORAL_TEMPORAL_METHOD_H

#include "core/clock.h"
#include "imgproc/still_method.h"
#include "temporal/samples.h"

typedef struct seg_temporal {
    seg_still *still;           /* options, env, scratch, working pictures */
    seg_samples samples;        /* the frame at hand */
    seg_clock clock;            /* of the frames taken */
    seg_blob_geometry geometry; /* of the frames, as they came */
} seg_temporal;

/** New state of `size` bytes, zeroed behind its seg_temporal. `options` NULL means the defaults;
 *  they are checked against the table and copied. */
SEG_NODISCARD seg_status seg_temporal_create(void **state, size_t size,
                                             const seg_param_table *params, const void *options,
                                             const seg_env *env);

/** Frees all that is the base's, and the state itself. */
void seg_temporal_free(void *state);

/** No frame has been taken. */
void seg_temporal_reset(void *state);

/** A frame comes: rewinds the scratch, fills samples, looks at the clock, checks the masks. */
SEG_NODISCARD seg_status seg_temporal_begin(seg_temporal *base, const seg_frame *frame);

/** The frame was taken. */
void seg_temporal_end(seg_temporal *base, const seg_frame *frame);

/** SEG_ERROR_SHAPE unless the samples at hand are of that size. `what` is "the model". */
SEG_NODISCARD seg_status seg_temporal_check_size(const seg_temporal *base, const char *what,
                                                 int32_t width, int32_t height);

/** Makes room for the mask and, if wanted, a score of that format and of so many bits, in a result
 *  that describes `about`; marks both as given. */
SEG_NODISCARD seg_status seg_temporal_prepare(const seg_temporal *base, const seg_frame *about,
                                              uint32_t wanted, seg_format score, int bits,
                                              seg_result *result);

/** What is known to be foreground is it in the mask, but for `left_out` (U8 or empty); masks must
 *  be as large as the result's, or empty. For methods that learn a background. */
void seg_temporal_mark_known(seg_result *result, const seg_image *known, const seg_image *left_out);

/** Nothing can be told of the frame yet: what was prepared becomes 0, the result provisional. */
void seg_temporal_give_empty(seg_result *result);

#endif
