/* Blurs: Gaussian, box, median, motion, defocus; sharpening. Borders are reflected. */
#include "augment/pixel.h"
#include "augment/tone.h"
#include "core/math.h"
#include "imgproc/gaussian.h"
#include "imgproc/median.h"

#include <math.h>
#include <segment/imgproc.h>

typedef struct blur_options {
    size_t size;
    double p, low, high;
    int32_t side, radius, length;
} blur_options;

#define AT(name) offsetof(blur_options, name)

static seg_status check_range(const void *options) {
    const blur_options *o = options;
    if (o->low <= o->high) return SEG_OK;
    return seg_fail(SEG_ERROR_OPTION, "low is %g, high %g (low must not be above high)", o->low,
                    o->high);
}

static const seg_param gaussian_rows[] = {
    {"low", SEG_PARAM_FLOAT, AT(low), "0.3", 0, 42, NULL, "px", "sigma is uniform in low .. high",
     ""},
    {"high", SEG_PARAM_FLOAT, AT(high), "2", 0, 42, NULL, "px", "largest sigma", "sigma"},
    SEG_AUGMENT_P(blur_options, "1"),
};
SEG_AUGMENT_TABLE(gaussian_table, gaussian_rows, blur_options);

static seg_status blur_by(seg_augment_step *step, const seg_image *target, const seg_image *source,
                          double sigma) {
    seg_gaussian_taps taps;
    seg_image copy = *target;
    SEG_TRY(seg_gaussian_taps_make(&taps, sigma, 0));
    if (taps.radius == 0) return seg_image_copy(&copy, source, step->env);
    return seg_gaussian_with(&copy, source, &taps, step->scratch, step->env);
}

static seg_status gaussian_blur(seg_augment_step *step, const seg_image *target,
                                const seg_image *source) {
    const blur_options *o = step->options;
    const double sigma = seg_draw_between(step, o->low, o->high);
    SEG_TRY(seg_augment_decide(step, "sigma", sigma));
    return blur_by(step, target, source, sigma);
}

/* ---- means over a few places ---- */

typedef struct place {
    int32_t x, y;
} place;

/* Each pixel becomes the mean of the pixels at `places` around it. */
static seg_status mean_of_places(seg_augment_step *step, const seg_image *target,
                                 const seg_image *source, const place *places, int32_t count) {
    const int32_t width = source->width, height = source->height, channels = source->channels;
    const size_t row = (size_t)width * (size_t)channels;
    float *levels = seg_scratch_take(step->scratch, row, sizeof *levels, "levels");
    float *sums = seg_scratch_take(step->scratch, row, sizeof *sums, "sums");
    if (!levels || !sums) return SEG_ERROR_MEMORY;
    for (int32_t y = 0; y < height; y++) {
        int64_t loaded = -1;
        for (size_t i = 0; i < row; i++)
            sums[i] = 0;
        for (int32_t k = 0; k < count; k++) {
            const int64_t from =
                seg_border_place((int64_t)y + places[k].y, height, SEG_BORDER_REFLECT);
            if (from != loaded) seg_row_levels(levels, source, (int32_t)from);
            loaded = from;
            const int32_t shift = places[k].x;
            const int32_t first = shift < 0 ? -shift < width ? -shift : width : 0;
            const int32_t end = shift > 0 ? shift < width ? width - shift : 0 : width;
            for (int32_t x = 0; x < width; x++) {
                if (x == first && end > first) { /* inside, all at once */
                    const float *in = levels + (size_t)((first + shift) * channels);
                    float *out = sums + (size_t)(first * channels);
                    for (size_t i = 0; i < (size_t)((end - first) * channels); i++)
                        out[i] += in[i];
                    x = end - 1;
                    continue;
                }
                const int64_t at = seg_border_place((int64_t)x + shift, width, SEG_BORDER_REFLECT);
                for (int32_t c = 0; c < channels; c++)
                    sums[x * channels + c] += levels[(size_t)at * (size_t)channels + (size_t)c];
            }
        }
        const float part = 1.0f / (float)count;
        for (size_t i = 0; i < row; i++)
            sums[i] *= part;
        seg_row_store(target, y, sums);
    }
    return SEG_OK;
}

static const seg_param box_rows[] = {
    {"radius", SEG_PARAM_INT, AT(radius), "3", 1, 50, NULL, "px",
     "the square has 2 r + 1 pixels a side, r equally often 1 .. radius", ""},
    SEG_AUGMENT_P(blur_options, "1"),
};
SEG_AUGMENT_TABLE(box_table, box_rows, blur_options);

static seg_status box_blur(seg_augment_step *step, const seg_image *target,
                           const seg_image *source) {
    const blur_options *o = step->options;
    const int32_t radius = 1 + seg_draw_below(step, o->radius), side = 2 * radius + 1;
    place *places =
        seg_scratch_take(step->scratch, (size_t)side * (size_t)side, sizeof *places, "places");
    if (!places) return SEG_ERROR_MEMORY;
    for (int32_t i = 0; i < side * side; i++)
        places[i] = (place){i % side - radius, i / side - radius};
    SEG_TRY(seg_augment_decide(step, "radius", radius));
    return mean_of_places(step, target, source, places, side * side);
}

static seg_status defocus_blur(seg_augment_step *step, const seg_image *target,
                               const seg_image *source) {
    const blur_options *o = step->options;
    const int32_t radius = 1 + seg_draw_below(step, o->radius), side = 2 * radius + 1;
    const double reach = (radius + 0.5) * (radius + 0.5);
    int32_t count = 0;
    place *places =
        seg_scratch_take(step->scratch, (size_t)side * (size_t)side, sizeof *places, "places");
    if (!places) return SEG_ERROR_MEMORY;
    for (int32_t y = -radius; y <= radius; y++)
        for (int32_t x = -radius; x <= radius; x++)
            if (x * x + y * y < reach) places[count++] = (place){x, y};
    SEG_TRY(seg_augment_decide(step, "radius", radius));
    return mean_of_places(step, target, source, places, count);
}

static const seg_param motion_rows[] = {
    {"length", SEG_PARAM_INT, AT(length), "15", 2, 200, NULL, "px",
     "of the way, equally often 2 .. length; in any direction", ""},
    SEG_AUGMENT_P(blur_options, "1"),
};
SEG_AUGMENT_TABLE(motion_table, motion_rows, blur_options);

static seg_status motion_blur(seg_augment_step *step, const seg_image *target,
                              const seg_image *source) {
    const blur_options *o = step->options;
    const int32_t length = 2 + seg_draw_below(step, o->length - 1);
    const double angle = seg_draw_between(step, 0, SEG_PI);
    const double dx = seg_cos(angle), dy = seg_sin(angle);
    place *places = seg_scratch_take(step->scratch, (size_t)length, sizeof *places, "places");
    if (!places) return SEG_ERROR_MEMORY;
    for (int32_t i = 0; i < length; i++) {
        const double t = i - (length - 1) / 2.0;
        places[i] = (place){(int32_t)rint(t * dx), (int32_t)rint(t * dy)};
    }
    SEG_TRY(seg_augment_decide(step, "length", length));
    SEG_TRY(seg_augment_decide(step, "angle", angle * (180 / SEG_PI)));
    return mean_of_places(step, target, source, places, length);
}

/* ---- median ---- */

static const seg_param median_rows[] = {
    {"radius", SEG_PARAM_INT, AT(radius), "2", 1, 20, NULL, "px",
     "the square has 2 r + 1 pixels a side, r equally often 1 .. radius", ""},
    SEG_AUGMENT_P(blur_options, "1"),
};
SEG_AUGMENT_TABLE(median_table, median_rows, blur_options);

static seg_status median_blur(seg_augment_step *step, const seg_image *target,
                              const seg_image *source) {
    const blur_options *o = step->options;
    const int32_t radius = 1 + seg_draw_below(step, o->radius);
    seg_image copy = *target;
    SEG_TRY(seg_augment_decide(step, "radius", radius));
    return seg_median_with(&copy, source, 2 * radius + 1, step->scratch, step->env);
}

/* ---- sharpening ---- */

static const seg_param sharpen_rows[] = {
    {"low", SEG_PARAM_FLOAT, AT(low), "0.2", 0, 10, NULL, "",
     "the difference to a blur of sigma 1, times a factor uniform in low .. high, is added", ""},
    {"high", SEG_PARAM_FLOAT, AT(high), "1", 0, 10, NULL, "", "largest factor", ""},
    SEG_AUGMENT_P(blur_options, "1"),
};
SEG_AUGMENT_TABLE(sharpen_table, sharpen_rows, blur_options);

static seg_status sharpen(seg_augment_step *step, const seg_image *target,
                          const seg_image *source) {
    const blur_options *o = step->options;
    const size_t count = (size_t)source->width * source->channels;
    const double factor = seg_draw_between(step, o->low, o->high);
    float *sharp = seg_scratch_take(step->scratch, count, sizeof *sharp, "levels");
    float *smooth = seg_scratch_take(step->scratch, count, sizeof *smooth, "levels");
    if (!sharp || !smooth) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_augment_decide(step, "factor", factor));
    SEG_TRY(blur_by(step, target, source, 1));
    for (int32_t y = 0; y < source->height; y++) {
        seg_row_levels(sharp, source, y);
        seg_row_levels(smooth, target, y);
        for (size_t i = 0; i < count; i++)
            sharp[i] += (sharp[i] - smooth[i]) * (float)factor;
        seg_row_store(target, y, sharp);
    }
    return SEG_OK;
}

SEG_AUGMENT_PIXEL(gaussian_blur, "gaussian-blur", "a Gaussian blur", gaussian_blur, gaussian_table,
                  check_range);
SEG_AUGMENT_PIXEL(box_blur, "box-blur", "the mean of a square", box_blur, box_table, NULL);
SEG_AUGMENT_PIXEL(median_blur, "median-blur", "the median of a square", median_blur, median_table,
                  NULL);
SEG_AUGMENT_PIXEL(motion_blur, "motion-blur", "the mean along a line", motion_blur, motion_table,
                  NULL);
SEG_AUGMENT_PIXEL(defocus_blur, "defocus-blur", "the mean of a disk", defocus_blur, box_table,
                  NULL);
SEG_AUGMENT_PIXEL(sharpen, "sharpen", "unsharp masking", sharpen, sharpen_table, check_range);
