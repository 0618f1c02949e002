/* What all flow methods share: streams, directions, jumps, the check of both ways, two pictures. */
#include "core_main.h"
#include "motion_scene.h"

#define W 24
#define H 18

static float frames[3][W * H];

static void paint_frames(void) {
    for (int t = 0; t < 3; t++)
        motion_scene_fill(frames[t], W, H, 0.5 * t, -0.25 * t, 3);
}

#define FAST_1981 "scheme", "1981", "iterations", "40"

static bool is_zero(const seg_image *flow) {
    for (int32_t y = 0; y < flow->height; y++)
        for (int32_t x = 0; x < 2 * flow->width; x++)
            if (((float *)seg_image_row(flow, y))[x] != 0) return false;
    return true;
}

/* The first frame, and one behind a jump, have nothing before them. */
START_TEST(nothing_to_compare_with) {
    paint_frames();
    flow_run run = flow_start("horn-schunck", (const char *const[]){FAST_1981, NULL});
    flow_give(&run, frames[0], W, H);
    ck_assert(run.result.flags & SEG_RESULT_PROVISIONAL);
    ck_assert(is_zero(&run.result.flow));
    flow_give(&run, frames[1], W, H);
    ck_assert(!(run.result.flags & SEG_RESULT_PROVISIONAL));
    ck_assert(!is_zero(&run.result.flow));
    seg_image image = {0};
    ck_assert_int_eq(seg_image_wrap(&image, frames[2], sizeof(float) * W, W, H, SEG_F32, 1),
                     SEG_OK);
    flow_give_image(&run, &image, SEG_FRAME_DISCONTINUITY);
    ck_assert(run.result.flags & SEG_RESULT_PROVISIONAL);
    ck_assert(is_zero(&run.result.flow));
    flow_stop(&run);
}
END_TEST

/* The flow of frame t is that of frames t - 1 and t alone; backward is forward of swapped frames.
 */
START_TEST(pairs_and_directions) {
    paint_frames();
    flow_run stream = flow_start("horn-schunck", (const char *const[]){FAST_1981, NULL});
    flow_run pair = flow_start("horn-schunck", (const char *const[]){FAST_1981, NULL});
    flow_run back =
        flow_start("horn-schunck", (const char *const[]){FAST_1981, "direction", "backward", NULL});
    for (int t = 0; t < 3; t++)
        flow_give(&stream, frames[t], W, H);
    for (int t = 1; t < 3; t++)
        flow_give(&pair, frames[t], W, H);
    ck_assert_uint_eq(scene_fnv_image(1, &stream.result.flow),
                      scene_fnv_image(1, &pair.result.flow));
    for (int t = 2; t > 0; t--)
        flow_give(&back, frames[t], W, H);
    ck_assert_uint_eq(scene_fnv_image(1, &back.result.flow), scene_fnv_image(1, &pair.result.flow));
    flow_stop(&stream);
    flow_stop(&pair);
    flow_stop(&back);
}
END_TEST

START_TEST(two_pictures) {
    paint_frames();
    seg_image first = {0}, second = {0};
    ck_assert_int_eq(seg_image_wrap(&first, frames[0], sizeof(float) * W, W, H, SEG_F32, 1),
                     SEG_OK);
    ck_assert_int_eq(seg_image_wrap(&second, frames[1], sizeof(float) * W, W, H, SEG_F32, 1),
                     SEG_OK);
    const seg_method *method = seg_method_find("horn-schunck");
    seg_horn_schunck_options options;
    seg_horn_schunck_options_init(&options);
    options.scheme = SEG_HORN_SCHUNCK_1981;
    options.iterations = 40;
    seg_result result;
    seg_result_init(&result, NULL);
    ck_assert_int_eq(seg_flow_between(&result, method, &first, &second, &options, NULL), SEG_OK);
    flow_run run = flow_start("horn-schunck", (const char *const[]){FAST_1981, NULL});
    flow_give(&run, frames[0], W, H);
    flow_give(&run, frames[1], W, H);
    ck_assert_uint_eq(scene_fnv_image(1, &result.flow), scene_fnv_image(1, &run.result.flow));
    flow_stop(&run);
    ck_assert_int_eq(seg_flow_between(&result, NULL, &first, &second, NULL, NULL),
                     SEG_ERROR_ARGUMENT);
    ck_assert_int_eq(
        seg_flow_between(&result, seg_method_find("otsu"), &first, &second, NULL, NULL),
        SEG_ERROR_ARGUMENT);
    seg_image_unref(&second);
    ck_assert_int_eq(seg_image_alloc(&second, W, H + 1, SEG_F32, 1, NULL), SEG_OK);
    ck_assert_int_eq(seg_flow_between(&result, method, &first, &second, NULL, NULL),
                     SEG_ERROR_SHAPE);
    seg_image_unref(&second);
    seg_result_free(&result);
}
END_TEST

/* Frames that are the same: no flow, confidence 1, nothing hidden. */
START_TEST(both_ways_agree_where_nothing_moves) {
    paint_frames();
    flow_run run =
        flow_start("horn-schunck", (const char *const[]){FAST_1981, "consistency", "true", NULL});
    flow_give(&run, frames[0], W, H);
    flow_give(&run, frames[0], W, H);
    ck_assert(is_zero(&run.result.flow));
    ck_assert_double_eq(run.result.score_full_scale, 1);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            ck_assert_uint_eq(((uint8_t *)seg_image_row(&run.result.mask, y))[x], 0);
            ck_assert_float_eq(((float *)seg_image_row(&run.result.score, y))[x], 1);
        }
    flow_stop(&run);
}
END_TEST

/* Pictures of 0 and 1, of all levels, and of two levels that hardly differ. */
static void fill_noise(float *pixels, int32_t count, scene_random *random, uint32_t kind) {
    for (int32_t i = 0; i < count; i++)
        pixels[i] = kind == 0   ? (float)scene_below(random, 2)
                    : kind == 1 ? (float)scene_below(random, 256) / 255
                                : 0.5f + (float)scene_below(random, 3) / 255;
}

static void check_bounds(const flow_run *run, int32_t width, int32_t height) {
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++) {
            const float *at = flow_at(run, x, y);
            ck_assert_msg(fabsf(at[0]) <= (float)width && fabsf(at[1]) <= (float)height,
                          "%s, %d x %d: (%g, %g)", run->method->id, (int)width, (int)height,
                          (double)at[0], (double)at[1]);
        }
}

/* Whatever is in it, no method finds that something moved farther than the picture is large. */
START_TEST(tiny_pictures) {
    static const int32_t sizes[][2] = {{1, 1}, {2, 1}, {1, 2}, {2, 2},
                                       {3, 3}, {5, 1}, {1, 5}, {8, 2}};
    static const char *const qualities[] = {"fastest", "fast", "default", "accurate"};
    int32_t count, tried = 0;
    const seg_method *const *all = seg_methods(&count);
    for (int32_t m = 0; m < count; m++) {
        if (all[m]->input != SEG_INPUT_PAIR) continue;
        tried++;
        for (int32_t i = 0; i < 4 * 8 * 9; i++) {
            const int32_t width = sizes[i % 8][0], height = sizes[i % 8][1];
            flow_run run =
                flow_start(all[m]->id, (const char *const[]){"quality", qualities[i / 8 % 4],
                                                             "warm-start", "true", NULL});
            scene_random random = {(uint32_t)i};
            for (int t = 0; t < 4; t++) {
                float pixels[16];
                fill_noise(pixels, width * height, &random, (uint32_t)i / 32 % 3);
                flow_give(&run, pixels, width, height);
                check_bounds(&run, width, height);
            }
            flow_stop(&run);
        }
    }
    ck_assert_int_ge(tried, 5);
}
END_TEST

CORE_MAIN("flow methods", nothing_to_compare_with, pairs_and_directions, two_pictures,
          both_ways_agree_where_nothing_moves, tiny_pictures)
