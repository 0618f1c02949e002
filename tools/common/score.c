#include "common/score.h"

void score_to_one(seg_result *result) {
    const seg_image *score = &result->score;
    const float full = (float)result->score_full_scale;
    if (score->format != SEG_F32 || full <= 0 || full == 1) return;
    for (int32_t y = 0; y < score->height; y++) {
        float *row = seg_image_row(score, y);
        for (int32_t x = 0; x < score->width; x++)
            row[x] = row[x] > full ? 1 : row[x] / full;
    }
    result->score_full_scale = 1;
}
