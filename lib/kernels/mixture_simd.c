/* Mixture kernels for AVX2: sixteen pixels at a time in words of 16 bits. A mode beyond the first
 * is read only if one of the sixteen pixels has it; most have one. */
#include "kernels/mixture.h"
#include "kernels/prefetch.h"

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

/* Values and means do not use the highest bit, so that their difference has a sign. */
static inline words distance_of(words a, words b) {
    return _mm256_abs_epi16(_mm256_sub_epi16(a, b));
}

/* Words as numbers with a sign that are in the same order. */
static inline words signed_of(words a) {
    return _mm256_xor_si256(a, all(32768));
}

/* (a * b + dither) >> 16; dither as signed_of gives it, which makes the low half such a number. */
static inline words product(words a, words b, words dither) {
    const words low = _mm256_add_epi16(_mm256_mullo_epi16(a, b), dither);
    const words carry = _mm256_cmpgt_epi16(dither, low);
    return _mm256_sub_epi16(_mm256_mulhi_epu16(a, b), carry);
}

/* Of values and means. */
static inline words towards(words from, words to, words share, words dither) {
    const words way = _mm256_sub_epi16(to, from);
    const words step = product(_mm256_abs_epi16(way), share, dither);
    return _mm256_add_epi16(from, _mm256_sign_epi16(step, way));
}

/* Of any words. */
static inline words towards_far(words from, words to, words share, words dither) {
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

/* What is the same for all pixels of a row. */
typedef struct constants {
    words dither_offset, rate, prune, background, near_background, near_mode, first, least, most;
    words any_background; /* the first mode is */
    words share_alone;    /* of a mode that has all the weight */
    __m256 dividend;
} constants;

/* rate * 65536 / weight, at most 65535 */
static inline words share_of(words weight, __m256 dividend) {
    const __m256 most = _mm256_set1_ps(65535);
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

/* A mode of sixteen pixels. */
typedef struct gaussians {
    words variance, mean[3];
    words squared; /* distance of the values */
} gaussians;

/* Sixteen pixels. */
typedef struct block {
    words value[3], dither;
    words background, found;
    gaussians mode; /* that was found */
    words weight[SEG_MIXTURE_MODES], target[SEG_MIXTURE_MODES];
    int32_t reached, used; /* modes that were looked at, that any of the pixels has */
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

static inline void load_mode(gaussians *g, const block *b, const uint16_t *mode, int32_t colours) {
    g->variance = load(mode);
    for (int32_t c = 0; c < colours; c++)
        g->mean[c] = load(mode + (1 + c) * LANES);
    g->squared = squared_to(b, g->mean, colours);
}

/* Values that are nearer than so many variances. */
static inline words near_to(const gaussians *g, words limit) {
    return below(_mm256_mulhi_epu16(g->squared, limit), g->variance);
}

static inline void find_first(block *b, const seg_mixture_row *row, const constants *k, int32_t x,
                              int32_t colours) {
    b->weight[0] = load(row->weight[0] + x);
    load_mode(&b->mode, b, mode_at(row, 0, x, colours), colours);
    const words unseen = is_zero(b->weight[0]);
    b->background = both(without(unseen, k->any_background), near_to(&b->mode, k->near_background));
    b->found = b->target[0] = without(unseen, near_to(&b->mode, k->near_mode));
    b->reached = 1;
}

/* Step 1 of mixture.h behind the first mode. */
static inline void find_other(block *b, const seg_mixture_row *row, const constants *k, int32_t x,
                              int32_t colours) {
    words before = b->weight[0];
    int32_t m = 1;
    for (; m < row->modes && !every(b->found); m++) {
        b->weight[m] = load(row->weight[m] + x);
        const words pending = without(either(b->found, is_zero(b->weight[m])), all(65535));
        if (!any(pending)) break;
        gaussians g;
        load_mode(&g, b, mode_at(row, m, x, colours), colours);
        const words counts = both(pending, below(before, k->background));
        b->background = either(b->background, both(counts, near_to(&g, k->near_background)));
        const words hit = both(pending, near_to(&g, k->near_mode));
        b->target[m] = hit;
        b->found = either(b->found, hit);
        b->mode.squared = choose(hit, g.squared, b->mode.squared);
        b->mode.variance = choose(hit, g.variance, b->mode.variance);
        for (int32_t c = 0; c < colours; c++)
            b->mode.mean[c] = choose(hit, g.mean[c], b->mode.mean[c]);
        before = _mm256_adds_epu16(before, b->weight[m]);
    }
    b->reached = m;
}

/* A weight that is not met. */
static inline words decayed(words weight, const constants *k, words dither) {
    weight = _mm256_sub_epi16(weight, product(weight, k->rate, dither));
    return _mm256_subs_epu16(weight, k->prune);
}

/* Step 2, the weights that nothing is added to; what they leave of the whole. */
static inline words decay(block *b, const seg_mixture_row *row, const constants *k, int32_t x) {
    words sum = _mm256_setzero_si256();
    int32_t m = 0;
    for (; m < row->modes; m++) {
        const words weight = load(row->weight[m] + x);
        if (!any(weight)) break;
        b->weight[m] = decayed(weight, k, b->dither);
        sum = _mm256_add_epi16(sum, b->weight[m]);
    }
    b->used = m;
    return _mm256_sub_epi16(all(65535), sum);
}

/* Gives pixels without a mode the first place that is free, or the last; what is left now. */
static inline words begin(block *b, const seg_mixture_row *row, const constants *k, words fresh,
                          words rest) {
    if (b->used < row->modes) b->weight[b->used++] = _mm256_setzero_si256();
    for (; b->reached < b->used; b->reached++)
        b->target[b->reached] = _mm256_setzero_si256();
    const words light = _mm256_max_epu16(k->rate, all(1));
    words open = fresh;
    for (int32_t m = 0; m < b->used; m++) {
        const words place = m + 1 < row->modes ? both(open, is_zero(b->weight[m])) : open;
        open = without(place, open);
        b->target[m] = either(b->target[m], place);
        rest = _mm256_add_epi16(rest, both(place, _mm256_sub_epi16(b->weight[m], light)));
        b->weight[m] = choose(place, light, b->weight[m]);
    }
    b->weight[0] = _mm256_add_epi16(b->weight[0], both(fresh, rest));
    return without(fresh, rest);
}

/* The mode found gets what is left; its weight. */
static inline words complete(block *b, words rest) {
    words weight = without(b->found, all(1));
    for (int32_t m = 0; m < b->reached; m++) {
        b->weight[m] = _mm256_add_epi16(b->weight[m], both(rest, b->target[m]));
        weight = either(weight, both(b->weight[m], b->target[m]));
    }
    return weight;
}

/* Step 2, the mode. */
static inline void follow(block *b, const constants *k, int32_t colours, words share) {
    gaussians *g = &b->mode;
    for (int32_t c = 0; c < colours; c++)
        g->mean[c] = towards(g->mean[c], b->value[c], share, b->dither);
    const words variance = towards_far(g->variance, g->squared, share, b->dither);
    g->variance = _mm256_min_epu16(_mm256_max_epu16(variance, k->least), k->most);
}

/* Step 2, a mode begun where none was found. */
static inline void begin_mode(block *b, const constants *k, int32_t colours) {
    b->mode.variance = choose(b->found, b->mode.variance, k->first);
    for (int32_t c = 0; c < colours; c++)
        b->mode.mean[c] = choose(b->found, b->mode.mean[c], b->value[c]);
}

static inline void put(uint16_t *p, words w, words mask) {
    store(p, choose(mask, w, load(p)));
}

static inline void put_mode(const block *b, uint16_t *mode, int32_t colours, words mask) {
    put(mode, b->mode.variance, mask);
    for (int32_t c = 0; c < colours; c++)
        put(mode + (1 + c) * LANES, b->mode.mean[c], mask);
}

static inline void write(const block *b, const seg_mixture_row *row, int32_t x, int32_t colours,
                         words learnt) {
    for (int32_t m = 0; m < b->used; m++)
        put(row->weight[m] + x, b->weight[m], learnt);
    for (int32_t m = 0; m < b->reached; m++)
        put_mode(b, mode_at(row, m, x, colours), colours, both(b->target[m], learnt));
}

static inline void exchange(uint16_t *p, uint16_t *q, words mask) {
    const words a = load(p), b = load(q);
    store(p, choose(mask, b, a));
    store(q, choose(mask, a, b));
}

/* Step 3; what weighs more than the mode before it has risen just now. */
static inline void put_in_order(block *b, const seg_mixture_row *row, int32_t x, int32_t colours,
                                words learnt) {
    words risen = _mm256_setzero_si256();
    for (int32_t m = 1; m < b->used; m++)
        risen = either(risen, below(b->weight[m - 1], b->weight[m]));
    if (!any(both(learnt, risen))) return;
    for (int32_t m = b->used - 1; m > 0; m--) {
        const words wrong = both(learnt, below(b->weight[m - 1], b->weight[m]));
        if (!any(wrong)) continue;
        b->weight[m - 1] = choose(wrong, b->weight[m], b->weight[m - 1]);
        exchange(row->weight[m] + x, row->weight[m - 1] + x, wrong);
        uint16_t *mode = mode_at(row, m, x, colours), *before = mode_at(row, m - 1, x, colours);
        for (int32_t i = 0; i < 1 + colours; i++)
            exchange(mode + i * LANES, before + i * LANES, wrong);
    }
}

/* Steps 2 and 3 where all pixels have met their first mode, which only gets heavier. */
static inline void learn_first(block *b, const seg_mixture_row *row, const constants *k, int32_t x,
                               int32_t colours) {
    words others = _mm256_setzero_si256();
    for (int32_t m = 1; m < row->modes; m++) {
        uint16_t *place = row->weight[m] + x;
        words weight = load(place);
        if (!any(weight)) break;
        weight = decayed(weight, k, b->dither);
        store(place, weight);
        others = _mm256_add_epi16(others, weight);
    }
    const words first = _mm256_sub_epi16(all(65535), others);
    store(row->weight[0] + x, first);
    follow(b, k, colours, any(others) ? share_of(first, k->dividend) : k->share_alone);
    uint16_t *mode = mode_at(row, 0, x, colours);
    store(mode, b->mode.variance);
    for (int32_t c = 0; c < colours; c++)
        store(mode + (1 + c) * LANES, b->mode.mean[c]);
}

/* What a block has in bytes. */
typedef struct block_bytes {
    uint8_t *mask;
    const uint8_t *value8[3], *left_out, *held, *patient;
} block_bytes;

static inline void take(block *b, const seg_mixture_row *row, const constants *k, int32_t x,
                        int32_t colours, const block_bytes *bytes) {
    for (int32_t c = 0; c < colours; c++)
        b->value[c] = bytes->value8[c] ? _mm256_slli_epi16(widen(bytes->value8[c]), 7)
                                       : load(row->value[c] + x);
    b->dither = _mm256_add_epi16(load(row->pattern + x), k->dither_offset);
}

/* Puts the result into the mask; which pixels are to be learnt. */
static inline words judge(const block *b, const seg_mixture_row *row, const block_bytes *bytes) {
    const words unseen = is_zero(b->weight[0]);
    words foreground = without(either(b->background, unseen), all(65535));
    words learnt = all(65535);
    if (bytes->left_out) {
        learnt = without(marked(bytes->left_out), learnt);
        foreground = both(foreground, learnt);
    }
    const words packed = _mm256_permute4x64_epi64(_mm256_packs_epi16(foreground, foreground), 8);
    _mm_storeu_si128((__m128i *)(void *)bytes->mask, _mm256_castsi256_si128(packed));
    if (bytes->held) learnt = without(marked(bytes->held), learnt);
    if (bytes->patient) learnt = without(both(marked(bytes->patient), foreground), learnt);
    return row->rate == 0 ? both(learnt, unseen) : learnt;
}

/* Pixels x .. x + 15. */
static inline void step_block(const seg_mixture_row *row, const constants *k, int32_t x,
                              int32_t colours, const block_bytes *bytes) {
    block b;
    take(&b, row, k, x, colours, bytes);
    find_first(&b, row, k, x, colours);
    if (!every(b.found)) find_other(&b, row, k, x, colours);
    const words learnt = judge(&b, row, bytes);
    if (!any(learnt)) return;
    if (b.reached == 1 && every(both(b.found, learnt))) {
        learn_first(&b, row, k, x, colours);
        return;
    }
    words rest = decay(&b, row, k, x);
    const words fresh = without(b.found, learnt);
    if (any(fresh)) rest = begin(&b, row, k, fresh, rest);
    follow(&b, k, colours, share_of(complete(&b, rest), k->dividend));
    if (any(fresh)) begin_mode(&b, k, colours);
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

/* Those of fewer pixels; what lies behind them is left out, so that it stays as it is. */
static block_bytes last_bytes(uint8_t rooms[7][LANES], const seg_mixture_row *row, int32_t x) {
    block_bytes bytes = bytes_at(row, x);
    const int32_t count = row->width - x;
    for (int32_t c = 0; c < 3; c++)
        bytes.value8[c] = continued(rooms[c], bytes.value8[c], count);
    memset(rooms[3], 255, LANES);
    for (int32_t i = 0; i < count; i++)
        rooms[3][i] = bytes.left_out ? bytes.left_out[i] : 0;
    bytes.left_out = rooms[3];
    bytes.held = continued(rooms[4], bytes.held, count);
    bytes.patient = continued(rooms[5], bytes.patient, count);
    bytes.mask = rooms[6];
    memcpy(rooms[6], row->mask + x, (size_t)count);
    return bytes;
}

static inline constants constants_of(const seg_mixture_row *row) {
    const __m256 dividend = _mm256_set1_ps(row->rate * 65536.0f);
    return (constants){.dither_offset = signed_of(all(row->dither_offset)),
                       .rate = all(row->rate),
                       .prune = all(row->prune),
                       .background = all(row->background),
                       .any_background = all(row->background ? 65535 : 0),
                       .near_background = all(row->near_background),
                       .near_mode = all(row->near_mode),
                       .first = all(row->first),
                       .least = all(row->least),
                       .most = all(row->most),
                       .share_alone = share_of(all(65535), dividend),
                       .dividend = dividend};
}

/* What blocks ahead will need, those of the next row as well. Which modes are looked at changes
 * from one to the next, so that no machine foresees it. */
static inline void ask_ahead(const seg_mixture_row *row, int32_t x, int32_t colours) {
    const size_t weight_size = LANES * sizeof(uint16_t),
                 mode_size = weight_size * (size_t)(1 + colours);
    for (int32_t m = 0; m < row->modes; m++) {
        const uint16_t *mode = mode_at(row, m, x, colours);
        SEG_PREFETCH_AHEAD(row->weight[m] + x, 8 * weight_size);
        SEG_PREFETCH_AHEAD(mode, 4 * mode_size);
        SEG_PREFETCH_AHEAD(mode, 4 * mode_size + 64);
    }
}

static inline void step_row(const seg_mixture_row *row, int32_t colours) {
    const constants k = constants_of(row);
    uint8_t rooms[7][LANES];
    for (int32_t x = 0; x < row->width; x += LANES) {
        const bool whole = x + LANES <= row->width;
        ask_ahead(row, x, colours);
        const block_bytes bytes = whole ? bytes_at(row, x) : last_bytes(rooms, row, x);
        step_block(row, &k, x, colours, &bytes);
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

/* Pixels x .. x + 7 that are foreground as `open` says; shadows among them, a bit each. */
static int32_t shade_eight(const seg_mixture_shade *shade, const seg_mixture_row *row, int32_t x,
                           const __m256 *value, __m256i open) {
    __m256i before = _mm256_setzero_si256();
    int32_t shadows = 0;
    for (int32_t m = 0; m < row->modes; m++) {
        const __m128i eight = _mm_loadu_si128((const __m128i *)(const void *)(row->weight[m] + x));
        const __m256i weight = _mm256_cvtepu16_epi32(eight);
        const __m256i counts =
            _mm256_and_si256(_mm256_cmpgt_epi32(weight, _mm256_setzero_si256()),
                             _mm256_cmpgt_epi32(_mm256_set1_epi32(row->background), before));
        open = _mm256_and_si256(open, counts);
        if (!any(open)) break;
        __m256 mean[3];
        for (int32_t c = 0; c < 3; c++)
            mean[c] = levels_of(row->mode[m] + seg_mixture_at(3, x, 1 + c));
        /* variances are in half the unit of means */
        const __m256 variance =
            _mm256_mul_ps(levels_of(row->mode[m] + seg_mixture_at(3, x, 0)), _mm256_set1_ps(2));
        const __m256 near_squared = _mm256_mul_ps(_mm256_set1_ps(shade->near_squared), variance);
        const __m256 found =
            seg_are_shadows(value, mean, shade->darkest, near_squared, _mm256_castsi256_ps(open));
        shadows |= _mm256_movemask_ps(found);
        open = _mm256_andnot_si256(_mm256_castps_si256(found), open);
        before = _mm256_add_epi32(before, weight);
    }
    return shadows;
}

/* Eight bytes, of which there are `count`, and zeros. */
static inline uint64_t load_eight(const uint8_t *p, int32_t count) {
    uint64_t bytes = 0;
    if (count == 8)
        memcpy(&bytes, p, sizeof bytes);
    else
        memcpy(&bytes, p, (size_t)count);
    return bytes;
}

static inline void store_eight(uint8_t *p, uint64_t bytes, int32_t count) {
    if (count == 8)
        memcpy(p, &bytes, sizeof bytes);
    else
        memcpy(p, &bytes, (size_t)count);
}

/* Colours of eight pixels in 8-bit levels, of which there are `count`. */
static inline void take_eight(__m256 *value, const seg_mixture_row *row, int32_t x, int32_t count) {
    for (int32_t c = 0; c < 3; c++) {
        const uint64_t bytes = row->value8[c] ? load_eight(row->value8[c] + x, count) : 0;
        value[c] =
            row->value8[c]
                ? _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)bytes)))
                : levels_of(row->value[c] + x);
    }
}

static inline bool is_clear(const uint8_t *mask) {
    const __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)mask);
    return !any(bytes);
}

static void shade(const seg_mixture_shade *shade, const seg_mixture_row *row) {
    const __m128i bits = _mm_set1_epi64x((long long)0x8040201008040201u);
    for (int32_t x = 0; x < row->width; x += 8) {
        while (x + 32 <= row->width && is_clear(row->mask + x))
            x += 32;
        const int32_t count = row->width - x < 8 ? row->width - x : 8;
        if (count <= 0) break;
        const uint64_t mask = load_eight(row->mask + x, count);
        if (!mask) continue;
        __m256 value[3];
        take_eight(value, row, x, count);
        const __m256i set = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)mask));
        const __m256i open = _mm256_cmpgt_epi32(set, _mm256_setzero_si256());
        const int32_t shadows = shade_eight(shade, row, x, value, open);
        if (!shadows) continue;
        const __m128i spread = _mm_and_si128(_mm_set1_epi8((char)shadows), bits);
        const __m128i shaded =
            _mm_blendv_epi8(_mm_cvtsi64_si128((long long)mask), _mm_set1_epi8((char)shade->value),
                            _mm_cmpeq_epi8(spread, bits));
        store_eight(row->mask + x, (uint64_t)_mm_cvtsi128_si64(shaded), count);
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
