/* Row kernels of grey morphology: least and most of samples at the same place of rows. */
#ifndef SEG_KERNELS_MORPHOLOGY_H
#define SEG_KERNELS_MORPHOLOGY_H

#include "kernels/level.h"

/** Least, or most, of samples of one format. Floats are finite and have no -0 but for infinite
 *  ones that stand for "nothing". Rows are apart unless said otherwise. */
typedef struct seg_fold_kernels {
    /** out = fold of a and b, which may overlap each other. */
    void (*fold)(void *out, const void *a, const void *b, size_t count);
    /** out = fold of out and in. */
    void (*gather)(void *out, const void *in, size_t count);
    /** prefix = fold of prefix and row; out = fold of that and suffix. */
    void (*advance)(void *out, void *prefix, const void *row, const void *suffix, size_t count);
} seg_fold_kernels;

typedef struct seg_morphology_kernels {
    seg_fold_kernels least[3], most[3]; /* of U8, U16, F32: format - 1 */
    /** out = a - b, 0 where b is more; out may be a or b. */
    void (*subtract_u8)(uint8_t *out, const uint8_t *a, const uint8_t *b, size_t count);
    void (*subtract_u16)(uint16_t *out, const uint16_t *a, const uint16_t *b, size_t count);
    /** The same; 0 where the difference is not finite. */
    void (*subtract_f32)(float *out, const float *a, const float *b, size_t count);
    /** out = in, `nothing` where it is not finite, 0 for -0; out may be in. */
    void (*replace_f32)(float *out, const float *in, size_t count, float nothing);
} seg_morphology_kernels;

SEG_KERNELS_DECLARE(morphology);

#endif
