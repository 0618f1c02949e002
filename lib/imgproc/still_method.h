/*
 * The state behind a still method (each frame for itself): options, env, working memory. A method
 * fills its seg_method row with
 *
 *     static seg_status create(void **state, const void *options, const seg_env *env) {
 *         return seg_still_create(state, &params, options, env);
 *     }
 *     static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted,
 *                             seg_result *result) {
 *         seg_still *still = seg_still_begin(state);     // rewinds the scratch
 *         const seg_my_options *options = still->options;
 *         ... seg_input_grey(&grey, &still->images[0], frame, &still->env) ...
 *         ... seg_scratch_take(&still->scratch, ...) ...
 *     }
 *     .create = create, .apply = apply, .free = seg_still_free   // reset stays NULL
 *
 * and allocates nothing after the first frame while the size of the frames stays the same.
 */
#ifndef SEG_IMGPROC_STILL_METHOD_H
#define SEG_IMGPROC_STILL_METHOD_H

#include "core/memory.h"
#include <segment/method.h>

#define SEG_STILL_IMAGES 5

typedef struct seg_still {
    const seg_param_table *params;
    void *options;                      /* the method's own struct, a deep copy */
    seg_env env;                        /* a copy; hand on &still->env */
    seg_scratch scratch;                /* working memory, kept from frame to frame */
    seg_image images[SEG_STILL_IMAGES]; /* working pictures: seg_image_reuse */
} seg_still;

/** New state. `options` NULL means the defaults; they are checked against the table and copied. */
SEG_NODISCARD seg_status seg_still_create(void **state, const seg_param_table *params,
                                          const void *options, const seg_env *env);

/** Names of whole numbers in parameter tables: 4 and 8; the odd ones. */
extern const char *const seg_connectivity_names[], *const seg_odd_names[];

/** The state, ready for the next frame. */
seg_still *seg_still_begin(void *state);

/** NULL is allowed. */
void seg_still_free(void *state);

/**
 * As seg_image_ensure, but own storage of another shape is replaced instead of refused: for
 * working pictures and for the pictures of a seg_result, which live from frame to frame.
 * Borrowed memory of another shape is SEG_ERROR_SHAPE.
 */
SEG_NODISCARD seg_status seg_image_reuse(seg_image *image, int32_t width, int32_t height,
                                         seg_format format, int channels, const seg_env *env);

#endif
