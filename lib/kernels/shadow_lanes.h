/* seg_is_shadow of eight pixels at a time, the same bits; for sources that are built for AVX2. */
#ifndef SEG_KERNELS_SHADOW_LANES_H
#define SEG_KERNELS_SHADOW_LANES_H

#include <immintrin.h>

/** All ones in the lanes that are shadow, of those that are `open`: kernels/shadow.h. */
static inline __m256 seg_are_shadows(const __m256 *value, const __m256 *mean, float darkest,
                                     __m256 near_squared, __m256 open) {
    const __m256 zero = _mm256_setzero_ps();
    __m256 product = zero, square = zero, distance = zero;
    for (int c = 0; c < 3; c++) {
        product = _mm256_add_ps(product, _mm256_mul_ps(value[c], mean[c]));
        square = _mm256_add_ps(square, _mm256_mul_ps(mean[c], mean[c]));
    }
    const __m256 least = _mm256_mul_ps(_mm256_set1_ps(darkest), square);
    __m256 is = _mm256_and_ps(open, _mm256_cmp_ps(square, zero, _CMP_GT_OQ));
    is = _mm256_and_ps(is, _mm256_cmp_ps(product, square, _CMP_LE_OQ));
    is = _mm256_and_ps(is, _mm256_cmp_ps(product, least, _CMP_GE_OQ));
    if (_mm256_testz_ps(is, is)) return is; /* most objects are no shadows by their brightness */
    const __m256 light = _mm256_div_ps(product, square);
    for (int c = 0; c < 3; c++) {
        const __m256 away = _mm256_sub_ps(_mm256_mul_ps(light, mean[c]), value[c]);
        distance = _mm256_add_ps(distance, _mm256_mul_ps(away, away));
    }
    const __m256 reach = _mm256_mul_ps(_mm256_mul_ps(near_squared, light), light);
    return _mm256_and_ps(is, _mm256_cmp_ps(distance, reach, _CMP_LT_OQ));
}

#endif
