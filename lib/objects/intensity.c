/* Intensities: sums of whole numbers, whatever the depth of the picture. */
#include "objects/intensity.h"

#include "core/check.h"
#include "imgproc/input.h"
#include "imgproc/samples.h"

#include <float.h>
#include <math.h>

#define STEPS_OF_8_BITS 257.0 /* in 16 */

seg_status seg_intensity_rows_init(seg_intensity_rows *rows, const seg_image *picture,
                                   const seg_env *env) {
    *rows = (seg_intensity_rows){.picture = picture, .env = env};
    rows->channels = picture->channels < 3 ? 1 : SEG_INTENSITY_CHANNELS;
    const size_t width = (size_t)picture->width;
    SEG_TRY(seg_picture_grey(&rows->grey, &rows->working, picture, env));
    for (int32_t c = 0; c < rows->channels; c++) {
        rows->samples[c] = seg_allocate(env, width, sizeof(uint16_t), "a row of samples");
        if (!rows->samples[c]) return SEG_ERROR_MEMORY;
    }
    rows->room = seg_allocate(env, width, picture->channels * sizeof(uint16_t), "a row of samples");
    if (!rows->room) return SEG_ERROR_MEMORY;
    if (picture->format != SEG_F32) return SEG_OK;
    rows->counts = seg_allocate(env, width, 1, "a row of flags");
    return rows->counts ? SEG_OK : SEG_ERROR_MEMORY;
}

void seg_intensity_rows_free(seg_intensity_rows *rows) {
    for (int32_t c = 0; c < rows->channels; c++)
        seg_release(rows->env, rows->samples[c]);
    seg_release(rows->env, rows->room);
    seg_release(rows->env, rows->counts);
    seg_image_unref(&rows->working);
}

static void find_counts(const seg_intensity_rows *rows, int32_t y) {
    const seg_image *picture = rows->picture;
    const float *row = seg_image_row(picture, y);
    const int32_t colours = seg_colours(picture);
    for (int32_t x = 0; x < picture->width; x++) {
        bool finite = true;
        for (int32_t c = 0; c < colours; c++)
            finite = finite && fabsf(row[(size_t)x * picture->channels + (size_t)c]) <= FLT_MAX;
        rows->counts[x] = finite;
    }
}

void seg_intensity_rows_take(seg_intensity_rows *rows, int32_t y) {
    const size_t width = (size_t)rows->picture->width, step = rows->picture->channels;
    const uint16_t *row = seg_row16(rows->room, &rows->grey, y);
    for (size_t x = 0; x < width; x++)
        rows->samples[0][x] = row[x];
    if (rows->channels > 1) row = seg_row16(rows->room, rows->picture, y);
    for (int32_t c = 1; c < rows->channels; c++)
        for (size_t x = 0; x < width; x++)
            rows->samples[c][x] = row[x * step + (size_t)c - 1];
    if (rows->counts) find_counts(rows, y);
}

void seg_intensity_rows_add(seg_sample_sums *sums, const seg_intensity_rows *rows, int32_t first,
                            int32_t end) {
    for (int32_t c = 0; c < rows->channels; c++) {
        seg_sample_sums *s = &sums[c];
        const uint16_t *samples = rows->samples[c];
        for (int32_t x = first; x < end; x++) {
            if (rows->counts && !rows->counts[x]) continue;
            const int32_t value = samples[x];
            if (!s->count++) s->first = s->min = s->max = value;
            const int64_t more = value - s->first;
            s->sum += more;
            s->squares += more * more;
            s->min = value < s->min ? value : s->min;
            s->max = value > s->max ? value : s->max;
        }
    }
}

seg_intensity seg_intensity_of(const seg_sample_sums *s) {
    if (!s->count) return (seg_intensity){0, 0, 0, 0};
    const double count = (double)s->count, mean = (double)s->sum / count;
    const double variance = (double)s->squares / count - mean * mean;
    return (seg_intensity){s->min / STEPS_OF_8_BITS, (s->first + mean) / STEPS_OF_8_BITS,
                           s->max / STEPS_OF_8_BITS,
                           variance > 0 ? sqrt(variance) / STEPS_OF_8_BITS : 0};
}
