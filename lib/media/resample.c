/*
 * Separable resampling with triangle weights: first down the columns, whose sums run along rows and
 * are fast, then across. Source rows are kept as floats in a ring of as many as one result row
 * needs. Sums are single precision in a fixed order, so every machine gives the same bytes; their
 * error stays below 1/10 of a 16-bit step.
 */
#include "media/resample.h"

#include "core/check.h"
#include "core/memory.h"

#include <math.h>
#include <string.h>

/* Weights of one axis: result i is the sum of `taps` sources from first[i] on. */
typedef struct axis_weights {
    int32_t count, taps;
    int32_t *first;
    float *weights; /* count * taps; unused ones are 0 */
} axis_weights;

typedef struct resampler {
    const seg_env *env;
    axis_weights across, down;
    int32_t channels;
    float *ring;   /* down.taps source rows */
    float *column; /* their sum */
    float *row;    /* the result */
    int32_t ready; /* source rows that went into the ring */
} resampler;

static void set_weights(axis_weights *axis, int32_t i, int32_t source, double scale,
                        double support) {
    float *weights = axis->weights + (size_t)i * (size_t)axis->taps;
    double centre = (i + 0.5) * scale;
    int32_t first = (int32_t)floor(centre - support);
    if (first > source - axis->taps) first = source - axis->taps;
    if (first < 0) first = 0;
    double total = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t k = 0; k < axis->taps; k++) {
            double weight = 1 - fabs(first + k + 0.5 - centre) / support;
            if (weight < 0 || first + k >= source) weight = 0;
            if (pass == 0)
                total += weight;
            else
                weights[k] = (float)(weight / total);
        }
    }
    axis->first[i] = first;
}

static seg_status make_axis(axis_weights *axis, int32_t count, int32_t source, const seg_env *env) {
    double scale = (double)source / count;
    double support = scale > 1 ? scale : 1;
    double taps = ceil(2 * support) + 1;
    axis->count = count;
    axis->taps = taps > source ? source : (int32_t)taps;
    axis->first = seg_allocate(env, (size_t)count, sizeof *axis->first, "resampling");
    axis->weights =
        seg_allocate(env, (size_t)count * (size_t)axis->taps, sizeof *axis->weights, "resampling");
    if (!axis->first || !axis->weights) return SEG_ERROR_MEMORY;
    for (int32_t i = 0; i < count; i++)
        set_weights(axis, i, source, scale, support);
    return SEG_OK;
}

static void load_row(float *row, const seg_image *image, int32_t y, size_t samples) {
    const void *source = seg_image_row(image, y);
    if (image->format == SEG_U8) {
        const uint8_t *bytes = source;
        for (size_t i = 0; i < samples; i++)
            row[i] = bytes[i];
    } else if (image->format == SEG_U16) {
        const uint16_t *words = source;
        for (size_t i = 0; i < samples; i++)
            row[i] = words[i];
    } else {
        const float *values = source;
        for (size_t i = 0; i < samples; i++)
            row[i] = isfinite(values[i]) ? values[i] : 0;
    }
}

static void store_row(seg_image *image, int32_t y, const float *row, size_t samples) {
    void *target = seg_image_row(image, y);
    if (image->format == SEG_U8) {
        uint8_t *bytes = target;
        for (size_t i = 0; i < samples; i++)
            bytes[i] = (uint8_t)(row[i] + 0.5f);
    } else if (image->format == SEG_U16) {
        uint16_t *words = target;
        for (size_t i = 0; i < samples; i++)
            words[i] = (uint16_t)(row[i] + 0.5f);
    } else {
        memcpy(target, row, samples * sizeof *row);
    }
}

static void resample_across(const resampler *work) {
    int32_t channels = work->channels;
    int32_t taps = work->across.taps;
    float *target = work->row;
    for (int32_t x = 0; x < work->across.count; x++) {
        const float *weights = work->across.weights + (size_t)x * (size_t)taps;
        const float *source = work->column + (size_t)work->across.first[x] * (size_t)channels;
        for (int32_t c = 0; c < channels; c++) {
            float sum = 0;
            for (int32_t k = 0; k < taps; k++)
                sum += weights[k] * source[k * channels + c];
            *target++ = sum;
        }
    }
}

static float *ring_row(const resampler *work, int32_t y, size_t samples) {
    return work->ring + (size_t)(y % work->down.taps) * samples;
}

static void resample_down(const resampler *work, int32_t y, size_t samples) {
    int32_t taps = work->down.taps;
    float *restrict column = work->column;
    memset(column, 0, samples * sizeof *column);
    for (int32_t k = 0; k < taps; k++) {
        float weight = work->down.weights[(size_t)y * (size_t)taps + (size_t)k];
        const float *restrict row = ring_row(work, work->down.first[y] + k, samples);
        if (weight == 0) continue;
        for (size_t i = 0; i < samples; i++)
            column[i] += weight * row[i];
    }
}

static void resample_rows(resampler *work, seg_image *target, const seg_image *source) {
    size_t samples = (size_t)source->width * (size_t)work->channels;
    for (int32_t y = 0; y < target->height; y++) {
        int32_t end = work->down.first[y] + work->down.taps;
        if (work->ready < work->down.first[y]) work->ready = work->down.first[y];
        for (; work->ready < end; work->ready++)
            load_row(ring_row(work, work->ready, samples), source, work->ready, samples);
        resample_down(work, y, samples);
        resample_across(work);
        store_row(target, y, work->row, (size_t)target->width * (size_t)work->channels);
    }
}

static seg_status prepare(resampler *work, const seg_image *target, const seg_image *source) {
    size_t samples = (size_t)source->width * (size_t)work->channels;
    size_t target_samples = (size_t)target->width * (size_t)work->channels;
    SEG_TRY(make_axis(&work->across, target->width, source->width, work->env));
    SEG_TRY(make_axis(&work->down, target->height, source->height, work->env));
    size_t ring;
    if (!seg_size_multiply(&ring, samples, (size_t)work->down.taps))
        return seg_fail(SEG_ERROR_MEMORY, "the picture is too large to be resampled");
    work->ring = seg_allocate(work->env, ring, sizeof(float), "resampling");
    work->column = seg_allocate(work->env, samples, sizeof(float), "resampling");
    work->row = seg_allocate(work->env, target_samples, sizeof(float), "resampling");
    return work->ring && work->column && work->row ? SEG_OK : SEG_ERROR_MEMORY;
}

seg_status seg_resample(seg_image *target, const seg_image *source, int32_t width, int32_t height,
                        const seg_env *env) {
    SEG_TRY(seg_check_image(source, "source", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(
        seg_image_ensure(target, width, height, (seg_format)source->format, source->channels, env));
    target->bits = source->bits;
    target->colour = source->colour;
    resampler work = {.env = env, .channels = source->channels};
    seg_status status = prepare(&work, target, source);
    if (status >= 0) resample_rows(&work, target, source);
    seg_release(env, work.across.first);
    seg_release(env, work.across.weights);
    seg_release(env, work.down.first);
    seg_release(env, work.down.weights);
    seg_release(env, work.ring);
    seg_release(env, work.column);
    seg_release(env, work.row);
    return status;
}
