/* Morphology and hole filling of masks against brute force. */
#include "core/memory.h"
#include "shapes.h"

#include <check.h>
#include <math.h>
#include <segment/imgproc.h>

#define LONGEST 150

static const seg_element elements[] = {SEG_ELEMENT_SQUARE, SEG_ELEMENT_DISK, SEG_ELEMENT_CROSS,
                                       SEG_ELEMENT_ELLIPSE};

#define ELEMENTS ((int)(sizeof elements / sizeof *elements))

static bool in_element(seg_element element, int32_t radius, int32_t dx, int32_t dy) {
    if (element == SEG_ELEMENT_CROSS) return dx == 0 || dy == 0;
    if (element == SEG_ELEMENT_DISK) return dx * dx + dy * dy <= radius * radius;
    if (element == SEG_ELEMENT_ELLIPSE) {
        const double inverse = radius ? 1.0 / ((double)radius * radius) : 0;
        return abs(dx) <= rint(radius * sqrt((double)(radius * radius - dy * dy) * inverse));
    }
    return true;
}

/* One pixel at a time, as the definition says. */
static void brute(uint8_t *out, const uint8_t *in, int32_t width, int32_t height, bool erode,
                  seg_element element, int32_t side) {
    const int32_t radius = side / 2;
    for (int32_t y = 0; y < height; y++) {
        for (int32_t x = 0; x < width; x++) {
            bool on = erode;
            for (int32_t dy = -radius; dy <= radius; dy++) {
                for (int32_t dx = -radius; dx <= radius; dx++) {
                    if (!in_element(element, radius, dx, dy)) continue;
                    if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) continue;
                    const bool value = in[(y + dy) * width + x + dx];
                    on = erode ? on && value : on || value;
                }
            }
            out[y * width + x] = on ? 255 : 0;
        }
    }
}

static void brute_operation(uint8_t *out, const uint8_t *in, int32_t width, int32_t height,
                            seg_morphology operation, seg_element element, int32_t side) {
    uint8_t *between = malloc((size_t)width * (size_t)height);
    const int32_t pixels = width * height;
    switch (operation) {
    case SEG_MORPH_GRADIENT:
        brute(between, in, width, height, true, element, side);
        brute(out, in, width, height, false, element, side);
        for (int32_t i = 0; i < pixels; i++)
            out[i] = out[i] && !between[i] ? 255 : 0;
        break;
    case SEG_MORPH_TOP_HAT:
        brute_operation(between, in, width, height, SEG_MORPH_OPEN, element, side);
        for (int32_t i = 0; i < pixels; i++)
            out[i] = in[i] && !between[i] ? 255 : 0;
        break;
    case SEG_MORPH_BLACK_HAT:
        brute_operation(between, in, width, height, SEG_MORPH_CLOSE, element, side);
        for (int32_t i = 0; i < pixels; i++)
            out[i] = between[i] && !in[i] ? 255 : 0;
        break;
    case SEG_MORPH_ERODE:
        brute(out, in, width, height, true, element, side);
        break;
    case SEG_MORPH_DILATE:
        brute(out, in, width, height, false, element, side);
        break;
    case SEG_MORPH_OPEN:
        brute(between, in, width, height, true, element, side);
        brute(out, between, width, height, false, element, side);
        break;
    case SEG_MORPH_CLOSE:
        brute(between, in, width, height, false, element, side);
        brute(out, between, width, height, true, element, side);
        break;
    }
    free(between);
}

static bool same(const seg_image *image, const uint8_t *want) {
    for (int32_t y = 0; y < image->height; y++)
        if (memcmp(seg_image_row(image, y), want + (size_t)y * (size_t)image->width,
                   (size_t)image->width) != 0)
            return false;
    return true;
}

static void check_mask(const uint8_t *mask, int32_t width, int32_t height, int32_t side,
                       const seg_env *env) {
    static uint8_t want[LONGEST * LONGEST];
    seg_image picture = {0}, out = {0};
    ck_assert_int_eq(seg_image_wrap(&picture, (void *)mask, width, width, height, SEG_U8, 1),
                     SEG_OK);
    for (int e = 0; e < ELEMENTS; e++) {
        for (int operation = SEG_MORPH_ERODE; operation <= SEG_MORPH_BLACK_HAT; operation++) {
            const seg_morphology op = (seg_morphology)operation;
            brute_operation(want, mask, width, height, op, elements[e], side);
            const seg_status status =
                seg_morphology_mask(&out, &picture, op, elements[e], side, env);
            ck_assert_msg(status == SEG_OK && same(&out, want),
                          "%d x %d, operation %d, element %d, side %d", width, height, operation, e,
                          side);
        }
    }
    seg_image_unref(&out);
}

START_TEST(by_hand) {
    /* a disk of 5 has corners cut off, of 3 it is a cross */
    uint8_t dot[7 * 7] = {[3 * 7 + 3] = 1};
    const uint8_t disk[7 * 7] = {0, 0,   0,   0,   0,   0,   0, /* */
                                 0, 0,   0,   255, 0,   0,   0, /* */
                                 0, 0,   255, 255, 255, 0,   0, /* */
                                 0, 255, 255, 255, 255, 255, 0, /* */
                                 0, 0,   255, 255, 255, 0,   0, /* */
                                 0, 0,   0,   255, 0,   0,   0, /* */
                                 0, 0,   0,   0,   0,   0,   0};
    seg_image picture = {0}, out = {0};
    ck_assert_int_eq(seg_image_wrap(&picture, dot, 7, 7, 7, SEG_U8, 1), SEG_OK);
    ck_assert_int_eq(
        seg_morphology_mask(&out, &picture, SEG_MORPH_DILATE, SEG_ELEMENT_DISK, 5, NULL), SEG_OK);
    ck_assert(same(&out, disk));
    /* in place, and back to the dot */
    ck_assert_int_eq(seg_morphology_mask(&out, &out, SEG_MORPH_ERODE, SEG_ELEMENT_DISK, 5, NULL),
                     SEG_OK);
    dot[3 * 7 + 3] = 255;
    ck_assert(same(&out, dot));
    seg_image_unref(&out);
}
END_TEST

START_TEST(against_brute_force) {
    static uint8_t mask[LONGEST * LONGEST];
    static const int32_t sides[] = {1, 3, 5, 7, 9, 13, 21, 33};
    shapes_random random = shapes_random_start(21);
    for (int repeat = 0; repeat < 40; repeat++) {
        const int32_t width = 1 + (int32_t)shapes_below(&random, 80);
        const int32_t height = 1 + (int32_t)shapes_below(&random, 40);
        const int32_t side = sides[shapes_below(&random, 8)];
        /* dense and sparse masks, so that something is left */
        const uint32_t percent = repeat % 2 ? 100 - 100 / (uint32_t)(side * side + 1) : 3;
        shapes_noise(mask, width, height, width, percent, &random);
        check_mask(mask, width, height, side, NULL);
    }
    for (int32_t side = 65; side <= 195; side += 64) {
        shapes_noise(mask, 140, 5, 140, 1, &random);
        check_mask(mask, 140, 5, side, NULL);
    }
}
END_TEST

START_TEST(threads_and_levels) {
    static uint8_t mask[LONGEST * LONGEST];
    shapes_random random = shapes_random_start(22);
    for (int32_t threads = 1; threads <= 7; threads += 3) {
        seg_pool *pool;
        ck_assert_int_eq(seg_pool_create(&pool, threads), SEG_OK);
        const seg_env env = {.runner = seg_pool_runner(pool)};
        for (int level = SEG_CPU_REF; level <= SEG_CPU_AVX2; level++) {
            seg_cpu_level_set((seg_cpu_level)level);
            shapes_noise(mask, 67, LONGEST, 67, 40, &random);
            check_mask(mask, 67, LONGEST, 3, &env);
            check_mask(mask, 67, LONGEST, 11, &env);
        }
        seg_pool_free(pool);
    }
}
END_TEST

START_TEST(large_side) {
    /* one dot in a large empty mask grows to exactly its square, whatever the bands */
    seg_image mask = {0}, out = {0};
    ck_assert_int_eq(seg_image_alloc(&mask, 1500, 1600, SEG_U8, 1, NULL), SEG_OK);
    ((uint8_t *)seg_image_row(&mask, 800))[700] = 1;
    for (int e = 0; e < ELEMENTS; e++) {
        ck_assert_int_eq(
            seg_morphology_mask(&out, &mask, SEG_MORPH_DILATE, elements[e], 1023, NULL), SEG_OK);
        int64_t wrong = 0;
        for (int32_t y = 0; y < 1600; y++) {
            const uint8_t *row = seg_image_row(&out, y);
            for (int32_t x = 0; x < 1500; x++) {
                const int32_t dx = x - 700, dy = y - 800;
                const bool near = abs(dx) <= 511 && abs(dy) <= 511;
                const bool on = near && in_element(elements[e], 511, dx, dy);
                wrong += row[x] != (on ? 255 : 0);
            }
        }
        ck_assert_int_eq(wrong, 0);
    }
    seg_image_unref(&mask);
    seg_image_unref(&out);
}
END_TEST

/* Holes by flooding the background from the border. */
static void brute_holes(uint8_t *out, const uint8_t *in, int32_t width, int32_t height,
                        int64_t max_area) {
    const int32_t pixels = width * height;
    int32_t *stack = malloc((size_t)pixels * 4);
    bool *seen = calloc((size_t)pixels, 1);
    for (int32_t i = 0; i < pixels; i++)
        out[i] = in[i] ? 255 : 0;
    for (int32_t start = 0; start < pixels; start++) {
        if (in[start] || seen[start]) continue;
        int32_t found = 0, next = 0;
        bool border = false;
        stack[found++] = start;
        seen[start] = true;
        while (next < found) {
            const int32_t at = stack[next++], x = at % width, y = at / width;
            border |= x == 0 || y == 0 || x == width - 1 || y == height - 1;
            const int32_t step[] = {-1, 1, -width, width};
            const bool there[] = {x > 0, x<width - 1, y> 0, y < height - 1};
            for (int d = 0; d < 4; d++) {
                if (!there[d] || in[at + step[d]] || seen[at + step[d]]) continue;
                seen[at + step[d]] = true;
                stack[found++] = at + step[d];
            }
        }
        for (int32_t i = 0; i < found && !border && (max_area == 0 || found <= max_area); i++)
            out[stack[i]] = 255;
    }
    free(stack);
    free(seen);
}

START_TEST(holes) {
    static uint8_t mask[LONGEST * LONGEST], want[LONGEST * LONGEST];
    shapes_random random = shapes_random_start(23);
    for (int repeat = 0; repeat < 300; repeat++) {
        const int32_t width = 1 + (int32_t)shapes_below(&random, LONGEST);
        const int32_t height = 1 + (int32_t)shapes_below(&random, LONGEST);
        if (repeat % 4)
            shapes_noise(mask, width, height, width, 40 + shapes_below(&random, 50), &random);
        else
            shapes_draw(mask, width, height, width, (int)shapes_below(&random, SHAPES_COUNT));
        const int64_t max_area = repeat % 3 ? 0 : 1 + (int64_t)shapes_below(&random, 5);
        brute_holes(want, mask, width, height, max_area);
        seg_image picture = {0}, out = {0};
        ck_assert_int_eq(seg_image_wrap(&picture, mask, width, width, height, SEG_U8, 1), SEG_OK);
        const seg_status status = seg_fill_holes(&out, &picture, max_area, NULL);
        ck_assert_msg(status == SEG_OK && same(&out, want), "%d x %d", width, height);
        seg_image_unref(&out);
    }
}
END_TEST

START_TEST(errors) {
    seg_image mask = {0}, out = {0};
    ck_assert_int_eq(seg_image_alloc(&mask, 5, 5, SEG_U8, 1, NULL), SEG_OK);
    static const int32_t bad_sides[] = {0, -3, 4, 1025, INT32_MAX, INT32_MIN};
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(seg_morphology_mask(&out, &mask, SEG_MORPH_ERODE, SEG_ELEMENT_SQUARE,
                                             bad_sides[i], NULL),
                         SEG_ERROR_ARGUMENT);
    ck_assert_int_eq(seg_morphology_mask(&out, &mask, SEG_MORPH_ERODE, SEG_ELEMENT_SQUARE, 4, NULL),
                     SEG_ERROR_ARGUMENT);
    ck_assert_str_eq(seg_error_detail(),
                     "side has no valid value (got 4 px, allowed odd numbers from 1 to 1023)");
    ck_assert_int_eq(seg_morphology_mask(&out, &mask, SEG_MORPH_ERODE, (seg_element)7, 3, NULL),
                     SEG_ERROR_ARGUMENT);
    ck_assert_int_eq(
        seg_morphology_mask(&out, &mask, (seg_morphology)9, SEG_ELEMENT_SQUARE, 3, NULL),
        SEG_ERROR_ARGUMENT);
    ck_assert_int_eq(seg_fill_holes(&out, &mask, -1, NULL), SEG_ERROR_ARGUMENT);
    seg_image_unref(&mask);
    seg_image_unref(&out);
}
END_TEST

START_TEST(memory) {
    seg_image mask = {0};
    ck_assert_int_eq(seg_image_alloc(&mask, 50, 60, SEG_U8, 1, NULL), SEG_OK);
    const int64_t before = seg_memory_live();
    int failures = 0;
    for (int64_t n = 1; n < 60; n++) {
        for (int which = 0; which < 4; which++) {
            seg_image out = {0};
            seg_memory_fail_at(n);
            const seg_status status = which < 3 ? seg_morphology_mask(&out, &mask, SEG_MORPH_CLOSE,
                                                                      elements[which], 7, NULL)
                                                : seg_fill_holes(&out, &mask, 0, NULL);
            seg_memory_fail_at(0);
            seg_image_unref(&out);
            ck_assert_int_eq(seg_memory_live(), before);
            ck_assert(status == SEG_OK || status == SEG_ERROR_MEMORY);
            failures += status != SEG_OK;
        }
    }
    ck_assert_int_gt(failures, 15);
    seg_image_unref(&mask);
}
END_TEST

int main(void) {
    TCase *tcase = tcase_create("morphology");
    tcase_add_test(tcase, by_hand);
    tcase_add_test(tcase, against_brute_force);
    tcase_add_test(tcase, threads_and_levels);
    tcase_add_test(tcase, large_side);
    tcase_add_test(tcase, holes);
    tcase_add_test(tcase, errors);
    tcase_add_test(tcase, memory);
    Suite *suite = suite_create("imgproc_morphology");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
