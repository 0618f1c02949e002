/* Kernels of grey morphology as loops in the width of the samples, of which the compiler makes
 * vector code. */
#include "kernels/morphology.h"

#include <float.h>
#include <math.h>

/*
 * Rows are taken in chunks that fill whole vectors. What is left over is done with the last whole
 * chunk: folding a sample again changes nothing.
 */
#define CHUNK_BYTES 64

/* `step` works on `length` samples from `at` on. */
#define SEG_WALK(type, count, step)                                                                \
    do {                                                                                           \
        enum { CHUNK = CHUNK_BYTES / sizeof(type) };                                               \
        size_t at = 0;                                                                             \
        for (; at + CHUNK <= (count); at += CHUNK) {                                               \
            const size_t length = CHUNK;                                                           \
            step;                                                                                  \
        }                                                                                          \
        if (at < (count) && at > 0) {                                                              \
            const size_t length = CHUNK;                                                           \
            at = (count)-CHUNK;                                                                    \
            step;                                                                                  \
        } else if (at < (count)) {                                                                 \
            const size_t length = (count);                                                         \
            step;                                                                                  \
        }                                                                                          \
    } while (0)

#define SEG_FOLD_LOOPS(type, name, sign)                                                           \
    static inline void fold_chunk_##name(type *restrict to, const type *p, const type *q,          \
                                         size_t count) {                                           \
        for (size_t i = 0; i < count; i++)                                                         \
            to[i] = p[i] sign q[i] ? p[i] : q[i];                                                  \
    }                                                                                              \
    static inline void gather_chunk_##name(type *restrict to, const type *restrict from,           \
                                           size_t count) {                                         \
        for (size_t i = 0; i < count; i++)                                                         \
            to[i] = to[i] sign from[i] ? to[i] : from[i];                                          \
    }                                                                                              \
    static inline void advance_chunk_##name(type *restrict to, type *restrict running,             \
                                            const type *restrict next, const type *restrict rest,  \
                                            size_t count) {                                        \
        for (size_t i = 0; i < count; i++) {                                                       \
            const type folded = running[i] sign next[i] ? running[i] : next[i];                    \
            running[i] = folded;                                                                   \
            to[i] = folded sign rest[i] ? folded : rest[i];                                        \
        }                                                                                          \
    }                                                                                              \
    static void fold_##name(void *out, const void *a, const void *b, size_t count) {               \
        type *to = out;                                                                            \
        const type *p = a, *q = b;                                                                 \
        SEG_WALK(type, count, fold_chunk_##name(to + at, p + at, q + at, length));                 \
    }                                                                                              \
    static void gather_##name(void *out, const void *in, size_t count) {                           \
        type *to = out;                                                                            \
        const type *from = in;                                                                     \
        SEG_WALK(type, count, gather_chunk_##name(to + at, from + at, length));                    \
    }                                                                                              \
    static void advance_##name(void *out, void *prefix, const void *row, const void *suffix,       \
                               size_t count) {                                                     \
        type *to = out, *running = prefix;                                                         \
        const type *next = row, *rest = suffix;                                                    \
        SEG_WALK(type, count,                                                                      \
                 advance_chunk_##name(to + at, running + at, next + at, rest + at, length));       \
    }

SEG_FOLD_LOOPS(uint8_t, least_u8, <)
SEG_FOLD_LOOPS(uint16_t, least_u16, <)
SEG_FOLD_LOOPS(float, least_f32, <)
SEG_FOLD_LOOPS(uint8_t, most_u8, >)
SEG_FOLD_LOOPS(uint16_t, most_u16, >)
SEG_FOLD_LOOPS(float, most_f32, >)

static void subtract_u8(uint8_t *out, const uint8_t *a, const uint8_t *b, size_t count) {
    for (size_t i = 0; i < count; i++)
        out[i] = (uint8_t)(a[i] > b[i] ? a[i] - b[i] : 0);
}

static void subtract_u16(uint16_t *out, const uint16_t *a, const uint16_t *b, size_t count) {
    for (size_t i = 0; i < count; i++)
        out[i] = (uint16_t)(a[i] > b[i] ? a[i] - b[i] : 0);
}

static void subtract_f32(float *out, const float *a, const float *b, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const float difference = a[i] - b[i];
        out[i] = fabsf(difference) <= FLT_MAX ? difference : 0;
    }
}

static void replace_f32(float *out, const float *in, size_t count, float nothing) {
    for (size_t i = 0; i < count; i++) {
        const float value = in[i] + 0.0f; /* -0 becomes 0 */
        out[i] = fabsf(value) <= FLT_MAX ? value : nothing;
    }
}

#define SEG_FOLD_KERNELS(name)                                                                     \
    { fold_##name, gather_##name, advance_##name }

const seg_morphology_kernels SEG_LEVEL_NAME(seg_morphology_kernels) = {
    .least = {SEG_FOLD_KERNELS(least_u8), SEG_FOLD_KERNELS(least_u16), SEG_FOLD_KERNELS(least_f32)},
    .most = {SEG_FOLD_KERNELS(most_u8), SEG_FOLD_KERNELS(most_u16), SEG_FOLD_KERNELS(most_f32)},
    .subtract_u8 = subtract_u8,
    .subtract_u16 = subtract_u16,
    .subtract_f32 = subtract_f32,
    .replace_f32 = replace_f32,
};
