/* Consensus kernels for AVX2: a block of 32 pixels in one vector of bytes. */
#include "kernels/consensus.h"
#include "kernels/prefetch.h"

#if defined(SEG_LEVEL_AVX2)
#include <immintrin.h>
#include <stdbool.h>

#define BLOCK SEG_CONSENSUS_BLOCK

typedef __m256i bytes;

static inline bytes load(const void *p) {
    return _mm256_loadu_si256((const bytes *)p);
}

static inline void store(void *p, bytes v) {
    _mm256_storeu_si256((bytes *)p, v);
}

static inline bytes all(int value) {
    return _mm256_set1_epi8((char)value);
}

static inline bytes difference(bytes a, bytes b) {
    return _mm256_or_si256(_mm256_subs_epu8(a, b), _mm256_subs_epu8(b, a));
}

/* a <= b, unsigned */
static inline bytes at_most(bytes a, bytes b) {
    return _mm256_cmpeq_epi8(_mm256_min_epu8(a, b), a);
}

static inline bool any(bytes mask) {
    return !_mm256_testz_si256(mask, mask);
}

/* a / 2, rounded down */
static inline bytes half(bytes a) {
    return _mm256_and_si256(_mm256_srli_epi16(a, 1), all(127));
}

static inline void agree_block(const seg_consensus_row *row, int32_t block, int32_t colours) {
    const size_t x = (size_t)block * BLOCK;
    const uint8_t *sample = row->samples + x * (size_t)(row->sample_count * colours);
    bytes value[3], agreeing = _mm256_setzero_si256(), nearest = all(255), open = all(255);
    for (int32_t c = 0; c < colours; c++)
        value[c] = load(row->value[c] + x);
    const bytes limit = load(row->limit + x), needed = all(row->needed);
    for (int32_t i = 0; i < row->sample_count; i++, sample += (size_t)colours * BLOCK) {
        bytes distance = difference(value[0], load(sample));
        for (int32_t c = 1; c < colours; c++)
            distance = _mm256_adds_epu8(distance, difference(value[c], load(sample + c * BLOCK)));
        /* what is decided is infinitely far */
        nearest =
            _mm256_min_epu8(nearest, _mm256_or_si256(distance, _mm256_xor_si256(open, all(255))));
        const bytes agrees = _mm256_and_si256(open, at_most(distance, limit));
        agreeing = _mm256_sub_epi8(agreeing, agrees);
        open = _mm256_cmpgt_epi8(needed, agreeing);
        if (!any(open)) break;
    }
    store(row->agreeing + x, agreeing);
    store(row->nearest + x, nearest);
}

static void agree(const seg_consensus_row *row) {
    if (row->colours == 1)
        for (int32_t block = 0; block < row->blocks; block++)
            agree_block(row, block, 1);
    else
        for (int32_t block = 0; block < row->blocks; block++)
            agree_block(row, block, 3);
}

/* ---- texture ---- */

/* As seg_texture_places; here, for the compiler to see. */
static const int8_t places[16][2] = {
    {-2, -2}, {0, -2}, {2, -2}, {-1, -1}, {0, -1}, {1, -1}, {-2, 0}, {-1, 0},
    {1, 0},   {2, 0},  {-1, 1}, {0, 1},   {1, 1},  {-2, 2}, {0, 2},  {2, 2},
};

/* seg_texture_contrast of each byte. */
static inline bytes contrast_of(int32_t contrast, bytes value) {
    const bytes zero = _mm256_setzero_si256(), share = _mm256_set1_epi16((short)contrast);
    const bytes round = _mm256_set1_epi16(128);
    const bytes low = _mm256_mullo_epi16(_mm256_unpacklo_epi8(value, zero), share);
    const bytes high = _mm256_mullo_epi16(_mm256_unpackhi_epi8(value, zero), share);
    return _mm256_packus_epi16(_mm256_srli_epi16(_mm256_add_epi16(low, round), 8),
                               _mm256_srli_epi16(_mm256_add_epi16(high, round), 8));
}

/* Eight bits of the texture at x: of neighbours first .. first + 7. */
static inline bytes texture_byte(const uint8_t *const *around, size_t x, int first, bytes low,
                                 bytes high) {
    bytes bits = _mm256_setzero_si256();
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) {
        const uint8_t *row = around[2 + places[first + i][1]];
        const bytes neighbour = load(row + x + places[first + i][0]);
        /* what is within the bounds is as it was after being clamped to them */
        const bytes clamped = _mm256_min_epu8(_mm256_max_epu8(neighbour, low), high);
        const bytes within = _mm256_cmpeq_epi8(clamped, neighbour);
        bits = _mm256_or_si256(bits, _mm256_andnot_si256(within, all(1 << i)));
    }
    return bits;
}

static void texture(uint8_t *low, uint8_t *high, const uint8_t *const around[5], int32_t contrast,
                    int32_t blocks) {
    for (size_t x = 0; x < (size_t)blocks * BLOCK; x += BLOCK) {
        const bytes value = load(around[2] + x), reach = contrast_of(contrast, value);
        const bytes least = _mm256_subs_epu8(value, reach), most = _mm256_adds_epu8(value, reach);
        store(low + x, texture_byte(around, x, 0, least, most));
        store(high + x, texture_byte(around, x, 8, least, most));
    }
}

static inline bytes ones(bytes v) {
    const bytes table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2,
                                         1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const bytes low = _mm256_and_si256(v, all(15));
    const bytes high = _mm256_and_si256(_mm256_srli_epi16(v, 4), all(15));
    return _mm256_add_epi8(_mm256_shuffle_epi8(table, low), _mm256_shuffle_epi8(table, high));
}

/* What of a block stays while its samples go by. */
typedef struct textured {
    bytes value[9], limit, texture_limit;
    bytes agreeing, nearest, nearest_texture, open;
} textured;

/* One sample against the pixels that are left. */
static inline void compare(const seg_consensus_row *row, textured *b, size_t x,
                           const uint8_t *sample, int32_t colours) {
    bytes away[3], pass = b->open;
    for (int32_t c = 0; c < colours; c++) {
        away[c] = difference(b->value[c], load(sample + c * BLOCK));
        pass = _mm256_and_si256(pass, at_most(away[c], b->limit));
    }
    if (!any(pass)) return;
    bytes distance = _mm256_setzero_si256(), texture_sum = distance;
    for (int32_t c = 0; c < colours; c++) {
        const int32_t low = colours + 2 * c;
        const bytes value = load(sample + c * BLOCK);
        const bytes their_low = load(sample + low * BLOCK);
        const bytes their_high = load(sample + (low + 1) * BLOCK);
        const bytes reach = contrast_of(row->contrast, value);
        const bytes least = _mm256_subs_epu8(value, reach), most = _mm256_adds_epu8(value, reach);
        const bytes seen_low = texture_byte(row->around[c], x, 0, least, most);
        const bytes seen_high = texture_byte(row->around[c], x, 8, least, most);
        const bytes own = _mm256_add_epi8(ones(_mm256_xor_si256(b->value[low], their_low)),
                                          ones(_mm256_xor_si256(b->value[low + 1], their_high)));
        const bytes seen = _mm256_add_epi8(ones(_mm256_xor_si256(seen_low, their_low)),
                                           ones(_mm256_xor_si256(seen_high, their_high)));
        const bytes t = half(_mm256_add_epi8(own, seen));
        /* t / 2 * 15 is at most 120 */
        const bytes u = half(t), u15 = _mm256_sub_epi8(_mm256_slli_epi16(u, 4), u);
        const bytes s = _mm256_adds_epu8(away[c], u15);
        pass = _mm256_and_si256(pass, at_most(s, b->limit));
        distance = _mm256_adds_epu8(distance, half(s));
        texture_sum = _mm256_add_epi8(texture_sum, t);
    }
    pass = _mm256_and_si256(pass, at_most(distance, b->limit));
    pass = _mm256_and_si256(pass, at_most(texture_sum, b->texture_limit));
    const bytes fail = _mm256_xor_si256(pass, all(255));
    b->nearest = _mm256_min_epu8(b->nearest, _mm256_or_si256(distance, fail));
    b->nearest_texture = _mm256_min_epu8(b->nearest_texture, _mm256_or_si256(texture_sum, fail));
    b->agreeing = _mm256_sub_epi8(b->agreeing, pass);
    b->open = _mm256_and_si256(b->open, _mm256_cmpgt_epi8(all(row->needed), b->agreeing));
}

static inline void textured_block(const seg_consensus_row *row, int32_t block, int32_t colours) {
    const size_t x = (size_t)block * BLOCK, step = (size_t)(3 * colours) * BLOCK;
    const uint8_t *sample = row->samples + (size_t)block * step * (size_t)row->sample_count;
    /* of the next block, which no machine foresees */
    seg_prefetch(sample + step * (size_t)row->sample_count, (size_t)row->needed * step);
    textured b;
    b.limit = load(row->limit + x);
    b.texture_limit = load(row->texture_limit + x);
    b.agreeing = _mm256_setzero_si256();
    b.nearest = b.nearest_texture = all(255);
    b.open = row->wanted ? load(row->wanted + x) : all(255);
    for (int32_t p = 0; p < 3 * colours; p++)
        b.value[p] = load(row->value[p] + x);
    for (int32_t i = 0; i < row->sample_count && any(b.open); i++, sample += step) {
        seg_prefetch(sample + 2 * step, step);
        compare(row, &b, x, sample, colours);
    }
    store(row->agreeing + x, b.agreeing);
    store(row->nearest + x, b.nearest);
    store(row->nearest_texture + x, b.nearest_texture);
}

static void agree_textured(const seg_consensus_row *row) {
    if (row->colours == 1)
        for (int32_t block = 0; block < row->blocks; block++)
            textured_block(row, block, 1);
    else
        for (int32_t block = 0; block < row->blocks; block++)
            textured_block(row, block, 3);
}

/* ---- exchanging samples ---- */

static void replace(uint8_t *sample, const uint8_t *const *value, const uint8_t *taken,
                    int32_t planes) {
    const bytes mask = load(taken);
    for (int32_t p = 0; p < planes; p++, sample += BLOCK)
        store(sample, _mm256_blendv_epi8(load(sample), load(value[p]), mask));
}

static inline bytes high_bytes(const uint16_t *pattern, bytes factor, bytes addend) {
    return _mm256_srli_epi16(_mm256_add_epi16(_mm256_mullo_epi16(load(pattern), factor), addend),
                             8);
}

static int32_t draw(uint8_t *taken, const uint8_t *chance, const uint8_t *from, const uint8_t *held,
                    const uint16_t *pattern, uint16_t factor, uint16_t addend) {
    const bytes f = _mm256_set1_epi16((short)factor), a = _mm256_set1_epi16((short)addend);
    const bytes mixed =
        _mm256_packus_epi16(high_bytes(pattern, f, a), high_bytes(pattern + 16, f, a));
    const bytes random = _mm256_permute4x64_epi64(mixed, 0xd8);
    bytes out = at_most(load(chance), random);
    const bytes zero = _mm256_setzero_si256();
    bytes free = _mm256_cmpeq_epi8(load(from), zero);
    if (held) free = _mm256_and_si256(free, _mm256_cmpeq_epi8(load(held), zero));
    const bytes take = _mm256_andnot_si256(out, free);
    store(taken, take);
    return any(take);
}

const seg_consensus_kernels SEG_LEVEL_NAME(seg_consensus_kernels) = {
    .agree = agree,
    .agree_textured = agree_textured,
    .texture = texture,
    .replace = replace,
    .draw = draw,
};

#else

/* Sixteen pixels at a time gain little over one by one where tests end early. */
static void agree(const seg_consensus_row *row) {
    seg_consensus_kernels_ref.agree(row);
}

static void agree_textured(const seg_consensus_row *row) {
    seg_consensus_kernels_ref.agree_textured(row);
}

static void texture(uint8_t *low, uint8_t *high, const uint8_t *const around[5], int32_t contrast,
                    int32_t blocks) {
    seg_consensus_kernels_ref.texture(low, high, around, contrast, blocks);
}

static void replace(uint8_t *sample, const uint8_t *const *value, const uint8_t *taken,
                    int32_t planes) {
    seg_consensus_kernels_ref.replace(sample, value, taken, planes);
}

static int32_t draw(uint8_t *taken, const uint8_t *chance, const uint8_t *from, const uint8_t *held,
                    const uint16_t *pattern, uint16_t factor, uint16_t addend) {
    return seg_consensus_kernels_ref.draw(taken, chance, from, held, pattern, factor, addend);
}

const seg_consensus_kernels SEG_LEVEL_NAME(seg_consensus_kernels) = {
    .agree = agree,
    .agree_textured = agree_textured,
    .texture = texture,
    .replace = replace,
    .draw = draw,
};

#endif
