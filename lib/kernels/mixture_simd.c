/* Mixture kernels for AVX2: sixteen pixels at a time in words of 16 bits. A mode beyond the first
 * is read only if one of the sixteen pixels has it; most have one. */
#include "kernels/mixture.h"

#include <stdbool.h>
#include <string.h>

#if defined(SEG_LEVEL_AVX2)
#include "kernels/shadow_lanes.h"

#include <immintrin.h>

typedef __m256i words;
#define LANES SEG_MIXTURE_BLOCK

static inline words load(const uint16_t *p) {
    return _mm256_loadu_si256((const words *)(const void *)p);
}

static inline void store(uint16_t *p, words w) {
    _mm256_storeu_si256((words *)(void *)p, w);
}

static inline words all(uint16_t value) {
    return _mm256_set1_epi16((short)value);
}

static inline words both(words a, words b) {
    return _mm256_and_si256(a, b);
}

static inline words either(words a, words b) {
    return _mm256_or_si256(a, b);
}

/* b where not a */
static inline words without(words a, words b) {
    return _mm256_andnot_si256(a, b);
}

static inline words is_zero(words a) {
    return _mm256_cmpeq_epi16(a, _mm256_setzero_si256());
}

static inline bool any(words a) {
    return !_mm256_testz_si256(a, a);
}

static inline bool every(words a) {
    return _mm256_movemask_epi8(a) == -1;
}

/* a where the mask is set, else b */
static inline words choose(words mask, words a, words b) {
    return _mm256_blendv_epi8(b, a, mask);
}

/* a < b, unsigned */
static inline words below(words a, words b) {
    return without(is_zero(_mm256_subs_epu16(b, a)), all(65535));
}

static inline words distance_of(words a, words b) {
    return either(_mm256_subs_epu16(a, b), _mm256_subs_epu16(b, a));
}

/* (a * b + dither) >> 16 */
static inline words product(words a, words b, words dither) {
    const words low = _mm256_add_epi16(_mm256_mullo_epi16(a, b), dither);
    /* the low half has carried where it is now below what was added: 1 there, -1 + 1 elsewhere */
    const words no_carry = is_zero(_mm256_subs_epu16(dither, low));
    return _mm256_add_epi16(_mm256_mulhi_epu16(a, b), _mm256_add_epi16(no_carry, all(1)));
}

static inline words towards(words from, words to, words share, words dither) {
    const words down = _mm256_subs_epu16(from, to);
    const words step = product(either(down, _mm256_subs_epu16(to, from)), share, dither);
    const words sign = without(is_zero(down), all(65535));
    return _mm256_add_epi16(from, _mm256_sub_epi16(_mm256_xor_si256(step, sign), sign));
}

/* Bytes as words. */
static inline words widen(const uint8_t *p) {
    return _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(const void *)p));
}

/* Bytes that are not 0, as masks of words. */
static inline words marked(const uint8_t *p) {
    return without(is_zero(widen(p)), all(65535));
}

/* rate * 65536 / weight, at most 65535 */
static inline words share_of(words weight, float rate) {
    const __m256 most = _mm256_set1_ps(65535), dividend = _mm256_set1_ps(rate * 65536.0f);
    const words zero = _mm256_setzero_si256();
    const __m256 low = _mm256_cvtepi32_ps(_mm256_unpacklo_epi16(weight, zero));
    const __m256 high = _mm256_cvtepi32_ps(_mm256_unpackhi_epi16(weight, zero));
    return _mm256_packus_epi32(
        _mm256_cvttps_epi32(_mm256_min_ps(_mm256_div_ps(dividend, low), most)),
        _mm256_cvttps_epi32(_mm256_min_ps(_mm256_div_ps(dividend, high), most)));
}

/* A mode of the block that begins with pixel x: its variances, then its means. */
static inline uint16_t *mode_at(const seg_mixture_row *row, int32_t mode, int32_t x,
                                int32_t colours) {
    return row->mode[mode] + (size_t)x * (size_t)(1 + colours);
}

/* Sixteen pixels. */
typedef struct block {
    words value[3], dither;
    words weight[SEG_MIXTURE_MODES], target[SEG_MIXTURE_MODES];
    words mean[3], variance, squared; /* of the mode found */
    words found, background;
    int32_t used; /* modes that any of the pixels has */
} block;

static inline words squared_to(const block *b, const words *mean, int32_t colours) {
    words sum = _mm256_setzero_si256();
    for (int32_t c = 0; c < colours; c++) {
        const words away = distance_of(b->value[c], mean[c]);
        const words part = _mm256_min_epu16(_mm256_srli_epi16(away, 4), all(255));
        sum = _mm256_adds_epu16(sum, _mm256_mullo_epi16(part, part));
    }
    return sum;
}

/* Step 1 of mixture.h. */
static inline void find(block *b, const seg_mixture_row *row, int32_t x, int32_t colours) {
    const words near_mode = all(row->near_mode), near_background = all(row->near_background);
    words before = _mm256_setzero_si256();
    b->found = b->background = b->squared = b->variance = before;
    for (int32_t c = 0; c < colours; c++)
        b->mean[c] = before;
    int32_t m = 0;
    for (; m < row->modes; m++) {
        b->weight[m] = load(row->weight[m] + x);
        b->target[m] = _mm256_setzero_si256();
        const words there = without(is_zero(b->weight[m]), all(65535));
        if (!any(there)) break;
        const words pending = without(b->found, there);
        if (!any(pending)) continue;
        const uint16_t *mode = mode_at(row, m, x, colours);
        const words variance = load(mode);
        words mean[3];
        for (int32_t c = 0; c < colours; c++)
            mean[c] = load(mode + (1 + c) * LANES);
        const words squared = squared_to(b, mean, colours);
        const words fits = below(_mm256_mulhi_epu16(squared, near_background), variance);
        const words counts = both(pending, below(before, all(row->background)));
        b->background = either(b->background, both(counts, fits));
        const words hit = both(pending, below(_mm256_mulhi_epu16(squared, near_mode), variance));
        b->target[m] = hit;
        b->found = either(b->found, hit);
        b->squared = choose(hit, squared, b->squared);
        b->variance = choose(hit, variance, b->variance);
        for (int32_t c = 0; c < colours; c++)
            b->mean[c] = choose(hit, mean[c], b->mean[c]);
        before = _mm256_adds_epu16(before, b->weight[m]);
        if (every(_mm256_cmpeq_epi16(before, all(65535)))) { /* no weight is left for others */
            m++;
            break;
        }
    }
    b->used = m;
}

/* Step 2, the weights: pixels without a mode get a place for one. */
static inline void weigh(block *b, const seg_mixture_row *row, words learnt) {
    const words fresh = without(b->found, learnt);
    if (any(fresh) && b->used < row->modes) {
        b->weight[b->used] = b->target[b->used] = _mm256_setzero_si256();
        b->used++;
    }
    words open = fresh, sum = _mm256_setzero_si256();
    for (int32_t m = 0; m < b->used; m++) {
        words weight = b->weight[m];
        weight = _mm256_sub_epi16(weight, product(weight, all(row->rate), b->dither));
        weight = _mm256_subs_epu16(weight, all(row->prune));
        const words place = m + 1 < row->modes ? both(open, is_zero(weight)) : open;
        open = without(place, open);
        b->target[m] = either(b->target[m], place);
        b->weight[m] = choose(place, all(row->rate > 1 ? row->rate : 1), weight);
        sum = _mm256_add_epi16(sum, b->weight[m]);
    }
    const words rest = _mm256_sub_epi16(all(65535), sum);
    for (int32_t m = 0; m < b->used; m++) {
        words gets = both(b->target[m], b->found);
        if (m == 0) gets = either(gets, fresh);
        b->weight[m] = _mm256_add_epi16(b->weight[m], both(rest, gets));
    }
}

/* The weight of the mode found. */
static inline words weight_found(const block *b) {
    words weight = all(1);
    for (int32_t m = 0; m < b->used; m++)
        weight = choose(both(b->target[m], b->found), b->weight[m], weight);
    return weight;
}

/* Step 2, what the mode found or begun is now. */
static inline void follow(block *b, const seg_mixture_row *row, int32_t colours, words share) {
    for (int32_t c = 0; c < colours; c++)
        b->mean[c] =
            choose(b->found, towards(b->mean[c], b->value[c], share, b->dither), b->value[c]);
    words variance = towards(b->variance, b->squared, share, b->dither);
    variance = _mm256_min_epu16(_mm256_max_epu16(variance, all(row->least)), all(row->most));
    b->variance = choose(b->found, variance, all(row->first));
}

static inline void put(uint16_t *p, words w, words mask) {
    store(p, every(mask) ? w : choose(mask, w, load(p)));
}

static inline void put_mode(const block *b, uint16_t *mode, int32_t colours, words mask) {
    put(mode, b->variance, mask);
    for (int32_t c = 0; c < colours; c++)
        put(mode + (1 + c) * LANES, b->mean[c], mask);
}

static inline void write(const block *b, const seg_mixture_row *row, int32_t x, int32_t colours,
                         words learnt) {
    for (int32_t m = 0; m < b->used; m++) {
        put(row->weight[m] + x, b->weight[m], learnt);
        const words target = both(b->target[m], learnt);
        if (any(target)) put_mode(b, mode_at(row, m, x, colours), colours, target);
    }
}

static inline void exchange(uint16_t *p, uint16_t *q, words mask) {
    const words a = load(p), b = load(q);
    store(p, choose(mask, b, a));
    store(q, choose(mask, a, b));
}

/* Step 3. */
static inline void put_in_order(const block *b, const seg_mixture_row *row, int32_t x,
                                int32_t colours, words learnt) {
    for (int32_t m = b->used - 1; m > 0; m--) {
        const words wrong =
            both(learnt, below(load(row->weight[m - 1] + x), load(row->weight[m] + x)));
        if (!any(wrong)) continue;
        exchange(row->weight[m] + x, row->weight[m - 1] + x, wrong);
        uint16_t *mode = mode_at(row, m, x, colours), *before = mode_at(row, m - 1, x, colours);
        for (int32_t i = 0; i < 1 + colours; i++)
            exchange(mode + i * LANES, before + i * LANES, wrong);
    }
}

/* What a block has in bytes. */
typedef struct block_bytes {
    uint8_t *mask;
    const uint8_t *value8[3], *left_out, *held, *patient;
} block_bytes;

/* Pixels x .. x + 15. */
static inline void step_block(const seg_mixture_row *row, int32_t x, int32_t colours,
                              words share_alone, const block_bytes *bytes) {
    block b;
    for (int32_t c = 0; c < colours; c++)
        b.value[c] = bytes->value8[c] ? _mm256_slli_epi16(widen(bytes->value8[c]), 7)
                                      : load(row->value[c] + x);
    b.dither = _mm256_add_epi16(load(row->pattern + x), all(row->dither_offset));
    find(&b, row, x, colours);
    const words unseen = is_zero(b.weight[0]);
    words foreground = without(either(b.background, unseen), all(65535));
    words learnt = all(65535);
    if (bytes->left_out) {
        learnt = without(marked(bytes->left_out), learnt);
        foreground = both(foreground, learnt);
    }
    const words packed = _mm256_permute4x64_epi64(_mm256_packs_epi16(foreground, foreground), 8);
    _mm_storeu_si128((__m128i *)(void *)bytes->mask, _mm256_castsi256_si128(packed));
    if (bytes->held) learnt = without(marked(bytes->held), learnt);
    if (bytes->patient) learnt = without(both(marked(bytes->patient), foreground), learnt);
    if (row->rate == 0) learnt = both(learnt, unseen);
    if (!any(learnt)) return;
    if (b.used == 1 && !any(without(b.found, learnt))) { /* one mode has all the weight */
        follow(&b, row, colours, share_alone);
        put_mode(&b, mode_at(row, 0, x, colours), colours, learnt);
        return;
    }
    weigh(&b, row, learnt);
    follow(&b, row, colours, share_of(weight_found(&b), row->rate));
    write(&b, row, x, colours, learnt);
    put_in_order(&b, row, x, colours, learnt);
}

static inline const uint8_t *at(const uint8_t *row, int32_t x) {
    return row ? row + x : NULL;
}

static inline block_bytes bytes_at(const seg_mixture_row *row, int32_t x) {
    return (block_bytes){row->mask + x,
                         {at(row->value8[0], x), at(row->value8[1], x), at(row->value8[2], x)},
                         at(row->left_out, x),
                         at(row->held, x),
                         at(row->patient, x)};
}

/* What is left of a row of bytes, in a block of its own. */
static const uint8_t *continued(uint8_t *room, const uint8_t *row, int32_t count) {
    if (!row) return NULL;
    memset(room, 0, LANES);
    memcpy(room, row, (size_t)count);
    return room;
}

static block_bytes last_bytes(uint8_t rooms[7][LANES], const seg_mixture_row *row, int32_t x) {
    block_bytes bytes = bytes_at(row, x);
    const int32_t count = row->width - x;
    for (int32_t c = 0; c < 3; c++)
        bytes.value8[c] = continued(rooms[c], bytes.value8[c], count);
    bytes.left_out = continued(rooms[3], bytes.left_out, count);
    bytes.held = continued(rooms[4], bytes.held, count);
    bytes.patient = continued(rooms[5], bytes.patient, count);
    bytes.mask = rooms[6];
    memcpy(rooms[6], row->mask + x, (size_t)count);
    return bytes;
}

static inline void step_row(const seg_mixture_row *row, int32_t colours) {
    const words share_alone = share_of(all(65535), row->rate);
    uint8_t rooms[7][LANES];
    for (int32_t x = 0; x < row->width; x += LANES) {
        const bool whole = x + LANES <= row->width;
        const block_bytes bytes = whole ? bytes_at(row, x) : last_bytes(rooms, row, x);
        step_block(row, x, colours, share_alone, &bytes);
        if (!whole) memcpy(row->mask + x, bytes.mask, (size_t)(row->width - x));
    }
}

static void step(const seg_mixture_row *row) {
    if (row->colours == 1)
        step_row(row, 1);
    else
        step_row(row, 3);
}

/* ---- shadows ---- */

/* Eight of them, in 8-bit levels. */
static inline __m256 levels_of(const uint16_t *p) {
    const __m128i eight = _mm_loadu_si128((const __m128i *)(const void *)p);
    return _mm256_mul_ps(_mm256_cvtepi32_ps(_mm256_cvtepu16_epi32(eight)),
                         _mm256_set1_ps(1 / 128.0f));
}

/* Pixels x .. x + 7 that are foreground as `open` says in bits; shadows among them. */
static int32_t shade_eight(const seg_mixture_shade *shade, const seg_mixture_row *row, int32_t x,
                           const __m256 *value, int32_t open) {
    __m256i before = _mm256_setzero_si256();
    int32_t shadows = 0;
    for (int32_t m = 0; m < row->modes && open; m++) {
        const __m128i eight = _mm_loadu_si128((const __m128i *)(const void *)(row->weight[m] + x));
        const __m256i weight = _mm256_cvtepu16_epi32(eight);
        const __m256i counts =
            _mm256_and_si256(_mm256_cmpgt_epi32(weight, _mm256_setzero_si256()),
                             _mm256_cmpgt_epi32(_mm256_set1_epi32(row->background), before));
        open &= _mm256_movemask_ps(_mm256_castsi256_ps(counts));
        if (!open) break;
        __m256 mean[3];
        for (int32_t c = 0; c < 3; c++)
            mean[c] = levels_of(row->mode[m] + seg_mixture_at(3, x, 1 + c));
        /* variances are in half the unit of means */
        const __m256 variance =
            _mm256_mul_ps(levels_of(row->mode[m] + seg_mixture_at(3, x, 0)), _mm256_set1_ps(2));
        const __m256 near_squared = _mm256_mul_ps(_mm256_set1_ps(shade->near_squared), variance);
        const __m256 is = seg_are_shadows(value, mean, shade->darkest, near_squared);
        const int32_t found = open & _mm256_movemask_ps(is);
        shadows |= found;
        open &= ~found;
        before = _mm256_add_epi32(before, weight);
    }
    return shadows;
}

static void shade(const seg_mixture_shade *shade, const seg_mixture_row *row) {
    for (int32_t x = 0; x < row->width; x += 8) {
        const int32_t count = row->width - x < 8 ? row->width - x : 8;
        uint64_t mask = 0;
        memcpy(&mask, row->mask + x, (size_t)count);
        if (!mask) continue;
        __m256 value[3];
        for (int32_t c = 0; c < 3; c++) {
            uint64_t bytes = 0;
            if (row->value8[c]) memcpy(&bytes, row->value8[c] + x, (size_t)count);
            value[c] =
                row->value8[c]
                    ? _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)bytes)))
                    : levels_of(row->value[c] + x);
        }
        const __m128i clear =
            _mm_cmpeq_epi8(_mm_cvtsi64_si128((long long)mask), _mm_setzero_si128());
        const int32_t open = ~_mm_movemask_epi8(clear) & 255;
        const int32_t shadows = shade_eight(shade, row, x, value, open);
        for (int32_t i = 0; i < count; i++)
            if (shadows >> i & 1) row->mask[x + i] = shade->value;
    }
}

#else

static void shade(const seg_mixture_shade *shade, const seg_mixture_row *row) {
    seg_mixture_kernels_ref.shade(shade, row);
}

/* Without blends and products of many widths the readable way is as fast. */
static void step(const seg_mixture_row *row) {
    seg_mixture_kernels_ref.step(row);
}

#endif

const seg_mixture_kernels SEG_LEVEL_NAME(seg_mixture_kernels) = {.step = step, .shade = shade};
