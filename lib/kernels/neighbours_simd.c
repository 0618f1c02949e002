/* Neighbours kernels for AVX2: a block of 32 pixels in one vector of bytes. */
#include "kernels/neighbours.h"
#include "kernels/prefetch.h"

#if defined(SEG_LEVEL_AVX2)
#include "kernels/shadow_lanes.h"

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
static inline bytes near_sample(const bytes *value, const uint8_t *sample, size_t pitch,
                                int32_t colours, bytes limit) {
    const bytes zero = _mm256_setzero_si256();
    const bytes first = away(value[0], load(sample));
    bytes low, high;
    if (colours == 3) {
        const bytes second = away(value[1], load(sample + pitch));
        const bytes third = away(value[2], load(sample + 2 * pitch));
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
    const size_t x = (size_t)block * BLOCK, pitch = (size_t)row->blocks * BLOCK;
    const uint8_t *sample = row->samples + x;
    const uint8_t *known = row->known + (size_t)block * SEG_NEIGHBOURS_BYTES;
    const bytes limit = _mm256_set1_epi16((short)row->limit), needed = all(row->needed);
    bytes value[3], any = _mm256_setzero_si256(), familiar = any, open = all(255);
    for (int32_t c = 0; c < colours; c++)
        value[c] = load(row->value[c] + x);
    for (int32_t i = 0; i < row->sample_count; i++) {
        /* blocks beside this one look about as far: more streams than a machine follows */
        for (int32_t c = 0; c < colours; c++)
            SEG_PREFETCH_AHEAD(sample, (size_t)c * pitch + 64);
        const bytes within = near_sample(value, sample, pitch, colours, limit);
        any = _mm256_sub_epi8(any, within);
        familiar = _mm256_sub_epi8(familiar, _mm256_and_si256(within, spread(known)));
        open = _mm256_cmpgt_epi8(needed, familiar);
        if (_mm256_testz_si256(open, open)) break;
        sample += (size_t)colours * pitch;
        known += (size_t)row->blocks * SEG_NEIGHBOURS_BYTES;
    }
    store(row->mask + x, open);
    const int32_t rare = _mm256_movemask_epi8(_mm256_cmpgt_epi8(needed, any)), usual = ~rare;
    memcpy(row->usual + (size_t)block * SEG_NEIGHBOURS_BYTES, &usual, sizeof usual);
}

static void search(const seg_neighbours_row *row) {
    if (row->colours == 1)
        for (int32_t block = 0; block < row->blocks; block++)
            search_block(row, block, 1);
    else
        for (int32_t block = 0; block < row->blocks; block++)
            search_block(row, block, 3);
}

/* ---- shadows ---- */

typedef __m256 floats;

/* Eight bytes. */
static inline floats widen(const uint8_t *p) {
    return _mm256_cvtepi32_ps(
        _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)p)));
}

/* Eight pixels from x on, a bit each. */
static inline int32_t shadow_of(const seg_neighbours_shade *shade, const seg_neighbours_row *row,
                                const uint8_t *sample, size_t pitch, size_t x) {
    floats value[3], lit[3];
    for (size_t c = 0; c < 3; c++) {
        value[c] = widen(row->value[c] + x);
        lit[c] = widen(sample + c * pitch);
    }
    return _mm256_movemask_ps(seg_are_shadows(value, lit, shade->darkest,
                                              _mm256_set1_ps(shade->near_squared),
                                              _mm256_castsi256_ps(all(255))));
}

/* Samples of which a value may be the shadow: v is within R l of l s, l from `darkest` to 1, so
 * that s lies between v - R and v / darkest + R. */
typedef struct reach {
    bytes least[3], most[3];
} reach;

/* v / darkest, rounded up, or up to one more. */
static inline bytes undarkened(bytes value, float darkest) {
    const int32_t inverse = darkest > 256 / 65535.0f ? (int32_t)(256 / darkest) + 1 : 65535;
    const bytes zero = _mm256_setzero_si256(), factor = _mm256_set1_epi16((short)inverse);
    const bytes low = _mm256_mulhi_epu16(_mm256_unpacklo_epi8(zero, value), factor);
    const bytes high = _mm256_mulhi_epu16(_mm256_unpackhi_epi8(zero, value), factor);
    const bytes most = _mm256_set1_epi16(255);
    return _mm256_adds_epu8(
        _mm256_packus_epi16(_mm256_min_epu16(low, most), _mm256_min_epu16(high, most)), all(1));
}

static inline reach reach_of(const seg_neighbours_shade *shade, const seg_neighbours_row *row,
                             size_t x) {
    reach r;
    for (size_t c = 0; c < 3; c++) {
        const bytes value = load(row->value[c] + x), above = all(shade->above);
        r.least[c] = _mm256_subs_epu8(value, above);
        r.most[c] = _mm256_adds_epu8(undarkened(value, shade->darkest), above);
    }
    return r;
}

/* Only where the sample is in reach in all colours the rest is looked at. */
static inline bytes shade_block(const seg_neighbours_shade *shade, const seg_neighbours_row *row,
                                int32_t block, bytes open) {
    const size_t x = (size_t)block * BLOCK, pitch = (size_t)row->blocks * BLOCK;
    const reach r = reach_of(shade, row, x);
    const bytes needed = all(row->needed);
    bytes found = _mm256_setzero_si256();
    for (int32_t i = 0; i < row->sample_count; i++) {
        static const uint8_t none[SEG_NEIGHBOURS_BYTES];
        const uint8_t *sample = row->samples + (size_t)(i * 3) * pitch + x;
        const uint8_t *known =
            row->known + (size_t)(i * row->blocks + block) * SEG_NEIGHBOURS_BYTES;
        if (!memcmp(known, none, sizeof none)) continue;
        bytes may = _mm256_and_si256(open, spread(known));
        for (size_t c = 0; c < 3; c++) {
            const bytes lit = load(sample + c * pitch);
            const bytes within = _mm256_min_epu8(_mm256_max_epu8(lit, r.least[c]), r.most[c]);
            may = _mm256_and_si256(may, _mm256_cmpeq_epi8(within, lit));
        }
        const uint32_t where = (uint32_t)_mm256_movemask_epi8(may);
        if (!where) continue;
        uint32_t is = 0;
        for (uint32_t eighth = 0; eighth < 32; eighth += 8)
            if (where >> eighth & 255)
                is |= (uint32_t)shadow_of(shade, row, sample + eighth, pitch, x + eighth) << eighth;
        is &= where;
        uint8_t bits[SEG_NEIGHBOURS_BYTES];
        memcpy(bits, &is, sizeof bits);
        found = _mm256_sub_epi8(found, spread(bits));
        open = _mm256_and_si256(open, _mm256_cmpgt_epi8(needed, found));
        if (_mm256_testz_si256(open, open)) break;
    }
    return _mm256_xor_si256(_mm256_cmpgt_epi8(needed, found), all(255));
}

static int32_t shade(const seg_neighbours_shade *shade, const seg_neighbours_row *row) {
    bytes any = _mm256_setzero_si256();
    for (int32_t block = 0; block < row->blocks; block++) {
        bytes found = load(shade->mask + block * BLOCK);
        if (!_mm256_testz_si256(found, found)) found = shade_block(shade, row, block, found);
        store(shade->shadow + block * BLOCK, found);
        any = _mm256_or_si256(any, found);
    }
    return !_mm256_testz_si256(any, any);
}

#else

static int32_t shade(const seg_neighbours_shade *shade, const seg_neighbours_row *row) {
    return seg_neighbours_kernels_ref.shade(shade, row);
}

/* Sixteen pixels at a time gain little over one by one where tests end early. */
static void search(const seg_neighbours_row *row) {
    seg_neighbours_kernels_ref.search(row);
}

#endif

const seg_neighbours_kernels SEG_LEVEL_NAME(seg_neighbours_kernels) = {.search = search,
                                                                       .shade = shade};
