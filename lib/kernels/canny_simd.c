/*
 * Canny for the vector units.
 *
 * A band is swept in tiles of columns that stay in the first cache: a few rows of derivatives and
 * magnitudes, then suppression and both thresholds a row behind, down to the end of the band.
 * Even and odd pixels live in separate rows of lanes, so that bytes become lanes by a mask or a
 * shift, neighbours are aligned or one lane off, and masks of even and odd lanes weave into bits
 * in the order of the pixels. Blocks of pixels without a magnitude above the low threshold are
 * left out. No pixel outside a row is ever touched: strips at the ends of rows are copied first.
 */
#include "kernels/canny_vector.h"

#if !defined(V_BYTES)

/* No vectors: the readable twin serves this level too. */
#define seg_canny_kernels_ref SEG_LEVEL_NAME(seg_canny_kernels)
#include "kernels/canny_ref.c"

#else

#include "kernels/canny_blur.h"
#include "kernels/canny_grow.h"
#include "kernels/canny_suppress.h"

#include "kernels/canny_flat.h"

/* Where the rows of a sweep go. */
typedef struct sink {
    const seg_canny_planes *planes; /* or NULL: statistics */
    const uint8_t *ignore;
    ptrdiff_t ignore_stride;
} sink;

static void finish_row(tile *t, const sink *to, int32_t i, int32_t y) {
    const int32_t room = t->plan->width - t->x0;
    const int32_t pixels = room < TILE ? room : TILE;
    if (!to->planes) {
        const uint8_t *ignore = to->ignore;
        count_row(t, i, pixels, ignore ? ignore + (ptrdiff_t)y * to->ignore_stride + t->x0 : NULL);
        return;
    }
    const size_t at = row_at(to->planes, y) + (size_t)t->x0 / 64;
    const output words = {to->planes->weak + at, to->planes->strong + at, (pixels + 63) / 64};
    suppress(t, i, &words);
}

/* Row i of the sweep is row first - 1 + i of the picture; it begins and ends one row outside the
 * band, because maxima need their neighbours. */
static void sweep_tile(tile *t, const sink *to, int32_t first, int32_t end) {
    const int32_t count = end - first + 2;
    const uint8_t *rows[RING + 2];
    t->range = strips_of(t);
    /* Strips that are never written, as far as a word or a neighbour can reach. */
    const int32_t reach = t->range.end + STRIPS_OF_WORD;
    clear_strips(t, 0, t->range.first);
    clear_strips(t, t->range.end, reach < STRIPS ? reach : STRIPS);
    memset(t->mark, 0, sizeof t->mark);
    start_flat(t);
    t->next_smooth = 0;
    int32_t done = 1;
    for (int32_t i = 0; i < count; i += ROWS) {
        if (i % RING == 0) {
            const int32_t batch = count - i < RING ? count - i : RING;
            source_rows(t, rows, first + i - 2, batch + 2);
            find_flat(t, rows, batch);
        }
        const int32_t taken = count - i < ROWS ? count - i : ROWS;
        step(t, rows + i % RING, taken, i);
        if (i == 0 && first == 0) /* magnitudes outside the picture are 0 */
            clear_row(t, 0);
        if (i + taken == count && end == t->plan->height) clear_row(t, count - 1);
        for (; done + 1 < i + taken; done++)
            finish_row(t, to, done, first - 1 + done);
    }
}

/* `all`: every magnitude is wanted, not only those above the low threshold. */
static tile *tile_in(void *work, const seg_canny_plan *plan, bool all) {
    tile *t = work;
    t->plan = plan;
    t->flat_span = all ? -1 : flat_span_of(plan);
    return t;
}

static void classify(const seg_canny_planes *planes, const seg_canny_plan *plan, int32_t first,
                     int32_t end, void *work) {
    tile *t = tile_in(work, plan, false);
    const sink to = {planes, NULL, 0};
    for (t->x0 = 0; t->x0 < plan->width; t->x0 += TILE)
        sweep_tile(t, &to, first, end);
}

static void count(uint64_t *bins, const seg_canny_plan *plan, const uint8_t *ignore,
                  ptrdiff_t ignore_stride, int32_t first, int32_t end, void *work) {
    tile *t = tile_in(work, plan, true);
    const sink to = {NULL, ignore, ignore_stride};
    memset(t->bins, 0, sizeof t->bins);
    for (t->x0 = 0; t->x0 < plan->width; t->x0 += TILE)
        sweep_tile(t, &to, first, end);
    for (int32_t i = 0; i < SEG_CANNY_BINS; i++)
        bins[i] += (uint64_t)t->bins[0][i] + t->bins[1][i] + t->bins[2][i] + t->bins[3][i];
}

static int64_t write_row(uint8_t *row, const uint64_t *words, int32_t width, bool past_cache) {
    int64_t ones = 0;
    int32_t x = 0;
    past_cache = past_cache && (uintptr_t)row % V_BYTES == 0;
    for (; x + 64 <= width; x += 64) {
        const uint64_t word = words[x / 64];
        ones += seg_bits_count(word);
        for (int32_t i = 0; i < 64; i += V_BYTES) {
            const vec bytes = v_spread(word >> i);
            if (past_cache)
                v_stream(row + x + i, bytes);
            else
                v_store(row + x + i, bytes);
        }
    }
    if (x < width) {
        uint8_t rest[64];
        const uint64_t word = words[x / 64];
        ones += seg_bits_count(word);
        for (int32_t i = 0; i < 64; i += V_BYTES)
            v_store(rest + i, v_spread(word >> i));
        memcpy(row + x, rest, (size_t)(width - x));
    }
    return ones;
}

static int64_t write_rows(uint8_t *target, ptrdiff_t stride, const seg_canny_planes *planes,
                          int32_t width, int32_t first, int32_t end, bool past_cache) {
    int64_t ones = 0;
    for (int32_t y = first; y < end; y++)
        ones += write_row(target + (y - first) * stride, planes->strong + row_at(planes, y), width,
                          past_cache);
    if (past_cache) v_stream_end(); /* once, because it waits for memory */
    return ones;
}

const seg_canny_kernels SEG_LEVEL_NAME(seg_canny_kernels) = {classify, count, grow, join,
                                                             write_rows};

#endif
