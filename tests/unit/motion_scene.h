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
