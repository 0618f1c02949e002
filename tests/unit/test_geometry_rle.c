/* Run lengths: making, reading, comparing and writing them, against masks of pixels. */
#include "core/memory.h"
#include "core_main.h"
#include "scenes.h"

#include <math.h>
#include <segment/geometry.h>

/* Blobs: labels 1 .. kinds-1 on a coarse grid with noise, 0 elsewhere. */
static seg_image random_labels(int32_t width, int32_t height, uint32_t seed, uint32_t kinds) {
    seg_image image = {0};
    ck_assert_ok(seg_image_alloc(&image, width, height, SEG_LABEL32, 1, NULL));
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++) {
            const uint32_t block = scene_hash(seed * 977u + (uint32_t)(x / 4 + 1000 * (y / 3)));
            const uint32_t noise = scene_hash(seed + (uint32_t)(x * 31 + y * 4099));
            const uint32_t value = noise % 11 == 0 ? noise / 16 : block;
            ((int32_t *)seg_image_row(&image, y))[x] = (int32_t)(value % kinds);
        }
    return image;
}

static int32_t at(const seg_image *labels, int32_t x, int32_t y) {
    return ((const int32_t *)seg_image_row(labels, y))[x];
}

/* Pixel `place` in column order. */
static int32_t at_place(const seg_image *labels, int64_t place) {
    return at(labels, (int32_t)(place / labels->height), (int32_t)(place % labels->height));
}

static seg_rle encode(const seg_image *labels, int32_t id) {
    seg_rle rle;
    ck_assert_ok(seg_rle_encode(&rle, labels, id, NULL, NULL));
    ck_assert_ok(seg_rle_check(&rle, "rle"));
    return rle;
}

static void assert_counts(const seg_rle *rle, const uint32_t *counts, int32_t count) {
    ck_assert_int_eq(rle->count, count);
    ck_assert_mem_eq(rle->counts, counts, (size_t)count * sizeof *counts);
}

static void assert_equal(const seg_rle *a, const seg_rle *b) {
    ck_assert_int_eq(a->width, b->width);
    ck_assert_int_eq(a->height, b->height);
    assert_counts(a, b->counts, b->count);
}

/* ---- making and reading ---- */

START_TEST(by_hand) {
    static int32_t pixels[6] = {1, 0, 1, 1, 1, 0};
    seg_image labels = {0};
    ck_assert_ok(seg_image_wrap(&labels, pixels, 12, 3, 2, SEG_LABEL32, 1));
    seg_rle rle = encode(&labels, 1);
    assert_counts(&rle, (const uint32_t[]){0, 2, 1, 2, 1}, 5); /* columns 11 01 10 */
    ck_assert_int_eq(seg_rle_area(&rle), 4);
    const seg_rect box = seg_rle_box(&rle);
    ck_assert(box.x == 0 && box.y == 0 && box.width == 3 && box.height == 2);
    seg_rle_free(&rle, NULL);
    rle = encode(&labels, 0);
    assert_counts(&rle, (const uint32_t[]){2, 1, 2, 1}, 4);
    const seg_rect zeros = seg_rle_box(&rle); /* (1,0) and (2,1) */
    ck_assert(zeros.x == 1 && zeros.y == 0 && zeros.width == 2 && zeros.height == 2);
    seg_rle_free(&rle, NULL);
    rle = encode(&labels, 7);
    assert_counts(&rle, (const uint32_t[]){6}, 1);
    ck_assert_int_eq(seg_rle_area(&rle), 0);
    const seg_rect none = seg_rle_box(&rle);
    ck_assert(none.x == 0 && none.y == 0 && none.width == 0 && none.height == 0);
    seg_rle_free(&rle, NULL);
    const seg_rect outside = {2, 0, 2, 2}, column = {1, 0, 1, 2};
    ck_assert_fails(seg_rle_encode(&rle, &labels, 1, &outside, NULL), SEG_ERROR_ARGUMENT,
                    "not inside the picture of 3 x 2");
    ck_assert_ok(seg_rle_encode(&rle, &labels, 1, &column, NULL));
    assert_counts(&rle, (const uint32_t[]){3, 1, 2}, 3);
    seg_rle_free(&rle, NULL);
}
END_TEST

START_TEST(lists_are_the_shortest_that_give_the_label) {
    for (uint32_t seed = 1; seed <= 60; seed++) {
        const int32_t width = 1 + (int32_t)(scene_hash(seed) % 33);
        const int32_t height = 1 + (int32_t)(scene_hash(seed + 7) % 33);
        seg_image labels = random_labels(width, height, seed, 2 + seed % 3);
        seg_rle rle = encode(&labels, 1);
        int64_t place = 0;
        for (int32_t i = 0; i < rle.count; i++) {
            ck_assert(i == 0 || rle.counts[i] > 0);
            for (uint32_t k = 0; k < rle.counts[i]; k++)
                ck_assert_int_eq(at_place(&labels, place++) == 1, i % 2);
        }
        ck_assert_int_eq(place, (int64_t)width * height);
        seg_rect box = seg_rle_box(&rle);
        seg_rle again;
        ck_assert_ok(seg_rle_encode(&again, &labels, 1, &box, NULL));
        assert_equal(&again, &rle);
        seg_rle_free(&again, NULL);
        seg_rle_free(&rle, NULL);
        seg_image_unref(&labels);
    }
}
END_TEST

START_TEST(decoding_gives_the_mask) {
    for (uint32_t seed = 1; seed <= 60; seed++) {
        const int32_t width = 1 + (int32_t)(scene_hash(seed) % 70);
        const int32_t height = 1 + (int32_t)(scene_hash(seed + 7) % 40);
        seg_image labels = random_labels(width, height, seed, 2 + seed % 3), mask = {0};
        seg_rle rle = encode(&labels, 1);
        ck_assert_ok(seg_rle_decode(&mask, &rle, NULL));
        for (int32_t y = 0; y < height; y++)
            for (int32_t x = 0; x < width; x++)
                ck_assert_int_eq(((uint8_t *)seg_image_row(&mask, y))[x],
                                 at(&labels, x, y) == 1 ? 255 : 0);
        seg_rle_free(&rle, NULL);
        seg_image_unref(&labels);
        seg_image_unref(&mask);
    }
}
END_TEST

START_TEST(runs_of_nothing_are_read) {
    uint32_t counts[] = {0, 0, 1, 0, 1, 3, 0, 2, 0, 0, 2}; /* 2 zeros, 5 ones, 2 zeros */
    const seg_rle loose = {counts, 11, 3, 3};
    ck_assert_int_eq(seg_rle_area(&loose), 5);
    const seg_rect box = seg_rle_box(&loose);
    ck_assert(box.x == 0 && box.y == 0 && box.width == 3 && box.height == 3);
    ck_assert_int_eq(seg_rle_intersection(&loose, &loose), 5);
    seg_rle tight;
    ck_assert_ok(seg_rle_from_counts(&tight, counts, 11, 3, 3, NULL));
    assert_counts(&tight, (const uint32_t[]){2, 5, 2}, 3);
    seg_image mask = {0}, again = {0};
    ck_assert_ok(seg_rle_decode(&mask, &loose, NULL));
    ck_assert_ok(seg_rle_decode(&again, &tight, NULL));
    for (int32_t y = 0; y < 3; y++)
        ck_assert_mem_eq(seg_image_row(&mask, y), seg_image_row(&again, y), 3);
    seg_rle_free(&tight, NULL);
    ck_assert_ok(seg_rle_from_counts(&tight, (const uint32_t[]){0, 9, 0}, 3, 3, 3, NULL));
    assert_counts(&tight, (const uint32_t[]){0, 9}, 2);
    seg_rle_free(&tight, NULL);
    ck_assert_ok(seg_rle_from_counts(&tight, (const uint32_t[]){9, 0}, 2, 3, 3, NULL));
    assert_counts(&tight, (const uint32_t[]){9}, 1);
    seg_rle_free(&tight, NULL);
    seg_image_unref(&mask);
    seg_image_unref(&again);
}
END_TEST

START_TEST(hostile_lists_are_refused) {
    uint32_t counts[] = {UINT32_MAX, UINT32_MAX, 7};
    seg_rle rle = {counts, 3, 3, 2};
    seg_image mask = {0};
    ck_assert_fails(seg_rle_check(&rle, "a mask"), SEG_ERROR_DATA, "a mask add up to 8589934597");
    ck_assert_fails(seg_rle_decode(&mask, &rle, NULL), SEG_ERROR_DATA, "3 x 2 pixels are 6");
    rle.width = -3;
    ck_assert_fails(seg_rle_check(&rle, "m"), SEG_ERROR_DATA, "-3 x 2");
    rle.width = rle.height = 1 << 17;
    ck_assert_fails(seg_rle_check(&rle, "m"), SEG_ERROR_DATA, "131072 x 131072");
    rle.counts = NULL;
    ck_assert_fails(seg_rle_check(&rle, "m"), SEG_ERROR_DATA, "no run lengths");
    ck_assert_fails(seg_rle_from_counts(&rle, counts, 3, 1 << 16, 1 << 16, NULL), SEG_ERROR_LIMIT,
                    "65536 x 65536");
    ck_assert_fails(seg_rle_from_counts(&rle, counts, 3, 3, 2, NULL), SEG_ERROR_DATA, "add up");
    ck_assert_fails(seg_rle_from_counts(&rle, counts, 0, 3, 2, NULL), SEG_ERROR_DATA, "add up");
    ck_assert_fails(seg_rle_from_counts(&rle, counts, 1, 0, 2, NULL), SEG_ERROR_ARGUMENT, "0 x 2");
}
END_TEST

/* ---- comparing ---- */

START_TEST(intersection_and_iou_are_those_of_pixels) {
    for (uint32_t seed = 1; seed <= 60; seed++) {
        const int32_t width = 1 + (int32_t)(scene_hash(seed) % 40);
        const int32_t height = 1 + (int32_t)(scene_hash(seed + 7) % 40);
        seg_image a = random_labels(width, height, seed, 2 + seed % 2);
        seg_image b = random_labels(width, height, seed + 500, 2 + seed % 3);
        seg_rle ra = encode(&a, 1), rb = encode(&b, 1);
        int64_t both = 0, any = 0, first = 0;
        for (int64_t i = 0; i < (int64_t)width * height; i++) {
            const bool in_a = at_place(&a, i) == 1, in_b = at_place(&b, i) == 1;
            both += in_a && in_b;
            any += in_a || in_b;
            first += in_a;
        }
        ck_assert_int_eq(seg_rle_intersection(&ra, &rb), both);
        ck_assert_int_eq(seg_rle_intersection(&rb, &ra), both);
        ck_assert_double_eq(seg_rle_iou(&ra, &rb, false), both ? (double)both / (double)any : 0);
        ck_assert_double_eq(seg_rle_iou(&ra, &rb, true), both ? (double)both / (double)first : 0);
        ck_assert_double_eq(seg_rle_iou(&ra, &ra, false), first > 0);
        seg_rle_free(&ra, NULL);
        seg_rle_free(&rb, NULL);
        seg_image_unref(&a);
        seg_image_unref(&b);
    }
    uint32_t counts[] = {0, 6};
    const seg_rle wide = {counts, 2, 3, 2}, high = {counts, 2, 2, 3};
    ck_assert_int_eq(seg_rle_intersection(&wide, &high), 0);
}
END_TEST

START_TEST(boxes_by_hand) {
    const seg_box a = {0, 0, 4, 2}, b = {3, 1, 4, 2}, c = {4, 0, 1, 1}, empty = {1, 1, 0, 5};
    ck_assert_double_eq(seg_box_intersection(&a, &b), 1);
    ck_assert_double_eq(seg_box_iou(&a, &b, false), 1.0 / 15);
    ck_assert_double_eq(seg_box_iou(&a, &b, true), 1.0 / 8);
    ck_assert_double_eq(seg_box_iou(&a, &a, false), 1);
    ck_assert_double_eq(seg_box_iou(&a, &c, false), 0); /* they touch */
    ck_assert_double_eq(seg_box_iou(&a, &empty, false), 0);
    ck_assert_double_eq(seg_box_iou(&empty, &empty, true), 0);
}
END_TEST

START_TEST(merging_counts_the_masks) {
    for (uint32_t seed = 1; seed <= 40; seed++) {
        const int32_t width = 1 + (int32_t)(scene_hash(seed) % 25);
        const int32_t height = 1 + (int32_t)(scene_hash(seed + 7) % 25);
        seg_image labels[4];
        seg_rle masks[4], merged;
        for (uint32_t i = 0; i < 4; i++) {
            labels[i] = random_labels(width, height, seed + 1000 * i, 3);
            masks[i] = encode(&labels[i], 1);
        }
        for (int32_t count = 1; count <= 4; count++)
            for (int32_t least = 1; least <= count; least++) {
                ck_assert_ok(seg_rle_merge(&merged, masks, count, least, NULL));
                int64_t place = 0;
                for (int32_t i = 0; i < merged.count; i++) {
                    ck_assert(i == 0 || merged.counts[i] > 0);
                    for (uint32_t k = 0; k < merged.counts[i]; k++, place++) {
                        int32_t cover = 0;
                        for (int32_t m = 0; m < count; m++)
                            cover += at_place(&labels[m], place) == 1;
                        ck_assert_int_eq(cover >= least, i % 2);
                    }
                }
                ck_assert_int_eq(place, (int64_t)width * height);
                seg_rle_free(&merged, NULL);
            }
        for (uint32_t i = 0; i < 4; i++) {
            seg_image_unref(&labels[i]);
            seg_rle_free(&masks[i], NULL);
        }
    }
    uint32_t counts[] = {6};
    const seg_rle two[2] = {{counts, 1, 3, 2}, {counts, 1, 2, 3}};
    seg_rle merged;
    ck_assert_fails(seg_rle_merge(&merged, two, 2, 1, NULL), SEG_ERROR_SHAPE, "2 x 3");
    ck_assert_fails(seg_rle_merge(&merged, two, 0, 1, NULL), SEG_ERROR_ARGUMENT, "count is 0");
    ck_assert_fails(seg_rle_merge(&merged, two, 1, 0, NULL), SEG_ERROR_ARGUMENT, "least is 0");
}
END_TEST

/* ---- text ---- */

/* The alphabet: 0 = "0", 15 = "?", 16 = 10000 with sign 0 behind it = "`0", 100 = 3 * 32 + 4 =
 * "T3", -1 = "O", -17 = 01111 and then the sign = "_O". */
START_TEST(text_by_hand) {
    const struct {
        uint32_t counts[6];
        int32_t count, width, height;
        const char *text;
    } cases[] = {
        {{6}, 1, 3, 2, "6"},
        {{0, 2, 1, 2, 1}, 5, 3, 2, "02100"}, /* 0 2 1, then 2-2 and 1-1 */
        {{16, 15, 100}, 3, 131, 1, "`0?T3"},
        {{20, 3, 4, 2, 4, 19}, 6, 13, 4, "d034O0a0"}, /* 20 3 4 -1 0 17 */
        {{0, 18, 5, 1}, 4, 24, 1, "0b05_O"},          /* 0 18 5 -17 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        seg_rle rle,
            given = {(uint32_t *)cases[i].counts, cases[i].count, cases[i].width, cases[i].height};
        char text[32], cut[3] = "xx";
        ck_assert_uint_eq(seg_rle_to_string(text, sizeof text, &given), strlen(cases[i].text));
        ck_assert_str_eq(text, cases[i].text);
        ck_assert_uint_eq(seg_rle_to_string(cut, 2, &given), strlen(cases[i].text));
        ck_assert(cut[0] == text[0] && cut[1] == '\0');
        ck_assert_uint_eq(seg_rle_to_string(NULL, 0, &given), strlen(cases[i].text));
        ck_assert_ok(
            seg_rle_from_string(&rle, text, strlen(text), given.width, given.height, NULL));
        assert_equal(&rle, &given);
        seg_rle_free(&rle, NULL);
    }
}
END_TEST

START_TEST(text_and_back) {
    for (uint32_t seed = 1; seed <= 60; seed++) {
        scene_random random = {seed * 1000};
        uint32_t counts[40];
        const int32_t count = 1 + (int32_t)scene_below(&random, 40);
        uint64_t sum = 0;
        for (int32_t i = 0; i < count; i++) {
            counts[i] = 1 + scene_next(&random) % (seed % 3 ? 50 : 90000000);
            sum += counts[i];
        }
        const seg_rle given = {counts, count, (int32_t)(sum <= INT32_MAX ? sum : 1), 1};
        if (sum > INT32_MAX) continue;
        char text[40 * 7 + 1];
        const size_t length = seg_rle_to_string(text, sizeof text, &given);
        ck_assert_uint_lt(length, sizeof text);
        seg_rle rle;
        ck_assert_ok(seg_rle_from_string(&rle, text, length, given.width, 1, NULL));
        assert_equal(&rle, &given);
        seg_rle_free(&rle, NULL);
    }
}
END_TEST

START_TEST(hostile_text_is_refused) {
    const struct {
        const char *text, *words;
    } cases[] = {
        {"", "add up to 0"},
        {"5", "add up to 5"},
        {"7", "add up to 7"},
        {"O", "run 0 (character 0) is -1 long"},
        {"1 5", "character 1 has code 32"},
        {"1p", "character 1 has code 112"},
        {"1\x80", "character 1 has code 128"},
        {"1P", "ends within a number (at character 1)"},
        {"PPPPPPP0", "the number at character 0 is too long"},
        {"`000O", "run 3 (character 4) is -1 long"},
        {"ooooo?", "add up to 536870911"},
        {"ooooooO", "run 0 (character 0) is -1 long"}, /* seven characters are allowed */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        seg_rle rle;
        ck_assert_fails(seg_rle_from_string(&rle, cases[i].text, strlen(cases[i].text), 3, 2, NULL),
                        SEG_ERROR_DATA, cases[i].words);
        ck_assert_ptr_null(rle.counts);
    }
}
END_TEST

/* ---- memory ---- */

static seg_status make_all(const seg_image *labels) {
    seg_rle rle[4] = {{0}};
    seg_image mask = {0};
    char text[4096];
    seg_status status = seg_rle_encode(&rle[0], labels, 1, NULL, NULL);
    if (status >= 0) status = seg_rle_encode(&rle[1], labels, 2, NULL, NULL);
    if (status >= 0) status = seg_rle_merge(&rle[2], rle, 2, 1, NULL);
    if (status >= 0) status = seg_rle_decode(&mask, &rle[2], NULL);
    if (status >= 0) {
        const size_t length = seg_rle_to_string(text, sizeof text, &rle[2]);
        ck_assert_uint_lt(length, sizeof text);
        status = seg_rle_from_string(&rle[3], text, length, labels->width, labels->height, NULL);
    }
    for (int32_t i = 0; i < 4; i++)
        seg_rle_free(&rle[i], NULL);
    seg_image_unref(&mask);
    return status;
}

START_TEST(no_memory_leaks_nothing) {
    seg_image labels = random_labels(60, 40, 5, 3);
    const int64_t before = seg_memory_live();
    seg_status status = SEG_ERROR_MEMORY;
    for (int64_t n = 1; n < 100 && status < 0; n++) {
        seg_memory_fail_at(n);
        status = make_all(&labels);
        seg_memory_fail_at(0);
        ck_assert(status == SEG_OK || status == SEG_ERROR_MEMORY);
        ck_assert_int_eq(seg_memory_live(), before);
    }
    ck_assert_ok(status);
    seg_image_unref(&labels);
}
END_TEST

CORE_MAIN("run lengths", by_hand, lists_are_the_shortest_that_give_the_label,
          decoding_gives_the_mask, runs_of_nothing_are_read, hostile_lists_are_refused,
          intersection_and_iou_are_those_of_pixels, boxes_by_hand, merging_counts_the_masks,
          text_by_hand, text_and_back, hostile_text_is_refused, no_memory_leaks_nothing)
