/* Objects: measures, keep expressions, outlines. */
#include "core/math.h"
#include "core/memory.h"

#include <check.h>
#include <math.h>
#include <segment/segment.h>
#include <stdlib.h>
#include <string.h>

static seg_image labels_from(const char *const *rows, int32_t height) {
    seg_image image = {0};
    int32_t width = (int32_t)strlen(rows[0]);
    ck_assert_int_eq(seg_image_alloc(&image, width, height, SEG_LABEL32, 1, NULL), SEG_OK);
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++)
            ((int32_t *)seg_image_row(&image, y))[x] = rows[y][x] == '.' ? 0 : rows[y][x] - '0';
    return image;
}

static uint32_t mix(uint32_t x) {
    x = (x ^ x >> 16) * 0x7feb352du;
    x = (x ^ x >> 15) * 0x846ca68bu;
    return x ^ x >> 16;
}

static seg_image random_labels(int32_t width, int32_t height, uint32_t seed, uint32_t kinds,
                               int32_t factor) {
    seg_image image = {0};
    ck_assert_int_eq(seg_image_alloc(&image, width, height, SEG_LABEL32, 1, NULL), SEG_OK);
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++) {
            uint32_t r = mix(seed * 7919u + (uint32_t)(y * width + x));
            ((int32_t *)seg_image_row(&image, y))[x] = (int32_t)(r % kinds) * factor;
        }
    return image;
}

static int32_t at(const seg_image *labels, int32_t x, int32_t y) {
    if (x < 0 || y < 0 || x >= labels->width || y >= labels->height) return 0;
    return ((const int32_t *)seg_image_row(labels, y))[x];
}

/* ---- measures ---- */

START_TEST(measures_by_hand) {
    const char *const rows[] = {"11..3", "11...", "...33"};
    seg_image labels = labels_from(rows, 3);
    seg_result result;
    seg_result_init(&result, NULL);
    ck_assert_int_eq(seg_objects_measure(&result, &labels, NULL), SEG_OK);
    ck_assert_int_eq(result.object_count, 2);
    const seg_object *one = &result.objects[0], *three = &result.objects[1];
    ck_assert_int_eq(one->id, 1);
    ck_assert_int_eq(one->area, 4);
    ck_assert_int_eq(one->box.width, 2);
    ck_assert_double_eq(one->centroid_x, 0.5);
    ck_assert_double_eq(one->centroid_y, 0.5);
    /* entries: 2 rows, 2 columns, 3 + 3 diagonals */
    ck_assert_double_eq_tol(one->perimeter, SEG_PI / 8 * (8 + 12 * sqrt(0.5)), 1e-12);
    ck_assert_int_eq(three->id, 3);
    ck_assert_int_eq(three->area, 3);
    ck_assert_int_eq(three->box.x, 3);
    ck_assert_int_eq(three->box.y, 0);
    ck_assert_int_eq(three->box.width, 2);
    ck_assert_int_eq(three->box.height, 3);
    ck_assert_double_eq_tol(three->centroid_x, 11.0 / 3, 1e-12);
    ck_assert_double_eq_tol(three->centroid_y, 4.0 / 3, 1e-12);
    seg_result_free(&result);
    seg_image_unref(&labels);
}
END_TEST

START_TEST(measures_agree_with_counting) {
    for (uint32_t seed = 1; seed <= 40; seed++) {
        int32_t width = 1 + (int32_t)(mix(seed) % 40), height = 1 + (int32_t)(mix(seed + 99) % 40);
        int32_t factor = seed % 3 == 0 ? 123456789 : 1;
        seg_image labels = random_labels(width, height, seed, 2 + seed % 15, factor);
        seg_result result;
        seg_result_init(&result, NULL);
        ck_assert_int_eq(seg_objects_measure(&result, &labels, NULL), SEG_OK);
        int64_t covered = 0;
        for (int32_t i = 0; i < result.object_count; i++) {
            const seg_object *o = &result.objects[i];
            if (i) ck_assert_int_lt(result.objects[i - 1].id, o->id);
            int64_t area = 0, straight = 0, diagonal = 0;
            double sx = 0, sy = 0;
            for (int32_t y = 0; y < height; y++)
                for (int32_t x = 0; x < width; x++) {
                    if (at(&labels, x, y) != o->id) continue;
                    area++;
                    sx += x;
                    sy += y;
                    straight += (at(&labels, x - 1, y) != o->id) +
                                (at(&labels, x + 1, y) != o->id) +
                                (at(&labels, x, y - 1) != o->id) + (at(&labels, x, y + 1) != o->id);
                    diagonal += (at(&labels, x - 1, y - 1) != o->id) +
                                (at(&labels, x + 1, y + 1) != o->id) +
                                (at(&labels, x + 1, y - 1) != o->id) +
                                (at(&labels, x - 1, y + 1) != o->id);
                    ck_assert(x >= o->box.x && x < o->box.x + o->box.width);
                    ck_assert(y >= o->box.y && y < o->box.y + o->box.height);
                }
            ck_assert_int_eq(o->area, area);
            ck_assert_double_eq_tol(o->centroid_x, sx / (double)area, 1e-9);
            ck_assert_double_eq_tol(o->centroid_y, sy / (double)area, 1e-9);
            double expected = SEG_PI / 8 * ((double)straight + (double)diagonal * sqrt(0.5));
            ck_assert_double_eq_tol(o->perimeter, expected, 1e-9 * expected);
            covered += area;
        }
        int64_t set = 0;
        for (int32_t y = 0; y < height; y++)
            for (int32_t x = 0; x < width; x++)
                set += at(&labels, x, y) > 0;
        ck_assert_int_eq(covered, set);
        seg_result_free(&result);
        seg_image_unref(&labels);
    }
}
END_TEST

START_TEST(discs_have_their_perimeter) {
    for (int32_t r = 10; r <= 100; r += 15) {
        seg_image labels = {0};
        ck_assert_int_eq(seg_image_alloc(&labels, 2 * r + 5, 2 * r + 5, SEG_LABEL32, 1, NULL), 0);
        for (int32_t y = -r; y <= r; y++)
            for (int32_t x = -r; x <= r; x++)
                if (x * x + y * y <= r * r)
                    ((int32_t *)seg_image_row(&labels, y + r + 2))[x + r + 2] = 1;
        seg_result result;
        seg_result_init(&result, NULL);
        ck_assert_int_eq(seg_objects_measure(&result, &labels, NULL), SEG_OK);
        double circle = 2 * SEG_PI * r;
        ck_assert_double_eq_tol(result.objects[0].perimeter, circle, 0.06 * circle);
        ck_assert_double_gt(result.objects[0].circularity, 0.88);
        seg_result_free(&result);
        seg_image_unref(&labels);
    }
}
END_TEST

/* ---- keep ---- */

static const seg_object sample = {.id = 7,
                                  .box = {0, 10, 20, 5},
                                  .area = 60,
                                  .centroid_x = 9.5,
                                  .centroid_y = 12,
                                  .perimeter = 50,
                                  .circularity = 0.3};

static bool keeps(const char *expression) {
    seg_keep *keep = NULL;
    ck_assert_msg(seg_keep_create(&keep, expression, NULL) == SEG_OK, "%s: %s", expression,
                  seg_error_detail());
    bool kept = seg_keep_test(keep, &sample, 100, 50);
    seg_keep_free(keep);
    return kept;
}

START_TEST(keep_expressions) {
    static const char *const yes[] = {"area > 50",
                                      "area>50&&circularity<0.6",
                                      "area < 50 || id == 7",
                                      "!(area < 50)",
                                      "border",
                                      "extent == 0.6",
                                      "aspect==4",
                                      "width*height - area == 40",
                                      "1 + 2 * 3 == 7",
                                      "-1 < 0",
                                      "(1+2)*3==9",
                                      "2 - 1 - 1 == 0",
                                      "1/0 == 0",
                                      "x==0&&y==10&&width==20&&height==5",
                                      "cx==9.5 && cy==12",
                                      "1 || 0 && 0",
                                      "!0 && !!1",
                                      "perimeter>=5e1",
                                      "8/2/2==2"};
    static const char *const no[] = {"area > 60",    "area >= 60 && border != 1", "0",
                                     "!1",           "circularity == 1",          "id != 7",
                                     "(1 || 0) && 0"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        ck_assert_msg(keeps(yes[i]), "%s", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        ck_assert_msg(!keeps(no[i]), "%s", no[i]);
}
END_TEST

START_TEST(keep_mistakes_are_named) {
    static const struct {
        const char *expression, *detail;
    } cases[] = {{"", "column 1"},
                 {"area >", "ends too early"},
                 {"area > 5 5", "column 10"},
                 {"(area", "parenthesis"},
                 {"arae > 5", "mean area"},
                 {"area => 5", "column 6"},
                 {"area & 5", "column 6"},
                 {"zzzzzzzzz > 1", "unknown field"},
                 {"1 < 2 < 3", "column 7"},
                 {"area > 1e999", "column 8"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        seg_keep *keep = NULL;
        ck_assert_int_eq(seg_keep_create(&keep, cases[i].expression, NULL), SEG_ERROR_OPTION);
        ck_assert_ptr_null(keep);
        ck_assert_msg(strstr(seg_error_detail(), cases[i].detail) != NULL, "%s: %s",
                      cases[i].expression, seg_error_detail());
    }
    char deep[4096];
    memset(deep, '(', sizeof deep - 1);
    deep[sizeof deep - 1] = 0;
    seg_keep *keep = NULL;
    ck_assert_int_eq(seg_keep_create(&keep, deep, NULL), SEG_ERROR_OPTION);
    memset(deep, '!', sizeof deep - 1);
    ck_assert_int_eq(seg_keep_create(&keep, deep, NULL), SEG_ERROR_OPTION);
    for (size_t i = 0; i + 2 < sizeof deep; i += 2)
        memcpy(deep + i, "1+", 2);
    deep[sizeof deep - 2] = '1';
    ck_assert_int_eq(seg_keep_create(&keep, deep, NULL), SEG_ERROR_OPTION);
}
END_TEST

/* ---- outlines ---- */

START_TEST(contours_by_hand) {
    const char *const rows[] = {"111..", "1.1.2", "111.2"};
    seg_image labels = labels_from(rows, 3);
    seg_contours c;
    ck_assert_int_eq(seg_contours_trace(&c, &labels, NULL), SEG_OK);
    ck_assert_int_eq(c.count, 3);
    ck_assert(c.items[0].id == 1 && !c.items[0].hole && c.items[0].count == 4);
    static const seg_point square[] = {{0, 0}, {3, 0}, {3, 3}, {0, 3}};
    ck_assert_mem_eq(c.points, square, sizeof square);
    ck_assert(c.items[1].id == 2 && !c.items[1].hole && c.items[1].count == 4);
    ck_assert(c.items[2].id == 1 && c.items[2].hole && c.items[2].count == 4);
    static const seg_point hole[] = {{1, 2}, {2, 2}, {2, 1}, {1, 1}};
    ck_assert_mem_eq(c.points + c.items[2].first, hole, sizeof hole);
    seg_contours_free(&c, NULL);
    seg_image_unref(&labels);
}
END_TEST

START_TEST(corners_join_regions) {
    const char *const rows[] = {"1.", ".1"};
    seg_image labels = labels_from(rows, 2);
    seg_contours c;
    ck_assert_int_eq(seg_contours_trace(&c, &labels, NULL), SEG_OK);
    ck_assert_int_eq(c.count, 1);
    ck_assert_int_eq(c.items[0].count, 8);
    seg_contours_free(&c, NULL);
    seg_image_unref(&labels);
}
END_TEST

/* Filling the outlines by the crossing rule gives back the labels, and their areas add up. */
START_TEST(contours_enclose_their_regions) {
    for (uint32_t seed = 1; seed <= 60; seed++) {
        int32_t width = 1 + (int32_t)(mix(seed) % 30), height = 1 + (int32_t)(mix(seed + 7) % 30);
        seg_image labels = random_labels(width, height, seed, 2 + seed % 4, 1);
        seg_contours c;
        ck_assert_int_eq(seg_contours_trace(&c, &labels, NULL), SEG_OK);
        int32_t *winding = calloc((size_t)(width * height) * 8, sizeof *winding);
        for (int32_t i = 0; i < c.count; i++) {
            const seg_contour *item = &c.items[i];
            for (int32_t k = 0; k < item->count; k++) {
                seg_point a = c.points[item->first + k];
                seg_point b = c.points[item->first + (k + 1) % item->count];
                ck_assert_msg((a.x == b.x) != (a.y == b.y), "sides are straight");
                int32_t low = a.y < b.y ? a.y : b.y, high = a.y < b.y ? b.y : a.y;
                for (int32_t y = low; y < high;
                     y++) /* a side going down winds what is left of it */
                    for (int32_t x = 0; x < a.x; x++)
                        winding[(y * width + x) * 8 + item->id] += b.y > a.y ? 1 : -1;
            }
        }
        for (int32_t y = 0; y < height; y++)
            for (int32_t x = 0; x < width; x++)
                for (int32_t id = 1; id < 8; id++)
                    ck_assert_int_eq(winding[(y * width + x) * 8 + id], at(&labels, x, y) == id);
        free(winding);
        seg_contours_free(&c, NULL);
        seg_image_unref(&labels);
    }
}
END_TEST

/* ---- failing memory ---- */

START_TEST(no_memory_leaks_nothing) {
    seg_image labels = random_labels(60, 60, 5, 700, 3);
    int64_t before = seg_memory_live();
    for (int64_t n = 1; n < 200; n++) {
        seg_result result;
        seg_result_init(&result, NULL);
        seg_contours c = {0};
        seg_keep *keep = NULL;
        seg_rle rle = {0};
        seg_memory_fail_at(n);
        seg_status status = seg_objects_measure(&result, &labels, NULL);
        if (status >= 0) status = seg_contours_trace(&c, &labels, NULL);
        if (status >= 0) status = seg_rle_encode(&rle, &labels, 3, NULL, NULL);
        if (status >= 0) status = seg_keep_create(&keep, "area > 1", NULL);
        seg_memory_fail_at(0);
        seg_keep_free(keep);
        seg_rle_free(&rle, NULL);
        seg_contours_free(&c, NULL);
        seg_result_free(&result);
        ck_assert_int_eq(seg_memory_live(), before);
        if (status >= 0) {
            ck_assert_int_gt(n, 4);
            seg_image_unref(&labels);
            return;
        }
        ck_assert_int_eq(status, SEG_ERROR_MEMORY);
    }
    ck_abort_msg("never succeeds");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("objects");
    TCase *tests = tcase_create("objects");
    tcase_add_test(tests, measures_by_hand);
    tcase_add_test(tests, measures_agree_with_counting);
    tcase_add_test(tests, discs_have_their_perimeter);
    tcase_add_test(tests, keep_expressions);
    tcase_add_test(tests, keep_mistakes_are_named);
    tcase_add_test(tests, contours_by_hand);
    tcase_add_test(tests, corners_join_regions);
    tcase_add_test(tests, contours_enclose_their_regions);
    tcase_add_test(tests, no_memory_leaks_nothing);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
