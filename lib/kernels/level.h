/*
 * How kernels come in levels. A domain X has
 *   X.h          struct seg_X_kernels: function pointers, one line of contract each
 *   X_ref.c      the readable twin: defines `const seg_X_kernels seg_X_kernels_ref`
 *   X_simd.c     built twice by CMake, with SEG_LEVEL=base and SEG_LEVEL=avx2 (-mavx2 -mbmi -mbmi2
 *                -mlzcnt -mpopcnt, never -mfma): defines `const seg_X_kernels
 * SEG_LEVEL_NAME(seg_X_kernels)` X.c          SEG_KERNELS_SELECT(X) All levels give the same bytes;
 * tests/kernels proves it. No kernel touches memory outside the pixels of its rows.
 */
#ifndef SEG_KERNELS_LEVEL_H
#define SEG_KERNELS_LEVEL_H

#include <segment/env.h>

#define SEG_LEVEL_PASTE_(name, level) name##_##level
#define SEG_LEVEL_PASTE(name, level) SEG_LEVEL_PASTE_(name, level)
/* name_base or name_avx2 */
#define SEG_LEVEL_NAME(name) SEG_LEVEL_PASTE(name, SEG_LEVEL)

#if defined(SEG_HAVE_AVX2)
#define SEG_KERNELS_AVX2_(domain) &seg_##domain##_kernels_avx2
#else
#define SEG_KERNELS_AVX2_(domain) &seg_##domain##_kernels_base
#endif

/* In X.h: declares the tables and the getter. */
#define SEG_KERNELS_DECLARE(domain)                                                                \
    extern const seg_##domain##_kernels seg_##domain##_kernels_ref;                                \
    extern const seg_##domain##_kernels seg_##domain##_kernels_base;                               \
    extern const seg_##domain##_kernels seg_##domain##_kernels_avx2;                               \
    const seg_##domain##_kernels *seg_##domain##_kernels_get(void)

/* In X.c: defines the getter. */
#define SEG_KERNELS_SELECT(domain)                                                                 \
    const seg_##domain##_kernels *seg_##domain##_kernels_get(void) {                               \
        switch (seg_cpu_level_get()) {                                                             \
        case SEG_CPU_AVX2:                                                                         \
            return SEG_KERNELS_AVX2_(domain);                                                      \
        case SEG_CPU_BASE:                                                                         \
            return &seg_##domain##_kernels_base;                                                   \
        default:                                                                                   \
            return &seg_##domain##_kernels_ref;                                                    \
        }                                                                                          \
    }

#endif
