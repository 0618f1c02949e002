/*
 * Row kernels of flow by least squares in windows: polynomial expansion, normal equations, their
 * sums and solution. Floats, each operation rounded for itself in the order written here, so that
 * all levels agree to the bit.
 */
#ifndef SEG_KERNELS_WINDOWS_H
#define SEG_KERNELS_WINDOWS_H

#include "kernels/level.h"

#include <stddef.h>

/** A weighted equation A d = b of a pixel, as A'A = (g11 g12; g12 g22) and A'b = (h1, h2). */
enum { SEG_G11, SEG_G12, SEG_G22, SEG_H1, SEG_H2, SEG_NORMAL };

/** Of a polynomial: its coefficients of x, y, x^2, y^2, xy. */
enum { SEG_POLYNOMIAL = 5 };

/** Of those of a picture that is sampled between pixels: pixels one after the other, the
 *  coefficients and what fills a vector. */
enum { SEG_PACKED = 8 };

/** Filters of the expansion, for the taps 0 .. radius: blur and curvature are even, slope is odd
 *  (slope[k] of +k, -slope[k] of -k). */
enum { SEG_EXPANSION_RADIUS = 12 };

typedef struct seg_expansion {
    int32_t radius;
    float blur[SEG_EXPANSION_RADIUS + 1], slope[SEG_EXPANSION_RADIUS + 1],
        curvature[SEG_EXPANSION_RADIUS + 1];
} seg_expansion;

typedef struct seg_windows_kernels {
    /** Filters rows y - radius .. y + radius: even: weight[0] row[0], then + weight[k] (row[k] +
     *  row[-k]); odd: slope[1] (row[1] - row[-1]), then + slope[k] (row[k] - row[-k]). out = blur,
     *  slope, curvature. `rows` is the middle one. */
    void (*expand_down)(float *const out[3], const float *const *rows, const seg_expansion *e,
                        int32_t count);
    /** The same across those: x = slope of blur, y = blur of slope, x^2 = curvature of blur, y^2 =
     *  blur of curvature, xy = slope of slope. Rows can be read `radius` samples to both sides. */
    void (*expand_across)(float *const out[SEG_POLYNOMIAL], const float *const in[3],
                          const seg_expansion *e, int32_t count);
    /** out[SEG_PACKED x + c] = in[c][x], 0 for c from SEG_POLYNOMIAL on. */
    void (*pack)(float *out, const float *const in[SEG_POLYNOMIAL], int32_t count);
    /** The equation of each pixel of row y: the polynomials of the first picture there, those of
     * the second at x + u, y + v, between pixels as h = a + fx (b - a) of two rows, then h + fy (h'
     * - h). With their mean A = (xx, xy / 2; xy / 2, yy) and half the difference of (x, y): b = A
     * (u, v) + that. 0 where the place is outside. `second` is pixel (0, 0), rows are `stride`
     * floats apart, one more column and row can be read. */
    void (*displace)(float *const out[SEG_NORMAL], const float *const first[SEG_POLYNOMIAL],
                     const float *second, ptrdiff_t stride, const float *u, const float *v,
                     int32_t y, int32_t width, int32_t height);
    /** That of a gradient g and a deviation rest + g d: g11 = gx gx, h1 = -(gx rest) and so on. */
    void (*gradient)(float *const out[SEG_NORMAL], const float *gx, const float *gy,
                     const float *rest, int32_t count);
    /** out = (0 + 1) + (2 + 3) of rows[k][x]. */
    void (*sum_four)(float *out, const float *const rows[4], int32_t count);
    /** out = sum of rows[k][x], one after the other. */
    void (*sum_rows)(float *out, const float *const *rows, int32_t taps, int32_t count);
    /** (u, v) = the solution of (G + damping I) d = h + damping (u0, v0). */
    void (*solve)(float *u, float *v, const float *const sums[SEG_NORMAL], const float *u0,
                  const float *v0, float damping, int32_t count);
} seg_windows_kernels;

SEG_KERNELS_DECLARE(windows);

#endif
