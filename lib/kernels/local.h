/*
 * Row kernels of local thresholds: sums over square windows that slide down the picture, and how
 * far each pixel lies above the threshold of its window.
 *
 * A window's sums are kept as sums of columns: `slide` moves all columns down by a row, `window`
 * adds `side` neighbouring columns for every pixel. All sums are integers and exact.
 */
#ifndef SEG_KERNELS_LOCAL_H
#define SEG_KERNELS_LOCAL_H

#include "kernels/level.h"

/** Largest side whose sums of 8-bit columns fit 16 bits, of squares 32 bits, and of samples the
 *  integers of a float. */
#define SEG_LOCAL_NARROW_SIDE 255
/** Largest side whose sums of 8-bit windows fit 16 bits. */
#define SEG_LOCAL_SMALL_SIDE 15
/** Largest side whose sums of 16-bit squares fit the integers of a double. */
#define SEG_LOCAL_WIDE_SIDE 1023

/**
 * The threshold of a window with n samples of sum S and sum of squares Q, as n T:
 *     n T = n floor + (S - n floor) (linear + product root) + slope root
 *     root = sqrt(n Q - S^2 + energy S^2)
 * where n Q - S^2 is n^2 times the variance.
 */
typedef struct seg_local_formula {
    int32_t n;     /* odd side squared */
    int32_t floor; /* a sample value not above any sample */
    double linear, product, slope, energy;
} seg_local_formula;

typedef struct seg_local_kernels {
    /** sums += enter - leave, squares += enter^2 - leave^2. */
    void (*slide_u8)(uint16_t *sums, uint32_t *squares, const uint8_t *enter, const uint8_t *leave,
                     size_t count);
    void (*slide_u16)(uint32_t *sums, uint64_t *squares, const uint16_t *enter,
                      const uint16_t *leave, size_t count);
    /** The same without squares. */
    void (*slide_sums_u8)(uint16_t *sums, const uint8_t *enter, const uint8_t *leave, size_t count);
    void (*slide_sums_u16)(uint32_t *sums, const uint16_t *enter, const uint16_t *leave,
                           size_t count);
    /** out[x] = columns[x] + ... + columns[x + side - 1], from count + side - 1 columns. */
    void (*window_u16)(uint32_t *out, const uint16_t *columns, size_t count, size_t side);
    void (*window_u32)(uint32_t *out, const uint32_t *columns, size_t count, size_t side);
    void (*window_u32_wide)(uint64_t *out, const uint32_t *columns, size_t count, size_t side);
    void (*window_u64)(uint64_t *out, const uint64_t *columns, size_t count, size_t side);

    /** excess = n (value - T), in float (narrow) or double (wide) from exact sums. */
    void (*contrast_narrow)(float *excess, const uint8_t *grey, const uint32_t *sums,
                            const uint32_t *squares, size_t count,
                            const seg_local_formula *formula);
    void (*contrast_wide)(float *excess, const uint16_t *grey, const uint64_t *sums,
                          const uint64_t *squares, size_t count, const seg_local_formula *formula);
    /** excess = 2 n value + slack - 2 S; narrow: |slack| < 2^26. */
    void (*mean_narrow)(float *excess, const uint8_t *grey, const uint32_t *sums, size_t count,
                        int32_t n, int32_t slack);
    void (*mean_wide)(float *excess, const uint16_t *grey, const uint64_t *sums, size_t count,
                      int32_t n, double slack);

    /** mask = value > T ? inside : 255 - inside, for formulas without slope and energy whose
     * product is not negative: squares are compared, no root is taken. */
    void (*mask_share_narrow)(uint8_t *mask, const uint8_t *grey, const uint32_t *sums,
                              const uint32_t *squares, size_t count,
                              const seg_local_formula *formula, uint8_t inside);
    /** mask = 2 n value + slack > 2 S ? inside : 255 - inside. */
    void (*mask_mean_narrow)(uint8_t *mask, const uint8_t *grey, const uint32_t *sums, size_t count,
                             int32_t n, int32_t slack, uint8_t inside);
    /** The same from columns, as window_u16 takes them; an odd slack, sides up to
     *  SEG_LOCAL_SMALL_SIDE. */
    void (*mask_mean_small)(uint8_t *mask, const uint8_t *grey, const uint16_t *columns,
                            size_t count, size_t side, int32_t slack, uint8_t inside);

    /** Symmetric filters, the centre first, then pairs from the inside out:
     *  out = taps[0] rows[radius] + taps[1] (rows[radius - 1] + rows[radius + 1]) + ... */
    void (*filter_down)(float *out, const float *const *rows, const float *taps, int32_t radius,
                        size_t count);
    /** The same along a row of count + 2 radius samples. */
    void (*filter_across)(float *out, const float *row, const float *taps, int32_t radius,
                          size_t count);
    /** excess = value + level - mean, the mean (8-bit units, less than 2^21) rounded to an integer,
     *  halves to even. */
    void (*above_rounded)(float *excess, const float *value, const float *mean, float level,
                          size_t count);

    /** mask = excess > 0 ? inside : 255 - inside. */
    void (*mask_of)(uint8_t *mask, const float *excess, size_t count, uint8_t inside);
} seg_local_kernels;

SEG_KERNELS_DECLARE(local);

#endif
