/* Video objects: by hand, against the kit's formulas written out, sequences and objects. */
#include "core_main.h"
#include "pixels.h"

#include <math.h>

typedef struct options {
    size_t size;
    struct {
        bool labels, ends, stability;
        double tolerance;
        int32_t ignore_value, proposals;
    } rules;
} options;

#define WIDTH 24
#define HEIGHT 18
#define PIXELS (WIDTH * HEIGHT)

static double value_of(const seg_tally *tally, const char *name) {
    const seg_metric *metric = seg_tally_metric(tally);
    double values[16];
    ck_assert_int_le(metric->measure_count, 16);
    ck_assert_ok(seg_tally_values(tally, values));
    ck_assert_int_ge(seg_measure_find(metric, name), 0);
    return values[seg_measure_find(metric, name)];
}

static seg_tally *new_tally(bool labels, bool ends, double tolerance) {
    const seg_metric *metric = seg_metric_find("video");
    options o;
    ck_assert_uint_eq(sizeof o, metric->params->options_size);
    seg_params_init(&o, metric->params);
    o.rules.labels = labels, o.rules.ends = ends, o.rules.tolerance = tolerance;
    seg_tally *tally;
    ck_assert_ok(seg_tally_create(&tally, metric, &o, NULL));
    return tally;
}

static void add_frame(seg_tally *tally, uint8_t *found, uint8_t *expected) {
    seg_image a = {0}, b = {0};
    ck_assert_ok(seg_image_wrap(&a, found, WIDTH, WIDTH, HEIGHT, SEG_U8, 1));
    ck_assert_ok(seg_image_wrap(&b, expected, WIDTH, WIDTH, HEIGHT, SEG_U8, 1));
    const seg_pair pair = {.prediction = &a, .truths = &b, .truth_count = 1};
    ck_assert_ok(seg_tally_add(tally, &pair));
}

static void fill_box(uint8_t *picture, int32_t x, int32_t y, int32_t side, uint8_t value) {
    for (int32_t v = y; v < y + side; v++)
        for (int32_t u = x; u < x + side; u++)
            if (u >= 0 && v >= 0 && u < WIDTH && v < HEIGHT) picture[v * WIDTH + u] = value;
}

#define CLOSE(tally, name, wanted) ck_assert_double_eq_tol(value_of(tally, name), wanted, 1e-12)

/* Six frames: the ends are left out; J of the four between them is 1, 1, 0, 1/3. */
START_TEST(by_hand) {
    seg_tally *tally = new_tally(false, false, 0), *all = new_tally(false, true, 0);
    for (int frame = 0; frame < 6; frame++) {
        uint8_t found[PIXELS] = {0}, expected[PIXELS] = {0};
        fill_box(expected, 4, 4, 4, 255);
        if (frame == 1 || frame == 2) fill_box(found, 4, 4, 4, 255);
        if (frame == 4) fill_box(found, 6, 4, 4, 255);
        add_frame(tally, found, expected);
        add_frame(all, found, expected);
    }
    CLOSE(tally, "j-mean", (1 + 1 + 0 + 1.0 / 3) / 4);
    CLOSE(tally, "j-recall", 0.5);
    /* edges at round(0, .75, 1.5, 2.25, 3) = 0 1 2 2 3 */
    CLOSE(tally, "j-decay", (1.0 + 1) / 2 - (0 + 1.0 / 3) / 2);
    CLOSE(tally, "frames", 4);
    CLOSE(tally, "objects", 1);
    CLOSE(all, "frames", 6);
    CLOSE(all, "j-mean", (1 + 1 + 0 + 1.0 / 3) / 6);
    CLOSE(tally, "jf-mean", (value_of(tally, "j-mean") + value_of(tally, "f-mean")) / 2);
    seg_tally_free(tally), seg_tally_free(all);
}
END_TEST

START_TEST(empty_masks) {
    uint8_t none[PIXELS] = {0}, some[PIXELS] = {0};
    fill_box(some, 3, 3, 5, 1);
    const struct {
        uint8_t *found, *expected;
        double j, f;
    } cases[] = {{none, none, 1, 1}, {some, none, 0, 0}, {none, some, 0, 0}, {some, some, 1, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        seg_tally *tally = new_tally(false, true, 0.008);
        add_frame(tally, cases[i].found, cases[i].expected);
        CLOSE(tally, "j-mean", cases[i].j);
        CLOSE(tally, "f-mean", cases[i].f);
        seg_tally_free(tally);
    }
    seg_tally *tally = new_tally(false, false, 0.008); /* two frames are both ends */
    add_frame(tally, some, some), add_frame(tally, some, some);
    ck_assert(isnan(value_of(tally, "j-mean")));
    seg_tally_free(tally);
}
END_TEST

/* ---- the kit's boundary measure, written out ---- */

static int at(const uint8_t *mask, int32_t x, int32_t y) {
    return x < WIDTH && y < HEIGHT && mask[y * WIDTH + x];
}

static bool on_boundary(const uint8_t *mask, int32_t x, int32_t y) {
    const int own = at(mask, x, y);
    if (x == WIDTH - 1 && y == HEIGHT - 1) return false;
    if (x == WIDTH - 1) return own != at(mask, x, y + 1);
    if (y == HEIGHT - 1) return own != at(mask, x + 1, y);
    return own != at(mask, x + 1, y) || own != at(mask, x, y + 1) || own != at(mask, x + 1, y + 1);
}

static double matched_share(const uint8_t *own, const uint8_t *other, int32_t radius) {
    double all = 0, matched = 0;
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++) {
            if (!on_boundary(own, x, y)) continue;
            bool near = false;
            for (int32_t v = 0; v < HEIGHT; v++)
                for (int32_t u = 0; u < WIDTH; u++)
                    near = near || (on_boundary(other, u, v) &&
                                    (u - x) * (u - x) + (v - y) * (v - y) <= radius * radius);
            all++;
            matched += near;
        }
    return all > 0 ? matched / all : 1;
}

START_TEST(contours_against_the_definition) {
    pixels_random random = pixels_random_start(97);
    for (int repeat = 0; repeat < 30; repeat++) {
        uint8_t found[PIXELS] = {0}, expected[PIXELS] = {0};
        for (int box = 0; box < 3; box++) {
            fill_box(found, (int32_t)pixels_below(&random, 22), (int32_t)pixels_below(&random, 16),
                     5, 255);
            fill_box(expected, (int32_t)pixels_below(&random, 22),
                     (int32_t)pixels_below(&random, 16), 6, 255);
        }
        const int32_t radius = repeat % 4; /* of a diagonal of 30 */
        seg_tally *tally = new_tally(false, true, radius / 30.0 - (radius ? 0.001 : 0));
        add_frame(tally, found, expected);
        const double precision = matched_share(found, expected, radius);
        const double recall = matched_share(expected, found, radius);
        CLOSE(tally, "f-mean",
              precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0);
        seg_tally_free(tally);
    }
}
END_TEST

/* Several objects in one frame, at its edges too, in any format, with pixels left out. */
START_TEST(objects_by_their_labels) {
    pixels_random random = pixels_random_start(101);
    for (int repeat = 0; repeat < 40; repeat++) {
        uint8_t found[PIXELS] = {0}, expected[PIXELS] = {0}, ignored[PIXELS] = {0};
        for (int i = 0; i < 6; i++) {
            fill_box(found, (int32_t)pixels_below(&random, 26) - 2,
                     (int32_t)pixels_below(&random, 20) - 2, 5, (uint8_t)(1 + i % 4));
            fill_box(expected, (int32_t)pixels_below(&random, 26) - 2,
                     (int32_t)pixels_below(&random, 20) - 2, 6, (uint8_t)(1 + i % 3));
        }
        if (repeat % 2) fill_box(ignored, 5, 5, 7, 1);
        const int32_t radius = repeat % 3;
        double j_sum = 0, f_sum = 0, objects = 0;
        for (int label = 1; label <= 4; label++) {
            uint8_t a[PIXELS], b[PIXELS];
            double both = 0, either = 0, there = 0;
            for (int32_t i = 0; i < PIXELS; i++) {
                a[i] = found[i] == label && !ignored[i], b[i] = expected[i] == label && !ignored[i];
                both += a[i] && b[i], either += a[i] || b[i], there += b[i];
            }
            if (there == 0) continue;
            const double precision = matched_share(a, b, radius),
                         recall = matched_share(b, a, radius);
            j_sum += both / either, objects++;
            f_sum += precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
        }
        int32_t wide[PIXELS];
        for (int32_t i = 0; i < PIXELS; i++)
            wide[i] = found[i] ? found[i] : -1; /* below 0 is no object either */
        seg_image pictures[2] = {{0}}, truth = {0}, ignore = {0};
        ck_assert_ok(seg_image_wrap(&pictures[0], found, WIDTH, WIDTH, HEIGHT, SEG_U8, 1));
        ck_assert_ok(seg_image_wrap(&pictures[1], wide, 4 * WIDTH, WIDTH, HEIGHT, SEG_LABEL32, 1));
        ck_assert_ok(seg_image_wrap(&truth, expected, WIDTH, WIDTH, HEIGHT, SEG_U8, 1));
        ck_assert_ok(seg_image_wrap(&ignore, ignored, WIDTH, WIDTH, HEIGHT, SEG_U8, 1));
        for (int k = 0; k < 2; k++) {
            seg_tally *tally = new_tally(true, true, radius / 30.0 - (radius ? 0.001 : 0));
            const seg_pair pair = {
                .prediction = &pictures[k], .truths = &truth, .truth_count = 1, .ignore = &ignore};
            ck_assert_ok(seg_tally_add(tally, &pair));
            CLOSE(tally, "objects", objects);
            CLOSE(tally, "j-mean", j_sum / objects);
            CLOSE(tally, "f-mean", f_sum / objects);
            seg_tally_free(tally);
        }
    }
}
END_TEST

/* Marked in the truth or in a mask: the same. */
START_TEST(ignored_by_value) {
    uint8_t found[PIXELS] = {0}, expected[PIXELS] = {0}, marked[PIXELS], ignored[PIXELS] = {0};
    fill_box(expected, 4, 4, 6, 1), fill_box(found, 6, 4, 6, 1), fill_box(ignored, 9, 0, 5, 1);
    for (int32_t i = 0; i < PIXELS; i++)
        marked[i] = ignored[i] ? 255 : expected[i];
    seg_image a = {0}, b = {0}, c = {0}, mask = {0};
    ck_assert_ok(seg_image_wrap(&a, found, WIDTH, WIDTH, HEIGHT, SEG_U8, 1));
    ck_assert_ok(seg_image_wrap(&b, expected, WIDTH, WIDTH, HEIGHT, SEG_U8, 1));
    ck_assert_ok(seg_image_wrap(&c, marked, WIDTH, WIDTH, HEIGHT, SEG_U8, 1));
    ck_assert_ok(seg_image_wrap(&mask, ignored, WIDTH, WIDTH, HEIGHT, SEG_U8, 1));
    for (int labels = 0; labels < 2; labels++) {
        options o;
        const seg_metric *metric = seg_metric_find("video");
        seg_params_init(&o, metric->params);
        o.rules.labels = labels, o.rules.ends = true, o.rules.ignore_value = 255;
        seg_tally *by_mask = new_tally(labels, true, 0.008), *by_value;
        ck_assert_ok(seg_tally_create(&by_value, metric, &o, NULL));
        const seg_pair masked = {.prediction = &a, .truths = &b, .truth_count = 1, .ignore = &mask};
        const seg_pair valued = {.prediction = &a, .truths = &c, .truth_count = 1};
        ck_assert_ok(seg_tally_add(by_mask, &masked));
        ck_assert_ok(seg_tally_add(by_value, &valued));
        CLOSE(by_mask, "objects", 1);
        CLOSE(by_value, "objects", 1);
        CLOSE(by_value, "j-mean", value_of(by_mask, "j-mean"));
        CLOSE(by_value, "f-mean", value_of(by_mask, "f-mean"));
        /* in common 4 x 6 less the one ignored pixel, of 8 x 6 less three */
        CLOSE(by_value, "j-mean", 23.0 / 45);
        seg_tally_free(by_mask), seg_tally_free(by_value);
    }
}
END_TEST

START_TEST(what_is_refused) {
    static uint16_t rgb[3 * PIXELS];
    static int32_t many[64 * 64];
    seg_image deep = {0}, labels = {0};
    ck_assert_ok(seg_image_wrap(&deep, rgb, 6 * WIDTH, WIDTH, HEIGHT, SEG_U16, 3));
    for (int i = 0; i < 64 * 64; i++)
        many[i] = i + 1;
    ck_assert_ok(seg_image_wrap(&labels, many, 4 * 64, 64, 64, SEG_LABEL32, 1));
    seg_tally *masks = new_tally(false, true, 0), *objects = new_tally(true, true, 0);
    seg_pair pair = {.prediction = &deep, .truths = &deep, .truth_count = 1};
    ck_assert_fails(seg_tally_add(masks, &pair), SEG_ERROR_UNSUPPORTED, "three channels");
    pair.prediction = pair.truths = &labels;
    ck_assert_ok(seg_tally_add(masks, &pair));
    ck_assert_fails(seg_tally_add(objects, &pair), SEG_ERROR_LIMIT, "2000 objects");
    seg_tally_free(masks), seg_tally_free(objects);
}
END_TEST

/* Two objects that come and go, one that is only imagined, two sequences. */
START_TEST(objects_and_sequences) {
    seg_tally *all = new_tally(true, true, 0.05), *more = new_tally(true, true, 0.05);
    for (int frame = 0; frame < 4; frame++) {
        uint8_t found[PIXELS] = {0}, expected[PIXELS] = {0};
        fill_box(expected, 2, 2, 4, 3);
        fill_box(found, 2, 2, 4, 3);
        if (frame >= 2) fill_box(expected, 12, 8, 4, 7); /* never found */
        if (frame == 1) fill_box(found, 12, 2, 3, 9);    /* never there */
        add_frame(all, found, expected);
        add_frame(more, expected, expected);
    }
    CLOSE(all, "objects", 2);
    CLOSE(all, "j-mean", (1 + (1 + 1 + 0 + 0) / 4.0) / 2);
    CLOSE(all, "f-recall", (1 + 0.5) / 2);
    ck_assert_ok(seg_tally_merge(all, more));
    CLOSE(all, "objects", 4);
    CLOSE(all, "frames", 8);
    CLOSE(all, "j-mean", (1 + 0.5 + 1 + 1) / 4);
    seg_table table = {0};
    ck_assert_ok(seg_tally_table(all, 0, &table));
    ck_assert_int_eq(table.rows, 4);
    ck_assert_double_eq(table.cells[1 * table.columns + 1], 7);
    ck_assert_double_eq(table.cells[1 * table.columns + 4], 0.5);
    ck_assert_double_eq(table.cells[3 * table.columns], 2);
    seg_table_free(&table, NULL);
    seg_tally_free(all), seg_tally_free(more);
}
END_TEST

/* ---- temporal stability ---- */

static seg_tally *new_with(bool stability, int32_t proposals) {
    const seg_metric *metric = seg_metric_find("video");
    options o;
    seg_tally *tally;
    seg_params_init(&o, metric->params);
    o.rules.ends = true, o.rules.stability = stability, o.rules.proposals = proposals;
    ck_assert_ok(seg_tally_create(&tally, metric, &o, NULL));
    return tally;
}

static void fill_rectangle(uint8_t *picture, int32_t x, int32_t y, int32_t width, int32_t height) {
    for (int32_t v = y; v < y + height; v++)
        memset(picture + v * WIDTH + x, 255, (size_t)width);
}

/*
 * By hand: a square of 3 x 3 and a rectangle of 3 x 2. Both outlines have the corners a b c d a, no
 * points between them. Mean distances (of all 25 pairs) 2.458 and 2.065. In shape contexts (ring
 * from 1 to 2 or .5 to 1 of the mean; sectors of 30 degrees; self at the innermost ring):
 *   a  of both: two at itself, one at 0 (outer) and one at 45 or 34 (outer); d is at 90, outer in
 *      the square, inner in the rectangle: two bins of 1/5 differ, cost (1/5 + 1/5) / 2 = .2
 *   b  c is at 90, outer or inner: .2.   c  b is at 270, outer or inner: .2
 *   d  a, twice, is at 270, outer or inner: (2/5 + 2/5) / 2 = .4
 * Matched in order: (.2 + .2 + .2 + .4 + .2) / 5 = .24, times 5.
 */
START_TEST(stability_by_hand) {
    uint8_t none[PIXELS] = {0}, square[PIXELS] = {0}, flat[PIXELS] = {0}, moved[PIXELS] = {0};
    fill_rectangle(square, 4, 4, 3, 3);
    fill_rectangle(flat, 9, 7, 3, 2);
    fill_rectangle(moved, 14, 0, 3, 3);
    const struct {
        uint8_t *frames[3];
        double t;
    } cases[] = {
        {{square, flat, moved}, 1.2}, {{square, square, flat}, 0.6}, {{square, moved, square}, 0},
        {{square, none, moved}, NAN}, {{none, square, flat}, 1.2},   {{none, none, none}, NAN},
        {{flat, square, none}, 1.2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        seg_tally *tally = new_with(true, 0), *without = new_with(false, 0);
        for (int k = 0; k < 3; k++) {
            add_frame(tally, cases[i].frames[k], square); /* the truth has no say */
            add_frame(without, cases[i].frames[k], square);
        }
        if (isnan(cases[i].t))
            ck_assert(isnan(value_of(tally, "t")));
        else
            CLOSE(tally, "t", cases[i].t);
        ck_assert(isnan(value_of(without, "t")));
        CLOSE(tally, "j-mean", value_of(without, "j-mean"));
        /* another sequence: no outline comes over from the one before */
        ck_assert_ok(seg_tally_finish(tally));
        add_frame(tally, flat, flat);
        add_frame(tally, flat, flat);
        CLOSE(tally, "t", isnan(cases[i].t) ? 0 : cases[i].t / 2);
        seg_tally_free(tally), seg_tally_free(without);
    }
}
END_TEST

/* ---- objects without names ---- */

/* Object 1 is found as 9, object 2 as 1, in two of its four frames; 3 is no object. */
START_TEST(proposals_by_hand) {
    seg_tally *tally = new_with(false, 20), *by_name = new_tally(true, true, 0.008);
    for (int frame = 0; frame < 4; frame++) {
        uint8_t found[PIXELS] = {0}, expected[PIXELS] = {0};
        fill_box(expected, 2, 2, 4, 1), fill_box(expected, 12, 8, 4, 2);
        fill_box(found, 2, 2, 4, 9), fill_box(found, 19, 2, 3, 3);
        if (frame < 2) fill_box(found, 12, 8, 4, 1);
        add_frame(tally, found, expected);
        add_frame(by_name, found, expected);
    }
    CLOSE(tally, "objects", 2);
    CLOSE(tally, "j-mean", (1 + 0.5) / 2);
    CLOSE(tally, "f-mean", (1 + 0.5) / 2);
    CLOSE(tally, "j-decay", (0 + 1) / 2.0);
    CLOSE(by_name, "j-mean", 0);
    seg_table table = {0};
    ck_assert_ok(seg_tally_table(tally, 0, &table));
    ck_assert_double_eq(table.cells[2], 9);
    ck_assert_double_eq(table.cells[table.columns + 2], 1);
    seg_table_free(&table, NULL);
    seg_tally_free(tally), seg_tally_free(by_name);
}
END_TEST

/* The best for all objects together: of all ways to name three proposals. */
START_TEST(proposals_are_matched_for_all) {
    static const uint8_t names[6][4] = {{0, 1, 2, 3}, {0, 1, 3, 2}, {0, 2, 1, 3},
                                        {0, 2, 3, 1}, {0, 3, 1, 2}, {0, 3, 2, 1}};
    pixels_random random = pixels_random_start(103);
    for (int repeat = 0; repeat < 40; repeat++) {
        seg_tally *tally = new_with(false, 3), *named[6];
        for (int way = 0; way < 6; way++)
            named[way] = new_tally(true, true, 0.008);
        for (int frame = 0; frame < 3; frame++) {
            uint8_t found[PIXELS] = {0}, expected[PIXELS] = {0}, renamed[PIXELS];
            for (int i = 0; i < 6; i++) {
                fill_box(found, (int32_t)pixels_below(&random, 22),
                         (int32_t)pixels_below(&random, 16), 6, (uint8_t)(1 + i % 3));
                fill_box(expected, (int32_t)pixels_below(&random, 22),
                         (int32_t)pixels_below(&random, 16), 6, (uint8_t)(1 + i % 3));
            }
            add_frame(tally, found, expected);
            for (int way = 0; way < 6; way++) {
                for (int32_t i = 0; i < PIXELS; i++)
                    renamed[i] = names[way][found[i]];
                add_frame(named[way], renamed, expected);
            }
        }
        double best = 0;
        for (int way = 0; way < 6; way++) {
            best = fmax(best, value_of(named[way], "jf-mean"));
            seg_tally_free(named[way]);
        }
        CLOSE(tally, "jf-mean", best);
        seg_tally_free(tally);
    }
}
END_TEST

/* An object that there is no proposal for is held against nothing. */
START_TEST(too_few_and_too_many_proposals) {
    seg_tally *tally = new_with(false, 20);
    for (int frame = 0; frame < 4; frame++) {
        uint8_t found[PIXELS] = {0}, expected[PIXELS] = {0};
        fill_box(expected, 2, 2, 4, 5), fill_box(found, 2, 2, 4, 1);
        if (frame >= 2) fill_box(expected, 12, 8, 4, 7);
        add_frame(tally, found, expected);
    }
    CLOSE(tally, "objects", 2);
    CLOSE(tally, "j-mean", (1 + 0.5) / 2);
    uint8_t strange[PIXELS] = {0};
    seg_image picture = {0};
    fill_box(strange, 2, 2, 4, 21);
    ck_assert_ok(seg_image_wrap(&picture, strange, WIDTH, WIDTH, HEIGHT, SEG_U8, 1));
    const seg_pair pair = {.prediction = &picture, .truths = &picture, .truth_count = 1};
    ck_assert_fails(seg_tally_add(tally, &pair), SEG_ERROR_OPTION,
                    "the prediction has the label 21 (allowed: 1 to 20, proposals)");
    CLOSE(tally, "frames", 4);
    seg_tally_free(tally);
}
END_TEST

CORE_MAIN("video objects", stability_by_hand, proposals_by_hand, proposals_are_matched_for_all,
          too_few_and_too_many_proposals, by_hand, empty_masks, contours_against_the_definition,
          objects_by_their_labels, ignored_by_value, what_is_refused, objects_and_sequences)
