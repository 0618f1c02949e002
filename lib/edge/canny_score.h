/* Canny's score: how strong the gradient is where it is thin. */
#ifndef SEG_EDGE_CANNY_SCORE_H
#define SEG_EDGE_CANNY_SCORE_H

#include "core/memory.h"
#include "edge/canny_wide.h"

/** Sobel kernels of 5 and 7 give so many times as much as that of 3. */
static inline double seg_canny_gain(int32_t aperture) {
    return aperture == 7 ? 160 : aperture == 5 ? 12 : 1;
}

/** Largest value of a straight edge: black beside white, aperture 3. */
#define SEG_CANNY_STRAIGHT_EDGE 1020.0

/**
 * Gradient magnitudes in 8-bit units of the Sobel kernel where they are the largest of three across
 * the edge, 0 elsewhere and where `ignore` (may be NULL or empty) is not 0. `score` is F32, of the
 * size of wide->picture, whose blur is done. With low = high = t Canny's edges are score > t. Room
 * comes from `scratch`.
 */
SEG_NODISCARD seg_status seg_canny_score(const seg_image *score, const seg_canny_wide *wide,
                                         const seg_image *ignore, seg_scratch *scratch,
                                         const seg_env *env);

#endif
