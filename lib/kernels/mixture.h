/* Row kernels of adaptive mixtures of Gaussians, a few of them for each pixel. */
#ifndef SEG_KERNELS_MIXTURE_H
#define SEG_KERNELS_MIXTURE_H

#include "kernels/level.h"

#include <stddef.h>

#define SEG_MIXTURE_MODES 5
/* Pixels that rows of the model, of values in 16 bits and of the dither have room for at least:
 * the width rounded up to a multiple of this. */
#define SEG_MIXTURE_BLOCK 16
/* The largest `rate`: beyond it what rounding leaves of the other weights may be more than is left
 * for the first mode. */
#define SEG_MIXTURE_FASTEST 65500

/**
 * One row of a mixture at work. Units: values and means 1/128 of an 8-bit level (0 .. 32640),
 * variances 1/64 of its square, weights and shares 1/65535.
 *
 * Of each pixel the modes stand in descending order of their weights, which add up to 65535;
 * weight 0 = there is no such mode. A pixel without any was never seen: it gives 0 and takes its
 * value as the first mode, even with rate 0.
 *   1. Modes are tried in order until one is found whose distance is below `near_mode` variances.
 *      Up to there a mode is background if those before it make up less than `background`, and
 *      the pixel is background if it is nearer to such a mode than `near_background` variances.
 *   2. All weights lose the share `rate`, then `prune`. The mode found gets what is missing to
 *      65535, and goes towards the value by rate / its weight, its variance towards the squared
 *      distance.
 *      If none was found, a new mode with weight `rate` takes the first free place, or the last;
 *      the first mode gets the rest.
 *   3. The modes are put in order again.
 * (a * b + dither) >> 16 with dither = (pattern[x] + dither_offset) mod 2^16 is what all products
 * are rounded by. Squared differences are cut at 255 / 8 levels, their sum at 1023 of its unit.
 */
typedef struct seg_mixture_row {
    uint8_t *mask;            /* out: 255 = foreground */
    const uint8_t *value8[3]; /* the frame's colours in 8 bits; or NULL and ... */
    const uint16_t *value[3]; /* ... in units of the means */
    uint16_t *weight[SEG_MIXTURE_MODES];
    uint16_t *mode[SEG_MIXTURE_MODES]; /* variances and means: seg_mixture_at */
    const uint8_t *left_out;           /* non-zero = no result and not learnt; or NULL */
    const uint8_t *held;               /* non-zero = not learnt; or NULL */
    const uint8_t *patient;            /* non-zero = not learnt where foreground; or NULL */
    const uint16_t *pattern;
    int32_t width, modes, colours; /* colours: 1 or 3 */
    uint16_t dither_offset;
    uint16_t rate, prune, background;    /* rate: at most SEG_MIXTURE_FASTEST */
    uint16_t near_background, near_mode; /* 65536 / how many variances */
    uint16_t first, least, most;         /* variances: of a new mode, allowed */
} seg_mixture_row;

/** Where pixel x has its variance (`which` = 0) or its mean of colour `which` - 1 in a row of a
 * mode. A block's variances stand before its means, so that a mode is one stream. */
static inline size_t seg_mixture_at(int32_t colours, int32_t x, int32_t which) {
    const size_t block = (size_t)(x / SEG_MIXTURE_BLOCK) * (size_t)(1 + colours) + (size_t)which;
    return block * SEG_MIXTURE_BLOCK + (size_t)(x % SEG_MIXTURE_BLOCK);
}

/** What a cast shadow is: kernels/shadow.h. */
typedef struct seg_mixture_shade {
    float darkest, near_squared; /* near_squared: in variances of the mode */
    uint8_t value;               /* that shadows get in the mask */
} seg_mixture_shade;

typedef struct seg_mixture_kernels {
    void (*step)(const seg_mixture_row *row);
    /** Foreground pixels that are shadows of one of their background modes get shade->value. Three
     *  colours; of the row the mask, the values, the model and `background` are looked at. */
    void (*shade)(const seg_mixture_shade *shade, const seg_mixture_row *row);
} seg_mixture_kernels;

SEG_KERNELS_DECLARE(mixture);

#endif
