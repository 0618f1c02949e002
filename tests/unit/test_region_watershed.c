/* Watershed: by hand, against a list that is searched for the next pixel, and its promises. */
#include "core/memory.h"
#include "core_main.h"
#include "imgproc/flooding.h"
#include "pixels.h"

#define MOST 40

/* ---- the oracle: all that waits in one list, the next one found by looking at all of it ---- */

typedef struct visit {
    double value;
    int32_t age, at, source;
} visit;

static int32_t common(const int32_t *labels, const int32_t *list, int count) {
    int32_t label = 0;
    for (int k = 0; k < count; k++) {
        if (labels[list[k]] <= 0) continue;
        if (label && labels[list[k]] != label) return 0;
        label = labels[list[k]];
    }
    return label;
}

static int neighbours(int32_t list[8], int32_t width, int32_t height, int32_t at,
                      int32_t connectivity) {
    static const int32_t steps[8][2] = {{1, 0}, {-1, 0}, {0, 1},  {0, -1},
                                        {1, 1}, {-1, 1}, {1, -1}, {-1, -1}};
    int count = 0;
    for (int k = 0; k < connectivity; k++) {
        const int32_t x = at % width + steps[k][0], y = at / width + steps[k][1];
        if (x >= 0 && y >= 0 && x < width && y < height) list[count++] = y * width + x;
    }
    return count;
}

/* labels: markers on entry; -1 = blocked. */
static void oracle(int32_t *labels, const double *surface, int32_t width, int32_t height,
                   int32_t connectivity, bool line, double compactness) {
    const int32_t pixels = width * height;
    visit *waiting = malloc(sizeof *waiting * 9 * (size_t)pixels);
    int32_t count = 0, age = 0;
    for (int32_t i = 0; i < pixels; i++)
        if (labels[i] > 0) waiting[count++] = (visit){surface[i], age++, i, i};
    while (count) {
        int32_t next = 0, list[8];
        for (int32_t i = 1; i < count; i++)
            if (waiting[i].value < waiting[next].value ||
                (waiting[i].value == waiting[next].value && waiting[i].age < waiting[next].age))
                next = i;
        const visit v = waiting[next];
        waiting[next] = waiting[--count];
        if (labels[v.at] != 0 && v.at != v.source) continue; /* it came earlier */
        const int n = neighbours(list, width, height, v.at, connectivity);
        if (v.at != v.source) labels[v.at] = line ? common(labels, list, n) : labels[v.source];
        if (labels[v.at] == 0) { /* a line */
            labels[v.at] = -2;
            continue;
        }
        for (int k = 0; k < n; k++) {
            if (labels[list[k]] != 0) continue;
            const double dx = list[k] % width - v.source % width;
            const double dy = list[k] / width - v.source / width;
            const double value = surface[list[k]] + compactness * sqrt(dx * dx + dy * dy);
            waiting[count++] = (visit){value, age++, list[k], v.source};
        }
    }
    for (int32_t i = 0; i < pixels; i++)
        if (labels[i] < 0) labels[i] = 0;
    free(waiting);
}

START_TEST(floods_like_the_oracle) {
    pixels_random random = pixels_random_start(81);
    for (int repeat = 0; repeat < 300; repeat++) {
        const int32_t width = 1 + (int32_t)pixels_below(&random, MOST);
        const int32_t height = 1 + (int32_t)pixels_below(&random, MOST / 2);
        const int32_t connectivity = pixels_below(&random, 2) ? 4 : 8;
        const bool line = pixels_below(&random, 2);
        const double compactness = pixels_below(&random, 3) ? 0 : 3;
        const int format = repeat % 2 ? SEG_U8 : SEG_U16;
        pixels_picture surface =
            pixels_make(width, height, format, 1, pixels_below(&random, 5), &random);
        static int32_t cells[MOST * MOST], want[MOST * MOST];
        static uint8_t walls[MOST * MOST];
        static double values[MOST * MOST];
        seg_image labels = {0}, blocked = {0};
        ck_assert_ok(seg_image_wrap(&labels, cells, width * 4, width, height, SEG_LABEL32, 1));
        ck_assert_ok(seg_image_wrap(&blocked, walls, width, width, height, SEG_U8, 1));
        for (int32_t i = 0; i < width * height; i++) {
            cells[i] = pixels_below(&random, 20) ? 0 : 1 + (int32_t)pixels_below(&random, 5);
            walls[i] = pixels_below(&random, 8) == 0;
            want[i] = walls[i] ? -1 : cells[i];
            values[i] = pixels_at(&surface.image, i % width, i / width, 0);
        }
        oracle(want, values, width, height, connectivity, line,
               compactness * (format == SEG_U16 ? 257 : 1));
        const seg_flooding flooding = {&surface.image, &labels, &blocked,
                                       connectivity,   line,    compactness};
        seg_scratch scratch;
        seg_scratch_init(&scratch, NULL);
        ck_assert_ok(seg_flood_labels(&labels, &flooding, &scratch));
        seg_scratch_free(&scratch);
        for (int32_t i = 0; i < width * height; i++)
            ck_assert_msg(cells[i] == want[i], "%d x %d at %d, %d neighbours, line %d: %d, not %d",
                          width, height, i, connectivity, line, cells[i], want[i]);
        pixels_free(&surface);
    }
}
END_TEST

/* ---- by hand ---- */

START_TEST(by_hand) {
    uint8_t in[9] = {0, 3, 5, 9, 4, 4, 0, 1, 2};
    seg_image picture = {0}, labels = {0};
    ck_assert_ok(seg_image_wrap(&picture, in, 9, 9, 1, SEG_U8, 1));
    seg_watershed_options options;
    seg_watershed_options_init(&options);
    options.surface = SEG_SURFACE_PICTURE;
    options.h = 3;
    /* minima 0 and 0; the 4s are flooded before the 5, and see the 9 first */
    const int32_t want[9] = {1, 1, 1, 2, 2, 2, 2, 2, 2};
    ck_assert_ok(seg_watershed(&labels, &picture, NULL, NULL, &options, NULL));
    ck_assert_mem_eq(labels.data, want, sizeof want);
    options.line = true;
    const int32_t parted[9] = {1, 1, 1, 0, 2, 2, 2, 2, 2};
    ck_assert_ok(seg_watershed(&labels, &picture, NULL, NULL, &options, NULL));
    ck_assert_mem_eq(labels.data, parted, sizeof parted);
    /* light regions: 9 stands out, 2 does so by 2 only */
    options.surface = SEG_SURFACE_NEGATIVE;
    options.line = false;
    const int32_t light[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    ck_assert_ok(seg_watershed(&labels, &picture, NULL, NULL, &options, NULL));
    ck_assert_mem_eq(labels.data, light, sizeof light);
    /* numbers of markers stay */
    int32_t seeds[9] = {0, 0, 0, 0, 7, 0, 0, 0, 4};
    seg_image markers = {0};
    ck_assert_ok(seg_image_wrap(&markers, seeds, 36, 9, 1, SEG_LABEL32, 1));
    const uint8_t walls[9] = {0, 0, 255, 0, 0, 0, 0, 0, 0};
    seg_image ignore = {0};
    ck_assert_ok(seg_image_wrap(&ignore, (void *)walls, 9, 9, 1, SEG_U8, 1));
    options.surface = SEG_SURFACE_PICTURE;
    const int32_t marked[9] = {0, 0, 0, 7, 7, 4, 4, 4, 4};
    ck_assert_ok(seg_watershed(&labels, &picture, &ignore, &markers, &options, NULL));
    ck_assert_mem_eq(labels.data, marked, sizeof marked);
    seg_image_unref(&labels);
}
END_TEST

/* Two disks that touch, as light on dark. */
static void draw_disks(const seg_image *picture, int32_t distance) {
    for (int32_t y = 0; y < picture->height; y++)
        for (int32_t x = 0; x < picture->width; x++) {
            const int32_t dy = y - picture->height / 2, a = x - 20, b = x - 20 - distance;
            const bool on = a * a + dy * dy <= 144 || b * b + dy * dy <= 144;
            ((uint8_t *)seg_image_row(picture, y))[x] = on ? 200 : 30;
        }
}

START_TEST(parts_objects_that_touch) {
    seg_image picture = {0}, labels = {0};
    ck_assert_ok(seg_image_alloc(&picture, 70, 40, SEG_U8, 1, NULL));
    draw_disks(&picture, 20);
    seg_watershed_options options;
    seg_watershed_options_init(&options);
    options.surface = SEG_SURFACE_DISTANCE;
    ck_assert_ok(seg_watershed(&labels, &picture, NULL, NULL, &options, NULL));
    for (int32_t y = 0; y < 40; y++)
        for (int32_t x = 0; x < 70; x++) {
            const int32_t label = ((int32_t *)seg_image_row(&labels, y))[x];
            const bool on = ((uint8_t *)seg_image_row(&picture, y))[x] == 200;
            ck_assert_int_eq(label, !on ? 0 : x < 30 ? 1 : x > 30 ? 2 : label);
        }
    options.h_distance = 10; /* the neck is not so deep */
    ck_assert_ok(seg_watershed(&labels, &picture, NULL, NULL, &options, NULL));
    ck_assert_int_eq(((int32_t *)seg_image_row(&labels, 20))[50], 1);
    /* the operation on masks does the same */
    seg_context *context;
    seg_result result;
    seg_result_init(&result, NULL);
    for (int32_t y = 0; y < 40; y++)
        for (int32_t x = 0; x < 70; x++) {
            uint8_t *pixel = (uint8_t *)seg_image_row(&picture, y) + x;
            *pixel = *pixel == 200 ? 255 : 0;
        }
    const seg_frame frame = {.image = picture};
    ck_assert_ok(seg_context_create(&context, seg_method_find("split"), NULL, NULL));
    ck_assert_ok(seg_context_apply(context, &frame, 0, &result));
    ck_assert_int_eq(((int32_t *)seg_image_row(&result.labels, 20))[20], 1);
    ck_assert_int_eq(((int32_t *)seg_image_row(&result.labels, 20))[40], 2);
    ck_assert_int_eq(((int32_t *)seg_image_row(&result.labels, 0))[0], 0);
    /* a speck is no object, alone or beside others */
    ((uint8_t *)seg_image_row(&picture, 2))[2] = 255;
    ck_assert_ok(seg_context_apply(context, &frame, 0, &result));
    ck_assert_int_eq(((int32_t *)seg_image_row(&result.labels, 2))[2], 0);
    ck_assert_int_eq(((int32_t *)seg_image_row(&result.labels, 20))[20], 1);
    for (int32_t y = 3; y < 40; y++)
        memset(seg_image_row(&picture, y), 0, 70);
    ck_assert_ok(seg_context_apply(context, &frame, 0, &result));
    ck_assert_int_eq(((int32_t *)seg_image_row(&result.labels, 2))[2], 0);
    seg_context_free(context);
    seg_result_free(&result);
    seg_image_unref(&picture);
    seg_image_unref(&labels);
}
END_TEST

/* Automatic labels are 1 .. n by their first pixels, cover all, and every one hangs together. */
START_TEST(automatic_labels) {
    pixels_random random = pixels_random_start(82);
    for (int repeat = 0; repeat < 30; repeat++) {
        static const int formats[] = {SEG_U8, SEG_U16, SEG_F32};
        pixels_picture in =
            pixels_make(45, 30, formats[repeat % 3], 1 + (int)pixels_below(&random, 4),
                        pixels_below(&random, 5), &random);
        seg_watershed_options options;
        seg_watershed_options_init(&options);
        options.h = 5.0 * repeat;
        options.connectivity = repeat % 2 ? 8 : 4;
        options.surface = (int32_t)pixels_below(&random, 3);
        seg_image labels = {0}, mask = {0}, parts = {0};
        ck_assert_ok(seg_watershed(&labels, &in.image, NULL, NULL, &options, NULL));
        ck_assert_ok(seg_image_alloc(&mask, 45, 30, SEG_U8, 1, NULL));
        int32_t most = 0;
        for (int32_t y = 0; y < 30; y++)
            for (int32_t x = 0; x < 45; x++) {
                const int32_t label = ((int32_t *)seg_image_row(&labels, y))[x];
                ck_assert_int_ge(label, 1);
                ck_assert_int_le(label, most + 1);
                if (label > most) most = label;
            }
        for (int32_t label = 1; label <= most && label <= 40; label++) {
            int32_t count;
            for (int32_t y = 0; y < 30; y++)
                for (int32_t x = 0; x < 45; x++)
                    ((uint8_t *)seg_image_row(&mask, y))[x] =
                        ((int32_t *)seg_image_row(&labels, y))[x] == label;
            ck_assert_ok(seg_components(&parts, NULL, &count, &mask, options.connectivity, NULL));
            ck_assert_int_eq(count, 1);
        }
        seg_image_unref(&labels);
        seg_image_unref(&mask);
        seg_image_unref(&parts);
        pixels_free(&in);
    }
}
END_TEST

START_TEST(bad_options) {
    seg_image picture = {0}, labels = {0}, other = {0};
    ck_assert_ok(seg_image_alloc(&picture, 8, 6, SEG_U8, 3, NULL));
    ck_assert_ok(seg_image_alloc(&other, 8, 7, SEG_U16, 1, NULL));
    seg_watershed_options options;
    seg_watershed_options_init(&options);
    options.connectivity = 5;
    ck_assert_fails(seg_watershed(&labels, &picture, NULL, NULL, &options, NULL), SEG_ERROR_OPTION,
                    "connectivity");
    seg_watershed_options_init(&options);
    const seg_point point = {8, 0};
    options.seeds = (seg_seeds){SEG_SEEDS_POINTS, 1, &point, NULL};
    ck_assert_fails(seg_watershed(&labels, &picture, NULL, NULL, &options, NULL), SEG_ERROR_OPTION,
                    "seed 1 is outside");
    options.seeds = (seg_seeds){SEG_SEEDS_PICTURE, 0, NULL, &other};
    ck_assert_fails(seg_watershed(&labels, &picture, NULL, NULL, &options, NULL), SEG_ERROR_SHAPE,
                    "8 x 7");
    seg_image_unref(&picture);
    seg_image_unref(&labels);
    seg_image_unref(&other);
}
END_TEST

CORE_MAIN("region watershed", by_hand, floods_like_the_oracle, parts_objects_that_touch,
          automatic_labels, bad_options)
