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

/** The samples of a block are `sample_count` times `colours` runs of 32 bytes: all of the first
 *  sample, then those of the second; blocks follow one another. */
typedef struct seg_neighbours_row {
    uint8_t *mask;  /* out: 255 where fewer than `needed` of the background's samples are near */
    uint8_t *usual; /* out: 255 where at least `needed` samples of any kind are near */
    const uint8_t *samples;
    /* Bit i % 8 of byte i / 8: pixel i's sample is of the background. Of each block `pitch` times
     * 4 bytes, the first ones are those of the samples. */
    const uint8_t *known;
    const uint8_t *value[3]; /* the frame's colours */
    int32_t blocks, colours, sample_count, pitch, needed;
    /* A sample is near if the squared distance, of which each colour's difference is cut at 127, is
     * not larger; at most 126^2. */
    int32_t limit;
} seg_neighbours_row;

typedef struct seg_neighbours_kernels {
    void (*search)(const seg_neighbours_row *row);
} seg_neighbours_kernels;

SEG_KERNELS_DECLARE(neighbours);

#endif
