/* Median kernels for the vector units: sorting networks for sides 3 and 5, a search bit by bit for
 * 8-bit sides up to 15, sliding histograms of columns beyond. */
#include "kernels/median.h"

#include <string.h>

#if defined(SEG_LEVEL_AVX2) || defined(__SSE2__)
#include <immintrin.h>
#endif

#define SEG_WHOLE_ROWS
#define SEG_SAMPLE uint8_t
#define SEG_NAME(name) name##_u8
#include "kernels/median_network.h"

#define SEG_SAMPLE uint16_t
#define SEG_NAME(name) name##_u16
#include "kernels/median_network.h"

#undef SEG_WHOLE_ROWS
#define SEG_SAMPLE float
#define SEG_NAME(name) name##_f32
#include "kernels/median_network.h"

/* The median is the largest value t that at least half of the samples reach: found from the
 * highest bit down, one comparison of the whole window a bit, for many pixels at once. At most 225
 * samples, so bytes count them. */
static void search_plain(uint8_t *out, const uint8_t *const *rows, int32_t side, size_t step,
                         size_t first, size_t count) {
    const size_t edge = (size_t)(side / 2) * step;
    const int32_t needed = side * side / 2 + 1;
    for (size_t i = first; i < count; i++) {
        uint8_t best = 0;
        for (int32_t bit = 128; bit; bit >>= 1) {
            const uint8_t trial = (uint8_t)(best | bit);
            int32_t reaching = 0;
            for (int32_t r = 0; r < side; r++)
                for (int32_t k = 0; k < side; k++)
                    reaching += (rows[r] - edge)[i + (size_t)k * step] >= trial;
            if (reaching >= needed) best = trial;
        }
        out[i] = best;
    }
}

#if defined(SEG_LEVEL_AVX2)
typedef __m256i vec;
#define V(operation) _mm256_##operation
#define V_BITS(operation) _mm256_##operation##_si256
static inline vec load(const void *from) {
    return _mm256_loadu_si256((const __m256i *)from);
}
static inline void store(void *to, vec value) {
    _mm256_storeu_si256((__m256i *)to, value);
}
#define HAVE_VECTORS 1
#elif defined(__SSE2__)
typedef __m128i vec;
#define V(operation) _mm_##operation
#define V_BITS(operation) _mm_##operation##_si128
static inline vec load(const void *from) {
    return _mm_loadu_si128((const __m128i *)from);
}
static inline void store(void *to, vec value) {
    _mm_storeu_si128((__m128i *)to, value);
}
#define HAVE_VECTORS 1
#endif

#ifdef HAVE_VECTORS
static size_t search_vectors(uint8_t *out, const uint8_t *const *rows, int32_t side, size_t step,
                             size_t count) {
    const size_t edge = (size_t)(side / 2) * step;
    const vec needed = V(set1_epi8)((char)(side * side / 2 + 1));
    size_t i = 0;
    for (; i + sizeof(vec) <= count; i += sizeof(vec)) {
        vec best = V_BITS(setzero)();
        for (int32_t bit = 128; bit; bit >>= 1) {
            const vec mask = V(set1_epi8)((char)bit), trial = V_BITS(or)(best, mask);
            vec reaching = V_BITS(setzero)();
            for (int32_t r = 0; r < side; r++) {
                const uint8_t *sample = rows[r] - edge + i;
                for (int32_t k = 0; k < side; k++, sample += step) {
                    const vec value = load(sample);
                    const vec reaches = V(cmpeq_epi8)(V(max_epu8)(value, trial), value);
                    reaching = V(sub_epi8)(reaching, reaches);
                }
            }
            const vec enough = V(cmpeq_epi8)(V(max_epu8)(reaching, needed), reaching);
            best = V_BITS(or)(best, V_BITS(and)(enough, mask));
        }
        store(out + i, best);
    }
    return i;
}
#else
static size_t search_vectors(uint8_t *out, const uint8_t *const *rows, int32_t side, size_t step,
                             size_t count) {
    (void)out, (void)rows, (void)side, (void)step, (void)count;
    return 0;
}
#endif

static void median_u8(uint8_t *out, uint8_t *work, const uint8_t *const *rows, int32_t side,
                      size_t step, size_t count) {
    if (side <= 5) {
        median_network_u8(out, work, rows, side, step, count);
        return;
    }
    const size_t done = search_vectors(out, rows, side, step, count);
    search_plain(out, rows, side, step, done, count);
}

/* ---- large sides: S. Perreault, P. Hebert, "Median filtering in constant time", IEEE Trans. on
 * Image Processing 16(9), 2007 ---- */

/* The window's histogram. Its 16 coarse bins slide with every pixel; a segment of 16 fine bins is
 * brought up to date only when the median falls into it. */
typedef struct sliding {
    uint16_t coarse[16];
    uint16_t fine[16][16];
    size_t end[16]; /* the fine segment holds columns end - side .. end - 1 */
} sliding;

static inline void add_bins(uint16_t *restrict bins, const uint8_t *restrict column) {
    for (int bin = 0; bin < 16; bin++)
        bins[bin] = (uint16_t)(bins[bin] + column[bin]);
}

static inline void replace_bins(uint16_t *restrict bins, const uint8_t *restrict enters,
                                const uint8_t *restrict leaves) {
    for (int bin = 0; bin < 16; bin++)
        bins[bin] = (uint16_t)(bins[bin] + enters[bin] - leaves[bin]);
}

/* Brings the fine segment to the window that starts at column `first`. */
static void update_fine(sliding *window, int32_t segment, const seg_median_columns *columns,
                        size_t first, size_t side) {
    uint16_t *bins = window->fine[segment];
    const size_t from = 16 * (size_t)segment, end = first + side;
    if (end - window->end[segment] >= side / 2) { /* cheaper anew */
        memset(bins, 0, sizeof window->fine[segment]);
        for (size_t column = first; column < end; column++)
            add_bins(bins, columns->fine[column] + from);
    } else {
        for (size_t column = window->end[segment]; column < end; column++)
            replace_bins(bins, columns->fine[column] + from, columns->fine[column - side] + from);
    }
    window->end[segment] = end;
}

static void median_columns_u8(uint8_t *out, const seg_median_columns *columns, int32_t side,
                              size_t step, size_t count) {
    sliding window;
    memset(&window, 0, sizeof window); /* end 0: every segment is made anew first */
    const size_t wide = (size_t)side;
    const uint32_t half = (uint32_t)side * (uint32_t)side / 2;
    for (size_t column = 0; column + 1 < wide; column++)
        add_bins(window.coarse, columns->coarse[column]);
    for (size_t i = 0; i < count; i++) {
        const uint8_t *enters = columns->coarse[i + wide - 1];
        if (i == 0)
            add_bins(window.coarse, enters);
        else
            replace_bins(window.coarse, enters, columns->coarse[i - 1]);
        uint32_t below = 0;
        int32_t segment = 0, bin = 0;
        for (; below + window.coarse[segment] <= half; segment++)
            below += window.coarse[segment];
        if (window.end[segment] != i + wide) update_fine(&window, segment, columns, i, wide);
        for (; below + window.fine[segment][bin] <= half; bin++)
            below += window.fine[segment][bin];
        out[i * step] = (uint8_t)(16 * segment + bin);
    }
}

/* ---- masks ---- */

#ifdef HAVE_VECTORS
static size_t columns_vectors(uint8_t *some, uint8_t *full, const uint8_t *comes,
                              const uint8_t *goes, size_t count) {
    const vec one = V(set1_epi8)(1);
    size_t i = 0;
    for (; i + sizeof(vec) <= count; i += sizeof(vec)) {
        const vec in = load(comes + i), out = goes ? load(goes + i) : V_BITS(setzero)();
        const vec more = V(sub_epi8)(V_BITS(and)(in, one), V_BITS(and)(out, one));
        const vec brighter = V(sub_epi8)(V_BITS(and)(V(srli_epi16)(in, 7), one),
                                         V_BITS(and)(V(srli_epi16)(out, 7), one));
        store(some + i, V(add_epi8)(load(some + i), more));
        store(full + i, V(add_epi8)(load(full + i), brighter));
    }
    return i;
}

static size_t mask_vectors(uint8_t *out, const uint8_t *some, const uint8_t *full, int32_t side,
                           size_t count) {
    const vec needed = V(set1_epi8)((char)(side * side / 2 + 1)), grey = V(set1_epi8)(127);
    size_t i = 0;
    for (; i + sizeof(vec) <= count; i += sizeof(vec)) {
        vec nonzero = load(some + i), bright = load(full + i);
        for (size_t k = 1; k < (size_t)side; k++) {
            nonzero = V(add_epi8)(nonzero, load(some + i + k));
            bright = V(add_epi8)(bright, load(full + i + k));
        }
        const vec marked = V(cmpeq_epi8)(V(max_epu8)(nonzero, needed), nonzero);
        const vec white = V(cmpeq_epi8)(V(max_epu8)(bright, needed), bright);
        store(out + i, V_BITS(or)(V_BITS(and)(marked, grey), white));
    }
    return i;
}
#else
static size_t columns_vectors(uint8_t *some, uint8_t *full, const uint8_t *comes,
                              const uint8_t *goes, size_t count) {
    (void)some, (void)full, (void)comes, (void)goes, (void)count;
    return 0;
}

static size_t mask_vectors(uint8_t *out, const uint8_t *some, const uint8_t *full, int32_t side,
                           size_t count) {
    (void)out, (void)some, (void)full, (void)side, (void)count;
    return 0;
}
#endif

static void mask_columns(uint8_t *some, uint8_t *full, const uint8_t *comes, const uint8_t *goes,
                         size_t count) {
    const size_t done = columns_vectors(some, full, comes, goes, count);
    seg_median_kernels_ref.mask_columns(some + done, full + done, comes + done,
                                        goes ? goes + done : NULL, count - done);
}

static void median_mask(uint8_t *out, const uint8_t *some, const uint8_t *full, int32_t side,
                        size_t count) {
    const size_t done = mask_vectors(out, some, full, side, count);
    seg_median_kernels_ref.median_mask(out + done, some + done, full + done, side, count - done);
}

const seg_median_kernels SEG_LEVEL_NAME(seg_median_kernels) = {
    .median_u8 = median_u8,
    .median_u16 = median_network_u16,
    .median_f32 = median_network_f32,
    .median_whole_u8 = median_whole_u8,
    .median_whole_u16 = median_whole_u16,
    .median_columns_u8 = median_columns_u8,
    .mask_columns = mask_columns,
    .median_mask = median_mask,
};
