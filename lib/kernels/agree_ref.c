/* Comparing kernels sample by sample: the readable twin that the fast ones are tested against. */
#include "kernels/agree.h"

static void masks(int64_t *counts, const uint8_t *prediction, const uint8_t *truth,
                  const uint8_t *ignore, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (ignore && ignore[i]) continue;
        counts[SEG_AGREE_SCORED]++;
        counts[SEG_AGREE_FOUND] += prediction[i] != 0;
        counts[SEG_AGREE_OBJECT] += truth[i] != 0;
        counts[SEG_AGREE_BOTH] += prediction[i] && truth[i];
    }
}

static void classes(int64_t *cells, size_t side, const uint8_t *prediction, const uint8_t *truth,
                    size_t count) {
    for (size_t i = 0; i < count; i++)
        cells[side * truth[i] + prediction[i]]++;
}

const seg_agree_kernels seg_agree_kernels_ref = {
    .masks = masks,
    .classes = classes,
};
