#include "flow/field.h"
#include "common/load.h"
#include <math.h>
#include <stdlib.h>

void field_hide(seg_image *flow, const seg_image *mask) {
    for (int32_t y = 0; y < flow->height; y++) {
        float *row = seg_image_row(flow, y);
        const uint8_t *hidden = seg_image_row(mask, y);
        for (int32_t x = 0; x < flow->width; x++)
            if (hidden[x]) row[2 * x] = row[2 * x + 1] = FLOW_UNKNOWN;
    }
}

void field_scale(seg_image *flow, seg_flow_numbers *numbers, double factor) {
    double *const speeds[] = {&numbers->mean_u, &numbers->mean_v, &numbers->mean,
                              &numbers->median, &numbers->p95,    &numbers->most};
    for (size_t i = 0; i < sizeof speeds / sizeof *speeds; i++)
        *speeds[i] *= factor;
    for (int32_t y = 0; y < flow->height; y++) {
        float *row = seg_image_row(flow, y);
        for (int32_t x = 0; x < 2 * flow->width; x++)
            if (row[x] != FLOW_UNKNOWN) row[x] *= (float)factor;
    }
}

seg_status field_residual(seg_image *picture, const seg_image *first, const seg_image *warped,
                          const seg_image *inside, const seg_env *env) {
    seg_image_unref(picture);
    const seg_status status = seg_image_copy(picture, warped, env);
    if (status < 0) return status;
    const size_t samples = (size_t)first->width * first->channels;
    for (int32_t y = 0; y < first->height; y++) {
        const uint8_t *there = seg_image_row(inside, y);
        const void *a = seg_image_row(first, y);
        void *b = seg_image_row(picture, y);
        for (size_t i = 0; i < samples; i++) {
            const bool known = there[i / first->channels];
            if (first->format == SEG_U8) {
                uint8_t *out = (uint8_t *)b + i;
                *out = (uint8_t)(known ? abs(*out - ((const uint8_t *)a)[i]) : 0);
            } else if (first->format == SEG_U16) {
                uint16_t *out = (uint16_t *)b + i;
                *out = (uint16_t)(known ? abs(*out - ((const uint16_t *)a)[i]) : 0);
            } else {
                float *out = (float *)b + i;
                *out = known ? fabsf(*out - ((const float *)a)[i]) : 0;
            }
        }
    }
    return SEG_OK;
}

double field_difference(const seg_image *a, const seg_image *b, const seg_image *inside) {
    double sum = 0;
    int64_t count = 0;
    for (int32_t y = 0; y < a->height; y++) {
        const uint8_t *there = seg_image_row(inside, y);
        const void *ra = seg_image_row(a, y), *rb = seg_image_row(b, y);
        for (size_t i = 0; i < (size_t)a->width * a->channels; i++) {
            if (!there[i / a->channels]) continue;
            if (a->format == SEG_U8)
                sum += abs(((const uint8_t *)ra)[i] - ((const uint8_t *)rb)[i]);
            else if (a->format == SEG_U16)
                sum += abs(((const uint16_t *)ra)[i] - ((const uint16_t *)rb)[i]);
            else
                sum += (double)fabsf(((const float *)ra)[i] - ((const float *)rb)[i]);
            count++;
        }
    }
    return count ? sum / (double)count * 255 / seg_image_full_scale(a) : 0;
}

double field_share(const seg_image *mask) {
    int64_t set = 0;
    for (int32_t y = 0; y < mask->height; y++) {
        const uint8_t *row = seg_image_row(mask, y);
        for (int32_t x = 0; x < mask->width; x++)
            set += row[x] != 0;
    }
    return (double)set / ((double)mask->width * mask->height);
}
