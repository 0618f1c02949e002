/* Motions that are known exactly: a shift, a rotation, a zoom; what must hold under flips and
 * transposition, and when frames change places. */
#include "core_main.h"
#include "motion_scene.h"

#define W 160
#define H 120
#define BORDER 10

/* (x, y) of the second frame was at the inverse motion of it in the first. */
typedef struct motion {
    double a, b, c, d, u, v; /* about the middle: (x, y) -> (a x + b y + u, c x + d y + v) */
} motion;

static void move(const motion *m, double x, double y, double *to_x, double *to_y) {
    x -= W / 2.0, y -= H / 2.0;
    *to_x = m->a * x + m->b * y + m->u + W / 2.0;
    *to_y = m->c * x + m->d * y + m->v + H / 2.0;
}

static void paint_moved(float *pixels, const motion *m) {
    const double det = m->a * m->d - m->b * m->c;
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            const double px = x - W / 2.0 - m->u, py = y - H / 2.0 - m->v;
            pixels[y * W + x] = (float)motion_texture((m->d * px - m->b * py) / det + W / 2.0,
                                                      (m->a * py - m->c * px) / det + H / 2.0, 4);
        }
}

/* Mean length of the error, away from the border. */
static double error_of(const flow_run *run, const motion *m) {
    double sum = 0;
    int count = 0;
    for (int y = BORDER; y < H - BORDER; y++)
        for (int x = BORDER; x < W - BORDER; x++, count++) {
            double tx, ty;
            move(m, x, y, &tx, &ty);
            sum += hypot((double)flow_at(run, x, y)[0] - (tx - x),
                         (double)flow_at(run, x, y)[1] - (ty - y));
        }
    return sum / count;
}

static const motion still = {1, 0, 0, 1, 0, 0};
static const motion motions[] = {
    {1, 0, 0, 1, 2.3, -1.1},                                         /* shift */
    {1, 0, 0, 1, -7.4, 5.2},                                         /* a large one */
    {0.9998476952, -0.0174524064, 0.0174524064, 0.9998476952, 0, 0}, /* a degree */
    {1.02, 0, 0, 1.02, 0, 0},                                        /* zoom */
};

/* Methods and options that must recover them, with the error allowed in pixels. */
typedef struct row {
    const char *id;
    const char *options[9];
    double allowed;
    double uneven; /* how far the flow of turned frames may be from the turned flow, pixels */
} row;

static const row table[] = {
    {"horn-schunck", {NULL}, 0.05, 0.02},
    {"horn-schunck", {"quality", "fast", NULL}, 0.05, 0.02},
    {"horn-schunck", {"quality", "accurate", NULL}, 0.05, 0.02},
    {"horn-schunck", {"penalty", "lorentzian", "stages", "3", NULL}, 0.05, 0.02},
    {"horn-schunck", {"median", "none", NULL}, 0.05, 0.02},
    {"dis", {NULL}, 0.05, 0.05},
    {"dis", {"quality", "accurate", NULL}, 0.05, 0.02},
    {"dis", {"quality", "fast", NULL}, 0.3, 0.1},
    {"dis", {"quality", "fastest", NULL}, 0.5, 0.15},
    {"tv-l1", {NULL}, 0.05, 0.02},
    {"tv-l1", {"quality", "accurate", NULL}, 0.05, 0.02},
    {"tv-l1", {"quality", "fast", NULL}, 0.05, 0.02},
    {"tv-l1", {"median", "false", NULL}, 0.05, 0.02},
    {"farneback", {NULL}, 0.05, 0.02},
    {"farneback", {"quality", "accurate", NULL}, 0.05, 0.02},
    {"farneback", {"quality", "fast", NULL}, 0.05, 0.02},
    {"lucas-kanade", {NULL}, 0.05, 0.02},
    {"lucas-kanade", {"quality", "accurate", NULL}, 0.05, 0.02},
    {"lucas-kanade", {"quality", "fast", NULL}, 0.05, 0.02},
};

#define ROWS ((int)(sizeof table / sizeof *table))

START_TEST(known_motions) {
    static float first[W * H], second[W * H];
    const row *r = &table[_i];
    paint_moved(first, &still);
    for (size_t i = 0; i < sizeof motions / sizeof *motions; i++) {
        paint_moved(second, &motions[i]);
        flow_run run = flow_start(r->id, r->options);
        flow_give(&run, first, W, H);
        flow_give(&run, second, W, H);
        const double error = error_of(&run, &motions[i]);
        ck_assert_msg(error <= r->allowed, "%s %s %s, motion %d: %.4f px", r->id,
                      r->options[0] ? r->options[0] : "", r->options[0] ? r->options[1] : "",
                      (int)i, error);
        flow_stop(&run);
    }
}
END_TEST

/* ---- symmetries ---- */

typedef enum turn { FLIP_X, FLIP_Y, TRANSPOSE, TURNS } turn;

static void turn_picture(float *out, const float *in, turn kind) {
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            const float value = in[y * W + x];
            if (kind == FLIP_X) out[y * W + W - 1 - x] = value;
            if (kind == FLIP_Y) out[(H - 1 - y) * W + x] = value;
            if (kind == TRANSPOSE) out[x * H + y] = value;
        }
}

/* Mean distance of the flow of turned frames from the turned flow. */
static double asymmetry(const flow_run *straight, const flow_run *turned, turn kind) {
    double sum = 0;
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            const float *flow = flow_at(straight, x, y);
            double u = (double)flow[0], v = (double)flow[1];
            const float *other = kind == FLIP_X   ? flow_at(turned, W - 1 - x, y)
                                 : kind == FLIP_Y ? flow_at(turned, x, H - 1 - y)
                                                  : flow_at(turned, y, x);
            if (kind == FLIP_X) u = -u;
            if (kind == FLIP_Y) v = -v;
            if (kind == TRANSPOSE) {
                const double t = u;
                u = v;
                v = t;
            }
            sum += hypot(u - (double)other[0], v - (double)other[1]);
        }
    return sum / (W * H);
}

START_TEST(turned_frames) {
    static float first[W * H], second[W * H], turned[2][W * H];
    const row *r = &table[_i];
    paint_moved(first, &still);
    paint_moved(second, &motions[3]);
    flow_run straight = flow_start(r->id, r->options);
    flow_give(&straight, first, W, H);
    flow_give(&straight, second, W, H);
    for (turn kind = 0; kind < TURNS; kind++) {
        turn_picture(turned[0], first, kind);
        turn_picture(turned[1], second, kind);
        flow_run run = flow_start(r->id, r->options);
        for (int i = 0; i < 2; i++)
            flow_give(&run, turned[i], kind == TRANSPOSE ? H : W, kind == TRANSPOSE ? W : H);
        const double distance = asymmetry(&straight, &run, kind);
        ck_assert_msg(distance < r->uneven, "%s %s, turn %d: %.4f px", r->id,
                      r->options[0] ? r->options[1] : "", (int)kind, distance);
        flow_stop(&run);
    }
    flow_stop(&straight);
}
END_TEST

/* The flow back from where a pixel went leads to where it came from. */
START_TEST(there_and_back) {
    static float first[W * H], second[W * H];
    const row *r = &table[_i];
    paint_moved(first, &still);
    paint_moved(second, &motions[0]);
    const char *options[12] = {"consistency", "true"};
    for (int i = 0; r->options[i]; i++)
        options[2 + i] = r->options[i];
    flow_run run = flow_start(r->id, options);
    flow_give(&run, first, W, H);
    flow_give(&run, second, W, H);
    int hidden = 0;
    for (int y = BORDER; y < H - BORDER; y++)
        for (int x = BORDER; x < W - BORDER; x++) {
            hidden += ((uint8_t *)seg_image_row(&run.result.mask, y))[x] != 0;
            ck_assert_float_gt(((float *)seg_image_row(&run.result.score, y))[x], 0.4f);
        }
    ck_assert_int_le(hidden, 5);
    /* what leaves the picture is marked: 2 columns at the right, a row at the top */
    ck_assert_uint_eq(((uint8_t *)seg_image_row(&run.result.mask, H / 2))[W - 1], 255);
    ck_assert_uint_eq(((uint8_t *)seg_image_row(&run.result.mask, 0))[W / 2], 255);
    flow_stop(&run);
}
END_TEST

/* No flow method of the registry is left out above. What gives labels has its flow from one of
 * them. */
START_TEST(all_methods) {
    int found = 0;
    int32_t count;
    const seg_method *const *methods = seg_methods(&count);
    for (int32_t i = 0; i < count; i++) {
        const seg_method *method = methods[i];
        if (!(method->outputs & SEG_OUTPUT_FLOW) || method->outputs & SEG_OUTPUT_LABELS) continue;
        found++;
        int in_table = 0;
        for (int r = 0; r < ROWS; r++)
            in_table += strcmp(table[r].id, method->id) == 0;
        ck_assert_msg(in_table > 0, "%s", method->id);
    }
    ck_assert_int_ge(found, 3);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("exact motion");
    TCase *cases = tcase_create("exact motion");
    tcase_add_test(cases, all_methods);
    tcase_add_loop_test(cases, known_motions, 0, ROWS);
    tcase_add_loop_test(cases, turned_frames, 0, ROWS);
    tcase_add_loop_test(cases, there_and_back, 0, ROWS);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
