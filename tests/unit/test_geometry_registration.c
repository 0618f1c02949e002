/* Global motion: found again from pictures that were warped by known transforms, in spite of things
 * that move by themselves, noise and changes of light. */
#include "core/memory.h"
#include "core_main.h"
#include "imgproc/warp.h"
#include "scenes.h"

#include <math.h>
#include <segment/segment.h>

enum { WIDTH = 320, HEIGHT = 240, MARGIN = 100 };

/* Smooth noise of several sizes, in 16 bits. */
static seg_image make_world(void) {
    seg_image world = {0};
    ck_assert_ok(
        seg_image_alloc(&world, WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN, SEG_U16, 1, NULL));
    for (int32_t y = 0; y < world.height; y++)
        for (int32_t x = 0; x < world.width; x++) {
            double value = 0.5;
            for (int size = 6; size <= 96; size *= 2) {
                const double u = (double)x / size, v = (double)y / size;
                const int32_t i = (int32_t)u, j = (int32_t)v;
                double corners[4];
                for (int c = 0; c < 4; c++)
                    corners[c] =
                        scene_hash((uint32_t)((i + c % 2) * 7919 + (j + c / 2) * 104729 + size)) /
                            4294967296.0 -
                        0.5;
                const double a = u - i, b = v - j;
                value += 0.25 * ((corners[0] * (1 - a) + corners[1] * a) * (1 - b) +
                                 (corners[2] * (1 - a) + corners[3] * a) * b);
            }
            value = value < 0.1 ? 0.1 : value > 0.9 ? 0.9 : value;
            ((uint16_t *)seg_image_row(&world, y))[x] = (uint16_t)(value * 65535);
        }
    return world;
}

/* What a camera sees whose pixel p is at `t`^-1 (p) of the reference. */
static seg_image see(const seg_image *world, const seg_transform *t) {
    seg_image picture = {0};
    seg_transform back;
    ck_assert_ok(seg_image_alloc(&picture, WIDTH, HEIGHT, SEG_U16, 1, NULL));
    ck_assert_ok(seg_transform_invert(&back, t));
    const seg_transform offset = seg_transform_translation(MARGIN, MARGIN);
    back = seg_transform_compose(&offset, &back);
    seg_warp warp = seg_warp_identity();
    memcpy(warp.matrix, back.m, sizeof warp.matrix);
    warp.filter = SEG_WARP_BICUBIC;
    ck_assert_ok(seg_warp_apply(&picture, world, &warp, NULL));
    return picture;
}

/* The farthest that a corner is off. */
static double error_of(const seg_transform *found, const seg_transform *truth) {
    double worst = 0;
    for (int c = 0; c < 4; c++) {
        double a[2] = {c % 2 * WIDTH, c / 2 * HEIGHT}, b[2];
        seg_transform_apply(b, truth, a, 1);
        seg_transform_apply(a, found, a, 1);
        worst = fmax(worst, hypot(a[0] - b[0], a[1] - b[1]));
    }
    return worst;
}

static seg_transform truth_of(int model, int variant) {
    const double shifts[4][2] = {{0, 0}, {3.3, -1.7}, {-20.25, 12.5}, {41, 30}};
    const seg_transform shift = seg_transform_translation(shifts[variant][0], shifts[variant][1]);
    seg_transform change = seg_transform_identity();
    if (model == SEG_TRANSFORM_SIMILARITY)
        change = seg_transform_similarity(1 + 0.01 * variant, 0.015 * variant);
    if (model == SEG_TRANSFORM_AFFINE)
        change = (seg_transform){{1 + 0.01 * variant, 0.012 * variant, 0, -0.008 * variant,
                                  1 - 0.006 * variant, 0, 0, 0, 1}};
    if (model == SEG_TRANSFORM_PROJECTIVE) /* an edge of the picture comes nearer by some percent */
        change = (seg_transform){{1 + 0.01 * variant, 0.012 * variant, 0, -0.008 * variant,
                                  1 - 0.006 * variant, 0, 1e-4 * variant, -6e-5 * variant, 1}};
    change = seg_transform_about(&change, WIDTH / 2, HEIGHT / 2);
    return seg_transform_compose(&shift, &change);
}

START_TEST(motion_is_found_again) {
    seg_image world = make_world();
    const seg_transform still = seg_transform_identity();
    seg_image reference = see(&world, &still);
    for (int model = 0; model < 4; model++)
        for (int variant = 0; variant < 4; variant++) {
            const seg_transform truth = truth_of(model, variant);
            seg_image moving = see(&world, &truth);
            seg_register_options o;
            seg_register_options_init(&o);
            o.model = model;
            seg_transform found;
            double agreement;
            ck_assert_ok(
                seg_transform_register(&found, &agreement, &moving, &reference, NULL, &o, NULL));
            ck_assert_msg(error_of(&found, &truth) < 0.1, "model %d, %d: %g px off", model, variant,
                          error_of(&found, &truth));
            ck_assert_double_gt(agreement, 0.9);
            seg_image_unref(&moving);
        }
    seg_image_unref(&reference);
    seg_image_unref(&world);
}
END_TEST

/* A quarter of the picture shows something else, all is brighter and noisy. */
static void disturb(seg_image *picture, int32_t at, uint32_t seed) {
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++) {
            uint16_t *p = (uint16_t *)seg_image_row(picture, y) + x;
            const uint32_t noise = scene_hash(seed + (uint32_t)(y * WIDTH + x));
            if (x >= at && x < at + 160 && y >= 60 && y < 180)
                *p = (uint16_t)(20000 + 300 * ((x - at) % 40) + 200 * (y % 50));
            *p = (uint16_t)(*p + 2000 + noise % 1500);
        }
}

START_TEST(what_moves_by_itself_does_not_count) {
    seg_image world = make_world();
    const seg_transform still = seg_transform_identity();
    seg_image reference = see(&world, &still);
    disturb(&reference, 20, 1);
    for (int model = 0; model < 4; model++) {
        const seg_transform truth = truth_of(model, 1);
        seg_image moving = see(&world, &truth), ignore = {0};
        disturb(&moving, 90, 2);
        seg_register_options o;
        seg_register_options_init(&o);
        o.model = model;
        seg_transform found, again;
        double agreement;
        ck_assert_ok(
            seg_transform_register(&found, &agreement, &moving, &reference, NULL, &o, NULL));
        ck_assert_msg(error_of(&found, &truth) < 0.25, "model %d: %g px off", model,
                      error_of(&found, &truth));
        ck_assert_double_lt(agreement, 0.95);
        /* left out, it does not disturb at all */
        ck_assert_ok(seg_image_alloc(&ignore, WIDTH, HEIGHT, SEG_U8, 1, NULL));
        for (int32_t y = 50; y < 190; y++)
            memset((uint8_t *)seg_image_row(&ignore, y) + 10, 1, 250);
        ck_assert_ok(seg_transform_register(&again, NULL, &moving, &reference, &ignore, &o, NULL));
        ck_assert_double_lt(error_of(&again, &truth), 0.2);
        seg_image_unref(&ignore);
        seg_image_unref(&moving);
    }
    seg_image_unref(&reference);
    seg_image_unref(&world);
}
END_TEST

START_TEST(threads_and_depths_agree) {
    seg_image world = make_world(), low[2] = {{0}};
    const seg_transform still = seg_transform_identity(), truth = truth_of(2, 2);
    seg_image pictures[2] = {see(&world, &truth), see(&world, &still)};
    seg_register_options o;
    seg_register_options_init(&o);
    o.model = SEG_TRANSFORM_AFFINE;
    seg_transform one, many;
    ck_assert_ok(seg_transform_register(&one, NULL, &pictures[0], &pictures[1], NULL, &o, NULL));
    for (int32_t threads = 2; threads <= 7; threads += 5) {
        seg_pool *pool;
        ck_assert_ok(seg_pool_create(&pool, threads));
        const seg_env env = {.runner = seg_pool_runner(pool)};
        ck_assert_ok(
            seg_transform_register(&many, NULL, &pictures[0], &pictures[1], NULL, &o, &env));
        ck_assert_mem_eq(&one, &many, sizeof one);
        seg_pool_free(pool);
    }
    for (int i = 0; i < 2; i++)
        ck_assert_ok(seg_convert(&low[i], &pictures[i], SEG_U8, NULL));
    ck_assert_ok(seg_transform_register(&many, NULL, &low[0], &low[1], NULL, &o, NULL));
    ck_assert_double_lt(error_of(&many, &truth), 0.15);
    for (int i = 0; i < 2; i++) {
        seg_image_unref(&pictures[i]);
        seg_image_unref(&low[i]);
    }
    seg_image_unref(&world);
}
END_TEST

START_TEST(nothing_to_hold_on_to) {
    seg_image flat = {0}, small = {0}, tiny[2] = {{0}};
    seg_transform t;
    seg_register_options o;
    seg_register_options_init(&o);
    ck_assert_ok(seg_image_alloc(&flat, 64, 48, SEG_U8, 1, NULL));
    ck_assert_ok(seg_image_alloc(&small, 64, 47, SEG_U8, 1, NULL));
    ck_assert_fails(seg_transform_register(&t, NULL, &flat, &flat, NULL, NULL, NULL),
                    SEG_ERROR_DATA, "no structure");
    ck_assert_fails(seg_transform_register(&t, NULL, &flat, &small, NULL, NULL, NULL),
                    SEG_ERROR_SHAPE, "64 x 47");
    ck_assert_fails(seg_transform_register(NULL, NULL, &flat, &flat, NULL, NULL, NULL),
                    SEG_ERROR_ARGUMENT, "transform is missing");
    o.model = SEG_TRANSFORM_PROJECTIVE + 1;
    ck_assert_fails(seg_transform_register(&t, NULL, &flat, &flat, NULL, &o, NULL),
                    SEG_ERROR_OPTION, "model is 4");
    seg_register_options_init(&o);
    o.reach = 0.7;
    ck_assert_fails(seg_transform_register(&t, NULL, &flat, &flat, NULL, &o, NULL),
                    SEG_ERROR_OPTION, "reach is 0.7");
    for (int32_t side = 1; side < 5; side++) { /* every small size ends in an error, not a crash */
        for (int i = 0; i < 2; i++) {
            ck_assert_ok(seg_image_alloc(&tiny[i], side, 1, SEG_F32, 1, NULL));
            *(float *)tiny[i].data = (float)(i + 1) * NAN;
        }
        ck_assert_int_eq(seg_transform_register(&t, NULL, &tiny[0], &tiny[1], NULL, NULL, NULL),
                         SEG_ERROR_DATA);
    }
    const int64_t live = seg_memory_live();
    for (int64_t n = 1; n < 12; n++) {
        seg_memory_fail_at(n);
        ck_assert_int_lt(seg_transform_register(&t, NULL, &flat, &flat, NULL, NULL, NULL), 0);
        seg_memory_fail_at(0);
        ck_assert_int_eq(seg_memory_live(), live);
    }
    seg_image_unref(&flat);
    seg_image_unref(&small);
    seg_image_unref(&tiny[0]);
    seg_image_unref(&tiny[1]);
}
END_TEST

CORE_MAIN("registration", motion_is_found_again, what_moves_by_itself_does_not_count,
          threads_and_depths_agree, nothing_to_hold_on_to)
