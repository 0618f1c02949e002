/*
 * Kernels of background models that keep samples of each pixel: how many of them agree with the
 * frame, and exchanging them. Pixels come in blocks of 32; rows that these kernels read or write
 * have room for whole blocks.
 */
#ifndef SEG_KERNELS_CONSENSUS_H
#define SEG_KERNELS_CONSENSUS_H

#include "kernels/level.h"

#include <stddef.h>

#define SEG_CONSENSUS_BLOCK 32
#define SEG_TEXTURE_REACH 2    /* pixels around one that its texture tells of */
#define SEG_CONSENSUS_PLANES 9 /* most: three colours, then two bytes of texture of each */

/** Difference to a value that is texture: a share in 256ths of it, at most all, to nearest. */
static inline uint8_t seg_texture_contrast(uint8_t value, int32_t contrast) {
    return (uint8_t)((value * contrast + 128) >> 8);
}

/** Blocks of a row. */
static inline int32_t seg_consensus_blocks(int32_t width) {
    return (width + SEG_CONSENSUS_BLOCK - 1) / SEG_CONSENSUS_BLOCK;
}

/**
 * One row. The samples of a block of pixels are `samples` times `planes` runs of 32 bytes: all of
 * the first sample, then those of the second; blocks follow one another. Planes are the colours;
 * with texture, then the low and the high byte of each colour's.
 *
 * Of each pixel samples are looked at in order until `needed` of them agree.
 */
typedef struct seg_consensus_row {
    uint8_t *agreeing;        /* out: samples that agree, at most `needed` */
    uint8_t *nearest;         /* out: least distance among the samples looked at; see below */
    uint8_t *nearest_texture; /* out, with texture: least distance of textures */
    const uint8_t *samples;
    const uint8_t *value[SEG_CONSENSUS_PLANES]; /* the frame's planes */
    const uint8_t *limit;                       /* of each pixel: the distance must not be larger */
    const uint8_t *texture_limit;               /* of each pixel, with texture */
    const uint8_t *wanted;       /* with texture: 255 = to look at, 0 = none agrees; NULL = all */
    const uint8_t *around[3][5]; /* with texture: rows y - 2 .. y + 2 of each colour */
    int32_t blocks, colours, sample_count, needed;
    int32_t contrast; /* with texture: see seg_texture_contrast */
} seg_consensus_row;

typedef struct seg_consensus_kernels {
    /** The distance is the sum over the colours of |value - sample|, at most 255. */
    void (*agree)(const seg_consensus_row *row);
    /**
     * With texture. Of each colour: d = |value - sample|; t = half of the bits, rounded down, in
     * which the sample's texture differs from the frame's, and from that of the frame around the
     * sample's value; s = min(255, d + t / 2 * 15). A sample agrees if no s is larger than `limit`,
     * the sum of s / 2 (each rounded down, at most 255) neither, and the sum of t not larger than
     * `texture_limit`. `nearest` is the least sum of s / 2, `nearest_texture` the least one of t,
     * of the samples that agree; 255 where none does.
     */
    void (*agree_textured)(const seg_consensus_row *row);
    /** Texture of `blocks` blocks: bit i of low (0..7) and high (8..15) is set where neighbour i of
     *  the 16 of seg_texture_places differs from the pixel by more than its contrast. */
    void (*texture)(uint8_t *low, uint8_t *high, const uint8_t *const around[5], int32_t contrast,
                    int32_t blocks);
    /** 32 pixels: the `planes` runs at `sample` take value[] where taken[] is not 0. */
    void (*replace)(uint8_t *sample, const uint8_t *const *value, const uint8_t *taken,
                    int32_t planes);
    /** taken = 255 where (pattern * factor + addend) >> 8 (of 16 bits) < chance, from[] is 0 and
     *  held[] (may be NULL) is 0. Returns whether there is any. 32 pixels. */
    int32_t (*draw)(uint8_t *taken, const uint8_t *chance, const uint8_t *from, const uint8_t *held,
                    const uint16_t *pattern, uint16_t factor, uint16_t addend);
} seg_consensus_kernels;

SEG_KERNELS_DECLARE(consensus);

/** Where the neighbours of a texture are, x and y: every other pixel of the border of the square of
 *  5 x 5, and the ring around the pixel. */
extern const int8_t seg_texture_places[16][2];

#endif
