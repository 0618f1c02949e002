/* Pictures of flow fields by hand; pictures brought back along a flow; numbers of a flow. */
#include "core_main.h"
#include <segment/segment.h>

#include <math.h>

static seg_image field(float *data, int32_t width, int32_t height) {
    seg_image flow = {0};
    ck_assert_ok(seg_image_wrap(&flow, data, (ptrdiff_t)sizeof(float) * 2 * width, width, height,
                                SEG_F32, 2));
    return flow;
}

/* Middlebury's wheel: to the left cyan-blue's opposite ... the published colours of the axes. */
START_TEST(colours_by_hand) {
    float data[] = {0, 0, -1, 0, 0.5f, 0, NAN, 0, 4, 0};
    const seg_image flow = field(data, 5, 1);
    seg_image picture = {0};
    ck_assert_ok(seg_render_flow(&picture, SEG_FLOW_RENDER_COLOR, &flow, NULL, 1, false, NULL));
    const uint8_t *rgb = picture.data;
    const uint8_t white[] = {255, 255, 255}, black[] = {0, 0, 0};
    ck_assert_mem_eq(rgb, white, 3);
    ck_assert_mem_eq(rgb + 9, black, 3);
    /* to the left: a(-v, -u) = atan2(0, 1) = 0, step 27 of 55: cyan on its way to blue */
    ck_assert_uint_eq(rgb[3], 0);
    ck_assert_uint_eq(rgb[4], (int)(255 - 255 * 2.0 / 11 + 0.5));
    ck_assert_uint_eq(rgb[5], 255);
    /* to the right, half as fast: between white and red (the end of the wheel) */
    ck_assert_uint_eq(rgb[6], 255);
    ck_assert_uint_lt(rgb[7], 140);
    ck_assert_uint_gt(rgb[7], 120);
    /* beyond the rim: three quarters of the full colour */
    ck_assert_uint_eq(rgb[12], (int)(0.75 * 255 + 0.5));
    seg_image_unref(&picture);
}
END_TEST

START_TEST(kitti_and_magnitude) {
    float data[] = {0, 0, 1.5f, -2.25f, 3, 4, 2e9f, 0};
    const seg_image flow = field(data, 4, 1);
    seg_image picture = {0};
    ck_assert_ok(seg_render_flow(&picture, SEG_FLOW_RENDER_KITTI, &flow, NULL, 1, false, NULL));
    const uint16_t wanted[] = {32768, 32768, 1, 32864, 32624, 1, 32960, 33024, 1, 0, 0, 0};
    ck_assert_mem_eq(picture.data, wanted, sizeof wanted);
    ck_assert_ok(
        seg_render_flow(&picture, SEG_FLOW_RENDER_MAGNITUDE, &flow, NULL, 10, false, NULL));
    ck_assert_int_eq(picture.channels, 1);
    ck_assert_uint_eq(((uint16_t *)picture.data)[0], 0);
    ck_assert_uint_eq(((uint16_t *)picture.data)[2], 32768);
    seg_image_unref(&picture);
}
END_TEST

/* The legend stays inside, whatever the size; arrows too. */
START_TEST(legends_and_arrows_fit) {
    for (int32_t size = 1; size < 400; size += 37) {
        seg_image flow = {0}, frame = {0}, picture = {0};
        ck_assert_ok(seg_image_alloc(&flow, size, 400 - size, SEG_F32, 2, NULL));
        ck_assert_ok(seg_image_alloc(&frame, size, 400 - size, SEG_U8, 3, NULL));
        for (int32_t y = 0; y < flow.height; y++)
            for (int32_t x = 0; x < 2 * size; x++)
                ((float *)seg_image_row(&flow, y))[x] = (float)(x % 7 * 50 - 100);
        ck_assert_ok(
            seg_render_flow(&picture, SEG_FLOW_RENDER_COLOR, &flow, NULL, 123.456, true, NULL));
        ck_assert_ok(
            seg_render_flow(&picture, SEG_FLOW_RENDER_ARROWS, &flow, &frame, 3, true, NULL));
        seg_image_unref(&flow);
        seg_image_unref(&frame);
        seg_image_unref(&picture);
    }
}
END_TEST

START_TEST(refused) {
    float data[] = {0, 0};
    const seg_image flow = field(data, 1, 1);
    seg_image picture = {0}, frame = {0};
    ck_assert_fails(seg_render_flow(&picture, (seg_flow_render_kind)9, &flow, NULL, 1, false, NULL),
                    SEG_ERROR_ARGUMENT, "kind");
    ck_assert_fails(seg_render_flow(&picture, SEG_FLOW_RENDER_HSV, &flow, NULL, 0, false, NULL),
                    SEG_ERROR_ARGUMENT, "largest");
    ck_assert_fails(seg_render_flow(&picture, SEG_FLOW_RENDER_ARROWS, &flow, NULL, 1, false, NULL),
                    SEG_ERROR_ARGUMENT, "frame");
    ck_assert_ok(seg_image_alloc(&frame, 2, 1, SEG_U8, 1, NULL));
    ck_assert_fails(
        seg_render_flow(&picture, SEG_FLOW_RENDER_ARROWS, &flow, &frame, 1, false, NULL),
        SEG_ERROR_SHAPE, "2 x 1");
    ck_assert_fails(seg_flow_warp(&picture, NULL, &frame, &flow, NULL), SEG_ERROR_SHAPE, "2 x 1");
    seg_image_unref(&frame);
}
END_TEST

/* ---- warp ---- */

START_TEST(warp_by_hand) {
    uint8_t source[] = {10, 20, 30, 41};
    float data[] = {1, 0, 0.5f, 0, -3, 0, NAN, 0};
    seg_image image = {0}, target = {0}, inside = {0};
    ck_assert_ok(seg_image_wrap(&image, source, 4, 4, 1, SEG_U8, 1));
    const seg_image flow = field(data, 4, 1);
    ck_assert_ok(seg_flow_warp(&target, &inside, &image, &flow, NULL));
    const uint8_t wanted[] = {20, 25, 0, 0}, there[] = {255, 255, 0, 0};
    ck_assert_mem_eq(target.data, wanted, 4);
    ck_assert_mem_eq(inside.data, there, 4);
    seg_image_unref(&target);
    seg_image_unref(&inside);
}
END_TEST

START_TEST(numbers_by_hand) {
    float data[] = {3, 4, 0, 0, NAN, 1, -3, 4};
    const seg_image flow = field(data, 4, 1);
    seg_flow_numbers n;
    ck_assert_ok(seg_flow_measure(&n, &flow));
    ck_assert_int_eq(n.known, 3);
    ck_assert_double_eq_tol(n.mean_u, 0, 1e-12);
    ck_assert_double_eq_tol(n.mean_v, 8.0 / 3, 1e-12);
    ck_assert_double_eq_tol(n.mean, 10.0 / 3, 1e-12);
    ck_assert_double_eq_tol(n.median, 5, 0.05);
    ck_assert_double_eq_tol(n.most, 5, 1e-6);
    ck_assert_double_eq_tol(n.moving, 2.0 / 3, 1e-12);
    float unknown[] = {NAN, NAN};
    const seg_image nothing = field(unknown, 1, 1);
    ck_assert_ok(seg_flow_measure(&n, &nothing));
    ck_assert_int_eq(n.known, 0);
    ck_assert_double_eq(n.mean, 0);
}
END_TEST

CORE_MAIN("pictures of flow", colours_by_hand, kitti_and_magnitude, legends_and_arrows_fit, refused,
          warp_by_hand, numbers_by_hand)
