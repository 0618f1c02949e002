/* Outlines with fewer corners, against the definition by recursion. */
#include "core_main.h"
#include "shapes.h"

#include <math.h>
#include <segment/geometry.h>
#include <stdbool.h>

static double from_line(seg_point p, seg_point a, seg_point b) {
    const double length = hypot(b.x - a.x, b.y - a.y);
    if (length == 0) return hypot(a.x - p.x, a.y - p.y);
    double t =
        ((p.x - a.x) * (double)(b.x - a.x) + (p.y - a.y) * (double)(b.y - a.y)) / (length * length);
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    return hypot(a.x + t * (b.x - a.x) - p.x, a.y + t * (b.y - a.y) - p.y);
}

/* `points[last]` exists: the first corner is there once more at the end. */
static void reduce(bool *stays, const seg_point *points, int32_t first, int32_t last,
                   double tolerance) {
    double most = -1;
    int32_t middle = first;
    for (int32_t i = first + 1; i < last; i++) {
        const double d = from_line(points[i], points[first], points[last]);
        if (d > most - 1e-9) { /* the last of equals */
            most = d;
            middle = i;
        }
    }
    if (most <= tolerance + 1e-9) return;
    stays[middle] = true;
    reduce(stays, points, first, middle, tolerance);
    reduce(stays, points, middle, last, tolerance);
}

static seg_image label_noise(shapes_random *random) {
    seg_image labels = {0};
    const int32_t width = 1 + (int32_t)shapes_below(random, 30);
    const int32_t height = 1 + (int32_t)shapes_below(random, 30);
    ck_assert_ok(seg_image_alloc(&labels, width, height, SEG_LABEL32, 1, NULL));
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++)
            ((int32_t *)seg_image_row(&labels, y))[x] =
                (x - 12) * (x - 12) + (y - 9) * (y - 9) < 90 ? 1 : (int32_t)shapes_below(random, 3);
    return labels;
}

START_TEST(by_hand) {
    /* a staircase: along its slope corners are 1 / sqrt 2 from the straight line at most */
    seg_image labels = {0};
    ck_assert_ok(seg_image_alloc(&labels, 8, 8, SEG_LABEL32, 1, NULL));
    for (int32_t y = 0; y < 8; y++)
        for (int32_t x = 0; x < 8; x++)
            ((int32_t *)seg_image_row(&labels, y))[x] = x <= y;
    seg_contours c;
    ck_assert_ok(seg_contours_trace(&c, &labels, NULL));
    ck_assert_int_eq(c.count, 1);
    ck_assert_int_eq(c.items[0].count, 18); /* 17 of the stairs, and one at the bottom left */
    ck_assert_ok(seg_contours_simplify(&c, 0.7, NULL));
    ck_assert_int_eq(c.items[0].count, 4); /* (8, 7) too, from where no other is as far */
    ck_assert_ok(seg_contours_simplify(&c, 0.9, NULL));
    static const seg_point corners[] = {{0, 0}, {8, 8}, {0, 8}};
    ck_assert_int_eq(c.items[0].count, 3);
    ck_assert_int_eq(c.point_count, 3);
    ck_assert_mem_eq(c.points, corners, sizeof corners);
    ck_assert_fails(seg_contours_simplify(&c, -1, NULL), SEG_ERROR_ARGUMENT, "tolerance is -1");
    ck_assert_fails(seg_contours_simplify(&c, NAN, NULL), SEG_ERROR_ARGUMENT, "tolerance");
    ck_assert_fails(seg_contours_simplify(NULL, 1, NULL), SEG_ERROR_ARGUMENT, "contours");
    seg_contours_free(&c, NULL);
    ck_assert_ok(seg_contours_simplify(&c, 1, NULL)); /* none */
    seg_image_unref(&labels);
}
END_TEST

static void compare(const seg_contours *whole, const seg_contours *less, int32_t item,
                    double tolerance) {
    const seg_contour *from = &whole->items[item], *to = &less->items[item];
    const int32_t count = from->count;
    seg_point *points = malloc(((size_t)count + 1) * sizeof *points);
    bool *stays = calloc((size_t)count + 1, 1);
    memcpy(points, whole->points + from->first, (size_t)count * sizeof *points);
    points[count] = points[0];
    int32_t far = 0, kept = 0;
    for (int32_t i = 0; i < count; i++)
        if (hypot(points[i].x - points[0].x, points[i].y - points[0].y) >
            hypot(points[far].x - points[0].x, points[far].y - points[0].y) + 1e-9)
            far = i;
    stays[0] = stays[far] = true;
    reduce(stays, points, 0, far, tolerance);
    reduce(stays, points, far, count, tolerance);
    for (int32_t i = 0; i < count; i++)
        kept += stays[i];
    ck_assert(from->id == to->id && from->hole == to->hole);
    if (kept == 2) {
        ck_assert_int_eq(to->count, 3);
    } else {
        ck_assert_int_eq(to->count, kept);
        for (int32_t i = 0, k = to->first; i < count; i++) {
            if (!stays[i]) continue;
            ck_assert(less->points[k].x == points[i].x && less->points[k].y == points[i].y);
            k++;
        }
    }
    free(points);
    free(stays);
}

START_TEST(against_recursion) {
    static const double tolerances[] = {0, 0.5, 0.75, 1, 2.25, 4, 100};
    shapes_random random = shapes_random_start(72);
    for (int repeat = 0; repeat < 300; repeat++) {
        seg_image labels = label_noise(&random);
        const double tolerance = tolerances[repeat % 7];
        seg_contours whole, less;
        ck_assert_ok(seg_contours_trace(&whole, &labels, NULL));
        ck_assert_ok(seg_contours_trace(&less, &labels, NULL));
        ck_assert_ok(seg_contours_simplify(&less, tolerance, NULL));
        ck_assert_int_eq(less.count, whole.count);
        int32_t points = 0;
        for (int32_t i = 0; i < whole.count; i++) {
            compare(&whole, &less, i, tolerance);
            ck_assert_int_eq(less.items[i].first, points);
            points += less.items[i].count;
        }
        ck_assert_int_eq(less.point_count, points);
        seg_contours_free(&whole, NULL);
        seg_contours_free(&less, NULL);
        seg_image_unref(&labels);
    }
}
END_TEST

CORE_MAIN("simplify", by_hand, against_recursion)
