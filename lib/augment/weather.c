/* Light and weather: shadows, fog, rain. */
#include "augment/pixel.h"
#include "augment/tone.h"
#include "core/math.h"

#include <math.h>
#include <string.h>

typedef struct weather_options {
    size_t size;
    double p, low, high, slant;
    int32_t count, length;
} weather_options;

#define AT(name) offsetof(weather_options, name)

static seg_status check_range(const void *options) {
    const weather_options *o = options;
    if (o->low <= o->high) return SEG_OK;
    return seg_fail(SEG_ERROR_OPTION, "low is %g, high %g (low must not be above high)", o->low,
                    o->high);
}

/* Each colour becomes level + weight * (towards - level). */
static seg_status blend(seg_augment_step *step, const seg_image *target, const seg_image *source,
                        const seg_image *weights, float towards) {
    const int32_t channels = source->channels, colours = seg_colour_channels(source);
    float *row = seg_scratch_take(step->scratch, (size_t)source->width * source->channels,
                                  sizeof *row, "levels");
    if (!row) return SEG_ERROR_MEMORY;
    for (int32_t y = 0; y < source->height; y++) {
        const float *weight = seg_image_row(weights, y);
        seg_row_levels(row, source, y);
        for (int32_t x = 0; x < source->width; x++)
            for (int32_t c = 0; c < colours; c++)
                row[x * channels + c] += weight[x] * (towards - row[x * channels + c]);
        seg_row_store(target, y, row);
    }
    return SEG_OK;
}

static seg_status no_weights(seg_image *weights, seg_augment_step *step, const seg_image *source) {
    SEG_TRY(seg_step_picture(weights, step, source->width, source->height, SEG_F32, 1));
    for (int32_t y = 0; y < weights->height; y++)
        memset(seg_image_row(weights, y), 0, (size_t)weights->width * sizeof(float));
    return SEG_OK;
}

/* ---- shadow ---- */

static const seg_param shadow_rows[] = {
    {"low", SEG_PARAM_FLOAT, AT(low), "0.3", 0, 1, NULL, "",
     "the shadow takes a share of the light, uniform in low .. high", ""},
    {"high", SEG_PARAM_FLOAT, AT(high), "0.6", 0, 1, NULL, "", "largest share", ""},
    {"count", SEG_PARAM_INT, AT(count), "1", 1, 10, NULL, "", "of shadows", ""},
    SEG_AUGMENT_P(weather_options, "1"),
};
SEG_AUGMENT_TABLE(shadow_table, shadow_rows, weather_options);

/* A four-sided shadow from the upper to the lower border. */
static seg_status shadow(seg_augment_step *step, const seg_image *target, const seg_image *source) {
    const weather_options *o = step->options;
    const float share = (float)seg_draw_between(step, o->low, o->high);
    seg_image weights;
    SEG_TRY(seg_augment_decide(step, "share", (double)share));
    SEG_TRY(no_weights(&weights, step, source));
    for (int32_t i = 0; i < o->count; i++) {
        double top[2], bottom[2];
        for (int k = 0; k < 2; k++) {
            top[k] = seg_draw_unit(step) * source->width;
            bottom[k] = seg_draw_unit(step) * source->width;
        }
        for (int32_t y = 0; y < source->height; y++) {
            const double t = (y + 0.5) / source->height;
            const double a = top[0] + t * (bottom[0] - top[0]),
                         b = top[1] + t * (bottom[1] - top[1]);
            const int32_t left = (int32_t)(a < b ? a : b), right = (int32_t)(a < b ? b : a);
            float *row = seg_image_row(&weights, y);
            for (int32_t x = left; x < right; x++)
                row[x] = share;
        }
    }
    return blend(step, target, source, &weights, 0);
}

/* ---- fog ---- */

static const seg_param fog_rows[] = {
    {"low", SEG_PARAM_FLOAT, AT(low), "0.2", 0, 1, NULL, "",
     "the fog's share of the light is uniform in low .. high, and varies by a third of it", ""},
    {"high", SEG_PARAM_FLOAT, AT(high), "0.5", 0, 1, NULL, "", "largest share", ""},
    SEG_AUGMENT_P(weather_options, "1"),
};
SEG_AUGMENT_TABLE(fog_table, fog_rows, weather_options);

#define CLOUD 9 /* nodes of the coarsest grid, a side */

/* Three octaves of noise between the nodes of grids: 0 .. 1. */
static float cloud_at(const float *nodes, float u, float v) {
    float sum = 0, weight = 0.5f;
    for (int octave = 0; octave < 3; octave++) {
        const float x = u * (float)(2 << octave), y = v * (float)(2 << octave);
        const int32_t left = (int32_t)x, top = (int32_t)y;
        const float fx = x - (float)left, fy = y - (float)top;
        const float *a = nodes + top * CLOUD + left;
        const float up = a[0] + (a[1] - a[0]) * fx,
                    down = a[CLOUD] + (a[CLOUD + 1] - a[CLOUD]) * fx;
        sum += weight * (up + (down - up) * fy);
        weight *= 0.5f;
    }
    return sum * (1 / 0.875f);
}

static seg_status fog(seg_augment_step *step, const seg_image *target, const seg_image *source) {
    const weather_options *o = step->options;
    const float share = (float)seg_draw_between(step, o->low, o->high);
    float nodes[(CLOUD + 1) * (CLOUD + 1)];
    seg_image weights;
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++)
        nodes[i] = (float)seg_draw_unit(step);
    SEG_TRY(seg_augment_decide(step, "share", (double)share));
    SEG_TRY(no_weights(&weights, step, source));
    for (int32_t y = 0; y < source->height; y++) {
        float *row = seg_image_row(&weights, y);
        const float v = ((float)y + 0.5f) / (float)source->height;
        for (int32_t x = 0; x < source->width; x++) {
            const float cloud = cloud_at(nodes, ((float)x + 0.5f) / (float)source->width, v);
            const float weight = share * (1 + (cloud - 0.5f) * (2.0f / 3));
            row[x] = weight < 1 ? weight : 1;
        }
    }
    return blend(step, target, source, &weights, 0.9f);
}

/* ---- rain ---- */

static const seg_param rain_rows[] = {
    {"count", SEG_PARAM_INT, AT(count), "1000", 0, 1000000, NULL, "",
     "of drops for each million of pixels", ""},
    {"length", SEG_PARAM_INT, AT(length), "20", 1, 1000, NULL, "px", "of a drop's streak", ""},
    {"slant", SEG_PARAM_FLOAT, AT(slant), "15", 0, 60, NULL, "degrees",
     "all fall at one angle, uniform in -slant .. slant", ""},
    SEG_AUGMENT_P(weather_options, "1"),
};
SEG_AUGMENT_TABLE(rain_table, rain_rows, weather_options);

static seg_status rain(seg_augment_step *step, const seg_image *target, const seg_image *source) {
    const weather_options *o = step->options;
    const double angle = seg_draw_between(step, -o->slant, o->slant) * (SEG_PI / 180);
    const double lean = seg_sin(angle) / seg_cos(angle);
    const seg_random drops = seg_random_stream(seg_draw_seed(step), 0, 2);
    const double wanted = ceil((double)o->count * source->width * source->height / 1e6);
    seg_image weights;
    SEG_TRY(seg_augment_decide(step, "angle", angle * (180 / SEG_PI)));
    SEG_TRY(no_weights(&weights, step, source));
    for (uint32_t i = 0; i < (uint32_t)wanted; i++) {
        const double x = seg_random_unit(&drops, 2 * i) * source->width;
        const double y =
            seg_random_unit(&drops, 2 * i + 1) * (source->height + o->length) - o->length;
        for (int32_t k = 0; k < o->length; k++) {
            const double row = floor(y) + k, column = floor(x + lean * k);
            if (row < 0 || row >= source->height || column < 0 || column >= source->width) continue;
            float *weight = (float *)seg_image_row(&weights, (int32_t)row) + (int32_t)column;
            *weight = *weight < 0.3f ? 0.3f + 0.3f * (float)k / (float)o->length : *weight;
        }
    }
    return blend(step, target, source, &weights, 0.8f);
}

SEG_AUGMENT_PIXEL(shadow, "shadow", "four-sided shadows", shadow, shadow_table, check_range);
SEG_AUGMENT_PIXEL(fog, "fog", "fog, thicker here than there", fog, fog_table, check_range);
SEG_AUGMENT_PIXEL(rain, "rain", "streaks of rain", rain, rain_table, NULL);
