/* Temporal row kernels for the vector units. The simple ones are plain loops in same-width
 * arithmetic, which the compiler turns into vector code; the model step is written by hand, in
 * words of 16 bits throughout, so that one source serves both vector widths. */
#include "kernels/temporal.h"

#include <stdbool.h>
#include <stddef.h>

#if defined(SEG_LEVEL_AVX2) || defined(__SSE2__)
#include <immintrin.h>
#endif

#define SAMPLE uint8_t
#define NAMED(name) name##_u8
#include "kernels/temporal_rows.h"
#undef SAMPLE
#undef NAMED
#define SAMPLE uint16_t
#define NAMED(name) name##_u16
#include "kernels/temporal_rows.h"

static inline void step_pixel(const seg_model_row *row, int32_t x) {
    const bool out = row->left_out && row->left_out[x];
    const uint16_t value = row->value ? row->value[x] : (uint16_t)(row->value_u8[x] * 257);
    const uint16_t model = row->model[x];
    const bool up = value >= model;
    const uint16_t difference = (uint16_t)(up ? value - model : model - value);
    const bool foreground = difference > (row->levels ? row->levels[x] : row->level);
    row->mask[x] = (uint8_t)(foreground && !out ? 255 : 0);
    if (row->score) row->score[x] = out ? 0 : difference;
    const uint32_t rate = foreground ? row->rate_foreground : row->rate_background;
    if (rate == 0 || out || (row->held && row->held[x])) return;
    const uint16_t dither = (uint16_t)(row->pattern[x] + row->dither_offset);
    const uint32_t step = (difference * rate + dither) >> 16;
    row->model[x] = (uint16_t)(up ? model + step : model - step);
}

#if defined(SEG_LEVEL_AVX2) || defined(__SSE2__)

#if defined(SEG_LEVEL_AVX2)

typedef __m256i words;
#define LANES 16
#define OP(name) _mm256_##name
#define BITS(name) _mm256_##name##_si256

/* Bytes to words. */
static inline words widen(const uint8_t *p) {
    return _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)p));
}

/* Words of 0 or -1 to bytes. */
static inline void store_mask(uint8_t *p, words w) {
    _mm_storeu_si128((__m128i *)p,
                     _mm_packs_epi16(_mm256_castsi256_si128(w), _mm256_extracti128_si256(w, 1)));
}

#else

typedef __m128i words;
#define LANES 8
#define OP(name) _mm_##name
#define BITS(name) _mm_##name##_si128

static inline words widen(const uint8_t *p) {
    return _mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i *)p), _mm_setzero_si128());
}

static inline void store_mask(uint8_t *p, words w) {
    _mm_storel_epi64((__m128i *)p, _mm_packs_epi16(w, w));
}

#endif

static inline words load(const void *p) {
    return BITS(loadu)((const words *)p);
}

static inline void store(void *p, words w) {
    BITS(storeu)((words *)p, w);
}

/* The extremes of two vectors of each row stay in registers while the rows go by. */
static int32_t range_blocks_u8(uint8_t *out, const uint8_t *const *rows, int32_t count,
                               int32_t width) {
    int32_t x = 0;
    for (; x + 4 * LANES <= width; x += 4 * LANES) {
        words low0 = load(rows[0] + x), low1 = load(rows[0] + x + 2 * LANES);
        words high0 = low0, high1 = low1;
        for (int32_t i = 1; i < count; i++) {
            const words a = load(rows[i] + x), b = load(rows[i] + x + 2 * LANES);
            low0 = OP(min_epu8)(low0, a);
            low1 = OP(min_epu8)(low1, b);
            high0 = OP(max_epu8)(high0, a);
            high1 = OP(max_epu8)(high1, b);
        }
        store(out + x, OP(sub_epi8)(high0, low0));
        store(out + x + 2 * LANES, OP(sub_epi8)(high1, low1));
    }
    return x;
}

/* a + what b has more; SSE2 has no maximum of unsigned words. */
static inline words larger(words a, words b) {
    return OP(add_epi16)(a, OP(subs_epu16)(b, a));
}

static inline words lesser(words a, words b) {
    return OP(sub_epi16)(a, OP(subs_epu16)(a, b));
}

static int32_t range_blocks_u16(uint16_t *out, const uint16_t *const *rows, int32_t count,
                                int32_t width) {
    int32_t x = 0;
    for (; x + 2 * LANES <= width; x += 2 * LANES) {
        words low0 = load(rows[0] + x), low1 = load(rows[0] + x + LANES);
        words high0 = low0, high1 = low1;
        for (int32_t i = 1; i < count; i++) {
            const words a = load(rows[i] + x), b = load(rows[i] + x + LANES);
            low0 = lesser(low0, a);
            low1 = lesser(low1, b);
            high0 = larger(high0, a);
            high1 = larger(high1, b);
        }
        store(out + x, OP(sub_epi16)(high0, low0));
        store(out + x + LANES, OP(sub_epi16)(high1, low1));
    }
    return x;
}

/* All ones where a == 0. */
static inline words is_zero(words a) {
    return OP(cmpeq_epi16)(a, BITS(setzero)());
}

/* All ones where the byte is 0. */
static inline words clear_bytes(const uint8_t *p) {
    return is_zero(widen(p));
}

/* What is the same for the whole row. */
typedef struct row_constants {
    words level, rate_background, rate_change, offset;
} row_constants;

/* LANES pixels from x on; `learn` and `masks` (there are some, or levels) are constants where it is
 * inlined. */
static inline void step_block(const seg_model_row *row, const row_constants *c, int32_t x,
                              bool learn, bool masks) {
    words value;
    if (row->value) {
        value = load(row->value + x);
    } else {
        const words narrow = widen(row->value_u8 + x);
        value = BITS(or)(narrow, OP(slli_epi16)(narrow, 8));
    }
    const words model = load(row->model + x);
    const words more = OP(subs_epu16)(value, model), less = OP(subs_epu16)(model, value);
    const words difference = BITS(or)(more, less);
    const words level = masks && row->levels ? load(row->levels + x) : c->level;
    words background = is_zero(OP(subs_epu16)(difference, level));
    words shown = difference, learnt = OP(set1_epi16)(-1);
    if (masks && row->left_out) {
        const words in = clear_bytes(row->left_out + x);
        background = BITS(or)(background, is_zero(in));
        shown = BITS(and)(shown, in);
        learnt = in;
    }
    if (masks && row->held) learnt = BITS(and)(learnt, clear_bytes(row->held + x));
    const words foreground = is_zero(background);
    store_mask(row->mask + x, foreground);
    if (row->score) store(row->score + x, shown);
    if (!learn) return;
    words rate = BITS(xor)(c->rate_background, BITS(and)(foreground, c->rate_change));
    if (masks) rate = BITS(and)(rate, learnt);
    const words dither = OP(add_epi16)(load(row->pattern + x), c->offset);
    const words low = OP(add_epi16)(OP(mullo_epi16)(difference, rate), dither);
    /* the low half has carried where it is now below what was added */
    const words no_carry = is_zero(OP(subs_epu16)(dither, low));
    const words step = OP(add_epi16)(OP(add_epi16)(OP(mulhi_epu16)(difference, rate), no_carry),
                                     OP(set1_epi16)(1));
    const words up = is_zero(less);
    const words sign = is_zero(up);
    store(row->model + x, OP(add_epi16)(model, OP(sub_epi16)(BITS(xor)(step, sign), sign)));
}

static int32_t step_blocks(const seg_model_row *row) {
    const row_constants c = {
        OP(set1_epi16)((short)row->level),
        OP(set1_epi16)((short)row->rate_background),
        OP(set1_epi16)((short)(row->rate_background ^ row->rate_foreground)),
        OP(set1_epi16)((short)row->dither_offset),
    };
    const bool learn = row->rate_background || row->rate_foreground;
    int32_t x = 0;
    if (row->left_out || row->held || row->levels) {
        for (; x + LANES <= row->width; x += LANES)
            step_block(row, &c, x, learn, true);
    } else if (learn) {
        for (; x + LANES <= row->width; x += LANES)
            step_block(row, &c, x, true, false);
    } else {
        for (; x + LANES <= row->width; x += LANES)
            step_block(row, &c, x, false, false);
    }
    return x;
}

#else

static int32_t range_blocks_u8(uint8_t *out, const uint8_t *const *rows, int32_t count,
                               int32_t width) {
    (void)out, (void)rows, (void)count, (void)width;
    return 0;
}

static int32_t range_blocks_u16(uint16_t *out, const uint16_t *const *rows, int32_t count,
                                int32_t width) {
    (void)out, (void)rows, (void)count, (void)width;
    return 0;
}

static int32_t step_blocks(const seg_model_row *row) {
    (void)row;
    return 0;
}

#endif

static void range_u8(uint8_t *out, const uint8_t *const *rows, int32_t count, int32_t width) {
    range_tail_u8(out, rows, count, range_blocks_u8(out, rows, count, width), width);
}

static void range_u16(uint16_t *out, const uint16_t *const *rows, int32_t count, int32_t width) {
    range_tail_u16(out, rows, count, range_blocks_u16(out, rows, count, width), width);
}

#if defined(SEG_LEVEL_AVX2)

/* Pixels of three channels, sixteen in each half: byte i of channel c is byte 3 i + c of 48. */
static inline __m256i gather_colour(const __m256i part[3], const __m256i places[3]) {
    return _mm256_or_si256(_mm256_shuffle_epi8(part[0], places[0]),
                           _mm256_or_si256(_mm256_shuffle_epi8(part[1], places[1]),
                                           _mm256_shuffle_epi8(part[2], places[2])));
}

/* Where the bytes of each colour are in each third of 48; -1 = in another one. */
static const int8_t colour_places[3][3][16] = {
    {{0, 3, 6, 9, 12, 15, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
     {-1, -1, -1, -1, -1, -1, 2, 5, 8, 11, 14, -1, -1, -1, -1, -1},
     {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1, 4, 7, 10, 13}},
    {{1, 4, 7, 10, 13, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
     {-1, -1, -1, -1, -1, 0, 3, 6, 9, 12, 15, -1, -1, -1, -1, -1},
     {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 2, 5, 8, 11, 14}},
    {{2, 5, 8, 11, 14, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
     {-1, -1, -1, -1, -1, 1, 4, 7, 10, 13, -1, -1, -1, -1, -1, -1},
     {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 3, 6, 9, 12, 15}}};

static int32_t split_blocks(uint8_t *const out[3], const uint8_t *in, int32_t width) {
    __m256i places[3][3];
    for (int c = 0; c < 3; c++)
        for (int i = 0; i < 3; i++)
            places[c][i] = _mm256_broadcastsi128_si256(
                _mm_loadu_si128((const __m128i *)(const void *)colour_places[c][i]));
    int32_t x = 0;
    for (; x + 32 <= width; x += 32, in += 96) {
        const __m128i *const from = (const __m128i *)(const void *)in;
        __m256i part[3];
        for (int i = 0; i < 3; i++)
            part[i] = _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(from + i)),
                                              _mm_loadu_si128(from + 3 + i), 1);
        for (int c = 0; c < 3; c++)
            store(out[c] + x, gather_colour(part, places[c]));
    }
    return x;
}

#else

static int32_t split_blocks(uint8_t *const out[3], const uint8_t *in, int32_t width) {
    (void)out, (void)in, (void)width;
    return 0;
}

#endif

static void split_u8(uint8_t *const out[3], const uint8_t *in, int32_t width, int32_t channels) {
    for (int32_t x = channels == 3 ? split_blocks(out, in, width) : 0; x < width; x++)
        for (int32_t c = 0; c < 3; c++)
            out[c][x] = in[(size_t)x * (size_t)channels + (size_t)c];
}

static void model_step(const seg_model_row *row) {
    for (int32_t x = step_blocks(row); x < row->width; x++)
        step_pixel(row, x);
}

const seg_temporal_kernels SEG_LEVEL_NAME(seg_temporal_kernels) = {
    .difference_u8 = difference_u8,
    .difference_u16 = difference_u16,
    .middle_u8 = middle_u8,
    .middle_u16 = middle_u16,
    .range_u8 = range_u8,
    .range_u16 = range_u16,
    .above_u8 = above_u8,
    .above_u16 = above_u16,
    .leave_out_u8 = leave_out_u8,
    .leave_out_u16 = leave_out_u16,
    .split_u8 = split_u8,
    .model_step = model_step,
};
