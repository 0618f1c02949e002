/* Objects: measures, keep expressions, outlines. */
#include "core/math.h"
#include "core/memory.h"

#include <check.h>
#include <math.h>
#include <segment/segment.h>
#include <stdio.h>
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
    ck_assert_int_eq(seg_objects_measure(&result, &labels, NULL, NULL), SEG_OK);
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
        ck_assert_int_eq(seg_objects_measure(&result, &labels, NULL, NULL), SEG_OK);
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
        ck_assert_int_eq(seg_objects_measure(&result, &labels, NULL, NULL), SEG_OK);
        double circle = 2 * SEG_PI * r;
        ck_assert_double_eq_tol(result.objects[0].perimeter, circle, 0.06 * circle);
        ck_assert_double_gt(result.objects[0].circularity, 0.88);
        seg_result_free(&result);
        seg_image_unref(&labels);
    }
}
END_TEST

/* ---- moments, hulls, holes, intensities ---- */

static const seg_object *only(seg_result *result, const seg_image *labels,
                              const seg_image *picture) {
    seg_result_init(result, NULL);
    ck_assert_int_eq(seg_objects_measure(result, labels, picture, NULL), SEG_OK);
    ck_assert_int_eq(result->object_count, 1);
    return &result->objects[0];
}

START_TEST(shapes_by_hand) {
    /* a bar of 4 pixels: variance 15 / 12, its ellipse a line; rising to the right: + 45 degrees */
    const char *const bar[] = {"1111"}, *const rising[] = {"..1", ".1.", "1.."};
    const char *const ring[] = {"111", "1.1", "111"}, *const diamond[] = {".1.", "1.1", ".1."};
    const char *const corner[] = {"1...", "1...", "1...", "1111"}, *const two[] = {"1.1"};
    seg_result result;
    seg_image labels = labels_from(bar, 1);
    const seg_object *o = only(&result, &labels, NULL);
    ck_assert_double_eq_tol(o->variance_x, 1.25, 1e-12);
    ck_assert_double_eq(o->variance_y, 0);
    ck_assert_double_eq_tol(o->major, 4 * sqrt(1.25), 1e-12);
    ck_assert_double_eq(o->minor, 0);
    ck_assert_double_eq(o->eccentricity, 1);
    ck_assert_double_eq(o->orientation, 0);
    ck_assert_int_eq(o->convex_area, 4);
    ck_assert_int_eq(o->intensities, 0);
    seg_result_free(&result), seg_image_unref(&labels);

    labels = labels_from(rising, 3);
    o = only(&result, &labels, NULL);
    ck_assert_double_eq_tol(o->orientation, 45, 1e-9);
    ck_assert_double_eq_tol(o->covariance, -2.0 / 3, 1e-12);
    ck_assert_int_eq(o->convex_area, 3);
    ck_assert_int_eq(o->euler, 1); /* its pixels hang together over corners */
    seg_result_free(&result), seg_image_unref(&labels);

    const struct {
        const char *const *rows;
        int32_t height, euler, convex;
    } holes[] = {{ring, 3, 0, 9}, {diamond, 3, 0, 5}, {corner, 4, 1, 10}, {two, 1, 2, 3}};
    for (int i = 0; i < 4; i++) {
        labels = labels_from(holes[i].rows, holes[i].height);
        o = only(&result, &labels, NULL);
        ck_assert_int_eq(o->euler, holes[i].euler);
        ck_assert_int_eq(o->convex_area, holes[i].convex);
        ck_assert_double_eq_tol(o->solidity, (double)o->area / holes[i].convex, 1e-15);
        if (i < 2) ck_assert_double_eq(o->eccentricity, 0);
        if (i < 2) ck_assert_double_eq(o->orientation, 0);
        seg_result_free(&result), seg_image_unref(&labels);
    }
}
END_TEST

/* Parts of a picture of 0 and 1: `connectivity` 4 or 8, of the pixels that are `of`. */
static int32_t count_parts(uint8_t *mask, int32_t width, int32_t height, uint8_t of, int which) {
    int32_t *stack = malloc((size_t)width * (size_t)height * sizeof *stack), parts = 0;
    ck_assert_ptr_nonnull(stack);
    for (int32_t i = 0; i < width * height; i++) {
        if (mask[i] != of) continue;
        int32_t top = 0;
        parts++;
        stack[top++] = i;
        mask[i] = 2;
        while (top) {
            const int32_t x = stack[--top] % width, y = stack[top] / width;
            for (int32_t k = 0; k < 9; k++) {
                const int32_t a = x + k % 3 - 1, b = y + k / 3 - 1;
                if (which == 4 && k % 2 == 0) continue;
                if (a < 0 || b < 0 || a >= width || b >= height || mask[b * width + a] != of)
                    continue;
                mask[b * width + a] = 2;
                stack[top++] = b * width + a;
            }
        }
    }
    free(stack);
    return parts;
}

/* 8-connected parts, less the 4-connected parts of the rest but for the outside. */
static int32_t count_euler(const seg_image *labels, int32_t id) {
    const int32_t width = labels->width + 2, height = labels->height + 2;
    uint8_t *mask = calloc((size_t)width * (size_t)height, 1);
    ck_assert_ptr_nonnull(mask);
    for (int pass = 0; pass < 2; pass++)
        for (int32_t y = 0; y < height; y++)
            for (int32_t x = 0; x < width; x++)
                mask[y * width + x] = at(labels, x - 1, y - 1) == id;
    const int32_t parts = count_parts(mask, width, height, 1, 8);
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++)
            mask[y * width + x] = at(labels, x - 1, y - 1) == id;
    const int32_t holes = count_parts(mask, width, height, 0, 4) - 1;
    free(mask);
    return parts - holes;
}

/* Pixels that no line through two points of the region has outside, points half a pixel around the
 * centres: tried for all lines. */
static int64_t count_convex(const seg_image *labels, int32_t id) {
    const int32_t width = labels->width, height = labels->height;
    int32_t *points = malloc((size_t)width * (size_t)height * 8 * sizeof *points), count = 0;
    ck_assert_ptr_nonnull(points);
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++)
            for (int32_t k = 0; k < 4 && at(labels, x, y) == id; k++) {
                points[2 * count] = 2 * x + (k == 0) - (k == 1);
                points[2 * count++ + 1] = 2 * y + (k == 2) - (k == 3);
            }
    uint8_t *outside = calloc((size_t)width * (size_t)height, 1);
    ck_assert_ptr_nonnull(outside);
    for (int32_t i = 0; i < count; i++)
        for (int32_t j = 0; j < count; j++) {
            const int32_t ax = points[2 * i], ay = points[2 * i + 1];
            const int32_t dx = points[2 * j] - ax, dy = points[2 * j + 1] - ay;
            bool side = dx || dy;
            for (int32_t k = 0; k < count && side; k++)
                side = dx * (points[2 * k + 1] - ay) - dy * (points[2 * k] - ax) >= 0;
            for (int32_t p = 0; p < width * height && side; p++)
                if (dx * (2 * (p / width) - ay) - dy * (2 * (p % width) - ax) < 0) outside[p] = 1;
        }
    int64_t inside = 0;
    for (int32_t p = 0; p < width * height; p++)
        inside += !outside[p];
    free(points), free(outside);
    return inside;
}

START_TEST(shapes_agree_with_counting) {
    for (uint32_t seed = 1; seed <= 60; seed++) {
        const int32_t width = 1 + (int32_t)(mix(seed) % 11);
        const int32_t height = 1 + (int32_t)(mix(seed + 99) % 11);
        seg_image labels = random_labels(width, height, seed, 2 + seed % 5, 1);
        seg_result result;
        seg_result_init(&result, NULL);
        ck_assert_int_eq(seg_objects_measure(&result, &labels, NULL, NULL), SEG_OK);
        for (int32_t i = 0; i < result.object_count; i++) {
            const seg_object *o = &result.objects[i];
            double xx = 0, xy = 0, yy = 0;
            for (int32_t y = 0; y < height; y++)
                for (int32_t x = 0; x < width; x++) {
                    if (at(&labels, x, y) != o->id) continue;
                    xx += (x - o->centroid_x) * (x - o->centroid_x) / (double)o->area;
                    xy += (x - o->centroid_x) * (y - o->centroid_y) / (double)o->area;
                    yy += (y - o->centroid_y) * (y - o->centroid_y) / (double)o->area;
                }
            ck_assert_double_eq_tol(o->variance_x, xx, 1e-9);
            ck_assert_double_eq_tol(o->covariance, xy, 1e-9);
            ck_assert_double_eq_tol(o->variance_y, yy, 1e-9);
            /* the axes: variances along and across the orientation */
            const double angle = o->orientation * SEG_PI / 180, c = cos(angle), s = -sin(angle);
            const double along = xx * c * c + 2 * xy * c * s + yy * s * s;
            ck_assert_double_eq_tol(o->major * o->major / 16, along, 1e-7);
            ck_assert_double_eq_tol(o->minor * o->minor / 16, xx + yy - along, 1e-7);
            ck_assert(o->orientation > -90 && o->orientation <= 90);
            ck_assert_int_eq(o->euler, count_euler(&labels, o->id));
            ck_assert_int_eq(o->convex_area, count_convex(&labels, o->id));
        }
        seg_result_free(&result);
        seg_image_unref(&labels);
    }
}
END_TEST

/* The same samples in 8 bits, 16 bits and float give the same; what is no number does not count. */
START_TEST(intensities_agree_with_counting) {
    for (uint32_t seed = 1; seed <= 24; seed++) {
        const int32_t width = 1 + (int32_t)(mix(seed) % 40), height = 1 + (int32_t)(mix(seed) % 30);
        const int channels = 1 + (int)(seed % 4), format = 1 + (int)(seed / 4 % 3);
        seg_image labels = random_labels(width, height, seed, 5, 1), picture = {0}, grey = {0};
        ck_assert_int_eq(seg_image_alloc(&picture, width, height, SEG_U8, channels, NULL), SEG_OK);
        for (int32_t y = 0; y < height; y++)
            for (int32_t i = 0; i < width * channels; i++)
                ((uint8_t *)seg_image_row(&picture, y))[i] =
                    (uint8_t)mix(seed * 31u + (uint32_t)(y * width * channels + i));
        ck_assert_int_eq(seg_to_grey(&grey, &picture, NULL), SEG_OK);
        seg_image deep = {0};
        ck_assert_int_eq(seg_convert(&deep, &picture, (seg_format)format, NULL), SEG_OK);
        const bool hole = format == SEG_F32 && at(&labels, 0, 0) > 0;
        if (hole) *(float *)seg_image_row(&deep, 0) = NAN;
        seg_result result;
        seg_result_init(&result, NULL);
        ck_assert_int_eq(seg_objects_measure(&result, &labels, &deep, NULL), SEG_OK);
        for (int32_t i = 0; i < result.object_count; i++) {
            const seg_object *o = &result.objects[i];
            const seg_intensity *const got[] = {&o->grey, &o->red, &o->green, &o->blue};
            ck_assert_int_eq(o->intensities, channels < 3 ? 1 : 4);
            for (int32_t c = 0; c < o->intensities; c++) {
                double sum = 0, squares = 0, least = 255, most = 0, count = 0;
                for (int pass = 0; pass < 2; pass++)
                    for (int32_t y = 0; y < height; y++)
                        for (int32_t x = 0; x < width; x++) {
                            if (at(&labels, x, y) != o->id || (hole && !x && !y)) continue;
                            const double v =
                                c ? ((uint8_t *)seg_image_row(&picture, y))[x * channels + c - 1]
                                  : ((uint8_t *)seg_image_row(&grey, y))[x];
                            if (pass) {
                                squares += (v - sum / count) * (v - sum / count);
                                continue;
                            }
                            sum += v, count++;
                            least = v < least ? v : least;
                            most = v > most ? v : most;
                        }
                if (count == 0) continue;
                /* the grey of deeper colours has more digits than that of 8 bits */
                const double tolerance = channels > 2 && c == 0 && format != SEG_U8 ? 0.6 : 1e-9;
                ck_assert_double_eq_tol(got[c]->min, least, tolerance);
                ck_assert_double_eq_tol(got[c]->max, most, tolerance);
                ck_assert_double_eq_tol(got[c]->mean, sum / count, tolerance);
                ck_assert_double_eq_tol(got[c]->deviation, sqrt(squares / count), tolerance);
            }
        }
        seg_result_free(&result);
        seg_image_unref(&labels), seg_image_unref(&picture), seg_image_unref(&grey);
        seg_image_unref(&deep);
    }
}
END_TEST

START_TEST(intensities_need_the_same_size) {
    seg_image labels = random_labels(4, 4, 1, 3, 1), picture = random_labels(4, 5, 1, 3, 1);
    picture.format = SEG_F32;
    seg_result result;
    seg_result_init(&result, NULL);
    ck_assert_int_eq(seg_objects_measure(&result, &labels, &picture, NULL), SEG_ERROR_SHAPE);
    ck_assert_ptr_nonnull(strstr(seg_error_detail(), "4 x 5"));
    seg_image_unref(&labels), seg_image_unref(&picture);
}
END_TEST

/* Every field has a value and help, and expressions know it. */
START_TEST(fields_of_objects) {
    const char *const rows[] = {"11", "1."};
    seg_image labels = labels_from(rows, 2);
    seg_result result;
    const seg_object *o = only(&result, &labels, NULL);
    int32_t count = 0;
    for (const char *name; (name = seg_object_field_name(count)); count++) {
        char expression[64];
        seg_keep *keep;
        const double value = seg_object_field_value(o, count, 10, 10);
        ck_assert_ptr_nonnull(seg_object_field_help(count));
        snprintf(expression, sizeof expression, "%s == %.17g", name, isnan(value) ? 0 : value);
        ck_assert_int_eq(seg_keep_create(&keep, expression, NULL), SEG_OK);
        ck_assert_int_eq(seg_keep_test(keep, o, 10, 10), !isnan(value));
        const bool moving =
            strstr(" age vx vy mx my rx ry speed direction in_front_of behind ", name) != NULL;
        const bool intensity = isnan(value) && !moving;
        ck_assert_int_eq(seg_keep_needs_picture(keep, false), intensity);
        ck_assert_int_eq(seg_keep_needs_picture(keep, true), intensity && strchr(name, '_'));
        seg_keep_free(keep);
    }
    ck_assert_int_eq(count, 50);
    ck_assert_ptr_null(seg_object_field_help(count));
    seg_result_free(&result), seg_image_unref(&labels);
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
        seg_status status = seg_objects_measure(&result, &labels, NULL, NULL);
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
    tcase_add_test(tests, shapes_by_hand);
    tcase_add_test(tests, shapes_agree_with_counting);
    tcase_add_test(tests, intensities_agree_with_counting);
    tcase_add_test(tests, intensities_need_the_same_size);
    tcase_add_test(tests, fields_of_objects);
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
