/* Textures that can be sampled anywhere, and flow methods run on them. */
#ifndef SEG_TESTS_UNIT_MOTION_SCENE_H
#define SEG_TESTS_UNIT_MOTION_SCENE_H

#include "scenes.h"

#include <check.h>
#include <math.h>

/* A sum of waves in many directions, 0 .. 1; its finest wave is `finest` pixels long, half. */
static inline double motion_texture(double x, double y, double finest) {
    double sum = 0, length = finest;
    for (int i = 0; i < 6; i++, length *= 1.7) {
        const double angle = 0.7 + 2.3 * i, k = 3.14159265358979 / length;
        sum += sin(k * (x * cos(angle) + y * sin(angle)) + i);
        sum += sin(k * (x * cos(angle + 1.5) + y * sin(angle + 1.5)) + 2 * i);
    }
    return 0.5 + sum / 26;
}

/* The texture moved by (u, v): what was at x, y is at x + u, y + v. */
static inline void motion_scene_fill(float *pixels, int width, int height, double u, double v,
                                     double finest) {
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            pixels[y * width + x] = (float)motion_texture(x - u, y - v, finest);
}

/* ---- what oracles compute in double precision ---- */

static inline int motion_clamp(int i, int size) {
    return i < 0 ? 0 : i < size ? i : size - 1;
}

/* 255 times the picture, seen through a Gaussian of five taps; the border is repeated. */
static inline void motion_blur(double *out, const float *picture, int width, int height,
                               double sigma) {
    double taps[5], sum = 0;
    for (int k = 0; k < 5; k++)
        sum += taps[k] = exp(-(k - 2) * (k - 2) / (2 * sigma * sigma));
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            double value = 0;
            for (int i = 0; i < 5; i++)
                for (int k = 0; k < 5; k++)
                    value += taps[i] * taps[k] *
                             (double)picture[motion_clamp(y + i - 2, height) * width +
                                             motion_clamp(x + k - 2, width)];
            out[y * width + x] = 255 * value / (sum * sum);
        }
}

/* The derivative in direction (dx, dy) by five points. */
static inline double motion_slope(const double *plane, int width, int height, int x, int y, int dx,
                                  int dy) {
    double at[5];
    for (int k = -2; k <= 2; k++)
        at[k + 2] =
            plane[motion_clamp(y + k * dy, height) * width + motion_clamp(x + k * dx, width)];
    return (8 * (at[3] - at[1]) - (at[4] - at[0])) / 12;
}

/* ---- runs ---- */

typedef struct flow_run {
    const seg_method *method;
    seg_context *context;
    seg_result result;
    int64_t frames;
} flow_run;

/* Options as "name", "value" pairs, NULL at the end. */
static inline flow_run flow_start(const char *id, const char *const *pairs) {
    flow_run run = {.method = seg_method_find(id)};
    _Alignas(16) unsigned char options[512];
    ck_assert_ptr_nonnull(run.method);
    ck_assert_uint_le(run.method->params->options_size, sizeof options);
    seg_params_init(options, run.method->params);
    for (; pairs && *pairs; pairs += 2)
        ck_assert_msg(seg_params_parse(options, run.method->params, pairs[0], pairs[1], NULL) >= 0,
                      "%s", seg_error_detail());
    ck_assert_int_eq(seg_context_create(&run.context, run.method, options, NULL), SEG_OK);
    seg_result_init(&run.result, NULL);
    return run;
}

static inline void flow_stop(flow_run *run) {
    seg_context_free(run->context);
    seg_result_free(&run->result);
}

static inline void flow_give_image(flow_run *run, const seg_image *image, uint32_t flags) {
    seg_frame frame = {.index = run->frames++, .pts = SEG_NO_PTS, .flags = flags};
    frame.image = *image;
    ck_assert_msg(seg_context_apply(run->context, &frame, 0, &run->result) == SEG_OK, "%s",
                  seg_error_detail());
}

/* A grey frame of floats. */
static inline void flow_give(flow_run *run, float *pixels, int width, int height) {
    seg_image image = {0};
    ck_assert_int_eq(
        seg_image_wrap(&image, pixels, (ptrdiff_t)sizeof(float) * width, width, height, SEG_F32, 1),
        SEG_OK);
    flow_give_image(run, &image, 0);
}

static inline const float *flow_at(const flow_run *run, int x, int y) {
    return (const float *)seg_image_row(&run->result.flow, y) + 2 * x;
}

#endif
