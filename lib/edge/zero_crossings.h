/* Zero crossings of a response, and how steep they are. */
#ifndef SEG_EDGE_ZERO_CROSSINGS_H
#define SEG_EDGE_ZERO_CROSSINGS_H

#include "core/memory.h"
#include <segment/image.h>

/** A picture of 1-4 channels as grey samples of 0 .. 65535 in F32, which may be the picture of the
 *  strength to come. `working` is a picture that is reused. */
SEG_NODISCARD seg_status seg_grey_samples(const seg_image *samples, const seg_image *picture,
                                          seg_image *working, seg_scratch *scratch,
                                          const seg_env *env);

/** `samples` blurred, in scratch, and the two central weights of the kernel: by them a blurred step
 *  changes from pixel to pixel beside it. The kernel reaches to 5 sigma (sigma at most 25): where
 * it is cut off sooner the step shows in derivatives. */
SEG_NODISCARD seg_status seg_wide_blur(seg_image *blurred, double weights[2],
                                       const seg_image *samples, double sigma, seg_scratch *scratch,
                                       const seg_env *env);

/**
 * How steeply a response passes through 0, times `scale`, at most 1, at the pixel nearer to 0 (of
 * two equally near the left or upper one) along rows or columns, the steeper of both; where a pixel
 * is 0 itself it is the slope between its neighbours. 0 elsewhere. The response is the Laplacian of
 * `a`, or, with `b`, a - b; both F32, their border replicated.
 */
SEG_NODISCARD seg_status seg_zero_crossings(const seg_image *strength, const seg_image *a,
                                            const seg_image *b, float scale, seg_scratch *scratch,
                                            const seg_env *env);

/** A method whose file has `params` and `steepness`. */
#define SEG_ZERO_CROSSINGS_METHOD(name, id_, title_)                                               \
    static seg_status create(void **state, const void *options, const seg_env *env) {              \
        return seg_still_create(state, &params, options, env);                                     \
    }                                                                                              \
    static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted,                  \
                            seg_result *result) {                                                  \
        return seg_strength_frame(state, frame, wanted, result, &steepness, false);                \
    }                                                                                              \
    const seg_method seg_method_##name = {                                                         \
        .id = id_,                                                                                 \
        .title = title_,                                                                           \
        .family = "edge",                                                                          \
        .reference =                                                                               \
            "D. Marr, E. Hildreth, Theory of edge detection, Proc. Royal Society London B 207",    \
        .year = 1980,                                                                              \
        .formats = SEG_ANY_PICTURE,                                                                \
        .channels = SEG_CHANNELS_ANY,                                                              \
        .input = SEG_INPUT_PICTURE,                                                                \
        .outputs = SEG_OUTPUT_MASK | SEG_OUTPUT_SCORE,                                             \
        .params = &params,                                                                         \
        .create = create,                                                                          \
        .apply = apply,                                                                            \
        .free = seg_still_free,                                                                    \
    }

#endif
