/* Neighbours kernels for AVX2: a block of 32 pixels in one vector of bytes. */
#include "kernels/neighbours.h"

#if defined(SEG_LEVEL_AVX2)
#include <immintrin.h>
#include <stdbool.h>
#include <string.h>

#define BLOCK SEG_NEIGHBOURS_BLOCK

typedef __m256i bytes;

static inline bytes load(const uint8_t *p) {
    return _mm256_loadu_si256((const bytes *)(const void *)p);
}

static inline void store(uint8_t *p, bytes v) {
    _mm256_storeu_si256((bytes *)(void *)p, v);
}

static inline bytes all(int value) {
    return _mm256_set1_epi8((char)value);
}

/* |a - b|, at most 127 */
static inline bytes away(bytes a, bytes b) {
    return _mm256_min_epu8(_mm256_or_si256(_mm256_subs_epu8(a, b), _mm256_subs_epu8(b, a)),
                           all(127));
}

/* Sums of the squares of pairs of bytes below 128: in words, without loss. */
static inline bytes squares(bytes pairs) {
    return _mm256_maddubs_epi16(pairs, pairs);
}

/* 255 where the sample is near. */
static inline bytes near_sample(const bytes *value, const uint8_t *sample, int32_t colours,
                                bytes limit) {
    const bytes zero = _mm256_setzero_si256();
    const bytes first = away(value[0], load(sample));
    bytes low, high;
    if (colours == 3) {
        const bytes second = away(value[1], load(sample + BLOCK));
        const bytes third = away(value[2], load(sample + 2 * BLOCK));
        low = _mm256_add_epi16(squares(_mm256_unpacklo_epi8(first, second)),
                               squares(_mm256_unpacklo_epi8(third, zero)));
        high = _mm256_add_epi16(squares(_mm256_unpackhi_epi8(first, second)),
                                squares(_mm256_unpackhi_epi8(third, zero)));
    } else {
        low = squares(_mm256_unpacklo_epi8(first, zero));
        high = squares(_mm256_unpackhi_epi8(first, zero));
    }
    return _mm256_packs_epi16(_mm256_cmpeq_epi16(_mm256_subs_epu16(low, limit), zero),
                              _mm256_cmpeq_epi16(_mm256_subs_epu16(high, limit), zero));
}

/* 255 where a bit is set. */
static inline bytes spread(const uint8_t *bits) {
    int32_t word;
    memcpy(&word, bits, sizeof word);
    const bytes places = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2,
                                          2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
    const bytes masks = _mm256_set1_epi64x((long long)0x8040201008040201u);
    const bytes repeated = _mm256_shuffle_epi8(_mm256_set1_epi32(word), places);
    return _mm256_cmpeq_epi8(_mm256_and_si256(repeated, masks), masks);
}

static inline void search_block(const seg_neighbours_row *row, int32_t block, int32_t colours) {
    const size_t x = (size_t)block * BLOCK;
    const uint8_t *sample = row->samples + x * (size_t)(row->sample_count * colours);
    const uint8_t *known = row->known + (size_t)(block * row->pitch) * SEG_NEIGHBOURS_BYTES;
    const bytes limit = _mm256_set1_epi16((short)row->limit), needed = all(row->needed);
    bytes value[3], any = _mm256_setzero_si256(), familiar = any, open = all(255);
    for (int32_t c = 0; c < colours; c++)
        value[c] = load(row->value[c] + x);
    for (int32_t i = 0; i < row->sample_count; i++) {
        const bytes within = near_sample(value, sample, colours, limit);
        any = _mm256_sub_epi8(any, within);
        familiar = _mm256_sub_epi8(familiar, _mm256_and_si256(within, spread(known)));
        open = _mm256_cmpgt_epi8(needed, familiar);
        if (_mm256_testz_si256(open, open)) break;
        sample += (size_t)colours * BLOCK;
        known += SEG_NEIGHBOURS_BYTES;
    }
    store(row->mask + x, open);
    store(row->usual + x, _mm256_xor_si256(_mm256_cmpgt_epi8(needed, any), all(255)));
}

static void search(const seg_neighbours_row *row) {
    if (row->colours == 1)
        for (int32_t block = 0; block < row->blocks; block++)
            search_block(row, block, 1);
    else
        for (int32_t block = 0; block < row->blocks; block++)
            search_block(row, block, 3);
}

#else

/* Sixteen pixels at a time gain little over one by one where tests end early. */
static void search(const seg_neighbours_row *row) {
    seg_neighbours_kernels_ref.search(row);
}

#endif

const seg_neighbours_kernels SEG_LEVEL_NAME(seg_neighbours_kernels) = {.search = search};
