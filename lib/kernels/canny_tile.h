/* A tile of the Canny sweep: its buffers, and the rows it reads. Only for canny_simd.c. */
#ifndef SEG_KERNELS_CANNY_TILE_H
#define SEG_KERNELS_CANNY_TILE_H

#include "kernels/bits.h"
#include "kernels/canny.h"
#include "kernels/canny_vector.h"

/** Pixels in a row of a tile, a multiple of 64. */
#define TILE 4096
/** Rows that are worked on at once: derivatives stay in registers from one to the next. */
#define ROWS 4
/** Vectors of pixels in a row: the tile's, and one on either side. */
#define STRIPS (TILE / V_BYTES + 2)
#define STRIPS_OF_WORD (64 / V_BYTES)
/** Bytes for a mark of each strip, whole words. */
#define MARKS ((STRIPS + 7) / 8 * 8)
/** Even (or odd) pixels of these. */
#define LANES (STRIPS * V_BYTES / 2)
/** Magnitudes and slopes are kept of this many rows, row i of the sweep at i % RING. */
#define RING (2 * ROWS)
/** Pixels of a row of the blurred picture: the strips, and room for whole vectors around. */
#define SMOOTH (TILE + 4 * V_BYTES)
/** Blurred rows that are kept: a batch (RING rows) and the two before it, at least. */
#define SMOOTH_ROWS (RING + ROWS)

/* The strips of the tile that hold pixels, and those of them that can be read in place. */
typedef struct strip_range {
    int32_t first, end, inner_first, inner_end;
} strip_range;

/* Rows of the picture that will be read next, from pixel `first` up to `end`, and how far they have
 * been asked for. */
typedef struct rows_ahead {
    const uint8_t *rows[RING];
    int32_t first, end, row, x;
} rows_ahead;

typedef struct tile {
    /* |dx| of even and of odd pixels, negative where dx and dy have different signs; or, for
     * dx^2 + dy^2, dx of even and of odd pixels and dy of even and of odd pixels. */
    _Alignas(64) int16_t slope[RING][4][LANES];
    /* |dx| + |dy| of even and of odd pixels, or the rank of dx^2 + dy^2. */
    _Alignas(64) int16_t magnitude[RING][2][LANES];
    /* 1 where a strip has a magnitude above low, row i at i % RING. */
    _Alignas(64) uint8_t mark[RING][MARKS];
    /* Copies of the ends of rows with what lies beyond. */
    _Alignas(64) uint8_t edge[ROWS + 2][2 * V_BYTES];
    /* Sums over columns for the blur in two bytes, and the blurred rows: row y at
     * y % SMOOTH_ROWS, pixel x at x - x0 + 2 * V_BYTES. */
    _Alignas(64) uint8_t sums[2][ROWS][SMOOTH];
    _Alignas(64) uint8_t smooth[SMOOTH_ROWS][SMOOTH];
    _Alignas(64) uint8_t narrow[ROWS + 4][V_BYTES]; /* rows that are shorter than a vector */
    /* Extremes of the columns of a batch, laid out like `smooth`; strips where they are close; and
     * for either half of the ring whether a strip's magnitudes are those of no slope anyway. */
    _Alignas(64) uint8_t most[SMOOTH], least[SMOOTH];
    uint8_t flat[MARKS], cleared[2][MARKS];
    uint32_t bins[4][SEG_CANNY_BINS];

    const seg_canny_plan *plan;
    int32_t x0;          /* first pixel */
    int32_t next_smooth; /* first row that is not blurred yet */
    int32_t flat_span;   /* of strips without magnitudes above low, -1: all are wanted */
    int32_t patience;    /* batches in which flat strips are not looked for */
    strip_range range;
    rows_ahead ahead;
} tile;

_Static_assert(sizeof(tile) <= SEG_CANNY_TILE_WORK, "a tile needs more work memory");

static inline int32_t clamped(int32_t value, int32_t low, int32_t high) {
    return value < low ? low : value > high ? high : value;
}

/* Copies pixels x-1 .. x+V_BYTES of a row, its ends repeated beyond. */
static void copy_edge(uint8_t *target, const uint8_t *row, int32_t x, int32_t width) {
    const int32_t first = x - 1 < 0 ? 0 : x - 1;
    const int32_t end = x + V_BYTES + 1 > width ? width : x + V_BYTES + 1;
    const int32_t before = first - (x - 1);
    memset(target, row[0], (size_t)before);
    memcpy(target + before, row + first, (size_t)(end - first));
    memset(target + before + (end - first), row[width - 1],
           (size_t)(V_BYTES + 2 - before - (end - first)));
}

#endif
