/* Kernels of grey morphology, the readable twin. */
#include "kernels/morphology.h"

#include <math.h>

#define SEG_FOLD_REFERENCE(type, name, sign)                                                       \
    static void fold_##name(void *out, const void *a, const void *b, size_t count) {               \
        for (size_t i = 0; i < count; i++) {                                                       \
            const type p = ((const type *)a)[i], q = ((const type *)b)[i];                         \
            ((type *)out)[i] = p sign q ? p : q;                                                   \
        }                                                                                          \
    }                                                                                              \
    static void gather_##name(void *out, const void *in, size_t count) {                           \
        fold_##name(out, out, in, count);                                                          \
    }                                                                                              \
    static void advance_##name(void *out, void *prefix, const void *row, const void *suffix,       \
                               size_t count) {                                                     \
        gather_##name(prefix, row, count);                                                         \
        fold_##name(out, prefix, suffix, count);                                                   \
    }

SEG_FOLD_REFERENCE(uint8_t, least_u8, <)
SEG_FOLD_REFERENCE(uint16_t, least_u16, <)
SEG_FOLD_REFERENCE(float, least_f32, <)
SEG_FOLD_REFERENCE(uint8_t, most_u8, >)
SEG_FOLD_REFERENCE(uint16_t, most_u16, >)
SEG_FOLD_REFERENCE(float, most_f32, >)

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
        out[i] = isfinite(difference) ? difference : 0;
    }
}

static void replace_f32(float *out, const float *in, size_t count, float nothing) {
    for (size_t i = 0; i < count; i++)
        out[i] = !isfinite(in[i]) ? nothing : in[i] == 0 ? 0 : in[i];
}

#define SEG_FOLD_KERNELS(name)                                                                     \
    { fold_##name, gather_##name, advance_##name }

const seg_morphology_kernels seg_morphology_kernels_ref = {
    .least = {SEG_FOLD_KERNELS(least_u8), SEG_FOLD_KERNELS(least_u16), SEG_FOLD_KERNELS(least_f32)},
    .most = {SEG_FOLD_KERNELS(most_u8), SEG_FOLD_KERNELS(most_u16), SEG_FOLD_KERNELS(most_f32)},
    .subtract_u8 = subtract_u8,
    .subtract_u16 = subtract_u16,
    .subtract_f32 = subtract_f32,
    .replace_f32 = replace_f32,
};
