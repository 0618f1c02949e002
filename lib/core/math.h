/* Elementary functions that give the same bits on every machine: only + - * / sqrt inside.
 * Stated errors are tested against long double references. SEG_API marks what libsegment-data
 * shares.
 */
#ifndef SEG_CORE_MATH_H
#define SEG_CORE_MATH_H

#include <segment/attributes.h>

#include <stdint.h>
#include <string.h>

double seg_exp(double x);
double seg_log_e(double x);
double seg_log2(double x);
double seg_pow(double x, double y);
SEG_API double seg_sin(double x);
SEG_API double seg_cos(double x);
SEG_API double seg_atan2(double y, double x);
/** Inverse of the normal distribution function, 0 < p < 1. */
double seg_normal_quantile(double p);

/** Single precision in a few operations, for loops over pixels: relative error below 4e-7.
 *  log: 0 < x < infinity, x not subnormal. exp: |x| <= 87. */
static inline float seg_quick_log(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    const int32_t k = (int32_t)(bits - 0x3f3504f3u) >> 23; /* 2^k sqrt(1/2) <= x */
    bits -= (uint32_t)k << 23;
    memcpy(&x, &bits, sizeof x);
    const float s = (x - 1) / (x + 1), z = s * s; /* log x = 2 atanh s */
    const float series = z * (1 / 3.0f + z * (1 / 5.0f + z * (1 / 7.0f + z * (1 / 9.0f))));
    return (float)k * 0.693145752f + ((float)k * 1.42860677e-6f + 2 * (s + s * series));
}

static inline float seg_quick_exp(float x) {
    const int32_t k = (int32_t)(x * 1.44269504f + (x < 0 ? -0.5f : 0.5f));
    const float r = (x - (float)k * 0.693145752f) - (float)k * 1.42860677e-6f;
    const float series = 1 / 24.0f + r * (1 / 120.0f + r * (1 / 720.0f + r * (1 / 5040.0f)));
    const uint32_t bits = (uint32_t)(k + 127) << 23;
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    return scale * (1 + r * (1 + r * (0.5f + r * (1 / 6.0f + r * series))));
}

/** The larger and the smaller of two numbers, without libm. */
static inline double seg_larger(double a, double b) {
    return a > b ? a : b;
}
static inline double seg_smaller(double a, double b) {
    return a < b ? a : b;
}

#define SEG_PI 3.14159265358979323846

#endif
