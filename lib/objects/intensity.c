/* Intensities: sums of whole numbers, whatever the depth of the picture. */
#include "objects/intensity.h"

#include "core/check.h"
#include "imgproc/input.h"
#include "imgproc/samples.h"

#include <float.h>
#include <math.h>

#define STEPS_OF_8_BITS 257 /* in 16 */

seg_status seg_intensity_rows_init(seg_intensity_rows *rows, const seg_image *picture,
                                   const seg_env *env) {
    *rows = (seg_intensity_rows){.picture = picture, .env = env};
    rows->channels = picture->channels < 3 ? 1 : SEG_INTENSITY_CHANNELS;
    const size_t width = (size_t)picture->width;
    if (picture->channels > 1) {
        const size_t size = seg_format_size((seg_format)picture->format);
        rows->grey = seg_allocate(env, width, size, "a row of grey");
        if (!rows->grey) return SEG_ERROR_MEMORY;
    }
    rows->room = seg_allocate(env, width, picture->channels * sizeof(uint16_t), "a row of samples");
    if (!rows->room) return SEG_ERROR_MEMORY;
    if (picture->format != SEG_F32) return SEG_OK;
    rows->counts = seg_allocate(env, width, 1, "a row of flags");
    return rows->counts ? SEG_OK : SEG_ERROR_MEMORY;
}

void seg_intensity_rows_free(seg_intensity_rows *rows) {
    seg_release(rows->env, rows->room);
    seg_release(rows->env, rows->counts);
    seg_release(rows->env, rows->grey);
}

/* The part of a picture that a run is. */
static seg_image run_of(const seg_image *picture, int32_t y, int32_t first, int32_t end) {
    seg_image run = *picture;
    const size_t pixel = picture->channels * seg_format_size((seg_format)picture->format);
    run.data = (uint8_t *)seg_image_row(picture, y) + (size_t)first * pixel;
    run.width = end - first;
    run.height = 1;
    return run;
}

static void find_counts(uint8_t *counts, const seg_image *run) {
    const float *row = seg_image_row(run, 0);
    const int32_t colours = seg_colours(run);
    for (int32_t x = 0; x < run->width; x++) {
        bool finite = true;
        for (int32_t c = 0; c < colours; c++)
            finite = finite && fabsf(row[(size_t)x * run->channels + (size_t)c]) <= FLT_MAX;
        counts[x] = finite;
    }
}

/* Every `step`-th of the samples. */
static void add_samples(seg_sample_sums *s, const uint16_t *samples, size_t step, int32_t count,
                        const uint8_t *counts) {
    for (int32_t x = 0; x < count; x++) {
        if (counts && !counts[x]) continue;
        const int32_t value = samples[(size_t)x * step];
        if (!s->count++) s->first = s->min = s->max = value;
        const int64_t more = value - s->first;
        s->sum += more;
        s->squares += more * more;
        s->min = value < s->min ? value : s->min;
        s->max = value > s->max ? value : s->max;
    }
}

/* The same of samples of 8 bits, which are sums of small numbers until they are widened. */
static void add_bytes(seg_sample_sums *s, const uint8_t *samples, size_t step, int32_t count) {
    int32_t min = samples[0], max = samples[0];
    int64_t sum = 0, squares = 0;
    for (int32_t x = 0; x < count; x++) {
        const int32_t value = samples[(size_t)x * step];
        sum += value;
        squares += value * value;
        min = value < min ? value : min;
        max = value > max ? value : max;
    }
    const int32_t scale = STEPS_OF_8_BITS;
    if (!s->count) {
        s->first = s->min = s->max = scale * samples[0];
    }
    s->count += count;
    s->sum += scale * sum - count * (int64_t)s->first;
    s->squares +=
        scale * scale * squares + s->first * (count * (int64_t)s->first - 2 * scale * sum);
    s->min = scale * min < s->min ? scale * min : s->min;
    s->max = scale * max > s->max ? scale * max : s->max;
}

static void add_run(seg_sample_sums *sums, const seg_intensity_rows *rows, const seg_image *run,
                    const seg_image *grey) {
    add_samples(&sums[0], seg_row16(rows->room, grey, 0), 1, grey->width, rows->counts);
    if (rows->channels == 1) return;
    const uint16_t *samples = seg_row16(rows->room, run, 0);
    for (int32_t c = 1; c < rows->channels; c++)
        add_samples(&sums[c], samples + c - 1, run->channels, run->width, rows->counts);
}

static void add_run8(seg_sample_sums *sums, const seg_intensity_rows *rows, const seg_image *run,
                     const seg_image *grey) {
    add_bytes(&sums[0], grey->data, 1, grey->width);
    const uint8_t *samples = run->data;
    for (int32_t c = 1; c < rows->channels; c++)
        add_bytes(&sums[c], samples + c - 1, run->channels, run->width);
}

void seg_intensity_rows_add(seg_sample_sums *sums, const seg_intensity_rows *rows, int32_t y,
                            int32_t first, int32_t end) {
    const seg_image run = run_of(rows->picture, y, first, end);
    seg_image grey = run;
    if (rows->grey) {
        seg_grey_row(rows->grey, &run, 0);
        grey.data = rows->grey;
        grey.channels = 1;
    }
    if (rows->counts) find_counts(rows->counts, &run);
    if (run.format == SEG_U8)
        add_run8(sums, rows, &run, &grey);
    else
        add_run(sums, rows, &run, &grey);
}

seg_intensity seg_intensity_of(const seg_sample_sums *s) {
    if (!s->count) return (seg_intensity){0, 0, 0, 0};
    const double count = (double)s->count, mean = (double)s->sum / count;
    const double variance = (double)s->squares / count - mean * mean;
    const double steps = STEPS_OF_8_BITS;
    return (seg_intensity){s->min / steps, (s->first + mean) / steps, s->max / steps,
                           variance > 0 ? sqrt(variance) / steps : 0};
}
