/*
 * Target row i of h covers source rows i H / h .. (i + 1) H / h: in units of 1 / h of a row, row k
 * has its part of k h .. (k + 1) h in i H .. (i + 1) H, a whole number. Rows are added up with
 * these weights, then the columns of the sum in the same way.
 */
#include "imgproc/area.h"

#include "core/check.h"

#include <float.h>
#include <string.h>

/* How much of source place k target place i covers, in 1 / small of a place. */
static int64_t share_of(int64_t i, int64_t k, int64_t large, int64_t small) {
    const int64_t from = i * large > k * small ? i * large : k * small;
    const int64_t to = (i + 1) * large < (k + 1) * small ? (i + 1) * large : (k + 1) * small;
    return to > from ? to - from : 0;
}

static void add_u8(float *restrict sums, const uint8_t *restrict row, float weight, size_t count) {
    for (size_t i = 0; i < count; i++)
        sums[i] += weight * (float)row[i];
}

static void add_u16(float *restrict sums, const uint16_t *restrict row, float weight,
                    size_t count) {
    for (size_t i = 0; i < count; i++)
        sums[i] += weight * (float)row[i];
}

static void add_f32(float *restrict sums, const float *restrict row, float weight, size_t count) {
    for (size_t i = 0; i < count; i++)
        sums[i] += row[i] >= -FLT_MAX && row[i] <= FLT_MAX ? weight * row[i] : 0;
}

static void add_rows(float *sums, const seg_image *source, int32_t row, int32_t rows) {
    const size_t count = (size_t)source->width * source->channels;
    const int64_t large = source->height;
    for (size_t i = 0; i < count; i++)
        sums[i] = 0;
    for (int64_t k = row * large / rows; k * rows < (row + 1) * large; k++) {
        const float weight = (float)((double)share_of(row, k, large, rows) / (double)large);
        const void *from = seg_image_row(source, (int32_t)k);
        if (source->format == SEG_U8)
            add_u8(sums, from, weight, count);
        else if (source->format == SEG_U16)
            add_u16(sums, from, weight, count);
        else
            add_f32(sums, from, weight, count);
    }
}

/* Weights of the columns, and where those of each target column begin. */
typedef struct column_shares {
    float *weights;
    int32_t *first, *count; /* columns, of which the next `count` weights are */
} column_shares;

static seg_status make_shares(column_shares *s, int32_t large, int32_t small,
                              seg_scratch *scratch) {
    float *next = s->weights =
        seg_scratch_take(scratch, (size_t)large + 2 * (size_t)small, sizeof *next, "weights");
    s->first = seg_scratch_take(scratch, (size_t)small, sizeof *s->first, "weights");
    s->count = seg_scratch_take(scratch, (size_t)small, sizeof *s->count, "weights");
    if (!s->weights || !s->first || !s->count) return SEG_ERROR_MEMORY;
    for (int64_t i = 0; i < small; i++) {
        int64_t k = i * large / small;
        s->first[i] = (int32_t)k;
        for (; k * small < (i + 1) * large; k++)
            *next++ = (float)((double)share_of(i, k, large, small) / (double)large);
        s->count[i] = (int32_t)k - s->first[i];
    }
    return SEG_OK;
}

/* One body for each number of channels, which stays in registers. */
static inline void mean_columns(float *restrict means, int32_t width, const float *restrict sums,
                                const column_shares *s, int32_t channels) {
    const float *weights = s->weights;
    for (int32_t x = 0; x < width; weights += s->count[x], x++) {
        const float *from = sums + (size_t)s->first[x] * (size_t)channels;
        float mean[4] = {0};
        for (int32_t k = 0; k < s->count[x]; k++, from += channels)
            for (int32_t c = 0; c < channels; c++)
                mean[c] += weights[k] * from[c];
        for (int32_t c = 0; c < channels; c++)
            *means++ = mean[c];
    }
}

static void add_columns(float *means, const seg_image *target, const float *sums,
                        const column_shares *s) {
    switch (target->channels) {
    case 1:
        mean_columns(means, target->width, sums, s, 1);
        break;
    case 3:
        mean_columns(means, target->width, sums, s, 3);
        break;
    default:
        mean_columns(means, target->width, sums, s, target->channels);
    }
}

static void store_row(const seg_image *target, int32_t y, const float *means) {
    void *row = seg_image_row(target, y);
    const size_t count = (size_t)target->width * target->channels;
    if (target->format == SEG_F32)
        memcpy(row, means, count * sizeof *means);
    else if (target->format == SEG_U16)
        for (size_t i = 0; i < count; i++)
            ((uint16_t *)row)[i] = (uint16_t)(int32_t)(means[i] + 0.5f);
    else
        for (size_t i = 0; i < count; i++)
            ((uint8_t *)row)[i] = (uint8_t)(int32_t)(means[i] + 0.5f);
}

static inline void halve_columns(uint8_t *restrict row, const uint16_t *restrict sums,
                                 int32_t width, int32_t channels) {
    for (int32_t x = 0; x < width; x++)
        for (int32_t c = 0; c < channels; c++) {
            const size_t left = (size_t)(2 * x * channels + c);
            row[x * channels + c] =
                (uint8_t)((sums[left] + sums[left + (size_t)channels] + 2) >> 2);
        }
}

/* Half the size in u8: sums of four, the same as by shares. */
static void halve(const seg_image *target, const seg_image *source, uint16_t *restrict sums) {
    const size_t count = (size_t)source->width * source->channels;
    for (int32_t y = 0; y < target->height; y++) {
        const uint8_t *restrict upper = seg_image_row(source, 2 * y);
        const uint8_t *restrict lower = seg_image_row(source, 2 * y + 1);
        uint8_t *row = seg_image_row(target, y);
        for (size_t i = 0; i < count; i++)
            sums[i] = (uint16_t)(upper[i] + lower[i]);
        switch (target->channels) {
        case 1:
            halve_columns(row, sums, target->width, 1);
            break;
        case 3:
            halve_columns(row, sums, target->width, 3);
            break;
        default:
            halve_columns(row, sums, target->width, target->channels);
        }
    }
}

static bool is_half(const seg_image *target, const seg_image *source) {
    return source->format == SEG_U8 && source->width == 2 * (int64_t)target->width &&
           source->height == 2 * (int64_t)target->height;
}

seg_status seg_area_shrink(const seg_image *target, const seg_image *source, seg_scratch *scratch) {
    column_shares shares;
    float *sums = seg_scratch_take(scratch, (size_t)source->width * source->channels, sizeof *sums,
                                   "sums of rows");
    float *means = seg_scratch_take(scratch, (size_t)target->width * target->channels,
                                    sizeof *means, "means of columns");
    if (!sums || !means) return SEG_ERROR_MEMORY;
    if (is_half(target, source)) {
        halve(target, source, (uint16_t *)(void *)sums);
        return SEG_OK;
    }
    SEG_TRY(make_shares(&shares, source->width, target->width, scratch));
    for (int32_t y = 0; y < target->height; y++) {
        add_rows(sums, source, y, target->height);
        add_columns(means, target, sums, &shares);
        store_row(target, y, means);
    }
    return SEG_OK;
}
