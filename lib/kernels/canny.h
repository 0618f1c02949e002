/*
 * The stages of Canny on 8-bit pictures, a band of rows at a time. Between the stages live two
 * bit planes, 64 pixels a word (pixel x in bit x % 64 of word x / 64, bits beyond the width 0):
 * `weak` holds the local maxima of the gradient above the low threshold, `strong` those above the
 * high one. Classification fills them, growing extends `strong` to all of `weak` that hangs on
 * it, writing turns `strong` into bytes.
 */
#ifndef SEG_KERNELS_CANNY_H
#define SEG_KERNELS_CANNY_H

#include "kernels/level.h"

#include <stdbool.h>

/** Rows of a band: all parallel work is cut here, so that threads never share a word. */
#define SEG_CANNY_BAND 64
/** Counters of a gradient histogram: one for each magnitude from 0 to 2040, rounded up. */
#define SEG_CANNY_BINS 2048

/** Work memory of the fast levels, whatever the width. */
#define SEG_CANNY_TILE_WORK (512 * 1024)

/** What to do with a picture. */
typedef struct seg_canny_plan {
    const uint8_t *data; /**< row 0 */
    ptrdiff_t stride;    /**< bytes between rows */
    int32_t width, height;
    bool blur;       /**< blur 5x5 first: separable `taps`, rounded once, reflect-101 */
    uint8_t taps[3]; /**< at distance 0, 1, 2; seg_canny_taps_fit */
    bool squared;    /**< magnitude dx^2 + dy^2 instead of |dx| + |dy| */
    int32_t low;     /**< weak lies above; >= 0, low <= high */
    int32_t high;    /**< strong lies above */
} seg_canny_plan;

/** The planes of a picture, and room for the pixels that are still to be followed. */
typedef struct seg_canny_planes {
    uint64_t *weak, *strong; /**< rows * words, and one word of 0 in front of row 0 */
    int32_t words;           /**< of a row: seg_canny_words; those without pixels are 0, and the
                                  last one is never written */
    int32_t rows;
    const uint64_t *blank; /**< a row of zeros, with one more in front */
    uint64_t *queued;      /**< a bit for each word of a plane; all 0 between calls */
    uint32_t *queue;       /**< room for each word of a plane */
} seg_canny_planes;

typedef struct seg_canny_kernels {
    /**
     * Sobel 3x3 (border replicated, after the blur), magnitude (0 outside the picture), local
     * maxima and both thresholds for the rows first .. end-1. `work`: seg_canny_work_size bytes,
     * 64-byte aligned.
     */
    void (*classify)(const seg_canny_planes *planes, const seg_canny_plan *plan, int32_t first,
                     int32_t end, void *work);
    /**
     * Adds the magnitudes (the root of dx^2 + dy^2, rounded up, if squared) of rows first ..
     * end-1 to bins[SEG_CANNY_BINS], leaving out pixels where `ignore` (rows of `ignore_stride`
     * bytes, row 0 first, or NULL) is not 0.
     */
    void (*count)(uint64_t *bins, const seg_canny_plan *plan, const uint8_t *ignore,
                  ptrdiff_t ignore_stride, int32_t first, int32_t end, void *work);
    /** Extends strong to everything in weak that is 8-connected to it within the rows first ..
     *  end-1; first is a multiple of SEG_CANNY_BAND, so that bands can grow at once. */
    void (*grow)(const seg_canny_planes *planes, int32_t first, int32_t end);
    /** Given that the rows above and below are grown, each for itself: makes the planes grown
     *  across the edge between row `y`-1 and row `y`, however far that goes. */
    void (*join)(const seg_canny_planes *planes, int32_t y);
    /** Writes rows first .. end-1 of strong as bytes, 255 for ones, 0 for zeros, to `target` (the
     *  first of them, rows of `stride` bytes); `past_cache`: they will not be read soon. Returns
     *  the number of ones. */
    int64_t (*write)(uint8_t *target, ptrdiff_t stride, const seg_canny_planes *planes,
                     int32_t width, int32_t first, int32_t end, bool past_cache);
} seg_canny_kernels;

SEG_KERNELS_DECLARE(canny);

/** Words of a row of a plane: those of the pixels rounded up to whole vectors, and one more, so
 *  that neighbours can be looked at freely. */
static inline int32_t seg_canny_words(int32_t width) {
    return (int32_t)(((int64_t)width + 255) / 256) * 4 + 1;
}

/** Bytes of work memory that classify and count need for a picture of that width. */
size_t seg_canny_work_size(int32_t width);

/** True if these taps (at distance 0, 1, 2; [0] + 2 [1] + 2 [2] = 256) can be summed in pairs of
 *  signed 16 bits, as all levels need it. */
bool seg_canny_taps_fit(const int32_t taps[3]);

#endif
