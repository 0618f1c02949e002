/* Kernels of local thresholds for the vector units: plain loops, which the compiler turns into
 * vector code, but for the running sum along a row, which it does not. */
#include "kernels/local_formula.h"

#if defined(SEG_LEVEL_AVX2) || defined(__SSE2__)
#include <immintrin.h>
#define VECTOR_SCAN 1
#endif

static inline void slide_pixel(uint16_t *sum, uint32_t *square, uint8_t enter, uint8_t leave) {
    *sum = (uint16_t)(*sum + enter - leave);
    *square += (uint32_t)((enter - leave) * (enter + leave));
}

#if defined(SEG_LEVEL_AVX2)
/* enter^2 - leave^2 = (enter - leave) (enter + leave): factors of 16 bits, products of 32. */
static inline size_t slide_vectors(uint16_t *sums, uint32_t *squares, const uint8_t *enter,
                                   const uint8_t *leave, size_t count) {
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const __m256i in = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(enter + i)));
        const __m256i out = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(leave + i)));
        const __m256i more = _mm256_sub_epi16(in, out), both = _mm256_add_epi16(in, out);
        __m256i *sum = (__m256i *)(sums + i), *square = (__m256i *)(squares + i);
        _mm256_storeu_si256(sum, _mm256_add_epi16(_mm256_loadu_si256(sum), more));
        const __m256i low = _mm256_mullo_epi16(more, both), high = _mm256_mulhi_epi16(more, both);
        const __m256i a = _mm256_unpacklo_epi16(low, high), b = _mm256_unpackhi_epi16(low, high);
        const __m256i first = _mm256_permute2x128_si256(a, b, 0x20);
        const __m256i second = _mm256_permute2x128_si256(a, b, 0x31);
        _mm256_storeu_si256(square, _mm256_add_epi32(_mm256_loadu_si256(square), first));
        _mm256_storeu_si256(square + 1, _mm256_add_epi32(_mm256_loadu_si256(square + 1), second));
    }
    return i;
}
#elif defined(VECTOR_SCAN)
static inline size_t slide_vectors(uint16_t *sums, uint32_t *squares, const uint8_t *enter,
                                   const uint8_t *leave, size_t count) {
    const __m128i zero = _mm_setzero_si128();
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const __m128i in = _mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i *)(enter + i)), zero);
        const __m128i out = _mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i *)(leave + i)), zero);
        const __m128i more = _mm_sub_epi16(in, out), both = _mm_add_epi16(in, out);
        __m128i *sum = (__m128i *)(sums + i), *square = (__m128i *)(squares + i);
        _mm_storeu_si128(sum, _mm_add_epi16(_mm_loadu_si128(sum), more));
        const __m128i low = _mm_mullo_epi16(more, both), high = _mm_mulhi_epi16(more, both);
        const __m128i first = _mm_unpacklo_epi16(low, high), second = _mm_unpackhi_epi16(low, high);
        _mm_storeu_si128(square, _mm_add_epi32(_mm_loadu_si128(square), first));
        _mm_storeu_si128(square + 1, _mm_add_epi32(_mm_loadu_si128(square + 1), second));
    }
    return i;
}
#else
static inline size_t slide_vectors(uint16_t *sums, uint32_t *squares, const uint8_t *enter,
                                   const uint8_t *leave, size_t count) {
    (void)sums, (void)squares, (void)enter, (void)leave, (void)count;
    return 0;
}
#endif

static void slide_u8(uint16_t *restrict sums, uint32_t *restrict squares,
                     const uint8_t *restrict enter, const uint8_t *restrict leave, size_t count) {
    for (size_t i = slide_vectors(sums, squares, enter, leave, count); i < count; i++)
        slide_pixel(&sums[i], &squares[i], enter[i], leave[i]);
}

static void slide_u16(uint32_t *restrict sums, uint64_t *restrict squares,
                      const uint16_t *restrict enter, const uint16_t *restrict leave,
                      size_t count) {
    for (size_t i = 0; i < count; i++) {
        const uint32_t in = enter[i], out = leave[i];
        sums[i] += in - out;
        squares[i] += (uint64_t)(in * in) - (uint64_t)(out * out);
    }
}

static void slide_sums_u8(uint16_t *restrict sums, const uint8_t *restrict enter,
                          const uint8_t *restrict leave, size_t count) {
    for (size_t i = 0; i < count; i++)
        sums[i] = (uint16_t)(sums[i] + (enter[i] - leave[i]));
}

static void slide_sums_u16(uint32_t *restrict sums, const uint16_t *restrict enter,
                           const uint16_t *restrict leave, size_t count) {
    for (size_t i = 0; i < count; i++)
        sums[i] += (uint32_t)(enter[i] - leave[i]);
}

/* ---- sums along a row: out[x + 1] - out[x] = columns[x + side] - columns[x] ---- */

/* Sums of 1, 2, ... lanes of what enters and leaves are found for all vectors apart; from one
 * vector to the next only a total is added, so that none waits long for the one before. */
#if defined(SEG_LEVEL_AVX2)
#define LANES 8
typedef __m256i lanes;
static inline lanes load_u32(const uint32_t *at) {
    return _mm256_loadu_si256((const __m256i *)at);
}
static inline lanes load_u16(const uint16_t *at) {
    return _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)at));
}
static inline lanes all_of(uint32_t value) {
    return _mm256_set1_epi32((int32_t)value);
}
static inline lanes scan(lanes v) {
    v = _mm256_add_epi32(v, _mm256_slli_si256(v, 4));
    v = _mm256_add_epi32(v, _mm256_slli_si256(v, 8));
    /* the sum of the lower half goes to all of the upper one */
    const lanes lower = _mm256_permute2x128_si256(v, v, 0x08);
    return _mm256_add_epi32(v, _mm256_shuffle_epi32(lower, 0xff));
}
static inline lanes last_of(lanes v) {
    return _mm256_permutevar8x32_epi32(v, _mm256_set1_epi32(LANES - 1));
}
static inline lanes add(lanes a, lanes b) {
    return _mm256_add_epi32(a, b);
}
static inline lanes subtract(lanes a, lanes b) {
    return _mm256_sub_epi32(a, b);
}
static inline void store(uint32_t *at, lanes v) {
    _mm256_storeu_si256((__m256i *)at, v);
}
#elif defined(VECTOR_SCAN)
#define LANES 4
typedef __m128i lanes;
static inline lanes load_u32(const uint32_t *at) {
    return _mm_loadu_si128((const __m128i *)at);
}
static inline lanes load_u16(const uint16_t *at) {
    return _mm_unpacklo_epi16(_mm_loadl_epi64((const __m128i *)at), _mm_setzero_si128());
}
static inline lanes all_of(uint32_t value) {
    return _mm_set1_epi32((int32_t)value);
}
static inline lanes scan(lanes v) {
    v = _mm_add_epi32(v, _mm_slli_si128(v, 4));
    return _mm_add_epi32(v, _mm_slli_si128(v, 8));
}
static inline lanes last_of(lanes v) {
    return _mm_shuffle_epi32(v, 0xff);
}
static inline lanes add(lanes a, lanes b) {
    return _mm_add_epi32(a, b);
}
static inline lanes subtract(lanes a, lanes b) {
    return _mm_sub_epi32(a, b);
}
static inline void store(uint32_t *at, lanes v) {
    _mm_storeu_si128((__m128i *)at, v);
}
#endif

#if defined(VECTOR_SCAN)
#define SCAN_ROW(x, load)                                                                          \
    do {                                                                                           \
        lanes carry = all_of(sum);                                                                 \
        for (; x + LANES <= count; x += LANES) {                                                   \
            const lanes steps =                                                                    \
                scan(subtract(load(columns + x + side - 1), load(columns + x - 1)));               \
            store(out + x, add(carry, steps));                                                     \
            carry = add(carry, last_of(steps));                                                    \
        }                                                                                          \
        sum = out[x - 1];                                                                          \
    } while (0)
#else
#define SCAN_ROW(x, load) ((void)0)
#endif

#define WINDOW_NARROW(name, column_type, load)                                                     \
    static void name(uint32_t *restrict out, const column_type *restrict columns, size_t count,    \
                     size_t side) {                                                                \
        uint32_t sum = 0;                                                                          \
        size_t x = 1;                                                                              \
        for (size_t k = 0; k < side; k++)                                                          \
            sum += columns[k];                                                                     \
        out[0] = sum;                                                                              \
        SCAN_ROW(x, load);                                                                         \
        for (; x < count; x++) {                                                                   \
            sum = sum + columns[x + side - 1] - columns[x - 1];                                    \
            out[x] = sum;                                                                          \
        }                                                                                          \
    }

WINDOW_NARROW(window_u16, uint16_t, load_u16)
WINDOW_NARROW(window_u32, uint32_t, load_u32)

#define WINDOW(name, column_type)                                                                  \
    static void name(uint64_t *restrict out, const column_type *restrict columns, size_t count,    \
                     size_t side) {                                                                \
        uint64_t sum = 0;                                                                          \
        for (size_t k = 0; k < side; k++)                                                          \
            sum += columns[k];                                                                     \
        out[0] = sum;                                                                              \
        for (size_t x = 1; x < count; x++) {                                                       \
            sum = sum + columns[x + side - 1] - columns[x - 1];                                    \
            out[x] = sum;                                                                          \
        }                                                                                          \
    }

WINDOW(window_u32_wide, uint32_t)
WINDOW(window_u64, uint64_t)

/* ---- thresholds ---- */

static void contrast_narrow(float *restrict excess, const uint8_t *restrict grey,
                            const uint32_t *restrict sums, const uint32_t *restrict squares,
                            size_t count, const seg_local_formula *formula) {
    const seg_local_narrow f = seg_local_narrow_of(formula);
    for (size_t x = 0; x < count; x++)
        excess[x] = seg_local_excess_narrow(&f, grey[x], sums[x], squares[x]);
}

static void contrast_wide(float *restrict excess, const uint16_t *restrict grey,
                          const uint64_t *restrict sums, const uint64_t *restrict squares,
                          size_t count, const seg_local_formula *formula) {
    const seg_local_formula f = *formula;
    const double per_sample = 1.0 / f.n;
    for (size_t x = 0; x < count; x++)
        excess[x] = seg_local_excess_wide(&f, per_sample, grey[x], sums[x], squares[x]);
}

static void mean_narrow(float *restrict excess, const uint8_t *restrict grey,
                        const uint32_t *restrict sums, size_t count, int32_t n, int32_t slack) {
    for (size_t x = 0; x < count; x++)
        excess[x] = (float)(2 * n * grey[x] + slack - 2 * (int32_t)sums[x]);
}

static void mean_wide(float *restrict excess, const uint16_t *restrict grey,
                      const uint64_t *restrict sums, size_t count, int32_t n, double slack) {
    const double twice = 2.0 * n;
    for (size_t x = 0; x < count; x++)
        excess[x] =
            (float)((twice * (double)(int32_t)grey[x] - 2.0 * seg_local_double(sums[x])) + slack);
}

/* ---- symmetric filters: four vectors of sums in registers, all pairs of taps over them ---- */

#if defined(SEG_LEVEL_AVX2)
#define FLOATS 8
typedef __m256 floats;
#define load_floats _mm256_loadu_ps
#define store_floats _mm256_storeu_ps
#define all_floats _mm256_set1_ps
#define add_floats _mm256_add_ps
#define multiply_floats _mm256_mul_ps
#elif defined(VECTOR_SCAN)
#define FLOATS 4
typedef __m128 floats;
#define load_floats _mm_loadu_ps
#define store_floats _mm_storeu_ps
#define all_floats _mm_set1_ps
#define add_floats _mm_add_ps
#define multiply_floats _mm_mul_ps
#else
#define FLOATS 1
typedef float floats;
static inline float load_floats(const float *at) {
    return *at;
}
static inline void store_floats(float *at, float value) {
    *at = value;
}
#define all_floats(value) (value)
#define add_floats(a, b) ((a) + (b))
#define multiply_floats(a, b) ((a) * (b))
#endif

static inline floats pair_sum(floats sum, floats tap, const float *before, const float *after) {
    return add_floats(sum,
                      multiply_floats(tap, add_floats(load_floats(before), load_floats(after))));
}

/* `before(k)` and `after(k)` are what tap k is multiplied with, at x = 0. */
#define FILTER(count, centre, before, after)                                                       \
    do {                                                                                           \
        size_t x = 0;                                                                              \
        for (; x + 4 * FLOATS <= count; x += 4 * FLOATS) {                                         \
            const floats tap_0 = all_floats(taps[0]);                                              \
            const float *c = (centre) + x;                                                         \
            floats s0 = multiply_floats(tap_0, load_floats(c));                                    \
            floats s1 = multiply_floats(tap_0, load_floats(c + FLOATS));                           \
            floats s2 = multiply_floats(tap_0, load_floats(c + 2 * FLOATS));                       \
            floats s3 = multiply_floats(tap_0, load_floats(c + 3 * FLOATS));                       \
            for (int32_t k = 1; k <= radius; k++) {                                                \
                const floats tap = all_floats(taps[k]);                                            \
                const float *b = (before) + x, *a = (after) + x;                                   \
                s0 = pair_sum(s0, tap, b, a);                                                      \
                s1 = pair_sum(s1, tap, b + FLOATS, a + FLOATS);                                    \
                s2 = pair_sum(s2, tap, b + 2 * FLOATS, a + 2 * FLOATS);                            \
                s3 = pair_sum(s3, tap, b + 3 * FLOATS, a + 3 * FLOATS);                            \
            }                                                                                      \
            store_floats(out + x, s0);                                                             \
            store_floats(out + x + FLOATS, s1);                                                    \
            store_floats(out + x + 2 * FLOATS, s2);                                                \
            store_floats(out + x + 3 * FLOATS, s3);                                                \
        }                                                                                          \
        for (; x < count; x++) {                                                                   \
            float sum = taps[0] * (centre)[x];                                                     \
            for (int32_t k = 1; k <= radius; k++)                                                  \
                sum += taps[k] * ((before)[x] + (after)[x]);                                       \
            out[x] = sum;                                                                          \
        }                                                                                          \
    } while (0)

static void filter_down(float *restrict out, const float *const *rows, const float *taps,
                        int32_t radius, size_t count) {
    FILTER(count, rows[radius], rows[radius - k], rows[radius + k]);
}

static void filter_across(float *restrict out, const float *row, const float *taps, int32_t radius,
                          size_t count) {
    const float *middle = row + radius;
    FILTER(count, middle, middle - k, middle + k);
}

static void above_rounded(float *restrict excess, const float *restrict value,
                          const float *restrict mean, float level, size_t count) {
    for (size_t x = 0; x < count; x++)
        excess[x] =
            (value[x] + level) - ((mean[x] + SEG_LOCAL_ROUND_FLOAT) - SEG_LOCAL_ROUND_FLOAT);
}

#if defined(SEG_LEVEL_AVX2)
/* A formula's numbers in all lanes. */
typedef struct seg_share_lanes {
    __m256i n;
    __m256 count, per_sample, lowest, linear, product;
} share_lanes;

/* seg_local_share_narrow of 8 pixels. */
static inline __m256i share_of_8(const share_lanes *f, const uint8_t *grey, const uint32_t *sums,
                                 const uint32_t *squares) {
    const __m256i sum = load_u32(sums);
    const __m256 s = _mm256_cvtepi32_ps(sum);
    const __m256i mean =
        _mm256_cvttps_epi32(_mm256_add_ps(_mm256_mul_ps(s, f->per_sample), _mm256_set1_ps(0.5f)));
    const __m256i rest = _mm256_sub_epi32(sum, _mm256_mullo_epi32(f->n, mean));
    const __m256i around =
        _mm256_sub_epi32(load_u32(squares), _mm256_mullo_epi32(mean, _mm256_add_epi32(sum, rest)));
    const __m256 r = _mm256_cvtepi32_ps(rest);
    const __m256 spread =
        _mm256_sub_ps(_mm256_mul_ps(f->count, _mm256_cvtepi32_ps(around)), _mm256_mul_ps(r, r));
    const __m256i value = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)grey));
    const __m256 above =
        _mm256_sub_ps(_mm256_mul_ps(f->count, _mm256_cvtepi32_ps(value)), f->lowest);
    const __m256 over = _mm256_sub_ps(s, f->lowest);
    const __m256 left = _mm256_sub_ps(above, _mm256_mul_ps(over, f->linear));
    const __m256 right = _mm256_mul_ps(over, f->product);
    const __m256 size = _mm256_andnot_ps(_mm256_set1_ps(-0.0f), left);
    return _mm256_castps_si256(_mm256_cmp_ps(
        _mm256_mul_ps(left, size), _mm256_mul_ps(_mm256_mul_ps(right, right), spread), _CMP_GT_OQ));
}

enum { SHARES = 32 };

static inline void share_of_32(uint8_t *mask, const share_lanes *f, const uint8_t *grey,
                               const uint32_t *sums, const uint32_t *squares, __m256i flip) {
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    const __m256i a = share_of_8(f, grey, sums, squares);
    const __m256i b = share_of_8(f, grey + 8, sums + 8, squares + 8);
    const __m256i c = share_of_8(f, grey + 16, sums + 16, squares + 16);
    const __m256i d = share_of_8(f, grey + 24, sums + 24, squares + 24);
    const __m256i flags = _mm256_packs_epi16(_mm256_packs_epi32(a, b), _mm256_packs_epi32(c, d));
    _mm256_storeu_si256((__m256i *)mask,
                        _mm256_xor_si256(_mm256_permutevar8x32_epi32(flags, order), flip));
}

/* The last pixels by way of memory that is long enough. */
static void mask_share_narrow(uint8_t *mask, const uint8_t *grey, const uint32_t *sums,
                              const uint32_t *squares, size_t count,
                              const seg_local_formula *formula, uint8_t inside) {
    const seg_local_narrow n = seg_local_narrow_of(formula);
    const share_lanes f = {_mm256_set1_epi32(n.n),       _mm256_set1_ps(n.count),
                           _mm256_set1_ps(n.per_sample), _mm256_set1_ps(n.lowest),
                           _mm256_set1_ps(n.linear),     _mm256_set1_ps(n.product)};
    const __m256i flip = _mm256_set1_epi8((char)(uint8_t)(255 - inside));
    uint32_t last_sums[SHARES] = {0}, last_squares[SHARES] = {0};
    uint8_t last_grey[SHARES] = {0}, last[SHARES];
    size_t x = 0;
    for (; x + SHARES <= count; x += SHARES)
        share_of_32(mask + x, &f, grey + x, sums + x, squares + x, flip);
    const size_t rest = count - x;
    if (!rest) return;
    memcpy(last_grey, grey + x, rest);
    memcpy(last_sums, sums + x, rest * sizeof *sums);
    memcpy(last_squares, squares + x, rest * sizeof *squares);
    mask_share_narrow(last, last_grey, last_sums, last_squares, SHARES, formula, inside);
    memcpy(mask + x, last, rest);
}
#else
static void mask_share_narrow(uint8_t *restrict mask, const uint8_t *restrict grey,
                              const uint32_t *restrict sums, const uint32_t *restrict squares,
                              size_t count, const seg_local_formula *formula, uint8_t inside) {
    const seg_local_narrow f = seg_local_narrow_of(formula);
    const uint8_t flip = (uint8_t)(255 - inside);
    for (size_t x = 0; x < count; x++) {
        const int32_t above = seg_local_share_narrow(&f, grey[x], sums[x], squares[x]) ? 255 : 0;
        mask[x] = (uint8_t)((uint8_t)above ^ flip);
    }
}
#endif

static void mask_mean_narrow(uint8_t *restrict mask, const uint8_t *restrict grey,
                             const uint32_t *restrict sums, size_t count, int32_t n, int32_t slack,
                             uint8_t inside) {
    /* all of these are whole numbers below 2^24, as slack is odd */
    const float samples = (float)n, least = (float)((1 - slack) / 2);
    const uint8_t flip = (uint8_t)(255 - inside);
    for (size_t x = 0; x < count; x++) {
        const int32_t above = samples * (float)grey[x] - (float)(int32_t)sums[x] >= least ? 255 : 0;
        mask[x] = (uint8_t)((uint8_t)above ^ flip);
    }
}

/* Windows of few samples: sums, and n times a sample, fit 16 bits, and saturation does no harm. */
#if defined(SEG_LEVEL_AVX2)
#define WORDS 16
typedef __m256i words;
#define WORD(name) _mm256_##name
static inline words load_words(const uint16_t *at) {
    return _mm256_loadu_si256((const __m256i *)at);
}
static inline words widen(const uint8_t *at) {
    return _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)at));
}
static inline words scan_words(words v) {
    v = _mm256_add_epi16(v, _mm256_slli_si256(v, 2));
    v = _mm256_add_epi16(v, _mm256_slli_si256(v, 4));
    v = _mm256_add_epi16(v, _mm256_slli_si256(v, 8));
    const words lower = _mm256_permute2x128_si256(v, v, 0x08);
    return _mm256_add_epi16(v, _mm256_shuffle_epi8(lower, _mm256_set1_epi16(0x0f0e)));
}
static inline words last_word(words v) {
    return _mm256_shuffle_epi8(_mm256_permute2x128_si256(v, v, 0x11), _mm256_set1_epi16(0x0f0e));
}
static inline void store_flags(uint8_t *at, words flags, uint8_t flip) {
    const words bytes = _mm256_permute4x64_epi64(_mm256_packs_epi16(flags, flags), 0x08);
    _mm_storeu_si128((__m128i *)at,
                     _mm_xor_si128(_mm256_castsi256_si128(bytes), _mm_set1_epi8((char)flip)));
}
#elif defined(VECTOR_SCAN)
#define WORDS 8
typedef __m128i words;
#define WORD(name) _mm_##name
static inline words load_words(const uint16_t *at) {
    return _mm_loadu_si128((const __m128i *)at);
}
static inline words widen(const uint8_t *at) {
    return _mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i *)at), _mm_setzero_si128());
}
static inline words scan_words(words v) {
    v = _mm_add_epi16(v, _mm_slli_si128(v, 2));
    v = _mm_add_epi16(v, _mm_slli_si128(v, 4));
    return _mm_add_epi16(v, _mm_slli_si128(v, 8));
}
static inline words last_word(words v) {
    return _mm_shuffle_epi32(_mm_shufflehi_epi16(v, 0xff), 0xff);
}
static inline void store_flags(uint8_t *at, words flags, uint8_t flip) {
    const words bytes = _mm_packs_epi16(flags, flags);
    _mm_storel_epi64((__m128i *)at, _mm_xor_si128(bytes, _mm_set1_epi8((char)flip)));
}
#endif

static void mask_mean_small(uint8_t *restrict mask, const uint8_t *restrict grey,
                            const uint16_t *restrict columns, size_t count, size_t side,
                            int32_t slack, uint8_t inside) {
    /* S < n value + more; beyond 16 bits on either side it is always so or never */
    const int32_t n = (int32_t)(side * side), half = (slack + 1) / 2;
    const int32_t more = half > UINT16_MAX ? UINT16_MAX : half < -UINT16_MAX ? -UINT16_MAX : half;
    int32_t sum = 0;
    size_t x = 1;
    for (size_t k = 0; k < side; k++)
        sum += columns[k];
    mask[0] = sum < n * grey[0] + more ? inside : (uint8_t)(255 - inside);
#if defined(VECTOR_SCAN)
    const words up = WORD(set1_epi16)((int16_t)(uint16_t)(more > 0 ? more : 0));
    const words down = WORD(set1_epi16)((int16_t)(uint16_t)(more < 0 ? -more : 0));
    const words samples = WORD(set1_epi16)((int16_t)n), zero = WORD(set1_epi16)(0);
    words carry = WORD(set1_epi16)((int16_t)(uint16_t)sum);
    for (; x + WORDS <= count; x += WORDS) {
        const words steps = scan_words(
            WORD(sub_epi16)(load_words(columns + x + side - 1), load_words(columns + x - 1)));
        const words sums = WORD(add_epi16)(carry, steps);
        carry = WORD(add_epi16)(carry, last_word(steps));
        const words level = WORD(mullo_epi16)(widen(grey + x), samples);
        const words bound = WORD(subs_epu16)(WORD(adds_epu16)(level, up), down);
        store_flags(mask + x, WORD(cmpeq_epi16)(WORD(subs_epu16)(bound, sums), zero), inside);
    }
    sum = 0;
    for (size_t k = 0; k < side; k++)
        sum += columns[x - 1 + k];
#endif
    for (; x < count; x++) {
        sum += columns[x + side - 1] - columns[x - 1];
        mask[x] = sum < n * grey[x] + more ? inside : (uint8_t)(255 - inside);
    }
}

static void mask_of(uint8_t *restrict mask, const float *restrict excess, size_t count,
                    uint8_t inside) {
    const uint8_t flip = (uint8_t)(255 - inside);
    for (size_t x = 0; x < count; x++) {
        const int32_t above = excess[x] > 0 ? 255 : 0;
        mask[x] = (uint8_t)((uint8_t)above ^ flip);
    }
}

const seg_local_kernels SEG_LEVEL_NAME(seg_local_kernels) = {
    .slide_u8 = slide_u8,
    .slide_u16 = slide_u16,
    .slide_sums_u8 = slide_sums_u8,
    .slide_sums_u16 = slide_sums_u16,
    .window_u16 = window_u16,
    .window_u32 = window_u32,
    .window_u32_wide = window_u32_wide,
    .window_u64 = window_u64,
    .contrast_narrow = contrast_narrow,
    .contrast_wide = contrast_wide,
    .mean_narrow = mean_narrow,
    .mean_wide = mean_wide,
    .mask_share_narrow = mask_share_narrow,
    .mask_mean_narrow = mask_mean_narrow,
    .mask_mean_small = mask_mean_small,
    .filter_down = filter_down,
    .filter_across = filter_across,
    .above_rounded = above_rounded,
    .mask_of = mask_of,
};
