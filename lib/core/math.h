/* Elementary functions that give the same bits on every machine: only + - * / sqrt inside.
 * Stated errors are tested against long double references. SEG_API marks what libsegment-data
 * shares.
 */
#ifndef SEG_CORE_MATH_H
#define SEG_CORE_MATH_H

#include <segment/attributes.h>

double seg_exp(double x);
double seg_log_e(double x);
double seg_log2(double x);
double seg_pow(double x, double y);
SEG_API double seg_sin(double x);
SEG_API double seg_cos(double x);
SEG_API double seg_atan2(double y, double x);
/** Inverse of the normal distribution function, 0 < p < 1. */
double seg_normal_quantile(double p);

/** The larger and the smaller of two numbers, without libm. */
static inline double seg_larger(double a, double b) {
    return a > b ? a : b;
}
static inline double seg_smaller(double a, double b) {
    return a < b ? a : b;
}

#define SEG_PI 3.14159265358979323846

#endif
