/* What moves against the dominant motion, on scenes whose motion is known. */
#include "core_main.h"
#include "motion_scene.h"

#include "core/random.h"
#include <segment/objects.h>

#define WIDTH 96
#define HEIGHT 72
#define SIZE 20 /* of the square that moves */

typedef struct scene {
    double camera_x, camera_y; /* pixels per frame that the background moves by */
    double speed_x, speed_y;   /* of the square, in the picture */
    int frames;
    int dark_from; /* frames from here on are half as bright; 0 = none */
    int cut_at;    /* another background from here on; 0 = none */
    double noise;  /* deviation of a camera's noise, 8-bit levels */
    int stops_at;  /* the square stands still from here on; 0 = never */
    double waves;  /* pixels by which the lower half is shaken, each frame elsewhere */
    bool square;
    bool plain;           /* the background around the square's way */
    double contrast;      /* of all but what is ignored; 0 = 1 */
    seg_rect ignored;     /* width 0 = nothing */
    bool ignored_beside;  /* not that part is, but what is beside it */
    double ignored_speed; /* pixels per frame that what is there moves by */
    double ignored_noise; /* its deviation, 8-bit levels */
} scene;

static int square_steps(const scene *s, int t) {
    return s->stops_at && t > s->stops_at ? s->stops_at : t;
}

static double square_left(const scene *s, int t) {
    return 20 + s->speed_x * square_steps(s, t);
}

static double square_top(const scene *s, int t) {
    return 24 + s->speed_y * square_steps(s, t);
}

/* Water: no motion of the whole explains it. */
static void paint_waves(float *pixels, const scene *s, int t) {
    for (int y = HEIGHT / 2; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            const double across = s->waves * sin(0.4 * x + 2.3 * t) * sin(0.5 * y + 1.7 * t * t);
            const double down = s->waves * sin(0.5 * x - 1.9 * t * t) * sin(0.4 * y - 2.9 * t);
            pixels[y * WIDTH + x] = (float)motion_texture(x + across, y + down, 3);
        }
}

static bool is_ignored(const scene *s, int i) {
    const int x = i % WIDTH - s->ignored.x, y = i / WIDTH - s->ignored.y;
    const bool in = x >= 0 && x < s->ignored.width && y >= 0 && y < s->ignored.height;
    return in != s->ignored_beside;
}

static void paint_ignored(float *pixels, const scene *s, int t) {
    const seg_random grain = seg_random_stream(2, (uint64_t)t, 0);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        const double noise = s->ignored_noise / 255 * seg_random_normal(&grain, (uint32_t)i);
        if (s->contrast > 0) pixels[i] = (float)(0.5 + s->contrast * ((double)pixels[i] - 0.5));
        if (is_ignored(s, i))
            pixels[i] =
                (float)(motion_texture(i % WIDTH - s->ignored_speed * t, i / WIDTH, 4) + noise);
    }
}

static void paint(float *pixels, const scene *s, int t) {
    const double shift = s->cut_at && t >= s->cut_at ? 500 : 0;
    motion_scene_fill(pixels, WIDTH, HEIGHT, s->camera_x * t + shift, s->camera_y * t, 5);
    if (s->waves > 0) paint_waves(pixels, s, t);
    for (int y = 14; s->plain && y < 54; y++)
        for (int x = 8; x < 70; x++)
            pixels[y * WIDTH + x] = 0.2f;
    const double left = square_left(s, t), top = square_top(s, t);
    for (int y = 0; s->square && y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            if (x >= left && x < left + SIZE && y >= top && y < top + SIZE)
                pixels[y * WIDTH + x] =
                    (float)motion_texture(x - left + 300, y - top + 70, 4) * 0.8f + 0.2f;
    const seg_random grain = seg_random_stream(1, (uint64_t)t, 0);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        if (s->dark_from && t >= s->dark_from) pixels[i] *= 0.5f;
        if (s->noise > 0)
            pixels[i] += (float)(s->noise / 255 * seg_random_normal(&grain, (uint32_t)i));
    }
    if (s->ignored.width) paint_ignored(pixels, s, t);
}

/* What the method said of each frame. */
typedef struct answer {
    double iou;      /* with the square */
    int64_t marked;  /* pixels of the mask */
    int32_t id;      /* of the object at the middle of the square */
    double u, v, ux; /* of the dominant motion */
    int64_t index;
    bool provisional;
} answer;

static void read_answer(answer *a, const seg_result *result, const scene *s) {
    const int t = (int)result->index;
    const double left = square_left(s, t), top = square_top(s, t);
    int64_t both = 0, either = 0;
    *a = (answer){.index = result->index,
                  .provisional = (result->flags & SEG_RESULT_PROVISIONAL) != 0};
    for (int y = 0; y < HEIGHT; y++) {
        const uint8_t *mask = seg_image_row(&result->mask, y);
        const int32_t *labels = seg_image_row(&result->labels, y);
        for (int x = 0; x < WIDTH; x++) {
            const bool in = x >= left && x < left + SIZE && y >= top && y < top + SIZE;
            ck_assert_int_eq(mask[x] != 0, labels[x] != 0);
            a->marked += mask[x] != 0;
            both += in && mask[x];
            either += in || mask[x];
        }
    }
    a->iou = either ? (double)both / (double)either : 1;
    const int32_t *middle = seg_image_row(&result->labels, (int)(top + SIZE / 2));
    a->id = middle[(int)(left + SIZE / 2)];
    a->u = seg_result_decision(result, "u")->value;
    a->v = seg_result_decision(result, "v")->value;
    a->ux = seg_result_decision(result, "u-x")->value;
}

static seg_status give(flow_run *run, const scene *s, int t) {
    static float pixels[WIDTH * HEIGHT];
    seg_image image = {0};
    paint(pixels, s, t);
    ck_assert_int_eq(
        seg_image_wrap(&image, pixels, (ptrdiff_t)sizeof(float) * WIDTH, WIDTH, HEIGHT, SEG_F32, 1),
        SEG_OK);
    seg_frame frame = {.index = t, .pts = SEG_NO_PTS, .image = image};
    static uint8_t ignored[WIDTH * HEIGHT];
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        ignored[i] = is_ignored(s, i);
    ck_assert_int_eq(seg_image_wrap(&frame.ignore, ignored, WIDTH, WIDTH, HEIGHT, SEG_U8, 1),
                     SEG_OK);
    return seg_context_apply(run->context, &frame, 0, &run->result);
}

/* Runs the scene; every frame must be described once, in order. */
static void run_scene(answer *answers, const scene *s, const char *const *pairs) {
    flow_run run = flow_start("motion", pairs);
    const int delay = seg_context_delay(run.context);
    int described = 0;
    for (int t = 0; t < s->frames; t++) {
        ck_assert_int_eq(give(&run, s, t), t < delay ? SEG_NO_RESULT_YET : SEG_OK);
        if (t >= delay) read_answer(&answers[described++], &run.result, s);
    }
    for (int i = 0; i < delay; i++) {
        ck_assert_int_eq(seg_context_flush(run.context, 0, &run.result), SEG_OK);
        read_answer(&answers[described++], &run.result, s);
    }
    ck_assert_int_eq(seg_context_flush(run.context, 0, &run.result), SEG_END);
    ck_assert_int_eq(described, s->frames);
    for (int t = 0; t < s->frames; t++)
        ck_assert_int_eq(answers[t].index, t);
    flow_stop(&run);
}

#define FRAMES 7

static const char *const look_ahead[] = {"look-ahead", "1", NULL};
static const char *const causal[] = {"look-ahead", "0", NULL};

/* Without look-ahead the first frame has no flow: nothing is known of it. */
static void check_square(const scene *s) {
    for (int ahead = 0; ahead < 2; ahead++) {
        answer answers[FRAMES];
        run_scene(answers, s, ahead ? look_ahead : causal);
        ck_assert_int_eq(answers[0].provisional, !ahead);
        if (!ahead) ck_assert_int_eq(answers[0].marked, 0);
        for (int t = 1 - ahead; t < FRAMES; t++) {
            ck_assert_msg(answers[t].iou > 0.7, "frame %d: IoU %g", t, answers[t].iou);
            ck_assert_int_eq(answers[t].id, 1);
            ck_assert(!answers[t].provisional || t == 0);
            ck_assert_double_eq_tol(answers[t].u, s->camera_x, 0.1);
            ck_assert_double_eq_tol(answers[t].v, s->camera_y, 0.1);
        }
    }
}

START_TEST(a_square_before_a_still_camera) {
    const scene s = {.speed_x = 3, .speed_y = 1, .frames = FRAMES, .square = true};
    check_square(&s);
}
END_TEST

START_TEST(a_square_before_a_moving_camera) {
    const scene s = {
        .camera_x = -2, .camera_y = 0.5, .speed_x = 2, .frames = FRAMES, .square = true};
    check_square(&s);
}
END_TEST

/* ---- motions whose numbers are known ---- */

/* The background is turned and zoomed about the middle, and moved: by numbers of seg_motion, from
 * frame 0 to frame 1. */
static const seg_motion camera = {{1.5, 0.03, -0.02, 0, 0, 0, -0.8, 0.02, 0.03}};

/* Where a pixel of frame 1 was in frame 0: the inverse of x + camera(x). */
static void came_from(double from[2], double x, double y) {
    from[0] = x, from[1] = y;
    for (int i = 0; i < 40; i++) {
        double of[2];
        seg_motion_at(of, &camera, from[0], from[1]);
        from[0] = x - of[0], from[1] = y - of[1];
    }
}

static void paint_turned(float *pixels, int t) {
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            double from[2] = {x, y};
            if (t == 1) came_from(from, x, y);
            pixels[y * WIDTH + x] = (float)motion_texture(from[0], from[1], 6);
        }
}

/* What the method says of the dominant motion, along the way to a frame: flow at four places within
 * 1 % of the largest motion. */
static void check_dominant(const seg_motion *found, bool forward) {
    const int at[4][2] = {{0, 0}, {WIDTH - 1, 0}, {0, HEIGHT - 1}, {WIDTH - 1, HEIGHT - 1}};
    double truth[4][2], largest = 0;
    for (int i = 0; i < 4; i++) {
        double from[2] = {0};
        seg_motion_at(truth[i], &camera, at[i][0], at[i][1]);
        came_from(from, at[i][0], at[i][1]);
        if (!forward) truth[i][0] = at[i][0] - from[0], truth[i][1] = at[i][1] - from[1];
        if (hypot(truth[i][0], truth[i][1]) > largest) largest = hypot(truth[i][0], truth[i][1]);
    }
    for (int i = 0; i < 4; i++) {
        double of[2];
        seg_motion_at(of, found, at[i][0], at[i][1]);
        ck_assert_double_eq_tol(of[0], truth[i][0], 0.01 * largest);
        ck_assert_double_eq_tol(of[1], truth[i][1], 0.01 * largest);
    }
}

START_TEST(the_numbers_of_a_turning_camera) {
    static float pixels[2][WIDTH * HEIGHT];
    for (int ahead = 0; ahead < 2; ahead++) {
        flow_run run = flow_start("motion", ahead ? look_ahead : causal);
        for (int t = 0; t < 2; t++) {
            seg_image image = {0};
            paint_turned(pixels[t], t);
            ck_assert_int_eq(seg_image_wrap(&image, pixels[t], (ptrdiff_t)sizeof(float) * WIDTH,
                                            WIDTH, HEIGHT, SEG_F32, 1),
                             SEG_OK);
            const seg_frame frame = {
                .index = t, .pts = t, .time_base = {1, 25}, .duration = 1, .image = image};
            ck_assert_int_ge(seg_context_apply(run.context, &frame, 0, &run.result), 0);
        }
        ck_assert_int_eq(run.result.index, 1 - ahead);
        check_dominant(&run.result.flow_about.dominant, ahead);
        ck_assert_double_eq_tol(run.result.flow_about.seconds, 0.04, 1e-9);
        ck_assert_double_eq(seg_result_decision(&run.result, "model-numbers")->value, 6);
        ck_assert_int_eq(run.result.outputs & SEG_OUTPUT_FLOW, SEG_OUTPUT_FLOW);
        flow_stop(&run);
    }
}
END_TEST

/* The object's own numbers: those of a square that moves by itself. */
START_TEST(the_numbers_of_an_object) {
    const scene s = {.camera_x = -1, .speed_x = 2, .speed_y = -1, .frames = 4, .square = true};
    flow_run run = flow_start("motion", causal);
    for (int t = 0; t < s.frames; t++)
        ck_assert_int_eq(give(&run, &s, t), SEG_OK);
    seg_result *result = &run.result;
    ck_assert_ok(seg_objects_measure(result, &result->labels, NULL, NULL));
    ck_assert_int_eq(result->object_count, 1);
    ck_assert_int_eq(result->objects[0].motion_numbers, 0);
    ck_assert_ok(seg_objects_measure_motion(result, NULL));
    const seg_object *o = &result->objects[0];
    ck_assert_int_eq(o->motion_numbers, 6);
    ck_assert_double_eq_tol(o->motion_x, 2, 0.1);
    ck_assert_double_eq_tol(o->motion_y, -1, 0.1);
    ck_assert_double_eq_tol(o->relative_x, 3, 0.1);
    ck_assert_double_eq_tol(o->relative_y, -1, 0.1);
    flow_stop(&run);
}
END_TEST

/* Parts that move against each other, the upper one of so many rows. Returns how many pixels of the
 * last frame's mask are not those of the upper part. */
static int64_t run_parts(flow_run *run, int rows, const char *const *pairs) {
    static float pixels[WIDTH * HEIGHT], other[WIDTH * HEIGHT];
    *run = flow_start("motion", pairs);
    for (int t = 0; t < 5; t++) {
        motion_scene_fill(pixels, WIDTH, HEIGHT, 1.5 * t, 0, 5);
        motion_scene_fill(other, WIDTH, HEIGHT, 300 - 1.5 * t, 40, 5);
        memcpy(pixels, other, (size_t)rows * WIDTH * sizeof *pixels);
        seg_image image = {0};
        ck_assert_ok(seg_image_wrap(&image, pixels, (ptrdiff_t)sizeof(float) * WIDTH, WIDTH, HEIGHT,
                                    SEG_F32, 1));
        const seg_frame frame = {.index = t, .pts = SEG_NO_PTS, .image = image};
        ck_assert_int_ge(seg_context_apply(run->context, &frame, 0, &run->result), 0);
    }
    int64_t wrong = 0;
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            wrong += (((uint8_t *)seg_image_row(&run->result.mask, y))[x] != 0) != (y < rows);
    return wrong;
}

/* The larger part is the camera's, the other an object; of two halves either is. */
START_TEST(everything_moves) {
    for (int i = 0; i < 6; i++) {
        const int rows = HEIGHT / 2 - i / 2 * HEIGHT / 12;
        flow_run run;
        const int64_t wrong = run_parts(&run, rows, i % 2 ? look_ahead : causal);
        const bool upper = rows == HEIGHT / 2 && wrong > WIDTH * HEIGHT / 2;
        const int64_t really = upper ? WIDTH * HEIGHT - wrong : wrong;
        ck_assert_msg(really < WIDTH * HEIGHT / 10, "%d rows: %d pixels are wrong", rows,
                      (int)really);
        const double u = seg_result_decision(&run.result, "u")->value;
        ck_assert_double_eq_tol(u, upper ? -1.5 : 1.5, 0.1);
        ck_assert_double_eq_tol(seg_result_decision(&run.result, "dominant")->value,
                                100 - 100. * rows / HEIGHT, 5);
        flow_stop(&run);
    }
}
END_TEST

START_TEST(nothing_moves) {
    const scene still = {.frames = FRAMES, .square = true};
    const scene pan = {.camera_x = 1.5, .camera_y = -1, .frames = FRAMES};
    /* noise of a good camera by day, and of a poor one at dusk */
    const scene noisy = {.frames = FRAMES, .square = true, .noise = 3};
    const scene grainy = {.frames = FRAMES, .square = true, .noise = 10};
    const scene noisy_pan = {.camera_x = 1.5, .camera_y = -1, .frames = FRAMES, .noise = 3};
    const scene *const scenes[] = {&still, &pan, &noisy, &grainy, &noisy_pan};
    for (int i = 0; i < 10; i++) {
        answer answers[FRAMES];
        run_scene(answers, scenes[i / 2], i % 2 ? look_ahead : causal);
        for (int t = 0; t < FRAMES; t++)
            ck_assert_msg(answers[t].marked == 0, "scene %d, frame %d: %d pixels", i, t,
                          (int)answers[t].marked);
    }
}
END_TEST

/* Where the square goes says nothing of it any more, where it came from does. */
START_TEST(what_stops_has_moved) {
    const scene s = {.speed_x = 3, .speed_y = 1, .frames = 4, .stops_at = 3, .square = true};
    const scene stopped = {
        .speed_x = 3, .speed_y = 1, .frames = FRAMES, .stops_at = 3, .square = true};
    answer answers[FRAMES];
    run_scene(answers, &s, look_ahead);
    const double last = answers[3].iou;
    run_scene(answers, &stopped, look_ahead);
    ck_assert_msg(answers[3].iou > last - 0.02, "IoU %g instead of %g", answers[3].iou, last);
}
END_TEST

/* What stands still tells so by the flow to either neighbour: that is one fact, and weighs less
 * than that it moved. */
START_TEST(what_pauses_is_kept) {
    const scene s = {.speed_x = 3, .speed_y = 1, .frames = FRAMES, .stops_at = 2, .square = true};
    answer answers[FRAMES];
    run_scene(answers, &s, look_ahead);
    for (int t = 3; t < FRAMES; t++)
        ck_assert_msg(answers[t].iou > 0.7, "frame %d: IoU %g", t, answers[t].iou);
}
END_TEST

/* Flow of the square spreads over the plain ground around it, a part of which it is about to cover;
 * nothing of that moves. */
START_TEST(plain_ground_beside_an_object_stands_still) {
    const scene s = {.speed_x = 8, .frames = 4, .square = true, .plain = true};
    for (int ahead = 0; ahead < 2; ahead++) {
        answer answers[4];
        run_scene(answers, &s, ahead ? look_ahead : causal);
        for (int t = 1 - ahead; t < 4; t++)
            ck_assert_msg(answers[t].iou > 0.7, "frame %d: IoU %g", t, answers[t].iou);
    }
}
END_TEST

/* Flow spreads from there over its surroundings, which do not change as it says. */
START_TEST(what_moves_and_is_ignored_makes_no_objects) {
    const scene s = {
        .frames = FRAMES, .contrast = 0.1, .ignored = {33, 26, 30, 20}, .ignored_speed = 4};
    for (int ahead = 0; ahead < 2; ahead++) {
        answer answers[FRAMES];
        run_scene(answers, &s, ahead ? look_ahead : causal);
        for (int t = 0; t < FRAMES; t++)
            ck_assert_msg(answers[t].marked == 0, "frame %d: %d pixels", t, (int)answers[t].marked);
    }
}
END_TEST

/* The noise of what is ignored is not that of what is looked at. */
START_TEST(what_is_ignored_may_be_noisy) {
    scene s = {.speed_x = 3, .frames = 5, .square = true, .contrast = 0.2};
    s.ignored = (seg_rect){14, 18, 44, 32};
    s.ignored_beside = true;
    answer quiet[5], noisy[5];
    run_scene(quiet, &s, causal);
    s.ignored_noise = 8;
    run_scene(noisy, &s, causal);
    for (int t = 1; t < 5; t++) {
        ck_assert_msg(quiet[t].iou > 0.5, "frame %d: IoU %g", t, quiet[t].iou);
        ck_assert_msg(noisy[t].iou > 0.5, "frame %d: IoU %g, without noise %g", t, noisy[t].iou,
                      quiet[t].iou);
    }
}
END_TEST

START_TEST(looks_ahead_unless_told) {
    flow_run run = flow_start("motion", NULL);
    ck_assert_int_eq(seg_context_delay(run.context), 1);
    flow_stop(&run);
}
END_TEST

/* Its flow deviates from the dominant motion, but no more than flow does there. */
START_TEST(water_is_no_object) {
    const scene s = {.frames = FRAMES, .waves = 2.8};
    for (int ahead = 0; ahead < 2; ahead++) {
        answer answers[FRAMES];
        run_scene(answers, &s, ahead ? look_ahead : causal);
        for (int t = 4; t < FRAMES; t++)
            ck_assert_msg(answers[t].marked < WIDTH * HEIGHT / 100, "frame %d: %d pixels", t,
                          (int)answers[t].marked);
    }
}
END_TEST

START_TEST(switched_light_is_no_motion) {
    const scene s = {.frames = FRAMES, .dark_from = 4};
    const scene moving = {
        .speed_x = 3, .speed_y = 1, .frames = FRAMES, .dark_from = 4, .square = true};
    for (int ahead = 0; ahead < 2; ahead++) {
        answer answers[FRAMES];
        run_scene(answers, &s, ahead ? look_ahead : causal);
        for (int t = 0; t < FRAMES; t++)
            ck_assert_int_eq(answers[t].marked, 0);
        run_scene(answers, &moving, ahead ? look_ahead : causal);
        for (int t = 1; t < FRAMES; t++)
            ck_assert_msg(answers[t].iou > 0.4, "frame %d: IoU %g", t, answers[t].iou);
    }
}
END_TEST

/* After a cut nothing is known of the old objects, and none is invented. */
START_TEST(a_cut_starts_anew) {
    const scene s = {.frames = FRAMES, .cut_at = 3};
    for (int ahead = 0; ahead < 2; ahead++) {
        answer answers[FRAMES];
        run_scene(answers, &s, ahead ? look_ahead : causal);
        for (int t = 0; t < FRAMES; t++)
            ck_assert_int_eq(answers[t].marked, 0);
    }
}
END_TEST

START_TEST(one_frame_alone) {
    const scene s = {.frames = 1, .square = true};
    for (int ahead = 0; ahead < 2; ahead++) {
        answer answers[1];
        run_scene(answers, &s, ahead ? look_ahead : causal);
        ck_assert_int_eq(answers[0].marked, 0);
        ck_assert(answers[0].provisional);
    }
}
END_TEST

START_TEST(small_objects_are_left_out) {
    const scene s = {.speed_x = 3, .speed_y = 1, .frames = 4, .square = true};
    answer answers[4];
    run_scene(answers, &s, (const char *const[]){"min-area", "20", NULL});
    for (int t = 0; t < 4; t++)
        ck_assert_int_eq(answers[t].marked, 0);
}
END_TEST

CORE_MAIN("motion_motion", a_square_before_a_still_camera, a_square_before_a_moving_camera,
          nothing_moves, what_stops_has_moved, what_pauses_is_kept, water_is_no_object,
          switched_light_is_no_motion, a_cut_starts_anew, one_frame_alone,
          small_objects_are_left_out, the_numbers_of_a_turning_camera, the_numbers_of_an_object,
          everything_moves, plain_ground_beside_an_object_stands_still, looks_ahead_unless_told,
          what_moves_and_is_ignored_makes_no_objects, what_is_ignored_may_be_noisy)
