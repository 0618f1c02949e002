/* Connected components against a flood fill, at every size, connectivity, level and thread count.
 */
#include "core/memory.h"
#include "shapes.h"

#include <check.h>
#include <segment/imgproc.h>

typedef struct flooded {
    int32_t *labels;
    seg_component *components;
    int32_t count;
} flooded;

static void flooded_free(flooded *truth) {
    free(truth->labels);
    free(truth->components);
}

/* The plainest labelling there is: raster scan, a stack. */
static flooded flood(const uint8_t *mask, int32_t width, int32_t height, ptrdiff_t stride,
                     int32_t connectivity) {
    const size_t pixels = (size_t)width * (size_t)height;
    flooded truth = {calloc(pixels, 4), calloc(pixels, sizeof(seg_component)), 0};
    int32_t *stack = malloc(pixels * 4);
    for (int32_t i = 0; i < (int32_t)pixels; i++) {
        if (!mask[i / width * stride + i % width] || truth.labels[i]) continue;
        seg_component *component = &truth.components[truth.count++];
        int32_t left = width, top = height, right = 0, bottom = 0, depth = 0;
        stack[depth++] = i;
        truth.labels[i] = truth.count;
        while (depth > 0) {
            const int32_t at = stack[--depth], x = at % width, y = at / width;
            component->area++;
            component->sum_x += x;
            component->sum_y += y;
            if (x < left) left = x;
            if (y < top) top = y;
            if (x > right) right = x;
            if (y > bottom) bottom = y;
            for (int32_t d = 0; d < 9; d++) {
                const int32_t dx = d % 3 - 1, dy = d / 3 - 1;
                if ((connectivity == 4 && dx && dy) || x + dx < 0 || x + dx >= width ||
                    y + dy < 0 || y + dy >= height)
                    continue;
                const int32_t next = at + dy * width + dx;
                if (!mask[(y + dy) * stride + x + dx] || truth.labels[next]) continue;
                truth.labels[next] = truth.count;
                stack[depth++] = next;
            }
        }
        component->box = (seg_rect){left, top, right - left + 1, bottom - top + 1};
    }
    free(stack);
    return truth;
}

static bool same_labels(const seg_image *labels, const flooded *truth) {
    for (int32_t y = 0; y < labels->height; y++) {
        const size_t width = (size_t)labels->width;
        if (memcmp(seg_image_row(labels, y), truth->labels + (size_t)y * width, width * 4) != 0)
            return false;
    }
    return true;
}

static void compare(const uint8_t *mask, int32_t width, int32_t height, ptrdiff_t stride,
                    int32_t connectivity, const seg_env *env) {
    flooded truth = flood(mask, width, height, stride, connectivity);
    seg_image picture = {0}, labels = {0};
    seg_component *components;
    int32_t count;
    ck_assert_int_eq(seg_image_wrap(&picture, (void *)mask, stride, width, height, SEG_U8, 1),
                     SEG_OK);
    ck_assert_int_eq(seg_components(&labels, &components, &count, &picture, connectivity, env),
                     SEG_OK);
    ck_assert_int_eq(count, truth.count);
    /* one assertion for all pixels: each costs a system call */
    bool same = same_labels(&labels, &truth);
    for (int32_t i = 0; i < count; i++) {
        const seg_component *got = &components[i], *want = &truth.components[i];
        same = same && got->area == want->area && got->sum_x == want->sum_x &&
               got->sum_y == want->sum_y && memcmp(&got->box, &want->box, sizeof got->box) == 0;
    }
    /* labels alone are the same */
    memset(seg_image_row(&labels, 0), 0x55, (size_t)width * 4);
    const seg_status status = seg_components(&labels, NULL, NULL, &picture, connectivity, env);
    ck_assert_msg(same && status == SEG_OK && same_labels(&labels, &truth),
                  "%d x %d, connectivity %d: other components than by flood fill", width, height,
                  connectivity);
    seg_components_free(components, env);
    seg_image_unref(&labels);
    flooded_free(&truth);
}

START_TEST(by_hand) {
    const uint8_t mask[4][8] = {
        {0, 0, 0, 0, 0, 9, 0, 0}, /* . . . . . 1 . . */
        {2, 0, 0, 0, 1, 0, 0, 1}, /* 2 . . . 1 . . 3 */
        {0, 1, 0, 0, 0, 0, 0, 1}, /* . 2 . . . . . 3 */
        {0, 0, 0, 0, 0, 0, 1, 1}, /* . . . . . . 3 3 */
    };
    const int32_t eight[4][8] = {{0, 0, 0, 0, 0, 1, 0, 0},
                                 {2, 0, 0, 0, 1, 0, 0, 3},
                                 {0, 2, 0, 0, 0, 0, 0, 3},
                                 {0, 0, 0, 0, 0, 0, 3, 3}};
    const int32_t four[4][8] = {{0, 0, 0, 0, 0, 1, 0, 0},
                                {2, 0, 0, 0, 3, 0, 0, 4},
                                {0, 5, 0, 0, 0, 0, 0, 4},
                                {0, 0, 0, 0, 0, 0, 4, 4}};
    seg_image picture = {0}, labels = {0};
    seg_component *components;
    int32_t count;
    ck_assert_int_eq(seg_image_wrap(&picture, (void *)mask, 8, 8, 4, SEG_U8, 1), SEG_OK);
    ck_assert_int_eq(seg_components(&labels, &components, &count, &picture, 8, NULL), SEG_OK);
    ck_assert_int_eq(count, 3);
    for (int32_t y = 0; y < 4; y++)
        ck_assert_mem_eq(seg_image_row(&labels, y), eight[y], 32);
    ck_assert_int_eq(components[2].area, 4);
    ck_assert_int_eq(components[2].box.x, 6);
    ck_assert_int_eq(components[2].box.y, 1);
    ck_assert_int_eq(components[2].box.width, 2);
    ck_assert_int_eq(components[2].box.height, 3);
    ck_assert(components[2].sum_x == 27);
    ck_assert(components[2].sum_y == 9);
    seg_components_free(components, NULL);
    ck_assert_int_eq(seg_components(&labels, NULL, &count, &picture, 4, NULL), SEG_OK);
    ck_assert_int_eq(count, 5);
    for (int32_t y = 0; y < 4; y++)
        ck_assert_mem_eq(seg_image_row(&labels, y), four[y], 32);
    seg_image_unref(&labels);
}
END_TEST

START_TEST(noise_of_every_size) {
    shapes_random random = shapes_random_start(11);
    uint8_t *mask = malloc(160 * 160);
    for (int32_t width = 1; width <= 130; width++) {
        for (int repeat = 0; repeat < 6; repeat++) {
            const int32_t height = 1 + (int32_t)shapes_below(&random, 130);
            const ptrdiff_t stride = width + (int32_t)shapes_below(&random, 30);
            shapes_noise(mask, width, height, stride, shapes_below(&random, 101), &random);
            compare(mask, width, height, stride, 4, NULL);
            compare(mask, width, height, stride, 8, NULL);
        }
    }
    for (int32_t height = 1; height <= 130; height++) {
        shapes_noise(mask, 67, height, 67, 35 + shapes_below(&random, 30), &random);
        compare(mask, 67, height, 67, 4, NULL);
        compare(mask, 67, height, 67, 8, NULL);
    }
    free(mask);
}
END_TEST

START_TEST(all_small_masks) {
    /* every mask of 4 x 4, 3 x 5 and 5 x 3 */
    static const int32_t sizes[][2] = {{4, 4}, {3, 5}, {5, 3}};
    for (int s = 0; s < 3; s++) {
        const int32_t width = sizes[s][0], height = sizes[s][1], pixels = width * height;
        for (uint32_t bits = 0; bits < 1u << pixels; bits += 1 + bits % 3) {
            uint8_t mask[16];
            for (int32_t i = 0; i < pixels; i++)
                mask[i] = bits >> i & 1;
            compare(mask, width, height, width, 8, NULL);
            compare(mask, width, height, width, 4, NULL);
        }
    }
}
END_TEST

START_TEST(shapes) {
    static const int32_t sizes[][2] = {{1, 1},   {2, 2},   {63, 64},  {64, 63},  {65, 65},
                                       {128, 9}, {9, 128}, {129, 70}, {400, 301}};
    uint8_t *mask = malloc(400 * 301);
    for (int s = 0; s < (int)(sizeof sizes / sizeof *sizes); s++) {
        for (int shape = 0; shape < SHAPES_COUNT; shape++) {
            shapes_draw(mask, sizes[s][0], sizes[s][1], sizes[s][0], shape);
            compare(mask, sizes[s][0], sizes[s][1], sizes[s][0], 4, NULL);
            compare(mask, sizes[s][0], sizes[s][1], sizes[s][0], 8, NULL);
        }
    }
    free(mask);
}
END_TEST

START_TEST(more_than_65535) {
    const int32_t width = 700, height = 500;
    uint8_t *mask = malloc((size_t)width * (size_t)height);
    shapes_draw(mask, width, height, width, SHAPES_CHECKERBOARD);
    seg_image picture = {0}, labels = {0};
    int32_t count;
    ck_assert_int_eq(seg_image_wrap(&picture, mask, width, width, height, SEG_U8, 1), SEG_OK);
    ck_assert_int_eq(seg_components(&labels, NULL, &count, &picture, 4, NULL), SEG_OK);
    ck_assert_int_eq(count, 175000);
    ck_assert_int_eq(((int32_t *)seg_image_row(&labels, height - 1))[width - 1], 175000);
    ck_assert_int_eq(seg_components(NULL, NULL, &count, &picture, 8, NULL), SEG_OK);
    ck_assert_int_eq(count, 1);
    seg_image_unref(&labels);
    free(mask);
}
END_TEST

START_TEST(threads_and_levels) {
    shapes_random random = shapes_random_start(12);
    const int32_t width = 333, height = 517;
    uint8_t *mask = malloc((size_t)width * (size_t)height);
    for (int32_t threads = 1; threads <= 7; threads += 3) {
        seg_pool *pool;
        ck_assert_int_eq(seg_pool_create(&pool, threads), SEG_OK);
        const seg_env env = {.runner = seg_pool_runner(pool)};
        for (int level = SEG_CPU_REF; level <= SEG_CPU_AVX2; level++) {
            seg_cpu_level_set((seg_cpu_level)level);
            for (uint32_t percent = 10; percent < 100; percent += 20) {
                shapes_noise(mask, width, height, width, percent, &random);
                compare(mask, width, height, width, 8, &env);
                compare(mask, width, height, width, 4, &env);
            }
            for (int shape = 0; shape < SHAPES_COUNT; shape++) {
                shapes_draw(mask, width, height, width, shape);
                compare(mask, width, height, width, 8, &env);
            }
        }
        seg_pool_free(pool);
    }
    free(mask);
}
END_TEST

START_TEST(views) {
    /* negative stride, and a view into a larger label picture whose surroundings stay */
    shapes_random random = shapes_random_start(13);
    uint8_t mask[40 * 50];
    shapes_noise(mask, 50, 40, 50, 55, &random);
    compare(mask + 39 * 50, 50, 40, -50, 8, NULL);
    seg_image large = {0}, view = {0}, picture = {0}, plain = {0};
    ck_assert_int_eq(seg_image_alloc(&large, 70, 60, SEG_LABEL32, 1, NULL), SEG_OK);
    for (int32_t y = 0; y < 60; y++)
        memset(seg_image_row(&large, y), 0x7f, 280);
    ck_assert_int_eq(seg_image_view(&view, &large, (seg_rect){7, 9, 50, 40}), SEG_OK);
    ck_assert_int_eq(seg_image_wrap(&picture, mask, 50, 50, 40, SEG_U8, 1), SEG_OK);
    ck_assert_int_eq(seg_components(&view, NULL, NULL, &picture, 8, NULL), SEG_OK);
    ck_assert_int_eq(seg_components(&plain, NULL, NULL, &picture, 8, NULL), SEG_OK);
    bool same = true;
    for (int32_t y = 0; y < 60; y++) {
        const int32_t *row = seg_image_row(&large, y);
        const bool inside = y >= 9 && y < 49;
        for (int32_t x = 0; x < 70; x++) {
            const int32_t want = inside && x >= 7 && x < 57
                                     ? ((int32_t *)seg_image_row(&plain, y - 9))[x - 7]
                                     : 0x7f7f7f7f;
            same = same && row[x] == want;
        }
    }
    ck_assert(same);
    seg_image_unref(&view);
    seg_image_unref(&large);
    seg_image_unref(&plain);
}
END_TEST

START_TEST(errors) {
    seg_image mask = {0}, wrong = {0};
    seg_component *components;
    int32_t count;
    ck_assert_int_eq(seg_components(NULL, NULL, &count, &mask, 8, NULL), SEG_ERROR_ARGUMENT);
    ck_assert_int_eq(seg_image_alloc(&mask, 5, 5, SEG_U8, 1, NULL), SEG_OK);
    ck_assert_int_eq(seg_image_alloc(&wrong, 5, 4, SEG_LABEL32, 1, NULL), SEG_OK);
    ck_assert_int_eq(seg_components(NULL, NULL, &count, &mask, 6, NULL), SEG_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(seg_error_detail(), "connectivity is 6 (allowed 4 or 8)"));
    ck_assert_int_eq(seg_components(&wrong, NULL, NULL, &mask, 8, NULL), SEG_ERROR_SHAPE);
    ck_assert_int_eq(seg_components(NULL, &components, NULL, &mask, 8, NULL), SEG_ERROR_ARGUMENT);
    /* nothing at all */
    ck_assert_int_eq(seg_components(NULL, &components, &count, &mask, 8, NULL), SEG_OK);
    ck_assert_int_eq(count, 0);
    seg_components_free(components, NULL);
    seg_image_unref(&mask);
    seg_image_unref(&wrong);
}
END_TEST

START_TEST(memory) {
    seg_image mask = {0};
    ck_assert_int_eq(seg_image_alloc(&mask, 100, 80, SEG_U8, 1, NULL), SEG_OK);
    shapes_draw(mask.data, 100, 80, mask.stride, SHAPES_DIAGONALS);
    const int64_t before = seg_memory_live();
    int64_t n = 1;
    for (; n < 100; n++) {
        seg_image labels = {0};
        seg_component *components;
        int32_t count;
        seg_memory_fail_at(n);
        const seg_status status = seg_components(&labels, &components, &count, &mask, 8, NULL);
        seg_memory_fail_at(0);
        seg_image_unref(&labels);
        seg_components_free(components, NULL);
        ck_assert_int_eq(seg_memory_live(), before);
        if (status == SEG_OK) break;
        ck_assert_int_eq(status, SEG_ERROR_MEMORY);
        ck_assert_ptr_null(components);
    }
    ck_assert_int_gt(n, 5);
    ck_assert_int_lt(n, 100);
    seg_image_unref(&mask);
}
END_TEST

int main(void) {
    TCase *tcase = tcase_create("components");
    tcase_add_test(tcase, by_hand);
    tcase_add_test(tcase, noise_of_every_size);
    tcase_add_test(tcase, all_small_masks);
    tcase_add_test(tcase, shapes);
    tcase_add_test(tcase, more_than_65535);
    tcase_add_test(tcase, threads_and_levels);
    tcase_add_test(tcase, views);
    tcase_add_test(tcase, errors);
    tcase_add_test(tcase, memory);
    Suite *suite = suite_create("imgproc_components");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
