/* Gaps of objects against their definition, and weak differences in them. */
#include "core_main.h"
#include "scenes.h"
#include "temporal/gaps.h"

#include <segment/imgproc.h>

static uint8_t at(const seg_image *mask, int32_t x, int32_t y) {
    return ((const uint8_t *)seg_image_row(mask, y))[x];
}

/* The component of the next foreground from (x, y) on in steps of (dx, dy); 0 = none. */
static int32_t next(const seg_image *labels, int32_t x, int32_t y, int32_t dx, int32_t dy) {
    for (x += dx, y += dy; x >= 0 && y >= 0 && x < labels->width && y < labels->height;
         x += dx, y += dy) {
        const int32_t label = ((const int32_t *)seg_image_row(labels, y))[x];
        if (label) return label;
    }
    return 0;
}

static bool in_gap(const seg_image *labels, int32_t x, int32_t y) {
    const int32_t left = next(labels, x, y, -1, 0), above = next(labels, x, y, 0, -1);
    return (left && left == next(labels, x, y, 1, 0)) ||
           (above && above == next(labels, x, y, 0, 1));
}

static void check_gaps(int32_t width, int32_t height, int32_t share, scene_random *random) {
    enum { BEHIND = 5 };
    const size_t pitch = (size_t)width + BEHIND;
    seg_image mask = {0}, labels = {0};
    seg_scratch scratch;
    seg_scratch_init(&scratch, NULL);
    uint8_t *gaps = malloc((size_t)height * pitch);
    ck_assert_ptr_nonnull(gaps);
    memset(gaps, 77, (size_t)height * pitch);
    ck_assert_ok(seg_image_alloc(&mask, width, height, SEG_U8, 1, NULL));
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++)
            ((uint8_t *)seg_image_row(&mask, y))[x] =
                (int32_t)scene_below(random, 100) < share ? 255 : 0;
    ck_assert_ok(seg_components(&labels, NULL, NULL, &mask, 4, NULL));
    ck_assert_ok(seg_gaps_find(gaps, pitch, &mask, &scratch));
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < (int32_t)pitch; x++) {
            const uint8_t found = gaps[(size_t)y * pitch + (size_t)x];
            if (x >= width)
                ck_assert_int_eq(found, 0);
            else if (!at(&mask, x, y))
                ck_assert_int_eq(found, in_gap(&labels, x, y) ? 255 : 0);
        }
    free(gaps);
    seg_scratch_free(&scratch);
    seg_image_unref(&mask);
    seg_image_unref(&labels);
}

START_TEST(gaps_are_as_defined) {
    static const int32_t sizes[][2] = {{1, 1},  {1, 40},  {70, 1},  {2, 2},
                                       {63, 9}, {64, 33}, {129, 20}};
    scene_random random = {7};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int32_t share = 0; share <= 100; share += 10)
            check_gaps(sizes[i][0], sizes[i][1], share, &random);
}
END_TEST

/* ---- weak differences ---- */

enum { WIDTH = 100, HEIGHT = 64, ARM = 20 };

static const seg_rect object = {8, 8, 3 * ARM, 2 * ARM};

/* Two strong arms, joined by a strong bar above, and what is weak between and beside them. */
static int light_at(int32_t x, int32_t y, int weak) {
    const bool rows = y >= object.y && y < object.y + object.height;
    if (!rows || x < object.x) return 0;
    if (x < object.x + object.width) {
        const bool between = x >= object.x + ARM && x < object.x + 2 * ARM && y >= object.y + ARM;
        return between ? weak : 90;
    }
    return x < WIDTH - 8 ? weak : 0;
}

static int set_in(const seg_image *mask, int32_t first, int32_t end) {
    int set = 0;
    for (int32_t y = object.y + ARM; y < object.y + object.height; y++)
        for (int32_t x = first; x < end; x++)
            set += at(mask, x, y) != 0;
    return set;
}

/* How much of the gap and of what lies beside the object is foreground. */
static void look(const char *method, const char *share, int channels, int weak, int *gap,
                 int *beside) {
    const seg_method *m = seg_method_find(method);
    char options[1024];
    seg_params_init(options, m->params);
    if (share) ck_assert_ok(seg_params_parse(options, m->params, "weak", share, NULL));
    seg_context *context;
    seg_result result;
    ck_assert_ok(seg_context_create(&context, m, options, NULL));
    seg_result_init(&result, NULL);
    for (int t = 0; t <= 60; t++) {
        seg_frame frame = {.index = t};
        ck_assert_ok(seg_image_alloc(&frame.image, WIDTH, HEIGHT, SEG_U8, channels, NULL));
        for (int32_t y = 0; y < HEIGHT; y++)
            for (int32_t x = 0; x < WIDTH * channels; x++)
                ((uint8_t *)seg_image_row(&frame.image, y))[x] =
                    (uint8_t)(100 + (t == 60 ? light_at(x / channels, y, weak) : 0));
        ck_assert_ok(seg_context_apply(context, &frame, 0, &result));
        seg_frame_unref(&frame);
    }
    *gap = set_in(&result.mask, object.x + ARM, object.x + 2 * ARM);
    *beside = set_in(&result.mask, object.x + object.width + 4, WIDTH - 8);
    seg_context_free(context);
    seg_result_free(&result);
}

START_TEST(weak_differences_count_in_gaps) {
    const int all = ARM * (object.height - ARM);
    for (int channels = 1; channels <= 3; channels += 2) {
        int gap, beside;
        for (int i = 0; i < 2; i++) {
            const char *method = i ? "consensus" : "subsense";
            look(method, NULL, channels, 9, &gap, &beside);
            ck_assert_int_ge(gap, all * 8 / 10);
            ck_assert_int_eq(beside, 0);
            look(method, NULL, channels, 2, &gap, &beside);
            ck_assert_int_le(gap, all / 3); /* what smoothing rounds */
            look(method, "1", channels, 9, &gap, &beside);
            ck_assert_int_le(gap, all / 3);
        }
    }
}
END_TEST

CORE_MAIN("gaps of objects", gaps_are_as_defined, weak_differences_count_in_gaps)
