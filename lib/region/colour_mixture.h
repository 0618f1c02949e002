/*
 * Mixtures of Gaussians as colour models: a pixel costs what the component that suits it best asks,
 * D(z) = min over k of  -log w_k + 1/2 log det S_k + 1/2 (z - m_k)' S_k^-1 (z - m_k).
 * C. Rother, V. Kolmogorov, A. Blake, "GrabCut: interactive foreground extraction using iterated
 * graph cuts", ACM Trans. Graphics 23(3), 2004, equations 8 and 9. Components are started by
 * splitting along principal axes: M. Orchard, C. Bouman, "Color quantization of images", IEEE
 * Trans. Signal Processing 39(12), 1991.
 */
#ifndef SEG_REGION_COLOUR_MIXTURE_H
#define SEG_REGION_COLOUR_MIXTURE_H

#include <segment/image.h>
#include <stdbool.h>

#define SEG_MIXTURE_MOST 16
#define SEG_MIXTURE_COLOURS 3

/** Counts, sums and sums of products of the colours of a set of pixels. */
typedef struct seg_colour_sums {
    double count, sum[SEG_MIXTURE_COLOURS];
    double product[SEG_MIXTURE_COLOURS * (SEG_MIXTURE_COLOURS + 1) / 2]; /* rr rg rb gg gb bb */
} seg_colour_sums;

void seg_colour_sums_add(seg_colour_sums *to, const seg_colour_sums *from);

/** Mean and the direction in which the colours spread most, with the variance along it. */
typedef struct seg_colour_axis {
    double mean[SEG_MIXTURE_COLOURS], direction[SEG_MIXTURE_COLOURS], variance;
} seg_colour_axis;

seg_colour_axis seg_colour_axis_of(const seg_colour_sums *sums);

typedef struct seg_colour_gaussian {
    float mean[SEG_MIXTURE_COLOURS];
    float root[6]; /* lower triangle of L' with S^-1 = L L', halved: |L' (z - m)|^2 is the cost */
    float bias;    /* -log w + 1/2 log det S */
} seg_colour_gaussian;

typedef struct seg_colour_mixture {
    int32_t count; /* components with pixels */
    seg_colour_gaussian components[SEG_MIXTURE_MOST];
} seg_colour_mixture;

/** The mixture of `count` sets; empty ones are left out. Without any pixel it stays as it was. */
void seg_colour_mixture_learn(seg_colour_mixture *mixture, const seg_colour_sums *sums,
                              int32_t count);

/** costs[i] = D of pixel i; `which` (or NULL) gets its component. `planes`: red, green, blue. */
void seg_colour_mixture_costs(float *costs, int32_t *which, const seg_colour_mixture *mixture,
                              const float *const planes[SEG_MIXTURE_COLOURS], int32_t count);

#endif
