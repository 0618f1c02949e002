/*
 * Chroma is widened to all columns by a bicubic filter, kept in lines of 15 bits, four of which are
 * blended for each row; luma and both chromas then go through the matrix in whole numbers. The
 * filter is Mitchell and Netravali's family (B = 0, C = 0.6): "Reconstruction filters in computer
 * graphics", SIGGRAPH 1988. Where rounding goes is FFmpeg's choice, so that other formats, which
 * swscale converts, give equal colours.
 */
#include "media/ffmpeg/yuv420.h"

#include "core/check.h"
#include "core/memory.h"
#include "media/ffmpeg/yuv420_rows.h"

#include <stdlib.h>
#include <string.h>

#define TAPS SEG_YUV420_TAPS
#define AT_ONCE 64 /* pixels */

void seg_yuv420_free(seg_yuv420 *converter) {
    seg_release(&converter->env, converter->columns);
    seg_release(&converter->env, converter->rows);
    seg_release(&converter->env, converter->lines);
    *converter = (seg_yuv420){0};
}

/* ---- the filter ---- */

#define FILTER_ONE (INT64_C(1) << 54)

/* Of a distance in 1/2^30 samples. */
static int64_t bicubic(int64_t distance) {
    const int64_t one = 1 << 24, c = (int64_t)(0.6 * (1 << 24)), unit = INT64_C(1) << 30;
    if (distance >= 2 * unit) return 0;
    const int64_t square = distance * distance >> 30, cube = square * distance >> 30;
    if (distance >= unit)
        return -6 * c * cube + 30 * c * square - 48 * c * distance + 24 * c * unit;
    return (12 * one - 6 * c) * cube + (-18 * one + 6 * c) * square + 6 * one * unit;
}

static int64_t divide(int64_t a, int64_t b) {
    return (a < 0 ? a - b / 2 : a + b / 2) / b;
}

/* Shares that add up to `one`: what rounding leaves goes to the next. */
static void settle_shares(int16_t *shares, const int64_t *weights, int64_t one) {
    int64_t sum = 0, rest = 0;
    for (int32_t i = 0; i < TAPS; i++)
        sum += weights[i];
    sum = (sum + one / 2) / one;
    for (int32_t i = 0; i < TAPS; i++) {
        const int64_t wanted = weights[i] + rest, share = divide(wanted, sum);
        shares[i] = (int16_t)share;
        rest = wanted - share * sum;
    }
}

static int64_t within(int64_t value, int64_t least, int64_t most) {
    return value < least ? least : value > most ? most : value;
}

/* The samples around each of `count` places; the outermost ones stand for what is beyond. */
static void find_blends(seg_yuv420_blend *blends, int32_t samples, int32_t count, int32_t one) {
    const int64_t unit = 1 << 17; /* of places: a sample */
    const int64_t step = (((int64_t)samples << 16) + count / 2) / count;
    int64_t place = step - unit / 2;
    for (int32_t i = 0; i < count; i++, place += 2 * step) {
        int64_t first = (place - 3 * (unit / 2)) / unit; /* towards 0, as swscale's */
        const int64_t away = llabs(first * unit - place) << 13;
        if (llabs(bicubic(away)) <= FILTER_ONE / 500) first++; /* nothing is lost with it */
        const int64_t start = within(first, 0, samples - TAPS);
        int64_t weights[TAPS] = {0};
        for (int64_t j = first; j < first + TAPS; j++)
            weights[within(j, 0, samples - 1) - start] += bicubic(llabs(j * unit - place) << 13);
        blends[i].first = (int32_t)start;
        settle_shares(blends[i].shares, weights, one);
    }
}

/* ---- the matrix ---- */

static int32_t in_16_bits(int64_t value) {
    return (int32_t)within((value + (1 << 15)) >> 16, INT16_MIN, INT16_MAX);
}

static seg_yuv420_matrix matrix_of(const int inverse[4], bool full) {
    int64_t parts[4] = {inverse[0], -(int64_t)inverse[3], -(int64_t)inverse[2], inverse[1]};
    for (int32_t i = 0; i < 4; i++)
        parts[i] = (full ? parts[i] * 224 / 255 : parts[i]) * (1 << 13);
    const int64_t one = 1 << 16, luma = full ? one : one * 255 / 219;
    return (seg_yuv420_matrix){in_16_bits(full ? 0 : 16 * one * (1 << 9)),
                               in_16_bits(luma * (1 << 13)),
                               in_16_bits(parts[0]),
                               in_16_bits(parts[1]),
                               in_16_bits(parts[2]),
                               in_16_bits(parts[3])};
}

/* ---- rows ---- */

/* A row of chroma in all columns. */
static void widen_some(int16_t *out, const uint8_t *row, const seg_yuv420_blend *columns,
                       int32_t first, int32_t end) {
    for (int32_t x = first; x < end; x++) {
        const uint8_t *samples = row + columns[x].first;
        int32_t sum = 0;
        for (int32_t i = 0; i < TAPS; i++)
            sum += samples[i] * columns[x].shares[i];
        sum >>= 7;
        out[x] = (int16_t)(sum < INT16_MAX ? sum : INT16_MAX);
    }
}

static inline int16_t blend4(const uint8_t *p, const int32_t *shares) {
    const int32_t sum =
        (p[0] * shares[0] + p[1] * shares[1] + p[2] * shares[2] + p[3] * shares[3]) >> 7;
    return (int16_t)(sum < INT16_MAX ? sum : INT16_MAX);
}

/* Of an even width all pairs of columns but the outermost have the same shares. */
static void widen(int16_t *restrict out, const uint8_t *restrict row,
                  const seg_yuv420_blend *columns, int32_t width) {
    enum { EDGE = 4 };
    if (width % 2) {
        widen_some(out, row, columns, 0, width);
        return;
    }
    int32_t even[TAPS], odd[TAPS];
    for (int32_t i = 0; i < TAPS; i++) {
        even[i] = columns[EDGE].shares[i];
        odd[i] = columns[EDGE + 1].shares[i];
    }
    const uint8_t *restrict samples = row + columns[EDGE].first;
    int16_t *restrict inner = out + EDGE;
    const int32_t pairs = width / 2 - EDGE;
    int32_t done = 0;
#if defined(SEG_HAVE_AVX2)
    if (seg_cpu_level_get() >= SEG_CPU_AVX2)
        done = seg_yuv420_widen_avx2(inner, samples, columns[EDGE].shares, columns[EDGE + 1].shares,
                                     pairs);
#endif
    for (int32_t i = done; i < pairs; i++) {
        inner[2 * i] = blend4(samples + i, even);
        inner[2 * i + 1] = blend4(samples + i + 1, odd);
    }
    widen_some(out, row, columns, 0, EDGE);
    widen_some(out, row, columns, width - EDGE, width);
}

/* Blended from four lines, 1/2^9 of a level around grey. */
static inline int32_t chroma_at(const int16_t *const lines[TAPS], const int32_t *shares,
                                int32_t x) {
    return ((1 << 9) - (128 << 19) + lines[0][x] * shares[0] + lines[1][x] * shares[1] +
            lines[2][x] * shares[2] + lines[3][x] * shares[3]) >>
           10;
}

/* Of 1/2^22; what is out of gamut by more than twice the range wraps around first. */
static inline uint32_t level_of(uint32_t value) {
    int32_t level = (int32_t)value;
    level = level < 0 ? 0 : level;
    return (uint32_t)(level < (1 << 30) ? level : (1 << 30) - 1) >> 22;
}

/* Words of three bytes as bytes. */
static void pack(uint8_t *out, const uint32_t *words, int32_t count) {
    int32_t i = 0;
    for (; i + 4 <= count; i += 4, out += 12) {
        const uint8_t bytes[12] = {
            (uint8_t)words[i],     (uint8_t)(words[i] >> 8),     (uint8_t)(words[i] >> 16),
            (uint8_t)words[i + 1], (uint8_t)(words[i + 1] >> 8), (uint8_t)(words[i + 1] >> 16),
            (uint8_t)words[i + 2], (uint8_t)(words[i + 2] >> 8), (uint8_t)(words[i + 2] >> 16),
            (uint8_t)words[i + 3], (uint8_t)(words[i + 3] >> 8), (uint8_t)(words[i + 3] >> 16)};
        memcpy(out, bytes, sizeof bytes);
    }
    for (; i < count; i++)
        for (int32_t c = 0; c < 3; c++)
            *out++ = (uint8_t)(words[i] >> 8 * c);
}

static void give_row(uint8_t *out, const uint8_t *luma, const seg_yuv420_chroma *chroma,
                     const seg_yuv420_matrix *m, int32_t width) {
    const int16_t *const *u = chroma->u, *const *v = chroma->v, *shares = chroma->shares;
    const int32_t wide[TAPS] = {shares[0], shares[1], shares[2], shares[3]};
    const uint32_t v_red = (uint32_t)m->v_red, v_green = (uint32_t)m->v_green;
    const uint32_t u_green = (uint32_t)m->u_green, u_blue = (uint32_t)m->u_blue;
    const int32_t black = m->black, scale = m->luma;
    uint32_t words[AT_ONCE];
    int32_t done = 0;
#if defined(SEG_HAVE_AVX2)
    if (seg_cpu_level_get() >= SEG_CPU_AVX2)
        done = seg_yuv420_give_avx2(out, luma, chroma, m, width);
#endif
    for (int32_t first = done; first < width; first += AT_ONCE) {
        const int32_t count = width - first < AT_ONCE ? width - first : AT_ONCE;
        for (int32_t i = 0; i < count; i++) {
            const int32_t x = first + i;
            const uint32_t y = (uint32_t)((luma[x] * 512 - black) * scale + (1 << 21));
            const uint32_t a = (uint32_t)chroma_at(u, wide, x);
            const uint32_t b = (uint32_t)chroma_at(v, wide, x);
            words[i] = level_of(y + b * v_red) | level_of(y + b * v_green + a * u_green) << 8 |
                       level_of(y + a * u_blue) << 16;
        }
        pack(out + 3 * (size_t)first, words, count);
    }
}

/* ---- frames ---- */

static seg_status prepare(seg_yuv420 *own, int32_t width, int32_t height, const seg_env *env) {
    if (own->width == width && own->height == height) return SEG_OK;
    seg_yuv420_free(own);
    if (env) own->env = *env;
    own->columns = seg_allocate(env, (size_t)width, sizeof *own->columns, "a chroma filter");
    own->rows = seg_allocate(env, (size_t)height, sizeof *own->rows, "a chroma filter");
    own->lines = seg_allocate(env, (size_t)width, 2 * TAPS * sizeof *own->lines, "rows of chroma");
    if (!own->columns || !own->rows || !own->lines) {
        seg_yuv420_free(own);
        return SEG_ERROR_MEMORY;
    }
    find_blends(own->columns, (width + 1) / 2, width, 1 << 14);
    find_blends(own->rows, (height + 1) / 2, height, 1 << 12);
    own->width = width;
    own->height = height;
    return SEG_OK;
}

static int16_t *line_of(const seg_yuv420 *own, int32_t plane, int32_t row) {
    return own->lines + (size_t)(plane * TAPS + row % TAPS) * (size_t)own->width;
}

seg_status seg_yuv420_to_rgb(const seg_image *image, seg_yuv420 *converter,
                             const uint8_t *const planes[3], const int strides[3],
                             const int inverse[4], bool full, const seg_env *env) {
    SEG_TRY(prepare(converter, image->width, image->height, env));
    const seg_yuv420_matrix m = matrix_of(inverse, full);
    int32_t next = 0; /* row of chroma to be widened */
    for (int32_t y = 0; y < image->height; y++) {
        const seg_yuv420_blend *blend = &converter->rows[y];
        for (; next < blend->first + TAPS; next++)
            for (int32_t p = 0; p < 2; p++)
                widen(line_of(converter, p, next), planes[1 + p] + (ptrdiff_t)next * strides[1 + p],
                      converter->columns, image->width);
        seg_yuv420_chroma chroma = {.shares = blend->shares};
        for (int32_t i = 0; i < TAPS; i++) {
            chroma.u[i] = line_of(converter, 0, blend->first + i);
            chroma.v[i] = line_of(converter, 1, blend->first + i);
        }
        give_row(seg_image_row(image, y), planes[0] + (ptrdiff_t)y * strides[0], &chroma, &m,
                 image->width);
    }
    return SEG_OK;
}
