/* The arithmetic of one pixel of a local threshold, the same at every level: operations and their
 * order decide about ties. */
#ifndef SEG_KERNELS_LOCAL_FORMULA_H
#define SEG_KERNELS_LOCAL_FORMULA_H

#include "kernels/local.h"

#include <math.h>
#include <stdbool.h>
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
    int32_t n;
    float count, per_sample, lowest, linear, product, slope, energy;
} seg_local_narrow;

static inline seg_local_narrow seg_local_narrow_of(const seg_local_formula *formula) {
    return (seg_local_narrow){.n = formula->n,
                              .count = (float)formula->n,
                              .per_sample = 1 / (float)formula->n,
                              .lowest = (float)(formula->n * formula->floor),
                              .linear = (float)formula->linear,
                              .product = (float)formula->product,
                              .slope = (float)formula->slope,
                              .energy = (float)formula->energy};
}

/* With m near the mean and r = S - n m, the squares around m are Q - m (S + r), exact in 32 bits
 * whatever wraps, and n^2 times the variance is n times those less r^2: no digit is lost by taking
 * near numbers from each other, as r^2 is at most half of the first. */
static inline float seg_local_spread_narrow(const seg_local_narrow *f, uint32_t sum,
                                            uint32_t square) {
    const int32_t mean = (int32_t)((float)(int32_t)sum * f->per_sample + 0.5f);
    const int32_t rest = (int32_t)sum - f->n * mean;
    const uint32_t around = square - (uint32_t)mean * (sum + (uint32_t)rest);
    return f->count * (float)(int32_t)around - (float)rest * (float)rest;
}

static inline float seg_local_excess_narrow(const seg_local_narrow *f, uint8_t value, uint32_t sum,
                                            uint32_t square) {
    const float s = (float)(int32_t)sum; /* exact */
    const float root = sqrtf(seg_local_spread_narrow(f, sum, square) + (f->energy * s) * s);
    const float above = f->count * (float)value - f->lowest, over = s - f->lowest; /* exact */
    return above - (over * (f->linear + f->product * root) + f->slope * root);
}

/* above - over linear > over product root, where the right side is not negative. */
static inline bool seg_local_share_narrow(const seg_local_narrow *f, uint8_t value, uint32_t sum,
                                          uint32_t square) {
    const float above = f->count * (float)value - f->lowest;
    const float over = (float)(int32_t)sum - f->lowest;
    const float left = above - over * f->linear, right = over * f->product;
    return left * fabsf(left) > right * right * seg_local_spread_narrow(f, sum, square);
}

/* The same in doubles: all exact but for one rounding of the product, however large n Q is. */
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
