/*
 * How much each pixel of a document counts in pseudo-recall and pseudo-precision: ink by how deep
 * it lies in its stroke, ground by how far it lies from the ink.
 *
 * K. Ntirogiannis, B. Gatos, I. Pratikakis, "Performance evaluation methodology for historical
 * document image binarization", IEEE Trans. Image Processing 22(2), 2013. The paper leaves much
 * open; what is done here is what the weights of the DIBCO competitions' own program
 * (BinEvalWeights) come from, pixel by pixel.
 */
#ifndef SEG_EVALUATE_STROKE_WEIGHTS_H
#define SEG_EVALUATE_STROKE_WEIGHTS_H

#include "core/memory.h"
#include <segment/image.h>

/** Chessboard distances to the contour of the ink, and what they are divided by; 0 = no weight.
 *  All are in raster order without padding, and belong to the scratch. */
typedef struct seg_stroke_weights {
    const uint8_t *depth;  /* of ink */
    const uint16_t *width; /* sum of the depths across the stroke */
    const uint8_t *gap;    /* of ground */
    const uint8_t *reach;  /* how far the stroke's weight reaches */
} seg_stroke_weights;

/** Of a mask of the ink (U8, non-zero). Errors: SEG_ERROR_MEMORY, SEG_ERROR_LIMIT. */
SEG_NODISCARD seg_status seg_stroke_weights_make(seg_stroke_weights *weights, const seg_image *ink,
                                                 seg_scratch *scratch, const seg_env *env);

/** What an ink pixel counts in recall: sums to 1 across a stroke. */
static inline double seg_stroke_recall(const seg_stroke_weights *weights, size_t i) {
    return weights->width[i] ? (double)weights->depth[i] / weights->width[i] : 0;
}

/** What a ground pixel that was found counts in precision, 1 .. 3; ink counts 1. */
static inline double seg_stroke_precision(const seg_stroke_weights *weights, size_t i) {
    if (weights->reach[i] == 0) return 1;
    const double far = (double)weights->gap[i] / weights->reach[i];
    return 1 + (far > 2 ? 2 : far);
}

#endif
