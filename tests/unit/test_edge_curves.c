/* Edges between the pixels: against shapes whose edges are known, and what holds for all curves. */
#include "core_main.h"
#include "pixels.h"

#define SIZE 120

/* Share of a pixel that a shape covers, by 16 x 16 samples; the shape says what is inside. */
typedef struct shape {
    double x, y, radius;        /* a disk */
    double across, down, place; /* a half plane across * x + down * y > place, if radius is 0 */
} shape;

static bool inside(const shape *s, double x, double y) {
    if (s->radius > 0) return hypot(x - s->x, y - s->y) < s->radius;
    return s->across * x + s->down * y > s->place;
}

static void draw(seg_image *picture, const shape *s, double dark, double bright) {
    ck_assert_ok(seg_image_alloc(picture, SIZE, SIZE, SEG_U8, 1, NULL));
    for (int32_t y = 0; y < SIZE; y++)
        for (int32_t x = 0; x < SIZE; x++) {
            int32_t covered = 0;
            for (int32_t i = 0; i < 256; i++)
                covered += inside(s, x + (i % 16 - 7.5) / 16, y + (i / 16 - 7.5) / 16);
            ((uint8_t *)seg_image_row(picture, y))[x] =
                (uint8_t)floor(dark + (bright - dark) * covered / 256 + 0.5);
        }
}

static void find(seg_result *result, const seg_image *picture, double sigma, int32_t colour) {
    seg_canny_options options;
    seg_canny_options_init(&options);
    options.sigma = sigma;
    options.colour = colour;
    const seg_frame frame = {.image = *picture};
    seg_context *context;
    seg_result_init(result, NULL);
    ck_assert_ok(seg_context_create(&context, seg_method_find("canny"), &options, NULL));
    ck_assert_ok(seg_context_apply(context, &frame, SEG_OUTPUT_MASK | SEG_OUTPUT_CURVES, result));
    ck_assert_uint_eq(result->outputs, SEG_OUTPUT_MASK | SEG_OUTPUT_CURVES);
    seg_context_free(context);
}

/* Straight edges in any direction and at any place, away from the border of the picture. */
START_TEST(straight_edges) {
    for (int32_t i = 0; i < 24; i++) {
        const double angle = i * acos(-1) / 12, place = 0.1 * i;
        shape s = {.across = cos(angle), .down = sin(angle)};
        s.place = s.across * SIZE / 2 + s.down * SIZE / 2 + place;
        seg_image picture = {0};
        seg_result result;
        draw(&picture, &s, 40, 200);
        find(&result, &picture, 1.4, SEG_EDGE_GREY);
        ck_assert_int_eq(result.curves.count, 1);
        ck_assert(!result.curves.items[0].closed);
        ck_assert_int_ge(result.curves.point_count, SIZE - 4);
        double worst = 0;
        for (int32_t k = 0; k < result.curves.point_count; k++) {
            const seg_edge_point *p = &result.curves.points[k];
            if (fmin(fmin(p->x, p->y), SIZE - 1 - fmax(p->x, p->y)) < 8) continue;
            worst = fmax(worst, fabs(s.across * p->x + s.down * p->y - s.place));
            ck_assert_double_gt((double)p->nx * s.across + (double)p->ny * s.down, 0.999);
        }
        ck_assert_msg(worst < 0.05, "angle %d: %.3f pixels off", i * 15, worst);
        seg_image_unref(&picture);
        seg_result_free(&result);
    }
}
END_TEST

/* A bright disk on dark, or dark on bright, is one closed curve, clockwise or the other way. */
START_TEST(disks) {
    for (int32_t i = 0; i < 12; i++) {
        const shape s = {.x = 58 + 0.17 * i, .y = 61 - 0.13 * i, .radius = 40 + 0.21 * i};
        const bool bright = i % 2;
        seg_image picture = {0};
        seg_result result;
        draw(&picture, &s, bright ? 30 : 220, bright ? 220 : 30);
        find(&result, &picture, 1, SEG_EDGE_GREY);
        ck_assert_int_eq(result.curves.count, 1);
        ck_assert(result.curves.items[0].closed);
        const int32_t count = result.curves.point_count;
        double worst = 0, area = 0, length = 0;
        for (int32_t k = 0; k < count; k++) {
            const seg_edge_point *p = &result.curves.points[k];
            const seg_edge_point *q = &result.curves.points[(k + 1) % count];
            worst = fmax(worst, fabs(hypot(p->x - s.x, p->y - s.y) - s.radius));
            area += (p->x * q->y - p->y * q->x) / 2;
            length += hypot(q->x - p->x, q->y - p->y);
        }
        ck_assert_msg(worst < 0.05, "disk %d: %.3f pixels off", i, worst);
        /* the brighter side is to the right: a bright disk is walked clockwise on the screen */
        ck_assert_double_eq_tol(bright ? area : -area, acos(-1) * s.radius * s.radius, 12);
        ck_assert_double_eq_tol(length, 2 * acos(-1) * s.radius, 2.5);
        seg_image_unref(&picture);
        seg_result_free(&result);
    }
}
END_TEST

/* Colours of equal grey: only their gradient knows the edge. */
START_TEST(edges_of_colours) {
    const shape s = {.across = 0.8, .down = 0.6, .place = 85.3};
    seg_image share = {0}, picture = {0};
    seg_result result;
    draw(&share, &s, 0, 200);
    ck_assert_ok(seg_image_alloc(&picture, SIZE, SIZE, SEG_U8, 3, NULL));
    for (int32_t y = 0; y < SIZE; y++)
        for (int32_t x = 0; x < SIZE; x++) {
            const uint8_t value = ((const uint8_t *)seg_image_row(&share, y))[x];
            uint8_t *pixel = (uint8_t *)seg_image_row(&picture, y) + 3 * x;
            pixel[0] = value, pixel[1] = (uint8_t)((200 - value) * 102 / 200), pixel[2] = 0;
        }
    for (int colour = SEG_EDGE_MAX; colour <= SEG_EDGE_TENSOR; colour++) {
        find(&result, &picture, 1.4, colour);
        ck_assert_int_eq(result.curves.count, 1);
        for (int32_t k = 0; k < result.curves.point_count; k++) {
            const seg_edge_point *p = &result.curves.points[k];
            if (fmin(fmin(p->x, p->y), SIZE - 1 - fmax(p->x, p->y)) < 8) continue;
            ck_assert_double_eq_tol(s.across * p->x + s.down * p->y, s.place,
                                    colour == SEG_EDGE_MAX ? 0.05 : 0.5); /* L*a*b* are bent */
        }
        seg_result_free(&result);
    }
    seg_image_unref(&share);
    seg_image_unref(&picture);
}
END_TEST

/* Noise: every point lies within a pixel and a half of an edge pixel and in one curve only, links
 * are short, normals have length 1, two curves of the same points do not begin twice. */
START_TEST(all_curves) {
    pixels_random random = pixels_random_start(78);
    for (uint32_t repeat = 0; repeat < 30; repeat++) {
        const int32_t width = 1 + (int32_t)pixels_below(&random, 150);
        const int32_t height = 1 + (int32_t)pixels_below(&random, 150);
        pixels_picture source = pixels_make(width, height, 1 + (int)(repeat % 3),
                                            1 + (int)(repeat % 4), repeat % 10, &random);
        seg_result result;
        find(&result, &source.image, repeat % 2, (int32_t)(repeat % 3));
        int32_t expected = 0, edges = 0;
        for (int32_t i = 0; i < width * height; i++)
            edges += pixels_at(&result.mask, i % width, i / width, 0) != 0;
        for (int32_t c = 0; c < result.curves.count; c++) {
            const seg_edge_curve *curve = &result.curves.items[c];
            ck_assert_int_eq(curve->first, expected);
            ck_assert_int_ge(curve->count, 2);
            expected += curve->count;
            const seg_edge_point *points = result.curves.points + curve->first;
            for (int32_t k = 0; k < curve->count; k++) {
                const seg_edge_point *p = &points[k];
                ck_assert_double_eq_tol(hypot((double)p->nx, (double)p->ny), 1, 1e-5);
                ck_assert(p->strength > 0);
                const seg_edge_point *q = &points[(k + 1) % curve->count];
                if (k + 1 < curve->count || curve->closed)
                    ck_assert_double_le(hypot(q->x - p->x, q->y - p->y), 2 * 1.5 + 2 * 1.42);
                bool near = false;
                for (int32_t y = (int32_t)p->y - 2; y <= p->y + 2; y++)
                    for (int32_t x = (int32_t)p->x - 2; x <= p->x + 2; x++)
                        near = near || (x >= 0 && y >= 0 && x < width && y < height &&
                                        pixels_at(&result.mask, x, y, 0) != 0 &&
                                        fabs(x - p->x) <= 1.5 && fabs(y - p->y) <= 1.5);
                ck_assert(near);
            }
        }
        ck_assert_int_eq(expected, result.curves.point_count);
        ck_assert_int_le(expected, edges);
        seg_result_free(&result);
        pixels_free(&source);
    }
}
END_TEST

CORE_MAIN("edge_curves", straight_edges, disks, edges_of_colours, all_curves)
