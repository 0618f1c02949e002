/* The arithmetic of one pixel of a local threshold, the same at every level: operations and their
 * order decide about ties. */
#ifndef SEG_KERNELS_LOCAL_FORMULA_H
#define SEG_KERNELS_LOCAL_FORMULA_H

#include "kernels/local.h"

#include <math.h>
#include <string.h>

/* Adding and taking it off rounds a double of less than 2^51 to an integer, halves to even. */
#define SEG_LOCAL_ROUND 6755399441055744.0
#define SEG_LOCAL_ROUND_FLOAT 12582912.0f

/* An integer below 2^52, by the bits of a double: what vector units convert without help. */
static inline double seg_local_double(uint64_t value) {
    const uint64_t bits = value | 0x4330000000000000u;
    double number;
    memcpy(&number, &bits, sizeof number);
    return number - 4503599627370496.0;
}

/* A formula's numbers as the narrow kernels use them. */
typedef struct seg_local_narrow {
    int32_t n, lowest;
    double count, energy;
    float linear, product, slope;
} seg_local_narrow;

static inline seg_local_narrow seg_local_narrow_of(const seg_local_formula *formula) {
    return (seg_local_narrow){.n = formula->n,
                              .lowest = formula->n * formula->floor,
                              .count = formula->n,
                              .energy = formula->energy,
                              .linear = (float)formula->linear,
                              .product = (float)formula->product,
                              .slope = (float)formula->slope};
}

/* All but the root is exact: sums are below 2^24, n Q and S^2 below 2^49. */
static inline float seg_local_excess_narrow(seg_local_narrow f, int32_t value, uint32_t sum,
                                            uint32_t square) {
    const double s = (double)(int32_t)sum;
    const double q = (double)(int32_t)(square ^ 0x80000000u) + 2147483648.0;
    const double spread = (f.count * q - s * s) + (f.energy * s) * s;
    const float root = sqrtf((float)spread);
    const float above = (float)(f.n * value - f.lowest), rest = (float)((int32_t)sum - f.lowest);
    return above - (rest * (f.linear + f.product * root) + f.slope * root);
}

/* With m the rounded mean and r = S - n m, n^2 times the variance is n (Q - m (S + r)) - r^2: all
 * exact but for one rounding of the product, however large n Q and S^2 are. */
static inline float seg_local_excess_wide(const seg_local_formula *f, double per_sample,
                                          uint16_t value, uint64_t sum, uint64_t square) {
    const double n = f->n, s = seg_local_double(sum), q = seg_local_double(square);
    const double mean = (s * per_sample + SEG_LOCAL_ROUND) - SEG_LOCAL_ROUND;
    const double rest = s - n * mean;
    const double spread = (n * (q - mean * (s + rest)) - rest * rest) + (f->energy * s) * s;
    const double root = sqrt(spread);
    const double above = n * ((double)(int32_t)value - (double)f->floor);
    const double over = s - n * (double)f->floor;
    return (float)(above - (over * (f->linear + f->product * root) + f->slope * root));
}

#endif
