/* What tests of metrics share: pictures of small arrays, tallies in one call, their values. */
#ifndef SEG_TESTS_EVALUATE_H
#define SEG_TESTS_EVALUATE_H

#include "core_main.h"
#include "scenes.h"

#include <math.h>
#include <stdio.h>

/* A picture of its own with `values` in raster order. */
static inline seg_image evaluate_picture(int32_t width, int32_t height, seg_format format,
                                         const double *values) {
    seg_image image = {0};
    ck_assert_ok(seg_image_alloc(&image, width, height, format, 1, NULL));
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++) {
            void *row = seg_image_row(&image, y);
            const double value = values ? values[y * width + x] : 0;
            if (format == SEG_U8)
                ((uint8_t *)row)[x] = (uint8_t)value;
            else if (format == SEG_U16)
                ((uint16_t *)row)[x] = (uint16_t)value;
            else if (format == SEG_F32)
                ((float *)row)[x] = (float)value;
            else
                ((int32_t *)row)[x] = (int32_t)value;
        }
    return image;
}

/* The sample of a one-channel picture as a number. */
static inline double evaluate_at(const seg_image *image, int32_t x, int32_t y) {
    const void *row = seg_image_row(image, y);
    return image->format == SEG_U8    ? ((const uint8_t *)row)[x]
           : image->format == SEG_U16 ? ((const uint16_t *)row)[x]
           : image->format == SEG_F32 ? (double)((const float *)row)[x]
                                      : ((const int32_t *)row)[x];
}

static inline const seg_metric *evaluate_metric(const char *id) {
    const seg_metric *metric = seg_metric_find(id);
    ck_assert_msg(metric != NULL, "there is no metric %s", id);
    return metric;
}

/* A tally of that metric; options as "name=value name=value", or NULL. */
static inline seg_tally *evaluate_tally(const char *id, const char *options) {
    const seg_metric *metric = evaluate_metric(id);
    _Alignas(16) unsigned char bytes[512];
    if (metric->params) {
        ck_assert_uint_le(metric->params->options_size, sizeof bytes);
        seg_params_init(bytes, metric->params);
    }
    char text[256];
    snprintf(text, sizeof text, "%s", options ? options : "");
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
        char *value = strchr(word, '=');
        ck_assert_ptr_nonnull(value);
        *value++ = 0;
        const seg_status status = seg_params_parse(bytes, metric->params, word, value, NULL);
        ck_assert_msg(status == SEG_OK, "%s", seg_error_detail());
    }
    seg_tally *tally;
    ck_assert_ok(seg_tally_create(&tally, metric, metric->params ? bytes : NULL, NULL));
    return tally;
}

static inline seg_status evaluate_try(seg_tally *tally, const seg_image *prediction,
                                      const seg_image *truth, const seg_image *ignore) {
    const seg_pair pair = {
        .prediction = prediction, .truths = truth, .truth_count = 1, .ignore = ignore};
    return seg_tally_add(tally, &pair);
}

static inline void evaluate_add(seg_tally *tally, const seg_image *prediction,
                                const seg_image *truth, const seg_image *ignore) {
    const seg_status status = evaluate_try(tally, prediction, truth, ignore);
    ck_assert_msg(status == SEG_OK, "%s", seg_error_detail());
}

/* The measure `name` of a tally. */
static inline double evaluate_value(const seg_tally *tally, const char *id, const char *name) {
    const seg_metric *metric = evaluate_metric(id);
    const int32_t place = seg_measure_find(metric, name);
    ck_assert_msg(place >= 0, "%s has no measure %s", id, name);
    double values[256];
    ck_assert_int_le(metric->measure_count, 256);
    ck_assert_ok(seg_tally_values(tally, values));
    return values[place];
}

/* Equal up to rounding; NaN equals NaN. */
static inline bool evaluate_near(double a, double b, double tolerance) {
    if (isnan(a) || isnan(b)) return isnan(a) && isnan(b);
    return a == b || fabs(a - b) <= tolerance * fmax(1, fmax(fabs(a), fabs(b)));
}

#define evaluate_check(tally, id, name, wanted)                                                    \
    do {                                                                                           \
        const double evaluate_got_ = evaluate_value(tally, id, name);                              \
        ck_assert_msg(evaluate_near(evaluate_got_, wanted, 1e-12), "%s is %.17g, not %.17g", name, \
                      evaluate_got_, (double)(wanted));                                            \
    } while (0)

#endif
