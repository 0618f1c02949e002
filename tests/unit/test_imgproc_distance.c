/* The distance transform against a look at every feature pixel. */
#include "core/memory.h"
#include "core_main.h"
#include "pixels.h"
#include "shapes.h"

#define LARGEST 40000

/* The list of feature pixels, leftmost columns first, then from the top. */
typedef struct features {
    seg_point *items;
    int32_t count;
} features;

static features list_features(const seg_image *mask, bool objects) {
    features list = {malloc(LARGEST * sizeof *list.items), 0};
    for (int32_t x = 0; x < mask->width; x++)
        for (int32_t y = 0; y < mask->height; y++)
            if ((((uint8_t *)seg_image_row(mask, y))[x] != 0) == objects) {
                ck_assert_int_lt(list.count, LARGEST);
                list.items[list.count++] = (seg_point){x, y};
            }
    return list;
}

static void check_pixel(const seg_image *out, const features *list, int32_t x, int32_t y) {
    int64_t least = INT64_MAX;
    int32_t pixel = -1;
    for (int32_t i = 0; i < list->count; i++) {
        const int64_t dx = list->items[i].x - x, dy = list->items[i].y - y;
        if (dx * dx + dy * dy >= least) continue;
        least = dx * dx + dy * dy;
        pixel = list->items[i].y * out->width + list->items[i].x;
    }
    const float distance = ((float *)seg_image_row(&out[0], y))[x];
    const int32_t squared = ((int32_t *)seg_image_row(&out[1], y))[x];
    ck_assert_int_eq(((int32_t *)seg_image_row(&out[2], y))[x], pixel);
    ck_assert_int_eq(squared, least < INT32_MAX ? least : INT32_MAX);
    if (list->count)
        ck_assert(distance == (float)sqrt((double)least));
    else
        ck_assert(isinf(distance) && distance > 0);
}

/* With `step` > 1 only distances to objects, and not of all pixels of long rows or columns. */
static void check_mask(const seg_image *mask, int32_t step, const seg_env *env) {
    for (int to = SEG_DISTANCE_TO_OBJECT; to <= SEG_DISTANCE_TO_BACKGROUND; to++) {
        if (step > 1 && to == SEG_DISTANCE_TO_BACKGROUND) continue;
        seg_image out[3] = {{0}}, alone = {0};
        const features list = list_features(mask, to == SEG_DISTANCE_TO_OBJECT);
        ck_assert_ok(seg_distance(&out[0], &out[1], &out[2], mask, (seg_distance_to)to, env));
        for (int32_t y = 0; y<mask->height; y += mask->height> 1000 ? step : 1)
            for (int32_t x = 0; x<mask->width; x += mask->width> 1000 ? step : 1)
                check_pixel(out, &list, x, y);
        ck_assert_ok(seg_distance(&alone, NULL, NULL, mask, (seg_distance_to)to, env));
        ck_assert(pixels_same(&alone, &out[0]));
        seg_image_unref(&alone);
        ck_assert_ok(seg_distance(NULL, NULL, &alone, mask, (seg_distance_to)to, env));
        ck_assert(pixels_same(&alone, &out[2]));
        seg_image_unref(&alone);
        for (int i = 0; i < 3; i++)
            seg_image_unref(&out[i]);
        free(list.items);
    }
}

START_TEST(by_hand) {
    uint8_t mask[3 * 5] = {[1 * 5 + 0] = 1, [1 * 5 + 4] = 7};
    const int32_t squared[3 * 5] = {1, 2, 5, 2, 1, 0, 1, 4, 1, 0, 1, 2, 5, 2, 1};
    const int32_t nearest[3 * 5] = {5, 5, 5, 9, 9, 5, 5, 5, 9, 9, 5, 5, 5, 9, 9};
    seg_image picture = {0}, distance = {0}, squares = {0}, pixels = {0};
    ck_assert_ok(seg_image_wrap(&picture, mask, 5, 5, 3, SEG_U8, 1));
    ck_assert_ok(
        seg_distance(&distance, &squares, &pixels, &picture, SEG_DISTANCE_TO_OBJECT, NULL));
    for (int32_t y = 0; y < 3; y++) {
        ck_assert_mem_eq(seg_image_row(&squares, y), squared + y * 5, 5 * sizeof(int32_t));
        ck_assert_mem_eq(seg_image_row(&pixels, y), nearest + y * 5, 5 * sizeof(int32_t));
        for (int32_t x = 0; x < 5; x++)
            ck_assert(((float *)seg_image_row(&distance, y))[x] ==
                      sqrtf((float)squared[y * 5 + x]));
    }
    /* nothing to be near to */
    memset(mask, 0, sizeof mask);
    ck_assert_ok(
        seg_distance(&distance, &squares, &pixels, &picture, SEG_DISTANCE_TO_OBJECT, NULL));
    ck_assert(isinf(((float *)seg_image_row(&distance, 2))[4]));
    ck_assert_int_eq(((int32_t *)seg_image_row(&squares, 2))[4], INT32_MAX);
    ck_assert_int_eq(((int32_t *)seg_image_row(&pixels, 2))[4], -1);
    seg_image_unref(&distance);
    seg_image_unref(&squares);
    seg_image_unref(&pixels);
}
END_TEST

START_TEST(against_brute_force) {
    shapes_random random = shapes_random_start(81);
    for (int repeat = 0; repeat < 60; repeat++) {
        static uint8_t mask[150 * 110];
        static const uint32_t percents[] = {0, 1, 1, 3, 10, 50, 90, 99, 100};
        seg_image picture = {0};
        const uint32_t percent = percents[shapes_below(&random, 9)];
        const uint32_t longest = percent > 3 ? 50 : 110;
        const int32_t width = 1 + (int32_t)shapes_below(&random, longest + 40);
        const int32_t height = 1 + (int32_t)shapes_below(&random, longest);
        shapes_noise(mask, width, height, width, percent, &random);
        if (percent == 1 && repeat % 2) { /* a single pixel */
            memset(mask, 0, sizeof mask);
            mask[shapes_below(&random, (uint32_t)(width * height))] = 1;
        }
        ck_assert_ok(seg_image_wrap(&picture, mask, width, width, height, SEG_U8, 1));
        check_mask(&picture, 1, NULL);
    }
    for (int shape = 0; shape < SHAPES_COUNT; shape++) {
        static uint8_t mask[97 * 60];
        seg_image picture = {0};
        shapes_draw(mask, 97, 60, 97, shape);
        ck_assert_ok(seg_image_wrap(&picture, mask, 97, 97, 60, SEG_U8, 1));
        check_mask(&picture, 1, NULL);
    }
}
END_TEST

/* Few feature pixels far away from each other. */
static void check_sparse(int32_t width, int32_t height, int32_t count, shapes_random *random) {
    seg_image picture = {0};
    uint8_t *mask = calloc((size_t)width * (size_t)height, 1);
    for (int32_t i = 0; i < count; i++)
        mask[shapes_below(random, (uint32_t)(width * height))] = 1;
    ck_assert_ok(seg_image_wrap(&picture, mask, width, width, height, SEG_U8, 1));
    check_mask(&picture, 37, NULL);
    free(mask);
}

START_TEST(large_distances) {
    shapes_random random = shapes_random_start(82);
    check_sparse(1200, 900, 6, &random);
    check_sparse(5000, 40, 9, &random); /* squares beyond what a float holds */
    check_sparse(40, 5000, 9, &random);
    check_sparse(40000, 3, 7, &random); /* beyond the kernels' squares */
    check_sparse(3, 40000, 7, &random);
    check_sparse(60000, 1, 1, &random); /* beyond 31 bits */
}
END_TEST

START_TEST(threads_and_levels) {
    static uint8_t mask[131 * 201];
    shapes_random random = shapes_random_start(83);
    seg_image picture = {0};
    ck_assert_ok(seg_image_wrap(&picture, mask, 131, 131, 201, SEG_U8, 1));
    pixels_envs envs = pixels_envs_start();
    for (int i = 0; i < PIXELS_ENVS; i++) {
        for (int level = SEG_CPU_REF; level <= SEG_CPU_AVX2; level++) {
            if (!pixels_level(level)) continue;
            shapes_noise(mask, 131, 201, 131, 1, &random);
            check_mask(&picture, 2, &envs.env[i]);
        }
    }
    pixels_envs_stop(&envs);
}
END_TEST

START_TEST(layouts) {
    pixels_random random = pixels_random_start(84);
    for (int repeat = 0; repeat < 20; repeat++) {
        const int32_t width = 1 + (int32_t)pixels_below(&random, 80), height = 37;
        pixels_picture in = pixels_make(width, height, SEG_U8, 1, 3, &random);
        pixels_picture out = pixels_make(width, height, SEG_F32, 1, 0, &random);
        seg_image want = {0}, tight = {0};
        ck_assert_ok(seg_image_copy(&tight, &in.image, NULL));
        ck_assert_ok(seg_distance(&want, NULL, NULL, &tight, SEG_DISTANCE_TO_BACKGROUND, NULL));
        ck_assert_ok(
            seg_distance(&out.image, NULL, NULL, &in.image, SEG_DISTANCE_TO_BACKGROUND, NULL));
        ck_assert(pixels_same(&want, &out.image));
        seg_image_unref(&want);
        seg_image_unref(&tight);
        pixels_free(&in);
        pixels_free(&out);
    }
}
END_TEST

START_TEST(refusals_and_memory) {
    uint8_t mask[100] = {[3] = 1};
    seg_image picture = {0}, out[3] = {{0}}, wrong = {0}, vast = {0};
    ck_assert_ok(seg_image_wrap(&picture, mask, 10, 10, 10, SEG_U8, 1));
    ck_assert_ok(seg_image_alloc(&wrong, 10, 10, SEG_U8, 1, NULL));
    ck_assert_fails(seg_distance(NULL, NULL, NULL, NULL, SEG_DISTANCE_TO_OBJECT, NULL),
                    SEG_ERROR_ARGUMENT, "mask");
    ck_assert_fails(seg_distance(&out[0], NULL, NULL, &picture, (seg_distance_to)2, NULL),
                    SEG_ERROR_ARGUMENT, "to is 2");
    ck_assert_fails(seg_distance(&wrong, NULL, NULL, &picture, SEG_DISTANCE_TO_OBJECT, NULL),
                    SEG_ERROR_SHAPE, "");
    vast = picture; /* refused before a pixel is looked at */
    vast.width = vast.height = 40000;
    vast.stride = 40000;
    ck_assert_fails(seg_distance(NULL, NULL, NULL, &vast, SEG_DISTANCE_TO_OBJECT, NULL),
                    SEG_ERROR_LIMIT, "40000 x 40000");
    const int64_t live = seg_memory_live();
    seg_status status = SEG_ERROR_MEMORY;
    for (int64_t n = 1; status == SEG_ERROR_MEMORY; n++) {
        seg_memory_fail_at(n);
        status = seg_distance(&out[0], &out[1], &out[2], &picture, SEG_DISTANCE_TO_OBJECT, NULL);
        seg_memory_fail_at(0);
    }
    ck_assert_ok(status);
    for (int i = 0; i < 3; i++)
        seg_image_unref(&out[i]);
    ck_assert_int_eq(seg_memory_live(), live);
    seg_image_unref(&wrong);
}
END_TEST

CORE_MAIN("imgproc_distance", by_hand, against_brute_force, large_distances, threads_and_levels,
          layouts, refusals_and_memory)
