/* Post operations as methods, on masks and on labels, against brute force. */
#include "core/memory.h"
#include "imgproc/sort.h"
#include "methods.h"
#include "shapes.h"

#include <check.h>
#include <segment/imgproc.h>
#include <stdio.h>

#define LONGEST 48

static void fill_labels(int32_t *labels, int32_t width, int32_t height, uint32_t kinds,
                        shapes_random *random) {
    /* patches of labels with background between, some labels huge */
    static const int32_t ids[] = {1, 2, 3, 70000, 2000000, INT32_MAX, 9, 4};
    for (int32_t i = 0; i < width * height; i++)
        labels[i] = 0;
    for (int patch = 0; patch < 14; patch++) {
        const int32_t id = patch % 3 == 2 ? 0 : ids[shapes_below(random, kinds)];
        const int32_t x0 = (int32_t)shapes_below(random, (uint32_t)width);
        const int32_t y0 = (int32_t)shapes_below(random, (uint32_t)height);
        const int32_t w = 1 + (int32_t)shapes_below(random, 14);
        const int32_t h = 1 + (int32_t)shapes_below(random, 14);
        for (int32_t y = y0; y < y0 + h && y < height; y++)
            for (int32_t x = x0; x < x0 + w && x < width; x++)
                labels[y * width + x] = id;
    }
}

/* Runs a method with options given as text, "name=value" pairs ended by NULL. */
static seg_status run(seg_result *result, const seg_method *method, const char *const *texts,
                      const seg_image *image, const seg_env *env) {
    _Alignas(16) char options[256];
    ck_assert_uint_le(method->params->options_size, sizeof options);
    seg_params_init(options, method->params);
    seg_status status = SEG_OK;
    for (int i = 0; texts && texts[i] && status == SEG_OK; i += 2)
        status = seg_params_parse(options, method->params, texts[i], texts[i + 1], env);
    seg_context *context = NULL;
    if (status == SEG_OK) status = seg_context_create(&context, method, options, env);
    seg_frame frame = {.image = *image};
    if (status == SEG_OK) status = seg_context_apply(context, &frame, 0, result);
    seg_context_free(context);
    return status;
}

static bool same_labels(const seg_image *image, const int32_t *want) {
    for (int32_t y = 0; y < image->height; y++)
        if (memcmp(seg_image_row(image, y), want + y * image->width, (size_t)image->width * 4) != 0)
            return false;
    return true;
}

static bool in_element(int element, int32_t radius, int32_t dx, int32_t dy) {
    if (element == SEG_ELEMENT_CROSS) return dx == 0 || dy == 0;
    if (element == SEG_ELEMENT_DISK) return dx * dx + dy * dy <= radius * radius;
    return true;
}

static void brute_erode(int32_t *out, const int32_t *in, int32_t width, int32_t height, int element,
                        int32_t radius) {
    for (int32_t y = 0; y < height; y++) {
        for (int32_t x = 0; x < width; x++) {
            bool stays = in[y * width + x] > 0;
            for (int32_t dy = -radius; dy <= radius; dy++)
                for (int32_t dx = -radius; dx <= radius; dx++) {
                    const int32_t u = x + dx, v = y + dy;
                    if (!in_element(element, radius, dx, dy) || u < 0 || v < 0 || u >= width ||
                        v >= height)
                        continue;
                    stays = stays && in[v * width + u] == in[y * width + x];
                }
            out[y * width + x] = stays ? in[y * width + x] : 0;
        }
    }
}

static void brute_dilate(int32_t *out, const int32_t *in, int32_t width, int32_t height,
                         int element, int32_t radius) {
    for (int32_t y = 0; y < height; y++) {
        for (int32_t x = 0; x < width; x++) {
            int32_t best = INT32_MAX, label = 0;
            for (int32_t dy = -radius; dy <= radius; dy++)
                for (int32_t dx = -radius; dx <= radius; dx++) {
                    const int32_t u = x + dx, v = y + dy, distance = dx * dx + dy * dy;
                    if (!in_element(element, radius, dx, dy) || u < 0 || v < 0 || u >= width ||
                        v >= height || in[v * width + u] <= 0)
                        continue;
                    const int32_t other = in[v * width + u];
                    if (distance < best || (distance == best && other < label)) {
                        best = distance;
                        label = other;
                    }
                }
            out[y * width + x] = label;
        }
    }
}

static void brute(int32_t *out, const int32_t *in, int32_t width, int32_t height, int operation,
                  int element, int32_t radius) {
    static int32_t between[LONGEST * LONGEST];
    const int32_t pixels = width * height;
    if (operation == SEG_MORPH_ERODE) brute_erode(out, in, width, height, element, radius);
    if (operation == SEG_MORPH_DILATE) brute_dilate(out, in, width, height, element, radius);
    if (operation == SEG_MORPH_OPEN) {
        /* each label opened as a mask of its own */
        static int32_t one[LONGEST * LONGEST], back[LONGEST * LONGEST];
        for (int32_t i = 0; i < pixels; i++)
            out[i] = 0;
        for (int32_t first = 0; first < pixels; first++) {
            const int32_t id = in[first];
            bool seen = id <= 0;
            for (int32_t i = 0; i < first; i++)
                seen = seen || in[i] == id;
            if (seen) continue;
            for (int32_t i = 0; i < pixels; i++)
                one[i] = in[i] == id ? id : 0;
            brute_erode(between, one, width, height, element, radius);
            brute_dilate(back, between, width, height, element, radius);
            for (int32_t i = 0; i < pixels; i++)
                if (back[i]) out[i] = id;
        }
    }
    if (operation == SEG_MORPH_CLOSE) {
        brute_dilate(between, in, width, height, element, radius);
        brute_erode(out, between, width, height, element, radius);
        for (int32_t i = 0; i < pixels; i++)
            if (in[i] > 0) out[i] = in[i];
    }
}

static const seg_method *const morphology[] = {&seg_method_erode, &seg_method_dilate,
                                               &seg_method_open, &seg_method_close};
static const char *const element_names[] = {"square", "disk", "cross"};
static const char *const side_names[] = {"1", "3", "5", "7", "9", "11", "13"};

START_TEST(labels_morphology) {
    static int32_t labels[LONGEST * LONGEST], want[LONGEST * LONGEST];
    shapes_random random = shapes_random_start(31);
    for (int repeat = 0; repeat < 150; repeat++) {
        const int32_t width = 1 + (int32_t)shapes_below(&random, LONGEST);
        const int32_t height = 1 + (int32_t)shapes_below(&random, LONGEST);
        fill_labels(labels, width, height, 1 + shapes_below(&random, 8), &random);
        if (repeat % 5 == 0) labels[0] = -7; /* no label */
        const int operation = repeat % 4, element = (int)shapes_below(&random, 3);
        const int32_t radius = (int32_t)shapes_below(&random, 7);
        brute(want, labels, width, height, operation, element, radius);
        const char *texts[] = {"side", side_names[radius], "element", element_names[element], NULL};
        seg_image image = {0};
        ck_assert_int_eq(seg_image_wrap(&image, labels, width * 4, width, height, SEG_LABEL32, 1),
                         SEG_OK);
        seg_result result;
        seg_result_init(&result, NULL);
        const seg_status status = run(&result, morphology[operation], texts, &image, NULL);
        ck_assert_msg(status == SEG_OK && same_labels(&result.labels, want),
                      "%d x %d, operation %d, element %d, radius %d", width, height, operation,
                      element, radius);
        ck_assert_uint_eq(result.outputs, SEG_OUTPUT_MASK | SEG_OUTPUT_LABELS);
        for (int32_t i = 0; i < width * height; i++)
            if ((((uint8_t *)seg_image_row(&result.mask, i / width))[i % width] != 0) !=
                (want[i] > 0))
                ck_abort_msg("the mask is not that of the labels");
        seg_result_free(&result);
    }
}
END_TEST

START_TEST(single_label_is_a_mask) {
    /* one label behaves as the mask does */
    static int32_t labels[LONGEST * LONGEST];
    static uint8_t mask[LONGEST * LONGEST];
    shapes_random random = shapes_random_start(32);
    for (int repeat = 0; repeat < 60; repeat++) {
        shapes_noise(mask, LONGEST, LONGEST, LONGEST, repeat % 2 ? 90 : 10, &random);
        for (int32_t i = 0; i < LONGEST * LONGEST; i++)
            labels[i] = mask[i] ? 77 : 0;
        seg_image label_image = {0}, mask_image = {0};
        ck_assert_int_eq(
            seg_image_wrap(&label_image, labels, LONGEST * 4, LONGEST, LONGEST, SEG_LABEL32, 1),
            SEG_OK);
        ck_assert_int_eq(seg_image_wrap(&mask_image, mask, LONGEST, LONGEST, LONGEST, SEG_U8, 1),
                         SEG_OK);
        const char *texts[] = {"side", side_names[repeat % 3], "element",
                               element_names[repeat / 4 % 3], NULL};
        seg_result a, b;
        seg_result_init(&a, NULL);
        seg_result_init(&b, NULL);
        ck_assert_int_eq(run(&a, morphology[repeat % 4], texts, &label_image, NULL), SEG_OK);
        ck_assert_int_eq(run(&b, morphology[repeat % 4], texts, &mask_image, NULL), SEG_OK);
        for (int32_t y = 0; y < LONGEST; y++)
            ck_assert_mem_eq(seg_image_row(&a.mask, y), seg_image_row(&b.mask, y), LONGEST);
        seg_result_free(&a);
        seg_result_free(&b);
    }
}
END_TEST

START_TEST(labels_holes_by_hand) {
    const int32_t labels[7][9] = {
        {5, 5, 5, 5, 5, 3, 3, 3, 0}, /* */
        {5, 0, 0, 0, 3, 3, 0, 3, 0}, /* the left hole: 5 has 5 sides, 3 has 3, 8 has 0 */
        {5, 5, 5, 0, 3, 3, 3, 3, 0}, /* the right hole is enclosed by 3 */
        {8, 8, 5, 3, 3, 0, 0, 0, 0}, /* */
        {8, 0, 2, 0, 0, 0, 4, 4, 4}, /* 8 and 2: one pixel, 8 has three sides */
        {8, 8, 2, 0, 7, 7, 4, 0, 6}, /* 4 has two sides, 6 has two */
        {8, 8, 2, 0, 7, 7, 7, 6, 6}, /* */
    };
    int32_t want[7][9];
    memcpy(want, labels, sizeof want);
    want[1][1] = want[1][2] = want[1][3] = want[2][3] = 5;
    want[1][6] = 3;
    want[4][1] = 8;
    want[5][7] = 4;
    seg_image image = {0};
    ck_assert_int_eq(seg_image_wrap(&image, (void *)labels, 36, 9, 7, SEG_LABEL32, 1), SEG_OK);
    seg_result result;
    seg_result_init(&result, NULL);
    ck_assert_int_eq(run(&result, &seg_method_fill_holes, NULL, &image, NULL), SEG_OK);
    ck_assert(same_labels(&result.labels, &want[0][0]));
    const char *texts[] = {"max-area", "1", NULL};
    want[1][1] = want[1][2] = want[1][3] = want[2][3] = 0;
    ck_assert_int_eq(run(&result, &seg_method_fill_holes, texts, &image, NULL), SEG_OK);
    ck_assert(same_labels(&result.labels, &want[0][0]));
    seg_result_free(&result);
}
END_TEST

START_TEST(labels_holes_against_masks) {
    /* a hole of a single label is a hole of its mask */
    static int32_t labels[LONGEST * LONGEST];
    static uint8_t mask[LONGEST * LONGEST];
    shapes_random random = shapes_random_start(33);
    for (int repeat = 0; repeat < 50; repeat++) {
        shapes_noise(mask, LONGEST, LONGEST, LONGEST, 55 + shapes_below(&random, 40), &random);
        for (int32_t i = 0; i < LONGEST * LONGEST; i++)
            labels[i] = mask[i] ? 3000000 : 0;
        seg_image label_image = {0}, mask_image = {0};
        ck_assert_int_eq(
            seg_image_wrap(&label_image, labels, LONGEST * 4, LONGEST, LONGEST, SEG_LABEL32, 1),
            SEG_OK);
        ck_assert_int_eq(seg_image_wrap(&mask_image, mask, LONGEST, LONGEST, LONGEST, SEG_U8, 1),
                         SEG_OK);
        seg_result a, b;
        seg_result_init(&a, NULL);
        seg_result_init(&b, NULL);
        ck_assert_int_eq(run(&a, &seg_method_fill_holes, NULL, &label_image, NULL), SEG_OK);
        ck_assert_int_eq(run(&b, &seg_method_fill_holes, NULL, &mask_image, NULL), SEG_OK);
        for (int32_t y = 0; y < LONGEST; y++)
            ck_assert_mem_eq(seg_image_row(&a.mask, y), seg_image_row(&b.mask, y), LONGEST);
        seg_result_free(&a);
        seg_result_free(&b);
    }
}
END_TEST

static int64_t area_of(const int32_t *labels, int32_t id) {
    int64_t area = 0;
    for (int32_t i = 0; i < LONGEST * LONGEST; i++)
        area += labels[i] == id;
    return area;
}

/* Labels that are larger, or as large and smaller in number. */
static int32_t rank_of(const int32_t *labels, int32_t id) {
    const int64_t area = area_of(labels, id);
    int32_t rank = 0;
    for (int32_t first = 0; first < LONGEST * LONGEST; first++) {
        const int32_t other = labels[first];
        bool seen = other <= 0;
        for (int32_t i = 0; i < first; i++)
            seen = seen || labels[i] == other;
        if (seen) continue;
        const int64_t other_area = area_of(labels, other);
        rank += other_area > area || (other_area == area && other < id);
    }
    return rank;
}

START_TEST(labels_areas) {
    static int32_t labels[LONGEST * LONGEST], want[LONGEST * LONGEST];
    static const int32_t ids[] = {-3, 1, 2, 3, 4, 9, 70000, 2000000, INT32_MAX};
    shapes_random random = shapes_random_start(34);
    for (int repeat = 0; repeat < 30; repeat++) {
        fill_labels(labels, LONGEST, LONGEST, 8, &random);
        char number[16];
        const int which = repeat % 3;
        const int32_t limit = which == 2 ? 1 + (int32_t)shapes_below(&random, 5)
                                         : (int32_t)shapes_below(&random, 200);
        snprintf(number, sizeof number, "%d", limit);
        memcpy(want, labels, sizeof want);
        for (size_t k = 0; k < sizeof ids / sizeof *ids; k++) {
            const int64_t area = area_of(labels, ids[k]);
            const bool keep = which == 0   ? area >= limit
                              : which == 1 ? area <= limit
                                           : rank_of(labels, ids[k]) < limit;
            for (int32_t i = 0; i < LONGEST * LONGEST; i++)
                if (want[i] == ids[k] && (!keep || ids[k] < 0)) want[i] = 0;
        }
        const seg_method *methods[] = {&seg_method_min_area, &seg_method_max_area,
                                       &seg_method_largest};
        const char *texts[] = {which == 2 ? "count" : "area", number, NULL};
        seg_image image = {0};
        ck_assert_int_eq(
            seg_image_wrap(&image, labels, LONGEST * 4, LONGEST, LONGEST, SEG_LABEL32, 1), SEG_OK);
        seg_result result;
        seg_result_init(&result, NULL);
        ck_assert_int_eq(run(&result, methods[which], texts, &image, NULL), SEG_OK);
        ck_assert(same_labels(&result.labels, want));
        seg_result_free(&result);
    }
}
END_TEST

START_TEST(many_labels) {
    /* every pixel its own label, small and large ones: all tables grow */
    const int32_t side = 300;
    seg_image image = {0};
    ck_assert_int_eq(seg_image_alloc(&image, side, side, SEG_LABEL32, 1, NULL), SEG_OK);
    for (int32_t y = 0; y < side; y++)
        for (int32_t x = 0; x < side; x++)
            ((int32_t *)seg_image_row(&image, y))[x] =
                y == 7 ? 5 : (x % 2 ? 1 : 20000) * (y * side + x + 10);
    seg_result result;
    seg_result_init(&result, NULL);
    const char *texts[] = {"area", "2", NULL}, *keep_all[] = {"area", "1000", NULL};
    ck_assert_int_eq(run(&result, &seg_method_min_area, texts, &image, NULL), SEG_OK);
    int64_t wrong = 0;
    for (int32_t y = 0; y < side; y++)
        for (int32_t x = 0; x < side; x++)
            wrong += ((int32_t *)seg_image_row(&result.labels, y))[x] != (y == 7 ? 5 : 0);
    ck_assert_int_eq(wrong, 0);
    ck_assert_int_eq(run(&result, &seg_method_max_area, keep_all, &image, NULL), SEG_OK);
    for (int32_t y = 0; y < side; y++)
        ck_assert_mem_eq(seg_image_row(&result.labels, y), seg_image_row(&image, y),
                         (size_t)side * 4);
    seg_result_free(&result);
    seg_image_unref(&image);
}
END_TEST

START_TEST(mask_areas) {
    static uint8_t mask[LONGEST * LONGEST];
    shapes_random random = shapes_random_start(35);
    for (int repeat = 0; repeat < 60; repeat++) {
        const int32_t width = 1 + (int32_t)shapes_below(&random, LONGEST);
        const int32_t height = 1 + (int32_t)shapes_below(&random, LONGEST);
        const int which = repeat % 3;
        const int32_t limit = 1 + (int32_t)shapes_below(&random, 20);
        const int32_t connectivity = repeat % 2 ? 4 : 8;
        char number[16];
        snprintf(number, sizeof number, "%d", limit);
        shapes_noise(mask, width, height, width, 20 + shapes_below(&random, 60), &random);
        seg_image image = {0}, labels = {0};
        ck_assert_int_eq(seg_image_wrap(&image, mask, width, width, height, SEG_U8, 1), SEG_OK);
        seg_component *components;
        int32_t count;
        ck_assert_int_eq(seg_components(&labels, &components, &count, &image, connectivity, NULL),
                         SEG_OK);
        const seg_method *methods[] = {&seg_method_min_area, &seg_method_max_area,
                                       &seg_method_largest};
        const char *texts[] = {which == 2 ? "count" : "area", number, "connectivity",
                               connectivity == 4 ? "4" : "8", NULL};
        seg_result result;
        seg_result_init(&result, NULL);
        ck_assert_int_eq(run(&result, methods[which], texts, &image, NULL), SEG_OK);
        int64_t wrong = 0;
        for (int32_t i = 0; i < width * height; i++) {
            const int32_t label = ((int32_t *)seg_image_row(&labels, i / width))[i % width];
            bool keep = label > 0;
            if (keep && which < 2) {
                const int64_t area = components[label - 1].area;
                keep = which == 0 ? area >= limit : area <= limit;
            } else if (keep) {
                int32_t rank = 0;
                for (int32_t j = 0; j < count; j++)
                    rank += components[j].area > components[label - 1].area ||
                            (components[j].area == components[label - 1].area && j < label - 1);
                keep = rank < limit;
            }
            wrong +=
                ((uint8_t *)seg_image_row(&result.mask, i / width))[i % width] != (keep ? 255 : 0);
        }
        ck_assert_int_eq(wrong, 0);
        seg_components_free(components, NULL);
        seg_image_unref(&labels);
        seg_result_free(&result);
    }
}
END_TEST

START_TEST(threads) {
    static int32_t labels[LONGEST * LONGEST];
    shapes_random random = shapes_random_start(36);
    seg_image image = {0};
    ck_assert_int_eq(seg_image_wrap(&image, labels, LONGEST * 4, LONGEST, LONGEST, SEG_LABEL32, 1),
                     SEG_OK);
    seg_pool *pool;
    ck_assert_int_eq(seg_pool_create(&pool, 5), SEG_OK);
    const seg_env env = {.runner = seg_pool_runner(pool)};
    for (int i = 0; i < 40; i++) {
        fill_labels(labels, LONGEST, LONGEST, 8, &random);
        const char *texts[] = {"side", "5", "element", element_names[i % 3], NULL};
        seg_result one, five;
        seg_result_init(&one, NULL);
        seg_result_init(&five, NULL);
        ck_assert_int_eq(run(&one, morphology[i % 4], texts, &image, NULL), SEG_OK);
        ck_assert_int_eq(run(&five, morphology[i % 4], texts, &image, &env), SEG_OK);
        for (int32_t y = 0; y < LONGEST; y++)
            ck_assert_mem_eq(seg_image_row(&one.labels, y), seg_image_row(&five.labels, y),
                             LONGEST * 4);
        seg_result_free(&one);
        seg_result_free(&five);
    }
    seg_pool_free(pool);
}
END_TEST

START_TEST(errors) {
    seg_image mask = {0};
    seg_result result;
    seg_result_init(&result, NULL);
    ck_assert_int_eq(seg_image_alloc(&mask, 5, 5, SEG_U8, 1, NULL), SEG_OK);
    const char *even[] = {"side", "4", NULL}, *five[] = {"connectivity", "5", NULL};
    ck_assert_int_eq(run(&result, &seg_method_open, even, &mask, NULL), SEG_ERROR_OPTION);
    ck_assert_str_eq(seg_error_detail(),
                     "side has no valid value (got 4 px, allowed odd numbers from 1 to 1023)");
    ck_assert_int_eq(run(&result, &seg_method_largest, five, &mask, NULL), SEG_ERROR_OPTION);
    ck_assert_str_eq(seg_error_detail(), "connectivity has no valid value (got 5, allowed 4 or 8)");
    seg_image_unref(&mask);
    /* the result's own picture cannot be the input of the labels */
    ck_assert_int_eq(seg_image_alloc(&result.labels, 5, 5, SEG_LABEL32, 1, NULL), SEG_OK);
    ck_assert_int_eq(run(&result, &seg_method_open, NULL, &result.labels, NULL),
                     SEG_ERROR_ARGUMENT);
    seg_result_free(&result);
}
END_TEST

START_TEST(memory) {
    static int32_t labels[LONGEST * LONGEST];
    static uint8_t mask[LONGEST * LONGEST];
    const seg_method *all[] = {&seg_method_open,     &seg_method_close,      &seg_method_dilate,
                               &seg_method_erode,    &seg_method_fill_holes, &seg_method_min_area,
                               &seg_method_max_area, &seg_method_largest};
    shapes_random random = shapes_random_start(37);
    fill_labels(labels, LONGEST, LONGEST, 8, &random);
    shapes_noise(mask, LONGEST, LONGEST, LONGEST, 60, &random);
    seg_image images[2] = {{0}, {0}};
    ck_assert_int_eq(
        seg_image_wrap(&images[0], labels, LONGEST * 4, LONGEST, LONGEST, SEG_LABEL32, 1), SEG_OK);
    ck_assert_int_eq(seg_image_wrap(&images[1], mask, LONGEST, LONGEST, LONGEST, SEG_U8, 1),
                     SEG_OK);
    const int64_t before = seg_memory_live();
    for (int m = 0; m < 16; m++) {
        int64_t n = 1;
        for (; n < 200; n++) {
            seg_result result;
            seg_result_init(&result, NULL);
            seg_memory_fail_at(n);
            const seg_status status = run(&result, all[m / 2], NULL, &images[m % 2], NULL);
            seg_memory_fail_at(0);
            seg_result_free(&result);
            ck_assert_int_eq(seg_memory_live(), before);
            if (status == SEG_OK) break;
            ck_assert_int_eq(status, SEG_ERROR_MEMORY);
        }
        ck_assert_int_gt(n, 6);
        ck_assert_int_lt(n, 200);
    }
}
END_TEST

START_TEST(no_memory_after_the_first_frame) {
    seg_image mask = {0};
    ck_assert_int_eq(seg_image_alloc(&mask, 90, 70, SEG_U8, 1, NULL), SEG_OK);
    shapes_draw(mask.data, 90, 70, mask.stride, SHAPES_FRAMES);
    const seg_method *all[] = {&seg_method_open, &seg_method_fill_holes, &seg_method_largest};
    for (int m = 0; m < 3; m++) {
        seg_context *context;
        seg_result result;
        seg_frame frame = {.image = mask};
        seg_result_init(&result, NULL);
        ck_assert_int_eq(seg_context_create(&context, all[m], NULL, NULL), SEG_OK);
        ck_assert_int_eq(seg_context_apply(context, &frame, SEG_OUTPUT_MASK, &result), SEG_OK);
        seg_memory_fail_at(1);
        ck_assert_int_eq(seg_context_apply(context, &frame, SEG_OUTPUT_MASK, &result), SEG_OK);
        seg_memory_fail_at(0);
        seg_context_free(context);
        seg_result_free(&result);
    }
    seg_image_unref(&mask);
}
END_TEST

START_TEST(sorting) {
    static seg_keyed items[5000], spare[5000];
    shapes_random random = shapes_random_start(38);
    for (int repeat = 0; repeat < 60; repeat++) {
        const uint32_t count = repeat < 30 ? (uint32_t)repeat * 2 : shapes_below(&random, 5000);
        for (uint32_t i = 0; i < count; i++) {
            const uint64_t high = shapes_below(&random, 3), low = shapes_below(&random, 300);
            items[i] = (seg_keyed){high << (repeat % 57) ^ low, i};
        }
        seg_sort(items, spare, count);
        bool right = true;
        for (uint32_t i = 1; i < count; i++)
            right = right &&
                    (items[i - 1].key < items[i].key ||
                     (items[i - 1].key == items[i].key && items[i - 1].value < items[i].value));
        ck_assert(right);
    }
}
END_TEST

START_TEST(ranks) {
    static seg_keyed items[500], spare[500];
    static float values[500];
    shapes_random random = shapes_random_start(39);
    for (uint32_t count = 1; count <= 500; count += 1 + count / 9) {
        for (uint32_t rank = 0; rank < count; rank += 1 + count / 13) {
            const uint32_t kinds = 1 + shapes_below(&random, 600); /* 1: all are equal */
            for (uint32_t i = 0; i < count; i++) {
                items[i] = (seg_keyed){shapes_below(&random, kinds), i};
                values[i] = (float)items[i].key;
            }
            seg_sort(items, spare, count);
            const float found = seg_select_rank(values, (int32_t)count, (int32_t)rank);
            ck_assert_float_eq(found, (float)items[rank].key);
        }
    }
}
END_TEST

int main(void) {
    TCase *tcase = tcase_create("mask_operations");
    tcase_add_test(tcase, labels_morphology);
    tcase_add_test(tcase, single_label_is_a_mask);
    tcase_add_test(tcase, labels_holes_by_hand);
    tcase_add_test(tcase, labels_holes_against_masks);
    tcase_add_test(tcase, labels_areas);
    tcase_add_test(tcase, many_labels);
    tcase_add_test(tcase, mask_areas);
    tcase_add_test(tcase, threads);
    tcase_add_test(tcase, errors);
    tcase_add_test(tcase, memory);
    tcase_add_test(tcase, no_memory_after_the_first_frame);
    tcase_add_test(tcase, sorting);
    tcase_add_test(tcase, ranks);
    Suite *suite = suite_create("imgproc_mask_operations");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
