/*
 * Kernels of a background model that looks for the nearest of samples (temporal/knn.c): how many of
 * a pixel's are near the frame, and how many of those are known to be background. Pixels come in
 * blocks of 32; rows that these kernels read or write have room for whole blocks.
 */
#ifndef SEG_KERNELS_NEIGHBOURS_H
#define SEG_KERNELS_NEIGHBOURS_H

#include "kernels/level.h"

#include <stddef.h>

#define SEG_NEIGHBOURS_BLOCK 32
#define SEG_NEIGHBOURS_BYTES 4 /* of a bit for each pixel of a block */

/** All pixels of the first sample's first colour stand in a row, then those of the second colour;
 * then the second sample: what is near is mostly found in the first ones, which are read in one go.
 */
typedef struct seg_neighbours_row {
    uint8_t *mask;  /* out: 255 where fewer than `needed` of the background's samples are near */
    uint8_t *usual; /* out: 4 bytes a block, as `known`: at least `needed` of any kind are near */
    const uint8_t *samples;
    /* Bit i % 8 of byte i / 8: pixel i's sample is of the background. 4 bytes for each block of the
     * first sample, then those of the second. */
    const uint8_t *known;
    const uint8_t *value[3]; /* the frame's colours */
    int32_t blocks, colours, sample_count, needed;
    /* A sample is near if the squared distance, of which each colour's difference is cut at 127, is
     * not larger; at most 126^2. */
    int32_t limit;
} seg_neighbours_row;

/** What a cast shadow is: kernels/shadow.h. */
typedef struct seg_neighbours_shade {
    uint8_t *shadow; /* out: 255 where `mask` is set and there is shadow of `needed` samples */
    const uint8_t *mask;
    float darkest, near_squared;
    uint8_t above; /* more than the square root of near_squared */
} seg_neighbours_shade;

typedef struct seg_neighbours_kernels {
    void (*search)(const seg_neighbours_row *row);
    /** Three colours; of the row the outputs and the limit are not looked at. Returns whether there
     *  is any shadow of samples of the background. */
    int32_t (*shade)(const seg_neighbours_shade *shade, const seg_neighbours_row *row);
} seg_neighbours_kernels;

SEG_KERNELS_DECLARE(neighbours);

#endif
