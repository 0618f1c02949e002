/* Polygons to run lengths, against the definition: dense chains of points on a grid five times as
 * fine, as COCO's rleFrPoly makes them. */
#include "core/memory.h"
#include "core_main.h"
#include "scenes.h"

#include <math.h>
#include <segment/geometry.h>

static seg_rle fill_one(const double *xy, int32_t corners, int32_t width, int32_t height) {
    seg_rle rle;
    ck_assert_ok(seg_rle_from_polygons(&rle, xy, &corners, 1, SEG_FILL_UNION, width, height, NULL));
    ck_assert_ok(seg_rle_check(&rle, "rle"));
    return rle;
}

/* The mask as text, row by row; `rle` is freed. */
static void assert_mask(seg_rle *rle, const char *const *rows) {
    seg_image mask = {0};
    ck_assert_ok(seg_rle_decode(&mask, rle, NULL));
    for (int32_t y = 0; y < mask.height; y++) {
        char row[100];
        for (int32_t x = 0; x < mask.width; x++)
            row[x] = ((const uint8_t *)seg_image_row(&mask, y))[x] ? '#' : '.';
        row[mask.width] = '\0';
        ck_assert_str_eq(row, rows[y]);
    }
    seg_image_unref(&mask);
    seg_rle_free(rle, NULL);
}

START_TEST(by_hand) {
    /* whole pixels */
    const double square[] = {1, 0, 4, 0, 4, 2, 1, 2};
    seg_rle rle = fill_one(square, 4, 5, 3);
    static const char *const whole[] = {".###.", ".###.", "....."};
    assert_mask(&rle, whole);
    /* from the middle of pixel (1,0), grid point (8,3), to that of (3,2), grid point (18,13): the
     * middles of columns 2 and 3, 12 and 17, lie between; rows from ceil(1/5) to ceil(11/5) */
    const double centres[] = {1.5, 0.5, 3.5, 0.5, 3.5, 2.5, 1.5, 2.5};
    rle = fill_one(centres, 4, 5, 4);
    static const char *const half[] = {".....", "..##.", "..##.", "....."};
    assert_mask(&rle, half);
    /* grid points (0,0) (25,0) (25,25): the diagonal passes column k at 5k+2, the row above is k */
    const double triangle[] = {0, 0, 5, 0, 5, 5};
    rle = fill_one(triangle, 3, 5, 5);
    static const char *const upper[] = {".####", "..###", "...##", "....#", "....."};
    assert_mask(&rle, upper);
    /* two squares that cover each other in the middle, and one with a hole */
    const double two[] = {0, 0, 3, 0, 3, 2, 0, 2, 2, 1, 5, 1, 5, 3, 2, 3};
    const int32_t lengths[] = {4, 4};
    ck_assert_ok(seg_rle_from_polygons(&rle, two, lengths, 2, SEG_FILL_UNION, 5, 3, NULL));
    static const char *const both[] = {"###..", "#####", "..###"};
    assert_mask(&rle, both);
    ck_assert_ok(seg_rle_from_polygons(&rle, two, lengths, 2, SEG_FILL_EVEN_ODD, 5, 3, NULL));
    static const char *const odd[] = {"###..", "##.##", "..###"};
    assert_mask(&rle, odd);
    /* beyond the picture on all sides, and nothing at all */
    const double beyond[] = {-1e8, -1e8, 1e8, -1e8, 1e8, 1e8, -1e8, 1e8};
    rle = fill_one(beyond, 4, 3, 2);
    static const char *const all[] = {"###", "###"};
    assert_mask(&rle, all);
    ck_assert_ok(seg_rle_from_polygons(&rle, NULL, NULL, 0, SEG_FILL_UNION, 3, 2, NULL));
    static const char *const none[] = {"...", "..."};
    assert_mask(&rle, none);
    const seg_box box = {0.9, 0.2, 1.3, 1.5};
    ck_assert_ok(seg_rle_from_box(&rle, &box, 3, 2, NULL));
    static const char *const pixel[] = {".#.", ".#."};
    assert_mask(&rle, pixel);
}
END_TEST

/* ---- the definition ---- */

#define MAX_SIDE 40
#define MAX_CHAIN 200000

typedef struct chain {
    int32_t x[MAX_CHAIN], y[MAX_CHAIN], count;
} chain;

/* The points of one edge, from a to b; computed from the end with the smaller coordinate. */
static void walk(chain *c, int32_t ax, int32_t ay, int32_t bx, int32_t by) {
    const int32_t dx = abs(bx - ax), dy = abs(by - ay), steps = dx > dy ? dx : dy;
    const bool along_x = dx >= dy, back = along_x ? ax > bx : ay > by;
    if (steps == 0) return;
    ck_assert_int_lt(c->count + steps, MAX_CHAIN);
    for (int32_t i = 0; i <= steps; i++) {
        const int32_t t = back ? steps - i : i;
        const int32_t sx = back ? bx : ax, sy = back ? by : ay, ex = back ? ax : bx,
                      ey = back ? ay : by;
        const double slope = along_x ? (double)(ey - sy) / dx : (double)(ex - sx) / dy;
        c->x[c->count] = along_x ? t + sx : (int32_t)(sx + slope * t + .5);
        c->y[c->count++] = along_x ? (int32_t)(sy + slope * t + .5) : t + sy;
    }
}

/* Turns every pixel at or below the places where the chain crosses the middle of a column. */
static void fill_by_definition(uint8_t pixels[MAX_SIDE][MAX_SIDE], const double *xy,
                               int32_t corners, int32_t width, int32_t height) {
    static chain c;
    c.count = 0;
    for (int32_t i = 0; i < corners; i++) {
        const double *a = xy + 2 * i, *b = xy + 2 * ((i + 1) % corners);
        walk(&c, (int32_t)(5 * a[0] + .5), (int32_t)(5 * a[1] + .5), (int32_t)(5 * b[0] + .5),
             (int32_t)(5 * b[1] + .5));
    }
    for (int32_t i = 1; i < c.count; i++) {
        if (c.x[i] == c.x[i - 1]) continue;
        const double left = c.x[i] < c.x[i - 1] ? c.x[i] : c.x[i] - 1;
        const double column = (left + .5) / 5 - .5;
        if (floor(column) != column || column < 0 || column > width - 1) continue;
        const double top = c.y[i] < c.y[i - 1] ? c.y[i] : c.y[i - 1];
        double row = (top + .5) / 5 - .5;
        row = row < 0 ? 0 : row > height ? height : ceil(row);
        for (int32_t y = (int32_t)row; y < height; y++)
            pixels[y][(int32_t)column] ^= 1;
    }
}

static void assert_pixels(const seg_rle *rle, uint8_t pixels[MAX_SIDE][MAX_SIDE]) {
    seg_image mask = {0};
    ck_assert_ok(seg_rle_decode(&mask, rle, NULL));
    for (int32_t y = 0; y < rle->height; y++)
        for (int32_t x = 0; x < rle->width; x++)
            if (((const uint8_t *)seg_image_row(&mask, y))[x] != 255 * pixels[y][x])
                ck_abort_msg("pixel %d,%d of %d x %d", x, y, rle->width, rle->height);
    seg_image_unref(&mask);
}

/* A corner: on a grid of whole, half or fifth pixels or anywhere, sometimes outside. */
static double random_coordinate(scene_random *random, int32_t side, uint32_t kind) {
    const double reach = side + 8.0;
    const double anywhere = (double)scene_next(random) / 4294967296.0 * reach - 4;
    switch (kind) {
    case 0:
        return floor(anywhere);
    case 1:
        return floor(2 * anywhere) / 2;
    case 2:
        return floor(10 * anywhere) / 10;
    case 3:
        return scene_below(random, 4) ? anywhere : anywhere * 100;
    default:
        return anywhere;
    }
}

START_TEST(any_polygon_is_filled_by_the_definition) {
    for (uint32_t seed = 1; seed <= 3000; seed++) {
        scene_random random = {seed * 4000};
        uint8_t pixels[2][MAX_SIDE][MAX_SIDE] = {{{0}}};
        const int32_t width = 1 + (int32_t)scene_below(&random, MAX_SIDE - 1);
        const int32_t height = 1 + (int32_t)scene_below(&random, MAX_SIDE - 1);
        const int32_t lengths[2] = {(int32_t)scene_below(&random, 9),
                                    (int32_t)scene_below(&random, 6)};
        double xy[2 * 16];
        for (int32_t i = 0; i < lengths[0] + lengths[1]; i++) {
            xy[2 * i] = random_coordinate(&random, width, seed % 5);
            xy[2 * i + 1] = random_coordinate(&random, height, seed % 5);
        }
        fill_by_definition(pixels[0], xy, lengths[0], width, height);
        seg_rle rle = fill_one(xy, lengths[0], width, height);
        assert_pixels(&rle, pixels[0]);
        seg_rle_free(&rle, NULL);
        fill_by_definition(pixels[1], xy + 2 * lengths[0], lengths[1], width, height);
        for (int32_t y = 0; y < height; y++)
            for (int32_t x = 0; x < width; x++) {
                const uint8_t a = pixels[0][y][x], b = pixels[1][y][x];
                pixels[0][y][x] = a | b;
                pixels[1][y][x] = a ^ b;
            }
        for (int fill = SEG_FILL_UNION; fill <= SEG_FILL_EVEN_ODD; fill++) {
            ck_assert_ok(
                seg_rle_from_polygons(&rle, xy, lengths, 2, (seg_fill)fill, width, height, NULL));
            assert_pixels(&rle, pixels[fill == SEG_FILL_EVEN_ODD]);
            seg_rle_free(&rle, NULL);
        }
    }
}
END_TEST

/* ---- outlines and back ---- */

/* The outlines of label 1, holes as well, as polygons. */
static void fill_outlines(seg_rle *rle, const seg_image *labels) {
    seg_contours contours;
    ck_assert_ok(seg_contours_trace(&contours, labels, NULL));
    double *xy = malloc((size_t)contours.point_count * 2 * sizeof *xy + 1);
    int32_t *lengths = malloc((size_t)contours.count * sizeof *lengths + 1);
    int32_t corners = 0, count = 0;
    for (int32_t i = 0; i < contours.count; i++) {
        const seg_contour *contour = &contours.items[i];
        if (contour->id != 1) continue;
        lengths[count++] = contour->count;
        for (int32_t k = 0; k < contour->count; k++, corners++) {
            xy[2 * corners] = contours.points[contour->first + k].x;
            xy[2 * corners + 1] = contours.points[contour->first + k].y;
        }
    }
    ck_assert_ok(seg_rle_from_polygons(rle, xy, lengths, count, SEG_FILL_EVEN_ODD, labels->width,
                                       labels->height, NULL));
    free(xy);
    free(lengths);
    seg_contours_free(&contours, NULL);
}

START_TEST(outlines_give_back_the_region) {
    for (uint32_t seed = 1; seed <= 200; seed++) {
        const int32_t width = 1 + (int32_t)(scene_hash(seed) % 30);
        const int32_t height = 1 + (int32_t)(scene_hash(seed + 7) % 30);
        seg_image labels = {0};
        ck_assert_ok(seg_image_alloc(&labels, width, height, SEG_LABEL32, 1, NULL));
        for (int32_t y = 0; y < height; y++)
            for (int32_t x = 0; x < width; x++)
                ((int32_t *)seg_image_row(&labels, y))[x] =
                    (int32_t)(scene_hash(seed * 3000 + (uint32_t)(y * width + x)) % (2 + seed % 3));
        seg_rle region, again;
        ck_assert_ok(seg_rle_encode(&region, &labels, 1, NULL, NULL));
        fill_outlines(&again, &labels);
        ck_assert_int_eq(region.count, again.count);
        ck_assert_mem_eq(region.counts, again.counts, (size_t)region.count * sizeof(uint32_t));
        seg_rle_free(&region, NULL);
        seg_rle_free(&again, NULL);
        seg_image_unref(&labels);
    }
}
END_TEST

START_TEST(areas_by_hand) {
    const double square[] = {1, 1, 3, 1, 3, 3, 1, 3}, reversed[] = {0, 2, 2, 0, 0, 0},
                 bow[] = {0, 0, 2, 2, 2, 0, 0, 2};
    ck_assert_double_eq(seg_polygon_area(square, 4), 4);
    ck_assert_double_eq(seg_polygon_area(reversed, 3), 2);
    ck_assert_double_eq(seg_polygon_area(bow, 4), 0); /* both halves, with their signs */
    ck_assert_double_eq(seg_polygon_area(square, 2), 0);
    ck_assert_double_eq(seg_polygon_area(NULL, 0), 0);
}
END_TEST

START_TEST(bad_polygons_are_refused) {
    seg_rle rle;
    const int32_t three = 3, negative = -1;
    const double nan[] = {0, 0, 1, NAN, 1, 1}, far[] = {0, 0, 1, 1, -2e8, 0}, good[6] = {0};
    ck_assert_fails(seg_rle_from_polygons(&rle, nan, &three, 1, SEG_FILL_UNION, 5, 5, NULL),
                    SEG_ERROR_ARGUMENT, "corner 1 of polygon 0 is 1,nan");
    ck_assert_fails(seg_rle_from_polygons(&rle, far, &three, 1, SEG_FILL_UNION, 5, 5, NULL),
                    SEG_ERROR_ARGUMENT, "corner 2 of polygon 0 is -2e+08,0");
    ck_assert_fails(seg_rle_from_polygons(&rle, good, &negative, 1, SEG_FILL_UNION, 5, 5, NULL),
                    SEG_ERROR_ARGUMENT, "-1 corners");
    ck_assert_fails(seg_rle_from_polygons(&rle, good, &three, -1, SEG_FILL_UNION, 5, 5, NULL),
                    SEG_ERROR_ARGUMENT, "count is -1");
    ck_assert_fails(seg_rle_from_polygons(&rle, NULL, &three, 1, SEG_FILL_UNION, 5, 5, NULL),
                    SEG_ERROR_ARGUMENT, "missing");
    ck_assert_fails(seg_rle_from_polygons(&rle, good, &three, 1, SEG_FILL_UNION, 5, 0, NULL),
                    SEG_ERROR_ARGUMENT, "5 x 0");
    ck_assert_fails(
        seg_rle_from_polygons(&rle, good, &three, 1, SEG_FILL_UNION, 1 << 17, 1 << 17, NULL),
        SEG_ERROR_LIMIT, "131072 x 131072");
}
END_TEST

START_TEST(no_memory_leaks_nothing) {
    const double xy[] = {0, 0, 30, 0, 30, 20, 0, 20, 2, 1, 35, 1, 35, 33, 2, 33};
    const int32_t lengths[] = {4, 4};
    const int64_t before = seg_memory_live();
    seg_status status = SEG_ERROR_MEMORY;
    for (int64_t n = 1; n < 100 && status < 0; n++) {
        seg_rle rle;
        seg_memory_fail_at(n);
        status = seg_rle_from_polygons(&rle, xy, lengths, 2, SEG_FILL_UNION, 40, 40, NULL);
        seg_memory_fail_at(0);
        ck_assert(status == SEG_OK || status == SEG_ERROR_MEMORY);
        if (status >= 0) seg_rle_free(&rle, NULL);
        ck_assert_int_eq(seg_memory_live(), before);
    }
    ck_assert_ok(status);
}
END_TEST

CORE_MAIN("polygons", by_hand, any_polygon_is_filled_by_the_definition,
          outlines_give_back_the_region, areas_by_hand, bad_polygons_are_refused,
          no_memory_leaks_nothing)
