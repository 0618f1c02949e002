/* Pictures of errors: every case of masks and every colour of flow, any memory, any threads. */
#include "core_main.h"
#include "pixels.h"
#include "scenes.h"

#include <math.h>

static uint32_t rgb_at(const seg_image *picture, int32_t x, int32_t y) {
    const uint8_t *p = (const uint8_t *)seg_image_row(picture, y) + 3 * (size_t)x;
    return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

START_TEST(colours_of_masks) {
    uint8_t found[5] = {1, 1, 0, 0, 255}, object[5] = {255, 0, 7, 0, 0},
            ignored[5] = {0, 0, 0, 0, 2};
    seg_image prediction = {0}, truth = {0}, ignore = {0}, picture = {0};
    ck_assert_ok(seg_image_wrap(&prediction, found, 5, 5, 1, SEG_U8, 1));
    ck_assert_ok(seg_image_wrap(&truth, object, 5, 5, 1, SEG_U8, 1));
    ck_assert_ok(seg_image_wrap(&ignore, ignored, 5, 5, 1, SEG_U8, 1));
    ck_assert_ok(seg_render_agreement(&picture, &prediction, &truth, &ignore, NULL));
    const uint32_t wanted[5] = {SEG_AGREEMENT_TP, SEG_AGREEMENT_FP, SEG_AGREEMENT_FN,
                                SEG_AGREEMENT_TN, SEG_AGREEMENT_IGNORED};
    for (int32_t x = 0; x < 5; x++)
        ck_assert_uint_eq(rgb_at(&picture, x, 0), wanted[x]);
    ck_assert_int_eq(picture.colour, SEG_COLOUR_RGB);
    ck_assert_ok(seg_render_agreement(&picture, &prediction, &truth, NULL, NULL));
    ck_assert_uint_eq(rgb_at(&picture, 4, 0), SEG_AGREEMENT_FP);
    seg_image_unref(&picture);
}
END_TEST

START_TEST(colours_of_flow) {
    /* truth still, so that 3 px are allowed: errors in steps of 3 / 16, and then 5 % of 100 px */
    const float errors[12] = {0,    0.18f, 0.2f,  0.5f,  1.0f,  2.9f,
                              3.1f, 7.0f,  13.0f, 25.0f, 47.0f, 49.0f};
    const uint32_t wanted[12] = {0x313695, 0x313695, 0x4575b4, 0x74add1, 0xabd9e9, 0xe0f3f8,
                                 0xfee090, 0xfdae61, 0xf46d43, 0xd73027, 0xd73027, 0xa50026};
    float flow[2 * 17] = {0}, truth[2 * 17] = {0};
    for (int i = 0; i < 12; i++)
        flow[2 * i + i % 2] = i % 3 ? errors[i] : -errors[i];
    truth[2 * 12] = 60, truth[2 * 12 + 1] = 80;
    flow[2 * 12] = 60, flow[2 * 12 + 1] = 84.9f; /* 4.9 px, 5 allowed */
    truth[2 * 13 + 1] = 2e9f;
    truth[2 * 14] = NAN;
    flow[2 * 15] = 1e10f;
    flow[2 * 16] = 9;
    uint8_t ignored[17] = {[16] = 1};
    seg_image images[3] = {{0}}, picture = {0};
    ck_assert_ok(seg_image_wrap(&images[0], flow, sizeof flow, 17, 1, SEG_F32, 2));
    ck_assert_ok(seg_image_wrap(&images[1], truth, sizeof truth, 17, 1, SEG_F32, 2));
    ck_assert_ok(seg_image_wrap(&images[2], ignored, 17, 17, 1, SEG_U8, 1));
    ck_assert_ok(seg_render_flow_error(&picture, &images[0], &images[1], &images[2], NULL));
    for (int32_t x = 0; x < 12; x++)
        ck_assert_msg(rgb_at(&picture, x, 0) == wanted[x], "error %g gives %06x", (double)errors[x],
                      (unsigned)rgb_at(&picture, x, 0));
    ck_assert_uint_eq(rgb_at(&picture, 12, 0), 0xe0f3f8);
    ck_assert_uint_eq(rgb_at(&picture, 13, 0), 0);
    ck_assert_uint_eq(rgb_at(&picture, 14, 0), 0);
    ck_assert_uint_eq(rgb_at(&picture, 15, 0), 0xa50026);
    ck_assert_uint_eq(rgb_at(&picture, 16, 0), SEG_AGREEMENT_IGNORED);
    seg_image_unref(&picture);
}
END_TEST

START_TEST(any_memory_and_threads) {
    pixels_envs envs = pixels_envs_start();
    pixels_random random = pixels_random_start(3);
    for (int kind = 0; kind < 2; kind++) {
        const int format = kind ? SEG_F32 : SEG_U8, channels = kind ? 2 : 1;
        pixels_picture a = pixels_make(700, 400, format, channels, 0, &random);
        pixels_picture b = pixels_make(700, 400, format, channels, 0, &random);
        pixels_picture ignore = pixels_make(700, 400, SEG_U8, 1, 1, &random);
        seg_image plain[3] = {{0}}, wanted = {0};
        ck_assert_ok(seg_image_copy(&plain[0], &a.image, NULL));
        ck_assert_ok(seg_image_copy(&plain[1], &b.image, NULL));
        ck_assert_ok(seg_image_copy(&plain[2], &ignore.image, NULL));
        ck_assert_ok((kind ? seg_render_flow_error
                           : seg_render_agreement)(&wanted, &plain[0], &plain[1], &plain[2], NULL));
        for (int i = 0; i < PIXELS_ENVS; i++) {
            seg_image got = {0};
            ck_assert_ok((kind ? seg_render_flow_error : seg_render_agreement)(
                &got, &a.image, &b.image, &ignore.image, &envs.env[i]));
            ck_assert(pixels_same(&got, &wanted));
            seg_image_unref(&got);
        }
        for (int i = 0; i < 3; i++)
            seg_image_unref(&plain[i]);
        seg_image_unref(&wanted);
        pixels_free(&a);
        pixels_free(&b);
        pixels_free(&ignore);
    }
    pixels_envs_stop(&envs);
}
END_TEST

START_TEST(what_is_refused) {
    uint8_t bytes[6] = {0};
    seg_image mask = {0}, other = {0}, picture = {0};
    ck_assert_ok(seg_image_wrap(&mask, bytes, 3, 3, 2, SEG_U8, 1));
    ck_assert_ok(seg_image_wrap(&other, bytes, 2, 2, 3, SEG_U8, 1));
    ck_assert_fails(seg_render_agreement(NULL, &mask, &mask, NULL, NULL), SEG_ERROR_ARGUMENT,
                    "picture");
    ck_assert_fails(seg_render_agreement(&picture, &other, &mask, NULL, NULL), SEG_ERROR_SHAPE,
                    "prediction is 2 x 3");
    ck_assert_fails(seg_render_agreement(&picture, &mask, &mask, &other, NULL), SEG_ERROR_SHAPE,
                    "ignore");
    ck_assert_fails(seg_render_flow_error(&picture, &mask, &mask, NULL, NULL),
                    SEG_ERROR_UNSUPPORTED, "truth");
    ck_assert_fails(seg_render_agreement(&picture, NULL, &mask, NULL, NULL), SEG_ERROR_ARGUMENT,
                    "prediction");
    ck_assert(seg_image_empty(&picture));
}
END_TEST

CORE_MAIN("pictures of errors", colours_of_masks, colours_of_flow, any_memory_and_threads,
          what_is_refused)
